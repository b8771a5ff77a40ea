//! Telling the senders of mail what became of it: a notification with receipts and expired parts,
//! again until it is acked.

use super::delivery::extended_link;
use super::members::{NoticeFlight, Retry};
use super::types::{HeldReceipt, Record};
use super::{Now, Server};
use crate::protocol::{Datagram, Nickname, RequestId, Style};

impl Server {
    /// Keeps a receipt until its sender has it.
    pub(super) fn hold_receipt(&mut self, now: Now, held: HeldReceipt, recipient: &Nickname) {
        if self
            .mailroom
            .is_own(&held.sender, recipient, held.receipt.stream)
            || !self.mailroom.ledger.hold_receipt(&held)
        {
            return;
        }
        let sender = held.sender.clone();
        self.sink.persist(Record::Receipt(held));
        self.deliver_notices(now, &sender);
    }

    /// Tells somebody who is online what became of the mail they sent.
    pub(super) fn deliver_notices(&mut self, now: Now, sender: &Nickname) {
        let id = self.next_request();
        let Some(link) = extended_link(&mut self.members, sender) else {
            return;
        };
        if link.notice.is_some() {
            return;
        }
        let (receipts, expired) = self.mailroom.ledger.next_notice(sender);
        if receipts.is_empty() && expired.is_empty() {
            return;
        }
        let retry = Retry::first(now.mono, link.wait());
        link.notice = Some(Box::new(NoticeFlight {
            id,
            receipts,
            expired,
            retry,
        }));
        self.send_notice(sender);
        self.reschedule(sender);
    }

    pub(super) fn send_notice(&mut self, sender: &Nickname) {
        let Some(address) = self.members.get(sender).map(|member| member.address) else {
            return;
        };
        let link = extended_link(&mut self.members, sender);
        let Some(flight) = link.and_then(|link| link.notice.as_ref()) else {
            return;
        };
        let datagram = Datagram::Notification {
            text: "".into(),
            offline: false,
            id: Some(flight.id),
            receipts: flight.receipts.clone(),
            expired: flight.expired.clone(),
        };
        self.sink.send(address, &datagram, Style::Compact);
    }

    /// A member answered a request by number.
    pub(super) fn on_request_ack(&mut self, now: Now, nickname: &Nickname, id: RequestId) {
        if self.on_announcement_ack(now, nickname, id) {
            return;
        }
        let Some(link) = extended_link(&mut self.members, nickname) else {
            return;
        };
        let Some(mut flight) = link.notice.take_if(|flight| flight.id == id) else {
            return;
        };
        // The answer names no try: it tells a time only if there was one.
        if flight.retry.attempt == 1
            && let Some(round_trip) = flight.retry.answered(now.mono, 1)
        {
            link.rtt.sample(round_trip);
            self.touch(nickname);
        }
        for receipt in flight.receipts {
            if self.mailroom.ledger.drop_receipt(nickname, receipt) {
                self.sink.persist(Record::ReceiptTaken(receipt.stream));
            }
        }
        for expired in flight.expired {
            if self
                .mailroom
                .ledger
                .drop_expiry(now.mono, nickname, expired)
            {
                self.sink.persist(Record::ExpiryTaken(expired));
            }
        }
        self.deliver_notices(now, nickname);
    }
}
