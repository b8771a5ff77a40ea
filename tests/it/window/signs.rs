//! What two let each other know of themselves: who is writing, and what was read.

use egui::{Key, Modifiers};
use super_chatter::app::LineId;
use super_chatter::machine::client::Event;

use super::delivery::mark;
use super::lan::{Lan, Who};
use super::screen::{Screen, name};

const WRITING: &str = "sonic is writing…";

#[test]
fn who_is_writing_is_said_over_the_field_until_it_is_here() {
    let (mut lan, [amy, sonic]) = talking();
    lan[sonic].write("I am");
    lan.until("the sign", |lan| lan[amy].shows(WRITING));
    lan[sonic].press_enter();
    lan.until("the line", |lan| lan[amy].shows("I am"));
    assert!(!lan[amy].shows(WRITING), "it is here");
}

#[test]
fn who_stops_writing_is_not_said_to_for_longer_than_six_seconds() {
    let (mut lan, [amy, sonic]) = talking();
    lan[sonic].write("I");
    lan.until("the sign", |lan| lan[amy].shows(WRITING));
    lan.run_for(5_900);
    assert!(lan[amy].shows(WRITING));
    lan.run_for(200);
    assert!(!lan[amy].shows(WRITING));

    lan[sonic].write(" am");
    lan.until("the sign", |lan| lan[amy].shows(WRITING));
    lan.run_for(4_000);
    lan[sonic].write(" still");
    lan.run_for(4_000);
    assert!(lan[amy].shows(WRITING), "as long as they write");
}

#[test]
fn whoever_does_not_tell_it_is_not_seen_writing_and_sees_nobody() {
    let (mut lan, [amy, sonic]) = talking();
    lan[sonic].change(|settings| settings.typing = false);
    lan[sonic].write("I am");
    lan[amy].write("I am, too");
    lan.run_for(1_000);
    assert!(!lan[amy].shows(WRITING), "it is not told");
    assert!(!lan[sonic].shows("amy is writing…"), "nor shown");

    lan[sonic].change(|settings| settings.typing = true);
    lan[sonic].press(Modifiers::COMMAND, Key::A);
    lan[sonic].press(Modifiers::NONE, Key::Delete);
    assert_eq!(lan[sonic].value("Message to amy"), "");
    lan.run_for(4_000);
    assert!(!lan[amy].shows(WRITING), "an empty field is no sign");

    lan[amy].write("!");
    lan.until("the sign", |lan| lan[sonic].shows("amy is writing…"));
    lan[sonic].change(|settings| settings.typing = false);
    assert!(
        !lan[sonic].shows("amy is writing…"),
        "nor what was seen before"
    );
}

#[test]
fn a_line_that_was_read_has_two_ticks() {
    let (mut lan, [amy, sonic]) = talking();
    lan[amy].click("Settings");
    say(&mut lan, sonic, "out of sight");
    lan.run_for(5_000);
    assert_eq!(mark(&lan[sonic], "delivered"), "tick");
    lan[amy].click("Back");
    lan.run_for(100);
    assert_eq!(mark(&lan[sonic], "delivered"), "tick tick");
    assert!(lan[sonic].shows_part(", read: "), "a screen reader says so");
}

#[test]
fn what_the_other_has_read_is_known_and_only_grows() {
    let (mut lan, [_amy, sonic]) = talking();
    lan.until("the mark", |lan| {
        read_by_amy(&lan[sonic]) == newest(&lan[sonic])
    });
    let before = read_by_amy(&lan[sonic]).expect("it was told");
    lan[sonic].told(Event::ReadBy {
        peer: name("amy"),
        line: LineId(before.0 - 1),
    });
    assert_eq!(read_by_amy(&lan[sonic]), Some(before));
    lan[sonic].change(|settings| settings.read_receipts = false);
    assert_eq!(read_by_amy(&lan[sonic]), None, "it is not shown");
    lan[sonic].change(|settings| settings.read_receipts = true);
    assert_eq!(read_by_amy(&lan[sonic]), Some(before));

    lan.again(sonic);
    assert_eq!(read_by_amy(&lan[sonic]), Some(before), "it is kept");
}

#[test]
fn whoever_does_not_want_it_does_not_tell_what_they_read() {
    let (mut lan, [amy, sonic]) = talking();
    lan.until("the mark", |lan| {
        read_by_amy(&lan[sonic]) == newest(&lan[sonic])
    });
    let before = read_by_amy(&lan[sonic]);
    lan[amy].change(|settings| settings.read_receipts = false);
    say(&mut lan, sonic, "do you read?");
    lan.run_for(60_000);
    let all = lan[amy].app().conversations();
    assert_eq!(all.unread_from(&name("sonic")), 0);
    assert_eq!(
        read_by_amy(&lan[sonic]),
        before,
        "the new line is read, and not told"
    );
    assert_eq!(mark(&lan[sonic], "delivered"), "tick");
}

/// Two windows that look at each other's first line, which sonic wrote.
fn talking() -> (Lan, [Who; 2]) {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan[amy].click("sonic, online");
    say(&mut lan, sonic, "a line");
    (lan, [amy, sonic])
}

/// Sonic writes to amy, and knows that it has arrived.
fn say(lan: &mut Lan, sonic: Who, text: &str) {
    lan.say(sonic, "amy", text);
    let said = format!("delivered: {text}");
    lan.until("it is delivered", |lan| lan[sonic].shows_part(&said));
}

fn read_by_amy(sonic: &Screen) -> Option<LineId> {
    sonic.app().read_by(&name("amy"))
}

fn newest(sonic: &Screen) -> Option<LineId> {
    let with = sonic.app().conversations().with(&name("amy"))?;
    with.lines.last().map(|line| line.id)
}
