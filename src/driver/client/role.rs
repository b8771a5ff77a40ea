//! What distinguishes the client's rounds: how a command of the window becomes one of the machine, and
//! what is looked up on the way. The machine's decisions and the store are the rounds' own.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use super::super::DriverError;
use super::super::handle::COMMANDS_MAX;
use super::super::history::Reader;
use super::super::host::resolve;
use super::super::rounds::{Errands, Role};
use super::{Command, Told};
use crate::machine::client as machine;
use crate::machine::{Machine, Now};
use crate::protocol::Nickname;

/// A host that was looked up, or not found, for the sign-in of that number.
struct Lookup {
    number: u64,
    nickname: Nickname,
    found: Result<Vec<SocketAddr>, DriverError>,
}

pub(super) struct ClientRole {
    /// What the socket was bound to at first.
    own: IpAddr,
    asked: Receiver<Command>,
    found: Sender<Lookup>,
    lookups: Receiver<Lookup>,
    waker: Arc<mio::Waker>,
    /// The newest sign-in: an answer to an earlier one, or to one that was taken back, is late.
    lookup: u64,
    /// Hosts that are being looked up.
    looking: usize,
    reader: Reader,
}

impl ClientRole {
    pub fn new(
        own: IpAddr,
        asked: Receiver<Command>,
        waker: Arc<mio::Waker>,
        reader: Reader,
    ) -> Self {
        let (found, lookups) = bounded(COMMANDS_MAX);
        Self {
            own,
            asked,
            found,
            lookups,
            waker,
            lookup: 0,
            looking: 0,
            reader,
        }
    }

    /// What the machine is to do now.
    fn on_command(
        &mut self,
        command: Command,
        tell: &mut dyn FnMut(Told),
    ) -> Option<machine::Command> {
        Some(match command {
            Command::SignIn {
                nickname,
                host,
                port,
            } => {
                if let Err(error) = self.look_up(nickname, host, port) {
                    tell(Told::Failed(error));
                }
                return None;
            }
            Command::Look(question) => {
                if let Err(report) = self.reader.ask(question) {
                    tell((*report).into());
                }
                return None;
            }
            Command::Export(number, export) => {
                if let Err(report) = self.reader.export(number, export) {
                    tell((*report).into());
                }
                return None;
            }
            Command::SignOut => {
                self.lookup += 1;
                machine::Command::Deregister
            }
            Command::Close => {
                self.lookup += 1;
                machine::Command::Close
            }
            Command::Send { to, text } => machine::Command::Send { to, text },
            Command::Retry { line, to, text } => machine::Command::Retry { line, to, text },
            Command::Delete(line) => machine::Command::Delete(line),
            Command::Draft { peer, text } => machine::Command::Draft { peer, text },
            Command::Typing { to } => machine::Command::Typing { to },
            Command::TellRead(tells) => machine::Command::TellRead(tells),
            Command::Read { peer, line } => machine::Command::Read { peer, line },
            Command::Tabs { tabs, selected } => machine::Command::Tabs { tabs, selected },
            Command::Reconnect => machine::Command::Reconnect,
        })
    }

    /// A host was looked up, or not found.
    fn on_lookup(
        &self,
        now: Now,
        lookup: Lookup,
        machine: &mut machine::Client,
        tell: &mut dyn FnMut(Told),
    ) {
        if lookup.number != self.lookup {
            return;
        }
        let nickname = lookup.nickname;
        let command = match lookup.found {
            Ok(servers) => machine::Command::Register { nickname, servers },
            // The old session would go on by itself behind the user's back.
            Err(error) => {
                tell(Told::Failed(error));
                machine::Command::Deregister
            }
        };
        machine.handle_command(now, command);
    }

    /// Looks the host up on a thread of its own, since the system's resolver blocks.
    fn look_up(&mut self, nickname: Nickname, host: String, port: u16) -> Result<(), DriverError> {
        self.lookup += 1;
        let (number, own, found, waker) = (
            self.lookup,
            self.own,
            self.found.clone(),
            self.waker.clone(),
        );
        let run = move || {
            let found_at = resolve(&host, port, own);
            if found
                .try_send(Lookup {
                    number,
                    nickname,
                    found: found_at,
                })
                .is_ok()
            {
                let _ = waker.wake();
            }
        };
        let thread = thread::Builder::new().name("resolve".into()).spawn(run);
        thread.map_err(|error| DriverError::Socket(error.into()))?;
        self.looking += 1;
        Ok(())
    }
}

impl Role for ClientRole {
    type Machine = machine::Client;
    type Told = Told;

    fn feed(
        &mut self,
        now: Now,
        machine: &mut machine::Client,
        _taken: bool,
        tell: &mut dyn FnMut(Told),
    ) -> bool {
        while let Some(report) = self.reader.poll_report() {
            tell(report.into());
        }
        while let Ok(lookup) = self.lookups.try_recv() {
            self.looking -= 1;
            self.on_lookup(now, lookup, machine, tell);
        }
        loop {
            let command = match self.asked.try_recv() {
                Ok(command) => command,
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            };
            if let Some(command) = self.on_command(command, tell) {
                machine.handle_command(now, command);
            }
        }
    }

    fn errands(&self) -> Errands {
        let reading = self.reader.errands();
        Errands {
            asked: self.looking + reading.asked,
            done: self.lookups.len() + reading.done,
        }
    }
}
