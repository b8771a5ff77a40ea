//! Saving a conversation as a file: where and how, with the system's dialog or without, and what became
//! of it. The file itself is written on the other side of the client's thread.

use std::path::PathBuf;

use super::language::{Language, Sentence};
use super::{App, Nickname, Now, PROFILE, SETTINGS, Settings, faults, text};
use crate::driver::Fault;
pub use crate::driver::client::Form;
use crate::driver::client::{self, Export, Exported, Words};
use crate::driver::dialogs::{self, Ask, Dialog};

/// The forms, each with what its files' names end in.
pub const FORMS: [(Form, &str); 3] = [
    (Form::Text, "txt"),
    (Form::Html, "html"),
    (Form::Json, "json"),
];

/// What is being saved.
#[derive(Debug)]
pub struct Filing {
    pub peer: Nickname,
    pub form: Form,
    /// As it stands in the field.
    pub path: String,
    /// What the field was filled with: a path may be more than its text.
    filled: PathBuf,
    pub problem: Option<Sentence>,
    standing: Standing,
    /// The file that is there already and may be replaced, since the user was asked.
    replaces: Option<PathBuf>,
}

#[derive(Debug)]
enum Standing {
    /// The user says where.
    Asked,
    /// In the system's dialog.
    Browsing(Dialog),
    /// Whether a file is there already is being looked up.
    Checking(Dialog),
    /// By this number it is asked for.
    Writing(u64),
}

impl Filing {
    /// Something is under way: the user waits.
    pub fn is_busy(&self) -> bool {
        !matches!(self.standing, Standing::Asked)
    }

    /// What the user asked for is being written.
    pub fn is_writing(&self) -> bool {
        matches!(self.standing, Standing::Checking(_) | Standing::Writing(_))
    }

    fn new(peer: Nickname, place: PathBuf) -> Self {
        Self {
            peer,
            form: Form::Text,
            path: place.display().to_string(),
            filled: place,
            problem: None,
            standing: Standing::Asked,
            replaces: None,
        }
    }

    fn fill(&mut self, place: PathBuf) {
        self.path = place.display().to_string();
        self.filled = place;
    }

    /// What stands in the field.
    fn typed(&self) -> PathBuf {
        match self.path == self.filled.display().to_string() {
            true => self.filled.clone(),
            false => PathBuf::from(self.path.trim()),
        }
    }

    fn back(&mut self, problem: Option<Sentence>) {
        self.standing = Standing::Asked;
        self.problem = problem;
    }
}

/// A file that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub path: PathBuf,
    pub sentence: Sentence,
}

/// What the user asks for on the way to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Save the conversation with this person.
    Begin(Nickname),
    /// In this form and at this place.
    Change(Form, String),
    /// Choose the place in the system's dialog.
    Browse,
    Save,
    /// Leave it.
    Leave,
    /// Show where the last file is.
    ShowFolder,
    /// The last file is not spoken of any more.
    Dismiss,
}

impl App {
    /// What is being saved as a file, if something is.
    pub fn filing(&self) -> Option<&Filing> {
        self.filing.as_ref()
    }

    /// The file that was saved last, until that is dismissed.
    pub fn saved(&self) -> Option<&Saved> {
        self.saved.as_ref()
    }

    pub(super) fn file(&mut self, now: Now, step: Step) {
        match step {
            Step::Begin(peer) => self.begin(now, peer),
            Step::Change(form, path) => self.change_filing(form, path),
            Step::Browse => self.browse(),
            Step::Save => self.check(),
            Step::Leave => self.filing = None,
            Step::ShowFolder => {
                if let Some(folder) = self.saved.as_ref().and_then(|saved| saved.path.parent()) {
                    dialogs::open_folder(folder);
                }
            }
            Step::Dismiss => self.saved = None,
        }
    }

    fn begin(&mut self, now: Now, peer: Nickname) {
        let name = file_name(&peer, &text::date(now));
        let place = self.options.documents.join(name);
        let place = with_ending(place, Form::Text);
        self.filing = Some(Filing::new(peer, place));
    }

    fn change_filing(&mut self, form: Form, path: String) {
        let Some(filing) = self.filing.as_mut().filter(|filing| !filing.is_busy()) else {
            return;
        };
        filing.problem = None;
        filing.path = path;
        if std::mem::replace(&mut filing.form, form) != form {
            let place = with_ending(filing.typed(), form);
            filing.fill(place);
        }
    }

    fn browse(&mut self) {
        let language = self.language();
        let documents = &self.options.documents;
        let Some(filing) = self.filing.as_mut().filter(|filing| !filing.is_busy()) else {
            return;
        };
        let ask = Ask::Save {
            title: Sentence::new("talk-export-title")
                .with("peer", &filing.peer)
                .say(language),
            // What is no whole path is meant beside the user's documents.
            path: documents.join(filing.typed()),
        };
        let dialog = Dialog::open(dialogs::show, ask, self.notify.clone());
        filing.standing = Standing::Browsing(dialog);
    }

    /// A file that is there is not replaced without a word.
    fn check(&mut self) {
        let Some(filing) = self.filing.as_mut().filter(|filing| !filing.is_busy()) else {
            return;
        };
        filing.problem = None;
        if filing.path.trim().is_empty() {
            filing.problem = Some(Sentence::new("talk-export-no-path"));
            return;
        }
        let ask = Ask::Save {
            title: String::new(),
            path: self.options.documents.join(filing.typed()),
        };
        let dialog = Dialog::open(dialogs::taken, ask, self.notify.clone());
        filing.standing = Standing::Checking(dialog);
    }

    /// Goes on when a dialog is done.
    pub(super) fn poll_filing(&mut self, now: Now) {
        let Some(filing) = &mut self.filing else {
            return;
        };
        match &filing.standing {
            Standing::Browsing(dialog) => {
                if let Some(chosen) = dialog.poll() {
                    filing.back(None);
                    if let Some(path) = chosen {
                        filing.fill(path.clone());
                        filing.replaces = Some(path);
                    }
                }
            }
            Standing::Checking(dialog) => {
                let Some(taken) = dialog.poll() else { return };
                if taken.is_some() && taken != filing.replaces {
                    filing.replaces = taken;
                    filing.back(Some(Sentence::new("talk-export-taken")));
                } else {
                    self.export(now);
                }
            }
            Standing::Asked | Standing::Writing(_) => {}
        }
    }

    fn export(&mut self, now: Now) {
        let language = self.language();
        let own = self.session.nickname.as_ref();
        let own = own.map_or_else(|| self.settings.nickname.clone(), Nickname::to_string);
        let own_files = self.own_files();
        let Some(filing) = &mut self.filing else {
            return;
        };
        let export = Export {
            peer: filing.peer.clone(),
            path: self.options.documents.join(filing.typed()),
            form: filing.form,
            own,
            words: in_words(language, &filing.peer),
            own_files,
            zone: now.zone,
        };
        self.filings += 1;
        let (number, export) = (self.filings, Box::new(export));
        filing.standing = Standing::Writing(number);
        if !self.tell(client::Command::Export(number, export))
            && let Some(filing) = &mut self.filing
        {
            filing.back(None);
        }
    }

    /// What must not be lost to a file of the same name.
    fn own_files(&self) -> Vec<PathBuf> {
        let data_dir = &self.options.data_dir;
        let mut own = vec![
            data_dir.join(SETTINGS),
            data_dir.join(PROFILE),
            self.settings.server_store(data_dir),
            Settings::default().server_store(data_dir),
        ];
        own.extend(self.kept.as_ref().map(|kept| kept.store.clone()));
        own
    }

    /// Whoever writes files has ended: this one does not come.
    pub(super) fn on_filing_ended(&mut self) {
        if let Some(filing) = &mut self.filing
            && let Standing::Writing(_) = filing.standing
        {
            filing.back(Some(Sentence::new("notice-ended")));
        }
    }

    /// A file is whole, or it can't be written. It may be one that the user no longer waits for, while
    /// another is asked for.
    pub(super) fn on_exported(&mut self, number: u64, exported: Result<Exported, Fault>) {
        let is_this =
            |filing: &&mut Filing| matches!(filing.standing, Standing::Writing(it) if it == number);
        let awaited = self.filing.as_mut().filter(is_this);
        match exported {
            Ok(Exported { path, lines }) => {
                if awaited.is_some() {
                    self.filing = None;
                }
                let sentence = Sentence::new("talk-export-done")
                    .count("messages", lines)
                    .with(
                        "number",
                        text::grouped(usize::try_from(lines).unwrap_or(usize::MAX)),
                    )
                    .with("path", path.display());
                self.saved = Some(Saved { path, sentence });
            }
            Err(why) => {
                let sentence =
                    Sentence::new("talk-export-failed").quote("why", faults::fault(&why));
                match awaited {
                    Some(filing) => filing.back(Some(sentence)),
                    None => self.notice = Some(sentence),
                }
            }
        }
    }
}

/// A name for the file. Of the person's name only letters and digits are in it: a name from the network
/// is no path.
fn file_name(peer: &Nickname, date: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let peer: String = peer.as_str().chars().map(plain).collect();
    format!("chat-{peer}-{date}")
}

/// The path with the ending of this form in the place of another form's.
fn with_ending(mut path: PathBuf, form: Form) -> PathBuf {
    let ending = FORMS.iter().find(|(it, _)| *it == form);
    let ending = ending.map_or("", |(_, end)| end);
    let has = |(_, end): &(Form, &str)| path.extension().is_some_and(|it| it == *end);
    if FORMS.iter().any(has) {
        path.set_extension(ending);
    } else {
        path.add_extension(ending);
    }
    path
}

fn in_words(language: Language, peer: &Nickname) -> Words {
    let title = Sentence::new("talk-export-heading").with("peer", peer);
    Words {
        language: language.tag().to_owned(),
        title: title.say(language),
        trying: language.say("talk-export-trying"),
        waiting: language.say("talk-export-waiting"),
        stored: language.say("talk-export-stored"),
        delivered: language.say("talk-export-delivered"),
        failed: language.say("talk-export-undelivered"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_come_any_more_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut app = super::super::news::tests::app(folder.path());
        let sonic = Nickname::parse("sonic").expect("a test's name is valid");
        let mut filing = Filing::new(sonic, folder.path().join("talk.txt"));
        filing.standing = Standing::Writing(1);
        app.filing = Some(filing);
        assert!(app.worry(Now::default()).is_some_and(|worry| worry.saving));
        app.on_client_gone(Now::default());
        let filing = app.filing().expect("it can be tried again");
        assert!(!filing.is_busy() && filing.problem.is_some());
        assert_eq!(app.worry(Now::default()), None);
    }

    #[test]
    fn no_name_makes_a_path_and_the_ending_follows_the_form() {
        for (nickname, name) in [
            ("sonic", "chat-sonic-2026-01-02"),
            ("../../etc", "chat-______etc-2026-01-02"),
            ("王小明", "chat-王小明-2026-01-02"),
            ("a.b:c", "chat-a_b_c-2026-01-02"),
        ] {
            let peer = Nickname::parse(nickname).expect("a test's name is valid");
            assert_eq!(file_name(&peer, "2026-01-02"), name);
        }
        let ends = |path: &str, form, with: &str| {
            assert_eq!(with_ending(path.into(), form), PathBuf::from(with));
        };
        ends("/home/a.b", Form::Html, "/home/a.b.html");
        ends("/home/a.html", Form::Json, "/home/a.json");
        ends("/home/a.txt", Form::Text, "/home/a.txt");
    }

    #[cfg(unix)]
    #[test]
    fn a_place_that_is_no_text_is_the_one_that_was_chosen() {
        use std::os::unix::ffi::OsStringExt;
        let place = |bytes: &[u8]| PathBuf::from(std::ffi::OsString::from_vec(bytes.to_vec()));
        let peer = Nickname::parse("sonic").expect("a test's name is valid");
        let mut filing = Filing::new(peer, place(b"/\xff.txt"));
        assert_eq!(filing.typed(), place(b"/\xff.txt"));
        let html = with_ending(filing.typed(), Form::Html);
        filing.fill(html);
        assert_eq!(filing.typed(), place(b"/\xff.html"));
        filing.path = " /other.txt".to_owned();
        assert_eq!(filing.typed(), PathBuf::from("/other.txt"));
    }
}
