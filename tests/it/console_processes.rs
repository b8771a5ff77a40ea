//! The console client and the server as processes, over loopback: what the classic program's user
//! sees from the first line to the last.

use std::path::Path;

use tempfile::TempDir;

use crate::process::{Process, free_port};

const WELCOME: &str = "[Welcome, You are registered.]";
pub const SAVED: &str = "[Messages received by the server and saved]";
const TABLE: &str = "[Client table updated.]";
pub const BYE: &str = "[You are Offline. Bye.]";

#[test]
fn two_people_talk_and_mail_waits_for_who_is_away() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let server = serve(port, folder.path());
    let mut x = join("x", port, folder.path());
    let mut y = join("y", port, folder.path());

    y.expect(TABLE);
    y.type_line("send x Where is Knuckles?");
    x.expect("y: Where is Knuckles?");
    y.expect("[Message received by x.]");
    x.type_line("send y 在这里 🦔");
    y.expect("x: 在这里 🦔");
    x.expect("[Message received by y.]");

    y.interrupt();
    y.expect(BYE);
    assert_eq!(y.end().code, Some(0));
    x.type_line("send y 你好, later");
    x.expect(SAVED);

    let mut y = join("y", port, folder.path());
    y.expect("[You Have Messages]");
    y.expect("x: 你好, later");
    x.expect("[Message received by y.]");

    x.type_line("dereg");
    x.expect(BYE);
    x.type_line("reg x");
    x.expect(WELCOME);

    server.interrupt();
    for client in [&mut x, &mut y] {
        client.expect("[Server is Down!]");
    }
    for process in [x, y, server] {
        let end = process.end();
        assert_eq!((end.code, end.errors.as_str()), (Some(0), ""), "{end:?}");
    }
}

#[test]
fn mail_outlives_the_server() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let server = serve(port, folder.path());
    let mut y = join("y", port, folder.path());
    y.end_input();
    y.expect(BYE);
    assert_eq!(y.end().code, Some(0));
    let mut x = join("x", port, folder.path());
    x.expect(TABLE);
    x.type_line("send y first");
    x.expect(SAVED);
    server.interrupt();
    assert_eq!(server.end().code, Some(0));
    assert_eq!(x.end().code, Some(0));

    let _server = serve(port, folder.path());
    join("y", port, folder.path()).expect("x: first");
}

#[test]
fn what_a_pipe_says_is_sent_before_it_ends() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let _server = serve(port, folder.path());
    let mut y = join("y", port, folder.path());
    let mut x = client("x", port, folder.path());
    x.type_line("send y from a script");
    x.end_input();
    let end = x.end();
    assert_eq!(end.code, Some(0), "{end:?}");
    y.expect("x: from a script");
}

#[test]
fn a_taken_name_is_told() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let _server = serve(port, folder.path());
    let _x = join("x", port, folder.path());
    let elsewhere = TempDir::new().expect("a folder");
    let mut other = client("x", port, elsewhere.path());
    other.expect("[x is already Online!]");
    other.type_line("reg z");
    other.expect(WELCOME);
}

#[test]
fn a_server_that_is_not_there_is_tried_and_given_up() {
    let folder = TempDir::new().expect("a folder");
    let mut x = client("x", free_port(), folder.path());
    x.expect("[1 Attempt Connection.]");
    x.expect("[Server not responding]");
    x.expect("[Exiting]");
    assert_eq!(x.end().code, Some(1));
}

#[test]
fn what_was_not_delivered_waits_for_the_next_start_and_arrives_once() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let server = serve(port, folder.path());
    let mut y = join("y", port, folder.path());
    let mut x = join("x", port, folder.path());
    y.expect(TABLE);
    x.type_line("dereg");
    x.expect(BYE);
    x.type_line("send y kept for later");
    x.end_input();
    let end = x.end();
    assert_eq!(end.code, Some(0), "{end:?}");
    let waits = "[Messages that wait for the next start: 1]";
    assert!(end.out.contains(waits), "{end:?}");

    let mut x = client("x", port, folder.path());
    x.expect("[Messages that wait: 1]");
    x.expect(WELCOME);
    y.expect("x: kept for later");
    x.expect("[Message received by y.]");
    x.type_line("send y and more");
    y.expect("x: and more");
    server.interrupt();
    let shown = y.end().out;
    assert_eq!(shown.matches("x: kept for later").count(), 1, "{shown}");
    assert!(!x.end().out.contains(waits));
}

#[test]
fn consoles_of_different_names_run_beside_each_other_and_none_twice() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let _server = serve(port, folder.path());
    let _x = join("x", port, folder.path());
    let end = client("x", port, folder.path()).end();
    assert_eq!(end.code, Some(1));
    let in_use = "is in use by another Super Chatter\n";
    assert!(end.errors.ends_with(in_use), "{end:?}");
    assert_eq!(end.errors.lines().count(), 1, "{end:?}");

    let inside = folder.path().join("inside");
    join("../z", port, &inside);
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
        entries.map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&inside), ["console-%2E%2E%2F%7A"]);
    assert!(
        !names(folder.path()).contains(&"z".into()),
        "no name is a path"
    );
}

pub fn serve(port: u16, folder: &Path) -> Process {
    let folder = folder.to_str().expect("a folder of ours");
    let mut server = Process::start([
        "-s",
        &port.to_string(),
        "--bind",
        "127.0.0.1",
        "--data-dir",
        folder,
    ]);
    server.expect(&format!("Listening on port {port}"));
    server
}

pub fn client(name: &str, port: u16, folder: &Path) -> Process {
    Process::start([
        "-c",
        name,
        "127.0.0.1",
        &port.to_string(),
        "0",
        "--bind",
        "127.0.0.1",
        "--data-dir",
        folder.to_str().expect("a folder of ours"),
    ])
}

pub fn join(name: &str, port: u16, folder: &Path) -> Process {
    let mut client = client(name, port, folder);
    client.expect(WELCOME);
    client
}
