//! Taking in a classic server's mail from the host's page, with real files and a real server.

use std::fs;
use std::path::{Path, PathBuf};

use super_chatter::app::Command;
use super_chatter::app::hosting::Standing as Stands;
use super_chatter::app::session::Standing;

use super::screen::{Ear, NOON, Screen};
use super::talk::{host, is_online, pair};

const FROM_KNUCKLES: &str =
    "{\"Msg\": \"an old one\", \"Sender\": \"knuckles\", \"Time\": 1488400115}\n";

#[test]
fn a_server_that_runs_takes_mail_over_and_everybody_comes_back() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    let mail = mail(&amy);
    fs::write(mail.join("nobody%zz"), "no mail").expect("there is room");
    let before = amy.app().hosting().addresses.clone();
    amy.click("Open the host's page");
    open(&mut amy, &mail);
    assert!(amy.shows_somewhere(
        "Your server stops for it and starts again. Everybody comes back by themselves."
    ));
    amy.click("Import");
    ear.until("the outcome", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows_part("2 messages were taken over from 1 file.")
    });
    assert!(amy.shows_part("1 file was left as it is: "), "and which");
    assert!(amy.shows_part("nobody%zz"));
    ear.until("both", &mut [&mut amy, &mut sonic], |screens| {
        screens.iter().all(|screen| is_online(screen)) && screens[1].lines("knuckles") == 2
    });
    assert_eq!(amy.app().hosting().addresses, before);
    assert!(mail.join("sonic.imported").exists());
    assert!(amy.shows_part("were taken over"), "until it is dismissed");
    amy.click("Dismiss");
    assert!(!amy.shows_part("were taken over"));
}

#[test]
fn a_server_that_is_off_is_started_for_it_and_that_is_said_before() {
    let ear = Ear::new();
    let (mut amy, sonic) = pair(&ear);
    drop(sonic);
    let mail = mail(&amy);
    amy.click("Open the host's page");
    amy.run(Command::StopHosting);
    amy.until("the end", |amy| amy.shows("Start hosting"));
    open(&mut amy, &mail);
    assert!(amy.shows_somewhere(
        "Your server is off: it starts for this, and others can then sign in to it."
    ));
    amy.click("Start hosting and import");
    amy.until("the outcome", |amy| {
        amy.shows_part("2 messages were taken over from 1 file.") && is_online(amy)
    });
}

#[test]
fn a_folder_that_is_not_there_costs_nobody_their_server() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    let missing = amy.folder().join("missing");
    amy.click("Open the host's page");
    open(&mut amy, Path::new("half/a/path"));
    assert!(amy.shows_part("Enter the whole path of a folder"));
    amy.fill("Folder with classic mail", &missing.display().to_string());
    amy.click("Import");
    ear.until("the reason", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].shows_part("Not all mail could be taken over (")
            && screens.iter().all(|screen| is_online(screen))
    });
    assert_eq!(sonic.app().session().standing, Standing::Online);
    let typed = amy.value("Folder with classic mail");
    assert_eq!(Path::new(&typed), missing, "to be mended");
}

#[test]
fn a_folder_stays_typed_until_a_server_can_start_and_take_it() {
    let ear = Ear::new();
    let mut amy = Screen::new("amy", &ear);
    host(&ear, &mut amy);
    let mail = mail(&amy);
    amy.click("Open the host's page");
    amy.click("Stop hosting");
    amy.until("the end", |amy| amy.shows("Start hosting"));
    open(&mut amy, &mail);
    amy.fill("Port", "none");
    amy.click("Start hosting and import");
    let typed = amy.value("Folder with classic mail");
    assert_eq!(Path::new(&typed), mail);
    amy.fill("Port", "0");
    amy.click("Start hosting and import");
    amy.until("the outcome", |amy| {
        amy.shows_part("2 messages were taken over from 1 file.") && is_online(amy)
    });
    assert!(!amy.shows_somewhere("Folder with classic mail"), "done");
}

#[test]
fn closing_meanwhile_is_asked_about_since_the_others_come_back() {
    let ear = Ear::new();
    let (mut amy, mut sonic) = pair(&ear);
    ear.until("two people", &mut [&mut amy, &mut sonic], |screens| {
        screens[0].app().hosting().online == 2
    });
    let mail = mail(&amy);
    let form = amy.app().form();
    let app = amy.harness.state_mut().app_mut();
    app.run(NOON, Command::Import { mail, form });
    assert!(app.hosting().importing && app.hosting().standing == Stands::Stopping);
    amy.close();
    assert!(amy.shows("1 person is using your server. If you close Super Chatter, they lose it."));
    amy.click("Cancel");
    ear.until("both", &mut [&mut amy, &mut sonic], |screens| {
        screens.iter().all(|screen| is_online(screen)) && screens[1].lines("knuckles") == 2
    });
}

/// Two messages for sonic in a folder, as a classic server left them.
fn mail(screen: &Screen) -> PathBuf {
    let folder = screen.folder().join("mail");
    fs::create_dir(&folder).expect("there is room");
    fs::write(folder.join("sonic"), FROM_KNUCKLES.repeat(2)).expect("there is room");
    folder
}

fn open(screen: &mut Screen, folder: &Path) {
    // The whole page is in view.
    screen.harness.set_size(egui::vec2(980.0, 1400.0));
    screen.settle();
    screen.click("Import classic mail…");
    screen.fill("Folder with classic mail", &folder.display().to_string());
}
