//! Mail on its way: taken in, kept, handed over, confirmed, and its sender told.

use std::net::SocketAddr;

use super::limits::*;
use super::mailroom::Full;
use super::members::{ExtendedLink, Link, ReceiptFlight, Retry, Waiter, Word};
use super::presence::session_mut;
use super::types::{HeldReceipt, Mail, MailId, Record};
use super::{Now, Server};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::parts::parts;
use crate::protocol::{
    Ack, Datagram, MailAnswer, Nickname, Part, RECEIPTS_MAX, Receipt, RequestId, Seq, Stream,
    Style, texts,
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
        if self.mailroom.is_confirmed(sender, &part) {
            self.deliver_receipts(now, sender);
            return MailAnswer::Stored;
        }
        if self.mailroom.holds(recipient, &part) {
            return MailAnswer::Stored;
        }
        let mail = Mail {
            id: MailId(0),
            recipient: recipient.clone(),
            sender: sender.clone(),
            part,
            text: text.to_owned(),
            stored_ms: now.unix_ms,
        };
        match self.mailroom.keep(mail) {
            Ok(mail) => {
                self.sink.persist(Record::Mail(mail));
                MailAnswer::Stored
            }
            Err(_) => MailAnswer::Full,
        }
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
            .is_some_and(|member| member.address == from);
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
        if self.is_classic(recipient) {
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
        let size = text.len() + pieces.len() * MAIL_OVERHEAD;
        let fresh = Stream(self.rng.u64(..NUMBER_END));
        let places = match self.mailroom.has_room(&recipient, size) {
            true => self.mailroom.take_places(pair, pieces.len(), fresh),
            false => Err(Full),
        };
        let Ok((first, stream)) = places else {
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
            if let Ok(mail) = self.mailroom.keep(mail) {
                self.sink.persist(Record::Mail(mail));
            }
        }
        self.sink.persist(Record::ClassicStream(stream));
        self.say_to(now, from, texts::SAVED.into());
        self.deliver(now, &recipient);
    }

    /// Hands over what is kept for somebody who is online.
    pub(super) fn deliver(&mut self, now: Now, recipient: &Nickname) {
        if self.is_classic(recipient) {
            if self.mailroom.next_message(recipient).is_some() {
                self.say(now, recipient, Word::Mail);
            }
            return;
        }
        let Some(link) = extended_link(&mut self.members, recipient) else {
            return;
        };
        let waiting = link.mail.values().filter(|retry| !retry.settled).count();
        let room = MAIL_FLIGHT_MAX.saturating_sub(waiting);
        if room == 0 {
            return;
        }
        let window = self.mailroom.window(recipient, MAIL_WINDOW);
        let next = window
            .into_iter()
            .filter(|id| !link.mail.contains_key(id))
            .take(room);
        let next: Vec<_> = next.collect();
        for id in next {
            if let Some(link) = extended_link(&mut self.members, recipient) {
                link.mail.insert(id, Retry::first(now.mono));
            }
            self.send_mail(recipient, id);
        }
        self.reschedule(recipient);
    }

    fn send_mail(&mut self, recipient: &Nickname, id: MailId) {
        let Some(mail) = self.mailroom.get(recipient, id) else {
            return;
        };
        let Some(address) = self.members.get(recipient).map(|member| member.address) else {
            return;
        };
        let lowest = self.mailroom.lowest(recipient, mail).min(mail.part.seq);
        let part = Part {
            lowest,
            ..mail.part
        };
        let chat = Datagram::Chat {
            sender: mail.sender.name(),
            text: mail.text.as_str().into(),
            part: Some(part),
        };
        self.sink.send(address, &chat, Style::Compact);
    }

    /// An extended recipient confirmed mail: it is no longer kept, and its sender is told.
    pub(super) fn on_mail_ack(
        &mut self,
        now: Now,
        recipient: &Nickname,
        seq: Seq,
        receipt: Receipt,
    ) {
        self.mailroom.learn_confirmed(recipient, receipt);
        let confirmed = self.mailroom.below(recipient, receipt);
        let gone = confirmed
            .into_iter()
            .filter_map(|id| self.drop_mail(recipient, id));
        let sender = gone.last().map(|mail| mail.sender);
        if let Some(id) = self.mailroom.id_of(recipient, receipt.stream, seq)
            && let Some(retry) =
                extended_link(&mut self.members, recipient).and_then(|link| link.mail.get_mut(&id))
        {
            // It has arrived, but waits for an earlier one.
            *retry = Retry {
                tries: 1,
                next: now.mono + EARLY_WAIT,
                settled: true,
            };
        }
        if let Some(sender) = sender {
            self.hold_receipt(now, HeldReceipt { sender, receipt }, recipient);
        }
        self.deliver(now, recipient);
    }

    /// Lets go of mail that its recipient has.
    fn drop_mail(&mut self, recipient: &Nickname, id: MailId) -> Option<Mail> {
        let mail = self.mailroom.remove(recipient, id)?;
        self.sink.persist(Record::MailRemoved(id));
        if let Some(link) = extended_link(&mut self.members, recipient) {
            link.mail.remove(&id);
        }
        Some(mail)
    }

    /// Keeps a receipt until its sender has it.
    pub(super) fn hold_receipt(&mut self, now: Now, held: HeldReceipt, recipient: &Nickname) {
        if self
            .mailroom
            .is_own(&held.sender, recipient, held.receipt.stream)
            || !self.mailroom.hold_receipt(&held)
        {
            return;
        }
        let sender = held.sender.clone();
        self.sink.persist(Record::Receipt(held));
        self.deliver_receipts(now, &sender);
    }

    /// Tells a sender who is online what its recipients have.
    pub(super) fn deliver_receipts(&mut self, now: Now, sender: &Nickname) {
        let id = self.next_request();
        let Some(link) = extended_link(&mut self.members, sender) else {
            return;
        };
        if link.receipts.is_some() {
            return;
        }
        let receipts: Vec<_> = self
            .mailroom
            .receipts_of(sender)
            .take(RECEIPTS_MAX)
            .collect();
        if receipts.is_empty() {
            return;
        }
        link.receipts = Some(ReceiptFlight {
            id,
            receipts,
            retry: Retry::first(now.mono),
        });
        self.send_receipts(sender);
        self.reschedule(sender);
    }

    fn send_receipts(&mut self, sender: &Nickname) {
        let Some(address) = self.members.get(sender).map(|member| member.address) else {
            return;
        };
        let Some(link) = extended_link(&mut self.members, sender) else {
            return;
        };
        let Some(ReceiptFlight { id, receipts, .. }) = &link.receipts else {
            return;
        };
        let (id, receipts) = (Some(*id), receipts.clone());
        let datagram = Datagram::Notification {
            text: "".into(),
            offline: false,
            id,
            receipts,
            expired: Vec::new(),
        };
        self.sink.send(address, &datagram, Style::Compact);
    }

    /// A member answered a request by number.
    pub(super) fn on_request_ack(&mut self, now: Now, nickname: &Nickname, id: RequestId) {
        let Some(link) = extended_link(&mut self.members, nickname) else {
            return;
        };
        let Some(flight) = link.receipts.take_if(|flight| flight.id == id) else {
            return;
        };
        for receipt in flight.receipts {
            if self.mailroom.drop_receipt(nickname, receipt) {
                self.sink.persist(Record::ReceiptTaken(receipt.stream));
            }
        }
        self.deliver_receipts(now, nickname);
    }

    /// Sends mail and receipts again whose answer is due.
    pub(super) fn post_timeout(&mut self, now: Now, nickname: &Nickname) {
        let Some(link) = extended_link(&mut self.members, nickname) else {
            return;
        };
        let mut tired = false;
        let mut again = Vec::new();
        for (id, retry) in link
            .mail
            .iter_mut()
            .filter(|(_, retry)| retry.next <= now.mono)
        {
            tired |= retry.tries >= RETRIES_BEFORE_CHECK;
            *retry = retry.again(now.mono);
            again.push(*id);
        }
        let receipts = match &mut link.receipts {
            Some(flight) if flight.retry.next <= now.mono => {
                tired |= flight.retry.tries >= RETRIES_BEFORE_CHECK;
                flight.retry = flight.retry.again(now.mono);
                true
            }
            Some(_) | None => false,
        };
        again
            .into_iter()
            .for_each(|id| self.send_mail(nickname, id));
        if receipts {
            self.send_receipts(nickname);
        }
        if tired {
            self.check(now, nickname, None);
        }
    }
}

fn extended_link<'a>(
    members: &'a mut std::collections::BTreeMap<Nickname, super::members::Member>,
    nickname: &Nickname,
) -> Option<&'a mut ExtendedLink> {
    match &mut session_mut(members, nickname)?.link {
        Link::Extended(link) => Some(link),
        Link::Classic(_) => None,
    }
}
