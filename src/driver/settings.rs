//! A thread that writes the settings, so that no window waits for the disk. What they are lives in
//! [`crate::store::settings`].

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, bounded};

use super::Notify;
use crate::store::Fault;
use crate::store::settings::save;
pub use crate::store::settings::{Appearance, Choice, Place, Settings};

/// The near end of the thread. Dropping it waits until the last settings are written.
pub struct Saver {
    newest: Arc<(Mutex<Newest>, Condvar)>,
    errors: Receiver<Fault>,
    thread: Option<JoinHandle<()>>,
}

/// What is to be written next: the newest settings only.
#[derive(Default)]
struct Newest {
    settings: Option<Settings>,
    ended: bool,
}

impl Saver {
    /// Writes to the file `path` from now on. `notify` is called when something could not be written.
    pub fn start(path: PathBuf, notify: Notify) -> Self {
        let newest = Arc::new((Mutex::new(Newest::default()), Condvar::new()));
        let (teller, errors) = bounded(1);
        let seen = newest.clone();
        let run = move || {
            while let Some(settings) = next(&seen) {
                if let Err(error) = save(&path, &settings) {
                    // Full: one sentence about it is enough.
                    let _ = teller.try_send(error.into());
                    notify();
                }
            }
        };
        let thread = thread::Builder::new().name("settings".into()).spawn(run);
        Self {
            newest,
            errors,
            thread: thread.ok(),
        }
    }

    /// Has these written. Never blocks for the disk.
    pub fn save(&self, settings: Settings) {
        let (newest, changed) = &*self.newest;
        let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.settings = Some(settings);
        changed.notify_one();
    }

    /// Why the last settings could not be written, once.
    pub fn poll_error(&self) -> Option<Fault> {
        self.errors.try_recv().ok()
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        let (newest, changed) = &*self.newest;
        newest.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell: a panic in it was printed.
            let _ = thread.join();
        }
    }
}

/// The settings that are to be written next, waited for; `None`: there are no more.
fn next((newest, changed): &(Mutex<Newest>, Condvar)) -> Option<Settings> {
    let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(settings) = newest.settings.take() {
            return Some(settings);
        }
        if newest.ended {
            return None;
        }
        newest = changed.wait(newest).unwrap_or_else(PoisonError::into_inner);
    }
}
