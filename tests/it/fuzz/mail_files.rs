//! Files of any name and content in a folder of classic mail: each is taken whole or reported and left
//! as it is, nothing is written elsewhere, and what was taken is written out as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super_chatter::machine::server::Saved;
use super_chatter::protocol::Nickname;
use super_chatter::protocol::mail_line::{MailLine, read_mail_line};
use super_chatter::store::classic_mail::{export, import};
use super_chatter::store::mailbox::Mailbox;
use tempfile::TempDir;

/// No text has it: it stands between names and contents.
const BETWEEN: u8 = 0xff;

pub fn mail_files(bytes: &[u8]) {
    let place = TempDir::new().expect("a folder");
    let folder = place.path().join("mail");
    fs::create_dir(&folder).expect("a folder");
    let files = write_files(&folder, bytes);
    let saved = taken(&folder, &place.path().join("one.db"), &files);

    let out = place.path().join("out");
    let exported = export(&saved, &out).expect("an empty folder");
    let written = fs::read_dir(&out).expect("the folder").count();
    assert_eq!(exported.files, written);
    let again = place.path().join("two.db");
    let mut mailbox = Mailbox::open(&again).expect("a new mailbox").mailbox;
    let imported = import(&mut mailbox, &Saved::default(), &out, 0).expect("our own files");
    assert!(imported.problems.is_empty(), "{:?}", imported.problems);
    assert_eq!(imported.messages, exported.messages);
    drop(mailbox);
    let reread = Mailbox::open(&again).expect("an old mailbox").saved;
    assert_eq!(texts(&reread), texts(&saved));

    let names: BTreeSet<_> = fs::read_dir(place.path())
        .expect("the place")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("our name")
        })
        .collect();
    let ours = |name: &String| ["mail", "out"].contains(&name.as_str()) || name.contains(".db");
    assert!(names.iter().all(ours), "{names:?}");
}

/// Writes names and contents in turn, and tells what lies in the folder then.
fn write_files(folder: &Path, bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut texts = bytes.split(|byte| *byte == BETWEEN);
    while let (Some(name), Some(content)) = (texts.next(), texts.next()) {
        let name = String::from_utf8_lossy(name).into_owned();
        let path = folder.join(&name);
        // What the system takes as the name of a file in this folder.
        let inside = path.parent() == Some(folder)
            && path.file_name().is_some_and(|last| last == name.as_str());
        if inside && fs::write(&path, content).is_ok() {
            files.insert(name, content.to_vec());
        }
    }
    files
}

/// Imports the folder, and looks at what became of every file and line.
fn taken(folder: &Path, path: &Path, files: &BTreeMap<String, Vec<u8>>) -> Saved {
    let mut mailbox = Mailbox::open(path).expect("a new mailbox").mailbox;
    let imported = import(&mut mailbox, &Saved::default(), folder, 0).expect("a folder of files");
    drop(mailbox);
    let mut expected = Vec::new();
    let mut taken = 0;
    for (name, content) in files {
        if fs::read(folder.join(name)).is_ok_and(|left| left == *content) {
            let told = imported
                .problems
                .iter()
                .any(|problem| problem.file == folder.join(name));
            assert!(
                told || name.contains(".imported"),
                "{name} is left, and not told"
            );
        } else {
            taken += 1;
            expected.extend(lines_of(content).expect("a file that was taken"));
        }
    }
    assert_eq!((imported.files, imported.messages), (taken, expected.len()));
    let lies = fs::read_dir(folder).expect("the folder").count();
    assert_eq!(lies, files.len(), "a file is gone");
    let saved = Mailbox::open(path).expect("an old mailbox").saved;
    let mut kept: Vec<_> = texts(&saved)
        .into_iter()
        .map(|(_, sender, text, stored_ms)| MailLine {
            sender,
            text,
            stored_ms,
        })
        .collect();
    let order = |one: &MailLine, other: &MailLine| {
        (&one.sender, &one.text, one.stored_ms).cmp(&(&other.sender, &other.text, other.stored_ms))
    };
    kept.sort_by(order);
    expected.sort_by(order);
    assert_eq!(kept, expected);
    saved
}

/// A file's lines; `None`: one of them is none.
fn lines_of(content: &[u8]) -> Option<Vec<MailLine>> {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    if content.is_empty() {
        return Some(Vec::new());
    }
    let line = |line: &[u8]| read_mail_line(line.strip_suffix(b"\r").unwrap_or(line)).ok();
    content.split(|byte| *byte == b'\n').map(line).collect()
}

/// Every whole message that is kept: for whom, from whom, what and when; in the order in which they
/// wait for each recipient.
fn texts(saved: &Saved) -> Vec<(Nickname, Nickname, String, i64)> {
    let mut texts: Vec<(Nickname, Nickname, String, i64)> = Vec::new();
    for mail in &saved.mail {
        match texts.last_mut() {
            Some((_, _, text, _)) if mail.part.index > 1 => text.push_str(&mail.text),
            Some(_) | None => texts.push((
                mail.recipient.clone(),
                mail.sender.clone(),
                mail.text.clone(),
                mail.part.written_ms,
            )),
        }
    }
    texts.sort_by(|one, other| one.0.cmp(&other.0));
    texts
}
