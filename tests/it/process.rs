//! The program as its user runs it: a process with its lines.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::UdpSocket;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};

/// Longest wait for the next line, far more than any of them takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lines of one process that are kept for its test.
const LINES_MAX: usize = 4096;

/// The program that was built with this test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_super-chatter");

/// A running process. It is killed when its test is over.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    errors: Receiver<String>,
    seen: Vec<String>,
}

/// How a process ended.
#[derive(Debug)]
pub struct End {
    pub code: Option<i32>,
    pub out: String,
    pub errors: String,
}

impl Process {
    pub fn start<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        Self::start_by(command)
    }

    /// Starts the program by a command that runs it: a shell that takes something away from it first.
    pub fn start_by(mut command: Command) -> Self {
        let mut child = command
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let lines = read(child.stdout.take().expect("it is piped"));
        let errors = read(child.stderr.take().expect("it is piped"));
        let input = child.stdin.take();
        Self {
            child,
            input,
            lines,
            errors,
            seen: Vec::new(),
        }
    }

    pub fn type_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is open");
        writeln!(input, "{line}").expect("the program reads");
    }

    /// Types a line to a process that may be at its end. `false`: nobody reads it.
    pub fn offer_line(&mut self, line: &str) -> bool {
        let input = self.input.as_mut().expect("the input is open");
        writeln!(input, "{line}").is_ok()
    }

    /// What it has said since it was last looked at, without waiting for more.
    pub fn said(&mut self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// Waits until it says something, at most so long, and keeps it for later.
    pub fn wait(&mut self, longest: Duration) {
        self.seen.extend(self.lines.recv_timeout(longest));
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is ours").is_some()
    }

    /// Ends it in the middle of whatever it is about.
    pub fn kill(mut self) -> End {
        self.child.kill().expect("it is ours");
        self.end()
    }

    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Waits for `line`, whatever comes before it.
    pub fn expect(&mut self, line: &str) {
        self.until(line);
    }

    /// Waits for `line`, and answers all that was said up to it.
    pub fn until(&mut self, line: &str) -> &[String] {
        loop {
            let Ok(next) = self.lines.recv_timeout(PATIENCE) else {
                panic!(
                    "expected {line:?}, got {:#?}, errors {:#?}",
                    self.seen,
                    self.errors.try_iter().collect::<Vec<_>>()
                );
            };
            let found = next.contains(line);
            self.seen.push(next);
            if found {
                return &self.seen;
            }
        }
    }

    /// Ctrl+C.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        // The shell's own, which is there where no kill is installed.
        let kill = format!("kill -INT {}", self.child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status();
        assert!(killed.expect("there is a shell").success());
    }

    /// Waits until the process has ended by itself.
    pub fn end(mut self) -> End {
        let gather = |lines: &Receiver<String>| {
            let mut text = String::new();
            loop {
                match lines.recv_timeout(PATIENCE) {
                    Ok(line) => text += &(line + "\n"),
                    Err(error) if error.is_disconnected() => return text,
                    Err(_) => panic!("it does not end: {:#?}, then {text}", self.seen),
                }
            }
        };
        let (out, errors) = (gather(&self.lines), gather(&self.errors));
        let code = self.child.wait().expect("it runs").code();
        End {
            code,
            out: self
                .seen
                .drain(..)
                .map(|line| line + "\n")
                .collect::<String>()
                + &out,
            errors,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program to its end.
pub fn run<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> End {
    Process::start(arguments).end()
}

/// A port of this machine that nobody uses.
pub fn free_port() -> u16 {
    taken_port().1
}

/// A port that is taken for as long as the socket lives.
pub fn taken_port() -> (UdpSocket, u16) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a free port");
    let port = socket.local_addr().expect("it is bound").port();
    (socket, port)
}

/// The lines of `from`, without the prompts in front of them.
fn read(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = bounded(LINES_MAX);
    let forward = move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let line = line.trim_start_matches(super_chatter::console::talk::PROMPT);
            if sender.send(line.to_owned()).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("lines".to_owned())
        .spawn(forward)
        .expect("a thread");
    receiver
}
