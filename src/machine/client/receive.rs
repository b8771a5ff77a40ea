//! What comes in, from peers and from the server, but for what people write (`messages`).

use std::net::SocketAddr;
use std::time::Duration;

use super::lane::Outcome;
use super::limits::{NOTICES_MAX, PAGE_ANSWER_WAIT, PAGE_ROOM};
use super::outbox::{Confirmed, Which};
use super::roster::Kind;
use super::session::{Phase, ServerKind};
use super::types::{Event, LostCause, Session};
use super::{Client, Now};
use crate::machine::canonical;
use crate::protocol::limits::{DATAGRAM_MAX, NUMBER_END};
use crate::protocol::texts::{Said, said};
use crate::protocol::{
    Ack, Answer, Datagram, Expired, MailAnswer, Nickname, Receipt, RequestId, Seq, Stream, Style,
    Table, decode,
};

impl Client {
    pub(super) fn receive(&mut self, now: Now, from: SocketAddr, bytes: &[u8]) {
        let from = canonical(from);
        let datagram = match decode(bytes) {
            Ok(datagram) => datagram,
            Err(error) => return tracing::debug!(%from, %error, "dropped a datagram"),
        };
        let by_server = self.is_server(from);
        if by_server {
            self.hear_server(now);
        }
        match datagram {
            Datagram::Ack(ack) => self.on_ack(now, from, ack),
            Datagram::Chat { sender, text, part } if self.is_in() => {
                self.on_chat(now, from, &sender, &text, part)
            }
            Datagram::Table(table) if by_server => {
                // Another page follows a full one.
                let full = bytes.len() > DATAGRAM_MAX - PAGE_ROOM;
                let wait = if full {
                    PAGE_ANSWER_WAIT
                } else {
                    Duration::ZERO
                };
                self.on_table(now, from, table, now.mono + wait);
            }
            Datagram::Notification {
                text,
                offline,
                id,
                receipts,
                expired,
            } if by_server => {
                // What it tells is written down before the server forgets it.
                // A receipt is for all that its recipient need not wait for: what expired comes first.
                expired
                    .iter()
                    .for_each(|expired| self.on_expired(now, *expired));
                receipts
                    .iter()
                    .for_each(|receipt| self.on_receipt(now, *receipt));
                self.acknowledge(from, id);
                self.on_notification(now, (id, &text), offline);
            }
            Datagram::Typing { sender } if self.is_in() => self.on_typing(now, from, &sender),
            Datagram::Read { sender, mark } if self.is_in() => self.on_read(from, &sender, mark),
            Datagram::Verification { id, .. }
                if self.is_in() && (by_server || self.roster.name_at(from).is_some()) =>
            {
                self.acknowledge(from, id);
            }
            Datagram::Chat { .. }
            | Datagram::Typing { .. }
            | Datagram::Read { .. }
            | Datagram::Table(_)
            | Datagram::Notification { .. }
            | Datagram::Verification { .. }
            | Datagram::Reg { .. }
            | Datagram::Dereg { .. }
            | Datagram::Offline { .. } => {
                tracing::debug!(%from, "dropped a datagram that is not for a client")
            }
        }
    }

    pub(super) fn acknowledge(&mut self, to: SocketAddr, id: Option<RequestId>) {
        match id {
            Some(id) => {
                self.sink.send(
                    to,
                    &Datagram::Ack(Ack::Request {
                        id,
                        answer: Answer::Done,
                    }),
                    Style::Compact,
                );
            }
            None => self
                .sink
                .send(to, &Datagram::Ack(Ack::Plain), Style::Classic),
        }
    }

    fn on_ack(&mut self, now: Now, from: SocketAddr, ack: Ack) {
        let by_server = self.is_server(from);
        match ack {
            Ack::Plain if by_server => self.on_classic_ack(now),
            Ack::Plain => self.on_peer_ack(now, from),
            Ack::Request { id, answer } if by_server => self.on_answer(now, from, (id, answer)),
            Ack::Request { id, .. } => self.on_probe_answer(now, Stream(id.0)),
            Ack::Part {
                seq,
                receipt,
                attempt,
            } => self.on_part_ack(now, from, (seq, attempt), receipt),
            Ack::Mail {
                stream,
                seq,
                answer,
            } if by_server => self.on_mail_answer(now, stream, seq, answer),
            Ack::Read(mark) if self.is_in() => self.on_read_ack(now, from, mark),
            Ack::Read(_) | Ack::Mail { .. } | Ack::Table { .. } => {}
        }
    }

    /// A classic ack from a peer: the one message that is under way to it has arrived.
    fn on_peer_ack(&mut self, now: Now, from: SocketAddr) {
        let Some(peer) = self.roster.name_at(from).cloned() else {
            return;
        };
        if self
            .roster
            .entry(&peer)
            .is_some_and(|entry| entry.kind == Kind::Extended)
        {
            return;
        }
        self.roster.learn_kind(&peer, Kind::Classic);
        if let Some(outbound) = self.outbox.peers.get_mut(&peer) {
            outbound.end_probe();
            outbound.confirm_direct(now, &mut self.sink);
        }
        self.drive(now, Which::One(&peer));
    }

    /// A peer answered by number: it understands the extension.
    fn on_probe_answer(&mut self, now: Now, stream: Stream) {
        let Some(peer) = self.outbox.peer_of(stream).cloned() else {
            return;
        };
        self.learn_extended(&peer);
        self.drive(now, Which::One(&peer));
    }

    fn learn_extended(&mut self, peer: &Nickname) {
        self.roster.learn_kind(peer, Kind::Extended);
        if let Some(outbound) = self.outbox.peers.get_mut(peer) {
            outbound.end_probe();
        }
    }

    fn on_part_ack(
        &mut self,
        now: Now,
        from: SocketAddr,
        (seq, attempt): (Seq, u32),
        receipt: Receipt,
    ) {
        let Some(peer) = self.outbox.peer_of(receipt.stream).cloned() else {
            return;
        };
        if self
            .roster
            .entry(&peer)
            .is_none_or(|entry| entry.address != from)
        {
            return;
        }
        self.learn_extended(&peer);
        if let Some(outbound) = self.outbox.peers.get_mut(&peer) {
            outbound.measure(now.mono, seq, attempt);
        }
        self.confirm(now, &peer, receipt);
        if let Some(outbound) = self.outbox.peers.get_mut(&peer) {
            outbound.mark_early(seq, now.mono);
        }
        self.drive(now, Which::One(&peer));
    }

    /// The recipient's receipt came by way of the server.
    fn on_receipt(&mut self, now: Now, receipt: Receipt) {
        let Some(peer) = self.outbox.peer_of(receipt.stream).cloned() else {
            return;
        };
        self.confirm(now, &peer, receipt);
        self.drive(now, Which::One(&peer));
    }

    fn confirm(&mut self, now: Now, peer: &Nickname, receipt: Receipt) {
        match self.outbox.confirm(now, receipt, &mut self.sink) {
            Confirmed::AsSent => {}
            Confirmed::NeverSent => {
                let stream = Stream(self.rng.u64(..NUMBER_END));
                self.outbox.begin_anew(now, peer, stream, &mut self.sink);
            }
        }
    }

    /// The server gave mail up for which nobody came.
    fn on_expired(&mut self, now: Now, expired: Expired) {
        let Some(peer) = self.outbox.peer_of(expired.stream).cloned() else {
            return;
        };
        self.outbox.expire(now, expired, &mut self.sink);
        self.drive(now, Which::One(&peer));
    }

    fn on_mail_answer(&mut self, now: Now, stream: Stream, seq: Seq, answer: MailAnswer) {
        let Some(peer) = self.outbox.peer_of(stream).cloned() else {
            return;
        };
        self.outbox
            .on_mail_answer(now, (stream, seq), answer, &mut self.sink);
        if answer == MailAnswer::Unregistered {
            self.register_again(now);
        }
        self.drive(now, Which::One(&peer));
    }

    /// Tells the server how far the table is, when it is time.
    pub(super) fn answer_pages(&mut self, now: Now) {
        if let (Some(ack), Some(server)) = (self.roster.poll_answer(now.mono), self.server) {
            self.sink.send(server, &Datagram::Ack(ack), Style::Compact);
        }
    }

    fn on_table(&mut self, now: Now, from: SocketAddr, table: Table<'_>, answer_at: Duration) {
        let Phase::Online { kind, .. } = self.phase else {
            return match table {
                // A classic server's table can overtake nothing that the client waits for.
                Table::Whole(_) => self.acknowledge(from, None),
                // The server that was waited for is here.
                Table::Page(page) if self.roster.is_new(page.instance) => self.reconnect(now),
                Table::Page(_) => {}
            };
        };
        let changed = match (table, kind) {
            (Table::Whole(entries), ServerKind::Classic) => {
                self.acknowledge(from, None);
                self.roster.apply_whole(&entries)
            }
            (Table::Page(page), ServerKind::Extended) => {
                let before = self.roster.room().clone();
                let Some(changed) = self.roster.apply_page(page, answer_at) else {
                    return self.register_again(now);
                };
                let room = self.roster.room();
                if *room != before {
                    self.sink.tell(Event::Room(room.clone()));
                }
                self.answer_pages(now);
                changed
            }
            (Table::Whole(_), ServerKind::Extended) | (Table::Page(_), ServerKind::Classic) => {
                return;
            }
        };
        let own = changed
            .iter()
            .rfind(|contact| Some(&contact.nickname) == self.me.as_ref());
        let forgotten = own.is_some_and(|contact| !contact.online);
        let told = self.server_tells();
        for contact in &changed {
            if let (Some(outbound), Some(entry)) = (
                self.outbox.peers.get_mut(&contact.nickname),
                self.roster.entry(&contact.nickname),
            ) {
                outbound.wake(now.mono, entry, told);
            }
            self.reading.wake(&contact.nickname);
        }
        let peers: Vec<_> = changed
            .iter()
            .map(|contact| contact.nickname.clone())
            .collect();
        self.sink.tell(Event::Contacts(changed));
        peers
            .iter()
            .for_each(|peer| self.drive(now, Which::One(peer)));
        self.tell_seen(now);
        self.on_listed(now);
        if forgotten {
            self.register_again(now);
        }
    }

    fn on_notification(&mut self, now: Now, (id, text): (Option<RequestId>, &str), offline: bool) {
        match said(text) {
            Said::Welcome => {
                if let Phase::Registering(_) = self.phase {
                    self.go_online(now, ServerKind::Classic, None);
                }
            }
            Said::AlreadyOnline => {
                if let Phase::Registering(_) = self.phase {
                    self.end(now, Session::NameTaken);
                }
            }
            Said::Bye => {
                if let Phase::Leaving(_) = self.phase {
                    self.end(now, Session::SignedOut);
                }
            }
            Said::Saved => self.on_outcome(now, Outcome::Saved),
            Said::Exists(_) | Said::NotExisted(_) => self.on_outcome(now, Outcome::NotTaken),
            Said::Messages => {}
            Said::Down => {
                if self.is_in() {
                    self.lose_server(now, LostCause::Down);
                }
            }
            Said::Other if text.is_empty() || self.is_repeated(id) => {}
            Said::Other => {
                self.sink.tell(Event::Notice(text.to_owned()));
                if offline && self.is_in() {
                    self.end(now, Session::SignedOut);
                }
            }
        }
    }

    /// Whether a notice of that number was shown: its answer was lost, and it came again.
    fn is_repeated(&mut self, id: Option<RequestId>) -> bool {
        let Some(id) = id else { return false };
        if self.notices.contains(&id) {
            return true;
        }
        if self.notices.len() == NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(id);
        false
    }

    fn on_outcome(&mut self, now: Now, outcome: Outcome) {
        self.lane
            .on_outcome(now, outcome, &mut self.outbox, &mut self.sink);
        self.drive(now, Which::All);
    }
}
