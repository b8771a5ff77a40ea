//! One drawn line: its bubble, its place in the accessibility tree, and what of it can be pressed.

use std::ops::Range;
use std::sync::Arc;

use egui::accesskit::{Action, Role};
use egui::{Button, Galley, Id, Pos2, Rect, Response, RichText, Sense, Ui, UiBuilder, WidgetInfo};

use super::super::words;
use super::bubble::{Bubble, Places, delivery};
use super::paint::{Marked, char_rects};
use super::text::{Fold, Link, Text};
use super::{View, reader};
use crate::app::language::Sentence;
use crate::app::lines::Line;
use crate::app::{Command, LineId, search, sentences, text};

/// Where a line is drawn, and how it is held.
pub struct At {
    pub corner: Pos2,
    /// The node of the whole conversation.
    pub ground: Id,
    /// The keyboard is at this line.
    pub has_keys: bool,
    pub selected: Option<Range<usize>>,
}

/// A drawn line.
pub struct Placed {
    pub line: LineId,
    pub node: Id,
    pub places: Places,
    pub text: Arc<Text>,
    pub galley: Arc<Galley>,
}

/// What was asked of the transcript itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    Fold,
}

impl Placed {
    /// The character at this place of the window, or next to it.
    pub fn char_at(&self, at: Pos2) -> usize {
        let cursor = self.galley.cursor_from_pos(at - self.places.text.min);
        cursor.index.0.min(self.text.chars())
    }

    /// The link at this place of the window.
    pub fn link_at(&self, at: Pos2) -> Option<&Link> {
        self.text
            .links
            .iter()
            .find(|link| self.rects(link).iter().any(|rect| rect.contains(at)))
    }

    /// Where a link stands, row by row.
    fn rects(&self, link: &Link) -> Vec<Rect> {
        let at = self.places.text.min;
        char_rects(&self.galley, at, &link.chars, Rect::EVERYTHING)
    }
}

/// Draws a line.
pub fn line_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (line, bubble): (&Line, Bubble),
    at: At,
    commands: &mut Vec<Command>,
) -> (Placed, Asked) {
    let places = bubble.places(at.corner);
    let node = at.ground.with(line.id.0);
    let above = UiBuilder::new().accessibility_parent(at.ground);
    let row = ui.scope_builder(above.max_rect(places.row), |ui| {
        for (id, heading) in [("day", &bubble.day), ("new", &bubble.divider)] {
            if let Some(heading) = heading {
                let place = places.row.with_max_y(places.bubble.min.y);
                let label = ui.interact(place, node.with(id), Sense::hover());
                label.widget_info(|| WidgetInfo::labeled(Role::Label, true, heading.text()));
            }
        }
        ui.interact(places.row, node, Sense::hover())
    });
    name_ui(ui, view, (line, &bubble.text.shown), &row.inner);
    let (words, found) = view.found;
    let marked = Marked {
        selected: at.selected,
        found: search::marks(&bubble.text.shown, words),
        ring: at.has_keys || found == Some(line.id),
    };
    bubble.paint(ui, &places, marked);
    let placed = Placed {
        line: line.id,
        node,
        places,
        text: bubble.text.clone(),
        galley: bubble.galley.clone(),
    };
    let below = UiBuilder::new().accessibility_parent(node).id_salt(node);
    let asked = ui
        .scope_builder(below.max_rect(placed.places.row), |ui| {
            links_ui(ui, &placed, at.has_keys);
            meta_ui(ui, view, line, &placed, commands);
            if bubble.failed {
                failed_ui(ui, line, placed.places.buttons, commands);
            }
            fold_ui(ui, &placed)
        })
        .inner;
    (placed, asked)
}

/// Says in the accessibility tree who said what, when, and how far it has come.
fn name_ui(ui: &Ui, view: &View<'_>, (line, shown): (&Line, &str), row: &Response) {
    let name = reader::line(ui, view, line, shown);
    row.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &name));
    ui.ctx().accesskit_node_builder(row.id, |node| {
        for action in [Action::Focus, Action::Click, Action::ShowContextMenu] {
            node.add_action(action);
        }
    });
}

/// The links' nodes: the mouse goes through them to the text, the keys and the screen reader do not.
fn links_ui(ui: &mut Ui, placed: &Placed, has_keys: bool) {
    let id = |number| placed.node.with(("link", number));
    let links = placed.text.links.iter().enumerate();
    // Tab goes on to the links of the line that the keyboard is at, or is in.
    let can_be_reached = has_keys
        || ui.memory(|memory| (0..placed.text.links.len()).any(|n| memory.has_focus(id(n))));
    for (number, link) in links {
        let Some(&rect) = placed.rects(link).first() else {
            continue;
        };
        let id = id(number);
        let sense = match can_be_reached {
            true => Sense::focusable_noninteractive(),
            false => Sense::hover(),
        };
        let response = ui.interact(rect, id, sense);
        let shown = &placed.text.shown[link.bytes.clone()];
        response.widget_info(|| WidgetInfo::labeled(Role::Link, true, shown));
        ui.ctx()
            .accesskit_node_builder(id, |node| node.add_action(Action::Click));
        let has_focus = response.has_focus();
        let asked = ui.input(|input| {
            let key = |key| has_focus && input.key_pressed(key);
            key(egui::Key::Enter)
                || key(egui::Key::Space)
                || input.has_accesskit_action_request(id, Action::Click)
        });
        if asked {
            follow(ui, link);
        }
        if has_focus {
            let stroke = ui.visuals().selection.stroke;
            let kind = egui::StrokeKind::Outside;
            ui.painter()
                .rect_stroke(rect.expand(1.0), 2.0, stroke, kind);
            let tip =
                egui::Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id.with("where"), rect);
            tip.show(|ui| ui.label(destination(ui, link)));
        }
    }
}

/// Where a link leads, in words.
pub fn destination(ui: &Ui, link: &Link) -> String {
    let sentence = match link.foreign {
        true => Sentence::new("talk-link-foreign"),
        false => Sentence::new("talk-link-to"),
    };
    words::tell(ui, &sentence.with("host", &link.host))
}

pub fn follow(ui: &Ui, link: &Link) {
    ui.ctx().open_url(egui::OpenUrl::new_tab(&link.url));
}

/// The time and the mark can be pressed for the story of the line.
fn meta_ui(
    ui: &mut Ui,
    view: &View<'_>,
    line: &Line,
    placed: &Placed,
    commands: &mut Vec<Command>,
) {
    let place = placed.places.meta.expand(2.0);
    if !placed.places.meta.is_positive() {
        return;
    }
    let response = ui.interact(place, placed.node.with("meta"), Sense::CLICK);
    let response = match delivery(view, line) {
        Some(delivery) => {
            let said = words::tell(ui, &sentences::delivery(delivery, view.peer));
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
            response.on_hover_text(said)
        }
        None => {
            let day = text::day(words::language(ui), view.now, line.at_ms);
            let time = text::clock_s(view.now, line.at_ms);
            response.on_hover_text(format!("{day}, {time}"))
        }
    };
    if response.clicked() {
        let is_told = view.story.is_some_and(|story| story.line == line.id);
        commands.push(Command::Story((!is_told).then_some(line.id)));
    }
}

/// What can be done with a line that failed.
fn failed_ui(ui: &mut Ui, line: &Line, place: Rect, commands: &mut Vec<Command>) {
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut button = |id| ui.button(words::say(ui, id)).clicked();
        if button("talk-retry") {
            commands.push(Command::Retry(line.id));
        }
        if button("talk-edit") {
            commands.push(Command::Edit(line.id));
        }
        if button("talk-copy") {
            ui.ctx().copy_text(line.text.clone());
        }
    });
}

/// The button that shows the rest of a long text, or hides it again.
fn fold_ui(ui: &mut Ui, placed: &Placed) -> Asked {
    let label = match placed.text.fold {
        Fold::None => return Asked::Nothing,
        Fold::Open => words::say(ui, "talk-fold"),
        Fold::Some => words::say(ui, "talk-unfold"),
        Fold::Lines(lines) => {
            words::tell(ui, &Sentence::new("talk-unfold-lines").count("n", lines))
        }
    };
    let builder = UiBuilder::new().max_rect(placed.places.fold);
    let button = Button::new(RichText::new(label).small());
    match ui
        .scope_builder(builder, |ui| ui.add(button).clicked())
        .inner
    {
        true => Asked::Fold,
        false => Asked::Nothing,
    }
}
