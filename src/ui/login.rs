//! The form to sign in with: who one is, and one button to join the last server or, where there is none
//! yet, the field for its address; beside it the button to host. Ports are behind "Advanced".

use egui::{Button, RichText, Ui, vec2};

use super::{host, theme, widgets, words};
use crate::app::form::{Field, Form, Problems};
use crate::app::hosting::{self, Hosting};
use crate::app::language::Sentence;
use crate::app::session::{Session, Standing};
use crate::app::{Command, Now, Settings, sentences};

/// What the form shows beside what is typed in it.
pub struct View<'a> {
    pub now: Now,
    pub session: &'a Session,
    pub problems: &'a Problems,
    pub hosting: &'a Hosting,
    pub settings: &'a Settings,
}

/// What only the screen knows of the form.
#[derive(Debug)]
pub struct State {
    /// Another server than the last one is being entered.
    elsewhere: bool,
    /// What was wrong when the last frame was drawn.
    problems: Problems,
    /// Ports are to be seen from now on.
    show_ports: bool,
    /// What gets the keyboard when it is drawn.
    focus: Option<Focus>,
    /// The nickname in the field is a suggestion, which the first key types over.
    mark_nickname: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Field(Field),
    Join,
}

impl State {
    pub fn new(form: &Form) -> Self {
        let elsewhere = form.joins().is_none();
        let focus = if form.nickname.is_empty() {
            Focus::Field(Field::Nickname)
        } else if elsewhere {
            Focus::Field(Field::Server)
        } else {
            Focus::Join
        };
        Self {
            elsewhere,
            problems: Problems::default(),
            show_ports: false,
            focus: Some(focus),
            mark_nickname: false,
        }
    }

    /// A server has taken the sign-in: next time it is the one to join.
    pub fn on_entered(&mut self, form: &Form) {
        self.elsewhere = form.joins().is_none();
    }

    /// The keyboard goes to what has become wrong, and a suggestion into its field.
    fn on_problems(&mut self, problems: &Problems, form: &mut Form) {
        if self.problems == *problems {
            return;
        }
        self.problems = problems.clone();
        if let Some(other) = problems.suggestion() {
            form.nickname = other.to_string();
            self.mark_nickname = true;
        }
        let fields = [
            Field::Nickname,
            Field::Server,
            Field::Port,
            Field::OwnPort,
            Field::HostPort,
        ];
        let wrong = |field: &Field| problems.at(*field).is_some();
        self.focus = fields.into_iter().find(wrong).map(Focus::Field);
        self.elsewhere |= wrong(&Field::Server) || form.joins().is_none();
        self.show_ports |= fields[2..].iter().any(wrong);
    }

    /// True once when `place` is to have the keyboard.
    fn takes(&mut self, place: Focus) -> bool {
        self.focus.take_if(|focus| *focus == place).is_some()
    }
}

/// Draws the form into the width that is there.
pub fn login_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (form, state): (&mut Form, &mut State),
    commands: &mut Vec<Command>,
) {
    state.on_problems(view.problems, form);
    let before = form.clone();
    widgets::problem_ui(ui, view.problems.at(Field::Profile));
    let mut enter = nickname_ui(ui, view, form, state);
    enter |= server_ui(ui, view, form, state);
    ui.add_space(theme::GAP);
    match view.session.standing {
        Standing::SignedOut => enter |= start_ui(ui, view, form, state, commands),
        Standing::SigningIn { attempt } => signing_in_ui(ui, attempt, commands),
        Standing::Online | Standing::Waiting { .. } => {
            enter |= waiting_ui(ui, commands);
            host_here_ui(ui, view, form, commands);
        }
    }
    widgets::problem_ui(ui, view.problems.at(Field::Host));
    if view.hosting.standing != hosting::Standing::Off {
        ui.add_space(theme::GAP);
        host::host_ui(ui, view.hosting, (form, view.problems), commands);
    }
    ui.add_space(theme::GAP);
    at_start_ui(ui, view.settings, commands);
    enter |= advanced_ui(ui, view, form, state);
    if enter && !matches!(view.session.standing, Standing::SigningIn { .. }) {
        commands.push(Command::SignIn(form.clone()));
    }
    // Whoever is entering another address is not to be interrupted by a try of the old one.
    let waiting = matches!(view.session.standing, Standing::Waiting { .. });
    if waiting && commands.is_empty() && form.signs_in_otherwise(&before) {
        commands.push(Command::SignOut);
    }
}

/// True: Enter was pressed in it.
fn nickname_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form, state: &mut State) -> bool {
    let width = ui.available_width();
    let label = words::say(ui, "shell-nickname");
    let nickname = ui.add_enabled_ui(is_idle(view.session), |ui| {
        widgets::field(ui, &label, &mut form.nickname, width)
    });
    let nickname = nickname.inner;
    if state.takes(Focus::Field(Field::Nickname)) {
        nickname.request_focus();
    }
    if std::mem::take(&mut state.mark_nickname) {
        widgets::select_all(ui, nickname.id, &form.nickname);
    }
    widgets::problem_ui(ui, view.problems.at(Field::Nickname));
    is_entered(ui, &nickname)
}

/// The server's address, where it is to be seen; true: Enter was pressed in it.
fn server_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form, state: &mut State) -> bool {
    if view.hosting.is_wanted() {
        return false;
    }
    let mut enter = false;
    if state.elsewhere {
        ui.add_space(4.0);
        let width = ui.available_width();
        let label = words::say(ui, "shell-server");
        let server = ui.add_enabled_ui(is_idle(view.session), |ui| {
            let hint = words::say(ui, "shell-server-example");
            widgets::field_with_hint(ui, (&label, &hint), &mut form.server, width)
        });
        if state.takes(Focus::Field(Field::Server)) {
            server.inner.request_focus();
        }
        enter = is_entered(ui, &server.inner);
    }
    widgets::problem_ui(ui, view.problems.at(Field::Server));
    if let Some(seconds) = view.session.retry_in_s(view.now) {
        let sentence = sentences::silent(&view.session.server, seconds);
        widgets::silent_problem_ui(ui, &sentence);
    }
    enter
}

/// The button to join the server, and beside or below it the one to host; true: join.
fn start_ui(
    ui: &mut Ui,
    view: &View<'_>,
    form: &Form,
    state: &mut State,
    commands: &mut Vec<Command>,
) -> bool {
    if view.hosting.is_wanted() {
        return join_ui(ui, words::say(ui, "shell-join-own"), state);
    }
    let server = form.joins().filter(|_| !state.elsewhere);
    let Some(server) = server else {
        return ui.columns(2, |columns| {
            let label = words::say(&columns[0], "shell-join");
            let join = join_ui(&mut columns[0], label, state);
            host_here_ui(&mut columns[1], view, form, commands);
            join
        });
    };
    let room = form.joins_room(view.settings);
    let sentence = Sentence::new("shell-join-server").with("server", room.unwrap_or(&server));
    let join = join_ui(ui, words::tell(ui, &sentence), state);
    if room.is_some() {
        widgets::hint_ui(ui, &server);
    }
    if ui.available_width() < theme::TWO_BUTTONS_MIN {
        elsewhere_ui(ui, state);
        host_here_ui(ui, view, form, commands);
    } else {
        ui.columns(2, |columns| {
            elsewhere_ui(&mut columns[0], state);
            host_here_ui(&mut columns[1], view, form, commands);
        });
    }
    join
}

fn elsewhere_ui(ui: &mut Ui, state: &mut State) {
    let elsewhere = words::say(ui, "shell-elsewhere");
    if wide_button_ui(ui, &elsewhere).clicked() {
        state.elsewhere = true;
        state.focus = Some(Focus::Field(Field::Server));
    }
}

fn join_ui(ui: &mut Ui, label: String, state: &mut State) -> bool {
    let size = vec2(ui.available_width(), theme::BIG_BUTTON_HEIGHT);
    let join = ui.add_sized(size, theme::main_button(ui, &label).truncate());
    if state.takes(Focus::Join) {
        join.request_focus();
    }
    join.clicked()
}

fn host_here_ui(ui: &mut Ui, view: &View<'_>, form: &Form, commands: &mut Vec<Command>) {
    let label = words::say(ui, "shell-host-here");
    let off = view.hosting.standing == hosting::Standing::Off;
    let clicked = ui.add_enabled_ui(off, |ui| wide_button_ui(ui, &label).clicked());
    if clicked.inner {
        commands.push(Command::Host(form.clone()));
    }
}

fn wide_button_ui(ui: &mut Ui, label: &str) -> egui::Response {
    let size = vec2(ui.available_width(), theme::BIG_BUTTON_HEIGHT);
    ui.add_sized(size, Button::new(label).truncate())
}

fn signing_in_ui(ui: &mut Ui, attempt: u32, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::BIG_BUTTON_HEIGHT);
        let sentence = match attempt {
            0 | 1 => Sentence::new("shell-signing-in"),
            _ => Sentence::new("shell-signing-in-again").count("attempt", attempt),
        };
        let text = RichText::new(words::tell(ui, &sentence)).color(theme::palette(ui).weak);
        ui.label(text);
        if ui.button(words::say(ui, "shell-cancel")).clicked() {
            commands.push(Command::SignOut);
        }
    });
}

/// The server is silent and asked again by itself; true: the user wants it asked now, perhaps with
/// another address.
fn waiting_ui(ui: &mut Ui, commands: &mut Vec<Command>) -> bool {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::BIG_BUTTON_HEIGHT);
        let label = words::say(ui, "shell-try-now");
        let now = ui.add(theme::main_button(ui, &label)).clicked();
        if ui.button(words::say(ui, "shell-cancel")).clicked() {
            commands.push(Command::SignOut);
        }
        now
    })
    .inner
}

fn at_start_ui(ui: &mut Ui, settings: &Settings, commands: &mut Vec<Command>) {
    let mut at_start = settings.sign_in_at_start;
    let label = words::say(ui, "shell-sign-in-at-start");
    if ui.checkbox(&mut at_start, label).changed() {
        let settings = Settings {
            sign_in_at_start: at_start,
            ..settings.clone()
        };
        commands.push(Command::Change(Box::new(settings)));
    }
}

/// The ports; true: Enter was pressed in one that one signs in with.
fn advanced_ui(ui: &mut Ui, view: &View<'_>, form: &mut Form, state: &mut State) -> bool {
    let open = std::mem::take(&mut state.show_ports).then_some(true);
    let header = words::say(ui, "shell-advanced");
    let ports = egui::CollapsingHeader::new(header)
        .id_salt("ports")
        .open(open)
        .show_unindented(ui, |ui| {
            let idle = is_idle(view.session);
            let port = (Field::Port, "shell-port", "shell-port-hint");
            let mut enter = port_ui(ui, view, port, (&mut form.port, idle), state);
            let own = (Field::OwnPort, "shell-own-port", "shell-own-port-hint");
            enter |= port_ui(ui, view, own, (&mut form.own_port, idle), state);
            // A running server's port stands beside its box.
            if view.hosting.standing == hosting::Standing::Off {
                let host = (Field::HostPort, "shell-host-port", "shell-host-port-hint");
                port_ui(ui, view, host, (&mut form.host_port, true), state);
            }
            enter
        });
    ports.body_returned.unwrap_or_default()
}

/// A port with what it is for; true: Enter was pressed in it.
fn port_ui(
    ui: &mut Ui,
    view: &View<'_>,
    (field, label, hint): (Field, &'static str, &'static str),
    (text, enabled): (&mut String, bool),
    state: &mut State,
) -> bool {
    let label = words::say(ui, label);
    let port = ui.add_enabled_ui(enabled, |ui| {
        widgets::field(ui, &label, text, theme::PORT_WIDTH)
    });
    if state.takes(Focus::Field(field)) {
        port.inner.request_focus();
    }
    widgets::problem_ui(ui, view.problems.at(field));
    widgets::hint_ui(ui, &words::say(ui, hint));
    is_entered(ui, &port.inner)
}

fn is_entered(ui: &Ui, field: &egui::Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// No request is under way, so the fields can be changed.
fn is_idle(session: &Session) -> bool {
    matches!(
        session.standing,
        Standing::SignedOut | Standing::Waiting { .. }
    )
}
