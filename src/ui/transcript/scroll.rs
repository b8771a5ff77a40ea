//! Where the view of a transcript is. It hangs on the line at its upper edge, or on the newest one: so
//! what is in view stays where it is while lines come and go and estimated heights become exact.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use egui::{Rect, Ui, Vec2, pos2, vec2};

use super::super::{theme, widgets, words};
use super::bubble::Bubble;
use super::{Memory, View};
use crate::app::language::Sentence;
use crate::app::{Command, LineId};

/// Laying lines out moves others into view, which have to be laid out then; so often at most.
const ROUNDS_MAX: usize = 4;

/// Sizes are rounded: so near to a place is at it, in points.
pub const NEAR: f32 = 0.5;

/// A line that is gone to stands at least so far from the edge of the view, in points.
const MARGIN: f32 = 6.0;

/// Across the round button to the newest line, in points.
const BUTTON: f32 = 40.0;

/// Where the view is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Go {
    Newest,
    Oldest,
    /// Down by so many points.
    By(f32),
    /// Where this line is in view.
    Line(LineId),
    /// Where this line is in the middle.
    Middle(LineId),
}

/// What is drawn in one frame.
pub struct Frame {
    /// How far the view is below the first line.
    pub offset: f32,
    /// Of all lines.
    pub height: f32,
    /// Lines that were laid out, by their places.
    pub bubbles: BTreeMap<usize, Bubble>,
}

impl Memory {
    /// Finds where the view is, and lays out what is in it; the lines a window above and below it once,
    /// so that their heights are exact before they come into view.
    pub(super) fn lay_out(&mut self, ui: &Ui, view: &View<'_>, room: Vec2) -> Frame {
        let mut bubbles = BTreeMap::new();
        let mut near = 0..0;
        for _ in 0..ROUNDS_MAX {
            let offset = self.offset(view, room.y);
            let shown = self.heights.between(offset, offset + room.y);
            near = self.heights.between(offset - room.y, offset + 2.0 * room.y);
            let mut is_moved = false;
            for place in near.clone() {
                let is_wanted = shown.contains(&place) || !self.heights.is_exact(place);
                let Some(line) = view.lines.at(place).filter(|_| is_wanted) else {
                    continue;
                };
                if let Entry::Vacant(free) = bubbles.entry(place) {
                    let bubble = self.bubble(ui, view, place, line);
                    is_moved |= self.heights.set(place, bubble.height());
                    free.insert(bubble);
                }
            }
            if !is_moved {
                break;
            }
        }
        let ids = |place| view.lines.at(place).map(|line| line.id);
        let (first, end) = (ids(near.start), ids(near.end));
        self.texts
            .retain(|id, _| first <= Some(*id) && end.is_none_or(|end| *id < end));
        let offset = self.offset(view, room.y);
        self.go = None;
        Frame {
            offset,
            height: self.heights.total() + theme::EDGE,
            bubbles,
        }
    }

    /// How far the view has to be below the first line, in a room of this height.
    fn offset(&self, view: &View<'_>, room: f32) -> f32 {
        let bottom = (self.heights.total() + theme::EDGE - room).max(0.0);
        let top = |id| self.heights.top(view.lines.place_from(id));
        let before = self.upper.map_or(0.0, |(id, below)| top(id) - below);
        let offset = match self.go {
            Some(Go::Newest) => bottom,
            Some(Go::Oldest) => 0.0,
            Some(Go::By(down)) => before + down,
            Some(Go::Line(id)) => {
                let (top, end) = (top(id), top(LineId(id.0.saturating_add(1))));
                before.max(end + MARGIN - room).min(top - MARGIN)
            }
            Some(Go::Middle(id)) => {
                let (top, end) = (top(id), top(LineId(id.0.saturating_add(1))));
                (top + end - room) / 2.0
            }
            None if !self.follows => before,
            // Nobody reads along: the view does not run away with what comes in.
            None => match view.divider.filter(|_| view.unread > 0) {
                Some(divider) => before.max(bottom.min(top(divider))),
                None => bottom,
            },
        };
        offset.clamp(0.0, bottom)
    }

    /// The frame is drawn and the user's scrolling taken in: the view is at `offset` now, and can go
    /// down to `bottom`.
    pub(super) fn on_drawn(&mut self, ui: &Ui, view: &View<'_>, (offset, bottom): (f32, f32)) {
        let follows = offset >= bottom - NEAR && !view.behind;
        // What was drawn is where the view was before: it is drawn once more. And whoever counts
        // unread lines looks again.
        if (offset - self.offset).abs() > NEAR || follows != self.follows {
            ui.ctx().request_repaint();
        }
        (self.offset, self.follows) = (offset, follows);
        let place = self.heights.between(offset, offset).start;
        let line = view.lines.at(place);
        self.upper = line.map(|line| (line.id, self.heights.top(place) - offset));
    }

    /// The round button at the lower edge of the view, down to the newest line.
    pub(super) fn newest_ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        room: Rect,
        commands: &mut Vec<Command>,
    ) {
        if self.follows {
            return;
        }
        let corner = room.max - vec2(theme::EDGE, theme::EDGE) - Vec2::splat(BUTTON);
        let place = Rect::from_min_size(corner, Vec2::splat(BUTTON));
        let unread = view.unread;
        let name = match unread {
            0 => words::say(ui, "talk-newest"),
            _ => words::tell(ui, &Sentence::new("talk-newest-unread").count("n", unread)),
        };
        let button = egui::Button::new("").corner_radius(BUTTON / 2.0);
        let response = ui.put(place, button).on_hover_text(&name);
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
        let stroke = egui::Stroke::new(2.0, theme::palette(ui).text);
        let (x, y) = (place.center().x, place.center().y);
        let arrow = vec![
            pos2(x - 7.0, y - 3.0),
            pos2(x, y + 4.0),
            pos2(x + 7.0, y - 3.0),
        ];
        ui.painter().line(arrow, stroke);
        widgets::badge(ui, pos2(place.max.x + 6.0, place.min.y), view.unread);
        if response.clicked() {
            self.go_to_newest(ui, view, commands);
        }
    }

    /// Goes to the newest line of all, which has to come into memory first after a way far back.
    pub(super) fn go_to_newest(&mut self, ui: &Ui, view: &View<'_>, commands: &mut Vec<Command>) {
        self.goal = Some(Go::Newest);
        if view.behind {
            commands.push(Command::ShowNewest(view.peer.clone()));
        }
        ui.ctx().request_repaint();
    }
}
