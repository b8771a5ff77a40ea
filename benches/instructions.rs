//! How many instructions it takes to read and write a datagram, and what the machines take for one
//! input: counted by Valgrind, so that the figures are the same on a busy machine as on a quiet one
//! and a change that makes something dearer is an error. The program runs itself under Callgrind,
//! once a case, and compares with `instructions.txt`.
//!
//! `--bless` writes the counts down as the new baseline; without Valgrind nothing is compared.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "instructions/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

/// How far a count may be from the baseline, in percent.
const MARGIN: f64 = 2.0;

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [flag, case] = &arguments[..]
        && flag == "--case"
    {
        cases::run(case);
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed: no instructions counted, nothing compared");
        return ExitCode::SUCCESS;
    }
    println!("\n## instructions an operation");
    let mut counts = BTreeMap::new();
    for case in cases::NAMES {
        match count(case) {
            Ok(count) => counts.insert(case.to_owned(), count),
            Err(error) => {
                println!("{case}: {error}");
                return ExitCode::FAILURE;
            }
        };
    }
    if arguments.iter().any(|argument| argument == "--bless") {
        return bless(&counts);
    }
    compare(&counts, &baseline())
}

/// Instructions for one operation of `case`.
fn count(case: &str) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect=*{}*", cases::MEASURED))
        .arg(program)
        .args(["--case", case])
        .output()
        .map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the run under valgrind failed:\n{told}"));
    }
    let collected = told
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .ok_or_else(|| format!("expected a line with \"Collected\", got:\n{told}"))?;
    match collected.1.trim().parse() {
        Ok(0) | Err(_) => Err(format!("expected a count, got {:?}", collected.1)),
        Ok(count) => Ok(count / cases::TIMES),
    }
}

/// The baseline: a name and a count a line.
fn baseline() -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(Path::new(BASELINE)).unwrap_or_default();
    let line = |line: &str| {
        let (name, count) = line.rsplit_once(' ')?;
        Some((name.trim_end().to_owned(), count.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

fn bless(counts: &BTreeMap<String, u64>) -> ExitCode {
    let mut text = String::new();
    for (case, count) in counts {
        writeln!(text, "{case:<40} {count}").expect("a string takes any text");
    }
    print!("{text}");
    match std::fs::write(BASELINE, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{BASELINE} can't be written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Growth is an error, and so is a case without a baseline. A count that fell is told, so that the
/// baseline follows.
fn compare(counts: &BTreeMap<String, u64>, baseline: &BTreeMap<String, u64>) -> ExitCode {
    let mut failed = false;
    for (case, count) in counts {
        let Some(before) = baseline.get(case) else {
            println!("{case:<40} {count:>9}  MISSING in the baseline: run with --bless");
            failed = true;
            continue;
        };
        let change = 100.0 * (*count as f64 / *before as f64 - 1.0);
        let word = if change > MARGIN {
            failed = true;
            "GROWN"
        } else if change < -MARGIN {
            "fell: run with --bless"
        } else {
            ""
        };
        println!("{case:<40} {count:>9}  {change:+6.2} % {word}");
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
