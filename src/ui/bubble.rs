//! One line of a conversation as it is drawn: a bubble with the text, the time and, for an own line,
//! how far it has come. Where it stands is decided by [`super::transcript`].

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Color32, FontId, Galley, Label, Pos2, Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use super::{theme, words};
use crate::app::language::Language;
use crate::app::lines::{Line, Origin, shown_at_ms};
use crate::app::{Command, Delivery, LineId, Nickname, Now, Path, sentences, text};

/// Lines and characters of a text that are shown before "Show all". A longer one would push all
/// others out of sight.
const FOLD_LINES: usize = 40;
const FOLD_CHARS: usize = 4000;

/// A theirs line whose sender wrote it longer ago than this says when, in milliseconds.
const LATE_MS: i64 = 2 * 60 * 1000;

const META_GAP: f32 = 3.0;
/// Between the time and the mark.
const META_SPACE: f32 = 8.0;
/// The mark and the gap behind it.
const MARK_ROOM: f32 = theme::MARK + 6.0;
const ROW: f32 = 24.0;

/// What there is to draw of a line.
pub struct Row<'a> {
    pub now: Now,
    pub peer: &'a Nickname,
    pub line: &'a Line,
    /// The first line of a day.
    pub new_day: bool,
    /// The first of several of the same sender.
    pub first: bool,
    /// A long text is shown whole.
    pub unfolded: bool,
}

/// A row laid out for a width: everything has its size.
pub struct Bubble {
    id: LineId,
    own: bool,
    failed: bool,
    delivery: Option<Delivery>,
    day: Option<Arc<Galley>>,
    name: Option<Arc<Galley>>,
    text: Arc<Galley>,
    fold: Option<String>,
    time: Arc<Galley>,
    words: Option<Arc<Galley>>,
    gap: f32,
    width: f32,
    /// The widest that the contents of the bubble can be.
    inner: f32,
}

impl Bubble {
    /// Lays `row` out for a conversation of this width.
    pub fn new(ui: &Ui, row: &Row<'_>, width: f32) -> Self {
        let colours = theme::palette(ui);
        let (delivery, own) = match row.line.origin {
            Origin::Own { delivery, .. } => (Some(delivery), true),
            Origin::Theirs { .. } => (None, false),
        };
        let failed = matches!(delivery, Some(Delivery::Failed(_)));
        let inner =
            (width * theme::BUBBLE_SHARE).min(theme::BUBBLE_MAX) - 2.0 * theme::BUBBLE_PADDING.x;
        let (colour, weak) = match (failed, own) {
            (true, _) => (colours.text, colours.bad),
            (false, true) => (colours.on_own, colours.on_own_weak),
            (false, false) => (colours.text, colours.weak),
        };
        let small = theme::small(ui);
        let lay = |text, font: &FontId, colour: Color32, width| {
            let job = LayoutJob::simple(text, font.clone(), colour, width);
            ui.painter().layout_job(job)
        };
        let (shown, fold) = fold(text::visible(&row.line.text), row.unfolded);
        let day = row.new_day.then(|| {
            let day = text::day(words::language(ui), row.now, shown_at_ms(row.line));
            lay(day, &small, colours.weak, inner)
        });
        let name = (row.first && !own).then(|| {
            let name = row.peer.to_string();
            lay(name, &small, colours.weak, inner)
        });
        let words =
            delivery.map(|delivery| words::tell(ui, &sentences::delivery(delivery, row.peer)));
        Self {
            id: row.line.id,
            own,
            failed,
            delivery,
            gap: if row.first {
                theme::SENDER_GAP
            } else {
                theme::BURST_GAP
            },
            day,
            name,
            text: lay(shown, &theme::body(ui), colour, inner),
            fold,
            time: lay(time(words::language(ui), row), &small, weak, inner),
            words: words.map(|words| lay(words, &small, weak, inner - MARK_ROOM)),
            width,
            inner,
        }
    }

    pub fn height(&self) -> f32 {
        self.gap + self.head_height() + self.bubble_size().y + self.retry_height()
    }

    /// Draws it with its upper left corner at `at`. True: its text is to be folded or unfolded.
    pub fn show(self, ui: &mut Ui, at: Pos2, commands: &mut Vec<Command>) -> bool {
        let rect = Rect::from_min_size(at, vec2(self.width, self.height()));
        let builder = UiBuilder::new().max_rect(rect).id_salt(self.id.0);
        ui.scope_builder(builder, |ui| {
            self.head_ui(ui, at);
            let size = self.bubble_size();
            let top = at.y + self.gap + self.head_height();
            let left = if self.own { rect.max.x - size.x } else { at.x };
            let bubble = Rect::from_min_size(pos2(left, top), size);
            let fold = self.body_ui(ui, bubble);
            if self.failed {
                let place = vec2(70.0, ROW);
                let place = Rect::from_min_size(bubble.right_bottom() - vec2(70.0, -4.0), place);
                if ui.put(place, egui::Button::new("Retry").small()).clicked() {
                    commands.push(Command::Retry(self.id));
                }
            }
            fold
        })
        .inner
    }

    fn head_ui(&self, ui: &mut Ui, at: Pos2) {
        let mut y = at.y + self.gap;
        if let Some(day) = &self.day {
            let x = at.x + (self.width - day.size().x) / 2.0;
            put(ui, pos2(x, y + theme::DAY_GAP / 2.0), day);
            y += day.size().y + theme::DAY_GAP;
        }
        if let Some(name) = &self.name {
            put(ui, pos2(at.x + theme::BUBBLE_PADDING.x, y), name);
        }
    }

    /// The bubble itself. True: its text is to be folded or unfolded.
    fn body_ui(&self, ui: &mut Ui, bubble: Rect) -> bool {
        let colours = theme::palette(ui);
        let fill = match (self.failed, self.own) {
            (true, _) => colours.failed,
            (false, true) => colours.own,
            (false, false) => colours.theirs,
        };
        ui.painter()
            .rect_filled(bubble, f32::from(theme::BUBBLE_RADIUS), fill);
        let inner = bubble.shrink2(theme::BUBBLE_PADDING);
        put(ui, inner.min, &self.text);
        let mut y = inner.min.y + self.text.size().y;
        let mut folds = false;
        if let Some(fold) = &self.fold {
            let place = Rect::from_min_size(pos2(inner.min.x, y + 2.0), vec2(inner.width(), ROW));
            let button = egui::Button::new(fold).small();
            let builder = UiBuilder::new().max_rect(place);
            folds = ui
                .scope_builder(builder, |ui| ui.add(button).clicked())
                .inner;
            y += ROW + 2.0;
        }
        y += META_GAP;
        let right = inner.max.x;
        match &self.words {
            None => put(ui, pos2(right - self.time.size().x, y), &self.time),
            Some(words) => {
                let time_x = right - self.meta_width();
                put(ui, pos2(time_x, y), &self.time);
                if !self.is_meta_on_one_row() {
                    y += self.time.size().y;
                }
                let words_x = right - words.size().x;
                put(ui, pos2(words_x, y), words);
                if let Some(delivery) = self.delivery {
                    let row = words.rows.first().map_or(0.0, |row| row.rect().height());
                    let mark = pos2(words_x - theme::MARK / 2.0 - 4.0, y + row / 2.0);
                    mark_ui(ui, mark, delivery, self.failed);
                }
            }
        }
        folds
    }

    fn head_height(&self) -> f32 {
        let day = self
            .day
            .as_ref()
            .map_or(0.0, |g| g.size().y + theme::DAY_GAP);
        let name = self.name.as_ref().map_or(0.0, |g| g.size().y + 2.0);
        day + name
    }

    fn bubble_size(&self) -> egui::Vec2 {
        let mut size = self.text.size();
        if self.fold.is_some() {
            size = vec2(size.x.max(170.0), size.y + ROW + 2.0);
        }
        let words = self.words.as_ref().map_or(egui::Vec2::ZERO, |g| g.size());
        let meta = if self.is_meta_on_one_row() {
            self.time.size().y.max(words.y)
        } else {
            self.time.size().y + words.y
        };
        let inner = vec2(size.x.max(self.meta_width()), size.y + META_GAP + meta);
        inner + 2.0 * theme::BUBBLE_PADDING
    }

    /// Time, mark and words side by side, or the wider of the two rows.
    fn meta_width(&self) -> f32 {
        let time = self.time.size().x;
        let Some(words) = &self.words else {
            return time;
        };
        let marked = words.size().x + MARK_ROOM;
        if self.is_meta_on_one_row() {
            time + META_SPACE + marked
        } else {
            time.max(marked)
        }
    }

    fn is_meta_on_one_row(&self) -> bool {
        match &self.words {
            None => true,
            Some(words) => {
                let width = self.time.size().x + META_SPACE + words.size().x + MARK_ROOM;
                words.rows.len() <= 1 && width <= self.inner
            }
        }
    }

    fn retry_height(&self) -> f32 {
        if self.failed { ROW + 8.0 } else { 0.0 }
    }
}

/// The time of a line; for one that came late also when it was written.
fn time(language: Language, row: &Row<'_>) -> String {
    let at = text::clock(row.now, shown_at_ms(row.line));
    let Origin::Theirs { written_ms, path } = row.line.origin else {
        return at;
    };
    let late =
        written_ms.filter(|written| shown_at_ms(row.line).saturating_sub(*written) > LATE_MS);
    match (late, path) {
        (Some(written), _) => {
            let clock = text::clock(row.now, written);
            if text::day_number(row.now, written)
                == text::day_number(row.now, shown_at_ms(row.line))
            {
                format!("{at} · written {clock}")
            } else {
                let day = text::day(language, row.now, written);
                format!("{at} · written {day}, {clock}")
            }
        }
        (None, Path::ViaServer) => format!("{at} · through the server"),
        (None, Path::Direct) => at,
    }
}

/// The part of a text that is shown, and the button's label if there is more.
fn fold(mut shown: String, unfolded: bool) -> (String, Option<String>) {
    let lines = shown.bytes().filter(|&byte| byte == b'\n').count() + 1;
    let by_lines = shown.match_indices('\n').nth(FOLD_LINES - 1);
    let by_chars = shown.char_indices().nth(FOLD_CHARS);
    let ends = [by_lines.map(|(end, _)| end), by_chars.map(|(end, _)| end)];
    let Some(end) = ends.into_iter().flatten().min() else {
        return (shown, None);
    };
    if unfolded {
        return (shown, Some("Show less".to_owned()));
    }
    shown.truncate(end);
    shown.push('…');
    let label = if lines > FOLD_LINES {
        format!("Show all {lines} lines")
    } else {
        "Show all".to_owned()
    };
    (shown, Some(label))
}

fn put(ui: &mut Ui, at: Pos2, galley: &Arc<Galley>) {
    let place = Rect::from_min_size(at, galley.size());
    ui.put(place, Label::new(galley.clone()).selectable(true));
}

/// The sign before the words: a ring under way, a box at the server, a tick when it is there.
fn mark_ui(ui: &Ui, center: Pos2, delivery: Delivery, failed: bool) {
    let colours = theme::palette(ui);
    let colour = if failed {
        colours.bad
    } else {
        colours.on_own_weak
    };
    let stroke = Stroke::new(1.4, colour);
    let painter = ui.painter();
    let square = Rect::from_center_size(center, vec2(theme::MARK, theme::MARK));
    let tick = |scale: f32| {
        let at = |x: f32, y: f32| center + scale * vec2(x, y);
        painter.line(vec![at(-4.0, 0.5), at(-1.2, 3.2), at(4.2, -3.4)], stroke);
    };
    match delivery {
        Delivery::Trying | Delivery::HandingOver | Delivery::Waiting => {
            painter.circle_stroke(center, theme::MARK / 2.0 - 1.0, stroke);
        }
        Delivery::Stored => {
            painter.rect_stroke(square.shrink(1.0), 2.0, stroke, egui::StrokeKind::Middle);
        }
        Delivery::Delivered(Path::Direct) => tick(1.0),
        Delivery::Delivered(Path::ViaServer) => {
            painter.rect_stroke(square.shrink(0.5), 2.0, stroke, egui::StrokeKind::Middle);
            tick(0.6);
        }
        Delivery::Failed(_) => {
            painter.circle_stroke(center, theme::MARK / 2.0 - 0.5, stroke);
            let down = vec2(0.0, 2.0);
            painter.line_segment(
                [center - down - vec2(0.0, 0.6), center + down * 0.2],
                stroke,
            );
            painter.circle_filled(center + down + vec2(0.0, 0.2), 0.8, colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(fold("a\nb".into(), false), ("a\nb".into(), None));
    }

    #[test]
    fn a_long_text_is_folded_until_asked() {
        let lines = "x\n".repeat(16 * 1024);
        let (shown, label) = fold(lines.clone(), false);
        assert_eq!(shown.lines().count(), FOLD_LINES);
        assert_eq!(label.as_deref(), Some("Show all 16385 lines"));
        assert_eq!(fold(lines.clone(), true), (lines, Some("Show less".into())));
        let (shown, label) = fold("明".repeat(FOLD_CHARS + 1), false);
        assert_eq!(shown.chars().count(), FOLD_CHARS + 1);
        assert_eq!(label.as_deref(), Some("Show all"));
    }
}
