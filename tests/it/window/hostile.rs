//! What a hostile peer writes is shown, as far as the limits let it in, and makes the window work no
//! more than a long message does. The work is counted in what is laid out, never in time. Once over
//! the real network, where a datagram of a classic peer has its limit, and once straight into the
//! model, with more than any network brings.

use std::net::{SocketAddr, UdpSocket};
use std::thread::{Builder, JoinHandle};

use serde_json::{Value, json};
use super_chatter::protocol::limits::CLASSIC_DATAGRAM_MAX;

use super::growth::glyphs;
use super::screen::{Ear, Screen};
use super::talk::{address, host};

/// Most letters that a frame may lay out, in view or not: a folded message has at most 4000, and each
/// may become eight when it is one that is shown by its number. With it stand some names and times.
const GLYPHS_MAX: usize = 40_000;

/// Most texts laid out that the window keeps for the next frame.
const GALLEYS_MAX: usize = 1_000;

/// The largest datagram that IPv4 carries.
const UDP_MAX: usize = 65_507;

const MEGABYTE: usize = 1_000_000;

#[test]
fn a_hostile_message_from_the_network_is_shown_or_dropped_and_the_next_one_comes() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    let server: SocketAddr = address(&amy).parse().expect("an address");
    let peer = Peer::register("sonic", server);
    ear.until("the peer", &mut [&mut amy], |screens| {
        screens[0].shows("sonic, online")
    });
    let window = amy.app().session().own_address.expect("it is signed in");
    let window = SocketAddr::new(server.ip(), window.port());
    let mut shown = 0;
    for bytes in [CLASSIC_DATAGRAM_MAX, UDP_MAX] {
        for piece in PIECES {
            peer.say(window, piece, bytes);
            shown += usize::from(bytes == CLASSIC_DATAGRAM_MAX);
            // Whatever was dropped, what follows it is not. One at a time: together they would be more than
            // a system keeps for a socket.
            peer.say(window, "x", 100);
            shown += 1;
            ear.until("the message after it", &mut [&mut amy], |screens| {
                screens[0].lines("sonic") == shown
            });
        }
    }
    assert_eq!(amy.lines("sonic"), shown);
    bounded(&mut amy);
    peer.leave();
}

#[test]
fn a_megabyte_of_anything_costs_a_frame_what_a_long_message_does() {
    for piece in PIECES {
        let mut screen = Screen::with_sonic();
        let text = piece.repeat(MEGABYTE / piece.len());
        screen.received("sonic", &text);
        assert_eq!(screen.lines("sonic"), 1);
        bounded(&mut screen);
        screen.received("sonic", "and now?");
        bounded(&mut screen);
    }
}

/// What the messages are made of: lines, marks that pile up, letters that turn the direction,
/// characters that can't be seen, a word without an end, emoji that join, a ligature of many letters.
const PIECES: [&str; 8] = [
    "\n",
    "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}",
    "\u{202e}\u{2066}abc",
    "\u{1}\u{7f}\u{85}\u{feff}",
    "x",
    "👩\u{200d}",
    "\u{fdfa}",
    "\t \r",
];

/// The window is at rest, and no more was laid out than for a long message.
fn bounded(screen: &mut Screen) {
    screen.harness.run();
    let glyphs = glyphs(screen);
    assert!(glyphs <= GLYPHS_MAX, "{glyphs} letters");
    let galleys = screen
        .harness
        .ctx
        .fonts(|fonts| fonts.num_galleys_in_cache());
    assert!(galleys <= GALLEYS_MAX, "{galleys} texts");
}

/// A classic peer: it acks whatever it is sent, until it leaves.
struct Peer {
    socket: UdpSocket,
    nickname: String,
    acks: JoinHandle<()>,
}

impl Peer {
    fn register(nickname: &str, server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback is there");
        let request = json!({ "Type": "Reg", "Nickname": nickname });
        send(&socket, server, &request);
        let ear = socket.try_clone().expect("a second handle");
        let acks = Builder::new()
            .name("peer".to_owned())
            .spawn(move || ack_all(&ear))
            .expect("a thread");
        Self {
            socket,
            nickname: nickname.to_owned(),
            acks,
        }
    }

    /// Sends a message of as many pieces as a datagram of that size holds.
    fn say(&self, to: SocketAddr, piece: &str, bytes: usize) {
        let message = |count: usize| json!({ "Type": "Chat", "Sender": self.nickname, "Msg": piece.repeat(count) });
        let frame = message(0).to_string().len();
        let each = message(1).to_string().len() - frame;
        send(&self.socket, to, &message((bytes - frame) / each));
    }

    fn leave(self) {
        let own = self.socket.local_addr().expect("it is bound");
        self.socket.send_to(b"", own).expect("loopback is there");
        self.acks.join().expect("it does not panic");
    }
}

fn send(socket: &UdpSocket, to: SocketAddr, message: &Value) {
    let bytes = message.to_string().into_bytes();
    socket.send_to(&bytes, to).expect("it fits a datagram");
}

/// Acks every datagram that is no ack, until an empty one comes.
fn ack_all(socket: &UdpSocket) {
    let mut buffer = [0; 4096];
    while let Ok((len, from)) = socket.recv_from(&mut buffer) {
        let received: Option<Value> = serde_json::from_slice(&buffer[..len]).ok();
        match received {
            Some(message) if message["Type"] != "ack" => {
                send(socket, from, &json!({ "Type": "ack" }));
            }
            Some(_) => {}
            None => return,
        }
    }
}
