//! The own last lines, back in the empty message field: Up brings the one before, Down the one after,
//! Esc empties the field again.

use egui::{Key, Modifiers, Ui};

use crate::app::lines::{Line, Lines, Origin};
use crate::app::{LineId, Nickname};

/// The line that stands in the field.
#[derive(Debug)]
pub struct Recall {
    peer: Nickname,
    line: LineId,
    text: String,
}

/// What stands in the field after the keys of this frame; `None`: what stood there before. A text that
/// was changed is a new one, and in a text that the cursor goes about in the keys move the cursor.
pub fn keys(
    ui: &Ui,
    state: &mut Option<Recall>,
    (peer, lines): (&Nickname, &Lines),
    (draft, at_end): (&str, bool),
) -> Option<String> {
    if state
        .as_ref()
        .is_some_and(|it| it.peer != *peer || it.text != draft)
    {
        *state = None;
    }
    if !at_end || state.is_none() && !draft.is_empty() {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let shown = state.as_ref().map(|it| it.line);
    let mut own = lines.iter().filter(|line| is_own(line));
    let found = if pressed(Key::ArrowUp) {
        own.rfind(|line| shown.is_none_or(|shown| line.id < shown) && line.text != draft)?
    } else if shown.is_some() && pressed(Key::ArrowDown) {
        match own.find(|line| Some(line.id) > shown && line.text != draft) {
            Some(line) => line,
            None => return leave(state),
        }
    } else if shown.is_some() && pressed(Key::Escape) {
        return leave(state);
    } else {
        return None;
    };
    *state = Some(Recall {
        peer: peer.clone(),
        line: found.id,
        text: found.text.clone(),
    });
    Some(found.text.clone())
}

fn leave(state: &mut Option<Recall>) -> Option<String> {
    *state = None;
    Some(String::new())
}

fn is_own(line: &Line) -> bool {
    matches!(line.origin, Origin::Own { .. })
}
