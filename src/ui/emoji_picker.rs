//! The emoji to choose from: those used last, then all of them by kind, with a search. Which they are is
//! in [`super::emoji`].

use std::ops::Range;

use egui::{Align2, FontId, Key, Modifiers, Popup, RectAlign, Response, Role, ScrollArea, Sense};
use egui::{Ui, WidgetInfo, vec2};
use emojis::Emoji;

use super::emoji::{KINDS, RECENT_MAX, found, is_offered};
use super::{theme, words};

const COLUMNS: usize = 8;
const ROWS_SHOWN: f32 = 7.5;

/// The picker, while it is open.
#[derive(Debug)]
pub struct Picker {
    query: String,
    /// All that is offered, in the order of the grid.
    offered: Vec<&'static Emoji>,
    rows: Vec<Row>,
    /// The place in `offered` that Enter takes.
    selected: usize,
    /// The search gets the keyboard when it is drawn next.
    focus: bool,
    /// How far the grid is scrolled, and how far it is to be.
    offset: f32,
    wanted: Option<f32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Row {
    /// The name of a kind.
    Title(&'static str),
    Emoji(Range<usize>),
}

/// Opens what emoji are chosen from, or closes it.
pub fn turn(ui: &Ui, picker: &mut Option<Picker>, recent: &[String]) {
    *picker = match picker {
        Some(_) => None,
        None => Some(Picker::new(ui, recent)),
    };
}

impl Picker {
    /// `recent`: those used last, newest first.
    fn new(ui: &Ui, recent: &[String]) -> Self {
        let mut picker = Self {
            query: String::new(),
            offered: Vec::new(),
            rows: Vec::new(),
            selected: 0,
            focus: true,
            offset: 0.0,
            wanted: None,
        };
        picker.offer(ui, recent);
        picker
    }

    /// Offers what fits the query.
    fn offer(&mut self, ui: &Ui, recent: &[String]) {
        self.offered.clear();
        self.rows.clear();
        self.selected = 0;
        self.wanted = Some(0.0);
        let query = self.query.trim().to_lowercase();
        if !query.is_empty() {
            self.add(None, found(ui, &query));
            return;
        }
        let known = recent.iter().filter_map(|emoji| emojis::get(emoji));
        self.add(Some("talk-emoji-recent"), known.take(RECENT_MAX).collect());
        for (group, name, _) in KINDS {
            self.add(
                Some(name),
                group.emojis().filter(|it| is_offered(it)).collect(),
            );
        }
    }

    fn add(&mut self, title: Option<&'static str>, emoji: Vec<&'static Emoji>) {
        if emoji.is_empty() {
            return;
        }
        self.rows.extend(title.map(Row::Title));
        let (start, end) = (self.offered.len(), self.offered.len() + emoji.len());
        let rows = (start..end).step_by(COLUMNS);
        self.rows
            .extend(rows.map(|at| Row::Emoji(at..end.min(at + COLUMNS))));
        self.offered.extend(emoji);
    }

    /// The row in which an emoji stands.
    fn row_of(&self, place: usize) -> usize {
        let holds = |row: &Row| matches!(row, Row::Emoji(places) if places.contains(&place));
        self.rows.iter().position(holds).unwrap_or(0)
    }

    /// The emoji above or below the selected one, in the nearest row of emoji.
    fn beside(&self, rows: impl Iterator<Item = usize>) -> Option<usize> {
        let Row::Emoji(from) = self.rows.get(self.row_of(self.selected))? else {
            return None;
        };
        let column = self.selected - from.start;
        rows.filter_map(|row| self.rows.get(row))
            .find_map(|row| match row {
                Row::Emoji(places) => Some((places.start + column).min(places.end - 1)),
                Row::Title(_) => None,
            })
    }

    /// The arrow keys go through the grid while the search has the keyboard. True: Enter.
    fn keys(&mut self, ui: &Ui) -> bool {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let row = self.row_of(self.selected);
        let to = if pressed(Key::ArrowDown) {
            self.beside(row + 1..self.rows.len())
        } else if pressed(Key::ArrowUp) {
            self.beside((0..row).rev())
        } else if pressed(Key::ArrowRight) {
            Some(self.selected + 1)
        } else if pressed(Key::ArrowLeft) {
            self.selected.checked_sub(1)
        } else {
            None
        };
        if let Some(to) = to.filter(|to| *to < self.offered.len()) {
            self.selected = to;
            self.bring_into_view();
        }
        pressed(Key::Enter)
    }

    fn bring_into_view(&mut self) {
        let top = self.row_of(self.selected) as f32 * theme::EMOJI_CELL;
        let height = ROWS_SHOWN * theme::EMOJI_CELL;
        let lowest = top + theme::EMOJI_CELL - height;
        if top < self.offset || lowest > self.offset {
            self.wanted = Some(self.offset.clamp(lowest.max(0.0), top));
        }
    }
}

/// Draws the picker over the message field while it is open. Answers what was chosen; it is closed then, or by
/// Esc or a click elsewhere.
pub fn picker_ui(
    picker: &mut Option<Picker>,
    field: &Response,
    recent: &[String],
) -> Option<&'static Emoji> {
    let mut open = picker.is_some();
    let shown = picker.as_mut()?;
    let popup = Popup::from_response(field)
        .open_bool(&mut open)
        .align(RectAlign::TOP_END)
        .gap(theme::GAP)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| inside_ui(ui, shown, recent));
    let chosen = popup.and_then(|popup| popup.inner);
    if !open || chosen.is_some() {
        *picker = None;
    }
    chosen
}

fn inside_ui(ui: &mut Ui, picker: &mut Picker, recent: &[String]) -> Option<&'static Emoji> {
    ui.set_width(COLUMNS as f32 * theme::EMOJI_CELL + 14.0);
    ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
    let enter = picker.keys(ui);
    let before = picker.query.clone();
    let hint = words::say(ui, "talk-emoji-search");
    let field = egui::TextEdit::singleline(&mut picker.query)
        .hint_text(&hint)
        .desired_width(f32::INFINITY)
        .char_limit(40)
        .margin(egui::Margin::symmetric(8, 6));
    let field = ui.add(field).accessible_name(hint);
    if std::mem::take(&mut picker.focus) {
        field.request_focus();
    }
    if picker.query != before {
        picker.offer(ui, recent);
    }
    kinds_ui(ui, picker);
    let clicked = grid_ui(ui, picker);
    ui.separator();
    name_ui(ui, picker);
    let entered = enter.then(|| picker.offered.get(picker.selected).copied());
    clicked.or(entered.flatten())
}

/// The kinds, each a click away.
fn kinds_ui(ui: &mut Ui, picker: &mut Picker) {
    if !picker.query.trim().is_empty() {
        return;
    }
    let titles = picker
        .rows
        .iter()
        .enumerate()
        .filter_map(|(row, it)| match it {
            Row::Title(name) => Some((row, *name)),
            Row::Emoji(_) => None,
        });
    let titles: Vec<_> = titles.collect();
    let top = ((picker.offset + 1.0) / theme::EMOJI_CELL) as usize;
    let current = titles
        .iter()
        .rev()
        .find(|(row, _)| *row <= top)
        .map(|(row, _)| *row);
    let width = ui.available_width() / titles.len().max(1) as f32;
    ui.horizontal(|ui| {
        for (row, name) in titles {
            let sign = KINDS
                .iter()
                .find(|kind| kind.1 == name)
                .map_or("🕘", |kind| kind.2);
            let word = words::say(ui, name);
            let size = vec2(width, theme::BUTTON_HEIGHT);
            let cell = cell_ui(ui, size, (sign, 16.0), (&word, current == Some(row)));
            if cell.on_hover_text(word).clicked() {
                picker.wanted = Some(row as f32 * theme::EMOJI_CELL);
                picker.focus = true;
                let first = picker.rows.get(row + 1);
                if let Some(Row::Emoji(places)) = first {
                    picker.selected = places.start;
                }
            }
        }
    });
}

fn grid_ui(ui: &mut Ui, picker: &mut Picker) -> Option<&'static Emoji> {
    let height = ROWS_SHOWN * theme::EMOJI_CELL;
    let mut area = ScrollArea::vertical()
        .auto_shrink(false)
        .max_height(height)
        .min_scrolled_height(height);
    if let Some(offset) = picker.wanted.take() {
        area = area.vertical_scroll_offset(offset);
    }
    if picker.offered.is_empty() {
        ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
            ui.set_min_height(height);
            ui.add_space(theme::EDGE);
            let none = words::say(ui, "talk-emoji-none");
            ui.vertical_centered(|ui| super::widgets::empty_ui(ui, &none));
        });
        return None;
    }
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    let out = area.show_rows(ui, theme::EMOJI_CELL, picker.rows.len(), |ui, rows| {
        let mut clicked = None;
        for row in rows {
            clicked = clicked.or(row_ui(ui, picker, row));
        }
        clicked
    });
    if (picker.offset - out.state.clamped_offset().y).abs() > 0.5 {
        picker.offset = out.state.clamped_offset().y;
        ui.ctx().request_repaint();
    }
    out.inner
}

fn row_ui(ui: &mut Ui, picker: &mut Picker, row: usize) -> Option<&'static Emoji> {
    let places = match picker.rows.get(row)? {
        Row::Title(name) => {
            let (rect, _) = ui.allocate_exact_size(
                vec2(ui.available_width(), theme::EMOJI_CELL),
                Sense::hover(),
            );
            let colour = theme::palette(ui).weak;
            let name = words::say(ui, name);
            let at = rect.left_center() + vec2(6.0, 2.0);
            ui.painter()
                .text(at, Align2::LEFT_CENTER, name, theme::small(ui), colour);
            return None;
        }
        Row::Emoji(places) => places.clone(),
    };
    let mut clicked = None;
    ui.horizontal(|ui| {
        for place in places {
            let Some(emoji) = picker.offered.get(place).copied() else {
                continue;
            };
            let selected = place == picker.selected;
            let size = vec2(theme::EMOJI_CELL, theme::EMOJI_CELL);
            let sign = (emoji.as_str(), theme::EMOJI);
            let cell = cell_ui(ui, size, sign, (emoji.name(), selected));
            if cell.hovered() && ui.input(|input| input.pointer.is_moving()) {
                picker.selected = place;
            }
            if cell.clicked() {
                clicked = Some(emoji);
            }
        }
    });
    clicked
}

/// One sign that can be clicked, with its name for a screen reader.
fn cell_ui(
    ui: &mut Ui,
    size: egui::Vec2,
    (sign, points): (&str, f32),
    (name, selected): (&str, bool),
) -> Response {
    let (rect, cell) = ui.allocate_exact_size(size, Sense::CLICK);
    cell.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name));
    let colours = theme::palette(ui);
    if selected {
        ui.painter()
            .rect_filled(rect.shrink(1.0), 7.0, colours.selected);
    } else if cell.hovered() {
        ui.painter()
            .rect_filled(rect.shrink(1.0), 7.0, colours.hover);
    }
    let font = FontId::proportional(points);
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        sign,
        font,
        colours.text,
    );
    cell
}

/// What Enter takes, in words; a screen reader says it as the arrows go.
fn name_ui(ui: &mut Ui, picker: &Picker) {
    let name = picker
        .offered
        .get(picker.selected)
        .map_or_else(String::new, |emoji| {
            let code = emoji
                .shortcode()
                .map_or_else(String::new, |code| format!(" :{code}:"));
            format!("{}{code}", emoji.name())
        });
    let text = egui::RichText::new(name)
        .small()
        .color(theme::palette(ui).weak);
    let label = ui.add(egui::Label::new(text).truncate());
    ui.ctx().accesskit_node_builder(label.id, |node| {
        node.set_live(egui::accesskit::Live::Polite);
    });
}
