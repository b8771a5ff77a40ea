//! The client's rules for what was read: the reader's word reaches the writer once it can, and for
//! certain; only the newest counts; it names what was delivered and nothing else; and who does not want
//! to tell it doesn't.

use std::net::SocketAddr;

use super_chatter::machine::Output;
use super_chatter::machine::client::{
    Client, Command, End, Event, LineId, Outgoing, Reader, Record, Saved,
};
use super_chatter::protocol::{
    Ack, Datagram, Expired, MailAnswer, Mark, Part, Receipt, RequestId, Seq, Stream,
};

use crate::bench::*;

#[test]
fn what_is_read_is_written_down_and_told_to_its_writer() {
    let mut bench = room_that_tells();
    bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    bench.take();
    read(&mut bench, "y", 1);
    let outputs: Vec<_> = bench.outputs.iter().map(|(_, output)| output).collect();
    let [
        Output::Persist(Record::Read { .. }),
        Output::Persist(Record::Tell { .. }),
        Output::Transmit(_),
    ] = outputs[..]
    else {
        panic!("{outputs:?}");
    };
    assert_eq!(bench.sent_to(at(2)), [told("x", mark(3, 2))]);
}

#[test]
fn a_line_in_parts_and_one_that_came_by_the_server_count_like_any_other() {
    let mut bench = room_that_tells();
    for (from, seq) in [(at(2), 1), (server_at(), 2)] {
        let of_two = Part {
            index: seq as u32,
            count: 2,
            ..part(3, seq, 1)
        };
        bench.hear(from, &chat("y", "long", Some(of_two)));
    }
    bench.hear(server_at(), &chat("y", "mail", Some(part(3, 3, 1))));
    bench.take();
    read(&mut bench, "y", 1);
    assert_eq!(bench.sent_to(at(2)), [told("x", mark(3, 3))]);
    bench.hear(at(2), &noted(mark(3, 3)));
    read(&mut bench, "y", 2);
    assert_eq!(bench.sent_to(at(2)), [told("x", mark(3, 4))]);
}

#[test]
fn who_does_not_want_to_tell_what_was_read_tells_nothing_also_not_later() {
    let mut bench = room();
    bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    bench.take();
    read(&mut bench, "y", 1);
    bench.ask(Command::TellRead(true));
    read(&mut bench, "y", 1);
    bench.run_for(15_000);
    assert!(bench.sent_to(at(2)).is_empty());
    bench.hear(at(2), &chat("y", "there", Some(part(3, 2, 1))));
    bench.take();
    read(&mut bench, "y", 2);
    assert_eq!(bench.sent_to(at(2)), [told("x", mark(3, 3))]);
    bench.ask(Command::TellRead(false));
    bench.take();
    bench.run_for(5_000);
    bench.ask(Command::TellRead(true));
    bench.run_for(5_000);
    assert!(bench.sent_to(at(2)).is_empty(), "it had no answer yet");
}

#[test]
fn a_mark_is_repeated_with_growing_pauses_until_it_is_acknowledged() {
    let mut bench = room_that_tells();
    bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    bench.take();
    read(&mut bench, "y", 1);
    let mut times = Vec::new();
    for _ in 0..30 {
        bench.run_for(10_000);
        stay(&mut bench);
        let sent = bench.sent();
        let marks = sent.iter().filter(|sent| sent.to == at(2));
        times.extend(marks.map(|sent| sent.at_ms));
    }
    let gaps: Vec<_> = times.windows(2).map(|two| two[1] - two[0]).collect();
    for (gap, pause) in gaps.iter().zip([1, 2, 4, 8, 16, 30, 30, 30]) {
        assert!((750 * pause..=1_250 * pause).contains(gap), "{gaps:?}");
    }
    assert!(gaps.len() > 8, "{gaps:?}");
    // Of somebody else, and of something else.
    bench.hear(at(3), &noted(mark(3, 2)));
    bench.hear(at(2), &noted(mark(4, 2)));
    assert!(!bench.sent_to(at(2)).is_empty());
    bench.hear(at(2), &noted(mark(3, 2)));
    bench.take();
    bench.run_for(15_000);
    assert!(bench.sent_to(at(2)).is_empty());
}

#[test]
fn the_newest_mark_waits_for_the_answer_to_an_earlier_one() {
    let mut bench = room_that_tells();
    for line in 1..=5 {
        bench.hear(at(2), &chat("y", "hi", Some(part(3, line, 1))));
        read(&mut bench, "y", line);
    }
    let marks = |bench: &mut Bench<Client>| -> Vec<_> {
        let sent = bench.sent_to(at(2)).into_iter();
        let mark = |datagram| {
            let Datagram::Read { mark, .. } = datagram else {
                return None;
            };
            Some(mark.below.0)
        };
        sent.filter_map(mark).collect()
    };
    assert_eq!(marks(&mut bench), [2]);
    bench.hear(at(2), &noted(mark(3, 2)));
    assert_eq!(marks(&mut bench), [6]);
    bench.hear(at(2), &noted(mark(3, 6)));
    bench.run_for(15_000);
    assert_eq!(marks(&mut bench), [0; 0]);
}

#[test]
fn who_is_away_is_told_the_newest_when_they_come() {
    let mut bench = room_that_tells();
    for line in 1..=3 {
        bench.hear(server_at(), &chat("away", "hi", Some(part(3, line, 1))));
        read(&mut bench, "away", line);
    }
    bench.take();
    bench.run_for(15_000);
    assert!(bench.sent_to(at(4)).is_empty());
    bench.hear(
        server_at(),
        &page(4, 5, vec![entry("away", at(5), true, true)]),
    );
    assert_eq!(bench.sent_to(at(5)), [told("x", mark(3, 4))]);
}

#[test]
fn what_a_classic_program_wrote_is_read_in_silence() {
    let mut bench = room_that_tells();
    bench.hear(at(3), &chat("classic", "hi", None));
    bench.take();
    read(&mut bench, "classic", 1);
    bench.run_for(15_000);
    assert!(bench.sent_to(at(3)).is_empty());
}

#[test]
fn what_was_not_told_and_what_was_not_read_outlives_the_program() {
    let waiting = Saved {
        last_line: 9,
        readers: vec![Reader {
            peer: nick("y"),
            read_by: LineId(0),
            tell: Some(mark(3, 2)),
        }],
        ends: vec![end(8, mark(3, 3), false), end(9, mark(3, 4), false)],
        ..Saved::default()
    };
    let mut bench = goes_on(waiting);
    assert!(bench.sent_to(at(2)).is_empty(), "it is not known whether");
    bench.ask(Command::TellRead(true));
    assert_eq!(bench.sent_to(at(2)), [told("x", mark(3, 2))]);
    bench.hear(at(2), &noted(mark(3, 2)));
    read(&mut bench, "y", 8);
    assert_eq!(bench.sent_to(at(2)), [told("x", mark(3, 3))]);
}

#[test]
fn a_mark_names_the_newest_line_that_lies_below_it_as_a_whole() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    bench.write(2, "y", &"word ".repeat(300));
    bench.write(3, "y", "there");
    let stream = confirmed(&mut bench);
    for (below, line) in [(2, 1), (6, 3)] {
        bench.hear(at(2), &told("y", mark(stream, 3.min(below))));
        bench.hear(at(2), &told("y", mark(stream, below)));
        assert_eq!(read_by(&mut bench), [line], "{below}");
    }
}

#[test]
fn a_mark_is_written_down_then_told_then_acknowledged_and_a_late_one_changes_nothing() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    bench.write(2, "y", "there");
    let stream = confirmed(&mut bench);
    bench.hear(at(2), &told("y", mark(stream, 3)));
    let outputs: Vec<_> = bench.outputs.iter().map(|(_, output)| output).collect();
    let [
        Output::Persist(Record::ReadBy { .. }),
        Output::Event(Event::ReadBy { .. }),
        Output::Transmit(_),
    ] = outputs[..]
    else {
        panic!("{outputs:?}");
    };
    assert_eq!(read_by(&mut bench), [2]);
    for below in [3, 2, 1] {
        bench.hear(at(2), &told("y", mark(stream, below)));
        let outputs = bench.take();
        assert_eq!(outputs.len(), 1, "{below}: {outputs:?}");
        assert!(matches!(outputs[0].1, Output::Transmit(_)));
    }
}

#[test]
fn what_is_not_known_to_be_delivered_is_not_read_yet() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    let part = first_part(&mut bench);
    let early = told("y", mark(part.stream.0, 2));
    bench.hear(at(2), &early);
    assert!(bench.take().is_empty(), "nor is it answered");
    bench.hear(at(2), &confirmation(part));
    bench.take();
    bench.hear(at(2), &early);
    assert_eq!(bench.peek(Bench::sent).len(), 1);
    assert_eq!(read_by(&mut bench), [1]);
}

#[test]
fn a_mark_that_can_mean_nothing_is_answered_and_changes_nothing() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    let stream = confirmed(&mut bench);
    for (from, sender, mark) in [
        (at(2), "y", mark(stream, 3)),
        (at(2), "y", mark(stream ^ 1, 2)),
        (at(3), "classic", mark(stream, 2)),
    ] {
        bench.hear(from, &told(sender, mark));
        assert_eq!(bench.peek(read_by), [0; 0], "{mark:?}");
        assert_eq!(bench.sent_to(from), [noted(mark)]);
    }
    for from in [at(9), at(3), server_at()] {
        bench.hear(from, &told("y", mark(stream, 2)));
        assert!(bench.take().is_empty(), "{from}");
    }
}

#[test]
fn what_expired_was_not_read() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    let lost = first_part(&mut bench);
    bench.run_for(500);
    bench.hear(server_at(), &mail_answer(lost, MailAnswer::Stored));
    let Part { stream, seq, .. } = lost;
    bench.hear(
        server_at(),
        &Datagram::Notification {
            text: "".into(),
            offline: false,
            id: Some(RequestId(4)),
            receipts: Vec::new(),
            expired: vec![Expired { stream, seq }],
        },
    );
    bench.write(2, "y", "there");
    confirmed(&mut bench);
    bench.hear(at(2), &told("y", mark(stream.0, 2)));
    assert_eq!(read_by(&mut bench), [0; 0]);
    bench.hear(at(2), &told("y", mark(stream.0, 3)));
    assert_eq!(read_by(&mut bench), [2]);
}

#[test]
fn lines_that_were_settled_before_a_restart_are_read_after_it() {
    let settled = |read_by| Saved {
        last_line: 9,
        outgoing: vec![Outgoing {
            peer: nick("y"),
            stream: Stream(5),
            lowest: Seq(4),
            next: Seq(4),
        }],
        ends: vec![
            end(6, mark(4, 2), true),
            end(7, mark(5, 3), true),
            end(9, mark(5, 4), true),
        ],
        readers: vec![Reader {
            peer: nick("y"),
            read_by: LineId(read_by),
            tell: None,
        }],
        ..Saved::default()
    };
    let mut bench = goes_on(settled(0));
    bench.hear(at(2), &told("y", mark(4, 2)));
    assert_eq!(read_by(&mut bench), [0; 0], "a stream that is over");
    bench.hear(at(2), &told("y", mark(5, 3)));
    assert_eq!(read_by(&mut bench), [7]);
    let mut bench = goes_on(settled(8));
    bench.hear(at(2), &told("y", mark(5, 3)));
    assert_eq!(read_by(&mut bench), [0; 0], "more was known");
    bench.hear(at(2), &told("y", mark(5, 4)));
    assert_eq!(read_by(&mut bench), [9]);
}

#[test]
fn of_very_many_unread_lines_the_oldest_are_read_with_a_later_one() {
    let mut bench = room();
    let mut stream = 0;
    for line in 1..=300 {
        bench.write(line, "y", "hi");
        stream = confirmed(&mut bench);
    }
    bench.hear(at(2), &told("y", mark(stream, 45)));
    assert_eq!(read_by(&mut bench), [0; 0]);
    bench.hear(at(2), &told("y", mark(stream, 46)));
    assert_eq!(read_by(&mut bench), [45]);
    bench.hear(at(2), &told("y", mark(stream, 301)));
    assert_eq!(read_by(&mut bench), [300]);
}

fn room_that_tells() -> Bench<Client> {
    let mut bench = room();
    bench.ask(Command::TellRead(true));
    bench
}

/// `x`, signed in beside `y`, with what was kept.
fn goes_on(saved: Saved) -> Bench<Client> {
    let mut bench = Bench::new(Client::new(7, saved));
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: vec![server_at()],
    });
    bench.be_welcome();
    bench.hear(
        server_at(),
        &page(0, 1, vec![entry("y", at(2), true, true)]),
    );
    bench.take();
    bench
}

/// Keeps the server there.
fn stay(bench: &mut Bench<Client>) {
    let outputs = bench.outputs.clone();
    bench.hear(server_at(), &notification("", false));
    bench.outputs = outputs;
}

fn read(bench: &mut Bench<Client>, peer: &str, line: u64) {
    let (peer, line) = (nick(peer), LineId(line));
    bench.ask(Command::Read { peer, line });
}

fn mark(stream: u64, below: u64) -> Mark {
    Mark {
        stream: Stream(stream),
        below: Seq(below),
    }
}

fn end(line: u64, mark: Mark, own: bool) -> End {
    End {
        line: LineId(line),
        peer: nick("y"),
        mark,
        own,
    }
}

fn told(sender: &str, mark: Mark) -> Datagram<'_> {
    let sender = name(sender);
    Datagram::Read { sender, mark }
}

fn noted(mark: Mark) -> Datagram<'static> {
    Datagram::Ack(Ack::Read(mark))
}

fn parts_to(bench: &mut Bench<Client>, to: SocketAddr) -> Vec<Part> {
    let part = |datagram| {
        let Datagram::Chat { part, .. } = datagram else {
            return None;
        };
        part
    };
    bench.sent_to(to).into_iter().filter_map(part).collect()
}

fn first_part(bench: &mut Bench<Client>) -> Part {
    parts_to(bench, at(2))[0]
}

/// The peer has all that was sent to it. Answers the stream.
fn confirmed(bench: &mut Bench<Client>) -> u64 {
    let last = parts_to(bench, at(2)).pop().expect("something was sent");
    let below = last.seq.next();
    let receipt = Receipt {
        stream: last.stream,
        below,
    };
    bench.hear(
        at(2),
        &Datagram::Ack(Ack::Part {
            seq: last.seq,
            receipt,
            attempt: last.attempt,
        }),
    );
    bench.take();
    last.stream.0
}

/// The own lines up to which `y` was told to have read since the last time.
fn read_by(bench: &mut Bench<Client>) -> Vec<u64> {
    let line = |event| match event {
        Event::ReadBy { peer, line } => {
            assert_eq!(peer, nick("y"));
            Some(line.0)
        }
        Event::Session(_)
        | Event::Contacts(_)
        | Event::Room(_)
        | Event::Line(_)
        | Event::Refused { .. }
        | Event::Delivery { .. }
        | Event::Typing(_)
        | Event::MailboxFull(_)
        | Event::NotRetried { .. }
        | Event::Deleted(_)
        | Event::Notice(_)
        | Event::Closed => None,
    };
    bench.events().into_iter().filter_map(line).collect()
}
