//! What the console client says and does, word for word, without a network.

use std::net::SocketAddr;
use std::time::Duration;

use super_chatter::console::talk::{Console, Exit, Step};
use super_chatter::driver::DriverError;
use super_chatter::driver::client::{Command, Opened, Told};
use super_chatter::machine::client::{
    Contact, Delivery, Event, Failure, Line, LineId, LostCause, Origin, Path, Session,
};
use super_chatter::protocol::Nickname;
use super_chatter::store::{Aside, Fault, FaultKind};

#[test]
fn it_signs_in_and_is_welcomed() {
    let mut console = Console::new(nickname("x"), "127.0.0.1".to_owned(), 5000);
    assert_eq!(console.start(), asks(sign_in("x")));
    assert_eq!(console.on_told(Told::Bound(address())), Step::default());
    assert_eq!(
        session(&mut console, Session::Registering { attempt: 1 }),
        Step::default()
    );
    assert_eq!(
        session(&mut console, Session::Online),
        says(["[Welcome, You are registered.]"])
    );
    assert_eq!(
        contacts(&mut console, "y", true),
        says(["[Client table updated.]"])
    );
}

#[test]
fn every_failed_attempt_is_told_and_then_it_ends() {
    let mut console = started();
    for attempt in 2..=5 {
        let expected = format!("[{} Attempt Connection.]", attempt - 1);
        assert_eq!(
            session(&mut console, Session::Registering { attempt }),
            says([expected.as_str()])
        );
    }
    let step = session(&mut console, waiting(LostCause::Silent));
    assert_eq!(step.lines, ["[Server not responding]", "[Exiting]"]);
    assert_eq!(step.exit, Some(Exit::NoServer));
}

#[test]
fn lines_wait_until_the_table_has_come_as_far_as_ones_own_name() {
    let mut console = started();
    assert!(!console.takes_lines());
    session(&mut console, Session::Online);
    contacts(&mut console, "y", true);
    assert!(!console.takes_lines());
    contacts(&mut console, "x", true);
    assert!(console.takes_lines());
    session(&mut console, Session::SignedOut);
    assert!(console.takes_lines());
    console.on_line("reg x");
    assert!(!console.takes_lines());
    session(&mut console, Session::Online);
    console.give_up_on_table();
    assert!(console.takes_lines());
    assert_eq!(
        console.on_told(Told::Client(Event::Contacts(Vec::new()))),
        Step::default()
    );
}

#[test]
fn what_is_not_delivered_at_the_end_waits_for_the_next_start() {
    let mut console = online();
    for line in 1..=4 {
        console.on_line("send y hi");
        accepted(&mut console, line);
    }
    delivery(&mut console, 1, Delivery::Delivered(Path::Direct));
    delivery(&mut console, 2, Delivery::Stored);
    console.on_interrupt();
    assert_eq!(
        delivery(&mut console, 3, Delivery::Waiting),
        Step::default()
    );
    let closed = console.on_told(Told::Client(Event::Closed));
    assert_eq!(closed.lines, ["[Messages that wait for the next start: 2]"]);
}

#[test]
fn what_the_last_run_left_is_told_and_followed() {
    let mut console = started();
    let stored = Delivery::Stored;
    let open = vec![
        own(3, Delivery::Trying),
        own(5, Delivery::Waiting),
        own(7, stored),
    ];
    let opened = Opened {
        open,
        ..Opened::default()
    };
    let waits = says(["[Messages that wait: 2]"]);
    assert_eq!(console.on_told(Told::Opened(opened)), waits);
    session(&mut console, Session::Online);
    let received = says(["[Message received by y.]"]);
    for line in [3, 5, 7] {
        let delivered = Delivery::Delivered(Path::Direct);
        assert_eq!(delivery(&mut console, line, delivered), received);
    }
    assert_eq!(console.on_end_of_input(), asks(Command::Close));
    let closed = console.on_told(Told::Client(Event::Closed));
    assert_eq!(closed.lines, [""; 0]);
    assert_eq!(
        online().on_told(Told::Opened(Opened::default())),
        Step::default()
    );
}

#[test]
fn a_profile_that_was_moved_aside_is_told() {
    let aside = Told::Aside(Aside {
        path: "there".into(),
        why: Fault::new(FaultKind::Damaged, "it is damaged\u{7}"),
    });
    let said = "[it is damaged<U+0007>; it was moved to there, and a new one was begun]";
    assert_eq!(online().on_told(aside), says([said]));
}

#[test]
fn what_was_not_even_accepted_is_told() {
    let mut console = online();
    console.on_line("send y hi");
    console.on_line("send y ho");
    accepted(&mut console, 1);
    let failed = console.on_told(Told::Failed(DriverError::Ended));
    assert_eq!(
        failed.lines,
        [
            "[Messages that wait for the next start: 1]",
            "[Messages not accepted: 1]"
        ]
    );
}

#[test]
fn a_server_that_stops_ends_it() {
    let step = session(&mut online(), waiting(LostCause::Down));
    assert_eq!(
        (step.lines, step.exit),
        (vec!["[Server is Down!]".to_owned()], Some(Exit::Done))
    );
}

#[test]
fn a_port_that_is_taken_ends_it_with_the_reason() {
    let error = DriverError::PortTaken(1234);
    assert_eq!(
        started().on_told(Told::Failed(error.clone())).exit,
        Some(Exit::Failed(error))
    );
}

#[test]
fn a_taken_name_is_told_and_another_can_be_had() {
    let mut console = started();
    assert_eq!(
        session(&mut console, Session::NameTaken),
        says(["[x is already Online!]"])
    );
    assert_eq!(console.on_line("reg z"), asks(sign_in("z")));
    assert_eq!(
        session(&mut console, Session::NameTaken),
        says(["[z is already Online!]"])
    );
    let refused = console.on_line("reg a b");
    assert!(
        refused.lines[0].contains("no spaces") && refused.commands.is_empty(),
        "{refused:?}"
    );
}

#[test]
fn a_message_goes_straight() {
    let mut console = online();
    assert_eq!(
        console.on_line("send y  Where is Knuckles? \n"),
        asks(send("y", "Where is Knuckles?"))
    );
    assert_eq!(accepted(&mut console, 1), Step::default());
    assert_eq!(delivery(&mut console, 1, Delivery::Trying), Step::default());
    let received = says(["[Message received by y.]"]);
    assert_eq!(
        delivery(&mut console, 1, Delivery::Delivered(Path::Direct)),
        received
    );
    assert_eq!(console.on_line("send y 你好"), asks(send("y", "你好")));
}

#[test]
fn a_message_to_somebody_who_does_not_answer_goes_to_the_server() {
    let mut console = online();
    contacts(&mut console, "y", true);
    console.on_line("send y hi");
    accepted(&mut console, 1);
    let no_ack = says(["[No ACK from y, message sent to server.]"]);
    assert_eq!(delivery(&mut console, 1, Delivery::HandingOver), no_ack);
    let saved = says(["[Messages received by the server and saved]"]);
    assert_eq!(delivery(&mut console, 1, Delivery::Stored), saved);
    let received = says(["[Message received by y.]"]);
    assert_eq!(
        delivery(&mut console, 1, Delivery::Delivered(Path::ViaServer)),
        received
    );
}

#[test]
fn a_message_to_somebody_who_is_offline_waits_for_no_ack() {
    let mut console = online();
    contacts(&mut console, "y", true);
    contacts(&mut console, "y", false);
    console.on_line("send y hi");
    accepted(&mut console, 1);
    assert_eq!(
        delivery(&mut console, 1, Delivery::HandingOver),
        Step::default()
    );
}

#[test]
fn what_can_not_be_delivered_is_told() {
    for (failure, expected) in [
        (Failure::UnknownRecipient, "[Client y Not Existed!]"),
        (
            Failure::TooLong,
            "[Not sent to y: a message has at most 16384 bytes.]",
        ),
        (
            Failure::TooLongForClassic,
            "[Not sent: y can't take more than 4096 bytes.]",
        ),
        (
            Failure::TooMany,
            "[Not sent: too many messages wait for y.]",
        ),
        (
            Failure::Expired,
            "[Not delivered: y did not come for it in 30 days.]",
        ),
        (Failure::DiskFull, "[Not sent: the disk is full.]"),
    ] {
        let mut console = online();
        console.on_line("send y hi");
        let refused = Told::Client(Event::Refused {
            to: nickname("y"),
            text: "hi".to_owned(),
            failure,
        });
        assert_eq!(console.on_told(refused), says([expected]));
        assert_eq!(console.on_end_of_input(), asks(Command::Close));

        let mut console = online();
        console.on_line("send y hi");
        accepted(&mut console, 1);
        assert_eq!(
            delivery(&mut console, 1, Delivery::Failed(failure)),
            says([expected])
        );
    }
    let mut console = online();
    console.on_line("send y hi");
    accepted(&mut console, 1);
    let waits = says(["[The message to y waits: it can't be delivered now.]"]);
    assert_eq!(delivery(&mut console, 1, Delivery::Waiting), waits);
    assert_eq!(
        console.on_line("send a\u{1b}[2J hi"),
        says(["[Client a<U+001B>[2J Not Existed!]"])
    );
}

#[test]
fn mail_is_announced_once_a_sign_in() {
    let mut console = online();
    assert_eq!(received(&mut console, "hi", Path::Direct), says(["y: hi"]));
    let announced = says(["[You Have Messages]", "y: one"]);
    assert_eq!(received(&mut console, "one", Path::ViaServer), announced);
    assert_eq!(
        received(&mut console, "two", Path::ViaServer),
        says(["y: two"])
    );
    session(&mut console, Session::Online);
    assert_eq!(
        received(&mut console, "three", Path::ViaServer).lines.len(),
        2
    );
}

#[test]
fn no_text_steers_the_terminal() {
    let mut console = online();
    let hostile = "\u{1b}]0;title\u{7}\r\u{9b}2J\u{202e}\tend\n你好 🦔";
    let shown = says(["y: <U+001B>]0;title<U+0007>\n    <U+009B>2J<U+202E>\tend\n    你好 🦔"]);
    assert_eq!(received(&mut console, hostile, Path::Direct), shown);
    let notice = Told::Client(Event::Notice("\u{1b}[31mred".to_owned()));
    assert_eq!(console.on_told(notice), says(["<U+001B>[31mred"]));
}

#[test]
fn signing_out_stays_at_the_prompt() {
    let mut console = online();
    assert_eq!(console.on_line("dereg"), asks(Command::SignOut));
    assert_eq!(
        session(&mut console, Session::SignedOut),
        says(["[You are Offline. Bye.]"])
    );
    assert_eq!(
        console.on_line("dereg"),
        says(["[You are offline already.]"])
    );
    assert_eq!(console.on_line("reg x"), asks(sign_in("x")));
}

#[test]
fn ctrl_c_signs_out_and_ends() {
    let mut console = online();
    assert_eq!(console.on_interrupt(), asks(Command::Close));
    assert_eq!(console.on_interrupt(), Step::default());
    assert_eq!(
        session(&mut console, waiting(LostCause::Silent)),
        Step::default()
    );
    assert_eq!(
        session(&mut console, Session::SignedOut),
        says(["[You are Offline. Bye.]"])
    );
    assert_eq!(
        console.on_told(Told::Client(Event::Closed)).exit,
        Some(Exit::Done)
    );
}

#[test]
fn the_end_of_input_ends_it_once_the_last_message_is_out() {
    let mut console = online();
    assert_eq!(console.on_end_of_input(), asks(Command::Close));

    let mut console = started();
    console.on_line("send y hi");
    assert_eq!(console.on_end_of_input(), Step::default());
    assert_eq!(session(&mut console, Session::Online).commands, []);
    assert_eq!(accepted(&mut console, 1), Step::default());
    assert_eq!(
        delivery(&mut console, 1, Delivery::HandingOver).commands,
        []
    );
    assert_eq!(
        delivery(&mut console, 1, Delivery::Stored).commands,
        [Command::Close]
    );
    assert_eq!(received(&mut console, "late", Path::Direct).commands, []);

    let mut console = online();
    console.on_line("send y hi");
    console.on_end_of_input();
    accepted(&mut console, 1);
    assert_eq!(
        session(&mut console, Session::NameTaken).commands,
        [Command::Close]
    );
}

#[test]
fn a_line_that_is_no_command_names_the_commands() {
    for line in ["hello", "send", "send y", "reg", "dereg me", "SEND y hi"] {
        assert_eq!(
            online().on_line(line),
            says(["[Commands: send <nick> <text>, dereg, reg <nick>]"]),
            "{line}"
        );
    }
    assert_eq!(online().on_line("  \n"), Step::default());
}

fn started() -> Console {
    let mut console = Console::new(nickname("x"), "127.0.0.1".to_owned(), 5000);
    console.start();
    console
}

fn online() -> Console {
    let mut console = started();
    session(&mut console, Session::Online);
    console
}

fn session(console: &mut Console, session: Session) -> Step {
    console.on_told(Told::Client(Event::Session(session)))
}

fn delivery(console: &mut Console, line: u64, delivery: Delivery) -> Step {
    console.on_told(Told::Client(Event::Delivery {
        line: LineId(line),
        delivery,
        at_ms: 0,
    }))
}

fn contacts(console: &mut Console, name: &str, online: bool) -> Step {
    let contact = Contact {
        nickname: nickname(name),
        address: address(),
        online,
        extended: true,
    };
    console.on_told(Told::Client(Event::Contacts(vec![contact])))
}

fn received(console: &mut Console, text: &str, path: Path) -> Step {
    let written_ms = None;
    let origin = Origin::Theirs { written_ms, path };
    let text = text.to_owned();
    let line = Line {
        text,
        origin,
        ..own(99, Delivery::Trying)
    };
    console.on_told(Told::Client(Event::Line(line)))
}

/// A message stands in the profile.
fn accepted(console: &mut Console, line: u64) -> Step {
    let line = own(line, Delivery::Trying);
    console.on_told(Told::Client(Event::Line(line)))
}

fn own(line: u64, delivery: Delivery) -> Line {
    Line {
        id: LineId(line),
        peer: nickname("y"),
        text: "hi".to_owned(),
        at_ms: 0,
        origin: Origin::Own { delivery },
    }
}

fn waiting(cause: LostCause) -> Session {
    Session::Waiting {
        retry_after: Duration::from_secs(1),
        cause,
    }
}

fn sign_in(name: &str) -> Command {
    Command::SignIn {
        nickname: nickname(name),
        host: "127.0.0.1".to_owned(),
        port: 5000,
    }
}

fn send(to: &str, text: &str) -> Command {
    Command::Send {
        to: nickname(to),
        text: text.to_owned(),
    }
}

fn says<const N: usize>(lines: [&str; N]) -> Step {
    Step {
        lines: lines.map(str::to_owned).to_vec(),
        ..Step::default()
    }
}

fn asks(command: Command) -> Step {
    Step {
        commands: vec![command],
        ..Step::default()
    }
}

fn address() -> SocketAddr {
    ([127, 0, 0, 1], 1234).into()
}

fn nickname(text: &str) -> Nickname {
    Nickname::parse(text).expect("a valid name")
}
