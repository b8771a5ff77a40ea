//! What was said with whom: conversations, their tabs, what is unread, and the lines that the client
//! has not taken yet. The lines themselves live in [`super::lines`].

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Line, Lines, Origin, is_pending, moves_forward};
use super::{Delivery, LineId, Nickname, Now, Path};

/// Most conversations kept; with [`super::lines::TEXT_KEPT_MAX`] it bounds what strangers can fill.
/// At the limit the one that was quiet for longest goes, first among those without a tab.
pub const CONVERSATIONS_MAX: usize = 200;

/// What was said with one person.
#[derive(Debug, Default)]
pub struct Conversation {
    pub lines: Lines,
    /// Lines that came in unseen.
    pub unread: usize,
}

/// All conversations, whether they have a tab or not.
#[derive(Debug)]
pub struct Conversations {
    with: BTreeMap<Nickname, Conversation>,
    tabs: Vec<Nickname>,
    selected: Option<Nickname>,
    attended: bool,
    next_line: u64,
    /// Own lines that can still change.
    unsettled: BTreeMap<LineId, Nickname>,
    /// Those of them that the client has still to be given.
    unhanded: BTreeSet<LineId>,
}

impl Default for Conversations {
    fn default() -> Self {
        Self {
            with: BTreeMap::new(),
            tabs: Vec::new(),
            selected: None,
            attended: true,
            next_line: 0,
            unsettled: BTreeMap::new(),
            unhanded: BTreeSet::new(),
        }
    }
}

impl Conversations {
    /// The people with a tab, in the order of the tabs.
    pub fn tabs(&self) -> &[Nickname] {
        &self.tabs
    }

    pub fn selected(&self) -> Option<&Nickname> {
        self.selected.as_ref()
    }

    pub fn with(&self, peer: &Nickname) -> Option<&Conversation> {
        self.with.get(peer)
    }

    pub fn unread_from(&self, peer: &Nickname) -> usize {
        self.with.get(peer).map_or(0, |with| with.unread)
    }

    /// Unread lines of everybody.
    pub fn unread(&self) -> usize {
        self.with.values().map(|with| with.unread).sum()
    }

    pub(super) fn open(&mut self, peer: Nickname) {
        self.make(&peer);
        self.selected = Some(peer);
    }

    /// Closes the tab; the lines stay. The neighbour to the right, or else to the left, is selected.
    pub(super) fn close(&mut self, peer: &Nickname) {
        let Some(place) = self.tabs.iter().position(|tab| tab == peer) else {
            return;
        };
        self.tabs.remove(place);
        if self.selected.as_ref() == Some(peer) {
            let last = self.tabs.len().saturating_sub(1);
            self.selected = self.tabs.get(place.min(last)).cloned();
        }
    }

    /// Whether the user sees the newest lines of the selected conversation.
    pub(super) fn attend(&mut self, attended: bool) {
        self.attended = attended;
        if let (true, Some(selected)) = (attended, &self.selected)
            && let Some(with) = self.with.get_mut(selected)
        {
            with.unread = 0;
        }
    }

    pub(super) fn write(&mut self, now: Now, to: Nickname, text: String) {
        let origin = Origin::Own {
            delivery: Delivery::Trying,
            handed: false,
        };
        let id = self.push(now, &to, text, origin);
        self.unsettled.insert(id, to);
        self.unhanded.insert(id);
    }

    pub(super) fn on_line(&mut self, now: Now, line: crate::machine::client::Line) {
        if let crate::machine::client::Origin::Theirs { written_ms, path } = line.origin {
            self.receive(now, line.peer, line.text, (written_ms, path));
        }
    }

    pub(super) fn receive(
        &mut self,
        now: Now,
        from: Nickname,
        text: String,
        origin: (Option<i64>, Path),
    ) {
        let (written_ms, path) = origin;
        self.push(now, &from, text, Origin::Theirs { written_ms, path });
        if self.selected.is_none() {
            self.selected = Some(from.clone());
        }
        let seen = self.attended && self.selected.as_ref() == Some(&from);
        if let Some(with) = self.with.get_mut(&from)
            && !seen
        {
            with.unread += 1;
        }
    }

    pub(super) fn on_delivery(&mut self, id: LineId, new: Delivery) {
        let Some((delivery, _)) = self.own_mut(id) else {
            return;
        };
        if moves_forward(*delivery, new) {
            *delivery = new;
        }
        if matches!(*delivery, Delivery::Delivered(_)) {
            self.unsettled.remove(&id);
        }
    }

    /// Takes a failed line up again. True: the client has it and is to be asked to retry.
    pub(super) fn retry(&mut self, id: LineId) -> bool {
        let Some((delivery, handed)) = self.own_mut(id) else {
            return false;
        };
        if !matches!(delivery, Delivery::Failed(_)) {
            return false;
        }
        *delivery = Delivery::Trying;
        let handed = *handed;
        if !handed {
            self.unhanded.insert(id);
        }
        handed
    }

    /// Gives every line that waits for a client to `send`, until that refuses one.
    pub(super) fn hand_over<E>(
        &mut self,
        mut send: impl FnMut(LineId, Nickname, String) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(&id) = self.unhanded.first() {
            if let Some(to) = self.unsettled.get(&id)
                && let Some(line) = self.with.get(to).and_then(|with| with.lines.get(id))
            {
                send(id, to.clone(), line.text.clone())?;
            }
            if let Some((_, handed)) = self.own_mut(id) {
                *handed = true;
            }
            self.unhanded.remove(&id);
        }
        Ok(())
    }

    /// The client is no more: what it had not delivered is for the next one.
    pub(super) fn on_client_gone(&mut self) {
        let ids: Vec<LineId> = self.unsettled.keys().copied().collect();
        for id in ids {
            let Some((delivery, handed)) = self.own_mut(id) else {
                continue;
            };
            *handed = false;
            if is_pending(*delivery) {
                self.unhanded.insert(id);
            }
        }
    }

    fn own_mut(&mut self, id: LineId) -> Option<(&mut Delivery, &mut bool)> {
        let peer = self.unsettled.get(&id)?;
        let line = self.with.get_mut(peer)?.lines.get_mut(id)?;
        match &mut line.origin {
            Origin::Own { delivery, handed } => Some((delivery, handed)),
            Origin::Theirs { .. } => None,
        }
    }

    fn push(&mut self, now: Now, peer: &Nickname, text: String, origin: Origin) -> LineId {
        let id = LineId(self.next_line);
        self.next_line += 1;
        let line = Line {
            id,
            text,
            at_ms: shown_at_ms(now, &origin),
            origin,
        };
        let gone = self.make(peer).lines.push(line);
        self.forget(&gone);
        id
    }

    /// The conversation with `peer` and a tab for it, made if need be.
    fn make(&mut self, peer: &Nickname) -> &mut Conversation {
        if !self.with.contains_key(peer) && self.with.len() >= CONVERSATIONS_MAX {
            self.drop_quietest();
        }
        if !self.tabs.contains(peer) {
            self.tabs.push(peer.clone());
        }
        self.with.entry(peer.clone()).or_default()
    }

    fn drop_quietest(&mut self) {
        let unselected = self
            .with
            .iter()
            .filter(|(peer, _)| self.selected.as_ref() != Some(peer));
        let quietest = unselected.min_by_key(|(peer, with)| {
            let last = with.lines.last().map_or(LineId(0), |line| line.id);
            (self.tabs.contains(peer), last)
        });
        let Some(peer) = quietest.map(|(peer, _)| peer.clone()) else {
            return;
        };
        self.close(&peer);
        if let Some(with) = self.with.remove(&peer) {
            let gone: Vec<LineId> = with.lines.iter().map(|line| line.id).collect();
            self.forget(&gone);
        }
    }

    fn forget(&mut self, gone: &[LineId]) {
        for id in gone {
            self.unsettled.remove(id);
            self.unhanded.remove(id);
        }
    }
}

/// How far another's clock may be ahead and still be believed, in milliseconds.
const AHEAD_MAX_MS: i64 = 120_000;

/// Mail that the server kept shows when it was written; what comes straight was written just now.
fn shown_at_ms(now: Now, origin: &Origin) -> i64 {
    match origin {
        Origin::Theirs {
            written_ms: Some(written_ms),
            path: Path::ViaServer,
        } if *written_ms <= now.unix_ms.saturating_add(AHEAD_MAX_MS) => *written_ms,
        Origin::Theirs { .. } | Origin::Own { .. } => now.unix_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Failure;
    use super::*;

    const NOW: Now = Now {
        unix_ms: 1_700_000_000_000,
        utc_offset_s: 0,
    };
    const DIRECT: (Option<i64>, Path) = (None, Path::Direct);

    #[test]
    fn what_comes_in_opens_a_tab_and_is_unread_unless_it_is_looked_at() {
        let mut all = Conversations::default();
        all.receive(NOW, name("sonic"), "hi".into(), DIRECT);
        assert_eq!(all.selected(), Some(&name("sonic")), "the first is shown");
        all.receive(NOW, name("tails"), "hello".into(), DIRECT);
        assert_eq!(all.tabs(), [name("sonic"), name("tails")]);
        assert_eq!(all.selected(), Some(&name("sonic")));
        assert_eq!((all.unread_from(&name("tails")), all.unread()), (1, 1));
        all.open(name("tails"));
        assert_eq!(all.unread(), 1, "its newest line may be out of view");
        all.attend(true);
        assert_eq!(all.unread(), 0);
        all.attend(false);
        all.receive(NOW, name("tails"), "there?".into(), DIRECT);
        assert_eq!(all.unread(), 1, "nobody looked");
        all.attend(true);
        assert_eq!(all.unread(), 0);
    }

    #[test]
    fn closing_a_tab_selects_its_neighbour_and_keeps_the_lines() {
        let mut all = Conversations::default();
        for peer in ["a", "b", "c"] {
            all.write(NOW, name(peer), "x".into());
        }
        all.open(name("b"));
        all.close(&name("b"));
        assert_eq!(all.selected(), Some(&name("c")));
        all.close(&name("c"));
        assert_eq!(all.selected(), Some(&name("a")));
        all.close(&name("a"));
        assert_eq!((all.selected(), all.tabs().len()), (None, 0));
        all.open(name("b"));
        assert_eq!(all.with(&name("b")).map(|with| with.lines.len()), Some(1));
    }

    #[test]
    fn a_failed_line_is_left_by_a_retry_only() {
        let mut all = Conversations::default();
        all.write(NOW, name("a"), "x".into());
        assert_eq!(handed(&mut all), ["x"]);
        all.on_delivery(LineId(0), Delivery::Failed(Failure::UnknownRecipient));
        all.on_delivery(LineId(0), Delivery::Stored);
        assert!(matches!(delivery(&all), Delivery::Failed(_)));
        assert!(all.retry(LineId(0)), "the client knows it");
        assert_eq!(delivery(&all), Delivery::Trying);
        assert!(!all.retry(LineId(0)), "once");
    }

    #[test]
    fn the_next_client_is_given_what_the_last_one_left() {
        let mut all = Conversations::default();
        for text in ["delivered", "stored", "failed", "under way"] {
            all.write(NOW, name("a"), text.into());
        }
        handed(&mut all);
        all.on_delivery(LineId(0), Delivery::Delivered(Path::Direct));
        all.on_delivery(LineId(1), Delivery::Stored);
        all.on_delivery(LineId(2), Delivery::Failed(Failure::TooMany));
        all.on_client_gone();
        assert_eq!(handed(&mut all), ["under way"]);
        assert!(!all.retry(LineId(2)), "the new client does not know it");
        assert_eq!(handed(&mut all), ["failed"]);
    }

    #[test]
    fn a_line_that_is_refused_is_given_again_later() {
        let mut all = Conversations::default();
        all.write(NOW, name("a"), "x".into());
        assert_eq!(all.hand_over(|_, _, _| Err("busy")), Err("busy"));
        assert_eq!(handed(&mut all), ["x"]);
        assert_eq!(handed(&mut all), [""; 0]);
    }

    #[test]
    fn strangers_can_not_open_conversations_without_end() {
        let mut all = Conversations::default();
        all.write(NOW, name("friend"), "x".into());
        all.open(name("friend"));
        for n in 0..CONVERSATIONS_MAX + 10 {
            all.receive(NOW, name(&format!("n{n}")), "spam".into(), DIRECT);
        }
        assert_eq!(all.with.len(), CONVERSATIONS_MAX);
        assert_eq!(all.tabs().len(), CONVERSATIONS_MAX);
        assert_eq!(all.selected(), Some(&name("friend")));
    }

    fn handed(all: &mut Conversations) -> Vec<String> {
        let mut texts = Vec::new();
        let done: Result<(), ()> = all.hand_over(|_, _, text| {
            texts.push(text);
            Ok(())
        });
        assert_eq!(done, Ok(()));
        texts
    }

    fn delivery(all: &Conversations) -> Delivery {
        let line = all.with(&name("a")).and_then(|with| with.lines.at(0));
        match line.expect("it was written").origin {
            Origin::Own { delivery, .. } => delivery,
            Origin::Theirs { .. } => panic!("it is an own line"),
        }
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
