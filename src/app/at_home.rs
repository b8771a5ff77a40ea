//! The window's place on the desktop: what the desktop tells, what it is asked, and whether the window
//! is to be seen. What is worth a notification is decided in [`super::attention`].

use super::attention::{Attention, Watching};
use super::language::Sentence;
use super::{App, Command, Nickname, Now};
use crate::driver::desktop::{Desktop, Order, System, TOLD_MAX, Told, Tray};

/// What a window shows that comes to the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raise {
    /// What it showed before.
    Window,
    /// The selected conversation.
    Talk,
}

/// What is known of the desktop.
#[derive(Default)]
pub(super) struct AtHome {
    /// `None`: there is none, as in a test.
    desktop: Option<Desktop>,
    system: System,
    has_tray: bool,
    attention: Attention,
    /// What the desktop was too busy to take.
    undone: Vec<Order>,
    /// The icon in the tray as the desktop has it.
    tray: Option<Tray>,
    hidden: bool,
    raise: Option<Raise>,
    quit: bool,
}

impl App {
    /// Stands on a desktop from now on.
    pub fn stand_on(&mut self, desktop: Desktop) {
        self.at_home.desktop = Some(desktop);
    }

    /// How the system wants programs to look, as far as it says.
    pub fn system(&self) -> System {
        self.at_home.system
    }

    /// There is a tray that a hidden window can be called back from.
    pub fn has_tray(&self) -> bool {
        self.at_home.has_tray
    }

    /// The window is to be out of sight.
    pub fn is_hidden(&self) -> bool {
        self.at_home.hidden
    }

    /// The desktop may point at the window: something came in unseen.
    pub fn calls(&self) -> bool {
        self.at_home.attention.calls()
    }

    /// The window is to come to the front; told once.
    pub fn take_raise(&mut self) -> Option<Raise> {
        self.at_home.raise.take()
    }

    /// True, once: the window is to close without asking.
    pub fn take_quit(&mut self) -> bool {
        std::mem::take(&mut self.at_home.quit)
    }

    /// One thing that the desktop told.
    pub fn on_desktop_told(&mut self, now: Now, told: Told) {
        match told {
            Told::System(system) => self.at_home.system = system,
            Told::HasTray(has_tray) => {
                self.at_home.has_tray = has_tray;
                // Nothing else would bring it back.
                if !has_tray && self.at_home.hidden {
                    self.raise(Raise::Window);
                }
            }
            Told::Clicked(peer) => {
                self.run(now, Command::Open(peer));
                self.raise(Raise::Talk);
            }
            Told::Raise => self.raise(Raise::Window),
            Told::DoNotDisturb(do_not_disturb) => {
                let mut settings = self.settings.clone();
                settings.do_not_disturb = do_not_disturb;
                self.change(settings);
            }
            Told::Quit => self.at_home.quit = true,
        }
    }

    pub(super) fn watch(&mut self, watching: Watching) {
        self.at_home.attention.watch(watching);
    }

    /// Out of sight, where there is a tray.
    pub(super) fn hide(&mut self) {
        self.at_home.hidden = self.at_home.has_tray;
        self.watch(Watching::Away);
    }

    fn raise(&mut self, raise: Raise) {
        self.at_home.hidden = false;
        self.at_home.raise = Some(raise);
    }

    /// Somebody's text came in.
    pub(super) fn on_text(&mut self, now: Now, peer: &Nickname, text: &str) {
        let selected = self.conversations.selected();
        let in_front = selected.is_none_or(|in_front| in_front == peer);
        let attention = &mut self.at_home.attention;
        attention.on_text(now, &self.settings, (peer, text), in_front);
    }

    pub(super) fn hear_desktop(&mut self, now: Now) {
        for _ in 0..TOLD_MAX {
            let told = self.at_home.desktop.as_ref().and_then(Desktop::poll_told);
            let Some(told) = told else { return };
            self.on_desktop_told(now, told);
        }
    }

    /// When the desktop is to be asked something, in Unix milliseconds; `None`: only after news.
    pub(super) fn ask_desktop_at_ms(&self) -> Option<i64> {
        let due = self.at_home.attention.due_ms();
        due.filter(|_| self.at_home.undone.is_empty())
    }

    /// Has the desktop show what is due. While it is too busy nothing new is thought of: that is kept
    /// where there is a limit to it.
    pub(super) fn ask_desktop(&mut self, now: Now) {
        if self.at_home.undone.is_empty() {
            self.at_home.undone = self.think_of_orders(now);
        }
        if let Some(desktop) = &self.at_home.desktop {
            let taken = |order: &&Order| desktop.ask((*order).clone());
            let taken = self.at_home.undone.iter().take_while(taken).count();
            self.at_home.undone.drain(..taken);
        } else {
            self.at_home.undone.clear();
        }
    }

    fn think_of_orders(&mut self, now: Now) -> Vec<Order> {
        let (language, tray) = (self.language(), self.tray());
        let attention = &mut self.at_home.attention;
        let mut orders = if self.ending {
            attention.end()
        } else {
            let unread = |peer: &Nickname| self.conversations.unread_from(peer);
            attention.orders(now, &self.settings, language, unread)
        };
        if tray != self.at_home.tray {
            self.at_home.tray.clone_from(&tray);
            orders.push(Order::Tray(tray));
        }
        orders
    }

    /// The icon, while there is a reason for one.
    fn tray(&self) -> Option<Tray> {
        let hosts = self.hosting.is_wanted();
        let wanted = self.at_home.hidden || (hosts && self.settings.keep_hosting);
        if !wanted || !self.at_home.has_tray || self.ending {
            return None;
        }
        let language = self.language();
        let people = match hosts {
            true => Sentence::new("desk-tray-people").count("people", self.hosting.online),
            false => Sentence::new("desk-tray-quiet"),
        };
        let quit = if hosts {
            "desk-tray-quit-hosting"
        } else {
            "desk-tray-quit"
        };
        Some(Tray {
            title: "Super Chatter".to_owned(),
            open: language.say("desk-tray-open"),
            people: people.say(language),
            do_not_disturb: language.say("desk-tray-disturb"),
            is_quiet: self.settings.do_not_disturb,
            quit: language.say(quit),
        })
    }
}
