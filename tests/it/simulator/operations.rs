//! What the operations of a plan do to a world, and how it heals.

use std::time::Duration;

use super_chatter::machine::Room as Space;
use super_chatter::machine::client::{Command, LineId, Session};
use super_chatter::machine::server;
use super_chatter::protocol::{Nickname, RoomName};

use super::chance::mix;
use super::disk::{Disk, Torn};
use super::model::{Verdict, broken, text};
use super::node::Input;
use super::plan::{CLASSIC, Moment, Network, SERVER, Stray, What, Who};
use super::world::{Happening, World};
use crate::classic_program::Job;

/// From the last operation to the healing, or to the end.
const AFTERMATH: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(31 * 24 * 3600);

impl World<'_> {
    pub fn schedule_operation(&mut self) {
        match self.plan.operations.get(self.next_operation) {
            Some(operation) => {
                let at = Duration::from_millis(operation.at_ms) + self.shift;
                self.schedule(at.max(self.now), Happening::Operation);
            }
            None => self.schedule(self.now + AFTERMATH, Happening::Heal),
        }
    }

    pub fn operate(&mut self) -> Verdict {
        let operation = self.plan.operations[self.next_operation];
        self.next_operation += 1;
        let done = self.carry_out_one(operation.what, operation.number);
        self.schedule_operation();
        done
    }

    fn carry_out_one(&mut self, what: What, number: u64) -> Verdict {
        let in_ms = |span: u64| self.now + Duration::from_millis(span);
        match what {
            What::Say { from, to, bytes } => self.say(from, to, text(number, bytes)),
            What::Retry(who) => self.retry(who),
            What::Delete(who) => self.delete(who, number),
            What::SignOut { who, span } => {
                self.schedule(in_ms(span), Happening::SignIn(who));
                self.room.person_mut(who).wants_in = false;
                self.feed(who, Input::Command(&Command::Deregister))
            }
            What::Crash { who, moment, span } => self.set_trap(who, moment, span),
            What::Wipe { span } => {
                self.crash(SERVER, Some(span), Some(Torn::Nothing))?;
                let places = self.room.server.disk.kept.places.keys();
                self.model.wiped.extend(places.copied());
                self.model.mail.clear();
                self.model.receipts.clear();
                self.room.server.disk = Disk::new(Default::default());
                Ok(())
            }
            What::Vanish(who) => {
                self.room.person_mut(who).gone = true;
                self.crash(who, None, None)
            }
            What::Sleep { who, span } => {
                let until = in_ms(span);
                self.fall_asleep(who, number, until);
                Ok(())
            }
            What::Move { who, told } => {
                self.room.person_mut(who).port += 1;
                match told {
                    true => self.feed(who, Input::Wake),
                    false => Ok(()),
                }
            }
            What::Wall { one, other, span } => {
                let until = in_ms(span);
                self.walls.push((one, other, until));
                Ok(())
            }
            What::Clock { who, hours } => {
                let ahead_ms = match who {
                    SERVER => &mut self.room.server.clock_ahead_ms,
                    _ => &mut self.room.person_mut(who).node.clock_ahead_ms,
                };
                *ahead_ms += hours * 3_600_000;
                Ok(())
            }
            What::Scarce { who, span } => {
                self.schedule(in_ms(span), Happening::Plenty(who));
                self.feed(who, Input::Room(Space::Scarce))
            }
            What::Stray { to, stray } => self.i15_nothing_answers_a_stray(to, stray, number),
            What::Remove(who) => {
                let nickname = self.room.person(who).nickname.clone();
                self.ask_server(&server::Command::Remove(nickname))
            }
            What::Block { who, span } => {
                self.schedule(in_ms(span), Happening::Unblocked(who));
                let ip = self.room.address(who).ip();
                self.ask_server(&server::Command::Block(ip))
            }
            What::Announce => self.announce(number),
            What::LongAway(who) => self.all_leave(who),
        }
    }

    /// The host tells everybody something, and calls the room something else.
    fn announce(&mut self, number: u64) -> Verdict {
        let text = server::Announcement::parse("Dinner!");
        let text = text.expect("a text to announce");
        self.ask_server(&server::Command::Announce(text))?;
        if self.room.server.is_awake() {
            self.room.name = RoomName::of(&format!("Room {number}"));
        }
        self.name_the_room()
    }

    /// A server that starts does not know its room's name; its host tells it.
    fn name_the_room(&mut self) -> Verdict {
        let name = self.room.name.clone();
        self.ask_server(&server::Command::Name(name))
    }

    /// Has the server do what its host wants, if it runs.
    fn ask_server(&mut self, command: &server::Command) -> Verdict {
        if !self.room.server.is_awake() {
            return Ok(());
        }
        if let Err(bound) = self.room.server.feed(self.now, Input::Command(command)) {
            return broken("I8 all stays bounded", bound);
        }
        self.carry_out(SERVER, u64::MAX)
    }

    pub fn unblock(&mut self, who: Who) -> Verdict {
        let ip = self.room.address(who).ip();
        self.ask_server(&server::Command::Unblock(ip))
    }

    fn say(&mut self, from: Who, to: Who, text: String) -> Verdict {
        if from == CLASSIC {
            let to = to.name().to_owned();
            self.command_classic(Job::Send { to, text });
            return Ok(());
        }
        let to = Nickname::parse(to.name()).expect("a valid name");
        self.type_to(from, &to)?;
        self.feed(from, Input::Command(&Command::Send { to, text }))
    }

    fn retry(&mut self, who: Who) -> Verdict {
        let of = self.model.own.range((who, 0)..=(who, u64::MAX));
        let failed = of.filter(|(_, own)| own.rank == 5);
        let Some(line) = failed.map(|((_, line), _)| *line).next() else {
            return Ok(());
        };
        let Some(kept) = self.room.profile(who).history.get(&line) else {
            return Ok(());
        };
        let retry = Command::Retry {
            line: LineId(line),
            to: kept.peer.clone(),
            text: kept.text.clone(),
        };
        self.feed(who, Input::Command(&retry))
    }

    fn delete(&mut self, who: Who, number: u64) -> Verdict {
        let history = &self.room.profile(who).history;
        let chance = mix(self.plan.seed, number) as usize;
        let any = chance.checked_rem(history.len());
        let Some(line) = any.and_then(|at| history.keys().nth(at).copied()) else {
            return Ok(());
        };
        self.feed(who, Input::Command(&Command::Delete(LineId(line))))
    }

    fn set_trap(&mut self, who: Who, moment: Moment, span: u64) -> Verdict {
        if moment == Moment::Now {
            return self.crash(who, Some(span), None);
        }
        match who {
            SERVER => self.room.server.trap = Some((moment, span)),
            _ => self.room.person_mut(who).node.trap = Some((moment, span)),
        }
        Ok(())
    }

    fn fall_asleep(&mut self, who: Who, number: u64, until: Duration) {
        // On some systems the clock stands still meanwhile.
        let stops = mix(self.plan.seed, number).is_multiple_of(2);
        let (now, life) = (self.now, self.life(who));
        match who {
            SERVER if self.room.server.is_awake() => {
                self.room.server.asleep = Some(until);
                if stops {
                    self.room.server.stop_clock(now, until);
                }
            }
            SERVER => return,
            _ => {
                let node = &mut self.room.person_mut(who).node;
                if !node.is_awake() {
                    return;
                }
                node.asleep = Some(until);
                if stops {
                    node.stop_clock(now, until);
                }
            }
        }
        self.schedule(until, Happening::Woken(who, life));
    }

    fn life(&self, who: Who) -> u64 {
        match who {
            SERVER => self.room.server.life,
            _ => self.room.person(who).node.life,
        }
    }

    pub fn wake(&mut self, who: Who, life: u64) -> Verdict {
        if self.life(who) != life {
            return Ok(());
        }
        let asleep = match who {
            SERVER => self.room.server.asleep.take(),
            _ => self.room.person_mut(who).node.asleep.take(),
        };
        match asleep {
            Some(_) => self.feed(who, Input::Wake),
            None => Ok(()),
        }
    }

    /// Starts a party, unless it runs, or lived again meanwhile.
    pub fn come_back(&mut self, who: Who, life: u64) -> Verdict {
        if self.life(who) != life || self.room.is_gone(who) {
            return Ok(());
        }
        let seed = mix(mix(self.plan.seed, 0x11fe + who.0 as u64), life);
        let now = self.now;
        if who == SERVER {
            if self.room.server.machine.is_none() {
                self.room.server.start(now, seed);
                if let Err(bound) = self.room.server.drain(now, false) {
                    return broken("I8 all stays bounded", bound);
                }
            }
            self.carry_out(SERVER, u64::MAX)?;
            return self.name_the_room();
        }
        if self.room.person(who).node.machine.is_some() {
            return Ok(());
        }
        let person = self.room.person_mut(who);
        person.session = Session::SignedOut;
        person.sees.clear();
        person.node.start(now, seed);
        self.open_window(who)?;
        match self.room.person(who).wants_in {
            true => self.register(who),
            false => Ok(()),
        }
    }

    fn register(&mut self, who: Who) -> Verdict {
        let register = self.room.person(who).register();
        self.feed(who, Input::Command(&register))
    }

    pub fn sign_in(&mut self, who: Who) -> Verdict {
        self.room.person_mut(who).wants_in = true;
        self.register(who)
    }

    /// Everybody goes for so long that mail expires; one comes back last.
    fn all_leave(&mut self, last: Who) -> Verdict {
        self.shift += LONG;
        let long_ms = LONG.as_millis() as u64;
        for who in (0..=self.plan.people).map(Who) {
            let later = if who == last {
                60_000
            } else {
                who.0 as u64 * 100
            };
            let life = self.life(who);
            self.crash(who, None, None)?;
            let at = self.now + Duration::from_millis(long_ms + later);
            self.schedule(at, Happening::Back(who, life));
        }
        Ok(())
    }

    fn i15_nothing_answers_a_stray(&mut self, to: Who, stray: Stray, number: u64) -> Verdict {
        // What is due at the same moment comes first: it is no answer.
        self.feed(to, Input::Timeout)?;
        let before = self.decided(to);
        let from = ([10, 0, 9, 9], 7777).into();
        let chance = mix(self.plan.seed, number);
        let (n, m) = (chance >> 40, 1 + (chance >> 8) % 64);
        let bytes = match stray {
            Stray::Garbage => chance.to_le_bytes().repeat(1 + m as usize),
            Stray::PlainAck => br#"{"Type":"ack"}"#.to_vec(),
            Stray::RequestAck => format!(r#"{{"Type":"ack","sc":{{"v":1,"re":{m}}}}}"#).into(),
            Stray::PartAck => {
                format!(r#"{{"Type":"ack","sc":{{"v":1,"st":{n},"q":{m},"up":{m}}}}}"#).into()
            }
            Stray::MailAck => {
                format!(r#"{{"Type":"ack","sc":{{"v":1,"st":{n},"q":{m},"r":"stored"}}}}"#).into()
            }
            Stray::TableAck => {
                format!(r#"{{"Type":"ack","sc":{{"v":1,"in":{n},"tv":{m}}}}}"#).into()
            }
            Stray::Unknown => br#"{"Type":"Later","Msg":"x"}"#.to_vec(),
            Stray::Truncated => br#"{"Type":"Chat","Sender":"sonic","Msg":"x"#.to_vec(),
        };
        self.feed(to, Input::Datagram(from, &bytes))?;
        match self.decided(to) == before {
            true => Ok(()),
            false => broken(
                "I15 nothing answers an ack or garbage",
                format!("{stray:?}"),
            ),
        }
    }

    fn decided(&self, who: Who) -> u64 {
        match who {
            SERVER => self.room.server.decided,
            _ => self.room.person(who).node.decided,
        }
    }

    /// All faults end, and everybody who ever comes back is back.
    pub fn heal(&mut self) -> Verdict {
        if !self.plan.heals {
            self.ended = true;
            return Ok(());
        }
        self.healed = Some(self.now);
        self.network = Network {
            delay_ms: self.plan.network.delay_ms.min(20),
            ..Network::default()
        };
        self.walls.clear();
        self.room.server.trap = None;
        for who in (0..=self.plan.people).map(Who) {
            if self.room.is_gone(who) {
                continue;
            }
            let life = self.life(who);
            if who != SERVER {
                let person = self.room.person_mut(who);
                person.node.trap = None;
                person.wants_in = true;
            }
            self.come_back(who, life)?;
            self.wake(who, life)?;
            self.feed(who, Input::Room(Space::Plenty))?;
            self.unblock(who)?;
            self.unstick(who)?;
        }
        self.schedule(self.now + Duration::from_secs(1), Happening::Look);
        Ok(())
    }

    /// Somebody whose client does not get in by itself tries again.
    pub fn unstick(&mut self, who: Who) -> Verdict {
        match who != SERVER && !self.room.is_gone(who) && self.room.person(who).is_stuck() {
            true => self.register(who),
            false => Ok(()),
        }
    }

    /// A mutant that never rests.
    pub fn nag(&mut self) -> Verdict {
        if let Some((who, transmit)) = self.last_chat.clone() {
            self.pass(who, transmit);
        }
        self.schedule(self.now + Duration::from_secs(1), Happening::Nag);
        Ok(())
    }
}
