//! A party's disk and the order of "write, then send" before it: one batch is being committed, one
//! is being gathered, and what stands behind a record waits for the record's batch.

use std::collections::VecDeque;

use super_chatter::machine::Output;

use super::kept::Kept;

pub struct Disk<K: Kept, E> {
    pub kept: K,
    gathering: Vec<K::Record>,
    committing: Option<Vec<K::Record>>,
    /// Outputs in order, each with the batch that it waits for.
    waiting: VecDeque<(u64, Output<K::Record, E>)>,
    /// The number of the batch that is being gathered. Those before `gathered` have begun.
    gathered: u64,
    done: u64,
    /// A disk that lies: what is really on it, and the batch that it only says is.
    liar: Option<(K, Vec<K::Record>)>,
}

/// What is left on the disk of a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Torn {
    /// The batch that was being committed is there.
    Whole,
    Nothing,
    /// Its first half is: no honest disk leaves that.
    Half,
}

impl<K: Kept, E> Disk<K, E> {
    pub fn new(kept: K) -> Self {
        Self {
            kept,
            gathering: Vec::new(),
            committing: None,
            waiting: VecDeque::new(),
            gathered: 1,
            done: 0,
            liar: None,
        }
    }

    /// From now on the last commit is lost at a crash.
    pub fn lie(&mut self) {
        self.liar = Some((K::default(), Vec::new()));
    }

    pub fn write(&mut self, record: K::Record) {
        self.gathering.push(record);
    }

    pub fn wait(&mut self, output: Output<K::Record, E>) {
        let batch = self.gathered - u64::from(self.gathering.is_empty());
        self.waiting.push_back((batch, output));
    }

    /// Begins to commit what was gathered; `false`: there is nothing, or it is busy.
    pub fn begin(&mut self) -> bool {
        if self.committing.is_some() || self.gathering.is_empty() {
            return false;
        }
        self.committing = Some(std::mem::take(&mut self.gathering));
        self.gathered += 1;
        true
    }

    /// The commit is done: the records that are on disk now.
    pub fn commit(&mut self) -> Vec<K::Record> {
        let batch = self.committing.take().unwrap_or_default();
        batch.iter().for_each(|record| self.kept.apply(record));
        self.done += 1;
        if let Some((really, said)) = &mut self.liar {
            said.iter().for_each(|record| really.apply(record));
            said.clone_from(&batch);
        }
        batch
    }

    /// The next output that need not wait any more.
    pub fn poll(&mut self) -> Option<Output<K::Record, E>> {
        let output = self.waiting.pop_front_if(|(batch, _)| *batch <= self.done);
        output.map(|(_, output)| output)
    }

    /// All but the disk itself is gone. Answers the records that came to it on the way down.
    pub fn crash(&mut self, torn: Torn) -> Vec<K::Record> {
        if let Some((really, said)) = &mut self.liar {
            said.clear();
            self.kept = really.clone();
        }
        let mut batch = self.committing.take().unwrap_or_default();
        match torn {
            Torn::Whole => {}
            Torn::Nothing => batch.clear(),
            Torn::Half => batch.truncate(batch.len() / 2),
        }
        batch.iter().for_each(|record| self.kept.apply(record));
        if let Some((really, _)) = &mut self.liar {
            batch.iter().for_each(|record| really.apply(record));
        }
        self.gathering.clear();
        self.waiting.clear();
        self.gathered = self.done + 1;
        batch
    }

    pub fn is_idle(&self) -> bool {
        self.gathering.is_empty() && self.committing.is_none()
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len() + self.gathering.len()
    }
}
