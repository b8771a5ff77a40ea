//! The question before a large text is pasted: so much is seldom meant to be a message.

use egui::{Event, RichText, Ui};

use super::{theme, words};
use crate::app::language::Sentence;
use crate::app::limit::{Limit, MESSAGES_MAX};
use crate::app::text;

/// Pasted without a question: a screen full at most.
const CHARS_MAX: usize = 2000;
const LINES_MAX: usize = 20;

/// The beginning that is shown: what the eye takes in at once.
const SHOWN_LINES: usize = 6;
const SHOWN_CHARS: usize = 400;

/// A text that waits for the answer.
#[derive(Debug)]
pub struct Pending {
    /// The whole field as it would be.
    pub whole: String,
    /// Where the cursor would be, in characters.
    pub cursor: usize,
    chars: usize,
    lines: usize,
    beginning: String,
    is_new: bool,
}

/// What the user wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Paste,
    /// As much of it as one message holds.
    Cut,
    /// All of it now, in several messages.
    Send,
    Cancel,
}

impl Pending {
    /// `text` pasted into `draft` over these characters.
    pub fn new(text: &str, draft: &str, place: std::ops::Range<usize>) -> Self {
        let (whole, cursor) = splice(draft, place, text);
        let beginning: Vec<&str> = text.lines().take(SHOWN_LINES).collect();
        let beginning = beginning
            .join("\n")
            .chars()
            .take(SHOWN_CHARS)
            .collect::<String>();
        Self {
            whole,
            cursor,
            chars: text.chars().count(),
            lines: text.lines().count(),
            beginning: text::visible(&beginning),
            is_new: true,
        }
    }
}

/// `text` in the place of these characters of `draft`, and where it ends.
pub fn splice(draft: &str, place: std::ops::Range<usize>, text: &str) -> (String, usize) {
    let at = |n: usize| {
        draft
            .char_indices()
            .nth(n)
            .map_or(draft.len(), |(at, _)| at)
    };
    let (before, after) = (&draft[..at(place.start)], &draft[at(place.end)..]);
    let cursor = before.chars().count() + text.chars().count();
    (format!("{before}{text}{after}"), cursor)
}

/// Takes a large text that is being pasted out of this frame's input.
pub fn take_large(ui: &Ui) -> Option<String> {
    ui.input_mut(|input| {
        let large = |event: &Event| matches!(event, Event::Paste(text) if is_large(text));
        let at = input.events.iter().position(large)?;
        let Event::Paste(text) = input.events.remove(at) else {
            return None;
        };
        Some(text)
    })
}

fn is_large(text: &str) -> bool {
    text.chars().nth(CHARS_MAX).is_some() || text.lines().nth(LINES_MAX).is_some()
}

/// Draws the question over the window; `None`: it is not answered yet. The keyboard is at an answer that
/// sends nothing and cuts nothing off. `sends`: the person can be written to.
pub fn question_ui(
    ui: &Ui,
    pending: &mut Pending,
    (limit, sends): (Limit, bool),
) -> Option<Answer> {
    let modal = egui::Modal::new(egui::Id::unique("paste"))
        .frame(theme::dialog_frame(ui))
        .show(ui.ctx(), |ui| {
            ui.set_width(
                theme::DIALOG_WIDTH.min(ui.ctx().content_rect().width() - 5.0 * theme::EDGE),
            );
            let title = Sentence::new("talk-paste-title")
                .with("characters", text::grouped(pending.chars))
                .count("lines", pending.lines);
            ui.heading(RichText::new(words::tell(ui, &title)).size(theme::TITLE));
            ui.add_space(theme::GAP);
            beginning_ui(ui, pending);
            ui.add_space(theme::GAP);
            answers_ui(ui, pending, (limit, sends))
        });
    pending.is_new = false;
    if modal.should_close() {
        return Some(Answer::Cancel);
    }
    modal.inner
}

fn beginning_ui(ui: &mut Ui, pending: &Pending) {
    let frame = theme::field_frame(ui, false);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        for line in pending.beginning.lines() {
            let line = RichText::new(line).small().monospace();
            ui.add(egui::Label::new(line).truncate());
        }
        if pending.lines > SHOWN_LINES {
            ui.label(RichText::new("…").small());
        }
    });
}

fn answers_ui(ui: &mut Ui, pending: &Pending, (limit, sends): (Limit, bool)) -> Option<Answer> {
    let messages = match limit.fits(&pending.whole) {
        true => 1,
        false => limit.cut(&pending.whole).len(),
    };
    if messages > 1 {
        let id = match messages > MESSAGES_MAX {
            true => "talk-paste-too-much",
            false => "talk-paste-long",
        };
        let hint = RichText::new(words::say(ui, id)).color(theme::palette(ui).weak);
        ui.add(egui::Label::new(hint).wrap());
        ui.add_space(theme::GAP);
    }
    let mut answers = vec![];
    if messages == 1 {
        answers.push((words::say(ui, "talk-paste-paste"), Answer::Paste));
    } else if sends && messages <= MESSAGES_MAX {
        let send = Sentence::new("talk-send-parts").count("messages", messages);
        answers.push((words::tell(ui, &send), Answer::Send));
    }
    if messages > 1 {
        answers.push((words::say(ui, "talk-paste-cut"), Answer::Cut));
    }
    answers.push((words::say(ui, "shell-cancel"), Answer::Cancel));
    let mut answer = None;
    ui.horizontal_wrapped(|ui| {
        for (at, (word, means)) in answers.into_iter().enumerate() {
            let button = match at {
                0 => theme::main_button(ui, &word),
                _ => egui::Button::new(&word).min_size(egui::vec2(0.0, theme::BUTTON_HEIGHT)),
            };
            let button = ui.add(button);
            let is_harmless = match messages {
                1 => means == Answer::Paste,
                _ => means == Answer::Cancel,
            };
            if is_harmless && pending.is_new {
                button.request_focus();
            }
            if button.clicked() {
                answer = Some(means);
            }
        }
    });
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_in_the_place_of_what_was_selected() {
        let splice = |draft, place, text| super::splice(draft, place, text);
        assert_eq!(splice("", 0..0, "你"), ("你".to_owned(), 1));
        assert_eq!(splice("ab", 1..1, "你"), ("a你b".to_owned(), 2));
        assert_eq!(splice("明日は", 1..2, "xyz"), ("明xyzは".to_owned(), 4));
        assert_eq!(
            splice("ab", 5..9, "c"),
            ("abc".to_owned(), 3),
            "beyond the end"
        );
    }

    #[test]
    fn only_a_large_text_is_asked_about() {
        assert!(!is_large(&"x".repeat(CHARS_MAX)));
        assert!(is_large(&"明".repeat(CHARS_MAX + 1)));
        assert!(!is_large(&"x\n".repeat(LINES_MAX)));
        assert!(is_large(&"x\n".repeat(LINES_MAX + 1)));
    }
}
