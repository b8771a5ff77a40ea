//! Who is there, in the order of the list. What was said lives in [`super::conversations`].

use std::collections::BTreeMap;

use super::{Contact, Nickname};

/// Most people kept: more than a table can hold, so only a flood of made-up names reaches it.
/// Further names are not shown.
pub const CONTACTS_MAX: usize = 20_000;

/// The people of the table.
#[derive(Debug, Default)]
pub struct Contacts {
    people: BTreeMap<Nickname, Contact>,
    order: Vec<Nickname>,
    me: Option<Nickname>,
}

impl Contacts {
    /// How many people the list has, oneself included.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The person at this place of the list: those online first, then by name, oneself last.
    pub fn at(&self, place: usize) -> Option<&Contact> {
        self.people.get(self.order.get(place)?)
    }

    pub fn get(&self, nickname: &Nickname) -> Option<&Contact> {
        self.people.get(nickname)
    }

    pub fn is_me(&self, nickname: &Nickname) -> bool {
        self.me.as_ref() == Some(nickname)
    }

    /// Nobody is there but oneself.
    pub fn is_alone(&self) -> bool {
        self.people.keys().all(|name| self.is_me(name))
    }

    /// How many others are online.
    pub fn others_online(&self) -> usize {
        let others = self
            .people
            .values()
            .filter(|c| c.online && !self.is_me(&c.nickname));
        others.count()
    }

    pub(super) fn on_self(&mut self, nickname: &Nickname) {
        self.me = Some(nickname.clone());
        self.sort();
    }

    pub(super) fn on_changed(&mut self, changed: Vec<Contact>) {
        for contact in changed {
            let known = self.people.contains_key(&contact.nickname);
            if known || self.people.len() < CONTACTS_MAX {
                self.people.insert(contact.nickname.clone(), contact);
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        let mut order: Vec<Nickname> = self.people.keys().cloned().collect();
        order.sort_by_cached_key(|name| {
            let offline = !self.people.get(name).is_some_and(|c| c.online);
            (self.is_me(name), offline, name.as_str().to_lowercase())
        });
        self.order = order;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn online_people_come_first_then_by_name_and_oneself_last() {
        let mut contacts = Contacts::default();
        contacts.on_self(&name("amy"));
        contacts.on_changed(vec![
            contact("zoe", true),
            contact("Bob", false),
            contact("amy", true),
            contact("Tails", true),
            contact("adam", false),
        ]);
        assert_eq!(order(&contacts), ["Tails", "zoe", "adam", "Bob", "amy"]);

        contacts.on_changed(vec![contact("Bob", true)]);
        assert_eq!(order(&contacts), ["Bob", "Tails", "zoe", "adam", "amy"]);
        assert_eq!(contacts.others_online(), 3);
    }

    #[test]
    fn alone_means_nobody_but_oneself() {
        let mut contacts = Contacts::default();
        assert!(contacts.is_alone());
        contacts.on_self(&name("amy"));
        contacts.on_changed(vec![contact("amy", true)]);
        assert!(contacts.is_alone());
        contacts.on_changed(vec![contact("bob", false)]);
        assert!(!contacts.is_alone());
    }

    #[test]
    fn a_flood_of_names_stops_at_the_limit() {
        let mut contacts = Contacts::default();
        let flood = (0..CONTACTS_MAX + 5).map(|n| contact(&format!("n{n}"), true));
        contacts.on_changed(flood.collect());
        assert_eq!(contacts.len(), CONTACTS_MAX);
    }

    fn order(contacts: &Contacts) -> Vec<&str> {
        let names = (0..contacts.len()).filter_map(|place| contacts.at(place));
        names.map(|c| c.nickname.as_str()).collect()
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
