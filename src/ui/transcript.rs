//! The lines of a conversation, newest at the bottom. Only those in view are laid out and drawn; the
//! others have a height that is known or estimated ([`heights`]). Here: what a transcript shows and
//! remembers, and the way of one frame. Where the view is, how a line looks and is drawn, what can be
//! done with the mouse and the keys, the menu and the story of a line have their own files.

mod bubble;
mod heights;
mod line;
mod look;
mod mark;
mod menu;
mod paint;
mod pointer;
mod reader;
mod scroll;
mod selection;
mod story;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::{Event, Id, Response, ScrollArea, Sense, Ui, accesskit, vec2};

use super::{theme, widgets, words};
use crate::app::language::Sentence;
use crate::app::lines::{Line, Lines};
use crate::app::story::Telling;
use crate::app::{Command, LineId, Nickname, Now};
use heights::Heights;
use line::Placed;
use menu::Menu;
use scroll::{Frame, Go};
use selection::Selection;
use text::Text;

/// So near to the first line the lines before it are wanted, in points, and so near to the last one
/// those after it: about a window.
const MORE_NEAR: f32 = 500.0;

/// What the transcript shows.
pub struct View<'a> {
    pub now: Now,
    pub peer: &'a Nickname,
    /// The own name, once there is one.
    pub me: Option<&'a Nickname>,
    pub lines: &'a Lines,
    /// So many came in that the user has not seen.
    pub unread: usize,
    /// Where reading began.
    pub divider: Option<LineId>,
    /// So many lines are new from there on, in memory or not.
    pub divided: usize,
    /// The other has read everything up to here.
    pub read_by: Option<LineId>,
    /// Own lines up to that one of which it is not so.
    pub late: &'a std::collections::BTreeMap<LineId, LineId>,
    /// What is told of one of the lines.
    pub story: Option<&'a Telling>,
    /// Nothing is under way.
    pub signed_out: bool,
    /// Lines before these may be on disk.
    pub earlier: bool,
    /// The first line of all is among these, or there is none.
    pub first: bool,
    /// Lines after these are on disk, and not being read.
    pub later: bool,
    /// These lines end before the newest one.
    pub behind: bool,
    /// Words that were looked for, in lower case, and the line that they were found in.
    pub found: (&'a [String], Option<LineId>),
}

/// What only the screen knows of the transcripts.
#[derive(Default)]
pub struct State {
    with: BTreeMap<Nickname, Memory>,
    /// The one that was drawn last.
    front: Option<Nickname>,
}

/// What only the screen knows of one transcript.
struct Memory {
    heights: Heights,
    /// The texts of lines near the view, each with whether it is unfolded.
    texts: BTreeMap<LineId, (bool, Arc<Text>)>,
    unfolded: BTreeSet<LineId>,
    /// The newest line of the last frame; 0: there was none. `None`: it was not known yet.
    newest: Option<LineId>,
    /// Where the view was after the last frame.
    offset: f32,
    /// The line at the upper edge of the view, and how far below the edge it begins.
    upper: Option<(LineId, f32)>,
    /// The view is at the newest line and goes on with it.
    follows: bool,
    /// Where the view is to be in the next frame.
    go: Option<Go>,
    /// Where the view is to be once the lines there are in memory.
    goal: Option<Go>,
    /// The lines of the last frame ended before the newest one.
    behind: bool,
    selection: Option<Selection>,
    /// The line that the keyboard is at.
    current: Option<LineId>,
    menu: Option<Menu>,
    /// The keyboard comes back from the menu, or from the question.
    refocus: bool,
    /// The user is asked whether this line is to be deleted.
    doomed: Option<LineId>,
    /// What came in last while this was in front, as a screen reader says it.
    told: String,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            heights: Heights::default(),
            texts: BTreeMap::new(),
            unfolded: BTreeSet::new(),
            newest: None,
            offset: 0.0,
            upper: None,
            follows: true,
            go: None,
            goal: None,
            behind: false,
            selection: None,
            current: None,
            menu: None,
            refocus: false,
            doomed: None,
            told: String::new(),
        }
    }
}

impl State {
    /// Forgets what it knows of people whose tab is closed.
    pub fn keep(&mut self, tabs: &[Nickname]) {
        if self.with.len() > tabs.len() {
            self.with.retain(|peer, _| tabs.contains(peer));
        }
    }

    /// This line comes into view as soon as it is in memory.
    pub fn go_to(&mut self, peer: &Nickname, line: LineId) {
        self.with.entry(peer.clone()).or_default().goal = Some(Go::Middle(line));
    }

    /// The newest line comes into view as soon as it is in memory.
    pub fn go_to_newest(&mut self, peer: &Nickname) {
        self.with.entry(peer.clone()).or_default().goal = Some(Go::Newest);
    }

    /// This conversation was drawn last, with its newest line in view.
    pub fn is_at_bottom(&self, peer: &Nickname) -> bool {
        self.front.as_ref() == Some(peer) && self.with.get(peer).is_some_and(|with| with.follows)
    }
}

/// Draws the transcript into the space that is there.
pub fn transcript_ui(ui: &mut Ui, view: &View<'_>, state: &mut State, commands: &mut Vec<Command>) {
    let is_new_visit = state.front.as_ref() != Some(view.peer);
    if is_new_visit {
        state.front = Some(view.peer.clone());
        ui.ctx().request_repaint();
    }
    let memory = state.with.entry(view.peer.clone()).or_default();
    if is_new_visit {
        memory.told.clear();
        if view.unread > 0 {
            (memory.follows, memory.upper) = (true, None);
        }
    }
    memory.take_news(ui, view);
    memory.take_goal(view);
    let room = ui.available_rect_before_wrap();
    let width = (room.width() - 2.0 * theme::EDGE).min(theme::COLUMN_MAX);
    memory
        .heights
        .follow(view.lines, width, |line| bubble::estimate(line, width));
    let frame = memory.lay_out(ui, view, vec2(width, room.height()));
    let mut area = ScrollArea::vertical()
        .id_salt(("transcript", view.peer.as_str()))
        .auto_shrink([false, false]);
    if (frame.offset - memory.offset).abs() > scroll::NEAR {
        area = area.vertical_scroll_offset(frame.offset);
    }
    // As it was before this frame: a Tab takes it away as soon as it is seen.
    let has_keys = ui.memory(|memory| memory.has_focus(ground_id(view.peer)));
    let out = area.show_viewport(ui, |ui, viewport| {
        ui.set_height(frame.height);
        let ground = (ground_ui(ui, view), has_keys);
        // Not as the menu closes: the click that closes it takes the keyboard away from here.
        if std::mem::take(&mut memory.refocus) {
            ground.0.request_focus();
        }
        let placed = memory.lines_ui(ui, view, (frame, &ground, viewport), commands);
        (ground.0, placed)
    });
    let bottom = (out.content_size.y - out.inner_rect.height()).max(0.0);
    memory.on_drawn(ui, view, (out.state.clamped_offset().y, bottom));
    if view.earlier && memory.offset <= MORE_NEAR {
        commands.push(Command::ShowEarlier(view.peer.clone()));
    }
    if view.later && memory.offset >= bottom - MORE_NEAR {
        commands.push(Command::ShowLater(view.peer.clone()));
    }
    let (ground, placed) = out.inner;
    pointer::pointer_ui(ui, (&ground, &placed), memory);
    pointer::keys_ui(ui, view, (&ground, &placed), (memory, commands));
    // The question is drawn from the frame behind the click that asks for it: the click itself would
    // take the keyboard away from its answers.
    menu::doomed_ui(ui, view, memory, commands);
    menu::menu_ui(ui, view, (&ground, &placed), (memory, commands));
    story::story_ui(ui, view, &placed, commands);
    widgets::voice_ui(ui, "lines", &memory.told);
    memory.newest_ui(ui, view, out.inner_rect, commands);
}

/// Something is typed while the keyboard is at the transcript: it is meant for the message field.
pub fn is_typed_at(ui: &Ui, peer: &Nickname) -> bool {
    let has_focus = ui.memory(|memory| memory.has_focus(ground_id(peer)));
    // The space bar acts on the line that the keyboard is at.
    let is_text = |event: &Event| {
        matches!(event, Event::Text(text) if text != " ") || matches!(event, Event::Paste(_))
    };
    has_focus && ui.input(|input| input.events.iter().any(is_text))
}

fn ground_id(peer: &Nickname) -> Id {
    Id::unique(("lines", peer.as_str()))
}

/// What lies behind the lines and takes the mouse and the keys for all of them.
fn ground_ui(ui: &Ui, view: &View<'_>) -> Response {
    // A finger that is drawn over the lines scrolls them.
    let is_touched = egui::containers::scroll_area::DragScroll::OnTouch.enabled(ui.ctx());
    let sense = match is_touched {
        true => Sense::click(),
        false => Sense::click_and_drag(),
    };
    let ground = ui.interact(ui.clip_rect(), ground_id(view.peer), sense);
    // Not in the closure: the context is locked there.
    let name = words::tell(ui, &Sentence::new("talk-lines").with("peer", view.peer));
    ground.widget_info(|| egui::WidgetInfo::labeled(accesskit::Role::List, true, &name));
    ground
}

impl Memory {
    /// Sees what of the other's is new since the last frame: it is said.
    fn take_news(&mut self, ui: &Ui, view: &View<'_>) {
        let newest = match view.lines.last() {
            Some(line) => line.id,
            None if view.first => LineId(0),
            None => return,
        };
        let Some(before) = self.newest.replace(newest) else {
            return;
        };
        // What is read on the way through an old conversation is not new.
        if std::mem::replace(&mut self.behind, view.behind) || view.behind {
            return;
        }
        let from = view.lines.place_from(LineId(before.0.saturating_add(1)));
        let new = view.lines.range(from..view.lines.len());
        let theirs = new.filter(|line| !look::is_own(line));
        let say = |line: &Line| {
            let text = Text::new(&line.text, false);
            reader::line(ui, view, line, &text.shown)
        };
        let mut said: Vec<_> = theirs.rev().take(reader::TOLD_MAX).map(say).collect();
        if !said.is_empty() {
            said.reverse();
            self.told = said.join("\n");
        }
    }

    /// Goes where the view is wanted, once the lines there are in memory.
    fn take_goal(&mut self, view: &View<'_>) {
        let is_here = match self.goal {
            Some(Go::Middle(line)) => view.lines.place(line).is_some(),
            _ => !view.behind,
        };
        if is_here && self.goal.is_some() {
            self.go = self.goal.take();
        }
    }

    /// The lines in view, where they are. The ones that were laid out are drawn.
    fn lines_ui(
        &mut self,
        ui: &mut Ui,
        view: &View<'_>,
        (mut frame, (ground, has_keys), viewport): (Frame, &(Response, bool), egui::Rect),
        commands: &mut Vec<Command>,
    ) -> Vec<Placed> {
        let column = ui.max_rect().width() - self.heights.width();
        let corner = ui.max_rect().min + vec2(column / 2.0, 0.0);
        let shown = self.heights.between(viewport.min.y, viewport.max.y);
        let mut top = self.heights.top(shown.start);
        let mut placed = Vec::with_capacity(shown.len());
        for place in shown {
            let Some(line) = view.lines.at(place) else {
                break;
            };
            let bubble = frame.bubbles.remove(&place);
            let bubble = bubble.unwrap_or_else(|| self.bubble(ui, view, place, line));
            let at = line::At {
                corner: corner + vec2(0.0, top),
                ground: ground.id,
                has_keys: *has_keys && self.current == Some(line.id),
                selected: self.selection.and_then(|all| all.within(line.id)),
            };
            top += self.heights.height(place);
            let (drawn, asked) = line::line_ui(ui, view, (line, bubble), at, commands);
            if asked == line::Asked::Fold {
                self.turn(ui, line.id);
            }
            placed.push(drawn);
        }
        placed
    }

    /// Folds a long text, or unfolds it.
    fn turn(&mut self, ui: &Ui, id: LineId) {
        if !self.unfolded.remove(&id) {
            self.unfolded.insert(id);
        }
        ui.ctx().request_repaint();
    }

    /// A line laid out.
    fn bubble(&mut self, ui: &Ui, view: &View<'_>, place: usize, line: &Line) -> bubble::Bubble {
        let look = look::Look::new(view, place, line, self.heights.width());
        if let (Some(mark), age_ms) = (look.mark, view.now.unix_ms.saturating_sub(line.at_ms))
            && let Some(after) = mark.turns_in(age_ms)
        {
            ui.ctx().request_repaint_after(after);
        }
        let unfolded = self.unfolded.contains(&line.id);
        let text = match self.texts.get(&line.id) {
            Some((is_unfolded, text)) if *is_unfolded == unfolded => text.clone(),
            _ => Arc::new(Text::new(&line.text, unfolded)),
        };
        self.texts.insert(line.id, (unfolded, text.clone()));
        bubble::Bubble::new(ui, view, line, look, text)
    }
}
