//! The colours of the window: dark and light, each once more with high contrast. A test holds every pair
//! that is drawn on each other against the ratios that people need to read and to find it (WCAG 2.2).
//! Which one is on is decided in [`super::theme`].

use egui::Color32;

/// The colours of one look.
pub struct Palette {
    pub page: Color32,
    pub side: Color32,
    pub field: Color32,
    /// Between parts of the window: it only orders, nothing depends on it.
    pub line: Color32,
    /// Around what can be used: fields, boxes, buttons.
    pub border: Color32,
    pub hover: Color32,
    pub selected: Color32,
    pub text: Color32,
    pub weak: Color32,
    /// The main button.
    pub accent: Color32,
    pub on_accent: Color32,
    /// The ring around what has the keyboard, and links.
    pub focus: Color32,
    /// Behind text that is marked; the text itself is in [`Palette::focus`].
    pub marked: Color32,
    pub own: Color32,
    pub on_own: Color32,
    pub on_own_weak: Color32,
    /// Behind text of an own line that is marked.
    pub own_marked: Color32,
    pub theirs: Color32,
    pub failed: Color32,
    pub online: Color32,
    pub offline: Color32,
    pub bad: Color32,
    pub bar: Color32,
    pub on_bar: Color32,
}

pub const DARK: Palette = Palette {
    page: Color32::from_rgb(0x16, 0x18, 0x1d),
    side: Color32::from_rgb(0x1d, 0x20, 0x27),
    field: Color32::from_rgb(0x0f, 0x11, 0x15),
    line: Color32::from_rgb(0x31, 0x36, 0x41),
    border: Color32::from_rgb(0x78, 0x81, 0x91),
    hover: Color32::from_rgb(0x29, 0x2d, 0x37),
    selected: Color32::from_rgb(0x2a, 0x3b, 0x50),
    text: Color32::from_rgb(0xe8, 0xea, 0xee),
    weak: Color32::from_rgb(0xa6, 0xae, 0xbc),
    accent: Color32::from_rgb(0x2c, 0x70, 0xbc),
    on_accent: Color32::WHITE,
    focus: Color32::from_rgb(0x93, 0xc8, 0xff),
    marked: Color32::from_rgb(0x1b, 0x3b, 0x60),
    own: Color32::from_rgb(0x27, 0x4f, 0x7a),
    on_own: Color32::from_rgb(0xf4, 0xf8, 0xfd),
    on_own_weak: Color32::from_rgb(0xc0, 0xd4, 0xea),
    own_marked: Color32::from_rgb(0x10, 0x2a, 0x46),
    theirs: Color32::from_rgb(0x29, 0x2d, 0x37),
    failed: Color32::from_rgb(0x4a, 0x26, 0x2a),
    online: Color32::from_rgb(0x4c, 0xc3, 0x8a),
    offline: Color32::from_rgb(0x80, 0x89, 0x99),
    bad: Color32::from_rgb(0xff, 0xa3, 0x9b),
    bar: Color32::from_rgb(0x4a, 0x3c, 0x14),
    on_bar: Color32::from_rgb(0xff, 0xe6, 0xa8),
};

pub const LIGHT: Palette = Palette {
    page: Color32::from_rgb(0xfb, 0xfc, 0xfd),
    side: Color32::from_rgb(0xf0, 0xf2, 0xf6),
    field: Color32::WHITE,
    line: Color32::from_rgb(0xd5, 0xda, 0xe2),
    border: Color32::from_rgb(0x7c, 0x85, 0x93),
    hover: Color32::from_rgb(0xe3, 0xe7, 0xee),
    selected: Color32::from_rgb(0xd3, 0xe3, 0xf7),
    text: Color32::from_rgb(0x1b, 0x20, 0x29),
    weak: Color32::from_rgb(0x50, 0x5a, 0x69),
    accent: Color32::from_rgb(0x1c, 0x66, 0xb8),
    on_accent: Color32::WHITE,
    focus: Color32::from_rgb(0x0b, 0x55, 0xa8),
    marked: Color32::from_rgb(0xc8, 0xdf, 0xfa),
    own: Color32::from_rgb(0xd3, 0xe5, 0xfb),
    on_own: Color32::from_rgb(0x10, 0x24, 0x3c),
    on_own_weak: Color32::from_rgb(0x3b, 0x51, 0x6a),
    own_marked: Color32::from_rgb(0xae, 0xd0, 0xf8),
    theirs: Color32::from_rgb(0xea, 0xed, 0xf2),
    failed: Color32::from_rgb(0xfb, 0xe3, 0xe1),
    online: Color32::from_rgb(0x1a, 0x86, 0x52),
    offline: Color32::from_rgb(0x7c, 0x85, 0x93),
    bad: Color32::from_rgb(0xa6, 0x1e, 0x17),
    bar: Color32::from_rgb(0xff, 0xf0, 0xc7),
    on_bar: Color32::from_rgb(0x52, 0x3f, 0x05),
};

pub const DARK_CONTRAST: Palette = Palette {
    page: Color32::BLACK,
    side: Color32::BLACK,
    field: Color32::BLACK,
    line: Color32::from_rgb(0xb4, 0xb9, 0xc2),
    border: Color32::from_rgb(0xe6, 0xe9, 0xee),
    hover: Color32::from_rgb(0x2a, 0x2d, 0x33),
    selected: Color32::from_rgb(0x13, 0x36, 0x5c),
    text: Color32::WHITE,
    weak: Color32::from_rgb(0xdc, 0xe0, 0xe6),
    accent: Color32::from_rgb(0x8f, 0xcb, 0xff),
    on_accent: Color32::BLACK,
    focus: Color32::from_rgb(0xff, 0xd8, 0x4d),
    marked: Color32::from_rgb(0x2b, 0x2b, 0x55),
    own: Color32::from_rgb(0x10, 0x33, 0x58),
    on_own: Color32::WHITE,
    on_own_weak: Color32::from_rgb(0xdb, 0xe8, 0xf6),
    own_marked: Color32::BLACK,
    theirs: Color32::from_rgb(0x22, 0x25, 0x2b),
    failed: Color32::from_rgb(0x4a, 0x10, 0x14),
    online: Color32::from_rgb(0x63, 0xe6, 0xa6),
    offline: Color32::from_rgb(0xb4, 0xb9, 0xc2),
    bad: Color32::from_rgb(0xff, 0xb8, 0xb2),
    bar: Color32::from_rgb(0x33, 0x28, 0x00),
    on_bar: Color32::from_rgb(0xff, 0xee, 0xb8),
};

pub const LIGHT_CONTRAST: Palette = Palette {
    page: Color32::WHITE,
    side: Color32::WHITE,
    field: Color32::WHITE,
    line: Color32::from_rgb(0x50, 0x56, 0x60),
    border: Color32::from_rgb(0x1e, 0x22, 0x2a),
    hover: Color32::from_rgb(0xe0, 0xe4, 0xea),
    selected: Color32::from_rgb(0xcd, 0xe2, 0xfb),
    text: Color32::BLACK,
    weak: Color32::from_rgb(0x2c, 0x32, 0x3c),
    accent: Color32::from_rgb(0x00, 0x3f, 0x86),
    on_accent: Color32::WHITE,
    focus: Color32::from_rgb(0x00, 0x3a, 0x8c),
    marked: Color32::from_rgb(0xd4, 0xe6, 0xff),
    own: Color32::from_rgb(0xd6, 0xe8, 0xff),
    on_own: Color32::BLACK,
    on_own_weak: Color32::from_rgb(0x1f, 0x2f, 0x42),
    own_marked: Color32::from_rgb(0xff, 0xe0, 0x6a),
    theirs: Color32::from_rgb(0xe8, 0xeb, 0xf0),
    failed: Color32::from_rgb(0xff, 0xe2, 0xe0),
    online: Color32::from_rgb(0x00, 0x5c, 0x32),
    offline: Color32::from_rgb(0x50, 0x56, 0x60),
    bad: Color32::from_rgb(0x8a, 0x00, 0x0a),
    bar: Color32::from_rgb(0xff, 0xee, 0xb8),
    on_bar: Color32::from_rgb(0x2e, 0x22, 0x00),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Least ratio of text to what is behind it, and of what must only be found (WCAG 2.2, 1.4.3 and
    /// 1.4.11), and of text where high contrast is on (1.4.6).
    const TEXT: f32 = 4.5;
    const SHAPE: f32 = 3.0;
    const HIGH: f32 = 7.0;

    #[test]
    fn every_text_can_be_read_where_it_stands() {
        for (name, palette, least) in [
            ("dark", &DARK, TEXT),
            ("light", &LIGHT, TEXT),
            ("dark, high contrast", &DARK_CONTRAST, HIGH),
            ("light, high contrast", &LIGHT_CONTRAST, HIGH),
        ] {
            for (what, front, back) in texts(palette) {
                let ratio = ratio(front, back);
                assert!(ratio >= least, "{name}: {what} has {ratio:.2}");
            }
        }
    }

    #[test]
    fn everything_that_can_be_used_can_be_found() {
        for (name, palette) in [
            ("dark", &DARK),
            ("light", &LIGHT),
            ("dark, high contrast", &DARK_CONTRAST),
            ("light, high contrast", &LIGHT_CONTRAST),
        ] {
            for (what, front, back) in shapes(palette) {
                let ratio = ratio(front, back);
                assert!(ratio >= SHAPE, "{name}: {what} has {ratio:.2}");
            }
        }
    }

    #[test]
    fn with_high_contrast_the_parts_of_the_window_have_borders() {
        for palette in [&DARK_CONTRAST, &LIGHT_CONTRAST] {
            assert!(ratio(palette.line, palette.page) >= SHAPE);
        }
    }

    #[test]
    fn black_on_white_has_the_greatest_ratio() {
        let ratio = ratio(Color32::BLACK, Color32::WHITE);
        assert!((ratio - 21.0).abs() < 0.01, "{ratio}");
    }

    fn texts(p: &Palette) -> Vec<(String, Color32, Color32)> {
        let grounds = [
            ("page", p.page),
            ("side", p.side),
            ("field", p.field),
            ("hover", p.hover),
            ("selected", p.selected),
        ];
        let mut pairs = Vec::new();
        for (name, ground) in grounds {
            pairs.push((format!("text on {name}"), p.text, ground));
            pairs.push((format!("weak text on {name}"), p.weak, ground));
        }
        for (name, ground) in &grounds[..3] {
            pairs.push((format!("a problem on {name}"), p.bad, *ground));
            pairs.push((format!("a link on {name}"), p.focus, *ground));
        }
        for (what, front, back) in [
            ("the main button", p.on_accent, p.accent),
            ("marked text", p.focus, p.marked),
            ("an own line", p.on_own, p.own),
            ("an own line's time", p.on_own_weak, p.own),
            ("a link in an own line", p.focus, p.own),
            ("marked text of an own line", p.on_own, p.own_marked),
            ("a marked link in an own line", p.focus, p.own_marked),
            ("marked text of a line", p.text, p.marked),
            ("their line", p.text, p.theirs),
            ("their line's time", p.weak, p.theirs),
            ("a link in their line", p.focus, p.theirs),
            ("a failed line", p.text, p.failed),
            ("a failed line's time", p.weak, p.failed),
            ("why it failed", p.bad, p.failed),
            ("a bar", p.on_bar, p.bar),
        ] {
            pairs.push((what.to_owned(), front, back));
        }
        pairs
    }

    fn shapes(p: &Palette) -> Vec<(String, Color32, Color32)> {
        let mut pairs = Vec::new();
        for (name, ground) in [("page", p.page), ("side", p.side), ("field", p.field)] {
            pairs.push((format!("a border on {name}"), p.border, ground));
            pairs.push((format!("the ring on {name}"), p.focus, ground));
        }
        for (name, ground) in [
            ("side", p.side),
            ("hover", p.hover),
            ("selected", p.selected),
        ] {
            pairs.push((
                format!("the dot of somebody there on {name}"),
                p.online,
                ground,
            ));
        }
        for (what, front, back) in [
            ("the ring on a bar", p.focus, p.bar),
            ("the ring on a hovered row", p.focus, p.hover),
            ("the ring on a selected row", p.focus, p.selected),
            ("the main button on the page", p.accent, p.page),
            ("the dot of somebody away", p.offline, p.side),
        ] {
            pairs.push((what.to_owned(), front, back));
        }
        pairs
    }

    /// WCAG's contrast ratio, from 1 to 21.
    fn ratio(one: Color32, other: Color32) -> f32 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(colour: Color32) -> f32 {
        let [red, green, blue] = [colour.r(), colour.g(), colour.b()].map(|part| {
            let part = f32::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}
