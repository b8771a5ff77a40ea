//! The bare thing beside which a request and its answer are measured: a thread that answers every
//! datagram with one of a given size, by blocking calls and nothing else.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::{Times, now};

/// After this time a datagram over loopback is taken for lost.
const LOST: Duration = Duration::from_secs(2);

/// A socket on loopback that does not wait for ever.
pub fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    socket
        .set_read_timeout(Some(LOST))
        .expect("a read may have a limit");
    socket
}

/// The echo's thread; it ends when this is dropped.
pub struct Echo {
    pub address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    /// Answers with `size` bytes.
    pub fn start(size: usize) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = socket.local_addr().expect("it is bound");
        let run = move || {
            let mut buffer = [0; 2048];
            while let Ok((1.., from)) = socket.recv_from(&mut buffer) {
                if socket.send_to(&buffer[..size], from).is_err() {
                    return;
                }
            }
        };
        let thread = Builder::new().name("echo".into()).spawn(run);
        Self {
            address,
            thread: Some(thread.expect("a thread can start")),
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let ended = socket().send_to(&[], self.address).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| ended) {
            let _ = thread.join();
        }
    }
}

/// Sends `count` requests to `to`, one after the other's answer, and takes the times. What is not
/// an answer is passed by; making a request and looking at an answer is not counted.
pub fn exchange(
    (socket, to): (&UdpSocket, SocketAddr),
    count: usize,
    mut request: impl FnMut() -> Vec<u8>,
    mut is_answer: impl FnMut(&[u8]) -> bool,
) -> Times {
    let mut times = Times::default();
    let mut buffer = [0; 2048];
    for _ in 0..count {
        let bytes = request();
        let start = now();
        socket.send_to(&bytes, to).expect("loopback takes it");
        loop {
            let len = socket.recv(&mut buffer).expect("an answer in time");
            let time = start.elapsed();
            if is_answer(&buffer[..len]) {
                times.push(time);
                break;
            }
        }
    }
    times
}
