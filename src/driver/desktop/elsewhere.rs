//! The desktop of systems without a session bus: notifications only. How such a system wants programs
//! to look, the window's toolkit knows itself.

use crossbeam_channel::Receiver;
use notify_rust::Notification;

use super::{Note, Order, Picture, Teller};

/// Works until nobody gives orders any more.
pub(super) fn run(_icon: &Picture, orders: &Receiver<Order>, _teller: &Teller) {
    let mut failed = false;
    for order in orders {
        match order {
            Order::Show(note) => {
                if let Err(error) = show(&note)
                    && !std::mem::replace(&mut failed, true)
                {
                    tracing::debug!("nobody shows notifications: {error}");
                }
            }
            Order::Withdraw(_) | Order::Tray(_) => {}
        }
    }
}

fn show(note: &Note) -> Result<(), notify_rust::error::Error> {
    let mut notification = Notification::new();
    notification.summary(&note.title).body(&note.body);
    if note.sound {
        notification.sound_name("Default");
    }
    notification.show().map(drop)
}
