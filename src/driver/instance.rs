//! One window for a data folder: who comes second has the first one come to the front. Whoever has the
//! lock is first, and listens at a socket in the folder, which nobody reaches over a network. Where a
//! system or a folder has no such sockets the second window opens, and says what it finds.

use std::fs::File;
use std::path::{Path, PathBuf};

/// The first window of its folder.
#[derive(Debug, Default)]
pub struct Instance {
    #[cfg(unix)]
    listener: Option<std::os::unix::net::UnixListener>,
    /// Held until the program ends.
    _lock: Option<File>,
    /// The file at which others reach it.
    socket: Option<PathBuf>,
}

/// Takes the socket out of the folder when it is dropped, at the program's end. What was killed leaves it
/// there, which does no harm.
#[must_use = "it is taken out at once"]
#[derive(Debug)]
pub struct Tidy(Option<PathBuf>);

impl Drop for Tidy {
    fn drop(&mut self) {
        if let Some(socket) = &self.0
            && let Err(error) = std::fs::remove_file(socket)
        {
            tracing::debug!("{} stays: {error}", socket.display());
        }
    }
}

/// What is found in a data folder.
#[derive(Debug)]
pub enum Claim {
    First(Instance),
    /// There is a window already, and it was asked to come to the front.
    Raised,
}

#[cfg(unix)]
mod sockets {
    use std::fs::{self, File, TryLockError};
    use std::io;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::Path;

    use super::{Claim, Instance};

    pub(super) fn claim(folder: &Path) -> io::Result<Claim> {
        let lock = File::create(folder.join("window.lock"))?;
        let socket = folder.join("window.sock");
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                UnixStream::connect(socket)?;
                return Ok(Claim::Raised);
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // What a program left there that was killed.
        if let Err(error) = fs::remove_file(&socket)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        Ok(Claim::First(Instance {
            listener: Some(UnixListener::bind(&socket)?),
            _lock: Some(lock),
            socket: Some(socket),
        }))
    }
}

impl Instance {
    /// Claims the folder, which is there, for the window of this program. Never fails: without the
    /// claim a window still opens.
    pub fn claim(folder: &Path) -> Claim {
        #[cfg(unix)]
        let claimed = sockets::claim(folder);
        #[cfg(not(unix))]
        let claimed = Ok::<_, std::io::Error>(Claim::First(Self::default()));
        claimed.unwrap_or_else(|error| {
            tracing::debug!("{} can't be claimed: {error}", folder.display());
            Claim::First(Self::default())
        })
    }

    /// To be kept for as long as the window is open.
    pub fn tidy(&self) -> Tidy {
        Tidy(self.socket.clone())
    }

    /// Tells [`Told::Raise`](super::desktop::Told::Raise) whenever the program is started in vain.
    pub(super) fn listen(self, teller: super::desktop::Teller) {
        #[cfg(unix)]
        {
            let Self {
                listener: Some(listener),
                _lock: lock,
                socket: _,
            } = self
            else {
                return;
            };
            let run = move || {
                let _lock = lock;
                // Each who connects is a start in vain.
                while listener.accept().is_ok() {
                    teller.tell(super::desktop::Told::Raise);
                }
            };
            let thread = std::thread::Builder::new().name("instance".into());
            if let Err(error) = thread.spawn(run) {
                tracing::debug!("nobody hears of later starts: {error}");
            }
        }
        #[cfg(not(unix))]
        let _ = (self, teller);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;

    use crossbeam_channel::bounded;

    use super::*;
    use crate::driver::desktop::{Teller, Told};

    #[test]
    fn who_comes_second_raises_the_first_and_who_comes_later_is_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let Claim::First(first) = Instance::claim(folder.path()) else {
            panic!("nobody was here");
        };
        // Before the first one listens, too.
        assert!(matches!(Instance::claim(folder.path()), Claim::Raised));
        let (news, told) = bounded(1);
        first.listen(Teller::new(news, Arc::new(|| {})));
        assert_eq!(told.recv(), Ok(Told::Raise));
        assert!(matches!(Instance::claim(folder.path()), Claim::Raised));
        assert_eq!(told.recv(), Ok(Told::Raise));
    }

    #[test]
    fn a_program_that_was_killed_leaves_the_folder_to_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Instance::claim(folder.path()));
        assert!(
            folder.path().join("window.sock").exists(),
            "nobody tidied up"
        );
        let next = Instance::claim(folder.path());
        assert!(matches!(next, Claim::First(_)));
        assert!(
            matches!(Instance::claim(folder.path()), Claim::Raised),
            "it listens"
        );
    }

    #[test]
    fn a_program_that_ends_in_good_order_leaves_no_socket() {
        let folder = tempfile::tempdir().expect("a folder");
        let Claim::First(first) = Instance::claim(folder.path()) else {
            panic!("nobody was here");
        };
        let tidy = first.tidy();
        let (news, _told) = bounded(1);
        first.listen(Teller::new(news, Arc::new(|| {})));
        assert!(matches!(Instance::claim(folder.path()), Claim::Raised));
        drop(tidy);
        assert!(!folder.path().join("window.sock").exists());
        // Where the claim failed there is nothing to take away.
        drop(Instance::default().tidy());
    }

    #[test]
    fn a_folder_that_can_not_be_claimed_still_gets_a_window() {
        let nowhere = Path::new("/nowhere/at/all");
        assert!(matches!(Instance::claim(nowhere), Claim::First(_)));
    }
}
