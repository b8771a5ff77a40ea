//! What somebody copies into a report of a fault: how the program stands and what it logged last.
//! No texts that people wrote; addresses and folders are in it. In English, for whoever mends it.

use std::env;
use std::fmt::Write;

use super::hosting::Hosting;
use super::session::{Session, Standing};
use super::{App, text};
use crate::driver::log;

/// What the window knows of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    pub renderer: &'static str,
    /// Pixels a point.
    pub scale: f32,
    pub zoom: f32,
    /// In points.
    pub size: [f32; 2],
}

impl App {
    /// The latest log lines, oldest first.
    pub fn log(&self) -> String {
        let mut shown = String::new();
        for line in log::recent() {
            shown.push_str(&text::visible(&line).replace('\n', " "));
            shown.push('\n');
        }
        shown
    }

    /// How the program stands, and the latest log lines.
    pub fn diagnosis(&self, drawn: Drawn) -> String {
        let mut report = String::new();
        for (name, value) in self.facts(drawn) {
            // Writing to a text fails never.
            let _ = writeln!(
                report,
                "{name}: {}",
                text::visible(&value).replace('\n', " ")
            );
        }
        report + "\nLog\n" + &self.log()
    }

    fn facts(&self, drawn: Drawn) -> Vec<(&'static str, String)> {
        let [width, height] = drawn.size;
        let all = &self.conversations;
        let listening = self.session.own_address;
        let system = self.system();
        vec![
            ("Super Chatter", env!("CARGO_PKG_VERSION").to_owned()),
            (
                "System",
                format!("{} {}", env::consts::OS, env::consts::ARCH),
            ),
            ("Desktop", desktop()),
            (
                "Window",
                format!(
                    "{}, {width:.0} by {height:.0} points, scale {}, zoom {}",
                    drawn.renderer, drawn.scale, drawn.zoom
                ),
            ),
            ("Language", self.language().tag().to_owned()),
            (
                "Look",
                format!(
                    "dark {}, contrast {}, reduced motion {}",
                    said(system.dark),
                    said(system.contrast),
                    said(system.reduced_motion)
                ),
            ),
            ("Tray", yes(self.has_tray()).to_owned()),
            ("Session", session(&self.session)),
            (
                "Listening at",
                listening.map_or_else(|| "nothing".to_owned(), |address| address.to_string()),
            ),
            ("Hosting", hosting(&self.hosting)),
            (
                "Profile",
                format!(
                    "open {}, {} tabs, {} unread, {} only here",
                    yes(self.opened),
                    all.tabs().len(),
                    all.unread(),
                    self.unsent.len()
                ),
            ),
        ]
    }
}

fn desktop() -> String {
    let named = |name| env::var(name).unwrap_or_else(|_| "-".to_owned());
    let (desktop, session) = (named("XDG_CURRENT_DESKTOP"), named("XDG_SESSION_TYPE"));
    format!("{desktop}, {session}")
}

fn session(session: &Session) -> String {
    let server = match session.server.as_str() {
        "" => "no server",
        server => server,
    };
    match session.standing {
        Standing::SignedOut => format!("signed out, {server}"),
        Standing::SigningIn { attempt } => format!("asking {server}, try {attempt}"),
        Standing::Online => format!("online at {server}"),
        Standing::Waiting { cause, .. } => format!("waiting for {server}: {cause:?}"),
    }
}

fn hosting(hosting: &Hosting) -> String {
    let Hosting {
        standing,
        addresses,
        online,
        mail,
        ..
    } = hosting;
    let at = addresses.join(" ");
    format!("{standing:?} {at}, {online} online, {mail} parts of messages kept")
}

fn said(said: Option<bool>) -> &'static str {
    said.map_or("not said", yes)
}

fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
