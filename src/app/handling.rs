//! What the user does with a line that is there: tries it again, takes its text back, deletes it. A
//! failed line is handled one way at a time: tried again and taken back it would be said twice.

use super::language::Sentence;
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
            self.handled.insert(line);
        }
    }

    pub(super) fn edit(&mut self, now: Now, line: LineId) {
        let Some(failed) = self.failed(line) else {
            return;
        };
        let (to, text) = (failed.peer.clone(), failed.text.clone());
        let before = self.conversations.draft(&to).to_owned();
        self.give_back(now, to.clone(), text);
        // The profile has the draft before the line goes: a crash leaves both, never neither.
        if self.keep_drafts(now) && self.tell(client::Command::Delete(line)) {
            self.handled.insert(line);
        } else {
            self.draft(now, to, before);
            self.notice = Some(Sentence::new("notice-busy"));
        }
    }

    /// The line, if it has failed and nothing is being done about that.
    pub(super) fn failed(&self, line: LineId) -> Option<&Line> {
        let failed = self.conversations.failed(line)?;
        (!self.handled.contains(&line)).then_some(failed)
    }

    /// The line goes when the client says that it is gone from the profile.
    pub(super) fn delete(&mut self, line: LineId) {
        self.tell(client::Command::Delete(line));
    }
}
