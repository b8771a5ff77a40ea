//! The world that carries a plan out: one virtual clock, one queue of what will happen, the parties,
//! and the model that watches. What operations do is in [`super::operations`], what the network does
//! in [`super::network`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super_chatter::machine::client::{self, Delivery, Origin};
use super_chatter::machine::{Output, Room as Space, Transmit};

use super::chance::{hash, mix};
use super::invariants::{client_told, i10_one_place_one_text};
use super::model::{Broken, Model, Verdict, broken};
use super::mutants::{Mutant, misread};
use super::network::{Edit, is_ack};
use super::node::{Input, Node, Starts};
use super::plan::{CLASSIC, Moment, Network, Plan, SERVER, Who};
use super::rest::i19_a_classic_program_can_read_it;
use super::room::Room;
use crate::classic_program::Job;

/// What will happen, in the order of time and then of deciding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    Arrival {
        from: SocketAddr,
        to: SocketAddr,
        bytes: Arc<[u8]>,
    },
    /// The commit of a party in that life of it is done.
    Commit(Who, u64),
    /// The next operation of the plan.
    Operation,
    /// Starts again, if it is in that life still.
    Back(Who, u64),
    /// Its sleep is over.
    Woken(Who, u64),
    SignIn(Who),
    /// Somebody sees a line.
    Seen(Who, u64),
    /// Its disk has room again.
    Plenty(Who),
    /// The host lets its address in again.
    Unblocked(Who),
    Heal,
    /// Everything healed: is all at rest?
    Look,
    /// A mutant that never rests sends its last datagram again.
    Nag,
}

pub struct World<'p> {
    pub plan: &'p Plan,
    pub mutant: Option<Mutant>,
    pub now: Duration,
    queue: BinaryHeap<Reverse<(Duration, u64, Happening)>>,
    happenings: u64,
    pub room: Room,
    pub model: Model,
    pub network: Network,
    /// Between whom nothing passes, and until when.
    pub walls: Vec<(Who, Who, Duration)>,
    pub next_operation: usize,
    /// What a long absence adds to the times of the plan.
    pub shift: Duration,
    pub healed: Option<Duration>,
    /// When all was found at rest, and the datagrams until then.
    pub rested: Option<(Duration, u64)>,
    pub datagrams: u64,
    /// A hash of all that was sent and told.
    pub trace: u64,
    /// When a line was accepted, and when it was told as delivered.
    pub times: BTreeMap<(Who, u64), (Duration, Option<Duration>)>,
    /// The last message that somebody sent straight.
    pub last_chat: Option<(Who, Transmit)>,
    /// Who has just read an ack, and from where.
    answering: Option<(Who, SocketAddr)>,
    pub classic_packets: u64,
    /// What is to become of single datagrams.
    pub edits: Vec<Edit>,
    /// A crash at that commit of a party, whatever the plan says.
    pub crash_at: Option<(Who, u64, Moment)>,
    pub ended: bool,
}

/// How a world ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub broken: Option<Broken>,
    pub at: Duration,
    pub trace: u64,
    pub datagrams: u64,
}

impl<'p> World<'p> {
    pub fn new(plan: &'p Plan, mutant: Option<Mutant>) -> Self {
        let mut world = Self {
            plan,
            mutant,
            now: Duration::ZERO,
            queue: BinaryHeap::new(),
            happenings: 0,
            room: Room::new(plan.people, plan.classic, mutant),
            model: Model::new(plan),
            network: plan.network,
            walls: Vec::new(),
            next_operation: 0,
            shift: Duration::ZERO,
            healed: None,
            rested: None,
            datagrams: 0,
            trace: plan.seed,
            times: BTreeMap::new(),
            last_chat: None,
            answering: None,
            classic_packets: 0,
            edits: Vec::new(),
            crash_at: None,
            ended: false,
        };
        world.schedule(Duration::ZERO, Happening::Back(SERVER, 0));
        for who in 1..=plan.people {
            world.schedule(Duration::ZERO, Happening::Back(Who(who), 0));
        }
        world.schedule_operation();
        if mutant == Some(Mutant::EndlessRetransmission) {
            world.schedule(Duration::from_secs(1), Happening::Nag);
        }
        world
    }

    /// Runs until the plan is over, all is at rest, or something is broken.
    pub fn run(mut self) -> Outcome {
        let verdict = self.go_on();
        Outcome {
            broken: verdict.err(),
            at: self.now,
            trace: self.trace,
            datagrams: self.datagrams,
        }
    }

    pub fn go_on(&mut self) -> Verdict {
        while !self.ended {
            self.step()?;
        }
        Ok(())
    }

    /// The next thing that happens.
    pub fn step(&mut self) -> Verdict {
        let due = self.room.deadline();
        let next = self.queue.peek().map(|Reverse((at, ..))| *at);
        if let Some((at, who)) = due
            && next.is_none_or(|next| at < next)
        {
            self.now = self.now.max(at);
            return self.feed(who, Input::Timeout);
        }
        let Some(Reverse((at, _, happening))) = self.queue.pop() else {
            self.ended = true;
            return Ok(());
        };
        self.now = self.now.max(at);
        match happening {
            Happening::Arrival { from, to, bytes } => self.arrive(from, to, &bytes),
            Happening::Commit(who, life) => self.committed(who, life),
            Happening::Operation => self.operate(),
            Happening::Back(who, life) => self.come_back(who, life),
            Happening::Woken(who, life) => self.wake(who, life),
            Happening::Seen(who, line) => self.see(who, line),
            Happening::SignIn(who) => self.sign_in(who),
            Happening::Plenty(who) => self.feed(who, Input::Room(Space::Plenty)),
            Happening::Unblocked(who) => self.unblock(who),
            Happening::Heal => self.heal(),
            Happening::Look => self.look(),
            Happening::Nag => self.nag(),
        }
    }

    pub fn schedule(&mut self, at: Duration, happening: Happening) {
        self.happenings += 1;
        self.queue.push(Reverse((at, self.happenings, happening)));
    }

    /// Puts something into a party that is awake, and carries out what comes of it.
    pub fn feed(&mut self, who: Who, input: Input<'_, client::Command>) -> Verdict {
        let fed = match (who, input) {
            (SERVER, _) if !self.room.server.is_awake() => return Ok(()),
            (SERVER, Input::Command(_)) => return Ok(()),
            (SERVER, Input::Datagram(from, bytes)) => {
                let input = Input::Datagram(from, bytes);
                self.room.server.feed(self.now, input)
            }
            (SERVER, Input::Timeout) => self.room.server.feed(self.now, Input::Timeout),
            (SERVER, Input::Wake) => self.room.server.feed(self.now, Input::Wake),
            (SERVER, Input::Room(room)) => self.room.server.feed(self.now, Input::Room(room)),
            (CLASSIC, input) => return self.feed_classic(input),
            (_, input) => {
                let node = &mut self.room.person_mut(who).node;
                if !node.is_awake() {
                    return Ok(());
                }
                node.feed(self.now, input)
            }
        };
        if let Err(bound) = fed {
            return broken("I8 all stays bounded", bound);
        }
        self.carry_out(who, u64::MAX)
    }

    fn feed_classic(&mut self, input: Input<'_, client::Command>) -> Verdict {
        let Some(classic) = &mut self.room.classic else {
            return Ok(());
        };
        match input {
            Input::Datagram(from, bytes) => classic.feed(from, bytes),
            Input::Timeout => classic.turn(self.now.as_millis() as u64),
            Input::Command(_) | Input::Wake | Input::Room(_) => {}
        }
        self.send_classic();
        Ok(())
    }

    /// Gives the one with the classic program something to do.
    pub fn command_classic(&mut self, job: Job) {
        let now_ms = self.now.as_millis() as u64;
        if let Some(classic) = &mut self.room.classic {
            classic.command(now_ms, job);
        }
        self.send_classic();
    }

    fn send_classic(&mut self) {
        let out = self
            .room
            .classic
            .as_mut()
            .map(|classic| std::mem::take(&mut classic.out));
        for (to, bytes) in out.into_iter().flatten() {
            let bytes = bytes.into();
            self.pass(CLASSIC, Transmit { to, bytes });
        }
    }

    /// Sends and tells what need not wait any more, up to so much of it, and begins to commit.
    pub fn carry_out(&mut self, who: Who, most: u64) -> Verdict {
        for _ in 0..most {
            if who == SERVER {
                match self.room.server.poll() {
                    Some(Output::Transmit(transmit)) => self.transmit(who, transmit)?,
                    Some(Output::Event(_) | Output::Persist(_)) => {}
                    None => break,
                }
                continue;
            }
            let person = self.room.person_mut(who);
            match person.node.poll() {
                Some(Output::Transmit(transmit)) => self.transmit(who, transmit)?,
                Some(Output::Event(event)) => {
                    person.hear(&event);
                    self.trace = mix(self.trace, event_hash(&event));
                    client_told(&mut self.model, &person.node.disk.kept, who, &event)?;
                    self.note_time(who, &event);
                    self.look_at(who, &event);
                }
                Some(Output::Persist(_)) => {}
                None => break,
            }
        }
        let (begun, commits, life) = match who {
            SERVER => begin(&mut self.room.server),
            _ => begin(&mut self.room.person_mut(who).node),
        };
        if begun {
            let chance = mix(mix(self.plan.seed, 0xd15c + who.0 as u64), commits);
            let commit_ms = match chance % 40 {
                0 => 200,
                other => 1 + other / 2,
            };
            let at = self.now + Duration::from_millis(commit_ms);
            self.schedule(at, Happening::Commit(who, life));
        }
        Ok(())
    }

    fn note_time(&mut self, who: Who, event: &client::Event) {
        if let client::Event::Line(line) = event
            && matches!(line.origin, Origin::Own { .. })
        {
            self.times.insert((who, line.id.0), (self.now, None));
        }
        if let client::Event::Delivery { line, delivery, .. } = event
            && matches!(delivery, Delivery::Delivered(_))
            && let Some((_, delivered)) = self.times.get_mut(&(who, line.0))
        {
            *delivered = Some(self.now);
        }
    }

    fn transmit(&mut self, who: Who, transmit: Transmit) -> Verdict {
        if who != SERVER {
            i10_one_place_one_text(&mut self.model, &transmit.bytes)?;
        }
        if self.answering == Some((who, transmit.to)) && is_ack(&transmit.bytes) {
            return broken("I15 nothing answers an ack", format!("{} does", who.name()));
        }
        if self.room.at(transmit.to) == Some(CLASSIC) {
            i19_a_classic_program_can_read_it(who, &transmit.bytes)?;
        }
        if self.mutant == Some(Mutant::EndlessRetransmission) && who != SERVER {
            self.last_chat = Some((who, transmit.clone()));
        }
        self.pass(who, transmit);
        Ok(())
    }

    fn arrive(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Verdict {
        let Some(who) = self.room.at(to) else {
            return Ok(());
        };
        let misread = self.mutant.and_then(|mutant| misread(mutant, bytes));
        let bytes = misread.as_deref().unwrap_or(bytes);
        // I15: an ack is never answered with one.
        self.answering = is_ack(bytes).then_some((who, from));
        if self.mutant == Some(Mutant::AcksAreAnswered) && is_ack(bytes) && who != CLASSIC {
            let bytes = Arc::from(bytes);
            self.transmit(who, Transmit { to: from, bytes })?;
        }
        self.feed(who, Input::Datagram(from, bytes))?;
        self.answering = None;
        Ok(())
    }
}

/// A hash of what is told of lines. (All else shows in what is sent.)
fn event_hash(event: &client::Event) -> u64 {
    if let client::Event::Line(line) = event {
        hash(line.text.as_bytes()) ^ line.id.0
    } else if let client::Event::Delivery { line, .. } = event {
        line.0
    } else {
        0
    }
}

fn begin<M: Starts>(node: &mut Node<M>) -> (bool, u64, u64) {
    let begun = node.disk.begin();
    node.commits += u64::from(begun);
    (begun, node.commits, node.life)
}
