//! [`Datagram`] to bytes, as the classic program writes them or in their shortest form.

use std::borrow::Cow;

use serde::ser::{SerializeMap, Serializer};

use super::message::*;
use super::nickname::Name;
use super::wire::{ClassicFormatter, PageEntry, Sc, Text, flag};

/// The version of the extension that this program speaks.
const VERSION: u32 = 1;

/// Bytes reserved for a datagram that is written: all but full parts and table pages fit without
/// growing, and allocators serve a block of that size from their fast lists.
const ROOM: usize = 1024;

/// How a datagram is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// ASCII and spaced, as the classic program writes it.
    Classic,
    /// UTF-8 without a space.
    Compact,
}

/// Writes one datagram.
pub fn encode(datagram: &Datagram<'_>, style: Style) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ROOM);
    let written = match style {
        Style::Compact => write(datagram, &mut serde_json::Serializer::new(&mut bytes)),
        Style::Classic => write(
            datagram,
            &mut serde_json::Serializer::with_formatter(&mut bytes, ClassicFormatter),
        ),
    };
    written.expect("strings and numbers always serialize into memory");
    bytes
}

/// The keys stand in the order in which the classic program writes them.
fn write<S: Serializer>(datagram: &Datagram<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    match datagram {
        Datagram::Reg {
            nickname,
            id,
            token,
        } => {
            let sc = id.map(|id| request_as(id, *token));
            write_named(&mut map, ("Nickname", nickname), "Reg", sc)?;
        }
        Datagram::Dereg { nickname, id } => {
            write_named(&mut map, ("Nickname", nickname), "Dereg", id.map(request))?;
        }
        Datagram::Offline {
            sender,
            recipient,
            thought_online,
            text,
            part,
        } => {
            map.serialize_entry("Status", if *thought_online { "Online" } else { "Offline" })?;
            map.serialize_entry("Nickname", sender.as_str())?;
            map.serialize_entry("Type", "Offline")?;
            map.serialize_entry("Receipent", recipient.as_str())?;
            map.serialize_entry("Msg", text)?;
            map.serialize_entry("Sender", sender.as_str())?;
            write_sc(&mut map, part.as_ref().map(part_sc))?;
        }
        Datagram::Chat { sender, text, part } => {
            map.serialize_entry("Msg", text)?;
            map.serialize_entry("Type", "Chat")?;
            map.serialize_entry("Sender", sender.as_str())?;
            write_sc(&mut map, part.as_ref().map(part_sc))?;
        }
        Datagram::Typing { sender } => {
            write_named(&mut map, ("Sender", sender), "Typing", Some(blank()))?;
        }
        Datagram::Read { sender, mark } => {
            write_named(&mut map, ("Sender", sender), "Read", Some(mark_sc(*mark)))?;
        }
        Datagram::Ack(ack) => write_bare(&mut map, "ack", ack_sc(ack))?,
        Datagram::Table(Table::Whole(entries)) => {
            map.serialize_entry("Msg", &classic_table(entries))?;
            map.serialize_entry("Type", "Table")?;
        }
        Datagram::Table(Table::Page(page)) => write_bare(&mut map, "Table", Some(page_sc(page)))?,
        Datagram::Notification {
            text,
            offline,
            id,
            receipts,
            expired,
        } => {
            map.serialize_entry("Msg", text)?;
            map.serialize_entry("Offline", if *offline { "True" } else { "False" })?;
            map.serialize_entry("Type", "Notification")?;
            write_sc(
                &mut map,
                id.map(|id| notification_sc(id, receipts, expired)),
            )?;
        }
        Datagram::Verification { id, token } => {
            write_bare(
                &mut map,
                "Verification",
                id.map(|id| request_as(id, *token)),
            )?;
        }
    }
    map.end()
}

/// A datagram with nothing in it but the extension.
fn write_bare<M: SerializeMap>(
    map: &mut M,
    kind: &'static str,
    sc: Option<Sc<'_>>,
) -> Result<(), M::Error> {
    map.serialize_entry("Type", kind)?;
    write_sc(map, sc)
}

/// A datagram with nothing in it but whom it speaks of, and the extension.
fn write_named<M: SerializeMap>(
    map: &mut M,
    (key, name): (&'static str, &Name<'_>),
    kind: &'static str,
    sc: Option<Sc<'_>>,
) -> Result<(), M::Error> {
    map.serialize_entry(key, name.as_str())?;
    write_bare(map, kind, sc)
}

fn write_sc<M: SerializeMap>(map: &mut M, sc: Option<Sc<'_>>) -> Result<(), M::Error> {
    match sc {
        Some(sc) => map.serialize_entry("sc", &sc),
        None => Ok(()),
    }
}

fn blank<'a>() -> Sc<'a> {
    Sc {
        v: VERSION,
        ..Sc::default()
    }
}

fn word(text: &str) -> Option<Text<'_>> {
    Some(Text(Cow::Borrowed(text)))
}

fn request<'a>(id: RequestId) -> Sc<'a> {
    Sc {
        id: Some(id.0),
        ..blank()
    }
}

fn request_as<'a>(id: RequestId, token: Option<Token>) -> Sc<'a> {
    Sc {
        tk: token.map(|token| token.0),
        ..request(id)
    }
}

fn notification_sc<'a>(id: RequestId, receipts: &[Receipt], expired: &[Expired]) -> Sc<'a> {
    let below = |receipt: &Receipt| (receipt.stream.0, receipt.below.0);
    let place = |expired: &Expired| (expired.stream.0, expired.seq.0);
    let rc: Vec<_> = receipts.iter().map(below).collect();
    let ex: Vec<_> = expired.iter().map(place).collect();
    Sc {
        rc: Some(rc).filter(|rc| !rc.is_empty()),
        ex: Some(ex).filter(|ex| !ex.is_empty()),
        ..request(id)
    }
}

fn part_sc<'a>(part: &Part) -> Sc<'a> {
    let long = part.count > 1;
    Sc {
        st: Some(part.stream.0),
        q: Some(part.seq.0),
        lo: Some(part.lowest.0),
        k: long.then_some(part.index),
        n: long.then_some(part.count),
        t: Some(part.written_ms),
        y: again(part.attempt),
        ..blank()
    }
}

fn mark_sc<'a>(mark: Mark) -> Sc<'a> {
    Sc {
        st: Some(mark.stream.0),
        rd: Some(mark.below.0),
        ..blank()
    }
}

/// The first try goes without saying.
fn again(attempt: u32) -> Option<u32> {
    (attempt != 1).then_some(attempt)
}

fn ack_sc<'a>(ack: &Ack) -> Option<Sc<'a>> {
    Some(match *ack {
        Ack::Plain => return None,
        Ack::Request { id, answer } => {
            let answered = |r| Sc {
                re: Some(id.0),
                r,
                ..blank()
            };
            match answer {
                Answer::Welcome {
                    instance,
                    epoch,
                    token,
                } => Sc {
                    instance: Some(instance.0),
                    ep: Some(epoch.0),
                    tk: Some(token.0),
                    ..answered(word("welcome"))
                },
                Answer::Taken => answered(word("taken")),
                Answer::Refused => answered(word("refused")),
                Answer::Done => answered(None),
            }
        }
        Ack::Part {
            seq,
            receipt,
            attempt,
        } => Sc {
            st: Some(receipt.stream.0),
            q: Some(seq.0),
            up: Some(receipt.below.0),
            y: again(attempt),
            ..blank()
        },
        Ack::Mail {
            stream,
            seq,
            answer,
        } => {
            let r = word(match answer {
                MailAnswer::Stored => "stored",
                MailAnswer::Unknown => "unknown",
                MailAnswer::Full => "full",
                MailAnswer::Unregistered => "unregistered",
            });
            Sc {
                st: Some(stream.0),
                q: Some(seq.0),
                r,
                ..blank()
            }
        }
        Ack::Table { instance, version } => Sc {
            instance: Some(instance.0),
            tv: Some(version.0),
            ..blank()
        },
        Ack::Read(mark) => mark_sc(mark),
    })
}

fn page_sc<'a>(page: &'a TablePage<'a>) -> Sc<'a> {
    let entry = |entry: &'a TableEntry<'a>| {
        PageEntry(
            Text(Cow::Borrowed(entry.nickname.as_str())),
            Text(Cow::Owned(entry.address.ip().to_string())),
            entry.address.port(),
            u8::from(entry.online) * flag::ONLINE + u8::from(entry.extended) * flag::EXTENDED,
        )
    };
    Sc {
        instance: Some(page.instance.0),
        tf: Some(page.from.0),
        tv: Some(page.to.0),
        rm: page
            .room
            .as_ref()
            .map(|room| Text(Cow::Borrowed(room.as_str()))),
        e: Some(page.entries.iter().map(entry).collect()),
        ..blank()
    }
}

/// The string inside a classic table, itself JSON in the classic style.
fn classic_table(entries: &[TableEntry<'_>]) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, ClassicFormatter);
    let entry = |entry: &TableEntry<'_>| {
        let online = if entry.online { "Yes" } else { "No" };
        (
            entry.nickname.as_str().to_owned(),
            (entry.address.ip().to_string(), entry.address.port(), online),
        )
    };
    serializer
        .collect_map(entries.iter().map(entry))
        .expect("strings and numbers always serialize into memory");
    String::from_utf8(bytes).expect("the classic style is ASCII")
}
