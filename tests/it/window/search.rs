//! Searches in one conversation and in all, and lines far back.

use egui::{Color32, Key, Modifiers, Shape};
use egui_kittest::kittest::Queryable;
use super_chatter::app::{Command, LineId};
use super_chatter::driver::client::{Answer, Search, Told};
use super_chatter::machine::client::{Event, Record, Session};

use super::screen::{NOON, Screen, contact, name, theirs};
use super::{SONIC, tabs};

pub const FIND: &str = "Search in this conversation";
const EVERYWHERE: &str = "Search in all messages";

/// Lines with sonic; every hundredth has the word "needle".
const LINES: u64 = 1000;

#[test]
fn hits_are_counted_and_walked_through_from_the_newest() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    assert!(screen.harness.get_by_label(FIND).is_focused());
    look_for(&mut screen, "needle");
    screen.until("the first", |screen| screen.shows("1 of 10"));
    screen.until("line 1000", |screen| shows_line(screen, 1000));
    screen.press_enter();
    screen.until("the second", |screen| screen.shows("2 of 10"));
    screen.until("line 900", |screen| shows_line(screen, 900));
    screen.press(Modifiers::NONE, Key::F3);
    screen.until("the third, far back", |screen| shows_line(screen, 800));
    assert!(screen.shows("3 of 10"));
    screen.press(Modifiers::SHIFT, Key::Enter);
    screen.press(Modifiers::SHIFT, Key::F3);
    screen.press(Modifiers::SHIFT, Key::F3);
    screen.until("round to the oldest", |screen| screen.shows("10 of 10"));
    screen.until("line 100", |screen| shows_line(screen, 100));
    screen.press_enter();
    screen.until("round to the newest", |screen| screen.shows("1 of 10"));
    screen.press(Modifiers::SHIFT, Key::Enter);
    screen.until("and back", |screen| shows_line(screen, 100));
    screen.click("Newer message");
    screen.until("the next", |screen| shows_line(screen, 200));
    screen.press(Modifiers::COMMAND, Key::F);
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows(FIND));
    assert!(screen.harness.get_by_label(SONIC).is_focused());
}

#[test]
fn what_is_not_found_is_said() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "thimble");
    screen.until("the word", |screen| screen.shows("No messages"));
    screen.press_enter();
    assert!(screen.shows("No messages"));
}

#[test]
fn coming_to_another_conversation_with_the_bar_open_moves_nothing_in_it() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "needle");
    screen.until("line 1000", |screen| shows_line(screen, 1000));
    screen.press_enter();
    screen.until("line 900", |screen| shows_line(screen, 900));
    screen.run(Command::Open(name("tails")));
    screen.until("its own", |screen| screen.shows("1 message"));
    screen.run(Command::Open(name("sonic")));
    screen.until("a count", |screen| screen.shows("10 messages"));
    assert!(shows_line(&screen, 900), "where one was");
    screen.press(Modifiers::NONE, Key::F3);
    screen.until("the first", |screen| screen.shows("1 of 10"));
}

#[test]
fn the_page_of_all_messages_is_as_it_was_left() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    look_for(&mut screen, "needle");
    screen.until("the lines", |screen| screen.shows("11 messages"));
    for _ in 0..3 {
        screen.press(Modifiers::NONE, Key::ArrowDown);
    }
    screen.press_enter();
    screen.until("line 800", |screen| shows_line(screen, 800));
    screen.until("the bar", |screen| screen.shows("3 of 10"));
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    assert!(screen.shows("11 messages"), "at once");
    screen.press_enter();
    screen.until("the same again", |screen| screen.shows("3 of 10"));
}

#[test]
fn what_is_found_is_marked_until_the_bar_is_closed() {
    let (found, other) = ("a needle and a needle", "hay");
    let mut screen = Screen::with_profile(&[
        Record::Line(theirs(1, "sonic", found)),
        Record::Line(theirs(2, "sonic", other)),
        tabs(&["sonic"]),
    ]);
    let plain = [found, other].map(|text| marks(&screen, text));
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "needle");
    screen.until("the line", |screen| screen.shows("1 of 1"));
    screen.settle();
    let (rects, rings) = plain[0];
    assert_eq!(marks(&screen, found), (rects + 2, rings + 1));
    assert_eq!(marks(&screen, other), plain[1]);
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!([found, other].map(|text| marks(&screen, text)), plain);
}

#[test]
fn the_way_goes_on_behind_the_first_hundred() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "line");
    screen.until("the first", |screen| screen.shows("1 of 100+"));
    screen.press(Modifiers::SHIFT, Key::Enter);
    screen.until("the last so far", |screen| screen.shows("100 of 100+"));
    screen.press_enter();
    screen.until("one more", |screen| screen.shows("101 of 200+"));

    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    look_for(&mut screen, "line");
    let said =
        |hundreds: &str| format!("More than {hundreds} messages. One more word finds fewer.");
    screen.until("a hundred", |screen| screen.shows(&said("100")));
    for _ in 0..20 {
        screen.press(Modifiers::NONE, Key::PageDown);
    }
    screen.until("a hundred more", |screen| screen.shows(&said("200")));
}

#[test]
fn a_late_answer_is_not_taken_for_that_to_the_last_question() {
    let mut screen = haystack();
    let ask = |text: &str| Command::Search {
        text: text.to_owned(),
        peer: None,
    };
    let late = Answer::Found {
        search: Search {
            text: "needle".to_owned(),
            peer: None,
            before: None,
            limit: 101,
        },
        lines: vec![theirs(LINES, "sonic", "a needle")],
    };
    let app = screen.harness.state_mut().app_mut();
    app.run(NOON, ask("needle"));
    app.run(NOON, ask("thimble"));
    app.on_client(NOON, Told::History(late));
    assert_eq!(app.search(None).map(|all| all.lines.len()), Some(0));
}

#[test]
fn what_is_deleted_is_not_found_any_more() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    look_for(&mut screen, "needle");
    screen.until("all of them", |screen| screen.shows("11 messages"));
    screen.run(Command::Delete(LineId(LINES)));
    screen.until("one fewer", |screen| screen.shows("10 messages"));
}

#[test]
fn it_looks_when_the_typing_pauses_and_not_at_each_key() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    screen.harness.event(egui::Event::Text("nee".to_owned()));
    screen.harness.step();
    assert!(
        screen.app().search(Some(&name("sonic"))).is_none(),
        "still typing"
    );
    screen.harness.step();
    screen.harness.step();
    let asked = screen
        .app()
        .search(Some(&name("sonic")))
        .map(|all| all.text().to_owned());
    assert_eq!(asked.as_deref(), Some("nee"));
}

#[test]
fn a_line_far_back_is_shown_and_the_way_goes_on_to_both_sides() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "needle");
    screen.until("the first", |screen| screen.shows("1 of 10"));
    screen.press(Modifiers::SHIFT, Key::Enter);
    screen.until("the oldest", |screen| shows_line(screen, 100));
    assert!(!has_line(&screen, 900), "not all in between is read");

    screen.received("sonic", "and now?");
    assert!(
        screen.shows("sonic, online, 1 unread"),
        "it stands behind a gap"
    );
    assert!(!screen.shows_part("and now?"));
    let mut newest = 100;
    for line in (200..=900).step_by(100) {
        for _ in 0..200 {
            if !has_line(&screen, line) {
                screen.scroll(-400.0);
                screen.settle();
            }
        }
        screen.until("a later page", |screen| has_line(screen, line));
        newest = line;
    }
    assert_eq!(newest, 900);
    screen.click("Newest message, 1 unread");
    screen.until("the end", |screen| shows_line(screen, 1000));
    screen.until("it was seen", |screen| screen.shows("sonic, online"));
}

#[test]
fn whoever_sends_while_far_back_comes_to_the_end() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "needle");
    screen.until("the first", |screen| screen.shows("1 of 10"));
    screen.press(Modifiers::SHIFT, Key::Enter);
    screen.until("the oldest", |screen| shows_line(screen, 100));
    screen.click(SONIC);
    screen.write("here I am");
    screen.press_enter();
    screen.until("the own line", |screen| screen.line("here I am").is_some());
    assert!(shows_line(&screen, 1000), "with what is before it");
}

#[test]
fn the_page_finds_everything_and_leads_to_the_line() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    assert!(screen.shows_part("Type a word to find it"));
    assert!(screen.harness.get_by_label(EVERYWHERE).is_focused());
    look_for(&mut screen, "needle");
    screen.until("all of them", |screen| screen.shows("11 messages"));
    assert!(screen.shows_part("tails,"), "the newest one");
    for _ in 0..10 {
        screen.press(Modifiers::NONE, Key::ArrowDown);
    }
    screen.press_enter();
    screen.until("the oldest", |screen| shows_line(screen, 100));
    assert!(screen.shows_part("Tab sonic") && screen.shows(FIND));
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    screen.until("it is still there", |screen| screen.shows("11 messages"));
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(screen.shows(SONIC), "back at the talk");
}

#[test]
fn nothing_found_anywhere_is_said_with_what_to_do() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    look_for(&mut screen, "thimble");
    screen.until("the sentence", |screen| {
        screen.shows("Nothing was found for “thimble”. Try fewer or other words.")
    });
}

#[test]
fn the_filter_offers_to_look_in_the_messages() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("needle");
    screen.click("Search messages for “needle”");
    screen.until("all of them", |screen| screen.shows("11 messages"));
    assert_eq!(screen.value(EVERYWHERE), "needle");
}

#[test]
fn everything_of_a_search_has_a_name() {
    let mut screen = haystack();
    screen.press(Modifiers::COMMAND, Key::F);
    look_for(&mut screen, "needle");
    screen.until("the first", |screen| screen.shows("1 of 10"));
    screen.harness.check_accessibility();
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    look_for(&mut screen, "needle");
    screen.until("all of them", |screen| screen.shows("11 messages"));
    screen.harness.check_accessibility();
}

fn haystack() -> Screen {
    let text = |n: u64| match n % 100 {
        0 => format!("line {n} with a needle"),
        _ => format!("line {n}"),
    };
    let lines = (1..=LINES).map(|n| Record::Line(theirs(n, "sonic", &text(n))));
    let tails = theirs(LINES + 1, "tails", "a needle of mine");
    let rest = [Record::Line(tails), tabs(&["sonic"])];
    let mut screen = Screen::with_profile(&lines.chain(rest).collect::<Vec<_>>());
    screen.told(Event::Session(Session::Online));
    let people = ["sonic", "tails"].map(|name| contact(name, true));
    screen.told(Event::Contacts(people.to_vec()));
    screen
}

/// Types it and waits until the typing has paused.
fn look_for(screen: &mut Screen, text: &str) {
    screen.write(text);
    screen.harness.run_steps(2);
}

/// The line is in view.
fn shows_line(screen: &Screen, n: u64) -> bool {
    screen.shows_part(&format!("line {n} with"))
}

/// The line is in memory.
fn has_line(screen: &Screen, n: u64) -> bool {
    let all = screen.app().conversations();
    let sonic = super_chatter::app::Nickname::parse("sonic").expect("a name");
    let id = super_chatter::machine::client::LineId(n);
    all.with(&sonic)
        .is_some_and(|with| with.lines.place(id).is_some())
}

/// How many surfaces and how many rings were painted where this line is.
fn marks(screen: &Screen, text: &str) -> (usize, usize) {
    let row = screen.line(text).expect("the line is in view").rect();
    let here = |shape: &Shape| {
        let Shape::Rect(rect) = shape else {
            return None;
        };
        let is_here = row.expand(2.0).contains_rect(rect.rect);
        is_here.then_some((rect.fill, rect.stroke.width))
    };
    let rects: Vec<_> = screen.shapes().into_iter().filter_map(here).collect();
    let surfaces = rects
        .iter()
        .filter(|(fill, _)| *fill != Color32::TRANSPARENT);
    let rings = rects.iter().filter(|(_, stroke)| *stroke == 2.0);
    (surfaces.count(), rings.count())
}
