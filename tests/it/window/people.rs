//! The list of people, the tabs, the way to anybody and the keys.

use egui::{Event as Input, Key, Modifiers, PointerButton, Shape, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::{Command, Delivery, Failure, LostCause, Path};
use super_chatter::machine::client::{Event, Line, Origin, Record, Session};
use super_chatter::ui::theme;

use super::screen::{NOON, Screen, contact, name, theirs};
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
    let row = "sonic, online";
    assert_eq!(described(&screen, row), "", "one sees it in the field");
    screen.click("tails, online");
    assert_eq!(described(&screen, row), "Draft: half a thou");
}

#[test]
fn a_row_and_a_tab_count_what_is_unread_and_a_large_number_stays_short() {
    let mut screen = Screen::with_sonic();
    screen.received("tails", "first");
    screen.received("tails", "second");
    assert_eq!(described(&screen, "tails, online, 2 unread"), "second");
    assert!(screen.paints("tails, online, 2 unread", "2"));
    assert!(screen.paints("Tab tails, 2 unread", "2"));
    for _ in 0..98 {
        screen.receive_quietly("tails", "more");
    }
    screen.settle();
    assert!(screen.paints("tails, online, 100 unread", "99+"));
}

#[test]
fn a_row_says_who_is_writing_as_long_as_one_wants_to_know() {
    let mut screen = Screen::at_noon(&[]);
    screen.meet_sonic();
    screen.told(Event::Typing(name("tails")));
    assert_eq!(described(&screen, "tails, online"), "writing…");
    screen.change(|settings| settings.typing = false);
    assert_eq!(described(&screen, "tails, online"), "");
    screen.told(Event::Typing(name("tails")));
    assert_eq!(described(&screen, "tails, online"), "");
}

#[test]
fn nobody_is_said_to_be_there_while_no_server_says_so() {
    let mut screen = Screen::with_sonic();
    assert!(has_dot(&screen, "sonic, online"));
    screen.told(Event::Session(Session::Waiting {
        retry_after: std::time::Duration::from_secs(3600),
        cause: LostCause::Silent,
    }));
    assert!(screen.shows("People · last seen"));
    assert!(!has_dot(&screen, "sonic, presence unknown"));
}

#[test]
fn a_row_tells_when_mail_was_written_and_what_was_not_sent() {
    let origin = Origin::Theirs {
        written_ms: Some(NOON.unix_ms - 90 * 60_000),
        path: Path::ViaServer,
    };
    let mail = Line {
        origin,
        ..theirs(1, "sonic", "from before")
    };
    let delivery = Delivery::Failed(Failure::TooLongForClassic);
    let failed = Line {
        origin: Origin::Own { delivery },
        ..theirs(2, "tails", "too long")
    };
    let mut screen = Screen::at_noon(&[Record::Line(mail), Record::Line(failed)]);
    screen.told(Event::Session(Session::Online));
    assert!(screen.paints("sonic, offline, 1 unread", "10:30"));
    assert!(screen.paints("tails, offline", "12:00"));
    assert_eq!(described(&screen, "tails, offline"), "Not sent: too long");
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
    screen.write("AIL");
    assert!(screen.shows("tails, online") && !screen.shows("sonic, online"));
    screen.write("x");
    assert!(screen.shows("Nobody is called “AILx”. Esc shows everybody again."));
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
    let row = screen.harness.get_by_label("tails, online");
    row.click_secondary();
    screen.settle();
    let close = screen.harness.get_by_label("Close tab");
    assert!(close.accesskit_node().is_disabled(), "there is none");
    assert_eq!(screen.copied("Copy name").as_deref(), Some("tails"));
}

#[test]
fn the_keys_go_round_the_tabs_in_their_order() {
    let mut screen = Screen::with_sonic();
    screen.told(Event::Contacts(vec![contact("amy", true)]));
    screen.click("tails, online");
    screen.click("amy, online");
    for (modifiers, peers) in [
        (Modifiers::CTRL, ["sonic", "tails", "amy"]),
        (
            Modifiers::CTRL | Modifiers::SHIFT,
            ["tails", "sonic", "amy"],
        ),
    ] {
        for peer in peers {
            screen.press(modifiers, Key::Tab);
            assert!(screen.shows(&format!("Message to {peer}")), "{peer}");
        }
    }
}

#[test]
fn the_figure_of_a_tab_s_key_is_not_typed() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    let events = &mut screen.harness.input_mut().events;
    events.push(Input::Key {
        key: Key::Num1,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::ALT,
    });
    events.push(Input::Text("1".to_owned()));
    screen.settle();
    assert_eq!(screen.value(SONIC), "");
    screen.click("tails, online");
    assert_eq!(screen.value("Message to tails"), "");
}

#[test]
fn a_tab_that_is_opened_again_is_in_front_of_any_page() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::W);
    screen.press(Modifiers::COMMAND, Key::Comma);
    assert!(!screen.shows(SONIC));
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    assert!(screen.shows(SONIC));
}

#[test]
fn a_middle_click_closes_a_tab() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    let pos = screen
        .harness
        .get_by_label("Tab sonic")
        .rect()
        .left_center();
    let pos = pos + egui::vec2(15.0, 0.0);
    screen.harness.hover_at(pos);
    for pressed in [true, false] {
        screen.harness.event(Input::PointerButton {
            pos,
            button: PointerButton::Middle,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    screen.settle();
    assert!(!screen.shows("Tab sonic") && screen.shows("Message to tails"));
}

#[test]
fn tabs_are_walked_opened_and_closed_with_the_keyboard_at_them() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    screen.harness.get_by_label("Tab tails").focus();
    screen.settle();
    let tab = |screen: &Screen, label| {
        let node = screen.harness.get_by_label(label);
        (node.is_focused(), node.accesskit_node().is_selected())
    };
    assert_eq!(tab(&screen, "Tab tails"), (true, Some(true)));
    screen.press(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(tab(&screen, "Tab sonic"), (true, Some(false)));
    screen.press(Modifiers::NONE, Key::ArrowRight);
    assert!(tab(&screen, "Tab tails").0);
    screen.press(Modifiers::NONE, Key::ArrowLeft);
    screen.press(Modifiers::NONE, Key::Delete);
    assert!(!screen.shows("Tab sonic") && screen.shows("Message to tails"));
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
    screen.run(Command::MarkRead(name("talker00")));
    screen.click("All tabs");
    let listed = |screen: &Screen| -> Vec<String> {
        let buttons = screen.harness.query_all_by_role(Role::Button);
        let labels = buttons.filter_map(|node| node.accesskit_node().label());
        labels.filter(|label| !label.contains(',')).collect()
    };
    let all = listed(&screen);
    let place = |name: &str| all.iter().position(|label| label.starts_with(name));
    assert!(
        place("talker01").is_some() && place("talker01") < place("sonic"),
        "{all:?}"
    );
    assert!(
        place("sonic") < place("talker00"),
        "in the order of the tabs"
    );
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(screen.shows(SONIC));
    screen.run(Command::Open(name("talker29")));
    assert!(screen.left("Tab talker29") < 900.0, "it comes into view");
    screen.run(Command::Open(name("sonic")));
    assert!(screen.left("Tab sonic") > 200.0, "so does the first");
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
fn the_better_a_name_fits_the_earlier_it_stands_and_people_before_things() {
    let mut screen = Screen::with_sonic();
    let names = ["dr_settler", "set", "mo_set", "xsety", "settle"];
    screen.told(Event::Contacts(
        names.map(|name| contact(name, true)).into(),
    ));
    screen.received("xsety", "the last one to write");
    screen.press(Modifiers::COMMAND, Key::K);
    screen.write("set");
    let found = choices(&screen);
    let first = ["set", "settle", "Settings", "dr_settler", "mo_set", "xsety"];
    assert_eq!(found[..6], first, "{found:?}");
}

#[test]
fn whom_one_talked_with_last_comes_first_where_all_fit_alike() {
    let mut screen = Screen::with_sonic();
    for (peer, text) in [("tails", "one"), ("sonic", "two"), ("amy", "three")] {
        screen.received(peer, text);
    }
    screen.press(Modifiers::COMMAND, Key::K);
    assert_eq!(choices(&screen)[..3], ["amy", "sonic", "tails"]);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    screen.write("ni");
    let chosen = |screen: &Screen, label| {
        let rows = screen.harness.query_all_by_role(Role::ListBoxOption);
        let mut chosen = rows.filter(|row| row.accesskit_node().is_selected() == Some(true));
        chosen
            .next()
            .and_then(|row| row.accesskit_node().label())
            .as_deref()
            == Some(label)
    };
    assert!(
        chosen(&screen, "sonic"),
        "the best one, whatever was chosen before"
    );
    screen.press(Modifiers::COMMAND, Key::K);
    assert!(!screen.shows(JUMP), "the key closes it, too");
    screen.press(Modifiers::COMMAND, Key::K);
    let tails = screen
        .harness
        .get_by_role_and_label(Role::ListBoxOption, "tails");
    tails.click();
    screen.settle();
    assert!(screen.shows("Message to tails") && !screen.shows(JUMP));
}

#[test]
fn signing_out_is_offered_to_those_who_are_signed_in() {
    for (screen, offered) in [
        (Screen::with_profile(&[tabs(&["sonic"])]), false),
        (Screen::with_sonic(), true),
    ] {
        let mut screen = screen;
        screen.press(Modifiers::COMMAND, Key::K);
        screen.write("sign");
        let is_offered = choices(&screen).iter().any(|choice| choice == "Sign out");
        assert_eq!(is_offered, offered);
    }
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

/// The dot of somebody who is there.
fn has_dot(screen: &Screen, label: &str) -> bool {
    let row = screen.harness.get_by_label(label).rect();
    let is_dot = |shape: &&Shape| {
        let Shape::Circle(circle) = shape else {
            return false;
        };
        let is_full = circle.fill != egui::Color32::TRANSPARENT;
        is_full && circle.radius == theme::DOT_RADIUS && row.contains(circle.center)
    };
    screen.shapes().iter().any(is_dot)
}

/// The rows of the list under a field, from the top.
fn choices(screen: &Screen) -> Vec<String> {
    let rows = screen.harness.query_all_by_role(Role::ListBoxOption);
    rows.filter_map(|row| row.accesskit_node().label())
        .collect()
}
