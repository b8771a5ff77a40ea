//! The field where a message is written, and what belongs to it: who is writing, how much fits. Enter
//! sends, Shift+Enter breaks the line; how is in [`super::send`]. What is written and not sent yet is
//! the model's.

use std::ops::Range;

use egui::text::{CCursor, CCursorRange, CharIndex};
use egui::text_edit::TextEditState;
use egui::{
    Atom, EventFilter, Id, Key, KeyboardShortcut, Modifiers, Rect, Response, RichText, ScrollArea,
    Ui, vec2,
};

use super::emoji_picker::{self, Picker};
use super::paste::{self, Answer, Pending};
use super::recall::{self, Recall};
use super::send::{over_ui, send_ui, takes_enter};
use super::{emoji, icons, theme, words};
use crate::app::language::Sentence;
use crate::app::limit::{Limit, Room};
use crate::app::lines::Lines;
use crate::app::{Command, Nickname, Settings, TEXT_MAX};

/// Most characters that the field takes: room to paste a text and cut it into messages.
const INPUT_MAX: usize = 4 * TEXT_MAX;

/// What the field shows.
pub struct View<'a> {
    pub peer: &'a Nickname,
    pub draft: &'a str,
    /// What was said: own lines can be recalled.
    pub lines: &'a Lines,
    pub limit: Limit,
    /// Why nothing can be sent to this person now.
    pub obstacle: Option<Sentence>,
    /// The other is writing.
    pub typing: bool,
    pub settings: &'a Settings,
}

/// What only the screen knows of the field.
#[derive(Debug, Default)]
pub struct State {
    /// Short names of emoji are offered, and Enter takes one.
    completing: bool,
    focus: bool,
    /// Where the cursor is, or what is selected, in characters.
    cursor: Range<usize>,
    /// How long the draft was, in characters, when it was drawn last.
    length: usize,
    recall: Option<Recall>,
    picker: Option<Picker>,
    /// A large text that is being pasted, for this person.
    pending: Option<(Nickname, Pending)>,
}

impl State {
    /// The field gets the keyboard when it is drawn next.
    pub fn request_focus(&mut self) {
        self.focus = true;
    }
}

/// Draws the field for a message.
pub fn composer_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let id = ui.make_persistent_id(("composer", view.peer.as_str()));
    // A question over the window keeps the keyboard until it is answered.
    let is_free = ui.memory(|memory| memory.top_modal_layer().is_none());
    if state.focus && is_free {
        state.focus = false;
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let mut draft = view.draft.to_owned();
    let length = draft.chars().count();
    if length != state.length {
        // Something came back into the field: one goes on behind it.
        put_cursor(ui, id, length);
    }
    let enter = keys(ui, view, state, id, &mut draft);
    if is_free && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::E)) {
        emoji_picker::turn(ui, &mut state.picker, &view.settings.emoji);
        state.focus = state.picker.is_none();
    }
    strip_ui(ui, view);
    let (clicked, field) = row_ui(ui, view, state, id, &mut draft, commands);
    let esc = state.picker.is_some() && ui.input(|input| input.key_pressed(Key::Escape));
    state.focus |= esc;
    if let Some(emoji) = emoji_picker::picker_ui(&mut state.picker, &field, &view.settings.emoji) {
        let (whole, cursor) = paste::splice(&draft, state.cursor.clone(), emoji.as_str());
        put(ui, id, state, (&mut draft, whole), cursor);
        commands.push(used(view, emoji.as_str()));
    }
    let in_parts = over_ui(ui, view, &draft);
    let answered = pending_ui(ui, view, state, id, &mut draft);
    state.length = draft.chars().count();
    if draft != view.draft {
        commands.push(Command::Draft {
            peer: view.peer.clone(),
            text: draft.clone(),
        });
    }
    let whole = (enter || clicked) && view.limit.fits(&draft);
    let is_sent = (whole || in_parts || answered) && !draft.trim().is_empty();
    if is_sent && view.obstacle.is_none() {
        state.focus = true;
        commands.push(Command::Send {
            to: view.peer.clone(),
            text: draft,
        });
    }
}

/// What the keys mean to the field before it takes them itself; true: they send.
fn keys(ui: &Ui, view: &View<'_>, state: &mut State, id: Id, draft: &mut String) -> bool {
    let focused = ui.memory(|memory| memory.has_focus(id));
    if !focused {
        return false;
    }
    if let Some(text) = paste::take_large(ui) {
        let pending = Pending::new(&text, draft, state.cursor.clone());
        state.pending = Some((view.peer.clone(), pending));
    }
    let at_end = state.cursor.start == draft.chars().count();
    let own = (view.peer, view.lines);
    if !state.completing
        && let Some(text) = recall::keys(ui, &mut state.recall, own, (draft, at_end))
    {
        let end = text.chars().count();
        put(ui, id, state, (draft, text), end);
    }
    !state.completing && takes_enter(ui)
}

/// `text` stands in the field from now on, and the cursor at this character.
fn put(ui: &Ui, id: Id, state: &mut State, (draft, text): (&mut String, String), cursor: usize) {
    *draft = text;
    state.cursor = cursor..cursor;
    state.focus = true;
    put_cursor(ui, id, cursor);
}

fn put_cursor(ui: &Ui, id: Id, cursor: usize) {
    let mut field = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let at = CCursor::new(CharIndex(cursor));
    field.cursor.set_char_range(Some(CCursorRange::one(at)));
    field.store(ui.ctx(), id);
}

/// The line over the field: who is writing or why nothing can be sent, how much more fits. It keeps its
/// height, so that nothing moves.
fn strip_ui(ui: &mut Ui, view: &View<'_>) {
    let colours = theme::palette(ui);
    let small = |text: String, colour| RichText::new(text).small().color(colour);
    let size = vec2(ui.available_width(), theme::STRIP_HEIGHT);
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        match view.limit.room(view.draft) {
            Room::Plenty => {}
            Room::Left(left) => {
                let left = Sentence::new("talk-left").count("characters", left);
                ui.label(small(words::tell(ui, &left), colours.weak));
            }
            Room::Over(over) => {
                let over = Sentence::new("talk-over").count("characters", over);
                ui.label(small(words::tell(ui, &over), colours.bad));
            }
        }
        let typing = || Sentence::new("talk-typing").with("peer", view.peer);
        let said = match &view.obstacle {
            Some(obstacle) if !view.draft.is_empty() => Some((obstacle.clone(), colours.bad)),
            Some(_) | None => view.typing.then(|| (typing(), colours.weak)),
        };
        if let Some((sentence, colour)) = said {
            let text = small(words::tell(ui, &sentence), colour);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(text).truncate());
            });
        }
    });
}

/// The field, the button for emoji in it and the button beside it; true: that was clicked. With the
/// field's border.
fn row_ui(
    ui: &mut Ui,
    view: &View<'_>,
    state: &mut State,
    id: Id,
    draft: &mut String,
    commands: &mut Vec<Command>,
) -> (bool, Response) {
    let row = ui.text_style_height(&egui::TextStyle::Body);
    let has_word = ui.available_width() >= theme::SEND_WORD_MIN;
    let send = if has_word { SEND } else { SEND_BARE };
    let focused = ui.memory(|memory| memory.has_focus(id));
    let frame = theme::field_frame(ui, focused).show(ui, |ui| {
        ui.set_width(ui.available_width() - send - theme::GAP);
        let width = ui.available_width() - theme::SMILEY - theme::GAP;
        field_ui(ui, view, state, (id, width), draft, commands);
    });
    let frame = frame.response;
    smiley_ui(ui, view, state, frame.rect);
    let corner = frame.rect.right_bottom() + vec2(theme::GAP + send, 0.0);
    let size = vec2(send, row + 2.0 * theme::FIELD_MARGIN.y);
    let place = Rect::from_min_max(corner - size, corner);
    (send_ui(ui, view, draft, (has_word, place)), frame)
}

/// How wide the button that sends is, with its word and without.
const SEND: f32 = 88.0;
const SEND_BARE: f32 = 40.0;

fn field_ui(
    ui: &mut Ui,
    view: &View<'_>,
    state: &mut State,
    (id, width): (Id, f32),
    draft: &mut String,
    commands: &mut Vec<Command>,
) {
    let row = ui.text_style_height(&egui::TextStyle::Body);
    let height = row * theme::COMPOSER_ROWS_MAX;
    ui.spacing_mut().interact_size.y = row;
    let hint = Sentence::new("talk-hint").with("peer", view.peer);
    let field = egui::TextEdit::multiline(draft)
        .hint_text(words::tell(ui, &hint))
        .desired_rows(1)
        .desired_width(width)
        .char_limit(INPUT_MAX)
        .frame(egui::Frame::NONE)
        .margin(egui::Margin::ZERO)
        .event_filter(EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
            tab: false,
        })
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
    let suggest = |query: &egui::CompletionQuery<'_>| {
        let found = emoji::completions(query.word).into_iter();
        let offer = |(emoji, code): (&emojis::Emoji, &str)| {
            let shown = format!("{}  :{code}:", emoji.as_str());
            egui::Suggestion::new(emoji.as_str()).content(shown)
        };
        found.map(offer).collect()
    };
    let out = ScrollArea::vertical()
        .id_salt(id)
        .max_width(width)
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            egui::CompletionPopup::new(id)
                .max_height(theme::COMPLETIONS_HEIGHT)
                .show(ui, field, suggest)
        })
        .inner;
    let label = Sentence::new("talk-label").with("peer", view.peer);
    let response = out.text_edit.response.response;
    response.accessible_name(words::tell(ui, &label));
    state.completing = out.is_open;
    if let Some(cursor) = out.text_edit.cursor_range {
        let range = cursor.as_sorted_char_range();
        state.cursor = range.start.0..range.end.0;
    }
    if let Some(accepted) = out.accepted {
        let end = TextEditState::load(ui.ctx(), id).and_then(|field| field.cursor.char_range());
        let end = end.map_or(0, |range| range.primary.index.0);
        state.cursor = end..end;
        commands.push(used(view, &accepted.insert));
    }
}

/// The button for emoji, in the lower right corner of the field.
fn smiley_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, field: Rect) {
    let corner = field.right_bottom() - vec2(6.0, 5.0);
    let rect = Rect::from_min_max(
        corner - vec2(theme::SMILEY + 4.0, theme::SMILEY + 2.0),
        corner,
    );
    let face = Atom::paint(
        vec2(theme::SMILEY - 4.0, theme::SMILEY - 4.0),
        |ui, args| {
            icons::smiley(ui, args.rect);
        },
    );
    let button = egui::Button::new(face).frame_when_inactive(false);
    let word = words::say(ui, "talk-emoji");
    let padding = std::mem::take(&mut ui.spacing_mut().button_padding);
    let response = ui.put(rect, button).accessible_name(&word);
    ui.spacing_mut().button_padding = padding;
    let response = response.on_hover_text(word);
    if response.clicked() {
        emoji_picker::turn(ui, &mut state.picker, &view.settings.emoji);
    }
}

/// The question about a large text that is being pasted; true: it is sent as it is.
fn pending_ui(ui: &Ui, view: &View<'_>, state: &mut State, id: Id, draft: &mut String) -> bool {
    let Some((peer, mut pending)) = state.pending.take() else {
        return false;
    };
    if peer != *view.peer {
        return false;
    }
    let Some(answer) = paste::question_ui(ui, &mut pending, (view.limit, view.obstacle.is_none()))
    else {
        state.pending = Some((peer, pending));
        return false;
    };
    state.focus = true;
    ui.ctx().request_repaint();
    let Pending { whole, cursor, .. } = pending;
    match answer {
        Answer::Cancel => {}
        Answer::Paste => put(ui, id, state, (draft, whole), cursor),
        Answer::Cut => {
            let whole = whole[..view.limit.fitting(&whole)].to_owned();
            let end = whole.chars().count();
            put(ui, id, state, (draft, whole), end);
        }
        Answer::Send => {
            *draft = whole;
            return true;
        }
    }
    false
}

/// An emoji was used.
fn used(view: &View<'_>, emoji: &str) -> Command {
    let emoji = emoji::used(&view.settings.emoji, emoji);
    Command::Change(Box::new(Settings {
        emoji,
        ..view.settings.clone()
    }))
}
