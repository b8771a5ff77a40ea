//! The way to anybody and anything by a few letters: a field over the window and what fits to it.

use egui::{Align2, Id, Key, Modal, Modifiers, TextEdit, Ui, vec2};

use super::choice::{self, Choice};
use super::window::{Side, Window};
use super::{avatar, theme, widgets, words};
use crate::app::contacts::{Contacts, Person};
use crate::app::session::Standing;
use crate::app::{App, Command, Nickname, Now, Page, fuzzy, text};

const ROW: f32 = 44.0;

/// Rows in view at most; the rest is scrolled to.
const ROWS: f32 = 8.0;

/// People one talked with last that stand before all else while nothing is typed.
const RECENT: usize = 6;

/// Most characters of the field: as many as the longest name has.
const TEXT_MAX: usize = 32;

/// What only the screen knows of it.
#[derive(Debug, Default)]
pub struct State {
    is_open: bool,
    is_new: bool,
    text: String,
    choice: Choice,
    found: Vec<Goal>,
    /// Who is chosen: their place changes as lines come.
    person: Option<Nickname>,
    /// What that was found with.
    by: Option<(String, u64)>,
}

/// Where one can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// A person, by the place in the list.
    Person(usize),
    Do(Doing),
}

/// What can be done from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Search,
    Filter,
    Host,
    Settings,
    Keys,
    SignOut,
}

impl Doing {
    const ALL: [Self; 6] = [
        Self::Search,
        Self::Filter,
        Self::Host,
        Self::Settings,
        Self::Keys,
        Self::SignOut,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::Search => "people-keys-find-everywhere",
            Self::Filter => "people-filter",
            Self::Host => "people-jump-host",
            Self::Settings => "shell-settings",
            Self::Keys => "people-keys",
            Self::SignOut => "people-sign-out",
        }
    }
}

impl State {
    /// Opens it anew.
    pub fn open(&mut self) {
        *self = Self {
            is_open: true,
            is_new: true,
            ..Self::default()
        };
    }

    /// Looks anew what fits, if that or the list of people has changed.
    fn find(&mut self, ui: &Ui, app: &App) {
        let contacts = app.contacts();
        let wanted = self.text.trim().to_lowercase();
        let by = (wanted, contacts.revision());
        if self.by.as_ref() == Some(&by) {
            return;
        }
        let wanted = by.0.as_str();
        let person = |place: usize| {
            let person = contacts.at(place)?;
            let score = fuzzy::score(wanted, person.folded())?;
            Some((score, person.newest, Goal::Person(place)))
        };
        let mut people: Vec<_> = (0..contacts.len()).filter_map(person).collect();
        people.sort_by_key(|(_, newest, _)| std::cmp::Reverse(*newest));
        let doing = |doing: Doing| {
            let is_there = match doing {
                Doing::SignOut => app.session().entered,
                Doing::Search | Doing::Filter => !app.is_welcome(),
                Doing::Host | Doing::Settings | Doing::Keys => true,
            };
            if !is_there {
                return None;
            }
            let name = words::say(ui, doing.id()).to_lowercase();
            let score = fuzzy::score(wanted, &name)?;
            Some((score, None, Goal::Do(doing)))
        };
        let doings = Doing::ALL.into_iter().filter_map(doing);
        let all: Vec<_> = if wanted.is_empty() {
            // Nobody scrolls through thousands to the things that can be done.
            let recent = people.iter().take(RECENT);
            let recent = recent.filter(|(_, newest, _)| newest.is_some()).count();
            let others = people.split_off(recent);
            people.into_iter().chain(doings).chain(others).collect()
        } else {
            // A person goes before a thing that fits as well.
            people.extend(doings);
            people.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
            people
        };
        self.found = all.into_iter().map(|(.., goal)| goal).collect();
        if self.by.as_ref().is_none_or(|(before, _)| *before != by.0) {
            self.choice.reset();
        } else if let Some(person) = &self.person {
            let is_theirs = |goal: &Goal| matches!(goal, Goal::Person(place) if contacts.at(*place).is_some_and(|at| at.nickname == *person));
            self.choice.at = self.found.iter().position(is_theirs).unwrap_or_default();
        }
        self.by = Some(by);
    }
}

impl Window {
    /// Draws it over the window, while it is open.
    pub(super) fn jump_ui(&mut self, ui: &Ui, now: Now, commands: &mut Vec<Command>) {
        if !self.jump.is_open {
            return;
        }
        let again = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::K));
        self.jump.find(ui, &self.app);
        let id = Id::unique("jump");
        let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 48.0));
        let modal = Modal::new(id).area(area);
        let modal = modal.show(ui.ctx(), |ui| self.jump_content_ui(ui, now));
        let is_over = again || modal.should_close();
        if let Some(goal) = modal.inner {
            self.jump.is_open = false;
            self.jump_to(goal, commands);
        } else if is_over {
            self.jump.is_open = false;
            self.composer.request_focus();
        }
    }

    /// The field and the list; the goal that was chosen.
    fn jump_content_ui(&mut self, ui: &mut Ui, now: Now) -> Option<Goal> {
        let room = ui.ctx().content_rect().size();
        ui.set_width(theme::DIALOG_WIDTH.min(room.x - 4.0 * theme::EDGE));
        let rows = self.jump.found.len();
        self.jump.choice.keys_ui(ui, rows, ROW);
        let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let id = Id::unique(("jump", "field"));
        let name = words::say(ui, "people-jump");
        let field = TextEdit::singleline(&mut self.jump.text)
            .id(id)
            .hint_text(words::say(ui, "people-jump-hint"))
            .desired_width(f32::INFINITY)
            .char_limit(TEXT_MAX)
            .margin(egui::Margin::symmetric(10, 8));
        let field = ui.add(field).accessible_name(name);
        if std::mem::take(&mut self.jump.is_new) || !field.has_focus() {
            field.request_focus();
        }
        if field.changed() {
            self.jump.find(ui, &self.app);
        }
        ui.add_space(theme::GAP);
        if self.jump.found.is_empty() {
            widgets::empty_ui(ui, &words::say(ui, "people-jump-none"));
            return None;
        }
        let mut picked = None;
        let present = self.app.session().standing == Standing::Online;
        let State { choice, found, .. } = &mut self.jump;
        let at = choice.at;
        let height = (room.y - 180.0).min(ROWS * ROW);
        // In a space of its own: the height is the list's, not the whole dialog's.
        let space = egui::vec2(ui.available_width(), height);
        let below = egui::Rect::from_min_size(ui.cursor().min, space);
        let mut list = ui.new_child(egui::UiBuilder::new().max_rect(below));
        choice.list_ui(&mut list, ("jump", ROW), found.len(), |ui, row| {
            let goal = found[row];
            let clicked = match goal {
                Goal::Person(place) => match self.app.contacts().at(place) {
                    Some(person) => person_ui(ui, (now, present), person, row == at),
                    None => false,
                },
                Goal::Do(doing) => doing_ui(ui, doing, row == at),
            };
            if clicked {
                picked = Some(goal);
            }
        });
        let used = list.min_rect();
        ui.advance_cursor_after_rect(used);
        let chosen = found.get(at).copied();
        self.jump.person = match chosen {
            Some(Goal::Person(place)) => {
                let person = self.app.contacts().at(place);
                person.map(|person| person.nickname.clone())
            }
            Some(Goal::Do(_)) | None => None,
        };
        choice::tell_chosen(ui, id, chosen.map(|goal| row_id(self.app.contacts(), goal)));
        picked.or(chosen.filter(|_| enter))
    }

    fn jump_to(&mut self, goal: Goal, commands: &mut Vec<Command>) {
        match goal {
            Goal::Person(place) => {
                let person = self.app.contacts().at(place);
                commands.extend(person.map(|person| Command::Open(person.nickname.clone())));
            }
            Goal::Do(Doing::Search) => {
                commands.push(Command::Go(Page::Search));
                self.search.request_focus();
            }
            Goal::Do(Doing::Filter) => {
                self.side = Side::People;
                self.contacts.request_filter();
            }
            Goal::Do(Doing::Host) => commands.push(Command::Go(Page::Host)),
            Goal::Do(Doing::Settings) => commands.push(Command::Go(Page::Settings)),
            Goal::Do(Doing::Keys) => self.help = true,
            Goal::Do(Doing::SignOut) => commands.push(Command::SignOut),
        }
    }
}

fn row_id(contacts: &Contacts, goal: Goal) -> Id {
    match goal {
        Goal::Person(place) => {
            let name = contacts.at(place).map(|person| person.nickname.as_str());
            Id::unique(("jump", name))
        }
        Goal::Do(doing) => Id::unique(("jump", doing.id())),
    }
}

fn person_ui(ui: &mut Ui, (now, present): (Now, bool), person: &Person, chosen: bool) -> bool {
    let name = person.nickname.as_str();
    let online = person.is_online() && present;
    let presence = match online {
        true => words::say(ui, "people-online"),
        false => match person.newest {
            Some(newest) => text::when(words::language(ui), now, newest.at_ms),
            None => words::say(ui, "people-offline"),
        },
    };
    let id = Id::unique(("jump", Some(name)));
    let (rect, row) = choice::row_ui(ui, id, ROW, (name, chosen));
    let colours = theme::palette(ui);
    let ground = if chosen {
        colours.selected
    } else {
        colours.side
    };
    let center = rect.left_center() + vec2(24.0, 0.0);
    avatar::avatar(ui, center, 14.0, name);
    avatar::presence(ui, center, 14.0, ground, online);
    let inner = rect.with_min_x(rect.min.x + 48.0);
    let room = inner.width() * 0.4;
    let right = widgets::one_line(ui, &presence, theme::small(ui), colours.weak, room);
    let place =
        Align2::RIGHT_CENTER.anchor_size(inner.right_center() - vec2(10.0, 0.0), right.size());
    let left = place.min.x - inner.min.x - theme::GAP;
    ui.painter().galley(place.min, right, colours.weak);
    let name = widgets::one_line(ui, name, theme::body(ui), colours.text, left);
    widgets::put_left(ui, inner, name);
    row.clicked()
}

fn doing_ui(ui: &mut Ui, doing: Doing, chosen: bool) -> bool {
    let name = words::say(ui, doing.id());
    let id = Id::unique(("jump", doing.id()));
    let (rect, row) = choice::row_ui(ui, id, ROW, (&name, chosen));
    let inner = rect.with_min_x(rect.min.x + 48.0);
    let colour = theme::palette(ui).text;
    let galley = widgets::one_line(ui, &name, theme::body(ui), colour, inner.width());
    widgets::put_left(ui, inner, galley);
    row.clicked()
}
