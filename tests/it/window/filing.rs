//! Saving a conversation as a file.

use std::fs;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use super_chatter::driver::client::{Exported, Told};
use super_chatter::driver::{Fault, FaultKind};

use super::screen::{NOON, Screen};
use super::search::FIND;

const MORE: &str = "More about the conversation with sonic";
const SAVE: &str = "Save the conversation with sonic";

#[test]
fn a_conversation_is_saved_where_the_user_says() {
    let mut screen = asked();
    let path = screen.folder().join("talk.txt");
    screen.fill("File", &path.display().to_string());
    screen.click("Save");
    let said = format!("Saved 1 message to {}.", path.display());
    screen.until("the file", |screen| screen.shows(&said));
    assert!(!screen.shows(SAVE));
    let text = fs::read_to_string(&path).expect("it is there");
    assert!(text.contains("hello"), "{text}");
    assert!(screen.shows("Open folder"));
    screen.click("OK");
    assert!(!screen.shows(&said));
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_that_is_meant() {
    let mut screen = asked();
    let path = screen.folder().join("diary.txt");
    fs::write(&path, "dear diary").expect("there is room");
    screen.fill("File", &path.display().to_string());
    screen.click("Save");
    screen.until("the question", |screen| {
        screen.shows_part("There is a file of that name.")
    });
    assert_eq!(
        fs::read_to_string(&path).expect("it is there"),
        "dear diary"
    );
    screen.click("Save");
    screen.until("the file", |screen| screen.shows_part("Saved 1 message"));
    assert!(
        fs::read_to_string(&path)
            .expect("it is there")
            .contains("hello")
    );
}

#[test]
fn the_menu_of_a_row_saves_what_was_said_with_that_person_if_anything_was() {
    let mut screen = Screen::with_sonic();
    screen.received("tails", "psst");
    for (row, is_there) in [("sonic, online", false), ("tails, online, 1 unread", true)] {
        screen.harness.get_by_label(row).click_secondary();
        screen.settle();
        assert!(screen.shows("Copy name"));
        assert_eq!(screen.shows("Save as a file…"), is_there, "{row}");
        if is_there {
            screen.click("Save as a file…");
            assert!(screen.shows("Save the conversation with tails"));
        } else {
            screen.press(Modifiers::NONE, Key::Escape);
        }
    }
}

#[test]
fn a_place_that_can_t_be_written_is_said_and_stays_in_the_field() {
    let mut screen = asked();
    let path = screen.folder().join("no such folder").join("talk.txt");
    screen.fill("File", &path.display().to_string());
    screen.click("Save");
    screen.until("the reason", |screen| {
        screen.shows_part("The conversation could not be saved (")
    });
    assert_eq!(screen.value("File"), path.display().to_string());
    screen.fill("File", " ");
    screen.click("Save");
    assert!(screen.shows("Enter where the file is to be."));
    screen.click("Cancel");
    assert!(!screen.shows(SAVE));
}

#[test]
fn none_of_the_programs_own_files_is_replaced() {
    let mut screen = asked();
    screen.change(|settings| settings.side_width = 300.0);
    let folder = screen.folder().to_owned();
    for own in [
        "profile.db",
        "./Profile.db",
        "settings.json",
        "server.db-wal",
    ] {
        let path = folder.join(own);
        screen.fill("File", &path.display().to_string());
        screen.click("Save");
        let is_asked = |screen: &Screen| screen.shows_part("There is a file of that name.");
        let is_refused =
            |screen: &Screen| screen.shows_part("Super Chatter keeps something of its own there");
        screen.until("an answer", |screen| is_asked(screen) || is_refused(screen));
        if is_asked(&screen) {
            screen.click("Save");
        }
        screen.until("the refusal", is_refused);
    }
    screen.click("Cancel");
    let screen = screen.again();
    assert_eq!(screen.lines("sonic"), 1, "it is all there");
}

#[test]
fn what_became_of_one_file_is_not_told_of_the_next() {
    let mut screen = asked();
    let fault = Fault::new(FaultKind::Full, "full");
    for exported in [
        Err(fault),
        Ok(Exported {
            path: "old.txt".into(),
            lines: 7,
        }),
    ] {
        let app = screen.harness.state_mut().app_mut();
        app.on_client(NOON, Told::Exported(0, exported));
        screen.settle();
        assert!(screen.shows(SAVE), "this one still waits for a place");
        let filing = screen.app().filing().expect("it is asked for");
        assert_eq!(filing.problem, None);
    }
    assert!(screen.shows_somewhere("Saved 7 messages to old.txt."));
}

#[test]
fn a_place_that_is_no_whole_path_is_beside_the_documents() {
    let mut screen = asked();
    screen.fill("File", "talk.txt");
    screen.click("Save");
    screen.until("the file", |screen| screen.shows_part("Saved 1 message"));
    assert!(screen.folder().join("talk.txt").exists());
}

#[test]
fn the_name_s_ending_follows_the_form() {
    let mut screen = asked();
    assert!(screen.value("File").ends_with(".txt"));
    assert!(screen.value("File").contains("chat-sonic-"));
    screen.click("Web page");
    assert!(screen.value("File").ends_with(".html"));
    let path = screen.folder().join("talk.html");
    screen.fill("File", &path.display().to_string());
    screen.click("Save");
    screen.until("the file", |screen| screen.shows_part("Saved 1 message"));
    let text = fs::read_to_string(&path).expect("it is there");
    assert!(text.contains("Conversation with sonic"), "{text}");
}

#[test]
fn the_menu_of_a_conversation_searches_it_and_closes_its_tab() {
    let mut screen = Screen::with_sonic();
    screen.click(MORE);
    let read = screen.harness.get_by_label("Mark as read");
    assert!(read.accesskit_node().is_disabled(), "nothing is unread");
    screen.click("Search in this conversation Ctrl+F");
    assert!(screen.shows(FIND));
    screen.click(MORE);
    screen.click("Close tab Ctrl+W");
    assert!(!screen.shows("Tab sonic"));
}

/// A window that asks where a conversation of one line is to be saved.
fn asked() -> Screen {
    let mut screen = Screen::with_sonic();
    screen.write("hello");
    screen.send("sonic");
    screen.click(MORE);
    screen.click("Save as a file…");
    assert!(screen.shows(SAVE));
    screen
}
