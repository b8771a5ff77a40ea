//! What is typed to sign in or to host, checked where it becomes a command. Each thing that is wrong
//! is one sentence at its field; what was typed is never changed.

use std::collections::BTreeMap;

use super::language::Sentence;
use super::{DEFAULT_PORT, Nickname, Settings, sentences};
use crate::protocol::limits::PORTS;

/// What stands in the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub nickname: String,
    /// A name or an address; may carry the port as `name:port`.
    pub server: String,
    pub port: String,
    /// 0 or empty: any free port.
    pub own_port: String,
    pub host_port: String,
}

/// A place where a sentence about a problem can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The form as a whole: nobody can sign in.
    Profile,
    Nickname,
    Server,
    Port,
    OwnPort,
    Host,
    HostPort,
}

/// What is wrong, at most one sentence a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    sentences: BTreeMap<Field, Sentence>,
    /// A nickname that may be free, in the place of one that is taken.
    suggestion: Option<Nickname>,
}

/// A form that can be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub(super) nickname: Nickname,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) own_port: u16,
    /// The server runs in this program.
    pub(super) own_host: bool,
}

impl SignIn {
    /// The server as people read it.
    pub(super) fn server(&self) -> String {
        with_port(&self.host, self.port)
    }
}

impl Problems {
    pub fn at(&self, field: Field) -> Option<&Sentence> {
        self.sentences.get(&field)
    }

    /// A nickname that may be free, in the place of the one that is taken.
    pub fn suggestion(&self) -> Option<&Nickname> {
        self.suggestion.as_ref()
    }

    pub(super) fn set(&mut self, field: Field, sentence: Sentence) {
        self.sentences.insert(field, sentence);
    }

    pub(super) fn suggest(&mut self, nickname: Option<Nickname>) {
        self.suggestion = nickname;
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The value, or a note of what is wrong with it.
    fn note<T>(&mut self, field: Field, parsed: Result<T, Sentence>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(sentence) => {
                self.set(field, sentence);
                None
            }
        }
    }
}

impl Form {
    /// The server that the form names, as its button says it: the usual port goes without saying.
    /// `None`: it names none.
    pub fn joins(&self) -> Option<String> {
        let (host, port) = split_server(&self.server, &self.port);
        let port = parse_port(port).unwrap_or(DEFAULT_PORT);
        (!host.is_empty()).then(|| address(host, port))
    }

    /// Whether it signs in otherwise than `other`: the port to host at is for something else.
    pub fn signs_in_otherwise(&self, other: &Self) -> bool {
        let host_port = other.host_port.clone();
        let alike = Self {
            host_port,
            ..self.clone()
        };
        alike != *other
    }

    /// What the room of that server was called when one was there last; `None`: it had no name.
    pub fn joins_room<'a>(&self, settings: &'a Settings) -> Option<&'a str> {
        let last = address(&settings.server, settings.port);
        let is_last = self.joins().is_some_and(|server| server == last);
        (is_last && !settings.room.is_empty()).then_some(settings.room.as_str())
    }

    /// The sign-in that the form asks for, or all that is wrong with it.
    pub(super) fn parse_sign_in(&self) -> Result<SignIn, Problems> {
        let mut problems = Problems::default();
        let nickname = problems.note(Field::Nickname, parse_nickname(&self.nickname));
        let own_port = problems.note(Field::OwnPort, parse_own_port(&self.own_port));
        let (host, port) = split_server(&self.server, &self.port);
        if host.is_empty() {
            problems.set(Field::Server, Sentence::new("problem-no-server"));
        }
        let port = problems.note(Field::Port, parse_port(port));
        match (nickname, own_port, port) {
            (Some(nickname), Some(own_port), Some(port)) if !host.is_empty() => Ok(SignIn {
                nickname,
                host: host.to_owned(),
                port,
                own_port,
                own_host: false,
            }),
            _ => Err(problems),
        }
    }

    /// The sign-in to a server on this computer, without its address, and the server's port.
    pub(super) fn parse_host(&self) -> Result<(SignIn, u16), Problems> {
        let mut problems = Problems::default();
        let nickname = parse_nickname(&self.nickname).map_err(|sentence| {
            let before = Sentence::new("problem-nickname-before-hosting");
            (sentence, before)
        });
        let own_port = problems.note(Field::OwnPort, parse_own_port(&self.own_port));
        let port = problems.note(Field::HostPort, parse_host_port(&self.host_port));
        match (nickname, own_port, port) {
            (Ok(nickname), Some(own_port), Some(port)) => {
                let sign_in = SignIn {
                    nickname,
                    host: String::new(),
                    port,
                    own_port,
                    own_host: true,
                };
                Ok((sign_in, port))
            }
            (Err((sentence, before)), ..) => {
                problems.set(Field::Nickname, sentence);
                problems.set(Field::Host, before);
                Err(problems)
            }
            (Ok(_), ..) => Err(problems),
        }
    }
}

/// A server as it is entered: the usual port goes without saying.
pub(super) fn address(host: &str, port: u16) -> String {
    if port == DEFAULT_PORT {
        host.to_owned()
    } else {
        with_port(host, port)
    }
}

fn with_port(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

fn parse_nickname(text: &str) -> Result<Nickname, Sentence> {
    Nickname::parse(text.trim()).map_err(sentences::nickname_error)
}

fn parse_port(text: &str) -> Result<u16, Sentence> {
    let port = text.trim().parse().map_err(|_| no_port())?;
    if PORTS.contains(&port) {
        Ok(port)
    } else {
        Err(no_port())
    }
}

fn no_port() -> Sentence {
    Sentence::new("problem-port")
}

fn parse_own_port(text: &str) -> Result<u16, Sentence> {
    match text.trim() {
        "" | "0" => Ok(0),
        text => parse_port(text).map_err(|_| Sentence::new("problem-own-port")),
    }
}

/// Zero, for any free port, is for those who know why: it is taken but not offered.
fn parse_host_port(text: &str) -> Result<u16, Sentence> {
    match text.trim() {
        "0" => Ok(0),
        text => parse_port(text),
    }
}

/// The server's name and port. A port behind the name, as addresses are passed around, wins.
fn split_server<'a>(server: &'a str, port: &'a str) -> (&'a str, &'a str) {
    let server = server.trim();
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port),
        _ => (server, port),
    };
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    (bare.unwrap_or(host), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_carry_its_port() {
        for (server, host, port) in [
            ("10.0.0.7", "10.0.0.7", 50000),
            (" 10.0.0.7:50001 ", "10.0.0.7", 50001),
            ("sonic-pc:50001", "sonic-pc", 50001),
            ("fe80::1", "fe80::1", 50000),
            ("[fe80::1]:50001", "fe80::1", 50001),
            ("[fe80::1]", "fe80::1", 50000),
        ] {
            let sign_in = form("amy", server).parse_sign_in().expect("valid");
            assert_eq!((sign_in.host.as_str(), sign_in.port), (host, port));
        }
    }

    #[test]
    fn a_button_says_the_server_without_the_usual_port() {
        for (server, said) in [
            (" 10.0.0.7 ", Some("10.0.0.7")),
            ("10.0.0.7:50000", Some("10.0.0.7")),
            ("sonic-pc:50001", Some("sonic-pc:50001")),
            ("[fe80::1]:50001", Some("[fe80::1]:50001")),
            ("fe80::1", Some("fe80::1")),
            ("  ", None),
        ] {
            assert_eq!(form("amy", server).joins().as_deref(), said, "{server}");
        }
    }

    #[test]
    fn everything_wrong_is_said_at_its_field_at_once() {
        let form = Form {
            port: "80".into(),
            own_port: "x".into(),
            ..form("a b", "  ")
        };
        let problems = form.parse_sign_in().expect_err("four things are wrong");
        for field in [Field::Nickname, Field::Server, Field::Port, Field::OwnPort] {
            assert!(problems.at(field).is_some(), "{field:?}");
        }
        assert_eq!(problems.at(Field::Host), None);
    }

    #[test]
    fn hosting_needs_a_nickname_first_and_no_server() {
        let problems = form("", "").parse_host().expect_err("no nickname");
        let said = problems.at(Field::Host);
        assert_eq!(
            said,
            Some(&Sentence::new("problem-nickname-before-hosting"))
        );
        assert!(form("amy", "").parse_host().is_ok());
    }

    fn form(nickname: &str, server: &str) -> Form {
        Form {
            nickname: nickname.into(),
            server: server.into(),
            port: "50000".into(),
            own_port: String::new(),
            host_port: "50000".into(),
        }
    }
}
