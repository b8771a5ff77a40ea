//! What a host calls the room.

use std::fmt;
use std::sync::Arc;

use super::limits::ROOM_NAME_CHARS_MAX;
use super::visible::visible;

/// The name of a room: at most [`ROOM_NAME_CHARS_MAX`] visible characters, words between single
/// spaces. Empty: it has none.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomName(Arc<str>);

impl RoomName {
    /// The name that `text` makes, [`visible`](fn@visible): what is too long is cut.
    pub fn of(text: &str) -> Self {
        let text = visible(text);
        let words: Vec<_> = text.split_whitespace().collect();
        let name: String = words.join(" ").chars().take(ROOM_NAME_CHARS_MAX).collect();
        Self(name.trim_end().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for RoomName {
    fn default() -> Self {
        Self("".into())
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_script_stays_as_it_is() {
        for name in ["", "Room 204", "二〇四教室", "Café ☕"] {
            assert_eq!(RoomName::of(name).as_str(), name);
        }
    }

    #[test]
    fn what_hides_is_written_out_and_what_is_too_long_is_cut() {
        for (text, name) in [
            ("  Room \t 204\n", "Room 204"),
            ("\u{202e}402", "<U+202E>402"),
            ("\u{ad}\u{feff}", ""),
        ] {
            assert_eq!(RoomName::of(text).as_str(), name, "{text:?}");
        }
        let long = RoomName::of(&"教".repeat(1000));
        assert_eq!(long.as_str().chars().count(), ROOM_NAME_CHARS_MAX);
    }
}
