//! Windows on real sockets, over the loopback network: hosting, ports, and that two of them talk through a
//! server in one of them. What else two do with each other is told on a simulated network ([`super::lan`]).

use std::net::UdpSocket;

use super::screen::{Ear, Screen};
use super_chatter::app::session::Standing;

#[test]
fn hosting_shows_the_addresses_and_signs_in() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    let address = address(&amy);
    assert!(amy.shows(&address), "{address}");
    assert!(amy.shows(&format!("Copy {address}")));
    assert!(amy.is_ticked("Host server"));
    assert!(amy.shows(&format!(
        "Nobody else is here yet. Others join at {address}."
    )));
}

#[test]
fn two_windows_talk_and_each_sees_that_it_arrived() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    sonic.click("amy, online");
    sonic.write("hello amy");
    sonic.press_enter();
    ear.until("delivered", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("hello amy") && screens[1].shows("delivered")
    });
    assert!(amy.shows("Tab sonic"), "it has opened by itself");
    amy.write("hello sonic");
    amy.press_enter();
    ear.until("the reply", &mut [&mut amy, &mut sonic], |screens| {
        screens[1].shows("hello sonic") && screens[0].shows("delivered")
    });
}

#[test]
fn a_port_that_is_taken_is_said_at_the_field() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("loopback is there");
    let port = taken.local_addr().expect("it is bound").port();
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    amy.click("Advanced");
    amy.fill("Host port", &port.to_string());
    amy.click("Host here");
    let said = format!("Another program uses port {port}.");
    ear.until("the host port", &mut [&mut amy], |screens| {
        screens[0].shows_part(&said) && screens[0].shows("Host here")
    });
    assert_eq!(amy.value("Host port"), port.to_string());

    amy.fill("Own port", &port.to_string());
    amy.fill("Server", "127.0.0.1");
    amy.click("Join");
    ear.until("the own port", &mut [&mut amy], |screens| {
        screens[0].shows_part(&said) && screens[0].shows("Join")
    });
    assert_eq!(amy.value("Own port"), port.to_string());
}

#[test]
fn an_address_that_does_not_resolve_is_said_at_the_field() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    amy.fill("Server", "no.such.host.invalid");
    amy.click("Join");
    ear.until("the sentence", &mut [&mut amy], |screens| {
        screens[0].shows_part("No computer called “no.such.host.invalid” was found.")
    });
    assert_eq!(amy.value("Server"), "no.such.host.invalid");
    assert!(amy.shows("Join"));
}

#[test]
fn unticking_says_good_bye_to_the_others() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    sonic.click("amy, online");
    amy.click("Host server");
    amy.click("Stop hosting");
    ear.until("the bar", &mut [&mut amy, &mut sonic], |screens| {
        screens[1].shows_part("The server has stopped. Trying again in")
    });
    assert!(sonic.shows("Try now"));
    ear.until("the end", &mut [&mut amy, &mut sonic], |screens| {
        !screens[0].shows("Host server") && !is_online(screens[0])
    });
}

#[test]
fn a_closed_window_says_good_bye_and_ends() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    sonic.click("amy, online");
    amy.close_anyway();
    ear.until("the end", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].app().has_ended() && screens[1].shows_part("The server has stopped.")
    });
    assert!(amy.shows("Saying good-bye…"));
}

#[test]
fn another_own_port_takes_the_waiting_lines_along() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    sonic.click("amy, online");
    sonic.click("Sign out");
    ear.until("signed out", &mut [&mut amy, &mut sonic], |screens| {
        screens[1].shows("You are signed out.")
    });
    let before = sonic.app().session().own_address;
    let free = UdpSocket::bind("127.0.0.1:0").expect("loopback is there");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    sonic.click("Advanced");
    sonic.fill("Own port", &port.to_string());
    sonic.click(&format!("Join {}", address(&amy)));
    sonic.click("Message to amy");
    sonic.write("from my new port");
    sonic.press_enter();
    ear.until("delivered", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("from my new port") && screens[1].shows("delivered")
    });
    let after = sonic.app().session().own_address;
    assert_ne!(before, after);
    assert_eq!(after.map(|address| address.port()), Some(port));
}

/// Amy hosts, sonic has signed in there, and each sees the other.
pub fn pair(ear: &Ear) -> (Screen, Screen) {
    let mut amy = Screen::new("amy", ear);
    host(ear, &mut amy);
    let mut sonic = Screen::new("sonic", ear);
    sonic.fill("Server", &address(&amy));
    sonic.click("Join");
    ear.until("each other", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows("sonic, online") && screens[1].shows("amy, online")
    });
    (amy, sonic)
}

pub fn host(ear: &Ear, screen: &mut Screen) {
    screen.click("Host here");
    ear.until("the server", &mut [screen], |screens| is_online(screens[0]));
}

pub fn address(screen: &Screen) -> String {
    let hosting = screen.app().hosting();
    hosting.addresses.first().expect("it is open").clone()
}

pub fn is_online(screen: &Screen) -> bool {
    screen.app().session().standing == Standing::Online
}
