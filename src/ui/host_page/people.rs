//! Everybody whom the server knows, sorted and filtered, and the addresses that are shut out. Only the
//! rows in view are drawn, and they are put in order only when something has changed.

use std::cmp::Reverse;
use std::net::IpAddr;

use egui::{
    Id, Popup, Rect, RectAlign, Role, ScrollArea, Sense, SetOpenCommand, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{View, weak_ui};
use crate::app::host_panel::{HostCommand, PersonState};
use crate::app::language::Sentence;
use crate::app::{Command, Nickname, text};
use crate::ui::{theme, widgets, words};

/// A row where there is room for columns, and one of two lines where there is not, in points.
const ROW: f32 = 32.0;
const ROW_NARROW: f32 = 50.0;

/// How high the list of blocked addresses grows before it scrolls.
const BLOCKED_HEIGHT: f32 = 120.0;

/// Where the columns begin, as parts of a row, and what sorts by them.
const COLUMNS: [(f32, Sort); 5] = [
    (0.0, Sort::Name),
    (0.22, Sort::Address),
    (0.45, Sort::RoundTrip),
    (0.61, Sort::Since),
    (0.77, Sort::Mail),
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sort {
    /// Who is online first.
    #[default]
    Name,
    Address,
    /// The slowest first.
    RoundTrip,
    /// Who came last first.
    Since,
    /// The fullest mailbox first.
    Mail,
}

#[derive(Default)]
pub struct State {
    filter: String,
    sort: Sort,
    /// An address that is typed to be blocked.
    address: String,
    /// The last one: it stands in the field again if it was not blocked.
    sent: Option<IpAddr>,
    rows: Vec<Nickname>,
    /// What the rows were made of.
    made_of: Option<(u64, String, Sort)>,
}

pub fn people_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(words::say(ui, "host-filter"));
        let field = TextEdit::singleline(&mut state.filter).desired_width(160.0);
        ui.add(field).labelled_by(label.id);
        if !view.wide {
            sort_ui(ui, &mut state.sort);
        }
    });
    blocked_ui(ui, view, state, commands);
    make_rows(view, state);
    if view.wide {
        columns_ui(ui, &mut state.sort);
    }
    if state.rows.is_empty() {
        weak_ui(ui, &words::say(ui, "host-nobody"));
    }
    let height = if view.wide { ROW } else { ROW_NARROW };
    let scroll = ScrollArea::vertical().id_salt("host_people");
    ui.spacing_mut().item_spacing.y = 0.0;
    scroll
        .auto_shrink(false)
        .show_rows(ui, height, state.rows.len(), |ui, places| {
            for nickname in &state.rows[places] {
                if let Some(person) = view.hosting.panel.person(nickname) {
                    person_ui(ui, view, person, commands);
                }
            }
        });
}

/// Puts the people in order, if they or the wish have changed.
fn make_rows(view: &View<'_>, state: &mut State) {
    let panel = &view.hosting.panel;
    let wish = (panel.changes(), state.filter.clone(), state.sort);
    if state.made_of.as_ref() == Some(&wish) {
        return;
    }
    let filter = state.filter.trim().to_lowercase();
    let fits = |person: &&PersonState| {
        filter.is_empty()
            || person.nickname.as_str().to_lowercase().contains(&filter)
            || person.address.to_string().contains(&filter)
    };
    let mut people: Vec<_> = panel.people().filter(fits).collect();
    match state.sort {
        Sort::Name => people.sort_by_key(|person| !person.online),
        Sort::Address => people.sort_by_key(|person| person.address),
        Sort::RoundTrip => people.sort_by_key(|person| Reverse(person.round_trip)),
        Sort::Since => people.sort_by_key(|person| (!person.online, Reverse(person.since_ms))),
        Sort::Mail => {
            people.sort_by_key(|person| Reverse((person.mail_messages, person.mail_bytes)))
        }
    }
    state.rows = people.into_iter().map(|p| p.nickname.clone()).collect();
    state.made_of = Some(wish);
}

fn name_of(ui: &Ui, sort: Sort) -> String {
    match sort {
        Sort::Name => words::say(ui, "host-column-name"),
        Sort::Address => words::say(ui, "host-column-address"),
        Sort::RoundTrip => words::say(ui, "host-column-round-trip"),
        Sort::Since => words::say(ui, "host-column-since"),
        Sort::Mail => words::say(ui, "host-column-mail"),
    }
}

/// What to sort by, where there are no columns.
fn sort_ui(ui: &mut Ui, sort: &mut Sort) {
    let chosen = name_of(ui, *sort);
    let list = egui::ComboBox::from_label(words::say(ui, "host-sort"));
    list.selected_text(chosen).show_ui(ui, |ui| {
        for (_, other) in COLUMNS {
            let name = name_of(ui, other);
            ui.selectable_value(sort, other, name);
        }
    });
}

/// The titles of the columns; a click sorts.
fn columns_ui(ui: &mut Ui, sort: &mut Sort) {
    let size = vec2(ui.available_width(), 26.0);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    for (place, (_, column)) in COLUMNS.into_iter().enumerate() {
        let cell = cell(rect, place);
        let name = name_of(ui, column);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(cell));
        let button = egui::Button::selectable(*sort == column, name).truncate();
        if child.add(button).clicked() {
            *sort = column;
        }
    }
}

/// Where a column lies in a row.
fn cell(row: Rect, place: usize) -> Rect {
    let x = |share: f32| row.left() + share * row.width();
    let end = COLUMNS.get(place + 1).map_or(1.0, |(share, _)| *share);
    Rect::from_min_max(
        pos2(x(COLUMNS[place].0), row.top()),
        pos2(x(end) - 6.0, row.bottom()),
    )
}

fn person_ui(ui: &mut Ui, view: &View<'_>, person: &PersonState, commands: &mut Vec<Command>) {
    let height = if view.wide { ROW } else { ROW_NARROW };
    let size = vec2(ui.available_width(), height);
    let (_, rect) = ui.allocate_space(size);
    // By name: the menu and the keyboard stay with the person when the rows change places.
    let id = Id::unique(("hosted", person.nickname.as_str()));
    let row = ui.interact(rect, id, Sense::click());
    let texts = texts(ui, view, person);
    row.widget_info(|| WidgetInfo::labeled(Role::Button, true, texts.join(", ")));
    let colours = theme::palette(ui);
    if row.hovered() || row.has_focus() {
        ui.painter().rect_filled(rect, 7.0, colours.hover);
    }
    let dot = pos2(rect.left() + 10.0, rect.top() + 16.0);
    widgets::presence_dot(ui, dot, person.online);
    let [name, _, address, round_trip, since, mail] = &texts;
    let colour = if person.online {
        colours.text
    } else {
        colours.weak
    };
    let put = |rect: Rect, text: &str, font, colour| {
        let galley = widgets::one_line(ui, text, font, colour, rect.width());
        widgets::put_left(ui, rect, galley);
    };
    let beside_dot = |rect: Rect| rect.with_min_x(rect.left() + 22.0);
    let (body, small) = (theme::body(ui), theme::small(ui));
    // What a click opens.
    let (dots, rect) = {
        let (rest, dots) = rect.split_left_right_at_x(rect.right() - 20.0);
        (dots, rest)
    };
    put(dots, "⋯", body.clone(), colours.weak);
    if view.wide {
        put(beside_dot(cell(row.rect, 0)), name, body, colour);
        for (place, text) in (1..).zip([address, round_trip, since, mail]) {
            let cell = cell(row.rect, place).intersect(rect);
            // Under the title, which stands in a button.
            let cell = cell.with_min_x(cell.left() + ui.spacing().button_padding.x);
            put(cell, text, small.clone(), colours.weak);
        }
    } else {
        let rect = beside_dot(rect);
        let (upper, lower) = rect.split_top_bottom_at_fraction(0.56);
        put(upper, name, body, colour);
        let rest = [address, round_trip, since, mail];
        let rest: Vec<_> = rest.into_iter().map(String::as_str).collect();
        put(lower, &rest.join(" · "), small, colours.weak);
    }
    // Where the dots are, at the row's end.
    let mut menu = Popup::menu(&row).align(RectAlign::BOTTOM_END);
    if row.secondary_clicked() {
        menu = menu.open_memory(SetOpenCommand::Toggle);
    }
    menu.show(|ui| menu_ui(ui, person, commands));
}

/// What is said of somebody: name, presence, address, round trip, since when, mail.
fn texts(ui: &Ui, view: &View<'_>, person: &PersonState) -> [String; 6] {
    let presence = match person.online {
        true => words::say(ui, "host-online"),
        false => words::say(ui, "host-away"),
    };
    let round_trip = match person.round_trip {
        Some(round_trip) => {
            let ms = (round_trip.as_micros() as u64).div_ceil(1_000);
            words::tell(ui, &Sentence::new("host-ms").count("ms", ms))
        }
        None if !person.extended => words::say(ui, "host-classic"),
        None => words::say(ui, "host-unknown"),
    };
    let since = Sentence::new(if person.online {
        "host-since"
    } else {
        "host-last"
    });
    let since = since.with("time", text::clock_or_date(view.now, person.since_ms));
    let mail = match person.mail_messages {
        0 if person.mail_bytes == 0 => words::say(ui, "host-no-mail"),
        messages => {
            let kilobytes = person.mail_bytes.div_ceil(1_000) as u64;
            let mail = Sentence::new("host-mail-waits");
            let mail = mail.count("messages", messages);
            words::tell(ui, &mail.count("kilobytes", kilobytes))
        }
    };
    [
        person.nickname.to_string(),
        presence,
        person.address.to_string(),
        round_trip,
        words::tell(ui, &since),
        mail,
    ]
}

/// What can be done with somebody.
fn menu_ui(ui: &mut Ui, person: &PersonState, commands: &mut Vec<Command>) {
    let ip = person.address.ip();
    if ui
        .button(words::say(ui, "host-copy-their-address"))
        .clicked()
    {
        ui.copy_text(person.address.to_string());
    }
    let remove = Sentence::new("host-remove").with("name", &person.nickname);
    let remove = egui::Button::new(words::tell(ui, &remove));
    let remove = ui.add_enabled(person.online, remove);
    if remove
        .on_hover_text(words::say(ui, "host-remove-hint"))
        .clicked()
    {
        let nickname = person.nickname.clone();
        commands.push(Command::Hosting(HostCommand::Remove(nickname)));
    }
    let block = Sentence::new("host-block-address").with("address", ip);
    let block = ui.button(words::tell(ui, &block));
    if block
        .on_hover_text(words::say(ui, "host-block-hint"))
        .clicked()
    {
        commands.push(Command::Hosting(HostCommand::Block(ip)));
    }
}

/// The addresses that are shut out, and one more to be.
fn blocked_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let panel = &view.hosting.panel;
    let refused = panel.not_blocked();
    let back = state
        .sent
        .take_if(|sent| refused.is_some_and(|(ip, _)| ip == sent));
    if let (Some(ip), true) = (back, state.address.is_empty()) {
        state.address = ip.to_string();
    }
    let count = Sentence::new("host-blocked").count("count", panel.blocked().len());
    let title = words::tell(ui, &count);
    let header = egui::CollapsingHeader::new(title).id_salt("host_blocked");
    header.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(words::say(ui, "host-block-label"));
            let field = TextEdit::singleline(&mut state.address).desired_width(160.0);
            ui.add(field).labelled_by(label.id);
            let ip = state.address.trim().parse::<IpAddr>().ok();
            let block = egui::Button::new(words::say(ui, "host-block"));
            let block = ui.add_enabled(ip.is_some(), block);
            if let (true, Some(ip)) = (block.clicked(), ip) {
                commands.push(Command::Hosting(HostCommand::Block(ip)));
                state.address.clear();
                state.sent = Some(ip);
            }
        });
        let scroll = ScrollArea::vertical().id_salt("host_blocked_rows");
        let (height, count) = (ui.spacing().interact_size.y, panel.blocked().len());
        let scroll = scroll.max_height(BLOCKED_HEIGHT);
        scroll.show_rows(ui, height, count, |ui, places| {
            for ip in &panel.blocked()[places] {
                ui.horizontal(|ui| {
                    ui.monospace(ip.to_string());
                    let label = Sentence::new("host-unblock-address").with("address", ip);
                    let unblock = ui.button(words::say(ui, "host-unblock"));
                    if unblock.accessible_name(words::tell(ui, &label)).clicked() {
                        commands.push(Command::Hosting(HostCommand::Unblock(*ip)));
                    }
                });
            }
        });
    });
    widgets::problem_ui(ui, refused.map(|(_, why)| why));
}
