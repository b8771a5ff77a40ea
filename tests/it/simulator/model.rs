//! What must be true, without any of the machinery that makes it so: who accepted what for whom in
//! which order, what was shown, what was told. It is fed with what came to the disks and what was
//! told to people, and never with what a machine believes. The checks are in [`super::invariants`].

use std::collections::{BTreeMap, BTreeSet};

use super_chatter::machine::server::MailId;
use super_chatter::protocol::{Nickname, Seq, Stream};

use super::plan::{NAMES, Plan, What, Who};

/// A rule that was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub invariant: &'static str,
    pub detail: String,
}

pub type Verdict = Result<(), Broken>;

pub fn broken(invariant: &'static str, detail: impl Into<String>) -> Verdict {
    Err(Broken {
        invariant,
        detail: detail.into(),
    })
}

/// A line as the plan has it said.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub from: Who,
    pub to: Who,
    pub bytes: u64,
}

/// One try to bring a line out: a retry of a failed line is another.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub number: u64,
    pub shown: bool,
    pub failed: bool,
}

/// An own line of somebody's history.
#[derive(Clone, Debug)]
pub struct Own {
    pub number: u64,
    pub to: Who,
    /// Its latest attempt, in the order of its pair.
    pub attempt: usize,
    /// How far it was told to be.
    pub rank: u8,
    pub stored: bool,
}

/// What is said from one to another.
#[derive(Default)]
pub struct Pair {
    pub attempts: Vec<Attempt>,
    /// Every attempt before it is shown or skipped.
    pub cursor: usize,
}

/// Which line the parts from a place on are of.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub who: Who,
    pub line: u64,
    pub parts: u64,
}

pub struct Model {
    pub said: BTreeMap<u64, Said>,
    pub pairs: BTreeMap<(Who, Who), Pair>,
    pub own: BTreeMap<(Who, u64), Own>,
    /// Lines that stood in a window, by person.
    pub told: BTreeMap<Who, BTreeSet<u64>>,
    /// What was said in lines of others, by whose history they came to.
    pub came: BTreeMap<(Who, u64), u64>,
    /// Lines whose deletion came to disk.
    pub deleted: BTreeSet<(Who, u64)>,
    pub placed: BTreeMap<(Stream, Seq), Placed>,
    /// What each place of a stream carried, as a hash.
    pub carried: BTreeMap<(Stream, Seq), u64>,
    /// The mail that came to the server's disk, with who it is from and for.
    pub mail: BTreeMap<MailId, (Stream, Seq, Who, Who)>,
    /// Receipts that came to the server's disk.
    pub receipts: BTreeMap<Stream, Seq>,
    /// What the server kept when its disk was emptied.
    pub wiped: BTreeSet<(Stream, Seq)>,
    /// What the server gave up.
    pub expired: BTreeSet<(Stream, Seq)>,
    /// The own line up to which somebody is known to have read.
    pub read_by: BTreeMap<(Who, Nickname), u64>,
}

impl Model {
    pub fn new(plan: &Plan) -> Self {
        let said = plan.operations.iter().filter_map(|operation| {
            let What::Say { from, to, bytes } = operation.what else {
                return None;
            };
            Some((operation.number, Said { from, to, bytes }))
        });
        Self {
            said: said.collect(),
            pairs: BTreeMap::new(),
            own: BTreeMap::new(),
            told: BTreeMap::new(),
            came: BTreeMap::new(),
            deleted: BTreeSet::new(),
            placed: BTreeMap::new(),
            carried: BTreeMap::new(),
            mail: BTreeMap::new(),
            receipts: BTreeMap::new(),
            wiped: BTreeSet::new(),
            expired: BTreeSet::new(),
            read_by: BTreeMap::new(),
        }
    }

    /// A line was accepted, or taken up again.
    pub fn accept(&mut self, who: Who, line: u64, number: u64, to: Who) {
        let attempts = &mut self.pairs.entry((who, to)).or_default().attempts;
        attempts.push(Attempt {
            number,
            shown: false,
            failed: false,
        });
        let own = Own {
            number,
            to,
            attempt: attempts.len() - 1,
            rank: 0,
            stored: false,
        };
        self.own.insert((who, line), own);
    }

    /// The latest attempt of an own line.
    pub fn attempt(&mut self, who: Who, line: u64) -> Option<&mut Attempt> {
        let own = self.own.get(&(who, line))?;
        self.pairs
            .get_mut(&(who, own.to))?
            .attempts
            .get_mut(own.attempt)
    }

    /// Whether somebody has deleted what was said.
    pub fn has_deleted(&self, who: Who, said: u64) -> bool {
        let mut deleted = self.deleted.range((who, 0)..=(who, u64::MAX));
        deleted.any(|line| self.came.get(line) == Some(&said))
    }

    /// The places of an own line's parts, where they are known.
    pub fn places(&self, who: Who, line: u64) -> Vec<(Stream, Seq)> {
        let of = |(_, placed): &(&(Stream, Seq), &Placed)| placed.who == who && placed.line == line;
        let Some(((stream, first), placed)) =
            self.placed.iter().filter(of).max_by_key(|(at, _)| at.1)
        else {
            return Vec::new();
        };
        (first.0..first.0 + placed.parts)
            .map(|seq| (*stream, Seq(seq)))
            .collect()
    }

    /// The operations that said something of which the server gave up a part.
    pub fn expired_from(&self, from: Who, to: Who) -> BTreeSet<u64> {
        let lines = self.expired.iter();
        let lines = lines.filter_map(|(stream, seq)| self.line_at(*stream, *seq));
        let own =
            lines.filter_map(|placed| self.own.get(&(placed.who, placed.line)).zip(Some(placed)));
        let of = own.filter(|(own, placed)| placed.who == from && own.to == to);
        of.map(|(own, _)| own.number).collect()
    }

    /// The line that a part is of.
    pub fn line_at(&self, stream: Stream, seq: Seq) -> Option<Placed> {
        let (at, placed) = self
            .placed
            .range((stream, Seq(0))..=(stream, seq))
            .next_back()?;
        (seq.0 < at.1.0 + placed.parts).then_some(*placed)
    }
}

/// The text of an operation that says something: its number, then filler that is hard on JSON.
pub fn text(number: u64, bytes: u64) -> String {
    const FILLER: [&str; 6] = [
        "hello ",
        "你好，",
        "\"q\" \\ ",
        "🦔",
        "a\tb\n",
        "plain words here ",
    ];
    let mut text = format!("#{number} ");
    let mut at = number as usize;
    while (text.len() as u64) < bytes {
        text.push_str(FILLER[at % FILLER.len()]);
        at += 1;
    }
    text
}

/// The operation that said a text. What the server writes in front of mail for a classic program,
/// and an ellipsis for what is missing, are passed over.
pub fn number(text: &str) -> Option<u64> {
    let rest = &text[text.find('#')? + 1..];
    rest[..rest.find(' ')?].parse().ok()
}

pub fn who(name: &str) -> Option<Who> {
    NAMES.iter().position(|other| *other == name).map(Who)
}
