//! Bytes to [`Datagram`] and back. Reading copies nothing that has no escapes in it.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use serde::ser::{SerializeMap, Serializer};

use super::limits::{CLASSIC_DATAGRAM_MAX, NUMBER_END, PARTS_MAX};
use super::message::*;
use super::nickname::{Name, NicknameError};
use super::wire::{ClassicFormatter, ClassicTable, PageEntry, Sc, Text, Wire, flag};

/// The version of the extension that this program speaks.
const VERSION: u32 = 1;

/// Why bytes are no datagram.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("expected at most {CLASSIC_DATAGRAM_MAX} bytes, got {0}")]
    TooLong(usize),
    #[error("expected UTF-8: {0}")]
    Text(#[from] std::str::Utf8Error),
    #[error("expected a JSON object of the protocol: {0}")]
    Json(#[from] serde_json::Error),
    #[error("expected a known Type, got {0:?}")]
    UnknownType(String),
    #[error("expected {1} in a {0} datagram")]
    Missing(&'static str, &'static str),
    #[error("expected a nickname: {0}")]
    Nickname(#[from] NicknameError),
    #[error("{0} is out of its range")]
    Range(&'static str),
}

/// How a datagram is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// ASCII and spaced, as the classic program writes it.
    Classic,
    /// UTF-8 without a space.
    Compact,
}

/// Reads one datagram.
pub fn decode(bytes: &[u8]) -> Result<Datagram<'_>, DecodeError> {
    if bytes.len() > CLASSIC_DATAGRAM_MAX {
        return Err(DecodeError::TooLong(bytes.len()));
    }
    let Wire {
        kind,
        nickname,
        sender,
        recipient,
        status,
        msg,
        offline,
        sc,
    } = serde_json::from_str(std::str::from_utf8(bytes)?)?;
    let msg = msg.map(|text| text.0);
    Ok(match kind.0.as_ref() {
        "ack" => Datagram::Ack(sc.map_or(Ok(Ack::Plain), |sc| read_ack(&sc))?),
        "Chat" => Datagram::Chat {
            sender: name("Chat", "Sender", sender)?,
            text: msg.ok_or(DecodeError::Missing("Chat", "Msg"))?,
            part: sc.map_or(Ok(None), |sc| read_part(&sc))?,
        },
        "Offline" => Datagram::Offline {
            sender: name("Offline", "Nickname", nickname.or(sender))?,
            recipient: name("Offline", "Receipent", recipient)?,
            thought_online: status.is_some_and(|status| status.0 == "Online"),
            text: msg.ok_or(DecodeError::Missing("Offline", "Msg"))?,
            part: sc.map_or(Ok(None), |sc| read_part(&sc))?,
        },
        "Reg" => Datagram::Reg {
            nickname: name("Reg", "Nickname", nickname)?,
            id: read_id(sc)?,
        },
        "Dereg" => Datagram::Dereg {
            nickname: name("Dereg", "Nickname", nickname)?,
            id: read_id(sc)?,
        },
        "Verification" => Datagram::Verification { id: read_id(sc)? },
        "Table" => Datagram::Table(match sc {
            Some(sc) => Table::Page(read_page(sc)?),
            None => Table::Whole(read_table(
                &msg.ok_or(DecodeError::Missing("Table", "Msg"))?,
            )?),
        }),
        "Notification" => {
            let receipts = sc.as_ref().map_or(Ok(Vec::new()), read_receipts)?;
            Datagram::Notification {
                text: msg.unwrap_or_default(),
                offline: offline.is_some_and(|offline| offline.0 == "True"),
                id: read_id(sc)?,
                receipts,
            }
        }
        other => return Err(DecodeError::UnknownType(other.to_owned())),
    })
}

fn name<'a>(
    kind: &'static str,
    key: &'static str,
    text: Option<Text<'a>>,
) -> Result<Name<'a>, DecodeError> {
    Ok(Name::parse(text.ok_or(DecodeError::Missing(kind, key))?.0)?)
}

fn number(value: u64, what: &'static str) -> Result<u64, DecodeError> {
    if value < NUMBER_END {
        Ok(value)
    } else {
        Err(DecodeError::Range(what))
    }
}

fn required(value: Option<u64>, what: &'static str) -> Result<u64, DecodeError> {
    number(value.ok_or(DecodeError::Missing("sc", what))?, what)
}

fn seq(value: Option<u64>, what: &'static str) -> Result<Seq, DecodeError> {
    match required(value, what)? {
        0 => Err(DecodeError::Range(what)),
        seq => Ok(Seq(seq)),
    }
}

fn read_id(sc: Option<Sc<'_>>) -> Result<Option<RequestId>, DecodeError> {
    let id = sc.and_then(|sc| sc.id);
    id.map(|id| number(id, "id").map(RequestId)).transpose()
}

fn read_part(sc: &Sc<'_>) -> Result<Option<Part>, DecodeError> {
    if sc.st.is_none() {
        return Ok(None);
    }
    let part = Part {
        stream: Stream(required(sc.st, "st")?),
        seq: seq(sc.q, "q")?,
        lowest: seq(sc.lo, "lo")?,
        index: sc.k.unwrap_or(1),
        count: sc.n.unwrap_or(1),
        written_ms: sc.t.ok_or(DecodeError::Missing("sc", "t"))?,
    };
    let whole = part.index >= 1 && part.index <= part.count && part.count <= PARTS_MAX;
    if !whole || part.lowest > part.seq {
        return Err(DecodeError::Range("part"));
    }
    Ok(Some(part))
}

fn read_ack(sc: &Sc<'_>) -> Result<Ack, DecodeError> {
    let r = sc.r.as_ref().map(|r| r.0.as_ref());
    if let Some(id) = sc.re {
        let answer = match r {
            Some("welcome") => Answer::Welcome {
                instance: Instance(required(sc.instance, "in")?),
            },
            Some("taken") => Answer::Taken,
            Some("refused") => Answer::Refused,
            None => Answer::Done,
            Some(_) => return Err(DecodeError::Range("r")),
        };
        return Ok(Ack::Request {
            id: RequestId(number(id, "re")?),
            answer,
        });
    }
    if sc.tv.is_some() {
        let instance = Instance(required(sc.instance, "in")?);
        return Ok(Ack::Table {
            instance,
            version: Version(required(sc.tv, "tv")?),
        });
    }
    if sc.st.is_none() {
        return Ok(Ack::Plain);
    }
    let stream = Stream(required(sc.st, "st")?);
    let at = seq(sc.q, "q")?;
    let answer = match r {
        None => {
            return Ok(Ack::Part {
                seq: at,
                receipt: Receipt {
                    stream,
                    below: seq(sc.up, "up")?,
                },
            });
        }
        Some("stored") => MailAnswer::Stored,
        Some("unknown") => MailAnswer::Unknown,
        Some("full") => MailAnswer::Full,
        Some("unregistered") => MailAnswer::Unregistered,
        Some(_) => return Err(DecodeError::Range("r")),
    };
    Ok(Ack::Mail {
        stream,
        seq: at,
        answer,
    })
}

fn read_receipts(sc: &Sc<'_>) -> Result<Vec<Receipt>, DecodeError> {
    let receipts = sc.rc.as_deref().unwrap_or_default();
    if receipts.len() > RECEIPTS_MAX {
        return Err(DecodeError::Range("rc"));
    }
    let read = |&(stream, below): &(u64, u64)| {
        Ok(Receipt {
            stream: Stream(number(stream, "rc")?),
            below: seq(Some(below), "rc")?,
        })
    };
    receipts.iter().map(read).collect()
}

fn read_page<'a>(sc: Sc<'a>) -> Result<TablePage<'a>, DecodeError> {
    let (from, to) = (required(sc.tf, "tf")?, required(sc.tv, "tv")?);
    if from > to {
        return Err(DecodeError::Range("tf"));
    }
    let entry = |PageEntry(nickname, ip, port, flags): PageEntry<'a>| {
        Some(TableEntry {
            nickname: Name::parse(nickname.0).ok()?,
            address: SocketAddr::new(ip.0.parse::<IpAddr>().ok()?.to_canonical(), port),
            online: flags & flag::ONLINE != 0,
            extended: flags & flag::EXTENDED != 0,
        })
    };
    Ok(TablePage {
        instance: Instance(required(sc.instance, "in")?),
        from: Version(from),
        to: Version(to),
        entries: sc
            .e
            .unwrap_or_default()
            .into_iter()
            .filter_map(entry)
            .collect(),
    })
}

/// The classic table lies as JSON in a string. An entry that nobody could be reached by is left out.
fn read_table(text: &str) -> Result<Vec<TableEntry<'static>>, DecodeError> {
    let ClassicTable(entries) = serde_json::from_str(text)?;
    let entry = |(nickname, entry): (Cow<'_, str>, super::wire::ClassicEntry<'_>)| {
        Some(TableEntry {
            nickname: Name::parse(Cow::Owned(nickname.into_owned())).ok()?,
            address: SocketAddr::new(entry.ip.parse::<IpAddr>().ok()?.to_canonical(), entry.port),
            online: entry.online == "Yes",
            extended: false,
        })
    };
    Ok(entries.into_iter().filter_map(entry).collect())
}

/// Bytes reserved for a datagram that is written: all but full parts and table pages fit without
/// growing, and allocators serve a block of that size from their fast lists.
const ROOM: usize = 1024;

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
        Datagram::Reg { nickname, id } => {
            map.serialize_entry("Nickname", nickname.as_str())?;
            map.serialize_entry("Type", "Reg")?;
            write_sc(&mut map, id.map(request))?;
        }
        Datagram::Dereg { nickname, id } => {
            map.serialize_entry("Nickname", nickname.as_str())?;
            map.serialize_entry("Type", "Dereg")?;
            write_sc(&mut map, id.map(request))?;
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
        Datagram::Ack(ack) => {
            map.serialize_entry("Type", "ack")?;
            write_sc(&mut map, ack_sc(ack))?;
        }
        Datagram::Table(Table::Whole(entries)) => {
            map.serialize_entry("Msg", &classic_table(entries))?;
            map.serialize_entry("Type", "Table")?;
        }
        Datagram::Table(Table::Page(page)) => {
            map.serialize_entry("Type", "Table")?;
            write_sc(&mut map, Some(page_sc(page)))?;
        }
        Datagram::Notification {
            text,
            offline,
            id,
            receipts,
        } => {
            map.serialize_entry("Msg", text)?;
            map.serialize_entry("Offline", if *offline { "True" } else { "False" })?;
            map.serialize_entry("Type", "Notification")?;
            write_sc(&mut map, id.map(|id| notification_sc(id, receipts)))?;
        }
        Datagram::Verification { id } => {
            map.serialize_entry("Type", "Verification")?;
            write_sc(&mut map, id.map(request))?;
        }
    }
    map.end()
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

fn notification_sc<'a>(id: RequestId, receipts: &[Receipt]) -> Sc<'a> {
    let rc = receipts
        .iter()
        .map(|receipt| (receipt.stream.0, receipt.below.0))
        .collect();
    Sc {
        rc: if receipts.is_empty() { None } else { Some(rc) },
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
        ..blank()
    }
}

fn ack_sc<'a>(ack: &Ack) -> Option<Sc<'a>> {
    Some(match *ack {
        Ack::Plain => return None,
        Ack::Request { id, answer } => {
            let (r, instance) = match answer {
                Answer::Welcome { instance } => (word("welcome"), Some(instance.0)),
                Answer::Taken => (word("taken"), None),
                Answer::Refused => (word("refused"), None),
                Answer::Done => (None, None),
            };
            Sc {
                re: Some(id.0),
                r,
                instance,
                ..blank()
            }
        }
        Ack::Part { seq, receipt } => Sc {
            st: Some(receipt.stream.0),
            q: Some(seq.0),
            up: Some(receipt.below.0),
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
