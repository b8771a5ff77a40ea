//! The lines of a conversation as text, as a page or as JSON. Paging and files do not live here.

use std::fmt::Write;

use chrono::{DateTime, Datelike, FixedOffset, SecondsFormat};
use serde::Serialize;

use crate::machine::client::{Delivery, Line, Origin, Path};
use crate::protocol::visible::visible;
use crate::store::Zone;
use crate::store::export::{Export, Form, Words};

/// Colours of both kinds of screen; the browser chooses by the person's wish.
const STYLE: &str = "
:root { color-scheme: light dark; --own: #dcebff; --theirs: #f0f0f2; --faint: #5c5f66; }
@media (prefers-color-scheme: dark) {
  :root { --own: #1d3a5f; --theirs: #2b2d31; --faint: #a6a9b0; }
}
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1rem; color: var(--faint); margin: 2rem 0 1rem; text-align: center; }
article { background: var(--theirs); border-radius: .6rem; padding: .5rem .8rem; margin: .5rem 3rem .5rem 0; }
article.own { background: var(--own); margin: .5rem 0 .5rem 3rem; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
p.who, p.state { font-size: .85rem; color: var(--faint); }
";

/// A conversation that is being written down.
#[derive(Debug)]
pub(super) struct Transcript {
    form: Form,
    own: String,
    peer: String,
    words: Words,
    zone: Zone,
    /// The day of the last line.
    day: Option<String>,
    begun: bool,
}

/// A line for a program.
#[derive(Serialize)]
struct Object<'a> {
    id: u64,
    from: &'a str,
    to: &'a str,
    at: Option<String>,
    written: Option<String>,
    text: &'a str,
    state: &'static str,
    through: Option<&'static str>,
}

impl Transcript {
    pub fn new(export: Export) -> Self {
        let Export {
            peer,
            path: _,
            own_files: _,
            form,
            own,
            words,
            zone,
        } = export;
        Self {
            form,
            own,
            peer: peer.to_string(),
            words,
            zone,
            day: None,
            begun: false,
        }
    }

    /// What stands before the lines.
    pub fn head(&self) -> String {
        let title = one_line(&self.words.title);
        match self.form {
            Form::Text => format!("{title}\n"),
            Form::Html => {
                let (language, title) = (escaped(&self.words.language), escaped(&title));
                format!(
                    "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
                     <meta http-equiv=\"Content-Security-Policy\" \
                     content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
                     <meta name=\"viewport\" content=\"width=device-width\">\n\
                     <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
                     <h1 dir=\"auto\">{title}</h1>\n"
                )
            }
            Form::Json => "[".to_owned(),
        }
    }

    /// The next line.
    pub fn line(&mut self, line: &Line) -> String {
        match self.form {
            Form::Text => self.text(line),
            Form::Html => self.article(line),
            Form::Json => self.object(line),
        }
    }

    /// What stands behind the lines.
    pub fn foot(&self) -> &'static str {
        match self.form {
            Form::Text => "",
            Form::Html => "</body>\n</html>\n",
            Form::Json => "\n]\n",
        }
    }

    fn text(&mut self, line: &Line) -> String {
        let mut written = String::new();
        if let Some(day) = self.new_day(line) {
            written = format!("\n{day}\n\n");
        }
        let text = visible(&line.text).replace('\n', "\n      ");
        let (clock, name) = (self.clock(line), one_line(self.name(line)));
        written += &format!("{clock} {name}: {text}");
        if let Origin::Own { delivery } = line.origin
            && !matches!(delivery, Delivery::Delivered(_))
        {
            written += &format!(" [{}]", one_line(self.word(delivery)));
        }
        written + "\n"
    }

    fn article(&mut self, line: &Line) -> String {
        let mut written = String::new();
        if let Some(day) = self.new_day(line) {
            written = format!("<h2>{day}</h2>\n");
        }
        let (class, state) = match line.origin {
            Origin::Own { delivery } => (" class=\"own\"", Some(self.word(delivery))),
            Origin::Theirs { .. } => ("", None),
        };
        let (name, clock) = (escaped(&one_line(self.name(line))), self.clock(line));
        let at = self.rfc_3339(line.at_ms).unwrap_or_default();
        let text = escaped(&visible(&line.text));
        written += &format!(
            "<article{class}>\n<p class=\"who\"><bdi>{name}</bdi> \
             <time datetime=\"{at}\">{clock}</time></p>\n<p dir=\"auto\">{text}</p>\n"
        );
        if let Some(state) = state {
            let state = escaped(&one_line(state));
            written += &format!("<p class=\"state\" dir=\"auto\">{state}</p>\n");
        }
        written + "</article>\n"
    }

    fn object(&mut self, line: &Line) -> String {
        let (own, peer) = (self.own.as_str(), self.peer.as_str());
        let (from, to, state, way, written_ms) = match line.origin {
            Origin::Own { delivery } => (own, peer, key(delivery), way(delivery), None),
            Origin::Theirs { written_ms, path } => (peer, own, "received", Some(path), written_ms),
        };
        let object = Object {
            id: line.id.0,
            from,
            to,
            at: self.rfc_3339(line.at_ms),
            written: written_ms.and_then(|at_ms| self.rfc_3339(at_ms)),
            text: &line.text,
            state,
            through: way.map(|way| match way {
                Path::Direct => "direct",
                Path::ViaServer => "server",
            }),
        };
        let object = serde_json::to_string(&object).expect("numbers and texts are JSON");
        let comma = if self.begun { "," } else { "" };
        self.begun = true;
        format!("{comma}\n{object}")
    }

    fn name(&self, line: &Line) -> &str {
        match line.origin {
            Origin::Own { .. } => &self.own,
            Origin::Theirs { .. } => &self.peer,
        }
    }

    fn word(&self, delivery: Delivery) -> &str {
        match delivery {
            Delivery::Trying | Delivery::HandingOver => &self.words.trying,
            Delivery::Waiting => &self.words.waiting,
            Delivery::Stored => &self.words.stored,
            Delivery::Delivered(_) => &self.words.delivered,
            Delivery::Failed(_) => &self.words.failed,
        }
    }

    /// The line's day, if the line before it has another one. It is written as `2025-11-14`, which is
    /// read in every language.
    fn new_day(&mut self, line: &Line) -> Option<String> {
        let at = self.local(line.at_ms);
        let day = at.map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d").to_string());
        if self.day.as_ref() == Some(&day) {
            return None;
        }
        self.day = Some(day.clone());
        Some(day)
    }

    fn clock(&self, line: &Line) -> String {
        let at = self.local(line.at_ms);
        at.map_or_else(|| "??:??".to_owned(), |at| at.format("%H:%M").to_string())
    }

    fn rfc_3339(&self, at_ms: i64) -> Option<String> {
        let at = self.local(at_ms)?;
        Some(at.to_rfc3339_opts(SecondsFormat::Millis, false))
    }

    /// `None`: no year of four digits, or no zone that there is.
    fn local(&self, at_ms: i64) -> Option<DateTime<FixedOffset>> {
        let zone = FixedOffset::east_opt(self.zone.offset_s(at_ms))?;
        let at = DateTime::from_timestamp_millis(at_ms)?.with_timezone(&zone);
        (0..=9999).contains(&at.year()).then_some(at)
    }
}

fn key(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Trying => "trying",
        Delivery::HandingOver => "handing_over",
        Delivery::Waiting => "waiting",
        Delivery::Stored => "stored",
        Delivery::Delivered(_) => "delivered",
        Delivery::Failed(_) => "failed",
    }
}

fn way(delivery: Delivery) -> Option<Path> {
    match delivery {
        Delivery::Delivered(path) => Some(path),
        Delivery::Trying
        | Delivery::HandingOver
        | Delivery::Waiting
        | Delivery::Stored
        | Delivery::Failed(_) => None,
    }
}

/// A name or a word: nothing in it begins a line.
fn one_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// Text as it stands in a page and in its attributes: nothing in it is a mark of HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                write!(escaped, "&#{};", u32::from(c)).expect("a string takes all");
            }
            c => escaped.push(c),
        }
    }
    escaped
}
