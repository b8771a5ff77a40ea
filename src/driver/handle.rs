//! The two ends of a background thread that its holder needs: channels and ways to wake each other.

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError};

use super::{Notify, SendError};

/// Where a background thread tells, and how whoever listens learns of it.
#[derive(Clone)]
pub(super) struct Teller<T> {
    pub news: Sender<T>,
    pub notify: Notify,
}

pub(super) struct Handle<C, T> {
    pub commands: Sender<C>,
    pub told: Receiver<T>,
    /// `None`: the thread could not start.
    pub waker: Option<Arc<mio::Waker>>,
    pub thread: Option<JoinHandle<()>>,
}

impl<T> Teller<T> {
    /// For a thread that has nothing to tell but this.
    pub fn tell_last(&self, told: T) {
        let _ = self.news.try_send(told);
        (self.notify)();
    }
}

impl<C, T> Handle<C, T> {
    pub fn send(&self, command: C) -> Result<(), SendError> {
        let waker = self.waker.as_ref().ok_or(SendError::Ended)?;
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                TrySendError::Full(_) => SendError::Busy,
                TrySendError::Disconnected(_) => SendError::Ended,
            })?;
        waker.wake().map_err(|_| SendError::Ended)
    }

    pub fn join(mut self) {
        let thread = self.thread.take();
        drop(self);
        if let Some(thread) = thread {
            // A panic has told its story on stderr already.
            let _ = thread.join();
        }
    }
}

impl<C, T> Drop for Handle<C, T> {
    fn drop(&mut self) {
        // The thread finds its channels closed, once it looks.
        let (commands, _) = crossbeam_channel::bounded(0);
        self.commands = commands;
        if let Some(waker) = &self.waker {
            let _ = waker.wake();
        }
    }
}
