//! What is worth a notification, and when. What is looked at is not; what comes in bursts is told
//! together. Showing is the driver's; this decides, and is given the time.

use std::collections::{BTreeMap, VecDeque};

use super::language::{Language, Sentence};
use super::{Nickname, Now, Settings, text};
use crate::driver::desktop::{Note, Order};

/// Between two notifications, in milliseconds: whatever comes meanwhile is told together. Nobody reads
/// faster, and a flood of messages is none of pop-ups.
const PAUSE_MS: i64 = 1000;

/// People with news that are remembered. At the limit those whose news are oldest go: what is unread
/// stands in the list of people, too.
const PEOPLE_MAX: usize = 8;

/// Texts that one notification shows; the newest stay.
const TEXTS_MAX: usize = 3;

/// Longest text in a notification, in characters: what a pop-up of three lines holds.
const TEXT_MAX: usize = 140;

/// What the user is looking at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watching {
    /// Another window.
    Away,
    /// This window, but no conversation.
    Window,
    /// The selected conversation.
    #[default]
    Talk,
}

/// What came in unseen, and how far it was told.
#[derive(Debug, Default)]
pub struct Attention {
    pub(super) watching: Watching,
    news: BTreeMap<Nickname, News>,
    /// When the last notification was given, in Unix milliseconds.
    last_ms: Option<i64>,
    calls: bool,
}

/// What came in from one person since the conversation was last seen.
#[derive(Debug, Default)]
struct News {
    lines: u64,
    texts: VecDeque<String>,
    /// When the first that was not told came in; `None`: all was.
    since_ms: Option<i64>,
    /// When the last came in.
    last_ms: i64,
    is_up: bool,
}

impl Attention {
    /// Something came in unseen since the window was last looked at: the desktop may point at it.
    pub fn calls(&self) -> bool {
        self.calls
    }

    pub(super) fn watch(&mut self, watching: Watching) {
        self.watching = watching;
        if watching != Watching::Away {
            self.calls = false;
        }
    }

    /// A text of this person came in. `in_front`: theirs is the selected conversation.
    pub(super) fn on_text(
        &mut self,
        now: Now,
        settings: &Settings,
        (peer, text): (&Nickname, &str),
        in_front: bool,
    ) {
        if settings.do_not_disturb || (in_front && self.watching == Watching::Talk) {
            return;
        }
        self.calls |= self.watching == Watching::Away;
        if !settings.notifications {
            return;
        }
        let news = self.news.entry(peer.clone()).or_default();
        news.lines += 1;
        news.since_ms.get_or_insert(now.unix_ms);
        news.last_ms = now.unix_ms;
        news.texts.push_back(text::beginning(text, TEXT_MAX));
        if news.texts.len() > TEXTS_MAX {
            news.texts.pop_front();
        }
    }

    /// When a notification is due, in Unix milliseconds; `None`: there is none to give.
    pub(super) fn due_ms(&self) -> Option<i64> {
        let first = self.news.values().filter_map(|news| news.since_ms).min()?;
        let paused = self
            .last_ms
            .map_or(first, |last| last.saturating_add(PAUSE_MS));
        Some(first.max(paused))
    }

    /// What the desktop is to do now. `unread`: how many lines of somebody are.
    pub(super) fn orders(
        &mut self,
        now: Now,
        settings: &Settings,
        language: Language,
        unread: impl Fn(&Nickname) -> usize,
    ) -> Vec<Order> {
        let mut orders = Vec::new();
        let gone: Vec<_> = self
            .news
            .keys()
            .filter(|peer| unread(peer) == 0)
            .cloned()
            .collect();
        for peer in gone {
            self.forget(&peer, &mut orders);
        }
        while self.news.len() > PEOPLE_MAX {
            let oldest = self.news.iter().min_by_key(|(_, news)| news.last_ms);
            let Some(peer) = oldest.map(|(peer, _)| peer.clone()) else {
                break;
            };
            self.forget(&peer, &mut orders);
        }
        let last = self.last_ms.unwrap_or(i64::MIN);
        // A clock that was set back ends the pause, too.
        if (last..last.saturating_add(PAUSE_MS)).contains(&now.unix_ms) {
            return orders;
        }
        let waiting = self
            .news
            .iter_mut()
            .filter(|(_, news)| news.since_ms.is_some());
        if let Some((peer, news)) = waiting.min_by_key(|(_, news)| news.since_ms) {
            news.since_ms = None;
            news.is_up = true;
            self.last_ms = Some(now.unix_ms);
            orders.push(Order::Show(note(peer, news, settings, language)));
        }
        orders
    }

    fn forget(&mut self, peer: &Nickname, orders: &mut Vec<Order>) {
        if self.news.remove(peer).is_some_and(|news| news.is_up) {
            orders.push(Order::Withdraw(peer.clone()));
        }
    }

    /// Nothing is to be told any more.
    pub(super) fn end(&mut self) -> Vec<Order> {
        let mut orders = Vec::new();
        for peer in self.news.keys().cloned().collect::<Vec<_>>() {
            self.forget(&peer, &mut orders);
        }
        orders
    }
}

fn note(peer: &Nickname, news: &News, settings: &Settings, language: Language) -> Note {
    let count = Sentence::new("desk-note-count").count("lines", news.lines);
    let (title, body) = match (settings.notification_text, news.lines) {
        (true, 1) => (peer.to_string(), joined(&news.texts)),
        (true, _) => {
            let title = Sentence::new("desk-note-title");
            let title = title.with("peer", peer).quote("count", count);
            (title.say(language), joined(&news.texts))
        }
        (false, _) => (peer.to_string(), count.say(language)),
    };
    Note {
        peer: peer.clone(),
        title,
        body,
        open: language.say("desk-note-open"),
        sound: settings.sounds,
    }
}

fn joined(texts: &VecDeque<String>) -> String {
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    texts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Zone;

    #[test]
    fn what_is_looked_at_is_not_told() {
        let mut attention = Attention::default();
        let chosen = Settings::default();
        attention.on_text(at(0), &chosen, (&name("sonic"), "hi"), true);
        assert_eq!(shown(&mut attention, 0), []);
        attention.on_text(at(0), &chosen, (&name("tails"), "behind"), false);
        assert_eq!(
            shown(&mut attention, 0),
            [("tails".into(), "behind".into())]
        );
        assert!(!attention.calls(), "the window is in front");
        attention.watch(Watching::Window);
        attention.on_text(at(5000), &chosen, (&name("sonic"), "page"), true);
        assert_eq!(
            shown(&mut attention, 5000),
            [("sonic".into(), "page".into())]
        );
        attention.watch(Watching::Away);
        attention.on_text(at(9000), &chosen, (&name("sonic"), "away"), true);
        assert!(attention.calls());
        attention.watch(Watching::Window);
        assert!(!attention.calls());
    }

    #[test]
    fn a_burst_is_told_together_and_at_most_once_a_second() {
        let mut attention = away();
        let chosen = Settings::default();
        for n in 0..1000 {
            let text = format!("line {n}");
            attention.on_text(at(n), &chosen, (&name("sonic"), &text), true);
            let seen = shown(&mut attention, n);
            assert_eq!(!seen.is_empty(), n == 0, "{n}: {seen:?}");
        }
        assert_eq!(attention.due_ms(), Some(1000));
        let body = "line 997\nline 998\nline 999";
        let expected = ("sonic · 1000 new messages".to_owned(), body.to_owned());
        assert_eq!(shown(&mut attention, 1000), [expected]);
        assert_eq!(attention.due_ms(), None);
        assert_eq!(shown(&mut attention, 5000), [], "once");
    }

    #[test]
    fn a_crowd_of_strangers_is_no_flood_and_takes_no_room() {
        let mut attention = away();
        let chosen = Settings::default();
        let mut count = 0;
        for n in 0..500 {
            let stranger = name(&format!("n{n}"));
            attention.on_text(at(n * 10), &chosen, (&stranger, "spam"), false);
            count += shown(&mut attention, n * 10).len();
            assert!(attention.news.len() <= PEOPLE_MAX);
        }
        assert_eq!(count, 5);
    }

    #[test]
    fn what_was_read_is_taken_down() {
        let mut attention = away();
        let chosen = Settings::default();
        attention.on_text(at(0), &chosen, (&name("sonic"), "hi"), true);
        assert_eq!(shown(&mut attention, 0).len(), 1);
        let orders = attention.orders(at(1), &chosen, Language::English, |_| 0);
        assert_eq!(orders, [Order::Withdraw(name("sonic"))]);
        // What was read before it was told never is.
        attention.on_text(at(2), &chosen, (&name("sonic"), "hi"), true);
        let orders = attention.orders(at(5000), &chosen, Language::English, |_| 0);
        assert_eq!(orders, []);
    }

    #[test]
    fn the_settings_silence_it() {
        let quiet = Settings {
            do_not_disturb: true,
            ..Settings::default()
        };
        let mut attention = away();
        attention.on_text(at(0), &quiet, (&name("sonic"), "hi"), true);
        assert_eq!(
            (shown(&mut attention, 0).len(), attention.calls()),
            (0, false)
        );
        let none = Settings {
            notifications: false,
            ..Settings::default()
        };
        attention.on_text(at(0), &none, (&name("sonic"), "hi"), true);
        assert_eq!(
            (shown(&mut attention, 0).len(), attention.calls()),
            (0, true)
        );

        let private = Settings {
            notification_text: false,
            ..Settings::default()
        };
        attention.on_text(at(0), &private, (&name("sonic"), "secret"), true);
        let orders = attention.orders(at(0), &private, Language::English, |_| 1);
        let [Order::Show(note)] = &orders[..] else {
            panic!("{orders:?}");
        };
        assert_eq!(
            (note.title.as_str(), note.body.as_str()),
            ("sonic", "1 new message")
        );
        assert!(!note.sound, "unless it is wanted");
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_up() {
        let mut attention = away();
        let chosen = Settings::default();
        attention.on_text(at(1_000_000), &chosen, (&name("sonic"), "hi"), true);
        assert_eq!(shown(&mut attention, 1_000_000).len(), 1);
        attention.on_text(at(10), &chosen, (&name("sonic"), "hi"), true);
        assert_eq!(shown(&mut attention, 10).len(), 1);
    }

    fn away() -> Attention {
        let mut attention = Attention::default();
        attention.watch(Watching::Away);
        attention
    }

    /// Title and text of what is shown now, all being unread.
    fn shown(attention: &mut Attention, unix_ms: i64) -> Vec<(String, String)> {
        let orders = attention.orders(at(unix_ms), &Settings::default(), Language::English, |_| 1);
        let shown = orders.into_iter().filter_map(|order| match order {
            Order::Show(note) => Some((note.title, note.body)),
            Order::Withdraw(_) | Order::Tray(_) => None,
        });
        shown.collect()
    }

    fn at(unix_ms: i64) -> Now {
        Now {
            unix_ms,
            zone: Zone::UTC,
        }
    }

    fn name(nickname: &str) -> Nickname {
        Nickname::parse(nickname).expect("a test's name is valid")
    }
}
