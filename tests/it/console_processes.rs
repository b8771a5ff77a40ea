//! The console client and the server as processes, over loopback: what the classic program's user
//! sees from the first line to the last.

use std::path::Path;

use tempfile::TempDir;

use crate::process::{Process, free_port};

const WELCOME: &str = "[Welcome, You are registered.]";
const SAVED: &str = "[Messages received by the server and saved]";
const TABLE: &str = "[Client table updated.]";
const BYE: &str = "[You are Offline. Bye.]";

#[test]
fn two_people_talk_and_mail_waits_for_who_is_away() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let server = serve(port, folder.path());
    let mut x = join("x", port);
    let mut y = join("y", port);

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

    let mut y = join("y", port);
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
    let mut y = join("y", port);
    y.end_input();
    y.expect(BYE);
    assert_eq!(y.end().code, Some(0));
    let mut x = join("x", port);
    x.expect(TABLE);
    x.type_line("send y first");
    x.expect(SAVED);
    server.interrupt();
    assert_eq!(server.end().code, Some(0));
    assert_eq!(x.end().code, Some(0));

    let _server = serve(port, folder.path());
    join("y", port).expect("x: first");
}

#[test]
fn what_a_pipe_says_is_sent_before_it_ends() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let _server = serve(port, folder.path());
    let mut y = join("y", port);
    let mut x = client("x", port);
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
    let _x = join("x", port);
    let mut other = client("x", port);
    other.expect("[x is already Online!]");
    other.type_line("reg z");
    other.expect(WELCOME);
}

#[test]
fn a_server_that_is_not_there_is_tried_and_given_up() {
    let mut x = client("x", free_port());
    x.expect("[1 Attempt Connection.]");
    x.expect("[Server not responding]");
    x.expect("[Exiting]");
    assert_eq!(x.end().code, Some(1));
}

fn serve(port: u16, folder: &Path) -> Process {
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

fn client(name: &str, port: u16) -> Process {
    Process::start([
        "-c",
        name,
        "127.0.0.1",
        &port.to_string(),
        "0",
        "--bind",
        "127.0.0.1",
    ])
}

fn join(name: &str, port: u16) -> Process {
    let mut client = client(name, port);
    client.expect(WELCOME);
    client
}
