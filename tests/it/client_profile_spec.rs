//! The client's rules for what it keeps: written before anything depends on it, gone on from after a
//! start, and offered again where it may be lost.

use super_chatter::machine::client::{
    Client, Command, Delivery, Event, Failure, Incoming, Line, LineId, OpenLine, Origin, Outgoing,
    Path, Record, Saved, Session,
};
use super_chatter::machine::{Output, Room};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Epoch, Expired, Instance, MailAnswer, Part, Receipt, RequestId, Seq,
    Stream, Token,
};

use crate::bench::*;

#[test]
fn a_line_is_written_down_before_it_is_shown_or_sent() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    let kinds: Vec<_> = bench
        .take()
        .iter()
        .map(|(_, output)| kind(output))
        .collect();
    let written = |record: &str| kinds.iter().position(|kind| *kind == record);
    let line = written("line").expect("it is written");
    assert!(Some(line) < written("shown"), "{kinds:?}");
    assert!(written("placed") < written("sent"), "{kinds:?}");
    assert!(written("outgoing") < written("sent"), "{kinds:?}");
}

#[test]
fn a_message_is_written_down_before_it_is_acknowledged_or_shown() {
    let mut bench = room();
    bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    let kinds: Vec<_> = bench
        .take()
        .iter()
        .map(|(_, output)| kind(output))
        .collect();
    assert_eq!(kinds, ["incoming", "line", "end", "shown", "sent"]);
}

#[test]
fn a_receipt_is_written_down_before_the_server_may_forget_it() {
    let mut bench = goes_on(stored_line());
    bench.take();
    bench.hear(server_at(), &told(vec![below(3)], Vec::new()));
    let kinds: Vec<_> = bench
        .take()
        .iter()
        .map(|(_, output)| kind(output))
        .collect();
    assert_eq!(kinds, ["delivery", "told", "outgoing", "sent"]);
}

#[test]
fn a_client_goes_on_with_its_open_lines_where_it_was() {
    let mut bench = goes_on(saved(Delivery::Trying, Some(Seq(2)), 3));
    let sent = parts_to(&mut bench, at(2));
    let (stream, seq) = (Stream(5), Seq(2));
    assert_eq!(
        (sent[0].stream, sent[0].seq, sent[0].lowest),
        (stream, seq, seq)
    );
    bench.hear(at(2), &confirmation(sent[0]));
    assert_eq!(bench.deliveries(), [(7, Delivery::Delivered(Path::Direct))]);
    bench.write(8, "y", "next");
    assert_eq!(parts_to(&mut bench, at(2))[0].seq, Seq(3));
}

#[test]
fn no_place_in_a_stream_is_used_twice() {
    // The line at place 4 was settled before the ones below it were confirmed.
    let mut kept = saved(Delivery::Trying, Some(Seq(2)), 5);
    kept.last_line = 9;
    let mut bench = goes_on(kept);
    bench.take();
    bench.write(10, "y", "next");
    assert_eq!(parts_to(&mut bench, at(2))[0].seq, Seq(5));
}

#[test]
fn a_line_without_a_place_gets_one_behind_the_others() {
    let mut kept = saved(Delivery::Trying, Some(Seq(2)), 3);
    let second = open_line(8, Delivery::Trying, None);
    kept.open.push(second);
    kept.last_line = 8;
    let mut bench = goes_on(kept);
    let seqs: Vec<_> = parts_to(&mut bench, at(2))
        .iter()
        .map(|part| part.seq.0)
        .collect();
    assert_eq!(seqs, [2, 3]);
}

#[test]
fn what_was_taken_before_the_start_is_confirmed_and_not_shown() {
    let incoming = Incoming {
        stream: Stream(3),
        from: nick("y"),
        next: Seq(2),
    };
    let mut bench = goes_on(Saved {
        incoming: vec![(incoming, String::new())],
        ..Saved::default()
    });
    bench.hear(at(2), &chat("y", "old", Some(part(3, 1, 1))));
    bench.hear(at(2), &chat("y", "new", Some(part(3, 2, 1))));
    assert_eq!(bench.shown(), [("y".to_owned(), "new".to_owned())]);
}

#[test]
fn whoever_has_written_here_can_be_answered_before_they_are_in_the_table() {
    let mut bench = room();
    bench.hear(server_at(), &chat("new", "hi", Some(part(3, 1, 1))));
    bench.write(2, "new", "hi, too");
    assert_eq!(bench.refused(), []);
}

#[test]
fn a_message_that_had_half_come_is_shown_whole() {
    let incoming = Incoming {
        stream: Stream(3),
        from: nick("y"),
        next: Seq(2),
    };
    let mut bench = goes_on(Saved {
        incoming: vec![(incoming, "first half, ".to_owned())],
        ..Saved::default()
    });
    let second = Part {
        index: 2,
        count: 2,
        ..part(3, 2, 1)
    };
    bench.hear(at(2), &chat("y", "second half", Some(second)));
    let whole = "first half, second half".to_owned();
    assert_eq!(bench.shown(), [("y".to_owned(), whole)]);
}

#[test]
fn a_line_is_gone_from_the_disk_before_that_is_told() {
    let mut bench = room();
    bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    bench.take();
    bench.ask(Command::Delete(LineId(1)));
    let outputs: Vec<_> = bench.take().into_iter().map(|(_, output)| output).collect();
    let deleted = Output::Persist(Record::Deleted(LineId(1)));
    assert_eq!(outputs, [deleted, Output::Event(Event::Deleted(LineId(1)))]);
}

#[test]
fn a_message_that_was_deleted_is_not_shown_anew() {
    let mut bench = room();
    let message = chat("y", "hi", Some(part(3, 1, 1)));
    bench.hear(at(2), &message);
    bench.ask(Command::Delete(LineId(1)));
    bench.take();
    bench.hear(at(2), &message);
    assert_eq!(bench.peek(Bench::shown), []);
    assert_eq!(bench.sent_to(at(2)).len(), 1, "it is confirmed again");
    bench.write(2, "y", "no id is used twice");
}

#[test]
fn a_line_under_way_is_not_deleted() {
    let mut bench = goes_on(stored_line());
    bench.take();
    bench.ask(Command::Delete(LineId(7)));
    assert_eq!(bench.take(), [], "it is stored at the server");
    bench.write(8, "y", "next");
    bench.take();
    bench.ask(Command::Delete(LineId(8)));
    assert_eq!(bench.take(), [], "it is on its way");
    bench.hear(server_at(), &told(vec![below(4)], Vec::new()));
    for id in [7, 8] {
        bench.take();
        bench.ask(Command::Delete(LineId(id)));
        assert_eq!(bench.events(), [Event::Deleted(LineId(id))]);
    }
}

#[test]
fn what_was_deleted_is_not_tried_again() {
    let mut bench = goes_on(stored_line());
    let expired = Expired {
        stream: Stream(5),
        seq: Seq(2),
    };
    bench.hear(server_at(), &told(Vec::new(), vec![expired]));
    bench.take();
    bench.ask(Command::Delete(LineId(7)));
    bench.ask(Command::Retry {
        line: LineId(7),
        to: nick("y"),
        text: "hi".to_owned(),
    });
    assert_eq!(bench.events(), [Event::Deleted(LineId(7))]);
    bench.run_for(5000);
    assert_eq!(parts_to(&mut bench, at(2)), []);
}

#[test]
fn what_never_was_a_line_is_not_deleted() {
    let mut bench = room();
    for id in [0, 1, u64::MAX] {
        bench.ask(Command::Delete(LineId(id)));
    }
    assert_eq!(bench.take(), []);
}

#[test]
fn after_a_start_the_server_is_asked_for_what_it_had_stored() {
    let mut bench = goes_on(stored_line());
    assert!(bench.peek(|bench| parts_to(bench, at(2))).is_empty());
    assert_eq!(offered(&mut bench).len(), 1);
    assert_eq!(bench.deliveries(), [], "it stays stored");
}

#[test]
fn another_store_is_offered_what_the_old_one_had() {
    for (epoch, again) in [(11, 0), (12, 1)] {
        let mut bench = goes_on(stored_line());
        let asked = offered(&mut bench);
        bench.hear(server_at(), &mail_answer(asked[0], MailAnswer::Stored));
        bench.run_for(5_000);
        bench.take();
        bench.wake();
        let id = registration(&mut bench).0;
        let answer = Answer::Welcome {
            instance: Instance(99),
            epoch: Epoch(epoch),
            token: Token(1),
        };
        bench.hear(server_at(), &request_ack(id, answer));
        bench.run_for(2_000);
        let sent = bench.sent();
        let ours = sent
            .iter()
            .filter(|sent| part_of(&sent.datagram()).is_some());
        assert_eq!(usize::from(ours.count() > 0), again, "epoch {epoch}");
    }
}

#[test]
fn mail_that_nobody_came_for_is_told_and_not_waited_for() {
    let mut kept = stored_line();
    kept.open.push(open_line(8, Delivery::Stored, Some(Seq(3))));
    kept.outgoing[0].next = Seq(4);
    kept.last_line = 8;
    let mut bench = goes_on(kept);
    for asked in offered(&mut bench) {
        bench.hear(server_at(), &mail_answer(asked, MailAnswer::Stored));
    }
    bench.take();
    let gone = Expired {
        stream: Stream(5),
        seq: Seq(2),
    };
    bench.hear(server_at(), &told(Vec::new(), vec![gone]));
    let again: Vec<_> = bench
        .peek(|bench| bench.sent())
        .iter()
        .filter_map(|sent| part_of(&sent.datagram()))
        .collect();
    let failed = Delivery::Failed(Failure::Expired);
    assert_eq!(bench.deliveries(), [(7, failed)]);
    // What follows is offered again, so that nobody waits for the one that is gone.
    assert_eq!((again[0].seq, again[0].lowest), (Seq(3), Seq(3)));
}

#[test]
fn an_old_copy_of_a_profile_goes_on_in_another_stream() {
    let mut bench = goes_on(saved(Delivery::Trying, Some(Seq(2)), 3));
    let sent = parts_to(&mut bench, at(2));
    // The peer has parts of the stream that this profile knows nothing of.
    let receipt = Receipt {
        stream: Stream(5),
        below: Seq(40),
    };
    let ack = Ack::Part {
        seq: sent[0].seq,
        receipt,
        attempt: 1,
    };
    bench.hear(at(2), &Datagram::Ack(ack));
    let again = bench.peek(|bench| parts_to(bench, at(2)));
    assert_eq!(bench.deliveries(), [], "it is not taken for delivered");
    assert_ne!(again[0].stream, Stream(5));
    assert_eq!(again[0].seq, Seq(1));
    bench.hear(at(2), &confirmation(again[0]));
    assert_eq!(bench.deliveries(), [(7, Delivery::Delivered(Path::Direct))]);
}

#[test]
fn without_room_on_the_disk_nothing_new_is_accepted_and_what_was_goes_on() {
    let mut bench = room();
    bench.hear(at(2), &chat("y", "before", Some(part(3, 1, 1))));
    bench.write(2, "y", "under way");
    let under_way = parts_to(&mut bench, at(2))[0];
    bench.set_room(Room::Scarce);
    bench.write(0, "y", "new");
    assert_eq!(bench.refused(), [("new".to_owned(), Failure::DiskFull)]);
    bench.hear(at(2), &chat("y", "new", Some(part(3, 2, 1))));
    assert_eq!(bench.sent_to(at(2)), [], "its sender keeps it");
    bench.hear(at(2), &chat("y", "before", Some(part(3, 1, 1))));
    assert_eq!(bench.sent_to(at(2)).len(), 1, "it was taken before");
    bench.hear(at(2), &confirmation(under_way));
    assert_eq!(bench.deliveries(), [(2, Delivery::Delivered(Path::Direct))]);
    bench.set_room(Room::Plenty);
    bench.hear(at(2), &chat("y", "new", Some(part(3, 2, 1))));
    assert_eq!(bench.shown(), [("y".to_owned(), "new".to_owned())]);
}

#[test]
fn after_a_sleep_the_server_is_told_with_the_token_where_the_client_is() {
    let mut bench = room();
    bench.run_for(5_000);
    bench.take();
    bench.wake();
    assert_eq!(registration(&mut bench).1, Some(Token(12)));
}

#[test]
fn the_addresses_of_a_host_are_asked_in_turn_until_one_answers() {
    let mut bench = Bench::new(Client::new(7, Saved::default()));
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: vec![at(8), at(9)],
    });
    bench.run_to(1_600);
    let asked: Vec<_> = bench
        .peek(|bench| bench.sent())
        .iter()
        .map(|sent| (sent.at_ms, sent.to))
        .collect();
    assert_eq!(
        asked,
        [(0, at(8)), (500, at(9)), (1_000, at(8)), (1_500, at(9))]
    );
    let Some(Datagram::Reg { id: Some(id), .. }) = bench.sent_to(at(9)).pop() else {
        panic!("it is asked");
    };
    // The other one's answer was only late.
    bench.hear(at(8), &request_ack(id, welcome(INSTANCE)));
    assert_eq!(bench.sessions(), [Session::Online]);
    bench.run_for(21_000);
    let asked: Vec<_> = bench.sent().iter().map(|sent| sent.to).collect();
    assert!(
        !asked.is_empty() && asked.iter().all(|to| *to == at(8)),
        "{asked:?}"
    );
}

#[test]
fn a_slow_way_is_given_the_time_that_it_takes() {
    let mut bench = room();
    for line in 1..=20 {
        bench.write(line, "y", "hi");
        let part = parts_to(&mut bench, at(2))[0];
        bench.run_for(200);
        bench.take();
        bench.hear(at(2), &confirmation(part));
    }
    bench.take();
    bench.write(21, "y", "hi");
    bench.run_for(499);
    let tries = parts_to(&mut bench, at(2));
    assert!(tries.len() <= 2, "{tries:?}");
    let counted: Vec<_> = tries.iter().map(|part| part.attempt).collect();
    assert_eq!(counted[0], 1);
}

#[test]
fn the_pauses_between_tries_grow_while_nobody_answers() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    bench.run_for(600_000);
    let times: Vec<_> = bench
        .sent()
        .into_iter()
        .filter(|sent| sent.to == at(2))
        .map(|sent| sent.at_ms)
        .collect();
    let gaps: Vec<_> = times
        .windows(2)
        .map(|two| two[1] - two[0])
        .filter(|gap| *gap > 800)
        .collect();
    assert!(
        gaps.iter().skip(1).take(4).is_sorted_by(|a, b| a <= b),
        "{gaps:?}"
    );
    assert!(gaps.iter().all(|gap| *gap <= 45_000), "{gaps:?}");
    assert!(gaps.len() > 10, "it is tried for ever: {gaps:?}");
}

/// A word for what came out.
fn kind(output: &Output<Record, super_chatter::machine::client::Event>) -> &'static str {
    use super_chatter::machine::client::Event;
    match output {
        Output::Persist(Record::Line(_)) => "line",
        Output::Persist(Record::Placed { .. }) => "placed",
        Output::Persist(Record::Outgoing(_)) => "outgoing",
        Output::Persist(Record::Incoming(_)) => "incoming",
        Output::Persist(Record::Delivery { .. }) => "delivery",
        Output::Persist(Record::Ends { .. }) => "end",
        Output::Persist(_) => "another record",
        Output::Transmit(_) => "sent",
        Output::Event(Event::Line(_)) => "shown",
        Output::Event(Event::Delivery { .. }) => "told",
        Output::Event(_) => "another event",
    }
}

/// `x`, started from what was kept, signed in among the usual people.
fn goes_on(kept: Saved) -> Bench<Client> {
    let mut bench = Bench::new(Client::new(7, kept));
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: vec![server_at()],
    });
    let people = vec![entry("x", at(1), true, true), entry("y", at(2), true, true)];
    bench.be_welcome();
    bench.hear(server_at(), &page(0, 2, people));
    bench
}

/// One line to `y`, number 7, in stream 5.
fn saved(delivery: Delivery, first: Option<Seq>, next: u64) -> Saved {
    let outgoing = Outgoing {
        peer: nick("y"),
        stream: Stream(5),
        lowest: Seq(2),
        next: Seq(next),
    };
    Saved {
        last_line: 7,
        outgoing: vec![outgoing],
        open: vec![open_line(7, delivery, first)],
        ..Saved::default()
    }
}

fn stored_line() -> Saved {
    saved(Delivery::Stored, Some(Seq(2)), 3)
}

fn open_line(id: u64, delivery: Delivery, first: Option<Seq>) -> OpenLine {
    let line = Line {
        id: LineId(id),
        peer: nick("y"),
        text: "hi".to_owned(),
        at_ms: 1_700_000_000_000,
        origin: Origin::Own { delivery },
    };
    OpenLine { line, first }
}

fn below(seq: u64) -> Receipt {
    Receipt {
        stream: Stream(5),
        below: Seq(seq),
    }
}

fn told(receipts: Vec<Receipt>, expired: Vec<Expired>) -> Datagram<'static> {
    Datagram::Notification {
        text: "".into(),
        offline: false,
        id: Some(RequestId(4)),
        receipts,
        expired,
    }
}

fn part_of(datagram: &Datagram<'_>) -> Option<Part> {
    match datagram {
        Datagram::Chat { part, .. } | Datagram::Offline { part, .. } => *part,
        Datagram::Reg { .. }
        | Datagram::Dereg { .. }
        | Datagram::Typing { .. }
        | Datagram::Read { .. }
        | Datagram::Ack(_)
        | Datagram::Table(_)
        | Datagram::Notification { .. }
        | Datagram::Verification { .. } => None,
    }
}

/// The parts that were sent to somebody since the last time.
fn parts_to(bench: &mut Bench<Client>, to: std::net::SocketAddr) -> Vec<Part> {
    bench.sent_to(to).iter().filter_map(part_of).collect()
}

/// The parts that the server was asked to keep since the last time. Nothing else is forgotten.
fn offered(bench: &mut Bench<Client>) -> Vec<Part> {
    bench.peek(|bench| parts_to(bench, server_at()))
}

/// The number and the token of the last request for a place.
fn registration(bench: &mut Bench<Client>) -> (RequestId, Option<Token>) {
    let Some(Datagram::Reg {
        id: Some(id),
        token,
        ..
    }) = bench.sent_to(server_at()).pop()
    else {
        panic!("the client asks to be registered");
    };
    (id, token)
}
