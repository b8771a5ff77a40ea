//! What becomes of a line between two windows, from key to mark, on a simulated network.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Shape};
use egui_kittest::kittest::{NodeT, Queryable};

use super::lan::{Lan, SERVER, Who};
use super::screen::Screen;
use crate::wire::{Network, PERFECT, ROUGH};

/// A signpost on the way of a line whose recipient is silent.
const ASKING: &str = "no answer, asking the server…";
const KEPT: &str = "kept by the server";

const DAY_S: u64 = 24 * 60 * 60;

#[test]
fn a_line_that_arrives_at_once_has_a_tick_and_nothing_before_it() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan.say(sonic, "amy", "hello");
    lan.until("the line", |lan| lan[sonic].shows("hello"));
    assert_eq!(mark(&lan[sonic], "delivered"), "tick");
    lan.run_for(20);
    assert!(lan[amy].shows("Tab sonic"), "it has opened by itself");
    assert!(lan[amy].shows("hello"));
    lan.say(amy, "sonic", "hello sonic");
    lan.until("the reply", |lan| lan[sonic].shows("hello sonic"));
}

#[test]
fn a_message_to_oneself_arrives() {
    let (mut lan, [amy]) = Lan::with(["amy"]);
    lan.say(amy, "amy", "note to self");
    lan.until("both lines", |lan| {
        lan[amy].lines("amy") == 2 && lan[amy].shows("delivered")
    });
}

#[test]
fn a_line_has_no_sign_for_half_a_second_then_a_ring_then_a_tick() {
    // 300 ms there, and as many back.
    let far = Network {
        delay_ms: (300, 300),
        ..PERFECT
    };
    let (mut lan, [amy, sonic]) = Lan::new(2, far).joined(["amy", "sonic"]);
    lan[amy].change(|settings| settings.read_receipts = false);
    lan.say(sonic, "amy", "hello");
    lan.run_for(40);
    assert_eq!(mark(&lan[sonic], "sending…"), "");
    lan.run_for(459);
    assert_eq!(mark(&lan[sonic], "sending…"), "");
    lan.run_for(20);
    assert_eq!(mark(&lan[sonic], ASKING), "ring");
    lan.run_for(80);
    assert_eq!(mark(&lan[sonic], ASKING), "ring");
    lan.run_for(20);
    assert_eq!(mark(&lan[sonic], "delivered"), "tick");
}

#[test]
fn a_line_to_somebody_silent_is_with_the_server_after_half_a_second_and_handed_over_later() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    // The story tells seconds.
    lan.run_to(Duration::from_secs(20));
    lan.cut(amy, None);
    lan.cut(amy, Some(sonic));
    lan.say(sonic, "amy", "are you there?");
    lan.run_for(499);
    assert_eq!(mark(&lan[sonic], "sending…"), "");
    lan.run_for(30);
    assert_eq!(mark(&lan[sonic], KEPT), "box");
    assert!(!lan[amy].shows("are you there?"));

    // With the keyboard: the lines, the last of them, its story.
    lan[sonic]
        .harness
        .get_by_label("Conversation with amy")
        .focus();
    lan[sonic].settle();
    lan[sonic].press_enter();
    lan.run_for(40);
    let told = |last: (&str, &str)| {
        let steps = [
            ("12:00:20", "written"),
            ("12:00:20", "no answer from amy in 500 ms"),
            ("12:00:20", "given to the server"),
            last,
        ];
        steps.map(|(at, said)| (at.to_owned(), said.to_owned()))
    };
    let kept = "the server keeps it until amy is back";
    assert_eq!(story(&lan[sonic]), told(("now", kept)));

    lan.run_to(Duration::from_secs(60));
    lan.mend();
    lan.until("the line", |lan| lan[amy].shows("are you there?"));
    lan.until("the tick", |lan| {
        lan[sonic].shows("delivered through the server")
    });
    lan.run_for(40);
    let over = story(&lan[sonic]);
    let [.., (at, _)] = &over[..] else {
        panic!("there is no story");
    };
    assert_eq!(over, told((at, "handed over to amy by the server")));
    assert!(("12:01:00".."12:01:31").contains(&&at[..]), "{at}");
    assert_eq!(lan[amy].lines("sonic"), 1, "once");
    lan[sonic].press(Modifiers::NONE, Key::Escape);
    assert!(!lan[sonic].shows("written"));
}

#[test]
fn a_line_that_was_handed_over_has_a_tick_in_a_box() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan[amy].change(|settings| settings.read_receipts = false);
    lan[amy].click("Sign out");
    lan.until("alone", |lan| lan[sonic].shows("amy, offline"));
    lan[sonic].click("amy, offline");
    lan.say(sonic, "amy", "for later");
    lan.until("the box", |lan| lan[sonic].shows(KEPT));
    assert_eq!(mark(&lan[sonic], KEPT), "box");
    lan[amy].click("Join 10.0.0.1");
    lan.until("the line", |lan| lan[amy].shows("for later"));
    let through = "delivered through the server";
    lan.until("the tick", |lan| lan[sonic].shows(through));
    assert_eq!(mark(&lan[sonic], through), "box tick");
}

#[test]
fn a_line_that_waits_here_says_so_in_words_after_ten_seconds() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan.cut(sonic, Some(amy));
    lan.cut(sonic, None);
    lan.say(sonic, "amy", "for later");
    let words = "waiting here until amy or the server takes it";
    lan.run_for(9_900);
    assert!(lan[sonic].shows(words) && !paints(&lan[sonic], words));
    lan.run_for(200);
    assert!(paints(&lan[sonic], words));
    lan.mend();
    lan.until("it is there", |lan| lan[sonic].shows("delivered"));
    assert!(!paints(&lan[sonic], words));
}

#[test]
fn what_was_not_delivered_is_after_the_next_start_and_once() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan[sonic].click("amy, online");
    lan[sonic].click("Sign out");
    lan.until("signed out", |lan| lan[sonic].shows("You are signed out."));
    lan.say(sonic, "amy", "from before");
    lan.until("the line", |lan| lan[sonic].shows("from before"));
    lan.run_for(11_000);
    let waits = "waiting here until amy or the server takes it";
    assert!(lan[sonic].shows(waits), "nothing is under way");

    lan.again(sonic);
    assert!(lan[sonic].shows("from before"));
    lan.sign_in(sonic, &SERVER.to_string());
    lan.until("delivered", |lan| {
        lan[amy].shows("from before") && lan[sonic].shows("delivered")
    });
    lan.say(sonic, "amy", "and after");
    lan.until("the next", |lan| lan[amy].shows("and after"));
    assert_eq!((lan[amy].lines("sonic"), lan[sonic].lines("amy")), (2, 2));
}

#[test]
fn on_a_rough_network_each_window_shows_each_line_once_and_in_order() {
    let (mut lan, [amy, sonic]) = talk_much(3, 200);
    for (who, me, other) in [(amy, "amy", "sonic"), (sonic, "sonic", "amy")] {
        let shown = shown(&mut lan[who]);
        for from in [me, other] {
            let said: Vec<_> = (0..200).map(|n| format!("{from} {n}")).collect();
            let seen = shown.iter().filter(|text| text.starts_with(from));
            assert!(seen.eq(&said), "{me} sees {from}: {shown:?}");
        }
        assert_eq!(shown.len(), 400, "and nothing else");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| {
        let (mut lan, [amy, sonic]) = talk_much(seed, 10);
        let windows = [amy, sonic].map(|who| (lan.frames(who), shown(&mut lan[who])));
        (lan.trace(), lan.now(), windows)
    };
    let first = run(7);
    assert_eq!(first, run(7));
    assert_ne!(first.0, run(8).0);
}

#[test]
fn a_line_that_failed_is_tried_again_copied_or_taken_back() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan[amy].click("Sign out");
    lan.until("alone", |lan| lan[sonic].shows("amy, offline"));
    lan[sonic].click("amy, offline");
    for text in ["first", "second"] {
        lan.say(sonic, "amy", text);
        lan.until("the box", |lan| state(&lan[sonic], text) == KEPT);
    }
    lan.sleep(Duration::from_secs(31 * DAY_S));
    let said = "Not delivered: amy was not here for 30 days, and the server keeps it no longer. Retry when they are here.";
    for text in ["first", "second"] {
        lan.until("the failure", |lan| state(&lan[sonic], text) == said);
    }
    assert_eq!(copied(&mut lan[sonic], "Copy"), Some("first".to_owned()));

    buttons(&lan[sonic], "Edit")[1].click();
    lan[sonic].settle();
    lan.until("it is gone", |lan| lan[sonic].lines("amy") == 1);
    assert_eq!(lan[sonic].value("Message to amy"), "second");

    lan[amy].click("Join 10.0.0.1");
    lan.until("both", |lan| lan[sonic].shows("amy, online"));
    lan[sonic].click("Retry");
    lan.until("it is delivered", |lan| {
        state(&lan[sonic], "first") == "delivered"
    });
    assert_eq!(shown(&mut lan[amy]), ["first"]);
}

#[test]
fn a_window_where_nothing_happens_is_not_drawn() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan.say(sonic, "amy", "hello");
    lan.run_for(10_000);
    let before = [amy, sonic].map(|who| lan.frames(who));
    lan.run_for(30_000);
    assert_eq!([amy, sonic].map(|who| lan.frames(who)), before);
}

/// Two who write so many lines each at the same time, on a network that loses, doubles and reorders, and
/// who both have all of them.
fn talk_much(seed: u64, lines: usize) -> (Lan, [Who; 2]) {
    let (mut lan, [amy, sonic]) = Lan::new(seed, ROUGH).joined(["amy", "sonic"]);
    for n in 0..lines {
        lan.say(amy, "sonic", &format!("amy {n}"));
        lan.say(sonic, "amy", &format!("sonic {n}"));
        lan.run_for(5);
    }
    lan.until("all of them", |lan| {
        lan[amy].lines("sonic") == 2 * lines && lan[sonic].lines("amy") == 2 * lines
    });
    (lan, [amy, sonic])
}

/// What is painted as the mark of the last own line that says this of itself.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "marks are made of these shapes of egui"
)]
pub fn mark(screen: &Screen, label: &str) -> String {
    let places = screen
        .harness
        .query_all_by_label(label)
        .map(|node| node.rect());
    let place = places.reduce(|one, other| match other.bottom() > one.bottom() {
        true => other,
        false => one,
    });
    let place = place.unwrap_or_else(|| panic!("no line is {label:?}"));
    let shapes = &screen.harness.output().shapes;
    let painted = shapes.iter().filter_map(|clipped| {
        let is_in = place.contains_rect(clipped.shape.visual_bounding_rect());
        let named = match &clipped.shape {
            Shape::Circle(_) => "ring",
            Shape::Path(_) => "tick",
            Shape::Rect(_) => "box",
            _ => return None,
        };
        is_in.then_some(named)
    });
    painted.collect::<Vec<_>>().join(" ")
}

/// These words stand in the window for the eye.
fn paints(screen: &Screen, words: &str) -> bool {
    let mut shapes = screen.harness.output().shapes.iter();
    shapes.any(|clipped| matches!(&clipped.shape, Shape::Text(text) if text.galley.text() == words))
}

/// The texts of the conversation in front, read in a window that is high enough for all of them.
fn shown(screen: &mut Screen) -> Vec<String> {
    screen.harness.set_size(egui::vec2(980.0, 40_000.0));
    screen.settle();
    let lines = screen.harness.query_all_by_role(Role::ListItem);
    let texts = lines.filter_map(|line| {
        let said = line.accesskit_node().label()?;
        Some(said.split_once(": ")?.1.to_owned())
    });
    texts.collect()
}

/// How far the own line with this text has come, as a screen reader says it; empty: it is not shown.
fn state(screen: &Screen, text: &str) -> String {
    let said = screen
        .line(text)
        .and_then(|line| line.accesskit_node().label());
    let said = said.unwrap_or_default();
    let state = said.strip_suffix(&format!(": {text}"));
    let state = state.and_then(|said| said.splitn(3, ", ").nth(2));
    state.unwrap_or_default().to_owned()
}

/// When and what, in the box that tells what became of a line.
fn story(screen: &Screen) -> Vec<(String, String)> {
    let told = screen.harness.get_by_label("Show details");
    let words: Vec<_> = told
        .query_all_by_role(Role::Label)
        .filter_map(|node| node.value())
        .collect();
    let pair = |pair: &[String]| (pair[0].clone(), pair[1].clone());
    words.chunks_exact(2).map(pair).collect()
}

fn buttons<'a>(screen: &'a Screen, label: &'a str) -> Vec<egui_kittest::Node<'a>> {
    screen.harness.query_all_by_label(label).collect()
}

/// What a click here puts on the clipboard.
fn copied(screen: &mut Screen, label: &str) -> Option<String> {
    buttons(screen, label)[0].click_accesskit();
    screen.harness.step();
    let commands = &screen.harness.output().platform_output.commands;
    commands.iter().find_map(|command| {
        let egui::OutputCommand::CopyText(text) = command else {
            return None;
        };
        Some(text.clone())
    })
}
