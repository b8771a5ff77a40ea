//! The client's rules for what should not happen but can: a start from what is half settled, an answer
//! to what is over, a program that is another than it was.

use super_chatter::machine::client::{
    Client, Command, Delivery, Failure, Line, LineId, OpenLine, Origin, Outgoing, Saved,
};
use super_chatter::protocol::limits::NUMBER_END;
use super_chatter::protocol::{
    Ack, Answer, Datagram, Expired, MailAnswer, Part, Receipt, RequestId, Seq, Stream, Table,
    TableEntry,
};

use crate::bench::*;

const LONG: usize = 1_500;

#[test]
fn a_retried_line_stands_behind_younger_ones_after_a_start() {
    // Line 7 was tried again when line 8 had a place already.
    let mut bench = goes_on(kept(
        5,
        vec![
            open_line(7, "retried", Delivery::Trying, Some(4)),
            open_line(8, "younger", Delivery::Trying, Some(3)),
        ],
    ));
    let sent = texts_to(&mut bench);
    assert_eq!(sent, [(3, "younger".to_owned()), (4, "retried".to_owned())]);
    bench.hear(at(2), &confirmed(5, 4));
    bench.hear(at(2), &confirmed(5, 5));
    let order: Vec<_> = bench.deliveries().iter().map(|(line, _)| *line).collect();
    assert_eq!(order, [8, 7]);
}

#[test]
fn a_line_that_is_tried_again_while_an_earlier_one_waits_can_expire_again() {
    let mut bench = goes_on(kept(
        4,
        vec![
            open_line(7, "waits", Delivery::Waiting, Some(2)),
            open_line(8, "expires", Delivery::Stored, Some(3)),
        ],
    ));
    expire(&mut bench, 5, 3);
    bench.ask(Command::Retry {
        line: LineId(8),
        to: nick("y"),
        text: "expires".to_owned(),
    });
    // Neither is answered straight; the server keeps the second one.
    bench.run_for(600);
    let again = part(5, 4, 2);
    bench.hear(server_at(), &mail_answer(again, MailAnswer::Stored));
    bench.take();
    expire(&mut bench, 5, 4);
    let failed = Delivery::Failed(Failure::Expired);
    assert_eq!(bench.deliveries(), [(8, failed)]);
    bench.ask(Command::Retry {
        line: LineId(8),
        to: nick("y"),
        text: "expires".to_owned(),
    });
    assert_eq!(bench.deliveries()[0], (8, Delivery::Trying));
}

#[test]
fn what_is_said_of_a_stream_that_is_over_does_not_concern_the_next_one() {
    let mut bench = goes_on(kept(3, vec![open_line(7, "hi", Delivery::Stored, Some(2))]));
    bench.hear(at(2), &confirmed(5, 40));
    bench.run_for(600);
    bench.take();
    let old = part(5, 1, 1);
    bench.hear(server_at(), &mail_answer(old, MailAnswer::Stored));
    assert_eq!(bench.deliveries(), []);
    bench.run_for(400);
    expire(&mut bench, 5, 1);
    assert_eq!(bench.deliveries(), []);
}

#[test]
fn a_message_that_had_half_gone_out_goes_on_as_one() {
    let mut bench = at_classic(kept(
        5,
        vec![open_line(7, &long(), Delivery::Trying, Some(1))],
    ));
    bench.run_for(2_000);
    let parts = parts_to(&mut bench);
    let second = parts.iter().find(|part| part.seq == Seq(2));
    let second = second.expect("it goes on");
    assert_eq!((second.index, second.count), (2, 4));
}

#[test]
fn a_message_that_may_have_come_whole_is_not_sent_without_its_numbers() {
    let mut kept = kept(5, vec![open_line(7, &long(), Delivery::Trying, Some(1))]);
    kept.outgoing[0].lowest = Seq(1);
    let mut bench = at_classic(kept);
    bench.run_for(50);
    let sent = bench.sent_to(at(2));
    let [Datagram::Verification { id: Some(id), .. }] = sent[..] else {
        panic!("it is asked what it understands: {sent:?}");
    };
    bench.hear(at(2), &request_ack(id, Answer::Done));
    let seqs: Vec<_> = parts_to(&mut bench).iter().map(|part| part.seq.0).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
}

#[test]
fn a_message_that_had_begun_goes_to_a_classic_peer_in_the_end() {
    let mut kept = kept(5, vec![open_line(7, &long(), Delivery::Trying, Some(1))]);
    kept.outgoing[0].lowest = Seq(1);
    let mut bench = at_classic(kept);
    bench.run_for(600);
    let sent = bench.sent_to(at(2));
    let plain = sent
        .iter()
        .any(|sent| matches!(sent, Datagram::Chat { part: None, text, .. } if *text == long()));
    assert!(plain, "{sent:?}");
}

#[test]
fn mail_for_a_classic_server_does_not_wait_for_what_has_arrived() {
    let people = vec![
        entry("x", at(1), true, false),
        entry("y", at(2), true, false),
        entry("z", at(3), false, false),
    ];
    let mut bench = client_at_classic("x", people);
    bench.hear(at(2), &chat("y", "hello", Some(part(9, 1, 1))));
    bench.take();
    bench.write(2, "y", "first");
    let first = parts_to(&mut bench)[0];
    bench.run_for(510);
    bench.write(3, "z", "second");
    // The server loses both; the first one's ack was late.
    bench.hear(at(2), &confirmation(first));
    bench.take();
    bench.run_for(5_000);
    let asked = bench.sent_to(server_at());
    let second =
        |sent: &Datagram<'_>| matches!(sent, Datagram::Offline { text, .. } if *text == "second");
    assert!(asked.iter().any(second), "{asked:?}");
}

#[test]
fn a_long_line_to_somebody_who_is_not_in_the_table_is_told_to_wait() {
    let line = open_line(7, &"x".repeat(5_000), Delivery::Trying, None);
    let mut bench = goes_on_among(kept(2, vec![line]), vec![entry("x", at(1), true, true)]);
    bench.run_for(60_000);
    assert_eq!(bench.deliveries(), [(7, Delivery::Waiting)]);
}

#[test]
fn a_message_of_which_a_part_expired_at_the_server_has_failed() {
    let line = open_line(7, &"x".repeat(1_000), Delivery::Trying, None);
    let people = vec![
        entry("x", at(1), true, true),
        entry("y", at(2), false, true),
    ];
    let mut bench = goes_on_among(kept(2, vec![line]), people);
    let offered = |sent| {
        let Datagram::Offline { part, .. } = sent else {
            return None;
        };
        part
    };
    let sent = bench.sent_to(server_at());
    let parts: Vec<Part> = sent.into_iter().filter_map(offered).collect();
    assert_eq!(parts.len(), 2);
    bench.hear(server_at(), &mail_answer(parts[0], MailAnswer::Stored));
    bench.hear(server_at(), &mail_answer(parts[1], MailAnswer::Full));
    assert_eq!(bench.deliveries().pop(), Some((7, Delivery::Waiting)));
    expire(&mut bench, parts[0].stream.0, parts[0].seq.0);
    let failed = Delivery::Failed(Failure::Expired);
    assert_eq!(bench.deliveries(), [(7, failed)]);
}

#[test]
fn what_can_not_be_in_a_profile_is_not_believed_and_its_lines_go_out() {
    let open = |first| {
        vec![
            open_line(7, "a", Delivery::Trying, Some(2)),
            open_line(8, "b", Delivery::Stored, first),
        ]
    };
    let far = NUMBER_END - 1;
    for (what, next, open) in [
        ("a place behind the last", 3, open(Some(50))),
        ("a place that is taken", 3, open(Some(2))),
        ("a place that is confirmed", 3, open(Some(1))),
        ("no place", 3, open(None)),
        ("more places than lines", far, open(Some(far))),
    ] {
        let mut bench = goes_on(kept(next, open.clone()));
        bench.run_for(50);
        let mut texts: Vec<_> = texts_to(&mut bench)
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts, ["a", "b"], "{what}");
    }
    let lost = Saved {
        outgoing: Vec::new(),
        ..kept(3, open(None))
    };
    let mut bench = goes_on(lost);
    assert_eq!(texts_to(&mut bench).len(), 2, "a stream that is not there");
}

fn long() -> String {
    "word ".repeat(LONG / 5 + 100)
}

/// What is kept of the stream 5 to `y`, whose first part is confirmed.
fn kept(next: u64, open: Vec<OpenLine>) -> Saved {
    Saved {
        last_line: 8,
        outgoing: vec![Outgoing {
            peer: nick("y"),
            stream: Stream(5),
            lowest: Seq(2),
            next: Seq(next),
        }],
        open,
        ..Saved::default()
    }
}

fn open_line(id: u64, text: &str, delivery: Delivery, first: Option<u64>) -> OpenLine {
    let line = Line {
        id: LineId(id),
        peer: nick("y"),
        text: text.to_owned(),
        at_ms: 1_700_000_000_000,
        origin: Origin::Own { delivery },
    };
    let first = first.map(Seq);
    OpenLine { line, first }
}

/// `x`, started from what was kept, signed in beside `y`.
fn goes_on(kept: Saved) -> Bench<Client> {
    let people = vec![entry("x", at(1), true, true), entry("y", at(2), true, true)];
    goes_on_among(kept, people)
}

fn goes_on_among(kept: Saved, people: Vec<TableEntry<'_>>) -> Bench<Client> {
    let mut bench = registering(kept);
    bench.be_welcome();
    bench.hear(server_at(), &page(0, people.len() as u64, people));
    bench
}

/// The same at a classic server, which does not say what program `y` runs.
fn at_classic(kept: Saved) -> Bench<Client> {
    let mut bench = registering(kept);
    let welcome = notification("[Welcome, You are registered.]", false);
    bench.hear(server_at(), &welcome);
    let people = vec![
        entry("x", at(1), true, false),
        entry("y", at(2), true, false),
    ];
    bench.hear(server_at(), &Datagram::Table(Table::Whole(people)));
    bench
}

fn registering(kept: Saved) -> Bench<Client> {
    let mut bench = Bench::new(Client::new(7, kept));
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: vec![server_at()],
    });
    bench
}

/// The server gives a part up.
fn expire(bench: &mut Bench<Client>, stream: u64, seq: u64) {
    let expired = Expired {
        stream: Stream(stream),
        seq: Seq(seq),
    };
    let told = Datagram::Notification {
        text: "".into(),
        offline: false,
        id: Some(RequestId(4)),
        receipts: Vec::new(),
        expired: vec![expired],
    };
    bench.hear(server_at(), &told);
}

/// `y` has everything below.
fn confirmed(stream: u64, below: u64) -> Datagram<'static> {
    let receipt = Receipt {
        stream: Stream(stream),
        below: Seq(below),
    };
    Datagram::Ack(Ack::Part {
        seq: Seq(below - 1),
        receipt,
        attempt: 1,
    })
}

/// The parts that `y` was sent since the last time.
fn parts_to(bench: &mut Bench<Client>) -> Vec<Part> {
    let part = |sent| {
        let Datagram::Chat { part, .. } = sent else {
            return None;
        };
        part
    };
    bench.sent_to(at(2)).into_iter().filter_map(part).collect()
}

/// The places and texts that `y` was sent since the last time.
fn texts_to(bench: &mut Bench<Client>) -> Vec<(u64, String)> {
    let text = |sent| {
        let Datagram::Chat { part, text, .. } = sent else {
            return None;
        };
        Some((part?.seq.0, text.into_owned()))
    };
    bench.sent_to(at(2)).into_iter().filter_map(text).collect()
}
