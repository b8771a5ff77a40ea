//! Saving a conversation as a file.

use std::fs;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::screen::Screen;
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
