//! The lines of a conversation: where the view is, what can be selected, followed, copied and deleted,
//! what a screen reader says of them, and what hostile texts do to them.

use egui::accesskit::{Action, Live, Role};
use egui::{Color32, Event as Input, Key, Modifiers, OutputCommand, PointerButton, Pos2, Shape};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::{Delivery, Failure, Path, TEXT_MAX};
use super_chatter::machine::client::{Event, Line, LineId, Origin, Record};

use super::screen::{Screen, name, theirs};
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
fn who_spoke_and_when_stands_once_at_what_belongs_together() {
    let after = |seconds: i64, line: Line| {
        let at_ms = line.at_ms + (seconds - 1200) * 1000;
        Record::Line(Line { at_ms, ..line })
    };
    let delivery = Delivery::Delivered(Path::Direct);
    let mine = Line {
        origin: Origin::Own { delivery },
        ..theirs(4, "sonic", "four")
    };
    let mut screen = Screen::at_noon(&[
        after(0, theirs(1, "sonic", "one")),
        after(10, theirs(2, "sonic", "two")),
        after(600, theirs(3, "sonic", "three")),
        after(600, mine),
        after(600, theirs(5, "sonic", "five")),
        after(610, theirs(6, "sonic", "six")),
        tabs(&["sonic"]),
        read("sonic", 5),
    ]);
    screen.settle();
    let painted = [
        "Today",
        "sonic",
        "one",
        "two",
        "11:40",
        "sonic",
        "three",
        "11:50",
        "four",
        "11:50",
        "sonic",
        "five",
        "11:50",
        "1 new message",
        "sonic",
        "six",
        "11:50",
    ];
    assert_eq!(screen.painted("Conversation with sonic"), painted);
}

#[test]
fn each_day_begins_with_its_name_and_mail_stands_at_the_day_it_was_written() {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    let before = |hours: i64, line: Line| {
        let at_ms = line.at_ms - hours * HOUR_MS;
        Line { at_ms, ..line }
    };
    let written = theirs(1, "sonic", "").at_ms - 24 * HOUR_MS;
    let mail = Line {
        origin: Origin::Theirs {
            written_ms: Some(written),
            path: Path::ViaServer,
        },
        ..theirs(3, "sonic", "mail")
    };
    let late = Line {
        origin: Origin::Theirs {
            written_ms: Some(written + 24 * HOUR_MS - 10 * 60_000),
            path: Path::Direct,
        },
        ..theirs(4, "sonic", "late")
    };
    let mut screen = Screen::at_noon(&[
        Record::Line(before(72, theirs(1, "sonic", "old"))),
        Record::Line(before(25, theirs(2, "sonic", "older"))),
        Record::Line(mail),
        Record::Line(late),
        tabs(&["sonic"]),
        read("sonic", 4),
    ]);
    screen.settle();
    assert!(
        screen.shows("Yesterday") && screen.shows("Today"),
        "for a screen reader, too"
    );
    let painted = [
        "Tuesday, 11 November",
        "sonic",
        "old",
        "12:00",
        "Yesterday",
        "sonic",
        "older",
        "11:00",
        "sonic",
        "mail",
        "12:00 · came Today, 12:00",
        "Today",
        "sonic",
        "late",
        "12:00 · written 11:50",
    ];
    assert_eq!(screen.painted("Conversation with sonic"), painted);
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
fn whoever_is_signed_in_stands_with_their_name_in_what_is_copied() {
    let mut screen = conversation();
    screen.fill("Server", "127.0.0.1");
    screen.click("Join");
    screen
        .harness
        .get_by_label("Conversation with sonic")
        .focus();
    screen.settle();
    screen.press(Modifiers::COMMAND, Key::A);
    let all = copied(&mut screen);
    assert!(all.ends_with("\n[12:00] amy: fine, and you?"), "{all}");
}

#[test]
fn without_a_selection_the_line_that_the_keyboard_is_at_is_copied() {
    let mut screen = conversation();
    screen
        .harness
        .get_by_label("Conversation with sonic")
        .focus();
    screen.settle();
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(copied(&mut screen), "how are you?");
    screen.press(Modifiers::COMMAND, Key::A);
    assert_eq!(copied(&mut screen).lines().count(), 3);
    screen.press(Modifiers::NONE, Key::Escape);
    assert_eq!(copied(&mut screen), "how are you?", "nothing is selected");
}

#[test]
fn a_selection_that_is_dragged_over_the_edge_takes_the_view_along() {
    let mut screen = Screen::with_profile(&uneven(150));
    let before = in_view(&screen);
    let (from, over) = (egui::pos2(500.0, 500.0), egui::pos2(500.0, 20.0));
    screen.harness.hover_at(from);
    screen.harness.step();
    screen.harness.drag_at(from);
    for to in [egui::pos2(500.0, 300.0), over] {
        screen.harness.hover_at(to);
        screen.harness.run_steps(20);
    }
    screen.harness.drop_at(over);
    screen.settle();
    let after = in_view(&screen);
    let stays = |line: &(String, f32)| after.iter().any(|(label, _)| *label == line.0);
    assert!(!before.iter().any(stays), "the lines that were in view");
    let all = copied(&mut screen);
    let (label, _) = before.first().expect("a line was in view");
    let (_, words) = label.split_once(": ").expect("who said it, and what");
    assert!(all.contains(words), "out of view, and selected");
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
fn the_menu_of_a_link_copies_and_opens_it() {
    let mut screen = Screen::with_sonic();
    let link = "https://example.org/x";
    screen.received("sonic", "see https://example.org/x");
    let at = screen.harness.get_by_label(link).rect().center();
    click_right(&mut screen, at);
    assert_eq!(screen.copied("Copy link").as_deref(), Some(link));
    screen.settle();
    screen.press(Modifiers::SHIFT, Key::F10);
    let opened = outcome(&mut screen, |screen| {
        screen.harness.get_by_label("Open link").click_accesskit();
        screen.harness.step();
    });
    assert_eq!(opened, [link]);
}

#[test]
fn letters_that_may_be_others_are_warned_of_where_a_link_leads() {
    let mut screen = Screen::with_sonic();
    let link = "https://exаmple.org";
    screen.received("sonic", link);
    let at = screen.harness.get_by_label(link).rect().center();
    screen.harness.hover_at(at);
    screen.settle();
    assert!(screen.shows("Opens exаmple.org (not only Latin letters)"));
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
fn the_menu_copies_what_is_selected() {
    let mut screen = conversation();
    let from = spot(&screen, "good morning");
    drag(&mut screen, from, from + egui::vec2(33.0, 0.0));
    click_right(&mut screen, from);
    let text = screen.copied("Copy selected text");
    assert_eq!(text.as_deref(), Some("good"));
}

#[test]
fn a_line_that_failed_is_tried_again_copied_or_taken_back_from_its_menu_too() {
    let failed = Delivery::Failed(Failure::TooLongForClassic);
    let failed = own(1, failed, "once more");
    let mut screen = Screen::with_profile(&[failed.clone(), tabs(&["sonic"])]);
    assert_eq!(screen.copied("Copy").as_deref(), Some("once more"));
    let choose = |screen: &mut Screen, entry: &str| {
        // At its sign, which has a use for the first button.
        let why = "Not sent: sonic's program takes shorter texts only. Send it in parts.";
        let sign = screen.harness.get_by_label(why);
        let at = sign.rect().center();
        click_right(screen, at);
        let buttons = screen.harness.query_all_by_label(entry);
        // The line has them itself, at its right.
        let place = |button: &egui_kittest::Node<'_>| button.rect().left();
        let entry = buttons.min_by(|one, other| place(one).total_cmp(&place(other)));
        entry.expect("the menu has it").click();
        screen.settle();
    };
    choose(&mut screen, "Edit");
    assert_eq!(screen.value(SONIC), "once more");
    let mut screen = Screen::with_profile(&[failed, tabs(&["sonic"])]);
    choose(&mut screen, "Retry");
    let waits = "waiting here until sonic or the server takes it";
    screen.until("the retry", |screen| screen.shows(waits));
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
    screen.write("!");
    assert_eq!(screen.value(SONIC), "once more!", "one goes on behind it");
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
fn what_went_to_the_server_at_once_was_not_waited_for() {
    let at_ms = theirs(1, "sonic", "").at_ms;
    let mut screen = Screen::with_profile(&[
        own(1, Delivery::Trying, "hello"),
        Record::Delivery {
            line: LineId(1),
            delivery: Delivery::HandingOver,
            at_ms: at_ms + 10,
            settled: false,
        },
        Record::Delivery {
            line: LineId(1),
            delivery: Delivery::Stored,
            at_ms: at_ms + 20,
            settled: false,
        },
        tabs(&["sonic"]),
    ]);
    screen.click("kept by the server");
    let said = "sonic was not there";
    screen.until(said, |screen| screen.shows(said));
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
fn a_screen_reader_goes_to_a_line_and_asks_for_its_story() {
    let mut screen = conversation();
    let line = screen.line("how are you?").expect("it is in view");
    for action in [Action::Focus, Action::Click, Action::ShowContextMenu] {
        let offers = line.accesskit_node().data().supports_action(action);
        assert!(offers, "{action:?}");
    }
    line.focus();
    screen.settle();
    let line = screen.line("how are you?").expect("it is in view");
    assert!(line.is_focused());
    line.click_accesskit();
    let said = "arrived straight from sonic";
    screen.until(said, |screen| screen.shows(said));
}

#[test]
fn the_time_of_a_line_tells_the_day_and_the_second() {
    let mut screen = Screen::at_noon(&[
        Record::Line(theirs(1, "sonic", "good morning")),
        tabs(&["sonic"]),
    ]);
    let row = screen.line("good morning").expect("it is in view").rect();
    let time = |shape: &&Shape| matches!(shape, Shape::Text(text) if text.galley.job.text == "12:00" && row.contains(text.pos));
    let shapes = screen.shapes();
    let time = shapes.into_iter().find(time).expect("the time is painted");
    let at = time.visual_bounding_rect().center();
    screen.harness.hover_at(at);
    screen.harness.run_steps(60);
    assert!(screen.shows("Today, 12:00:00"));
}

#[test]
fn the_sign_of_a_line_says_how_far_it_has_come() {
    let mut screen = Screen::at_noon(&[]);
    screen.meet_sonic();
    let through = Delivery::Delivered(Path::ViaServer);
    let direct = Delivery::Delivered(Path::Direct);
    let states = [
        (Delivery::Trying, "nothing", [0, 0, 0]),
        (Delivery::HandingOver, "a ring", [0, 1, 0]),
        (Delivery::Stored, "a box", [0, 0, 1]),
        (through, "a tick in a box", [1, 0, 1]),
        (direct, "a tick", [1, 0, 0]),
    ];
    for (n, (delivery, text, signs)) in (1..).zip(states) {
        let Record::Line(line) = own(n, delivery, text) else {
            unreachable!("it is one");
        };
        screen.told(Event::Line(line));
        assert_eq!(self::signs(&screen, text), signs, "{text}");
    }
    let read_by = |line| Event::ReadBy {
        peer: name("sonic"),
        line: LineId(line),
    };
    let delivered = |line| Event::Delivery {
        line: LineId(line),
        delivery: direct,
        at_ms: 0,
    };
    screen.told(read_by(5));
    assert_eq!(self::signs(&screen, "a tick"), [2, 0, 0], "it was read");
    assert_eq!(self::signs(&screen, "a box"), [0, 0, 1], "it was not");
    screen.told(delivered(1));
    assert_eq!(self::signs(&screen, "nothing"), [1, 0, 0], "it comes late");
    let Record::Line(line) = own(6, direct, "the next") else {
        unreachable!("it is one");
    };
    screen.told(Event::Line(line));
    screen.told(read_by(6));
    assert_eq!(self::signs(&screen, "nothing"), [2, 0, 0]);
}

#[test]
fn a_line_under_way_gets_its_ring_though_nothing_happens() {
    let mut screen = Screen::at_noon(&[]);
    screen.meet_sonic();
    screen.harness.run_steps(3);
    let before = soonest(&screen);
    let Record::Line(line) = own(1, Delivery::Trying, "hello") else {
        unreachable!("it is one");
    };
    screen.told(Event::Line(line));
    screen.harness.run_steps(3);
    let half_a_second = std::time::Duration::from_millis(500);
    assert!(before > half_a_second, "{before:?}");
    assert!(soonest(&screen) <= half_a_second);
}

#[test]
fn nothing_is_drawn_while_nothing_happens() {
    let mut screen = conversation();
    screen.settle();
    screen.harness.run_steps(3);
    let soonest = soonest(&screen);
    assert!(soonest > std::time::Duration::from_secs(1), "{soonest:?}");
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

/// When the window is drawn again though nothing happens.
fn soonest(screen: &Screen) -> std::time::Duration {
    let output = &screen.harness.output().viewport_output;
    let delays = output.values().map(|viewport| viewport.repaint_delay);
    delays.min().expect("there is a window")
}

/// Ticks, rings and boxes that were painted at a line.
fn signs(screen: &Screen, text: &str) -> [usize; 3] {
    let row = screen.line(text).expect("the line is in view").rect();
    let is_tick = |shape: &Shape| matches!(shape, Shape::Path(path) if path.points.len() == 3);
    let is_ring = |shape: &Shape| matches!(shape, Shape::Circle(_));
    let is_box =
        |shape: &Shape| matches!(shape, Shape::Rect(rect) if rect.fill == Color32::TRANSPARENT);
    let shapes = screen.shapes();
    [is_tick, is_ring, is_box].map(|is_sign: fn(&Shape) -> bool| {
        let signs = shapes.iter().filter(|shape| is_sign(shape));
        let here = signs.filter(|sign| row.contains_rect(sign.visual_bounding_rect()));
        here.count()
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
