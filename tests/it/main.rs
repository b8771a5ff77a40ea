//! The tests: one binary, one module a subject, each read as a specification.

mod arguments;
mod bench;
mod conformance;
mod console;
#[cfg(unix)]
mod console_processes;
mod house;
mod loopback;
mod mail_files;
mod process;
mod recording;
mod simulation;
mod store;
#[cfg(feature = "gui")]
mod window;
mod world;
