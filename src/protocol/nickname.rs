//! A person's name: checked once, where it enters the program, and valid for ever after.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::limits::NICKNAME_CHARS_MAX;

/// Why a text is no nickname.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NicknameError {
    #[error("a nickname needs at least one character")]
    Empty,
    #[error("a nickname has at most {NICKNAME_CHARS_MAX} characters")]
    TooLong,
    #[error("a nickname has no spaces")]
    Space,
    #[error("a nickname has no quotation mark, backslash, control or invisible character")]
    Character,
}

/// A valid nickname: 1 to 32 visible characters without spaces.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nickname(Arc<str>);

/// A valid nickname that still lies in the datagram it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'a>(Cow<'a, str>);

impl Nickname {
    /// Parses `text` as it stands.
    pub fn parse(text: &str) -> Result<Self, NicknameError> {
        check(text)?;
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name as a borrowed one.
    pub fn name(&self) -> Name<'_> {
        Name(Cow::Borrowed(&self.0))
    }
}

impl<'a> Name<'a> {
    /// Checks `text` without copying it.
    pub fn parse(text: Cow<'a, str>) -> Result<Self, NicknameError> {
        check(&text)?;
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_owned(self) -> Name<'static> {
        Name(Cow::Owned(self.0.into_owned()))
    }

    pub fn to_nickname(&self) -> Nickname {
        Nickname(self.0.as_ref().into())
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for Nickname {
    fn borrow(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), NicknameError> {
    if text.is_empty() {
        return Err(NicknameError::Empty);
    }
    // Most names, and a name stands in every message: the answer of what follows, sooner.
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    if text.len() <= NICKNAME_CHARS_MAX && text.bytes().all(plain) {
        return Ok(());
    }
    if text.chars().count() > NICKNAME_CHARS_MAX {
        return Err(NicknameError::TooLong);
    }
    if text.chars().any(char::is_whitespace) {
        return Err(NicknameError::Space);
    }
    if text
        .chars()
        .any(|c| matches!(c, '"' | '\\') || is_unseen(c))
    {
        return Err(NicknameError::Character);
    }
    Ok(())
}

/// Characters that show nothing or turn the text around them: control characters, zero-width and
/// bidirectional marks, variation and tag characters, private use.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_of_any_script_are_valid() {
        for name in [
            "x",
            "sonic",
            "王小明",
            "Zoë",
            "ナックルズ",
            "a/b",
            "../etc",
            "🦔",
        ] {
            assert_eq!(
                Nickname::parse(name).map(|n| n.to_string()),
                Ok(name.to_owned())
            );
        }
    }

    #[test]
    fn names_that_hide_or_break_something_are_refused_with_the_reason() {
        use NicknameError::*;
        let long = "x".repeat(33);
        for (text, error) in [
            ("", Empty),
            (long.as_str(), TooLong),
            ("a b", Space),
            ("a\u{3000}b", Space),
            ("a\nb", Space),
            ("a\u{1b}[2J", Character),
            ("al\u{200b}ice", Character),
            ("\u{202e}ecila", Character),
            ("a\"b", Character),
        ] {
            assert_eq!(Nickname::parse(text), Err(error), "{text:?}");
        }
    }
}
