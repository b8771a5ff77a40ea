//! What somebody should know before closing the window, or stopping or starting a server: people who
//! would lose theirs, and what was written and is at this computer only.

use std::collections::BTreeSet;

use super::filing::Filing;
use super::{App, Command, Delivery, LineId, Now};

/// What is lost, or waits, when the program ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worry {
    /// People, besides oneself, who use the server on this computer.
    pub people: usize,
    /// Lines of this start that nobody else has yet.
    pub lines: usize,
    /// Mail files are being taken in.
    pub importing: bool,
    /// A conversation is being saved as a file.
    pub saving: bool,
    /// The server can go on in the tray.
    pub has_tray: bool,
}

/// What a command would cost somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// So many people, besides oneself, the server on this computer.
    Others(usize),
    /// Oneself the place where one is signed in, whose server is well.
    Place(String),
}

/// Own lines that were written since the program was started and are at this computer only. Those of
/// earlier starts were told of then. The client takes a bounded number of them.
#[derive(Debug, Default)]
pub(super) struct Unsent(BTreeSet<LineId>);

impl Unsent {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The line was written now, or is tried again.
    pub fn on_written(&mut self, line: LineId) {
        self.0.insert(line);
    }

    pub fn on_delivery(&mut self, line: LineId, delivery: Delivery) {
        match delivery {
            Delivery::Trying | Delivery::HandingOver | Delivery::Waiting => {}
            Delivery::Stored | Delivery::Delivered(_) | Delivery::Failed(_) => {
                self.0.remove(&line);
            }
        }
    }
}

impl App {
    /// What to ask about before the window is closed; `None`: it can be.
    pub fn worry(&self, now: Now) -> Option<Worry> {
        let people = self.others(now);
        let worry = Worry {
            people,
            lines: self.unsent.len(),
            importing: self.hosting.importing,
            saving: self.filing.as_ref().is_some_and(Filing::is_writing),
            has_tray: people > 0 && self.has_tray(),
        };
        let works = worry.importing || worry.saving;
        (worry.people > 0 || worry.lines > 0 || works).then_some(worry)
    }

    /// What to ask about before this is done; `None`: it costs nobody anything.
    pub fn cost(&self, now: Now, command: &Command) -> Option<Cost> {
        if *command == Command::StopHosting {
            let people = self.others(now);
            return (people > 0).then_some(Cost::Others(people));
        }
        let hosts = matches!(command, Command::Host(_) | Command::Import { .. });
        (hosts && self.is_well_elsewhere()).then(|| Cost::Place(self.session.place().to_owned()))
    }

    /// Signed in to somebody else's server, which is there.
    pub(super) fn is_well_elsewhere(&self) -> bool {
        let session = &self.session;
        session.entered && !session.at_own_host && session.lost.is_none()
    }

    /// People, besides oneself, who use the server on this computer.
    pub(super) fn others(&self, now: Now) -> usize {
        let own = usize::from(self.session.at_own_host && self.session.entered);
        self.hosting.others(now, own)
    }

    /// The window is hidden instead of closed: the user has said so once and for all.
    pub fn hides_instead(&self) -> bool {
        self.settings.keep_hosting && self.hosting.is_wanted() && self.has_tray()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Failure, Path};
    use super::*;

    #[test]
    fn a_line_is_unsent_until_somebody_else_has_it_or_nobody_will() {
        let ends = [
            Delivery::Stored,
            Delivery::Delivered(Path::Direct),
            Delivery::Failed(Failure::UnknownRecipient),
        ];
        for end in ends {
            let mut unsent = Unsent::default();
            unsent.on_written(LineId(1));
            unsent.on_written(LineId(2));
            unsent.on_delivery(LineId(1), Delivery::Waiting);
            assert_eq!(unsent.len(), 2);
            unsent.on_delivery(LineId(1), end);
            assert_eq!(unsent.len(), 1, "{end:?}");
        }
        let mut earlier = Unsent::default();
        earlier.on_delivery(LineId(1), Delivery::HandingOver);
        assert_eq!(earlier.len(), 0, "of an earlier start");
    }
}
