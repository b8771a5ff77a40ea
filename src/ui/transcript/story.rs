//! What became of a line, in a small box at it. The steps are told by [`crate::app::story`].

use egui::{Grid, Id, Label, Popup, PopupCloseBehavior, RectAlign, RichText, Ui};

use super::super::{theme, words};
use super::View;
use super::line::Placed;
use crate::app::story::Step;
use crate::app::{Command, text};

/// Widest words of a step, in points.
const WIDTH: f32 = 260.0;

/// Draws the box while a line is being told of; it goes when the line does, or when it is clicked away.
pub fn story_ui(ui: &mut Ui, view: &View<'_>, placed: &[Placed], commands: &mut Vec<Command>) {
    let Some(telling) = view.story else {
        return;
    };
    let Some(line) = placed.iter().find(|line| line.line == telling.line) else {
        commands.push(Command::Story(None));
        return;
    };
    let steps = telling.steps();
    if steps.is_empty() {
        return;
    }
    let anchor = match line.places.meta.is_positive() {
        true => line.places.meta,
        false => line.places.bubble,
    };
    let mut open = true;
    Popup::new(
        Id::unique(("story", line.line.0)),
        ui.ctx().clone(),
        anchor.expand(4.0),
        ui.layer_id(),
    )
    .align(RectAlign::BOTTOM_END)
    .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
    .accessible_name(words::say(ui, "talk-details"))
    .open_bool(&mut open)
    .show(|ui| {
        Grid::new("steps").num_columns(2).show(ui, |ui| {
            for step in &steps {
                step_ui(ui, view, step);
            }
        });
    });
    if !open {
        commands.push(Command::Story(None));
    }
}

fn step_ui(ui: &mut Ui, view: &View<'_>, step: &Step) {
    let colours = theme::palette(ui);
    let time = step
        .at_ms
        .map_or_else(|| words::say(ui, "talk-now"), |at_ms| when(ui, view, at_ms));
    ui.label(RichText::new(time).small().color(colours.weak));
    let (font, colour) = (theme::body(ui), colours.text);
    let said = words::tell(ui, &step.said);
    let said = ui.painter().layout(said, font, colour, WIDTH);
    ui.add(Label::new(said));
    ui.end_row();
}

/// The time to the second, with the day if it is not today.
fn when(ui: &Ui, view: &View<'_>, at_ms: i64) -> String {
    let time = text::clock_s(view.now, at_ms);
    let beside_ms = view.now.unix_ms;
    text::with_day(words::language(ui), view.now, (at_ms, beside_ms), time)
}
