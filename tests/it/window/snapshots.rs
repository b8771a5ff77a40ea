//! Pictures of the main screens, compared with those in `tests/snapshots` that somebody has looked at.
//! `.ci/snapshots` makes those anew that have changed; look at them before they are committed.
//!
//! They are drawn in software: on Debian `libegl1 libgl1-mesa-dri` or `mesa-vulkan-drivers`. Without a
//! renderer nothing is compared and the tests say so; with `SNAPSHOTS=required` that is an error.
//!
//! A pixel may be as different as [`PIXEL`] says, and no pixel more: the same picture comes out of both
//! renderers named above, and a button that moves by one pixel is found.

use std::panic::catch_unwind;
use std::sync::LazyLock;

use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{SnapshotOptions, wgpu::WgpuTestRenderer};
use super_chatter::app::session::Standing;
use super_chatter::app::{
    Appearance, Choice, Command, Contact, Delivery, Failure, LineId, LostCause, Options, Page,
    Path, Settings,
};
use super_chatter::machine::client::{Event, Line, Origin, Record, Session};
use super_chatter::ui::Window;

use super::screen::{Ear, NOON, Screen, contact, folder, name, theirs, write_profile};

/// How different a pixel may be: the weighted squared distance of two colours, of which black and white
/// have about 33 000. The stored pictures have 256 colours each, which costs a pixel up to 8 % of its
/// brightness; rounding in another renderer is far less.
const PIXEL: f32 = 200.0;

const WIDE: Vec2 = vec2(980.0, 680.0);
const NARROW: Vec2 = vec2(360.0, 480.0);

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Whether there is something to draw with. Asked once: making a renderer takes half a second.
static RENDERER: LazyLock<bool> = LazyLock::new(|| catch_unwind(WgpuTestRenderer::new).is_ok());

#[test]
fn welcome() {
    let mut screen = window(&[], |_| {});
    both(&mut screen, "welcome");
    screen.click("Advanced");
    picture(&mut screen, NARROW, "welcome-advanced-narrow");
}

#[test]
fn welcome_in_chinese_with_everything_wrong() {
    let mut screen = window(&[], |options| {
        options.nickname = "amy rose".to_owned();
        options.settings.language = Some("zh".to_owned());
    });
    screen.press_enter();
    picture(&mut screen, NARROW, "welcome-zh-problems");
}

#[test]
fn nobody_is_here_yet() {
    let mut screen = window(&[], |_| {});
    enter(&mut screen);
    both(&mut screen, "empty");
}

#[test]
fn talk() {
    let mut screen = with_talk(|_| {});
    both(&mut screen, "talk");
    picture(&mut screen, NARROW, "talk-narrow");
    screen.click("People");
    picture(&mut screen, NARROW, "people-narrow");
}

#[test]
fn talk_in_chinese() {
    let mut screen = with_talk(|settings| settings.language = Some("zh".to_owned()));
    picture(&mut screen, WIDE, "talk-zh");
}

#[test]
fn talk_in_high_contrast() {
    let mut screen = with_talk(|settings| settings.high_contrast = Choice::On);
    both(&mut screen, "talk-contrast");
}

#[test]
fn talk_on_a_fine_screen() {
    let mut screen = with_talk(|_| {});
    screen.harness.set_pixels_per_point(2.0);
    picture(&mut screen, vec2(640.0, 420.0), "talk-scale-2");
}

#[test]
fn the_texts_of_the_world() {
    let mut screen = with_people(&[]);
    for text in [
        "你好，世界！今天的会议改到下午三点。",
        "こんにちは。スライドはもう届きましたか？",
        "안녕하세요, 회의실은 204호입니다.",
        "ελληνικά, кириллица, ñ ß ø ğ",
        "😀 👍 👪 ❤️ ✅ 🎉",
        "fn main() { println!(\"{}\", 1 + 1); }",
    ] {
        screen.received("sonic", text);
    }
    screen.write("输入法 + 😀");
    picture(&mut screen, WIDE, "texts");
}

#[test]
fn long_names_and_long_words() {
    let longest = "W".repeat(32);
    let mut screen = with_people(&[]);
    screen.told(Event::Contacts(vec![
        contact(&longest, true),
        contact("a_name_with_thirty_two_letters_x", false),
    ]));
    screen.received(&longest, &"unbroken".repeat(40));
    screen.received("a_name_with_thirty_two_letters_x", "psst");
    screen.run(Command::Open(name(&longest)));
    picture(&mut screen, WIDE, "long");
    picture(&mut screen, NARROW, "long-narrow");
}

#[test]
fn a_server_that_is_gone() {
    let mut screen = with_talk(|_| {});
    screen.told(Event::Notice("Maintenance at noon: five minutes.".into()));
    screen.told(Event::Session(Session::Waiting {
        retry_after: std::time::Duration::from_secs(12),
        cause: LostCause::Silent,
    }));
    both(&mut screen, "bars");
    picture(&mut screen, NARROW, "bars-narrow");
}

#[test]
fn settings() {
    let mut screen = with_people(&[]);
    screen.press(Modifiers::COMMAND, Key::Comma);
    both(&mut screen, "settings");
    picture(&mut screen, NARROW, "settings-narrow");
}

#[test]
fn emoji() {
    let mut screen = with_people(&[]);
    screen.press(Modifiers::COMMAND, Key::E);
    both(&mut screen, "emoji");
}

#[test]
fn the_story_of_a_line() {
    let origin = Origin::Own {
        delivery: Delivery::Trying,
    };
    let line = Record::Line(Line {
        origin,
        ..theirs(1, "sonic", "Are you still there?")
    });
    let steps = [
        (Delivery::HandingOver, 500, false),
        (Delivery::Stored, 600, false),
        (Delivery::Delivered(Path::ViaServer), 9 * MINUTE_MS, true),
    ];
    let steps = steps.map(|(delivery, after_ms, settled)| Record::Delivery {
        line: LineId(1),
        delivery,
        at_ms: NOON.unix_ms + after_ms,
        settled,
    });
    let mut screen = with_people(&[&[line], &steps[..]].concat());
    screen.until("the line", |screen| screen.lines("sonic") == 1);
    screen.click("delivered through the server");
    screen.until("the story", |screen| screen.shows("given to the server"));
    both(&mut screen, "story");
}

#[test]
fn search() {
    let mut screen = with_talk(|_| {});
    screen.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    screen.write("is");
    screen.harness.run_steps(2);
    screen.until("what was found", |screen| screen.shows("3 messages"));
    both(&mut screen, "search");
}

#[test]
fn jump_and_keys() {
    let mut screen = with_talk(|_| {});
    screen.press(Modifiers::COMMAND, Key::K);
    picture(&mut screen, WIDE, "jump");
    screen.press(Modifiers::NONE, Key::Escape);
    screen.press(Modifiers::NONE, Key::F1);
    picture(&mut screen, WIDE, "keys");
}

#[test]
fn the_host_s_page_before_one_hosts() {
    let mut screen = with_people(&[]);
    // A test's own folder has another name each time.
    let settings = Settings {
        host_folder: Some("/srv/super-chatter".into()),
        ..screen.app().settings().clone()
    };
    screen.run(Command::Change(Box::new(settings)));
    screen.run(Command::Go(Page::Host));
    both(&mut screen, "host");
}

/// A window that nothing moves in, at noon, on a profile that holds this.
fn window(records: &[Record], change: impl FnOnce(&mut Options)) -> Screen {
    let data_dir = folder();
    write_profile(data_dir.path(), records);
    let settled = |options: &mut Options| {
        options.settings.reduced_motion = Choice::On;
        options.settings.appearance = Appearance::Dark;
        change(options);
    };
    let at_noon = |window: Window| window.with_clock(|| NOON);
    let mut screen = Screen::with_window(&data_dir, &Ear::new(), settled, at_noon);
    screen.until("an open profile", |screen| screen.app().is_opened());
    screen
}

/// Signs in, as far as the window is concerned: what a real server told would come at its own time.
fn enter(screen: &mut Screen) {
    screen.fill("Server", "127.0.0.1");
    screen.click("Join");
    screen.run(Command::SignOut);
    screen.until("nobody asks the server", |screen| {
        screen.app().session().standing == Standing::SignedOut
    });
    screen.told(Event::Session(Session::Online));
}

/// A window with people, and the conversation with sonic in front.
fn with_people(records: &[Record]) -> Screen {
    let mut screen = window(records, |_| {});
    enter(&mut screen);
    let classic = Contact {
        extended: false,
        ..contact("shadow", true)
    };
    screen.told(Event::Contacts(vec![
        contact("sonic", true),
        contact("tails", true),
        contact("索尼克", true),
        contact("knuckles", false),
        classic,
    ]));
    // Lines that were left unread are counted behind it.
    let sonic = screen.harness.get_by_label_contains("sonic, online");
    sonic.click();
    screen.settle();
    screen
}

/// Yesterday and today, with own lines of every standing.
fn with_talk(change: impl FnOnce(&mut Settings)) -> Screen {
    let (yesterday, today) = (NOON.unix_ms - DAY_MS, NOON.unix_ms - 50 * MINUTE_MS);
    let late = Origin::Theirs {
        written_ms: Some(today - 90 * MINUTE_MS),
        path: Path::ViaServer,
    };
    let theirs = theirs(1, "sonic", "").origin;
    let own = |delivery| Origin::Own { delivery };
    let said = [
        (yesterday, theirs, "Is room 204 free tomorrow?"),
        (
            yesterday,
            own(Delivery::Delivered(Path::Direct)),
            "Until two. I have put us down.",
        ),
        (today, late, "The slides: http://192.168.1.20/slides"),
        (today, theirs, "Page 12 is still missing a picture 👍"),
        (
            today,
            own(Delivery::Delivered(Path::ViaServer)),
            "It shows the whole way of a message, from the field that it is typed in to the mark \
             that says that it is there.",
        ),
        (today, own(Delivery::Stored), "Are you still there?"),
        (
            today,
            own(Delivery::Failed(Failure::TooLongForClassic)),
            "And the whole text of the talk.",
        ),
    ];
    let line = |n: u64, (at_ms, origin, text): (i64, Origin, &str)| Line {
        at_ms: at_ms + n as i64 * MINUTE_MS,
        origin,
        ..self::theirs(n, "sonic", text)
    };
    let lines = (1..).zip(said).map(|(n, said)| line(n, said));
    let mut screen = with_people(&lines.map(Record::Line).collect::<Vec<_>>());
    screen.until("the lines", |screen| screen.lines("sonic") == said.len());
    let mut settings = screen.app().settings().clone();
    change(&mut settings);
    screen.run(Command::Change(Box::new(settings)));
    let under_way = [
        (Delivery::Waiting, "I will bring it along."),
        (Delivery::Trying, "See you in 204."),
    ];
    for (n, (delivery, text)) in (8..).zip(under_way) {
        screen.told(Event::Line(line(n, (today, own(delivery), text))));
    }
    let question = self::theirs(10, "tails", "Who has the key?");
    screen.told(Event::Line(question));
    screen.told(Event::Typing(name("sonic")));
    screen
}

/// The window in dark and in light.
fn both(screen: &mut Screen, name: &str) {
    for (appearance, end) in [(Appearance::Dark, "dark"), (Appearance::Light, "light")] {
        let settings = Settings {
            appearance,
            ..screen.app().settings().clone()
        };
        screen.run(Command::Change(Box::new(settings)));
        picture(screen, WIDE, &format!("{name}-{end}"));
    }
}

/// The window as it is now is as the picture of that name, in this size.
#[allow(
    clippy::print_stderr,
    reason = "a test says that it has nothing to draw with"
)]
fn picture(screen: &mut Screen, size: Vec2, name: &str) {
    screen.harness.set_size(size);
    screen.harness.remove_cursor();
    screen.settle();
    if !*RENDERER {
        let required = std::env::var("SNAPSHOTS").is_ok_and(|value| value == "required");
        assert!(!required, "there is nothing to draw {name} with");
        eprintln!("there is nothing to draw {name} with: it is not compared");
        return;
    }
    hide_folder(screen);
    let options = SnapshotOptions::new()
        .threshold(PIXEL)
        .max_failed_pixels(0usize);
    screen.harness.snapshot_options(name, &options);
}

/// The folder of a test has another name each time.
fn hide_folder(screen: &mut Screen) {
    let folder = screen.app().data_dir().display().to_string();
    let shown: Vec<_> = screen
        .harness
        .query_all_by_label_contains(&folder)
        .map(|node| node.rect())
        .collect();
    for place in shown {
        screen.harness.mask(place);
    }
}
