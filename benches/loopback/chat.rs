//! A message and its acknowledgement: to a real client, and between two.

use std::time::Duration;

use super_chatter::driver::client::{Command, Told};
use super_chatter::machine::client::{Delivery, Event, Path};
use super_chatter::protocol::{
    Ack, Datagram, Name, Part, Receipt, Seq, Stream, Style, decode, encode,
};

use super::host::{Guest, Host, Peer, nickname};
use crate::support::echo::{Echo, exchange, socket};
use crate::support::{Times, interleave, median, now, print_head};

/// Round trips of one round.
const TRIPS: usize = 2000;

/// p50 and p99 of a message and its acknowledgement, beside a bare echo.
const TARGETS: (f64, f64) = (1.2, 2.0);

/// Lines under way between two clients while their rate is measured.
const AHEAD: u64 = 256;
const LINES: u64 = 20_000;

const STREAM: Stream = Stream(1 << 52);

pub fn run() {
    print_head("a message and its acknowledgement");
    let host = Host::open();
    let peer = Peer::register("sonic", &host);
    let client = Guest::sign_in("tails", &host, &["sonic", "tails"]);
    to_a_client(&peer, &client);
    let amy = Guest::sign_in("amy", &host, &["tails"]);
    client.wait_for(&["amy"]);
    between_clients(&amy, &client);
    rate(&amy, &client);
    amy.close();
    client.close();
    host.close();
}

fn chat(seq: u64) -> Vec<u8> {
    let datagram = Datagram::Chat {
        sender: Name::parse("sonic".into()).expect("a valid name"),
        text: text().into(),
        part: Some(Part {
            stream: STREAM,
            seq: Seq(seq),
            lowest: Seq(seq),
            index: 1,
            count: 1,
            written_ms: 1_700_000_000_000,
            attempt: 1,
        }),
    };
    encode(&datagram, Style::Compact)
}

/// 150 bytes.
fn text() -> String {
    "0123456789abcde".repeat(10)
}

fn ack(seq: u64) -> Ack {
    let receipt = Receipt {
        stream: STREAM,
        below: Seq(seq + 1),
    };
    Ack::Part {
        seq: Seq(seq),
        receipt,
        attempt: 1,
    }
}

/// The bare echo of a chat and its acknowledgement.
fn bare() -> impl FnMut() -> Times {
    let request = chat(1 << 20);
    let echo = Echo::start(encode(&Datagram::Ack(ack(1 << 20)), Style::Compact).len());
    let socket = socket();
    move || {
        // All of it, so that it lives as long as this closure.
        let echo = &echo;
        let request = || request.clone();
        exchange((&socket, echo.address), TRIPS, request, |_| true)
    }
}

fn to_a_client(peer: &Peer, client: &Guest) {
    let seq = std::cell::Cell::new(0);
    let ours = || {
        client.drain();
        let request = || {
            seq.set(seq.get() + 1);
            chat(seq.get())
        };
        let is_answer = |bytes: &[u8]| match decode(bytes) {
            Ok(Datagram::Ack(told)) if told == ack(seq.get()) => true,
            Ok(datagram) => {
                peer.attend(datagram);
                false
            }
            Err(error) => panic!("expected a datagram of the protocol: {error}"),
        };
        exchange((&peer.socket, client.address), TRIPS, request, is_answer)
    };
    let compared = interleave(ours, bare());
    compared.print("chat to a client, until its ack", Some(TARGETS));
}

/// From the command to the mark on the line.
fn between_clients(from: &Guest, to: &Guest) {
    let ours = || {
        from.drain();
        let mut times = Times::default();
        for _ in 0..TRIPS {
            let start = now();
            from.client.send(say()).expect("it runs");
            while !is_delivered(from) {}
            times.push(start.elapsed());
            to.drain();
        }
        times
    };
    let compared = interleave(ours, bare());
    compared.print("command to delivered, two clients", None);
}

fn say() -> Command {
    Command::Send {
        to: nickname("tails"),
        text: text(),
    }
}

/// Waits for news; whether they are that a line is delivered.
fn is_delivered(from: &Guest) -> bool {
    let told = from.client.wait_told(now() + Duration::from_secs(5));
    let Told::Client(Event::Delivery {
        delivery: Delivery::Delivered(path),
        ..
    }) = told.expect("a line is delivered in time")
    else {
        return false;
    };
    assert_eq!(path, Path::Direct, "a line went by the server");
    true
}

/// Lines a second from one client to another, many of them under way, beside the echo's trips.
fn rate(from: &Guest, to: &Guest) {
    let mut bare = bare();
    let rates: Vec<_> = (0..5)
        .map(|_| {
            let echoes = 1e9 / bare().percentile(0.5);
            (lines_a_second(from, to), echoes)
        })
        .collect();
    let lines = median(rates.iter().map(|rate| rate.0));
    let ratio = median(rates.iter().map(|rate| rate.0 / rate.1));
    println!(
        "{:<44} {lines:9.0} /s, {ratio:.2}x of the bare echo's trips, one at a time",
        "acknowledged lines, two clients"
    );
}

fn lines_a_second(from: &Guest, to: &Guest) -> f64 {
    from.drain();
    let start = now();
    let (mut sent, mut delivered) = (0, 0);
    while delivered < LINES {
        while sent < LINES && sent - delivered < AHEAD {
            from.client.send(say()).expect("it runs");
            sent += 1;
        }
        if is_delivered(from) {
            delivered += 1;
        }
        to.drain();
    }
    LINES as f64 / start.elapsed().as_secs_f64()
}
