//! Taking in the mail files of a classic server: the server on this computer does it when it starts, so
//! one that runs stops for it and starts again at the same place. Everybody's program comes back by
//! itself; nobody is signed out.

use std::path::PathBuf;

use super::form::Form;
use super::hosting::Standing;
use super::language::Sentence;
use super::{App, Now, faults};
use crate::driver::Fault;
use crate::driver::server::Imported;

/// Where a server is found, and where it keeps its mail: it starts again at the same place, whatever is
/// set for the next start.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub port: u16,
    pub store: PathBuf,
}

impl App {
    pub(super) fn import(&mut self, now: Now, form: &Form, mail: PathBuf) {
        match self.hosting.standing {
            Standing::Off => self.host(form, Some(mail)),
            Standing::On => {
                self.import = Some(mail);
                self.restart(now);
            }
            Standing::Starting | Standing::Stopping => {}
        }
    }

    fn restart(&mut self, now: Now) {
        let people = self.others(now);
        let asked = self.server.as_ref().map(super::server::Server::stop);
        if asked == Some(Ok(())) {
            self.hosting.on_restart_asked(people);
        } else {
            self.import = None;
            self.notice = Some(Sentence::new("notice-busy"));
        }
    }

    /// The server has stopped, perhaps in order to start again.
    pub(super) fn start_import(&mut self) {
        let mail = self.import.take().filter(|_| !self.ending);
        if let (Some(mail), Some(kept)) = (mail, self.kept.clone()) {
            self.start_server(kept, Some(mail));
            self.hosting.on_restarted();
        }
    }

    pub(super) fn on_imported(&mut self, imported: Result<Imported, Fault>) {
        let is_whole = |imported: &Imported| imported.files > 0 && imported.problems.is_empty();
        self.hosting.imported += u64::from(imported.as_ref().is_ok_and(is_whole));
        self.notices.add(match imported {
            Ok(imported) => outcome(&imported),
            Err(why) => Sentence::new("notice-import-failed").quote("why", faults::fault(&why)),
        });
    }
}

fn outcome(imported: &Imported) -> Sentence {
    let taken = || {
        Sentence::new("notice-imported")
            .count("messages", imported.messages)
            .count("files", imported.files)
    };
    let left = imported.problems.first().map(|first| {
        Sentence::new("notice-import-left")
            .count("files", imported.problems.len())
            .quote("why", faults::mail_file(first))
    });
    match (imported.files, left) {
        (0, None) => Sentence::new("notice-imported-nothing"),
        (0, Some(left)) => left,
        (_, None) => taken(),
        (_, Some(left)) => Sentence::new("notice-both")
            .quote("first", taken())
            .quote("second", left),
    }
}
