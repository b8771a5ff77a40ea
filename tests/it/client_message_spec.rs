//! The client's rules for messages: straight to the peer, by the server where that fails, each
//! shown once, and every line's state only moving forward.

use std::collections::BTreeMap;

use super_chatter::machine::Output;
use super_chatter::machine::client::{
    Client, Command, Delivery, Event, Failure, LINES_MAX, LineId, Origin, Path, WINDOW,
};
use super_chatter::protocol::limits::{DATAGRAM_MAX, TEXT_MAX};
use super_chatter::protocol::{Ack, Datagram, MailAnswer, Part, Receipt, RequestId, armour};

use crate::bench::*;
use crate::wire::mix;

#[test]
fn a_message_goes_straight_and_is_delivered_by_its_ack() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    let parts = chats(&mut bench, "y");
    assert_eq!(parts.len(), 1);
    bench.hear(at(2), &confirmation(parts[0]));
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered(Path::Direct))]);
    bench.run_for(10_000);
    assert!(bench.sent().is_empty());
}

#[test]
fn a_message_that_gets_no_ack_is_sent_again_and_goes_to_the_server_at_500_ms() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    bench.run_for(3_000);
    let sent = bench.sent();
    let times = |to| -> Vec<_> {
        let to = sent.iter().filter(|sent| sent.to == to);
        to.map(|sent| sent.at_ms).collect()
    };
    let straight = times(at(2));
    assert_eq!((straight.len(), straight[0]), (4, 0));
    for (number, try_at) in (0..).zip(straight.windows(2)) {
        // 50, 100 and 200 ms, up to a quarter longer.
        let (wait, shortest) = (try_at[1] - try_at[0], 50 << number);
        assert!(wait >= shortest && wait <= shortest * 5 / 4, "{straight:?}");
    }
    assert_eq!(times(server_at()), [500, 1_000, 1_500, 2_000, 2_500]);
}

#[test]
fn the_state_of_a_line_follows_its_way() {
    let mut bench = room();
    bench.write(1, "y", "hi");
    let part = chats(&mut bench, "y")[0];
    bench.run_for(500);
    assert_eq!(bench.deliveries(), [(1, Delivery::HandingOver)]);
    bench.hear(server_at(), &mail_answer(part, MailAnswer::Stored));
    assert_eq!(bench.deliveries(), [(1, Delivery::Stored)]);
    let below = Receipt {
        stream: part.stream,
        below: part.seq.next(),
    };
    let receipts = Datagram::Notification {
        text: "".into(),
        offline: false,
        id: Some(RequestId(4)),
        receipts: vec![below],
        expired: Vec::new(),
    };
    bench.hear(server_at(), &receipts);
    let outputs = bench.take();
    let told = Event::Delivery {
        line: LineId(1),
        delivery: Delivery::Delivered(Path::ViaServer),
        at_ms: bench.clock().unix_ms,
    };
    let told = outputs
        .iter()
        .any(|(_, output)| *output == Output::Event(told.clone()));
    assert!(told, "{outputs:?}");
    // The server hears that the receipt came, as often as it asks.
    bench.hear(server_at(), &receipts);
    assert_eq!(
        bench.sent_to(server_at()),
        [crate::room::done(RequestId(4))]
    );
}

#[test]
fn messages_to_one_of_ours_do_not_wait_for_each_other_up_to_the_window() {
    let mut bench = room();
    for line in 1..=20 {
        bench.write(line, "y", "hi");
    }
    let parts = chats(&mut bench, "y");
    assert_eq!(parts.len(), WINDOW);
    bench.hear(at(2), &confirmation(parts[0]));
    assert_eq!(chats(&mut bench, "y").len(), 1);
}

#[test]
fn a_classic_peer_gets_one_message_at_a_time() {
    let mut bench = room();
    for line in 1..=3 {
        bench.write(line, "classic", "hi");
    }
    for line in 1..=3 {
        assert_eq!(chats(&mut bench, "classic").len(), 1, "line {line}");
        bench.hear(at(3), &Datagram::Ack(Ack::Plain));
    }
    let delivered = bench.deliveries();
    assert_eq!(delivered, [(3, Delivery::Delivered(Path::Direct))]);
}

#[test]
fn after_a_classic_peers_silence_the_next_message_waits_for_a_late_ack_to_pass() {
    let mut bench = room();
    bench.write(1, "classic", "first");
    bench.write(2, "classic", "second");
    bench.take();
    bench.run_for(500);
    let handed = bench.sent();
    assert!(handed.len() == 1 && handed[0].to == server_at());
    let Datagram::Offline {
        part: Some(part), ..
    } = handed[0].datagram()
    else {
        panic!("the server gets it");
    };
    bench.hear(server_at(), &mail_answer(part, MailAnswer::Stored));
    // The late ack is nobody's.
    bench.run_for(100);
    bench.hear(at(3), &Datagram::Ack(Ack::Plain));
    assert!(
        !bench
            .deliveries()
            .contains(&(2, Delivery::Delivered(Path::Direct)))
    );
    bench.run_for(400);
    assert_eq!(chats(&mut bench, "classic").len(), 1);
}

#[test]
fn a_message_to_somebody_who_is_away_goes_to_the_server_at_once() {
    let mut bench = room();
    bench.write(1, "away", "hi");
    let sent = bench.sent();
    assert_eq!(sent.len(), 1);
    let Datagram::Offline {
        thought_online,
        recipient,
        ..
    } = sent[0].datagram()
    else {
        panic!("the server is asked to keep it");
    };
    assert_eq!((sent[0].to, thought_online), (server_at(), false));
    assert_eq!(recipient, name("away"));
}

#[test]
fn a_long_message_travels_in_parts_and_arrives_whole_and_once() {
    let text = "明🦔\"\\\u{1} ".repeat(1_300);
    assert!(text.len() <= TEXT_MAX);
    for seed in 0..20 {
        let mut sender = room();
        sender.write(1, "y", &text);
        let mut recipient = client_among("y", vec![entry("x", at(1), true, true)]);
        let mut under_way = Vec::new();
        for step in 0.. {
            under_way.extend(sender.sent().into_iter().filter(|sent| sent.to == at(2)));
            let Some(_) = under_way.first() else { break };
            let chance = mix(seed, step);
            let sent = under_way.swap_remove(chance as usize % under_way.len());
            assert!(sent.bytes.len() <= DATAGRAM_MAX);
            recipient.feed(at(1), &sent.bytes);
            if chance >> 32 & 3 == 0 {
                recipient.feed(at(1), &sent.bytes);
            }
            for (_, output) in recipient.outputs.clone() {
                if let Output::Transmit(ack) = output {
                    sender.feed(at(2), &ack.bytes);
                }
            }
            let shown = |output: &(u64, _)| matches!(output.1, Output::Event(_));
            recipient.outputs.retain(shown);
        }
        assert_eq!(
            recipient.shown(),
            [("x".to_owned(), text.clone())],
            "seed {seed}"
        );
    }
}

#[test]
fn a_part_that_comes_twice_is_acknowledged_twice_and_shown_once() {
    let mut bench = room();
    for _ in 0..2 {
        bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    }
    let outputs = bench.take();
    let acks = outputs
        .iter()
        .filter(|(_, output)| matches!(output, Output::Transmit(_)));
    // The first writes the line, where it ends and how far the stream is, and shows it; the second
    // only answers.
    assert_eq!((acks.count(), outputs.len()), (2, 6));
}

#[test]
fn a_text_that_is_too_long_is_refused_with_the_reason() {
    let mut bench = room();
    bench.write(1, "y", &"x".repeat(TEXT_MAX));
    bench.write(2, "y", &"x".repeat(TEXT_MAX + 1));
    let refused = ("x".repeat(TEXT_MAX + 1), Failure::TooLong);
    assert_eq!(bench.refused(), [refused], "the text is given back");
    bench.write(2, "classic", &"x".repeat(3_900));
    bench.hear(at(3), &Datagram::Ack(Ack::Plain));
    bench.write(3, "classic", &"明".repeat(700));
    let told: BTreeMap<_, _> = bench.deliveries().into_iter().collect();
    assert_eq!(told[&2], Delivery::Delivered(Path::Direct));
    assert_eq!(told[&3], Delivery::Failed(Failure::TooLongForClassic));
}

#[test]
fn a_line_that_failed_can_be_tried_again() {
    let mut bench = room();
    let text = "明".repeat(700);
    bench.write(1, "classic", &text);
    assert_eq!(
        bench.deliveries(),
        [(1, Delivery::Failed(Failure::TooLongForClassic))]
    );
    // There they have our program now, which takes it.
    bench.hear(
        server_at(),
        &page(4, 5, vec![entry("classic", at(3), true, true)]),
    );
    bench.take();
    let retry = || Command::Retry {
        line: LineId(1),
        to: nick("classic"),
        text: text.clone(),
    };
    bench.ask(retry());
    assert_eq!(bench.deliveries(), [(1, Delivery::Trying)]);
    bench.ask(retry());
    assert_eq!(bench.deliveries(), [], "it is under way");
    bench.run_for(60);
    assert!(!bench.sent_to(at(3)).is_empty());
}

#[test]
fn a_line_that_has_arrived_after_all_is_not_tried_again() {
    let mut bench = room();
    bench.write(1, "classic", &"明".repeat(700));
    bench.hear(
        server_at(),
        &page(4, 5, vec![entry("classic", at(3), true, true)]),
    );
    let retry = || Command::Retry {
        line: LineId(1),
        to: nick("classic"),
        text: "short now".to_owned(),
    };
    bench.ask(retry());
    let part = chats(&mut bench, "classic")[0];
    bench.take();
    bench.hear(at(3), &confirmation(part));
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered(Path::Direct))]);
    // A second click that was on its way before the window knew of the first.
    bench.ask(retry());
    assert_eq!(bench.take(), [], "it would be shown twice");
}

#[test]
fn a_text_to_somebody_who_is_not_in_the_table_is_refused_while_there_is_one() {
    let mut bench = room();
    bench.write(1, "nobody", "hi");
    let refused = ("hi".to_owned(), Failure::UnknownRecipient);
    assert_eq!(bench.refused(), [refused]);
    bench.ask(Command::Deregister);
    bench.write(1, "nobody", "hi");
    assert_eq!(bench.refused(), []);
}

#[test]
fn one_line_too_many_for_somebody_is_refused_with_the_reason() {
    let mut bench = room();
    for line in 0..=LINES_MAX as u64 {
        bench.write(line + 1, "y", "hi");
    }
    assert_eq!(bench.refused(), [("hi".to_owned(), Failure::TooMany)]);
}

#[test]
fn a_retry_that_can_not_wait_is_answered_with_the_reason() {
    let mut bench = room();
    bench.write(1, "classic", &"x".repeat(5000));
    let failed = Delivery::Failed(Failure::TooLongForClassic);
    assert_eq!(bench.deliveries(), [(1, failed)]);
    for line in 0..LINES_MAX as u64 {
        bench.write(line + 2, "classic", "hi");
    }
    bench.take();
    bench.ask(Command::Retry {
        line: LineId(1),
        to: nick("classic"),
        text: "x".repeat(5000),
    });
    let answer = Event::NotRetried {
        line: LineId(1),
        to: nick("classic"),
        failure: Failure::TooMany,
    };
    let outputs: Vec<_> = bench.take().into_iter().map(|(_, output)| output).collect();
    assert_eq!(outputs, [Output::Event(answer)], "the line stays failed");
}

#[test]
fn a_message_to_oneself_arrives() {
    let mut bench = room();
    bench.write(1, "x", "to myself");
    for round in 0..2 {
        for sent in bench.outputs.clone() {
            if let Output::Transmit(sent) = sent.1 {
                assert_eq!(sent.to, at(1), "round {round}");
                bench.outputs.clear();
                bench.feed(at(1), &sent.bytes);
            }
        }
        if round == 0 {
            bench.outputs.retain(|(_, output)| {
                let theirs = matches!(output, Output::Event(Event::Line(line)) if matches!(line.origin, Origin::Theirs { .. }));
                theirs || matches!(output, Output::Transmit(_))
            });
            assert_eq!(bench.outputs.len(), 2, "an ack, and the message is shown");
        }
    }
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered(Path::Direct))]);
}

#[test]
fn a_full_mailbox_is_told_and_the_message_waits_here() {
    let mut bench = room();
    bench.write(1, "away", "hi");
    let Some(Datagram::Offline {
        part: Some(part), ..
    }) = bench.sent_to(server_at()).pop()
    else {
        panic!("the server is asked");
    };
    bench.hear(server_at(), &mail_answer(part, MailAnswer::Full));
    assert!(
        bench
            .outputs
            .iter()
            .any(|(_, output)| { *output == Output::Event(Event::MailboxFull(nick("away"))) })
    );
    bench.run_for(20_000);
    assert!(!bench.sent().is_empty(), "it is tried again");
}

#[test]
fn a_server_that_does_not_know_the_client_is_asked_to_register_it_again() {
    let mut bench = room();
    bench.run_for(5_000);
    bench.write(1, "away", "hi");
    let Some(Datagram::Offline {
        part: Some(part), ..
    }) = bench.sent_to(server_at()).pop()
    else {
        panic!("the server is asked");
    };
    bench.hear(server_at(), &mail_answer(part, MailAnswer::Unregistered));
    let sent = bench.sent_to(server_at());
    assert!(matches!(sent[..], [Datagram::Reg { .. }]), "{sent:?}");
}

#[test]
fn what_both_a_peer_and_a_classic_mailbox_bring_is_shown_once() {
    let mut bench = client_at_classic("x", vec![entry("y", at(2), true, false)]);
    let first = part(3, 1, 1);
    bench.hear(at(2), &chat("y", "hi", Some(first)));
    let wrapped = format!("2026-11-22 13:23:18 {}", armour::wrap(&first, "hi"));
    bench.hear(server_at(), &chat("y", &wrapped, None));
    assert_eq!(bench.shown(), [("y".into(), "hi".into())]);
    let second = part(3, 2, 1);
    let wrapped = format!("2026-11-22 13:23:19 {}", armour::wrap(&second, "there"));
    bench.hear(server_at(), &chat("y", &wrapped, None));
    bench.hear(at(2), &chat("y", "there", Some(second)));
    assert_eq!(bench.shown(), [("y".into(), "there".into())]);
}

/// The parts that were sent straight to somebody since the last time.
fn chats(bench: &mut Bench<Client>, to: &str) -> Vec<Part> {
    let to = if to == "y" { at(2) } else { at(3) };
    let part = |datagram| {
        let Datagram::Chat { part, .. } = datagram else {
            return None;
        };
        part
    };
    bench.sent_to(to).into_iter().filter_map(part).collect()
}
