//! The JSON of a datagram: the one place that knows its keys. Private to the room.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A text that stays in the datagram where no escape forces a copy.
/// (`Option<Cow<str>>` would always copy.)
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// A JSON object. (What serde derives for a struct would take a list of its values too.)
pub(super) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Keys<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Keys(PhantomData))
    }
}

/// Every key of every datagram, all but `Type` optional. A key twice is an error.
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(rename = "Type", borrow)]
    pub kind: Text<'a>,
    #[serde(rename = "Nickname", borrow, default)]
    pub nickname: Option<Text<'a>>,
    #[serde(rename = "Sender", borrow, default)]
    pub sender: Option<Text<'a>>,
    #[serde(rename = "Receipent", borrow, default)]
    pub recipient: Option<Text<'a>>,
    #[serde(rename = "Status", borrow, default)]
    pub status: Option<Text<'a>>,
    #[serde(rename = "Msg", borrow, default)]
    pub msg: Option<Text<'a>>,
    #[serde(rename = "Offline", borrow, default)]
    pub offline: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub sc: Option<Object<Sc<'a>>>,
}

/// The extension object.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct Sc<'a> {
    pub v: u32,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub re: Option<u64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub r: Option<Text<'a>>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ep: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tk: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub st: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub q: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lo: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub t: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub y: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub up: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rd: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tv: Option<u64>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub rm: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub e: Option<Vec<PageEntry<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rc: Option<Vec<(u64, u64)>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ex: Option<Vec<(u64, u64)>>,
}

/// Nickname, address, port, [`flag`] bits.
#[derive(Deserialize, Serialize)]
pub(super) struct PageEntry<'a>(
    #[serde(borrow)] pub Text<'a>,
    #[serde(borrow)] pub Text<'a>,
    pub u16,
    pub u8,
);

pub(super) mod flag {
    pub const ONLINE: u8 = 1;
    pub const EXTENDED: u8 = 2;
}

/// The classic table: `{nick: [ip, port, "Yes"|"No", …], …}` in the order it was written.
pub(super) struct ClassicTable<'a>(pub Vec<(Cow<'a, str>, ClassicEntry<'a>)>);

pub(super) struct ClassicEntry<'a> {
    pub ip: Cow<'a, str>,
    pub port: u16,
    pub online: Cow<'a, str>,
}

impl<'de: 'a, 'a> Deserialize<'de> for ClassicTable<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = ClassicTable<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of nicknames")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((name, entry)) = map.next_entry::<Text<'de>, ClassicEntry<'de>>()? {
                    entries.push((name.0, entry));
                }
                Ok(ClassicTable(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ClassicEntry<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ClassicEntry<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[ip, port, \"Yes\" or \"No\"]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let missing = || serde::de::Error::invalid_length(2, &"three elements");
                let ip = seq.next_element::<Text<'de>>()?.ok_or_else(missing)?.0;
                let port = seq.next_element()?.ok_or_else(missing)?;
                let online = seq.next_element::<Text<'de>>()?.ok_or_else(missing)?.0;
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(ClassicEntry { ip, port, online })
            }
        }
        deserializer.deserialize_seq(Entry)
    }
}

/// Writes JSON as the classic program's does: ASCII, a space behind every comma and colon.
pub(super) struct ClassicFormatter;

impl serde_json::ser::Formatter for ClassicFormatter {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        w: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { w.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        w: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { w.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, w: &mut W) -> std::io::Result<()> {
        w.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + std::io::Write>(
        &mut self,
        w: &mut W,
        fragment: &str,
    ) -> std::io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !c.is_ascii()) {
            let (ascii, other) = rest.split_at(at);
            w.write_all(ascii.as_bytes())?;
            let end = other.find(|c: char| c.is_ascii()).unwrap_or(other.len());
            for unit in other[..end].encode_utf16() {
                write!(w, "\\u{unit:04x}")?;
            }
            rest = &other[end..];
        }
        w.write_all(rest.as_bytes())
    }
}
