//! Which part of a long conversation is in memory: mostly its end, sometimes lines far back. Pages are
//! read before it and after it, or it is put elsewhere. The lines themselves live in [`super::lines`].

use super::conversations::{Conversation, Conversations};
use super::lines::Line;
use super::{App, LineId, Nickname, client};
use crate::driver::SendError;
use crate::driver::client::{Edge, Page};

/// Lines that are read at once: a few windows full.
pub const PAGE: usize = 200;

/// Whether there are lines beyond those in memory, on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum More {
    /// There may be some on disk.
    #[default]
    Perhaps,
    /// They are being read.
    Asked,
    /// There are none, or they could not be read.
    No,
}

impl More {
    fn new(is_more: bool) -> Self {
        if is_more { Self::Perhaps } else { Self::No }
    }
}

impl Conversation {
    /// The newest line of all, in memory or not.
    pub fn newest(&self) -> Option<&Line> {
        self.beyond.as_ref().or(self.lines.last())
    }

    /// Lines before those in memory may be on disk, and can be asked for now.
    pub fn can_show_earlier(&self) -> bool {
        self.earlier == More::Perhaps && self.wanted.is_none()
    }

    /// The first line of all is in memory, or there is none.
    pub fn has_first(&self) -> bool {
        self.earlier == More::No
    }

    /// Lines after those in memory are on disk, and can be asked for now.
    pub fn can_show_later(&self) -> bool {
        self.later == More::Perhaps && self.wanted.is_none()
    }

    /// The lines in memory end before the newest one: what comes in stands behind a gap.
    pub fn is_behind(&self) -> bool {
        self.later != More::No
    }

    /// A new line. Behind a gap it is kept for the list of people only.
    pub(super) fn add(&mut self, line: Line) {
        if self.is_behind() {
            if self.newest().is_none_or(|newest| newest.id < line.id) {
                self.beyond = Some(line);
            }
            return;
        }
        let oldest = self.lines.at(0).map(|line| line.id);
        self.lines.add(line);
        if oldest < self.lines.at(0).map(|line| line.id) && oldest.is_some() {
            self.earlier = More::Perhaps;
        }
    }

    pub(super) fn find_mut(&mut self, id: LineId) -> Option<&mut Line> {
        let beyond = self.beyond.as_mut().filter(|line| line.id == id);
        self.lines.get_mut(id).or(beyond)
    }

    /// What is to be read to go on at this side; `None`: nothing, or it is being read.
    fn ask(&mut self, side: Side) -> Option<Edge> {
        let (more, end, edge): (_, _, fn(LineId) -> Edge) = match side {
            Side::Earlier => (&mut self.earlier, self.lines.at(0), Edge::Before),
            Side::Later => (&mut self.later, self.lines.last(), Edge::After),
        };
        if *more != More::Perhaps || self.wanted.is_some() {
            return None;
        }
        let Some(end) = end else {
            self.wanted = Some(Edge::Latest);
            return self.wanted;
        };
        *more = More::Asked;
        Some(edge(end.id))
    }

    /// A page was read. One that does not fit to the lines any more is late.
    fn on_page(&mut self, edge: Edge, page: Page) {
        let ends_at = |line: Option<&Line>, id| line.is_some_and(|line| line.id == id);
        match edge {
            Edge::Before(id) if self.earlier == More::Asked && ends_at(self.lines.at(0), id) => {
                let newest = self.newest().cloned();
                let end = self.lines.last().map(|line| line.id);
                let all = self.lines.add_earlier(page.lines);
                self.earlier = More::new(page.earlier || !all);
                if self.lines.last().map(|line| line.id) != end {
                    self.beyond = newest;
                    self.later = More::Perhaps;
                }
            }
            Edge::After(id) if self.later == More::Asked && ends_at(self.lines.last(), id) => {
                let oldest = self.lines.at(0).map(|line| line.id);
                let is_end = page.lines.is_empty();
                let all = self.lines.add_later(page.lines);
                if self.lines.at(0).map(|line| line.id) != oldest {
                    self.earlier = More::Perhaps;
                }
                self.set_end(page.later || !all, is_end);
            }
            Edge::Latest | Edge::Around(_) if self.wanted == Some(edge) => {
                self.wanted = None;
                self.put(edge, page);
            }
            Edge::Before(_) | Edge::After(_) | Edge::Latest | Edge::Around(_) => {}
        }
    }

    /// The page takes the place of the lines, or goes on from them at the live end.
    fn put(&mut self, edge: Edge, page: Page) {
        if edge == Edge::Latest && !self.is_behind() {
            let all = self.lines.add_earlier(page.lines);
            self.earlier = More::new(page.earlier || !all);
            return;
        }
        self.beyond = self.newest().cloned();
        self.lines.clear();
        self.lines.add_later(page.lines);
        self.earlier = More::new(page.earlier);
        self.set_end(page.later, self.lines.is_empty());
    }

    /// The page's end is the live end, unless something came in that it does not have.
    fn set_end(&mut self, is_more: bool, is_end: bool) {
        let last = self.lines.last().map(|line| line.id);
        let has_newest = self
            .beyond
            .as_ref()
            .is_none_or(|line| Some(line.id) <= last);
        if !is_more && (has_newest || is_end) {
            self.later = More::No;
            self.beyond = None;
        } else {
            self.later = More::Perhaps;
        }
    }

    /// What was asked for is not coming: it may be asked for again, or not.
    fn on_no_page(&mut self, edge: Edge, then: More) {
        match edge {
            Edge::Before(_) => self.earlier = then,
            // A gap stays one.
            Edge::After(_) => self.later = More::Perhaps,
            Edge::Latest if self.lines.is_empty() => {
                self.wanted = None;
                self.earlier = then;
            }
            Edge::Latest | Edge::Around(_) => self.wanted = None,
        }
    }
}

/// An end of the lines in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Earlier,
    Later,
}

impl Conversations {
    pub(super) fn ask_more(&mut self, peer: &Nickname, side: Side) -> Option<Edge> {
        self.get_mut(peer)?.ask(side)
    }

    /// The live end is wanted, if it is not here.
    pub(super) fn ask_newest(&mut self, peer: &Nickname) -> Option<Edge> {
        let with = self.get_mut(peer)?;
        if !with.is_behind() {
            // What was about to take its place is not wanted any more.
            with.wanted = None;
            return None;
        }
        with.wanted = Some(Edge::Latest);
        with.wanted
    }

    /// This line is wanted, if it is not here.
    pub(super) fn ask_around(&mut self, peer: &Nickname, line: LineId) -> Option<Edge> {
        let with = self.get_mut(peer)?;
        if with.lines.place(line).is_some() {
            with.wanted = None;
            return None;
        }
        with.wanted = Some(Edge::Around(line));
        with.wanted
    }

    pub(super) fn on_page(&mut self, peer: &Nickname, edge: Edge, page: Page) {
        if let Some(with) = self.get_mut(peer) {
            with.on_page(edge, page);
        }
    }

    /// It could not be asked for now.
    pub(super) fn on_not_asked(&mut self, peer: &Nickname, edge: Edge) {
        if let Some(with) = self.get_mut(peer) {
            with.on_no_page(edge, More::Perhaps);
        }
    }

    /// It could not be read. The next time that the profile is opened it may.
    pub(super) fn on_not_read(&mut self, peer: &Nickname, edge: Edge) {
        if let Some(with) = self.get_mut(peer) {
            with.on_no_page(edge, More::No);
        }
    }
}

impl App {
    pub(super) fn show_more(&mut self, peer: Nickname, side: Side) {
        let edge = self.conversations.ask_more(&peer, side);
        self.read(peer, edge);
    }

    pub(super) fn show_newest(&mut self, peer: Nickname) {
        let edge = self.conversations.ask_newest(&peer);
        self.read(peer, edge);
    }

    pub(super) fn show_line(&mut self, peer: Nickname, line: LineId) {
        let edge = self.conversations.ask_around(&peer, line);
        self.read(peer, edge);
    }

    fn read(&mut self, peer: Nickname, edge: Option<Edge>) {
        let Some(edge) = edge else { return };
        let question = client::Question::Page {
            peer: peer.clone(),
            edge,
            limit: PAGE,
        };
        // One that has ended leaves it to the next, which begins anew.
        if self.ask(client::Command::Look(question)) == Err(SendError::Busy) {
            self.conversations.on_not_asked(&peer, edge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Path;
    use super::super::lines::{LINES_KEPT_MAX, Origin};
    use super::*;

    #[test]
    fn earlier_lines_are_asked_for_once_and_to_the_first_one() {
        let mut all = with(1000..=1000);
        let (a, earlier) = (name("a"), Side::Earlier);
        let before = |id| Some(Edge::Before(LineId(id)));
        assert_eq!(all.ask_more(&a, earlier), before(1000));
        assert_eq!(all.ask_more(&a, earlier), None, "they are on their way");
        all.on_not_asked(&a, Edge::Before(LineId(1000)));
        assert_eq!(all.ask_more(&a, earlier), before(1000));
        all.on_page(&a, Edge::Before(LineId(1000)), page(500..=699, true, true));
        assert_eq!(all.ask_more(&a, earlier), before(500));
        all.on_page(&a, Edge::Before(LineId(7)), page(1..=3, false, true));
        assert_eq!(ids(&all).len(), 201, "that was an answer to something else");
        all.on_page(&a, Edge::Before(LineId(500)), page(3..=3, false, true));
        assert_eq!(all.ask_more(&a, earlier), None, "that was the beginning");
        assert_eq!(all.unread_from(&a), 1, "they are not new");
        assert_eq!(all.ask_more(&a, Side::Later), None, "it is the live end");
    }

    #[test]
    fn a_line_far_back_is_shown_among_its_own_and_one_comes_back() {
        let (mut all, a) = (with(900..=1000), name("a"));
        all.attend(true);
        assert_eq!(all.ask_around(&a, LineId(950)), None, "it is here");
        let around = Edge::Around(LineId(50));
        assert_eq!(all.ask_around(&a, LineId(50)), Some(around));
        all.on_page(&a, around, page(40..=60, true, true));
        assert_eq!(ids(&all), (40..=60).collect::<Vec<_>>());
        assert_eq!(newest(&all), 1000);

        all.on_line(theirs(1001));
        assert_eq!(ids(&all).len(), 21, "nothing is shown in a gap");
        assert_eq!((all.unread_from(&a), newest(&all)), (1, 1001));
        all.attend(true);
        assert_eq!(all.unread_from(&a), 1, "its end is out of view");
        assert_eq!(all.seen(), None);

        assert_eq!(all.ask_more(&a, Side::Later), Some(Edge::After(LineId(60))));
        all.on_page(&a, Edge::After(LineId(60)), page(61..=1000, false, false));
        assert_eq!(
            all.ask_more(&a, Side::Later),
            Some(Edge::After(LineId(1000)))
        );
        all.on_page(
            &a,
            Edge::After(LineId(1000)),
            page(1001..=1001, true, false),
        );
        all.on_line(theirs(1002));
        all.attend(true);
        assert_eq!((ids(&all).last(), all.unread_from(&a)), (Some(&1002), 0));
        assert_eq!(all.seen(), Some((a, LineId(1002))));
    }

    #[test]
    fn the_way_back_to_the_end_is_one_step() {
        let (mut all, a) = (with(900..=1000), name("a"));
        all.on_page(&a, Edge::Latest, page(1..=3, false, false));
        assert_eq!(ids(&all).len(), 101, "nobody asked");
        all.ask_around(&a, LineId(50));
        all.on_page(&a, Edge::Around(LineId(50)), page(40..=60, true, true));
        assert_eq!(all.ask_newest(&a), Some(Edge::Latest));
        all.on_page(&a, Edge::Latest, page(801..=1000, true, false));
        assert_eq!(ids(&all).len(), 200);
        assert_eq!(all.ask_newest(&a), None);
        assert_eq!(all.ask_more(&a, Side::Later), None);
    }

    #[test]
    fn what_came_in_while_the_end_was_read_is_not_missing() {
        let (mut all, a) = (with(900..=1000), name("a"));
        all.ask_around(&a, LineId(50));
        all.on_page(&a, Edge::Around(LineId(50)), page(40..=60, true, true));
        all.ask_newest(&a);
        all.on_line(theirs(1001));
        all.on_page(&a, Edge::Latest, page(801..=1000, true, false));
        let after = Edge::After(LineId(1000));
        assert_eq!(all.ask_more(&a, Side::Later), Some(after));
        all.on_page(&a, after, page(1001..=1001, true, false));
        assert_eq!(all.ask_more(&a, Side::Later), None);
        assert_eq!(ids(&all).last(), Some(&1001));
    }

    #[test]
    fn a_view_that_changed_its_mind_is_not_taken_away() {
        let (mut all, a) = (with(900..=1000), name("a"));
        all.ask_around(&a, LineId(50));
        all.ask_around(&a, LineId(10));
        all.on_page(&a, Edge::Around(LineId(50)), page(40..=60, true, true));
        assert_eq!(newest(&all), 1000);
        assert_eq!(ids(&all).len(), 101);
        all.ask_around(&a, LineId(1000));
        all.on_page(&a, Edge::Around(LineId(10)), page(1..=20, false, true));
        assert_eq!(ids(&all).len(), 101);
    }

    #[test]
    fn memory_is_bounded_on_the_way_back_and_nothing_is_skipped() {
        let (mut all, a) = (with(100_000..=100_010), name("a"));
        for _ in 0..40 {
            let edge = all.ask_more(&a, Side::Earlier).expect("there is more");
            let first = ids(&all)[0];
            all.on_page(&a, edge, page(first - 200..=first - 1, true, true));
        }
        assert_eq!(ids(&all).len(), LINES_KEPT_MAX);
        assert_eq!(newest(&all), 100_010);
        let (first, last) = (100_000 - 8000, 100_000 - 8000 + LINES_KEPT_MAX as u64 - 1);
        assert_eq!((ids(&all)[0], ids(&all).last()), (first, Some(&last)));
        let after = Edge::After(LineId(last));
        assert_eq!(all.ask_more(&a, Side::Later), Some(after));
        all.on_page(&a, after, page(last + 1..=last + 200, true, true));
        assert_eq!(ids(&all)[0], first + 200);
        let before = Edge::Before(LineId(first + 200));
        assert_eq!(all.ask_more(&a, Side::Earlier), Some(before));
    }

    fn with(lines: std::ops::RangeInclusive<u64>) -> Conversations {
        let mut all = Conversations::default();
        all.attend(false);
        lines.for_each(|id| all.on_line(theirs(id)));
        all
    }

    fn page(lines: std::ops::RangeInclusive<u64>, earlier: bool, later: bool) -> Page {
        Page {
            lines: lines.map(theirs).collect(),
            earlier,
            later,
        }
    }

    fn ids(all: &Conversations) -> Vec<u64> {
        let with = all.with(&name("a")).expect("a conversation");
        with.lines.iter().map(|line| line.id.0).collect()
    }

    fn newest(all: &Conversations) -> u64 {
        let with = all.with(&name("a")).expect("a conversation");
        with.newest().expect("a line").id.0
    }

    fn theirs(id: u64) -> Line {
        Line {
            id: LineId(id),
            peer: name("a"),
            text: "x".into(),
            at_ms: 0,
            origin: Origin::Theirs {
                written_ms: None,
                path: Path::Direct,
            },
        }
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
