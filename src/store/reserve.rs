//! A file that holds space for the day when the disk is full: given back, it lets a store write down
//! what its program may not forget. What that is, the machines decide.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::machine::Room;
use crate::store::{beside, private_file};

/// Commits after which a reserve that was given back is tried again. A try fills the disk for a
/// moment, so not each.
const COMMITS_A_TRY: u32 = 8;

/// Written at once. Its content is noise, lest a file system shrink it; the pattern's length is more
/// than what such a file system looks back.
const BLOCK_BYTES: usize = 256 << 10;

#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    /// What is held.
    bytes: usize,
    stands: bool,
    /// Since the last try.
    commits: u32,
}

impl Reserve {
    /// The reserve of the store in `store`, as the last run left it.
    pub fn find(store: &Path, bytes: usize) -> Self {
        let path = beside(store, ".reserve");
        let whole = |file: fs::Metadata| file.is_file() && file.len() == bytes as u64;
        let stands = fs::symlink_metadata(&path).is_ok_and(whole);
        Self {
            path,
            bytes,
            stands,
            commits: 0,
        }
    }

    /// The store is open: the reserve is made when it is not there and there is room.
    pub fn on_open(&mut self) {
        self.stands = self.stands || self.make(self.bytes);
    }

    pub fn room(&self) -> Room {
        if self.stands {
            Room::Plenty
        } else {
            Room::Scarce
        }
    }

    /// Gives the space back. `false`: there was none to give.
    pub fn give(&mut self) -> bool {
        let given = self.stands && fs::remove_file(&self.path).is_ok();
        self.stands &= !given;
        self.commits = 0;
        given
    }

    /// A commit has succeeded: now and then one that was given back is tried again. It then needs
    /// twice its space, so that the next commit does not take it away at once.
    pub fn on_commit(&mut self) {
        if self.stands {
            return;
        }
        self.commits += 1;
        if self.commits >= COMMITS_A_TRY {
            self.commits = 0;
            self.stands = self.make(2 * self.bytes);
        }
    }

    /// Whether there was room for `bytes`, and what is held of them is held.
    fn make(&self, bytes: usize) -> bool {
        let made = self.write(bytes);
        if made.is_err() {
            // Part of a reserve is none, and takes space from whoever needs it.
            let _ = fs::remove_file(&self.path);
        }
        made.is_ok()
    }

    fn write(&self, bytes: usize) -> io::Result<()> {
        let mut file = private_file()
            .create(true)
            .truncate(true)
            .open(&self.path)?;
        let mut block = vec![0; BLOCK_BYTES];
        fastrand::Rng::with_seed(0).fill(&mut block);
        for _ in 0..bytes / BLOCK_BYTES {
            file.write_all(&block)?;
        }
        file.set_len(self.bytes as u64)
    }
}
