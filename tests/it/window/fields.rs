//! Keys for which several parts of the window have a use: each press has one effect, in the part where
//! the keyboard is.

use egui::{Event as Input, ImeEvent, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use super_chatter::app::{Command, Page};
use super_chatter::machine::client::{Event, LineId, Record, Session};

use super::SONIC;
use super::screen::{Screen, contact, name, theirs};

const FILTER: &str = "Filter people";
const JUMP: &str = "Jump to";

#[test]
fn enter_inside_a_composed_word_opens_nobody() {
    let mut screen = Screen::with_sonic();
    for key in [Key::L, Key::K] {
        screen.press(Modifiers::COMMAND, key);
        compose(&mut screen, "ta");
        screen.press_enter();
        assert!(screen.shows(SONIC), "the word is not ready");
        screen
            .harness
            .event(Input::Ime(ImeEvent::Commit("ta".into())));
        screen.settle();
        screen.press_enter();
        assert!(screen.shows("Message to tails"));
        screen.click("sonic, online");
    }
}

#[test]
fn what_lies_over_the_settings_is_closed_before_them() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::Comma);
    screen.press(Modifiers::COMMAND, Key::K);
    assert!(screen.shows(JUMP));
    screen.press(Modifiers::COMMAND, Key::Comma);
    assert_eq!(screen.app().page(), Page::Settings, "it is under the field");
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows(JUMP));
    assert_eq!(screen.app().page(), Page::Settings);
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(screen.app().page(), Page::Talk);
}

#[test]
fn somebody_s_first_line_takes_the_keyboard_from_no_field() {
    let mut screen = Screen::quiet();
    screen.told(Event::Session(Session::Online));
    screen.told(Event::Contacts(vec![contact("sonic", true)]));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("t");
    screen.received("sonic", "hi");
    assert!(screen.shows(SONIC));
    screen.write("a");
    assert_eq!(
        (screen.value(FILTER), screen.value(SONIC)),
        ("ta".into(), String::new())
    );
}

#[test]
fn a_closed_tab_leaves_no_claim_on_the_keyboard_behind() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::W);
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("ta");
    screen.received("sonic", "are you there?");
    assert!(screen.shows(SONIC));
    assert!(screen.harness.get_by_label(FILTER).is_focused());
    assert_eq!(screen.value(FILTER), "ta");
}

#[test]
fn keys_of_tabs_do_nothing_where_no_tab_is_seen() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::Comma);
    screen.press(Modifiers::COMMAND, Key::W);
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(screen.shows("Tab sonic"), "it was not closed");
}

#[test]
fn escape_empties_the_filter_before_it_leaves_a_page() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::Comma);
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("ta");
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(screen.value(FILTER), "");
    assert_eq!(screen.app().page(), Page::Settings);
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(screen.app().page(), Page::Talk);
}

#[test]
fn enter_in_the_filter_takes_what_is_typed_and_listed_now() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::L);
    for event in [Input::Text("tails".into()), key(Key::Enter)] {
        screen.harness.event(event);
    }
    screen.settle();
    assert!(screen.shows("Message to tails"));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("nobody");
    screen.press_enter();
    assert_eq!(screen.app().page(), Page::Search, "the only row");
}

#[test]
fn escape_leads_back_from_the_host_s_page_and_ctrl_k_works_on_the_first() {
    let mut screen = Screen::quiet();
    screen.press(Modifiers::COMMAND, Key::K);
    assert!(!screen.shows("Sign out"), "nobody is signed in");
    screen.write("host");
    screen.press_enter();
    assert_eq!(screen.app().page(), Page::Host);
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(screen.app().page(), Page::Talk);
}

#[test]
fn a_small_window_shows_the_tab_that_is_opened_again() {
    let mut screen = Screen::with_sonic();
    screen.harness.set_size(egui::vec2(360.0, 480.0));
    screen.press(Modifiers::COMMAND, Key::W);
    screen.run(Command::Open(name("tails")));
    screen.click("People");
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    assert!(screen.shows(SONIC));
}

#[test]
fn a_line_that_is_deleted_is_not_found_any_more() {
    let mut screen = Screen::with_profile(&[Record::Line(theirs(1, "sonic", "a needle"))]);
    screen.run(Command::Search {
        text: "needle".into(),
        peer: None,
    });
    let found = |screen: &Screen| screen.app().search(None).map(|all| all.lines.len());
    screen.until("the line", |screen| found(screen) == Some(1));
    screen.told(Event::Deleted(LineId(1)));
    assert_eq!(found(&screen), Some(0));
}

fn key(key: Key) -> Input {
    Input::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    }
}

fn compose(screen: &mut Screen, text: &str) {
    screen.harness.event(Input::Ime(ImeEvent::Preedit {
        text: text.into(),
        active_range_chars: None,
    }));
    screen.settle();
}
