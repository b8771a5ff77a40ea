//! The console client's loop: lines from one side, news from the other, all of it to [`Console`].
//! What is said and decided lives in `talk`.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, bounded, never, select};

use crate::console::talk::{Console, Exit, PROMPT, Step};
use crate::console::{ConsoleError, interrupts, news};
use crate::driver::SendError;
use crate::driver::client::{Client, Command, start};

/// Lines read ahead. The terminal, or the pipe, waits when there are more.
const LINES_AHEAD: usize = 16;

/// Longest line, in bytes: more than the longest message. The rest of a longer one is passed over.
const LINE_MAX: u64 = 64 * 1024;

/// How soon a client that was too busy for a command is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// How long the table may keep the user waiting once it has begun to come.
const TABLE_WAIT: Duration = Duration::from_secs(2);

/// What the keyboard, or a pipe in its place, gives.
enum Input {
    Line(String),
    /// A line that can't be taken, and why.
    Bad(&'static str),
    End,
}

/// The loop's hands.
struct Terminal<'a> {
    client: Client,
    console: Console,
    /// What the client was too busy for, in its order.
    pending: VecDeque<Command>,
    out: &'a mut dyn Write,
    /// The prompt is the last that was shown.
    prompted: bool,
}

/// Runs `console` on a client at `bind`:`port` (0: any free port) that keeps what it knows in the file
/// `profile`, reading the standard input and writing to `out`, until the user or the server ends it. Returns how it ended; once in a process.
pub fn run(
    console: Console,
    bind: IpAddr,
    port: u16,
    profile: PathBuf,
    out: &mut dyn Write,
) -> Result<Exit, ConsoleError> {
    let interrupts = interrupts()?;
    let (notify, news) = news();
    let mut input = read_lines()?;
    let client = start(bind, port, profile, notify);
    let mut terminal = Terminal {
        client,
        console,
        pending: VecDeque::new(),
        out,
        prompted: false,
    };
    terminal.begin()?;
    loop {
        // 1. Take all that the client told.
        while let Some(told) = terminal.client.poll_told() {
            let step = terminal.console.on_told(told);
            if let Some(exit) = terminal.carry_out(step)? {
                return terminal.end(exit);
            }
        }
        // 2. Pass on what was asked, as far as the client takes it.
        let busy = !terminal.pass_on();
        // 3. Wait for more; a busy client, or one without a table, gets no new lines.
        let takes_lines = terminal.console.takes_lines();
        let lines = if busy || !takes_lines {
            never()
        } else {
            input.clone()
        };
        let again = if busy { after(BUSY_PAUSE) } else { never() };
        let late = if takes_lines {
            never()
        } else {
            after(TABLE_WAIT)
        };
        let step = select! {
            recv(news) -> _ => continue,
            recv(again) -> _ => continue,
            recv(late) -> _ => {
                terminal.console.give_up_on_table();
                continue;
            }
            recv(interrupts) -> _ => terminal.console.on_interrupt(),
            recv(lines) -> line => match line.unwrap_or(Input::End) {
                Input::Line(line) => terminal.answer(&line)?,
                Input::Bad(reason) => Step { lines: vec![reason.to_owned()], ..Step::default() },
                Input::End => {
                    input = never();
                    terminal.console.on_end_of_input()
                }
            },
        };
        if let Some(exit) = terminal.carry_out(step)? {
            return terminal.end(exit);
        }
    }
}

impl Terminal<'_> {
    /// Signs in, and shows that lines can be typed.
    fn begin(&mut self) -> io::Result<()> {
        let first = self.console.start();
        self.carry_out(first)?;
        self.prompt()
    }

    fn prompt(&mut self) -> io::Result<()> {
        self.prompted = true;
        write!(self.out, "{PROMPT}")?;
        self.out.flush()
    }

    /// The user pressed Enter: where nothing is to be said, there is a prompt at least.
    fn answer(&mut self, line: &str) -> io::Result<Step> {
        let step = self.console.on_line(line);
        if step.lines.is_empty() {
            self.prompt()?;
        }
        Ok(step)
    }

    fn carry_out(&mut self, step: Step) -> io::Result<Option<Exit>> {
        self.pending.extend(step.commands);
        for (number, line) in (1..).zip(&step.lines) {
            writeln!(self.out, "{line}")?;
            self.prompted = false;
            if step.exit.is_none() || number < step.lines.len() {
                self.prompt()?;
            }
        }
        Ok(step.exit)
    }

    /// Whether everything is passed on.
    fn pass_on(&mut self) -> bool {
        while let Some(command) = self.pending.front() {
            match self.client.send(command.clone()) {
                Ok(()) => drop(self.pending.pop_front()),
                // One that has ended says why in its last word, which is news.
                Err(SendError::Busy | SendError::Ended) => return false,
            }
        }
        true
    }

    /// The last line ends behind what was shown, or behind the prompt.
    fn end(self, exit: Exit) -> Result<Exit, ConsoleError> {
        // After `Closed` the thread is at its end already and refuses; else it ends now.
        let _ = self.client.send(Command::Close);
        self.client.join();
        if self.prompted {
            writeln!(self.out)?;
        }
        Ok(exit)
    }
}

/// Reads the standard input on a thread of its own, which may wait for a key for as long as the
/// process lives.
fn read_lines() -> Result<Receiver<Input>, ConsoleError> {
    let (sender, receiver) = bounded(LINES_AHEAD);
    std::thread::Builder::new()
        .name("console input".to_owned())
        .spawn(move || forward(&mut io::stdin().lock(), &sender))
        .map_err(ConsoleError::Thread)?;
    Ok(receiver)
}

/// Passes lines on until there are no more, or nobody wants them.
fn forward(from: &mut dyn BufRead, to: &Sender<Input>) {
    loop {
        let input = read_line(from).unwrap_or(Input::End);
        let last = matches!(input, Input::End);
        if to.send(input).is_err() || last {
            return;
        }
    }
}

fn read_line(mut from: &mut dyn BufRead) -> io::Result<Input> {
    let mut bytes = Vec::new();
    if (&mut from).take(LINE_MAX).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(Input::End);
    }
    if bytes.len() as u64 == LINE_MAX && bytes.last() != Some(&b'\n') {
        from.skip_until(b'\n')?;
        return Ok(Input::Bad("[Not sent: the line is too long.]"));
    }
    Ok(String::from_utf8(bytes).map_or(
        Input::Bad("[Not sent: the line is not UTF-8.]"),
        Input::Line,
    ))
}
