//! *Keeps*: the server's register and mail in a [`mailbox`], a client's lines and delivery in a
//! [`profile`] with its [`history`], of which a conversation can be saved as a file ([`export`]), what
//! the user has chosen ([`settings`]), and the mail files of the classic program ([`classic_mail`]).
//! Sockets and decisions do not live here.

mod aside;
pub mod classic_mail;
pub mod export;
mod fault;
mod file;
mod file_name;
pub mod history;
pub mod mailbox;
pub mod profile;
mod profile_rows;
mod profile_tables;
mod reserve;
mod rows;
pub mod settings;
mod table;
mod transcript;
mod whole_file;
mod words;
mod zone;

use std::path::{Path, PathBuf};
use std::{fs, io};

pub use self::aside::Aside;
pub use self::fault::{Fault, FaultKind};
pub use self::file_name::file_name;
pub use self::zone::Zone;

/// Why something can't be kept, or what was kept can't be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("can't use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{path} is imported, but can't be renamed; move it away before the next import: {source}"
    )]
    SetAside { path: PathBuf, source: io::Error },
    #[error("{path} is there already, and is not written over")]
    Exists { path: PathBuf },
    #[error("{path} is one of this program's own files")]
    Own { path: PathBuf },
    #[error("{path} is in use by another Super Chatter")]
    InUse { path: PathBuf },
    #[error("{path} can't be read: {source}")]
    Unreadable {
        path: PathBuf,
        source: rusqlite::Error,
    },
    #[error("{path} is damaged: {report}")]
    Damaged { path: PathBuf, report: String },
    #[error("{path} is a database of another program")]
    Foreign { path: PathBuf },
    #[error(
        "{path} was written by a newer Super Chatter: expected schema {known} or older, got {found}"
    )]
    Newer {
        path: PathBuf,
        found: usize,
        known: usize,
    },
    #[error("{path} would not be safe: expected {name} to be {expected}, got {got}")]
    Setting {
        path: PathBuf,
        name: &'static str,
        expected: &'static str,
        got: String,
    },
    #[error("{path}, table {table}, row {row}: expected {column} to be {expected}, got {got}")]
    Row {
        path: PathBuf,
        table: &'static str,
        /// The row's key as it stands there.
        row: String,
        column: &'static str,
        expected: &'static str,
        got: String,
    },
    /// SQLite has one word for a write that found no room and for one that the disk failed.
    #[error("no room is left to write {path}, or its disk fails: {source}")]
    NoRoom {
        path: PathBuf,
        source: rusqlite::Error,
    },
    #[error("can't write {path}: {source}")]
    Write {
        path: PathBuf,
        source: rusqlite::Error,
    },
}

/// Makes `folder` and what is missing above it, for nobody but its owner (on Unix; elsewhere as the
/// system does). A folder that is there stays as it is.
pub fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| StoreError::File {
        path: folder.to_owned(),
        source,
    })
}

/// Options to open a file of ours: readable and writable for its owner alone.
fn private_file() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The file beside `path` whose name goes on with `ending`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes down which names stand in the folder of `path`: a power cut leaves the new ones, not the old ones. Windows knows no such thing and needs none.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
