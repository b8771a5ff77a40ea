//! The open tabs: their order, which one is in front, and those that were closed last.

use super::Nickname;

/// Closed tabs that can be opened again: more than anybody remembers.
pub const CLOSED_MAX: usize = 20;

/// The tabs, each of one person.
#[derive(Debug, Default)]
pub(super) struct Tabs {
    open: Vec<Nickname>,
    selected: Option<Nickname>,
    /// Each with its place, the last one last.
    closed: Vec<(usize, Nickname)>,
}

impl Tabs {
    pub fn open(&self) -> &[Nickname] {
        &self.open
    }

    pub fn selected(&self) -> Option<&Nickname> {
        self.selected.as_ref()
    }

    /// Adds a tab for `peer` at the end if there is none.
    pub fn add(&mut self, peer: &Nickname) {
        if !self.open.contains(peer) {
            self.open.push(peer.clone());
        }
    }

    /// Brings the tab of `peer` to the front; it gets one if it has none.
    pub fn select(&mut self, peer: Nickname) {
        self.add(&peer);
        self.selected = Some(peer);
    }

    /// Takes these for the ones that were open before, in front of those that are.
    pub fn restore(&mut self, before: Vec<Nickname>, selected: Option<Nickname>) {
        for peer in std::mem::replace(&mut self.open, before) {
            self.add(&peer);
        }
        if self.selected.is_none() {
            let selected = selected.filter(|peer| self.open.contains(peer));
            self.selected = selected.or_else(|| self.open.first().cloned());
        }
    }

    /// The neighbour to the right, or else to the left, is selected.
    pub fn close(&mut self, peer: &Nickname) {
        let Some(place) = self.open.iter().position(|tab| tab == peer) else {
            return;
        };
        self.open.remove(place);
        if self.selected.as_ref() == Some(peer) {
            let last = self.open.len().saturating_sub(1);
            self.selected = self.open.get(place.min(last)).cloned();
        }
        if self.closed.len() >= CLOSED_MAX {
            self.closed.remove(0);
        }
        self.closed.push((place, peer.clone()));
    }

    /// Opens the tab that was closed last again, where it was, and selects it. `None`: there is none.
    pub fn reopen(&mut self) -> Option<Nickname> {
        while let Some((place, peer)) = self.closed.pop() {
            if self.open.contains(&peer) {
                continue;
            }
            self.open.insert(place.min(self.open.len()), peer.clone());
            self.selected = Some(peer.clone());
            return Some(peer);
        }
        None
    }

    /// Moves the tab of `peer` to this place, or to the end if there are not so many.
    pub fn shift(&mut self, peer: &Nickname, to: usize) {
        if let Some(from) = self.open.iter().position(|tab| tab == peer) {
            let tab = self.open.remove(from);
            self.open.insert(to.min(self.open.len()), tab);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_tabs_come_back_where_they_were_the_last_one_first() {
        let mut tabs = tabs(&["a", "b", "c"]);
        tabs.close(&name("b"));
        tabs.close(&name("c"));
        assert_eq!(tabs.reopen(), Some(name("c")));
        assert_eq!(tabs.reopen(), Some(name("b")));
        assert_eq!(names(&tabs), ["a", "b", "c"]);
        assert_eq!(tabs.selected(), Some(&name("b")));
        assert_eq!(tabs.reopen(), None);
    }

    #[test]
    fn a_closed_tab_that_is_open_again_is_not_opened_twice() {
        let mut tabs = tabs(&["a", "b"]);
        tabs.close(&name("a"));
        tabs.select(name("a"));
        assert_eq!(tabs.reopen(), None);
        assert_eq!(names(&tabs), ["b", "a"]);
    }

    #[test]
    fn only_the_last_closed_ones_are_remembered() {
        let mut tabs = Tabs::default();
        for n in 0..CLOSED_MAX + 5 {
            tabs.select(name(&format!("n{n}")));
            tabs.close(&name(&format!("n{n}")));
        }
        assert_eq!(tabs.closed.len(), CLOSED_MAX);
        assert_eq!(tabs.reopen(), Some(name("n24")));
    }

    #[test]
    fn a_tab_is_moved_and_stays_selected() {
        let mut tabs = tabs(&["a", "b", "c"]);
        tabs.shift(&name("c"), 0);
        assert_eq!(names(&tabs), ["c", "a", "b"]);
        tabs.shift(&name("c"), 99);
        assert_eq!(names(&tabs), ["a", "b", "c"]);
        assert_eq!(tabs.selected(), Some(&name("a")));
        tabs.shift(&name("nobody"), 1);
        assert_eq!(names(&tabs), ["a", "b", "c"]);
    }

    fn tabs(people: &[&str]) -> Tabs {
        let mut tabs = Tabs::default();
        tabs.restore(people.iter().map(|person| name(person)).collect(), None);
        tabs
    }

    fn names(tabs: &Tabs) -> Vec<&str> {
        tabs.open().iter().map(Nickname::as_str).collect()
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
