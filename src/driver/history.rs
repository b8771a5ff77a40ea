//! A thread that reads a client's history, so that neither the network nor a window waits for the
//! disk, and that saves a conversation as a file, so that nobody waits for a million lines. What there is
//! to read lives in [`crate::store::history`], what is written in [`crate::store::export`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use super::DriverError;
use super::rounds::Errands;
use crate::machine::client::{Line, LineId};
use crate::protocol::Nickname;
use crate::store::StoreError;
pub use crate::store::export::{Export, Exported, Form, Words};
use crate::store::export::{Exporting, Step};
use crate::store::history::History;
pub use crate::store::history::{Edge, Known, Page, Search, Story};

/// Questions that may wait. One more fails at once: nobody looks at so many answers.
pub const QUESTIONS_MAX: usize = 16;

/// What can be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Lines with somebody, at an edge: at most so many, and at most
    /// [`ANSWER_MAX`](crate::store::history::ANSWER_MAX).
    Page {
        peer: Nickname,
        edge: Edge,
        limit: usize,
    },
    Search(Search),
    /// With whom there is a history.
    People,
    /// What became of a line.
    Story(LineId),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// For whom and where it was asked for, and what stands there.
    Page {
        peer: Nickname,
        edge: Edge,
        page: Page,
    },
    /// Newest first.
    Found {
        search: Search,
        lines: Vec<Line>,
    },
    /// Those with the latest lines first.
    People(Vec<Known>),
    /// `None`: there is no such line.
    Story {
        line: LineId,
        story: Option<Box<Story>>,
    },
    Failed {
        question: Question,
        why: String,
    },
}

/// What the thread is to do.
enum Task {
    Look(Question),
    Export(Box<Export>),
}

/// What the thread has done.
pub(super) enum Report {
    Answer(Answer),
    /// A conversation was saved, or the sentence says why not.
    Exported(Result<Exported, String>),
}

/// The near end of the thread. It ends when this is dropped.
pub(super) struct Reader {
    tasks: Sender<Task>,
    reports: Receiver<Report>,
    /// Tasks that were given, less the reports that were taken.
    open: usize,
}

impl Reader {
    /// Reads the profile in the file `path`. The file is open only while a question is answered: a
    /// profile that is closed meanwhile is closed in good order.
    pub fn start(path: PathBuf, waker: Arc<mio::Waker>) -> Result<Self, DriverError> {
        let (tasks, asked) = bounded(QUESTIONS_MAX);
        let (reported, reports) = bounded(QUESTIONS_MAX);
        let mut desk = Desk {
            path,
            exporting: None,
        };
        let run = move || {
            while let Some(report) = desk.work(&asked) {
                if reported.send(report).is_err() || waker.wake().is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("history".into()).spawn(run);
        thread.map_err(|error| DriverError::Store(error.to_string()))?;
        Ok(Self {
            tasks,
            reports,
            open: 0,
        })
    }

    /// Never blocks. An answer comes later, unless it comes back from here.
    pub fn ask(&mut self, question: Question) -> Result<(), Report> {
        self.give(Task::Look(question))
    }

    /// Never blocks. The word that it is done comes later, unless it comes back from here.
    pub fn export(&mut self, export: Box<Export>) -> Result<(), Report> {
        self.give(Task::Export(export))
    }

    fn give(&mut self, task: Task) -> Result<(), Report> {
        self.tasks.try_send(task).map_err(|error| {
            let why = "too much is being looked up".to_owned();
            match error {
                TrySendError::Full(task) | TrySendError::Disconnected(task) => task.refused(why),
            }
        })?;
        self.open += 1;
        Ok(())
    }

    /// Never blocks; `None`: nothing new.
    pub fn poll_report(&mut self) -> Option<Report> {
        let report = self.reports.try_recv().ok()?;
        self.open -= 1;
        Some(report)
    }

    /// Tasks whose report was not taken, and how many reports wait.
    pub fn errands(&self) -> Errands {
        Errands {
            asked: self.open,
            done: self.reports.len(),
        }
    }
}

impl Task {
    fn refused(self, why: String) -> Report {
        match self {
            Self::Look(question) => Report::Answer(Answer::Failed { question, why }),
            Self::Export(_) => Report::Exported(Err(why)),
        }
    }
}

/// What the thread has before it.
struct Desk {
    path: PathBuf,
    /// What is being saved. Questions come first.
    exporting: Option<Box<Exporting>>,
}

impl Desk {
    /// Works until there is something to report; `None`: nobody asks any more.
    fn work(&mut self, asked: &Receiver<Task>) -> Option<Report> {
        loop {
            let Some(exporting) = self.exporting.take() else {
                if let Some(report) = self.begin(asked.recv().ok()?) {
                    return Some(report);
                }
                continue;
            };
            match asked.try_recv() {
                Ok(Task::Look(question)) => {
                    self.exporting = Some(exporting);
                    return Some(self.look(question));
                }
                Ok(task @ Task::Export(_)) => {
                    self.exporting = Some(exporting);
                    let why = "another conversation is being saved; try again when it is done";
                    return Some(task.refused(why.to_owned()));
                }
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => match self.go_on(exporting) {
                    Ok(Step::More(exporting)) => self.exporting = Some(exporting),
                    Ok(Step::Done(exported)) => return Some(Report::Exported(Ok(exported))),
                    Err(error) => return Some(Report::Exported(Err(error.to_string()))),
                },
            }
        }
    }

    fn begin(&mut self, task: Task) -> Option<Report> {
        match task {
            Task::Look(question) => Some(self.look(question)),
            Task::Export(export) => match Exporting::begin(*export) {
                Ok(exporting) => {
                    self.exporting = Some(exporting);
                    None
                }
                Err(error) => Some(Report::Exported(Err(error.to_string()))),
            },
        }
    }

    fn look(&self, question: Question) -> Report {
        let answer = look_up(&self.path, &question);
        Report::Answer(answer.unwrap_or_else(|error| Answer::Failed {
            question,
            why: error.to_string(),
        }))
    }

    fn go_on(&self, exporting: Box<Exporting>) -> Result<Step, StoreError> {
        exporting.step(&History::open(&self.path)?)
    }
}

fn look_up(path: &Path, question: &Question) -> Result<Answer, StoreError> {
    let history = History::open(path)?;
    Ok(match question.clone() {
        Question::Page { peer, edge, limit } => Answer::Page {
            page: history.page(&peer, edge, limit)?,
            peer,
            edge,
        },
        Question::Search(search) => Answer::Found {
            lines: history.search(&search)?,
            search,
        },
        Question::People => Answer::People(history.people()?),
        Question::Story(line) => Answer::Story {
            line,
            story: history.story(line)?.map(Box::new),
        },
    })
}
