//! How what stands in the message field is sent: the button, Enter, and in several messages what is too
//! long for one; or why it can't be.

use egui::{Atom, Event, Key, Rect, RichText, Ui, vec2};

use super::composer::View;
use super::{icons, theme, words};
use crate::app::language::Sentence;
use crate::app::limit::{MESSAGES_MAX, Room};
use crate::app::sentences;

/// The button that sends; while it can't be used it says why. True: it was clicked.
pub fn send_ui(ui: &mut Ui, view: &View<'_>, draft: &str, (has_word, place): (bool, Rect)) -> bool {
    let why = if draft.trim().is_empty() {
        Some(words::say(ui, "talk-send-empty"))
    } else if !view.limit.fits(draft) {
        Some(words::say(ui, "talk-send-long"))
    } else {
        view.obstacle.as_ref().map(|why| words::tell(ui, why))
    };
    let word = words::say(ui, "talk-send");
    let colours = theme::palette(ui);
    // One that can't be used is grey, which is easier to read than a faded colour.
    let (ground, colour) = match why {
        None => (colours.accent, colours.on_accent),
        Some(_) => (colours.hover, colours.text),
    };
    let plane = Atom::paint(vec2(14.0, 14.0), move |ui, args| {
        icons::plane(ui, args.rect, colour)
    });
    let text = RichText::new(if has_word { word.as_str() } else { "" }).color(colour);
    let button = match has_word {
        true => egui::Button::new((Atom::grow(), plane, text, Atom::grow())),
        false => egui::Button::new(plane),
    };
    let button = button.fill(ground).min_size(place.size());
    let at = egui::UiBuilder::new().max_rect(place);
    let response = ui
        .scope_builder(at, |ui| ui.add_enabled(why.is_none(), button))
        .inner;
    let response = response.accessible_name(word);
    let clicked = response.clicked();
    if let Some(why) = why {
        response.on_disabled_hover_text(why);
    } else {
        response.on_hover_text(words::say(ui, "talk-send-keys"));
    }
    clicked
}

/// What can be done with a text that is too long for one message; true: it is sent in several.
pub fn over_ui(ui: &mut Ui, view: &View<'_>, draft: &str) -> bool {
    let Room::Over(over) = view.limit.room(draft) else {
        return false;
    };
    let sentence = match view.limit.is_classic() {
        true => sentences::too_long_classic(over, view.peer),
        false => sentences::too_long(over),
    };
    let text = RichText::new(words::tell(ui, &sentence))
        .small()
        .color(theme::palette(ui).bad);
    ui.add_space(4.0);
    let messages = view.limit.cut(draft).len();
    ui.horizontal_wrapped(|ui| {
        ui.add(egui::Label::new(text).wrap());
        let send = Sentence::new("talk-send-parts").count("messages", messages);
        let can_go = messages <= MESSAGES_MAX && view.obstacle.is_none();
        can_go && ui.button(words::tell(ui, &send)).clicked()
    })
    .inner
}

/// Takes the Enter that sends out of this frame's input; true: there was one.
pub fn takes_enter(ui: &Ui) -> bool {
    let sends = |event: &Event| matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift);
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| !sends(event));
        input.events.len() < before
    })
}
