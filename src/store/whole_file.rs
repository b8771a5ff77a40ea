//! A file that is there whole or not at all: it is written beside its place and then put there. What
//! stands in it does not live here.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::store::{StoreError, beside, private_file, sync_folder};

/// A file that is being written. Dropped before [`WholeFile::put`] it leaves nothing behind, and what
/// was in its place is as it was.
#[derive(Debug)]
pub(super) struct WholeFile {
    path: PathBuf,
    /// Where it is till then.
    partial: PathBuf,
    written: BufWriter<File>,
}

impl WholeFile {
    /// Begins the file `path`, on Unix for nobody but its owner. An error: what is there can't be
    /// replaced, or nothing can be written beside it.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let refused = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        if let Ok(there) = fs::metadata(path) {
            if there.is_dir() {
                return Err(refused(io::ErrorKind::IsADirectory.into()));
            }
            // Unix would put another file in the place of one that is not to be written.
            if there.permissions().readonly() {
                return Err(refused(io::ErrorKind::PermissionDenied.into()));
            }
        }
        let partial = beside(path, " (partial)");
        // What an interrupted writer left, or a link that somebody put there, is not written through.
        let _ = fs::remove_file(&partial);
        let created = private_file().create_new(true).open(&partial);
        Ok(Self {
            path: path.to_owned(),
            written: BufWriter::new(created.map_err(refused)?),
            partial,
        })
    }

    pub fn write(&mut self, text: &str) -> Result<(), StoreError> {
        let written = self.written.write_all(text.as_bytes());
        written.map_err(|source| self.failed(source))
    }

    /// Puts the file in its place, over the one that is there. It is on the disk when this returns.
    pub fn put(mut self) -> Result<(), StoreError> {
        let put = self.replace();
        put.map_err(|source| self.failed(source))
    }

    fn replace(&mut self) -> io::Result<()> {
        self.written.flush()?;
        self.written.get_ref().sync_all()?;
        fs::rename(&self.partial, &self.path)?;
        sync_folder(&self.path)
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::File {
            path: self.path.clone(),
            source,
        }
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // Nothing is there any more where it was put. What can't be removed is in nobody's way.
        let _ = fs::remove_file(&self.partial);
    }
}
