//! The simulator, the project's main test: the real client and server with their real records under
//! a virtual clock, hundreds of small worlds a second, each with its own faults. A seed is a plan
//! ([`plan`]), a plan is carried out by a [`world`], a [`model`] that knows nothing of the machines
//! says what must be true, [`invariants`] and [`rest`] compare.
//!
//! More seeds: `SIMULATOR_SEEDS=1000000 SIMULATOR_FIRST=7 cargo test --test it simulator::seeds`.

mod archive;
mod chance;
mod crash;
mod deletions;
mod disk;
mod exhaustive;
mod hops;
mod invariants;
mod kept;
mod loss_grid;
mod model;
mod mutant_tests;
mod mutants;
mod network;
mod node;
mod operations;
mod plan;
mod reading;
mod rest;
mod room;
mod runner;
mod seeds;
mod shrink;
mod text;
mod world;
