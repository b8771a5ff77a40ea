//! How a background thread and its holder hear each other: two channels, and a way to wake either.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, TrySendError, bounded};

use super::event_loop::Port;
use super::{DriverError, Notify, SendError};

/// News that fit in the channel to the window.
const TOLD_MAX: usize = 8_192;

/// Commands that fit in the channel from the window.
pub(super) const COMMANDS_MAX: usize = 1_024;

/// What a background thread tells.
pub(super) trait Told: Send + 'static {
    type Event;

    fn bound(address: SocketAddr) -> Self;
    fn failed(error: DriverError) -> Self;
    fn event(event: Self::Event) -> Self;
    /// Nothing follows: the thread ends.
    fn is_last(&self) -> bool;
}

/// Where a background thread tells, and how whoever listens learns of it. Its end rings too, however
/// it comes: the fields are dropped in this order, so who is rung then finds the channel closed.
pub(super) struct Teller<T> {
    pub news: Sender<T>,
    pub bell: Bell,
}

/// Calls for a look at the channel. The last call comes when it is dropped.
pub(super) struct Bell(Notify);

impl Bell {
    pub fn ring(&self) {
        (self.0)();
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.ring();
    }
}

/// The near end.
pub(super) struct Handle<C, T> {
    commands: Sender<C>,
    told: Receiver<T>,
    /// The last word if the thread ends without one of its own. `None`: it was passed on.
    unsaid: Cell<Option<DriverError>>,
    /// `None`: the thread could not start.
    waker: Option<Arc<mio::Waker>>,
    thread: Option<JoinHandle<()>>,
}

impl<C: Send + 'static, T: Told> Handle<C, T> {
    /// Starts a thread of this name that does `run` on its `port`. Where that fails, the failure is
    /// the first and last that is told.
    pub fn start(
        name: &str,
        port: Result<Port, DriverError>,
        notify: Notify,
        run: impl FnOnce(Port, Receiver<C>, Teller<T>) + Send + 'static,
    ) -> Self {
        let (commands, asked) = bounded(COMMANDS_MAX);
        let (news, told) = bounded(TOLD_MAX);
        let bell = Bell(notify);
        let started = port.and_then(|port| {
            let (waker, teller) = (port.waker.clone(), Teller { news, bell });
            let thread = thread::Builder::new().name(name.to_owned());
            match thread.spawn(move || run(port, asked, teller)) {
                Ok(thread) => Ok((waker, thread)),
                Err(error) => Err(DriverError::Socket(error.into())),
            }
        });
        let (unsaid, waker, thread) = match started {
            Ok((waker, thread)) => (DriverError::Ended, Some(waker), Some(thread)),
            Err(error) => (error, None, None),
        };
        Self {
            commands,
            told,
            unsaid: Cell::new(Some(unsaid)),
            waker,
            thread,
        }
    }

    /// For whoever does the thread's work without one: the near end, and the far end's two parts.
    pub fn without_thread(
        waker: Arc<mio::Waker>,
        notify: Notify,
    ) -> (Self, Receiver<C>, Teller<T>) {
        let (commands, asked) = bounded(COMMANDS_MAX);
        let (news, told) = bounded(TOLD_MAX);
        let handle = Self {
            commands,
            told,
            unsaid: Cell::new(Some(DriverError::Ended)),
            waker: Some(waker),
            thread: None,
        };
        let bell = Bell(notify);
        (handle, asked, Teller { news, bell })
    }

    /// Never blocks; `None`: nothing new.
    pub fn poll_told(&self) -> Option<T> {
        match self.told.try_recv() {
            Ok(told) => Some(self.pass_on(told)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => self.last_word(),
        }
    }

    /// Waits for news until `deadline`; `None`: it passed, or the thread has ended and said why.
    pub fn wait_told(&self, deadline: Instant) -> Option<T> {
        match self.told.recv_deadline(deadline) {
            Ok(told) => Some(self.pass_on(told)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => self.last_word(),
        }
    }

    fn pass_on(&self, told: T) -> T {
        if told.is_last() {
            self.unsaid.set(None);
        }
        told
    }

    fn last_word(&self) -> Option<T> {
        self.unsaid.take().map(T::failed)
    }
}

impl<C, T> Handle<C, T> {
    /// Never blocks.
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

    /// Waits until the thread has ended.
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
