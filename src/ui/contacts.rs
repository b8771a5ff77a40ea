//! The list of people with its filter. Only the rows in view are drawn, so a list of thousands costs
//! what a short one does. How a row looks lives in [`super::person`].

use egui::{EventFilter, Id, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};

use super::person::{self, Row};
use super::{theme, widgets, words};
use crate::app::contacts::Contacts;
use crate::app::conversations::Conversations;
use crate::app::hosting::Hosting;
use crate::app::language::Sentence;
use crate::app::{Command, Nickname, Now, Page};

/// So many people who are away and with whom nothing was said are shown among the others; more are
/// folded away.
const QUIET_SHOWN: usize = 3;

/// Between two rows, in points.
const ROW_GAP: f32 = 2.0;

/// Most characters of the filter: as many as the longest name has.
const FILTER_MAX: usize = 32;

/// What the list shows.
pub struct View<'a> {
    pub now: Now,
    pub contacts: &'a Contacts,
    pub conversations: &'a Conversations,
    pub hosting: &'a Hosting,
    /// Whether the server says who is there. Without it nobody is shown as online.
    pub present: bool,
}

/// What only the screen knows of the list.
#[derive(Debug, Default)]
pub struct State {
    filter: String,
    focus_filter: bool,
    /// The field had the keyboard when it was drawn last.
    in_filter: bool,
    /// Everybody is shown, also those that are folded away else.
    unfolded: bool,
    /// What the filter lets through, and what that was made from.
    matched: Vec<usize>,
    matched_by: (String, u64),
    /// The row that the keyboard comes to.
    stop: Option<Id>,
    /// How far the list is scrolled, and how much of it is in view, in points.
    scrolled: f32,
    height: f32,
    /// A row was gone to: the list is to be scrolled there.
    moved: bool,
    /// Whose conversation was in front when the list was drawn last.
    in_front: Option<Nickname>,
    pub(super) menu: person::Menu,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A person, by the place in the model's list.
    Person(usize),
    /// So many are folded away, or can be.
    Fold(usize),
    /// A search for what stands in the filter.
    Search,
}

impl State {
    /// The filter gets the keyboard when it is drawn next.
    pub fn request_filter(&mut self) {
        self.focus_filter = true;
    }

    /// Esc empties the filter.
    pub fn takes_escape(&self, ui: &Ui) -> bool {
        !self.filter.is_empty() && ui.memory(|memory| memory.had_focus_last_frame(filter_id()))
    }

    /// How many rows there are.
    fn len(&self, view: &View<'_>) -> usize {
        let all = view.contacts.len();
        match view.contacts.quiet() {
            _ if !self.filter.is_empty() => self.matched.len() + 1,
            quiet if quiet <= QUIET_SHOWN => all,
            _ if self.unfolded => all + 1,
            quiet => all - quiet + 1,
        }
    }

    fn at(&self, view: &View<'_>, row: usize) -> Place {
        let quiet = view.contacts.quiet();
        if !self.filter.is_empty() {
            return self
                .matched
                .get(row)
                .map_or(Place::Search, |at| Place::Person(*at));
        }
        let talking = view.contacts.len() - quiet;
        match row {
            row if quiet <= QUIET_SHOWN || row < talking => Place::Person(row),
            row if row == talking => Place::Fold(quiet),
            row => Place::Person(row - 1),
        }
    }

    fn id(&self, view: &View<'_>, row: usize) -> Id {
        match self.at(view, row) {
            Place::Person(place) => match view.contacts.at(place) {
                Some(person) => person::id(&person.nickname),
                None => Id::NULL,
            },
            Place::Fold(_) => Id::unique(("people", "fold")),
            Place::Search => Id::unique(("people", "search")),
        }
    }

    /// The row comes into view.
    fn bring_in(&mut self, row: usize) {
        let top = row as f32 * (theme::CONTACT_HEIGHT + ROW_GAP);
        let lowest = top + theme::CONTACT_HEIGHT - self.height;
        self.scrolled = self.scrolled.min(top).max(lowest).max(0.0);
        self.moved = true;
    }

    /// Whose conversation has come to the front is shown in the list.
    fn follow(&mut self, view: &View<'_>) {
        let selected = view.conversations.selected();
        if selected == self.in_front.as_ref() {
            return;
        }
        self.in_front = selected.cloned();
        let is_theirs = |row: &usize| match self.at(view, *row) {
            Place::Person(place) => {
                let person = view.contacts.at(place);
                person.is_some_and(|person| Some(&person.nickname) == selected)
            }
            Place::Fold(_) | Place::Search => false,
        };
        if let Some(row) = (0..self.len(view)).find(is_theirs) {
            self.bring_in(row);
        }
    }

    /// Looks anew who passes the filter, if that or the list has changed.
    fn filter(&mut self, view: &View<'_>) {
        // Everybody passes: nobody is looked at, however many there are and how often they change.
        if self.filter.is_empty() {
            return;
        }
        let folded = self.filter.trim().to_lowercase();
        let by = (folded, view.contacts.revision());
        if self.matched_by == by {
            return;
        }
        let called = |place: &usize| {
            (view.contacts.at(*place)).is_some_and(|person| person.folded().contains(&by.0))
        };
        self.matched = (0..view.contacts.len()).filter(called).collect();
        // Whoever is called exactly so is meant, then whose name begins so.
        self.matched.sort_by_key(|place| {
            let name = view
                .contacts
                .at(*place)
                .map_or("", |person| person.folded());
            (name != by.0, !name.starts_with(&by.0))
        });
        self.matched_by = by;
    }
}

/// Draws the list into the space that is there.
pub fn contacts_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let title = match view.contacts.online() {
        _ if !view.present => words::say(ui, "people-title-last-seen"),
        n => words::tell(ui, &Sentence::new("people-title").count("online", n)),
    };
    let colour = theme::palette(ui).weak;
    ui.label(RichText::new(title).small().color(colour));
    filter_ui(ui, view, state, commands);
    state.filter(view);
    let hint = if !state.filter.is_empty() && state.matched.is_empty() {
        Some(Sentence::new("people-nobody-called").with("text", state.filter.trim()))
    } else if state.filter.is_empty() && view.contacts.is_alone() {
        Some(match view.hosting.addresses.first() {
            Some(address) => Sentence::new("people-nobody-join-at").with("address", address),
            None => Sentence::new("people-nobody"),
        })
    } else {
        None
    };
    if let Some(hint) = hint {
        let text = RichText::new(words::tell(ui, &hint)).color(colour);
        ui.add_space(4.0);
        ui.add(egui::Label::new(text).wrap());
        ui.add_space(4.0);
    }
    list_ui(ui, view, state, commands);
}

fn filter_id() -> Id {
    Id::unique(("people", "filter"))
}

/// The field that leaves only some people in the list. Enter opens the first, the arrow down goes to
/// the list, Esc empties it.
fn filter_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let id = filter_id();
    if std::mem::take(&mut state.focus_filter) {
        widgets::select_all(ui, id, &state.filter);
    }
    let had = state.in_filter;
    let pressed = |key| had && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (escape, down, enter) = (
        pressed(Key::Escape),
        pressed(Key::ArrowDown),
        pressed(Key::Enter),
    );
    let name = words::say(ui, "people-filter");
    let field = TextEdit::singleline(&mut state.filter)
        .id(id)
        .hint_text(name.as_str())
        .desired_width(f32::INFINITY)
        .char_limit(FILTER_MAX)
        .margin(egui::Margin::symmetric(8, 5));
    let field = ui.add(field);
    state.in_filter = field.has_focus();
    field.accessible_name(name);
    // What was typed in this frame counts, and who stands where now.
    state.filter(view);
    if escape {
        state.filter.clear();
    } else if down {
        go_to(ui, view, state, 0);
    } else if enter {
        match state.at(view, 0) {
            Place::Person(place) => {
                let person = view.contacts.at(place);
                commands.extend(person.map(|person| Command::Open(person.nickname.clone())));
                state.filter.clear();
            }
            Place::Search => search(state, commands),
            Place::Fold(_) => {}
        }
    }
}

fn list_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = ROW_GAP;
    keys_ui(ui, view, state);
    let mut area = ScrollArea::vertical()
        .id_salt("contacts")
        .auto_shrink([false, false]);
    state.follow(view);
    if std::mem::take(&mut state.moved) {
        area = area.vertical_scroll_offset(state.scrolled);
    }
    let rows = state.len(view);
    let out = area.show_rows(ui, theme::CONTACT_HEIGHT, rows, |ui, shown| {
        let first = shown.start;
        for row in shown {
            let id = state.id(view, row);
            // The first one in view, too: the row that the keyboard was at may be far away.
            let stop = state.stop == Some(id) || row == first;
            let focused = match state.at(view, row) {
                Place::Person(place) => view.contacts.at(place).is_some_and(|person| {
                    let row = Row {
                        view,
                        person,
                        id,
                        stop,
                        next: row == 0 && state.in_filter && !state.filter.is_empty(),
                    };
                    person::row_ui(ui, &row, &mut state.menu, commands)
                }),
                Place::Fold(quiet) => fold_ui(ui, state, quiet, id),
                Place::Search => search_ui(ui, state, id, commands),
            };
            if focused {
                state.stop = Some(id);
                let arrows = EventFilter {
                    vertical_arrows: true,
                    ..Default::default()
                };
                ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
            }
        }
    });
    state.scrolled = out.state.clamped_offset().y;
    state.height = out.inner_rect.height();
}

/// The arrows, Home and End walk through the list while one of its rows has the keyboard.
fn keys_ui(ui: &Ui, view: &View<'_>, state: &mut State) {
    let Some(stop) = state
        .stop
        .filter(|stop| ui.memory(|memory| memory.has_focus(*stop)))
    else {
        return;
    };
    let page = ((state.height / (theme::CONTACT_HEIGHT + ROW_GAP)) as isize).max(1);
    let keys = [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, page),
        (Key::PageUp, -page),
        (Key::End, isize::MAX),
        (Key::Home, isize::MIN),
    ];
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let Some((_, steps)) = keys.into_iter().find(|(key, _)| pressed(*key)) else {
        return;
    };
    let rows = state.len(view);
    let here = (0..rows)
        .find(|row| state.id(view, *row) == stop)
        .unwrap_or(0);
    let to = here
        .saturating_add_signed(steps)
        .min(rows.saturating_sub(1));
    if here == 0 && steps < 0 {
        state.request_filter();
        ui.ctx().request_repaint();
    } else {
        go_to(ui, view, state, to);
    }
}

/// Gives that row the keyboard, in view.
fn go_to(ui: &Ui, view: &View<'_>, state: &mut State, row: usize) {
    let id = state.id(view, row);
    state.bring_in(row);
    state.stop = Some(id);
    ui.memory_mut(|memory| memory.request_focus(id));
    // The arrows are its own from the next frame on.
    ui.ctx().request_repaint();
}

/// The row that shows or folds away those who are away; true: it has the keyboard.
fn fold_ui(ui: &mut Ui, state: &mut State, quiet: usize, id: Id) -> bool {
    let text = match state.unfolded {
        true => words::say(ui, "people-fewer"),
        false => words::tell(ui, &Sentence::new("people-more").count("count", quiet)),
    };
    let row = person::line_ui(ui, id, &text);
    if row.clicked() {
        state.unfolded = !state.unfolded;
    }
    row.has_focus()
}

/// The row that looks for the filter's text in all that was said; true: it has the keyboard.
fn search_ui(ui: &mut Ui, state: &mut State, id: Id, commands: &mut Vec<Command>) -> bool {
    let text = state.filter.trim().to_owned();
    let label = words::tell(ui, &Sentence::new("people-search-for").with("text", &text));
    let row = person::line_ui(ui, id, &label);
    if row.clicked() {
        search(state, commands);
    }
    row.has_focus()
}

/// Looks for what stands in the filter in all messages.
fn search(state: &mut State, commands: &mut Vec<Command>) {
    let text = std::mem::take(&mut state.filter).trim().to_owned();
    commands.push(Command::Search { text, peer: None });
    commands.push(Command::Go(Page::Search));
}
