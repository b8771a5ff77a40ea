//! Thin bars over the conversation: signed out, a server that does not answer, something to know. Each
//! says what to do, and its buttons do it.

use egui::{Label, Layout, Response, RichText, Ui};

use super::{theme, widgets, words};
use crate::app::form::{Field, Form, Problems};
use crate::app::language::Sentence;
use crate::app::session::{Session, Standing};
use crate::app::{Command, LostCause, Now, Page, hosting, hosting::Hosting, sentences};

/// What the bar about the server shows.
pub struct View<'a> {
    pub now: Now,
    pub session: &'a Session,
    pub hosting: &'a Hosting,
    pub problems: &'a Problems,
    pub form: &'a Form,
}

/// A button in a bar.
struct Action {
    id: &'static str,
    hint: Option<&'static str>,
    enabled: bool,
    command: Command,
}

/// Draws the bar about the server, if there is something to say about it. Its button keeps its place
/// while the server is asked, so that a second click does nothing else.
pub fn session_bar_ui(ui: &mut Ui, view: &View<'_>, commands: &mut Vec<Command>) {
    let session = view.session;
    match session.standing {
        Standing::Online => {}
        Standing::SignedOut if session.at_own_host && view.hosting.was_stopped => {
            let text = words::say(ui, "notice-stopped-hosting");
            let mut again = Action::new("shell-host-again", Command::Host(view.form.clone()));
            again.enabled = view.hosting.standing == hosting::Standing::Off;
            said_bar_ui(ui, &text, again, commands);
        }
        Standing::SignedOut => {
            let text = words::say(ui, "notice-signed-out");
            let again = Action::new("shell-sign-in-again", Command::SignIn(view.form.clone()));
            said_bar_ui(ui, &text, again, commands);
        }
        Standing::SigningIn { attempt } => {
            let sentence = match (session.lost, attempt) {
                (Some(cause), _) => sentences::asked_again(cause),
                (None, 0 | 1) => Sentence::new("shell-asking"),
                (None, _) => Sentence::new("shell-asking-again").count("attempt", attempt),
            };
            lost_ui(ui, view, &sentence, commands);
        }
        Standing::Waiting { cause, .. } => {
            let seconds = session.retry_in_s(view.now).unwrap_or(0);
            lost_ui(ui, view, &sentences::lost(cause, seconds), commands);
        }
    }
}

/// The server is not there: it can be asked now, or one hosts in its place.
fn lost_ui(ui: &mut Ui, view: &View<'_>, sentence: &Sentence, commands: &mut Vec<Command>) {
    let mut try_now = Action::new("shell-try-now", Command::Reconnect);
    try_now.enabled = matches!(view.session.standing, Standing::Waiting { .. });
    let mut actions = vec![try_now];
    if !view.session.at_own_host && view.session.is_lost_for_long(view.now) {
        let mut host = Action::new("shell-host-instead", Command::Host(view.form.clone()));
        host.hint = Some("shell-host-instead-hint");
        host.enabled = view.hosting.standing == hosting::Standing::Off;
        actions.push(host);
    }
    bar_ui(ui, &words::tell(ui, sentence), actions, commands);
    // Nobody wants to hear the seconds pass: what is said stays the same while the server is not there.
    if let Some(cause) = view.session.lost {
        let said = match cause {
            LostCause::Silent => "shell-lost-silent",
            LostCause::Down => "shell-lost-down",
        };
        widgets::voice_ui(ui, "session", &words::say(ui, said));
    }
    let problem = [Field::HostPort, Field::Host]
        .iter()
        .find_map(|field| view.problems.at(*field));
    if let Some(problem) = problem {
        let change = Action::new("shell-host-where", Command::Go(Page::Host));
        said_bar_ui(ui, &words::tell(ui, problem), change, commands);
    }
}

/// Draws the bar with the notice, if there is one.
pub fn notice_bar_ui(ui: &mut Ui, notice: Option<&Sentence>, commands: &mut Vec<Command>) {
    if let Some(notice) = notice {
        let dismiss = Action::new("shell-dismiss", Command::DismissNotice);
        said_bar_ui(ui, &words::tell(ui, notice), dismiss, commands);
    }
}

/// Draws the bar with the notice that stays until it is read, and says how many wait behind it.
pub fn standing_bar_ui(
    ui: &mut Ui,
    standing: Option<(&Sentence, usize)>,
    commands: &mut Vec<Command>,
) {
    let Some((notice, behind)) = standing else {
        return;
    };
    let mut text = words::tell(ui, notice);
    let mut dismiss = Action::new("shell-dismiss", Command::DismissStanding);
    if behind > 0 {
        let more = Sentence::new("shell-more-notices").count("count", behind);
        text = format!("{text}\n{}", words::tell(ui, &more));
        dismiss.id = "shell-next-notice";
    }
    said_bar_ui(ui, &text, dismiss, commands);
}

impl Action {
    fn new(id: &'static str, command: Command) -> Self {
        Self {
            id,
            hint: None,
            enabled: true,
            command,
        }
    }
}

/// A bar that a screen reader says when it comes.
fn said_bar_ui(ui: &mut Ui, text: &str, action: Action, commands: &mut Vec<Command>) {
    let text = bar_ui(ui, text, vec![action], commands);
    widgets::say_at_once(ui, &text);
}

/// One bar: its text, and its buttons at the right or, where it is narrow, below it.
fn bar_ui(ui: &mut Ui, text: &str, actions: Vec<Action>, commands: &mut Vec<Command>) -> Response {
    let text = RichText::new(text).color(theme::palette(ui).on_bar);
    let label = Label::new(text).wrap();
    theme::bar_frame(ui)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            if ui.available_width() < theme::BAR_WIDE_MIN {
                let label = ui.add(label);
                let right = Layout::right_to_left(egui::Align::Min);
                ui.horizontal(|ui| ui.with_layout(right, |ui| actions_ui(ui, actions, commands)));
                return label;
            }
            let sides = egui::Sides::new().shrink_left().wrap();
            let left = |ui: &mut Ui| ui.add(label);
            sides
                .show(ui, left, |ui| actions_ui(ui, actions, commands))
                .0
        })
        .inner
}

/// The buttons, the first of them outermost.
fn actions_ui(ui: &mut Ui, actions: Vec<Action>, commands: &mut Vec<Command>) {
    for action in actions {
        let button = egui::Button::new(words::say(ui, action.id));
        let mut button = ui.add_enabled(action.enabled, button);
        if let Some(hint) = action.hint {
            button = button.on_hover_text(words::say(ui, hint));
        }
        if button.clicked() {
            commands.push(action.command);
        }
    }
}
