//! What others write: believed by where it comes from, written down, answered, shown.

use std::net::SocketAddr;

use super::inbox::Arrival;
use super::outbox::Which;
use super::roster::Kind;
use super::types::{Origin, Path};
use super::{Client, Now, Room};
use crate::protocol::{Ack, Datagram, Mark, Name, Nickname, Part, Receipt, Style, armour};

impl Client {
    /// A message is taken from the server, or from where the table says that its sender is.
    pub(super) fn on_chat(
        &mut self,
        now: Now,
        from: SocketAddr,
        sender: &Name<'_>,
        text: &str,
        part: Option<Part>,
    ) {
        let sender = sender.to_nickname();
        let path = if self.is_server(from) {
            Path::ViaServer
        } else if self.roster.name_at(from) == Some(&sender) {
            Path::Direct
        } else {
            return tracing::debug!(%from, %sender, "dropped a message from an address that is not its sender's");
        };
        if self.room == Room::Scarce && !part.is_some_and(|part| self.inbox.has(&part)) {
            return tracing::debug!(%sender, "a message found no room on the disk");
        }
        match (part, path) {
            (Some(part), _) => self.on_part(now, from, &sender, part, (text, path)),
            (None, Path::ViaServer) => {
                match armour::unwrap(text) {
                    Some((part, text)) => self.on_armoured(now, &sender, part, text),
                    None => self.show(now, sender, text, (None, path), None),
                }
                self.acknowledge(from, None);
            }
            (None, Path::Direct) => {
                if self
                    .roster
                    .entry(&sender)
                    .is_some_and(|entry| entry.kind == Kind::Unknown)
                {
                    self.roster.learn_kind(&sender, Kind::Classic);
                }
                self.show(now, sender, text, (None, path), None);
                self.acknowledge(from, None);
            }
        }
    }

    fn on_part(
        &mut self,
        now: Now,
        from: SocketAddr,
        sender: &Nickname,
        part: Part,
        (text, path): (&str, Path),
    ) {
        let receipt = self.take_in(now, sender, part, (text, path));
        if let Some(receipt) = receipt {
            self.sink.send(
                from,
                &Datagram::Ack(Ack::Part {
                    seq: part.seq,
                    receipt,
                    attempt: part.attempt,
                }),
                Style::Compact,
            );
        }
        if path == Path::Direct {
            self.on_sign_of_life(now, sender);
        }
    }

    /// A part that came through a classic server, which passes no receipt on: its sender is told
    /// straight, if it is there.
    fn on_armoured(&mut self, now: Now, sender: &Nickname, part: Part, text: &str) {
        let receipt = self.take_in(now, sender, part, (text, Path::ViaServer));
        if let (Some(receipt), Some(entry)) = (receipt, self.roster.entry(sender))
            && entry.online
            && entry.kind == Kind::Extended
        {
            let ack = Datagram::Ack(Ack::Part {
                seq: part.seq,
                receipt,
                attempt: part.attempt,
            });
            self.sink.send(entry.address, &ack, Style::Compact);
        }
    }

    /// Writes a part down, and what has become whole with it; what it answers goes out behind that.
    fn take_in(
        &mut self,
        now: Now,
        from: &Nickname,
        part: Part,
        (text, path): (&str, Path),
    ) -> Option<Receipt> {
        let arrival = Arrival {
            from,
            part,
            text,
            path,
        };
        let taken = self.inbox.take(now.mono, arrival);
        taken
            .records
            .into_iter()
            .for_each(|record| self.sink.persist(record));
        for message in taken.messages {
            let origin = (Some(message.written_ms), message.path);
            let mark = Some(message.mark);
            self.show(now, from.clone(), &message.text, origin, mark);
        }
        taken.receipt
    }

    fn show(
        &mut self,
        now: Now,
        from: Nickname,
        text: &str,
        (written_ms, path): (Option<i64>, Path),
        mark: Option<Mark>,
    ) {
        self.typing.came(&from);
        let origin = Origin::Theirs { written_ms, path };
        self.add_line(now, from, text.to_owned(), origin, mark);
    }

    /// Somebody who sends can be reached: what is parked for them is tried again.
    fn on_sign_of_life(&mut self, now: Now, peer: &Nickname) {
        self.roster.learn_kind(peer, Kind::Extended);
        let told = self.server_tells();
        let (Some(outbound), Some(entry)) =
            (self.outbox.peers.get_mut(peer), self.roster.entry(peer))
        else {
            return;
        };
        if entry.online {
            outbound.wake(now.mono, entry, told);
            self.drive(now, Which::One(peer));
        }
    }
}
