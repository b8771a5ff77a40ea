//! A thread that reads a client's history, so that neither the network nor a window waits for the
//! disk. What there is to read lives in [`crate::store::history`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::DriverError;
use crate::machine::client::{Line, LineId};
use crate::protocol::Nickname;
use crate::store::StoreError;
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

/// The near end of the thread. It ends when this is dropped.
pub(super) struct Reader {
    questions: Sender<Question>,
    answers: Receiver<Answer>,
}

impl Reader {
    /// Reads the profile in the file `path`. The file is open only while a question is answered: a
    /// profile that is closed meanwhile is closed in good order.
    pub fn start(path: PathBuf, waker: Arc<mio::Waker>) -> Result<Self, DriverError> {
        let (questions, asked) = bounded::<Question>(QUESTIONS_MAX);
        let (answered, answers) = bounded(QUESTIONS_MAX);
        let run = move || {
            for question in asked {
                let answer = look_up(&path, &question).unwrap_or_else(|error| Answer::Failed {
                    question,
                    why: error.to_string(),
                });
                if answered.send(answer).is_err() || waker.wake().is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("history".into()).spawn(run);
        thread.map_err(|error| DriverError::Store(error.to_string()))?;
        Ok(Self { questions, answers })
    }

    /// Never blocks. An answer comes later, unless it comes back from here.
    pub fn ask(&self, question: Question) -> Result<(), Answer> {
        self.questions.try_send(question).map_err(|error| {
            let question = error.into_inner();
            let why = "too much is being looked up".to_owned();
            Answer::Failed { question, why }
        })
    }

    /// Never blocks; `None`: nothing new.
    pub fn poll_answer(&self) -> Option<Answer> {
        self.answers.try_recv().ok()
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
