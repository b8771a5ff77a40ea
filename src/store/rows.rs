//! From the mailbox's rows to what the server keeps. Files and commits do not live here.

use std::path::Path;

use rusqlite::Connection;

use crate::machine::server::{
    ClassicStream, HeldExpiry, HeldReceipt, Mail, MailId, Passed, Person, Saved,
};
use crate::protocol::{Epoch, Expired, Part, Receipt, Stream};
use crate::store::StoreError;
use crate::store::table::{Fields, Table};

/// Reads all that is kept.
pub(super) fn read_all(connection: &Connection, path: &Path) -> Result<Saved, StoreError> {
    let people = "SELECT nickname, address, extended, seen_ms FROM people ORDER BY nickname";
    let mail = "SELECT id, recipient, sender, stream, seq, lowest, part_index, part_count,
        written_ms, text, stored_ms FROM mail ORDER BY id";
    let receipts = "SELECT stream, sender, below FROM receipts ORDER BY stream";
    let classic =
        "SELECT sender, recipient, stream, next FROM classic_streams ORDER BY sender, recipient";
    let epoch = "SELECT id, number FROM epoch";
    let passed = "SELECT stream, recipient, below FROM passed ORDER BY stream";
    let expired = "SELECT stream, seq, sender FROM expired ORDER BY stream, seq";
    let blocked = "SELECT address FROM blocked ORDER BY address";
    let table = |table, query| Table {
        connection,
        path,
        table,
        query,
    };
    Ok(Saved {
        people: table("people", people).read([], person)?,
        mail: table("mail", mail).read([], mail_part)?,
        receipts: table("receipts", receipts).read([], receipt)?,
        classic_streams: table("classic_streams", classic).read([], classic_stream)?,
        epoch: table("epoch", epoch).read([], epoch_number)?.pop(),
        passed: table("passed", passed).read([], passed_stream)?,
        expired: table("expired", expired).read([], expired_part)?,
        blocked: table("blocked", blocked).read([], |fields| fields.ip("address"))?,
    })
}

fn person(fields: &Fields<'_>) -> Result<Person, StoreError> {
    Ok(Person {
        nickname: fields.nickname("nickname")?,
        address: fields.address("address")?,
        extended: fields.flag("extended")?,
        seen_ms: fields.time("seen_ms")?,
    })
}

fn mail_part(fields: &Fields<'_>) -> Result<Mail, StoreError> {
    let part = Part {
        stream: Stream(fields.number("stream")?),
        seq: fields.seq("seq")?,
        lowest: fields.seq("lowest")?,
        index: fields.part_number("part_index")?,
        count: fields.part_number("part_count")?,
        written_ms: fields.time("written_ms")?,
        attempt: 1,
    };
    if part.lowest > part.seq {
        return Err(fields.wrong("lowest", "at most seq"));
    }
    if part.index > part.count {
        return Err(fields.wrong("part_index", "at most part_count"));
    }
    Ok(Mail {
        id: MailId(fields.number("id")?),
        recipient: fields.nickname("recipient")?,
        sender: fields.nickname("sender")?,
        part,
        text: fields.message("text")?,
        stored_ms: fields.time("stored_ms")?,
    })
}

fn receipt(fields: &Fields<'_>) -> Result<HeldReceipt, StoreError> {
    let stream = Stream(fields.number("stream")?);
    let receipt = Receipt {
        stream,
        below: fields.seq("below")?,
    };
    Ok(HeldReceipt {
        sender: fields.nickname("sender")?,
        receipt,
    })
}

fn classic_stream(fields: &Fields<'_>) -> Result<ClassicStream, StoreError> {
    Ok(ClassicStream {
        sender: fields.nickname("sender")?,
        recipient: fields.nickname("recipient")?,
        stream: Stream(fields.number("stream")?),
        next: fields.seq("next")?,
    })
}

fn epoch_number(fields: &Fields<'_>) -> Result<Epoch, StoreError> {
    Ok(Epoch(fields.number("number")?))
}

fn passed_stream(fields: &Fields<'_>) -> Result<Passed, StoreError> {
    Ok(Passed {
        recipient: fields.nickname("recipient")?,
        stream: Stream(fields.number("stream")?),
        below: fields.seq("below")?,
    })
}

fn expired_part(fields: &Fields<'_>) -> Result<HeldExpiry, StoreError> {
    let expired = Expired {
        stream: Stream(fields.number("stream")?),
        seq: fields.seq("seq")?,
    };
    Ok(HeldExpiry {
        sender: fields.nickname("sender")?,
        expired,
    })
}
