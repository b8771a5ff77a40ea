//! The desktop around the window: what it is asked to show and point at, what it brings to the front,
//! where the window stands, and what is asked before it closes.

use std::process::Command as Process;
use std::sync::atomic::{AtomicI64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::{Key, Modifiers, Rect, UserAttentionType, ViewportCommand, ViewportEvent, ViewportId};
use egui::{pos2, vec2};
use egui_kittest::kittest::Queryable;
use super_chatter::app::{Command, Delivery, Desktop, LineId, Now, Page, Path};
use super_chatter::driver::desktop::{Note, Order, System, Told};
use super_chatter::driver::log;
use super_chatter::driver::settings::Place;
use super_chatter::machine::client::{Event, Session};
use super_chatter::ui::Window;

use tracing_subscriber::prelude::*;

use super::screen::{Ear, NOON, Screen, folder, name};
use super::talk::pair;

#[test]
fn what_nobody_looks_at_is_notified_and_taken_down_when_it_is_read() {
    let (mut screen, desk) = on_desktop(Screen::with_sonic());
    screen.received("sonic", "in front");
    assert_eq!(desk.orders(), []);

    focus(&mut screen, false);
    screen.received("sonic", "<b>away</b>");
    let [Order::Show(Note { title, body, .. })] = &desk.orders()[..] else {
        panic!("it was not shown");
    };
    assert_eq!((title.as_str(), body.as_str()), ("sonic", "<b>away</b>"));
    focus(&mut screen, true);
    assert_eq!(desk.orders(), [Order::Withdraw(name("sonic"))]);
}

#[test]
fn another_page_in_front_is_not_looking_either() {
    let (mut screen, desk) = on_desktop(Screen::with_sonic());
    run(&mut screen, Command::Go(Page::Settings));
    screen.received("sonic", "psst");
    assert!(matches!(&desk.orders()[..], [Order::Show(_)]));
}

#[test]
fn who_wants_peace_has_it() {
    let (mut screen, desk) = on_desktop(Screen::with_sonic());
    focus(&mut screen, false);
    desk.tell(&mut screen, Told::DoNotDisturb(true));
    assert!(screen.app().settings().do_not_disturb);
    screen.received("sonic", "psst");
    assert_eq!(desk.orders(), []);
    assert!(!screen.app().calls());
}

#[test]
fn a_click_on_a_notification_opens_that_chat_in_front() {
    let (mut screen, desk) = on_desktop(Screen::with_sonic());
    screen.received("tails", "psst");
    run(&mut screen, Command::Go(Page::Settings));
    let commands = desk.tell(&mut screen, Told::Clicked(name("tails")));
    assert!(commands.contains(&ViewportCommand::Focus));
    assert!(commands.contains(&ViewportCommand::Minimized(false)));
    assert_eq!(screen.app().page(), Page::Talk);
    screen.settle();
    assert!(screen.shows("Message to tails") && screen.shows("psst"));
}

#[test]
fn a_small_window_shows_the_chat_that_was_clicked() {
    let (mut screen, desk) = on_desktop(Screen::with_sonic());
    screen.harness.set_size(vec2(360.0, 480.0));
    screen.settle();
    screen.click("People");
    screen.received("sonic", "psst");
    desk.tell(&mut screen, Told::Clicked(name("sonic")));
    screen.settle();
    assert!(screen.shows("psst"));
}

#[test]
fn the_title_says_what_is_unread_and_who_one_is() {
    let (mut screen, _desk) = on_desktop(Screen::quiet());
    screen.fill("Server", "127.0.0.1");
    screen.click("Join");
    assert_eq!(
        told(&mut screen, Event::Session(Session::Online)),
        ["amy · Super Chatter"]
    );
    focus(&mut screen, false);
    screen.receive_quietly("sonic", "psst");
    assert_eq!(titles(&commands(&mut screen)), ["(1) amy · Super Chatter"]);
    focus_quietly(&mut screen, true);
    assert_eq!(titles(&commands(&mut screen)), ["amy · Super Chatter"]);
}

#[test]
fn the_desktop_points_once_at_a_window_with_something_new() {
    let (mut screen, _desk) = on_desktop(Screen::with_sonic());
    focus(&mut screen, false);
    screen.receive_quietly("sonic", "one");
    assert_eq!(
        attention(&commands(&mut screen)),
        [UserAttentionType::Informational]
    );
    screen.receive_quietly("sonic", "two");
    assert_eq!(attention(&commands(&mut screen)), []);
    focus_quietly(&mut screen, true);
    assert_eq!(
        attention(&commands(&mut screen)),
        [UserAttentionType::Reset]
    );
}

#[test]
fn how_the_system_wants_programs_to_look_is_known() {
    let (mut screen, desk) = on_desktop(Screen::quiet());
    let system = System {
        dark: Some(true),
        ..System::default()
    };
    desk.tell(&mut screen, Told::System(system));
    assert_eq!(screen.app().system(), system);
}

#[test]
fn the_window_s_place_is_remembered_and_a_maximised_one_keeps_its_size() {
    let mut screen = Screen::quiet();
    place(
        &mut screen,
        Rect::from_min_size(pos2(30.0, 40.0), vec2(700.0, 600.0)),
        false,
    );
    let small = Place {
        size: [700.0, 600.0],
        at: Some([30.0, 40.0]),
        maximised: false,
    };
    assert_eq!(screen.app().settings().window, Some(small));
    place(
        &mut screen,
        Rect::from_min_size(pos2(0.0, 0.0), vec2(1600.0, 1000.0)),
        true,
    );
    screen.close();
    screen.until("the end", |screen| screen.app().has_ended());
    let large = Place {
        maximised: true,
        ..small
    };
    assert_eq!(screen.app().settings().window, Some(large));
}

#[test]
fn whoever_hosts_others_is_asked_before_they_lose_their_server() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    two_are_here(&ear, &mut amy, &mut sonic);
    amy.close();
    let asked = "1 person is using your server. If you close Super Chatter, they lose it.";
    assert!(amy.shows(asked));
    assert!(amy.harness.get_by_label("Cancel").is_focused());
    assert!(!amy.shows("Keep hosting in the tray"), "there is none");
    amy.press(Modifiers::NONE, Key::Escape);
    assert!(!amy.shows(asked) && !amy.app().has_ended());

    amy.close();
    amy.click("Stop and close");
    amy.until("the end", |amy| amy.app().has_ended());
}

#[test]
fn a_server_goes_on_in_the_tray_where_there_is_one() {
    let ear = Ear::new();
    let (amy, mut sonic) = pair(&ear);
    let (mut amy, desk) = on_desktop(amy);
    two_are_here(&ear, &mut amy, &mut sonic);
    desk.tell(&mut amy, Told::HasTray(true));
    amy.close();
    amy.click("Always keep hosting, without asking");
    amy.click("Keep hosting in the tray");
    assert!(amy.app().is_hidden() && amy.app().settings().keep_hosting);
    let orders = desk.orders();
    let Some(Order::Tray(Some(tray))) = orders.last() else {
        panic!("{orders:?}");
    };
    assert_eq!(tray.people, "Hosting: 2 people are here");

    let shown = desk.tell(&mut amy, Told::Raise);
    assert!(shown.contains(&ViewportCommand::Visible(true)), "{shown:?}");
    amy.settle();
    amy.close();
    assert!(amy.app().is_hidden(), "nobody asks again");
    desk.tell(&mut amy, Told::HasTray(false));
    assert!(!amy.app().is_hidden(), "nothing else would bring it back");
    desk.tell(&mut amy, Told::Quit);
    amy.until("the end", |amy| amy.app().has_ended());
    assert_eq!(desk.orders().last(), Some(&Order::Tray(None)));
}

#[test]
fn what_is_only_here_is_told_before_closing_and_holds_the_window_no_longer_than_that() {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.send("sonic");
    screen.close();
    assert!(screen.shows(
        "1 message is still only on this computer. It will be sent when Super Chatter is open again."
    ));
    screen.click("Stay");
    assert!(!screen.shows("Stay") && !screen.app().has_ended());

    screen.close();
    screen.told(Event::Delivery {
        line: LineId(1),
        delivery: Delivery::Delivered(Path::Direct),
        at_ms: 0,
    });
    screen.until("the end", |screen| screen.app().has_ended());
}

#[test]
fn a_window_that_is_closed_waits_for_the_farewells_but_not_for_long() {
    static UNIX_MS: AtomicI64 = AtomicI64::new(NOON.unix_ms);
    let clock = || Now {
        unix_ms: UNIX_MS.load(Ordering::Relaxed),
        zone: NOON.zone,
    };
    let with_clock = |window: Window| window.with_clock(clock);
    let mut screen = Screen::with_window(&folder(), &Ear::new(), |_| {}, with_clock);
    screen.until("an open profile", |screen| screen.app().is_opened());
    let viewports = &mut screen.harness.input_mut().viewports;
    let window = viewports.entry(ViewportId::ROOT).or_default();
    window.events.push(ViewportEvent::Close);
    assert!(commands(&mut screen).contains(&ViewportCommand::CancelClose));
    UNIX_MS.fetch_add(2000, Ordering::Relaxed);
    assert!(commands(&mut screen).contains(&ViewportCommand::Close));
}

#[test]
fn what_was_written_before_the_last_start_was_told_of_then() {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.send("sonic");
    let mut screen = screen.again();
    screen.close();
    screen.until("the end", |screen| screen.app().has_ended());
}

/// In a process of its own: there the log is of this window and the threads behind it, and of nothing else.
#[test]
fn a_report_of_a_fault_has_no_words_and_names_of_people() {
    const ALONE: &str = "SUPER_CHATTER_REPORT";
    if std::env::var_os(ALONE).is_none() {
        let name = "window::desktop::a_report_of_a_fault_has_no_words_and_names_of_people";
        let mut alone = Process::new(std::env::current_exe().expect("this program"));
        let output = alone.args(["--exact", name]).env(ALONE, "yes").output();
        let output = output.expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let subscriber = tracing_subscriber::registry().with(log::layer());
    tracing::subscriber::set_global_default(subscriber).expect("nobody else is here");
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    sonic.click("amy, online");
    sonic.write("a secret");
    sonic.press_enter();
    ear.until("the message", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("a secret")
    });
    let report = amy.harness.state().diagnosis(&amy.harness.ctx);
    let has = |part| assert!(report.contains(part), "{part} in {report}");
    has(env!("CARGO_PKG_VERSION"));
    has("1 tabs");
    // What the window logs of its server, its client and its session.
    let (_, logged) = report.split_once("\nLog\n").expect("it ends so");
    for part in ["the server listens", "the client listens", "Online"] {
        assert!(logged.contains(part), "{part} in {logged}");
    }
    for private in ["secret", "sonic", "tails", "amy"] {
        assert!(!report.contains(private), "{report}");
    }
}

/// A desktop whose doings are seen.
struct Desk {
    orders: Receiver<Order>,
    told: Sender<Told>,
}

impl Desk {
    /// What was asked of it since the last time.
    fn orders(&self) -> Vec<Order> {
        self.orders.try_iter().collect()
    }

    /// It tells this; what the window does about it at once.
    fn tell(&self, screen: &mut Screen, told: Told) -> Vec<ViewportCommand> {
        self.told.try_send(told).expect("the window listens");
        commands(screen)
    }
}

fn on_desktop(mut screen: Screen) -> (Screen, Desk) {
    let (order, orders) = bounded(100);
    let (told, news) = bounded(10);
    let app = screen.harness.state_mut().app_mut();
    app.stand_on(Desktop::new(order, news));
    (screen, Desk { orders, told })
}

/// Draws once; what the window asks of the system.
fn commands(screen: &mut Screen) -> Vec<ViewportCommand> {
    screen.harness.step();
    let output = &screen.harness.output().viewport_output;
    output[&ViewportId::ROOT].commands.clone()
}

fn titles(commands: &[ViewportCommand]) -> Vec<&str> {
    let mut titles = Vec::new();
    for command in commands {
        if let ViewportCommand::Title(title) = command {
            titles.push(title.as_str());
        }
    }
    titles
}

fn attention(commands: &[ViewportCommand]) -> Vec<UserAttentionType> {
    let mut kinds = Vec::new();
    for command in commands {
        if let ViewportCommand::RequestUserAttention(kind) = command {
            kinds.push(*kind);
        }
    }
    kinds
}

/// The client's thread told this; the titles that the window gets at once.
fn told(screen: &mut Screen, event: Event) -> Vec<String> {
    let app = screen.harness.state_mut().app_mut();
    let told = super_chatter::driver::client::Told::Client(event);
    app.on_client(super_chatter::app::Now::default(), told);
    titles(&commands(screen))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

fn run(screen: &mut Screen, command: Command) {
    let app = screen.harness.state_mut().app_mut();
    app.run(super_chatter::app::Now::default(), command);
    screen.settle();
}

fn focus(screen: &mut Screen, focused: bool) {
    focus_quietly(screen, focused);
    screen.settle();
}

/// As [`focus`], but nothing is drawn.
fn focus_quietly(screen: &mut Screen, focused: bool) {
    let input = screen.harness.input_mut();
    input.focused = focused;
    input.viewports.entry(ViewportId::ROOT).or_default().focused = Some(focused);
}

fn place(screen: &mut Screen, rect: Rect, maximised: bool) {
    let viewports = &mut screen.harness.input_mut().viewports;
    let window = viewports.entry(ViewportId::ROOT).or_default();
    window.inner_rect = Some(rect);
    window.outer_rect = Some(rect);
    window.maximized = Some(maximised);
    screen.settle();
}

fn two_are_here(ear: &Ear, amy: &mut Screen, sonic: &mut Screen) {
    ear.until("two people", &mut [amy, sonic], |screens| {
        screens[0].app().hosting().online == 2
    });
}
