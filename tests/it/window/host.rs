//! The host's page, with a real server over the loopback network. What the guests see of it is in
//! [`super::server`].

use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use super_chatter::app::Command;
use super_chatter::app::host_panel::{Happening, PersonState, What};
use super_chatter::app::hosting::Standing as Stands;
use super_chatter::app::session::Standing;
use super_chatter::driver::server::Told;
use super_chatter::machine::server::Event;

use super::screen::{Ear, NOON, Screen, folder, name};
use super::talk::{address, host, is_online, pair};

#[test]
fn the_page_shows_where_others_join_and_lets_the_address_be_copied_and_scanned() {
    let mut amy = hosting();
    let address = amy.app().hosting().addresses[0].clone();
    let code = format!("QR code of {address}");
    for label in ["Your server", "Stop hosting", "Traffic", code.as_str()] {
        assert!(amy.shows_somewhere(label), "{label}");
    }
    assert!(amy.shows_part("1 person is online of 1 known."));
    let copy = format!("Copy {address}");
    let copies = amy.harness.query_all_by_label(&copy);
    copies.last().expect("in the page").click();
    let is_copied = |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::CopyText(text) if *text == address);
    let copied = (0..4).any(|_| {
        amy.harness.step();
        let output = &amy.harness.output().platform_output;
        output.commands.iter().any(is_copied)
    });
    assert!(copied);
    amy.settle();
    amy.click("Back");
    assert!(!amy.shows("Traffic"));
}

#[test]
fn whoever_stops_hosting_is_asked_while_others_would_lose_their_server() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    ear.until("two people", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].app().hosting().online == 2
    });
    let asked = "1 other person is using your server and would lose it.";
    amy.click("Host server");
    assert!(amy.shows(asked) && amy.is_ticked("Host server"));
    assert!(amy.harness.get_by_label("Keep hosting").is_focused());
    amy.press_enter();
    assert!(!amy.shows(asked) && amy.app().hosting().standing == Stands::On);

    amy.click("Open the host's page");
    amy.click("Stop hosting");
    amy.press(Modifiers::NONE, Key::Escape);
    assert!(!amy.shows(asked) && amy.app().hosting().standing == Stands::On);
    assert!(amy.shows_somewhere("Stop hosting"), "nor is the page left");

    amy.click("Stop hosting");
    sonic.click("Sign out");
    ear.until("the end", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("Nobody else is using your server any more.")
    });
    amy.click("Keep hosting");
    amy.click("Stop hosting");
    amy.until("the end", |amy| amy.shows("Start hosting"));
}

#[test]
fn whoever_hosts_while_signed_in_elsewhere_is_asked_and_told_what_was_left() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    let there = address(&amy);
    let asked = format!("You are signed in at {there}. Hosting starts a server on this computer");
    sonic.click("Host server");
    assert!(sonic.shows_part(&asked) && !sonic.is_ticked("Host server"));
    assert!(sonic.harness.get_by_label("Stay there").is_focused());
    sonic.press(Modifiers::NONE, Key::Escape);
    assert!(!sonic.shows_part(&asked));
    assert_eq!(sonic.app().hosting().standing, Stands::Off);
    assert_eq!(sonic.app().session().standing, Standing::Online);

    let mail = sonic.folder().join("mail");
    let form = sonic.app().form();
    let import = Command::Import { mail, form };
    assert!(sonic.app().cost(NOON, &import).is_some(), "that hosts, too");

    sonic.click("Host server");
    sonic.click("Host here");
    ear.until("the new host", &mut [&mut sonic, &mut amy], |screens| {
        is_online(screens[0]) && screens[0].app().session().at_own_host
    });
    let here = address(&sonic);
    assert!(sonic.shows(&format!(
        "You host now and are no longer at {there}. Whoever wants to come along joins {here}."
    )));
}

#[test]
fn an_open_menu_and_the_keyboard_stay_with_their_person_when_others_come() {
    let mut amy = hosting();
    told(&mut amy, Event::People(vec![person("sonic", 1)]));
    amy.click("People (1 online)");
    let row = "sonic, online, 10.1.0.1:";
    click_part(&mut amy, row);
    let others = ["aaron", "bob"].map(|other| person(other, 2));
    told(&mut amy, Event::People(others.to_vec()));
    assert!(amy.shows("Remove sonic") && !amy.shows("Remove bob"));
    amy.press(Modifiers::NONE, Key::Escape);

    amy.harness.get_by_label_contains(row).focus();
    amy.settle();
    told(&mut amy, Event::People(vec![person("cream", 3)]));
    let row = amy.harness.get_by_label_contains(row);
    assert!(row.is_focused());
}

#[test]
fn what_the_host_calls_the_room_is_what_others_read_and_what_they_join_next_time() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    assert!(sonic.shows_part("Signed in at 127.0.0.1:"));
    amy.click("Open the host's page");
    amy.fill("Name of your server", "Room 204");
    let both = |screens: &[&mut Screen]| {
        let mut screens = screens.iter();
        screens.all(|screen| screen.shows("Signed in at Room 204"))
    };
    ear.until("the name", &mut [&mut amy, &mut sonic], both);
    sonic.click("Sign out");
    let out = |screens: &[&mut Screen]| screens[0].shows("Join Room 204");
    ear.until("the form", &mut [&mut sonic, &mut amy], out);

    let settings = sonic.saved();
    let at = address(&amy);
    let start = |server: &str| {
        let settings = settings.clone();
        Screen::with_options(&folder(), &ear, |options| {
            options.server = server.to_owned();
            options.settings = settings;
        })
    };
    let again = start(&at);
    assert!(again.shows("Join Room 204"), "also after a restart");
    assert!(again.shows(&at), "and which address that is");
    assert!(start("10.0.0.7").shows("Join 10.0.0.7"), "another server");
}

#[test]
fn an_announcement_that_is_not_taken_stands_in_its_field_again() {
    let mut amy = hosting();
    let field = "Tell everybody who is online";
    let refused = "Too many announcements are on their way. Wait a moment, then try again.";
    amy.fill(field, "Dinner!");
    amy.click("Announce");
    assert_eq!(amy.value(field), "");
    amy.fill(field, "And then");
    told(&mut amy, Event::NotAnnounced);
    assert_eq!(amy.value(field), "Dinner! And then");
    assert!(amy.shows_somewhere(refused));
    amy.click("People (1 online)");
    assert!(!amy.shows_somewhere(refused), "it is nothing of people");
    amy.click("Overview");
    amy.click("Announce");
    assert!(!amy.shows_somewhere(refused) && amy.value(field).is_empty());
}

#[test]
fn an_address_is_blocked_and_unblocked_and_the_own_one_is_not() {
    let mut amy = hosting();
    amy.click("People (1 online)");
    amy.click("Blocked addresses (0)");
    amy.fill("Address to block", "10.9.8.7");
    amy.click("Block");
    amy.until("the address", |amy| amy.shows("Unblock 10.9.8.7"));
    assert!(amy.shows("Blocked addresses (1)"));
    amy.click("Unblock 10.9.8.7");
    amy.until("nothing", |amy| amy.shows("Blocked addresses (0)"));
    amy.fill("Address to block", "127.0.0.1");
    amy.click("Block");
    amy.until("the reason", |amy| {
        amy.shows_part("127.0.0.1 was not blocked")
    });
    assert_eq!(amy.value("Address to block"), "127.0.0.1");
    amy.click("Overview");
    assert!(!amy.shows_part("was not blocked"), "it is no announcement");
    amy.click("People (1 online)");
    amy.fill("Address to block", "10.9.8.7");
    amy.click("Block");
    assert!(!amy.shows_part("was not blocked"), "another try");
    assert_eq!(amy.value("Address to block"), "");
}

#[test]
fn ten_thousand_people_are_sorted_and_filtered_and_only_those_in_view_are_drawn() {
    let mut amy = hosting();
    let mut people: Vec<_> = (0..10_000)
        .map(|number| person(&format!("n{number:05}"), number))
        .collect();
    people[7].mail_messages = 1;
    people[7].mail_bytes = 1_500;
    told(&mut amy, Event::People(people));
    amy.click("People (1 online)");
    assert!(amy.shows_part("n00000, online, 10.1.0.0:6000, 0 ms"));
    assert!(!amy.shows_part("n05000"), "out of view, so not drawn");
    amy.click("Round trip");
    assert!(amy.shows_part("n09999, online"));
    amy.click("Mail");
    assert!(amy.shows_part("n00007, online, 10.1.0.7:6000, 7 ms, since "));
    assert!(amy.shows_part(", 1 message (2 KB)"));
    amy.fill("Filter", "N0123");
    assert!(amy.shows_part("n01230, online") && !amy.shows_part("n00007"));
    amy.fill("Filter", "10.1.4.");
    assert!(amy.shows_part("n01030, online"));
    amy.fill("Filter", "nobody like that");
    assert!(amy.shows("Nobody matches."));
}

#[test]
fn the_server_tells_only_while_the_page_is_in_sight_and_then_what_was_before() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    assert_eq!(amy.app().hosting().panel.people().len(), 0, "not yet");
    let joined = |amy: &Screen| {
        let mut log = amy.app().hosting().panel.log();
        log.any(
            |one| matches!(&one.what, What::Joined { nickname, .. } if *nickname == name("sonic")),
        )
    };
    amy.click("Open the host's page");
    amy.until("what was before", |amy| {
        let panel = &amy.app().hosting().panel;
        joined(amy) && panel.people().len() == 2 && panel.seconds().next().is_some()
    });
    assert!(amy.shows_somewhere("Traffic"));
    amy.click("Back");
    let before = amy.app().hosting().panel.clone();
    sonic.click("Sign out");
    ear.until("the end", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("sonic, offline")
    });
    assert_eq!(amy.app().hosting().panel, before, "out of sight");
    amy.click("Open the host's page");
    amy.until("the end in the log", |amy| {
        let mut log = amy.app().hosting().panel.log();
        log.any(|one| one.what == What::SignedOut(name("sonic")))
    });
}

#[test]
fn the_page_is_not_drawn_again_by_itself_whatever_was_counted() {
    let mut amy = hosting();
    amy.until("something in the plot", |amy| {
        amy.app().hosting().panel.seconds().next().is_some()
    });
    assert!(amy.shows_part("The two minutes until "));
    let output = &amy.harness.output().viewport_output;
    let again = output[&egui::ViewportId::ROOT].repaint_delay;
    assert_eq!(again, Duration::MAX);
}

#[test]
fn the_log_stands_at_its_end_and_fills_the_page() {
    let mut amy = hosting();
    let lost = |number| Happening {
        at_ms: NOON.unix_ms,
        what: What::Lost(name(&format!("n{number:03}"))),
    };
    let happened = (0..300).map(lost).collect();
    told(
        &mut amy,
        Event::Happened {
            happened,
            missed: 0,
        },
    );
    amy.click("Log");
    let row = amy.harness.get_by_label_contains("n299 no longer answers");
    let below = amy.harness.ctx.content_rect().bottom() - row.rect().bottom();
    assert!((0.0..40.0).contains(&below), "{below} points are empty");
}

#[test]
fn the_log_is_filtered_by_kind_and_by_words() {
    let mut amy = hosting();
    let happened = |what| Happening {
        at_ms: 1_763_121_600_000,
        what,
    };
    let stored = What::Stored {
        sender: name("sonic"),
        recipient: name("tails"),
        parts: 3,
    };
    let happened = vec![happened(stored), happened(What::Lost(name("knuckles")))];
    told(
        &mut amy,
        Event::Happened {
            happened,
            missed: 4,
        },
    );
    amy.click("Log");
    let mail = "3 parts of mail from sonic kept for tails";
    assert!(amy.shows_part(mail) && amy.shows_part("knuckles no longer answers"));
    assert!(amy.shows("4 more happened before or among these and are not listed."));
    amy.click("Mail");
    assert!(amy.shows_part(mail) && !amy.shows_part("knuckles"));
    amy.click("Everything");
    amy.fill("Filter", "KNUCK");
    assert!(!amy.shows_part(mail) && amy.shows_part("knuckles"));
}

#[test]
fn the_name_and_the_folder_are_kept_and_a_folder_is_a_whole_path() {
    let mut amy = hosting();
    amy.fill("Name of your server", "Room 204");
    assert_eq!(amy.app().settings().host_name, "Room 204");
    let folder = amy.app().data_dir().join("elsewhere");
    amy.fill("Folder for waiting mail", "half/a/path");
    assert!(amy.shows_part("Enter the whole path of a folder"));
    type_folder(&mut amy, &folder.display().to_string());
    assert_eq!(amy.app().settings().host_folder.as_ref(), Some(&folder));

    amy.click("Stop hosting");
    amy.until("the end", |amy| amy.shows("Start hosting"));
    assert!(amy.shows_part("Your server is off."));
    amy.click("Start hosting");
    amy.until("the server", |amy| amy.shows("Stop hosting"));
    assert!(folder.join("server.db").exists(), "it keeps its mail there");
}

#[test]
fn a_small_window_shows_the_page_and_everything_has_a_name() {
    let mut amy = hosting();
    for section in ["Overview", "People (1 online)", "Log"] {
        amy.click(section);
        for size in [egui::vec2(980.0, 680.0), egui::vec2(360.0, 480.0)] {
            amy.harness.set_size(size);
            amy.settle();
            amy.harness.check_accessibility();
            let nodes = amy.harness.query_all_by_label_contains("");
            for node in nodes {
                let rect = node.rect();
                assert!(rect.right() <= size.x + 1.0, "{section}: {rect:?}");
            }
        }
        amy.harness.set_size(egui::vec2(980.0, 680.0));
        amy.settle();
    }
    amy.harness.set_size(egui::vec2(360.0, 480.0));
    amy.settle();
    amy.click("Overview");
    amy.click("People");
    assert!(amy.shows("amy, online"));
}

#[test]
fn the_keyboard_reaches_a_person_s_menu() {
    let mut amy = hosting();
    amy.click("People (1 online)");
    let row = amy.harness.get_by_label_contains("amy, online, 127.0.0.1:");
    row.focus();
    amy.settle();
    amy.press(Modifiers::NONE, Key::Enter);
    assert!(amy.shows("Block 127.0.0.1"));
    amy.press(Modifiers::NONE, Key::Escape);
    assert!(!amy.shows("Block 127.0.0.1"));
    assert!(amy.shows_part("amy, online, 127.0.0.1:"), "the page stays");
    amy.press(Modifiers::NONE, Key::Escape);
    assert!(!amy.shows_part("amy, online, 127.0.0.1:"));
}

/// Somebody who hosts, with the page in front.
fn hosting() -> Screen {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    amy.click("Open the host's page");
    amy.until("the first word", |amy| {
        amy.app().hosting().panel.people().len() == 1
    });
    amy
}

/// Somebody who is online. Everything else that is known of them follows from `number`.
fn person(nickname: &str, number: u16) -> PersonState {
    PersonState {
        nickname: name(nickname),
        address: ([10, 1, (number >> 8) as u8, number as u8], 6_000).into(),
        online: true,
        extended: true,
        since_ms: 1_763_121_600_000 + i64::from(number),
        round_trip: Some(Duration::from_millis(u64::from(number))),
        mail_messages: 0,
        mail_bytes: 0,
    }
}

/// The server's thread told this.
fn told(screen: &mut Screen, event: Event) {
    let app = screen.harness.state_mut().app_mut();
    app.on_server(NOON, Told::Server(event));
    screen.settle();
}

fn click_part(screen: &mut Screen, label: &str) {
    screen.harness.get_by_label_contains(label).click();
    screen.settle();
}

/// Types into the folder's field and leaves it.
fn type_folder(screen: &mut Screen, folder: &str) {
    let field = screen.harness.get_by_label("Folder for waiting mail");
    field.focus();
    screen.settle();
    screen.fill("Folder for waiting mail", folder);
    screen.press(Modifiers::NONE, Key::Enter);
}
