//! The program on disks that fail: full, too small, read-only, with something in the way, emptied
//! while it runs. What it had acknowledged is there, and what is wrong is said.
#![allow(clippy::print_stderr, reason = "what is not tested is said")]

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::console_processes::{BYE, SAVED, join, serve};
use crate::process::{End, PROGRAM, Process, free_port};

const FULL: &str = "[The mailbox of y is full. The message waits.]";

#[test]
fn a_server_whose_file_can_not_grow_ends_and_loses_nothing_that_it_had_saved() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    // Its files and its reserve are made while there is room, and it knows whom mail is for.
    let server = serve(port, folder.path());
    leave(join("y", port, folder.path()));
    stop(server);

    let mut server = limited(256, &server_arguments(port), folder.path());
    server.expect("Listening");
    let mut x = join("x", port, folder.path());
    for number in 0.. {
        x.type_line(&format!("send y {number} {}", "long ".repeat(500)));
        if server.has_ended() {
            break;
        }
        assert!(number < 1000, "the file can't have grown");
        server.wait(std::time::Duration::from_millis(20));
    }
    let End { code, errors, .. } = server.end();
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("no room is left to write "), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    let saved = x.kill().out.matches(SAVED).count();
    assert!(saved > 0, "nothing was saved before");

    let _server = serve(port, folder.path());
    let mut y = join("y", port, folder.path());
    for number in 0..saved {
        y.expect(&format!("x: {number} long"));
    }
}

#[test]
fn a_client_whose_file_can_not_grow_ends_and_keeps_what_it_had_accepted() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let server = serve(port, folder.path());
    leave(join("x", port, folder.path()));
    let mut y = join("y", port, folder.path());
    let mut x = limited(256, &client_arguments("x", port), folder.path());
    x.expect("[Welcome, You are registered.]");
    let mut typed = 0;
    while x.offer_line(&format!("send y {typed} {}", "long ".repeat(500))) && typed < 1000 {
        typed += 1;
        if x.has_ended() {
            break;
        }
        x.wait(std::time::Duration::from_millis(20));
    }
    let End { code, errors, .. } = x.end();
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("no room is left to write "), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");

    let mut x = join("x", port, folder.path());
    x.type_line("send y there is room again");
    let shown = y.until("x: there is room again");
    let numbers = shown
        .iter()
        .filter_map(|line| line.strip_prefix("x: ")?.split_once(" long"));
    let numbers: Vec<_> = numbers.map(|(number, _)| number.to_owned()).collect();
    let expected: Vec<_> = (0..numbers.len())
        .map(|number| number.to_string())
        .collect();
    assert_eq!(numbers, expected, "in order, and none twice");
    assert!(!numbers.is_empty());
    stop(server);
}

#[test]
fn a_program_whose_file_can_not_even_begin_says_so() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    for arguments in [server_arguments(port), client_arguments("x", port)] {
        let End { code, errors, .. } = limited(4, &arguments, folder.path()).end();
        assert_eq!(code, Some(1), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(errors.contains("no room is left to write "), "{errors}");
    }
    // And what could not begin then begins when there is room.
    let server = serve(port, folder.path());
    leave(join("x", port, folder.path()));
    stop(server);
}

#[test]
fn on_a_full_disk_mail_is_refused_and_the_rest_goes_on_until_there_is_room() {
    let (folder, port) = (TempDir::new().expect("a folder"), free_port());
    let Some(disk) = SmallDisk::mount(folder.path(), "32m") else {
        return;
    };
    let server = disk.serve(port);
    leave(join("y", port, folder.path()));
    let mut x = join("x", port, folder.path());
    disk.fill();

    x.type_line("send y it finds the disk full");
    x.expect(SAVED);
    assert!(
        !disk.path.join("server.db.reserve").exists(),
        "it was given for that"
    );
    x.type_line("send y no room for this");
    x.expect(FULL);
    let mut y = join("y", port, folder.path());
    y.expect("x: it finds the disk full");
    y.expect("x: no room for this");
    y.type_line("send x straight");
    x.expect("y: straight");
    leave(y);
    x.type_line("send y nor for this");
    x.expect(FULL);
    disk.empty();
    let mut y = join("y", port, folder.path());
    y.expect("x: nor for this");
    leave(y);
    // The reserve is tried again after a few commits.
    while !disk.path.join("server.db.reserve").exists() {
        leave(join("y", port, folder.path()));
    }
    x.type_line("send y room again");
    x.expect(SAVED);
    join("y", port, folder.path()).expect("x: room again");
    stop(server);
}

#[test]
fn on_a_disk_that_became_full_meanwhile_it_starts_and_hands_its_mail_over() {
    let (folder, port) = (TempDir::new().expect("a folder"), free_port());
    let Some(disk) = SmallDisk::mount(folder.path(), "32m") else {
        return;
    };
    let server = disk.serve(port);
    leave(join("y", port, folder.path()));
    let mut x = join("x", port, folder.path());
    x.type_line("send y there was room for this");
    x.expect(SAVED);
    stop(server);
    assert_eq!(x.end().code, Some(0), "its server said good-bye");
    disk.fill();

    let server = disk.serve(port);
    join("y", port, folder.path()).expect("x: there was room for this");
    stop(server);
}

#[test]
fn on_a_disk_that_can_not_be_written_it_says_so_and_ends() {
    let (folder, port) = (TempDir::new().expect("a folder"), free_port());
    let Some(mut disk) = SmallDisk::mount(folder.path(), "32m") else {
        return;
    };
    stop(disk.serve(port));
    disk.run("mount -o remount,ro");
    for arguments in [server_arguments(port), client_arguments("x", port)] {
        let End { code, errors, .. } = disk.start(&arguments).end();
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains("Read-only file system"), "{errors}");
    }
}

#[test]
fn a_folder_in_the_place_of_a_store_is_told_and_left() {
    let folder = TempDir::new().expect("a folder");
    let profile = folder.path().join("console-x").join("profile.db");
    let store = folder.path().join("server.db");
    for path in [&profile, &store] {
        fs::create_dir_all(path).expect("a folder in the way");
    }
    let port = free_port();
    for arguments in [server_arguments(port), client_arguments("x", port)] {
        let End { code, errors, .. } = limited(1 << 20, &arguments, folder.path()).end();
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains(".db: Is a directory"), "{errors}");
    }
    assert!(profile.is_dir() && store.is_dir());
}

#[test]
fn mail_of_a_store_that_was_removed_under_its_server_comes_from_its_sender_again() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let server = serve(port, folder.path());
    leave(join("y", port, folder.path()));
    let mut x = join("x", port, folder.path());
    x.type_line("send y before");
    x.expect(SAVED);
    for name in ["server.db", "server.db-wal", "server.db-shm"] {
        match fs::remove_file(folder.path().join(name)) {
            Ok(()) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{name}"),
        }
    }
    x.type_line("send y after");
    x.expect(SAVED);
    server.kill();
    x.kill();

    let _server = serve(port, folder.path());
    let _x = join("x", port, folder.path());
    let mut y = join("y", port, folder.path());
    y.expect("x: before");
    y.expect("x: after");
}

fn server_arguments(port: u16) -> Vec<String> {
    ["-s".to_owned(), port.to_string()].into()
}

fn client_arguments(nickname: &str, port: u16) -> Vec<String> {
    ["-c", nickname, "127.0.0.1", &port.to_string(), "0"]
        .map(str::to_owned)
        .into()
}

/// The program, none of whose files grows beyond `limit` KiB: a write beyond it is cut short, and the
/// next one is refused.
fn limited(limit: u32, arguments: &[String], folder: &Path) -> Process {
    let mut command = Command::new("sh");
    // The blocks of `ulimit` have 512 bytes.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", 2 * limit);
    command.args(["-c", &script, "sh", PROGRAM]).args(arguments);
    command
        .args(["--bind", "127.0.0.1", "--data-dir"])
        .arg(folder);
    Process::start_by(command)
}

fn leave(mut client: Process) {
    client.interrupt();
    client.expect(BYE);
    assert_eq!(client.end().code, Some(0));
}

fn stop(server: Process) {
    server.interrupt();
    let end = server.end();
    assert_eq!(end.code, Some(0), "{end:?}");
}

/// A file system of its own in memory, which ends with the shell that mounted it.
struct SmallDisk {
    shell: Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
    /// Where this process sees it.
    path: PathBuf,
    mounted: String,
}

impl SmallDisk {
    /// `None`: this machine lets nobody mount it, which is said.
    fn mount(folder: &Path, size: &str) -> Option<Self> {
        let at = folder.join("disk");
        fs::create_dir(&at).expect("a folder");
        let mounted = at.to_str().expect("a folder of ours").to_owned();
        let script =
            format!("mount -t tmpfs -o size={size} tmpfs '{mounted}' && echo mounted && exec sh");
        let shell = Command::new("unshare")
            .args(["-rm", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut shell) = shell else {
            eprintln!("NOT TESTED: this machine has no unshare");
            return None;
        };
        let out = shell.stdout.take().expect("it is piped");
        let path = PathBuf::from(format!("/proc/{}/root{mounted}", shell.id()));
        let lines = std::io::BufRead::lines(std::io::BufReader::new(out));
        let mut disk = Self {
            shell,
            lines,
            path,
            mounted,
        };
        let said = disk.lines.next().and_then(Result::ok);
        if said.as_deref() != Some("mounted")
            || !disk
                .enter()
                .arg("true")
                .status()
                .is_ok_and(|status| status.success())
        {
            eprintln!("NOT TESTED: this machine mounts nothing for its users");
            return None;
        }
        Some(disk)
    }

    /// The program with its data there, which takes the sight of the shell.
    fn start(&self, arguments: &[String]) -> Process {
        let mut command = self.enter();
        command.arg(PROGRAM).args(arguments);
        command.args(["--bind", "127.0.0.1", "--data-dir", &self.mounted]);
        Process::start_by(command)
    }

    fn serve(&self, port: u16) -> Process {
        let mut server = self.start(&server_arguments(port));
        server.expect("Listening");
        server
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("nsenter");
        let shell = self.shell.id().to_string();
        command.args(["-U", "-m", "--preserve-credentials", "-t", &shell]);
        command
    }

    /// Does something to where it is mounted.
    fn run(&mut self, command: &str) {
        let shell = self.shell.stdin.as_mut().expect("it is piped");
        writeln!(shell, "{command} '{}' && echo done", self.mounted).expect("it reads");
        let said = self.lines.next().and_then(Result::ok);
        assert_eq!(said.as_deref(), Some("done"), "{command}");
    }

    /// Takes the last byte.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("there is room for a name");
        let block = [1; 4096];
        let error = loop {
            if let Err(error) = filler.write_all(&block) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }

    fn empty(&self) {
        fs::remove_file(self.filler()).expect("it is ours");
    }

    fn filler(&self) -> PathBuf {
        self.path.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
