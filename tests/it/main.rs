//! The tests: one binary, one module a subject, each read as a specification.

mod arguments;
mod bench;
mod classic_program;
mod classic_server;
mod client_hostile_spec;
mod client_message_spec;
mod client_profile_spec;
mod client_random;
mod client_read_spec;
mod client_spec;
mod client_survival;
mod client_typing_spec;
mod codec;
mod conformance;
mod console;
#[cfg(unix)]
mod console_processes;
mod datagrams;
#[cfg(unix)]
mod disks;
mod export;
mod failing_writes;
mod fuzz;
mod house;
#[cfg(unix)]
mod kill_loop;
mod loopback;
mod mail_files;
mod pairings;
mod process;
mod profile;
mod profile_model;
mod recording;
mod restart;
mod room;
mod search;
mod server_expiry_spec;
mod server_host_spec;
mod server_mail_spec;
mod server_move_spec;
mod server_path_spec;
mod server_spec;
mod server_start_spec;
mod server_store_spec;
mod server_survival;
mod server_table_spec;
mod server_watch_spec;
mod settings;
mod simulation;
mod simulator;
mod store;
mod store_files;
mod texts;
mod town;
#[cfg(feature = "gui")]
mod window;
mod wire;
mod world;
