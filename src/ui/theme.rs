//! All colours and sizes of the window, dark and light. Nothing else in the front end names a colour
//! or a font size.

use egui::{Color32, CornerRadius, FontFamily, FontId, Frame, Margin, Stroke, TextStyle, Theme};

/// Smallest window, in points.
pub const WINDOW_MIN: [f32; 2] = [360.0, 480.0];
/// The window at first, in points.
pub const WINDOW: [f32; 2] = [980.0, 680.0];
/// From this width on people and conversation stand side by side.
pub const WIDE_MIN: f32 = 640.0;
/// The list of people is so wide at least and at most, and leaves so much to the page.
pub const SIDE_MIN: f32 = 200.0;
pub const SIDE_MAX: f32 = 480.0;
pub const PAGE_MIN: f32 = 340.0;
pub const CARD_WIDTH: f32 = 360.0;
pub const PORT_WIDTH: f32 = 84.0;
pub const CONTACT_HEIGHT: f32 = 56.0;
pub const AVATAR_RADIUS: f32 = 18.0;
pub const TAB_HEIGHT: f32 = 34.0;
pub const TAB_NAME_MAX: f32 = 140.0;
/// A bubble is at most this wide: about 70 letters, which the eye can follow.
pub const BUBBLE_MAX: f32 = 520.0;
/// The part of a narrow conversation that a bubble fills at most.
pub const BUBBLE_SHARE: f32 = 0.82;
pub const BUBBLE_PADDING: egui::Vec2 = egui::vec2(12.0, 8.0);
pub const BUBBLE_RADIUS: u8 = 12;
/// Between two bubbles of the same sender, and between two senders.
pub const BURST_GAP: f32 = 3.0;
pub const SENDER_GAP: f32 = 12.0;
pub const DAY_GAP: f32 = 14.0;
pub const MARK: f32 = 10.0;
pub const DOT_RADIUS: f32 = 4.0;
pub const GAP: f32 = 8.0;
pub const EDGE: f32 = 14.0;
pub const BUTTON_HEIGHT: f32 = 32.0;
/// Lines that the message field grows to before it scrolls.
pub const COMPOSER_ROWS_MAX: f32 = 8.0;
/// Between a field's border and its text.
pub const FIELD_MARGIN: egui::Vec2 = egui::vec2(10.0, 7.0);

/// The colours of one theme.
pub struct Palette {
    pub page: Color32,
    pub side: Color32,
    pub field: Color32,
    pub line: Color32,
    pub hover: Color32,
    pub selected: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    pub own: Color32,
    pub on_own: Color32,
    pub on_own_weak: Color32,
    pub theirs: Color32,
    pub failed: Color32,
    pub online: Color32,
    pub offline: Color32,
    pub bad: Color32,
    pub bar: Color32,
    pub on_bar: Color32,
}

const DARK: Palette = Palette {
    page: Color32::from_rgb(0x16, 0x18, 0x1d),
    side: Color32::from_rgb(0x1d, 0x20, 0x27),
    field: Color32::from_rgb(0x0f, 0x11, 0x15),
    line: Color32::from_rgb(0x3d, 0x43, 0x50),
    hover: Color32::from_rgb(0x29, 0x2d, 0x37),
    selected: Color32::from_rgb(0x2a, 0x3b, 0x50),
    text: Color32::from_rgb(0xe8, 0xea, 0xee),
    weak: Color32::from_rgb(0xa0, 0xa8, 0xb6),
    accent: Color32::from_rgb(0x2e, 0x74, 0xc2),
    on_accent: Color32::WHITE,
    own: Color32::from_rgb(0x27, 0x4f, 0x7a),
    on_own: Color32::from_rgb(0xf4, 0xf8, 0xfd),
    on_own_weak: Color32::from_rgb(0xc0, 0xd4, 0xea),
    theirs: Color32::from_rgb(0x29, 0x2d, 0x37),
    failed: Color32::from_rgb(0x4a, 0x26, 0x2a),
    online: Color32::from_rgb(0x4c, 0xc3, 0x8a),
    offline: Color32::from_rgb(0x6b, 0x73, 0x82),
    bad: Color32::from_rgb(0xff, 0x9a, 0x92),
    bar: Color32::from_rgb(0x4a, 0x3c, 0x14),
    on_bar: Color32::from_rgb(0xff, 0xe6, 0xa8),
};

const LIGHT: Palette = Palette {
    page: Color32::from_rgb(0xfb, 0xfc, 0xfd),
    side: Color32::from_rgb(0xf0, 0xf2, 0xf6),
    field: Color32::WHITE,
    line: Color32::from_rgb(0xcd, 0xd3, 0xdc),
    hover: Color32::from_rgb(0xe3, 0xe7, 0xee),
    selected: Color32::from_rgb(0xd3, 0xe3, 0xf7),
    text: Color32::from_rgb(0x1b, 0x20, 0x29),
    weak: Color32::from_rgb(0x56, 0x60, 0x70),
    accent: Color32::from_rgb(0x1c, 0x66, 0xb8),
    on_accent: Color32::WHITE,
    own: Color32::from_rgb(0xd3, 0xe5, 0xfb),
    on_own: Color32::from_rgb(0x10, 0x24, 0x3c),
    on_own_weak: Color32::from_rgb(0x3f, 0x56, 0x70),
    theirs: Color32::from_rgb(0xea, 0xed, 0xf2),
    failed: Color32::from_rgb(0xfb, 0xe3, 0xe1),
    online: Color32::from_rgb(0x1d, 0x8f, 0x58),
    offline: Color32::from_rgb(0x95, 0x9d, 0xaa),
    bad: Color32::from_rgb(0xae, 0x22, 0x1a),
    bar: Color32::from_rgb(0xff, 0xf0, 0xc7),
    on_bar: Color32::from_rgb(0x52, 0x3f, 0x05),
};

/// The colours of the theme that is on.
pub fn palette(ui: &egui::Ui) -> &'static Palette {
    if ui.visuals().dark_mode {
        &DARK
    } else {
        &LIGHT
    }
}

/// Gives both themes their look. Which one is on follows the system.
pub fn apply(ctx: &egui::Context) {
    for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| {
            set_sizes(style);
            set_colours(&mut style.visuals, palette);
        });
    }
}

/// Small text: times, states, hints.
pub fn small(ui: &egui::Ui) -> FontId {
    TextStyle::Small.resolve(ui.style())
}

pub fn body(ui: &egui::Ui) -> FontId {
    TextStyle::Body.resolve(ui.style())
}

/// The frame of the panel with the people.
pub fn side_frame(ui: &egui::Ui) -> Frame {
    Frame::NONE
        .fill(palette(ui).side)
        .inner_margin(Margin::same(EDGE as i8))
}

pub fn page_frame(ui: &egui::Ui) -> Frame {
    Frame::NONE.fill(palette(ui).page)
}

/// The frame of a thin bar with something to know.
pub fn bar_frame(ui: &egui::Ui) -> Frame {
    let margin = Margin::symmetric(EDGE as i8, 6);
    Frame::NONE.fill(palette(ui).bar).inner_margin(margin)
}

/// The border of a field that scrolls inside it.
pub fn field_frame(ui: &egui::Ui, focused: bool) -> Frame {
    let visuals = ui.visuals();
    let look = if focused {
        visuals.selection.stroke
    } else {
        visuals.widgets.inactive.bg_stroke
    };
    Frame::new()
        .fill(visuals.text_edit_bg_color())
        .stroke(look)
        .corner_radius(visuals.widgets.inactive.corner_radius)
        .inner_margin(egui::Margin::symmetric(
            FIELD_MARGIN.x as i8,
            FIELD_MARGIN.y as i8,
        ))
}

/// The frame around the message field.
pub fn composer_frame(ui: &egui::Ui) -> Frame {
    let margin = Margin::symmetric(EDGE as i8, 10);
    Frame::NONE.fill(palette(ui).page).inner_margin(margin)
}

/// The button that does what the panel is for.
pub fn main_button<'a>(ui: &egui::Ui, text: &'a str) -> egui::Button<'a> {
    let colours = palette(ui);
    let text = egui::RichText::new(text).color(colours.on_accent);
    egui::Button::new(text)
        .fill(colours.accent)
        .min_size(egui::vec2(0.0, BUTTON_HEIGHT))
}

fn set_sizes(style: &mut egui::Style) {
    let font = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, font(12.0)),
        (TextStyle::Body, font(14.5)),
        (TextStyle::Button, font(14.0)),
        (TextStyle::Heading, font(24.0)),
        (
            TextStyle::Monospace,
            FontId::new(14.0, FontFamily::Monospace),
        ),
    ]
    .into();
    style.spacing.item_spacing = egui::vec2(GAP, 6.0);
    style.spacing.button_padding = egui::vec2(12.0, 5.0);
    style.spacing.interact_size.y = 26.0;
    style.spacing.icon_width = 18.0;
    style.spacing.icon_width_inner = 11.0;
    // With it a view that is set beyond its old end, because something was added, springs back
    // to there.
    style.spacing.scroll.kinetic.rubber_band = false;
    style.visuals.text_cursor.blink = false;
}

fn set_colours(visuals: &mut egui::Visuals, palette: &Palette) {
    visuals.panel_fill = palette.page;
    visuals.window_fill = palette.side;
    visuals.extreme_bg_color = palette.field;
    visuals.faint_bg_color = palette.side;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.weak);
    visuals.hyperlink_color = palette.accent;
    visuals.error_fg_color = palette.bad;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    let widgets = &mut visuals.widgets;
    let looks = [
        (&mut widgets.noninteractive, palette.side, palette.line),
        (&mut widgets.inactive, palette.hover, palette.line),
        (&mut widgets.hovered, palette.selected, palette.weak),
        (&mut widgets.active, palette.selected, palette.accent),
        (&mut widgets.open, palette.hover, palette.line),
    ];
    for (look, fill, stroke) in looks {
        look.bg_fill = fill;
        look.weak_bg_fill = fill;
        look.bg_stroke = Stroke::new(1.0, stroke);
        look.fg_stroke = Stroke::new(1.2, palette.text);
        look.corner_radius = CornerRadius::same(7);
        look.expansion = 0.0;
    }
}
