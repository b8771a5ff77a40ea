//! What is asked before a click costs somebody a server: others the one on this computer, or oneself the
//! one where one is signed in. The question before closing is in [`super::closing`].

use egui::{Id, Modal, Ui};

use super::closing::Closing;
use super::window::Window;
use super::{theme, words};
use crate::app::closing::Cost;
use crate::app::language::Sentence;
use crate::app::{Command, Now, hosting::Standing};

/// A command that waits for an answer.
pub(super) struct Question {
    command: Command,
    cost: Cost,
    /// Nothing was drawn of it yet.
    is_new: bool,
}

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Leave,
    Do,
}

impl Window {
    /// Holds a command back that would cost somebody something, and asks; true: it does.
    pub(super) fn asks_first(&mut self, now: Now, command: &Command) -> bool {
        let Some(cost) = self.app.cost(now, command) else {
            return false;
        };
        self.question = Some(Question {
            command: command.clone(),
            cost,
            is_new: true,
        });
        true
    }

    /// Draws the question, if there is one, with the keyboard at the answer that changes nothing.
    /// Returns the command once the user is sure.
    pub(super) fn question_ui(&mut self, ui: &Ui, now: Now) -> Option<Command> {
        if self.closing != Closing::No {
            return None;
        }
        let mut question = self.question.take()?;
        let is_off = self.app.hosting().standing == Standing::Off;
        // Meanwhile the server has ended, or has begun, by itself.
        if is_off == matches!(question.cost, Cost::Others(_)) {
            return None;
        }
        if let Cost::Others(people) = &mut question.cost {
            let cost = self.app.cost(now, &question.command);
            *people = match cost {
                Some(Cost::Others(people)) => people,
                Some(Cost::Place(_)) | None => 0,
            };
        }
        let answer = ask_ui(ui, &question);
        question.is_new = false;
        match answer {
            None => self.question = Some(question),
            Some(Answer::Leave) => {}
            Some(Answer::Do) => return Some(question.command),
        }
        None
    }
}

fn ask_ui(ui: &Ui, question: &Question) -> Option<Answer> {
    let (title, sentence, stay, go) = match &question.cost {
        Cost::Others(people) => (
            "host-ask-stop",
            Sentence::new("host-ask-stop-others").count("people", *people as u64),
            "host-ask-stop-keep",
            "host-stop",
        ),
        Cost::Place(place) => (
            "host-ask-leave",
            Sentence::new("host-ask-leave-place").with("place", place),
            "host-ask-leave-stay",
            "shell-host-here",
        ),
    };
    let mut answer = None;
    let modal = Modal::new(Id::unique("question")).frame(theme::dialog_frame(ui));
    let modal = modal.show(ui.ctx(), |ui| {
        ui.spacing_mut().interact_size.y = theme::BUTTON_HEIGHT;
        ui.set_width(theme::CARD_WIDTH.min(ui.ctx().content_rect().width() - 5.0 * theme::EDGE));
        ui.heading(words::say(ui, title));
        ui.add_space(theme::GAP);
        ui.label(words::tell(ui, &sentence));
        ui.add_space(theme::GAP);
        ui.vertical_centered_justified(|ui| {
            if ui.button(words::say(ui, go)).clicked() {
                answer = Some(Answer::Do);
            }
            let stay = ui.button(words::say(ui, stay));
            if question.is_new {
                stay.request_focus();
            }
            if stay.clicked() {
                answer = Some(Answer::Leave);
            }
        });
    });
    answer.or(modal.should_close().then_some(Answer::Leave))
}
