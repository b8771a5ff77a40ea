//! The list of people. Only the rows in view are drawn, so a list of thousands costs what a short
//! one does.

use egui::{Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::{theme, widgets};
use crate::app::contacts::Contacts;
use crate::app::conversations::Conversations;
use crate::app::hosting::Hosting;
use crate::app::{Command, Contact};

/// What the list shows.
pub struct View<'a> {
    pub contacts: &'a Contacts,
    pub conversations: &'a Conversations,
    pub hosting: &'a Hosting,
    /// Whether the server says who is there. Without it nobody is shown as online.
    pub present: bool,
}

/// Draws the list into the space that is there.
pub fn contacts_ui(ui: &mut Ui, view: &View<'_>, commands: &mut Vec<Command>) {
    let title = match view.contacts.others_online() {
        _ if !view.present => "People · last seen".to_owned(),
        0 => "People".to_owned(),
        n => format!("People · {n} online"),
    };
    let colour = theme::palette(ui).weak;
    ui.label(RichText::new(title).small().color(colour));
    if view.contacts.is_alone() {
        ui.add_space(theme::GAP);
        let invite = match view.hosting.addresses.first() {
            Some(address) => format!("Nobody else is here yet. Others join at {address}."),
            None => "Nobody else is here yet.".to_owned(),
        };
        ui.add(egui::Label::new(RichText::new(invite).color(colour)).wrap());
        ui.add_space(theme::GAP);
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    ScrollArea::vertical()
        .id_salt("contacts")
        .auto_shrink([false, false])
        .show_rows(
            ui,
            theme::CONTACT_HEIGHT,
            view.contacts.len(),
            |ui, places| {
                for place in places {
                    if let Some(contact) = view.contacts.at(place) {
                        contact_ui(ui, view, contact, commands);
                    }
                }
            },
        );
}

fn contact_ui(ui: &mut Ui, view: &View<'_>, contact: &Contact, commands: &mut Vec<Command>) {
    let size = vec2(ui.available_width(), theme::CONTACT_HEIGHT);
    let (rect, row) = ui.allocate_exact_size(size, Sense::click());
    let unread = view.conversations.unread_from(&contact.nickname);
    let selected = view.conversations.selected() == Some(&contact.nickname);
    row.widget_info(|| {
        let label = spoken(contact, view.present, unread);
        WidgetInfo::selected(Role::Button, true, selected, label)
    });
    let colours = theme::palette(ui);
    if selected {
        ui.painter().rect_filled(rect, 7.0, colours.selected);
    } else if row.hovered() || row.has_focus() {
        ui.painter().rect_filled(rect, 7.0, colours.hover);
    }
    let online = contact.online && view.present;
    let dot = rect.left_center() + vec2(14.0, 0.0);
    widgets::presence_dot(ui, dot, online);
    let taken = widgets::badge(ui, rect.right_center() - vec2(10.0, 0.0), unread);
    let place = Rect::from_min_max(
        rect.min + vec2(28.0, 0.0),
        rect.max - vec2(16.0 + taken, 0.0),
    );
    let mut name = contact.nickname.to_string();
    if view.contacts.is_me(&contact.nickname) {
        name.push_str(" (you)");
    }
    let colour = if online { colours.text } else { colours.weak };
    let galley = widgets::one_line(ui, &name, theme::body(ui), colour, place.width());
    let elided = galley.elided;
    widgets::put_left(ui, place, galley);
    let row = if elided { row.on_hover_text(name) } else { row };
    if row.clicked() {
        commands.push(Command::Open(contact.nickname.clone()));
    }
}

/// The row as a screen reader says it, such as `sonic, online, 2 unread`.
fn spoken(contact: &Contact, present: bool, unread: usize) -> String {
    let presence = match (present, contact.online) {
        (true, true) => "online",
        (true, false) => "offline",
        (false, _) => "not known to be there",
    };
    match unread {
        0 => format!("{}, {presence}", contact.nickname),
        n => format!("{}, {presence}, {n} unread", contact.nickname),
    }
}
