//! Small pieces that several panels draw: a labelled field, a sentence about a problem, a dot, a
//! badge. Colours and sizes are in [`super::theme`].

use std::sync::Arc;

use egui::accesskit::{Live, Role};
use egui::text::{CCursor, CCursorRange, LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, FontId, Galley, Id, Pos2, Rect, Response, RichText, Sense, Ui, WidgetInfo,
    vec2,
};

use super::{theme, words};
use crate::app::language::Sentence;

/// A text field of this width under its label.
pub fn field(ui: &mut Ui, label: &str, text: &mut String, width: f32) -> Response {
    field_with_hint(ui, (label, ""), text, width)
}

/// A text field of this width under its label, with a hint in it while it is empty.
pub fn field_with_hint(
    ui: &mut Ui,
    (label, hint): (&str, &str),
    text: &mut String,
    width: f32,
) -> Response {
    let edit = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        let colour = theme::palette(ui).weak;
        let label = ui.label(RichText::new(label).small().color(colour));
        let field = egui::TextEdit::singleline(text)
            .desired_width(width)
            .hint_text(hint)
            .char_limit(FIELD_MAX)
            .margin(egui::Margin::symmetric(8, 6));
        ui.add(field).labelled_by(label.id)
    };
    ui.allocate_ui_with_layout(
        vec2(width, 0.0),
        egui::Layout::top_down(egui::Align::Min),
        edit,
    )
    .inner
}

/// Gives the field of that id the keyboard, with all that stands in it marked: the next key types over it.
pub fn select_all(ui: &Ui, id: Id, text: &str) {
    let mut state = egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
    ui.memory_mut(|memory| memory.request_focus(id));
}

/// Scrolls to what has just got the keyboard. To be called at the end of what a scrolling page holds.
pub fn follow_focus(ui: &Ui) {
    if let Some(id) = ui.memory(|memory| memory.focused())
        && let Some(response) = ui.ctx().read_response(id)
        && response.gained_focus()
        && ui.min_rect().contains_rect(response.rect)
    {
        ui.scroll_to_rect(response.rect.expand(theme::EDGE), None);
    }
}

/// A small weak sentence about what stands above it.
pub fn hint_ui(ui: &mut Ui, sentence: &str) {
    let text = RichText::new(sentence)
        .small()
        .color(theme::palette(ui).weak);
    ui.add(egui::Label::new(text).wrap());
}

/// What is drawn by `add`, in a column in the middle of a wide page.
pub fn column_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let over = (ui.available_width() - theme::COLUMN_MAX).max(0.0);
    let column = ui.available_rect_before_wrap();
    let column = column.shrink2(egui::vec2(over / 2.0, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(column), add)
        .inner
}

/// Most characters that a one-line field takes: more than the longest host name.
const FIELD_MAX: usize = 300;

/// The sentence about what is wrong with the field above, if something is. A screen reader says it when
/// it comes.
pub fn problem_ui(ui: &mut Ui, problem: Option<&Sentence>) {
    if let Some(problem) = problem {
        let problem = silent_problem_ui(ui, problem);
        say_at_once(ui, &problem);
    }
}

/// As [`problem_ui`], for a sentence that counts seconds: nobody wants to hear each of them.
pub fn silent_problem_ui(ui: &mut Ui, problem: &Sentence) -> Response {
    let text = RichText::new(words::tell(ui, problem))
        .small()
        .color(theme::palette(ui).bad);
    ui.add(egui::Label::new(text).wrap())
}

/// Has a screen reader say a label when it comes, without the keyboard going there.
pub fn say_at_once(ui: &Ui, label: &Response) {
    let polite = |node: &mut egui::accesskit::Node| node.set_live(Live::Polite);
    ui.ctx().accesskit_node_builder(label.id, polite);
}

/// Has a screen reader say what is not drawn, when it comes and when it changes. `name`: whose voice it
/// is.
pub fn voice_ui(ui: &Ui, name: &str, said: &str) {
    let place = Rect::from_min_size(ui.max_rect().min, egui::Vec2::ZERO);
    let node = ui.interact(place, Id::unique(("voice", name)), Sense::hover());
    node.widget_info(|| WidgetInfo::labeled(Role::Status, true, said));
    say_at_once(ui, &node);
}

/// A weak sentence in the middle of an empty place.
pub fn empty_ui(ui: &mut Ui, sentence: &str) {
    let text = RichText::new(sentence).color(theme::palette(ui).weak);
    ui.add(egui::Label::new(text).wrap().halign(egui::Align::Center));
}

/// The dot that says whether somebody is there: full if so, else a ring.
pub fn presence_dot(ui: &Ui, center: Pos2, online: bool) {
    let colours = theme::palette(ui);
    if online {
        ui.painter()
            .circle_filled(center, theme::DOT_RADIUS, colours.online);
    } else {
        let ring = egui::Stroke::new(1.5, colours.offline);
        ui.painter()
            .circle_stroke(center, theme::DOT_RADIUS - 0.5, ring);
    }
}

/// A number in a pill whose right end is at `right`; returns its width. Nothing for zero.
pub fn badge(ui: &Ui, right: Pos2, count: usize) -> f32 {
    if count == 0 {
        return 0.0;
    }
    let colours = theme::palette(ui);
    let number = if count > 99 {
        "99+".to_owned()
    } else {
        count.to_string()
    };
    let font = theme::small(ui);
    let galley = ui.painter().layout_no_wrap(number, font, colours.on_accent);
    let size = vec2((galley.size().x + 10.0).max(18.0), 18.0);
    let rect = Align2::RIGHT_CENTER.anchor_size(right, size);
    ui.painter().rect_filled(rect, 9.0, colours.accent);
    let text = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    ui.painter().galley(text.min, galley, colours.on_accent);
    rect.width()
}

/// `text` on one line that ends in an ellipsis where it does not fit.
pub fn one_line(ui: &Ui, text: &str, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// Puts `galley` into `rect`, at its left and in the middle of its height.
pub fn put_left(ui: &Ui, rect: Rect, galley: Arc<Galley>) {
    let place = Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size());
    let colour = theme::palette(ui).text;
    ui.painter().galley(place.min, galley, colour);
}

/// A button with a picture, and what it is called.
pub fn icon_button(ui: &mut Ui, name: &str, draw: fn(&Ui, Rect, Color32)) -> Response {
    key_button(ui, (name, name), draw)
}

/// As [`icon_button`], with a hint that says more than the name, such as the keys for it.
pub fn key_button(
    ui: &mut Ui,
    (name, hint): (&str, &str),
    draw: fn(&Ui, Rect, Color32),
) -> Response {
    let size = egui::Vec2::splat(theme::ICON_BUTTON);
    let button = ui.add(egui::Button::new("").min_size(size));
    draw(ui, button.rect, theme::palette(ui).text);
    button.accessible_name(name).on_hover_text(hint)
}
