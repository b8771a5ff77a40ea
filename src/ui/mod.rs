//! Pixels: one function a panel, plain data in, commands out. The model is [`crate::app`]; nothing
//! here knows sockets, threads or channels, and nothing there knows this. What only the screen needs
//! (drafts, scroll positions, focus) lives here.

mod avatar;
mod bars;
mod bubble;
mod composer;
mod contacts;
mod host;
mod host_page;
mod login;
mod panels;
mod person;
mod search;
mod settings;
mod side;
mod tabs;
pub mod theme;
mod transcript;
mod widgets;
mod window;
mod words;

use std::sync::Arc;

use crate::app::Options;
pub use window::Window;

const ICON: &[u8] = include_bytes!("../../assets/icon.png");

/// Opens the window and returns when it is closed. The error is a sentence for
/// [`fatal_dialog`].
pub fn run(options: Options) -> Result<(), String> {
    let icon = eframe::icon_data::from_png_bytes(ICON).map_err(|error| error.to_string())?;
    let viewport = egui::ViewportBuilder::default()
        .with_app_id("super-chatter")
        .with_title("Super Chatter")
        .with_icon(icon)
        .with_inner_size(theme::WINDOW)
        .with_min_inner_size(theme::WINDOW_MIN);
    let native = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let open = |creation: &eframe::CreationContext<'_>| {
        theme::apply(&creation.egui_ctx);
        let ctx = creation.egui_ctx.clone();
        let notify = Arc::new(move || ctx.request_repaint());
        Window::start(options, notify)
    };
    eframe::run_native(
        "super-chatter",
        native,
        Box::new(|creation| Ok(Box::new(open(creation)))),
    )
    .map_err(|error| format!("The window can't be opened: {error}."))
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
