//! Fonts that come with the program, as the last resort: a system that has fonts of its own for a
//! character uses those.

use std::sync::Arc;

use egui::{Context, FallbackRequest, FontData, FontInsert};

const CJK: &[u8] = include_bytes!("../../assets/fonts/DroidSansFallback.ttf");
const EMOJI: &[u8] = include_bytes!("../../assets/fonts/NotoEmoji-Regular.ttf");

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

/// The blocks that the font has nearly whole.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{33dd}' | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{fa2d}' | '\u{ff01}'..='\u{ffe6}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}
