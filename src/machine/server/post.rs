//! Mail that comes in: taken or refused, and answered when it is on disk.

use std::net::SocketAddr;

use super::mailroom::Full;
use super::members::Waiter;
use super::told::What;
use super::types::{Mail, MailId, Record};
use super::{Now, Server};
use crate::machine::Room;
use crate::protocol::limits::NUMBER_END;
use crate::protocol::parts::parts;
use crate::protocol::{
    Ack, Datagram, MailAnswer, Nickname, Part, Receipt, Seq, Stream, Style, texts,
};

impl Server {
    /// Mail of an extended sender: kept, confirmed when it is on disk, and handed over at once to
    /// somebody who is there.
    pub(super) fn on_mail(
        &mut self,
        now: Now,
        from: SocketAddr,
        pair: (Nickname, Nickname),
        part: Part,
        text: &str,
    ) {
        let ledger = &self.mailroom.ledger;
        if ledger.is_cut(now.mono, &pair.0, &part) && !ledger.is_done(&pair.0, &part) {
            // The sender gives the whole message up as soon as they know, unless it goes straight to its
            // recipient meanwhile. What is kept of it till then would wait for a rest that never comes;
            // unanswered, it is asked for again if it is still to be kept.
            return self.deliver_notices(now, &pair.0);
        }
        let answer = self.take_mail(now, from, &pair, part, text);
        let ack = Ack::Mail {
            stream: part.stream,
            seq: part.seq,
            answer,
        };
        self.sink.send(from, &Datagram::Ack(ack), Style::Compact);
        if answer == MailAnswer::Stored {
            self.deliver(now, &pair.1);
        }
    }

    fn take_mail(
        &mut self,
        now: Now,
        from: SocketAddr,
        (sender, recipient): &(Nickname, Nickname),
        part: Part,
        text: &str,
    ) -> MailAnswer {
        if self.addresses.get(&from) != Some(sender) {
            return MailAnswer::Unregistered;
        }
        if !self.members.contains_key(recipient) {
            return MailAnswer::Unknown;
        }
        if self
            .mailroom
            .sender_of(recipient, part.stream)
            .is_some_and(|other| other != sender)
        {
            return MailAnswer::Unknown;
        }
        // What its sender knows to be with the recipient need not be kept any more.
        let receipt = Receipt {
            stream: part.stream,
            below: part.lowest,
        };
        self.mailroom.learn_confirmed(recipient, receipt);
        for id in self.mailroom.below(recipient, receipt) {
            self.drop_mail(recipient, id);
        }
        self.record_passed(recipient, part.stream);
        if self.mailroom.ledger.is_done(sender, &part) {
            self.mailroom.ledger.recall(sender, &part);
            self.deliver_notices(now, sender);
            return MailAnswer::Stored;
        }
        if self.mailroom.holds(recipient, &part) {
            return MailAnswer::Stored;
        }
        if self.room == Room::Scarce {
            self.note_full(now, (sender, recipient));
            return MailAnswer::Full;
        }
        let mail = Mail {
            id: MailId(0),
            recipient: recipient.clone(),
            sender: sender.clone(),
            part: Part { attempt: 1, ..part },
            text: text.to_owned(),
            stored_ms: now.unix_ms,
        };
        match self.keep(now, mail) {
            Ok(()) => {
                self.record_passed(recipient, part.stream);
                MailAnswer::Stored
            }
            Err(Full) => {
                self.note_full(now, (sender, recipient));
                MailAnswer::Full
            }
        }
    }

    /// Keeps a part, and writes it down.
    fn keep(&mut self, now: Now, mail: Mail) -> Result<(), Full> {
        let mail = self.mailroom.keep(mail)?;
        self.totals.stored += 1;
        self.touch(&mail.recipient);
        self.diary.note(
            now,
            What::Stored {
                sender: mail.sender.clone(),
                recipient: mail.recipient.clone(),
                parts: 1,
            },
        );
        self.sink.persist(Record::Mail(mail));
        Ok(())
    }

    fn note_full(&mut self, now: Now, (sender, recipient): (&Nickname, &Nickname)) {
        self.diary.note(
            now,
            What::MailboxFull {
                sender: sender.clone(),
                recipient: recipient.clone(),
            },
        );
    }

    /// Mail of a classic sender. Its ack comes first, as from the classic server; whether it is
    /// kept, the notification tells.
    pub(super) fn on_classic_mail(
        &mut self,
        now: Now,
        from: SocketAddr,
        pair: (Nickname, Nickname),
        text: &str,
    ) {
        self.sink
            .send(from, &Datagram::Ack(Ack::Plain), Style::Classic);
        let (sender, recipient) = &pair;
        let known = self
            .members
            .get(sender)
            .is_some_and(|member| member.address == from && !member.removed);
        let here = self.addresses.get(&from);
        if !known || here.is_some_and(|here| here != sender) {
            return self.notify(from, texts::not_existed(sender.as_str()), false);
        }
        if !self.members.contains_key(recipient) {
            return self.say_to(now, from, texts::not_existed(recipient.as_str()));
        }
        if !self.addresses.contains_key(&from) {
            // Somebody who was taken for gone.
            self.welcome(now, from, sender.clone(), None);
        }
        // One at an address that the sender can't reach gets it from the server.
        if self.is_classic(recipient) && self.members[recipient].address.is_ipv4() {
            let (sender, text) = (sender.clone(), text.to_owned());
            self.check(now, recipient, Some(Waiter::Mail { from, sender, text }));
        } else {
            self.store_classic_mail(now, from, pair, text);
        }
    }

    /// Keeps a classic sender's mail in the stream that the server counts for it.
    pub(super) fn store_classic_mail(
        &mut self,
        now: Now,
        from: SocketAddr,
        pair: (Nickname, Nickname),
        text: &str,
    ) {
        let (sender, recipient) = pair.clone();
        let pieces = parts(text);
        let fresh = Stream(self.rng.u64(..NUMBER_END));
        let has_room = self.room == Room::Plenty
            && self
                .mailroom
                .has_room((&sender, &recipient), pieces.len(), text.len());
        let places = match has_room {
            true => self.mailroom.take_places(pair, pieces.len(), fresh),
            false => Err(Full),
        };
        let Ok((first, stream)) = places else {
            self.note_full(now, (&sender, &recipient));
            return self.say_to(now, from, format!("[The mailbox of {recipient} is full]"));
        };
        let count = pieces.len() as u32;
        let (written_ms, lowest) = (now.unix_ms, first);
        for (index, piece) in (1..).zip(pieces) {
            let seq = Seq(first.0 + u64::from(index) - 1);
            let part = Part {
                stream: stream.stream,
                seq,
                lowest,
                index,
                count,
                written_ms,
                attempt: 1,
            };
            let (sender, recipient, text) =
                (sender.clone(), recipient.clone(), text[piece].to_owned());
            let mail = Mail {
                id: MailId(0),
                recipient,
                sender,
                part,
                text,
                stored_ms: now.unix_ms,
            };
            // There is room: it was counted above.
            let _ = self.keep(now, mail);
        }
        self.sink.persist(Record::ClassicStream(stream));
        self.say_to(now, from, texts::SAVED.into());
        self.deliver(now, &recipient);
    }
}
