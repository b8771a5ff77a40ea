//! Another name for somebody whose name is taken: `sonic2` after `sonic`, `sonic3` after that. Whether a
//! text is a name at all is decided in [`crate::protocol::nickname`].

use std::collections::BTreeSet;

use super::Nickname;
use crate::protocol::limits::NICKNAME_CHARS_MAX;

/// Numbers tried behind a name until it is free: more people of one name than a room holds.
const NUMBERS_MAX: u64 = 1000;

/// The names that a server has refused. One is added by each refused sign-in, so a person's patience
/// bounds it.
#[derive(Debug, Default)]
pub(super) struct Taken {
    server: String,
    names: BTreeSet<Nickname>,
}

impl Taken {
    pub fn on_refused(&mut self, server: &str, name: Nickname) {
        if self.server != server {
            self.server = server.to_owned();
            self.names.clear();
        }
        self.names.insert(name);
    }

    /// A name like `name` that this server has not refused and that nobody has for whom `is_known` is
    /// true; `None`: there is none.
    pub fn another(
        &self,
        name: &Nickname,
        is_known: impl Fn(&Nickname) -> bool,
    ) -> Option<Nickname> {
        let (stem, number) = split(name.as_str());
        let numbers = number.saturating_add(1)..=number.saturating_add(NUMBERS_MAX);
        let mut others = numbers.filter_map(|number| numbered(stem, number));
        others.find(|other| !self.names.contains(other) && !is_known(other))
    }
}

/// A name and the number behind it; one without a number is the first of its kind. More digits than a
/// year has, or leading zeros, are no count.
fn split(name: &str) -> (&str, u64) {
    const DIGITS_MAX: usize = 4;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &name[stem.len()..];
    match digits.parse() {
        Ok(number)
            if digits.len() <= DIGITS_MAX && !digits.starts_with('0') && !stem.is_empty() =>
        {
            (stem, number)
        }
        _ => (name, 1),
    }
}

/// The name with this number, cut where it would be too long.
fn numbered(stem: &str, number: u64) -> Option<Nickname> {
    let number = number.to_string();
    let room = NICKNAME_CHARS_MAX.saturating_sub(number.len());
    let stem: String = stem.chars().take(room).collect();
    Nickname::parse(&format!("{stem}{number}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_stands_behind_a_name_that_is_taken() {
        let long = "x".repeat(32);
        for (taken, other) in [
            ("sonic", "sonic2"),
            ("sonic2", "sonic3"),
            ("route66", "route67"),
            ("007", "0072"),
            ("索尼克", "索尼克2"),
            ("amy20250101", "amy202501012"),
            (long.as_str(), &format!("{}2", "x".repeat(31))),
        ] {
            let another = Taken::default().another(&name(taken), |_| false);
            assert_eq!(another, Some(name(other)), "{taken}");
        }
    }

    #[test]
    fn no_name_is_suggested_that_is_known_to_be_taken() {
        let mut taken = Taken::default();
        taken.on_refused("room", name("sonic"));
        taken.on_refused("room", name("sonic2"));
        let is_there = |other: &Nickname| other.as_str() == "sonic3";
        assert_eq!(
            taken.another(&name("sonic"), is_there),
            Some(name("sonic4"))
        );
        let long = "7".repeat(32);
        taken.on_refused("room", name(&format!("{}2", &long[..31])));
        let another = taken.another(&name(&long), |_| false);
        assert_eq!(another, Some(name(&format!("{}3", &long[..31]))));
        assert_eq!(taken.another(&name("sonic"), |_| true), None);
    }

    #[test]
    fn another_server_has_other_people() {
        let mut taken = Taken::default();
        taken.on_refused("room", name("sonic2"));
        taken.on_refused("other room", name("sonic"));
        let another = taken.another(&name("sonic"), |_| false);
        assert_eq!(another, Some(name("sonic2")));
    }

    fn name(text: &str) -> Nickname {
        Nickname::parse(text).expect("a test's name is valid")
    }
}
