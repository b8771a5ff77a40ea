//! Saving a conversation as a file: where and how, with the system's dialog or without, and what became
//! of it. The file itself is written on the other side of the client's thread.

use std::path::PathBuf;

use super::language::{Language, Sentence};
use super::{App, Nickname, Now, faults, text};
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
    Writing,
}

impl Filing {
    /// Something is under way: the user waits.
    pub fn is_busy(&self) -> bool {
        !matches!(self.standing, Standing::Asked)
    }

    /// What the user asked for is being written.
    pub fn is_writing(&self) -> bool {
        matches!(self.standing, Standing::Checking(_) | Standing::Writing)
    }

    /// The place; what is no whole path is meant beside the user's documents.
    fn place(&self) -> PathBuf {
        dialogs::documents().join(self.path.trim())
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
            Step::Begin(peer) => self.filing = Some(begin(now, peer)),
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

    fn change_filing(&mut self, form: Form, path: String) {
        let Some(filing) = self.filing.as_mut().filter(|filing| !filing.is_busy()) else {
            return;
        };
        filing.problem = None;
        filing.path = path;
        if std::mem::replace(&mut filing.form, form) != form {
            filing.path = with_ending(&filing.path, form);
        }
    }

    fn browse(&mut self) {
        let language = self.language();
        let Some(filing) = self.filing.as_mut().filter(|filing| !filing.is_busy()) else {
            return;
        };
        let ask = Ask::Save {
            title: Sentence::new("talk-export-title")
                .with("peer", &filing.peer)
                .say(language),
            path: filing.place(),
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
            path: filing.place(),
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
                        filing.path = path.display().to_string();
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
            Standing::Asked | Standing::Writing => {}
        }
    }

    fn export(&mut self, now: Now) {
        let language = self.language();
        let own = self.session.nickname.as_ref();
        let own = own.map_or_else(|| self.settings.nickname.clone(), Nickname::to_string);
        let Some(filing) = &mut self.filing else {
            return;
        };
        let export = Export {
            peer: filing.peer.clone(),
            path: filing.place(),
            form: filing.form,
            own,
            words: in_words(language, &filing.peer),
            zone: now.zone,
        };
        filing.standing = Standing::Writing;
        if !self.tell(client::Command::Export(Box::new(export)))
            && let Some(filing) = &mut self.filing
        {
            filing.back(None);
        }
    }

    /// A file is whole, or it can't be written.
    pub(super) fn on_exported(&mut self, exported: Result<Exported, Fault>) {
        match exported {
            Ok(Exported { path, lines }) => {
                self.filing = None;
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
                match &mut self.filing {
                    Some(filing) => filing.back(Some(sentence)),
                    None => self.notice = Some(sentence),
                }
            }
        }
    }
}

fn begin(now: Now, peer: Nickname) -> Filing {
    let name = file_name(&peer, &text::date(now));
    let path = dialogs::documents().join(with_ending(&name, Form::Text));
    Filing {
        peer,
        form: Form::Text,
        path: path.display().to_string(),
        problem: None,
        standing: Standing::Asked,
        replaces: None,
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
fn with_ending(path: &str, form: Form) -> String {
    let ending = |of: Form| {
        FORMS
            .iter()
            .find(|(it, _)| *it == of)
            .map_or("", |(_, end)| end)
    };
    let known = FORMS
        .iter()
        .find_map(|(_, end)| path.strip_suffix(&format!(".{end}")));
    format!("{}.{}", known.unwrap_or(path), ending(form))
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
        assert_eq!(with_ending("/home/a.b", Form::Html), "/home/a.b.html");
        assert_eq!(with_ending("/home/a.html", Form::Json), "/home/a.json");
        assert_eq!(with_ending("/home/a.txt", Form::Text), "/home/a.txt");
    }
}
