//! The codec: what it takes to read and to write a datagram, beside one UDP send of the same bytes,
//! and how often it allocates. Ends with an error when reading a message copies anything.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod support;

use std::hint::black_box;
use std::net::SocketAddr;
use std::process::ExitCode;

use super_chatter::protocol::{
    Ack, Datagram, Instance, Name, Part, Receipt, Seq, Stream, Style, Table, TableEntry, TablePage,
    Version, decode, encode,
};

use support::echo::socket;
use support::{Times, interleave, now, print_head};

/// Operations timed together: the clock's own cost disappears.
const BATCH: usize = 64;
const BATCHES: usize = 200;

/// Reading or writing takes at most this part of sending the same bytes.
const OF_A_SEND_MAX: f64 = 0.2;

fn name(text: &str) -> Name<'_> {
    Name::parse(text.into()).expect("a valid name")
}

fn chat() -> Datagram<'static> {
    Datagram::Chat {
        sender: name("sonic"),
        text: "0123456789abcde".repeat(10).into(),
        part: Some(Part {
            stream: Stream(1 << 52),
            seq: Seq(1234),
            lowest: Seq(1230),
            index: 1,
            count: 1,
            written_ms: 1_700_000_000_000,
            attempt: 1,
        }),
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

fn people(count: u16) -> Vec<TableEntry<'static>> {
    let entry = |number: u16| TableEntry {
        nickname: name(&format!("user{number:02}")).into_owned(),
        address: SocketAddr::from(([192, 168, 17, (number % 250) as u8], 40_000 + number)),
        online: true,
        extended: true,
    };
    (0..count).map(entry).collect()
}

/// As many people as a full page holds.
fn page() -> Datagram<'static> {
    Datagram::Table(Table::Page(TablePage {
        instance: Instance(1 << 52),
        from: Version(1000),
        to: Version(1028),
        room: None,
        entries: people(28),
    }))
}

fn main() -> ExitCode {
    print_head("codec: us an operation, beside a UDP send of the same bytes");
    let cases = [
        ("chat of 150 bytes", chat(), Style::Compact),
        ("chat of 150 bytes, classic style", chat(), Style::Classic),
        ("ack", ack(), Style::Compact),
        ("table page of 28", page(), Style::Compact),
        (
            "classic table of 80",
            Datagram::Table(Table::Whole(people(80))),
            Style::Classic,
        ),
    ];
    for (what, datagram, style) in &cases {
        let bytes = encode(datagram, *style);
        let size = bytes.len();
        measure(&format!("decode {what}, {size} B"), &bytes, || {
            black_box(decode(black_box(&bytes)).is_ok());
        });
        measure(&format!("encode {what}, {size} B"), &bytes, || {
            black_box(encode(black_box(datagram), *style));
        });
    }
    let bytes = encode(&chat(), Style::Compact);
    match allocations(|| black_box(decode(black_box(&bytes)).is_ok())) {
        0 => ExitCode::SUCCESS,
        count => {
            println!("reading a chat without escapes: expected no allocation, got {count}");
            ExitCode::FAILURE
        }
    }
}

fn allocations<T>(mut run: impl FnMut() -> T) -> u64 {
    let counted = allocation_counter::measure(|| {
        run();
    });
    counted.count_total
}

fn measure(what: &str, bytes: &[u8], mut operation: impl FnMut()) {
    let count = allocations(&mut operation);
    let (from, sink) = (socket(), socket());
    let to = sink.local_addr().expect("it is bound");
    sink.set_nonblocking(true).expect("a socket can be polled");
    let ours = || {
        let mut times = Times::default();
        for _ in 0..BATCHES {
            let start = now();
            (0..BATCH).for_each(|_| operation());
            times.push_mean(start.elapsed(), BATCH);
        }
        times
    };
    let bare = || {
        let mut times = Times::default();
        let mut buffer = [0; 8];
        for _ in 0..BATCHES {
            let start = now();
            for _ in 0..BATCH {
                from.send_to(bytes, to).expect("loopback takes it");
            }
            times.push_mean(start.elapsed(), BATCH);
            while sink.recv(&mut buffer).is_ok() {}
        }
        times
    };
    let ratio = interleave(ours, bare).at(0.5);
    println!(
        "{what:<44} {count:>3} allocations {}",
        ratio.line(Some(OF_A_SEND_MAX))
    );
}
