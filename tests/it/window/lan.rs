//! A network that is simulated, with real windows on it. Each window has its client, and its server if it
//! hosts, as on any day, but for the thread, the socket and the clock: those are here. A window is drawn
//! when the desktop would draw it: at news, when it asked to be, and when its user does something, sixty
//! times a second at most. The same seed gives the same run. No test lives here.

mod net;

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::{Index, IndexMut};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super_chatter::app::session::Standing;
use super_chatter::app::{App, Notify};
use super_chatter::driver::server::Server;
use super_chatter::ui::Window;

use super::screen::{self, Ear, Screen};
use crate::wire::{Network, PERFECT};
use net::{Net, OnNet};

/// Between two frames.
const FRAME: Duration = Duration::from_nanos(16_666_667);

/// What is awaited comes long before this, or never.
const PATIENCE: Duration = Duration::from_secs(120);

/// The server that no window hosts.
pub const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 50_000);

/// A window on the network, and with it its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who(usize);

/// The network, and all that is on it.
pub struct Lan {
    net: Rc<RefCell<Net>>,
    places: Vec<Place>,
    /// What keeps [`SERVER`] alive, and its folder.
    server: Option<(Server, Rc<tempfile::TempDir>)>,
}

/// A window and when it is drawn.
struct Place {
    screen: Screen,
    ip: IpAddr,
    data_dir: Rc<tempfile::TempDir>,
    news: Arc<AtomicBool>,
    /// When it asked to be drawn; `None`: never.
    due: Option<Duration>,
    /// When it was drawn last, and the number of that frame.
    drawn: Duration,
    frame: u64,
}

impl Lan {
    /// A network with nobody on it.
    pub fn new(seed: u64, network: Network) -> Self {
        Self {
            net: Rc::new(RefCell::new(Net::new(seed, network))),
            places: Vec::new(),
            server: None,
        }
    }

    /// A network without faults, with a server, where these people have signed in and see each other.
    pub fn with<const N: usize>(names: [&str; N]) -> (Self, [Who; N]) {
        Self::alone().joined(names)
    }

    /// A network without faults, with nobody on it.
    pub fn alone() -> Self {
        Self::new(1, PERFECT)
    }

    /// With a server, where these people have signed in and see each other.
    pub fn joined<const N: usize>(mut self, names: [&str; N]) -> (Self, [Who; N]) {
        self.start_server();
        let people = names.map(|name| self.join(name, &SERVER.to_string()));
        self.until("all are there", |lan| {
            let sees = |who: &Who| {
                names.iter().all(|name| {
                    let label = format!("{name}, online");
                    lan[*who].shows(&label)
                })
            };
            people.iter().all(sees)
        });
        (self, people)
    }

    /// Starts the server, anew or from what it has kept.
    pub fn start_server(&mut self) {
        let folder = match self.server.take() {
            Some((_, folder)) => folder,
            None => folder(),
        };
        let store = folder.path().join("server.db");
        let mut net = self.net.borrow_mut();
        let server = net.serve(SERVER, store, None, Arc::new(|| {}));
        drop(net);
        self.server = Some((server, folder));
    }

    /// The server says good-bye and ends.
    pub fn stop_server(&mut self) {
        let (server, _) = self.server.as_ref().expect("it runs");
        server.stop().expect("it runs");
        self.until("its end", |lan| lan.net.borrow().has_ended(SERVER));
    }

    /// Opens somebody's window.
    pub fn open(&mut self, nickname: &str) -> Who {
        let ip = IpAddr::from([10, 0, 0, 2 + self.places.len() as u8]);
        let place = self.place(nickname, ip, folder());
        self.places.push(place);
        Who(self.places.len() - 1)
    }

    /// Closes somebody's window, and opens it again when it has closed.
    pub fn again(&mut self, who: Who) {
        self[who].close_anyway();
        self.until("the end", |lan| lan[who].app().has_ended());
        let nickname = self[who].app().form().nickname;
        let Place { ip, data_dir, .. } = &self.places[who.0];
        self.places[who.0] = self.place(&nickname, *ip, data_dir.clone());
        self.until("an open profile", |lan| lan[who].app().is_opened());
    }

    fn place(&self, nickname: &str, ip: IpAddr, data_dir: Rc<tempfile::TempDir>) -> Place {
        let news = Arc::new(AtomicBool::new(false));
        let (rung, net) = (news.clone(), self.net.clone());
        let clock = move || net.borrow().clock();
        let notify: Notify = Arc::new(move || rung.store(true, Ordering::Relaxed));
        let mut options = screen::options(data_dir.path(), ip);
        options.nickname = nickname.to_owned();
        let starter = Box::new(OnNet(self.net.clone()));
        let app = App::with_starter(starter, clock(), options, notify);
        let window = Window::new(app).with_clock(clock.clone());
        let mut screen = Screen::onto(window, &data_dir, &Ear::new(), FRAME.as_secs_f32());
        screen.clock = Box::new(clock);
        Place {
            screen,
            ip,
            data_dir,
            news,
            due: Some(self.now()),
            drawn: self.now(),
            frame: 0,
        }
    }

    /// Opens somebody's window and signs in at this server.
    pub fn join(&mut self, nickname: &str, server: &str) -> Who {
        let who = self.open(nickname);
        self.sign_in(who, server);
        who
    }

    pub fn sign_in(&mut self, who: Who, server: &str) {
        self[who].fill("Server", server);
        self[who].click("Join");
        self.until("signed in", |lan| lan.is_online(who));
    }

    /// Somebody writes this to `peer`, whose conversation they open if it is not in front.
    pub fn say(&mut self, who: Who, peer: &str, text: &str) {
        let field = format!("Message to {peer}");
        if !self[who].shows(&field) {
            self[who].click(&format!("{peer}, online"));
        }
        let harness = &mut self[who].harness;
        harness.event(egui::Event::Text(text.to_owned()));
        harness.step();
        harness.key_press(egui::Key::Enter);
        harness.step();
    }

    pub fn is_online(&self, who: Who) -> bool {
        self[who].app().session().standing == Standing::Online
    }

    /// No datagram passes between these two any more; `None`: the server.
    pub fn cut(&mut self, one: Who, other: Option<Who>) {
        let other = other.map_or(SERVER.ip(), |other| self.places[other.0].ip);
        let wall = (self.places[one.0].ip, other);
        self.net.borrow_mut().wire.walls.push(wall);
    }

    /// Datagrams pass again, everywhere.
    pub fn mend(&mut self) {
        self.net.borrow_mut().wire.walls.clear();
    }

    /// Since the beginning.
    pub fn now(&self) -> Duration {
        self.net.borrow().now
    }

    /// A running hash of all that was sent.
    pub fn trace(&self) -> u64 {
        self.net.borrow().wire.trace
    }

    /// How often somebody's window was drawn.
    pub fn frames(&self, who: Who) -> u64 {
        self.places[who.0].screen.harness.ctx.cumulative_frame_nr()
    }

    pub fn run_for(&mut self, ms: u64) {
        self.run_to(self.now() + Duration::from_millis(ms));
    }

    pub fn run_to(&mut self, end: Duration) {
        self.settle();
        while self.step(end) {}
        self.net.borrow_mut().now = end;
    }

    /// All computers stand still for so long.
    pub fn sleep(&mut self, span: Duration) {
        self.settle();
        self.net.borrow_mut().now += span;
    }

    /// Lets things happen until `seen`.
    pub fn until(&mut self, what: &str, seen: impl Fn(&Self) -> bool) {
        let end = self.now() + PATIENCE;
        self.settle();
        while !seen(self) {
            let (seed, now) = (self.net.borrow().seed, self.now());
            assert!(self.step(end), "seed {seed}: in vain at {now:?}: {what}");
        }
    }

    /// The next thing that happens before `end`.
    fn step(&mut self, end: Duration) -> bool {
        let drawing = self
            .places
            .iter()
            .filter_map(|place| Some((place.draw_at()?, place)));
        let drawing = drawing.map(|(at, _)| at).min();
        let next = [drawing, self.net.borrow().due()]
            .into_iter()
            .flatten()
            .min();
        let Some(at) = next.filter(|at| *at <= end) else {
            return false;
        };
        let now = self.now().max(at);
        self.net.borrow_mut().now = now;
        if drawing == Some(at) {
            let due = |place: &&mut Place| place.draw_at().is_some_and(|due| due <= now);
            self.places
                .iter_mut()
                .filter(due)
                .for_each(|place| place.draw(now));
        }
        self.settle();
        true
    }

    /// Takes in what users and windows have asked for, and what is due.
    fn settle(&mut self) {
        let now = self.now();
        for place in &mut self.places {
            place.look(now);
        }
        self.net.borrow_mut().happen();
    }
}

impl Index<Who> for Lan {
    type Output = Screen;

    fn index(&self, who: Who) -> &Screen {
        &self.places[who.0].screen
    }
}

impl IndexMut<Who> for Lan {
    fn index_mut(&mut self, who: Who) -> &mut Screen {
        &mut self.places[who.0].screen
    }
}

impl Place {
    fn draw_at(&self) -> Option<Duration> {
        let news = self.news.load(Ordering::Relaxed).then_some(Duration::ZERO);
        let asked = [news, self.due].into_iter().flatten().min()?;
        Some(asked.max(self.drawn + FRAME))
    }

    fn draw(&mut self, now: Duration) {
        self.news.store(false, Ordering::Relaxed);
        let harness = &mut self.screen.harness;
        // Frames at a click came before their time.
        let before_s = harness.ctx.input(|input| input.time);
        harness.input_mut().time = Some(now.as_secs_f64().max(before_s + FRAME.as_secs_f64()));
        harness.step();
    }

    /// Finds out when it asked to be drawn, if it was drawn since the last look.
    fn look(&mut self, now: Duration) {
        let harness = &self.screen.harness;
        let frame = harness.ctx.cumulative_frame_nr();
        if frame == self.frame {
            return;
        }
        self.frame = frame;
        self.drawn = now;
        let viewports = &harness.output().viewport_output;
        let delay = viewports[&egui::ViewportId::ROOT].repaint_delay;
        self.due = now.checked_add(delay).filter(|_| delay != Duration::MAX);
    }
}

/// A folder whose files need no disk, where the system has one: minutes of talk are thousands of commits.
fn folder() -> Rc<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    Rc::new(folder.expect("the system has room for a folder"))
}
