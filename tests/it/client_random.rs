//! Whatever the user, the room and the clock do, a line's delivery state only moves forward.

use std::collections::BTreeMap;

use super_chatter::machine::Output;
use super_chatter::machine::client::{Client, Command, Delivery, Event, LineId};
use super_chatter::protocol::{Ack, Datagram, MailAnswer, Receipt, RequestId, Seq};

use crate::bench::*;
use crate::wire::mix;

#[test]
fn the_state_of_a_line_only_moves_forward_whatever_comes() {
    for seed in 0..60 {
        let mut bench = room();
        let mut told: BTreeMap<LineId, Delivery> = BTreeMap::new();
        let mut lines = 0;
        for step in 0..150 {
            let outputs = bench.take();
            for (_, output) in outputs {
                match output {
                    Output::Event(Event::Delivery { line, delivery, .. }) => {
                        let before = told.insert(line, delivery);
                        let forward = before.is_none_or(|before| rank(before) < rank(delivery));
                        assert!(
                            forward,
                            "seed {seed}: {line:?} from {before:?} to {delivery:?}"
                        );
                    }
                    Output::Transmit(sent) => {
                        let chance = mix(seed, mix(step, sent.bytes.len() as u64));
                        let sent = Sent {
                            at_ms: 0,
                            to: sent.to,
                            bytes: sent.bytes,
                        };
                        answer_somehow(&mut bench, &sent, chance);
                    }
                    Output::Event(_) => {}
                    Output::Persist(_) => {}
                }
            }
            happen(&mut bench, mix(seed, 1_000 + step), &mut lines);
        }
        assert!(
            lines > 10 && told.values().any(|last| rank(*last) == 4),
            "seed {seed}"
        );
    }
}

/// An answer that could come: of the peer or of the server, to this or an earlier part.
fn answer_somehow(bench: &mut Bench<Client>, sent: &Sent, chance: u64) {
    let (part, to) = match sent.datagram() {
        Datagram::Chat {
            part: Some(part), ..
        } => (part, sent.to),
        Datagram::Offline {
            part: Some(part), ..
        } => (part, server_at()),
        Datagram::Reg { id: Some(id), .. } if !chance.is_multiple_of(3) => {
            let answer = welcome(INSTANCE);
            return bench.hear(server_at(), &request_ack(id, answer));
        }
        Datagram::Reg { .. }
        | Datagram::Dereg { .. }
        | Datagram::Offline { part: None, .. }
        | Datagram::Chat { part: None, .. }
        | Datagram::Typing { .. }
        | Datagram::Read { .. }
        | Datagram::Ack(_)
        | Datagram::Table(_)
        | Datagram::Notification { .. }
        | Datagram::Verification { .. } => return,
    };
    let answers = [
        MailAnswer::Stored,
        MailAnswer::Full,
        MailAnswer::Unknown,
        MailAnswer::Unregistered,
    ];
    let answer = answers[(chance >> 8) as usize % 4];
    match chance % 6 {
        0 if to == at(3) => bench.hear(to, &Datagram::Ack(Ack::Plain)),
        0 | 1 => bench.hear(to, &confirmation(part)),
        2 => {
            let receipt = Receipt {
                stream: part.stream,
                below: part.lowest,
            };
            bench.hear(
                at(2),
                &Datagram::Ack(Ack::Part {
                    seq: part.seq,
                    receipt,
                    attempt: part.attempt,
                }),
            );
        }
        3 => bench.hear(server_at(), &mail_answer(part, answer)),
        4 => {
            let below = Seq(1 + chance % part.seq.next().0);
            let receipts = vec![Receipt {
                stream: part.stream,
                below,
            }];
            let (text, id) = ("".into(), Some(RequestId(chance % 9)));
            bench.hear(
                server_at(),
                &Datagram::Notification {
                    text,
                    offline: false,
                    id,
                    receipts,
                    expired: Vec::new(),
                },
            );
        }
        _ => {}
    }
}

/// Something that the user, the room or the clock does.
fn happen(bench: &mut Bench<Client>, chance: u64, lines: &mut u64) {
    let names = ["y", "classic", "away", "x"];
    match chance % 8 {
        0..3 => {
            *lines += 1;
            let len = (chance >> 20) as usize % 2_000;
            bench.write(*lines, names[(chance >> 8) as usize % 4], &"x".repeat(len));
        }
        3 => {
            let online = chance & 256 == 0;
            let from = 4 + (chance >> 16) % 3;
            let changed = entry("y", at(2), online, chance & 512 == 0);
            bench.hear(server_at(), &page(0, from + 1, vec![changed]));
        }
        4 if chance & 256 == 0 => bench.ask(Command::Deregister),
        4 => bench.ask(Command::Register {
            nickname: nick("x"),
            servers: vec![server_at()],
        }),
        5 => bench.run_for((chance >> 8) % 20_000),
        _ => bench.run_for((chance >> 8) % 400),
    }
}

fn rank(delivery: Delivery) -> u32 {
    match delivery {
        Delivery::Trying => 0,
        Delivery::HandingOver => 1,
        Delivery::Waiting => 2,
        Delivery::Stored => 3,
        Delivery::Delivered(_) | Delivery::Failed(_) => 4,
    }
}
