//! What happened, as it happens, by kind and by words. Only the rows in view are drawn, and the texts
//! are made only when something has changed.

use egui::{RichText, ScrollArea, TextEdit, Ui};

use super::{View, weak_ui};
use crate::app::host_panel::{Kind, kind, sentence};
use crate::app::language::{Language, Sentence};
use crate::app::text;
use crate::ui::{theme, words};

#[derive(Default)]
pub struct State {
    filter: String,
    /// `None`: all.
    kind: Option<Kind>,
    rows: Vec<String>,
    /// What the rows were made of.
    made_of: Option<(u64, String, Option<Kind>, Language)>,
}

pub fn log_ui(ui: &mut Ui, view: &View<'_>, state: &mut State) {
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(words::say(ui, "host-filter"));
        let field = TextEdit::singleline(&mut state.filter).desired_width(160.0);
        ui.add(field).labelled_by(label.id);
        for (kind, name) in [
            (None, words::say(ui, "host-kind-all")),
            (Some(Kind::People), words::say(ui, "host-kind-people")),
            (Some(Kind::Mail), words::say(ui, "host-kind-mail")),
            (Some(Kind::Host), words::say(ui, "host-kind-host")),
        ] {
            ui.selectable_value(&mut state.kind, kind, name);
        }
    });
    make_rows(view, state, words::language(ui));
    if state.rows.is_empty() {
        weak_ui(ui, &words::say(ui, "host-log-empty"));
    }
    if view.hosting.panel.missed() > 0 {
        let missed = Sentence::new("host-log-missed").count("count", view.hosting.panel.missed());
        weak_ui(ui, &words::tell(ui, &missed));
    }
    let height = ui.text_style_height(&egui::TextStyle::Small) + 4.0;
    let scroll = ScrollArea::vertical().id_salt("host_log");
    ui.spacing_mut().item_spacing.y = 2.0;
    scroll.auto_shrink(false).stick_to_bottom(true).show_rows(
        ui,
        height,
        state.rows.len(),
        |ui, places| {
            for row in &state.rows[places] {
                let text = RichText::new(row).small().color(theme::palette(ui).text);
                ui.add(egui::Label::new(text).truncate());
            }
        },
    );
}

/// Puts the happenings into words, if they or the wish have changed.
fn make_rows(view: &View<'_>, state: &mut State, language: Language) {
    let panel = &view.hosting.panel;
    let wish = (panel.changes(), state.filter.clone(), state.kind, language);
    if state.made_of.as_ref() == Some(&wish) {
        return;
    }
    let filter = state.filter.trim().to_lowercase();
    let wanted = panel.log().filter(|happening| {
        state
            .kind
            .is_none_or(|wanted| wanted == kind(&happening.what))
    });
    let row = |happening: &crate::app::host_panel::Happening| {
        let time = text::day_clock_s(view.now, happening.at_ms);
        format!("{time}  {}", sentence(&happening.what).say(language))
    };
    let rows = wanted.map(row);
    state.rows = rows
        .filter(|row| filter.is_empty() || row.to_lowercase().contains(&filter))
        .collect();
    state.made_of = Some(wish);
}
