//! The client's rules for its session and its table: signing in, staying in, signing out, and
//! whom it believes.

use std::time::Duration;

use super_chatter::machine::client::{
    self, Client, Command, Delivery, Event, LostCause, Path, Session,
};
use super_chatter::machine::{Machine, Output};
use super_chatter::protocol::{
    Ack, Answer, Datagram, Instance, RequestId, RoomName, Table, TablePage, Version,
};

use crate::bench::*;

#[test]
fn a_silent_server_is_asked_five_times_500_ms_apart() {
    let mut bench = signing_in();
    bench.run_to(3_000);
    let asked: Vec<_> = requests(&mut bench).into_iter().take(5).collect();
    assert_eq!(asked, [0, 500, 1_000, 1_500, 2_000]);
}

#[test]
fn every_attempt_is_told_and_the_fifth_ends_in_a_pause() {
    let mut bench = signing_in();
    bench.run_to(2_500);
    let told = bench.sessions();
    let attempts = (1..=5).map(|attempt| Session::Registering { attempt });
    assert_eq!(told[..5], attempts.collect::<Vec<_>>());
    let [Session::Waiting { retry_after, cause }] = told[5..] else {
        panic!("a pause follows: {told:?}");
    };
    assert_eq!(cause, LostCause::Silent);
    assert!(retry_after.as_millis().abs_diff(1_000) <= 250);
}

#[test]
fn a_host_without_an_address_is_as_good_as_silent() {
    let mut bench = Bench::new(Client::new(7, client::Saved::default()));
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: Vec::new(),
    });
    let told = bench.sessions();
    assert!(matches!(told[..], [Session::Waiting { .. }]), "{told:?}");
    bench.run_to(60_000);
    let told = bench.sessions();
    assert!((3..8).contains(&told.len()), "{told:?}");
}

#[test]
fn the_pauses_grow_to_half_a_minute_and_are_spread_by_a_quarter() {
    let mut bench = signing_in();
    bench.run_to(300_000);
    let paused = |session| {
        let Session::Waiting { retry_after, .. } = session else {
            return None;
        };
        Some(retry_after.as_millis() as u64)
    };
    let pauses: Vec<_> = bench.sessions().into_iter().filter_map(paused).collect();
    for (pause, planned) in pauses.iter().zip([1, 2, 4, 8, 16, 30, 30, 30]) {
        assert!(
            pause.abs_diff(planned * 1_000) <= planned * 250,
            "{pauses:?}"
        );
    }
    assert!(pauses.len() > 7, "the client never gives up: {pauses:?}");
    assert!(
        pauses.iter().any(|pause| pause % 1_000 != 0),
        "nothing is spread"
    );
}

#[test]
fn the_user_can_ask_not_to_wait_for_the_pause() {
    let mut bench = signing_in();
    bench.run_to(2_500);
    bench.take();
    bench.ask(Command::Reconnect);
    assert_eq!(requests(&mut bench), [2_500]);
}

#[test]
fn a_server_of_a_single_link_is_known_by_that_link() {
    let at_link = |link: u32| {
        format!("[fe80::1%{link}]:5000")
            .parse()
            .expect("an address")
    };
    let mut bench = Bench::new(Client::new(7, client::Saved::default()));
    let (nickname, servers) = (nick("x"), vec![at_link(3)]);
    bench.ask(Command::Register { nickname, servers });
    let sent = bench.sent_to(at_link(3));
    let Some(Datagram::Reg { id: Some(id), .. }) = sent.first() else {
        panic!("asked there: {sent:?}");
    };
    bench.hear(at_link(4), &request_ack(*id, welcome(INSTANCE)));
    assert_eq!(bench.sessions(), [], "a stranger");
    bench.hear(at_link(3), &request_ack(*id, welcome(INSTANCE)));
    assert_eq!(bench.sessions(), [Session::Online]);
}

#[test]
fn an_answer_to_an_earlier_request_does_not_sign_in() {
    let mut bench = signing_in();
    let id = request(&mut bench);
    let answer = welcome(INSTANCE);
    bench.hear(server_at(), &request_ack(RequestId(id.0 - 1), answer));
    bench.hear(at(9), &request_ack(id, answer));
    bench.hear(
        at(9),
        &notification("[Welcome, You are registered.]", false),
    );
    assert_eq!(bench.sessions(), []);
    bench.hear(server_at(), &request_ack(id, answer));
    assert_eq!(bench.sessions(), [Session::Online]);
}

#[test]
fn a_name_that_is_taken_is_not_asked_for_again() {
    for extended in [true, false] {
        let mut bench = signing_in();
        let id = request(&mut bench);
        let answer = match extended {
            true => request_ack(id, Answer::Taken),
            false => notification("[x is already Online!]", true),
        };
        bench.hear(server_at(), &answer);
        assert_eq!(bench.sessions().last(), Some(&Session::NameTaken));
        bench.run_to(600_000);
        assert!(bench.sent().is_empty());
    }
}

#[test]
fn a_server_that_says_good_bye_is_asked_again_after_a_pause() {
    let mut bench = client_among("x", vec![entry("x", at(1), true, true)]);
    bench.hear(server_at(), &notification("[Server is Down!]", true));
    let [
        Session::Waiting {
            cause: LostCause::Down,
            ..
        },
    ] = bench.sessions()[..]
    else {
        panic!("the server is gone");
    };
    bench.run_for(1_250);
    assert_eq!(requests(&mut bench).len(), 1);
}

#[test]
fn a_server_that_falls_silent_is_asked_and_then_lost() {
    let mut bench = client_among("x", vec![entry("x", at(1), true, true)]);
    bench.run_to(19_999);
    assert!(bench.sent().is_empty());
    bench.run_to(22_499);
    assert_eq!(
        requests(&mut bench),
        [20_000, 20_500, 21_000, 21_500, 22_000]
    );
    bench.run_to(22_500);
    assert!(matches!(bench.sessions()[..], [Session::Waiting { .. }]));
}

#[test]
fn people_talk_on_while_the_server_is_silent() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.run_to(23_000);
    bench.take();
    bench.write(1, "y", "still here");
    let [
        Datagram::Chat {
            part: Some(part), ..
        },
    ] = &bench.sent_to(at(2))[..]
    else {
        panic!("it goes straight");
    };
    bench.hear(at(2), &confirmation(*part));
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered(Path::Direct))]);
    bench.hear(at(2), &chat("y", "me too", None));
    assert_eq!(bench.shown(), [("y".into(), "me too".into())]);
}

#[test]
fn signing_out_takes_five_requests_at_most() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.ask(Command::Deregister);
    bench.run_for(10_000);
    let outputs = bench.take();
    let last = outputs.iter().rev().find_map(|(ms, output)| match output {
        Output::Event(Event::Session(session)) => Some((*ms, *session)),
        Output::Persist(_) | Output::Transmit(_) | Output::Event(_) => None,
    });
    assert_eq!(last, Some((2_500, Session::SignedOut)));
    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn signing_out_parks_what_is_under_way_and_signing_in_resumes_it() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.write(1, "y", "hi");
    bench.ask(Command::Deregister);
    let id = match bench.sent_to(server_at()).pop() {
        Some(Datagram::Dereg { id: Some(id), .. }) => id,
        other => panic!("a client signs out by number: {other:?}"),
    };
    bench.hear(server_at(), &request_ack(id, Answer::Done));
    assert_eq!(bench.sessions(), [Session::SignedOut]);
    bench.run_for(60_000);
    assert!(bench.sent().is_empty());
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: vec![server_at()],
    });
    bench.take();
    let answer = welcome(INSTANCE);
    bench.hear(server_at(), &request_ack(RequestId(id.0 + 1), answer));
    let [Datagram::Chat { text, .. }] = &bench.sent_to(at(2))[..] else {
        panic!("the message goes on");
    };
    assert_eq!(text, "hi");
}

#[test]
fn whoever_is_signed_out_hears_nobody() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.ask(Command::Deregister);
    let id = request(&mut bench);
    bench.hear(server_at(), &request_ack(id, Answer::Done));
    bench.take();
    bench.hear(at(2), &chat("y", "hi", Some(part(3, 1, 1))));
    bench.hear(
        at(2),
        &Datagram::Verification {
            id: None,
            token: None,
        },
    );
    assert!(
        bench.take().is_empty(),
        "the sender has to know that it was not shown"
    );
}

#[test]
fn an_impostor_is_neither_shown_nor_acknowledged() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    for from in [at(3), (at(2).ip(), 6001).into()] {
        bench.hear(from, &chat("y", "send money", None));
        bench.hear(from, &chat("y", "send money", Some(part(3, 1, 1))));
        bench.hear(from, &chat("nobody", "hello", None));
        bench.hear(from, &page(1, 2, vec![entry("y", at(3), true, true)]));
        bench.hear(from, &notification("[Server is Down!]", true));
        bench.hear(
            from,
            &Datagram::Verification {
                id: None,
                token: None,
            },
        );
    }
    assert!(bench.take().is_empty());
}

#[test]
fn bytes_that_are_no_datagram_for_a_client_get_no_answer() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    for from in [at(2), server_at(), at(9)] {
        for garbage in [
            &b"\xff"[..],
            b"",
            b"{}",
            b"[\"ack\"]",
            &[b'['; 4000],
            &[0; 9000],
        ] {
            bench.feed(from, garbage);
        }
        bench.hear(from, &reg("z", None));
        bench.hear(from, &dereg("x", None));
        bench.hear(from, &Datagram::Ack(Ack::Plain));
    }
    assert!(bench.take().is_empty());
}

#[test]
fn pages_that_overtake_each_other_make_one_table() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.hear(
        server_at(),
        &page(2, 3, vec![entry("c", at(5), true, true)]),
    );
    assert_eq!(
        table_acks(&mut bench),
        [1],
        "the page is kept, and not confirmed"
    );
    bench.hear(
        server_at(),
        &page(1, 2, vec![entry("b", at(4), true, true)]),
    );
    let outputs = bench.take();
    let told = outputs.iter().find_map(|(_, output)| match output {
        Output::Event(Event::Contacts(contacts)) => Some(contacts.len()),
        Output::Persist(_) | Output::Transmit(_) | Output::Event(_) => None,
    });
    assert_eq!(told, Some(2));
    bench.hear(
        server_at(),
        &page(1, 2, vec![entry("b", at(4), false, true)]),
    );
    assert_eq!(
        table_acks(&mut bench),
        [3],
        "an old page only confirms again"
    );
}

#[test]
fn a_server_that_was_started_anew_begins_its_table_anew() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.run_for(5_000);
    let other = Instance(78);
    let of_other = Datagram::Table(Table::Page(TablePage {
        instance: other,
        from: Version(0),
        to: Version(1),
        room: None,
        entries: vec![entry("z", at(3), true, true)],
    }));
    bench.hear(server_at(), &of_other);
    let Some(Datagram::Reg { id: Some(id), .. }) = bench.sent_to(server_at()).pop() else {
        panic!("the client signs in again");
    };
    bench.hear(server_at(), &request_ack(id, welcome(other)));
    let gone = bench.events().into_iter().find_map(|event| {
        let Event::Contacts(contacts) = event else {
            return None;
        };
        Some(contacts)
    });
    let gone = gone.expect("the contacts change");
    assert!(gone.len() == 1 && gone[0].nickname == nick("y") && !gone[0].online);
    bench.hear(server_at(), &of_other);
    assert_eq!(table_acks(&mut bench), [1]);
}

#[test]
fn what_the_room_is_called_is_told_at_every_sign_in_and_when_it_changes() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.events();
    let named = |from, to, room: &str| {
        let mut datagram = page(from, to, Vec::new());
        if let Datagram::Table(Table::Page(page)) = &mut datagram {
            page.room = Some(RoomName::of(room));
        }
        datagram
    };
    bench.hear(server_at(), &named(2, 3, "too early"));
    assert_eq!(rooms(&mut bench), [""; 0]);
    bench.hear(server_at(), &named(1, 2, "Room 204"));
    assert_eq!(rooms(&mut bench), ["too early"], "the later one counts");
    bench.hear(server_at(), &named(1, 2, "Room 204"));
    bench.hear(server_at(), &page(3, 4, Vec::new()));
    assert_eq!(rooms(&mut bench), [""; 0]);
    for (instance, room) in [(INSTANCE, "too early"), (Instance(78), "")] {
        bench.wake();
        let id = request(&mut bench);
        bench.hear(server_at(), &request_ack(id, welcome(instance)));
        assert_eq!(rooms(&mut bench), [room]);
    }
}

#[test]
fn a_server_that_takes_a_client_for_gone_is_told_otherwise() {
    let mut bench = client_among("x", vec![entry("x", at(1), true, true)]);
    bench.run_for(5_000);
    bench.hear(
        server_at(),
        &page(1, 2, vec![entry("x", at(1), false, true)]),
    );
    let sent = bench.sent_to(server_at());
    assert!(
        sent.iter()
            .any(|datagram| matches!(datagram, Datagram::Reg { .. }))
    );
}

#[test]
fn a_client_that_closes_signs_out_first() {
    let mut bench = client_among("x", vec![entry("y", at(2), true, true)]);
    bench.ask(Command::Close);
    let id = request(&mut bench);
    bench.hear(server_at(), &request_ack(id, Answer::Done));
    assert_eq!(bench.events().last(), Some(&Event::Closed));
    let mut never_in = Bench::new(Client::new(1, client::Saved::default()));
    never_in.ask(Command::Close);
    assert_eq!(never_in.events().last(), Some(&Event::Closed));
}

/// The number of the request that the client just made of the server.
fn request(bench: &mut Bench<Client>) -> RequestId {
    let sent = bench.sent_to(server_at());
    let id = sent.into_iter().find_map(|datagram| match datagram {
        Datagram::Reg { id, .. }
        | Datagram::Dereg { id, .. }
        | Datagram::Verification { id, .. } => id,
        Datagram::Offline { .. }
        | Datagram::Chat { .. }
        | Datagram::Typing { .. }
        | Datagram::Read { .. }
        | Datagram::Ack(_)
        | Datagram::Table(_)
        | Datagram::Notification { .. } => None,
    });
    id.expect("a client asks by number")
}

fn signing_in() -> Bench<Client> {
    let mut bench = Bench::new(Client::new(7, client::Saved::default()));
    bench.ask(Command::Register {
        nickname: nick("x"),
        servers: vec![server_at()],
    });
    assert_eq!(bench.now, Duration::ZERO);
    bench
}

/// What was told as the room's name since the last time.
fn rooms(bench: &mut Bench<Client>) -> Vec<String> {
    let events = bench.events().into_iter();
    let rooms = events.filter_map(|event| {
        let Event::Room(room) = event else {
            return None;
        };
        Some(room.to_string())
    });
    rooms.collect()
}

/// When the server was asked something.
fn requests(bench: &mut Bench<Client>) -> Vec<u64> {
    let to_server = |sent: &Sent| sent.to == server_at();
    bench
        .sent()
        .into_iter()
        .filter(to_server)
        .map(|sent| sent.at_ms)
        .collect()
}

fn table_acks(bench: &mut Bench<Client>) -> Vec<u64> {
    let version = |datagram| {
        let Datagram::Ack(Ack::Table { version, .. }) = datagram else {
            return None;
        };
        Some(version.0)
    };
    bench
        .sent_to(server_at())
        .into_iter()
        .filter_map(version)
        .collect()
}
