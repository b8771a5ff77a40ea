//! Who there is, in the order of the list: the people of the server's table, and those with whom
//! something was said. What was said lives in [`super::conversations`].

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Contact, LineId, Nickname};

/// Most people kept: more than a table or a history can hold, so only a flood of made-up names reaches
/// it. Further names are not shown.
pub const CONTACTS_MAX: usize = 20_000;

/// Somebody of the list.
#[derive(Clone, Debug)]
pub struct Person {
    pub nickname: Nickname,
    /// As the table has them; `None`: it does not know them (any more).
    pub contact: Option<Contact>,
    /// The newest line with them; `None`: nothing was said.
    pub newest: Option<Newest>,
    /// Has had a tab or a draft.
    opened: bool,
    /// The name as it is sorted and filtered by.
    folded: String,
}

/// The newest line with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Newest {
    pub line: LineId,
    /// When it came in or was accepted, in Unix milliseconds.
    pub at_ms: i64,
}

/// The people of the list.
#[derive(Debug, Default)]
pub struct Contacts {
    people: Vec<Person>,
    /// Where each name stands in `people`.
    places: BTreeMap<Nickname, usize>,
    /// Places in `people`, in the order of the list.
    order: Vec<usize>,
    me: Option<Nickname>,
    online: usize,
    /// The list's end: those that are away and with whom nothing was said.
    quiet: usize,
    /// The order is an old one.
    stale: bool,
    revision: u64,
}

impl Contacts {
    /// How many people the list has, oneself included.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many at the end of the list are away and nothing was said with them.
    pub fn quiet(&self) -> usize {
        self.quiet
    }

    /// The person at this place of the list. First those who are online, by the last line with them and
    /// then by name, oneself after them; then those who are away, likewise.
    pub fn at(&self, place: usize) -> Option<&Person> {
        self.people.get(*self.order.get(place)?)
    }

    /// What the table says of somebody.
    pub fn get(&self, nickname: &Nickname) -> Option<&Contact> {
        self.person(nickname)?.contact.as_ref()
    }

    pub fn person(&self, nickname: &Nickname) -> Option<&Person> {
        self.people.get(*self.places.get(nickname)?)
    }

    pub fn is_me(&self, nickname: &Nickname) -> bool {
        self.me.as_ref() == Some(nickname)
    }

    /// The table has nobody but oneself.
    pub fn is_alone(&self) -> bool {
        let mut others = self.people.iter().filter(|p| !self.is_me(&p.nickname));
        others.all(|person| person.contact.is_none())
    }

    /// How many people are online, oneself included: the one way in which the window counts them.
    pub fn online(&self) -> usize {
        self.online
    }

    /// Another number after every change of the list.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn on_self(&mut self, nickname: &Nickname) {
        self.me = Some(nickname.clone());
        self.stale = true;
    }

    pub(super) fn on_changed(&mut self, changed: Vec<Contact>) {
        for contact in changed {
            if let Some(person) = self.entry(&contact.nickname) {
                person.contact = Some(contact);
            }
        }
    }

    /// The profile was opened, which may be another than before: what was said is told again.
    pub(super) fn on_opened(&mut self) {
        for person in &mut self.people {
            person.newest = None;
        }
        self.stale = true;
    }

    /// This is said with them, or was.
    pub(super) fn on_said(&mut self, peer: &Nickname, newest: Newest) {
        if let Some(person) = self.entry(peer) {
            person.newest = person.newest.max(Some(newest));
        }
    }

    /// They have a tab or a draft.
    pub(super) fn on_looked_at(&mut self, peer: &Nickname) {
        if let Some(person) = self.entry(peer) {
            person.opened = true;
        }
    }

    /// Puts the list in order, once after many changes. Nearly everybody stands right already, which the
    /// sort makes use of.
    pub(super) fn settle(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let mut order = std::mem::take(&mut self.order);
        order.extend(order.len()..self.people.len());
        order.sort_by(|&a, &b| self.key(a).cmp(&self.key(b)));
        let away = |place: &&usize| self.key(**place).0 == Section::Quiet;
        self.quiet = order.iter().rev().take_while(away).count();
        self.order = order;
        self.online = self.people.iter().filter(|p| p.is_online()).count();
        self.revision += 1;
    }

    /// The person of that name, made if there is room.
    fn entry(&mut self, nickname: &Nickname) -> Option<&mut Person> {
        self.stale = true;
        if let Some(place) = self.places.get(nickname) {
            return self.people.get_mut(*place);
        }
        if self.people.len() >= CONTACTS_MAX {
            return None;
        }
        self.places.insert(nickname.clone(), self.people.len());
        self.people.push(Person {
            nickname: nickname.clone(),
            contact: None,
            newest: None,
            opened: false,
            folded: nickname.as_str().to_lowercase(),
        });
        self.people.last_mut()
    }

    /// What people are sorted by.
    fn key(&self, place: usize) -> (Section, Reverse<Option<Newest>>, &str, &Nickname) {
        let person = &self.people[place];
        let talk = person.newest.is_some() || person.opened;
        let section = match (person.is_online(), talk) {
            (true, true) => Section::OnlineTalk,
            (true, false) if self.is_me(&person.nickname) => Section::Oneself,
            (true, false) => Section::Online,
            (false, true) => Section::Talk,
            (false, false) if self.is_me(&person.nickname) => Section::Oneself,
            (false, false) => Section::Quiet,
        };
        let newest = Reverse(person.newest);
        (section, newest, &person.folded, &person.nickname)
    }
}

impl Person {
    /// As the table last said.
    pub fn is_online(&self) -> bool {
        self.contact.as_ref().is_some_and(|contact| contact.online)
    }

    /// The name in lower case.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// The parts of the list, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    OnlineTalk,
    Online,
    Oneself,
    Talk,
    Quiet,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_there_comes_first_and_then_whoever_one_talked_with_last() {
        let mut contacts = Contacts::default();
        contacts.on_self(&name("amy"));
        contacts.on_changed(vec![
            contact("zoe", true),
            contact("Bob", false),
            contact("amy", true),
            contact("Tails", true),
            contact("adam", false),
        ]);
        assert_eq!(order(&mut contacts), ["Tails", "zoe", "amy", "adam", "Bob"]);
        assert_eq!(contacts.quiet(), 2);

        contacts.on_said(&name("zoe"), newest(1));
        contacts.on_said(&name("Bob"), newest(2));
        contacts.on_said(&name("gone"), newest(3));
        assert_eq!(
            order(&mut contacts),
            ["zoe", "Tails", "amy", "gone", "Bob", "adam"]
        );
        contacts.on_changed(vec![contact("Bob", true)]);
        contacts.on_said(&name("zoe"), newest(1));
        assert_eq!(
            order(&mut contacts),
            ["Bob", "zoe", "Tails", "amy", "gone", "adam"]
        );
        assert_eq!((contacts.online(), contacts.quiet()), (4, 1));
    }

    #[test]
    fn a_tab_or_a_draft_keeps_somebody_out_of_the_quiet_ones() {
        let mut contacts = Contacts::default();
        contacts.on_changed(vec![contact("bob", false), contact("adam", false)]);
        contacts.on_looked_at(&name("bob"));
        assert_eq!(order(&mut contacts), ["bob", "adam"]);
        assert_eq!(contacts.quiet(), 1);
    }

    #[test]
    fn another_profile_has_other_talks() {
        let mut contacts = Contacts::default();
        contacts.on_said(&name("bob"), newest(7));
        contacts.on_opened();
        contacts.on_said(&name("adam"), newest(1));
        assert_eq!(order(&mut contacts), ["adam", "bob"]);
        assert_eq!(contacts.person(&name("bob")).and_then(|p| p.newest), None);
    }

    #[test]
    fn alone_means_that_the_table_has_nobody_but_oneself() {
        let mut contacts = Contacts::default();
        assert!(contacts.is_alone());
        contacts.on_self(&name("amy"));
        contacts.on_changed(vec![contact("amy", true)]);
        contacts.on_said(&name("bob"), newest(1));
        assert!(contacts.is_alone());
        contacts.on_changed(vec![contact("bob", false)]);
        assert!(!contacts.is_alone());
    }

    #[test]
    fn a_flood_of_names_stops_at_the_limit() {
        let mut contacts = Contacts::default();
        let flood = (0..CONTACTS_MAX + 5).map(|n| contact(&format!("n{n}"), true));
        contacts.on_changed(flood.collect());
        contacts.on_said(&name("one-more"), newest(1));
        contacts.settle();
        assert_eq!(contacts.len(), CONTACTS_MAX);
    }

    fn order(contacts: &mut Contacts) -> Vec<String> {
        contacts.settle();
        let names = (0..contacts.len()).filter_map(|place| contacts.at(place));
        names.map(|person| person.nickname.to_string()).collect()
    }

    fn newest(line: u64) -> Newest {
        Newest {
            line: LineId(line),
            at_ms: 0,
        }
    }

    fn contact(nickname: &str, online: bool) -> Contact {
        Contact {
            nickname: name(nickname),
            address: ([127, 0, 0, 1], 50001).into(),
            online,
            extended: true,
        }
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
