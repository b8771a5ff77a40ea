//! From a nickname to a file name and back: no name from the network becomes a path.
//! Files themselves do not live here.

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, percent_encode_byte};

use crate::protocol::Nickname;

/// What an imported file's name goes on with; `.2`, `.3` … may follow.
pub(super) const IMPORTED: &str = ".imported";

/// A file name for `nickname`, such as that of its mail file: the nickname itself where that is an
/// ordinary file name on every system, else each of its bytes as `%XX`.
pub fn file_name(nickname: &Nickname) -> Cow<'_, str> {
    let name = nickname.as_str();
    if is_ordinary(name) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.bytes().map(percent_encode_byte).collect())
}

/// Whose mail a file of this name holds: the classic program names it after the nickname as it is,
/// [`file_name`] may have encoded it. `None`: nobody's.
pub(super) fn recipient(file: &str) -> Option<Nickname> {
    let decoded = percent_decode_str(file).decode_utf8().ok();
    let ours = decoded
        .and_then(|name| Nickname::parse(&name).ok())
        .filter(|nickname| file_name(nickname) == file);
    ours.or_else(|| Nickname::parse(file).ok())
}

/// Whether a file of this name was imported before.
pub(super) fn is_imported(file: &str) -> bool {
    let unnumbered = match file.rsplit_once('.') {
        Some((front, number))
            if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            front
        }
        Some(_) | None => file,
    };
    unnumbered.ends_with(IMPORTED)
}

/// Windows takes neither a dot at the end nor a device's name, whatever its case and extension.
fn is_ordinary(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars().all(plain)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !is_device(name)
        && !is_imported(&name.to_ascii_lowercase())
}

fn is_device(name: &str) -> bool {
    let stem = name
        .split_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") {
        return true;
    }
    let number = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    let mut number = number.unwrap_or_default().chars();
    matches!(
        (number.next(), number.next()),
        (Some('0'..='9' | '¹' | '²' | '³'), None)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nickname(text: &str) -> Nickname {
        Nickname::parse(text).expect("a valid name")
    }

    #[test]
    fn an_ordinary_nickname_is_its_own_file_name() {
        for name in [
            "x",
            "lanking",
            "王小明",
            "Zoë",
            "a.b-c_d",
            "CONNY",
            "COM10",
            "imported",
        ] {
            assert_eq!(file_name(&nickname(name)), name);
            assert_eq!(recipient(name), Some(nickname(name)));
        }
    }

    #[test]
    fn no_nickname_becomes_a_path_or_a_special_file() {
        for name in [
            "../x",
            "..",
            ".",
            "a/b",
            "/etc/passwd",
            "C:x",
            "CON",
            "nul.txt",
            "com1",
            "LPT²",
            ".hidden",
            "x.",
            "x.imported",
            "x.imported.2",
            "x.IMPORTED",
            "%41",
            "a*b",
            "🦔",
        ] {
            let nickname = nickname(name);
            let file = file_name(&nickname);
            assert!(
                file.bytes()
                    .all(|byte| byte == b'%' || byte.is_ascii_hexdigit()),
                "{name} became {file}"
            );
            assert_eq!(recipient(&file), Some(nickname.clone()));
        }
    }

    #[test]
    fn a_file_that_the_classic_program_named_belongs_to_the_name_as_it_stands() {
        assert_eq!(recipient("%zz"), Some(nickname("%zz")));
        assert_eq!(recipient("a'b"), Some(nickname("a'b")));
        assert_eq!(
            recipient("%41"),
            Some(nickname("%41")),
            "export would have written A"
        );
        assert_eq!(recipient("x (partial)"), None);
    }

    #[test]
    fn imported_files_are_known_by_their_end() {
        for (file, imported) in [
            ("x.imported", true),
            ("x.imported.2", true),
            ("x.imported.", false),
            ("imported", false),
            ("x.2", false),
        ] {
            assert_eq!(is_imported(file), imported, "{file}");
        }
    }
}
