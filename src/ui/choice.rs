//! A list under a field: the arrows walk through it while the field keeps the keyboard.

use egui::{Id, Key, Modifiers, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::theme;

/// Which row is chosen, and how far the list is scrolled.
#[derive(Debug, Default)]
pub struct Choice {
    pub at: usize,
    scrolled: f32,
    height: f32,
    /// The chosen row is to come into view.
    moved: bool,
}

impl Choice {
    /// The first row again.
    pub fn reset(&mut self) {
        self.at = 0;
        self.moved = true;
    }

    /// Takes the keys that walk through a list of so many rows. To be called before the field is drawn,
    /// which would take them.
    pub fn keys_ui(&mut self, ui: &Ui, rows: usize, row_height: f32) {
        let last = rows.saturating_sub(1);
        let page = ((self.height / row_height) as isize).max(1);
        let keys = [
            (Key::ArrowDown, 1),
            (Key::ArrowUp, -1),
            (Key::PageDown, page),
            (Key::PageUp, -page),
        ];
        for (key, steps) in keys {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                self.at = self.at.saturating_add_signed(steps);
                self.moved = true;
            }
        }
        self.at = self.at.min(last);
    }

    /// Draws the rows in view, each by `row`, which gets its number. True: the last row is in view.
    pub fn list_ui(
        &mut self,
        ui: &mut Ui,
        (id, row_height): (&str, f32),
        rows: usize,
        mut row: impl FnMut(&mut Ui, usize),
    ) -> bool {
        let mut area = ScrollArea::vertical()
            .id_salt(id)
            .auto_shrink([false, true]);
        if std::mem::take(&mut self.moved) {
            let top = self.at as f32 * row_height;
            // Nothing is known of the room before it was drawn once.
            let lowest = if self.height > 0.0 {
                top + row_height - self.height
            } else {
                0.0
            };
            area = area.vertical_scroll_offset(self.scrolled.min(top).max(lowest).max(0.0));
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let out = area.show_rows(ui, row_height, rows, |ui, shown| {
            let end = shown.end;
            shown.for_each(|number| row(ui, number));
            end
        });
        self.scrolled = out.state.clamped_offset().y;
        self.height = out.inner_rect.height();
        out.inner >= rows
    }
}

/// The ground of one row with its name; what stands on it is drawn by the caller.
pub fn row_ui(ui: &mut Ui, id: Id, height: f32, (label, chosen): (&str, bool)) -> (Rect, Response) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    // The keyboard stays in the field.
    let response = ui.interact(rect, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, label));
    ui.ctx()
        .accesskit_node_builder(id, |node| node.set_selected(chosen));
    let colours = theme::palette(ui);
    if chosen {
        ui.painter()
            .rect_filled(rect, theme::RADIUS, colours.selected);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, colours.hover);
    }
    (rect, response)
}

/// Tells a screen reader which row is chosen while the keyboard is in `field`.
pub fn tell_chosen(ui: &Ui, field: Id, row: Option<Id>) {
    ui.ctx().accesskit_node_builder(field, |node| match row {
        Some(row) => node.set_active_descendant(row.accesskit_id()),
        None => node.clear_active_descendant(),
    });
}
