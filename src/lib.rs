//! Super Chatter: people in one room double-click one file and talk. One of them hosts; a message
//! goes straight from peer to peer over UDP, and the host's server keeps it for whoever is away.
//!
//! # The house
//!
//! A room imports only from floors below it; a test walks the imports.
//!
//! | floor | room | what lives there |
//! |---|---|---|
//! | 0 | [`protocol`] | the words on the wire, and the reference of our extension of them |
//! | 1 | [`machine`] | *decides*: the client and the server, without sockets, clocks, files, threads |
//! | 2 | [`store`] | *keeps*: the client's profile, the server's register and mail, in SQLite; settings; classic mail files |
//! | 3 | [`driver`] | *does*: the UDP thread and its loop, the clock, "write, then send"; the desktop around the window |
//! | 4 | [`app`] | what the user is looking at, without pixels |
//! | 5 | `ui` | pixels, behind the feature `gui` |
//! | 5 | [`console`] | the classic console and the server without a window |
//! | 6 | [`arguments`], `main.rs` | the command line, logging, wiring |
//!
//! # What always holds
//!
//! 1. Only `driver` and `store` touch the outside.
//! 2. A machine is a function of its inputs and its seed: the same seed, the same run.
//! 3. Records go to disk before what depends on them is sent, and that before it is shown: no
//!    acknowledgement overtakes the disk.
//! 4. No bytes from the network, the disk or the clipboard panic or grow memory without limit. Every
//!    queue, map and loop that is fed from outside has a named limit with its reason.
//! 5. The window never changes the model: it fills a list of commands, which [`app::App::run`]
//!    carries out after drawing.
//! 6. The window's thread never blocks.
//! 7. A line's delivery only moves forward; a failure is left only by a retry.
//! 8. A classic peer never receives a byte that the classic program can't take.
//! 9. No name from the network becomes a path.
//! 10. A line that stands in the window is on disk. It is shown at the other side once and in its
//!     order, or is told not to be there.
//!
//! # The way of one message
//!
//! The composer gives [`app::Command::Send`] to [`app::App::run`], that a command to the client's
//! thread ([`driver::client`]), and its loop feeds the client machine. The machine accepts the line and
//! numbers the message's parts; the loop writes both to disk ([`store::profile`]), shows the line and
//! sends the parts straight to the peer. The peer's loop feeds its machine, which takes each part once
//! and in order; when that is on its disk, too, it acks the part and tells its window. The ack comes
//! back the same way and the line is marked as delivered. Whatever ends in between goes on from its
//! disk.
//!
//! No ack in 500 ms: the parts go to the server as mail. The server machine decides to keep them;
//! its loop writes them to disk ([`store::mailbox`]) and only then sends the answer. It hands them
//! over when the recipient is there, lets go of them when the recipient has confirmed them, and
//! tells the sender.

pub mod app;
pub mod arguments;
pub mod console;
pub mod driver;
pub mod machine;
pub mod protocol;
pub mod store;
#[cfg(feature = "gui")]
pub mod ui;
