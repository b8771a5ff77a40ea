//! The program's own latest log lines, kept in memory for somebody who reports a fault. What people
//! write is never logged, and so is not here either.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use chrono::Local;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Lines that are kept; the oldest go. What led to a fault stands in the last few of them.
pub const LINES_MAX: usize = 400;

/// Longest line, in bytes: the rest is cut. An error of the system fits many times.
pub const LINE_MAX: usize = 400;

static LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Keeps what this program has to say, and what is wrong with the crates that it is made of.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let kept = Targets::new()
        .with_target("super_chatter", LevelFilter::INFO)
        .with_target("super_chatter::driver::desktop", LevelFilter::DEBUG)
        .with_target("super_chatter::driver::instance", LevelFilter::DEBUG)
        .with_default(LevelFilter::WARN);
    Ring.with_filter(kept)
}

/// The lines that are kept, oldest first.
pub fn recent() -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().cloned().collect()
}

struct Ring;

impl<S: Subscriber> Layer<S> for Ring {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        let time = Local::now().format("%H:%M:%S%.3f");
        let mut line = Line(format!("{time} {} {}:", about.level(), about.target()));
        event.record(&mut line);
        line.cut();
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= LINES_MAX {
            lines.pop_front();
        }
        lines.push_back(line.0);
    }
}

/// A line that is being put together.
struct Line(String);

impl Line {
    fn cut(&mut self) {
        if self.0.len() > LINE_MAX {
            let end = self.0.floor_char_boundary(LINE_MAX);
            self.0.truncate(end);
            self.0.push('…');
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a text fails never.
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::prelude::*;

    use super::*;

    #[test]
    fn the_latest_lines_are_kept_and_none_is_long() {
        let subscriber = tracing_subscriber::registry().with(layer());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("a trifle");
            for number in 0..LINES_MAX + 3 {
                tracing::info!(number, "counted");
            }
            tracing::info!("{}", "ü".repeat(LINE_MAX));
        });
        let lines = recent();
        assert_eq!(lines.len(), LINES_MAX);
        assert!(!lines.iter().any(|line| line.contains("a trifle")));
        assert!(lines[0].ends_with("counted number=4"), "{}", lines[0]);
        let last = lines.last().expect("there are some");
        assert!(last.len() <= LINE_MAX + '…'.len_utf8() && last.ends_with('…'));
    }
}
