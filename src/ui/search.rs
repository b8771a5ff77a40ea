//! The page with a search in everything that was ever said.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, CentralPanel, Id, Key, Modifiers, Rect, RichText, TextEdit, Ui, vec2};

use super::choice::{self, Choice};
use super::typed::{SEARCH_MAX, Typed};
use super::window::Window;
use super::{avatar, theme, widgets, words};
use crate::app::language::Sentence;
use crate::app::lines::{Line, Origin, shown_at_ms};
use crate::app::search::{self, Progress, Searching};
use crate::app::{Command, Now, Page, text};

const ROW: f32 = 60.0;

/// Characters that stand before the first word that was found.
const BEFORE: usize = 24;

/// Characters of a line that are drawn: more than the widest window shows.
const CHARS_MAX: usize = 400;

/// What only the screen knows of the page.
#[derive(Debug, Default)]
pub struct State {
    typed: Typed,
    focus: bool,
    has_focus: bool,
    choice: Choice,
}

impl State {
    /// The field gets the keyboard when it is drawn next.
    pub fn request_focus(&mut self) {
        self.focus = true;
    }
}

impl Window {
    pub(super) fn search_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        // A search that began elsewhere goes on here; one in a single conversation is not this one.
        if let Some(all) = self.app.search(None)
            && all.text() != self.search.typed.asked()
        {
            self.search.typed.set(all.text().to_owned());
            self.search.focus = true;
        }
        let frame = theme::page_frame(ui).inner_margin(theme::EDGE);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            widgets::column_ui(ui, |ui| self.search_content_ui(ui, now, commands));
        });
    }

    fn search_content_ui(&mut self, ui: &mut Ui, now: Now, commands: &mut Vec<Command>) {
        let mut back = false;
        egui::Sides::new().shrink_left().show(
            ui,
            |ui| ui.heading(words::say(ui, "people-search")),
            |ui| back |= ui.button(words::say(ui, "people-search-back")).clicked(),
        );
        if back {
            commands.push(Command::Go(Page::Talk));
            self.composer.request_focus();
        }
        ui.add_space(theme::GAP);
        let entered = self.search_field_ui(ui, commands);
        ui.add_space(theme::GAP);
        self.results_ui(ui, now, entered, commands);
    }

    /// The field; true: Enter was pressed and what stands in it is looked for already.
    fn search_field_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) -> bool {
        let mine = self.app.search(None);
        let rows = mine.map_or(0, |all| all.lines.len());
        let is_failed = mine.is_some_and(|all| all.progress == Progress::Failed);
        let state = &mut self.search;
        let mut entered = false;
        if state.has_focus {
            state.choice.keys_ui(ui, rows, ROW);
            entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        }
        let id = Id::unique(("search", "field"));
        if std::mem::take(&mut state.focus) {
            widgets::select_all(ui, id, &state.typed.text);
        }
        let name = words::say(ui, "people-search-field");
        let field = TextEdit::singleline(&mut state.typed.text)
            .id(id)
            .hint_text(name.as_str())
            .desired_width(f32::INFINITY)
            .char_limit(SEARCH_MAX)
            .margin(egui::Margin::symmetric(10, 8));
        let field = ui.add(field);
        state.has_focus = field.has_focus();
        let changed = field.changed();
        field.accessible_name(name);
        if entered && is_failed {
            state.typed.forget();
        }
        if let Some(text) = state.typed.take(ui, (changed, entered)) {
            state.choice.reset();
            commands.push(Command::Search { text, peer: None });
            return false;
        }
        entered
    }

    fn results_ui(&mut self, ui: &mut Ui, now: Now, entered: bool, commands: &mut Vec<Command>) {
        let asked = self.search.typed.asked();
        let is_mine = |all: &&Searching| all.text() == asked;
        let found = self
            .app
            .search(None)
            .filter(is_mine)
            .filter(|_| !asked.is_empty());
        let sentence = state(found, asked);
        let colour = theme::palette(ui).weak;
        let said = RichText::new(words::tell(ui, &sentence)).color(colour);
        ui.add(egui::Label::new(said).wrap());
        ui.add_space(theme::GAP);
        let Some(found) = found else { return };
        let (choice, words) = (&mut self.search.choice, search::words(asked));
        let (at, mut picked) = (choice.at, None);
        let is_end = choice.list_ui(ui, ("found", ROW), found.lines.len(), |ui, row| {
            if line_ui(ui, now, &found.lines[row], (&words, row == at)) {
                picked = Some(row);
            }
        });
        if is_end && found.progress == Progress::More {
            commands.push(Command::SearchEarlier(None));
        }
        let chosen = found.lines.get(at).map(id);
        choice::tell_chosen(ui, Id::unique(("search", "field")), chosen);
        let picked = picked.or(Some(at).filter(|_| entered));
        if let Some(line) = picked.and_then(|row| found.lines.get(row)) {
            let (peer, line) = (line.peer.clone(), line.id);
            self.find.open_at(found.text(), &peer, line);
            self.transcript.go_to(&peer, line);
            commands.push(Command::Open(peer.clone()));
            commands.push(Command::ShowLine { peer, line });
        }
    }
}

/// What there is to say of a search.
fn state(found: Option<&Searching>, asked: &str) -> Sentence {
    let Some(found) = found else {
        return Sentence::new("people-search-hint");
    };
    let count = found.lines.len();
    match (found.progress, count) {
        (Progress::Failed, _) => Sentence::new("people-find-failed"),
        (Progress::Reading, 0) => Sentence::new("people-find-reading"),
        (_, 0) => Sentence::new("people-search-none").with("text", asked),
        (Progress::Done, _) => Sentence::new("people-find-count").count("count", count),
        (_, _) => Sentence::new("people-search-more").count("count", count),
    }
}

fn id(line: &Line) -> Id {
    Id::unique(("found", line.id.0))
}

/// One line that was found; true: it is wanted.
fn line_ui(ui: &mut Ui, now: Now, line: &Line, (words, chosen): (&[String], bool)) -> bool {
    let name = line.peer.as_str();
    let when = text::when(words::language(ui), now, shown_at_ms(line));
    let mut excerpt = Excerpt::new(&text::one_line(&line.text), words);
    if let Origin::Own { .. } = line.origin {
        let own = Sentence::new("people-line-own").with("text", &excerpt.text);
        excerpt = excerpt.within(words::tell(ui, &own));
    }
    let spoken = Sentence::new("people-search-row")
        .with("name", name)
        .with("time", &when)
        .with("text", &excerpt.text);
    let spoken = words::tell(ui, &spoken);
    let (rect, row) = choice::row_ui(ui, id(line), ROW, (&spoken, chosen));
    let center = rect.left_center() + vec2(10.0 + theme::AVATAR_RADIUS, 0.0);
    avatar::avatar(ui, center, theme::AVATAR_RADIUS, name);
    let left = center.x + theme::AVATAR_RADIUS + 10.0;
    let inner =
        Rect::from_x_y_ranges(left..=rect.max.x - 10.0, rect.y_range()).shrink2(vec2(0.0, 8.0));
    let (upper, lower) = inner.split_top_bottom_at_y(inner.center().y);
    let colours = theme::palette(ui);
    let small = theme::small(ui);
    let time = widgets::one_line(ui, &when, small, colours.weak, f32::INFINITY);
    let place = Align2::RIGHT_CENTER.anchor_size(upper.right_center(), time.size());
    let room = place.min.x - upper.min.x - theme::GAP;
    ui.painter().galley(place.min, time, colours.weak);
    let name = widgets::one_line(ui, name, theme::body(ui), colours.text, room);
    widgets::put_left(ui, upper, name);
    let galley = ui.painter().layout_job(excerpt.job(ui, lower.width()));
    widgets::put_left(ui, lower, galley);
    row.clicked()
}

/// The part of a line around the first word that was found.
struct Excerpt {
    text: String,
    /// In characters.
    marks: Vec<std::ops::Range<usize>>,
}

impl Excerpt {
    fn new(said: &str, words: &[String]) -> Self {
        let first = search::marks(said, words)
            .first()
            .map_or(0, |mark| mark.start);
        let mut skipped = first.saturating_sub(BEFORE);
        if skipped > 0 {
            // Not in the middle of a word, in scripts that have spaces.
            let mut before = said.chars().skip(skipped).take(BEFORE);
            skipped += before.position(char::is_whitespace).map_or(0, |at| at + 1);
        }
        let mut text: String = said.chars().skip(skipped).take(CHARS_MAX).collect();
        if skipped > 0 {
            text.insert(0, '…');
        }
        let marks = search::marks(&text, words);
        Self { text, marks }
    }

    /// The same as a part of a sentence.
    fn within(mut self, sentence: String) -> Self {
        let before = sentence.find(&self.text).unwrap_or_default();
        let before = sentence[..before].chars().count();
        for mark in &mut self.marks {
            *mark = mark.start + before..mark.end + before;
        }
        self.text = sentence;
        self
    }

    fn job(&self, ui: &Ui, width: f32) -> LayoutJob {
        let colours = theme::palette(ui);
        let plain = TextFormat::simple(theme::small(ui), colours.weak);
        let marked = TextFormat {
            background: colours.bar,
            ..TextFormat::simple(theme::small(ui), colours.on_bar)
        };
        let mut job = LayoutJob {
            wrap: TextWrapping::truncate_at_width(width.max(0.0)),
            break_on_newline: false,
            ..LayoutJob::default()
        };
        let chars: Vec<char> = self.text.chars().collect();
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let mut at = 0;
        for mark in &self.marks {
            job.append(&part(at..mark.start), 0.0, plain.clone());
            job.append(&part(mark.clone()), 0.0, marked.clone());
            at = mark.end;
        }
        job.append(&part(at..chars.len()), 0.0, plain);
        job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_begins_near_the_first_word() {
        let said = format!("{}needle in it", "hay ".repeat(100));
        let excerpt = Excerpt::new(&said, &search::words("needle"));
        assert_eq!(excerpt.text, format!("…{}needle in it", "hay ".repeat(5)));
        assert!(excerpt.marks.iter().eq([&(21..27)]));
        let own = excerpt.within("You: …hay hay hay hay hay needle in it".into());
        assert!(own.marks.iter().eq([&(26..32)]), "{:?}", own.marks);
        let whole = Excerpt::new("needle", &search::words("needle"));
        assert_eq!(whole.text, "needle");
        assert!(whole.marks.iter().eq([&(0..6)]));
        assert_eq!(Excerpt::new("", &[]).text, "");
    }
}
