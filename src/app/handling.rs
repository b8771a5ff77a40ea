//! What the user does with a line that is there: tries it again, takes its text back, deletes it.

use super::{App, LineId, Now};
use crate::driver::client;

impl App {
    pub(super) fn retry(&mut self, line: LineId) {
        let failed = self.conversations.failed(line);
        let retry = failed.map(|failed| client::Command::Retry {
            line,
            to: failed.peer.clone(),
            text: failed.text.clone(),
        });
        if let Some(retry) = retry
            && self.tell(retry)
        {
            self.unsent.on_written(line);
        }
    }

    pub(super) fn edit(&mut self, now: Now, line: LineId) {
        if let Some(failed) = self.conversations.failed(line) {
            let (to, text) = (failed.peer.clone(), failed.text.clone());
            self.give_back(now, to, text);
            self.delete(line);
        }
    }

    /// The line goes when the client says that it is gone from the profile.
    pub(super) fn delete(&mut self, line: LineId) {
        self.tell(client::Command::Delete(line));
    }
}
