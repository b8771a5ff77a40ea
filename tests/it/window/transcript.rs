//! The lines of a conversation: where the view is, what can be selected, followed, copied and deleted,
//! what a screen reader says of them, and what hostile texts do to them.

use egui::accesskit::{Live, Role};
use egui::{Event as Input, Key, Modifiers, OutputCommand, PointerButton, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::{Delivery, Failure, Path, TEXT_MAX};
use super_chatter::machine::client::{Line, LineId, Origin, Record};

use super::screen::{Screen, theirs};
use super::{read, tabs};

const SONIC: &str = "Message to sonic";

#[test]
fn reading_begins_where_the_unread_lines_do() {
    let mut screen = Screen::with_profile(&read_until(60, 100));
    assert!(screen.shows("40 new messages"));
    assert!(screen.shows("line 61") && !screen.shows("line 100"));
    assert!(screen.shows("Newest message, 40 unread"));
    screen.click("Newest message, 40 unread");
    assert!(screen.shows("line 100") && screen.shows("Tab sonic"));
    screen.received("sonic", "and one more");
    assert!(screen.shows("and one more"));
    screen.scroll(6000.0);
    assert!(screen.shows_somewhere("41 new messages") || screen.shows("line 1"));
}

#[test]
fn the_divider_goes_when_one_leaves() {
    let mut screen = Screen::with_profile(&read_until(3, 5));
    screen.meet_sonic();
    assert!(screen.shows("2 new messages") && screen.shows("Tab sonic"));
    screen.click("tails, online");
    screen.click("sonic, online");
    assert!(screen.shows("line 5") && !screen.shows("2 new messages"));
}

#[test]
fn what_is_in_view_moves_as_far_as_the_wheel_and_no_line_jumps() {
    let mut screen = Screen::with_profile(&uneven(400));
    for _ in 0..60 {
        let before = in_view(&screen);
        screen.scroll(90.0);
        let after = in_view(&screen);
        let both: Vec<_> = after
            .iter()
            .filter_map(|(label, top)| {
                let (_, old) = before.iter().find(|(before, _)| before == label)?;
                Some(top - old)
            })
            .collect();
        assert!(both.len() > 3, "some lines stay in view");
        for moved in both {
            assert!((moved - 90.0).abs() < 1.5, "by {moved}");
        }
    }
}

#[test]
fn the_keys_go_up_and_down_and_to_both_ends() {
    let mut screen = Screen::with_profile(&uneven(150));
    screen.click(SONIC);
    screen.press(Modifiers::NONE, Key::PageUp);
    assert!(!is_at_end(&screen, 150), "also from the message field");
    screen.press(Modifiers::NONE, Key::PageDown);
    assert!(is_at_end(&screen, 150));
    screen
        .harness
        .get_by_label("Conversation with sonic")
        .focus();
    screen.settle();
    screen.press(Modifiers::NONE, Key::Home);
    assert!(is_at_end(&screen, 1));
    screen.press(Modifiers::NONE, Key::End);
    assert!(is_at_end(&screen, 150));
    for _ in 0..40 {
        screen.press(Modifiers::NONE, Key::ArrowUp);
    }
    let ground = screen.harness.get_by_label("Conversation with sonic");
    let at = ground.accesskit_node().active_descendant().expect("a line");
    let said = at.label().unwrap_or_default();
    assert!(said.contains(": line 110"), "{said}");
    screen.write("hm");
    assert_eq!(
        screen.value(SONIC),
        "hm",
        "what is typed is meant for the field"
    );
}

#[test]
fn text_is_selected_across_lines_and_copied_with_names_and_times() {
    let mut screen = conversation();
    let from = spot(&screen, "good morning");
    let to = spot(&screen, "fine, and you?") + egui::vec2(640.0, 0.0);
    drag(&mut screen, from, to);
    screen.received("sonic", "something new");
    assert_eq!(
        copied(&mut screen),
        "[12:00] sonic: good morning\n[12:00] sonic: how are you?\n[12:00] you: fine, and you?"
    );
    let above = spot(&screen, "how are you?");
    drag(&mut screen, to, above);
    assert_eq!(
        copied(&mut screen),
        "[12:00] sonic: how are you?\n[12:00] you: fine, and you?",
        "upwards as well"
    );
    drag(&mut screen, from, from + egui::vec2(33.0, 0.0));
    assert_eq!(copied(&mut screen), "good", "of one line only the text");
    screen.press(Modifiers::COMMAND, Key::A);
    let all = copied(&mut screen);
    assert!(all.ends_with("[12:00] sonic: something new"), "{all}");
    assert_eq!(all.lines().count(), 4);
}

#[test]
fn two_clicks_select_a_word_three_a_line_and_shift_extends() {
    let mut screen = conversation();
    let at = spot(&screen, "good morning") + egui::vec2(50.0, 0.0);
    for (clicks, copy) in [(2, "morning"), (3, "good morning")] {
        click(
            &mut screen,
            (at, PointerButton::Primary, clicks),
            Modifiers::NONE,
        );
        assert_eq!(copied(&mut screen), copy);
        wait_out_clicks(&mut screen);
    }
    let start = spot(&screen, "good morning");
    click(
        &mut screen,
        (start, PointerButton::Primary, 1),
        Modifiers::NONE,
    );
    wait_out_clicks(&mut screen);
    let end = spot(&screen, "how are you?") + egui::vec2(300.0, 0.0);
    click(
        &mut screen,
        (end, PointerButton::Primary, 1),
        Modifiers::SHIFT,
    );
    assert_eq!(
        copied(&mut screen),
        "[12:00] sonic: good morning\n[12:00] sonic: how are you?"
    );
}

#[test]
fn everything_is_copied_also_what_is_out_of_view_or_folded() {
    let mut records = uneven(300);
    records.insert(0, Record::Line(theirs(1, "sonic", &"x\n".repeat(60))));
    records.remove(1);
    let mut screen = Screen::with_profile(&records);
    screen.until("all pages", |screen| screen.lines("sonic") >= 200);
    screen
        .harness
        .get_by_label("Conversation with sonic")
        .focus();
    screen.settle();
    for _ in 0..4 {
        screen.press(Modifiers::NONE, Key::Home);
    }
    screen.until("the first page", |screen| screen.lines("sonic") == 300);
    screen.press(Modifiers::COMMAND, Key::A);
    let all = copied(&mut screen);
    assert_eq!(all.lines().count(), 299 + 61, "with what is folded");
    assert!(all.contains("line 300"));
}

#[test]
fn links_are_followed_by_mouse_and_keys_and_lead_where_they_say() {
    let mut screen = Screen::with_sonic();
    screen.received("sonic", "see https://example.org/x and file:///etc/passwd");
    let link = "https://example.org/x";
    let at = screen.harness.get_by_label(link).rect().center();
    screen.harness.hover_at(at);
    screen.settle();
    assert!(screen.shows("Opens example.org"));
    let opened = outcome(&mut screen, |screen| {
        click(screen, (at, PointerButton::Primary, 1), Modifiers::NONE);
    });
    assert_eq!(opened, [link]);
    let links = screen.harness.query_all_by_role(Role::Link).count();
    assert_eq!(links, 1, "a file is not one");
    screen.press(Modifiers::NONE, Key::Tab);
    assert!(screen.harness.get_by_label(link).is_focused());
    let opened = outcome(&mut screen, |screen| {
        screen.harness.key_down(Key::Enter);
        screen.harness.step();
    });
    assert_eq!(opened, [link]);
}

#[test]
fn a_selection_can_begin_in_a_link() {
    let mut screen = Screen::with_sonic();
    screen.received("sonic", "https://example.org/x");
    let at = screen.harness.get_by_label("https://example.org/x").rect();
    let opened = outcome(&mut screen, |screen| {
        drag(
            screen,
            at.left_center(),
            at.right_center() + egui::vec2(30.0, 0.0),
        );
    });
    assert_eq!(opened, [""; 0], "it is not followed");
    assert_eq!(copied(&mut screen), "https://example.org/x");
}

#[test]
fn the_menu_of_a_line_opens_by_mouse_and_by_keys() {
    let mut screen = conversation();
    let at = spot(&screen, "how are you?");
    click_right(&mut screen, at);
    for entry in ["Copy message", "Show details", "Delete for me…"] {
        assert!(screen.shows(entry), "{entry}");
    }
    assert!(!screen.shows("Retry") && !screen.shows("Copy selected text"));
    let copied = outcome(&mut screen, |screen| {
        let at = screen.harness.get_by_label("Copy message").rect().center();
        click(screen, (at, PointerButton::Primary, 1), Modifiers::NONE);
    });
    assert_eq!(copied, ["how are you?"]);
    screen.settle();
    assert!(!screen.shows("Show details"), "it is closed");
    screen.press(Modifiers::SHIFT, Key::F10);
    assert!(screen.shows("Show details"));
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows("Show details"));
}

#[test]
fn a_line_is_deleted_when_that_was_asked_and_answered() {
    let mut screen = conversation();
    for answer in ["Keep it", "Delete"] {
        let at = spot(&screen, "how are you?");
        click_right(&mut screen, at);
        screen.click("Delete for me…");
        assert!(screen.shows("Delete this message?"));
        screen.click(answer);
        assert!(!screen.shows("Delete this message?"));
    }
    screen.until("it is gone", |screen| screen.lines("sonic") == 2);
    assert!(!screen.shows("how are you?") && screen.shows("good morning"));
    let screen = screen.again();
    assert_eq!(screen.lines("sonic"), 2, "for good");
}

#[test]
fn a_line_under_way_can_not_be_deleted() {
    let mut screen = Screen::with_profile(&[own(1, Delivery::Stored, "kept"), tabs(&["sonic"])]);
    let at = spot(&screen, "kept");
    click_right(&mut screen, at);
    assert!(screen.shows("Show details") && !screen.shows("Delete for me…"));
}

#[test]
fn the_text_of_a_failed_line_is_taken_back_and_the_line_goes() {
    let failed = Delivery::Failed(Failure::TooLongForClassic);
    let mut screen = Screen::with_profile(&[own(1, failed, "once more"), tabs(&["sonic"])]);
    screen.click("Edit");
    assert_eq!(screen.value(SONIC), "once more");
    assert!(screen.harness.get_by_label(SONIC).is_focused());
    screen.until("it is gone", |screen| screen.lines("sonic") == 0);
}

#[test]
fn the_story_of_a_line_has_all_its_steps() {
    let at_ms = theirs(1, "sonic", "").at_ms;
    let via = Delivery::Delivered(Path::ViaServer);
    let steps = [
        (Delivery::HandingOver, at_ms + 500, false),
        (Delivery::Stored, at_ms + 1000, false),
        (via, at_ms + 9000, true),
    ];
    let moves = steps.map(|(delivery, at_ms, settled)| Record::Delivery {
        line: LineId(1),
        delivery,
        at_ms,
        settled,
    });
    let mut records = vec![own(1, Delivery::Trying, "hello"), tabs(&["sonic"])];
    records.extend(moves);
    let mut screen = Screen::with_profile(&records);
    screen.click("delivered through the server");
    let steps = [
        "written",
        "no answer from sonic in 500 ms",
        "given to the server",
        "handed over to sonic by the server",
    ];
    screen.until("the story", |screen| {
        steps.iter().all(|step| screen.shows(step))
    });
    assert!(screen.shows_part("12:00:09"));
    screen.click("delivered through the server");
    assert!(
        !screen.shows("given to the server"),
        "a second click closes it"
    );
}

#[test]
fn a_screen_reader_says_who_when_how_far_and_what() {
    let mut screen = conversation();
    assert!(screen.shows("sonic, 12:00: good morning"));
    assert!(screen.shows("you, 12:00, delivered: fine, and you?"));
    screen.received("sonic", "listen");
    let mut live = screen.harness.query_all_by_role(Role::Status);
    let told = live.find(|node| node.accesskit_node().live() == Live::Polite);
    let told = told.and_then(|node| node.accesskit_node().label());
    assert!(told.is_some_and(|told| told.ends_with(": listen")));
}

#[test]
fn nothing_is_drawn_while_nothing_happens() {
    let mut screen = conversation();
    screen.settle();
    screen.harness.run_steps(3);
    let output = &screen.harness.output().viewport_output;
    let soonest = output.values().map(|viewport| viewport.repaint_delay).min();
    assert!(
        soonest > Some(std::time::Duration::from_secs(1)),
        "{soonest:?}"
    );
}

#[test]
fn hostile_texts_neither_stall_nor_break_the_window() {
    let mut screen = Screen::with_sonic();
    let texts = [
        "\n".repeat(TEXT_MAX),
        "\r".repeat(TEXT_MAX),
        format!("z{}", "\u{301}".repeat(TEXT_MAX / 2)),
        "\u{202e}\u{7}\u{200b}".repeat(2000),
        "W".repeat(TEXT_MAX),
        "👩‍👩‍👧".repeat(800),
        "https://a.example/ ".repeat(800),
        format!("https://{}", "a.".repeat(8000)),
    ];
    for text in &texts {
        screen.received("sonic", text);
        let unfold = screen
            .harness
            .query_all_by_label_contains("Show all")
            .last();
        if let Some(unfold) = unfold {
            unfold.click_accesskit();
        }
        screen.settle();
        screen.press(Modifiers::NONE, Key::PageDown);
    }
    screen
        .harness
        .get_by_label("Conversation with sonic")
        .focus();
    screen.settle();
    screen.press(Modifiers::COMMAND, Key::A);
    assert!(copied(&mut screen).len() > 60_000);
    screen.press(Modifiers::NONE, Key::Home);
    screen.press(Modifiers::NONE, Key::End);
    screen.received("sonic", "still here");
    assert!(screen.shows("still here"));
}

/// Lines with sonic, the first so many of them read.
fn read_until(read: u64, lines: u64) -> Vec<Record> {
    let line = |n| Record::Line(theirs(n, "sonic", &format!("line {n}")));
    let mut records: Vec<_> = (1..=lines).map(line).collect();
    records.push(tabs(&["sonic"]));
    records.push(self::read("sonic", read));
    records
}

/// Lines of very different heights.
pub(super) fn uneven(lines: u64) -> Vec<Record> {
    let words = |n: u64| "some words and more ".repeat((n * 7 % 23) as usize);
    let line = |n| theirs(n, "sonic", &format!("line {n} {}", words(n)));
    let mut records: Vec<_> = (1..=lines).map(line).map(Record::Line).collect();
    records.push(tabs(&["sonic"]));
    records.push(read("sonic", lines));
    records
}

/// Two lines of sonic's and an answer, all of a noon.
pub(super) fn conversation() -> Screen {
    let delivered = Delivery::Delivered(Path::Direct);
    Screen::with_profile(&[
        Record::Line(theirs(1, "sonic", "good morning")),
        Record::Line(theirs(2, "sonic", "how are you?")),
        own(3, delivered, "fine, and you?"),
        tabs(&["sonic"]),
    ])
}

fn own(id: u64, delivery: Delivery, text: &str) -> Record {
    Record::Line(Line {
        origin: Origin::Own { delivery },
        ..theirs(id, "sonic", text)
    })
}

/// The lines in view, each with where it begins.
fn in_view(screen: &Screen) -> Vec<(String, f32)> {
    let lines = screen.harness.query_all_by_role(Role::ListItem);
    let place = |line: egui_kittest::Node<'_>| {
        let label = line.accesskit_node().label().unwrap_or_default();
        (label, line.rect().top())
    };
    lines.map(place).collect()
}

/// This line is in view.
pub(super) fn is_at_end(screen: &Screen, line: u64) -> bool {
    let said = format!(": line {line} ");
    in_view(screen)
        .iter()
        .any(|(label, _)| label.contains(&said))
}

/// Just before the first letter of this line.
pub(super) fn spot(screen: &Screen, text: &str) -> Pos2 {
    let row = screen.line(text).expect("the line is in view").rect();
    egui::pos2(row.left() + 13.0, row.bottom() - 16.0)
}

/// Presses the mouse at a place, moves it, and lets go.
fn drag(screen: &mut Screen, from: Pos2, to: Pos2) {
    screen.harness.hover_at(from);
    screen.harness.step();
    screen.harness.drag_at(from);
    screen.harness.step();
    for part in 1..=4 {
        screen
            .harness
            .hover_at(from + (to - from) * (part as f32 / 4.0));
        screen.harness.step();
    }
    screen.harness.drop_at(to);
    screen.settle();
    wait_out_clicks(screen);
}

/// So many clicks after each other. Nothing more is drawn after the last.
fn click(
    screen: &mut Screen,
    (pos, button, clicks): (Pos2, PointerButton, usize),
    modifiers: Modifiers,
) {
    screen.harness.hover_at(pos);
    screen.settle();
    let press = |pressed| Input::PointerButton {
        pos,
        button,
        pressed,
        modifiers,
    };
    let mut now = screen.harness.ctx.input(|input| input.time);
    for pressed in [true, false].repeat(clicks) {
        let event = press(pressed);
        now += 0.02;
        let input = screen.harness.input_mut();
        input.time = Some(now);
        input.events = vec![Input::ModifiersChanged(modifiers), event];
        screen.harness.step();
    }
    let events = &mut screen.harness.input_mut().events;
    events.push(Input::ModifiersChanged(Modifiers::NONE));
}

pub(super) fn click_right(screen: &mut Screen, at: Pos2) {
    click(screen, (at, PointerButton::Secondary, 1), Modifiers::NONE);
    screen.settle();
}

/// The next click is the first of its kind.
fn wait_out_clicks(screen: &mut Screen) {
    screen.harness.run_steps(3);
}

/// What Ctrl+C copies.
pub(super) fn copied(screen: &mut Screen) -> String {
    let mut copied = outcome(screen, |screen| {
        screen.harness.event(Input::Copy);
        screen.harness.step();
    });
    copied.pop().unwrap_or_default()
}

/// What was copied or opened in the last frame of something.
fn outcome(screen: &mut Screen, act: impl FnOnce(&mut Screen)) -> Vec<String> {
    act(screen);
    let commands = &screen.harness.output().platform_output.commands;
    let said = |command: &OutputCommand| {
        if let OutputCommand::CopyText(text) = command {
            return Some(text.clone());
        }
        let OutputCommand::OpenUrl(open) = command else {
            return None;
        };
        Some(open.url.clone())
    };
    commands.iter().filter_map(said).collect()
}
