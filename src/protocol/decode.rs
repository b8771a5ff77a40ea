//! Bytes to [`Datagram`]. Reading copies nothing that has no escapes in it.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use super::encode::Style;
use super::limits::{ATTEMPT_MAX, CLASSIC_DATAGRAM_MAX, NUMBER_END, PART_TEXT_MAX, PARTS_MAX};
use super::message::*;
use super::nickname::{Name, NicknameError};
use super::parts::text_len;
use super::room_name::RoomName;
use super::wire::{ClassicTable, Object, PageEntry, Sc, Text, Wire, flag};

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

/// Reads one datagram.
pub fn decode(bytes: &[u8]) -> Result<Datagram<'_>, DecodeError> {
    if bytes.len() > CLASSIC_DATAGRAM_MAX {
        return Err(DecodeError::TooLong(bytes.len()));
    }
    let Object(Wire {
        kind,
        nickname,
        sender,
        recipient,
        status,
        msg,
        offline,
        sc,
    }) = serde_json::from_str(std::str::from_utf8(bytes)?)?;
    let sc = sc.map(|sc| sc.0);
    let msg = msg.map(|text| text.0);
    // No text takes more bytes as we write it than it took here.
    let long = msg.as_deref().filter(|_| bytes.len() > PART_TEXT_MAX);
    Ok(match kind.0.as_ref() {
        "ack" => Datagram::Ack(sc.map_or(Ok(Ack::Plain), |sc| read_ack(&sc))?),
        "Chat" => Datagram::Chat {
            sender: name("Chat", "Sender", sender)?,
            part: read_part(sc.as_ref(), long)?,
            text: msg.ok_or(DecodeError::Missing("Chat", "Msg"))?,
        },
        "Offline" => Datagram::Offline {
            sender: name("Offline", "Nickname", nickname.or(sender))?,
            recipient: name("Offline", "Receipent", recipient)?,
            thought_online: status.is_some_and(|status| status.0 == "Online"),
            part: read_part(sc.as_ref(), long)?,
            text: msg.ok_or(DecodeError::Missing("Offline", "Msg"))?,
        },
        "Typing" => Datagram::Typing {
            sender: name("Typing", "Sender", sender)?,
        },
        "Read" => Datagram::Read {
            sender: name("Read", "Sender", sender)?,
            mark: read_mark(sc.as_ref().ok_or(DecodeError::Missing("Read", "sc"))?)?,
        },
        "Reg" => Datagram::Reg {
            nickname: name("Reg", "Nickname", nickname)?,
            id: read_id(sc.as_ref())?,
            token: read_token(sc.as_ref())?,
        },
        "Dereg" => Datagram::Dereg {
            nickname: name("Dereg", "Nickname", nickname)?,
            id: read_id(sc.as_ref())?,
        },
        "Verification" => Datagram::Verification {
            id: read_id(sc.as_ref())?,
            token: read_token(sc.as_ref())?,
        },
        "Table" => Datagram::Table(match sc {
            Some(sc) => Table::Page(read_page(sc)?),
            None => Table::Whole(read_table(
                &msg.ok_or(DecodeError::Missing("Table", "Msg"))?,
            )?),
        }),
        "Notification" => Datagram::Notification {
            text: msg.unwrap_or_default(),
            offline: offline.is_some_and(|offline| offline.0 == "True"),
            id: read_id(sc.as_ref())?,
            receipts: read_receipts(sc.as_ref())?,
            expired: read_expired(sc.as_ref())?,
        },
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

fn read_id(sc: Option<&Sc<'_>>) -> Result<Option<RequestId>, DecodeError> {
    let id = sc.and_then(|sc| sc.id);
    id.map(|id| number(id, "id").map(RequestId)).transpose()
}

/// A token belongs to a request by number.
fn read_token(sc: Option<&Sc<'_>>) -> Result<Option<Token>, DecodeError> {
    let token = sc.filter(|sc| sc.id.is_some()).and_then(|sc| sc.tk);
    token
        .map(|token| number(token, "tk").map(Token))
        .transpose()
}

fn read_attempt(sc: &Sc<'_>) -> Result<u32, DecodeError> {
    match sc.y {
        None => Ok(1),
        Some(attempt @ 1..=ATTEMPT_MAX) => Ok(attempt),
        Some(_) => Err(DecodeError::Range("y")),
    }
}

fn read_time(sc: &Sc<'_>) -> Result<i64, DecodeError> {
    let time = sc.t.ok_or(DecodeError::Missing("sc", "t"))?;
    if !(0..NUMBER_END as i64).contains(&time) {
        return Err(DecodeError::Range("t"));
    }
    Ok(time)
}

/// `long`: the text, where it may be longer than a part's.
fn read_part(sc: Option<&Sc<'_>>, long: Option<&str>) -> Result<Option<Part>, DecodeError> {
    let Some(sc) = sc.filter(|sc| sc.st.is_some()) else {
        return Ok(None);
    };
    // Whoever passes it on keeps to the length of a datagram, too.
    if text_len(long.unwrap_or_default(), Style::Compact) > PART_TEXT_MAX {
        return Err(DecodeError::Range("Msg"));
    }
    let part = Part {
        stream: Stream(required(sc.st, "st")?),
        seq: seq(sc.q, "q")?,
        lowest: seq(sc.lo, "lo")?,
        index: sc.k.unwrap_or(1),
        count: sc.n.unwrap_or(1),
        written_ms: read_time(sc)?,
        attempt: read_attempt(sc)?,
    };
    let whole = part.index >= 1 && part.index <= part.count && part.count <= PARTS_MAX;
    // A receipt names the place behind the part, and that is a number, too.
    let placed = part.lowest <= part.seq && part.seq.0 < NUMBER_END - 1;
    if !whole || !placed {
        return Err(DecodeError::Range("part"));
    }
    Ok(Some(part))
}

fn read_mark(sc: &Sc<'_>) -> Result<Mark, DecodeError> {
    Ok(Mark {
        stream: Stream(required(sc.st, "st")?),
        below: seq(sc.rd, "rd")?,
    })
}

fn read_ack(sc: &Sc<'_>) -> Result<Ack, DecodeError> {
    let r = sc.r.as_ref().map(|r| r.0.as_ref());
    if let Some(id) = sc.re {
        let answer = match r {
            Some("welcome") => Answer::Welcome {
                instance: Instance(required(sc.instance, "in")?),
                epoch: Epoch(required(sc.ep, "ep")?),
                token: Token(required(sc.tk, "tk")?),
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
    if sc.rd.is_some() {
        return read_mark(sc).map(Ack::Read);
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
                attempt: read_attempt(sc)?,
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

/// Receipts, and expired parts, belong to a notification by number: their sender goes on until it is
/// acked.
fn read_receipts(sc: Option<&Sc<'_>>) -> Result<Vec<Receipt>, DecodeError> {
    let sc = sc.filter(|sc| sc.id.is_some());
    let places = read_places(sc.and_then(|sc| sc.rc.as_deref()), "rc")?;
    let receipt = |(stream, below)| Receipt { stream, below };
    Ok(places.into_iter().map(receipt).collect())
}

fn read_expired(sc: Option<&Sc<'_>>) -> Result<Vec<Expired>, DecodeError> {
    let sc = sc.filter(|sc| sc.id.is_some());
    let places = read_places(sc.and_then(|sc| sc.ex.as_deref()), "ex")?;
    let expired = |(stream, seq)| Expired { stream, seq };
    Ok(places.into_iter().map(expired).collect())
}

fn read_places(
    places: Option<&[(u64, u64)]>,
    what: &'static str,
) -> Result<Vec<(Stream, Seq)>, DecodeError> {
    let places = places.unwrap_or_default();
    if places.len() > RECEIPTS_MAX {
        return Err(DecodeError::Range(what));
    }
    let read = |&(stream, place): &(u64, u64)| {
        Ok((Stream(number(stream, what)?), seq(Some(place), what)?))
    };
    places.iter().map(read).collect()
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
        room: sc.rm.map(|room| RoomName::of(&room.0)),
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
