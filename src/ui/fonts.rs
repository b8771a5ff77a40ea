//! Fonts that come with the program, as the last resort: a system that has fonts of its own for a
//! character uses those.

use std::sync::Arc;

use egui::{Context, FallbackRequest, FontData, FontFamily, FontId, FontInsert};

const CJK: &[u8] = include_bytes!("../../assets/fonts/DroidSansFallback.ttf");
const EMOJI: &[u8] = include_bytes!("../../assets/fonts/NotoEmoji-Regular.ttf");

/// An emoji that fonts for text don't have.
const PROBE: char = '\u{1f44d}';

/// Adds the fonts behind whatever else `ctx` has.
pub fn add(ctx: &Context) {
    ctx.add_font_provider(Arc::new(|request: &FallbackRequest<'_>| {
        let (name, font) = match request.cluster.chars().next()? {
            c if is_cjk(c) => ("bundled-cjk", CJK),
            c if is_emoji(c) => ("bundled-emoji", EMOJI),
            _ => return None,
        };
        Some(FontInsert {
            name: name.to_owned(),
            data: FontData::from_static(font),
            families: Vec::new(),
        })
    }));
}

/// Has the emoji font found before any other, so that all emoji come from one. A font that is found
/// stands behind those found earlier, and some fonts for text have grey pictures of a few emoji. To be
/// called every frame, first of all: once found it costs a look into a table, and the system's fonts
/// are looked through anew after the glyphs were thrown away.
pub fn prefer_emoji(ctx: &Context) {
    let font = FontId::new(1.0, FontFamily::Proportional);
    ctx.fonts_mut(|fonts| fonts.has_glyph(&font, PROBE));
}

/// The blocks that the font has nearly whole.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{33dd}' | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{fa2d}' | '\u{ff01}'..='\u{ffe6}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}
