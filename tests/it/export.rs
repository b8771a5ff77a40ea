//! A conversation saved as a file: what stands in it, that no text is more than a text there, and that
//! the file is there whole or not at all.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of tests on real sockets"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use super_chatter::driver::client::{self, Question};
use super_chatter::machine::client::{Delivery, Failure, Line, LineId, Path as Way, Record};
use super_chatter::store::export::{Export, Exported, Exporting, Form, Step, Words};
use super_chatter::store::history::History;
use super_chatter::store::profile::Profile;
use super_chatter::store::{StoreError, Zone};
use tempfile::TempDir;

use crate::loopback::{HERE, PATIENCE, nobody};
use crate::profile::{Place, own, theirs};
use crate::profile_model::nickname;

/// 2025-11-14 23:59:58.123 in UTC.
const LATE_MS: i64 = 1_763_164_798_123;
const HOUR_S: i32 = 3600;

#[test]
fn a_text_has_days_and_a_line_for_each_line() {
    let desk = Desk::with(&conversation());
    let text = desk.saved(Form::Text);
    assert_eq!(
        text,
        "Conversation with sonic\n\
         \n2025-11-14\n\n\
         23:59 sonic: Where is Knuckles?\n\
         \n2025-11-15\n\n\
         00:00 me: first\n      second\n      \n      fourth\n\
         00:01 me: lost [failed]\n\
         00:02 me: soon [kept]\n"
    );
}

#[test]
fn a_program_reads_all_that_is_known_of_a_line() {
    let desk = Desk::with(&conversation());
    let mut export = desk.export(Form::Json);
    // Summer ends behind the first line.
    export.zone = Zone(|at_ms| if at_ms <= LATE_MS { 2 * HOUR_S } else { HOUR_S });
    save(&desk, export).expect("it is saved");
    let read: Value = serde_json::from_str(&desk.read()).expect("JSON");
    let expected = json!([
        {
            "id": 1, "from": "sonic", "to": "me", "text": "Where is Knuckles?",
            "at": "2025-11-15T01:59:58.123+02:00",
            "written": "1970-01-01T01:59:59.995+02:00",
            "state": "received", "through": "server",
        },
        {
            "id": 2, "from": "me", "to": "sonic", "text": "first\nsecond\n\nfourth",
            "at": "2025-11-15T01:00:58.123+01:00", "written": null,
            "state": "delivered", "through": "direct",
        },
        {
            "id": 4, "from": "me", "to": "sonic", "text": "lost",
            "at": "2025-11-15T01:01:58.123+01:00", "written": null,
            "state": "failed", "through": null,
        },
        {
            "id": 5, "from": "me", "to": "sonic", "text": "soon",
            "at": "2025-11-15T01:02:58.123+01:00", "written": null,
            "state": "stored", "through": null,
        },
    ]);
    assert_eq!(read, expected);
}

#[test]
fn a_page_says_how_far_each_own_line_is_and_loads_nothing() {
    let desk = Desk::with(&conversation());
    let page = desk.saved(Form::Html);
    for part in [
        "<!DOCTYPE html>\n<html lang=\"en\">",
        "<meta charset=\"utf-8\">",
        "default-src 'none'",
        "prefers-color-scheme: dark",
        "<h1 dir=\"auto\">Conversation with sonic</h1>",
        "<h2>2025-11-14</h2>",
        "<p class=\"who\"><bdi>sonic</bdi> <time datetime=\"2025-11-14T23:59:58.123+00:00\">23:59</time></p>",
        "<p dir=\"auto\">first\nsecond\n\nfourth</p>\n<p class=\"state\" dir=\"auto\">delivered</p>",
        "<p dir=\"auto\">lost</p>\n<p class=\"state\" dir=\"auto\">failed</p>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    for reach in ["<script", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(reach), "{reach}");
    }
    assert!(page.ends_with("</html>\n"));
}

#[test]
fn no_text_is_more_than_a_text() {
    let hostile = "<script>alert(1)</script></p>\"'&amp;\u{202e}gnp.exe\u{1b}[2J\0\u{2028}00:00 me: I owe you";
    let lines = [at(LATE_MS, theirs(1, "sonic", hostile))];
    let mut desk = Desk::with(&lines);
    desk.own = "</title><b>me\n00:00 sonic: yes".to_owned();

    let text = desk.saved(Form::Text);
    assert!(
        text.contains("<U+202E>gnp.exe<U+001B>[2J<U+0000>"),
        "{text}"
    );
    let mut starts = text.lines().filter(|line| line.starts_with("00:00 "));
    assert_eq!(starts.next(), None, "{text}");

    let page = desk.saved(Form::Html);
    let marks = [
        "<script",
        "</p>&",
        "</title><b>",
        "\u{202e}",
        "\u{1b}",
        "\0",
    ];
    for mark in marks {
        assert!(!page.contains(mark), "{mark:?}");
    }
    assert!(
        page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"),
        "{page}"
    );

    let json: Value = serde_json::from_str(&desk.saved(Form::Json)).expect("JSON");
    assert_eq!(json[0]["text"], hostile, "as it was written");
}

#[test]
fn a_time_that_no_calendar_has_is_left_out() {
    let lines = [
        at(i64::MAX, own(1, "sonic", "never", Delivery::Trying)),
        at(253_402_300_800_000, theirs(2, "sonic", "the year 10000")),
    ];
    let desk = Desk::with(&lines);
    let text = desk.saved(Form::Text);
    assert!(text.contains("??:?? me: never [on its way]"), "{text}");
    let json: Value = serde_json::from_str(&desk.saved(Form::Json)).expect("JSON");
    assert_eq!(
        (&json[0]["at"], &json[1]["at"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_long_conversation_is_saved_page_by_page_and_whole() {
    let lines: Vec<_> = (1..=1203)
        .map(|id| at(LATE_MS, theirs(id, "sonic", &format!("line {id}"))))
        .collect();
    let desk = Desk::with(&lines);
    let mut exporting = Exporting::begin(desk.export(Form::Json)).expect("a file");
    let mut steps = 0;
    let exported = loop {
        assert!(!desk.path().exists(), "nothing half-written stands there");
        steps += 1;
        match exporting.step(&desk.history()).expect("a step") {
            Step::More(more) => exporting = more,
            Step::Done(exported) => break exported,
        }
    };
    assert_eq!(steps, 3, "of at most 500 lines each");
    let path = desk.path();
    assert_eq!(exported, Exported { path, lines: 1203 });
    let json: Value = serde_json::from_str(&desk.read()).expect("JSON");
    let texts = json.as_array().expect("an array").iter();
    assert!(texts.zip(1..).all(|(line, id)| line["id"] == id));
    assert_eq!(desk.names(), ["chat"], "and nothing else");
}

#[test]
fn a_conversation_without_lines_is_a_file_without_lines() {
    let desk = Desk::with(&[]);
    assert_eq!(desk.saved(Form::Text), "Conversation with sonic\n");
    assert_eq!(desk.saved(Form::Json), "[\n]\n");
    assert!(desk.saved(Form::Html).ends_with("</body>\n</html>\n"));
}

#[test]
fn what_was_saved_before_is_replaced_by_what_is_whole() {
    let desk = Desk::with(&conversation());
    fs::write(desk.path(), "before").expect("a file");
    let exporting = Exporting::begin(desk.export(Form::Text)).expect("a file");
    assert_eq!(desk.read(), "before");
    drop(exporting);
    assert_eq!(desk.read(), "before", "it was given up");
    assert_eq!(desk.names(), ["chat"], "nothing is left of it");
    assert!(desk.saved(Form::Text).starts_with("Conversation"));
    assert_eq!(desk.names(), ["chat"]);
}

#[test]
fn a_file_that_can_not_be_written_is_an_error_that_names_it() {
    let desk = Desk::with(&conversation());
    let refused = |path: PathBuf| {
        let mut export = desk.export(Form::Text);
        export.path = path.clone();
        let error = Exporting::begin(export).expect_err("it can't be written");
        assert!(matches!(error, StoreError::File { .. }), "{error}");
        let named = error.to_string().contains(&path.display().to_string());
        assert!(named, "{error}");
    };
    refused(desk.folder.path().join("no such folder").join("chat"));
    refused(desk.folder.path().to_owned());

    fs::write(desk.path(), "to be kept").expect("a file");
    let mut kept = fs::metadata(desk.path()).expect("a file").permissions();
    kept.set_readonly(true);
    fs::set_permissions(desk.path(), kept).expect("permissions");
    refused(desk.path());
    assert_eq!(desk.read(), "to be kept");
    assert_eq!(desk.names(), ["chat"]);
}

#[cfg(unix)]
#[test]
fn a_saved_conversation_is_for_nobody_but_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with(&conversation());
    desk.saved(Form::Text);
    let mode = fs::metadata(desk.path())
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// The system lets a process of its own write no more than a beginning of the file.
#[cfg(unix)]
#[test]
fn on_a_full_disk_what_was_saved_before_stays() {
    const WITHIN: &str = "SUPER_CHATTER_EXPORT";
    if let Some(folder) = std::env::var_os(WITHIN) {
        return run_out_of_room(Path::new(&folder));
    }
    let desk = Desk::with(&[]);
    let text = "long ".repeat(3000);
    let lines: Vec<_> = (1..=100).map(|id| theirs(id, "sonic", &text)).collect();
    desk.place
        .commit(&lines.into_iter().map(Record::Line).collect::<Vec<_>>());
    fs::write(desk.path(), "before").expect("a file");
    let program = std::env::current_exe().expect("this program");
    let name = "export::on_a_full_disk_what_was_saved_before_stays";
    // The blocks of `ulimit` have 512 bytes.
    let script = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" --exact \"$1\"";
    let mut limited = Command::new("sh");
    limited.args(["-c", script]).arg(program).arg(name);
    fs::copy(desk.place.path(), desk.folder.path().join("profile.db")).expect("a copy");
    let output = limited.env(WITHIN, desk.folder.path()).output();
    let output = output.expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert_eq!(desk.read(), "before");
}

#[cfg(unix)]
fn run_out_of_room(folder: &Path) {
    let history = History::open(&folder.join("profile.db")).expect("a profile");
    let mut exporting = Exporting::begin(export(folder, Form::Text)).expect("a file");
    let error = loop {
        match exporting.step(&history) {
            Ok(Step::More(more)) => exporting = more,
            Ok(Step::Done(exported)) => panic!("{exported:?}"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::File { .. }), "{error}");
    assert_eq!(
        fs::read_to_string(folder.join("chat")).expect("a file"),
        "before"
    );
    assert!(!folder.join("chat (partial)").exists());
}

#[test]
fn a_client_saves_a_conversation_and_says_so_or_why_not() {
    let folder = TempDir::new().expect("a folder");
    let profile = folder.path().join("profile.db");
    let lines: Vec<_> = (1..=2000).map(|id| theirs(id, "sonic", "hi")).collect();
    let opened = Profile::open(&profile).expect("a new profile");
    let mut kept = opened.profile;
    let records: Vec<_> = lines.into_iter().map(Record::Line).collect();
    kept.commit(&records).expect("a good batch");
    drop(kept);
    let client = client::start(HERE, 0, profile, nobody());
    let mut nowhere = export(folder.path(), Form::Text);
    nowhere.path = folder.path().join("nowhere").join("chat");
    let ask = |number, export| client::Command::Export(number, Box::new(export));
    for asked in [
        ask(7, nowhere),
        ask(8, export(folder.path(), Form::Json)),
        client::Command::Look(Question::Story(LineId(7))),
    ] {
        client.send(asked).expect("it runs");
    }
    let (mut exported, mut looked) = (Vec::new(), 0);
    while exported.len() < 2 || looked < 1 {
        match client.wait_told(Instant::now() + PATIENCE) {
            Some(client::Told::Exported(number, one)) => exported.push((number, one)),
            Some(client::Told::History(_)) => looked += 1,
            Some(client::Told::Opened(_) | client::Told::Bound(_)) => {}
            told => panic!("{told:?}"),
        }
    }
    let (7, Err(why)) = &exported[0] else {
        panic!("expected that there is no such folder, got {exported:?}");
    };
    assert!(why.to_string().contains("nowhere"), "{why}");
    let path = folder.path().join("chat");
    assert_eq!(exported[1], (8, Ok(Exported { path, lines: 2000 })));
}

/// A profile, and a folder to save its conversations in.
struct Desk {
    place: Place,
    folder: TempDir,
    own: String,
}

impl Desk {
    fn with(lines: &[Line]) -> Self {
        let place = Place::new();
        place.commit(&lines.iter().cloned().map(Record::Line).collect::<Vec<_>>());
        Self {
            place,
            folder: TempDir::new().expect("a folder"),
            own: "me".to_owned(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("chat")
    }

    fn export(&self, form: Form) -> Export {
        Export {
            own: self.own.clone(),
            ..export(self.folder.path(), form)
        }
    }

    fn history(&self) -> History {
        self.place.history()
    }

    /// What stands in the file after the conversation with sonic was saved.
    fn saved(&self, form: Form) -> String {
        save(self, self.export(form)).expect("it is saved");
        self.read()
    }

    fn read(&self) -> String {
        fs::read_to_string(self.path()).expect("a file")
    }

    /// All that lies in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let name = |entry| name(entry).into_string().expect("a name");
        entries.map(name).collect()
    }
}

fn save(desk: &Desk, export: Export) -> Result<Exported, StoreError> {
    let mut exporting = Exporting::begin(export)?;
    loop {
        match exporting.step(&desk.history())? {
            Step::More(more) => exporting = more,
            Step::Done(exported) => return Ok(exported),
        }
    }
}

fn export(folder: &Path, form: Form) -> Export {
    Export {
        peer: nickname("sonic"),
        path: folder.join("chat"),
        form,
        own: "me".to_owned(),
        words: Words {
            language: "en".to_owned(),
            title: "Conversation with sonic".to_owned(),
            trying: "on its way".to_owned(),
            waiting: "waits".to_owned(),
            stored: "kept".to_owned(),
            delivered: "delivered".to_owned(),
            failed: "failed".to_owned(),
        },
        own_files: Vec::new(),
        zone: Zone::UTC,
    }
}

/// Lines over midnight, and one with somebody else.
fn conversation() -> Vec<Line> {
    let minute = |number: i64| LATE_MS + number * 60_000;
    let direct = Delivery::Delivered(Way::Direct);
    vec![
        at(minute(0), theirs(1, "sonic", "Where is Knuckles?")),
        at(
            minute(1),
            own(2, "sonic", "first\nsecond\n\nfourth", direct),
        ),
        at(minute(1), theirs(3, "tails", "of somebody else")),
        at(
            minute(2),
            own(4, "sonic", "lost", Delivery::Failed(Failure::Expired)),
        ),
        at(minute(3), own(5, "sonic", "soon", Delivery::Stored)),
    ]
}

fn at(at_ms: i64, line: Line) -> Line {
    Line { at_ms, ..line }
}
