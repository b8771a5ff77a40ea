//! The server between windows on a simulated network: a name that is taken, a server that is lost and
//! comes back, one who hosts in its place, and what a host's guests see of what the host does.

use egui_kittest::kittest::Queryable;
use super_chatter::app::session::Standing;

use super::lan::{Lan, Who};
use super::screen::Screen;

const LOST: &str = "The server does not answer. Trying again in ";

#[test]
fn a_name_that_is_taken_is_said_at_the_field() {
    let (mut lan, [_amy]) = Lan::with(["amy"]);
    let other = lan.open("amy");
    lan[other].fill("Server", "10.0.0.1");
    lan[other].click("Join");
    let said = "amy is already here. Join as amy2, or choose another nickname.";
    lan.until("the sentence", |lan| lan[other].shows(said));
    assert_eq!(lan[other].value("Nickname"), "amy2", "it is suggested");
    lan[other].click("Join");
    lan.until("the other name", |lan| lan.is_online(other));
}

#[test]
fn a_silent_server_is_said_at_the_field() {
    let mut lan = Lan::alone();
    let amy = at_a_silent_server(&mut lan);
    assert!(lan[amy].shows("Try now"));
    assert_eq!(lan[amy].value("Server"), "10.0.0.1:50000");
    lan[amy].click("Cancel");
    lan.until("signed out", |lan| lan[amy].shows("Join"));
}

#[test]
fn whoever_enters_another_address_is_not_interrupted_by_a_try_of_the_old_one() {
    let mut lan = Lan::alone();
    let amy = at_a_silent_server(&mut lan);
    lan[amy].click("Advanced");
    lan[amy].fill("Host port", "50001");
    lan.run_for(1_000);
    assert!(!lan[amy].shows("Join"), "that is for something else");
    lan.until("a pause", |lan| lan[amy].shows("Try now"));
    lan[amy].fill("Server", "10.0.0.9");
    lan.until("signed out", |lan| lan[amy].shows("Join"));
    lan.run_for(60_000);
    assert!(lan[amy].shows("Join"));
    assert_eq!(lan[amy].value("Server"), "10.0.0.9");
}

#[test]
fn signing_out_and_in_again_keeps_tabs_and_lines() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan.say(sonic, "amy", "before");
    lan.until("the line", |lan| lan[amy].shows("before"));
    lan[sonic].click("Sign out");
    lan.until("signed out", |lan| {
        lan[sonic].shows("You are signed out.") && lan[amy].shows("sonic, offline")
    });
    assert!(lan[sonic].shows("before") && lan[sonic].shows("Tab amy"));
    lan[sonic].click("Sign in again");
    lan.until("signed in", |lan| {
        lan.is_online(sonic) && lan[amy].shows("sonic, online")
    });
    assert!(lan[sonic].shows("before") && lan[sonic].shows("Tab amy"));
}

#[test]
fn without_the_server_a_bar_counts_down_and_people_talk_on() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan.say(sonic, "amy", "before");
    lan.until("the line", |lan| lan[amy].shows("before"));
    lan.cut(amy, None);
    lan.cut(sonic, None);
    lan.until("the bar", |lan| lan[sonic].shows_part(LOST));
    assert!(lan[sonic].shows("Try now"));
    assert!(
        !lan[sonic].shows("Host here instead"),
        "it may be back at once"
    );

    lan.say(sonic, "amy", "still here?");
    lan.until("the line", |lan| lan[amy].shows("still here?"));
    lan.say(amy, "sonic", "yes");
    lan.until("the answer", |lan| lan[sonic].shows("yes"));

    // Long pauses come later: the window counts by itself.
    lan.until("a long pause", |lan| left_s(&lan[sonic]) >= Some(6));
    let first = left_s(&lan[sonic]).expect("it waits");
    for left in (1..first).rev() {
        lan.run_for(1_000);
        assert_eq!(left_s(&lan[sonic]), Some(left));
    }

    lan.mend();
    lan.until("all is well", |lan| {
        lan.is_online(amy) && lan.is_online(sonic)
    });
    lan.run_for(100);
    assert!(!lan[sonic].shows_part(LOST) && !lan[sonic].shows("Try now"));
    assert_eq!((lan[amy].lines("sonic"), lan[sonic].lines("amy")), (3, 3));
}

#[test]
fn after_ten_seconds_without_the_server_one_hosts_and_the_other_joins() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    lan[amy].click("sonic, online");
    lan.say(sonic, "amy", "before");
    lan.until("the line", |lan| lan[amy].shows("before"));
    lan.cut(amy, None);
    lan.cut(sonic, None);
    lan.until("the bar", |lan| lan[amy].shows_part(LOST));
    let lost = lan.now();
    lan.until("the offer", |lan| lan[amy].shows("Host here instead"));
    let after_s = (lan.now() - lost).as_secs_f64();
    assert!((10.0..11.1).contains(&after_s), "{after_s}");

    lan[amy].click("Host here instead");
    let said = "You host now. The others are still waiting for the old server: ask them to join 10.0.0.2:50000.";
    lan.until("the sentence", |lan| lan[amy].shows(said));
    lan.until("the host", |lan| lan.is_online(amy));
    assert!(lan[amy].shows("Message to sonic"), "the conversation stays");

    lan[sonic].click("Sign out");
    lan.until("signed out", |lan| lan[sonic].shows("You are signed out."));
    lan[sonic].click("Another server…");
    lan[sonic].fill("Server", "10.0.0.2:50000");
    lan[sonic].click("Join");
    lan.until("the guest", |lan| lan[amy].shows("sonic, online"));
    lan.say(sonic, "amy", "here I am");
    lan.until("the line", |lan| lan[amy].shows("here I am"));
    assert!(lan[amy].shows("before"), "nothing is lost");
}

#[test]
fn a_server_that_stops_says_so_and_all_are_back_when_it_is() {
    let (mut lan, [amy, sonic]) = Lan::with(["amy", "sonic"]);
    for (who, other) in [(amy, "sonic"), (sonic, "amy")] {
        lan[who].click(&format!("{other}, online"));
    }
    lan.stop_server();
    let stopped = "The server has stopped. Trying again in ";
    for who in [amy, sonic] {
        lan.until("the bar", |lan| lan[who].shows_part(stopped));
    }
    lan.say(sonic, "amy", "without it");
    lan.until("the line", |lan| lan[amy].shows("without it"));
    lan.start_server();
    for (who, other) in [(amy, "sonic, online"), (sonic, "amy, online")] {
        lan.until("all is well", |lan| {
            lan.is_online(who) && lan[who].shows(other)
        });
        assert!(!lan[who].shows_part(stopped));
    }
}

#[test]
fn whoever_is_removed_or_blocked_is_told_in_their_window() {
    let (mut lan, [amy, sonic, tails]) = hosted();
    lan[amy].click("People (3 online)");
    lan.until("the row", |lan| {
        lan[amy].shows_part("sonic, online, 10.0.0.3:")
    });
    press_part(&mut lan[amy], "sonic, online, 10.0.0.3:");
    lan[amy].click("Remove sonic");
    let removed = "You were removed by the host. You can sign in again.";
    lan.until("the sentence", |lan| lan[sonic].shows(removed));
    assert_eq!(lan[sonic].app().session().standing, Standing::SignedOut);
    lan.until("away", |lan| lan[tails].shows("sonic, offline"));
    lan.until("the row", |lan| {
        lan[amy].shows_part("sonic, away, 10.0.0.3:")
    });
    lan[sonic].click("Dismiss");
    lan[sonic].click("Join 10.0.0.2");
    lan.until("back", |lan| lan[tails].shows("sonic, online"));
    assert!(!lan[tails].shows(removed), "it was said to one");

    lan.until("the row", |lan| {
        lan[amy].shows_part("sonic, online, 10.0.0.3:")
    });
    press_part(&mut lan[amy], "sonic, online, 10.0.0.3:");
    lan[amy].click("Block 10.0.0.3");
    lan.until("the sentence", |lan| lan[sonic].shows(removed));
    lan[sonic].click("Join 10.0.0.2");
    lan.until("shut out", |lan| {
        lan[sonic].shows_part("does not answer. Check the address")
    });
    assert!(lan[tails].shows("sonic, offline"));

    lan[amy].click("Log");
    for said in [
        "sonic joined from 10.0.0.3:",
        "sonic was removed by you",
        "10.0.0.3 is blocked",
    ] {
        lan.until(said, |lan| lan[amy].shows_part(said));
    }
}

#[test]
fn an_announcement_reaches_every_window() {
    let (mut lan, [amy, sonic, tails]) = hosted();
    let field = "Tell everybody who is online";
    for (text, said) in [
        ("x".repeat(493), "7 more characters fit."),
        ("x".repeat(507), "Too long by 7 characters. Shorten it."),
        ("教".repeat(160), "6 more characters fit."),
        ("教".repeat(167), "Too long by 1 character. Shorten it."),
    ] {
        lan[amy].fill(field, &text);
        assert!(lan[amy].shows_somewhere(said), "{said}");
    }
    lan[amy].fill(field, "Dinner!");
    lan[amy].click("Announce");
    assert_eq!(lan[amy].value(field), "");
    for who in [amy, sonic, tails] {
        lan.until("the words", |lan| lan[who].shows_part("Dinner!"));
    }
    let all = "3 of 3 have the last announcement.";
    lan.until("all have it", |lan| lan[amy].shows_somewhere(all));
    lan[sonic].click("Dismiss");
    assert!(!lan[sonic].shows_part("Dinner!"));
    lan.run_for(30_000);
    assert!(!lan[sonic].shows_part("Dinner!"), "once");
}

/// Somebody who has asked a server that does not answer.
fn at_a_silent_server(lan: &mut Lan) -> Who {
    let amy = lan.open("amy");
    lan[amy].fill("Server", "10.0.0.1:50000");
    lan[amy].click("Join");
    lan.until("the sentence", |lan| {
        lan[amy].shows_part("10.0.0.1:50000 does not answer.")
    });
    amy
}

/// Amy hosts in her window, with the host's page in front; sonic and tails are her guests.
fn hosted() -> (Lan, [Who; 3]) {
    let mut lan = Lan::alone();
    let amy = lan.open("amy");
    lan[amy].click("Host here");
    lan.until("the host", |lan| lan.is_online(amy));
    let guests = ["sonic", "tails"].map(|name| lan.join(name, "10.0.0.2:50000"));
    let [sonic, tails] = guests;
    lan.until("all are there", |lan| {
        lan[sonic].shows("tails, online") && lan[amy].shows("tails, online")
    });
    lan[amy].click("Open the host's page");
    (lan, [amy, sonic, tails])
}

/// What the bar counts; `None`: the server is being asked, or is there.
fn left_s(screen: &Screen) -> Option<u64> {
    let mut bars = screen.harness.query_all_by_label_contains(LOST);
    let said = bars.next()?.value()?;
    said.strip_prefix(LOST)?.strip_suffix(" s.")?.parse().ok()
}

fn press_part(screen: &mut Screen, label: &str) {
    screen.harness.get_by_label_contains(label).click();
    screen.settle();
}
