//! The system's own dialogs for files and folders, each on a thread of its own, since it stays open as
//! long as the user thinks. Also the system's window onto a folder.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::Notify;

/// What is to be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A place for a new file.
    Save {
        title: String,
        /// The folder and the name that are offered.
        path: PathBuf,
    },
    /// A folder that is there.
    Folder { title: String, path: PathBuf },
}

/// How a dialog is shown: the system's way, or a test's.
pub type Show = fn(Ask) -> Option<PathBuf>;

/// A dialog that is open.
#[derive(Debug)]
pub struct Dialog(Receiver<Option<PathBuf>>);

impl Dialog {
    /// Opens it. `notify` is called when the user is done with it.
    pub fn open(show: Show, ask: Ask, notify: Notify) -> Self {
        let (teller, answer) = bounded(1);
        let run = move || {
            // Nobody waits for it any more: the answer is no longer wanted.
            let _ = teller.try_send(show(ask));
            drop(teller);
            notify();
        };
        // Without a thread the channel is closed at once, which says that nothing was chosen.
        let _ = thread::Builder::new().name("dialog".into()).spawn(run);
        Self(answer)
    }

    /// What was chosen; `Some(None)`: nothing, or the system has no such dialog. `None`: it is open.
    pub fn poll(&self) -> Option<Option<PathBuf>> {
        match self.0.try_recv() {
            Ok(chosen) => Some(chosen),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(None),
        }
    }
}

/// Shows the system's own dialog and waits until the user is done with it.
#[cfg(feature = "gui")]
pub fn show(ask: Ask) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match ask {
        Ask::Save { title, path } => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let folder = path.parent().unwrap_or(&path);
            let dialog = dialog.set_title(title).set_directory(folder);
            dialog.set_file_name(name).save_file()
        }
        Ask::Folder { title, path } => {
            let dialog = dialog.set_title(title).set_directory(path);
            dialog.pick_folder()
        }
    }
}

/// A program without a window has no dialogs.
#[cfg(not(feature = "gui"))]
pub fn show(_: Ask) -> Option<PathBuf> {
    None
}

/// Asks nobody: the file, if it is there already.
pub fn taken(ask: Ask) -> Option<PathBuf> {
    let (Ask::Save { path, .. } | Ask::Folder { path, .. }) = ask;
    path.exists().then_some(path)
}

/// Where people keep what they save, as far as the system says.
pub fn documents() -> PathBuf {
    let user = directories::UserDirs::new();
    let folder = user.map(|user| match user.document_dir() {
        Some(documents) => documents.to_owned(),
        None => user.home_dir().to_owned(),
    });
    folder.unwrap_or_default()
}

/// Opens the system's window onto a folder, without waiting for it.
pub fn open_folder(folder: &Path) {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let folder = folder.to_owned();
    let run = move || match std::process::Command::new(opener).arg(&folder).status() {
        Ok(status) => tracing::debug!(%status, "{opener} has ended"),
        Err(error) => tracing::info!(%error, "{opener} can't be started"),
    };
    if let Err(error) = thread::Builder::new().name("folder".into()).spawn(run) {
        tracing::info!(%error, "no thread for {opener}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_is_chosen_is_told_and_nothing_is_told_too() {
        let same = |ask| match ask {
            Ask::Save { path, .. } => Some(path),
            Ask::Folder { .. } => None,
        };
        let path = PathBuf::from("there.txt");
        let title = String::new();
        let folder = Ask::Folder {
            title: title.clone(),
            path: path.clone(),
        };
        let save = Ask::Save {
            title,
            path: path.clone(),
        };
        for (ask, chosen) in [(save, Some(path)), (folder, None)] {
            let (done, told) = bounded(1);
            let notify = Arc::new(move || {
                let _ = done.try_send(());
            });
            let dialog = Dialog::open(same, ask, notify);
            told.recv().expect("it tells");
            assert_eq!(dialog.poll(), Some(chosen));
            assert_eq!(dialog.poll(), Some(None), "it is closed");
        }
    }
}
