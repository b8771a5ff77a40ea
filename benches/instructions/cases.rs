//! The cases: each prepares what it needs, then does one thing [`TIMES`] times inside [`measured`],
//! the function whose instructions are collected.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::machine::client::{self, Client};
use super_chatter::machine::server::{Saved, Server};
use super_chatter::machine::{Machine, Now, Output};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Epoch, Instance, Nickname, Part, Receipt, RequestId, Seq, Stream, Style,
    Table, TableEntry, TablePage, Token, Version, decode, encode,
};

/// The name under which Callgrind finds [`measured`].
pub const MEASURED: &str = "cases::measured";

/// Operations in one run.
pub const TIMES: u64 = 16;

pub const NAMES: [&str; 11] = [
    "decode a chat of 150 bytes",
    "encode a chat of 150 bytes",
    "decode an ack",
    "encode an ack",
    "server: Reg with 10 online",
    "server: Reg with 100 online",
    "server: Reg with 1000 online",
    "server: Offline with 10 online",
    "server: Verification with 1000 online",
    "server: table ack and next shared page",
    "client: receive a chat and ack it",
];

#[inline(never)]
fn measured(mut operation: impl FnMut(u64)) {
    (1..=TIMES).for_each(&mut operation);
}

/// Runs one of [`NAMES`].
pub fn run(case: &str) {
    let [decode_chat, encode_chat, decode_ack, encode_ack, rest @ ..] = NAMES;
    let [
        reg_10,
        reg_100,
        reg_1000,
        mail,
        verification,
        pages,
        receive,
    ] = rest;
    match case {
        _ if case == decode_chat => decoded(&chat(1)),
        _ if case == encode_chat => encoded(&chat(1)),
        _ if case == decode_ack => decoded(&ack()),
        _ if case == encode_ack => encoded(&ack()),
        _ if case == reg_10 => registered(10),
        _ if case == reg_100 => registered(100),
        _ if case == reg_1000 => registered(1000),
        _ if case == mail => mailed(),
        _ if case == verification => verified(),
        _ if case == pages => paged(),
        _ if case == receive => received(),
        _ => panic!("no case is called {case:?}"),
    }
}

fn decoded(datagram: &Datagram<'_>) {
    let bytes = encode(datagram, Style::Compact);
    measured(|_| {
        black_box(decode(black_box(&bytes)).is_ok());
    });
}

fn encoded(datagram: &Datagram<'_>) {
    measured(|_| {
        black_box(encode(black_box(datagram), Style::Compact));
    });
}

/// A newcomer is welcomed, and everybody gets the change.
fn registered(online: u64) {
    let mut server = room(online);
    let newcomers: Vec<_> = (online..online + TIMES).map(reg).collect();
    measured(|time| {
        let at = online + time - 1;
        feed(
            &mut server,
            later(time),
            address(at),
            &newcomers[time as usize - 1],
        );
    });
}

/// A message for somebody who has left.
fn mailed() {
    let mut server = room(10);
    let (sender, recipient) = (nickname(0), nickname(9));
    let dereg = Datagram::Dereg {
        nickname: recipient.name(),
        id: Some(RequestId(2)),
    };
    feed(
        &mut server,
        later(0),
        address(9),
        &encode(&dereg, Style::Compact),
    );
    let mail = |time: u64| {
        let datagram = Datagram::Offline {
            sender: sender.name(),
            recipient: recipient.name(),
            thought_online: false,
            text: "0123456789abcde".repeat(10).into(),
            part: Some(part(time)),
        };
        encode(&datagram, Style::Compact)
    };
    let mails: Vec<_> = (1..=TIMES).map(mail).collect();
    measured(|time| feed(&mut server, later(1), address(0), &mails[time as usize - 1]));
}

fn verified() {
    let mut server = room(1000);
    let bytes = encode(
        &Datagram::Verification {
            id: Some(RequestId(9)),
            token: None,
        },
        Style::Compact,
    );
    measured(|time| feed(&mut server, later(0), address(time), &bytes));
}

/// Two newcomers among a thousand take in the table; the second one's acks are measured, since its
/// pages are written already, as they are for most in a crowd.
fn paged() {
    let mut server = room(1000);
    let (first, second) = (address(1000), address(1001));
    server.handle_datagram(later(1), first, &reg(1000));
    server.handle_datagram(later(1), second, &reg(1001));
    server.handle_timeout(later(2));
    let mut acks = Vec::new();
    while let Some(output) = server.poll_output() {
        if let Output::Transmit(transmit) = output
            && transmit.to == first
            && let Ok(Datagram::Table(Table::Page(page))) = decode(&transmit.bytes)
        {
            let (instance, version) = (page.instance, page.to);
            let ack = encode(
                &Datagram::Ack(Ack::Table { instance, version }),
                Style::Compact,
            );
            server.handle_datagram(later(2), first, &ack);
            acks.push(ack);
        }
    }
    assert!(acks.len() > TIMES as usize, "a table of many pages");
    // The first answer opens the window; each of the others is followed by one page.
    feed(&mut server, later(2), second, &acks[0]);
    measured(|time| feed(&mut server, later(2), second, &acks[time as usize]));
}

/// A client with one contact, who writes to it.
fn received() {
    let mut client = Client::new(1, client::Saved::default());
    let (at, peer) = (address(5000), address(1));
    let register = client::Command::Register {
        nickname: nickname(0),
        servers: vec![at],
    };
    client.handle_command(later(0), register);
    let mut id = None;
    while let Some(output) = client.poll_output() {
        if let Output::Transmit(transmit) = output
            && let Ok(Datagram::Reg { id: asked, .. }) = decode(&transmit.bytes)
        {
            id = asked;
        }
    }
    let instance = Instance(7);
    let welcome = Datagram::Ack(Ack::Request {
        id: id.expect("a client asks by number"),
        answer: Answer::Welcome {
            instance,
            epoch: Epoch(1),
            token: Token(1),
        },
    });
    let people = [nickname(0), nickname(1)];
    let entry = |(nickname, number)| TableEntry {
        nickname: Nickname::name(nickname),
        address: address(number),
        online: true,
        extended: true,
    };
    let page = Datagram::Table(Table::Page(TablePage {
        instance,
        from: Version(0),
        to: Version(2),
        room: None,
        entries: people.iter().zip(0..).map(entry).collect(),
    }));
    for datagram in [welcome, page] {
        feed(
            &mut client,
            later(0),
            at,
            &encode(&datagram, Style::Compact),
        );
    }
    let chats: Vec<_> = (1..=TIMES)
        .map(|seq| encode(&chat(seq), Style::Compact))
        .collect();
    let mut sent = 0;
    measured(|time| {
        client.handle_datagram(later(1), peer, &chats[time as usize - 1]);
        while let Some(output) = client.poll_output() {
            sent += u64::from(matches!(black_box(output), Output::Transmit(_)));
        }
    });
    assert_eq!(sent, TIMES, "every chat is acknowledged");
}

/// A server with that many extended clients online, who hold the whole table.
fn room(online: u64) -> Server {
    let mut server = Server::new(1, Saved::default());
    let mut instance = Instance(0);
    for number in 0..online {
        server.handle_datagram(later(0), address(number), &reg(number));
        while let Some(output) = server.poll_output() {
            if let Output::Transmit(transmit) = output
                && let Ok(Datagram::Ack(Ack::Request {
                    answer: Answer::Welcome { instance: told, .. },
                    ..
                })) = decode(&transmit.bytes)
            {
                instance = told;
            }
        }
    }
    let version = Version(online);
    let whole = encode(
        &Datagram::Ack(Ack::Table { instance, version }),
        Style::Compact,
    );
    for number in 0..online {
        feed(&mut server, later(0), address(number), &whole);
    }
    server.handle_timeout(later(0));
    while server.poll_output().is_some() {}
    server
}

fn feed<M: Machine>(machine: &mut M, now: Now, from: SocketAddr, bytes: &[u8]) {
    machine.handle_datagram(now, from, bytes);
    while let Some(output) = machine.poll_output() {
        black_box(output);
    }
}

/// Far enough apart that each time is a tick of its own, near enough that nobody is asked anything.
fn later(ticks: u64) -> Now {
    Now {
        mono: Duration::from_millis(1000 + 40 * ticks),
        unix_ms: 1_700_000_000_000,
        utc_offset_s: 0,
    }
}

fn address(number: u64) -> SocketAddr {
    ([10, 0, (number / 250) as u8, (number % 250) as u8], 6000).into()
}

fn nickname(number: u64) -> Nickname {
    Nickname::parse(&format!("person{number:04}")).expect("a valid name")
}

fn reg(number: u64) -> Vec<u8> {
    let nickname = nickname(number);
    let datagram = Datagram::Reg {
        nickname: nickname.name(),
        id: Some(RequestId(1)),
        token: None,
    };
    encode(&datagram, Style::Compact)
}

fn part(seq: u64) -> Part {
    Part {
        stream: Stream(1 << 52),
        seq: Seq(seq),
        lowest: Seq(seq),
        index: 1,
        count: 1,
        written_ms: 1_700_000_000_000,
        attempt: 1,
    }
}

fn chat(seq: u64) -> Datagram<'static> {
    Datagram::Chat {
        sender: super_chatter::protocol::Name::parse("person0001".into()).expect("a valid name"),
        text: "0123456789abcde".repeat(10).into(),
        part: Some(part(seq)),
    }
}

fn ack() -> Datagram<'static> {
    Datagram::Ack(Ack::Part {
        seq: Seq(1234),
        attempt: 1,
        receipt: Receipt {
            stream: Stream(1 << 52),
            below: Seq(1235),
        },
    })
}
