//! The window, through the accessibility tree, without a screen. Here: what it shows and takes.
//! The message field is in [`composer`]; what two windows do with each other, on a simulated network
//! ([`lan`]), in [`delivery`], [`server`] and [`signs`], on real sockets in [`talk`]; windows that are
//! closed and opened again in [`again`], the first page, the bars and the settings in [`shell`], the
//! keyboard and the screen reader in [`hands`], faults in [`faults`], the desktop around it in
//! [`desktop`], pictures of all of them in [`snapshots`].

mod again;
mod composer;
mod delivery;
mod desktop;
mod faults;
mod fields;
mod filing;
mod growth;
mod hands;
mod host;
mod hostile;
mod importing;
mod lan;
mod people;
mod screen;
mod search;
mod server;
mod shell;
mod signs;
mod snapshots;
mod talk;
mod transcript;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable;
use super_chatter::app::{Delivery, Failure, LostCause, Path, TEXT_MAX};
use super_chatter::machine::client::{Event, Line, LineId, Origin, Record, Session};

use screen::{Screen, contact, name, talk, theirs};

const SONIC: &str = "Message to sonic";

#[test]
fn at_first_it_asks_who_one_is_and_where_the_server_is() {
    let mut screen = Screen::quiet();
    assert_eq!(screen.value("Nickname"), "amy", "prefilled");
    for label in ["Server", "Join", "Host here", "Advanced"] {
        assert!(screen.shows(label), "{label}");
    }
    let ports = ["Port", "Own port", "Host port"];
    for label in ports {
        assert!(!screen.shows(label), "only for those who look for it");
    }
    screen.click("Advanced");
    assert_eq!(ports.map(|port| screen.value(port)), ["50000", "0", "0"]);
}

#[test]
fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let mut screen = Screen::quiet();
    screen.fill("Nickname", "amy rose");
    screen.click("Advanced");
    screen.fill("Port", "99");
    screen.click("Join");
    for sentence in [
        "Choose a nickname without spaces, for example amy_rose.",
        "Enter the server's address, for example 192.168.1.20, or host a server yourself.",
        "Enter a port between 1024 and 65535.",
    ] {
        assert!(screen.shows(sentence), "{sentence}");
    }
    assert_eq!(screen.value("Nickname"), "amy rose");
    assert_eq!(screen.value("Port"), "99");
}

#[test]
fn hosting_needs_a_nickname_first() {
    let mut screen = Screen::quiet();
    screen.fill("Nickname", "");
    screen.click("Host here");
    assert!(screen.shows("Choose a nickname first, then try again."));
    assert!(screen.shows("Enter a nickname."));
    assert!(screen.shows("Host here"));
}

#[test]
fn everybody_is_listed_and_a_click_opens_a_tab_that_can_be_closed() {
    let mut screen = Screen::quiet();
    screen.told(Event::Session(Session::Online));
    screen.told(Event::Contacts(vec![
        contact("tails", false),
        contact("sonic", true),
    ]));
    let (sonic, tails) = (screen.top("sonic, online"), screen.top("tails, offline"));
    assert!(sonic < tails, "who is online comes first");
    assert!(screen.shows("Choose somebody from the list to start talking."));

    screen.click("sonic, online");
    assert!(screen.shows("Tab sonic"));
    assert!(screen.harness.get_by_label(SONIC).is_focused());
    screen.click("Close tab sonic");
    assert!(!screen.shows("Tab sonic"));
}

#[test]
fn the_keyboard_walks_through_the_tabs() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    screen.press(Modifiers::CTRL, Key::Tab);
    assert!(screen.shows(SONIC), "round to the first");
    screen.press(Modifiers::CTRL | Modifiers::SHIFT, Key::Tab);
    assert!(screen.shows("Message to tails"));
    screen.press(Modifiers::COMMAND, Key::W);
    assert!(!screen.shows("Tab tails"));
    assert!(screen.shows(SONIC));
}

#[test]
fn an_empty_list_says_so() {
    let mut screen = Screen::quiet();
    screen.told(Event::Session(Session::Online));
    assert!(screen.shows("Nobody else is here yet."));
}

#[test]
fn enter_sends_and_shift_enter_breaks_the_line() {
    let mut screen = Screen::with_sonic();
    screen.write("first");
    screen
        .harness
        .key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    screen.settle();
    screen.write("second");
    assert_eq!(screen.value(SONIC), "first\nsecond");
    screen.send("sonic");
    assert_eq!(screen.value(SONIC), "");
    assert!(screen.shows("first\nsecond"));
    assert!(screen.shows("sending…"));
    screen.press_enter();
    screen.write("third");
    screen.send("sonic");
    assert_eq!(screen.lines("sonic"), 2, "nothing is not sent");
}

#[test]
fn a_draft_waits_for_its_person() {
    let mut screen = Screen::with_sonic();
    screen.write("half a thou");
    screen.click("tails, online");
    assert_eq!(screen.value("Message to tails"), "");
    screen.click("sonic, online");
    assert_eq!(screen.value(SONIC), "half a thou");
}

#[test]
fn the_state_of_an_own_line_is_told_in_words_and_only_moves_forward() {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.send("sonic");
    let states = [
        (Delivery::HandingOver, "no answer, asking the server…"),
        (
            Delivery::Waiting,
            "waiting here until sonic or the server takes it",
        ),
        (Delivery::Stored, "kept by the server"),
        (
            Delivery::Delivered(Path::ViaServer),
            "delivered through the server",
        ),
        (Delivery::Trying, "delivered through the server"),
    ];
    for (delivery, words) in states {
        screen.told(Event::Delivery {
            line: LineId(1),
            delivery,
            at_ms: 0,
        });
        assert!(screen.shows(words), "{words}");
    }
}

#[test]
fn a_failed_line_says_why_and_can_be_retried() {
    let delivery = Delivery::Failed(Failure::TooLongForClassic);
    let line = Line {
        origin: Origin::Own { delivery },
        ..theirs(1, "sonic", "hello")
    };
    let mut screen = Screen::with_profile(&[Record::Line(line), tabs(&["sonic"])]);
    assert!(screen.shows("Not sent: sonic's program takes shorter texts only. Send it in parts."));
    screen.click("Retry");
    let waits = "waiting here until sonic or the server takes it";
    screen.until("the retry", |screen| screen.shows(waits));
    assert!(!screen.shows("Retry"));
}

#[test]
fn mail_that_nobody_came_for_says_so() {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.send("sonic");
    for delivery in [Delivery::Stored, Delivery::Failed(Failure::Expired)] {
        screen.told(Event::Delivery {
            line: LineId(1),
            delivery,
            at_ms: 0,
        });
    }
    assert!(screen.shows_part("Not delivered: sonic was not here for 30 days"));
    assert!(screen.shows("Retry"));
}

#[test]
fn a_text_that_is_not_accepted_comes_back_with_the_reason() {
    let mut screen = Screen::with_sonic();
    screen.write("still writing");
    screen.told(Event::Refused {
        to: name("sonic"),
        text: "no room".to_owned(),
        failure: Failure::DiskFull,
    });
    assert_eq!(screen.value(SONIC), "no room\nstill writing");
    assert!(screen.shows_part("the disk of this computer is full. Free some space"));
}

#[test]
fn what_comes_in_behind_another_tab_is_counted_until_it_is_read() {
    let mut screen = Screen::with_sonic();
    screen.received("tails", "psst");
    screen.received("tails", "hey");
    assert!(screen.shows("tails, online, 2 unread"));
    assert!(!screen.shows("psst"));
    screen.click("Tab tails, 2 unread");
    assert!(screen.shows("psst"));
    assert!(screen.shows("tails, online"));
}

#[test]
fn the_first_message_is_shown_at_once() {
    let mut screen = Screen::quiet();
    screen.told(Event::Session(Session::Online));
    screen.received("stranger", "hi");
    assert!(screen.shows("hi"));
    assert!(screen.shows("Tab stranger"));
}

#[test]
fn signed_out_the_tabs_and_lines_stay_and_a_bar_offers_the_way_back() {
    let mut screen = Screen::with_sonic();
    screen.received("sonic", "see you");
    screen.told(Event::Session(Session::SignedOut));
    assert!(screen.shows("You are signed out."));
    assert!(screen.shows("see you"));
    screen.told(Event::Session(Session::Online));
    assert!(!screen.shows("You are signed out."));
    assert!(screen.shows("see you"));
}

#[test]
fn a_server_that_went_silent_is_told_in_a_bar_with_a_countdown() {
    let mut screen = Screen::with_sonic();
    screen.told(Event::Session(Session::Waiting {
        retry_after: std::time::Duration::from_secs(3600),
        cause: LostCause::Silent,
    }));
    assert!(screen.shows_part("The server does not answer. Trying again in"));
    assert!(screen.shows("Try now"));
    screen.told(Event::Session(Session::Registering { attempt: 3 }));
    assert!(screen.shows("The server does not answer. Trying again…"));
    assert!(screen.shows("Try now"), "it stays where it is");
    screen.write("typing goes on");
    screen.send("sonic");
    assert!(screen.shows("typing goes on"));
}

#[test]
fn a_notice_is_shown_until_it_is_dismissed() {
    let mut screen = Screen::with_sonic();
    screen.told(Event::Notice("maintenance\nat noon".into()));
    assert!(screen.shows("The server says: maintenance at noon"));
    screen.click("Dismiss");
    assert!(!screen.shows("The server says: maintenance at noon"));
}

#[test]
fn what_the_host_says_is_told_in_ones_language_and_none_of_it_takes_the_place_of_another() {
    let mut screen = Screen::with_sonic();
    screen.told(Event::Notice("[Announcement] Dinner!".into()));
    screen.told(Event::Notice("[You were removed by the host.]".into()));
    screen.told(Event::MailboxFull(name("sonic")));
    assert!(screen.shows_part("sonic's mailbox is full."));
    assert!(screen.shows_part("Announcement from the host: Dinner!"));
    assert!(screen.shows_part("1 more notice follows."));
    screen.click("Next");
    assert!(screen.shows("You were removed by the host. You can sign in again."));
    assert!(!screen.shows_part("Dinner!") && !screen.shows("Next"));
    screen.change(|settings| settings.language = Some("zh".to_owned()));
    assert!(screen.shows("房主已将你移出。你可以重新登录。"));
}

#[test]
fn hostile_texts_are_shown_without_harm() {
    let mut screen = Screen::with_sonic();
    let zalgo = format!("z{}", "\u{301}".repeat(5000));
    let texts = [
        "\n".repeat(TEXT_MAX),
        "\u{7}".repeat(TEXT_MAX),
        zalgo,
        "𝔘𝔫𝔦".repeat(1000),
        "x".repeat(TEXT_MAX),
        String::new(),
        "\u{202e}evil".to_owned(),
    ];
    for text in &texts {
        screen.received("sonic", text);
    }
    assert_eq!(screen.lines("sonic"), texts.len());
    assert!(screen.shows("<U+202E>evil"));
}

#[test]
fn a_long_text_is_folded_until_asked() {
    let mut screen = Screen::with_sonic();
    screen.received("sonic", &"x\n".repeat(8000));
    screen.click("Show all 8001 lines");
    assert!(screen.shows_somewhere("Show less"));
}

#[test]
fn a_view_at_the_bottom_stays_there_when_the_window_grows() {
    let mut screen = Screen::with_sonic();
    screen.fill_with_talk();
    screen.harness.set_size(egui::vec2(700.0, 500.0));
    screen.settle();
    assert!(screen.shows("the end"));
    screen.harness.set_size(egui::vec2(1400.0, 900.0));
    screen.settle();
    assert!(screen.shows("the end"));
}

#[test]
fn sending_goes_to_the_very_bottom_and_stays_there() {
    let lines = talk().into_iter().map(Record::Line);
    let rest = [tabs(&["sonic"]), read("sonic", 61)];
    let mut screen = Screen::with_profile(&lines.chain(rest).collect::<Vec<_>>());
    screen.meet_sonic();
    assert!(screen.shows("the end"));
    screen.scroll(4000.0);
    assert!(!screen.shows("the end"));
    screen.click(SONIC);
    screen.write("here I am");
    screen.send("sonic");
    assert!(screen.shows("here I am"));
    screen.received("sonic", "so am I");
    assert!(screen.shows("so am I"));
}

#[test]
fn what_comes_in_below_the_view_is_unread_until_one_goes_there() {
    let mut screen = Screen::with_sonic();
    screen.fill_with_talk();
    screen.scroll(4000.0);
    assert!(screen.shows("Newest message"), "nothing is new");
    screen.received("sonic", "and now?");
    assert!(screen.shows("sonic, online, 1 unread"));
    assert!(!screen.shows("and now?"));
    screen.click("Newest message, 1 unread");
    assert!(screen.shows("and now?") && screen.shows("sonic, online"));
    assert!(!screen.shows("Newest message"));
}

#[test]
fn long_names_and_thousands_of_people_and_lines_stay_quick() {
    let mut screen = Screen::with_sonic();
    let longest = "W".repeat(32);
    let many = (0..2000).map(|n| contact(&format!("n{n:04}"), n % 2 == 0));
    screen.told(Event::Contacts(
        many.chain([contact(&longest, true)]).collect(),
    ));
    for n in 0..3000 {
        screen.receive_quietly("sonic", &format!("line {n}"));
    }
    screen.received(&longest, "hello");
    assert!(screen.shows("line 2999"));
    assert!(!screen.shows("line 2000"), "out of view, so not drawn");
    assert!(screen.shows(&format!("Tab {longest}, 1 unread")));
    let rows = screen.harness.query_all_by_role(Role::Button).count();
    assert!(rows < 60, "only rows in view are drawn, not {rows}");
}

#[test]
fn a_small_window_shows_people_or_talk() {
    let mut screen = Screen::with_sonic();
    screen.harness.set_size(egui::vec2(360.0, 480.0));
    screen.settle();
    assert!(screen.shows(SONIC));
    assert!(!screen.shows("sonic, online"));
    screen.click("People");
    assert!(screen.shows("sonic, online"));
    screen.received("sonic", "look here");
    assert!(
        screen.shows("sonic, online, 1 unread"),
        "it is out of sight"
    );
    screen.click("Conversations (1)");
    assert!(screen.shows("look here"));
}

#[test]
fn everything_that_can_be_used_has_a_name() {
    let mut screen = Screen::quiet();
    screen.click("Advanced");
    screen.harness.check_accessibility();
    let mut screen = Screen::with_sonic();
    screen.received("sonic", "hi");
    screen.harness.check_accessibility();
    assert_eq!(
        screen.app().conversations().selected(),
        Some(&name("sonic"))
    );
}

/// Everything up to this line was seen.
fn read(peer: &str, line: u64) -> Record {
    Record::Read {
        peer: name(peer),
        line: LineId(line),
    }
}

fn tabs(people: &[&str]) -> Record {
    Record::Tabs {
        tabs: people.iter().map(|person| name(person)).collect(),
        selected: None,
    }
}
