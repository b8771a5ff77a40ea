//! Where others reach the server: its addresses, each to be copied, and one of them as a QR code.

use egui::{Color32, ColorImage, Frame, Image, RichText, TextureHandle, TextureOptions, Ui};
use qrcode::{Color, QrCode};

use super::{View, title_ui, weak_ui};
use crate::app::language::Sentence;
use crate::ui::{theme, words};

/// White around a code, in modules: as much as the standard asks for.
const QUIET: usize = 4;

/// The code, in points.
const SIDE: f32 = 168.0;

/// The address whose code is shown.
#[derive(Default)]
pub struct State {
    chosen: Option<String>,
    drawn: Option<(String, TextureHandle)>,
}

pub fn share_ui(ui: &mut Ui, view: &View<'_>, state: &mut State) {
    let addresses = &view.hosting.addresses;
    title_ui(ui, &words::say(ui, "host-join"));
    let chosen = state.chosen.take_if(|chosen| addresses.contains(chosen));
    let Some(chosen) = chosen.or_else(|| addresses.first().cloned()) else {
        weak_ui(ui, &words::say(ui, "host-join-nowhere"));
        return;
    };
    state.chosen = Some(chosen.clone());
    weak_ui(ui, &words::say(ui, "host-join-how"));
    for address in addresses {
        ui.horizontal(|ui| {
            let radio = ui.radio(*address == chosen, RichText::new(address).monospace());
            if radio.clicked() {
                state.chosen = Some(address.clone());
            }
            let copy = ui.button(words::say(ui, "host-copy"));
            let label = Sentence::new("host-copy-address").with("address", address);
            if copy.accessible_name(words::tell(ui, &label)).clicked() {
                ui.copy_text(address.clone());
            }
        });
    }
    code_ui(ui, &chosen, &mut state.drawn);
}

/// The code of an address. It is made again when another one is chosen.
fn code_ui(ui: &mut Ui, address: &str, drawn: &mut Option<(String, TextureHandle)>) {
    if drawn.as_ref().is_none_or(|(of, _)| of != address) {
        let Some(image) = code(address) else { return };
        let texture = ui
            .ctx()
            .load_texture("host_code", image, TextureOptions::NEAREST);
        *drawn = Some((address.to_owned(), texture));
    }
    let Some((_, texture)) = drawn else { return };
    let label = Sentence::new("host-code").with("address", address);
    // White in the dark, too: many readers take no light code on dark.
    let frame = Frame::new().fill(Color32::WHITE).corner_radius(6);
    frame.show(ui, |ui| {
        // Whole pixels a module: else some are wider than others.
        let (modules, scale) = (texture.size()[0] as f32, ui.pixels_per_point());
        let pixels = (SIDE.min(ui.available_width()) * scale / modules).floor();
        let size = egui::Vec2::splat(pixels.max(1.0) * modules / scale);
        let image = Image::from_texture(&*texture).fit_to_exact_size(size);
        ui.add(image.alt_text(words::tell(ui, &label)));
    });
    ui.add_space(theme::GAP / 2.0);
}

/// A pixel a module. `None`: an address is never that long.
fn code(text: &str) -> Option<ColorImage> {
    let code = QrCode::new(text).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET;
    let mut pixels = vec![Color32::WHITE; side * side];
    for (place, colour) in modules.into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = (place % width + QUIET, place / width + QUIET);
            pixels[y * side + x] = Color32::BLACK;
        }
    }
    Some(ColorImage::new([side, side], pixels))
}
