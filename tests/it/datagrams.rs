//! Datagrams of every kind, drawn at random, with what JSON, UTF-16 and Unicode make hard. No test
//! lives here.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use super_chatter::protocol::limits::{ATTEMPT_MAX, NUMBER_END, PARTS_MAX};
use super_chatter::protocol::parts::parts;
use super_chatter::protocol::*;

/// Texts with what JSON, UTF-16 and Unicode make hard, up to `chars` characters: a few, again and
/// again.
pub fn texts(chars: usize) -> impl Strategy<Value = String> {
    let hard = "\"\\/\n\r\t\0\u{1}\u{8}\u{c}\u{1f}\u{7f} xé明🦔\u{ffff}\u{10ffff}\u{2028}";
    let one = prop_oneof![select(hard.chars().collect::<Vec<_>>()), any::<char>()];
    let again = |(some, len): (Vec<char>, usize)| some.iter().cycle().take(len).collect();
    (vec(one, 1..12), 0..chars).prop_map(again)
}

/// The text of one part: as much as [`parts`] puts in one.
fn part_texts() -> impl Strategy<Value = String> {
    texts(1000).prop_map(|text| text[parts(&text)[0].clone()].to_owned())
}

fn names() -> impl Strategy<Value = Name<'static>> {
    let script = prop_oneof![
        "[a-zA-Z0-9_.-]{1,32}",
        "[明王小ナé]{1,21}",
        Just("é".repeat(32)),
        "🦔{1,16}"
    ];
    script.prop_map(|text| Name::parse(text.into()).expect("a valid name"))
}

fn numbers() -> impl Strategy<Value = u64> {
    prop_oneof![0..NUMBER_END, Just(NUMBER_END - 1), 0..10u64]
}

fn seqs() -> impl Strategy<Value = Seq> {
    numbers().prop_map(|number| Seq(number.max(1)))
}

pub fn parts_of_messages() -> impl Strategy<Value = Part> {
    (
        numbers(),
        seqs(),
        numbers(),
        1..=PARTS_MAX,
        1..=PARTS_MAX,
        0..(1i64 << 53),
        1..=ATTEMPT_MAX,
    )
        .prop_map(
            |(stream, seq, below, index, count, written_ms, attempt)| Part {
                stream: Stream(stream),
                // The place behind a part is a number, too.
                seq: Seq(seq.0.min(NUMBER_END - 2)),
                lowest: Seq(below.clamp(1, seq.0.min(NUMBER_END - 2))),
                index: index.min(count),
                count,
                written_ms,
                attempt,
            },
        )
}

fn receipts() -> impl Strategy<Value = Receipt> {
    (numbers(), seqs()).prop_map(|(stream, below)| Receipt {
        stream: Stream(stream),
        below,
    })
}

fn marks() -> impl Strategy<Value = Mark> {
    (numbers(), seqs()).prop_map(|(stream, below)| Mark {
        stream: Stream(stream),
        below,
    })
}

fn expired() -> impl Strategy<Value = Expired> {
    (numbers(), seqs()).prop_map(|(stream, seq)| Expired {
        stream: Stream(stream),
        seq,
    })
}

/// A token belongs to a request by number.
fn asked() -> impl Strategy<Value = (Option<RequestId>, Option<Token>)> {
    option::of((
        numbers().prop_map(RequestId),
        option::of(numbers().prop_map(Token)),
    ))
    .prop_map(|asked| match asked {
        Some((id, token)) => (Some(id), token),
        None => (None, None),
    })
}

fn acks() -> impl Strategy<Value = Ack> {
    let answer = prop_oneof![
        (numbers(), numbers(), numbers()).prop_map(|(instance, epoch, token)| Answer::Welcome {
            instance: Instance(instance),
            epoch: Epoch(epoch),
            token: Token(token),
        }),
        select(vec![Answer::Taken, Answer::Refused, Answer::Done]),
    ];
    let mail = select(vec![
        MailAnswer::Stored,
        MailAnswer::Unknown,
        MailAnswer::Full,
        MailAnswer::Unregistered,
    ]);
    prop_oneof![
        Just(Ack::Plain),
        (numbers(), answer).prop_map(|(id, answer)| Ack::Request {
            id: RequestId(id),
            answer
        }),
        (seqs(), receipts(), 1..=ATTEMPT_MAX).prop_map(|(seq, receipt, attempt)| Ack::Part {
            seq,
            receipt,
            attempt
        }),
        (numbers(), seqs(), mail).prop_map(|(stream, seq, answer)| Ack::Mail {
            stream: Stream(stream),
            seq,
            answer
        }),
        (numbers(), numbers()).prop_map(|(instance, version)| Ack::Table {
            instance: Instance(instance),
            version: Version(version),
        }),
        marks().prop_map(Ack::Read),
    ]
}

fn addresses() -> impl Strategy<Value = SocketAddr> {
    let ip = prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(|bytes| Ipv6Addr::from(bytes).to_canonical()),
    ];
    (ip, any::<u16>()).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

/// An entry of a page, or of a whole table, which can't say who is extended.
fn entries(in_page: bool) -> impl Strategy<Value = TableEntry<'static>> {
    (names(), addresses(), any::<bool>(), any::<bool>()).prop_map(
        move |(nickname, address, online, extended)| TableEntry {
            nickname,
            address,
            online,
            extended: extended && in_page,
        },
    )
}

fn tables() -> impl Strategy<Value = Table<'static>> {
    let room = option::of(any::<String>().prop_map(|text| RoomName::of(&text)));
    let places = (numbers(), numbers(), numbers());
    let page = (places, room, vec(entries(true), 0..6));
    prop_oneof![
        vec(entries(false), 0..6).prop_map(Table::Whole),
        page.prop_map(
            |((instance, one, other), room, entries)| Table::Page(TablePage {
                instance: Instance(instance),
                from: Version(one.min(other)),
                to: Version(one.max(other)),
                room,
                entries,
            })
        ),
    ]
}

pub fn datagrams() -> impl Strategy<Value = Datagram<'static>> {
    let ids = || option::of(numbers().prop_map(RequestId));
    let part = || option::of(parts_of_messages());
    let text = || part_texts().prop_map(Into::into);
    prop_oneof![
        (names(), asked()).prop_map(|(nickname, (id, token))| Datagram::Reg {
            nickname,
            id,
            token
        }),
        (names(), ids()).prop_map(|(nickname, id)| Datagram::Dereg { nickname, id }),
        (names(), names(), any::<bool>(), text(), part()).prop_map(
            |(sender, recipient, thought_online, text, part)| Datagram::Offline {
                sender,
                recipient,
                thought_online,
                text,
                part,
            }
        ),
        (names(), text(), part()).prop_map(|(sender, text, part)| Datagram::Chat {
            sender,
            text,
            part
        }),
        names().prop_map(|sender| Datagram::Typing { sender }),
        (names(), marks()).prop_map(|(sender, mark)| Datagram::Read { sender, mark }),
        acks().prop_map(Datagram::Ack),
        tables().prop_map(Datagram::Table),
        (text(), any::<bool>(), ids()).prop_map(|(text, offline, id)| Datagram::Notification {
            text,
            offline,
            id,
            receipts: Vec::new(),
            expired: Vec::new(),
        }),
        (
            any::<bool>(),
            numbers(),
            vec(receipts(), 0..RECEIPTS_MAX),
            vec(expired(), 0..RECEIPTS_MAX)
        )
            .prop_map(|(offline, id, receipts, expired)| {
                let (text, id) = ("".into(), Some(RequestId(id)));
                Datagram::Notification {
                    text,
                    offline,
                    id,
                    receipts,
                    expired,
                }
            }),
        asked().prop_map(|(id, token)| Datagram::Verification { id, token }),
    ]
}
