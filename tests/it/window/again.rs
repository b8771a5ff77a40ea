//! A window that is closed and opened again, and a second one on the same profile.

use super_chatter::machine::client::{Event, Record};

use super::screen::{Ear, Screen, folder, name, theirs, write_profile};
use super::talk::host;
use super::{SONIC, read, tabs};

#[test]
fn everything_is_as_it_was_left() {
    let mut screen = Screen::with_profile(&[
        Record::Line(theirs(1, "tails", "seen")),
        Record::Line(theirs(2, "sonic", "unseen")),
        tabs(&["tails", "sonic"]),
        Record::Draft {
            peer: name("sonic"),
            text: "half a thou".to_owned(),
        },
    ]);
    assert!(screen.shows("seen") && !screen.shows("unseen"));
    assert!(screen.left("Tab tails") < screen.left("Tab sonic, 1 unread"));
    screen.click("Tab sonic, 1 unread");
    assert!(screen.shows("unseen") && screen.shows("Tab sonic"));
    assert_eq!(screen.value(SONIC), "half a thou");
    screen.click(SONIC);
    screen.write("ght");
    screen.click("Tab tails");
    screen.write("to tails");
    screen.send("tails");
    screen.write("and m");
    screen.click("Close tab tails");
    screen.click(SONIC);
    screen.write("!");

    let mut screen = screen.again();
    assert!(screen.shows("Tab sonic") && !screen.shows("Tab tails"));
    assert!(screen.shows("unseen"));
    assert_eq!(screen.value(SONIC), "half a thought!", "to the last key");
    screen.meet_sonic();
    screen.click("tails, online");
    screen.until("the lines", |screen| screen.lines("tails") == 2);
    assert!(
        screen.shows("to tails") && screen.shows("waiting here until tails or the server takes it")
    );
    assert_eq!(screen.value("Message to tails"), "and m");
}

#[test]
fn a_second_window_on_the_profile_says_so_and_takes_over_later() {
    let mut first = Screen::with_sonic();
    first.write("mine");
    first.send("sonic");
    let mut second = first.beside();
    let said = "Super Chatter is open already, with the same messages.";
    second.until("the sentence", |second| second.shows_part(said));
    assert!(second.app().has_ended(), "it can be closed at once");
    second.fill("Server", "127.0.0.1");
    second.click("Join");
    second.until("the sentence again", |second| second.shows_part(said));

    first.close_anyway();
    first.until("the end", |first| first.app().has_ended());
    second.click("Join");
    second.until("an open profile", |second| second.app().is_opened());
    assert!(!second.shows_part(said));
    assert!(second.shows("mine"));
}

#[test]
fn whoever_writes_to_somebody_unknown_is_told_and_keeps_the_text() {
    let folder = folder();
    write_profile(folder.path(), &[tabs(&["ghost"])]);
    let ear = Ear::new();
    let mut amy = Screen::on(&folder, "amy", &ear);
    host(&ear, &mut amy);
    amy.until("oneself in the list", |amy| amy.shows("amy, online"));
    amy.click("Message to ghost");
    amy.write("are you there?");
    assert!(amy.shows_part("The server knows nobody called ghost."));
    amy.press_enter();
    assert_eq!(amy.value("Message to ghost"), "are you there?");
    assert_eq!(amy.lines("ghost"), 0);
}

#[test]
fn earlier_lines_are_read_when_one_scrolls_up_to_them() {
    let lines = (1..=450).map(|n| Record::Line(theirs(n, "sonic", &format!("line {n}"))));
    let rest = [tabs(&["sonic"]), read("sonic", 450)];
    let mut screen = Screen::with_profile(&lines.chain(rest).collect::<Vec<_>>());
    assert!(screen.shows("line 450"));
    assert_eq!(
        screen.lines("sonic"),
        200,
        "the rest is read when it is wanted"
    );
    for _ in 0..100 {
        if screen.lines("sonic") == 200 {
            screen.scroll(400.0);
        }
    }
    screen.until("the next page", |screen| screen.lines("sonic") == 400);
    let near = (240..=280).any(|n| screen.shows(&format!("line {n}")));
    assert!(near, "what was in view stays there");
    screen.scroll(1e6);
    screen.until("the first page", |screen| screen.lines("sonic") == 450);
    screen.scroll(1e6);
    assert!(screen.shows("line 1"));
}

#[test]
fn a_damaged_profile_is_told_until_that_is_dismissed() {
    let folder = folder();
    let file = folder.path().join("profile.db");
    std::fs::write(&file, "this was never a profile ".repeat(100)).expect("a file");
    let mut screen = Screen::on(&folder, "amy", &Ear::new());
    screen.until("the sentence", |screen| {
        screen.shows_part("What was kept on this computer can't be used")
    });
    assert!(screen.shows_part("profile.db.damaged-"), "where it is now");
    screen.told(Event::MailboxFull(name("tails")));
    assert!(screen.shows_part("What was kept on this computer can't be used"));
    screen.click("Dismiss");
    assert!(screen.shows_part("tails's mailbox is full."));
}
