//! One target, named by its binary, under libFuzzer. What it does is written in `tests/it/fuzz`.
#![no_main]

#[allow(dead_code)]
#[path = "../tests/it/bench.rs"]
mod bench;
#[allow(dead_code)]
#[path = "../tests/it/fuzz/mod.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::run(env!("CARGO_BIN_NAME"), bytes));
