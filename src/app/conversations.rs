//! What was said with whom: conversations, drafts and what is unread. The lines themselves live in
//! [`super::lines`], which of them are in memory in [`super::pages`], the order of the tabs in `tabs`, what of it is still to be kept in `keeping`.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::lines::{Line, Lines, Origin, moves_forward};
use super::pages::More;
use super::tabs::Tabs;
use super::typing::Typists;
use super::{Delivery, LineId, Nickname, Now};
use crate::driver::client::{Edge, Overview};

/// Most conversations in memory; with [`super::lines::TEXT_KEPT_MAX`] it bounds what strangers can
/// fill. At the limit the one that was quiet for longest goes, first among those without a tab and
/// those without a draft; on disk all of them stay.
pub const CONVERSATIONS_MAX: usize = 200;

/// What was said with one person.
#[derive(Debug)]
pub struct Conversation {
    pub lines: Lines,
    /// Lines that came in unseen.
    pub unread: usize,
    /// What stands in the message field.
    pub draft: Draft,
    /// Lines before those in memory.
    pub(super) earlier: More,
    /// Lines after those in memory.
    pub(super) later: More,
    /// The newest line, if those in memory end before it.
    pub(super) beyond: Option<Line>,
    /// The page that is to take the place of the lines in memory.
    pub(super) wanted: Option<Edge>,
    /// The other has seen all own lines up to this one.
    pub read_by: Option<LineId>,
    /// Own lines up to it that were delivered later, when tried again; each with the newest of then.
    pub late: BTreeMap<LineId, LineId>,
    /// The newest line that the profile knows as seen.
    read: Option<LineId>,
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            lines: Lines::default(),
            unread: 0,
            draft: Draft::default(),
            earlier: More::Perhaps,
            later: More::No,
            beyond: None,
            wanted: None,
            read_by: None,
            late: BTreeMap::new(),
            read: None,
        }
    }
}

impl Conversation {
    /// An own line has moved on; `None`: it is not here.
    fn on_delivery(&mut self, id: LineId, new: Delivery) -> Option<()> {
        if let Origin::Own { delivery } = &mut self.find_mut(id)?.origin
            && moves_forward(*delivery, new)
        {
            *delivery = new;
            if matches!(new, Delivery::Delivered(_)) && self.read_by >= Some(id) {
                let newest = self.newest().map_or(id, |line| line.id);
                self.late.insert(id, newest);
            }
        }
        Some(())
    }
}

/// All conversations, whether they have a tab or not.
#[derive(Debug)]
pub struct Conversations {
    with: BTreeMap<Nickname, Conversation>,
    tabs: Tabs,
    attended: bool,
    divider: Option<Divider>,
    pub(super) typists: Typists,
}

/// Where reading began in the selected conversation.
#[derive(Debug)]
struct Divider {
    peer: Nickname,
    line: LineId,
    /// Unread lines before that one, which are not in memory.
    before: usize,
    /// All behind it has been seen: what comes in unseen from now on begins anew.
    seen: bool,
}

impl Divider {
    /// Goes up to where reading began, when lines before it have come into memory.
    fn settle(&mut self, lines: &Lines) {
        let (line, here) = lines.theirs_before(self.line, self.before);
        self.line = line.unwrap_or(self.line);
        self.before -= here;
    }
}

impl Default for Conversations {
    fn default() -> Self {
        Self {
            with: BTreeMap::new(),
            tabs: Tabs::default(),
            attended: true,
            divider: None,
            typists: Typists::default(),
        }
    }
}

impl Conversations {
    /// The people with a tab, in the order of the tabs.
    pub fn tabs(&self) -> &[Nickname] {
        self.tabs.open()
    }

    pub fn selected(&self) -> Option<&Nickname> {
        self.tabs.selected()
    }

    pub fn with(&self, peer: &Nickname) -> Option<&Conversation> {
        self.with.get(peer)
    }

    pub fn unread_from(&self, peer: &Nickname) -> usize {
        self.with.get(peer).map_or(0, |with| with.unread)
    }

    /// Unread lines of everybody.
    pub fn unread(&self) -> usize {
        self.with.values().map(|with| with.unread).sum()
    }

    /// The first line that was unread when the user came to this conversation, or looked away from it;
    /// until another one is selected.
    pub fn divider(&self, peer: &Nickname) -> Option<LineId> {
        let divider = self.divider.as_ref().filter(|at| at.peer == *peer);
        divider.map(|at| at.line)
    }

    /// How many lines are new from the divider on, in memory or not.
    pub fn divided(&self, peer: &Nickname) -> usize {
        let divider = self.divider.as_ref().filter(|at| at.peer == *peer);
        let lines = self.with.get(peer).map(|with| &with.lines);
        divider.zip(lines).map_or(0, |(at, lines)| {
            lines.theirs_from(at.line).saturating_add(at.before)
        })
    }

    /// What stands in the message field for somebody.
    pub fn draft(&self, peer: &Nickname) -> &str {
        self.with.get(peer).map_or("", |with| with.draft.as_str())
    }

    /// Somebody is writing to the user, as far as they let it be known.
    pub fn is_typing(&self, peer: &Nickname, now: Now) -> bool {
        self.typists.has(peer, now)
    }

    /// The profile was opened, before anything happens in it. Lines that are here are of an earlier
    /// time, and may be another profile's, whose lines had the same ids: they are read anew. Drafts
    /// and tabs that are here stay.
    pub(super) fn on_opened(&mut self, overview: Overview) {
        for with in self.with.values_mut() {
            with.lines.clear();
            *with = Conversation {
                lines: std::mem::take(&mut with.lines),
                unread: with.unread,
                draft: std::mem::take(&mut with.draft),
                ..Conversation::default()
            };
        }
        for kept in overview.conversations {
            let is_new = !self.with.contains_key(&kept.peer);
            let is_full = self.with.len() >= CONVERSATIONS_MAX;
            if is_new && is_full && !overview.tabs.contains(&kept.peer) {
                continue;
            }
            let with = self.entry(&kept.peer);
            for line in kept.lines {
                with.lines.add(line);
            }
            if is_new {
                with.unread = usize::try_from(kept.unread).unwrap_or(usize::MAX);
                with.draft.set(kept.draft);
                with.read = Some(kept.read);
            }
            with.read_by = Some(kept.read_by);
        }
        self.tabs.restore(overview.tabs, overview.selected);
        for peer in self.tabs().to_vec() {
            self.entry(&peer);
        }
        self.divide();
    }

    pub(super) fn open(&mut self, peer: Nickname) {
        self.entry(&peer);
        self.change_tabs(|tabs| tabs.select(peer));
    }

    /// Opens the tab that was closed last again, where it was.
    pub(super) fn reopen(&mut self) {
        if let Some(peer) = self.change_tabs(Tabs::reopen) {
            self.entry(&peer);
        }
    }

    pub(super) fn move_tab(&mut self, peer: &Nickname, to: usize) {
        self.tabs.shift(peer, to);
    }

    /// Closes the tab; the lines stay. The neighbour to the right, or else to the left, is selected.
    pub(super) fn close(&mut self, peer: &Nickname) {
        self.change_tabs(|tabs| tabs.close(peer));
    }

    /// Does this to the tabs. Whoever comes to the front by it has not been looked at yet.
    fn change_tabs<T>(&mut self, change: impl FnOnce(&mut Tabs) -> T) -> T {
        let before = self.selected().cloned();
        let changed = change(&mut self.tabs);
        self.attended &= self.selected() == before.as_ref();
        changed
    }

    /// Everything from `peer` counts as read. The newest line, if the profile does not know that.
    pub(super) fn mark_read(&mut self, peer: &Nickname) -> Option<LineId> {
        let with = self.with.get_mut(peer)?;
        with.unread = 0;
        let line = with.newest()?.id;
        (Some(line) > with.read).then_some(line)
    }

    /// Whether the user sees the newest lines of the selected conversation.
    pub(super) fn attend(&mut self, attended: bool) {
        self.attended = attended;
        self.divide();
        if let (true, Some(selected)) = (attended, self.tabs.selected())
            && let Some(with) = self.with.get_mut(selected)
            && !with.is_behind()
        {
            with.unread = 0;
        }
    }

    /// Finds where reading begins, if something is unread.
    fn divide(&mut self) {
        let selected = self.tabs.selected();
        self.divider.take_if(|at| Some(&at.peer) != selected);
        let Some((peer, with)) = selected.and_then(|peer| self.with.get_key_value(peer)) else {
            return;
        };
        if let Some(at) = &mut self.divider {
            at.settle(&with.lines);
        }
        match &mut self.divider {
            // What is unread is not in memory.
            _ if with.is_behind() => {}
            Some(at) if with.unread == 0 => at.seen = true,
            Some(at) if !at.seen => {}
            Some(_) | None => {
                let first = with.lines.latest_theirs(with.unread);
                let begin = |line| Divider {
                    peer: peer.clone(),
                    line,
                    before: with.unread.saturating_sub(with.lines.theirs_from(line)),
                    seen: false,
                };
                self.divider = first.map(begin).or(self.divider.take());
            }
        }
    }

    /// The newest line of the selected conversation, if the user sees it and the profile does not know.
    pub(super) fn seen(&self) -> Option<(Nickname, LineId)> {
        let peer = self.selected().filter(|_| self.attended)?;
        let with = self.with.get(peer).filter(|with| !with.is_behind())?;
        let line = with.lines.last()?.id;
        (Some(line) > with.read).then(|| (peer.clone(), line))
    }

    pub(super) fn on_seen_kept(&mut self, peer: &Nickname, line: LineId) {
        if let Some(with) = self.with.get_mut(peer) {
            with.read = Some(line);
        }
    }

    pub(super) fn set_draft(&mut self, peer: &Nickname, text: String) {
        self.entry(peer).draft.set(text);
    }

    /// A text that was not accepted stands in the message field again, in front of what does now.
    pub(super) fn give_back(&mut self, peer: &Nickname, text: &str) {
        self.make(peer).draft.give_back(text);
    }

    /// A line stands in the profile.
    pub(super) fn on_line(&mut self, line: Line) {
        let peer = line.peer.clone();
        let is_theirs = matches!(line.origin, Origin::Theirs { .. });
        self.make(&peer).add(line);
        if !is_theirs {
            return;
        }
        self.typists.on_line(&peer);
        if self.selected().is_none() {
            self.tabs.select(peer.clone());
        }
        let in_front = self.attended && self.selected() == Some(&peer);
        if let Some(with) = self.with.get_mut(&peer)
            && (!in_front || with.is_behind())
        {
            with.unread += 1;
            self.divide();
        }
    }

    pub(super) fn on_delivery(&mut self, id: LineId, new: Delivery) {
        let mut all = self.with.values_mut();
        all.find_map(|with| with.on_delivery(id, new));
    }

    /// The line is gone from the profile.
    pub(super) fn on_deleted(&mut self, id: LineId) {
        for with in self.with.values_mut() {
            let line = with.lines.remove(id);
            let is_theirs = line.is_some_and(|line| matches!(line.origin, Origin::Theirs { .. }));
            if is_theirs && Some(id) > with.read {
                with.unread = with.unread.saturating_sub(1);
            }
            with.beyond.take_if(|line| line.id == id);
        }
    }

    /// Somebody has seen all own lines up to this one.
    pub(super) fn on_read_by(&mut self, peer: &Nickname, line: LineId) {
        if let Some(with) = self.with.get_mut(peer) {
            with.read_by = with.read_by.max(Some(line));
            with.late.retain(|_, newest| *newest >= line);
        }
    }

    /// The line, if it has failed.
    pub(super) fn failed(&self, id: LineId) -> Option<&Line> {
        let mut lines = self.with.values().map(|with| &with.lines);
        let line = lines.find_map(|lines| lines.get(id))?;
        let failed = |delivery| matches!(delivery, Delivery::Failed(_));
        match line.origin {
            Origin::Own { delivery } if failed(delivery) => Some(line),
            Origin::Own { .. } | Origin::Theirs { .. } => None,
        }
    }

    pub(super) fn get_mut(&mut self, peer: &Nickname) -> Option<&mut Conversation> {
        self.with.get_mut(peer)
    }

    /// The conversation with `peer` and a tab for it, made if need be.
    fn make(&mut self, peer: &Nickname) -> &mut Conversation {
        self.tabs.add(peer);
        self.entry(peer)
    }

    fn entry(&mut self, peer: &Nickname) -> &mut Conversation {
        if !self.with.contains_key(peer) && self.with.len() >= CONVERSATIONS_MAX {
            self.drop_quietest();
        }
        self.with.entry(peer.clone()).or_default()
    }

    fn drop_quietest(&mut self) {
        let unselected = self
            .with
            .iter()
            .filter(|(peer, _)| self.selected() != Some(peer));
        let quietest = unselected.min_by_key(|(peer, with)| {
            let last = with.newest().map_or(LineId(0), |line| line.id);
            (!with.draft.is_empty(), self.tabs().contains(peer), last)
        });
        let Some(peer) = quietest.map(|(peer, _)| peer.clone()) else {
            return;
        };
        self.close(&peer);
        self.with.remove(&peer);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Failure, Path};
    use super::*;
    use crate::driver::client;

    #[test]
    fn what_comes_in_opens_a_tab_and_is_unread_unless_it_is_looked_at() {
        let mut all = Conversations::default();
        all.on_line(theirs(1, "sonic"));
        assert_eq!(all.selected(), Some(&name("sonic")), "the first is shown");
        all.on_line(theirs(2, "tails"));
        assert_eq!(all.tabs(), [name("sonic"), name("tails")]);
        assert_eq!(all.selected(), Some(&name("sonic")));
        assert_eq!((all.unread_from(&name("tails")), all.unread()), (1, 1));
        all.open(name("tails"));
        assert_eq!(all.unread(), 1, "its newest line may be out of view");
        all.attend(true);
        assert_eq!(all.unread(), 0);
        all.attend(false);
        all.on_line(theirs(3, "tails"));
        assert_eq!(all.unread(), 1, "nobody looked");
        assert_eq!(all.seen(), None);
        all.attend(true);
        assert_eq!(all.unread(), 0);
        assert_eq!(all.seen(), Some((name("tails"), LineId(3))));
        all.on_seen_kept(&name("tails"), LineId(3));
        assert_eq!(all.seen(), None, "once");
    }

    #[test]
    fn reading_begins_at_the_first_unread_line_until_one_leaves() {
        let mut all = Conversations::default();
        let (sonic, tails) = (name("sonic"), name("tails"));
        all.on_line(theirs(1, "sonic"));
        for id in 2..5 {
            all.on_line(theirs(id, "tails"));
        }
        all.attend(true);
        assert_eq!(all.divider(&sonic), None, "it was seen as it came");
        all.open(tails.clone());
        all.attend(false);
        assert_eq!(all.divider(&tails), Some(LineId(2)));
        all.attend(true);
        all.on_line(theirs(5, "tails"));
        all.attend(true);
        assert_eq!(all.divider(&tails), Some(LineId(2)), "it stays");
        all.attend(false);
        all.on_line(theirs(6, "tails"));
        all.attend(false);
        assert_eq!(all.divider(&tails), Some(LineId(6)), "the user looked away");
        all.on_line(theirs(7, "tails"));
        all.attend(false);
        assert_eq!(all.divider(&tails), Some(LineId(6)));
        all.open(sonic);
        all.attend(true);
        all.open(tails.clone());
        all.attend(true);
        assert_eq!(all.divider(&tails), Some(LineId(6)), "still unread");
        all.open(name("sonic"));
        all.attend(true);
        all.open(tails.clone());
        all.attend(true);
        assert_eq!(all.divider(&tails), None, "it was read");
    }

    #[test]
    fn what_is_unread_and_not_in_memory_counts_too_and_reading_begins_there_once_it_is_read() {
        let mut all = Conversations::default();
        let sonic = name("sonic");
        let lines = |first, last| (first..=last).map(|id| theirs(id, "sonic")).collect();
        all.on_opened(Overview {
            conversations: vec![kept("sonic", "", 450, lines(251, 450))],
            tabs: vec![sonic.clone()],
            selected: Some(sonic.clone()),
        });
        all.attend(true);
        assert_eq!(all.divider(&sonic), Some(LineId(251)));
        assert_eq!(all.divided(&sonic), 450);
        for (first, last) in [(101, 250), (1, 100)] {
            let with = all.get_mut(&sonic).expect("it is there");
            assert!(with.lines.add_earlier(lines(first, last)));
            all.attend(true);
            assert_eq!(all.divider(&sonic), Some(LineId(first)));
            assert_eq!(all.divided(&sonic), 450);
        }
        all.on_line(theirs(451, "sonic"));
        assert_eq!(all.divided(&sonic), 451);
    }

    #[test]
    fn a_line_that_was_delivered_after_the_other_had_read_on_counts_as_read_only_with_a_younger_one()
     {
        let mut all = Conversations::default();
        let (sonic, failed) = (name("sonic"), Delivery::Failed(Failure::Expired));
        all.on_line(own(1, "sonic", failed));
        all.on_line(own(2, "sonic", Delivery::Delivered(Path::Direct)));
        all.on_read_by(&sonic, LineId(2));
        all.on_delivery(LineId(1), Delivery::Trying);
        all.on_line(own(3, "sonic", Delivery::Trying));
        all.on_delivery(LineId(1), Delivery::Delivered(Path::Direct));
        let is_late = |all: &Conversations| {
            let with = all.with(&name("sonic")).expect("it is there");
            with.late.contains_key(&LineId(1))
        };
        assert!(is_late(&all));
        all.on_read_by(&sonic, LineId(3));
        assert!(is_late(&all), "the third may have been sent before it");
        all.on_line(own(4, "sonic", Delivery::Delivered(Path::Direct)));
        all.on_read_by(&sonic, LineId(4));
        assert!(!is_late(&all));
    }

    #[test]
    fn who_comes_to_the_front_is_not_read_before_they_were_looked_at() {
        let mut all = Conversations::default();
        for (id, peer) in (1..).zip(["a", "b", "c"]) {
            all.on_line(theirs(id, peer));
        }
        all.attend(true);
        all.on_seen_kept(&name("a"), LineId(1));
        all.open(name("a"));
        assert!(all.attended, "it was in front");
        all.open(name("b"));
        assert_eq!(all.seen(), None);
        all.on_line(theirs(4, "b"));
        assert_eq!(all.unread_from(&name("b")), 2);
        all.attend(true);
        assert_eq!(all.seen(), Some((name("b"), LineId(4))));
        all.close(&name("b"));
        assert_eq!(all.seen(), None, "the neighbour");
        all.attend(true);
        all.reopen();
        assert_eq!(all.seen(), None, "the one that is open again");
    }

    #[test]
    fn an_unread_line_that_is_deleted_is_not_unread_any_more() {
        let mut all = Conversations::default();
        all.attend(false);
        for id in 1..4 {
            all.on_line(theirs(id, "a"));
        }
        all.on_seen_kept(&name("a"), LineId(1));
        all.get_mut(&name("a")).expect("there is one").unread = 2;
        all.on_deleted(LineId(1));
        assert_eq!(all.unread_from(&name("a")), 2, "that one was read");
        all.on_deleted(LineId(3));
        all.on_deleted(LineId(3));
        assert_eq!(all.unread_from(&name("a")), 1);
    }

    #[test]
    fn closing_a_tab_selects_its_neighbour_and_keeps_the_lines() {
        let mut all = Conversations::default();
        for (id, peer) in (1..).zip(["a", "b", "c"]) {
            all.on_line(own(id, peer, Delivery::Trying));
        }
        all.open(name("b"));
        all.close(&name("b"));
        assert_eq!(all.selected(), Some(&name("c")));
        all.close(&name("c"));
        assert_eq!(all.selected(), Some(&name("a")));
        all.close(&name("a"));
        assert_eq!((all.selected(), all.tabs().len()), (None, 0));
        all.open(name("b"));
        assert_eq!(all.with(&name("b")).map(|with| with.lines.len()), Some(1));
    }

    #[test]
    fn a_failed_line_is_left_by_a_retry_only() {
        let mut all = Conversations::default();
        all.on_line(own(1, "a", Delivery::Trying));
        assert_eq!(all.failed(LineId(1)), None);
        all.on_delivery(LineId(1), Delivery::Failed(Failure::UnknownRecipient));
        all.on_delivery(LineId(1), Delivery::Stored);
        assert_eq!(all.failed(LineId(1)).map(|line| line.id), Some(LineId(1)));
        all.on_delivery(LineId(1), Delivery::Trying);
        assert_eq!(all.failed(LineId(1)), None);
    }

    #[test]
    fn what_was_not_accepted_stands_in_front_of_what_is_being_written() {
        let mut all = Conversations::default();
        all.give_back(&name("a"), "first");
        assert_eq!(all.draft(&name("a")), "first");
        all.set_draft(&name("a"), "second".into());
        all.give_back(&name("a"), "first");
        assert_eq!(all.draft(&name("a")), "first\nsecond");
    }

    #[test]
    fn everything_is_as_the_profile_has_it_and_what_is_newer_stays() {
        let mut all = Conversations::default();
        all.on_line(theirs(9, "late"));
        all.set_draft(&name("late"), "newer".into());
        all.on_opened(Overview {
            selected: None,
            tabs: vec![name("b"), name("late"), name("a")],
            conversations: vec![
                kept("a", "half a thou", 2, vec![theirs(1, "a"), theirs(4, "a")]),
                kept("b", "", 0, vec![]),
                kept(
                    "late",
                    "older",
                    1,
                    vec![theirs(8, "late"), theirs(9, "late")],
                ),
            ],
        });
        assert_eq!(all.tabs(), [name("b"), name("late"), name("a")]);
        assert_eq!(all.draft(&name("a")), "half a thou");
        assert_eq!(all.draft(&name("late")), "newer");
        assert_eq!(
            (all.unread_from(&name("a")), all.unread_from(&name("late"))),
            (2, 0)
        );
        assert_eq!(
            all.with(&name("late")).map(|with| with.lines.len()),
            Some(2)
        );
        assert_eq!(all.selected(), Some(&name("late")), "it was in front");
    }

    #[test]
    fn the_tab_that_was_in_front_is_in_front_again() {
        let mut all = Conversations::default();
        all.on_opened(Overview {
            selected: Some(name("b")),
            tabs: vec![name("a"), name("b")],
            conversations: Vec::new(),
        });
        assert_eq!(all.selected(), Some(&name("b")));
    }

    #[test]
    fn the_lines_of_another_profile_are_not_taken_for_those_that_were_here() {
        let mut all = Conversations::default();
        for id in 1..=9 {
            all.on_line(theirs(id, "a"));
        }
        all.open(name("a"));
        all.on_seen_kept(&name("a"), LineId(9));
        all.set_draft(&name("a"), "half a thou".into());
        // The old one was moved aside; the new one counts from 1.
        all.on_opened(Overview::default());
        all.on_line(theirs(1, "a"));
        let lines = all.with(&name("a")).map(|with| with.lines.len());
        assert_eq!(lines, Some(1), "it is shown");
        assert_eq!(all.seen(), Some((name("a"), LineId(1))));
        assert_eq!(all.draft(&name("a")), "half a thou");
    }

    #[test]
    fn strangers_can_not_open_conversations_without_end() {
        let mut all = Conversations::default();
        all.on_line(own(1, "friend", Delivery::Trying));
        all.open(name("friend"));
        all.set_draft(&name("dear"), "half a thou".into());
        for n in 0..CONVERSATIONS_MAX as u64 + 10 {
            all.on_line(theirs(2 + n, &format!("n{n}")));
        }
        assert_eq!(all.with.len(), CONVERSATIONS_MAX);
        assert!(all.tabs().len() <= CONVERSATIONS_MAX);
        assert_eq!(all.selected(), Some(&name("friend")));
        assert_eq!(all.draft(&name("dear")), "half a thou");
    }

    fn kept(peer: &str, draft: &str, unread: u64, lines: Vec<Line>) -> client::Conversation {
        client::Conversation {
            peer: name(peer),
            draft: draft.to_owned(),
            read: LineId(0),
            read_by: LineId(0),
            unread,
            lines,
        }
    }

    fn own(id: u64, peer: &str, delivery: Delivery) -> Line {
        let origin = Origin::Own { delivery };
        Line {
            origin,
            ..theirs(id, peer)
        }
    }

    fn theirs(id: u64, peer: &str) -> Line {
        Line {
            id: LineId(id),
            peer: name(peer),
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
