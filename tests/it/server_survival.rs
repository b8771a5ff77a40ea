//! What a server gets through: numbers at their end, requests that are lost or lie, programs that
//! start anew, and people who leave while something waits for them.

use std::collections::BTreeSet;

use super_chatter::machine::server::{Saved, Server};
use super_chatter::protocol::limits::NUMBER_END;
use super_chatter::protocol::{Ack, Datagram, Instance, Part, Receipt, Seq, Table, Version, texts};
use super_chatter::store::mailbox::Mailbox;

use crate::bench::*;
use crate::room::{Room, known};
use crate::world::saved;

const STREAM: u64 = 9;

#[test]
fn a_message_with_the_last_number_leaves_a_store_that_opens_again() {
    for recipient in [None, Some(1)] {
        let mut room = room_of(Some(1), recipient);
        let last = part(STREAM, NUMBER_END - 1, NUMBER_END - 1);
        room.hear(at(1), &mail("a", "b", "x", Some(last)));
        room.run_for(1_000);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("server.db");
        let mut mailbox = Mailbox::open(&path).expect("a fresh store").mailbox;
        mailbox.commit(&room.records).expect("a good batch");
        drop(mailbox);
        let aside = Mailbox::open(&path).map(|opened| opened.aside);
        assert!(matches!(aside, Ok(None)), "{aside:?}");
    }
}

#[test]
fn what_the_server_never_had_is_not_confirmed() {
    let mut room = room_of(Some(1), Some(1));
    room.leave("b", at(2));
    // The first part's request is lost.
    room.hear(at(1), &mail("a", "b", "two", Some(part(STREAM, 2, 1))));
    room.sent_to(at(1));
    room.join_classic("b", at(2));
    room.run_for(1_000);
    let told = room.receipts_to(at(1));
    let first = |receipt: &Receipt| receipt.below > Seq(1);
    assert!(!told.iter().any(first), "{told:?}");
}

#[test]
fn a_recipient_that_starts_anew_gets_the_rest_though_the_sender_has_left() {
    let mut room = room_of(Some(1), Some(1));
    room.leave("b", at(2));
    for (seq, text) in [(1, "one"), (2, "two"), (3, "three")] {
        room.hear(at(1), &mail("a", "b", text, Some(part(STREAM, seq, 1))));
    }
    room.silent.insert(at(2));
    room.join("b", at(2));
    // It crashes when it has confirmed the first; the sender takes the receipt and leaves.
    room.hear(at(2), &confirmation(part(STREAM, 1, 1)));
    room.run_for(100);
    room.leave("a", at(1));
    room.join("b", at(3));
    room.run_for(60_000);
    let words = room.words_to(at(3));
    for text in ["two", "three"] {
        assert!(words.iter().any(|word| word == text), "{words:?}");
    }
    assert_eq!(saved(&room.records).mail, []);
}

/// In bytes of memory, which a clock's moods do not touch.
#[test]
fn what_one_mail_costs_does_not_grow_with_the_mailbox() {
    let (small, large) = (cost_of_mail(200), cost_of_mail(4_000));
    assert!(large <= 2 * small, "{small} bytes, then {large}");
}

#[test]
fn who_has_not_confirmed_a_page_gets_no_second_one() {
    let mut room = Room::new(known(2_000));
    room.silent.insert(at(5_000));
    room.join("victim", at(5_000));
    room.run_for(10_000);
    let pages = pages(room.sent_to(at(5_000)));
    assert_eq!(pages.len(), 1, "{pages:?}");
}

#[test]
fn who_has_confirmed_a_page_gets_many_at_once() {
    let mut room = Room::new(known(2_000));
    room.silent.insert(at(5_000));
    room.join("sonic", at(5_000));
    room.run_for(100);
    let first = pages(room.sent_to(at(5_000))).pop_first();
    let (instance, _, version) = first.expect("a page");
    room.hear(at(5_000), &Datagram::Ack(Ack::Table { instance, version }));
    room.run_for(100);
    assert!(pages(room.sent_to(at(5_000))).len() > 1);
}

#[test]
fn mail_with_anothers_numbers_does_not_take_its_place() {
    let mut room = room_of(Some(1), Some(1));
    room.join("mallory", at(3));
    room.leave("b", at(2));
    room.forget();
    let numbers = Some(part(STREAM, 1, 1));
    room.hear(at(3), &mail("mallory", "b", "junk", numbers));
    room.hear(at(1), &mail("a", "b", "real", numbers));
    let stored = room.words_to(at(1)) == ["stored"];
    let mut kept = saved(&room.records).mail.into_iter();
    let kept = kept.any(|mail| mail.text == "real");
    assert!(kept || !stored, "said to be stored, and not kept");
}

#[test]
fn who_takes_another_name_while_the_first_is_asked_for_has_that_one() {
    let mut room = Room::new(Saved::default());
    room.join_classic("gone", at(1));
    room.silent.insert(at(1));
    room.run_for(100);
    // It is open whether somebody of that name is there, and the newcomer does not wait for it.
    room.join_classic("gone", at(2));
    room.run_for(100);
    room.join("other", at(2));
    room.sent.clear();
    room.run_for(5_000);
    let table = room.table_of(at(2));
    assert_eq!(table.online.get("other"), Some(&true));
    assert_ne!(
        table.online.get("gone"),
        Some(&true),
        "nobody has that name"
    );
    let classic = |(_, to, datagram): &_| {
        *to == at(2) && matches!(datagram, Datagram::Table(Table::Whole(_)))
    };
    assert!(!room.sent.iter().any(classic), "one program sits there");
}

#[test]
fn two_who_swap_their_addresses_are_both_let_in() {
    let mut room = room_of(Some(1), Some(1));
    room.forget();
    // Both ask before either answers a question.
    room.silent.extend([at(1), at(2)]);
    room.join("a", at(2));
    room.join("b", at(1));
    room.silent.clear();
    room.run_for(3_000);
    for place in [at(1), at(2)] {
        let words = room.words_to(place);
        let said = |wanted: &str| words.iter().any(|word| word == wanted);
        assert!(said("welcome") && !said("taken"), "{place}: {words:?}");
    }
}

#[test]
fn a_stream_to_a_classic_recipient_goes_on_behind_a_part_that_came_another_way() {
    let mut room = room_of(Some(1), None);
    room.hear(at(2), &dereg("b", None));
    // The first part found the mailbox full, and the whole message then went straight.
    let (index, count) = (2, 2);
    let tail = part(STREAM, 2, 1);
    let tail = Part {
        index,
        count,
        ..tail
    };
    room.hear(at(1), &mail("a", "b", "tail", Some(tail)));
    room.hear(at(1), &mail("a", "b", "later", Some(part(STREAM, 3, 3))));
    room.forget();
    room.join_classic("b", at(2));
    room.run_for(1_000);
    let words = room.words_to(at(2));
    assert!(
        words.iter().any(|word| word.ends_with("later")),
        "{words:?}"
    );
}

#[test]
fn mail_that_waits_for_an_answer_is_kept_when_its_recipient_signs_out_instead() {
    let mut room = room_of(None, None);
    room.forget();
    room.silent.insert(at(2));
    room.hear(at(1), &mail("a", "b", "hi", None));
    room.run_for(100);
    assert_eq!(room.words_to(at(2)), ["are you there?"]);
    room.hear(at(2), &dereg("b", None));
    room.run_for(2_000);
    let words = room.words_to(at(1));
    assert!(words.iter().any(|word| word == texts::SAVED), "{words:?}");
    let kept = saved(&room.records).mail;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].text, "hi");
}

/// `a` at place 1 and `b` at place 2, with a request number for ours and none for classic ones.
fn room_of(a: Option<u64>, b: Option<u64>) -> Room {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &reg("a", a));
    room.hear(at(2), &reg("b", b));
    room.run_for(50);
    room
}

/// The pages among what was sent, each once: of which run, from where, up to where.
fn pages(sent: Vec<Datagram<'_>>) -> BTreeSet<(Instance, Version, Version)> {
    let page = |datagram| {
        let Datagram::Table(Table::Page(page)) = datagram else {
            return None;
        };
        Some((page.instance, page.from, page.to))
    };
    sent.into_iter().filter_map(page).collect()
}

/// What the server allocates for fifty messages to somebody who is there, answers nothing, and has
/// so many messages already.
fn cost_of_mail(kept: u64) -> u64 {
    let mut bench = Bench::new(Server::new(3, Saved::default()));
    bench.hear(at(1), &reg("a", Some(1)));
    bench.hear(at(2), &reg("b", Some(1)));
    bench.hear(at(2), &dereg("b", Some(2)));
    let send = |bench: &mut Bench<Server>, stream| {
        bench.hear(at(1), &mail("a", "b", "x", Some(part(stream, 1, 1))));
    };
    (0..kept).for_each(|stream| send(&mut bench, stream));
    bench.hear(at(2), &reg("b", Some(3)));
    bench.take();
    let counted = allocation_counter::measure(|| {
        (kept..kept + 50).for_each(|stream| send(&mut bench, stream));
    });
    counted.bytes_total
}
