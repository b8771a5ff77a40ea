//! Why a file or the network can't be used, told apart as far as a person can do something about it.
//! The words for people live above; here is also the sentence for a log or a console.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// Why something can't be used. It is said in English, for a log or a console.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{report}")]
pub struct Fault {
    pub kind: FaultKind,
    /// Of which file; `None`: of none, or whoever tells it knows.
    pub path: Option<PathBuf>,
    /// What the system calls it, such as `28`, or `SQLite 13`.
    pub code: Option<String>,
    report: String,
}

/// What a person can do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No room is left, or nobody may take more. SQLite says the same of some disks that fail.
    Full,
    Denied,
    Missing,
    ReadOnly,
    /// By another program.
    InUse,
    /// Something is there already, and is not written over.
    Exists,
    /// This program keeps something of its own there.
    Own,
    /// A folder is there where a file was expected.
    Folder,
    Damaged,
    /// It is another program's.
    Foreign,
    /// A newer version of this program wrote it.
    Newer,
    /// A mail file was taken in, but stands where it would be taken in again.
    Taken,
    /// Too much was asked for at once.
    Busy,
    /// This computer is in no network.
    Unconnected,
    Other,
}

impl Fault {
    /// One that no system has told, in English.
    pub fn new(kind: FaultKind, report: impl Into<String>) -> Self {
        Self {
            kind,
            path: None,
            code: None,
            report: report.into(),
        }
    }

    /// The same of this file.
    pub fn at(self, path: &Path) -> Self {
        Self {
            path: Some(path.to_owned()),
            ..self
        }
    }
}

impl From<&io::Error> for Fault {
    fn from(error: &io::Error) -> Self {
        Self {
            kind: of_system(error.kind()),
            path: None,
            code: error.raw_os_error().map(|code| code.to_string()),
            report: error.to_string(),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::from(&error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        let report = error.to_string();
        let (kind, path, code) = match error {
            StoreError::File { path, source } => {
                let fault = Self::from(source);
                (fault.kind, path, fault.code)
            }
            StoreError::SetAside { path, source } => {
                (FaultKind::Taken, path, Self::from(source).code)
            }
            StoreError::Exists { path } => (FaultKind::Exists, path, None),
            StoreError::Own { path } => (FaultKind::Own, path, None),
            StoreError::InUse { path } => (FaultKind::InUse, path, None),
            StoreError::Unreadable { path, source } | StoreError::Write { path, source } => {
                (of_database(&source), path, code(&source))
            }
            StoreError::NoRoom { path, source } => (FaultKind::Full, path, code(&source)),
            StoreError::Damaged { path, .. } | StoreError::Row { path, .. } => {
                (FaultKind::Damaged, path, None)
            }
            StoreError::Foreign { path } => (FaultKind::Foreign, path, None),
            StoreError::Newer { path, .. } => (FaultKind::Newer, path, None),
            StoreError::Setting { path, .. } => (FaultKind::Other, path, None),
        };
        Self {
            kind,
            path: Some(path),
            code,
            report,
        }
    }
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the system's list is longer than what people can act on"
)]
fn of_system(kind: io::ErrorKind) -> FaultKind {
    use io::ErrorKind as Kind;
    match kind {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => FaultKind::Full,
        Kind::PermissionDenied => FaultKind::Denied,
        Kind::NotFound | Kind::NotADirectory => FaultKind::Missing,
        Kind::ReadOnlyFilesystem => FaultKind::ReadOnly,
        Kind::ResourceBusy | Kind::ExecutableFileBusy | Kind::AddrInUse => FaultKind::InUse,
        Kind::AlreadyExists => FaultKind::Exists,
        Kind::IsADirectory => FaultKind::Folder,
        Kind::NetworkDown | Kind::NetworkUnreachable | Kind::HostUnreachable => {
            FaultKind::Unconnected
        }
        _ => FaultKind::Other,
    }
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "SQLite's list is longer than what people can act on"
)]
fn of_database(error: &rusqlite::Error) -> FaultKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => FaultKind::Full,
        Some(ErrorCode::PermissionDenied) => FaultKind::Denied,
        Some(ErrorCode::ReadOnly) => FaultKind::ReadOnly,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FaultKind::InUse,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => FaultKind::Damaged,
        _ => FaultKind::Other,
    }
}

fn code(error: &rusqlite::Error) -> Option<String> {
    let error = error.sqlite_error()?;
    Some(format!("SQLite {}", error.extended_code))
}
