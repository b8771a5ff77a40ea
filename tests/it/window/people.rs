//! The list of people, the tabs, the way to anybody and the keys.

use egui::{Event as Input, Key, Modifiers, PointerButton, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::Command;
use super_chatter::machine::client::{Event, Record, Session};

use super::screen::{Screen, contact, name, theirs};
use super::{SONIC, tabs};

const FILTER: &str = "Filter people";
const JUMP: &str = "Jump to";

#[test]
fn whoever_wrote_last_comes_first_among_those_who_are_there() {
    let mut screen = Screen::with_sonic();
    screen.received("tails", "one");
    assert!(screen.top("tails, online, 1 unread") < screen.top("sonic, online"));
    screen.received("sonic", "two");
    assert!(screen.top("sonic, online") < screen.top("tails, online, 1 unread"));
    screen.told(Event::Contacts(vec![contact("sonic", false)]));
    assert!(screen.top("tails, online, 1 unread") < screen.top("sonic, offline"));
    assert_eq!(described(&screen, "sonic, offline"), "two");
    assert!(screen.shows("People · 1 online"));
}

#[test]
fn whoever_is_away_and_never_said_anything_is_folded_away() {
    let mut screen = Screen::with_sonic();
    let away = (0..20).map(|n| contact(&format!("away{n:02}"), false));
    screen.told(Event::Contacts(away.collect()));
    assert!(screen.shows("20 more, offline") && !screen.shows("away00, offline"));
    screen.click("20 more, offline");
    assert!(screen.shows("away00, offline") && screen.shows("Show fewer"));
    screen.click("Show fewer");
    assert!(!screen.shows("away00, offline"));
}

#[test]
fn people_of_the_history_are_there_though_the_server_knows_them_not() {
    let lines = (1..=300).map(|n| Record::Line(theirs(n, &format!("old{n:03}"), "long ago")));
    let mut screen = Screen::with_profile(&lines.collect::<Vec<_>>());
    screen.told(Event::Session(Session::Online));
    assert!(screen.top("old300, offline, 1 unread") < screen.top("old299, offline, 1 unread"));
    screen.click(FILTER);
    screen.write("old00");
    let first = |screen: &Screen| screen.shows_part("old001, offline");
    screen.until("all of the history", first);
}

#[test]
fn a_draft_stands_in_the_row_of_its_person() {
    let mut screen = Screen::with_sonic();
    screen.write("half a thou");
    screen.click("tails, online");
    assert_eq!(described(&screen, "sonic, online"), "Draft: half a thou");
}

#[test]
fn one_s_own_last_line_is_told_as_one_s_own() {
    let mut screen = Screen::with_sonic();
    screen.write("hello there");
    screen.send("sonic");
    assert_eq!(described(&screen, "sonic, online"), "You: hello there");
}

#[test]
fn the_filter_leaves_those_who_are_called_so() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::L);
    assert!(screen.harness.get_by_label(FILTER).is_focused());
    screen.write("TAI");
    assert!(screen.shows("tails, online") && !screen.shows("sonic, online"));
    screen.write("x");
    assert!(screen.shows("Nobody is called “TAIx”. Esc shows everybody again."));
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(screen.value(FILTER), "");
    assert!(screen.shows("sonic, online"));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("tai");
    screen.press_enter();
    assert!(screen.shows("Message to tails"));
    assert_eq!(screen.value(FILTER), "");
}

#[test]
fn enter_in_the_filter_opens_whoever_is_called_exactly_so() {
    let mut screen = Screen::with_sonic();
    let others = ["a-sonic2", "metal-sonic", "sonic2"];
    let others = others.map(|name| contact(name, true));
    screen.told(Event::Contacts(others.to_vec()));
    screen.run(Command::Open(name("tails")));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("SONIC");
    let order = ["sonic, online", "sonic2, online", "a-sonic2, online"];
    assert!(order.map(|label| screen.top(label)).is_sorted());
    screen.press_enter();
    assert!(screen.shows(SONIC));
}

#[test]
fn whoever_comes_to_the_front_is_in_view_in_the_list() {
    let mut screen = Screen::with_sonic();
    let many = (0..100).map(|n| contact(&format!("n{n:03}"), true));
    screen.told(Event::Contacts(many.collect()));
    assert!(!screen.shows("n099, online"));
    screen.run(Command::Open(name("n099")));
    assert!(screen.shows("n099, online"));
    screen.run(Command::Open(name("n000")));
    assert!(screen.shows("n000, online"));
}

#[test]
fn the_arrows_walk_through_the_list_and_enter_opens() {
    let mut screen = Screen::with_sonic();
    let many = (0..100).map(|n| contact(&format!("n{n:03}"), true));
    screen.told(Event::Contacts(many.collect()));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    assert!(screen.harness.get_by_label("sonic, online").is_focused());
    for _ in 0..3 {
        screen.press(Modifiers::NONE, Key::ArrowDown);
    }
    assert!(screen.harness.get_by_label("n002, online").is_focused());
    screen.press(Modifiers::NONE, Key::End);
    assert!(
        screen.harness.get_by_label("tails, online").is_focused(),
        "in view"
    );
    screen.press(Modifiers::NONE, Key::ArrowUp);
    screen.press_enter();
    assert!(screen.shows("Message to n099"));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert!(screen.harness.get_by_label(FILTER).is_focused(), "back");
}

#[test]
fn tab_comes_to_one_row_of_the_list_only() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::L);
    screen.press(Modifiers::NONE, Key::Tab);
    assert!(screen.harness.get_by_label("sonic, online").is_focused());
    screen.press(Modifiers::NONE, Key::Tab);
    assert!(!screen.harness.get_by_label("tails, online").is_focused());
}

#[test]
fn the_menu_of_a_row_marks_as_read_and_closes_the_tab() {
    let mut screen = Screen::with_sonic();
    screen.received("tails", "psst");
    screen
        .harness
        .get_by_label("tails, online, 1 unread")
        .click_secondary();
    screen.settle();
    screen.click("Mark as read");
    assert!(screen.shows("tails, online") && screen.shows("Tab tails"));
    screen.press(Modifiers::COMMAND, Key::L);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    screen.press(Modifiers::SHIFT, Key::F10);
    assert!(screen.shows("Copy name"), "by key, too");
    screen.click("Close tab");
    assert!(!screen.shows("Tab tails") && screen.shows("Tab sonic"));
}

#[test]
fn closed_tabs_come_back_and_tabs_are_moved_by_keys() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    screen.press(Modifiers::CTRL | Modifiers::SHIFT, Key::PageUp);
    assert!(screen.left("Tab tails") < screen.left("Tab sonic"));
    screen.press(Modifiers::CTRL | Modifiers::SHIFT, Key::PageDown);
    assert!(screen.left("Tab sonic") < screen.left("Tab tails"));
    screen.press(Modifiers::CTRL, Key::PageUp);
    assert!(screen.shows(SONIC));
    screen.press(Modifiers::COMMAND, Key::W);
    assert!(!screen.shows("Tab sonic"));
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    assert!(
        screen.left("Tab sonic") < screen.left("Tab tails"),
        "where it was"
    );
    assert!(screen.shows(SONIC));
    screen.press(Modifiers::ALT, Key::Num2);
    assert!(screen.shows("Message to tails"));
}

#[test]
fn a_tab_is_dragged_to_another_place() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    let from = screen.harness.get_by_label("Tab sonic").rect();
    let to = screen.harness.get_by_label("Tab tails").rect();
    let press = |pressed, pos| Input::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let at = from.left_center() + egui::vec2(15.0, 0.0);
    screen.harness.hover_at(at);
    screen.harness.event(press(true, at));
    screen.harness.step();
    for step in 1..=10 {
        let x = egui::lerp(at.x..=to.max.x - 5.0, step as f32 / 10.0);
        screen.harness.hover_at(egui::pos2(x, at.y));
        screen.harness.step();
    }
    screen
        .harness
        .event(press(false, egui::pos2(to.max.x - 5.0, at.y)));
    screen.settle();
    assert!(screen.left("Tab tails") < screen.left("Tab sonic"));
}

#[test]
fn many_tabs_are_listed_with_what_is_unread_first() {
    let mut screen = Screen::with_sonic();
    for n in 0..30 {
        screen.receive_quietly(&format!("talker{n:02}"), "hi");
    }
    screen.settle();
    screen.click("All tabs");
    let entry = |screen: &Screen, label: &str| {
        let found = screen.harness.query_all_by_label_contains(label);
        let button = found.filter(|node| node.accesskit_node().role() == Role::Button);
        let tops = button.map(|node| node.rect().top());
        tops.fold(0.0, f32::max)
    };
    let (first, last) = (entry(&screen, "talker00"), entry(&screen, "sonic"));
    assert!(first > 0.0 && last != first);
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(screen.shows(SONIC));
}

#[test]
fn the_tab_in_front_is_in_front_at_the_next_start() {
    let mut screen = Screen::with_profile(&[
        Record::Line(theirs(1, "tails", "from tails")),
        Record::Line(theirs(2, "sonic", "from sonic")),
        tabs(&["tails", "sonic"]),
    ]);
    screen.press(Modifiers::CTRL, Key::Tab);
    assert!(screen.shows("from sonic"));
    let screen = screen.again();
    assert!(screen.shows("from sonic") && !screen.shows("from tails"));
}

#[test]
fn a_few_letters_lead_to_anybody() {
    let mut screen = Screen::with_sonic();
    screen.told(Event::Contacts(vec![
        contact("dr_robotnik", false),
        contact("amy", true),
    ]));
    screen.press(Modifiers::COMMAND, Key::K);
    assert!(
        screen
            .harness
            .get_by_label("Search in all messages")
            .is_focused(),
        "a screen reader reads the chosen row"
    );
    screen.write("robo");
    assert_eq!(screen.value(JUMP), "robo");
    screen.press_enter();
    assert!(screen.shows("Message to dr_robotnik"));
    assert!(!screen.shows(JUMP));
    assert!(
        screen
            .harness
            .get_by_label("Message to dr_robotnik")
            .is_focused()
    );

    screen.press(Modifiers::COMMAND, Key::K);
    screen.write("nobody of that name");
    assert!(screen.shows("Nobody and nothing is called that."));
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows(JUMP));
    assert!(
        screen
            .harness
            .get_by_label("Message to dr_robotnik")
            .is_focused()
    );
}

#[test]
fn the_way_to_anybody_begins_with_whom_one_talked_last_and_knows_commands() {
    let mut screen = Screen::with_sonic();
    screen.received("tails", "psst");
    screen.press(Modifiers::COMMAND, Key::K);
    assert!(screen.top("tails") < screen.top("Search in all messages"));
    screen.press(Modifiers::NONE, Key::ArrowDown);
    let chosen = screen.harness.get_by_label("Search in all messages");
    assert_eq!(chosen.accesskit_node().is_selected(), Some(true));
    screen.write("shortc");
    screen.press_enter();
    for said in ["Next tab", "Open the closed tab again", "Ctrl+K"] {
        assert!(screen.shows(said), "{said}");
    }
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows("Next tab"));
    screen.press(Modifiers::NONE, Key::F1);
    assert!(screen.shows("Next tab"));
    screen.click("Close");
    assert!(!screen.shows("Next tab"));
}

#[test]
fn a_letter_that_no_field_waits_for_goes_to_the_message() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::L);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    screen.write("h");
    screen.write("i");
    assert_eq!(screen.value(SONIC), "hi");
    assert_eq!(screen.value(FILTER), "");
    screen.press(Modifiers::COMMAND, Key::L);
    screen.write("x");
    assert_eq!(
        (screen.value(SONIC), screen.value(FILTER)),
        ("hi".into(), "x".into())
    );
}

#[test]
fn ten_thousand_people_are_drawn_as_quickly_as_ten() {
    let mut screen = Screen::with_sonic();
    let many = (0..10_000).map(|n| contact(&format!("n{n:05}"), true));
    screen.told(Event::Contacts(many.collect()));
    let rows = |screen: &Screen| screen.harness.query_all_by_role(Role::Button).count();
    assert!(rows(&screen) < 60);
    screen.press(Modifiers::COMMAND, Key::K);
    screen.write("n09999");
    screen.press_enter();
    assert!(screen.shows("Message to n09999"));
    assert_eq!(screen.app().contacts().len(), 10_002);
    assert!(screen.app().contacts().get(&name("n09999")).is_some());
}

#[test]
fn all_of_it_has_names() {
    let mut screen = Screen::with_sonic();
    screen.harness.check_accessibility();
    screen.press(Modifiers::COMMAND, Key::K);
    screen.harness.check_accessibility();
    screen.press(Modifiers::NONE, Key::Escape);
    screen.press(Modifiers::NONE, Key::F1);
    screen.harness.check_accessibility();
}

/// What a screen reader says of it after its name.
fn described(screen: &Screen, label: &str) -> String {
    let node = screen.harness.get_by_label(label);
    node.accesskit_node().description().unwrap_or_default()
}
