//! Speaking with classic clients: one datagram, its ack or 500 ms, then the next.

use std::collections::VecDeque;

use super::limits::*;
use super::members::{ClassicLink, Flight, Link, Word};
use super::presence::session_mut;
use super::types::{HeldReceipt, Mail, MailId};
use super::{Now, Server};
use crate::protocol::limits::CLASSIC_DATAGRAM_MAX;
use crate::protocol::parts::split;
use crate::protocol::{Datagram, Nickname, Receipt, Style, encode};

impl Server {
    fn classic_link(&mut self, nickname: &Nickname) -> Option<&mut ClassicLink> {
        match &mut session_mut(&mut self.members, nickname)?.link {
            Link::Classic(link) => Some(link),
            Link::Extended(_) => None,
        }
    }

    /// Says a word to a classic member, in its turn. Answers whether it is to come to that: the member is
    /// there, and not too much waits for it.
    pub(super) fn say(&mut self, now: Now, nickname: &Nickname, word: Word) -> bool {
        let Some(link) = self.classic_link(nickname) else {
            return false;
        };
        let taken = link.say(word);
        self.classic_next(now, nickname);
        self.reschedule(nickname);
        taken
    }

    /// Sends the next word when the last one is settled.
    fn classic_next(&mut self, now: Now, nickname: &Nickname) {
        while let Some(link) = self.classic_link(nickname)
            && link.flight.is_none()
        {
            let Some(word) = link.queue.pop_front() else {
                return;
            };
            let until = now.mono + CLASSIC_WAIT;
            let verifies = word == Word::Verification;
            let settled = Flight {
                until,
                mail: Vec::new(),
                rest: VecDeque::new(),
                sender: None,
                verifies,
            };
            match word {
                Word::Mail => self.next_mail(now, nickname, settled),
                Word::Notification { text, offline } => {
                    let (text, id, receipts) = (text.into(), None, Vec::new());
                    self.fly(
                        nickname,
                        &Datagram::Notification {
                            text,
                            offline,
                            id,
                            receipts,
                            expired: Vec::new(),
                        },
                        settled,
                    );
                }
                Word::Verification => self.fly(
                    nickname,
                    &Datagram::Verification {
                        id: None,
                        token: None,
                    },
                    settled,
                ),
                Word::Table => {
                    let bytes = self.classic_table();
                    let address = self.members[nickname].address;
                    self.sink.send_bytes(address, bytes);
                    self.take_off(nickname, settled);
                }
            }
        }
    }

    fn fly(&mut self, nickname: &Nickname, datagram: &Datagram<'_>, flight: Flight) {
        let address = self.members[nickname].address;
        self.sink.send(address, datagram, Style::Classic);
        self.take_off(nickname, flight);
    }

    fn take_off(&mut self, nickname: &Nickname, flight: Flight) {
        if let Some(link) = self.classic_link(nickname) {
            link.flight = Some(flight);
        }
    }

    /// Sends the oldest whole message, in as many pieces as a classic datagram needs.
    fn next_mail(&mut self, now: Now, nickname: &Nickname, flight: Flight) {
        let Some(parts) = self.mailroom.next_message(nickname) else {
            return;
        };
        let mail: Vec<MailId> = parts.iter().map(|mail| mail.id).collect();
        let first = parts[0];
        let sender = first.sender.clone();
        let own = self.mailroom.is_own(&sender, nickname, first.part.stream);
        let time = local_time(first.shown_ms(own), now.utc_offset_s);
        let text: String = parts.iter().map(|mail| mail.text.as_str()).collect();
        let empty = Datagram::Chat {
            sender: sender.name(),
            text: "".into(),
            part: None,
        };
        let overhead = encode(&empty, Style::Classic).len() + time.len();
        let pieces = split(&text, CLASSIC_DATAGRAM_MAX - overhead, Style::Classic);
        let rest = pieces
            .into_iter()
            .map(|piece| format!("{time}{}", &text[piece]))
            .collect();
        self.next_piece(
            nickname,
            Flight {
                mail,
                rest,
                sender: Some(sender),
                ..flight
            },
        );
    }

    fn next_piece(&mut self, nickname: &Nickname, mut flight: Flight) {
        let (Some(sender), Some(text)) = (flight.sender.clone(), flight.rest.pop_front()) else {
            return;
        };
        self.fly(
            nickname,
            &Datagram::Chat {
                sender: sender.name(),
                text: text.into(),
                part: None,
            },
            flight,
        );
    }

    /// A classic member acked what it was sent last.
    pub(super) fn on_classic_ack(&mut self, now: Now, nickname: &Nickname) {
        let Some(link) = self.classic_link(nickname) else {
            return;
        };
        link.misses = 0;
        let Some(flight) = link.flight.take() else {
            return;
        };
        if !flight.rest.is_empty() {
            return self.next_piece(
                nickname,
                Flight {
                    until: now.mono + CLASSIC_WAIT,
                    ..flight
                },
            );
        }
        if !flight.mail.is_empty() {
            self.classic_confirmed(now, nickname, &flight.mail);
            self.say(now, nickname, Word::Mail);
        }
        self.classic_next(now, nickname);
    }

    /// A classic recipient has a message: it is no longer kept, and its sender is told.
    fn classic_confirmed(&mut self, now: Now, nickname: &Nickname, mail: &[MailId]) {
        for id in mail {
            let Some(mail) = self.drop_mail(nickname, *id) else {
                continue;
            };
            let Mail { part, sender, .. } = mail;
            let receipt = Receipt {
                stream: part.stream,
                below: part.seq.next(),
            };
            self.mailroom.learn_confirmed(nickname, receipt);
            self.record_passed(nickname, part.stream);
            self.on_handed_over(now, (&sender, nickname), 1);
            self.hold_receipt(now, HeldReceipt { sender, receipt }, nickname);
        }
    }

    /// No ack in time. What was said is not repeated, as in the classic program; mail stays.
    pub(super) fn classic_timeout(&mut self, now: Now, nickname: &Nickname) {
        let Some(link) = self.classic_link(nickname) else {
            return;
        };
        let Some(flight) = &link.flight else { return };
        if flight.until > now.mono {
            return;
        }
        let (mail, verifies) = (!flight.mail.is_empty(), flight.verifies);
        link.flight = None;
        link.misses += 1;
        let doubt = link.misses >= 2 || mail;
        if mail {
            link.say(Word::Mail);
        }
        if verifies {
            self.on_classic_silence(now, nickname);
        } else if doubt {
            self.check(now, nickname, None);
        }
        self.classic_next(now, nickname);
    }
}

/// `YYYY-MM-DD HH:MM:SS `, as it stands in front of stored mail.
fn local_time(unix_ms: i64, utc_offset_s: i32) -> String {
    let local = unix_ms.saturating_add(i64::from(utc_offset_s) * 1000);
    let time = chrono::DateTime::from_timestamp_millis(local).unwrap_or_default();
    time.format("%Y-%m-%d %H:%M:%S ").to_string()
}
