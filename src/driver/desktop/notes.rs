//! Notifications over the session bus: one a person, and whose was clicked. One connection shows all
//! of them: desktops take down what a connection showed that is gone.

use std::collections::{BTreeMap, HashMap};

use zbus::blocking::Connection;
use zbus::message::{Message, Sequence};
use zbus::zvariant::Value;

use super::{Note, Picture};
use crate::protocol::Nickname;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The name that desktops know the program by: that of its `.desktop` file.
const APP_ID: &str = "super-chatter";

/// Notifications that are up at once. At the limit the oldest goes.
const NOTES_MAX: usize = 16;

pub(super) struct Notes<'a> {
    bus: &'a Connection,
    icon: &'a Picture,
    /// Whether bodies are read as markup; `None`: not asked yet.
    markup: Option<bool>,
    up: BTreeMap<Nickname, Up>,
    /// That nobody shows notifications was logged.
    failed: bool,
}

/// A notification that is up.
struct Up {
    id: u32,
    /// When it came up, in the order of what the bus brought: a word of its end from before is of the one
    /// whose place and number it took.
    since: Sequence,
}

impl<'a> Notes<'a> {
    pub fn new(bus: &'a Connection, icon: &'a Picture) -> Self {
        Self {
            bus,
            icon,
            markup: None,
            up: BTreeMap::new(),
            failed: false,
        }
    }

    pub fn show(&mut self, note: Note) {
        let shown = self.notify(&note);
        match shown {
            Ok(up) => {
                self.up.insert(note.peer, up);
                self.make_room();
            }
            Err(error) if !self.failed => {
                self.failed = true;
                tracing::debug!("nobody shows notifications: {error}");
            }
            Err(_) => {}
        }
    }

    pub fn withdraw(&mut self, peer: &Nickname) {
        if let Some(up) = self.up.remove(peer) {
            // One that is gone already is as good.
            let _ = self.call("CloseNotification", &up.id);
        }
    }

    /// A signal of the service; the person whose notification was clicked.
    pub fn on_signal(&mut self, member: &str, signal: &Message) -> Option<Nickname> {
        let body = signal.body();
        match member {
            "ActionInvoked" => {
                let (id, _action): (u32, String) = body.deserialize().ok()?;
                self.end(id, signal.recv_position())
            }
            "NotificationClosed" => {
                let (id, _why): (u32, u32) = body.deserialize().ok()?;
                self.end(id, signal.recv_position());
                None
            }
            _ => None,
        }
    }

    /// The notification of that number was ended at that time; whose it was.
    fn end(&mut self, id: u32, at: Sequence) -> Option<Nickname> {
        let (peer, up) = self.up.iter().find(|(_, up)| up.id == id)?;
        let (peer, is_late) = (peer.clone(), at < up.since);
        if !is_late {
            self.up.remove(&peer);
        }
        Some(peer)
    }

    fn make_room(&mut self) {
        while self.up.len() > NOTES_MAX {
            // Ids count upward.
            let oldest = self.up.iter().min_by_key(|(_, up)| up.id);
            let Some(peer) = oldest.map(|(peer, _)| peer.clone()) else {
                return;
            };
            self.withdraw(&peer);
        }
    }

    fn notify(&mut self, note: &Note) -> zbus::Result<Up> {
        let body = match self.markup()? {
            true => escaped(&note.body),
            false => note.body.clone(),
        };
        let replaced = self.up.get(&note.peer).map_or(0, |up| up.id);
        let actions = ["default", note.open.as_str()];
        let arguments = (
            "Super Chatter",
            replaced,
            APP_ID,
            note.title.as_str(),
            body.as_str(),
            &actions[..],
            self.hints(note.sound),
            // As long as the desktop thinks right.
            -1_i32,
        );
        let answer = self.call("Notify", &arguments)?;
        Ok(Up {
            id: answer.body().deserialize()?,
            since: answer.recv_position(),
        })
    }

    fn hints(&self, sound: bool) -> HashMap<&'static str, Value<'_>> {
        let Picture {
            width,
            height,
            ref rgba,
        } = *self.icon;
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        // Width, height, bytes a row, opacity, bits a sample, samples a pixel.
        let row = side(width.saturating_mul(4));
        let picture = (
            side(width),
            side(height),
            row,
            true,
            8_i32,
            4_i32,
            rgba.to_vec(),
        );
        let mut hints = HashMap::from([
            ("desktop-entry", Value::from(APP_ID)),
            ("category", Value::from("im.received")),
            ("image-data", Value::from(picture)),
        ]);
        if sound {
            hints.insert("sound-name", Value::from("message-new-instant"));
        } else {
            hints.insert("suppress-sound", Value::from(true));
        }
        hints
    }

    fn markup(&mut self) -> zbus::Result<bool> {
        if let Some(markup) = self.markup {
            return Ok(markup);
        }
        let answer = self.call("GetCapabilities", &())?;
        let can: Vec<String> = answer.body().deserialize()?;
        let markup = can.iter().any(|word| word == "body-markup");
        self.markup = Some(markup);
        Ok(markup)
    }

    fn call(
        &self,
        method: &str,
        arguments: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) -> zbus::Result<Message> {
        self.bus
            .call_method(Some(SERVICE), PATH, Some(SERVICE), method, arguments)
    }
}

/// `text` as markup that means it to the letter.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_shown_to_the_letter() {
        let hostile = r#"<img src="http://x/"/> & <b>'bold'</b>"#;
        let shown =
            "&lt;img src=&quot;http://x/&quot;/&gt; &amp; &lt;b&gt;&apos;bold&apos;&lt;/b&gt;";
        assert_eq!(escaped(hostile), shown);
    }
}
