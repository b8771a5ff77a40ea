//! Moving a store that can't be used out of the way: beside its place, under a name that is nobody's.
//! Why it can't be used is `file`'s subject.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::Utc;

use crate::store::{Fault, StoreError, beside, sync_folder};

/// What SQLite puts beside a store, and the store itself first: without it nobody takes the rest for
/// a store's, while a store without its `-wal` would pass for an older one.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// A file that was moved aside when a new one was begun in its place. Nothing in it was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Where it is now.
    pub path: PathBuf,
    pub why: Fault,
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, why } = self;
        write!(
            f,
            "{why}; it was moved to {}, and a new one was begun",
            path.display()
        )
    }
}

/// Moves the store in `path` to `<path>.<word>-<date>-<time>`, in UTC. An error: it is where it was.
pub(super) fn move_aside(path: &Path, word: &str) -> Result<PathBuf, StoreError> {
    let stamp = Utc::now().format("%Y%m%d-%H%M%S");
    let mut aside = beside(path, &format!(".{word}-{stamp}"));
    let mut number = 1;
    while PARTS.iter().any(|part| is_there(&beside(&aside, part))) {
        number += 1;
        aside = beside(path, &format!(".{word}-{stamp}-{number}"));
    }
    let mut moved = Vec::new();
    for part in PARTS {
        let (from, to) = (beside(path, part), beside(&aside, part));
        if !is_there(&from) {
            continue;
        }
        if let Err(source) = fs::rename(&from, &to) {
            for (from, to) in moved {
                // What can't be moved back is not lost either: it lies beside.
                let _ = fs::rename(to, from);
            }
            return Err(StoreError::File { path: from, source });
        }
        moved.push((from, to));
    }
    sync_folder(path).map_err(|source| StoreError::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(aside)
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
