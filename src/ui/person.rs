//! A row of the list of people: picture, name, the last line and its time, what is unread, and its
//! menu. Which rows there are lives in [`super::contacts`].

use egui::{Color32, Id, Key, Modifiers, Popup, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::contacts::View;
use super::{avatar, talk_menu, theme, widgets, words};
use crate::app::contacts::Person;
use crate::app::language::Sentence;
use crate::app::lines::{Origin, shown_at_ms};
use crate::app::{Command, Delivery, Nickname, text};

/// Characters of a line that are looked at for its row: more than fit.
const LINE_CHARS_MAX: usize = 100;

/// Between a row's edge and what stands in it, in points.
const EDGE: f32 = 8.0;

/// The row whose menu was opened by a key, which then stands below the row.
pub type Menu = Option<Id>;

/// One row.
pub struct Row<'a> {
    pub view: &'a View<'a>,
    pub person: &'a Person,
    pub id: Id,
    /// The keyboard comes here from outside of the list.
    pub stop: bool,
    /// Enter in the filter opens it.
    pub next: bool,
}

/// What stands below the name.
struct Under {
    text: String,
    colour: Color32,
}

/// The id of somebody's row.
pub fn id(nickname: &Nickname) -> Id {
    Id::unique(("person", nickname.as_str()))
}

/// Draws a row; true: it has the keyboard.
pub fn row_ui(ui: &mut Ui, row: &Row<'_>, menu: &mut Menu, commands: &mut Vec<Command>) -> bool {
    let (view, nickname) = (row.view, &row.person.nickname);
    let size = vec2(ui.available_width(), theme::CONTACT_HEIGHT);
    let (_, rect) = ui.allocate_space(size);
    let sense = if row.stop {
        Sense::click()
    } else {
        Sense::CLICK
    };
    let response = ui.interact(rect, row.id, sense);
    let selected = view.conversations.selected() == Some(nickname);
    let mut ground = ground(ui, &response, selected);
    if row.next && !selected {
        ground = theme::palette(ui).hover;
    }
    ui.painter().rect_filled(rect, 8.0, ground);
    let elided = face_ui(ui, row, rect, ground);
    tell(ui, row, &response, selected);
    menu_ui(ui, row, &response, menu, commands);
    if response.clicked() {
        commands.push(Command::Open(nickname.clone()));
    }
    let focused = response.has_focus();
    if elided {
        response.on_hover_text(nickname.as_str());
    }
    focused
}

/// A row that is one sentence and can be clicked.
pub fn line_ui(ui: &mut Ui, id: Id, text: &str) -> Response {
    let size = vec2(ui.available_width(), theme::CONTACT_HEIGHT);
    let (_, rect) = ui.allocate_space(size);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let ground = ground(ui, &response, false);
    ui.painter().rect_filled(rect, 8.0, ground);
    let place = rect.shrink2(vec2(EDGE, 0.0));
    let colour = theme::palette(ui).weak;
    let galley = widgets::one_line(ui, text, theme::body(ui), colour, place.width());
    widgets::put_left(ui, place, galley);
    response
}

/// What a row lies on.
fn ground(ui: &Ui, response: &Response, selected: bool) -> Color32 {
    let colours = theme::palette(ui);
    if selected {
        colours.selected
    } else if response.hovered() || response.has_focus() {
        colours.hover
    } else {
        colours.side
    }
}

/// All that is seen of a row; true: the name did not fit.
fn face_ui(ui: &Ui, row: &Row<'_>, rect: Rect, ground: Color32) -> bool {
    let (view, nickname) = (row.view, &row.person.nickname);
    let colours = theme::palette(ui);
    let radius = theme::AVATAR_RADIUS;
    let center = rect.left_center() + vec2(EDGE + radius, 0.0);
    let online = row.person.is_online() && view.present;
    avatar::avatar(ui, center, radius, nickname.as_str());
    avatar::presence(ui, center, radius, ground, online);

    let left = center.x + radius + 10.0;
    let inner = Rect::from_x_y_ranges(left..=rect.max.x - EDGE, rect.y_range());
    let (upper, lower) = inner.split_top_bottom_at_y(rect.center().y);
    let (upper, lower) = (
        upper.with_min_y(rect.min.y + 7.0),
        lower.with_max_y(rect.max.y - 7.0),
    );
    let at_ms = at_ms(row);
    let mut room = upper.width();
    if let Some(at_ms) = at_ms {
        let when = text::when(words::language(ui), view.now, at_ms);
        let galley = widgets::one_line(ui, &when, theme::small(ui), colours.weak, f32::INFINITY);
        let place = egui::Align2::RIGHT_CENTER.anchor_size(upper.right_center(), galley.size());
        room -= galley.size().x + theme::GAP;
        ui.painter().galley(place.min, galley, colours.weak);
    }
    let unread = view.conversations.unread_from(nickname);
    let colour = if online || unread > 0 {
        colours.text
    } else {
        colours.weak
    };
    let font = theme::body(ui);
    // The name gives way, never what says that it is one's own.
    let you = view.contacts.is_me(nickname).then(|| {
        let you = words::say(ui, "people-you");
        widgets::one_line(ui, &you, font.clone(), colours.weak, f32::INFINITY)
    });
    if let Some(you) = &you {
        room -= you.size().x + 5.0;
    }
    let name = widgets::one_line(ui, nickname.as_str(), font, colour, room);
    let (elided, width) = (name.elided, name.size().x);
    let under = under(ui, row);
    let upper = if under.is_some() { upper } else { inner };
    widgets::put_left(ui, upper, name);
    if let Some(you) = you {
        widgets::put_left(ui, upper.with_min_x(upper.min.x + width + 5.0), you);
    }
    let taken = widgets::badge(ui, lower.right_center(), unread);
    if let Some(Under { text, colour }) = under {
        let room = lower.width() - if taken > 0.0 { taken + theme::GAP } else { 0.0 };
        let galley = widgets::one_line(ui, &text, theme::small(ui), colour, room);
        widgets::put_left(ui, lower, galley);
    }
    elided
}

/// When the last line was said.
fn at_ms(row: &Row<'_>) -> Option<i64> {
    let with = row.view.conversations.with(&row.person.nickname);
    let line = with.and_then(|with| with.newest());
    line.map(shown_at_ms)
        .or(row.person.newest.map(|newest| newest.at_ms))
}

/// What is being written to somebody, or else what was said last.
fn under(ui: &Ui, row: &Row<'_>) -> Option<Under> {
    let colours = theme::palette(ui);
    let nickname = &row.person.nickname;
    let selected = row.view.conversations.selected() == Some(nickname);
    if row.view.conversations.is_typing(nickname, row.view.now) {
        return Some(Under {
            text: words::say(ui, "people-writing"),
            colour: colours.focus,
        });
    }
    let with = row.view.conversations.with(nickname)?;
    let beginning = |of: &str| text::beginning(of, LINE_CHARS_MAX);
    if !with.draft.as_str().trim().is_empty() && !selected {
        let sentence =
            Sentence::new("people-line-draft").with("text", beginning(with.draft.as_str()));
        return Some(Under {
            text: words::tell(ui, &sentence),
            colour: colours.bad,
        });
    }
    let line = with.newest()?;
    let said = beginning(&line.text);
    let (sentence, colour) = match line.origin {
        Origin::Theirs { .. } => {
            return Some(Under {
                text: said,
                colour: colours.weak,
            });
        }
        Origin::Own {
            delivery: Delivery::Failed(_),
        } => (Sentence::new("people-line-failed"), colours.bad),
        Origin::Own { .. } => (Sentence::new("people-line-own"), colours.weak),
    };
    Some(Under {
        text: words::tell(ui, &sentence.with("text", said)),
        colour,
    })
}

/// The row as a screen reader says it, such as `sonic, online, 2 unread`; then the last line.
fn tell(ui: &Ui, row: &Row<'_>, response: &Response, selected: bool) {
    let unread = row.view.conversations.unread_from(&row.person.nickname);
    let presence = match (row.view.present, row.person.is_online()) {
        (true, true) => words::say(ui, "people-online"),
        (true, false) => words::say(ui, "people-offline"),
        (false, _) => words::say(ui, "people-unknown"),
    };
    let sentence = Sentence::new("people-row")
        .with("name", &row.person.nickname)
        .with("presence", presence)
        .count("unread", unread as u64);
    let label = words::tell(ui, &sentence);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &label));
    let under = under(ui, row).map(|under| under.text).unwrap_or_default();
    ui.ctx().accesskit_node_builder(row.id, |node| {
        if !under.is_empty() {
            node.set_description(under);
        }
    });
}

/// The menu of a row: by a click of the second button, or by Shift+F10.
fn menu_ui(
    ui: &Ui,
    row: &Row<'_>,
    response: &Response,
    menu: &mut Menu,
    commands: &mut Vec<Command>,
) {
    let asked =
        response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::F10));
    if asked {
        *menu = Some(row.id);
    } else if response.secondary_clicked() {
        *menu = None;
    }
    let mut popup = Popup::context_menu(response);
    if *menu == Some(row.id) {
        popup = popup.anchor(response.rect);
    }
    if asked {
        popup = popup.open_memory(egui::SetOpenCommand::Bool(true));
    }
    popup.show(|ui| menu_items_ui(ui, row, commands));
}

fn menu_items_ui(ui: &mut Ui, row: &Row<'_>, commands: &mut Vec<Command>) {
    let nickname = &row.person.nickname;
    let all = row.view.conversations;
    if ui.button(words::say(ui, "people-menu-open")).clicked() {
        commands.push(Command::Open(nickname.clone()));
    }
    let has_tab = all.tabs().contains(nickname);
    let close = egui::Button::new(words::say(ui, "people-menu-close"));
    if ui.add_enabled(has_tab, close).clicked() {
        commands.push(Command::CloseTab(nickname.clone()));
    }
    let read = egui::Button::new(words::say(ui, "people-menu-read"));
    if ui
        .add_enabled(all.unread_from(nickname) > 0, read)
        .clicked()
    {
        commands.push(Command::MarkRead(nickname.clone()));
    }
    if ui.button(words::say(ui, "people-menu-copy")).clicked() {
        ui.ctx().copy_text(nickname.to_string());
    }
    if row.person.newest.is_some() {
        talk_menu::export_ui(ui, nickname, commands);
    }
}
