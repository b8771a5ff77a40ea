//! Pixels: one function a panel, plain data in, commands out. The model is [`crate::app`]; nothing
//! here knows sockets, threads or channels, and nothing there knows this. What only the screen needs
//! (scroll positions, selections, focus) lives here.

mod avatar;
mod bars;
mod choice;
mod closing;
mod composer;
mod contacts;
mod emoji;
mod emoji_picker;
mod filing;
mod find;
pub mod fonts;
mod host;
mod host_page;
mod icons;
mod ime;
mod jump;
mod keys;
mod login;
mod palette;
mod panels;
mod paste;
mod person;
mod place;
mod question;
mod recall;
mod search;
mod send;
mod settings;
mod side;
mod tabs;
mod talk_menu;
pub mod theme;
mod transcript;
mod typed;
mod widgets;
mod window;
mod words;

use std::sync::Arc;

use crate::app::language::{Language, Sentence};
use crate::app::{Desktop, Instance, Notify, Options, Picture};
pub use window::Window;

const ICON: &[u8] = include_bytes!("../../assets/icons/256.png");

/// For notifications and the tray.
const SMALL_ICON: &[u8] = include_bytes!("../../assets/icons/64.png");

/// Opens the window and returns when it is closed. `instance`: this is the first of its data folder.
/// The error is a sentence for [`fatal_dialog`].
pub fn run(options: Options, instance: Instance) -> Result<(), String> {
    let icon = eframe::icon_data::from_png_bytes(ICON).map_err(|error| error.to_string())?;
    let small = eframe::icon_data::from_png_bytes(SMALL_ICON).map_err(|error| error.to_string())?;
    let chosen = Language::chosen(options.settings.language.as_deref());
    let language = chosen.unwrap_or(options.language);
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("super-chatter")
        .with_title("Super Chatter")
        .with_icon(icon)
        .with_min_inner_size(theme::WINDOW_MIN);
    let native = eframe::NativeOptions {
        viewport: place::restored(viewport, options.settings.window.as_ref()),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let open = |creation: &eframe::CreationContext<'_>| {
        theme::apply(&creation.egui_ctx);
        fonts::add(&creation.egui_ctx);
        let (screens, hides_as_icon) = surroundings(creation);
        let left = options.settings.window.as_ref();
        place::bring_back(&creation.egui_ctx, left, &screens);
        let ctx = creation.egui_ctx.clone();
        let notify: Notify = Arc::new(move || ctx.request_repaint());
        let picture = Picture {
            width: small.width,
            height: small.height,
            rgba: small.rgba.into(),
        };
        let desktop = Desktop::start(picture, instance, notify.clone());
        Window::start(options, desktop, notify).hiding_as_icon(hides_as_icon)
    };
    eframe::run_native(
        "super-chatter",
        native,
        Box::new(|creation| Ok(Box::new(open(creation)))),
    )
    .map_err(|error| {
        let sentence = Sentence::new("shell-no-window").with("why", error);
        sentence.say(language)
    })
}

/// The screens that the new window may stand on, in points, and whether it can't be hidden: a system
/// that can does know whether it is.
fn surroundings(creation: &eframe::CreationContext<'_>) -> (Vec<egui::Rect>, bool) {
    let Some(window) = creation.winit_window() else {
        return (Vec::new(), false);
    };
    let monitors = window.available_monitors().map(|monitor| {
        let at = monitor.position().to_logical::<f32>(monitor.scale_factor());
        let size = monitor.size().to_logical::<f32>(monitor.scale_factor());
        egui::Rect::from_min_size(egui::pos2(at.x, at.y), egui::vec2(size.width, size.height))
    });
    (monitors.collect(), window.is_visible().is_none())
}

/// Shows a message of the system's own kind, for when the window can't be opened, and waits until it
/// is closed.
pub fn fatal_dialog(title: &str, text: &str) {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title(title)
        .set_description(text)
        .show();
}
