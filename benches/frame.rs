//! What a frame of the window costs its thread: 10 000 people in the list, a tab of 100 000 lines in
//! front; nothing happens, the wheel turns, keys are typed, a hundred messages a second come in. Beside
//! an empty frame in the same run. No screen is needed: shapes are laid out and tessellated, and not
//! drawn.
//!
//! `cargo bench --bench frame -- 1000` has another number of lines.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod support;

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use egui::{Context, Event, Modifiers, MouseWheelUnit, RawInput, Rect, TouchPhase, pos2, vec2};
use rustix::time::{ClockId, clock_gettime};
use super_chatter::app::language::Language;
use super_chatter::app::{App, Command, Contact, Nickname, Now, Options, Settings};
use super_chatter::driver::client::Told;
use super_chatter::machine::client::{
    Event as Tells, Line, LineId, Origin, Path as Way, Record, Session,
};
use super_chatter::store::profile::Profile;
use super_chatter::ui::{Window, fonts, theme};

use support::{Times, print_head};

/// Unless the first argument says another number.
const LINES: u64 = 100_000;

const PEOPLE: u32 = 10_000;

/// Lines in a commit while the history is made.
const BATCH: u64 = 1000;

/// Frames of each kind.
const FRAMES: usize = 600;

/// The most that a frame may cost, in milliseconds: that of a screen with 240 pictures a second.
const FRAME_MS: f64 = 4.0;

/// A kind of frames: what happens before each of them, and the aims for p50 and p99, in milliseconds.
type Kind = (&'static str, fn(&mut Bench) -> Vec<Event>, f64, f64);

const KINDS: [Kind; 4] = [
    ("still", |_| Vec::new(), 0.5, FRAME_MS),
    ("scroll", |_| vec![wheel()], 1.0, 2.0),
    ("type", |_| vec![Event::Text("a".to_owned())], 1.0, FRAME_MS),
    ("100 messages a second", come_in, 1.0, FRAME_MS),
];

fn main() {
    let arguments = std::env::args().skip(1);
    let count = arguments
        .filter_map(|argument| argument.parse().ok())
        .next();
    let count = count.unwrap_or(LINES);
    print_head(&format!(
        "frame: {PEOPLE} people, a tab of {count} lines, ms of processor time a frame"
    ));
    let folder = tempfile::tempdir().expect("a folder");
    make(&folder.path().join("profile.db"), count);
    let mut bench = Bench::open(folder.path());
    println!(
        "{:<24} {:>8} {:>8} {:>8}   empty p50",
        "", "p50", "p99", "most"
    );
    for (name, before, p50, p99) in KINDS {
        bench.warm_up();
        let mut times = Times::default();
        let mut empty = Times::default();
        for _ in 0..FRAMES {
            let events = before(&mut bench);
            times.push(bench.frame(events));
            empty.push(bench.empty_frame());
        }
        let ms = |times: &Times, share| times.percentile(share) / 1e6;
        let verdict = |value: f64, aim: f64| if value <= aim { "kept" } else { "MISSED" };
        println!(
            "{name:<24} {:8.3} {:8.3} {:8.3}   {:.3}   p50 {p50:.1} {}, p99 {p99:.1} {}",
            ms(&times, 0.5),
            ms(&times, 0.99),
            ms(&times, 1.0),
            ms(&empty, 0.5),
            verdict(ms(&times, 0.5), p50),
            verdict(ms(&times, 0.99), p99),
        );
    }
}

struct Bench {
    window: Window,
    ctx: Context,
    empty: Context,
    news: Receiver<()>,
    frames: u64,
    newest: u64,
}

impl Bench {
    /// A window on the profile in `folder`, with everybody there and the long talk in front.
    fn open(folder: &Path) -> Self {
        let (told, news) = bounded(1);
        let notify = Arc::new(move || {
            // Full: the frame that looks is already due.
            let _ = told.try_send(());
        });
        let options = Options {
            data_dir: folder.to_owned(),
            documents: folder.to_owned(),
            bind: Ipv4Addr::LOCALHOST.into(),
            nickname: "amy".to_owned(),
            server: String::new(),
            port: 50000,
            own_port: 0,
            host_port: 0,
            settings: Settings::default(),
            settings_aside: None,
            language: Language::English,
            sign_in: false,
            host: false,
        };
        let ctx = Context::default();
        theme::apply(&ctx);
        fonts::add(&ctx);
        let mut bench = Self {
            window: Window::new(App::new(Now::default(), options, notify)),
            ctx,
            empty: Context::default(),
            news,
            frames: 0,
            newest: 1 << 40,
        };
        while !bench.window.app().is_opened() {
            bench.wait();
            bench.frame(Vec::new());
        }
        let app = bench.window.app_mut();
        app.on_client(
            Now::default(),
            Told::Client(Tells::Session(Session::Online)),
        );
        let people = (0..PEOPLE).map(|n| Contact {
            nickname: person(n),
            address: (Ipv4Addr::LOCALHOST, 50001).into(),
            online: n % 3 > 0,
            extended: true,
        });
        let everybody = Told::Client(Tells::Contacts(people.collect()));
        app.on_client(Now::default(), everybody);
        app.run(Now::default(), Command::Open(person(0)));
        bench
    }

    fn wait(&self) {
        // It comes, or the program was stopped.
        let _ = self.news.recv_timeout(Duration::from_secs(1));
    }

    fn warm_up(&mut self) {
        for _ in 0..60 {
            self.frame(Vec::new());
        }
    }

    /// The processor time of one frame.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.frames += 1;
        let input = input(self.frames, events);
        let before = processor_time();
        let window = &mut self.window;
        let out = self.ctx.run_ui(input, |ui| {
            window.logic(ui.ctx());
            window.ui(ui);
        });
        let meshes = self.ctx.tessellate(out.shapes, out.pixels_per_point);
        let time = processor_time() - before;
        assert!(!meshes.is_empty(), "nothing was drawn");
        time
    }

    fn empty_frame(&mut self) -> Duration {
        let input = input(self.frames, Vec::new());
        let before = processor_time();
        let out = self.empty.run_ui(input, |_| {});
        let _ = self.empty.tessellate(out.shapes, out.pixels_per_point);
        processor_time() - before
    }
}

/// A hundred messages a second, at sixty frames a second; each third one of the person in front.
fn come_in(bench: &mut Bench) -> Vec<Event> {
    let due = (bench.frames + 1) * 100 / 60 - bench.frames * 100 / 60;
    for _ in 0..due {
        bench.newest += 1;
        let from = match bench.newest % 3 {
            0 => person(0),
            _ => person((bench.newest % 150) as u32),
        };
        let line = line(bench.newest, from);
        let app = bench.window.app_mut();
        app.on_client(Now::default(), Told::Client(Tells::Line(line)));
    }
    Vec::new()
}

fn wheel() -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    }
}

/// The input of a frame of a window of 1280 by 800 points, the pointer over the talk.
fn input(frame: u64, events: Vec<Event>) -> RawInput {
    let mut all = vec![Event::PointerMoved(pos2(800.0, 400.0))];
    all.extend(events);
    RawInput {
        screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
        time: Some(frame as f64 / 60.0),
        focused: true,
        events: all,
        ..Default::default()
    }
}

fn make(path: &Path, count: u64) {
    let mut profile = Profile::open(path).expect("a new profile").profile;
    let mut next = 1;
    while next <= count {
        let end = (next + BATCH).min(count + 1);
        let lines = (next..end).map(|id| Record::Line(line(id, person(0))));
        let records: Vec<_> = lines.collect();
        profile.commit(&records).expect("there is room");
        next = end;
    }
}

/// A line of one to some sixty words.
fn line(id: u64, peer: Nickname) -> Line {
    let words = 1 + id * 7919 % 61;
    let text = (0..words).map(|n| format!("word{} ", (id + n) % 997));
    Line {
        id: LineId(id),
        peer,
        text: text.collect(),
        at_ms: 1_763_121_600_000 + id as i64 * 20_000,
        origin: Origin::Theirs {
            written_ms: None,
            path: Way::Direct,
        },
    }
}

fn person(n: u32) -> Nickname {
    Nickname::parse(&format!("person{n}")).expect("a valid name")
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
