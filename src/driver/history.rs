//! A thread that reads a client's history, so that neither the network nor a window waits for the
//! disk, and that saves a conversation as a file, so that nobody waits for a million lines. What there is
//! to read lives in [`crate::store::history`], what is written in [`crate::store::export`].

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use super::DriverError;
use super::rounds::Errands;
use crate::machine::client::{Line, LineId};
use crate::protocol::Nickname;
pub use crate::store::export::{Export, Exported, Form, Words};
use crate::store::export::{Exporting, Step};
use crate::store::history::History;
pub use crate::store::history::{Edge, Known, Page, Search, Story};
use crate::store::{Fault, FaultKind, StoreError};

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
        why: Fault,
    },
}

/// What the thread is to do.
enum Task {
    Look(Question),
    Export(u64, Box<Export>),
}

/// What the thread has done.
pub(super) enum Report {
    Answer(Answer),
    /// The conversation that was asked for by this number was saved, or why not.
    Exported(u64, Result<Exported, Fault>),
}

/// The near end of the thread. Dropping it waits until the thread has ended: nothing half-written is left
/// then.
pub(super) struct Reader {
    tasks: Sender<Task>,
    reports: Receiver<Report>,
    /// What waits for its answer, in its order: no more than fits in the two channels, and one.
    questions: VecDeque<Question>,
    /// Conversations of which nothing is reported yet, by their numbers.
    exports: BTreeSet<u64>,
    /// The thread has ended by itself, which is a fault of ours.
    has_ended: bool,
    thread: Option<JoinHandle<()>>,
}

/// Where the thread reports. Its end wakes the loop, too: the fields are dropped in this order, so the loop
/// then finds the channel closed.
struct Mouth {
    reports: Sender<Report>,
    wake: Wake,
}

/// Wakes the loop when it is dropped.
struct Wake(Arc<mio::Waker>);

impl Drop for Wake {
    fn drop(&mut self) {
        // A loop that can't be woken has ended.
        let _ = self.0.wake();
    }
}

/// Nothing can be looked up any more.
fn ended() -> Fault {
    Fault::new(
        FaultKind::Other,
        "nothing can be looked up until Super Chatter is started again",
    )
}

impl Reader {
    /// Reads the profile in the file `path`. The file is open only while a question is answered: a
    /// profile that is closed meanwhile is closed in good order.
    pub fn start(path: PathBuf, waker: Arc<mio::Waker>) -> Result<Self, DriverError> {
        let mut desk = Desk {
            path,
            exporting: None,
        };
        Self::start_with(move |asked| desk.work(asked), waker)
    }

    /// `work` works until there is something to report.
    fn start_with(
        mut work: impl FnMut(&Receiver<Task>) -> Option<Report> + Send + 'static,
        waker: Arc<mio::Waker>,
    ) -> Result<Self, DriverError> {
        let (tasks, asked) = bounded(QUESTIONS_MAX);
        let (mouth, reports) = bounded(QUESTIONS_MAX);
        let run = move || {
            let mouth = Mouth {
                reports: mouth,
                wake: Wake(waker),
            };
            while let Some(report) = work(&asked) {
                if mouth.reports.send(report).is_err() || mouth.wake.0.wake().is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("history".into()).spawn(run);
        let thread = thread.map_err(|error| DriverError::Store(error.into()))?;
        Ok(Self {
            tasks,
            reports,
            questions: VecDeque::new(),
            exports: BTreeSet::new(),
            has_ended: false,
            thread: Some(thread),
        })
    }

    /// Never blocks. An answer comes later, unless it comes back from here.
    pub fn ask(&mut self, question: Question) -> Result<(), Box<Report>> {
        self.give(Task::Look(question.clone()))?;
        self.questions.push_back(question);
        Ok(())
    }

    /// Never blocks. The word that it is done comes later, unless it comes back from here.
    pub fn export(&mut self, number: u64, export: Box<Export>) -> Result<(), Box<Report>> {
        self.give(Task::Export(number, export))?;
        self.exports.insert(number);
        Ok(())
    }

    fn give(&self, task: Task) -> Result<(), Box<Report>> {
        if self.has_ended {
            return Err(Box::new(task.refused(ended())));
        }
        self.tasks.try_send(task).map_err(|error| {
            let refused = match error {
                TrySendError::Full(task) => {
                    task.refused(Fault::new(FaultKind::Busy, "too much is being looked up"))
                }
                TrySendError::Disconnected(task) => task.refused(ended()),
            };
            Box::new(refused)
        })
    }

    /// Never blocks; `None`: nothing new. Whatever was given is reported once, also when the thread is no
    /// more.
    pub fn poll_report(&mut self) -> Option<Report> {
        match self.reports.try_recv() {
            Ok(report) => {
                match &report {
                    Report::Answer(_) => drop(self.questions.pop_front()),
                    Report::Exported(number, _) => drop(self.exports.take(number)),
                }
                Some(report)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => self.end_of_thread(),
        }
    }

    /// Tasks whose report was not taken, and how many reports wait.
    pub fn errands(&self) -> Errands {
        Errands {
            asked: self.questions.len() + self.exports.len(),
            done: self.reports.len(),
        }
    }

    /// What the thread has not answered is refused.
    fn end_of_thread(&mut self) -> Option<Report> {
        if !std::mem::replace(&mut self.has_ended, true) {
            tracing::error!("the thread that reads the history has ended");
        }
        if let Some(question) = self.questions.pop_front() {
            return Some(Task::Look(question).refused(ended()));
        }
        let number = self.exports.pop_first()?;
        Some(Report::Exported(number, Err(ended())))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // The thread finds its channels closed, whether it waits for a task or for room to report.
        self.tasks = bounded(0).0;
        self.reports = bounded(0).1;
        if let Some(thread) = self.thread.take() {
            // A panic has told its story on stderr already.
            let _ = thread.join();
        }
    }
}

impl Task {
    fn refused(self, why: Fault) -> Report {
        match self {
            Self::Look(question) => Report::Answer(Answer::Failed { question, why }),
            Self::Export(number, _) => Report::Exported(number, Err(why)),
        }
    }
}

/// What the thread has before it.
struct Desk {
    path: PathBuf,
    /// What is being saved. Questions come first.
    exporting: Option<(u64, Box<Exporting>)>,
}

impl Desk {
    /// Works until there is something to report; `None`: nobody asks any more.
    fn work(&mut self, asked: &Receiver<Task>) -> Option<Report> {
        loop {
            let Some((number, exporting)) = self.exporting.take() else {
                if let Some(report) = self.begin(asked.recv().ok()?) {
                    return Some(report);
                }
                continue;
            };
            match asked.try_recv() {
                Ok(Task::Look(question)) => {
                    self.exporting = Some((number, exporting));
                    return Some(self.look(question));
                }
                Ok(task @ Task::Export(..)) => {
                    self.exporting = Some((number, exporting));
                    let why = "another conversation is being saved; try again when it is done";
                    return Some(task.refused(Fault::new(FaultKind::Busy, why)));
                }
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => match self.go_on(exporting) {
                    Ok(Step::More(exporting)) => self.exporting = Some((number, exporting)),
                    Ok(Step::Done(exported)) => {
                        return Some(Report::Exported(number, Ok(exported)));
                    }
                    Err(error) => return Some(Report::Exported(number, Err(error.into()))),
                },
            }
        }
    }

    fn begin(&mut self, task: Task) -> Option<Report> {
        match task {
            Task::Look(question) => Some(self.look(question)),
            Task::Export(number, export) => match Exporting::begin(*export) {
                Ok(exporting) => {
                    self.exporting = Some((number, exporting));
                    None
                }
                Err(error) => Some(Report::Exported(number, Err(error.into()))),
            },
        }
    }

    fn look(&self, question: Question) -> Report {
        let answer = look_up(&self.path, &question);
        Report::Answer(answer.unwrap_or_else(|error| Answer::Failed {
            question,
            why: error.into(),
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::machine::client::{Line, Origin, Path as Way, Record};
    use crate::store::profile::Profile;

    /// More lines than a page of an export has.
    const LINES: u64 = 1200;

    #[test]
    fn questions_are_answered_while_a_conversation_is_saved_and_a_second_one_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut desk = desk(folder.path());
        let (give, asked) = bounded(QUESTIONS_MAX);
        let question = Question::Story(LineId(7));
        for task in [
            Task::Export(1, export(folder.path())),
            Task::Export(2, export(folder.path())),
            Task::Look(question),
        ] {
            give.send(task).expect("there is room");
        }
        let Some(Report::Exported(2, Err(why))) = desk.work(&asked) else {
            panic!("the second one is refused");
        };
        assert!(why.to_string().contains("another"), "{why}");
        let answer = desk.work(&asked);
        assert!(matches!(
            answer,
            Some(Report::Answer(Answer::Story { story: Some(_), .. }))
        ));
        let Some(Report::Exported(1, Ok(exported))) = desk.work(&asked) else {
            panic!("the first one is saved");
        };
        assert_eq!(exported.lines, LINES);
    }

    #[test]
    fn a_conversation_that_is_being_saved_at_the_end_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut desk = desk(folder.path());
        let (give, asked) = bounded(QUESTIONS_MAX);
        give.send(Task::Export(1, export(folder.path())))
            .expect("there is room");
        // Before its first page.
        give.send(Task::Look(Question::People))
            .expect("there is room");
        assert!(matches!(
            desk.work(&asked),
            Some(Report::Answer(Answer::People(_)))
        ));
        let partial = folder.path().join("chat (partial)");
        assert!(partial.exists());
        drop(give);
        assert!(desk.work(&asked).is_none());
        assert!(!partial.exists() && !folder.path().join("chat").exists());
    }

    #[test]
    fn whoever_lets_go_of_the_reader_waits_for_its_end() {
        let ended = Arc::new(AtomicBool::new(false));
        let told = ended.clone();
        let work = move |asked: &Receiver<Task>| {
            let _ = asked.recv();
            // As long as the end of a page takes.
            (0..1000).for_each(|_| thread::yield_now());
            told.store(true, Ordering::SeqCst);
            None
        };
        drop(Reader::start_with(work, waker()).expect("a thread"));
        assert!(ended.load(Ordering::SeqCst));
    }

    #[test]
    fn a_reader_that_waits_for_room_to_report_ends_too() {
        let work = |_: &Receiver<Task>| Some(Report::Answer(Answer::People(Vec::new())));
        drop(Reader::start_with(work, waker()).expect("a thread"));
    }

    #[test]
    fn what_a_thread_that_ended_had_before_it_is_refused_once_and_so_is_all_that_follows() {
        let (go_on, gate) = bounded::<()>(0);
        let work = move |_: &Receiver<Task>| {
            let _ = gate.recv();
            None
        };
        let mut reader = Reader::start_with(work, waker()).expect("a thread");
        let folder = Path::new("nowhere");
        for _ in 0..2 {
            assert!(reader.ask(Question::People).is_ok());
        }
        assert!(reader.export(1, export(folder)).is_ok());
        assert!(reader.poll_report().is_none(), "nothing yet");
        drop(go_on);
        let thread = reader.thread.take().expect("it was started");
        thread.join().expect("it ended in good order");
        let reports: Vec<_> = std::iter::from_fn(|| reader.poll_report()).collect();
        let failed = |report: &Report| match report {
            Report::Answer(Answer::Failed { why, .. }) | Report::Exported(1, Err(why)) => {
                *why == ended()
            }
            Report::Answer(_) | Report::Exported(..) => false,
        };
        assert_eq!(reports.iter().filter(|report| failed(report)).count(), 3);
        assert_eq!(reports.len(), 3);
        let Err(report) = reader.ask(Question::People) else {
            panic!("nobody answers");
        };
        assert!(failed(&report));
        assert!(reader.poll_report().is_none(), "once");
    }

    #[test]
    fn more_questions_than_may_wait_are_refused_for_that() {
        let (go_on, gate) = bounded::<()>(0);
        let work = move |_: &Receiver<Task>| {
            let _ = gate.recv();
            None
        };
        let mut reader = Reader::start_with(work, waker()).expect("a thread");
        for _ in 0..QUESTIONS_MAX {
            assert!(reader.ask(Question::People).is_ok());
        }
        let refused = reader.ask(Question::People).expect_err("it is refused");
        let Report::Answer(Answer::Failed { why, .. }) = *refused else {
            panic!("one too many");
        };
        assert_eq!(why.kind, FaultKind::Busy);
        drop(go_on);
    }

    fn waker() -> Arc<mio::Waker> {
        let poll = mio::Poll::new().expect("a poll");
        Arc::new(mio::Waker::new(poll.registry(), mio::Token(0)).expect("a waker"))
    }

    fn sonic() -> Nickname {
        Nickname::parse("sonic").expect("a valid name")
    }

    /// A profile with a conversation.
    fn desk(folder: &Path) -> Desk {
        let path = folder.join("profile.db");
        let mut profile = Profile::open(&path).expect("a new profile").profile;
        let line = |id| Line {
            id: LineId(id),
            peer: sonic(),
            text: "hi".to_owned(),
            at_ms: 0,
            origin: Origin::Theirs {
                path: Way::Direct,
                written_ms: None,
            },
        };
        let lines: Vec<_> = (1..=LINES).map(line).map(Record::Line).collect();
        profile.commit(&lines).expect("a good batch");
        Desk {
            path,
            exporting: None,
        }
    }

    fn export(folder: &Path) -> Box<Export> {
        let word = String::new;
        Box::new(Export {
            peer: sonic(),
            path: folder.join("chat"),
            form: Form::Text,
            own: "me".to_owned(),
            words: Words {
                language: word(),
                title: word(),
                trying: word(),
                waiting: word(),
                stored: word(),
                delivered: word(),
                failed: word(),
            },
            own_files: Vec::new(),
            zone: crate::store::Zone::UTC,
        })
    }
}
