//! The command line: what the program is asked to be. What it then does lives in `main`.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use tracing::level_filters::LevelFilter;

use crate::protocol::Nickname;
use crate::protocol::limits::PORTS;

/// What the program is asked to be, and where.
#[derive(Debug)]
pub struct Arguments {
    pub mode: Mode,
    /// `None`: the user's data folder.
    pub data_dir: Option<PathBuf>,
    pub bind: IpAddr,
    pub log_level: LogLevel,
}

/// What the program is asked to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Mode {
    #[cfg(feature = "gui")]
    Window(Prefill),
    Serve {
        port: u16,
    },
    Client {
        nickname: Nickname,
        host: String,
        port: u16,
        own_port: u16,
    },
    ImportMail(PathBuf),
    ExportMail(PathBuf),
}

/// What the window's first page holds when it opens; `None`: its own default.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Prefill {
    pub nickname: Option<Nickname>,
    pub server: Option<HostPort>,
    /// 0: any free port.
    pub own_port: Option<u16>,
    pub host: bool,
    pub host_port: Option<u16>,
    pub sign_in: bool,
}

/// A server as it is typed: `host`, `host:port`, `[v6]:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    pub host: String,
    pub port: Option<u16>,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    /// The same level, as the log's filter knows it.
    pub fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Chat on a local network: no account, no cloud. Without arguments it opens its window.
#[derive(Debug, Parser)]
#[command(name = "super-chatter", version)]
struct Line {
    /// Run a server without a window, on this port (1024-65535), until Ctrl+C
    #[arg(short, long, value_name = "PORT", value_parser = port, conflicts_with = "client")]
    serve: Option<u16>,

    /// Run the classic console client; CLIENT-PORT 0 is any free port
    #[arg(short, long, num_args = 4, value_names = ["NICK", "SERVER", "SERVER-PORT", "CLIENT-PORT"])]
    client: Option<Vec<String>>,

    /// Fill in the nickname
    #[arg(long, value_name = "NICK", value_parser = Nickname::parse, help_heading = WINDOW)]
    nickname: Option<Nickname>,

    /// Fill in the server
    #[arg(long, value_name = "HOST[:PORT]", value_parser = host_port, help_heading = WINDOW)]
    server: Option<HostPort>,

    /// Fill in this computer's own port; 0 is any free one
    #[arg(long, value_name = "PORT", value_parser = own_port, help_heading = WINDOW)]
    port: Option<u16>,

    /// Host a server, on this port
    #[arg(long, value_name = "PORT", num_args = 0..=1, value_parser = port, help_heading = WINDOW)]
    host: Option<Option<u16>>,

    /// Sign in at once
    #[arg(long, help_heading = WINDOW)]
    sign_in: bool,

    /// Keep everything in this folder [default: the user's data folder]; a server's mail is where its
    /// settings say, if they do
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,

    /// Listen on this address only; by default on all of IPv4 and IPv6
    #[arg(long, value_name = "ADDR", default_value = "::")]
    bind: IpAddr,

    /// Log this much to the standard error; RUST_LOG goes before it
    #[arg(
        long,
        value_name = "LEVEL",
        value_enum,
        default_value = "warn",
        global = true
    )]
    log_level: LogLevel,

    #[command(subcommand)]
    command: Option<Words>,
}

const WINDOW: &str = "What the window starts with";

#[derive(Debug, Subcommand)]
enum Words {
    /// Move mail between a server's mailbox and the classic program's mail files
    #[command(subcommand)]
    Mail(Mail),
}

#[derive(Debug, Subcommand)]
enum Mail {
    /// Take every mail file in DIR into the mailbox
    ///
    /// A file is named after its recipient and holds one message a line. It is taken whole, then
    /// renamed to NAME.imported; a file with a line that can't be read is reported and left.
    /// The server must not be running. Its mailbox is in the folder for hosting that the settings
    /// name, else in the data folder.
    Import { dir: PathBuf },
    /// Write the mailbox as mail files into DIR
    ///
    /// One file for each recipient; a file that is there already is not written over. The mailbox
    /// stays as it is: what is exported is still delivered. The server must not be running. Its
    /// mailbox is in the folder for hosting that the settings name, else in the data folder.
    Export { dir: PathBuf },
}

/// Reads the command line; the first of `words` is the program. The error knows whether it is one,
/// or help that was asked for, and ends the process accordingly.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    let mut line = Line::try_parse_from(words)?;
    let (data_dir, bind, log_level) = (line.data_dir.take(), line.bind, line.log_level);
    Ok(Arguments {
        mode: mode(line)?,
        data_dir,
        bind,
        log_level,
    })
}

fn mode(line: Line) -> Result<Mode, clap::Error> {
    let wrong = |kind, message: &str| Err(Line::command().error(kind, message));
    let (serve, client) = (line.serve, line.client);
    let prefill = Prefill {
        nickname: line.nickname,
        server: line.server,
        own_port: line.port,
        host: line.host.is_some(),
        host_port: line.host.flatten(),
        sign_in: line.sign_in,
    };
    if prefill != Prefill::default()
        && (serve.is_some() || client.is_some() || line.command.is_some())
    {
        return wrong(
            ErrorKind::ArgumentConflict,
            "what the window starts with needs the window",
        );
    }
    match (serve, client, line.command) {
        (Some(port), None, None) => Ok(Mode::Serve { port }),
        (None, Some(values), None) => console_client(&values),
        (None, None, Some(Words::Mail(Mail::Import { dir }))) => Ok(Mode::ImportMail(dir)),
        (None, None, Some(Words::Mail(Mail::Export { dir }))) => Ok(Mode::ExportMail(dir)),
        #[cfg(feature = "gui")]
        (None, None, None) => Ok(Mode::Window(prefill)),
        #[cfg(not(feature = "gui"))]
        (None, None, None) => wrong(
            ErrorKind::MissingRequiredArgument,
            "this build has no window: expected --serve or --client",
        ),
        _ => wrong(
            ErrorKind::ArgumentConflict,
            "expected one of --serve, --client and mail",
        ),
    }
}

fn console_client(values: &[String]) -> Result<Mode, clap::Error> {
    let [nick, host, server_port, client_port] = values else {
        return Err(
            Line::command().error(ErrorKind::WrongNumberOfValues, "--client takes four values")
        );
    };
    let wrong = |name: &str, value: &str, reason: String| {
        let message = format!("invalid value '{value}' for {name}: {reason}");
        Line::command().error(ErrorKind::ValueValidation, message)
    };
    if host.is_empty() {
        return Err(wrong(
            "SERVER",
            host,
            "expected a name or an address".to_owned(),
        ));
    }
    Ok(Mode::Client {
        nickname: Nickname::parse(nick).map_err(|error| wrong("NICK", nick, error.to_string()))?,
        host: host.clone(),
        port: port(server_port).map_err(|reason| wrong("SERVER-PORT", server_port, reason))?,
        own_port: own_port(client_port)
            .map_err(|reason| wrong("CLIENT-PORT", client_port, reason))?,
    })
}

fn port(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|port| PORTS.contains(port));
    number.ok_or_else(|| format!("expected a port from {} to {}", PORTS.start(), PORTS.end()))
}

fn own_port(text: &str) -> Result<u16, String> {
    if text == "0" {
        Ok(0)
    } else {
        port(text).map_err(|reason| format!("{reason}, or 0 for any"))
    }
}

fn host_port(text: &str) -> Result<HostPort, String> {
    let (host, number) = match text.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((host, ""))) => (host, None),
        Some(Some((host, rest))) => (
            host,
            Some(
                rest.strip_prefix(':')
                    .ok_or("expected a port behind the address")?,
            ),
        ),
        Some(None) => return Err("expected ] behind the address".to_owned()),
        // An address of IPv6 without brackets has more than one colon, and no port.
        None => match text.split_once(':') {
            Some((host, rest)) if !rest.contains(':') => (host, Some(rest)),
            Some(_) | None => (text, None),
        },
    };
    if host.is_empty() {
        return Err("expected a name or an address".to_owned());
    }
    Ok(HostPort {
        host: host.to_owned(),
        port: number.map(port).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Result<(String, Option<u16>), String> {
        host_port(text).map(|HostPort { host, port }| (host, port))
    }

    #[test]
    fn a_server_is_a_host_with_or_without_a_port() {
        for (text, host, port) in [
            ("nas", "nas", None),
            ("nas:5000", "nas", Some(5000)),
            ("192.168.1.5:5000", "192.168.1.5", Some(5000)),
            ("::1", "::1", None),
            ("[::1]", "::1", None),
            ("[::1]:5000", "::1", Some(5000)),
        ] {
            assert_eq!(server(text), Ok((host.to_owned(), port)), "{text}");
        }
        for text in [
            "",
            ":5000",
            "nas:",
            "nas:80",
            "nas:x",
            "[::1",
            "[::1]5000",
            "[]:5000",
        ] {
            assert!(server(text).is_err(), "{text}");
        }
    }

    #[cfg(feature = "gui")]
    #[test]
    fn the_window_starts_with_what_is_named() {
        let line = "super-chatter --nickname x --server nas:5000 --port 0 --host 5001 --sign-in";
        let arguments = parse(line.split(' ').map(OsString::from)).expect("a good line");
        let expected = Prefill {
            nickname: Nickname::parse("x").ok(),
            server: Some(HostPort {
                host: "nas".to_owned(),
                port: Some(5000),
            }),
            own_port: Some(0),
            host: true,
            host_port: Some(5001),
            sign_in: true,
        };
        assert_eq!(arguments.mode, Mode::Window(expected));
    }
}
