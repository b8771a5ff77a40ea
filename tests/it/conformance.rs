//! The recorded conversations of the classic program, played again with our server in the place of
//! the recorded one, and with our client in the place of each recorded client.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use serde_json::Value;
use super_chatter::machine::client::{self, Client};
use super_chatter::machine::server::{self, Saved, Server};

use crate::bench::{Bench, Sent, nick};
use crate::recording::{Recorded, Recording, kind, recordings};

/// Where our server deliberately differs from the recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deviation {
    /// The classic server asks the sender of mail whether it is there, where the recipient is
    /// meant. Ours asks nobody when the recipient's entry says "No".
    NotTheRequester,
    /// The classic server asks whoever registers a known name, even at the name's own address,
    /// where the answer changes nothing. Ours asks only a holder at another address.
    NotTheSameAddress,
    /// Ours asks the recipient that its table takes for online, and stores after its silence.
    TheRecipient,
}

/// Every difference: the recording, the time, whom it concerns, and which it is.
const DEVIATIONS: [(u64, u64, &str, Deviation); 6] = [
    (1, 17_227, "y", Deviation::NotTheRequester),
    (1, 19_727, "z", Deviation::NotTheRequester),
    (1, 22_235, "x", Deviation::NotTheSameAddress),
    (3, 6_523, "x", Deviation::TheRecipient),
    (3, 6_523, "y", Deviation::NotTheRequester),
    (3, 10_047, "x", Deviation::NotTheSameAddress),
];

/// The one datagram of our client that the classic client does not send: before a text that two of
/// ours would exchange in parts, a peer of which nothing is known is asked whether it is there. A
/// classic peer acks it like anything else. The recording, the time, and who is asked.
const QUESTION: (u64, u64, &str) = (5, 8_517, "y");

/// The server waited this long for somebody who is gone.
const SILENCE_MS: u64 = 500;

/// Between a recorded datagram and ours: the classic program's own slowness.
const SLOWNESS_MS: u64 = 6;

#[test]
fn our_server_says_to_recorded_clients_what_the_classic_server_said() {
    let mut deviations = Vec::new();
    for recording in recordings() {
        let number = recording.number;
        let found = ServerReplay::new(&recording).run();
        deviations.extend(
            found
                .into_iter()
                .map(|(ms, peer, what)| (number, ms, recording.peers[&peer].clone(), what)),
        );
    }
    deviations.sort();
    let expected = DEVIATIONS.map(|(number, ms, peer, what)| (number, ms, peer.to_owned(), what));
    assert_eq!(deviations, expected);
}

#[test]
fn our_client_says_to_a_recorded_room_what_the_classic_client_said() {
    let (mut replayed, mut asked) = (0, Vec::new());
    for recording in recordings() {
        for peer in recording.peers.keys() {
            let mut ours = replay_client(&recording, *peer);
            asked.extend(take_questions(&recording, &mut ours));
            let theirs: Vec<_> = recording
                .lines
                .iter()
                .filter(|line| line.from == *peer)
                .collect();
            compare_client(&recording, &ours, &theirs);
            replayed += theirs.len();
        }
    }
    assert!(replayed > 100, "only {replayed} datagrams were compared");
    assert_eq!(asked, [QUESTION]);
}

/// What the recorded server said to one client, and whether the client acked it.
struct Expected<'a> {
    line: &'a Recorded,
    acked: bool,
    /// What our server does not do.
    not_ours: Option<Deviation>,
}

struct ServerReplay<'a> {
    recording: &'a Recording,
    bench: Bench<Server>,
    expected: BTreeMap<SocketAddr, VecDeque<Expected<'a>>>,
    /// The last request, which our server's words follow.
    request_ms: u64,
    deviations: Vec<(u64, SocketAddr, Deviation)>,
}

impl<'a> ServerReplay<'a> {
    fn new(recording: &'a Recording) -> Self {
        let mut bench = Bench::new(Server::new(1, Saved::default()));
        bench.wall = (beginning_ms(recording.number) - 8 * 3_600_000, 8 * 3600);
        let mut expected = BTreeMap::new();
        for peer in recording.peers.keys() {
            expected.insert(*peer, expected_by(recording, *peer));
        }
        Self {
            recording,
            bench,
            expected,
            request_ms: 0,
            deviations: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<(u64, SocketAddr, Deviation)> {
        let (recording, mut stopping) = (self.recording, false);
        for line in &recording.lines {
            let request = line.to == recording.server && line.kind() != "ack";
            let down = line.json["Msg"] == "[Server is Down!]" && !stopping;
            if recording.is_server_dead(line.ms) || (!request && !down) {
                continue;
            }
            self.advance_to(line.ms);
            self.request_ms = line.ms;
            if down {
                stopping = true;
                self.bench.ask(server::Command::Stop);
            } else {
                self.bench.feed(line.from, &line.bytes);
            }
            self.answer();
        }
        self.advance_to(self.bench.now_ms() + 2_000);
        for (peer, left) in &self.expected {
            let left: Vec<_> = left.iter().map(|expected| &expected.line.json).collect();
            assert!(
                left.is_empty(),
                "scenario {}: never said to {}: {left:#?}",
                recording.number,
                recording.peers[peer]
            );
        }
        self.deviations
    }

    fn advance_to(&mut self, ms: u64) {
        let due = |bench: &Bench<Server>| {
            let due = super_chatter::machine::Machine::poll_timeout(&bench.machine)?;
            Some(due.as_millis() as u64).filter(|due| *due <= ms)
        };
        while let Some(due) = due(&self.bench) {
            self.bench.run_to(due);
            self.answer();
        }
        self.bench.run_to(ms);
    }

    /// Compares what our server sent, and acks it as the recorded client did.
    fn answer(&mut self) {
        loop {
            let sent = self.bench.sent();
            if sent.is_empty() {
                return;
            }
            for sent in sent {
                if self.is_acked(&sent) {
                    self.bench.feed(sent.to, br#"{"Type": "ack"}"#);
                }
            }
        }
    }

    fn is_acked(&mut self, sent: &Sent) -> bool {
        let ours: Value = serde_json::from_slice(&sent.bytes).expect("JSON");
        let expected = self.expected.get_mut(&sent.to).expect("a recorded client");
        while let Some(front) = expected.pop_front_if(|front| front.not_ours.is_some()) {
            let what = front.not_ours.expect("it was just seen");
            self.deviations.push((self.request_ms, sent.to, what));
        }
        let next_kind = expected.front().map(|expected| expected.line.kind());
        if kind(&ours) == "Verification" && next_kind != Some("Verification") {
            self.deviations
                .push((sent.at_ms, sent.to, Deviation::TheRecipient));
            return !self.recording.is_dead(sent.to, sent.at_ms);
        }
        let expected = expected
            .pop_front()
            .unwrap_or_else(|| panic!("nothing more was said, and ours says {ours}"));
        compare_server(sent, &ours, expected.line);
        expected.acked
    }
}

/// The wall clock at a recording's start, in local milliseconds: where the recorded times of
/// storing come out.
fn beginning_ms(number: u64) -> i64 {
    let (second, milli) = match number {
        1 => (1, 500),
        _ => (46, 700),
    };
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
    let time = day.and_hms_milli_opt(13, 23, second, milli);
    time.expect("a time").and_utc().timestamp_millis()
}

fn expected_by(recording: &Recording, peer: SocketAddr) -> VecDeque<Expected<'_>> {
    let with_server = |line: &&Recorded| {
        (line.from == peer && line.to == recording.server)
            || (line.to == peer && line.from == recording.server)
    };
    let lines: Vec<_> = recording.lines.iter().filter(with_server).collect();
    let mut expected = VecDeque::new();
    let mut request: Option<&Recorded> = None;
    for (index, line) in lines.iter().enumerate() {
        if line.from == peer {
            request = if line.kind() == "ack" {
                request
            } else {
                Some(line)
            };
            continue;
        }
        let next = lines.get(index + 1);
        let acked =
            line.kind() != "ack" && next.is_some_and(|n| n.from == peer && n.kind() == "ack");
        let not_ours = request
            .filter(|request| line.kind() == "Verification" && line.ms - request.ms <= 1)
            .map(|request| match request.kind() {
                "Offline" => Deviation::NotTheRequester,
                _ => Deviation::NotTheSameAddress,
            });
        expected.push_back(Expected {
            line,
            acked,
            not_ours,
        });
    }
    expected
}

fn compare_server(sent: &Sent, ours: &Value, recorded: &Recorded) {
    if kind(ours) == "Table" {
        assert_eq!(keys(ours), keys(&recorded.json));
        assert_eq!(table(ours), table(&recorded.json));
    } else {
        assert_eq!(
            String::from_utf8_lossy(&sent.bytes),
            String::from_utf8_lossy(&recorded.bytes)
        );
    }
    let late = sent.at_ms.abs_diff(recorded.ms);
    assert!(
        late <= SLOWNESS_MS || late.abs_diff(SILENCE_MS) <= SLOWNESS_MS,
        "{recorded:?} came at {}",
        sent.at_ms
    );
}

fn keys(json: &Value) -> Vec<&String> {
    json.as_object().expect("an object").keys().collect()
}

/// The table, which lies as JSON in a string.
fn table(json: &Value) -> Value {
    serde_json::from_str(json["Msg"].as_str().expect("a string")).expect("JSON in it")
}

/// What our client sends as `peer`: the time, to whom, and the datagram without what is only ours.
fn replay_client(recording: &Recording, peer: SocketAddr) -> Vec<(u64, SocketAddr, Value)> {
    let mut bench = Bench::new(Client::new(1, client::Saved::default()));
    let mut ours = Vec::new();
    let mut before: Option<&Recorded> = None;
    for line in &recording.lines {
        bench.run_to(line.ms);
        if line.from == peer && line.kind() != "ack" {
            if recording.is_dead(peer, line.ms - 1) {
                ours.extend(bench.sent());
                bench = Bench::new(Client::new(2, client::Saved::default()));
                bench.run_to(line.ms);
            }
            if !follows_by_itself(before, line) {
                bench.ask(command(recording, line));
            }
            before = Some(line);
        }
        if line.to == peer && !recording.is_dead(peer, line.ms) {
            bench.feed(line.from, &line.bytes);
        }
    }
    ours.extend(bench.sent());
    ours.into_iter().map(classic_part).collect()
}

/// Whether the classic client sent it without being told to: mail after an unanswered message,
/// and every further attempt.
fn follows_by_itself(before: Option<&Recorded>, line: &Recorded) -> bool {
    let Some(before) = before.filter(|before| line.ms - before.ms <= 502) else {
        return false;
    };
    let again = line.json == before.json && line.kind() != "ack";
    again || (line.kind() == "Offline" && before.kind() == "Chat")
}

fn command(recording: &Recording, line: &Recorded) -> client::Command {
    let text = |key: &str| line.json[key].as_str().expect("a text").to_owned();
    match line.kind() {
        "Reg" => client::Command::Register {
            nickname: nick(&text("Nickname")),
            servers: vec![recording.server],
        },
        "Dereg" => client::Command::Deregister,
        "Chat" => client::Command::Send {
            to: nick(&recording.peers[&line.to]),
            text: text("Msg"),
        },
        "Offline" => client::Command::Send {
            to: nick(&text("Receipent")),
            text: text("Msg"),
        },
        other => panic!("no command makes a client send {other}"),
    }
}

fn classic_part(sent: Sent) -> (u64, SocketAddr, Value) {
    let mut json: Value = serde_json::from_slice(&sent.bytes).expect("JSON");
    let object = json.as_object_mut().expect("an object");
    object.remove("sc");
    if object["Type"] == "Offline" {
        let sender = object.remove("Sender");
        assert_eq!(sender.as_ref(), object.get("Nickname"));
    }
    (sent.at_ms, sent.to, json)
}

/// Takes the questions to peers out of what our client sent.
fn take_questions(
    recording: &Recording,
    ours: &mut Vec<(u64, SocketAddr, Value)>,
) -> Vec<(u64, u64, &'static str)> {
    let questions = ours.extract_if(.., |(_, _, json)| kind(json) == "Verification");
    let known = |(ms, to, _): (u64, SocketAddr, Value)| {
        assert_eq!(recording.peers[&to], QUESTION.2);
        (recording.number, ms, QUESTION.2)
    };
    questions.map(known).collect()
}

fn compare_client(recording: &Recording, ours: &[(u64, SocketAddr, Value)], theirs: &[&Recorded]) {
    let number = recording.number;
    let meaning = |(_, to, json): &(u64, SocketAddr, Value)| (*to, json.clone());
    let expected: Vec<_> = theirs
        .iter()
        .map(|line| (line.to, line.json.clone()))
        .collect();
    let got: Vec<_> = ours.iter().map(meaning).collect();
    assert_eq!(got, expected, "scenario {number}");
    for (ours, theirs) in ours.windows(2).zip(theirs.windows(2)) {
        if follows_by_itself(Some(theirs[0]), theirs[1]) {
            let (our_gap, gap) = (ours[1].0 - ours[0].0, theirs[1].ms - theirs[0].ms);
            assert!(
                our_gap.abs_diff(gap) <= 1,
                "scenario {number}: {our_gap} ms"
            );
        }
    }
}
