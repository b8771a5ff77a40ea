//! What the user writes: drafts, sending, and what comes back because it was not accepted.

use super::limit::MESSAGES_MAX;
use super::{App, Nickname, Now};
use crate::driver::client;

impl App {
    /// The user has changed what stands in the message field. Whoever it is for sees that they write.
    pub(super) fn write(&mut self, now: Now, peer: Nickname, text: String) {
        if self.settings.typing && !text.is_empty() {
            // A sign that is not taken is one of many.
            let _ = self.ask(client::Command::Typing { to: peer.clone() });
        }
        self.draft(now, peer, text);
    }

    pub(super) fn draft(&mut self, now: Now, peer: Nickname, text: String) {
        self.conversations.set_draft(&peer, text);
        self.keeping.on_draft(now, peer);
    }

    /// A line is shown when the client says that it stands in the profile. A text that is too long for
    /// one is cut; what is not taken of it stays in the message field.
    pub(super) fn send(&mut self, now: Now, to: Nickname, text: String) {
        let messages = self.limit(&to).cut(&text);
        if messages.is_empty() || messages.len() > MESSAGES_MAX {
            return;
        }
        let mut messages = messages.into_iter();
        let mut sent = |text: &&str| {
            let send = client::Command::Send {
                to: to.clone(),
                text: (*text).to_owned(),
            };
            let sent = self.tell(send);
            if sent {
                self.keeping.on_sent(to.clone(), (*text).to_owned());
            }
            sent
        };
        let rest = messages.find(|text| !sent(text));
        let left: Vec<&str> = rest.into_iter().chain(messages).collect();
        // With the lines, so that nobody finds the text again as unsent.
        self.draft(now, to.clone(), left.join("\n"));
        self.keep_drafts(now);
        // They stand at the end.
        self.show_newest(to);
    }

    /// A text that was not accepted stands in the message field again.
    pub(super) fn give_back(&mut self, now: Now, to: Nickname, text: String) {
        self.conversations.give_back(&to, &text);
        self.keeping.on_draft(now, to);
    }
}
