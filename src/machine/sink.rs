//! The one queue in which a machine's decisions wait for its driver.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use super::{Output, Transmit};
use crate::protocol::{Datagram, Style, encode};

/// First in, first out.
pub(super) struct Sink<R, E> {
    queue: VecDeque<Output<R, E>>,
}

impl<R, E> Sink<R, E> {
    pub fn new() -> Self {
        Self {
            queue: VecDeque::new(),
        }
    }

    pub fn poll(&mut self) -> Option<Output<R, E>> {
        self.queue.pop_front()
    }

    pub fn persist(&mut self, record: R) {
        self.queue.push_back(Output::Persist(record));
    }

    pub fn tell(&mut self, event: E) {
        self.queue.push_back(Output::Event(event));
    }

    pub fn send(&mut self, to: SocketAddr, datagram: &Datagram<'_>, style: Style) {
        self.send_bytes(to, encode(datagram, style).into());
    }

    pub fn send_bytes(&mut self, to: SocketAddr, bytes: Arc<[u8]>) {
        self.queue
            .push_back(Output::Transmit(Transmit { to, bytes }));
    }
}
