//! What two let each other know of themselves: who is writing, and what was read.

use egui::{Key, Modifiers};
use super_chatter::app::lines::Origin;
use super_chatter::app::{Delivery, LineId};
use super_chatter::driver::client::Told;
use super_chatter::machine::client::Event;

use super::screen::{Ear, NOON, Screen, name};
use super::talk::pair;

#[test]
fn who_is_writing_is_said_over_the_field_until_it_is_here() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = talking(&ear);
    sonic.write("I am");
    ear.until("the sign", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("sonic is writing…")
    });
    sonic.press_enter();
    ear.until("the line", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].lines("sonic") == 2
    });
    assert!(!amy.shows("sonic is writing…"), "it is here");
}

#[test]
fn whoever_does_not_tell_it_is_not_seen_writing_and_sees_nobody() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = talking(&ear);
    sonic.change(|settings| settings.typing = false);
    sonic.write("I am");
    // What amy says is answered after what sonic's keys gave rise to.
    say(&ear, (&mut amy, "sonic"), &mut sonic);
    assert!(!amy.shows("sonic is writing…"));

    sonic.change(|settings| settings.typing = true);
    sonic.press(Modifiers::COMMAND, Key::A);
    sonic.press(Modifiers::NONE, Key::Delete);
    assert_eq!(sonic.value("Message to amy"), "");
    say(&ear, (&mut amy, "sonic"), &mut sonic);
    assert!(!amy.shows("sonic is writing…"), "an empty field is no sign");

    sonic.change(|settings| settings.typing = false);
    let sees = |screen: &mut Screen| {
        let sign = Told::Client(Event::Typing(name("amy")));
        screen.harness.state_mut().app_mut().on_client(NOON, sign);
        let all = screen.app().conversations();
        all.is_typing(&name("amy"), NOON)
    };
    assert!(!sees(&mut sonic));
    sonic.change(|settings| settings.typing = true);
    assert!(sees(&mut sonic));
    sonic.change(|settings| settings.typing = false);
    let all = sonic.app().conversations();
    assert!(
        !all.is_typing(&name("amy"), NOON),
        "nor what was seen before"
    );
}

#[test]
fn what_the_other_has_read_is_known_and_only_grows() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = talking(&ear);
    ear.until("the mark", &mut [&mut amy, &mut sonic], |screens| {
        read_by_amy(screens[1]) == newest(screens[1])
    });
    let before = read_by_amy(&sonic).expect("it was told");
    sonic.told(Event::ReadBy {
        peer: name("amy"),
        line: LineId(before.0 - 1),
    });
    assert_eq!(read_by_amy(&sonic), Some(before));
    sonic.change(|settings| settings.read_receipts = false);
    assert_eq!(read_by_amy(&sonic), None, "it is not shown");
    sonic.change(|settings| settings.read_receipts = true);
    assert_eq!(read_by_amy(&sonic), Some(before));

    let sonic = sonic.again();
    assert_eq!(read_by_amy(&sonic), Some(before), "it is kept");
}

#[test]
fn whoever_does_not_want_it_does_not_tell_what_they_read() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = talking(&ear);
    ear.until("the mark", &mut [&mut amy, &mut sonic], |screens| {
        read_by_amy(screens[1]) == newest(screens[1])
    });
    let before = read_by_amy(&sonic);
    amy.change(|settings| settings.read_receipts = false);
    say(&ear, (&mut sonic, "amy"), &mut amy);
    assert!(amy.app().conversations().unread_from(&name("sonic")) == 0);
    say(&ear, (&mut amy, "sonic"), &mut sonic);
    assert_eq!(
        read_by_amy(&sonic),
        before,
        "the new line is read, and not told"
    );
}

/// Two windows that look at each other's first line, which sonic wrote.
fn talking(ear: &Ear) -> (Screen, Screen) {
    let (mut amy, mut sonic) = pair(ear);
    amy.click("sonic, online");
    sonic.click("amy, online");
    say(ear, (&mut sonic, "amy"), &mut amy);
    (amy, sonic)
}

/// Writes a line and waits until the other has it and the writer knows.
fn say(ear: &Ear, (from, to): (&mut Screen, &str), other: &mut Screen) {
    from.write("a line");
    from.press_enter();
    ear.until("it is delivered", &mut [from, other], |screens| {
        let with = screens[0].app().conversations().with(&name(to));
        let last = with.and_then(|with| with.lines.last());
        last.is_some_and(|line| {
            matches!(
                line.origin,
                Origin::Own {
                    delivery: Delivery::Delivered(_)
                }
            )
        })
    });
}

fn read_by_amy(sonic: &Screen) -> Option<LineId> {
    sonic.app().read_by(&name("amy"))
}

fn newest(sonic: &Screen) -> Option<LineId> {
    let with = sonic.app().conversations().with(&name("amy"))?;
    with.lines.last().map(|line| line.id)
}
