//! What the program says of a file or a network that can't be used: in the gaps stand only the file's
//! place and what the system calls the fault. What else is wrong is said in [`super::sentences`].

use std::path::Path;

use super::language::Sentence;
use super::text;
use crate::driver::server::{Problem, Wrong};
use crate::driver::{Aside, Fault, FaultKind};

/// What is wrong, as it stands in another sentence.
pub(super) fn fault(fault: &Fault) -> Sentence {
    let mut why = Sentence::new(match fault.kind {
        FaultKind::Full => "fault-full",
        FaultKind::Denied => "fault-denied",
        FaultKind::Missing => "fault-missing",
        FaultKind::ReadOnly => "fault-read-only",
        FaultKind::InUse => "fault-in-use",
        FaultKind::Exists => "fault-exists",
        FaultKind::Own => "fault-own",
        FaultKind::Folder => "fault-folder",
        FaultKind::Damaged => "fault-damaged",
        FaultKind::Foreign => "fault-foreign",
        FaultKind::Newer => "fault-newer",
        FaultKind::Taken => "fault-taken",
        FaultKind::Busy => "fault-busy",
        FaultKind::Unconnected => "fault-unconnected",
        FaultKind::Other => "fault-other",
    });
    if let Some(code) = &fault.code {
        why = Sentence::new("fault-code")
            .quote("why", why)
            .with("code", code);
    }
    match &fault.path {
        Some(path) => at(path, why),
        None => why,
    }
}

/// A mail file that was left as it is.
pub(super) fn mail_file(problem: &Problem) -> Sentence {
    let why = match &problem.wrong {
        Wrong::Name => Sentence::new("fault-mail-name"),
        Wrong::NotAFile => Sentence::new("fault-mail-file"),
        Wrong::TooLong => Sentence::new("fault-mail-long"),
        Wrong::Unreadable(why) => fault(why),
        Wrong::Line { line, reason: _ } => Sentence::new("fault-mail-line").count("line", *line),
    };
    at(&problem.file, why)
}

/// What was kept can't be used, and stands elsewhere now.
pub(super) fn aside(aside: &Aside) -> Sentence {
    Sentence::new("notice-aside")
        .quote("why", fault(&aside.why))
        .with("path", shown(&aside.path))
}

/// Settings that could not be read, and where they are.
pub(super) fn settings_aside(aside: &Aside) -> Sentence {
    Sentence::new("notice-settings-aside")
        .quote("why", fault(&aside.why))
        .with("path", shown(&aside.path))
}

/// Settings that could not be written.
pub(super) fn not_saved(why: &Fault) -> Sentence {
    Sentence::new("notice-not-saved").quote("why", fault(why))
}

/// Older lines could not be read.
pub(super) fn not_read(why: &Fault) -> Sentence {
    Sentence::new("notice-not-read").quote("why", fault(why))
}

fn at(path: &Path, why: Sentence) -> Sentence {
    Sentence::new("fault-at")
        .with("path", shown(path))
        .quote("why", why)
}

/// A path on one line.
fn shown(path: &Path) -> String {
    text::short(&path.display().to_string())
}
