//! The system's own dialog to choose a folder, on a thread of its own: it stands open for as long as
//! a person thinks, and the window goes on meanwhile.

use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::Notify;

/// A dialog that stands open.
pub struct FolderDialog(Receiver<PathBuf>);

/// What became of a dialog.
#[derive(Debug, PartialEq, Eq)]
pub enum Chosen {
    NotYet,
    Folder(PathBuf),
    /// It was closed without a choice, or there is no such dialog on this system.
    Nothing,
}

impl FolderDialog {
    /// Opens it at the folder `start`. `notify` is called when it has closed.
    pub fn open(title: String, start: PathBuf, notify: Notify) -> Self {
        let (chosen, answer) = bounded(1);
        let run = move || {
            let dialog = rfd::FileDialog::new().set_title(title);
            if let Some(folder) = dialog.set_directory(start).pick_folder() {
                // Nobody waits any more: nothing to do.
                let _ = chosen.send(folder);
            }
            drop(chosen);
            notify();
        };
        // Where no thread starts the channel is closed: nothing was chosen.
        let _ = thread::Builder::new().name("dialog".into()).spawn(run);
        Self(answer)
    }

    /// Never blocks.
    pub fn poll(&self) -> Chosen {
        match self.0.try_recv() {
            Ok(folder) => Chosen::Folder(folder),
            Err(TryRecvError::Empty) => Chosen::NotYet,
            Err(TryRecvError::Disconnected) => Chosen::Nothing,
        }
    }
}
