//! What the host does to the room: signs somebody out, shuts an address out, says something to
//! everybody.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super_chatter::machine::client;
use super_chatter::machine::server::{
    ANNOUNCEMENT_MAX, Announcement, AnnouncementError, Command, Event, Record, Saved,
};
use super_chatter::protocol::{Datagram, RequestId};

use crate::bench::{at, mail, nick, notification, part, reg, room as client_room, server_at};
use crate::room::{Room, done, known};
use crate::town::{Kind, Town};
use crate::wire::ROUGH;
use crate::world::{World, saved};

const REMOVED: &str = "[You were removed by the host.]";
const DINNER: &str = "[Announcement] Dinner!";

#[test]
fn whoever_is_removed_is_told_so_and_is_away_to_everybody() {
    let mut room = room_of_four();
    room.ask(Command::Remove(nick("y")));
    room.ask(Command::Remove(nick("d")));
    room.run_for(50);
    assert_eq!(
        notifications(&mut room, at(2)),
        [(REMOVED.to_owned(), true)]
    );
    assert_eq!(
        notifications(&mut room, at(4)),
        [(REMOVED.to_owned(), true)]
    );
    assert!(!room.table_of(at(1)).online["y"] && !room.table_of(at(1)).online["d"]);
    assert!(room.table_of(at(1)).online["x"]);
    assert_eq!(room.words_to(at(3)), ["table", "table"]);
}

#[test]
fn whoever_is_removed_can_come_again_and_finds_their_mail() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 1, 1))));
    room.silent.clear();
    room.ask(Command::Remove(nick("y")));
    room.hear(at(1), &mail("x", "y", "again", Some(part(3, 2, 1))));
    room.run_for(50);
    room.forget();
    room.join("y", at(2));
    room.run_for(50);
    assert_eq!(room.words_to(at(2))[..3], ["welcome", "hi", "again"]);
    assert!(room.table_of(at(1)).online["y"]);
}

#[test]
fn the_word_of_it_is_said_until_it_is_confirmed_and_nothing_else_is_heard_meanwhile() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    room.ask(Command::Remove(nick("y")));
    let Some(Datagram::Notification { id: Some(id), .. }) = room.sent_to(at(2)).pop() else {
        panic!("an extended client is told by number");
    };
    // What was under way, and the program's own wish to be there again.
    room.hear(at(2), &mail("y", "x", "hi", Some(part(4, 1, 1))));
    room.join("y", at(2));
    room.hear(at(2), &done(RequestId(id.0 + 1)));
    room.run_for(100);
    assert_eq!(room.words_to(at(2)), [REMOVED], "again");
    room.hear(at(2), &done(id));
    room.run_for(5_000);
    assert_eq!(room.words_to(at(2)), [""; 0]);
    room.join("y", at(2));
    assert_eq!(room.words_to(at(2))[0], "welcome");
}

#[test]
fn whoever_never_confirms_it_is_heard_again_after_a_while() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    room.ask(Command::Remove(nick("y")));
    room.run_for(5_000);
    assert_eq!(room.words_to(at(2)).len(), 8);
    room.join("y", at(2));
    assert_eq!(room.words_to(at(2))[0], "welcome");
}

#[test]
fn a_classic_client_is_told_until_it_acks_and_shut_out_for_a_while() {
    for (acks, told) in [(true, 1), (false, 3)] {
        let mut room = room_of_four();
        if !acks {
            room.silent.insert(at(3));
        }
        room.ask(Command::Remove(nick("c")));
        room.run_for(1_400);
        // What was under way: another try of its sign-in, and mail.
        room.join_classic("c", at(3));
        room.hear(at(3), &mail("c", "x", "hi", None));
        room.run_for(5_000);
        assert_eq!(room.words_to(at(3)), vec![REMOVED; told]);
        assert!(!room.table_of(at(1)).online["c"]);
    }
}

#[test]
fn only_a_reg_brings_back_a_classic_client_that_was_removed() {
    let mut room = room_of_four();
    room.ask(Command::Remove(nick("c")));
    room.run_for(5_000);
    room.forget();
    room.hear(at(3), &mail("c", "y", "hi", None));
    room.run_for(100);
    assert_eq!(room.words_to(at(3)), ["ack", "[Client c Not Existed!]"]);
    assert_eq!(room.words_to(at(2)), [""; 0]);
    room.join_classic("c", at(3));
    room.run_for(100);
    assert!(room.table_of(at(1)).online["c"]);
}

#[test]
fn whoever_is_away_or_unknown_is_not_removed() {
    let mut room = room_of_four();
    room.leave("y", at(2));
    room.run_for(100);
    room.forget();
    room.ask(Command::Remove(nick("y")));
    room.ask(Command::Remove(nick("nobody")));
    room.run_for(100);
    assert_eq!((room.sent.len(), &room.events[..]), (0, &[][..]));
}

#[test]
fn a_client_that_is_removed_is_out_and_stays_out() {
    for seed in 0..20 {
        let mut world = World::new(seed, ROUGH);
        let (x, y) = (world.join("x"), world.join("y"));
        world.run_for(Duration::from_secs(20));
        world.ask_server(Command::Remove(nick("y")));
        world.run_for(Duration::from_secs(120));
        assert_eq!(world.people[&y].session, client::Session::SignedOut);
        assert_eq!(world.people[&y].notices, [REMOVED], "seed {seed}");
        assert!(!world.people[&x].sees_online("y"));
        world.sign_in(y);
        world.run_for(Duration::from_secs(60));
        assert!(world.people[&x].sees_online("y"), "seed {seed}");
    }
}

#[test]
fn nobody_at_a_blocked_address_is_answered_and_whoever_was_there_is_out() {
    let mut room = room_of_four();
    room.ask(Command::Block(ip(at(2))));
    room.run_for(50);
    assert_eq!(
        notifications(&mut room, at(2)),
        [(REMOVED.to_owned(), true)]
    );
    assert!(!room.table_of(at(1)).online["y"]);
    let elsewhere = SocketAddr::new(ip(at(2)), 7_000);
    for from in [at(2), elsewhere] {
        room.join("y", from);
        room.join_classic("new", from);
        room.hear(from, &mail("y", "x", "hi", Some(part(4, 1, 1))));
        room.run_for(2_000);
        assert_eq!(room.words_to(from), [""; 0]);
    }
    let blocked = Record::Blocked(ip(at(2)));
    assert!(room.records.contains(&blocked));
    assert!(room.events.contains(&Event::Blocked(vec![ip(at(2))])));
    room.join("y", at(9));
    assert_eq!(room.words_to(at(9))[0], "welcome", "from elsewhere");
}

#[test]
fn a_blocked_address_is_blocked_after_a_restart_and_until_it_is_not() {
    let mut room = room_of_four();
    room.ask(Command::Block(ip(at(2))));
    room.run_for(50);
    let mut room = Room::new(saved(&room.records));
    room.run_for(10_000);
    assert_eq!(room.events[0], Event::Blocked(vec![ip(at(2))]));
    assert_eq!(room.words_to(at(2)), [""; 0], "no greeting either");
    room.join("y", at(2));
    assert_eq!(room.words_to(at(2)), [""; 0]);
    room.ask(Command::Unblock(ip(at(2))));
    assert_eq!(room.events.last(), Some(&Event::Blocked(Vec::new())));
    room.join("y", at(2));
    assert_eq!(room.words_to(at(2))[0], "welcome");
    assert_eq!(saved(&room.records).blocked, Vec::<IpAddr>::new());
}

#[test]
fn the_same_address_written_as_ipv6_is_the_same() {
    let mut room = room_of_four();
    let IpAddr::V4(v4) = ip(at(2)) else {
        panic!("places are IPv4");
    };
    room.ask(Command::Block(v4.to_ipv6_mapped().into()));
    assert!(room.events.contains(&Event::Blocked(vec![ip(at(2))])));
    room.forget();
    room.join("y", SocketAddr::new(v4.to_ipv6_mapped().into(), 6_000));
    assert_eq!(room.sent.len(), 0);
}

#[test]
fn the_host_does_not_lock_itself_out() {
    let mut room = room_of_four();
    room.ask(Command::Own(vec![ip(at(1))]));
    for address in [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
    ]
    .map(|text| text.parse().expect("an address"))
    .into_iter()
    .chain([ip(at(1))])
    {
        room.forget();
        room.ask(Command::Block(address));
        assert_eq!(room.events, [Event::NotBlocked(address)]);
        assert_eq!(room.records, []);
    }
}

#[test]
fn a_blocked_address_that_is_the_hosts_own_by_now_is_heard() {
    let mut room = room_of_four();
    room.ask(Command::Block(ip(at(2))));
    room.run_for(50);
    let mut room = Room::new(saved(&room.records));
    room.ask(Command::Own(vec![ip(at(2))]));
    room.join("y", at(2));
    assert_eq!(room.words_to(at(2))[0], "welcome");
}

#[test]
fn a_thousand_addresses_are_blocked_and_no_more() {
    let mut room = Room::new(Saved::default());
    (0..1_000).for_each(|number| room.ask(Command::Block(ip(at(number)))));
    room.forget();
    room.ask(Command::Block(ip(at(1_000))));
    assert_eq!(room.events, [Event::NotBlocked(ip(at(1_000)))]);
    room.ask(Command::Block(ip(at(7))));
    room.ask(Command::Unblock(ip(at(1_000))));
    assert_eq!(room.records, [], "what is so already");
    room.ask(Command::Unblock(ip(at(7))));
    room.ask(Command::Block(ip(at(1_000))));
    let news = [Record::Unblocked(ip(at(7))), Record::Blocked(ip(at(1_000)))];
    assert_eq!(room.records, news);
}

#[test]
fn whoever_waited_for_a_name_at_a_blocked_address_does_not_get_it() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    room.join("y", at(9));
    room.ask(Command::Block(ip(at(9))));
    room.run_for(3_000);
    assert_eq!(room.words_to(at(9)), [""; 0]);
    assert!(!room.table_of(at(1)).online["y"]);
}

#[test]
fn mail_that_is_not_taken_yet_from_a_blocked_address_is_not_kept_or_answered() {
    let mut room = room_of_four();
    room.join_classic("e", at(9));
    room.run_for(1_000);
    room.silent.insert(at(3));
    room.hear(at(9), &mail("e", "c", "hi", None));
    room.forget();
    room.ask(Command::Block(ip(at(9))));
    room.run_for(3_000);
    assert_eq!(room.words_to(at(9)), [REMOVED]);
    assert!(!room.table_of(at(1)).online["c"], "it was asked in vain");
    let is_mail = |record: &Record| matches!(record, Record::Mail(_));
    assert!(!room.records.iter().any(is_mail));
}

#[test]
fn an_address_that_is_blocked_while_others_are_greeted_is_not_greeted() {
    let mut room = Room::new(known(2));
    room.ask(Command::Block(ip(at(0))));
    room.run_for(10_000);
    assert_eq!(room.words_to(at(0)), [""; 0]);
    assert_eq!(room.words_to(at(1)).len(), 3);
}

#[test]
fn everybody_at_a_blocked_address_is_out_whatever_their_link_and_port() {
    let mut room = room_of_four();
    let place: SocketAddr = "[fe80::2%3]:65535".parse().expect("an address");
    room.join("far", place);
    room.ask(Command::Block(ip(place)));
    room.run_for(50);
    assert!(!room.table_of(at(1)).online["far"]);
}

#[test]
fn an_announcement_reaches_everybody_once_through_loss() {
    for seed in 0..20 {
        let mut world = World::new(seed, ROUGH);
        let people = ["x", "y", "z"].map(|name| world.join(name));
        world.run_for(Duration::from_secs(20));
        for text in ["Dinner!", "Dessert!"] {
            world.ask_server(Command::Announce(announcement(text)));
        }
        world.run_for(Duration::from_secs(60));
        for at in people {
            let heard = &world.people[&at].notices;
            assert_eq!(
                heard[..],
                [DINNER, "[Announcement] Dessert!"],
                "seed {seed}"
            );
        }
    }
}

#[test]
fn how_far_an_announcement_is_is_told() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    room.leave("d", at(4));
    room.run_for(50);
    room.forget();
    room.ask(Command::Announce(announcement("Dinner!")));
    room.run_for(300);
    let announced = |confirmed| Event::Announced {
        number: 1,
        told: 3,
        classic: 1,
        confirmed,
    };
    assert_eq!(room.events[0], announced(0));
    assert_eq!(room.events.last(), Some(&announced(1)));
    room.silent.clear();
    room.run_for(300);
    assert_eq!(room.events.last(), Some(&announced(2)));
    assert_eq!(room.words_to(at(1)), [DINNER]);
    assert_eq!(room.words_to(at(3)), [DINNER], "a classic client, once");
    assert_eq!(notifications(&mut room, at(2)).len(), 3, "again");
    assert_eq!(room.words_to(at(4)), [""; 0], "away");
}

#[test]
fn whoever_never_confirms_an_announcement_is_found_gone_and_the_next_one_begins() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    room.ask(Command::Announce(announcement("one")));
    room.ask(Command::Announce(announcement("two")));
    room.run_for(10_000);
    assert!(!room.table_of(at(1)).online["y"]);
    let words = room.words_to(at(1));
    let announced: Vec<_> = words.iter().filter(|word| word.starts_with('[')).collect();
    assert_eq!(announced, ["[Announcement] one", "[Announcement] two"]);
}

#[test]
fn a_classic_client_that_takes_no_more_is_not_counted_as_told() {
    let mut room = room_of_four();
    room.silent.insert(at(3));
    // One under way, 64 behind it.
    (0..65).for_each(|_| room.ask(Command::Announce(announcement("Dinner!"))));
    let told = |room: &Room| match room.events.last() {
        Some(Event::Announced { told, classic, .. }) => (*told, *classic),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&room), (4, 1));
    room.ask(Command::Announce(announcement("Dinner!")));
    assert_eq!(told(&room), (3, 0));
}

#[test]
fn more_announcements_than_wait_are_refused() {
    let mut room = room_of_four();
    room.silent.insert(at(2));
    for _ in 0..18 {
        room.ask(Command::Announce(announcement("Dinner!")));
    }
    let refused = room.events.iter();
    let refused = refused.filter(|event| **event == Event::NotAnnounced);
    assert_eq!(refused.count(), 1, "one goes out, sixteen wait");
}

#[test]
fn many_are_told_in_portions() {
    let mut room = Room::new(known(200));
    (0..200).for_each(|number| room.join(&format!("p{number}"), at(number)));
    room.run_for(1_000);
    room.forget();
    room.ask(Command::Announce(announcement("Dinner!")));
    let told = |room: &Room| {
        let is_it = |datagram: &Datagram<'_>| matches!(datagram, Datagram::Notification { .. });
        room.sent.iter().filter(|(_, _, d)| is_it(d)).count()
    };
    assert_eq!(told(&room), 64);
    room.run_for(20);
    assert_eq!(told(&room), 128);
    room.run_for(1_000);
    assert_eq!(told(&room), 200);
    let Some(Event::Announced { confirmed, .. }) = room.events.last() else {
        panic!("the end is told");
    };
    assert_eq!(*confirmed, 200);
}

#[test]
fn the_longest_announcement_fits_a_datagram_of_either_kind() {
    for letter in ["\"", "\\", "ä", "你", "🦔", "x"] {
        let text = letter.repeat(ANNOUNCEMENT_MAX / letter.len());
        let mut room = room_of_four();
        room.forget();
        room.ask(Command::Announce(announcement(&text)));
        for to in [at(1), at(3)] {
            let sent = room.sent.iter().find(|(_, other, _)| *other == to);
            let Some((_, _, Datagram::Notification { text: sent, .. })) = sent else {
                panic!("{letter}: nothing was sent");
            };
            assert_eq!(*sent, format!("[Announcement] {text}"));
        }
        assert!(room.longest <= 4_096);
    }
    // Between two of ours the shorter limit holds.
    let mut room = Room::new(Saved::default());
    room.join("x", at(1));
    room.longest = 0;
    let text = "\"".repeat(ANNOUNCEMENT_MAX);
    room.ask(Command::Announce(announcement(&text)));
    assert!(room.longest <= 1_200, "{}", room.longest);
}

#[test]
fn an_announcement_is_a_line_of_text() {
    let too_long = "x".repeat(ANNOUNCEMENT_MAX + 1);
    let parse = Announcement::parse;
    assert_eq!(parse(" \n\t"), Err(AnnouncementError::Empty));
    assert_eq!(parse(&too_long), Err(AnnouncementError::TooLong(501)));
    assert_eq!(parse(" a\nb\u{1b} "), parse("a b"));
}

#[test]
fn an_announcement_is_taken_for_nothing_else() {
    let mut client = client_room();
    for text in [
        "[Server is Down!]",
        "x is already Online!]",
        "[You are Offline. Bye.]",
    ] {
        let words = format!("[Announcement] {text}");
        let said = notification(&words, false);
        client.hear(server_at(), &said);
        assert_eq!(client.events(), [client::Event::Notice(words)]);
    }
}

#[test]
fn a_classic_client_understands_what_the_host_does() {
    let mut town = Town::new(Kind::Ours);
    town.move_in(Kind::Classic, "c", at(1));
    town.move_in(Kind::Classic, "d", at(2));
    town.move_in(Kind::Ours, "x", at(3));
    (1..=3).for_each(|place| town.reg(at(place)));
    town.run_for(1_000);
    town.ask_server(Command::Announce(announcement("Žízeň \"?\"")));
    town.run_for(2_000);
    town.ask_server(Command::Remove(nick("c")));
    town.ask_server(Command::Block(ip(at(2))));
    town.run_for(2_000);
    for place in [at(1), at(2)] {
        assert!(
            town.printed(place)
                .contains(&"[Announcement] Žízeň \"?\"".to_owned())
        );
        assert!(town.printed(place).contains(&REMOVED.to_owned()));
    }
    assert_eq!(town.faults, [""; 0]);
    // Mail under way: nothing of it comes straight to `x`.
    town.lost.push((at(1), at(3)));
    town.say(at(1), "x", "still here");
    town.run_for(5_000);
    assert!(
        town.printed(at(1))
            .contains(&"[Client c Not Existed!]".to_owned())
    );
    assert!(!town.sees_online(at(3), "c") && !town.sees_online(at(3), "d"));
    town.reg(at(1));
    town.run_for(5_000);
    assert!(town.sees_online(at(3), "c"));
    assert_eq!(town.faults, [""; 0]);
}

/// `x` and `y` and `d` with our program, `c` with the classic one, at places 1, 2, 4 and 3.
fn room_of_four() -> Room {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &reg("x", Some(1)));
    room.hear(at(2), &reg("y", Some(1)));
    room.join_classic("c", at(3));
    room.hear(at(4), &reg("d", Some(1)));
    room.run_for(1_000);
    let records = std::mem::take(&mut room.records);
    room.forget();
    room.records = records;
    room
}

fn announcement(text: &str) -> Announcement {
    Announcement::parse(text).expect("a text to announce")
}

fn ip(address: SocketAddr) -> IpAddr {
    address.ip()
}

/// The notifications that a client was sent since the last time, each with whether it is out.
fn notifications(room: &mut Room, to: SocketAddr) -> Vec<(String, bool)> {
    let notification = |datagram| {
        let Datagram::Notification { text, offline, .. } = datagram else {
            return None;
        };
        Some((text.into_owned(), offline))
    };
    room.sent_to(to)
        .into_iter()
        .filter_map(notification)
        .collect()
}
