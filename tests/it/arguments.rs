//! The command line: what it is told, and the exit codes 0 (done), 1 (could not), 2 (wrong usage).

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::process::{End, free_port, run, taken_port};

#[test]
fn help_and_version_are_told() {
    let help = run(["--help"]);
    assert_eq!(help.code, Some(0));
    for word in [
        "--serve <PORT>",
        "--client <NICK> <SERVER> <SERVER-PORT> <CLIENT-PORT>",
        "--data-dir",
        "mail",
    ] {
        assert!(help.out.contains(word), "{word}: {}", help.out);
    }
    assert!(
        run(["mail", "export", "--help"])
            .out
            .contains("mailbox stays as it is")
    );
    let version = run(["--version"]);
    assert_eq!(
        (version.code, version.out.trim()),
        (
            Some(0),
            concat!("super-chatter ", env!("CARGO_PKG_VERSION"))
        )
    );
}

#[test]
fn wrong_usage_is_code_2() {
    for line in [
        "--nonsense",
        "-s",
        "-s 80",
        "-s 70000",
        "-s five",
        "-c x 127.0.0.1 5000",
        "-c x 127.0.0.1 80 1234",
        "-c x 127.0.0.1 5000 80",
        "-s 5000 -c x 127.0.0.1 5000 1234",
        "-s 5000 --nickname x",
        "-s 5000 mail import folder",
        "--nickname x mail import folder",
        "--server :5000",
        "--bind here",
        "--log-level loud",
        "mail",
        "mail import",
        "mail move folder",
    ] {
        let end = run(line.split(' '));
        assert_eq!(end.code, Some(2), "{line}: {end:?}");
        assert!(
            end.errors.contains("--help") && end.out.is_empty(),
            "{line}: {end:?}"
        );
    }
    let spaced = run(["-c", "two words", "127.0.0.1", "5000", "0"]);
    assert_eq!(spaced.code, Some(2));
    assert!(spaced.errors.contains("no spaces"), "{spaced:?}");
}

#[cfg(not(feature = "gui"))]
#[test]
fn a_build_without_a_window_says_so() {
    let end = run(["--sign-in"]);
    assert_eq!(end.code, Some(2));
    assert!(end.errors.contains("this build has no window"), "{end:?}");
}

#[test]
fn a_port_in_use_is_one_line_and_code_1() {
    let folder = TempDir::new().expect("a folder");
    let (_socket, port) = taken_port();
    let taken = port.to_string();
    let in_use = format!("super-chatter: port {port} is in use by another program\n");

    let server = run([
        "-s",
        &taken,
        "--bind",
        "127.0.0.1",
        "--data-dir",
        text(folder.path()),
    ]);
    assert_eq!((server.code, server.errors), (Some(1), in_use.clone()));
    let other = free_port().to_string();
    let client = run([
        "-c",
        "x",
        "127.0.0.1",
        &other,
        &taken,
        "--bind",
        "127.0.0.1",
        "--data-dir",
        text(folder.path()),
    ]);
    assert_eq!((client.code, client.errors), (Some(1), in_use));
}

#[test]
fn a_folder_that_can_not_be_used_is_one_line_and_code_1() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").expect("a file");
    let port = free_port().to_string();
    for end in [
        run([
            "-s",
            &port,
            "--bind",
            "127.0.0.1",
            "--data-dir",
            text(&file),
        ]),
        run([
            "-c",
            "x",
            "127.0.0.1",
            &port,
            "0",
            "--bind",
            "127.0.0.1",
            "--data-dir",
            text(&file),
        ]),
        run([
            "mail",
            "import",
            text(folder.path()),
            "--data-dir",
            text(&file),
        ]),
        run([
            "--data-dir",
            text(folder.path()),
            "mail",
            "import",
            "no such folder",
        ]),
        run([
            "--data-dir",
            text(folder.path()),
            "mail",
            "export",
            text(&file),
        ]),
    ] {
        assert_eq!(
            (end.code, end.errors.lines().count()),
            (Some(1), 1),
            "{end:?}"
        );
        assert!(
            end.errors.starts_with("super-chatter: can't use "),
            "{end:?}"
        );
    }
}

#[test]
fn mail_goes_in_and_out_again() {
    let folder = TempDir::new().expect("a folder");
    let (data, mail, out) = (
        folder.path().join("data"),
        folder.path().join("mail"),
        folder.path().join("out"),
    );
    let lines = concat!(
        "{\"Msg\": \"Where is Knuckles?\", \"Sender\": \"y\", \"Time\": 1488400115.368}\n",
        "{\"Msg\": \"\\u4f60\\u597d, \\ud83e\\udd94\", \"Sender\": \"\\u738b\\u5c0f\\u660e\", \"Time\": 1488400116.5}\n",
    );
    fs::create_dir(&mail).expect("a folder");
    fs::write(mail.join("x"), lines).expect("a file");
    fs::write(mail.join("王小明"), "{\"Msg\": \"hi\"}\n").expect("a file");

    let end = run(["mail", "import", text(&mail), "--data-dir", text(&data)]);
    assert_eq!(end.code, Some(1), "one file is bad: {end:?}");
    let store = data.join("server.db");
    let (into, from) = (
        format!("into {}\n", store.display()),
        format!("from {}\n", store.display()),
    );
    assert_eq!(end.out, format!("files imported: 1, messages: 2, {into}"));
    assert!(
        end.errors
            .contains("王小明, line 1: expected one JSON object"),
        "{end:?}"
    );
    fs::remove_file(mail.join("王小明")).expect("the bad file");
    assert_done(
        &run(["mail", "import", text(&mail), "--data-dir", text(&data)]),
        &format!("files imported: 0, messages: 0, {into}"),
    );

    let export = ["mail", "export", text(&out), "--data-dir", text(&data)];
    assert_done(
        &run(export),
        &format!("files exported: 1, messages: 2, {from}"),
    );
    assert_eq!(fs::read_to_string(out.join("x")).expect("the file"), lines);
    let again = run(export);
    assert_eq!(again.code, Some(1));
    assert!(again.errors.contains("is there already"), "{again:?}");
}

#[test]
fn a_server_s_mail_is_where_the_settings_say() {
    let folder = TempDir::new().expect("a folder");
    let [data, host, mail] = ["data", "host", "mail"].map(|name| folder.path().join(name));
    fs::create_dir(&data).expect("a folder");
    fs::create_dir(&mail).expect("a folder");
    fs::write(
        mail.join("x"),
        "{\"Msg\": \"hi\", \"Sender\": \"y\", \"Time\": 1.5}\n",
    )
    .expect("a file");
    let settings = serde_json::json!({ "host_folder": host }).to_string();
    fs::write(data.join("settings.json"), settings).expect("a file");
    let import = ["mail", "import", text(&mail), "--data-dir", text(&data)];
    let into = host.join("server.db");
    let expected = format!("files imported: 1, messages: 1, into {}\n", into.display());
    assert_done(&run(import), &expected);
    assert!(into.exists() && !data.join("server.db").exists());
}

fn assert_done(end: &End, out: &str) {
    assert_eq!(
        (end.code, end.out.as_str(), end.errors.as_str()),
        (Some(0), out, "")
    );
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a folder of ours")
}
