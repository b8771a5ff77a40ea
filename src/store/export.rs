//! Saving one conversation as a file for people or for programs: page by page, so that a million lines
//! take no memory, and beside its place until it is whole. What stands in it is `transcript`'s subject.

use std::fs;
use std::path::{Path, PathBuf};

use crate::machine::client::LineId;
use crate::protocol::Nickname;
use crate::store::history::{Edge, History};
use crate::store::transcript::Transcript;
use crate::store::whole_file::WholeFile;
use crate::store::{StoreError, Zone};

/// Lines that are in memory together: at most 8 MiB of text.
const PAGE: usize = 500;

/// What to save, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// With whom the conversation is.
    pub peer: Nickname,
    /// A file that is there is replaced once the new one is whole.
    pub path: PathBuf,
    pub form: Form,
    /// The user's own name, as it is shown.
    pub own: String,
    pub words: Words,
    /// Files of the program's own: no such file is written over, and none whose name goes on from its
    /// name, such as a database's log.
    pub own_files: Vec<PathBuf>,
    /// In it the times are told.
    pub zone: Zone,
}

/// What the file is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Plain text. Each day begins with its date, each line with `14:05 name: `; what follows a line
    /// break is indented, so that no text passes for another's line. What an own line lacks to be
    /// delivered stands behind it in brackets.
    Text,
    /// A page of its own that loads nothing and runs nothing.
    Html,
    /// For programs. An array of objects, oldest line first, each with these keys and no others, texts
    /// as they were written:
    ///
    /// | key | value |
    /// |---|---|
    /// | `id` | the line's number, which grows with each line |
    /// | `from`, `to` | names; one's own is the one of now |
    /// | `at` | when it was accepted here, or came in (RFC 3339, with milliseconds) |
    /// | `written` | when its sender wrote it by the sender's clock, or null |
    /// | `text` | the text |
    /// | `state` | `received`, or of an own line `trying`, `handing_over`, `waiting`, `stored`, `delivered`, `failed` |
    /// | `through` | `direct` or `server`: the way of a received or delivered line; else null |
    ///
    /// A time that no calendar has, of a clock that was wrong, is null.
    Json,
}

/// The words of the file that are not the conversation's, in the language of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The language's tag (BCP 47), such as `en`.
    pub language: String,
    /// What stands on top, such as `Conversation with sonic`.
    pub title: String,
    /// How far an own line is.
    pub trying: String,
    pub waiting: String,
    pub stored: String,
    pub delivered: String,
    pub failed: String,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub path: PathBuf,
    pub lines: u64,
}

/// A conversation that is being saved. Dropped before its end it leaves nothing behind.
#[derive(Debug)]
pub struct Exporting {
    peer: Nickname,
    path: PathBuf,
    transcript: Transcript,
    file: WholeFile,
    /// The last line that was written.
    after: LineId,
    lines: u64,
}

/// How far it is.
#[derive(Debug)]
pub enum Step {
    More(Box<Exporting>),
    Done(Exported),
}

impl Exporting {
    /// Begins the file. An error: it can't be written, and nothing has changed.
    pub fn begin(export: Export) -> Result<Box<Self>, StoreError> {
        if export.own_files.iter().any(|own| covers(own, &export.path)) {
            let path = export.path;
            return Err(StoreError::Own { path });
        }
        let mut file = WholeFile::create(&export.path)?;
        let (peer, path) = (export.peer.clone(), export.path.clone());
        let transcript = Transcript::new(export);
        file.write(&transcript.head())?;
        Ok(Box::new(Self {
            peer,
            path,
            transcript,
            file,
            after: LineId(0),
            lines: 0,
        }))
    }

    /// Writes the next lines. A line that comes meanwhile is the last of them.
    pub fn step(mut self: Box<Self>, history: &History) -> Result<Step, StoreError> {
        let page = history.page(&self.peer, Edge::After(self.after), PAGE)?;
        for line in &page.lines {
            self.file.write(&self.transcript.line(line))?;
            self.after = line.id;
            self.lines += 1;
        }
        if page.later {
            return Ok(Step::More(self));
        }
        self.file.write(self.transcript.foot())?;
        self.file.put()?;
        let (path, lines) = (self.path, self.lines);
        Ok(Step::Done(Exported { path, lines }))
    }
}

/// `path` is the file `own`, or one whose name goes on from its name, in the same folder whatever that
/// is called. Some file systems do not tell small letters from capital ones.
fn covers(own: &Path, path: &Path) -> bool {
    let place = |path: &Path| {
        let folder = fs::canonicalize(path.parent()?).ok()?;
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        Some((folder, name))
    };
    let (Some((own_folder, own_name)), Some((folder, name))) = (place(own), place(path)) else {
        return false;
    };
    own_folder == folder && name.starts_with(&own_name)
}
