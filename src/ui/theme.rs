//! All sizes of the window, and which of the looks in `palette` is on. Nothing else in the front
//! end names a colour or a font size.

use egui::{
    Context, CornerRadius, FontFamily, FontId, Frame, Id, Margin, Stroke, StrokeKind, TextStyle,
    Theme, ThemePreference,
};

use super::palette;
pub use super::palette::Palette;
use crate::app::{Appearance, Choice, Settings, System};

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
/// From this width on a bar has its buttons beside its text.
pub const BAR_WIDE_MIN: f32 = 460.0;
/// The page with the settings is at most this wide, and from the next width on a setting stands beside
/// its name.
pub const SETTINGS_WIDTH: f32 = 560.0;
pub const SETTINGS_BESIDE_MIN: f32 = 440.0;
pub const SETTINGS_NAME_WIDTH: f32 = 150.0;
pub const CARD_WIDTH: f32 = 360.0;
/// The part of the window's height that is over the form of the first page.
pub const WELCOME_AT: f32 = 0.12;
pub const PORT_WIDTH: f32 = 84.0;
pub const CONTACT_HEIGHT: f32 = 56.0;
pub const AVATAR_RADIUS: f32 = 18.0;
pub const TAB_HEIGHT: f32 = 34.0;
pub const TAB_NAME_MAX: f32 = 140.0;
/// What is read stands in a column of at most this width in the middle of the page: on a wide screen
/// nobody looks from one edge to the other.
pub const COLUMN_MAX: f32 = 900.0;
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
/// Of the corners of fields, buttons and rows.
pub const RADIUS: f32 = 7.0;
pub const DOT_RADIUS: f32 = 4.0;
pub const GAP: f32 = 8.0;
pub const EDGE: f32 = 14.0;
pub const BUTTON_HEIGHT: f32 = 32.0;
/// Of a button that shows a sign instead of a word, both ways.
pub const ICON_BUTTON: f32 = 28.0;
/// Of the one button that the first page is for.
pub const BIG_BUTTON_HEIGHT: f32 = 44.0;
/// From this width on two of them stand beside each other, with room for their words.
pub const TWO_BUTTONS_MIN: f32 = 280.0;
/// A question over the window.
pub const DIALOG_WIDTH: f32 = 440.0;
pub const TITLE: f32 = 17.0;
/// The line over the message field.
pub const STRIP_HEIGHT: f32 = 18.0;
/// The button that opens the emoji, inside the message field.
pub const SMILEY: f32 = 22.0;
/// Narrower than this, the button that sends has no word.
pub const SEND_WORD_MIN: f32 = 400.0;
/// One emoji among those to choose from, and its place.
pub const EMOJI: f32 = 21.0;
pub const EMOJI_CELL: f32 = 37.0;
/// Of the emoji offered for a word that is typed: all of them are seen.
pub const COMPLETIONS_HEIGHT: f32 = 280.0;
/// Lines that the message field grows to before it scrolls.
pub const COMPOSER_ROWS_MAX: f32 = 8.0;
/// Between a field's border and its text, while the border is thin.
pub const FIELD_MARGIN: egui::Vec2 = egui::vec2(10.0, 7.0);

/// Between what has the keyboard and its ring, and the ring's own width, in points.
const RING_GAP: f32 = 2.0;
const RING: f32 = 2.0;

/// How long a change is drawn as a movement, in seconds.
const MOTION: f32 = 0.1;

/// How everything looks: what the settings and the system come to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    theme: ThemePreference,
    high_contrast: bool,
    moves: bool,
    zoom: f32,
}

impl Look {
    fn new(settings: &Settings, system: System) -> Self {
        let is_on = |choice, wished| match choice {
            Choice::System => wished == Some(true),
            Choice::On => true,
            Choice::Off => false,
        };
        Self {
            theme: match (settings.appearance, system.dark) {
                (Appearance::Dark, _) | (Appearance::System, Some(true)) => ThemePreference::Dark,
                (Appearance::Light, _) | (Appearance::System, Some(false)) => {
                    ThemePreference::Light
                }
                // Then the window system's own word counts.
                (Appearance::System, None) => ThemePreference::System,
            },
            high_contrast: is_on(settings.high_contrast, system.contrast),
            moves: !is_on(settings.reduced_motion, system.reduced_motion),
            zoom: settings.zoom,
        }
    }
}

/// The colours that are on.
pub fn palette(ui: &egui::Ui) -> &'static Palette {
    let look = ui.data(|data| data.get_temp::<Look>(Id::NULL));
    colours(
        ui.visuals().dark_mode,
        look.is_some_and(|look| look.high_contrast),
    )
}

fn colours(dark: bool, high_contrast: bool) -> &'static Palette {
    match (dark, high_contrast) {
        (true, false) => &palette::DARK,
        (true, true) => &palette::DARK_CONTRAST,
        (false, false) => &palette::LIGHT,
        (false, true) => &palette::LIGHT_CONTRAST,
    }
}

/// Gives everything the look that nobody has chosen another of.
pub fn apply(ctx: &Context) {
    choose(ctx, &Settings::default(), System::default());
}

/// Gives everything the look that is chosen. To be called every frame: it does nothing, and wakes
/// nothing, while the look is the same.
pub fn choose(ctx: &Context, settings: &Settings, system: System) {
    let look = Look::new(settings, system);
    let before = ctx.data_mut(|data| {
        let before = data.get_temp::<Look>(Id::NULL);
        data.insert_temp(Id::NULL, look);
        before
    });
    if before == Some(look) {
        return;
    }
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| {
            set_sizes(style);
            set_motion(style, look.moves);
            let colours = colours(theme == Theme::Dark, look.high_contrast);
            set_colours(&mut style.visuals, colours);
        });
    }
    // The settings keep the zoom, so the keys for it are theirs.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.set_theme(look.theme);
    ctx.set_zoom_factor(look.zoom);
}

/// The ring around whatever has the keyboard, drawn once when all else is. A text field has a border
/// of its own for it.
pub fn focus_ui(ui: &egui::Ui) {
    let focused = ui.memory(|memory| memory.focused());
    if let Some(id) = focused
        && !ui.ctx().text_edit_focused()
        && let Some(response) = ui.ctx().read_response(id)
    {
        focus_ring(ui, &response);
    }
}

/// The ring around a widget, if it has the keyboard. [`focus_ui`] draws it around every one.
pub fn focus_ring(ui: &egui::Ui, response: &egui::Response) {
    let window = ui.ctx().content_rect().shrink(RING);
    let seen = response.interact_rect.expand(RING_GAP).intersect(window);
    if response.has_focus() && seen.is_positive() {
        let stroke = Stroke::new(RING, palette(ui).focus);
        let painter = ui.ctx().layer_painter(response.layer_id);
        painter.rect_stroke(seen, RADIUS + RING_GAP, stroke, StrokeKind::Outside);
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

/// The frame around settings that belong together.
pub fn group_frame(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(palette(ui).side)
        .stroke(Stroke::new(1.0, palette(ui).line))
        .corner_radius(RADIUS)
        .inner_margin(Margin::same(EDGE as i8))
}

/// The border of a field that scrolls inside it. It is as wide with the keyboard as without.
pub fn field_frame(ui: &egui::Ui, focused: bool) -> Frame {
    let visuals = ui.visuals();
    let border = if focused {
        visuals.selection.stroke
    } else {
        visuals.widgets.inactive.bg_stroke
    };
    let inside = FIELD_MARGIN + egui::Vec2::splat(1.0 - border.width);
    Frame::new()
        .fill(visuals.text_edit_bg_color())
        .stroke(border)
        .corner_radius(visuals.widgets.inactive.corner_radius)
        .inner_margin(Margin::symmetric(inside.x as i8, inside.y as i8))
}

/// The frame of a question over the window.
pub fn dialog_frame(ui: &egui::Ui) -> Frame {
    Frame::popup(ui.style()).inner_margin(EDGE)
}

/// The frame around the message field.
pub fn composer_frame(ui: &egui::Ui) -> Frame {
    let margin = Margin {
        top: 2,
        bottom: 10,
        left: EDGE as i8,
        right: EDGE as i8,
    };
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

fn set_motion(style: &mut egui::Style, moves: bool) {
    style.animation_time = if moves { MOTION } else { 0.0 };
    style.scroll_animation = if moves {
        egui::style::ScrollAnimation::default()
    } else {
        egui::style::ScrollAnimation::none()
    };
}

fn set_colours(visuals: &mut egui::Visuals, palette: &Palette) {
    visuals.panel_fill = palette.page;
    visuals.window_fill = palette.side;
    visuals.window_stroke = Stroke::new(1.0, palette.border);
    visuals.extreme_bg_color = palette.field;
    visuals.faint_bg_color = palette.side;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.weak);
    visuals.hyperlink_color = palette.focus;
    visuals.error_fg_color = palette.bad;
    visuals.warn_fg_color = palette.on_bar;
    // The stroke is marked text's colour, and the border of the field that has the keyboard.
    visuals.selection.bg_fill = palette.marked;
    visuals.selection.stroke = Stroke::new(RING, palette.focus);
    visuals.text_cursor.stroke = Stroke::new(RING, palette.focus);
    let widgets = &mut visuals.widgets;
    let looks = [
        (&mut widgets.noninteractive, palette.side, palette.line),
        (&mut widgets.inactive, palette.hover, palette.border),
        (&mut widgets.hovered, palette.selected, palette.text),
        (&mut widgets.active, palette.selected, palette.focus),
        (&mut widgets.open, palette.hover, palette.border),
    ];
    for (look, fill, stroke) in looks {
        look.bg_fill = fill;
        look.weak_bg_fill = fill;
        look.bg_stroke = Stroke::new(1.0, stroke);
        look.fg_stroke = Stroke::new(1.2, palette.text);
        look.corner_radius = CornerRadius::same(RADIUS as u8);
        look.expansion = 0.0;
    }
}
