//! The tabs of the open conversations, in one row that scrolls sideways.

use egui::{Key, Modifiers, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::{theme, widgets};
use crate::app::conversations::Conversations;
use crate::app::{Command, Nickname};

/// What only the screen knows of the tabs.
#[derive(Debug, Default)]
pub struct State {
    /// The tab that was last brought into view.
    in_view: Option<Nickname>,
}

/// Ctrl+W closes the tab in front, Ctrl+Tab and Ctrl+Shift+Tab go to the next and the previous one.
pub fn keys_ui(ui: &Ui, all: &Conversations, commands: &mut Vec<Command>) {
    let Some(selected) = all.selected() else {
        return;
    };
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND, Key::W) {
        commands.push(Command::CloseTab(selected.clone()));
    }
    let steps = if pressed(Modifiers::CTRL | Modifiers::SHIFT, Key::Tab) {
        all.tabs().len() - 1
    } else if pressed(Modifiers::CTRL, Key::Tab) {
        1
    } else {
        return;
    };
    let mut from_here = all.tabs().iter().cycle().skip_while(|tab| *tab != selected);
    if let Some(next) = from_here.nth(steps) {
        commands.push(Command::Open(next.clone()));
    }
}

/// Draws the row of tabs.
pub fn tabs_ui(ui: &mut Ui, all: &Conversations, state: &mut State, commands: &mut Vec<Command>) {
    ScrollArea::horizontal()
        .id_salt("tabs")
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for peer in all.tabs() {
                    let tab = ui.push_id(peer.as_str(), |ui| tab_ui(ui, all, peer, commands));
                    let selected = all.selected() == Some(peer);
                    if selected && state.in_view.as_ref() != Some(peer) {
                        ui.scroll_to_rect(tab.inner, None);
                        state.in_view = Some(peer.clone());
                    }
                }
            });
        });
}

fn tab_ui(ui: &mut Ui, all: &Conversations, peer: &Nickname, commands: &mut Vec<Command>) -> Rect {
    const CLOSE: f32 = 22.0;
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
    let (rect, tab) = ui.allocate_exact_size(vec2(width, theme::TAB_HEIGHT), Sense::click());
    tab.widget_info(|| {
        let label = match unread {
            0 => format!("Tab {peer}"),
            n => format!("Tab {peer}, {n} unread"),
        };
        WidgetInfo::selected(Role::Button, true, selected, label)
    });
    if selected {
        ui.painter().rect_filled(rect, 7.0, colours.selected);
    } else if tab.hovered() || tab.has_focus() {
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
    let tab = if elided {
        tab.on_hover_text(peer.as_str())
    } else {
        tab
    };
    if button.clicked() || tab.middle_clicked() {
        commands.push(Command::CloseTab(peer.clone()));
    } else if tab.clicked() {
        commands.push(Command::Open(peer.clone()));
    }
    rect
}

fn close_ui(ui: &Ui, rect: Rect, peer: &Nickname) -> Response {
    let button = ui.interact(rect, ui.scope_id().with("close"), Sense::click());
    let label = format!("Close tab {peer}");
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let colours = theme::palette(ui);
    if button.hovered() || button.has_focus() {
        ui.painter()
            .rect_filled(rect.shrink(1.0), 5.0, colours.line);
    }
    let stroke = Stroke::new(1.4, colours.weak);
    let arm = vec2(4.0, 4.0);
    let center = rect.center();
    ui.painter()
        .line_segment([center - arm, center + arm], stroke);
    let arm = vec2(4.0, -4.0);
    ui.painter()
        .line_segment([center - arm, center + arm], stroke);
    button.on_hover_text(label)
}
