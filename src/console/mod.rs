//! The classic console, on the same machines as the window: a client that is typed at ([`client`]),
//! its words and decisions ([`talk`]), and a server without a window ([`server`]). Nothing of egui
//! lives here, and nothing that decides what goes over the network.

pub mod client;
mod failures;
pub mod server;
pub mod talk;

use std::io;
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};

use crate::driver::{DriverError, Notify};

/// Why a console ended other than it should.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    #[error("{0}")]
    Driver(#[from] DriverError),
    #[error("can't write to the terminal: {0}")]
    Output(#[from] io::Error),
    #[error("can't catch Ctrl+C: {0}")]
    Interrupt(#[from] ctrlc::Error),
    #[error("can't start a thread: {0}")]
    Thread(io::Error),
}

/// Ctrl+C, and being asked to end by the system. Once in a process. One that comes while another
/// waits is the same one.
fn interrupts() -> Result<Receiver<()>, ConsoleError> {
    let (sender, receiver) = bounded(1);
    ctrlc::set_handler(move || {
        let _ = sender.try_send(());
    })?;
    Ok(receiver)
}

/// What a driver calls when it has told something, and where that is heard. One call that waits
/// stands for all: whoever hears it takes everything that was told.
fn news() -> (Notify, Receiver<()>) {
    let (sender, receiver) = bounded(1);
    let notify: Notify = Arc::new(move || {
        let _ = sender.try_send(());
    });
    (notify, receiver)
}
