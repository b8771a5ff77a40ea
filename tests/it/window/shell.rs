//! The frame of everything: the first page, what stands in the bars, the page with the settings and how
//! it all looks.

use std::net::UdpSocket;
use std::time::Duration;

use egui::accesskit::{Live, Role};
use egui::{Key, Modifiers, Shape, Theme};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::language::Language;
use super_chatter::app::{Command, LostCause, Now, Options, Settings, Zone};
use super_chatter::driver::client::Told;
use super_chatter::driver::{DriverError, server};
use super_chatter::machine::client::{Event, Line, Origin, Path, Session};

use super::SONIC;
use super::screen::{Ear, NOON, Screen, folder, name, theirs};
use super::talk::{address, host, is_online, pair};

#[test]
fn the_last_server_is_joined_with_one_key() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    let at = address(&amy);
    let mut sonic = at_last_server(&ear, "sonic", &at);
    assert!(!sonic.shows("Server"), "there is nothing to fill in");
    assert!(sonic.is_focused(&format!("Join {at}")));
    sonic.press_enter();
    ear.until("signed in", &mut [&mut amy, &mut sonic], |screens| {
        is_online(screens[1])
    });
}

#[test]
fn another_server_than_the_last_one_is_a_click_away() {
    let mut screen = at_last_server(&Ear::new(), "amy", "192.168.1.20");
    assert!(
        screen.shows("Join 192.168.1.20"),
        "the usual port goes without saying"
    );
    screen.click("Another server…");
    assert!(screen.is_focused("Server"));
    assert_eq!(screen.value("Server"), "192.168.1.20");
    assert!(screen.shows("Join") && screen.shows("Host here"));
}

#[test]
fn enter_joins_from_every_field() {
    for field in ["Nickname", "Server", "Port", "Own port"] {
        let mut screen = Screen::quiet();
        screen.click("Advanced");
        screen.harness.get_by_label(field).focus();
        screen.settle();
        screen.press_enter();
        let said = screen
            .harness
            .get_by_label_contains("Enter the server's address");
        let live = said.accesskit_node().live();
        assert_eq!(live, Live::Polite, "{field}: it is said, too");
        assert!(
            screen.is_focused("Server"),
            "{field}: the keyboard is where it is needed"
        );
    }
}

#[test]
fn what_a_server_has_taken_is_remembered() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    let at = amy.app().hosting().addresses.first().cloned();
    let at: std::net::SocketAddr = at.expect("it is open").parse().expect("an address");
    let remembered = sonic.app().settings();
    assert_eq!(remembered.nickname, "sonic");
    assert_eq!(
        (remembered.server.as_str(), remembered.port),
        ("127.0.0.1", at.port())
    );
    let remembered = amy.app().settings();
    assert_eq!(remembered.nickname, "amy");
    assert_eq!(
        (remembered.server.as_str(), remembered.host_port),
        ("", at.port())
    );

    sonic.close();
    let saved = sonic.saved();
    assert_eq!((saved.nickname.as_str(), saved.port), ("sonic", at.port()));
    let mut refused = Screen::new("shadow", &ear);
    refused.fill("Server", "no.such.host.invalid");
    refused.click("Join");
    refused.until("the sentence", |refused| refused.shows_part("was found"));
    assert_eq!(refused.app().settings().nickname, "", "nobody has taken it");
    amy.settle();
}

#[test]
fn a_free_name_is_suggested_until_one_is() {
    let ear = Ear::new();
    let mut amy = Screen::new("sonic", &ear);
    host(&ear, &mut amy);
    let at = address(&amy);
    let mut second = at_last_server(&ear, "sonic", &at);
    let mut third = at_last_server(&ear, "sonic", &at);
    for screen in [&mut second, &mut third] {
        screen.press_enter();
        let said = "sonic is already here. Join as sonic2, or choose another nickname.";
        ear.until("the suggestion", &mut [&mut amy, screen], |screens| {
            screens[1].shows(said) && screens[1].is_focused("Nickname")
        });
        assert_eq!(screen.value("Nickname"), "sonic2");
    }
    second.press_enter();
    ear.until("sonic2", &mut [&mut amy, &mut second], |screens| {
        is_online(screens[1])
    });
    third.press_enter();
    let said = "sonic2 is already here. Join as sonic3, or choose another nickname.";
    ear.until(
        "sonic3",
        &mut [&mut amy, &mut second, &mut third],
        |screens| screens[2].shows(said),
    );
    third.write("tails");
    assert_eq!(third.value("Nickname"), "tails", "it is typed over");
    third.press_enter();
    ear.until(
        "tails",
        &mut [&mut amy, &mut second, &mut third],
        |screens| is_online(screens[2]),
    );
}

#[test]
fn after_a_refused_sign_in_the_keyboard_is_in_the_field_that_is_wrong() {
    let ear = Ear::new();
    let mut screen = at_last_server(&ear, "amy", "no.such.host.invalid");
    screen.press_enter();
    screen.until("the sentence", |screen| screen.shows_part("was found"));
    assert!(
        screen.is_focused("Server"),
        "it is there now, to be changed"
    );

    let taken = UdpSocket::bind("127.0.0.1:0").expect("loopback is there");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    for (field, button) in [("Own port", "Join"), ("Host port", "Host here")] {
        let mut screen = Screen::new("amy", &ear);
        screen.fill("Server", "127.0.0.1");
        screen.click("Advanced");
        screen.fill(field, &port);
        screen.click("Advanced");
        screen.click(button);
        screen.until("the sentence", |screen| {
            screen.shows_part("Another program uses port")
        });
        assert!(screen.is_focused(field), "{field}");
    }
}

#[test]
fn signing_in_at_start_is_a_tick_that_is_kept() {
    let mut screen = Screen::quiet();
    screen.click("Sign in when Super Chatter starts");
    assert!(screen.is_ticked("Sign in when Super Chatter starts"));
    assert!(screen.saved().sign_in_at_start);
}

#[test]
fn at_the_next_start_one_is_signed_in_where_there_is_a_server_to_join() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    let at = address(&amy);
    let mut sonic = Screen::with_options(&folder(), &ear, |options| {
        options.nickname = "sonic".to_owned();
        options.server = at;
        options.sign_in = true;
    });
    ear.until("signed in", &mut [&mut amy, &mut sonic], |screens| {
        is_online(screens[1])
    });
    let mut first = Screen::with_options(&folder(), &ear, |options| options.sign_in = true);
    first.settle();
    assert!(first.shows("Join"));
    assert!(
        !first.shows_part("Enter the server's address"),
        "nothing is wrong yet"
    );
}

#[test]
fn after_ten_seconds_without_the_server_one_can_host_in_its_place() {
    let mut screen = Screen::with_sonic();
    screen.told_at(NEVER, waiting());
    assert!(screen.shows("Try now"));
    assert!(!screen.shows("Host here instead"), "it may be back at once");
    screen.told(Event::Session(Session::Online));
    screen.told(waiting());
    assert!(screen.shows("Try now") && screen.shows("Host here instead"));

    screen.click("Host here instead");
    screen.until("the new host", |screen| {
        is_online(screen) && screen.app().session().at_own_host
    });
    let at = address(&screen);
    assert!(screen.shows(&format!(
        "You host now. The others are still waiting for the old server: ask them to join {at}."
    )));
    assert!(screen.shows(SONIC), "the conversation stays in front");
}

#[test]
fn a_host_port_that_is_taken_is_said_where_one_wanted_to_host() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("loopback is there");
    let port = taken.local_addr().expect("it is bound").port();
    let ear = Ear::new();
    let mut screen = Screen::with_options(&folder(), &ear, |options| options.host_port = port);
    screen.told(Event::Session(Session::Online));
    screen.harness.set_size(egui::vec2(360.0, 480.0));
    screen.told(waiting());
    screen.received("sonic", "are you there?");
    assert!(screen.shows("Try now"), "also over the people");
    screen.click("Conversations (1)");
    screen.click("Host here instead");
    let said = format!("Another program uses port {port}. Choose another port, such as");
    screen.until("the sentence", |screen| screen.shows_part(&said));
    assert!(screen.shows("Change it"));
}

#[test]
fn another_address_of_the_host_is_told_and_signed_in_at() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    let moved = UdpSocket::bind("127.0.0.1:0").expect("loopback is there");
    let moved = moved.local_addr().expect("it is bound");
    let app = amy.harness.state_mut().app_mut();
    app.on_server(NOON, server::Told::Bound(moved));
    amy.settle();
    assert!(amy.shows(&format!(
        "The address of this computer has changed. Others now join at {moved}."
    )));
    assert_eq!(amy.app().session().server, moved.to_string());
    assert!(amy.app().session().entered, "nothing else changes");
    assert_eq!(amy.app().settings().host_port, moved.port());
}

#[test]
fn a_clock_that_is_wrong_is_told_once() {
    let mut screen = Screen::with_sonic();
    let written_ms = NOON.unix_ms + 4 * 60 * 1000;
    screen.told(written(1, written_ms));
    let said =
        "Your clock is about 4 min behind sonic's. Check the date and the time of this computer.";
    assert!(screen.shows(said));
    screen.click("Dismiss");
    screen.told(written(2, written_ms));
    assert!(!screen.shows(said));
}

#[test]
fn the_settings_are_a_key_or_a_click_away_and_escape_goes_back() {
    let mut screen = Screen::with_sonic();
    screen.click("Settings");
    assert!(screen.shows("Back") && !screen.shows(SONIC));
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(screen.shows(SONIC));
    screen.press(Modifiers::COMMAND, Key::Comma);
    assert!(screen.shows("Back"));
    screen.click("Back");
    assert!(screen.shows(SONIC));

    let mut first = Screen::quiet();
    first.press(Modifiers::COMMAND, Key::Comma);
    assert!(first.shows("Back"), "also before the first sign-in");
    first.press(Modifiers::COMMAND, Key::Comma);
    assert!(first.shows("Join"));
}

#[test]
fn every_setting_holds_and_is_saved_at_once() {
    let mut screen = settings_page();
    for label in [
        "Colours: Light",
        "High contrast: On",
        "Reduced motion: On",
        "Larger",
        "Show the text in notifications",
        "Play a sound",
        "Notify me of new messages",
        "Do not disturb",
        "Show that I am writing",
        "Show what I have read",
        "Sign in when Super Chatter starts",
        "Host a server when Super Chatter starts",
        "Go on hosting in the tray when the window is closed",
        "Language: 中文",
    ] {
        screen.click_somewhere(label);
    }
    assert_eq!(screen.harness.ctx.theme(), Theme::Light);
    let page = screen.harness.ctx.global_style().visuals.panel_fill;
    assert_eq!(page, egui::Color32::WHITE, "with high contrast");
    assert_eq!(screen.harness.ctx.global_style().animation_time, 0.0);
    assert!(screen.shows("返回") && !screen.shows("Back"));
    let saved = screen.saved();
    let usual = Settings::default();
    assert_eq!(saved.language.as_deref(), Some("zh"));
    assert_eq!(saved.zoom, 1.1);
    for (turned, before) in [
        (saved.notification_text, usual.notification_text),
        (saved.notifications, usual.notifications),
        (saved.do_not_disturb, usual.do_not_disturb),
        (saved.sounds, usual.sounds),
        (saved.typing, usual.typing),
        (saved.read_receipts, usual.read_receipts),
        (saved.sign_in_at_start, usual.sign_in_at_start),
        (saved.host_at_start, usual.host_at_start),
        (saved.keep_hosting, usual.keep_hosting),
    ] {
        assert_eq!(turned, !before);
    }
}

#[test]
fn the_folder_is_shown_and_what_a_report_needs_can_be_copied() {
    let mut screen = settings_page();
    let folder = screen.app().data_dir().display().to_string();
    assert!(screen.shows_somewhere(&folder));
    assert_eq!(screen.copied("Copy the folder's path"), Some(folder));
    let diagnosis = screen.copied("Copy a diagnosis").expect("a text");
    assert!(diagnosis.starts_with("Super Chatter: "), "{diagnosis}");
    assert!(screen.copied("Copy the log").is_some());
}

#[test]
fn the_system_s_language_is_the_window_s_until_another_is_chosen() {
    let mut screen = Screen::with_options(&folder(), &Ear::new(), |options| {
        options.language = Language::Chinese;
    });
    assert!(screen.shows("昵称") && screen.shows("加入"));
    screen.change(|settings| settings.language = Some("en".to_owned()));
    assert!(screen.shows("Nickname") && screen.shows("Join"));
}

#[test]
fn the_text_s_size_is_changed_with_keys_everywhere_and_kept() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::Plus);
    screen.press(Modifiers::COMMAND, Key::Equals);
    assert_eq!(screen.harness.ctx.zoom_factor(), 1.25);
    screen.press(Modifiers::COMMAND, Key::Minus);
    assert_eq!(screen.harness.ctx.zoom_factor(), 1.1);
    screen.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(screen.harness.ctx.zoom_factor(), 1.0);
    for _ in 0..20 {
        screen.press(Modifiers::COMMAND, Key::Minus);
    }
    assert_eq!(screen.harness.ctx.zoom_factor(), 0.8, "and no smaller");
    assert_eq!(screen.saved().zoom, 0.8);
}

#[test]
fn the_pages_fit_the_smallest_window_in_every_language() {
    for language in [None, Some("zh".to_owned())] {
        let mut screen = Screen::with_options(&folder(), &Ear::new(), |options| {
            options.nickname = "W".repeat(32);
            options.server = format!("{}.example", "w".repeat(60));
            options.settings.language = language;
        });
        screen.harness.set_size(egui::vec2(360.0, 480.0));
        screen.settle();
        screen.fits();
        screen.press(Modifiers::COMMAND, Key::Comma);
        screen.fits();
        screen.harness.check_accessibility();
    }
}

#[test]
fn whatever_has_the_keyboard_has_a_ring() {
    let mut screen = settings_page();
    for _ in 0..30 {
        screen.press(Modifiers::NONE, Key::Tab);
        let focused = screen.focused().expect("something has the keyboard");
        // What is painted lies on whole pixels.
        let around = |ring: egui::Rect| ring.expand(0.5).contains_rect(focused);
        let ringed = screen.rings().any(around);
        assert!(ringed, "at {focused}");
    }
    let mut screen = at_last_server(&Ear::new(), "amy", "192.168.1.20");
    screen.press(Modifiers::NONE, Key::Tab);
    assert_eq!(screen.rings().count(), 1);
}

#[test]
fn a_window_in_which_nothing_happens_is_not_drawn_again() {
    for settings in [false, true] {
        let mut screen = Screen::with_sonic();
        if settings {
            screen.click("Settings");
        }
        screen.harness.step();
        assert!(!screen.harness.ctx.has_requested_repaint());
    }
}

#[test]
fn lines_that_nobody_can_read_are_not_asked_for_again_and_again() {
    let mut screen = Screen::with_sonic();
    let app = screen.harness.state_mut().app_mut();
    app.on_client(NOON, Told::Failed(DriverError::Ended));
    screen.run(Command::Open(name("tails")));
    screen.harness.step();
    assert!(!screen.harness.ctx.has_requested_repaint());
}

/// A time that no test's window comes to.
const NEVER: Now = Now {
    unix_ms: i64::MAX,
    zone: Zone::UTC,
};

/// A window that has joined this server before.
fn at_last_server(ear: &Ear, nickname: &str, server: &str) -> Screen {
    let mut screen = Screen::with_options(&folder(), ear, |options: &mut Options| {
        options.nickname = nickname.to_owned();
        options.server = server.to_owned();
    });
    screen.until("an open profile", |screen| screen.app().is_opened());
    screen
}

fn settings_page() -> Screen {
    let mut screen = Screen::quiet();
    screen.click("Settings");
    screen
}

/// Sonic's line, written at that time by sonic's clock.
fn written(id: u64, written_ms: i64) -> Event {
    Event::Line(Line {
        origin: Origin::Theirs {
            written_ms: Some(written_ms),
            path: Path::Direct,
        },
        ..theirs(id, "sonic", "hello")
    })
}

fn waiting() -> Event {
    Event::Session(Session::Waiting {
        retry_after: Duration::from_secs(3600),
        cause: LostCause::Silent,
    })
}

impl Screen {
    fn is_focused(&self, label: &str) -> bool {
        self.harness.get_by_label(label).is_focused()
    }

    /// Where the keyboard is.
    fn focused(&self) -> Option<egui::Rect> {
        let focused = self.harness.ctx.memory(|memory| memory.focused())?;
        let response = self.harness.ctx.read_response(focused)?;
        Some(response.interact_rect)
    }

    /// The rings that were drawn.
    fn rings(&self) -> impl Iterator<Item = egui::Rect> {
        let colour = self
            .harness
            .ctx
            .global_style()
            .visuals
            .selection
            .stroke
            .color;
        let shapes = &self.harness.output().shapes;
        shapes.iter().filter_map(move |clipped| {
            let Shape::Rect(rect) = &clipped.shape else {
                return None;
            };
            let is_ring = rect.stroke.width == 2.0 && rect.stroke.color == colour;
            is_ring.then_some(rect.rect)
        })
    }

    /// Clicks where one may have to scroll to.
    fn click_somewhere(&mut self, label: &str) {
        let node = self.harness.get_by_label(label);
        node.scroll_to_me();
        node.click_accesskit();
        self.settle();
    }

    /// Everything that can be used stands in the window, from left to right.
    fn fits(&self) {
        let width = self.harness.ctx.content_rect().width();
        for role in [
            Role::Button,
            Role::CheckBox,
            Role::RadioButton,
            Role::TextInput,
        ] {
            for node in self.harness.query_all_by_role(role) {
                let place = node.rect();
                let label = node.accesskit_node().label();
                assert!(
                    place.left() >= 0.0 && place.right() <= width,
                    "{label:?} at {place}"
                );
            }
        }
    }
}
