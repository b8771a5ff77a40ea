//! The tabs of the open conversations, in one row that scrolls sideways. Their keys are in
//! [`super::keys`].

use egui::{
    Button, EventFilter, Id, Key, Modifiers, Popup, Rect, Response, Role, ScrollArea, Sense, Ui,
    WidgetInfo, scroll_area::ScrollBarVisibility, vec2,
};

use super::{icons, talk_menu, theme, widgets, words};
use crate::app::conversations::Conversations;
use crate::app::language::Sentence;
use crate::app::{Command, Nickname};

/// The button that closes a tab, in points.
const CLOSE: f32 = 22.0;

/// What only the screen knows of the tabs.
#[derive(Debug, Default)]
pub struct State {
    /// The tab that was last brought into view, and how much room there was.
    in_view: Option<(Nickname, f32)>,
    /// There are more tabs than there is room for.
    overflows: bool,
}

/// Draws the row of tabs, and the list of all where the row has no room for them.
pub fn tabs_ui(ui: &mut Ui, all: &Conversations, state: &mut State, commands: &mut Vec<Command>) {
    let list = if state.overflows {
        theme::ICON_BUTTON + theme::GAP
    } else {
        0.0
    };
    ui.style_mut().always_scroll_the_only_direction = true;
    let room = ui.available_width() - list;
    let out = ScrollArea::horizontal()
        .id_salt("tabs")
        .max_width(room)
        .auto_shrink([false, true])
        // It would lie over the names; the wheel, the keys and the list lead to every tab.
        .scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden)
        .show(ui, |ui| row_ui(ui, (all, room), state, commands));
    // Without the list there is its room for the tabs, too.
    state.overflows = out.content_size.x > room + list + 0.5;
    if list > 0.0 {
        list_ui(ui, all, commands);
    }
}

fn row_ui(
    ui: &mut Ui,
    (all, room): (&Conversations, f32),
    state: &mut State,
    commands: &mut Vec<Command>,
) {
    // A row is as high as this from the start, or it grows downwards from the middle.
    ui.spacing_mut().interact_size.y = theme::TAB_HEIGHT;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut rects = Vec::with_capacity(all.tabs().len());
        let mut dragged = None;
        for (place, peer) in all.tabs().iter().enumerate() {
            let tab = tab_ui(ui, all, peer, commands);
            let selected = all.selected() == Some(peer);
            let in_view = state.in_view.as_ref().map(|(peer, room)| (peer, *room));
            let is_new = selected && in_view != Some((peer, room));
            if is_new || tab.gained_focus() {
                ui.scroll_to_rect(tab.rect, None);
            }
            if is_new {
                state.in_view = Some((peer.clone(), room));
            }
            if tab.dragged() {
                dragged = Some((place, tab.interact_pointer_pos()));
            }
            rects.push(tab.rect);
        }
        if let Some((from, Some(at))) = dragged
            && let Some(to) = dragged_to(&rects, from, at.x)
        {
            let peer = all.tabs()[from].clone();
            commands.push(Command::MoveTab { peer, to });
        }
    });
}

/// Where a tab goes that is held at `x`: where it lies under the pointer afterwards, too, so that it does
/// not come back at once.
fn dragged_to(rects: &[Rect], from: usize, x: f32) -> Option<usize> {
    let width = rects.get(from)?.width();
    let to = rects.iter().position(|rect| rect.x_range().contains(x))?;
    let fits = match to.cmp(&from) {
        std::cmp::Ordering::Less => x <= rects[to].min.x + width,
        std::cmp::Ordering::Equal => false,
        std::cmp::Ordering::Greater => x >= rects[to].max.x - width,
    };
    fits.then_some(to)
}

/// One tab, with the button that closes it.
fn tab_ui(
    ui: &mut Ui,
    all: &Conversations,
    peer: &Nickname,
    commands: &mut Vec<Command>,
) -> Response {
    let colours = theme::palette(ui);
    let selected = all.selected() == Some(peer);
    let unread = all.unread_from(peer);
    let colour = if selected || unread > 0 {
        colours.text
    } else {
        colours.weak
    };
    let font = theme::body(ui);
    let galley = widgets::one_line(ui, peer.as_str(), font, colour, theme::TAB_NAME_MAX);
    let badge = if unread > 0 { 30.0 } else { 0.0 };
    let width = 12.0 + galley.size().x + badge + 6.0 + CLOSE + 4.0;
    let (_, rect) = ui.allocate_space(vec2(width, theme::TAB_HEIGHT));
    // The keyboard comes to the tab in front, and goes on by the arrows.
    let focused = ui.memory(|memory| memory.has_focus(id(peer)));
    let sense = match selected || focused {
        true => Sense::click_and_drag(),
        false => Sense::CLICK | Sense::DRAG,
    };
    let tab = ui.interact(rect, id(peer), sense);
    let label = Sentence::new("people-tab").with("name", peer);
    let label = words::tell(ui, &label.count("unread", unread));
    tab.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, &label));
    ui.ctx()
        .accesskit_node_builder(tab.id, |node| node.set_selected(selected));
    if selected {
        ui.painter().rect_filled(rect, 7.0, colours.selected);
    } else if tab.hovered() {
        ui.painter().rect_filled(rect, 7.0, colours.hover);
    }
    let close = Rect::from_center_size(
        rect.right_center() - vec2(CLOSE / 2.0 + 4.0, 0.0),
        vec2(CLOSE, CLOSE),
    );
    let name = rect.with_min_x(rect.min.x + 12.0);
    let elided = galley.elided;
    widgets::put_left(ui, name, galley);
    widgets::badge(ui, close.left_center() - vec2(2.0, 0.0), unread);
    let button = close_ui(ui, close, peer);
    keys_ui(ui, all, &tab, commands);
    tab.context_menu(|ui| talk_menu::close_ui(ui, (all, peer), commands));
    if button.clicked() || tab.middle_clicked() {
        commands.push(Command::CloseTab(peer.clone()));
    } else if tab.clicked() {
        commands.push(Command::Open(peer.clone()));
    }
    if elided {
        tab.on_hover_text(peer.as_str())
    } else {
        tab
    }
}

fn id(peer: &Nickname) -> Id {
    Id::unique(("tab", peer.as_str()))
}

/// The arrows go from tab to tab, Enter brings one to the front, Delete closes it.
fn keys_ui(ui: &Ui, all: &Conversations, tab: &Response, commands: &mut Vec<Command>) {
    if !tab.has_focus() {
        return;
    }
    let arrows = EventFilter {
        horizontal_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(tab.id, arrows));
    let Some(here) = all.tabs().iter().position(|peer| id(peer) == tab.id) else {
        return;
    };
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let to = if pressed(Key::ArrowRight) {
        here.checked_add(1)
    } else if pressed(Key::ArrowLeft) {
        here.checked_sub(1)
    } else {
        if pressed(Key::Delete) {
            commands.push(Command::CloseTab(all.tabs()[here].clone()));
        }
        None
    };
    if let Some(peer) = to.and_then(|to| all.tabs().get(to)) {
        ui.memory_mut(|memory| memory.request_focus(id(peer)));
        // The arrows are its own from the next frame on.
        ui.ctx().request_repaint();
    }
}

fn close_ui(ui: &Ui, rect: Rect, peer: &Nickname) -> Response {
    let button = ui.interact(rect, id(peer).with("close"), Sense::CLICK);
    let label = Sentence::new("people-tab-close").with("name", peer);
    let label = words::tell(ui, &label);
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let colours = theme::palette(ui);
    if button.hovered() {
        ui.painter()
            .rect_filled(rect.shrink(1.0), 5.0, colours.line);
    }
    icons::cross(ui, rect, colours.weak);
    button.on_hover_text(label)
}

/// The list of all tabs, those with something unread first.
fn list_ui(ui: &mut Ui, all: &Conversations, commands: &mut Vec<Command>) {
    let button = widgets::icon_button(ui, &words::say(ui, "people-tabs"), icons::down);
    Popup::menu(&button).show(|ui| {
        let height = ui.ctx().content_rect().height() - 120.0;
        // As high as it needs, the first time, too.
        let area = ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height);
        area.show(ui, |ui| {
            let mut tabs: Vec<&Nickname> = all.tabs().iter().collect();
            tabs.sort_by_key(|peer| all.unread_from(peer) == 0);
            for peer in tabs {
                let unread = all.unread_from(peer);
                let mark = if unread > 0 {
                    unread.to_string()
                } else {
                    String::new()
                };
                let selected = all.selected() == Some(peer);
                let entry = Button::selectable(selected, peer.as_str()).right_text(mark);
                if ui.add(entry).clicked() {
                    commands.push(Command::Open(peer.clone()));
                }
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dragged_tab_goes_where_it_stays_under_the_pointer() {
        let tab =
            |left: f32, width: f32| Rect::from_min_size(egui::pos2(left, 0.0), vec2(width, 34.0));
        let rects = [tab(0.0, 50.0), tab(54.0, 150.0), tab(208.0, 50.0)];
        assert_eq!(dragged_to(&rects, 0, 40.0), None, "it is there");
        assert_eq!(
            dragged_to(&rects, 0, 100.0),
            None,
            "the wide one would come back"
        );
        assert_eq!(dragged_to(&rects, 0, 160.0), Some(1));
        assert_eq!(dragged_to(&rects, 2, 90.0), Some(1));
        assert_eq!(dragged_to(&rects, 2, 150.0), None);
        assert_eq!(dragged_to(&rects, 2, 20.0), Some(0));
        assert_eq!(dragged_to(&rects, 2, 900.0), None);
    }
}
