//! What happened, as it happens, by kind and by words. Only the rows in view are drawn, and a happening
//! is put into words once, or again for another filter or language.

use std::collections::VecDeque;

use egui::{RichText, ScrollArea, TextEdit, Ui};

use super::{View, weak_ui};
use crate::app::host_panel::{Happening, Kind, kind, sentence};
use crate::app::language::{Language, Sentence};
use crate::app::text;
use crate::ui::{theme, words};

#[derive(Default)]
pub struct State {
    filter: String,
    /// `None`: all.
    kind: Option<Kind>,
    rows: Rows,
    /// What the rows were made for.
    made_for: Option<Wish>,
}

/// Of which server's log (it began then), which of it, and in which language.
type Wish = (Option<i64>, String, Option<Kind>, Language);

/// Happenings in words, each with its number.
#[derive(Default)]
struct Rows {
    rows: VecDeque<(u64, String)>,
    /// The number of the next happening that is to be put into words.
    next: u64,
}

impl Rows {
    /// Follows a log whose first happening has this number: what is new is put into words, what is gone
    /// goes. `None` of `say`: it is not wanted.
    fn follow<T>(
        &mut self,
        first: u64,
        log: impl ExactSizeIterator<Item = T>,
        say: impl Fn(T) -> Option<String>,
    ) {
        self.rows.retain(|(number, _)| *number >= first);
        let end = first + log.len() as u64;
        for (number, happening) in (first..).zip(log) {
            if number >= self.next
                && let Some(row) = say(happening)
            {
                self.rows.push_back((number, row));
            }
        }
        self.next = end;
    }
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
    let rows = &state.rows.rows;
    if rows.is_empty() {
        weak_ui(ui, &words::say(ui, "host-log-empty"));
    }
    if view.hosting.panel.missed() > 0 {
        let missed = Sentence::new("host-log-missed").count("count", view.hosting.panel.missed());
        weak_ui(ui, &words::tell(ui, &missed));
    }
    let height = ui.text_style_height(&egui::TextStyle::Small);
    let scroll = ScrollArea::vertical().id_salt("host_log");
    ui.spacing_mut().item_spacing.y = 4.0;
    scroll.auto_shrink(false).stick_to_bottom(true).show_rows(
        ui,
        height,
        rows.len(),
        |ui, places| {
            for (_, row) in rows.range(places) {
                let text = RichText::new(row).small().color(theme::palette(ui).text);
                ui.add(egui::Label::new(text).truncate());
            }
        },
    );
}

/// Puts into words what has happened since, or everything if something else is wished.
fn make_rows(view: &View<'_>, state: &mut State, language: Language) {
    let panel = &view.hosting.panel;
    let since_ms = view.hosting.since_ms;
    let wish = (since_ms, state.filter.clone(), state.kind, language);
    if state.made_for.as_ref() != Some(&wish) {
        state.rows = Rows::default();
        state.made_for = Some(wish);
    }
    let filter = state.filter.trim().to_lowercase();
    let say = |happening: &Happening| {
        if state
            .kind
            .is_some_and(|wanted| wanted != kind(&happening.what))
        {
            return None;
        }
        let time = text::day_clock_s(view.now, happening.at_ms);
        let row = format!("{time}  {}", sentence(&happening.what).say(language));
        (filter.is_empty() || row.to_lowercase().contains(&filter)).then_some(row)
    };
    state.rows.follow(panel.first_logged(), panel.log(), say);
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_happening_is_put_into_words_once_and_goes_with_the_log() {
        let said = Cell::new(0);
        let say = |number: u64| {
            said.set(said.get() + 1);
            (number != 2).then(|| number.to_string())
        };
        let mut rows = Rows::default();
        let log = |range: std::ops::Range<u64>| range.collect::<Vec<_>>().into_iter();
        rows.follow(0, log(0..3), say);
        rows.follow(0, log(0..3), say);
        assert_eq!(said.take(), 3, "nothing is new");
        rows.follow(1, log(1..5), say);
        assert_eq!(said.take(), 2);
        let texts: Vec<_> = rows.rows.iter().map(|(_, row)| row.as_str()).collect();
        assert_eq!(texts, ["1", "3", "4"]);
    }
}
