//! The real client and the real server on loopback: a message and its acknowledgement, the server's
//! answers, many people who sign in at the same instant. Round trips are compared with a bare echo
//! of the same sizes that takes turns with them.
//!
//! For steady figures run it on one processor (`taskset -c 1`): on several idle ones the time to
//! wake them is most of a round trip. Arguments choose parts: `chat`, `server`, `storm`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../support/mod.rs"]
mod support;

mod chat;
mod host;
mod requests;
mod storm;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let parts = [
        ("chat", chat::run as fn()),
        ("server", requests::run),
        ("storm", storm::run),
    ];
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !parts.iter().any(|(name, _)| named(name));
    for (name, run) in parts {
        if all || named(name) {
            run();
        }
    }
}
