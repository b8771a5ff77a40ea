//! A window without a screen, and the few things that tests do with it.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path as File;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, bounded, select};
use egui::accesskit::Role;
use egui::{Key, Modifiers, OutputCommand, Shape, UiBuilder, ViewportEvent, ViewportId};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};
use super_chatter::app::language::Language;
use super_chatter::app::{
    App, Command, Contact, DEFAULT_PORT, Nickname, Notify, Now, Options, Path, SETTINGS, Settings,
    Zone,
};
use super_chatter::driver::client::Told;
use super_chatter::machine::client::{Event, Line, LineId, Origin, Record, Session};
use super_chatter::store::profile::Profile;
use super_chatter::store::settings;
use super_chatter::ui::{Window, fonts, theme};

/// What is awaited comes long before this, or never.
const PATIENCE: Duration = Duration::from_secs(10);

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// So far apart are frames where the clock stands still, in seconds: what is animated is done soon.
const PAUSE_S: f32 = 0.25;

/// A window of 980 by 680 points.
pub struct Screen {
    pub harness: Harness<'static, Window>,
    /// The folder lives as long as any window on it.
    data_dir: Rc<tempfile::TempDir>,
    ear: Ear,
    /// When the user asks for something in [`Screen::run`].
    pub clock: Box<dyn Fn() -> Now>,
}

/// Hears every background thread of a test.
#[derive(Clone)]
pub struct Ear(Sender<()>, Receiver<()>);

impl Ear {
    pub fn new() -> Self {
        let (sender, receiver) = bounded(1);
        Self(sender, receiver)
    }

    pub fn notify(&self) -> Notify {
        let sender = self.0.clone();
        Arc::new(move || {
            // Full: the test is going to look anyway.
            let _ = sender.try_send(());
        })
    }

    /// Draws `screens` at all news until `seen` is true of them.
    pub fn until(
        &self,
        what: &str,
        screens: &mut [&mut Screen],
        seen: impl Fn(&[&mut Screen]) -> bool,
    ) {
        let late = after(PATIENCE);
        loop {
            for screen in screens.iter_mut() {
                screen.settle();
            }
            if seen(screens) {
                return;
            }
            select! {
                recv(self.1) -> _ => {}
                recv(late) -> _ => panic!("in vain: {what}"),
            }
        }
    }
}

impl Screen {
    /// A window that nobody signed in with.
    pub fn quiet() -> Self {
        Self::with_profile(&[])
    }

    /// A window on a profile that holds this.
    pub fn with_profile(records: &[Record]) -> Self {
        let data_dir = folder();
        write_profile(data_dir.path(), records);
        let mut screen = Self::on(&data_dir, "amy", &Ear::new());
        screen.until("an open profile", |screen| screen.app().is_opened());
        screen
    }

    /// As [`Screen::with_profile`], and the window's clock stands at noon.
    pub fn at_noon(records: &[Record]) -> Self {
        let data_dir = folder();
        write_profile(data_dir.path(), records);
        let at_noon = |window: Window| window.with_clock(|| NOON);
        let mut screen = Self::with_window(&data_dir, &Ear::new(), |_| {}, at_noon);
        screen.until("an open profile", |screen| screen.app().is_opened());
        screen
    }

    /// A window with a conversation with sonic in front; tails is there too.
    pub fn with_sonic() -> Self {
        let mut screen = Self::quiet();
        screen.meet_sonic();
        screen
    }

    /// Signs in where sonic and tails are, and looks at sonic.
    pub fn meet_sonic(&mut self) {
        self.told(Event::Session(Session::Online));
        self.told(Event::Contacts(vec![
            contact("sonic", true),
            contact("tails", true),
        ]));
        self.click("sonic, online");
    }

    pub fn new(nickname: &str, ear: &Ear) -> Self {
        Self::on(&folder(), nickname, ear)
    }

    /// Another window in the same folder.
    pub fn beside(&self) -> Self {
        Self::on(&self.data_dir, "amy", &self.ear)
    }

    /// Closes the window, and opens it again when it has closed.
    pub fn again(mut self) -> Self {
        self.close_anyway();
        self.until("the end", |screen| screen.app().has_ended());
        let nickname = self.harness.state().app().form().nickname;
        let mut screen = Self::on(&self.data_dir, &nickname, &self.ear);
        screen.until("an open profile", |screen| screen.app().is_opened());
        screen
    }

    pub fn on(data_dir: &Rc<tempfile::TempDir>, nickname: &str, ear: &Ear) -> Self {
        let called = |options: &mut Options| options.nickname = nickname.to_owned();
        Self::with_options(data_dir, ear, called)
    }

    /// A window that is started with other options than usual.
    pub fn with_options(
        data_dir: &Rc<tempfile::TempDir>,
        ear: &Ear,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        Self::with_window(data_dir, ear, change, |window| window)
    }

    /// As [`Screen::with_options`], and the window itself is another than usual.
    pub fn with_window(
        data_dir: &Rc<tempfile::TempDir>,
        ear: &Ear,
        change: impl FnOnce(&mut Options),
        other: impl FnOnce(Window) -> Window,
    ) -> Self {
        let mut options = options(data_dir.path(), LOOPBACK);
        change(&mut options);
        let window = other(Window::new(App::new(Now::default(), options, ear.notify())));
        Self::onto(window, data_dir, ear, PAUSE_S)
    }

    /// A screen onto this window, which takes its frames for so many seconds apart.
    pub fn onto(window: Window, data_dir: &Rc<tempfile::TempDir>, ear: &Ear, frame_s: f32) -> Self {
        let harness = Harness::builder()
            .with_size(egui::vec2(980.0, 680.0))
            .with_context_setup(|ctx| {
                theme::apply(ctx);
                fonts::add(ctx);
            })
            .with_step_dt(frame_s)
            .allow_missing_glyphs()
            .build_ui_state(
                |ui, window: &mut Window| {
                    window.logic(ui.ctx());
                    // The harness leaves a margin, which no real window has.
                    let whole = UiBuilder::new().max_rect(ui.ctx().content_rect());
                    ui.scope_builder(whole, |ui| window.ui(ui));
                },
                window,
            );
        Self {
            harness,
            data_dir: data_dir.clone(),
            ear: ear.clone(),
            clock: Box::new(|| NOON),
        }
    }

    /// Draws at all news until `seen` is true.
    pub fn until(&mut self, what: &str, seen: impl Fn(&Screen) -> bool) {
        let ear = self.ear.clone();
        ear.until(what, &mut [self], |screens| seen(screens[0]));
    }

    /// Sends what stands in the field to `peer`, and waits until it stands in the conversation.
    pub fn send(&mut self, peer: &str) {
        let lines = self.lines(peer);
        self.press_enter();
        self.until("the line", |screen| screen.lines(peer) > lines);
    }

    /// Where the profile is.
    pub fn folder(&self) -> &File {
        self.data_dir.path()
    }

    /// The user changes a setting.
    pub fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.app().settings().clone();
        change(&mut settings);
        self.run(Command::Change(Box::new(settings)));
    }

    pub fn app(&self) -> &App {
        self.harness.state().app()
    }

    /// Draws until nothing changes by itself.
    pub fn settle(&mut self) {
        self.harness.run_ok();
    }

    /// The client's thread told this.
    pub fn told(&mut self, event: Event) {
        self.told_at(NOON, event);
    }

    /// As [`Screen::told`], at another time than the window's.
    pub fn told_at(&mut self, now: Now, event: Event) {
        let app = self.harness.state_mut().app_mut();
        app.on_client(now, Told::Client(event));
        self.settle();
    }

    /// The settings that the window has left behind, once it is gone.
    pub fn saved(self) -> Settings {
        let data_dir = self.data_dir.clone();
        drop(self);
        let loaded = settings::load(&data_dir.path().join(SETTINGS));
        loaded.expect("a file of settings").settings
    }

    /// The user asked for this in a part of the window that the test is not about.
    pub fn run(&mut self, command: Command) {
        let now = (self.clock)();
        self.harness.state_mut().app_mut().run(now, command);
        self.settle();
    }

    pub fn received(&mut self, from: &str, text: &str) {
        self.receive_quietly(from, text);
        self.settle();
    }

    /// As [`Screen::received`], but nothing is drawn.
    pub fn receive_quietly(&mut self, from: &str, text: &str) {
        let line = theirs(self.newest() + 1, from, text);
        let app = self.harness.state_mut().app_mut();
        app.on_client(NOON, Told::Client(Event::Line(line)));
    }

    fn newest(&self) -> u64 {
        let all = self.app().conversations();
        let newest = |peer| Some(all.with(peer)?.lines.last()?.id.0);
        all.tabs().iter().filter_map(newest).max().unwrap_or(0)
    }

    /// This stands somewhere in the window, or is the text of a line in view.
    pub fn shows(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some() || self.line(label).is_some()
    }

    /// The line in view with this text.
    pub fn line(&self, text: &str) -> Option<Node<'_>> {
        let end = format!(": {text}");
        let mut lines = self.harness.query_all_by_role(Role::ListItem);
        lines.find(|line| {
            let said = line.accesskit_node().label();
            said.is_some_and(|said| said.ends_with(&end))
        })
    }

    /// As [`Screen::shows`], but also what is scrolled out of view.
    pub fn shows_somewhere(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    /// A label that begins so, or has this in it.
    pub fn shows_part(&self, label: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(label);
        found.next().is_some()
    }

    /// All that was painted last, piece by piece.
    pub fn shapes(&self) -> Vec<&Shape> {
        let mut shapes = Vec::new();
        let all = self.harness.output().shapes.iter().rev();
        let mut rest: Vec<_> = all.map(|clipped| &clipped.shape).collect();
        while let Some(shape) = rest.pop() {
            if let Shape::Vec(parts) = shape {
                rest.extend(parts.iter().rev());
            } else {
                shapes.push(shape);
            }
        }
        shapes
    }

    /// The texts that were painted where what has this label is, from the top.
    pub fn painted(&self, label: &str) -> Vec<String> {
        let place = self.harness.get_by_label(label).rect().expand(1.0);
        let text = |shape: &Shape| {
            let Shape::Text(text) = shape else {
                return None;
            };
            let rect = text.galley.rect.translate(text.pos.to_vec2());
            place
                .contains_rect(rect)
                .then(|| text.galley.job.text.clone())
        };
        self.shapes().into_iter().filter_map(text).collect()
    }

    /// This text was painted where what has that label is.
    pub fn paints(&self, label: &str, text: &str) -> bool {
        self.painted(label).iter().any(|painted| painted == text)
    }

    /// What a click here puts on the clipboard.
    pub fn copied(&mut self, label: &str) -> Option<String> {
        self.harness.get_by_label(label).click_accesskit();
        self.harness.step();
        let commands = &self.harness.output().platform_output.commands;
        commands.iter().find_map(|command| {
            let OutputCommand::CopyText(text) = command else {
                return None;
            };
            Some(text.clone())
        })
    }

    pub fn is_ticked(&self, label: &str) -> bool {
        let node = self.harness.get_by_label(label);
        node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    }

    pub fn value(&self, label: &str) -> String {
        let field = self.harness.get_by_label(label);
        field.value().unwrap_or_default()
    }

    /// Sonic says more than the window holds.
    pub fn fill_with_talk(&mut self) {
        for line in talk() {
            self.receive_quietly("sonic", &line.text);
        }
        self.settle();
    }

    /// Turns the wheel over the conversation: up by so many points, down if negative.
    pub fn scroll(&mut self, up: f32) {
        self.harness.hover_at(egui::pos2(600.0, 300.0));
        self.harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, up),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        self.settle();
    }

    /// Where it stands, from the top of the window; for the text of a line, where the line does.
    pub fn top(&self, label: &str) -> f32 {
        let line = self.line(label);
        let node = line.unwrap_or_else(|| self.harness.get_by_label(label));
        node.rect().top()
    }

    /// Where it stands, from the left of the window.
    pub fn left(&self, label: &str) -> f32 {
        self.harness.get_by_label(label).rect().left()
    }

    /// Lines of the conversation with `peer`.
    pub fn lines(&self, peer: &str) -> usize {
        let with = self.app().conversations().with(&name(peer));
        with.map_or(0, |with| with.lines.len())
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.settle();
    }

    /// Types over what stands in a field.
    pub fn fill(&mut self, label: &str, text: &str) {
        let field = self.harness.get_by_label(label);
        field.set_text_value_accesskit(text);
        self.settle();
    }

    /// Types where the keyboard is.
    pub fn write(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.settle();
    }

    pub fn press_enter(&mut self) {
        self.press(Modifiers::NONE, Key::Enter);
    }

    pub fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// The user closes the window, whatever it asks.
    pub fn close_anyway(&mut self) {
        self.close();
        for anyway in ["Close anyway", "Stop and close"] {
            if self.shows(anyway) {
                self.click(anyway);
            }
        }
    }

    /// The user closes the window.
    pub fn close(&mut self) {
        let viewports = &mut self.harness.input_mut().viewports;
        let window = viewports.entry(ViewportId::ROOT).or_default();
        window.events.push(ViewportEvent::Close);
        self.settle();
    }
}

/// A noon in November 2025.
pub const NOON: Now = Now {
    unix_ms: 1_763_121_600_000,
    zone: Zone::UTC,
};

/// What a program in this folder is started with.
pub fn options(data_dir: &File, bind: IpAddr) -> Options {
    Options {
        data_dir: data_dir.to_owned(),
        documents: data_dir.to_owned(),
        bind,
        nickname: "amy".to_owned(),
        server: String::new(),
        port: DEFAULT_PORT,
        own_port: 0,
        host_port: 0,
        sign_in: false,
        host: false,
        settings: Settings::default(),
        settings_aside: None,
        language: Language::English,
    }
}

/// A folder of its own for a window.
pub fn folder() -> Rc<tempfile::TempDir> {
    Rc::new(tempfile::tempdir().expect("the system has room for a folder"))
}

pub fn write_profile(folder: &File, records: &[Record]) {
    let opened = Profile::open(&folder.join("profile.db"));
    let mut profile = opened.expect("a new profile").profile;
    profile.commit(records).expect("there is room");
}

/// What sonic says: more than the window holds.
pub fn talk() -> Vec<Line> {
    let words = |n| match n {
        61 => "the end".to_owned(),
        _ => format!("{n}: {}", "some words ".repeat(30)),
    };
    (1..=61).map(|n| theirs(n, "sonic", &words(n))).collect()
}

pub fn theirs(id: u64, from: &str, text: &str) -> Line {
    Line {
        id: LineId(id),
        peer: name(from),
        text: text.to_owned(),
        at_ms: NOON.unix_ms,
        origin: Origin::Theirs {
            written_ms: None,
            path: Path::Direct,
        },
    }
}

pub fn contact(nickname: &str, online: bool) -> Contact {
    Contact {
        nickname: name(nickname),
        address: (LOOPBACK, 50001).into(),
        online,
        extended: true,
    }
}

pub fn name(nickname: &str) -> Nickname {
    Nickname::parse(nickname).expect("a test's name is valid")
}
