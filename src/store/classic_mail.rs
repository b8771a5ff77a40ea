//! The classic program's mail files: a folder with one file for each recipient, one message a line.
//! Reading them into a [`Mailbox`] and writing a mailbox's mail as such files. What a line says is
//! the protocol's subject, what a file is called `file_name`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::machine::server::{ClassicStream, Mail, MailId, Person, Record, Saved};
use crate::protocol::limits::NUMBER_END;
use crate::protocol::mail_line::{MailLine, read_mail_line, write_mail_line};
use crate::protocol::{Nickname, Part, Seq, Stream, parts};
use crate::store::file_name::{IMPORTED, file_name, is_imported, recipient};
use crate::store::mailbox::Mailbox;
use crate::store::whole_file::WholeFile;
use crate::store::{Fault, StoreError, make_folder};

/// Longest mail file, in bytes: its messages are in memory together. A longer one is left as it is
/// and reported.
pub const FILE_MAX: u64 = 64 * 1024 * 1024;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub files: usize,
    pub messages: usize,
    /// The files that were left as they are.
    pub problems: Vec<Problem>,
}

/// Why a file was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub file: PathBuf,
    pub wrong: Wrong,
}

/// What is wrong with a mail file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("expected a nickname as the file's name")]
    Name,
    #[error("expected a regular file")]
    NotAFile,
    #[error("expected at most {FILE_MAX} bytes")]
    TooLong,
    #[error("can't be read: {0}")]
    Unreadable(Fault),
    /// A line is no message. Lines are counted from 1.
    #[error("{reason}")]
    Line { line: usize, reason: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match &self.wrong {
            Wrong::Line { line, reason } => write!(f, ", line {line}: {reason}"),
            wrong @ (Wrong::Name | Wrong::NotAFile | Wrong::TooLong | Wrong::Unreadable(_)) => {
                write!(f, ": {wrong}")
            }
        }
    }
}

/// What an export wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub files: usize,
    pub messages: usize,
}

/// Takes every mail file in `folder` into `mailbox`, which holds `saved`: each file whole, or not at
/// all and a [`Problem`]. A file that was taken is renamed, so that a second import takes nothing
/// twice. An error of the mailbox, or a file that was taken and can't be renamed, ends the import.
///
/// The time of a line is when its message was written; it is kept from `now_ms` on, in Unix milliseconds,
/// and as long as any other mail.
pub fn import(
    mailbox: &mut Mailbox,
    saved: &Saved,
    folder: &Path,
    now_ms: i64,
) -> Result<Imported, StoreError> {
    let mut ledger = Ledger::new(saved, now_ms);
    let mut imported = Imported::default();
    for file in list(folder)? {
        let name = file.file_name().unwrap_or_default().to_str();
        if name.is_some_and(is_imported) {
            continue;
        }
        let read = match name.and_then(recipient) {
            Some(recipient) => read_file(&file).map(|lines| (recipient, lines)),
            None => Err(Wrong::Name),
        };
        let (recipient, lines) = match read {
            Ok(read) => read,
            Err(wrong) => {
                imported.problems.push(Problem { file, wrong });
                continue;
            }
        };
        mailbox.commit(&ledger.records(&recipient, &lines))?;
        set_aside(&file)?;
        imported.files += 1;
        imported.messages += lines.len();
    }
    Ok(imported)
}

/// Writes the mail in `saved` into `folder`, which is made when it is not there. Nothing is written
/// when one of the files is there already.
pub fn export(saved: &Saved, folder: &Path) -> Result<Exported, StoreError> {
    make_folder(folder)?;
    let mut files: BTreeMap<PathBuf, Vec<MailLine>> = BTreeMap::new();
    for (recipient, line) in joined(saved) {
        files
            .entry(folder.join(&*file_name(recipient)))
            .or_default()
            .push(line);
    }
    files.keys().try_for_each(|file| refuse_existing(file))?;
    for (file, lines) in &files {
        write_file(file, lines)?;
    }
    Ok(Exported {
        files: files.len(),
        messages: files.values().map(Vec::len).sum(),
    })
}

/// All that lies in `folder`, in the order of the names.
fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let in_folder = |source| StoreError::File {
        path: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(in_folder)?;
    let files: io::Result<BTreeSet<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    Ok(files.map_err(in_folder)?.into_iter().collect())
}

fn read_file(file: &Path) -> Result<Vec<MailLine>, Wrong> {
    let unreadable = |error: io::Error| Wrong::Unreadable(error.into());
    // A link is not followed: it could lead anywhere.
    if !fs::symlink_metadata(file).map_err(unreadable)?.is_file() {
        return Err(Wrong::NotAFile);
    }
    let mut bytes = Vec::new();
    let mut limited = File::open(file).map_err(unreadable)?.take(FILE_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(Wrong::TooLong);
    }
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let read = |(line, bytes): (usize, &[u8])| {
        read_mail_line(bytes.strip_suffix(b"\r").unwrap_or(bytes)).map_err(|error| Wrong::Line {
            line,
            reason: error.to_string(),
        })
    };
    (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .map(read)
        .collect()
}

/// Renames a file that was taken. It is never removed.
fn set_aside(file: &Path) -> Result<(), StoreError> {
    let mut name = file.as_os_str().to_owned();
    name.push(IMPORTED);
    let mut aside = PathBuf::from(&name);
    let mut number = 1;
    while fs::symlink_metadata(&aside).is_ok() {
        number += 1;
        let mut numbered = name.clone();
        numbered.push(format!(".{number}"));
        aside = PathBuf::from(numbered);
    }
    fs::rename(file, &aside).map_err(|source| StoreError::SetAside {
        path: file.to_owned(),
        source,
    })
}

fn refuse_existing(file: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(file) {
        Ok(_) => Err(StoreError::Exists {
            path: file.to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(StoreError::File {
            path: file.to_owned(),
            source,
        }),
    }
}

fn write_file(file: &Path, lines: &[MailLine]) -> Result<(), StoreError> {
    let mut written = WholeFile::create(file)?;
    for line in lines {
        written.write(&(write_mail_line(line) + "\n"))?;
    }
    // Two nicknames can be one file name to the system, which knows no upper and lower case.
    refuse_existing(file)?;
    written.put()
}

/// What the next records need to know of those before.
struct Ledger {
    /// When all of it is taken in.
    now_ms: i64,
    people: BTreeSet<Nickname>,
    next_mail: u64,
    streams: BTreeMap<(Nickname, Nickname), ClassicStream>,
    /// The first part of each stream that is still kept.
    lowest: BTreeMap<Stream, Seq>,
}

impl Ledger {
    fn new(saved: &Saved, now_ms: i64) -> Self {
        let mut lowest = BTreeMap::new();
        for Mail { part, .. } in &saved.mail {
            let first = lowest.entry(part.stream).or_insert(part.seq);
            *first = part.seq.min(*first);
        }
        let key = |stream: &ClassicStream| (stream.sender.clone(), stream.recipient.clone());
        Self {
            now_ms,
            people: saved
                .people
                .iter()
                .map(|person| person.nickname.clone())
                .collect(),
            next_mail: saved.mail.last().map_or(1, |mail| mail.id.0 + 1),
            streams: saved
                .classic_streams
                .iter()
                .map(|stream| (key(stream), stream.clone()))
                .collect(),
            lowest,
        }
    }

    /// What has to be kept so that `lines` wait for `recipient`.
    fn records(&mut self, recipient: &Nickname, lines: &[MailLine]) -> Vec<Record> {
        let mut records = Vec::new();
        if self.people.insert(recipient.clone()) {
            records.push(Record::Person(never_seen(recipient)));
        }
        let mut touched = BTreeSet::new();
        for line in lines {
            self.mail(recipient, line, &mut records);
            touched.insert((line.sender.clone(), recipient.clone()));
        }
        records.extend(
            touched
                .iter()
                .map(|key| Record::ClassicStream(self.streams[key].clone())),
        );
        records
    }

    fn mail(&mut self, recipient: &Nickname, line: &MailLine, records: &mut Vec<Record>) {
        let key = (line.sender.clone(), recipient.clone());
        let stream = self.streams.entry(key).or_insert_with(|| ClassicStream {
            sender: line.sender.clone(),
            recipient: recipient.clone(),
            stream: Stream(fastrand::u64(..NUMBER_END)),
            next: Seq::FIRST,
        });
        let lowest = *self.lowest.entry(stream.stream).or_insert(stream.next);
        let pieces = parts::parts(&line.text);
        let count = u32::try_from(pieces.len()).expect("a text of limited length has few parts");
        for (index, piece) in (1..).zip(pieces) {
            let (seq, written_ms) = (stream.next, line.stored_ms);
            records.push(Record::Mail(Mail {
                id: MailId(self.next_mail),
                recipient: recipient.clone(),
                sender: line.sender.clone(),
                part: Part {
                    stream: stream.stream,
                    seq,
                    lowest,
                    index,
                    count,
                    written_ms,
                    attempt: 1,
                },
                text: line.text[piece].to_owned(),
                stored_ms: self.now_ms,
            }));
            self.next_mail += 1;
            stream.next = seq.next();
        }
    }
}

/// Somebody for whom there is mail, and who never registered here.
fn never_seen(nickname: &Nickname) -> Person {
    let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    Person {
        nickname: nickname.clone(),
        address: nowhere,
        extended: false,
        seen_ms: 0,
    }
}

/// The messages that wait, in the order of their first parts; what is missing of one is left out.
fn joined(saved: &Saved) -> Vec<(&Nickname, MailLine)> {
    let streams = saved.classic_streams.iter().map(|own| own.stream);
    let own: BTreeSet<Stream> = streams.collect();
    let mut messages: Vec<BTreeMap<u32, &Mail>> = Vec::new();
    let mut places = BTreeMap::new();
    for mail in &saved.mail {
        let Part {
            stream, seq, index, ..
        } = mail.part;
        // Where the message's first part is, or would be for a sender that counts wrongly.
        let first = seq.0.wrapping_sub(u64::from(index));
        let place = *places
            .entry((&mail.recipient, stream, first))
            .or_insert(messages.len());
        if place == messages.len() {
            messages.push(BTreeMap::new());
        }
        messages[place].insert(index, mail);
    }
    let join = |parts| join(parts, &own);
    messages.into_iter().filter_map(join).collect()
}

/// `own`: the streams that the server counts itself.
fn join<'a>(
    parts: BTreeMap<u32, &'a Mail>,
    own: &BTreeSet<Stream>,
) -> Option<(&'a Nickname, MailLine)> {
    let text = parts.values().map(|mail| mail.text.as_str()).collect();
    let first = *parts.values().next()?;
    Some((
        &first.recipient,
        MailLine {
            sender: first.sender.clone(),
            text,
            stored_ms: first.shown_ms(own.contains(&first.part.stream)),
        },
    ))
}
