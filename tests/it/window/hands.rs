//! The keyboard and the screen reader: where the keyboard is while something lies over the lines and
//! after it, which answer it stands at, and what is said when something comes or goes.

use std::time::Duration;

use egui::accesskit::{Live, Role};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::{Command, LineId, LostCause, Page, TEXT_MAX};
use super_chatter::machine::client::{Event, Record, Session};

use super::screen::{Screen, name, theirs};
use super::transcript::{click_right, conversation, copied, is_at_end, spot, uneven};
use super::{SONIC, read, tabs};

const LINES: &str = "Conversation with sonic";

#[test]
fn the_question_before_a_line_is_deleted_has_the_keyboard_and_gives_it_back() {
    let mut screen = conversation();
    for key in [Key::Enter, Key::Escape] {
        let at = spot(&screen, "how are you?");
        click_right(&mut screen, at);
        screen.click("Delete for me…");
        assert!(has_keys(&screen, "Keep it"));
        screen.press(Modifiers::NONE, key);
        assert!(!screen.shows("Delete this message?"));
        assert!(is_at_lines(&screen), "the keyboard is back");
    }
    assert_eq!(screen.lines("sonic"), 3);
}

#[test]
fn end_leads_to_the_newest_line_of_all() {
    let mut screen = Screen::with_profile(&uneven(1500));
    let is_in_memory = |screen: &Screen, line| {
        let with = screen.app().conversations().with(&name("sonic"));
        with.is_some_and(|with| with.lines.place(LineId(line)).is_some())
    };
    let (peer, line) = (name("sonic"), LineId(700));
    screen.run(Command::ShowLine { peer, line });
    screen.until("the old lines", |screen| {
        is_in_memory(screen, 700) && !is_in_memory(screen, 1500)
    });
    focus(&mut screen, LINES);
    screen.press(Modifiers::NONE, Key::End);
    screen.until("the newest line", |screen| is_at_end(screen, 1500));
}

#[test]
fn esc_closes_the_story_first_and_the_keyboard_stays_at_the_lines() {
    let mut screen = conversation();
    focus(&mut screen, LINES);
    screen.press(Modifiers::COMMAND, Key::A);
    screen.press_enter();
    let story = "delivered straight to sonic";
    screen.until("the story", |screen| screen.shows(story));
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows(story));
    assert!(is_at_lines(&screen));
    assert_eq!(copied(&mut screen).lines().count(), 3, "still selected");
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(copied(&mut screen), "fine, and you?", "the line alone");
    assert!(is_at_lines(&screen));
}

#[test]
fn enter_by_habit_sends_nothing_of_a_text_that_is_too_much() {
    let mut screen = Screen::with_sonic();
    let text = "some words here\n".repeat(TEXT_MAX / 8);
    screen.harness.event(egui::Event::Paste(text));
    screen.settle();
    assert!(screen.shows("Send as 2 messages"));
    assert!(has_keys(&screen, "Cancel"));
    screen.press_enter();
    assert!(!screen.shows("Send as 2 messages"));
    assert_eq!(
        (screen.value(SONIC).as_str(), screen.lines("sonic")),
        ("", 0)
    );
}

#[test]
fn nothing_goes_to_somebody_whom_the_server_does_not_know() {
    let mut screen = Screen::with_profile(&[tabs(&["ghost"])]);
    screen.told(Event::Session(Session::Online));
    let field = "Message to ghost";
    let why = "The server knows nobody called ghost. Send it when they are here.";
    screen.click(field);
    assert!(!screen.shows(why), "nothing is written yet");
    screen.write("are you there?");
    assert!(screen.shows(why));
    screen.press_enter();
    assert_eq!(screen.value(field), "are you there?");
    assert_eq!(screen.app().notice(), None);

    let long = "words\n".repeat(TEXT_MAX / 3);
    screen.fill(field, &long);
    assert!(!screen.shows_part("Send as"), "nor in parts");
    screen.fill(field, "");
    screen.click(field);
    screen.harness.event(egui::Event::Paste(long));
    screen.settle();
    assert!(screen.shows("Paste what fits") && !screen.shows_part("Send as"));
}

#[test]
fn without_notifications_there_is_no_sound_to_choose() {
    let mut screen = Screen::with_sonic();
    screen.run(Command::Go(Page::Settings));
    let is_dead = |screen: &Screen| {
        let sound = screen.harness.get_by_label("Play a sound");
        sound.accesskit_node().is_disabled()
    };
    assert!(!is_dead(&screen));
    screen.click("Notify me of new messages");
    assert!(is_dead(&screen));
}

#[test]
fn a_server_that_is_lost_is_said_once_without_the_seconds() {
    let mut screen = Screen::with_sonic();
    assert_eq!(said(&screen), [""; 0]);
    let lost = "The connection is lost: the server does not answer.";
    for seconds in [3600, 1800] {
        screen.told(Event::Session(Session::Waiting {
            retry_after: Duration::from_secs(seconds),
            cause: LostCause::Silent,
        }));
        assert_eq!(said(&screen), [lost]);
        screen.told(Event::Session(Session::Registering { attempt: 1 }));
        assert_eq!(said(&screen), [lost], "and not again");
    }
    screen.told(Event::Session(Session::Online));
    assert_eq!(said(&screen), [""; 0]);
    screen.told(Event::Session(Session::SignedOut));
    assert_eq!(said(&screen), ["You are signed out."]);
}

#[test]
fn the_first_line_of_all_is_said_and_none_is_said_again() {
    let mut screen = Screen::with_sonic();
    let is_read = |screen: &Screen| {
        let with = screen.app().conversations().with(&name("sonic"));
        with.is_some_and(|with| with.has_first())
    };
    screen.until("that nothing was said before", is_read);
    screen.received("sonic", "hello");
    assert_eq!(said(&screen), ["sonic, 12:00: hello"]);
    screen.click("tails, online");
    assert_eq!(said(&screen), [""; 0]);
    screen.click("sonic, online");
    assert_eq!(said(&screen), [""; 0]);
}

#[test]
fn what_was_said_before_is_not_said_as_new() {
    let line = |n, from: &str| Record::Line(theirs(n, from, "long ago"));
    let mut records = vec![line(1, "sonic"), line(2, "sonic"), read("sonic", 2)];
    // So many that sonic's lines are read when they are looked at.
    records.extend((3..=300).map(|n| line(n, &format!("n{n}"))));
    let mut screen = Screen::with_profile(&records);
    screen.told(Event::Session(Session::Online));
    screen.run(Command::Open(name("sonic")));
    screen.until("the lines", |screen| screen.lines("sonic") == 2);
    assert_eq!(said(&screen), [""; 0]);
}

fn focus(screen: &mut Screen, label: &str) {
    screen.harness.get_by_label(label).focus();
    screen.settle();
}

fn has_keys(screen: &Screen, label: &str) -> bool {
    screen.harness.get_by_label(label).is_focused()
}

/// The keyboard is at one of the lines.
fn is_at_lines(screen: &Screen) -> bool {
    let mut lines = screen.harness.query_all_by_role(Role::ListItem);
    lines.any(|line| line.is_focused())
}

/// What a screen reader was told to say, and still stands there.
fn said(screen: &Screen) -> Vec<String> {
    let nodes = [Role::Status, Role::Label].map(|role| screen.harness.query_all_by_role(role));
    let live = nodes.into_iter().flatten().filter(|node| {
        let node = node.accesskit_node();
        node.live() == Live::Polite
    });
    let words = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        node.label().or(node.value()).unwrap_or_default()
    };
    live.map(words).filter(|said| !said.is_empty()).collect()
}
