//! Write, then send: outputs wait here until the records before them are on disk, while the loop
//! goes on. One batch is being committed, one is being gathered.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use super::DriverError;
use crate::machine::{Output, Room};
use crate::store::{Fault, FaultKind};

/// A batch of records to disk, all or nothing: what room is left there after it. It is not called
/// again after an error.
pub(super) type Commit<R> = Box<dyn FnMut(&[R]) -> Result<Room, Fault> + Send>;

/// How soon a store without room is asked again while there is nothing to write. It counts the commits
/// until it looks for room anew, and a machine that accepts nothing brings none.
const ROOM_AGAIN: Duration = Duration::from_secs(5);

/// The near end of the thread that commits.
struct Store<R> {
    batches: Sender<Vec<R>>,
    results: Receiver<Result<Room, Fault>>,
    thread: JoinHandle<()>,
}

/// Wakes the loop at the end of the store's thread, which would otherwise go unseen until news come.
struct Alarm(Arc<mio::Waker>);

impl Drop for Alarm {
    fn drop(&mut self) {
        let _ = self.0.wake();
    }
}

/// Whether a batch has come to the disk since the last look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Same,
    Committed(Room),
}

pub(super) struct Keeper<R, E> {
    store: Option<Store<R>>,
    gathering: Vec<R>,
    /// Outputs in order, each with the batch that it waits for.
    waiting: VecDeque<(u64, Output<R, E>)>,
    /// The number of the batch that is being gathered, and of the last one on disk.
    gathered: u64,
    done: u64,
    busy: bool,
    room: Room,
    /// When the store was last given something, on the scale of [`crate::machine::Now::mono`].
    asked: Duration,
}

impl<R: Send + 'static, E> Keeper<R, E> {
    /// For a machine that writes nothing.
    pub fn none() -> Self {
        Self {
            store: None,
            gathering: Vec::new(),
            waiting: VecDeque::new(),
            gathered: 1,
            done: 0,
            busy: false,
            room: Room::Plenty,
            asked: Duration::ZERO,
        }
    }

    /// Starts the thread that commits. It ends with the keeper.
    pub fn start(mut commit: Commit<R>, waker: Arc<mio::Waker>) -> Result<Self, DriverError> {
        let (batches, to_commit) = bounded::<Vec<R>>(1);
        let (committed, results) = bounded(1);
        let run = move || {
            // Dropped last, when the channel is closed already.
            let alarm = Alarm(waker);
            let committed = committed;
            for batch in to_commit {
                let result = commit(&batch);
                let failed = result.is_err();
                if committed.send(result).is_err() || alarm.0.wake().is_err() || failed {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("store".into()).spawn(run);
        let thread = thread.map_err(|error| DriverError::Store(error.into()))?;
        let store = Some(Store {
            batches,
            results,
            thread,
        });
        Ok(Self {
            store,
            ..Self::none()
        })
    }

    /// With a store that has this room at first.
    pub fn with_room(self, room: Room) -> Self {
        Self { room, ..self }
    }

    /// What room there was last.
    pub fn room(&self) -> Room {
        self.room
    }

    /// Takes what the machine decided.
    pub fn push(&mut self, output: Output<R, E>) {
        match output {
            Output::Persist(record) => self.gathering.push(record),
            Output::Transmit(_) | Output::Event(_) => {
                let batch = if self.gathering.is_empty() {
                    self.gathered - 1
                } else {
                    self.gathered
                };
                self.waiting.push_back((batch, output));
            }
        }
    }

    /// Passes the gathered batch on when the last one is on disk; where there is no room an empty one
    /// now and then. An error is the store's, for good.
    pub fn turn(&mut self, mono: Duration) -> Result<Turn, DriverError> {
        let asks_again = self.ask_again_at().is_some_and(|at| at <= mono);
        let Some(Store {
            batches, results, ..
        }) = &self.store
        else {
            return Ok(Turn::Same);
        };
        let mut turn = Turn::Same;
        match results.try_recv() {
            Ok(result) => {
                let room = result.map_err(DriverError::Store)?;
                self.done += 1;
                self.busy = false;
                self.room = room;
                turn = Turn::Committed(room);
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Err(ended()),
        }
        if !self.busy && (asks_again || !self.gathering.is_empty()) {
            self.asked = mono;
            let batch = std::mem::take(&mut self.gathering);
            batches.send(batch).map_err(|_| ended())?;
            self.gathered += 1;
            self.busy = true;
        }
        Ok(turn)
    }

    /// When a store without room is to be asked whether there is some; `None`: there is, or it is being
    /// asked.
    pub fn ask_again_at(&self) -> Option<Duration> {
        let asks = self.store.is_some() && self.room == Room::Scarce && !self.busy;
        asks.then_some(self.asked + ROOM_AGAIN)
    }

    /// A batch is on its way to the disk.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// The next output that need not wait any more.
    pub fn poll(&mut self) -> Option<Output<R, E>> {
        self.waiting
            .pop_front_if(|(batch, _)| *batch <= self.done)
            .map(|(_, output)| output)
    }

    /// Writes what is left and waits until the store is closed, so that it can be opened again.
    pub fn finish(mut self) {
        let Some(Store {
            batches,
            results,
            thread,
        }) = self.store.take()
        else {
            return;
        };
        let written = !self.busy || results.recv().is_ok_and(|result| result.is_ok());
        if written && !self.gathering.is_empty() {
            // A failure now is one of a store that failed before: nothing waits for this batch.
            let _ = batches.send(self.gathering).map(|()| results.recv());
        }
        drop(batches);
        if thread.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }

    /// Records and other outputs that wait for the disk, but for the batch that is on its way.
    pub fn waiting(&self) -> usize {
        self.gathering.len() + self.waiting.len()
    }
}

fn ended() -> DriverError {
    DriverError::Store(Fault::new(FaultKind::Other, "the store has ended"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_panics_wakes_the_loop_and_is_an_error() {
        let mut poll = mio::Poll::new().expect("a poll");
        // Held as the loop holds it: a waker that is gone takes its alarm along.
        let waker = Arc::new(mio::Waker::new(poll.registry(), mio::Token(0)).expect("a waker"));
        let commit: Commit<()> = Box::new(|_| panic!("on purpose"));
        let mut keeper = Keeper::<(), ()>::start(commit, waker.clone()).expect("a thread");
        keeper.push(Output::Persist(()));
        keeper.push(Output::Event(()));
        assert_eq!(keeper.turn(Duration::ZERO), Ok(Turn::Same));
        let mut events = mio::Events::with_capacity(1);
        poll.poll(&mut events, Some(Duration::from_secs(20)))
            .expect("it can wait");
        assert_eq!(keeper.turn(Duration::ZERO), Err(ended()));
        assert!(keeper.poll().is_none(), "nothing overtakes the disk");
        keeper.finish();
        drop(waker);
    }

    #[test]
    fn a_store_without_room_is_asked_again_while_there_is_nothing_to_write() {
        let mut poll = mio::Poll::new().expect("a poll");
        let waker = Arc::new(mio::Waker::new(poll.registry(), mio::Token(0)).expect("a waker"));
        let commit: Commit<()> = Box::new(|batch| {
            assert!(batch.is_empty());
            Ok(Room::Plenty)
        });
        let keeper = Keeper::<(), ()>::start(commit, waker).expect("a thread");
        let mut keeper = keeper.with_room(Room::Scarce);
        let at = keeper.ask_again_at().expect("it is asked");
        assert_eq!(keeper.turn(at / 2), Ok(Turn::Same));
        assert_eq!(keeper.ask_again_at(), Some(at), "not yet");
        assert_eq!(keeper.turn(at), Ok(Turn::Same));
        let mut events = mio::Events::with_capacity(1);
        poll.poll(&mut events, Some(Duration::from_secs(20)))
            .expect("it can wait");
        assert_eq!(keeper.turn(at), Ok(Turn::Committed(Room::Plenty)));
        assert_eq!(keeper.ask_again_at(), None);
        keeper.finish();
    }
}
