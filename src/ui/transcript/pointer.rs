//! What the mouse and the keys do to a transcript: selecting text across lines, walking from line to
//! line, scrolling, following links.

use egui::{CursorIcon, Event, EventFilter, Key, Modifiers, Pos2, Response, Ui, accesskit};

use super::super::words;
use super::line::{Placed, destination, follow};
use super::menu::Menu;
use super::scroll::Go;
use super::selection::{Selection, Spot};
use super::{Memory, View};
use crate::app::lines::{Line, shown_at_ms};
use crate::app::{Command, LineId, text};

/// How fast the view follows a pointer that drags a selection over its edge: points a second for each
/// point over it.
const PULL: f32 = 8.0;

/// Where the mouse is and what it does.
pub fn pointer_ui(ui: &Ui, (ground, placed): (&Response, &[Placed]), memory: &mut Memory) {
    let Some(at) = ui.input(|input| input.pointer.interact_pos()) else {
        return;
    };
    if ground.hovered() {
        hover_ui(ui, ground, line_at(placed, at), at);
    }
    let Some(spot) = spot_at(placed, at) else {
        return;
    };
    let (shift, pressed_at) = ui.input(|i| (i.modifiers.shift, i.pointer.press_origin()));
    let before = memory.selection.filter(|_| shift);
    let primary = egui::PointerButton::Primary;
    // Enter and the space bar count as clicks, too, wherever the mouse is.
    let is_clicked = ground.clicked() && ui.input(|input| input.pointer.primary_clicked());
    if ground.drag_started_by(primary) {
        let origin = pressed_at
            .and_then(|at| spot_at(placed, at))
            .unwrap_or(spot);
        let anchor = before.map_or(origin, |before| before.anchor);
        memory.selection = Some(Selection { anchor, head: spot });
        ground.request_focus();
    } else if ground.dragged_by(primary)
        && let Some(selection) = &mut memory.selection
    {
        selection.head = spot;
        pull(ui, ground, at, memory);
    } else if ground.triple_clicked() {
        memory.selection = Some(Selection::line(spot.line));
    } else if ground.double_clicked() {
        let shown = placed.iter().find(|line| line.line == spot.line);
        memory.selection = shown.map(|line| Selection::word(spot, &line.text.shown));
    } else if is_clicked {
        click(ui, line_at(placed, at), (at, spot), (before, memory));
        ground.request_focus();
    }
}

/// A link says where it leads; text can be selected.
fn hover_ui(ui: &Ui, ground: &Response, line: Option<&Placed>, at: Pos2) {
    let Some(line) = line else {
        return;
    };
    if let Some(link) = line.link_at(at) {
        ui.set_cursor_icon(CursorIcon::PointingHand);
        let (ctx, layer) = (ui.ctx().clone(), ui.layer_id());
        let id = ground.id.with("where");
        let tip = egui::Tooltip::always_open(ctx, layer, id, egui::PopupAnchor::Pointer);
        tip.gap(14.0).show(|ui| ui.label(destination(ui, link)));
    } else if line.places.text.contains(at) {
        ui.set_cursor_icon(CursorIcon::Text);
    }
}

/// A click follows a link, extends what is selected, or selects nothing any more.
fn click(
    ui: &Ui,
    line: Option<&Placed>,
    (at, spot): (Pos2, Spot),
    (before, memory): (Option<Selection>, &mut Memory),
) {
    memory.current = Some(spot.line);
    if let Some(before) = before {
        let anchor = before.anchor;
        memory.selection = Some(Selection { anchor, head: spot });
        return;
    }
    memory.selection = Some(Selection {
        anchor: spot,
        head: spot,
    });
    if let Some(link) = line.and_then(|line| line.link_at(at)) {
        follow(ui, link);
    }
}

/// A selection that is dragged over the edge takes the view along.
fn pull(ui: &Ui, ground: &Response, at: Pos2, memory: &mut Memory) {
    let room = ground.rect;
    let over = (at.y - room.max.y).max(0.0) + (at.y - room.min.y).min(0.0);
    if over != 0.0 {
        let seconds = ui.input(|input| input.stable_dt).min(0.1);
        memory.go = Some(Go::By(over * PULL * seconds));
        ui.ctx().request_repaint();
    }
}

/// The drawn line at this height.
fn line_at(placed: &[Placed], at: Pos2) -> Option<&Placed> {
    placed
        .iter()
        .find(|line| line.places.row.y_range().contains(at.y))
}

/// The character next to this place, in the line next to it.
fn spot_at(placed: &[Placed], at: Pos2) -> Option<Spot> {
    let below = placed.iter().find(|line| at.y <= line.places.row.max.y);
    let line = below.or(placed.last())?;
    let is_above = at.y < line.places.row.min.y;
    let is_below = at.y > line.places.row.max.y;
    Some(match (is_above, is_below) {
        (true, _) => Spot::start(line.line),
        (_, true) => Spot::end(line.line),
        (false, false) => Spot {
            line: line.line,
            at: line.char_at(at),
        },
    })
}

/// What the keys do while the keyboard is at the transcript; Page Up and Page Down also while it is at
/// the message field.
pub fn keys_ui(
    ui: &Ui,
    view: &View<'_>,
    (ground, placed): (&Response, &[Placed]),
    (memory, commands): (&mut Memory, &mut Vec<Command>),
) {
    if memory.menu.is_some() || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let page = ground.rect.height() * 0.9;
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    for (key, go) in [(Key::PageUp, Go::By(-page)), (Key::PageDown, Go::By(page))] {
        if pressed(Modifiers::NONE, key) {
            memory.go = Some(go);
        }
    }
    asked_ui(ui, ground, placed, (memory, commands));
    if ground.has_focus() {
        focused_ui(ui, view, (ground, placed), (memory, commands));
    }
    if memory.go.is_some() {
        ui.ctx().request_repaint();
    }
}

/// What a screen reader asks of the lines.
fn asked_ui(
    ui: &Ui,
    ground: &Response,
    placed: &[Placed],
    (memory, commands): (&mut Memory, &mut Vec<Command>),
) {
    for line in placed {
        let asked = |action| ui.input(|i| i.has_accesskit_action_request(line.node, action));
        if asked(accesskit::Action::Focus) {
            memory.current = Some(line.line);
            ground.request_focus();
        }
        if asked(accesskit::Action::Click) {
            commands.push(Command::Story(Some(line.line)));
        }
        if asked(accesskit::Action::ShowContextMenu) {
            memory.menu = Some(Menu::at_line(line));
        }
    }
}

fn focused_ui(
    ui: &Ui,
    view: &View<'_>,
    (ground, placed): (&Response, &[Placed]),
    (memory, commands): (&mut Memory, &mut Vec<Command>),
) {
    let has_selection = memory.selection.is_some_and(|all| !all.is_empty());
    let filter = EventFilter {
        vertical_arrows: true,
        escape: has_selection || view.story.is_some(),
        ..EventFilter::default()
    };
    ui.memory_mut(|all| all.set_focus_lock_filter(ground.id, filter));
    if ground.gained_focus() && memory.current.is_none() {
        memory.current = placed.last().map(|line| line.line);
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    for (key, by) in [(Key::ArrowUp, -1), (Key::ArrowDown, 1)] {
        if pressed(Modifiers::NONE, key) {
            memory.walk(view, placed, by);
        }
    }
    if pressed(Modifiers::NONE, Key::Home) {
        memory.go = Some(Go::Oldest);
    }
    if pressed(Modifiers::NONE, Key::End) {
        memory.go_to_newest(ui, view, commands);
    }
    // What lies over the lines is closed first.
    if pressed(Modifiers::NONE, Key::Escape) {
        match view.story {
            Some(_) => commands.push(Command::Story(None)),
            None => memory.selection = None,
        }
    }
    let ends = view.lines.at(0).zip(view.lines.last());
    if pressed(Modifiers::COMMAND, Key::A)
        && let Some((first, last)) = ends
    {
        memory.selection = Some(Selection {
            anchor: Spot::start(first.id),
            head: Spot::end(last.id),
        });
    }
    let current = memory
        .current
        .and_then(|id| placed.iter().find(|line| line.line == id));
    if let Some(line) = current {
        let id = line.node.accesskit_id();
        ui.ctx()
            .accesskit_node_builder(ground.id, |node| node.set_active_descendant(id));
        if pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::NONE, Key::Space) {
            let is_told = view.story.is_some_and(|story| story.line == line.line);
            commands.push(Command::Story((!is_told).then_some(line.line)));
        }
        if pressed(Modifiers::SHIFT, Key::F10) || pressed(Modifiers::NONE, Key::Menu) {
            memory.menu = Some(Menu::at_line(line));
        }
    }
    if ui.input(|input| {
        input
            .events
            .iter()
            .any(|event| matches!(event, Event::Copy))
    }) && let Some(text) = memory.to_copy(ui, view)
    {
        ui.ctx().copy_text(text);
    }
}

impl Memory {
    /// Goes to the line before or behind the one that the keyboard is at.
    fn walk(&mut self, view: &View<'_>, placed: &[Placed], by: isize) {
        let place = match self.current {
            Some(id) => view.lines.place_from(id).checked_add_signed(by),
            None => placed.last().map(|line| view.lines.place_from(line.line)),
        };
        let line = place.and_then(|place| view.lines.at(place));
        if let Some(LineId(id)) = line.map(|line| line.id) {
            self.current = Some(LineId(id));
            self.go = Some(Go::Line(LineId(id)));
        }
    }

    /// What is selected, or else the line that the keyboard is at.
    fn to_copy(&self, ui: &Ui, view: &View<'_>) -> Option<String> {
        match self.selected(ui, view) {
            Some(text) => Some(text),
            None => {
                let line = view.lines.at(view.lines.place(self.current?)?)?;
                Some(line.text.clone())
            }
        }
    }

    /// What is selected, as text: several lines each with who said it and when.
    pub(super) fn selected(&self, ui: &Ui, view: &View<'_>) -> Option<String> {
        let selection = self.selection.filter(|all| !all.is_empty())?;
        let head = |line: &Line| {
            let time = text::clock(view.now, shown_at_ms(line));
            let who = match (super::look::is_own(line), view.me) {
                (true, Some(me)) => me.to_string(),
                (true, None) => words::say(ui, "talk-you"),
                (false, _) => view.peer.to_string(),
            };
            format!("[{time}] {who}: ")
        };
        Some(selection.text(view.lines, head))
    }
}
