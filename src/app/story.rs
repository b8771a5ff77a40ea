//! What became of one line, step by step, while the user looks at it. The profile knows it; here is
//! which line is looked at, and how each step is said.

use super::language::Sentence;
use super::lines::{Line, Origin};
use super::{App, Delivery, LineId, Path, sentences};
use crate::driver::SendError;
use crate::driver::client::{Command as Ask, Question, Story};

/// The line that the user looks at, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub line: LineId,
    /// `None`: it is being looked up, or there is nothing.
    story: Option<Box<Story>>,
}

/// One thing that happened to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, in Unix milliseconds; `None`: it is so now.
    pub at_ms: Option<i64>,
    pub said: Sentence,
}

impl Telling {
    /// What happened, in its order.
    pub fn steps(&self) -> Vec<Step> {
        let Some(story) = &self.story else {
            return Vec::new();
        };
        match story.line.origin {
            Origin::Own { delivery } => own(story, delivery),
            Origin::Theirs { written_ms, path } => theirs(&story.line, written_ms, path),
        }
    }
}

/// Longest wait for an answer that is told in milliseconds: a line that waited for its turn, or for a
/// network, was not asking all the time.
const ASKED_MAX_MS: i64 = 5000;

/// A line that went to the server sooner than this was not sent to the recipient before: nobody is
/// given so little time to answer.
const ASKED_MIN_MS: i64 = 50;

fn own(story: &Story, delivery: Delivery) -> Vec<Step> {
    let peer = &story.line.peer;
    let written_ms = story.line.at_ms;
    let mut steps = vec![at(written_ms, Sentence::new("story-written"))];
    if let Some(at_ms) = story.handing_over_ms {
        let asked_ms = at_ms.saturating_sub(written_ms);
        let said = match u64::try_from(asked_ms) {
            Ok(_) if asked_ms < ASKED_MIN_MS => Sentence::new("story-away"),
            Ok(ms) if asked_ms <= ASKED_MAX_MS => {
                Sentence::new("story-no-answer-in").count("ms", ms)
            }
            Ok(_) | Err(_) => Sentence::new("story-no-answer"),
        };
        steps.push(at(at_ms, said.with("peer", peer)));
    }
    if let Some(at_ms) = story.waiting_ms {
        steps.push(at(at_ms, Sentence::new("story-waiting")));
    }
    if let Some(at_ms) = story.stored_ms {
        steps.push(at(at_ms, Sentence::new("story-stored")));
    }
    let last = match delivery {
        Delivery::Delivered(Path::Direct) => Sentence::new("story-direct").with("peer", peer),
        Delivery::Delivered(Path::ViaServer) => Sentence::new("story-through").with("peer", peer),
        Delivery::Trying | Delivery::HandingOver | Delivery::Waiting | Delivery::Stored
            if story.stored_ms.is_some() =>
        {
            Sentence::new("story-kept").with("peer", peer)
        }
        Delivery::Trying
        | Delivery::HandingOver
        | Delivery::Waiting
        | Delivery::Stored
        | Delivery::Failed(_) => sentences::delivery(delivery, peer),
    };
    steps.push(Step {
        at_ms: story.done_ms,
        said: last,
    });
    steps
}

fn theirs(line: &Line, written_ms: Option<i64>, path: Path) -> Vec<Step> {
    let said = Sentence::new("story-theirs-written").with("peer", &line.peer);
    let written = written_ms.map(|at_ms| at(at_ms, said));
    let came = match path {
        Path::Direct => Sentence::new("story-theirs-direct").with("peer", &line.peer),
        Path::ViaServer => Sentence::new("story-theirs-through"),
    };
    written.into_iter().chain([at(line.at_ms, came)]).collect()
}

fn at(at_ms: i64, said: Sentence) -> Step {
    Step {
        at_ms: Some(at_ms),
        said,
    }
}

impl App {
    /// The line that the user looks at.
    pub fn story(&self) -> Option<&Telling> {
        self.story.as_ref()
    }

    /// The user looks at this line, or at none any more.
    pub(super) fn look_at(&mut self, line: Option<LineId>) {
        self.story = line.map(|line| Telling { line, story: None });
        self.ask_story();
    }

    /// Something happened to a line: what is being told of it is looked up anew.
    pub(super) fn on_moved(&mut self, line: LineId) {
        if self.story.as_ref().is_some_and(|story| story.line == line) {
            self.ask_story();
        }
    }

    pub(super) fn on_story(&mut self, line: LineId, story: Option<Box<Story>>) {
        if let Some(telling) = &mut self.story
            && telling.line == line
        {
            telling.story = story;
        }
    }

    fn ask_story(&mut self) {
        let Some(telling) = &self.story else {
            return;
        };
        let question = Question::Story(telling.line);
        if self.ask(Ask::Look(question)) == Err(SendError::Busy) {
            self.story = None;
            self.notice = Some(Sentence::new("notice-busy"));
        }
    }
}
