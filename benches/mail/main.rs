//! Mail through the real server, a process of its own: how fast it is stored beside the bare disk,
//! what a kill loses, how fast it is fetched, and whether the server grows in the long run.
//!
//! Arguments choose parts: `stored`, `killed`, `drain`, `soak`. Numbers are for `soak`: people, and
//! seconds.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../support/mod.rs"]
mod support;

mod disk;
mod drain;
mod killed;
mod load;
mod people;
mod program;
mod soak;
mod stored;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let parts = [
        ("stored", stored::run as fn() -> bool),
        ("killed", killed::run),
        ("drain", drain::run),
        ("soak", soak::run),
    ];
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !parts.iter().any(|(name, _)| named(name));
    let mut good = true;
    for (name, run) in parts {
        if all || named(name) {
            good &= run();
        }
    }
    if good {
        return ExitCode::SUCCESS;
    }
    println!("FAILED: see above");
    ExitCode::FAILURE
}
