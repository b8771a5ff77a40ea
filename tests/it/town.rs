//! A town of ours and classic programs on one virtual clock, a millisecond apart. What ours send
//! to a classic program is checked on its way. No test lives here.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use super_chatter::machine::client::{
    self, Client, Command, Delivery, Event, LineId, LostCause, Origin, Session,
};
use super_chatter::machine::server::{self, Saved, Server};
use super_chatter::machine::{Machine, Output};
use super_chatter::protocol::armour::without_time;

use crate::bench::{Bench, Timed, nick, server_at};
use crate::classic_program::{ClassicClient, Job, Out, lint};
use crate::classic_server::ClassicServer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ours,
    Classic,
}

enum Party {
    OurServer(Box<Bench<Server>>),
    OurClient(Box<Bench<Client>>),
    ClassicServer(ClassicServer),
    ClassicClient(ClassicClient),
}

pub struct Town {
    now_ms: u64,
    parties: BTreeMap<SocketAddr, Party>,
    names: BTreeMap<SocketAddr, String>,
    wire: VecDeque<(u64, SocketAddr, SocketAddr, Vec<u8>)>,
    /// From whom to whom nothing arrives.
    pub lost: Vec<(SocketAddr, SocketAddr)>,
    /// What was wrong with datagrams of ours.
    pub faults: Vec<String>,
}

impl Town {
    pub fn new(server: Kind) -> Self {
        let server = match server {
            Kind::Ours => Party::OurServer(Box::new(Bench::new(Server::new(5, Saved::default())))),
            Kind::Classic => Party::ClassicServer(ClassicServer::default()),
        };
        Self {
            now_ms: 0,
            parties: [(server_at(), server)].into(),
            names: BTreeMap::new(),
            wire: VecDeque::new(),
            lost: Vec::new(),
            faults: Vec::new(),
        }
    }

    pub fn move_in(&mut self, kind: Kind, name: &str, place: SocketAddr) {
        let seed = self.parties.len() as u64;
        let party = match kind {
            Kind::Ours => Party::OurClient(Box::new(Bench::new(Client::new(
                seed,
                client::Saved::default(),
            )))),
            Kind::Classic => Party::ClassicClient(ClassicClient::new(name, server_at())),
        };
        self.parties.insert(place, party);
        self.names.insert(place, name.to_owned());
    }

    pub fn reg(&mut self, place: SocketAddr) {
        let nickname = nick(&self.names[&place]);
        let servers = vec![server_at()];
        self.ask(place, Command::Register { nickname, servers }, Job::Reg);
    }

    pub fn dereg(&mut self, place: SocketAddr) {
        self.ask(place, Command::Deregister, Job::Dereg);
    }

    /// Has somebody write, and says the number of the line.
    pub fn say(&mut self, place: SocketAddr, to: &str, text: &str) -> LineId {
        let job = Job::Send {
            to: to.to_owned(),
            text: text.to_owned(),
        };
        let (to, text) = (nick(to), text.to_owned());
        self.ask(place, Command::Send { to, text }, job);
        self.last_line(place)
    }

    /// The number of the line that somebody wrote last; 0 for a classic client, which has none.
    fn last_line(&self, place: SocketAddr) -> LineId {
        let Party::OurClient(bench) = &self.parties[&place] else {
            return LineId(0);
        };
        let own = |(_, output): &Timed<Client>| match output {
            Output::Event(Event::Line(line)) if matches!(line.origin, Origin::Own { .. }) => {
                Some(line.id)
            }
            Output::Event(_) | Output::Transmit(_) | Output::Persist(_) => None,
        };
        bench
            .outputs
            .iter()
            .rev()
            .find_map(own)
            .expect("it was accepted")
    }

    fn ask(&mut self, place: SocketAddr, ours: Command, classic: Job) {
        let now_ms = self.now_ms;
        match self.parties.get_mut(&place).expect("somebody lives there") {
            Party::OurClient(bench) => bench.ask(ours),
            Party::ClassicClient(client) => client.command(now_ms, classic),
            Party::OurServer(_) | Party::ClassicServer(_) => panic!("a server has no user"),
        }
        self.post(place);
    }

    pub fn stop(&mut self) {
        let now_ms = self.now_ms;
        match self.parties.get_mut(&server_at()).expect("the server") {
            Party::OurServer(bench) => bench.ask(server::Command::Stop),
            Party::ClassicServer(server) => server.stop(now_ms),
            Party::OurClient(_) | Party::ClassicClient(_) => panic!("no server"),
        }
        self.post(server_at());
    }

    /// Has the host of our server do something.
    pub fn ask_server(&mut self, command: server::Command) {
        if let Some(Party::OurServer(bench)) = self.parties.get_mut(&server_at()) {
            bench.ask(command);
        }
        self.post(server_at());
    }

    /// What a classic client has printed.
    pub fn printed(&self, place: SocketAddr) -> &[String] {
        match &self.parties[&place] {
            Party::ClassicClient(client) => &client.lines,
            Party::OurClient(_) | Party::OurServer(_) | Party::ClassicServer(_) => &[],
        }
    }

    pub fn run_for(&mut self, ms: u64) {
        let end_ms = self.now_ms + ms;
        loop {
            let due = self
                .parties
                .iter()
                .filter_map(|(place, party)| Some((party.deadline()?, *place)));
            let due = due.min();
            let packet = self.wire.front().map(|packet| packet.0);
            let next = [due.map(|due| due.0), packet].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end_ms) else {
                break;
            };
            self.now_ms = self.now_ms.max(next);
            if packet == Some(next) {
                self.deliver();
            } else if let Some((_, place)) = due {
                let now_ms = self.now_ms;
                self.parties
                    .get_mut(&place)
                    .expect("it was just seen")
                    .turn(now_ms);
                self.post(place);
            }
        }
        self.now_ms = end_ms;
        self.parties
            .values_mut()
            .for_each(|party| party.turn(end_ms));
        let places: Vec<_> = self.parties.keys().copied().collect();
        for place in places {
            self.post(place);
        }
    }

    fn deliver(&mut self) {
        let Some((_, from, to, bytes)) = self.wire.pop_front() else {
            return;
        };
        if self.lost.contains(&(from, to)) {
            return;
        }
        let now_ms = self.now_ms;
        let Some(party) = self.parties.get_mut(&to) else {
            return;
        };
        party.feed(now_ms, from, &bytes);
        let answers = self.post(to);
        let acks_an_ack = is_ack(&bytes)
            && answers
                .iter()
                .any(|(to, bytes)| *to == from && is_ack(bytes));
        if acks_an_ack && self.parties[&to].is_ours() && !self.parties[&from].is_ours() {
            self.faults.push(format!("an ack of {from} was acked"));
        }
    }

    /// Takes what somebody sends to the wire.
    fn post(&mut self, from: SocketAddr) -> Out {
        let party = self.parties.get_mut(&from).expect("somebody lives there");
        let (out, ours) = (party.drain(), party.is_ours());
        for (to, bytes) in &out {
            let classic = self.parties.get(to).is_some_and(|to| !to.is_ours());
            if ours
                && classic
                && let Err(fault) = lint(bytes)
            {
                let text = String::from_utf8_lossy(bytes);
                self.faults.push(format!("{from} to {to}: {fault}: {text}"));
            }
            self.wire
                .push_back((self.now_ms + 1, from, *to, bytes.clone()));
        }
        out
    }

    /// What was shown to somebody, without the times of stored mail.
    pub fn shown(&self, place: SocketAddr) -> Vec<(String, String)> {
        let plain = |(from, text): (String, String)| {
            let text = without_time(&text).map_or(text.clone(), str::to_owned);
            (from, text)
        };
        match &self.parties[&place] {
            Party::ClassicClient(client) => client.shown.iter().cloned().map(plain).collect(),
            Party::OurClient(bench) => {
                let shown = |(_, output): &Timed<Client>| match output {
                    Output::Event(Event::Line(line))
                        if matches!(line.origin, Origin::Theirs { .. }) =>
                    {
                        Some((line.peer.to_string(), line.text.clone()))
                    }
                    Output::Event(_) | Output::Transmit(_) | Output::Persist(_) => None,
                };
                bench.outputs.iter().filter_map(shown).map(plain).collect()
            }
            Party::OurServer(_) | Party::ClassicServer(_) => Vec::new(),
        }
    }

    /// What a client of ours told last of a line.
    pub fn last_of(&self, place: SocketAddr, wanted: LineId) -> Option<Delivery> {
        let told = |event: &Event| {
            let Event::Delivery { line, delivery, .. } = event else {
                return None;
            };
            (*line == wanted).then_some(*delivery)
        };
        self.events(place).filter_map(told).last()
    }

    pub fn is_online(&self, place: SocketAddr) -> bool {
        self.last_session(place) == Some(Session::Online)
    }

    /// Whether a client of ours has somebody in its table who is there.
    pub fn sees_online(&self, place: SocketAddr, name: &str) -> bool {
        let online = |event: &Event| {
            let Event::Contacts(contacts) = event else {
                return None;
            };
            let told = contacts
                .iter()
                .rfind(|contact| contact.nickname.as_str() == name);
            told.map(|contact| contact.online)
        };
        self.events(place).filter_map(online).last() == Some(true)
    }

    pub fn heard_farewell(&self, place: SocketAddr) -> bool {
        match &self.parties[&place] {
            Party::ClassicClient(client) => client.exited && !client.reader_dead,
            Party::OurClient(_) => matches!(
                self.last_session(place),
                Some(Session::Waiting {
                    cause: LostCause::Down,
                    ..
                })
            ),
            Party::OurServer(_) | Party::ClassicServer(_) => false,
        }
    }

    fn last_session(&self, place: SocketAddr) -> Option<Session> {
        let session = |event: &Event| {
            let Event::Session(session) = event else {
                return None;
            };
            Some(*session)
        };
        self.events(place).filter_map(session).last()
    }

    fn events(&self, place: SocketAddr) -> impl Iterator<Item = &Event> {
        let outputs = match &self.parties[&place] {
            Party::OurClient(bench) => &bench.outputs[..],
            Party::OurServer(_) | Party::ClassicServer(_) | Party::ClassicClient(_) => &[],
        };
        outputs.iter().filter_map(|(_, output)| match output {
            Output::Event(event) => Some(event),
            Output::Transmit(_) | Output::Persist(_) => None,
        })
    }

    /// Acks of ours that a classic program was not waiting for: who was sent one, and by whom.
    pub fn stray_acks(&self) -> Vec<(SocketAddr, SocketAddr)> {
        let mut stray = Vec::new();
        for (place, party) in &self.parties {
            let acks = match party {
                Party::ClassicClient(client) => &client.stray_acks[..],
                Party::ClassicServer(server) => &server.stray_acks[..],
                Party::OurClient(_) | Party::OurServer(_) => &[],
            };
            let ours = acks.iter().filter(|from| self.parties[from].is_ours());
            stray.extend(ours.map(|from| (*place, *from)));
        }
        stray
    }

    pub fn swallowed(&self) -> u64 {
        self.classic_server().map_or(0, |server| server.swallowed)
    }

    /// Whether a classic server's mailbox brought somebody something.
    pub fn mailed(&self, name: &str) -> bool {
        self.classic_server()
            .is_some_and(|server| server.delivered.contains(name))
    }

    fn classic_server(&self) -> Option<&ClassicServer> {
        match &self.parties[&server_at()] {
            Party::ClassicServer(server) => Some(server),
            Party::OurServer(_) | Party::OurClient(_) | Party::ClassicClient(_) => None,
        }
    }
}

impl Party {
    fn is_ours(&self) -> bool {
        matches!(self, Self::OurServer(_) | Self::OurClient(_))
    }

    fn deadline(&self) -> Option<u64> {
        let due = match self {
            Self::OurServer(bench) => bench.machine.poll_timeout()?,
            Self::OurClient(bench) => bench.machine.poll_timeout()?,
            Self::ClassicServer(server) => return server.deadline(),
            Self::ClassicClient(client) => return client.deadline(),
        };
        Some(due.as_micros().div_ceil(1_000) as u64)
    }

    fn turn(&mut self, now_ms: u64) {
        match self {
            Self::OurServer(bench) => bench.run_to(now_ms),
            Self::OurClient(bench) => bench.run_to(now_ms),
            Self::ClassicServer(server) => server.turn(now_ms),
            Self::ClassicClient(client) => client.turn(now_ms),
        }
    }

    fn feed(&mut self, now_ms: u64, from: SocketAddr, bytes: &[u8]) {
        self.turn(now_ms);
        match self {
            Self::OurServer(bench) => bench.feed(from, bytes),
            Self::OurClient(bench) => bench.feed(from, bytes),
            Self::ClassicServer(server) => server.feed(now_ms, from, bytes),
            Self::ClassicClient(client) => client.feed(from, bytes),
        }
    }

    fn drain(&mut self) -> Out {
        match self {
            Self::OurServer(bench) => transmits(bench),
            Self::OurClient(bench) => transmits(bench),
            Self::ClassicServer(server) => std::mem::take(&mut server.out),
            Self::ClassicClient(client) => std::mem::take(&mut client.out),
        }
    }
}

/// Takes the datagrams, and leaves the events.
fn transmits<M: Machine>(bench: &mut Bench<M>) -> Out {
    let is_sent = |(_, output): &mut Timed<M>| matches!(output, Output::Transmit(_));
    let sent = bench.outputs.extract_if(.., is_sent);
    let out = |(_, output)| match output {
        Output::Transmit(transmit) => Some((transmit.to, transmit.bytes.to_vec())),
        Output::Persist(_) | Output::Event(_) => None,
    };
    sent.filter_map(out).collect()
}

fn is_ack(bytes: &[u8]) -> bool {
    let json: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
    json.is_ok_and(|json| json["Type"] == "ack")
}
