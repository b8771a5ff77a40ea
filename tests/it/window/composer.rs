//! The message field: input methods, emoji, recalled lines, large texts, how much fits.

use std::sync::atomic::{AtomicI64, Ordering};

use egui::accesskit::Live;
use egui::{Event as Input, ImeEvent, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::app::{Now, TEXT_MAX};
use super_chatter::machine::client::{Event, Session};
use super_chatter::ui::Window;

use super::screen::{Ear, NOON, Screen, folder, name};
use super::{SONIC, tabs};

#[test]
fn enter_inside_a_composed_word_does_not_send() {
    let mut screen = Screen::with_sonic();
    compose(&mut screen, "ni");
    assert_eq!(
        screen.value(SONIC),
        "ni",
        "what is composed stands in the field"
    );
    screen.press_enter();
    assert_eq!(screen.lines("sonic"), 0, "the word is not ready");
    screen
        .harness
        .event(Input::Ime(ImeEvent::Commit("你".into())));
    screen.settle();
    assert_eq!(screen.value(SONIC), "你");
    screen.send("sonic");
    assert!(screen.shows("你"));
    assert_eq!(screen.lines("sonic"), 1);
}

#[test]
fn the_enter_that_ends_a_word_does_not_send_it() {
    let mut screen = Screen::with_sonic();
    compose(&mut screen, "hao");
    // As some systems tell it: the word and the key in one go.
    let events = &mut screen.harness.input_mut().events;
    events.push(Input::Ime(ImeEvent::Commit("好".into())));
    events.push(enter());
    screen.settle();
    assert_eq!(screen.value(SONIC), "好");
    assert_eq!(screen.lines("sonic"), 0);
    screen.send("sonic");
    assert!(screen.shows("好"));
}

#[test]
fn the_enter_that_comes_with_a_word_does_not_send_it_although_the_composing_is_over() {
    let mut screen = Screen::with_sonic();
    compose(&mut screen, "hao");
    compose(&mut screen, "");
    let events = &mut screen.harness.input_mut().events;
    events.push(Input::Ime(ImeEvent::Commit("好".into())));
    events.push(enter());
    screen.settle();
    assert_eq!(screen.value(SONIC), "好");
    assert_eq!(screen.lines("sonic"), 0);
}

#[test]
fn esc_takes_a_composed_word_back_and_leaves_the_rest() {
    let mut screen = Screen::with_sonic();
    screen.write("今天");
    compose(&mut screen, "tianqi");
    screen.press(Modifiers::NONE, Key::Escape);
    compose(&mut screen, "");
    assert_eq!(screen.value(SONIC), "今天");
    assert!(screen.harness.get_by_label(SONIC).is_focused());
    screen.send("sonic");
    assert!(screen.shows("今天"));
}

#[test]
fn arrows_inside_a_composed_word_are_the_input_method_s() {
    let mut screen = Screen::with_sonic();
    screen.write("before");
    screen.send("sonic");
    compose(&mut screen, "shi");
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(screen.value(SONIC), "shi", "no line is recalled into it");
    screen
        .harness
        .event(Input::Ime(ImeEvent::Commit("是".into())));
    screen.settle();
    assert_eq!(screen.value(SONIC), "是");
}

#[test]
fn an_input_method_that_says_nothing_does_not_swallow_enter() {
    let mut screen = Screen::with_sonic();
    screen.write("hi");
    screen.harness.event(preedit(""));
    screen.send("sonic");
    assert!(screen.shows("hi"));
}

#[test]
fn ctrl_enter_sends_too() {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.press(Modifiers::CTRL, Key::Enter);
    screen.until("the line", |screen| screen.lines("sonic") == 1);
}

#[test]
fn the_button_sends_and_the_keyboard_stays_in_the_field() {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.click("Send");
    screen.until("the line", |screen| screen.lines("sonic") == 1);
    assert_eq!(screen.value(SONIC), "");
    assert!(screen.harness.get_by_label(SONIC).is_focused());
}

#[test]
fn the_field_grows_to_eight_lines_and_no_further() {
    let mut screen = Screen::with_sonic();
    screen.fill_with_talk();
    let mut height = |text: &str| {
        screen.write(text);
        // The newest line stands right over the field.
        let mut lines = screen.harness.query_all_by_label_contains(": the end");
        680.0 - lines.next().expect("it is in view").rect().top()
    };
    let (one, two) = (height("1"), height("\n2"));
    let row = two - one;
    assert!(row > 10.0);
    let eight = height("\n3\n4\n5\n6\n7\n8");
    assert!(
        (eight - one - 7.0 * row).abs() < row / 2.0,
        "{eight} of {one} and {row}"
    );
    let more = height(&"\nmore".repeat(30));
    assert_eq!(more, eight, "it scrolls");
}

#[test]
fn emoji_are_found_by_name_and_go_to_the_cursor() {
    let mut screen = Screen::with_sonic();
    screen.write("ab");
    screen.press(Modifiers::NONE, Key::ArrowLeft);
    screen.click("Emoji (Ctrl+E)");
    assert!(screen.harness.get_by_label("Search emoji").is_focused());
    assert!(screen.shows("grinning face"));
    screen.write("red heart");
    assert!(!screen.shows("grinning face"));
    screen.click("red heart");
    assert_eq!(screen.value(SONIC), "a❤️b");
    assert!(!screen.shows("Search emoji"), "it is closed");
    assert!(screen.harness.get_by_label(SONIC).is_focused());
    screen.write("!");
    assert_eq!(screen.value(SONIC), "a❤️!b", "behind it");
    assert_eq!(screen.app().settings().emoji, ["❤️"]);
}

#[test]
fn emoji_are_chosen_with_the_keyboard_alone() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::E);
    screen.press(Modifiers::NONE, Key::ArrowRight);
    screen.press(Modifiers::NONE, Key::ArrowRight);
    screen.press(Modifiers::NONE, Key::ArrowDown);
    screen.press(Modifiers::NONE, Key::ArrowUp);
    screen.press(Modifiers::NONE, Key::ArrowLeft);
    assert!(
        screen.shows_part("grinning face with big eyes :"),
        "it is said"
    );
    let name = screen
        .harness
        .get_by_label_contains("grinning face with big eyes :");
    assert_eq!(name.accesskit_node().live(), Live::Polite);
    screen.press_enter();
    assert_eq!(screen.value(SONIC), "😃");
    assert_eq!(screen.lines("sonic"), 0, "that Enter sent nothing");

    screen.press(Modifiers::COMMAND, Key::E);
    assert!(screen.shows("Used last"));
    screen.press_enter();
    assert_eq!(screen.value(SONIC), "😃😃", "the one used last comes first");
    screen.press(Modifiers::COMMAND, Key::E);
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows("Search emoji"));
    assert!(screen.harness.get_by_label(SONIC).is_focused());
    screen.press(Modifiers::COMMAND, Key::E);
    screen.press(Modifiers::COMMAND, Key::E);
    assert!(!screen.shows("Search emoji"));
}

#[test]
fn the_emoji_of_just_that_name_comes_first() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::E);
    screen.write("heart");
    screen.press_enter();
    assert_eq!(screen.value(SONIC), "❤️");
}

#[test]
fn a_kind_of_emoji_is_a_click_away_and_none_is_said() {
    let mut screen = Screen::with_sonic();
    screen.press(Modifiers::COMMAND, Key::E);
    assert!(!screen.shows("chequered flag"));
    screen.click("Flags");
    assert!(screen.shows("chequered flag"));
    let drawn = screen
        .harness
        .query_all_by_role(egui::accesskit::Role::Button)
        .count();
    assert!(drawn < 130, "only what is in view is drawn, not {drawn}");
    screen.write("qqq");
    assert!(screen.shows("No emoji of that name."));
    screen.press_enter();
    assert!(
        screen.shows("No emoji of that name."),
        "there is nothing to choose"
    );
}

#[test]
fn a_short_name_is_completed() {
    let mut screen = Screen::with_sonic();
    screen.write("nice :smil");
    assert!(screen.shows_part(":smile:"));
    screen.press_enter();
    assert_eq!(screen.value(SONIC), "nice 😄");
    assert_eq!(screen.lines("sonic"), 0, "that Enter chose");
    screen.send("sonic");
    assert!(screen.shows("nice 😄"));
    screen.write("at 10:30");
    screen.send("sonic");
}

#[test]
fn up_recalls_the_own_lines_and_esc_leaves_them() {
    let mut screen = Screen::with_sonic();
    for text in ["first", "second"] {
        screen.write(text);
        screen.send("sonic");
    }
    for (key, text) in [
        (Key::ArrowUp, "second"),
        (Key::ArrowUp, "first"),
        (Key::ArrowUp, "first"),
        (Key::ArrowDown, "second"),
        (Key::ArrowDown, ""),
        (Key::ArrowDown, ""),
        (Key::ArrowUp, "second"),
        (Key::Escape, ""),
    ] {
        screen.press(Modifiers::NONE, key);
        assert_eq!(screen.value(SONIC), text, "{key:?}");
    }
    screen.press(Modifiers::NONE, Key::ArrowUp);
    screen.write("!");
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(
        screen.value(SONIC),
        "second!",
        "what was changed is a new text"
    );
    screen.send("sonic");
    assert!(screen.shows("second!") && screen.shows("second"));
}

#[test]
fn the_same_text_is_recalled_once() {
    let mut screen = Screen::with_sonic();
    for text in ["first", "second", "second"] {
        screen.write(text);
        screen.send("sonic");
    }
    for text in ["second", "first"] {
        screen.press(Modifiers::NONE, Key::ArrowUp);
        assert_eq!(screen.value(SONIC), text);
    }
}

#[test]
fn inside_of_a_recalled_text_the_keys_move_the_cursor() {
    let mut screen = Screen::with_sonic();
    for text in ["first", "second"] {
        screen.write(text);
        screen.send("sonic");
    }
    screen.press(Modifiers::NONE, Key::ArrowUp);
    screen.press(Modifiers::NONE, Key::ArrowLeft);
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(screen.value(SONIC), "second");
    screen.write("my ");
    assert_eq!(screen.value(SONIC), "my second");
}

#[test]
fn what_is_typed_is_not_taken_for_a_line_recalled_elsewhere() {
    let mut screen = Screen::with_sonic();
    screen.click("tails, online");
    screen.write("older");
    screen.send("tails");
    screen.write("same");
    screen.click("sonic, online");
    screen.write("same");
    screen.send("sonic");
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(screen.value(SONIC), "same");
    screen.click("tails, online");
    screen.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(screen.value("Message to tails"), "same");
}

#[test]
fn what_is_written_is_kept_half_a_second_later() {
    static UNIX_MS: AtomicI64 = AtomicI64::new(NOON.unix_ms);
    let clock = || Now {
        unix_ms: UNIX_MS.load(Ordering::Relaxed),
        zone: NOON.zone,
    };
    let with_clock = |window: Window| window.with_clock(clock);
    let mut screen = Screen::with_window(&folder(), &Ear::new(), |_| {}, with_clock);
    screen.until("an open profile", |screen| screen.app().is_opened());
    screen.meet_sonic();
    screen.write("half a thou");
    let due_ms = NOON.unix_ms + 500;
    assert_eq!(screen.app().wake_at_ms(), Some(due_ms));
    UNIX_MS.store(due_ms, Ordering::Relaxed);
    screen.harness.step();
    assert_eq!(
        screen.app().wake_at_ms(),
        None,
        "it was given to the profile"
    );
}

#[test]
fn a_small_text_is_pasted_as_it_is() {
    let mut screen = Screen::with_sonic();
    paste(&mut screen, "two\nlines\u{0}\u{7}");
    assert_eq!(screen.value(SONIC), "two\nlines\u{0}\u{7}");
}

#[test]
fn a_large_text_is_pasted_when_that_is_meant() {
    let text: String = (1..=83)
        .map(|n| format!("line {n}: {}\n", "x".repeat(40)))
        .collect();
    let title = format!(
        "Paste 4\u{a0}{} characters (83 lines)?",
        text.chars().count() - 4000
    );
    let mut screen = Screen::with_sonic();
    screen.write("see: ");
    paste(&mut screen, &text);
    assert!(screen.shows(&title), "{title}");
    assert!(screen.shows_part("line 1: xxx") && !screen.shows_part("line 7: xxx"));
    assert_eq!(screen.value(SONIC), "see: ");
    screen.press(Modifiers::COMMAND, Key::W);
    assert!(screen.shows("Tab sonic"), "first it is answered");
    screen.press(Modifiers::NONE, Key::Escape);
    assert!(!screen.shows(&title));
    assert_eq!(screen.value(SONIC), "see: ", "nothing happened");

    paste(&mut screen, &text);
    screen.press_enter();
    assert_eq!(screen.value(SONIC), format!("see: {text}"));
    assert_eq!(screen.lines("sonic"), 0);
    assert!(screen.harness.get_by_label(SONIC).is_focused());
    screen.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(screen.value(SONIC), "see: ", "it can be undone");
}

#[test]
fn more_than_a_message_is_sent_in_several_or_cut() {
    let text = "some words here\n".repeat(TEXT_MAX / 16 * 2);
    let mut screen = Screen::with_sonic();
    paste(&mut screen, &text);
    assert!(screen.shows("It is longer than one message can be."));
    screen.click("Paste what fits");
    assert_eq!(screen.value(SONIC).len(), TEXT_MAX);
    assert_eq!(screen.lines("sonic"), 0);
    screen.press(Modifiers::COMMAND, Key::A);
    screen.press(Modifiers::NONE, Key::Delete);

    paste(&mut screen, &text);
    screen.click("Send as 2 messages");
    screen.until("both lines", |screen| screen.lines("sonic") == 2);
    assert_eq!(screen.value(SONIC), "");
    let lines = &screen
        .app()
        .conversations()
        .with(&name("sonic"))
        .expect("it is there")
        .lines;
    let sent: Vec<_> = lines.iter().map(|line| line.text.clone()).collect();
    assert_eq!(
        format!("{}\n{}", sent[0], sent[1]),
        text,
        "cut between lines"
    );
}

#[test]
fn what_is_no_message_at_all_can_only_be_cut() {
    let mut screen = Screen::with_sonic();
    paste(&mut screen, &"x".repeat(TEXT_MAX * 70));
    assert!(screen.shows("It is too much to send as messages. Send a part of it."));
    assert!(!screen.shows_part("Send as"));
    screen.click("Cancel");
    assert_eq!(screen.value(SONIC), "");
}

#[test]
fn near_the_limit_the_characters_left_are_counted() {
    let mut screen = Screen::with_sonic();
    screen.fill(SONIC, &"x".repeat(TEXT_MAX * 8 / 10));
    assert!(!screen.shows_part("left"));
    screen.fill(SONIC, &"x".repeat(TEXT_MAX - 7));
    assert!(screen.shows("7 characters left"));
    screen.fill(SONIC, &"x".repeat(TEXT_MAX - 1));
    assert!(screen.shows("1 character left"));
}

#[test]
fn a_text_that_is_too_long_stays_and_is_not_sent_but_in_parts() {
    let mut screen = Screen::with_sonic();
    let text = "x".repeat(TEXT_MAX + 7);
    screen.fill(SONIC, &text);
    screen.click(SONIC);
    screen.press_enter();
    assert_eq!(screen.value(SONIC), text);
    assert!(screen.shows("7 characters too many"));
    assert!(screen.shows(
        "This is too long for one message. Shorten it by 7 characters, or send it in parts."
    ));
    assert_eq!(screen.lines("sonic"), 0);
    screen.click("Send as 2 messages");
    screen.until("both lines", |screen| screen.lines("sonic") == 2);
    assert_eq!(screen.value(SONIC), "");
}

#[test]
fn what_keeps_one_from_sending_is_said() {
    let mut screen = Screen::with_profile(&[tabs(&["ghost"])]);
    screen.told(Event::Session(Session::Online));
    let send = |screen: &Screen| {
        screen
            .harness
            .get_by_label("Send")
            .accesskit_node()
            .is_disabled()
    };
    assert!(send(&screen), "there is nothing to send");
    hover(&mut screen, "Send");
    assert!(screen.shows("Write something first."));
    screen.click("Message to ghost");
    screen.write("are you there?");
    assert!(send(&screen));
    hover(&mut screen, "Send");
    assert!(screen.shows_part("The server knows nobody called ghost."));
}

#[test]
fn the_field_is_said_in_chinese_too() {
    let mut screen = Screen::with_sonic();
    screen.change(|settings| settings.language = Some("zh".to_owned()));
    assert!(screen.shows("给 sonic 的消息") && screen.shows("发送"));
    screen.press(Modifiers::COMMAND, Key::E);
    assert!(screen.shows("搜索表情（英文名称）"));
    screen.write("旗帜");
    assert!(
        screen.shows("chequered flag"),
        "the kinds have Chinese names"
    );
}

fn compose(screen: &mut Screen, text: &str) {
    screen.harness.event(preedit(text));
    screen.settle();
}

fn enter() -> Input {
    Input::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    }
}

fn preedit(text: &str) -> Input {
    Input::Ime(ImeEvent::Preedit {
        text: text.into(),
        active_range_chars: None,
    })
}

fn paste(screen: &mut Screen, text: &str) {
    screen.harness.event(Input::Paste(text.to_owned()));
    screen.settle();
}

/// Rests the pointer on it until it is explained.
fn hover(screen: &mut Screen, label: &str) {
    screen.harness.get_by_label(label).hover();
    screen.harness.run_steps(60);
}
