//! Clients that end and start again on their profile, over the loopback network.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::path::Path;
use std::time::Instant;

use super_chatter::driver::DriverError;
use super_chatter::driver::client::{
    self, Answer, Client, Command, Edge, Opened, Question, Search, Told,
};
use super_chatter::driver::server;
use super_chatter::machine::client::{Delivery, Event, Line, LineId};

use crate::loopback::{
    HERE, PATIENCE, name, nobody, profile, say, sign_in, start_client, start_server, stop_server,
    wait, wait_delivery, wait_seen, wait_text,
};

#[test]
fn what_was_not_delivered_is_after_the_next_start_and_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (x, opened) = start("x", folder.path());
    assert_eq!(opened, Opened::default());
    let first = say(&x, "y", "first");
    // No farewell: as if the power had gone.
    x.join();

    let (server, address) = start_server(0, folder.path());
    let y = start_client("y", address, folder.path());
    wait_seen(&y, "y", true);
    let (x, opened) = start("x", folder.path());
    let texts: Vec<_> = opened.open.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["first"]);
    sign_in(&x, "x", address);
    assert_eq!(wait_text(&y), "first");
    wait(&x, "a delivery", |event| {
        let Event::Delivery { line, delivery, .. } = event else {
            return None;
        };
        (*line == first && matches!(delivery, Delivery::Delivered(_))).then_some(())
    });
    y.join();

    let y = start_client("y", address, folder.path());
    wait_seen(&x, "y", true);
    say(&x, "y", "second");
    assert_eq!(wait_text(&y), "second", "what was shown is not shown again");
    let lines = page(&y, "x");
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["first", "second"]);
    stop_server(server);
}

#[test]
fn what_the_user_left_is_there_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let x = start_client("x", address, folder.path());
    let y = start_client("y", address, folder.path());
    wait_seen(&x, "y", true);
    let seen = say(&x, "y", "seen");
    say(&x, "y", "unseen");
    wait_text(&y);
    wait_text(&y);
    for command in [
        Command::Tabs {
            tabs: vec![name("z"), name("x")],
            selected: Some(name("x")),
        },
        Command::Draft {
            peer: name("z"),
            text: "half a thou".to_owned(),
        },
        Command::Read {
            peer: name("x"),
            line: seen,
        },
        Command::Close,
    ] {
        y.send(command).expect("it runs");
    }
    wait(&y, "the end", |event| {
        (*event == Event::Closed).then_some(())
    });
    let (_y, Opened { overview, open }) = start("y", folder.path());
    assert_eq!((overview.tabs, open), (vec![name("z"), name("x")], vec![]));
    assert_eq!(overview.selected, Some(name("x")));
    let [x, z] = &overview.conversations[..] else {
        panic!("{:?}", overview.conversations);
    };
    assert_eq!((z.draft.as_str(), z.unread), ("half a thou", 0));
    assert_eq!((x.draft.as_str(), x.unread, x.lines.len()), ("", 1, 2));
    stop_server(server);
}

#[test]
fn who_writes_is_shown_and_what_was_read_is_known_also_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let x = start_client("x", address, folder.path());
    let y = start_client("y", address, folder.path());
    wait_seen(&x, "y", true);
    wait_seen(&y, "x", true);
    x.send(Command::Typing { to: name("y") }).expect("it runs");
    wait(&y, "a sign of writing", |event| {
        (*event == Event::Typing(name("x"))).then_some(())
    });
    let said = say(&x, "y", "hi");
    let line = wait(&y, "a line", |event| {
        let Event::Line(line) = event else {
            return None;
        };
        Some(line.id)
    });
    let peer = name("x");
    for command in [Command::TellRead(true), Command::Read { peer, line }] {
        y.send(command).expect("it runs");
    }
    let (peer, line) = (name("y"), said);
    let read = Event::ReadBy { peer, line };
    wait(&x, "that it was read", |event| {
        (*event == read).then_some(())
    });
    x.join();
    let (_x, Opened { overview, .. }) = start("x", folder.path());
    let [y] = &overview.conversations[..] else {
        panic!("{:?}", overview.conversations);
    };
    assert_eq!(y.read_by, said);
    stop_server(server);
}

#[test]
fn a_profile_has_one_client_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let (x, _) = start("x", folder.path());
    let path = profile("x", folder.path());
    let second = client::start(HERE, 0, path.clone(), nobody());
    let told = second.wait_told(Instant::now() + PATIENCE);
    assert_eq!(told, Some(Told::Failed(DriverError::StoreInUse(path))));
    assert_eq!(second.wait_told(Instant::now() + PATIENCE), None);
    say(&x, "y", "the first goes on");
    x.send(Command::Close).expect("it runs");
    wait(&x, "the end", |event| {
        (*event == Event::Closed).then_some(())
    });
    let (_x, opened) = start("x", folder.path());
    assert_eq!(opened.open.len(), 1);
}

#[test]
fn a_damaged_profile_is_moved_aside_and_that_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = profile("x", folder.path());
    std::fs::create_dir(folder.path().join("x")).expect("a folder");
    std::fs::write(&path, "no database, but of some length ".repeat(100)).expect("a file");
    let (x, opened) = start("x", folder.path());
    assert_eq!(opened, Opened::default());
    let told = x.wait_told(Instant::now() + PATIENCE);
    let Some(Told::Aside(aside)) = told else {
        panic!("expected where it is now, got {told:?}");
    };
    let why = aside.to_string();
    assert!(
        why.contains("moved to") && why.contains("profile.db.damaged-"),
        "{why}"
    );
    say(&x, "y", "it goes on");
}

#[test]
fn a_damaged_mailbox_is_moved_aside_and_what_it_had_is_offered_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, address) = start_server(0, folder.path());
    let x = start_client("x", address, folder.path());
    let y = start_client("y", address, folder.path());
    wait_seen(&x, "y", true);
    y.send(Command::Close).expect("it runs");
    wait_seen(&x, "y", false);
    y.join();
    let line = say(&x, "y", "kept by the host");
    wait_delivery(&x, line, Delivery::Stored);
    stop_server(server);

    let store = folder.path().join("server.db");
    std::fs::write(store, "no database, but of some length ".repeat(100)).expect("a file");
    let server = server::start(
        HERE,
        address.port(),
        folder.path().join("server.db"),
        nobody(),
    );
    let told = server.wait_told(Instant::now() + PATIENCE);
    let Some(server::Told::Aside(aside)) = told else {
        panic!("expected where it is now, got {told:?}");
    };
    assert!(aside.to_string().contains("server.db.damaged-"), "{aside}");
    let y = start_client("y", address, folder.path());
    assert_eq!(wait_text(&y), "kept by the host");
    stop_server(server);
}

#[test]
fn history_is_read_beside_everything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (x, _) = start("x", folder.path());
    let lines: Vec<_> = ["one", "two", "three"]
        .map(|text| say(&x, "y", text))
        .into();
    let search = Search {
        text: "tw".to_owned(),
        peer: None,
        before: None,
        limit: 9,
    };
    let Answer::Found { lines: found, .. } = look(&x, Question::Search(search)) else {
        panic!("expected what was found");
    };
    assert_eq!(ids(&found), lines[1..2]);
    let question = Question::Page {
        peer: name("y"),
        edge: Edge::Before(lines[2]),
        limit: 1,
    };
    let Answer::Page { page, edge, .. } = look(&x, question) else {
        panic!("expected a page");
    };
    assert_eq!(
        (ids(&page.lines), edge),
        (vec![lines[1]], Edge::Before(lines[2]))
    );
    assert!(page.earlier && page.later);
    let Answer::Story { story, .. } = look(&x, Question::Story(lines[0])) else {
        panic!("expected a story");
    };
    assert_eq!(story.map(|story| story.line.text), Some("one".to_owned()));
}

/// A client that nobody signed in with, and what its profile holds.
fn start(nickname: &str, folder: &Path) -> (Client, Opened) {
    let client = client::start(HERE, 0, profile(nickname, folder), nobody());
    match client.wait_told(Instant::now() + PATIENCE) {
        Some(Told::Opened(opened)) => (client, opened),
        told => panic!("expected an open profile, got {told:?}"),
    }
}

fn look(client: &Client, question: Question) -> Answer {
    client.send(Command::Look(question)).expect("it runs");
    let deadline = Instant::now() + PATIENCE;
    loop {
        match client.wait_told(deadline) {
            Some(Told::History(answer)) => return answer,
            Some(_) => {}
            None => panic!("no answer"),
        }
    }
}

fn page(client: &Client, peer: &str) -> Vec<Line> {
    let question = Question::Page {
        peer: name(peer),
        edge: Edge::Latest,
        limit: 99,
    };
    let Answer::Page { page, .. } = look(client, question) else {
        panic!("expected a page");
    };
    page.lines
}

fn ids(lines: &[Line]) -> Vec<LineId> {
    lines.iter().map(|line| line.id).collect()
}
