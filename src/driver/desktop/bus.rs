//! The desktop of Linux and its kin, over the session bus: one connection, one thread that works on it
//! and one that listens. Without a bus, or without the service that something needs, nothing happens.
//! The notifications themselves live in `notes`, the icon in `tray`.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, select};
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, connection};
use zbus::message::Message;
use zbus::names::BusName;
use zbus::zvariant::{OwnedValue, Value};

use super::notes::Notes;
use super::tray::{self, Icon, WATCHER};
use super::{Order, Picture, System, Teller, Told};

/// Longest wait for an answer: a service that hangs keeps the others waiting no longer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Signals that may wait. What is more is dropped, and what the desktop is like looked up again.
const SIGNALS_MAX: usize = 64;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";
/// Where a portal without a word for motion may still have one.
const GNOME: &str = "org.gnome.desktop.interface";

/// What is listened to: the services themselves, and nobody who only speaks like them.
const RULES: [&str; 4] = [
    "type='signal',sender='org.freedesktop.portal.Desktop',\
     interface='org.freedesktop.portal.Settings',member='SettingChanged'",
    "type='signal',sender='org.freedesktop.Notifications',\
     interface='org.freedesktop.Notifications'",
    "type='signal',sender='org.kde.StatusNotifierWatcher',\
     interface='org.kde.StatusNotifierWatcher'",
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',\
     arg0='org.kde.StatusNotifierWatcher'",
];

/// Works until nobody gives orders any more, or the bus is gone.
pub(super) fn run(icon: &Picture, orders: &Receiver<Order>, teller: &Teller) {
    let connected = connection::Builder::session()
        .and_then(|builder| builder.method_timeout(ANSWER_MAX).build());
    match connected {
        Ok(bus) => work(&bus, icon, orders, teller, tray::stand),
        Err(error) => tracing::debug!("no session bus: {error}"),
    }
}

/// `stand` puts the icon in the tray.
pub(super) fn work(
    bus: &Connection,
    icon: &Picture,
    orders: &Receiver<Order>,
    teller: &Teller,
    stand: tray::Stand,
) {
    let Heard { signals, missed } = match listen(bus) {
        Ok(heard) => heard,
        Err(error) => {
            tracing::debug!("the session bus is of no use: {error}");
            return;
        }
    };
    let mut desk = Desk {
        bus,
        teller,
        notes: Notes::new(bus, icon),
        tray: Icon::new(icon, teller.clone(), stand),
        system: None,
        has_tray: None,
    };
    desk.look_at_tray();
    desk.look_at_system();
    loop {
        select! {
            recv(orders) -> order => match order {
                Ok(order) => desk.on_order(order),
                Err(_) => return,
            },
            recv(signals) -> signal => match signal {
                Ok(signal) => desk.on_signal(&signal),
                Err(_) => return desk.on_end(),
            },
            recv(missed) -> missed => match missed {
                Ok(()) => desk.look_again(),
                Err(_) => return desk.on_end(),
            },
        }
    }
}

/// What the thread hears that reads the bus.
struct Heard {
    /// Every signal that is of use.
    signals: Receiver<Message>,
    /// One or more of them were dropped.
    missed: Receiver<()>,
}

fn listen(bus: &Connection) -> zbus::Result<Heard> {
    let (heard, signals) = bounded(SIGNALS_MAX);
    let (miss, missed) = bounded(1);
    let messages = MessageIterator::from(bus);
    let proxy = DBusProxy::new(bus)?;
    for rule in RULES {
        proxy.add_match_rule(rule.try_into()?)?;
    }
    let listen = move || forward(messages, &heard, &miss);
    let thread = thread::Builder::new().name("bus".into());
    thread.spawn(listen)?;
    Ok(Heard { signals, missed })
}

fn forward(messages: MessageIterator, heard: &Sender<Message>, miss: &Sender<()>) {
    for message in messages {
        let Ok(message) = message else { return };
        if message.message_type() != zbus::message::Type::Signal {
            continue;
        }
        // Waiting here would keep answers from whoever is to take these.
        match heard.try_send(message) {
            Ok(()) => {}
            // Where the word of that waits already it stands for this one, too.
            Err(TrySendError::Full(_)) => drop(miss.try_send(())),
            Err(TrySendError::Disconnected(_)) => return,
        }
    }
}

struct Desk<'a> {
    bus: &'a Connection,
    teller: &'a Teller,
    notes: Notes<'a>,
    tray: Icon,
    /// As they were told.
    system: Option<System>,
    has_tray: Option<bool>,
}

impl Desk<'_> {
    fn on_order(&mut self, order: Order) {
        match order {
            Order::Show(note) => self.notes.show(note),
            Order::Withdraw(peer) => self.notes.withdraw(&peer),
            Order::Tray(tray) => {
                if !self.tray.set(tray) {
                    // A window would hide in what can't be seen.
                    self.tell_tray(false);
                }
            }
        }
    }

    /// The bus is gone, and with it whatever shows the icon.
    fn on_end(&mut self) {
        if self.has_tray == Some(true) {
            self.tell_tray(false);
        }
    }

    /// Signals were dropped, and one of them may have been of use.
    fn look_again(&mut self) {
        self.look_at_tray();
        self.look_at_system();
    }

    fn on_signal(&mut self, signal: &Message) {
        let header = signal.header();
        let interface = header.interface().map(|name| name.as_str());
        let member = header.member().map(|name| name.as_str());
        match (interface, member) {
            (Some("org.freedesktop.Notifications"), Some(member)) => {
                if let Some(peer) = self.notes.on_signal(member, signal) {
                    self.teller.tell(Told::Clicked(peer));
                }
            }
            (Some(SETTINGS), Some("SettingChanged")) if is_of_use(signal) => self.look_at_system(),
            (
                Some(WATCHER),
                Some("StatusNotifierHostRegistered" | "StatusNotifierHostUnregistered"),
            )
            | (Some("org.freedesktop.DBus"), Some("NameOwnerChanged")) => self.look_at_tray(),
            (None | Some(_), None | Some(_)) => {}
        }
    }

    fn look_at_system(&mut self) {
        let system = match read_system(self.bus) {
            Ok(system) => system,
            Err(error) => {
                tracing::debug!("the system does not say how to look: {error}");
                System::default()
            }
        };
        if self.system != Some(system) {
            self.system = Some(system);
            self.teller.tell(Told::System(system));
        }
    }

    fn look_at_tray(&mut self) {
        let has_tray = has_tray(self.bus).unwrap_or_else(|error| {
            tracing::debug!("there is no tray: {error}");
            false
        });
        if self.has_tray != Some(has_tray) {
            self.tell_tray(has_tray);
        }
    }

    fn tell_tray(&mut self, has_tray: bool) {
        self.has_tray = Some(has_tray);
        self.teller.tell(Told::HasTray(has_tray));
    }
}

/// Whether a changed setting is one of those that are read.
fn is_of_use(changed: &Message) -> bool {
    let body = changed.body();
    let Ok((namespace, _key, _value)) = body.deserialize::<(&str, &str, Value<'_>)>() else {
        return false;
    };
    [APPEARANCE, GNOME].contains(&namespace)
}

/// Whether there is somebody who keeps the icons of a tray, and somebody who shows them.
fn has_tray(bus: &Connection) -> zbus::Result<bool> {
    if !DBusProxy::new(bus)?.name_has_owner(BusName::try_from(WATCHER)?)? {
        return Ok(false);
    }
    let asked = (WATCHER, "IsStatusNotifierHostRegistered");
    let properties = Some("org.freedesktop.DBus.Properties");
    let answer = bus.call_method(
        Some(WATCHER),
        "/StatusNotifierWatcher",
        properties,
        "Get",
        &asked,
    )?;
    let value: OwnedValue = answer.body().deserialize()?;
    Ok(bool::try_from(value)?)
}

fn read_system(bus: &Connection) -> zbus::Result<System> {
    let asked = [APPEARANCE, GNOME];
    let answer = bus.call_method(
        Some(PORTAL),
        PORTAL_PATH,
        Some(SETTINGS),
        "ReadAll",
        &(&asked[..],),
    )?;
    let body = answer.body();
    let all: HashMap<String, HashMap<String, OwnedValue>> = body.deserialize()?;
    let number = |key| u32::try_from(all.get(APPEARANCE)?.get(key)?).ok();
    let animations = all
        .get(GNOME)
        .and_then(|gnome| gnome.get("enable-animations"));
    let animations = animations.and_then(|value| bool::try_from(value).ok());
    Ok(System {
        // 0: no preference.
        dark: number("color-scheme").and_then(|scheme| match scheme {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        }),
        contrast: number("contrast").map(|contrast| contrast == 1),
        reduced_motion: number("reduced-motion")
            .map(|motion| motion == 1)
            .or(animations.map(|animations| !animations)),
    })
}
