//! Ours and the classic program, in every pairing, at a server of either kind: they register, talk
//! both ways, leave mail, sign out and in again, and hear the server's farewell. Every datagram of
//! ours to a classic program passes a strict reader on its way.

use super_chatter::machine::client::{Delivery, Failure};

use crate::bench::at;
use crate::town::{Kind, Town};

const X: u16 = 1;
const Y: u16 = 2;

/// Texts that are hard on a wire of ASCII and JSON.
const TEXTS: [&str; 5] = [
    "hi y",
    "你好，世界 \"quoted\" \\ end",
    "ソニック・ザ・ヘッジホッグ",
    "🦔\u{1}\t/ é",
    "[You Have Messages]",
];

#[test]
fn every_pairing_at_either_server_talks_both_ways_and_loses_nothing() {
    for server in [Kind::Ours, Kind::Classic] {
        for x in [Kind::Ours, Kind::Classic] {
            for y in [Kind::Ours, Kind::Classic] {
                Drama::new(server, x, y).play();
            }
        }
    }
}

#[test]
fn many_of_ours_and_classic_ones_get_in_at_a_classic_server_that_swallows_requests() {
    let mut town = Town::new(Kind::Classic);
    for number in 1..=8 {
        let kind = if number % 2 == 0 {
            Kind::Ours
        } else {
            Kind::Classic
        };
        town.move_in(kind, &format!("p{number}"), at(number));
        town.reg(at(number));
        town.run_for(1);
    }
    town.run_for(60_000);
    for number in (2..=8).step_by(2) {
        assert!(town.is_online(at(number)), "p{number}");
    }
    assert!(town.swallowed() > 0, "the server was never busy");
    assert_eq!(town.faults, Vec::<String>::new());
}

#[test]
fn the_longest_text_for_a_classic_peer_arrives_and_a_longer_one_is_refused() {
    for server in [Kind::Ours, Kind::Classic] {
        for away in [false, true] {
            let mut drama = Drama::new(server, Kind::Ours, Kind::Classic);
            drama.sign_in();
            drama.town.say(at(X), "y", "hi");
            drama.town.run_for(2_000);
            if away {
                drama.town.dereg(at(Y));
                drama.town.run_for(2_000);
            }
            let (long, too_long) = ("x".repeat(3_900), "x".repeat(4_090));
            drama.town.say(at(X), "y", &long);
            drama.town.run_for(3_000);
            let refused = drama.town.say(at(X), "y", &too_long);
            drama.town.run_for(3_000);
            if away {
                drama.town.reg(at(Y));
                drama.town.run_for(3_000);
            }
            let told = drama.town.last_of(at(X), refused);
            assert_eq!(told, Some(Delivery::Failed(Failure::TooLongForClassic)));
            drama.expect(Y, "x", &["hi", &long]);
        }
    }
}

#[test]
fn what_falls_back_to_a_classic_mailbox_between_two_of_ours_is_shown_once() {
    let mut drama = Drama::new(Kind::Classic, Kind::Ours, Kind::Ours);
    drama.sign_in();
    drama.town.say(at(X), "y", "one");
    drama.town.run_for(2_000);
    // What y sends x straight is lost from here on: its acks, too.
    drama.town.lost.push((at(Y), at(X)));
    let second = drama.town.say(at(X), "y", "two");
    drama.town.run_for(500);
    let third = drama.town.say(at(X), "y", "three, a longer one: ");
    drama.town.run_for(10_000);
    drama.town.lost.clear();
    drama.sign_in_again(Y);
    drama.town.say(at(X), "y", "four");
    drama.town.run_for(60_000);
    drama.expect(Y, "x", &["one", "two", "three, a longer one: ", "four"]);
    for line in [second, third] {
        let told = drama.town.last_of(at(X), line);
        assert!(matches!(told, Some(Delivery::Delivered(_))), "{told:?}");
    }
}

#[test]
fn a_message_that_only_lost_its_way_reaches_one_of_ours_by_a_classic_mailbox() {
    let mut drama = Drama::new(Kind::Classic, Kind::Ours, Kind::Ours);
    drama.sign_in();
    drama.town.say(at(X), "y", "one");
    drama.town.run_for(2_000);
    drama.town.lost.push((at(X), at(Y)));
    let long = "明🦔\"".repeat(500);
    drama.town.say(at(X), "y", &long);
    drama.town.run_for(30_000);
    drama.sign_in_again(Y);
    drama.expect(Y, "x", &["one", &long]);
}

/// Two people at one server.
struct Drama {
    town: Town,
    cast: String,
}

impl Drama {
    fn new(server: Kind, x: Kind, y: Kind) -> Self {
        let mut town = Town::new(server);
        town.move_in(x, "x", at(X));
        town.move_in(y, "y", at(Y));
        let cast = format!("{x:?} and {y:?} at {server:?}");
        Self { town, cast }
    }

    fn sign_in(&mut self) {
        for person in [X, Y] {
            self.town.reg(at(person));
            self.town.run_for(2_000);
        }
    }

    /// The classic server tells nobody that it took them for gone: their mail comes with the next
    /// sign-in.
    fn sign_in_again(&mut self, person: u16) {
        self.town.dereg(at(person));
        self.town.run_for(2_000);
        self.town.reg(at(person));
        self.town.run_for(20_000);
        assert!(
            self.town.mailed(if person == X { "x" } else { "y" }),
            "the server's mailbox was never used"
        );
    }

    fn play(mut self) {
        self.sign_in();
        let (mut to_x, mut to_y) = (Vec::new(), Vec::new());
        for text in TEXTS {
            self.say(X, text, &mut to_y);
            self.say(Y, text, &mut to_x);
        }
        for (away, writer, said) in [(Y, X, &mut to_y), (X, Y, &mut to_x)] {
            self.town.dereg(at(away));
            self.town.run_for(2_000);
            for text in TEXTS {
                self.say(writer, &format!("mail: {text}"), said);
            }
            self.town.reg(at(away));
            self.town.run_for(5_000);
        }
        self.say(X, "back again", &mut to_y);
        self.expect(X, "y", &strs(&to_x));
        self.expect(Y, "x", &strs(&to_y));
        self.town.stop();
        self.town.run_for(600);
        for person in [X, Y] {
            assert!(
                self.town.heard_farewell(at(person)),
                "{}: {person}",
                self.cast
            );
        }
        assert_eq!(self.town.faults, Vec::<String>::new(), "{}", self.cast);
        assert_eq!(self.town.stray_acks(), [], "{}", self.cast);
    }

    fn say(&mut self, from: u16, text: &str, said: &mut Vec<String>) {
        let to = if from == X { "y" } else { "x" };
        self.town.say(at(from), to, text);
        self.town.run_for(2_000);
        said.push(text.to_owned());
    }

    /// Exactly these were shown, in order, and nothing was wrong on the way.
    fn expect(&self, person: u16, from: &str, texts: &[&str]) {
        let shown = self.town.shown(at(person));
        let expected: Vec<_> = texts
            .iter()
            .map(|text| (from.to_owned(), (*text).to_owned()))
            .collect();
        assert_eq!(shown, expected, "{} {person}", self.cast);
        assert_eq!(self.town.faults, Vec::<String>::new(), "{}", self.cast);
    }
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
