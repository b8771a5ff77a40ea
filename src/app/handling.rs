//! What the user does with a line that is there: tries it again, takes its text back, deletes it.

use super::lines::Line;
use super::{App, LineId, Now};
use crate::driver::client;

impl App {
    pub(super) fn retry(&mut self, line: LineId) {
        let failed = self.failed(line);
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
        let Some(failed) = self.failed(line) else {
            return;
        };
        let (to, text) = (failed.peer.clone(), failed.text.clone());
        if self.tell(client::Command::Delete(line)) {
            self.taken_back.insert(line);
            self.give_back(now, to, text);
        }
    }

    /// The line, if it has failed and its text is not back in the message field.
    pub(super) fn failed(&self, line: LineId) -> Option<&Line> {
        let failed = self.conversations.failed(line)?;
        (!self.taken_back.contains(&line)).then_some(failed)
    }

    /// The line goes when the client says that it is gone from the profile.
    pub(super) fn delete(&mut self, line: LineId) {
        self.tell(client::Command::Delete(line));
    }
}
