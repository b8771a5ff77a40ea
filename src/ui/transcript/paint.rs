//! Painting a bubble that is laid out, with what is selected of it.

use std::ops::Range;
use std::sync::Arc;

use egui::text::CCursor;
use egui::{Color32, CornerRadius, Galley, Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::super::theme;
use super::bubble::{Bubble, MARK_GAP, MARK_ROOM, META_SPACE, Places};
use super::look::Look;
use super::mark::Mark;

/// The corner between two bubbles of a burst.
const JOINED_RADIUS: u8 = 4;

/// What stands out of a bubble.
pub struct Marked {
    /// Characters that the user has selected.
    pub selected: Option<Range<usize>>,
    /// Characters that were looked for.
    pub found: Vec<Range<usize>>,
    /// The keyboard is here, or a search.
    pub ring: bool,
}

impl Bubble {
    /// Paints all but the buttons.
    pub fn paint(&self, ui: &Ui, places: &Places, marked: Marked) {
        let colours = Colours::of(ui, &self.look);
        self.paint_head(ui, places.row.min);
        let painter = ui.painter();
        let corners = self.corners();
        painter.rect_filled(places.bubble, corners, colours.fill);
        if marked.ring {
            let stroke = Stroke::new(2.0, theme::palette(ui).focus);
            let kind = egui::StrokeKind::Outside;
            painter.rect_stroke(places.bubble.expand(1.0), corners, stroke, kind);
        }
        let clip = ui.clip_rect();
        for found in &marked.found {
            for rect in char_rects(&self.galley, places.text.min, found, clip) {
                painter.rect_filled(rect, 2.0, theme::palette(ui).bar);
            }
        }
        if let Some(selected) = marked.selected {
            for rect in char_rects(&self.galley, places.text.min, &selected, clip) {
                painter.rect_filled(rect, 2.0, colours.selection);
            }
        }
        painter.galley(places.text.min, self.galley.clone(), colours.text);
        self.paint_meta(ui, places, &colours);
    }

    fn paint_head(&self, ui: &Ui, at: Pos2) {
        let painter = ui.painter();
        let middle = |y: f32, galley: &Arc<Galley>| {
            let x = at.x + (self.width - galley.size().x) / 2.0;
            painter.galley(pos2(x, y), galley.clone(), Color32::PLACEHOLDER);
            (x - META_SPACE, x + galley.size().x + META_SPACE)
        };
        let mut y = at.y + self.gap();
        if let Some(day) = &self.day {
            middle(y + theme::DAY_GAP / 2.0, day);
            y += day.size().y + theme::DAY_GAP;
        }
        if let Some(divider) = &self.divider {
            let (left, right) = middle(y + theme::DAY_GAP / 2.0, divider);
            let y_line = y + (theme::DAY_GAP + divider.size().y) / 2.0;
            let line = Stroke::new(1.0, theme::palette(ui).focus);
            painter.hline(at.x..=left, y_line, line);
            painter.hline(right..=at.x + self.width, y_line, line);
            y += divider.size().y + theme::DAY_GAP;
        }
        if let Some(name) = &self.name {
            let at = pos2(at.x + theme::BUBBLE_PADDING.x, y);
            painter.galley(at, name.clone(), Color32::PLACEHOLDER);
        }
    }

    fn paint_meta(&self, ui: &Ui, places: &Places, colours: &Colours) {
        let painter = ui.painter();
        let meta = places.meta;
        let time = self.time.as_ref().map_or(0.0, |time| time.size().x);
        let mark = |center: Pos2| {
            if let Some(mark) = self.mark {
                mark.paint(painter, center, colours.weak);
            }
        };
        let time_x = match &self.words {
            None => {
                mark(pos2(meta.max.x - MARK_ROOM / 2.0, meta.center().y));
                meta.min.x
            }
            Some(words) => {
                let at = meta.min + vec2(MARK_ROOM + MARK_GAP, 0.0);
                painter.galley(at, words.clone(), colours.weak);
                let row = words.rows.first().map_or(0.0, |row| row.rect().height());
                mark(meta.min + vec2(MARK_ROOM / 2.0, row / 2.0));
                meta.max.x - time
            }
        };
        if let Some(time) = &self.time {
            let at = pos2(time_x, meta.max.y - time.size().y);
            painter.galley(at, time.clone(), colours.weak);
        }
    }

    /// The corners where bubbles of a burst meet are hardly round.
    fn corners(&self) -> CornerRadius {
        let round = |outer: bool| match outer {
            true => theme::BUBBLE_RADIUS,
            false => JOINED_RADIUS,
        };
        let (first, last) = (round(self.look.first), round(self.look.last));
        let all = theme::BUBBLE_RADIUS;
        match self.own {
            true => CornerRadius {
                nw: all,
                sw: all,
                ne: first,
                se: last,
            },
            false => CornerRadius {
                nw: first,
                sw: last,
                ne: all,
                se: all,
            },
        }
    }
}

/// The colours of a bubble.
pub struct Colours {
    pub fill: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub link: Color32,
    pub selection: Color32,
}

impl Colours {
    pub fn of(ui: &Ui, look: &Look) -> Self {
        let all = theme::palette(ui);
        match (look.mark == Some(Mark::Failed), look.own()) {
            (true, _) => Self {
                fill: all.failed,
                text: all.text,
                weak: all.bad,
                link: all.focus,
                selection: all.marked,
            },
            (false, true) => Self {
                fill: all.own,
                text: all.on_own,
                weak: all.on_own_weak,
                link: all.focus,
                selection: all.own_marked,
            },
            (false, false) => Self {
                fill: all.theirs,
                text: all.text,
                weak: all.weak,
                link: all.focus,
                selection: all.marked,
            },
        }
    }
}

/// Where these characters are, row by row, as far as that is in `clip`.
pub fn char_rects(galley: &Galley, at: Pos2, chars: &Range<usize>, clip: Rect) -> Vec<Rect> {
    let from = galley.layout_from_cursor(cursor(chars.start, true));
    let to = galley.layout_from_cursor(cursor(chars.end.min(MANY), false));
    let mut rects = Vec::new();
    for (number, row) in galley
        .rows
        .iter()
        .enumerate()
        .take(to.row + 1)
        .skip(from.row)
    {
        let rect = row.rect().translate(at.to_vec2());
        if rect.max.y < clip.min.y || rect.min.y > clip.max.y {
            continue;
        }
        let x = |column| rect.min.x + row.x_offset(column);
        let left = if number == from.row {
            x(from.column)
        } else {
            rect.min.x
        };
        let right = match number == to.row {
            true => x(to.column),
            // A line break that is selected, too, is seen.
            false => rect.max.x + if row.ends_with_newline { 5.0 } else { 0.0 },
        };
        rects.push(Rect::from_min_max(
            pos2(left, rect.min.y),
            pos2(right, rect.max.y),
        ));
    }
    rects
}

/// More characters than any text has, and few enough to calculate with.
const MANY: usize = u32::MAX as usize;

fn cursor(at: usize, prefer_next_row: bool) -> CCursor {
    CCursor {
        index: at.into(),
        prefer_next_row,
    }
}
