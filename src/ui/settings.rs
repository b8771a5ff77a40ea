//! The page with all settings, each of which holds and is saved at once, and the keys that belong to
//! them. What a look comes to is in [`super::theme`].

use egui::gui_zoom::kb_shortcuts;
use egui::{
    Button, CentralPanel, Checkbox, Key, KeyboardShortcut, Modifiers, RichText, Role, ScrollArea,
    Ui, WidgetInfo,
};

use super::window::Window;
use super::{icons, theme, widgets, words};
use crate::app::language::{Language, Sentence};
use crate::app::{App, Appearance, Choice, Command, Page, Settings};

const OPEN: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma);

/// The sizes of text, in percent of the usual one. Below the first nobody can read it, above the last
/// the smallest window has no room for it.
const SIZES: [u16; 10] = [80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/// What only the screen knows of the page.
#[derive(Debug, Default)]
pub struct State {
    /// What was copied since the page is open.
    copied: Option<&'static str>,
}

/// The keys of the settings, wherever the keyboard is: to the page and back, and the text's size.
pub fn keys_ui(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let is_here = app.page() == Page::Settings;
    let pressed = |key: &KeyboardShortcut| ui.input_mut(|input| input.consume_shortcut(key));
    // What lies over the page has its own use for this one.
    let is_free = ui.memory(|memory| memory.top_modal_layer().is_none());
    if is_free && pressed(&OPEN) {
        let page = if is_here { Page::Talk } else { Page::Settings };
        commands.push(Command::Go(page));
    }
    let size = size(app.settings());
    // Both ways of typing the plus are always taken, not only the first that fits.
    let larger = pressed(&kb_shortcuts::ZOOM_IN) | pressed(&kb_shortcuts::ZOOM_IN_SECONDARY);
    let wished = if larger {
        larger_than(size)
    } else if pressed(&kb_shortcuts::ZOOM_OUT) {
        smaller_than(size)
    } else if pressed(&kb_shortcuts::ZOOM_RESET) {
        Some(100)
    } else {
        None
    };
    if let Some(size) = wished {
        let settings = with_size(app.settings(), size);
        commands.push(Command::Change(Box::new(settings)));
    }
}

/// The button to the page.
pub fn gear_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    let name = words::say(ui, "shell-settings");
    let hint = format!("{name} ({})", ui.ctx().format_shortcut(&OPEN));
    let gear = widgets::key_button(ui, (&name, &hint), icons::gear);
    if gear.clicked() {
        commands.push(Command::Go(Page::Settings));
    }
}

impl Window {
    pub(super) fn settings_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let frame = theme::page_frame(ui);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let room = ui.available_width();
                let width = theme::SETTINGS_WIDTH.min(room - 2.0 * theme::EDGE);
                ui.horizontal_top(|ui| {
                    ui.add_space((room - width) / 2.0);
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        ui.add_space(theme::EDGE);
                        // Named, so that a button here is not taken for a field of another page
                        // that stood in its place.
                        ui.push_id("settings", |ui| self.groups_ui(ui, commands));
                        widgets::follow_focus(ui);
                        ui.add_space(theme::EDGE);
                    });
                });
            });
        });
    }

    fn groups_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        title_ui(ui, commands);
        let mut settings = self.app.settings().clone();
        group_ui(ui, "settings-appearance", |ui| looks_ui(ui, &mut settings));
        group_ui(ui, "settings-notifications", |ui| {
            notifications_ui(ui, &mut settings);
        });
        group_ui(ui, "settings-privacy", |ui| privacy_ui(ui, &mut settings));
        let tray = self.app.has_tray();
        group_ui(ui, "settings-start", |ui| start_ui(ui, &mut settings, tray));
        group_ui(ui, "settings-about", |ui| self.about_ui(ui));
        if settings != *self.app.settings() {
            commands.push(Command::Change(Box::new(settings)));
        }
    }

    /// Where everything is, which program this is, and what a report of a fault needs.
    fn about_ui(&mut self, ui: &mut Ui) {
        ui.label(words::say(ui, "settings-folder"));
        let folder = self.app.data_dir().display().to_string();
        ui.add(egui::Label::new(RichText::new(&folder).monospace()).wrap());
        self.copy_ui(ui, "settings-copy-folder", |_| folder);
        ui.add_space(theme::GAP);
        ui.label(words::say(ui, "settings-fault"));
        ui.horizontal_wrapped(|ui| {
            let ctx = ui.ctx().clone();
            self.copy_ui(ui, "settings-copy-diagnosis", |window| {
                window.diagnosis(&ctx)
            });
            self.copy_ui(ui, "settings-copy-log", |window| window.app.log());
        });
        widgets::hint_ui(ui, &words::say(ui, "settings-fault-hint"));
        ui.add_space(theme::GAP);
        let version = env!("CARGO_PKG_VERSION");
        let version = Sentence::new("settings-version").with("version", version);
        ui.label(words::tell(ui, &version));
        widgets::hint_ui(ui, &words::say(ui, "settings-licence"));
    }

    /// A button that copies something, and says that it did.
    fn copy_ui(&mut self, ui: &mut Ui, id: &'static str, text: impl FnOnce(&Self) -> String) {
        let is_copied = self.settings.copied == Some(id);
        let label = if is_copied { "settings-copied" } else { id };
        if ui.button(words::say(ui, label)).clicked() {
            ui.copy_text(text(self));
            self.settings.copied = Some(id);
        }
    }
}

fn title_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    egui::Sides::new().shrink_left().show(
        ui,
        |ui| ui.heading(words::say(ui, "settings-title")),
        |ui| {
            if ui.button(words::say(ui, "settings-back")).clicked() {
                commands.push(Command::Go(Page::Talk));
            }
        },
    );
}

/// Settings that belong together, under their heading.
fn group_ui(ui: &mut Ui, title: &'static str, content: impl FnOnce(&mut Ui)) {
    ui.add_space(theme::EDGE);
    ui.label(RichText::new(words::say(ui, title)).strong());
    theme::group_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui);
    });
}

fn looks_ui(ui: &mut Ui, settings: &mut Settings) {
    let as_system = words::say(ui, "settings-as-system");
    let chosen = Language::ALL
        .into_iter()
        .find(|language| settings.language.as_deref() == Some(language.tag()));
    let mut languages = vec![(None, as_system.clone())];
    languages.extend(Language::ALL.map(|language| (Some(language), language.name().to_owned())));
    if let Some(language) = choice_ui(ui, "settings-language", &languages, chosen) {
        settings.language = language.map(|language| language.tag().to_owned());
    }
    let appearances = [
        (Appearance::System, as_system.clone()),
        (Appearance::Light, words::say(ui, "settings-light")),
        (Appearance::Dark, words::say(ui, "settings-dark")),
    ];
    let appearance = settings.appearance;
    if let Some(chosen) = choice_ui(ui, "settings-colours", &appearances, appearance) {
        settings.appearance = chosen;
    }
    let choices = [
        (Choice::System, as_system),
        (Choice::On, words::say(ui, "settings-on")),
        (Choice::Off, words::say(ui, "settings-off")),
    ];
    let contrast = settings.high_contrast;
    if let Some(chosen) = choice_ui(ui, "settings-contrast", &choices, contrast) {
        settings.high_contrast = chosen;
    }
    let motion = settings.reduced_motion;
    if let Some(chosen) = choice_ui(ui, "settings-motion", &choices, motion) {
        settings.reduced_motion = chosen;
    }
    row_ui(ui, "settings-size", |ui| size_ui(ui, settings));
    widgets::hint_ui(ui, &words::say(ui, "settings-size-keys"));
}

fn size_ui(ui: &mut Ui, settings: &mut Settings) {
    let size = size(settings);
    let mut wished = None;
    for (sign, name, next) in [
        ("−", "settings-smaller", smaller_than(size)),
        ("+", "settings-larger", larger_than(size)),
    ] {
        let button = Button::new(sign).min_size(egui::Vec2::splat(theme::ICON_BUTTON));
        let button = ui.add_enabled(next.is_some(), button);
        if button.accessible_name(words::say(ui, name)).clicked() {
            wished = next;
        }
    }
    let percent = Sentence::new("settings-percent").count("percent", size);
    ui.label(words::tell(ui, &percent));
    let usual = Button::new(words::say(ui, "settings-usual-size"));
    if ui.add_enabled(size != 100, usual).clicked() {
        wished = Some(100);
    }
    if let Some(size) = wished {
        *settings = with_size(settings, size);
    }
}

fn notifications_ui(ui: &mut Ui, settings: &mut Settings) {
    tick_ui(ui, "settings-notify", &mut settings.notifications);
    ui.add_enabled_ui(settings.notifications, |ui| {
        tick_ui(ui, "settings-notify-text", &mut settings.notification_text);
        tick_ui(ui, "settings-sounds", &mut settings.sounds);
    });
    tick_ui(ui, "settings-quiet", &mut settings.do_not_disturb);
    widgets::hint_ui(ui, &words::say(ui, "settings-quiet-hint"));
}

fn privacy_ui(ui: &mut Ui, settings: &mut Settings) {
    tick_ui(ui, "settings-typing", &mut settings.typing);
    widgets::hint_ui(ui, &words::say(ui, "settings-typing-hint"));
    tick_ui(ui, "settings-read", &mut settings.read_receipts);
    widgets::hint_ui(ui, &words::say(ui, "settings-read-hint"));
}

fn start_ui(ui: &mut Ui, settings: &mut Settings, tray: bool) {
    tick_ui(ui, "shell-sign-in-at-start", &mut settings.sign_in_at_start);
    tick_ui(ui, "settings-host-at-start", &mut settings.host_at_start);
    tick_ui(ui, "settings-keep-hosting", &mut settings.keep_hosting);
    if !tray {
        widgets::hint_ui(ui, &words::say(ui, "settings-no-tray"));
    }
}

fn tick_ui(ui: &mut Ui, id: &'static str, ticked: &mut bool) {
    ui.add(Checkbox::new(ticked, words::say(ui, id)));
}

/// A setting's name and, beside or below it, what sets it.
fn row_ui<T>(ui: &mut Ui, name: &'static str, content: impl FnOnce(&mut Ui) -> T) -> T {
    let label = words::say(ui, name);
    if ui.available_width() < theme::SETTINGS_BESIDE_MIN {
        ui.label(label);
        return ui.horizontal(content).inner;
    }
    ui.horizontal(|ui| {
        let place = egui::vec2(theme::SETTINGS_NAME_WIDTH, theme::BUTTON_HEIGHT);
        let left = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(place, left, |ui| {
            ui.set_min_size(place);
            ui.label(label);
        });
        content(ui)
    })
    .inner
}

/// One of several, each a button; returns the one that was clicked.
fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &'static str,
    choices: &[(T, String)],
    chosen: T,
) -> Option<T> {
    row_ui(ui, name, |ui| {
        let mut clicked = None;
        for (value, label) in choices {
            let is_chosen = *value == chosen;
            let button = ui.add(Button::selectable(is_chosen, label).frame_when_inactive(true));
            let spoken = Sentence::new("settings-option")
                .quote("setting", Sentence::new(name))
                .with("choice", label);
            let spoken = words::tell(ui, &spoken);
            button
                .widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &spoken));
            if button.clicked() {
                clicked = Some(*value);
            }
        }
        clicked
    })
}

/// The text's size, in percent of the usual one.
fn size(settings: &Settings) -> u16 {
    (settings.zoom * 100.0).round() as u16
}

fn with_size(settings: &Settings, percent: u16) -> Settings {
    Settings {
        zoom: f32::from(percent) / 100.0,
        ..settings.clone()
    }
}

fn larger_than(size: u16) -> Option<u16> {
    SIZES.into_iter().find(|larger| *larger > size)
}

fn smaller_than(size: u16) -> Option<u16> {
    SIZES.into_iter().rev().find(|smaller| *smaller < size)
}
