//! A line's text made ready for drawing: folded if it is long, with its links found. What the
//! characters themselves look like is decided in [`crate::app::text`].

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};

use crate::app::text;

/// Lines and characters of a text that are shown before "Show all". A longer one would push all
/// others out of sight.
const FOLD_LINES: usize = 40;
const FOLD_CHARS: usize = 4000;

/// Links of one text that can be followed; the rest is text. Nobody writes more, and each is a thing
/// for a screen reader.
const LINKS_MAX: usize = 100;

/// A text ready for drawing.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    pub shown: String,
    pub fold: Fold,
    /// In their order.
    pub links: Vec<Link>,
}

/// Whether a part of a text is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// It is not long.
    None,
    /// It has so many lines, and some are hidden.
    Lines(usize),
    /// Some of it is hidden.
    Some,
    /// It is long and shown whole.
    Open,
}

/// A link in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands, in bytes and in characters.
    pub bytes: Range<usize>,
    pub chars: Range<usize>,
    /// What is opened.
    pub url: String,
    /// Where it leads: the host of a page, the address of a person.
    pub host: String,
    /// The host has letters that look like others, perhaps.
    pub foreign: bool,
}

impl Text {
    /// Makes what somebody wrote ready, to be shown whole or folded.
    pub fn new(written: &str, unfolded: bool) -> Self {
        let mut shown = text::visible(written);
        let (end, fold) = match end_of_folded(&shown) {
            None => (shown.len(), Fold::None),
            Some(_) if unfolded => (shown.len(), Fold::Open),
            Some(end) => match lines(&shown) {
                lines if lines > FOLD_LINES => (end, Fold::Lines(lines)),
                _ => (end, Fold::Some),
            },
        };
        let is_cut = end < shown.len();
        shown.truncate(end);
        let mut links = links(&shown);
        if is_cut {
            // One that is cut leads elsewhere.
            links.pop_if(|link| link.bytes.end == end);
            shown.push('…');
        }
        Self { shown, fold, links }
    }

    /// Characters that can be selected: all but the ellipsis of a folded text.
    pub fn chars(&self) -> usize {
        let chars = self.shown.chars().count();
        match self.fold {
            Fold::None | Fold::Open => chars,
            Fold::Lines(_) | Fold::Some => chars.saturating_sub(1),
        }
    }
}

fn lines(shown: &str) -> usize {
    shown.bytes().filter(|&byte| byte == b'\n').count() + 1
}

/// Where a long text is cut, in bytes; `None`: it is not long.
fn end_of_folded(shown: &str) -> Option<usize> {
    let by_lines = shown.match_indices('\n').nth(FOLD_LINES - 1);
    let by_chars = shown.char_indices().nth(FOLD_CHARS);
    let ends = [by_lines.map(|(end, _)| end), by_chars.map(|(end, _)| end)];
    ends.into_iter().flatten().min()
}

/// Pages (`https`, `http`, and `www.` for short) and people (an e-mail address): nothing that opens a
/// file or runs a program. A host whose last part is not ASCII stays text: such words are rarely meant as
/// one.
fn links(shown: &str) -> Vec<Link> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let (mut links, mut bytes, mut chars) = (Vec::new(), 0, 0);
    for found in finder.links(shown) {
        let Some((url, host)) = target(found.kind(), found.as_str()) else {
            continue;
        };
        chars += shown[bytes..found.start()].chars().count();
        let start = chars;
        chars += found.as_str().chars().count();
        bytes = found.end();
        links.push(Link {
            bytes: found.start()..found.end(),
            chars: start..chars,
            url,
            foreign: !host.is_ascii(),
            host,
        });
        if links.len() == LINKS_MAX {
            break;
        }
    }
    links
}

/// What is opened, and where that leads; `None`: it is only text.
fn target(kind: &LinkKind, written: &str) -> Option<(String, String)> {
    if matches!(kind, LinkKind::Email) {
        return Some((format!("mailto:{written}"), written.to_owned()));
    }
    let starts = |with: &str| {
        let start = written.get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    if starts("https://") || starts("http://") {
        Some((written.to_owned(), host(written)?))
    } else if starts("www.") {
        let url = format!("https://{written}");
        let host = host(&url)?;
        Some((url, host))
    } else {
        None
    }
}

/// The host of a page, as a browser reads it: what stands before an `@` is a name to sign in with, and
/// a `\` ends the host as a `/` does.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    let (_, at) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = at.split(':').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole() {
        let text = Text::new("a\nb", false);
        assert_eq!((text.shown.as_str(), text.fold), ("a\nb", Fold::None));
        assert_eq!(text.chars(), 3);
    }

    #[test]
    fn a_long_text_is_folded_until_asked() {
        let lines = "x\n".repeat(16 * 1024);
        let folded = Text::new(&lines, false);
        assert_eq!(folded.shown.lines().count(), FOLD_LINES);
        assert_eq!(folded.fold, Fold::Lines(16 * 1024 + 1));
        assert_eq!(folded.chars() + 1, folded.shown.chars().count());
        let open = Text::new(&lines, true);
        assert_eq!((open.shown, open.fold), (lines, Fold::Open));
        let word = Text::new(&"明".repeat(FOLD_CHARS + 1), false);
        assert_eq!(word.fold, Fold::Some);
        assert_eq!(word.chars(), FOLD_CHARS);
    }

    #[test]
    fn pages_and_people_are_links_and_nothing_else() {
        for (written, url, host) in [
            (
                "see https://example.org/a(b).",
                "https://example.org/a(b)",
                "example.org",
            ),
            ("HTTP://example.org", "HTTP://example.org", "example.org"),
            (
                "(www.example.org)",
                "https://www.example.org",
                "www.example.org",
            ),
            (
                "amy@example.org, hi",
                "mailto:amy@example.org",
                "amy@example.org",
            ),
            (
                "https://bank.example@evil.example/x",
                "https://bank.example@evil.example/x",
                "evil.example",
            ),
            ("http://10.0.0.7:80/x", "http://10.0.0.7:80/x", "10.0.0.7"),
            (
                "看https://例子.example/路",
                "https://例子.example/路",
                "例子.example",
            ),
        ] {
            let links = Text::new(written, false).links;
            assert_eq!(links.len(), 1, "{written}");
            assert_eq!(
                (links[0].url.as_str(), links[0].host.as_str()),
                (url, host),
                "{written}"
            );
            assert_eq!(links[0].foreign, !host.is_ascii());
        }
        for written in [
            "file:///etc/passwd",
            "file://host/share/run.exe",
            "file://www.example.org/x",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://host/share",
            "main.rs and 10.0.0.1:50000",
            "https://",
            "https://例子.测试",
        ] {
            assert_eq!(Text::new(written, false).links, [], "{written}");
        }
    }

    #[test]
    fn where_a_link_stands_is_exact_in_any_script() {
        let text = Text::new("你好 https://a.example 🙂 www.b.example", false);
        for link in &text.links {
            let bytes = &text.shown[link.bytes.clone()];
            let chars: String = text.shown.chars().skip(link.chars.start).collect();
            assert!(chars.starts_with(bytes), "{bytes}");
            assert_eq!(bytes.chars().count(), link.chars.len());
        }
        assert_eq!(text.links.len(), 2);
    }

    #[test]
    fn a_link_is_what_is_seen_of_it() {
        let text = Text::new("https://good.example/\u{202e}gro.live", false);
        assert_eq!(text.links[0].url, "https://good.example/");
        let cut = format!("{}https://a.example/", "x ".repeat(FOLD_CHARS / 2 - 4));
        assert_eq!(Text::new(&cut, false).links, [], "a part of it is hidden");
        assert_eq!(Text::new(&cut, true).links.len(), 1);
    }
}
