//! The desktop around the window: notifications, the tray, how the system wants programs to look.
//! Here: what can be asked of it and what it tells. Its own thread does it, so that no window waits
//! for the desktop; what is worth a notification is decided in `app`.

#[cfg(all(feature = "gui", target_os = "linux"))]
mod bus;
#[cfg(all(test, feature = "gui", target_os = "linux"))]
mod bus_tests;
#[cfg(all(feature = "gui", not(target_os = "linux")))]
mod elsewhere;
#[cfg(all(feature = "gui", target_os = "linux"))]
mod notes;
#[cfg(all(feature = "gui", target_os = "linux"))]
mod tray;

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};

use crate::protocol::Nickname;

/// Orders that may wait. One more is refused, and given again later: a desktop that is so far behind
/// shows nobody anything.
pub const ORDERS_MAX: usize = 64;

/// News that may wait for the window. What is more is dropped: they are clicks of one user.
pub const TOLD_MAX: usize = 64;

/// How the system wants programs to look; `None`: it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct System {
    pub dark: Option<bool>,
    pub contrast: Option<bool>,
    pub reduced_motion: Option<bool>,
}

/// A notification about one person's messages. It takes the place of the last one about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub peer: Nickname,
    pub title: String,
    /// Plain text, short and harmless to show.
    pub body: String,
    /// What its button is called.
    pub open: String,
    pub sound: bool,
}

/// The tray's icon: what it is called and what stands in its menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tray {
    pub title: String,
    pub open: String,
    /// How many people are here; nothing to choose.
    pub people: String,
    pub do_not_disturb: String,
    pub is_quiet: bool,
    pub quit: String,
}

/// What can be asked of the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    Show(Note),
    /// The notification about this person is not needed any more.
    Withdraw(Nickname),
    /// The icon in the tray is so from now on; `None`: there is none.
    Tray(Option<Tray>),
}

/// What the desktop tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// At first, and whenever it changes.
    System(System),
    /// Whether there is a tray to stand in.
    HasTray(bool),
    /// The notification about this person was clicked.
    Clicked(Nickname),
    /// The user wants to see the window: through the tray, or by starting the program again.
    Raise,
    /// Chosen in the tray's menu.
    DoNotDisturb(bool),
    /// Chosen in the tray's menu.
    Quit,
}

/// A picture, in rows from the top, each pixel red, green, blue and opacity.
#[derive(Clone, Debug)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Arc<[u8]>,
}

/// The near end of the desktop.
pub struct Desktop {
    orders: Sender<Order>,
    told: Receiver<Told>,
}

impl Desktop {
    /// The near end onto whoever carries out `orders` and gives news to `told`.
    pub fn new(orders: Sender<Order>, told: Receiver<Told>) -> Self {
        Self { orders, told }
    }

    /// Never blocks. False: it has too much to do now.
    pub fn ask(&self, order: Order) -> bool {
        match self.orders.try_send(order) {
            // A desktop that is not there has shown everything that it ever will.
            Ok(()) | Err(crossbeam_channel::TrySendError::Disconnected(_)) => true,
            Err(crossbeam_channel::TrySendError::Full(_)) => false,
        }
    }

    /// Never blocks; `None`: nothing new.
    pub fn poll_told(&self) -> Option<Told> {
        self.told.try_recv().ok()
    }
}

#[cfg(feature = "gui")]
mod start {
    use std::thread;

    use crossbeam_channel::bounded;

    use super::{Desktop, ORDERS_MAX, Picture, Sender, TOLD_MAX, Told};
    use crate::driver::Notify;
    use crate::driver::instance::Instance;

    /// Where the desktop's threads tell.
    #[derive(Clone)]
    pub(in crate::driver) struct Teller {
        news: Sender<Told>,
        notify: Notify,
    }

    impl Teller {
        pub fn new(news: Sender<Told>, notify: Notify) -> Self {
            Self { news, notify }
        }

        /// Never blocks.
        pub fn tell(&self, told: Told) {
            if self.news.try_send(told).is_ok() {
                (self.notify)();
            }
        }
    }

    impl Desktop {
        /// The desktop that this program runs on. `icon` stands for the program, `instance` hears of
        /// starts in vain. `notify` is called after news.
        pub fn start(icon: Picture, instance: Instance, notify: Notify) -> Self {
            let (orders, asked) = bounded(ORDERS_MAX);
            let (news, told) = bounded(TOLD_MAX);
            let teller = Teller::new(news, notify);
            instance.listen(teller.clone());
            #[cfg(target_os = "linux")]
            let run = move || super::bus::run(&icon, &asked, &teller);
            #[cfg(not(target_os = "linux"))]
            let run = move || super::elsewhere::run(&icon, &asked, &teller);
            let thread = thread::Builder::new().name("desktop".into()).spawn(run);
            if let Err(error) = thread {
                tracing::debug!("the desktop is left alone: {error}");
            }
            Self { orders, told }
        }
    }
}

#[cfg(feature = "gui")]
pub(super) use start::Teller;
