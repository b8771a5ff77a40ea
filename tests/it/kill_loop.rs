//! A server and three console clients that are killed at random instants, again and again, while
//! everybody types: what a client accepted is at the other side once and in order, whoever died when.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "real processes are killed at instants of real time, and the seed is said"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossbeam_channel::{after, never, select};
use rusqlite::{Connection, OpenFlags};
use super_chatter::machine::client::{Delivery, Line, LineId, Origin, Path as Way};
use super_chatter::store::history::{ANSWER_MAX, Edge, History};
use super_chatter::store::mailbox::Mailbox;

use crate::loopback::name;
use crate::process::{End, Process, free_port};

/// How long there is typing and killing, in seconds; `KILL_LOOP_S` in the environment says
/// otherwise, and `KILL_LOOP_SEED` which instants and victims are drawn.
const SECONDS: u64 = 60;

const PEOPLE: [&str; 3] = ["a", "b", "c"];

/// Between two lines that are typed.
const TYPING: Duration = Duration::from_millis(10);

/// Longest time between two kills, in milliseconds.
const KILL_MS_MAX: u64 = 600;

/// Longest time that somebody stays dead, in milliseconds: mail for a client is stored meanwhile, and
/// a client gives a server up.
const DEAD_MS_MAX: u64 = 3000;

/// How long it may take until everything has arrived after the last kill: pauses grow to 30 s.
const REST: Duration = Duration::from_secs(180);

/// How often it is looked whether everything has arrived.
const LOOK: Duration = Duration::from_millis(200);

/// A line that spans several datagrams is one in so many.
const LONG_EVERY: u64 = 50;

#[test]
fn whoever_is_killed_when_a_line_that_was_accepted_arrives_once_and_in_order() {
    let seconds = from_environment("KILL_LOOP_S").unwrap_or(SECONDS);
    let seed = from_environment("KILL_LOOP_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("KILL_LOOP_S={seconds} KILL_LOOP_SEED={seed}");
    let folder = tempfile::tempdir().expect("a folder");
    let mut room = Room::open(folder.path(), fastrand::Rng::with_seed(seed));
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut next_kill = Instant::now();
    while Instant::now() < end {
        room.type_a_line();
        room.keep_alive();
        if Instant::now() >= next_kill {
            room.kill();
            next_kill = Instant::now() + room.draw_ms(KILL_MS_MAX);
        }
        wait(TYPING);
    }
    room.wait_for_rest();
    let people = room.close();

    let accepted: Vec<_> = people.iter().map(Person::check_accepted).collect();
    for person in &people {
        person.check_shown(&people);
    }
    let kept = Mailbox::open(&folder.path().join("server.db")).expect("the server's store");
    assert_eq!(kept.saved.mail, [], "what was confirmed is kept no longer");
    assert!(kept.aside.is_none(), "{:?}", kept.aside);
    assert!(
        accepted.iter().all(|accepted| *accepted > 0),
        "{accepted:?}"
    );
}

/// The server, the clients, and everything that was typed.
struct Room {
    folder: PathBuf,
    port: u16,
    rng: fastrand::Rng,
    server: Seat,
    people: Vec<Person>,
    lines: u64,
}

/// Where a process runs, or is to run again.
struct Seat {
    process: Option<Process>,
    /// What it said in all its runs.
    said: Vec<String>,
    back_at: Instant,
    kills: u32,
    starts: u32,
}

struct Person {
    nickname: &'static str,
    profile: PathBuf,
    port: u16,
    seat: Seat,
    /// What was typed into each run, each line with whom it is for.
    typed: Vec<Vec<(&'static str, String)>>,
}

impl Room {
    /// A server that knows everybody.
    fn open(folder: &Path, rng: fastrand::Rng) -> Self {
        let person = |nickname: &'static str| Person {
            nickname,
            profile: folder
                .join(format!("console-{nickname}"))
                .join("profile.db"),
            port: free_port(),
            seat: Seat::empty(),
            typed: Vec::new(),
        };
        let mut room = Self {
            folder: folder.to_owned(),
            port: free_port(),
            rng,
            server: Seat::empty(),
            people: PEOPLE.map(person).into(),
            lines: 0,
        };
        room.keep_alive();
        for person in &mut room.people {
            let process = person.seat.process.as_mut().expect("it was started");
            process.expect("[Welcome, You are registered.]");
        }
        room
    }

    /// Starts whoever is to be there and is not: one that was killed, a client that gave its server
    /// up, one whose port somebody else had meanwhile.
    fn keep_alive(&mut self) {
        let (folder, port) = (&self.folder, self.port.to_string());
        self.server.tidy();
        if self.server.is_due() {
            self.server.start(&["-s", &port], folder);
        }
        for person in &mut self.people {
            person.seat.tidy();
            if person.seat.is_due() {
                let own = person.port.to_string();
                let arguments = ["-c", person.nickname, "127.0.0.1", &port, &own];
                person.seat.start(&arguments, folder);
                person.typed.push(Vec::new());
            }
        }
    }

    fn type_a_line(&mut self) {
        let (from, to) = (
            self.rng.usize(..PEOPLE.len()),
            self.rng.usize(..PEOPLE.len()),
        );
        self.lines += 1;
        let person = &mut self.people[from];
        let (Some(process), true) = (&mut person.seat.process, from != to) else {
            return;
        };
        let mut text = format!("{} from {}", self.lines, person.nickname);
        if self.rng.u64(..LONG_EVERY) == 0 {
            text += &" and on".repeat(500);
        }
        if process.offer_line(&format!("send {} {text}", PEOPLE[to])) {
            let run = person.typed.last_mut().expect("it was started");
            run.push((PEOPLE[to], text));
        }
    }

    /// Kills one, who comes back at once or after a while.
    fn kill(&mut self) {
        let dead = if self.rng.bool() {
            Duration::ZERO
        } else {
            self.draw_ms(DEAD_MS_MAX)
        };
        let victim = self.rng.usize(..=PEOPLE.len());
        let seat = match self.people.get_mut(victim) {
            Some(person) => &mut person.seat,
            None => &mut self.server,
        };
        if seat.process.is_some() {
            seat.leave(Process::kill);
            seat.kills += 1;
            seat.back_at = Instant::now() + dead;
        }
    }

    fn draw_ms(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.rng.u64(..most))
    }

    /// Lets everybody live until every line that was accepted is known to be delivered.
    fn wait_for_rest(&mut self) {
        let began = Instant::now();
        self.server.back_at = began;
        for person in &mut self.people {
            person.seat.back_at = began;
        }
        loop {
            self.keep_alive();
            let open: usize = self.people.iter().map(Person::open).sum();
            let unread: usize = self.people.iter().map(Person::unread).sum();
            let mail = self.mail();
            if (open, unread, mail) == (0, 0, 0) {
                break;
            }
            assert!(
                began.elapsed() < REST,
                "lines under way {open}, typed and not accepted {unread}, in the mailbox {mail}"
            );
            wait(LOOK);
        }
        let seats = self.people.iter().map(|person| &person.seat);
        let seats: Vec<_> = seats.chain([&self.server]).collect();
        println!(
            "kills {}, starts {}, typed {}, at rest after {:?}",
            seats.iter().map(|seat| seat.kills).sum::<u32>(),
            seats.iter().map(|seat| seat.starts).sum::<u32>(),
            self.people.iter().map(Person::typed).sum::<usize>(),
            began.elapsed(),
        );
    }

    /// Parts of messages that the server keeps.
    fn mail(&self) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let store = Connection::open_with_flags(self.folder.join("server.db"), flags);
        let store = store.expect("the server's store");
        store.busy_timeout(LOOK).expect("a store");
        let count = "SELECT count(*) FROM mail";
        let count = store.query_row(count, [], |row| row.get(0));
        count.expect("the mail can be counted")
    }

    /// Ends everybody in an orderly way.
    fn close(mut self) -> Vec<Person> {
        let clients = self.people.iter_mut().map(|person| &mut person.seat);
        for seat in clients.chain([&mut self.server]) {
            seat.leave(|process| {
                process.interrupt();
                let end = process.end();
                assert_eq!((end.code, end.errors.as_str()), (Some(0), ""), "{end:?}");
                end
            });
        }
        self.people
    }
}

impl Seat {
    fn empty() -> Self {
        Self {
            process: None,
            said: Vec::new(),
            back_at: Instant::now(),
            kills: 0,
            starts: 0,
        }
    }

    fn is_due(&self) -> bool {
        self.process.is_none() && Instant::now() >= self.back_at
    }

    fn start(&mut self, arguments: &[&str], folder: &Path) {
        let folder = folder.to_str().expect("a folder of ours");
        let common = ["--bind", "127.0.0.1", "--data-dir", folder];
        self.process = Some(Process::start(arguments.iter().chain(&common)));
        self.starts += 1;
    }

    /// Hears what the process says, and lets go of it if it has ended.
    fn tidy(&mut self) {
        let Some(process) = &mut self.process else {
            return;
        };
        let ended = process.has_ended();
        self.said.extend(process.said());
        if ended {
            self.leave(Process::end);
        }
    }

    /// The process, if there is one, is brought to its end, and had nothing to complain of.
    fn leave(&mut self, end: impl FnOnce(Process) -> End) {
        let Some(process) = self.process.take() else {
            return;
        };
        let end = end(process);
        let port_taken = |line: &str| line.ends_with("is in use by another program");
        let calm = end.errors.lines().all(port_taken);
        assert!(calm, "{end:?}");
        self.said.extend(end.out.lines().map(str::to_owned));
    }
}

impl Person {
    fn typed(&self) -> usize {
        self.typed.iter().map(Vec::len).sum()
    }

    /// All that there is with `peer`, oldest first.
    fn lines(&self, peer: &str) -> Vec<Line> {
        let history = History::open(&self.profile).expect("a profile");
        let mut lines = Vec::new();
        loop {
            let last = lines.last().map_or(LineId(0), |line: &Line| line.id);
            let page = history.page(&name(peer), Edge::After(last), ANSWER_MAX);
            let page = page.expect("lines");
            lines.extend(page.lines);
            if !page.later {
                return lines;
            }
        }
    }

    /// Own lines of which it is not known that they are delivered.
    fn open(&self) -> usize {
        let settled = [Way::Direct, Way::ViaServer].map(Delivery::Delivered);
        let open = |line: &Line| match line.origin {
            Origin::Own { delivery } => !settled.contains(&delivery),
            Origin::Theirs { .. } => false,
        };
        let lines = PEOPLE.iter().flat_map(|peer| self.lines(peer));
        lines.filter(open).count()
    }

    /// Lines that the present run has not come to yet: its last one is in the history at last.
    fn unread(&self) -> usize {
        let Some((peer, text)) = self.typed.last().and_then(|run| run.last()) else {
            return 0;
        };
        let accepted = |line: &Line| is_own(line) && line.text == *text;
        usize::from(!self.lines(peer).iter().any(accepted))
    }

    /// What was accepted is what was typed, of a run that was killed the beginning. Answers how many lines that is.
    fn check_accepted(&self) -> usize {
        let mut accepted = BTreeMap::new();
        for peer in PEOPLE {
            let own = self.lines(peer).into_iter().filter(is_own);
            accepted.extend(own.map(|line| (line.id, (peer, line.text))));
        }
        let count = accepted.len();
        let mut accepted = accepted.into_values().peekable();
        for run in &self.typed {
            for typed in run {
                if accepted.next_if_eq(typed).is_none() {
                    break;
                }
            }
        }
        assert_eq!(
            accepted.next(),
            None,
            "{} kept it in its place",
            self.nickname
        );
        println!("{} typed {}, accepted {count}", self.nickname, self.typed());
        count
    }

    /// What is shown here is what the others have in their profiles, and was said once.
    fn check_shown(&self, people: &[Person]) {
        for other in people
            .iter()
            .filter(|other| other.nickname != self.nickname)
        {
            let texts = |lines: Vec<Line>, own| {
                let lines = lines.into_iter().filter(|line| is_own(line) == own);
                lines.map(|line| line.text).collect::<Vec<_>>()
            };
            let shown = texts(self.lines(other.nickname), false);
            let accepted = texts(other.lines(self.nickname), true);
            let pair = format!("from {} to {}", other.nickname, self.nickname);
            assert_eq!(shown, accepted, "{pair}");
            let heading = format!("{}: ", other.nickname);
            let said: Vec<_> = self
                .seat
                .said
                .iter()
                .filter_map(|line| line.strip_prefix(&heading))
                .collect();
            let mut shown = shown.iter();
            // In their order, and none twice; one that was killed may have had no time to say it.
            let in_order = said.iter().all(|said| shown.any(|shown| shown == said));
            assert!(in_order, "{pair}: {said:#?}");
        }
    }
}

fn is_own(line: &Line) -> bool {
    matches!(line.origin, Origin::Own { .. })
}

/// Nothing is awaited but the time.
fn wait(time: Duration) {
    select! {
        recv(never::<()>()) -> _ => {}
        recv(after(time)) -> _ => {}
    }
}

fn from_environment(name: &str) -> Option<u64> {
    let set = std::env::var(name).ok()?;
    Some(
        set.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {set}")),
    )
}
