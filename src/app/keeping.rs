//! What of the user's doing is still to be kept in the profile, and what was written and not answered
//! yet. The profile itself is on the other side of the client's thread.

use std::collections::{BTreeSet, VecDeque};

use super::{App, Nickname, Now};
use crate::driver::SendError;
use crate::driver::client::{Command, Overview};

/// How long a changed draft may be unsaved, in milliseconds: nobody misses half a second of typing,
/// and a commit for each key would keep the disk busy.
const DRAFT_MS: i64 = 500;

/// What the profile does not know yet.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Whose drafts have changed.
    drafts: BTreeSet<Nickname>,
    /// When the first of them changed, in Unix milliseconds.
    since_ms: Option<i64>,
    /// The tabs, and which of them is in front, as the profile has them.
    tabs: (Vec<Nickname>, Option<Nickname>),
    /// What was given to the client and not answered, in that order: as much as the client takes before
    /// it is too busy.
    unanswered: VecDeque<(Nickname, String)>,
    /// Whether the client tells others what the user has read; `None`: it was not told yet.
    tells_read: Option<bool>,
}

impl Keeping {
    /// Another client begins: it knows nothing.
    pub fn on_start(&mut self) {
        self.tells_read = None;
    }

    pub fn on_opened(&mut self, overview: &Overview) {
        self.tabs = (overview.tabs.clone(), overview.selected.clone());
    }

    pub fn on_draft(&mut self, now: Now, peer: Nickname) {
        self.drafts.insert(peer);
        self.since_ms.get_or_insert(now.unix_ms);
    }

    pub fn on_sent(&mut self, to: Nickname, text: String) {
        self.unanswered.push_back((to, text));
    }

    /// The client answers in the order of asking.
    pub fn on_answered(&mut self) {
        self.unanswered.pop_front();
    }

    /// What will not be answered any more.
    pub fn take_unanswered(&mut self) -> VecDeque<(Nickname, String)> {
        std::mem::take(&mut self.unanswered)
    }

    /// When drafts are to be saved; `None`: there are none.
    pub fn due_ms(&self) -> Option<i64> {
        self.since_ms.map(|since| since.saturating_add(DRAFT_MS))
    }

    /// A clock that was set back makes them due, too.
    fn is_due(&self, now: Now) -> bool {
        let since = self.since_ms.unwrap_or(now.unix_ms);
        !(since..since.saturating_add(DRAFT_MS)).contains(&now.unix_ms)
    }
}

impl App {
    /// Has the profile keep what has changed; drafts when it is time, or with tabs. What the client
    /// does not take now it is given again later.
    pub(super) fn keep(&mut self, now: Now) {
        self.conversations.typists.fade(now);
        if self.keeping.is_due(now) {
            self.keep_drafts(now);
        }
        let (tabs, selected) = &self.keeping.tabs;
        let all = &self.conversations;
        if self.opened && (tabs != all.tabs() || selected.as_ref() != all.selected()) {
            let (tabs, selected) = (all.tabs().to_vec(), all.selected().cloned());
            self.keep_drafts(now);
            let asked = Command::Tabs {
                tabs: tabs.clone(),
                selected: selected.clone(),
            };
            if self.ask(asked).is_ok() {
                self.keeping.tabs = (tabs, selected);
            }
        }
        // Before what was read: it is told by the newest rule.
        let tells = self.settings.read_receipts;
        if self.keeping.tells_read != Some(tells) && self.ask(Command::TellRead(tells)).is_ok() {
            self.keeping.tells_read = Some(tells);
        }
        if let Some((peer, line)) = self.conversations.seen() {
            let read = Command::Read {
                peer: peer.clone(),
                line,
            };
            if self.ask(read).is_ok() {
                self.conversations.on_seen_kept(&peer, line);
            }
        }
    }

    /// Everything from `peer` counts as read, and the profile is told.
    pub(super) fn mark_read(&mut self, peer: Nickname) {
        let Some(line) = self.conversations.mark_read(&peer) else {
            return;
        };
        let read = Command::Read {
            peer: peer.clone(),
            line,
        };
        if self.tell(read) {
            self.conversations.on_seen_kept(&peer, line);
        }
    }

    /// True: the profile knows all drafts.
    pub(super) fn keep_drafts(&mut self, now: Now) -> bool {
        while let Some(peer) = self.keeping.drafts.first().cloned() {
            let text = self.conversations.draft(&peer).to_owned();
            let draft = Command::Draft {
                peer: peer.clone(),
                text,
            };
            if self.ask(draft).is_err() {
                self.keeping.since_ms = Some(now.unix_ms);
                return false;
            }
            self.keeping.drafts.remove(&peer);
        }
        self.keeping.since_ms = None;
        true
    }

    /// Asks the client, without a word to the user where it does not take it.
    pub(super) fn ask(&self, command: Command) -> Result<(), SendError> {
        let client = self.client.as_ref().ok_or(SendError::Ended)?;
        client.send(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Zone;

    #[test]
    fn a_draft_is_saved_half_a_second_after_its_first_change() {
        let mut keeping = Keeping::default();
        assert_eq!((keeping.due_ms(), keeping.is_due(at(0))), (None, false));
        keeping.on_draft(at(1000), name("sonic"));
        keeping.on_draft(at(1400), name("sonic"));
        assert_eq!(keeping.due_ms(), Some(1500));
        assert!(!keeping.is_due(at(1499)));
        assert!(keeping.is_due(at(1500)));
        assert!(keeping.is_due(at(999)), "the clock was set back");
    }

    fn at(unix_ms: i64) -> Now {
        Now {
            unix_ms,
            zone: Zone::UTC,
        }
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
