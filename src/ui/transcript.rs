//! The lines of a conversation, newest at the bottom. Only those in view are drawn, and heights are
//! kept between frames, so a conversation of thousands of lines costs what a short one does.

use std::collections::{BTreeMap, BTreeSet};

use egui::{ScrollArea, Ui, pos2};

use super::bubble::{Bubble, Row};
use super::theme;
use crate::app::lines::{Line, Lines, Origin, shown_at_ms};
use crate::app::{Command, LineId, Nickname, Now, text};

/// Lines shown at first, and added by each "Show earlier messages". All shown lines are measured
/// when the window's width changes.
const SHOWN: usize = 500;

/// So near to the first line the lines before it are wanted, in points: about a window.
const EARLIER_NEAR: f32 = 500.0;

/// Two lines of a sender further apart than this do not belong together, in milliseconds.
const BURST_MS: i64 = 5 * 60 * 1000;

/// What the transcript shows.
pub struct View<'a> {
    pub now: Now,
    pub peer: &'a Nickname,
    pub lines: &'a Lines,
    /// Something came in that the user has not seen.
    pub unread: bool,
    /// Lines before these may be on disk.
    pub earlier: bool,
}

/// What only the screen knows of the transcripts, for each person.
#[derive(Debug, Default)]
pub struct State(BTreeMap<Nickname, Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// The width that the heights hold for.
    width: f32,
    heights: BTreeMap<LineId, (Look, f32)>,
    unfolded: BTreeSet<LineId>,
    /// Lines asked for beyond [`SHOWN`].
    earlier: usize,
    /// The oldest and the newest line of the last frame.
    oldest: Option<LineId>,
    newest: Option<LineId>,
    /// A line that stays where it is, this far below the upper edge, though heights change.
    anchor: Option<(LineId, f32)>,
    /// The uppermost drawn line, likewise: it is the anchor when the width changes.
    upper: Option<(LineId, f32)>,
    /// The user has scrolled up: the view does not follow the newest line.
    away: bool,
    /// How far the view could scroll in the last frame.
    bottom: f32,
}

/// All that a line's height depends on, but for the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    origin: Origin,
    new_day: bool,
    first: bool,
    unfolded: bool,
}

impl State {
    /// Forgets what it knows of people whose tab is closed.
    pub fn keep(&mut self, tabs: &[Nickname]) {
        if self.0.len() > tabs.len() {
            self.0.retain(|peer, _| tabs.contains(peer));
        }
    }

    /// The newest line of this conversation is in view, or will be when it is drawn.
    pub fn is_at_bottom(&self, peer: &Nickname) -> bool {
        self.0.get(peer).is_none_or(|memory| !memory.away)
    }
}

/// Draws the transcript into the space that is there.
pub fn transcript_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let memory = state.0.entry(view.peer.clone()).or_default();
    let width = ui.available_width() - 2.0 * theme::EDGE;
    let shown = view.lines.len().min(SHOWN + memory.earlier);
    let hidden = view.lines.len() - shown;
    memory.prepare(view, width);
    let tops = memory.tops(ui, view, hidden);
    let height = tops.last().copied().unwrap_or(0.0) + theme::EDGE;
    let mut area = ScrollArea::vertical()
        .id_salt(("transcript", view.peer.as_str()))
        .auto_shrink([false, false]);
    let bottom = (height - ui.available_height()).max(0.0);
    if let Some(offset) = memory.offset(view, &tops, hidden, bottom) {
        area = area.vertical_scroll_offset(offset);
    }
    let out = area.show_viewport(ui, |ui, viewport| {
        ui.set_height(height);
        let corner = ui.max_rect().min;
        if hidden > 0 && memory.earlier_ui(ui, corner.x, viewport.min.y) {
            let oldest = view.lines.at(hidden).map(|line| line.id);
            memory.anchor =
                oldest.map(|id| (id, tops.first().map_or(0.0, |top| top - viewport.min.y)));
        }
        if hidden == 0 && view.earlier && viewport.min.y <= EARLIER_NEAR {
            commands.push(Command::ShowEarlier(view.peer.clone()));
        }
        memory.upper = None;
        let first = tops.partition_point(|&top| top < viewport.min.y);
        for (at, top) in tops.iter().enumerate().skip(first.saturating_sub(1)) {
            let Some(line) = view.lines.at(hidden + at) else {
                break;
            };
            if *top > viewport.max.y {
                break;
            }
            memory.upper.get_or_insert((line.id, top - viewport.min.y));
            let look = memory.look(view, hidden + at, line);
            let bubble = Bubble::new(ui, &row(view, line, look), width);
            memory.remember(ui, line.id, look, bubble.height());
            let place = pos2(corner.x + theme::EDGE, corner.y + top);
            if bubble.show(ui, place, commands) {
                memory.turn(line.id);
                memory.anchor = Some((line.id, top - viewport.min.y));
                ui.ctx().request_repaint();
            }
        }
    });
    let bottom = (out.content_size.y - out.inner_rect.height()).max(0.0);
    memory.on_drawn(ui, out.state.clamped_offset().y, bottom);
    if view.unread && memory.away {
        memory.newest_ui(ui, out.inner_rect);
    }
}

impl Memory {
    fn prepare(&mut self, view: &View<'_>, width: f32) {
        let oldest = view.lines.at(0).map(|line| line.id);
        let before = std::mem::replace(&mut self.oldest, oldest);
        let is_new_width = (self.width - width).abs() > 0.1;
        if is_new_width {
            self.width = width;
            self.heights.clear();
        }
        // Earlier lines came in front, or all heights change: what is in view stays where it is.
        if is_new_width || oldest < before {
            self.anchor = self.anchor.or(self.upper.filter(|_| self.away));
        }
        // Lines that were dropped at the old end take their memory with them.
        if let Some(oldest) = oldest
            && self.heights.len() > view.lines.len()
        {
            self.heights = self.heights.split_off(&oldest);
            self.unfolded = self.unfolded.split_off(&oldest);
        }
    }

    /// The top of every shown line and, at the end, the bottom of the last one.
    fn tops(&mut self, ui: &Ui, view: &View<'_>, hidden: usize) -> Vec<f32> {
        let mut y = if hidden > 0 {
            theme::BUTTON_HEIGHT + theme::GAP
        } else {
            0.0
        };
        let mut tops = Vec::with_capacity(view.lines.len() - hidden + 1);
        for at in hidden..view.lines.len() {
            let Some(line) = view.lines.at(at) else { break };
            tops.push(y);
            y += self.height(ui, view, at, line);
        }
        tops.push(y);
        tops
    }

    fn height(&mut self, ui: &Ui, view: &View<'_>, at: usize, line: &Line) -> f32 {
        let look = self.look(view, at, line);
        match self.heights.get(&line.id) {
            Some((known, height)) if *known == look => *height,
            _ => {
                let height = Bubble::new(ui, &row(view, line, look), self.width).height();
                self.heights.insert(line.id, (look, height));
                height
            }
        }
    }

    fn look(&self, view: &View<'_>, at: usize, line: &Line) -> Look {
        let before = at.checked_sub(1).and_then(|at| view.lines.at(at));
        let day = |line: &Line| text::day_number(view.now, shown_at_ms(line));
        let is_own = |line: &Line| matches!(line.origin, Origin::Own { .. });
        let new_day = before.is_none_or(|before| day(before) != day(line));
        let goes_on = before.is_some_and(|before| {
            is_own(before) == is_own(line) && shown_at_ms(line) - shown_at_ms(before) < BURST_MS
        });
        Look {
            origin: line.origin,
            new_day,
            first: new_day || !goes_on,
            unfolded: self.unfolded.contains(&line.id),
        }
    }

    /// A drawn line's height is exact; fonts that came late may have changed it.
    fn remember(&mut self, ui: &Ui, id: LineId, look: Look, height: f32) {
        let before = self.heights.insert(id, (look, height));
        if before.is_none_or(|(_, before)| (before - height).abs() > 0.1) {
            ui.ctx().request_repaint();
        }
    }

    /// Where the view has to be, if not where it is. `bottom` is the furthest.
    fn offset(&mut self, view: &View<'_>, tops: &[f32], hidden: usize, bottom: f32) -> Option<f32> {
        let anchor = self.anchor.take();
        if self.is_own_new(view.lines) {
            self.away = false;
        } else if let Some((id, below)) = anchor
            && let Some(at) = view.lines.place(id)
            && let Some(top) = tops.get(at.saturating_sub(hidden))
        {
            return Some((top - below).clamp(0.0, bottom));
        }
        (!self.away).then_some(bottom)
    }

    /// The frame is drawn and the user's scrolling taken in: `offset` is where the view is.
    fn on_drawn(&mut self, ui: &Ui, offset: f32, bottom: f32) {
        /// Sizes are rounded: so near to the end is at the end, in points.
        const NEAR: f32 = 0.5;
        self.away = offset < bottom - NEAR;
        // What was drawn is where the view was before it was held back: it is drawn once more.
        if (self.bottom - bottom).abs() > NEAR {
            self.bottom = bottom;
            ui.ctx().request_repaint();
        }
    }

    /// An own line was written since the last frame: the user wants to see it.
    fn is_own_new(&mut self, lines: &Lines) -> bool {
        let newest = lines.last().map(|line| line.id);
        let before = std::mem::replace(&mut self.newest, newest);
        let mut new = lines.iter().rev().take_while(|line| Some(line.id) > before);
        new.any(|line| matches!(line.origin, Origin::Own { .. }))
    }

    fn turn(&mut self, id: LineId) {
        if !self.unfolded.remove(&id) {
            self.unfolded.insert(id);
        }
    }

    /// The button at the lower edge of the view, down to what is new.
    fn newest_ui(&mut self, ui: &mut Ui, view: egui::Rect) {
        let size = egui::vec2(150.0, theme::BUTTON_HEIGHT);
        let edge = view.center_bottom() - egui::vec2(0.0, theme::GAP + size.y / 2.0);
        let place = egui::Rect::from_center_size(edge, size);
        let button = theme::main_button(ui, "New messages ↓");
        if ui.put(place, button).clicked() {
            self.away = false;
            ui.ctx().request_repaint();
        }
    }

    /// The button over the oldest shown line; true: more lines are shown from now on.
    fn earlier_ui(&mut self, ui: &mut Ui, left: f32, scrolled: f32) -> bool {
        let button = egui::Button::new("Show earlier messages");
        let size = egui::vec2(190.0, theme::BUTTON_HEIGHT);
        let x = left + (ui.max_rect().width() - size.x) / 2.0;
        let place = egui::Rect::from_min_size(pos2(x, ui.max_rect().min.y + theme::GAP), size);
        let asked = scrolled <= place.height() + theme::GAP && ui.put(place, button).clicked();
        if asked {
            self.earlier += SHOWN;
            ui.ctx().request_repaint();
        }
        asked
    }
}

fn row<'a>(view: &View<'a>, line: &'a Line, look: Look) -> Row<'a> {
    Row {
        now: view.now,
        peer: view.peer,
        line,
        new_day: look.new_day,
        first: look.first,
        unfolded: look.unfolded,
    }
}
