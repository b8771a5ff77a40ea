//! The desktop's thread with services of a test at the other end of the bus.

use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedValue, Value};

use super::{Note, Order, Picture, System, Teller, Told, Tray, bus};
use crate::protocol::Nickname;

/// What is awaited comes long before this, or never.
const PATIENCE: Duration = Duration::from_secs(10);

const NOTES: &str = "/org/freedesktop/Notifications";
const PORTAL: &str = "/org/freedesktop/portal/desktop";
const TRAY: &str = "/StatusNotifierWatcher";

/// A text whose notification the service answers for when the test says so.
const SLOW: &str = "slow";

/// A text before whose notification the service says that the one in whose place it stands is closed.
const CLOSED_BEFORE: &str = "closed before";

#[test]
fn a_notification_is_shown_replaced_clicked_and_taken_down() {
    let desk = Desk::start();
    desk.order(Order::Show(note("sonic", "<b>one</b> & two")));
    let first = desk.asked();
    assert_eq!((first.replaced, first.title.as_str()), (0, "sonic"));
    assert_eq!(
        first.body, "&lt;b&gt;one&lt;/b&gt; &amp; two",
        "it is markup there"
    );
    assert_eq!(first.actions, ["default", "Open"]);
    assert!(first.is_silent);

    desk.order(Order::Show(note("sonic", "three")));
    assert_eq!(desk.asked().replaced, 1, "in the place of the first");
    desk.order(Order::Show(note("tails", "hey")));
    assert_eq!(desk.asked().replaced, 0);
    desk.signal(NOTES, "ActionInvoked", &(2_u32, "default"));
    assert_eq!(desk.told(), Told::Clicked(name("tails")));

    desk.order(Order::Withdraw(name("sonic")));
    desk.order(Order::Show(note("sonic", "four")));
    assert_eq!(desk.closed.recv_timeout(PATIENCE), Ok(1));
    assert_eq!(desk.asked().replaced, 0, "that one is gone");
}

#[test]
fn a_word_of_a_replaced_notification_takes_nothing_from_the_one_in_its_place() {
    let desk = Desk::start();
    desk.order(Order::Show(note("sonic", "one")));
    desk.asked();
    desk.order(Order::Show(note("sonic", CLOSED_BEFORE)));
    assert_eq!(desk.asked().replaced, 1);
    // The click comes behind the word of the end, which the thread has not read when it is answered.
    desk.signal(NOTES, "ActionInvoked", &(1_u32, "default"));
    assert_eq!(desk.told(), Told::Clicked(name("sonic")));
}

#[test]
fn a_tray_that_takes_no_icon_is_as_good_as_none() {
    let desk = Desk::start();
    desk.order(Order::Tray(None));
    desk.order(Order::Tray(Some(Tray::default())));
    assert_eq!(desk.told(), Told::HasTray(false));
    desk.signal(TRAY, "StatusNotifierHostRegistered", &());
    assert_eq!(desk.told(), Told::HasTray(true), "it may take one now");
}

#[test]
fn without_the_bus_there_is_no_tray() {
    let desk = Desk::start();
    desk.bus.close().expect("it was open");
    assert_eq!(desk.news.recv_timeout(PATIENCE), Ok(Told::HasTray(false)));
    assert!(desk.news.recv_timeout(PATIENCE).is_err(), "the thread ends");
}

#[test]
fn what_is_lost_in_a_storm_of_signals_is_looked_up() {
    let desk = Desk::start();
    desk.order(Order::Show(note("sonic", SLOW)));
    desk.asked();
    // While that is answered nothing is taken. What the answer comes behind was read by then, but for the
    // last 64.
    for number in 0..200 {
        desk.signal(NOTES, "Unheard", &());
        if number == 100 {
            desk.has_tray.store(false, Ordering::SeqCst);
            desk.signal(TRAY, "StatusNotifierHostUnregistered", &());
        }
    }
    desk.go_on.send(()).expect("the service waits");
    assert_eq!(desk.told(), Told::HasTray(false));
}

#[test]
fn nobody_but_the_services_themselves_is_listened_to() {
    let desk = Desk::start();
    let rules: Vec<_> = desk.rules.try_iter().collect();
    assert!(!rules.is_empty());
    for rule in rules {
        assert!(rule.contains("sender='"), "{rule}");
    }
}

#[test]
fn how_the_system_looks_is_told_at_first_and_when_it_changes() {
    let desk = Desk::start();
    desk.scheme.store(2, Ordering::SeqCst);
    let value = (
        "org.freedesktop.appearance",
        "color-scheme",
        Value::from(2_u32),
    );
    desk.signal(PORTAL, "SettingChanged", &value);
    assert_eq!(desk.told(), Told::System(looks(false)));
    // Somebody else's setting: nothing is read for it.
    desk.scheme.store(1, Ordering::SeqCst);
    let value = ("org.example.other", "color-scheme", Value::from(1_u32));
    desk.signal(PORTAL, "SettingChanged", &value);
    desk.order(Order::Show(note("sonic", "behind it")));
    desk.asked();
    desk.order(Order::Show(note("tails", "and once more")));
    desk.asked();
    assert!(desk.news.is_empty());
}

#[test]
fn signals_that_mean_nothing_are_passed_over() {
    let desk = Desk::start();
    desk.signal(NOTES, "ActionInvoked", &"no number");
    desk.signal(NOTES, "ActionInvoked", &(77_u32, "default"));
    desk.signal(NOTES, "Unheard", &());
    desk.order(Order::Show(note("sonic", "still here")));
    assert_eq!(desk.asked().title, "sonic");
    assert!(desk.news.is_empty());
}

/// The desktop's thread and a test's services.
struct Desk {
    bus: Connection,
    orders: Sender<Order>,
    news: Receiver<Told>,
    shown: Receiver<Asked>,
    closed: Receiver<u32>,
    scheme: Arc<AtomicU32>,
    has_tray: Arc<AtomicBool>,
    rules: Receiver<String>,
    /// The service may answer for [`SLOW`].
    go_on: Sender<()>,
}

/// A notification as it was asked for.
struct Asked {
    replaced: u32,
    title: String,
    body: String,
    actions: Vec<String>,
    is_silent: bool,
}

impl Desk {
    /// A desktop with a tray, on which everything is dark.
    fn start() -> Self {
        let (show, shown) = bounded(100);
        let (close, closed) = bounded(100);
        let (go_on, gate) = bounded(1);
        let (rule, rules) = bounded(100);
        let scheme = Arc::new(AtomicU32::new(1));
        let has_tray = Arc::new(AtomicBool::new(true));
        let (ours, theirs) = UnixStream::pair().expect("the system has sockets");
        let services = Services {
            names: Names(rule),
            watcher: Watcher(has_tray.clone()),
            settings: Settings(scheme.clone()),
            notes: Notes {
                show,
                close,
                gate,
                last: 0,
            },
        };
        let serve = move || services.serve(theirs);
        let service = thread::Builder::new().spawn(serve).expect("a thread");
        let client = connection::Builder::async_io_unix_stream(ours).p2p();
        let client = client.build().expect("the other end answers");
        let bus = service.join().expect("it has begun");

        let (orders, asked) = bounded(100);
        let (news, told) = bounded(100);
        let teller = Teller::new(news, Arc::new(|| {}));
        let icon = Picture {
            width: 1,
            height: 1,
            rgba: Arc::from([0, 0, 0, 255]),
        };
        // A tray that takes no icon: one that does would need the bus of a desktop.
        let stand = |_| Err(ksni::Error::WontShow);
        let run = move || bus::work(&client, &icon, &asked, &teller, stand);
        thread::Builder::new().spawn(run).expect("a thread");
        let desk = Self {
            bus,
            orders,
            news: told,
            shown,
            closed,
            scheme,
            has_tray,
            rules,
            go_on,
        };
        assert_eq!(desk.told(), Told::HasTray(true));
        assert_eq!(desk.told(), Told::System(looks(true)));
        desk
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the thread runs");
    }

    fn asked(&self) -> Asked {
        self.shown.recv_timeout(PATIENCE).expect("a notification")
    }

    fn told(&self) -> Told {
        self.news.recv_timeout(PATIENCE).expect("news")
    }

    fn signal(
        &self,
        path: &str,
        member: &str,
        body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) {
        let interface = match path {
            NOTES => "org.freedesktop.Notifications",
            TRAY => "org.kde.StatusNotifierWatcher",
            _ => "org.freedesktop.portal.Settings",
        };
        let nobody = None::<&str>;
        let sent = self.bus.emit_signal(nobody, path, interface, member, body);
        sent.expect("the bus is there");
    }
}

struct Services {
    names: Names,
    watcher: Watcher,
    settings: Settings,
    notes: Notes,
}

impl Services {
    fn serve(self, socket: UnixStream) -> Connection {
        let guid = zbus::Guid::generate();
        let served = connection::Builder::async_io_unix_stream(socket)
            .p2p()
            .server(guid)
            .and_then(|builder| builder.serve_at("/org/freedesktop/DBus", self.names))
            .and_then(|builder| builder.serve_at(TRAY, self.watcher))
            .and_then(|builder| builder.serve_at(PORTAL, self.settings))
            .and_then(|builder| builder.serve_at(NOTES, self.notes))
            .and_then(connection::Builder::build);
        served.expect("the other end is there")
    }
}

struct Names(Sender<String>);

#[zbus::interface(name = "org.freedesktop.DBus")]
impl Names {
    fn add_match(&self, rule: String) {
        self.0.send(rule).expect("the test listens");
    }

    fn name_has_owner(&self, _name: &str) -> bool {
        true
    }
}

struct Watcher(Arc<AtomicBool>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

struct Settings(Arc<AtomicU32>);

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read_all(&self, _names: Vec<String>) -> HashMap<String, HashMap<String, OwnedValue>> {
        let scheme = OwnedValue::from(self.0.load(Ordering::SeqCst));
        let contrast = OwnedValue::from(0_u32);
        let look = [("color-scheme", scheme), ("contrast", contrast)];
        let gnome = [("enable-animations", OwnedValue::from(false))];
        HashMap::from([
            ("org.freedesktop.appearance".to_owned(), owned(look)),
            ("org.gnome.desktop.interface".to_owned(), owned(gnome)),
        ])
    }
}

struct Notes {
    show: Sender<Asked>,
    close: Sender<u32>,
    gate: Receiver<()>,
    last: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notes {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned(), "body-markup".to_owned()]
    }

    #[allow(clippy::too_many_arguments, reason = "they are the specification's")]
    async fn notify(
        &mut self,
        #[zbus(connection)] bus: &zbus::Connection,
        _name: String,
        replaced: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        if replaced == 0 {
            self.last += 1;
        }
        let (slow, closed_before) = (body == SLOW, body == CLOSED_BEFORE);
        if closed_before {
            let (nobody, service) = (None::<&str>, "org.freedesktop.Notifications");
            let word = (replaced, 2_u32);
            let sent = bus.emit_signal(nobody, NOTES, service, "NotificationClosed", &word);
            sent.await.expect("the bus is there");
        }
        let asked = Asked {
            replaced,
            title,
            body,
            actions,
            is_silent: hints.contains_key("suppress-sound"),
        };
        self.show.send(asked).expect("the test listens");
        if slow {
            self.gate.recv().expect("the test goes on");
        }
        if replaced == 0 { self.last } else { replaced }
    }

    fn close_notification(&self, id: u32) {
        self.close.send(id).expect("the test listens");
    }
}

fn owned<const N: usize>(values: [(&str, OwnedValue); N]) -> HashMap<String, OwnedValue> {
    let values = values.into_iter();
    values.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn looks(dark: bool) -> System {
    System {
        dark: Some(dark),
        contrast: Some(false),
        reduced_motion: Some(true),
    }
}

fn note(peer: &str, body: &str) -> Note {
    Note {
        peer: name(peer),
        title: peer.to_owned(),
        body: body.to_owned(),
        open: "Open".to_owned(),
        sound: false,
    }
}

fn name(nickname: &str) -> Nickname {
    Nickname::parse(nickname).expect("a test's name is valid")
}
