//! One line of a conversation laid out: a bubble with the text, the time and, for an own line, how far
//! it has come. Where it stands is decided by [`super`]; it is painted by [`super::paint`].

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, LayoutSection, TextFormat};
use egui::{Color32, FontId, Galley, Pos2, Rect, Stroke, Ui, Vec2, pos2, vec2};

use super::super::{theme, words};
use super::View;
use super::look::Look;
use super::mark::Mark;
use super::paint::Colours;
use super::text::{Fold, Text};
use crate::app::language::Sentence;
use crate::app::lines::{Line, Origin, shown_at_ms};
use crate::app::{Delivery, sentences, text};

/// Between the text and the row below it with the time.
const META_GAP: f32 = 2.0;
/// Between the text's last row and the time behind it, and between the time and the mark.
pub const META_SPACE: f32 = 10.0;
pub const MARK_GAP: f32 = 5.0;
/// The mark's room: two ticks are wider than one.
pub const MARK_ROOM: f32 = theme::MARK + 4.0;
/// A row of small buttons under the text.
const ROW: f32 = 30.0;

/// A line laid out for a width: everything has its size.
pub struct Bubble {
    pub(super) own: bool,
    pub failed: bool,
    pub text: Arc<Text>,
    pub galley: Arc<Galley>,
    pub(super) mark: Option<Mark>,
    pub(super) look: Look,
    pub(super) divider: Option<Arc<Galley>>,
    pub(super) day: Option<Arc<Galley>>,
    pub(super) name: Option<Arc<Galley>>,
    pub(super) time: Option<Arc<Galley>>,
    pub(super) words: Option<Arc<Galley>>,
    pub(super) width: f32,
    /// The size of the bubble alone.
    size: Vec2,
    inline: bool,
}

/// Where the parts of a drawn bubble are.
#[derive(Clone, Debug)]
pub struct Places {
    /// All of the line, from one edge of the conversation to the other.
    pub row: Rect,
    pub bubble: Rect,
    pub text: Rect,
    /// The time and the mark.
    pub meta: Rect,
    /// The button that folds, if there is one.
    pub fold: Rect,
    /// The buttons of a line that failed.
    pub buttons: Rect,
}

impl Bubble {
    /// Lays `line` out for a conversation of this width.
    pub fn new(ui: &Ui, view: &View<'_>, line: &Line, look: Look, text: Arc<Text>) -> Self {
        let width = look.width;
        let inner = inner_max(width);
        let colours = Colours::of(ui, &look);
        let small = theme::small(ui);
        let lay = |text: String, font: &FontId, colour: Color32, width| {
            let job = LayoutJob::simple(text, font.clone(), colour, width);
            ui.painter().layout_job(job)
        };
        let weak = theme::palette(ui).weak;
        let accent = theme::palette(ui).focus;
        let divider = look.divider.map(|count| {
            let new = Sentence::new("talk-new").count("n", count);
            lay(words::tell(ui, &new), &small, accent, inner)
        });
        let day = look.new_day.then(|| {
            let day = text::day(words::language(ui), view.now, shown_at_ms(line));
            lay(day, &small, weak, inner)
        });
        let name = (look.first && !look.own()).then(|| {
            let room = inner + theme::BUBBLE_PADDING.x;
            super::super::widgets::one_line(ui, view.peer.as_str(), small.clone(), weak, room)
        });
        let said = look.mark.filter(|mark| mark.has_words());
        let said = said.and_then(|_| delivery(view, line)).map(|delivery| {
            let words = words::tell(ui, &sentences::delivery(delivery, view.peer));
            lay(words, &small, colours.weak, inner - MARK_ROOM - MARK_GAP)
        });
        let time = look.timed.then(|| {
            let time = time(ui, view, line);
            lay(time, &small, colours.weak, inner)
        });
        let mut bubble = Self {
            own: look.own(),
            failed: look.mark == Some(Mark::Failed),
            galley: ui.painter().layout_job(job(ui, &text, &colours, inner)),
            text,
            mark: look.mark,
            look,
            divider,
            day,
            name,
            time,
            words: said,
            width,
            size: Vec2::ZERO,
            inline: false,
        };
        bubble.measure(inner);
        bubble
    }

    /// Room for the time behind the text's last row, or a row of its own below.
    fn measure(&mut self, inner: f32) {
        let (text, meta) = (self.galley.size(), self.meta_size());
        let last = self
            .galley
            .rows
            .last()
            .map_or(0.0, |row| row.rect().right());
        let behind = last + META_SPACE + meta.x;
        let is_folded = self.text.fold != Fold::None;
        self.inline = self.words.is_none() && !is_folded && behind <= inner;
        let size = match (self.inline, meta.x > 0.0) {
            (_, false) if !is_folded => text,
            (true, _) => vec2(text.x.max(behind), text.y),
            (false, true) => vec2(text.x.max(meta.x), text.y + META_GAP + meta.y),
            (false, false) => text,
        };
        let fold = match is_folded {
            true => vec2(170.0_f32.min(inner), ROW),
            false => Vec2::ZERO,
        };
        let size = vec2(size.x.max(fold.x), size.y + fold.y);
        self.size = size + 2.0 * theme::BUBBLE_PADDING;
    }

    pub fn height(&self) -> f32 {
        let buttons = if self.failed { ROW + 2.0 } else { 0.0 };
        self.head_height() + self.size.y + buttons
    }

    /// Where its parts are if its upper left corner is at `at`.
    pub fn places(&self, at: Pos2) -> Places {
        let row = Rect::from_min_size(at, vec2(self.width, self.height()));
        let left = if self.own {
            row.max.x - self.size.x
        } else {
            at.x
        };
        let bubble = Rect::from_min_size(pos2(left, at.y + self.head_height()), self.size);
        let inner = bubble.shrink2(theme::BUBBLE_PADDING);
        let text = Rect::from_min_size(inner.min, self.galley.size());
        let meta = self.meta_size();
        let fold = Rect::from_min_size(
            pos2(inner.min.x, text.max.y + 4.0),
            vec2(inner.width(), ROW - 4.0),
        );
        let buttons = Rect::from_min_max(
            pos2(row.min.x, bubble.max.y + 2.0),
            pos2(row.max.x, row.max.y),
        );
        Places {
            row,
            bubble,
            text,
            meta: Rect::from_min_size(inner.max - meta, meta),
            fold,
            buttons,
        }
    }

    pub(super) fn gap(&self) -> f32 {
        match self.look.first {
            true => theme::SENDER_GAP,
            false => theme::BURST_GAP,
        }
    }

    fn head_height(&self) -> f32 {
        let line = |galley: &Option<Arc<Galley>>, gap: f32| {
            galley.as_ref().map_or(0.0, |galley| galley.size().y + gap)
        };
        let day = line(&self.day, theme::DAY_GAP);
        let divider = line(&self.divider, theme::DAY_GAP);
        self.gap() + day + divider + line(&self.name, 2.0)
    }

    /// Time and mark side by side; with words these stand below the time, behind the mark.
    fn meta_size(&self) -> Vec2 {
        let time = self.time.as_ref().map_or(Vec2::ZERO, |time| time.size());
        let Some(mark) = self.mark else {
            return time;
        };
        match &self.words {
            Some(words) => {
                let words = words.size() + vec2(MARK_ROOM + MARK_GAP, 0.0);
                vec2(time.x.max(words.x), time.y + words.y)
            }
            None if mark == Mark::Quiet && self.time.is_none() => {
                vec2(MARK_ROOM, theme::MARK + 4.0)
            }
            None => {
                let gap = if self.time.is_some() { MARK_GAP } else { 0.0 };
                vec2(time.x + gap + MARK_ROOM, time.y.max(theme::MARK + 4.0))
            }
        }
    }
}

/// How high a line is, about, before it has been laid out.
pub fn estimate(line: &Line, width: f32) -> f32 {
    /// An average letter, a row and what is around the text, in points.
    const LETTER: f32 = 7.5;
    const HEIGHT: f32 = 18.0;
    const AROUND: f32 = 22.0;
    let letters = (inner_max(width) / LETTER).max(1.0) as usize;
    let rows = |row: &str| row.len() / letters + 1;
    let folded = line.text.lines().take(41).map(rows);
    let rows = folded.sum::<usize>().min(4000 / letters + 41);
    rows as f32 * HEIGHT + AROUND
}

/// The widest that the contents of a bubble can be.
fn inner_max(width: f32) -> f32 {
    (width * theme::BUBBLE_SHARE).min(theme::BUBBLE_MAX) - 2.0 * theme::BUBBLE_PADDING.x
}

/// How far an own line has come, as it is shown: while one is signed out nothing is under way.
pub fn delivery(view: &View<'_>, line: &Line) -> Option<Delivery> {
    match line.origin {
        Origin::Own {
            delivery: Delivery::Trying | Delivery::HandingOver,
        } if view.signed_out => Some(Delivery::Waiting),
        Origin::Own { delivery } => Some(delivery),
        Origin::Theirs { .. } => None,
    }
}

/// The text with its links underlined.
fn job(ui: &Ui, text: &Text, colours: &Colours, width: f32) -> LayoutJob {
    let font = theme::body(ui);
    if text.links.is_empty() {
        return LayoutJob::simple(text.shown.clone(), font, colours.text, width);
    }
    let plain = TextFormat::simple(font.clone(), colours.text);
    let link = TextFormat {
        underline: Stroke::new(1.0, colours.link),
        ..TextFormat::simple(font, colours.link)
    };
    let mut job = LayoutJob {
        text: text.shown.clone(),
        ..LayoutJob::default()
    };
    job.wrap.max_width = width;
    let mut section = |bytes: Range<usize>, format: &TextFormat| {
        if !bytes.is_empty() {
            job.sections.push(LayoutSection {
                leading_space: 0.0,
                byte_range: egui::text::ByteIndex(bytes.start)..egui::text::ByteIndex(bytes.end),
                format: format.clone(),
            });
        }
    };
    let mut from = 0;
    for at in &text.links {
        section(from..at.bytes.start, &plain);
        section(at.bytes.clone(), &link);
        from = at.bytes.end;
    }
    section(from..text.shown.len(), &plain);
    job
}

/// The time of a line; for one that came late also when it was written, or when it came.
fn time(ui: &Ui, view: &View<'_>, line: &Line) -> String {
    /// So late is late, in milliseconds.
    const LATE_MS: i64 = 2 * 60 * 1000;
    let shown_ms = shown_at_ms(line);
    let at = text::clock(view.now, shown_ms);
    let Origin::Theirs { written_ms, .. } = line.origin else {
        return at;
    };
    let when = |ms| {
        let time = text::clock(view.now, ms);
        text::with_day(words::language(ui), view.now, (ms, shown_ms), time)
    };
    let is_late = |from: i64, to: i64| to.saturating_sub(from) > LATE_MS;
    let sentence = match written_ms {
        Some(written) if is_late(written, shown_ms) => {
            Sentence::new("talk-time-written").with("other", when(written))
        }
        _ if is_late(shown_ms, line.at_ms) => {
            Sentence::new("talk-time-came").with("other", when(line.at_ms))
        }
        _ => return at,
    };
    words::tell(ui, &sentence.with("time", at))
}
