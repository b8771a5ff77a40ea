//! What the window says of files and networks that can't be used: in the user's language, with the
//! file's place and the system's code as they are.

use std::io::{Error, ErrorKind};
use std::path::Path;

use super_chatter::app::Command;
use super_chatter::app::language::Language;
use super_chatter::driver::DriverError;
use super_chatter::driver::client::{Answer, Edge, Question, Told};
use super_chatter::driver::server::{self, Imported};
use super_chatter::store::classic_mail::{Problem, Wrong};
use super_chatter::store::{Aside, Fault, FaultKind, settings};

use super::screen::{Ear, NOON, Screen, folder, name};

const KINDS: [FaultKind; 15] = [
    FaultKind::Full,
    FaultKind::Denied,
    FaultKind::Missing,
    FaultKind::ReadOnly,
    FaultKind::InUse,
    FaultKind::Exists,
    FaultKind::Own,
    FaultKind::Folder,
    FaultKind::Damaged,
    FaultKind::Foreign,
    FaultKind::Newer,
    FaultKind::Taken,
    FaultKind::Busy,
    FaultKind::Unconnected,
    FaultKind::Other,
];

#[test]
fn no_english_stands_in_the_chinese_interface() {
    let mut screen = Screen::with_sonic();
    screen.change(|settings| settings.language = Some("zh".to_owned()));
    for kind in KINDS {
        let mut fault = Fault::new(kind, "in English").at(Path::new("/0/1"));
        fault.code = Some("28".to_owned());
        for told in news(&fault) {
            let app = screen.harness.state_mut().app_mut();
            match told {
                News::Client(told) => app.on_client(NOON, told),
                News::Server(told) => app.on_server(NOON, told),
            }
            let standing = app.standing_notice().map(|(notice, _)| notice);
            for notice in [app.notice(), standing].into_iter().flatten() {
                let said = notice.say(Language::Chinese);
                let is_english = |word: &str| {
                    word.len() > 1 && !["Super", "Chatter", "KB", "MB"].contains(&word)
                };
                let mut words = said.split(|c: char| !c.is_ascii_alphabetic());
                assert!(!words.any(is_english), "{said}");
            }
            screen.run(Command::DismissNotice);
            screen.run(Command::DismissStanding);
        }
    }
}

#[test]
fn what_the_system_refuses_is_told_apart() {
    for (kind, said) in [
        (ErrorKind::StorageFull, "no room is left"),
        (ErrorKind::PermissionDenied, "access is denied"),
        (ErrorKind::NotFound, "it is not there"),
        (ErrorKind::ReadOnlyFilesystem, "it can only be read"),
        (ErrorKind::IsADirectory, "it is a folder"),
        (ErrorKind::AlreadyExists, "it is there already"),
        (
            ErrorKind::NetworkUnreachable,
            "this computer is not connected",
        ),
        (ErrorKind::BrokenPipe, "the system refuses"),
    ] {
        let fault = Fault::from(Error::from(kind)).at(Path::new("/0/1"));
        let mut screen = Screen::with_sonic();
        let app = screen.harness.state_mut().app_mut();
        app.on_client(NOON, Told::Exported(1, Err(fault)));
        screen.settle();
        let expected = format!(
            "The conversation could not be saved (/0/1: {said}). Choose another place, then try again."
        );
        assert!(screen.shows(&expected), "{expected}");
    }
}

#[test]
fn the_system_s_code_stands_beside_the_words() {
    let mut screen = Screen::with_sonic();
    let fault = Fault::from(Error::from_raw_os_error(5));
    let app = screen.harness.state_mut().app_mut();
    app.on_client(NOON, Told::Failed(DriverError::Store(fault)));
    screen.settle();
    assert!(screen.shows_part("(the system refuses, error 5)"));
}

#[test]
fn settings_that_can_not_be_read_are_told_with_their_new_place() {
    let data_dir = folder();
    let path = data_dir.path().join("settings.json");
    std::fs::write(&path, "{").expect("there is room");
    let loaded = settings::load(&path).expect("it can be moved");
    let screen = Screen::with_options(&data_dir, &Ear::new(), |options| {
        options.settings_aside = loaded.aside;
    });
    let notice = screen
        .app()
        .notice()
        .map(|notice| notice.say(Language::English));
    let notice = notice.expect("it is told");
    assert!(notice.contains("settings.json: it is damaged)"), "{notice}");
    assert!(notice.contains("The old ones stand in") && notice.contains("settings.json.damaged-"));
}

enum News {
    Client(Told),
    Server(server::Told),
}

/// All that tells of a fault.
fn news(fault: &Fault) -> Vec<News> {
    let aside = Aside {
        path: "/0/2".into(),
        why: fault.clone(),
    };
    let question = Question::Page {
        peer: name("sonic"),
        edge: Edge::Latest,
        limit: 1,
    };
    let why = fault.clone();
    let wrong = [
        Wrong::Name,
        Wrong::NotAFile,
        Wrong::TooLong,
        Wrong::Unreadable(fault.clone()),
        Wrong::Line {
            line: 3,
            reason: "in English".to_owned(),
        },
    ];
    let problem = |wrong| Problem {
        file: "/0/3".into(),
        wrong,
    };
    let left = wrong.map(|wrong| {
        let problems = vec![problem(wrong)];
        let imported = Imported {
            problems,
            ..Imported::default()
        };
        News::Server(server::Told::Imported(Ok(imported)))
    });
    let mut news = vec![
        News::Client(Told::Aside(aside.clone())),
        News::Server(server::Told::Aside(aside)),
        News::Client(Told::History(Answer::Failed { question, why })),
        News::Client(Told::Exported(1, Err(fault.clone()))),
        News::Server(server::Told::Imported(Err(fault.clone()))),
        News::Client(Told::Failed(DriverError::Socket(fault.clone()))),
        News::Client(Told::Failed(DriverError::Store(fault.clone()))),
    ];
    news.extend(left);
    news
}
