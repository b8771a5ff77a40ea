//! The classic server, as faithful as its description: one thread, which waits up to 500 ms after
//! each datagram that it sends and takes whatever comes for the answer. No test lives here.
//!
//! The description leaves open when it finds a recipient to be there, since it asks the wrong one.
//! Here it does when the sender's table was out of date, and when its question to the sender
//! failed: then the mail is dropped, as the description says.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::classic_program::{Out, WAIT_MS, read, text, write};

/// What the classic server does next. Each but [`Step::Everybody`] and [`Step::Mail`] sends one
/// datagram and waits.
enum Step {
    Tell {
        to: SocketAddr,
        json: Value,
    },
    VerifyName {
        nick: String,
        old: SocketAddr,
        from: SocketAddr,
    },
    VerifyMail {
        from: SocketAddr,
        request: Value,
    },
    Enter {
        nick: String,
        at: SocketAddr,
    },
    Everybody,
    Mail {
        nick: String,
        at: SocketAddr,
    },
}

/// A classic server: one thread, which waits up to 500 ms after each datagram that it sends.
#[derive(Default)]
pub struct ClassicServer {
    table: BTreeMap<String, (SocketAddr, bool)>,
    mail: BTreeMap<String, Vec<(String, String)>>,
    steps: VecDeque<Step>,
    waiting: Option<(Step, u64)>,
    pub stray_acks: Vec<SocketAddr>,
    /// Requests that it threw away while it waited.
    pub swallowed: u64,
    /// Who was sent stored mail.
    pub delivered: BTreeSet<String>,
    pub out: Out,
}

impl ClassicServer {
    pub fn deadline(&self) -> Option<u64> {
        self.waiting.as_ref().map(|(_, until)| *until)
    }

    pub fn stop(&mut self, now_ms: u64) {
        let down = json!({"Msg": "[Server is Down!]", "Offline": "True", "Type": "Notification"});
        for to in self.online() {
            let json = down.clone();
            self.steps.push_back(Step::Tell { to, json });
        }
        self.run(now_ms);
    }

    pub fn turn(&mut self, now_ms: u64) {
        if let Some((step, _)) = self.waiting.take_if(|(_, until)| *until <= now_ms) {
            self.on_waited(now_ms, step, false);
        }
    }

    pub fn feed(&mut self, now_ms: u64, from: SocketAddr, bytes: &[u8]) {
        let json = read(bytes);
        let is_ack = json
            .as_ref()
            .is_some_and(|json| text(json, "Type") == "ack");
        if let Some((step, _)) = self.waiting.take() {
            self.swallowed += u64::from(!is_ack);
            return self.on_waited(now_ms, step, is_ack);
        }
        if is_ack {
            self.stray_acks.push(from);
        }
        self.out.push((from, write(&json!({"Type": "ack"}))));
        if let Some(json) = json {
            self.handle(from, json);
        }
        self.run(now_ms);
    }

    fn handle(&mut self, from: SocketAddr, json: Value) {
        let nick = text(&json, "Nickname").to_owned();
        match text(&json, "Type") {
            "Reg" => match self.table.get(&nick) {
                Some((old, _)) => {
                    let old = *old;
                    self.steps.push_back(Step::VerifyName { nick, old, from });
                }
                None => self.welcome(nick, from),
            },
            "Dereg" => {
                if let Some(entry) = self.table.get_mut(&nick) {
                    entry.1 = false;
                }
                self.tell(from, "[You are Offline. Bye.]", true);
                self.steps.push_back(Step::Everybody);
            }
            "Offline" => self.steps.push_back(Step::VerifyMail {
                from,
                request: json,
            }),
            _ => {}
        }
    }

    fn welcome(&mut self, nick: String, at: SocketAddr) {
        self.tell(at, "[Welcome, You are registered.]", false);
        let mail = Step::Mail {
            nick: nick.clone(),
            at,
        };
        self.steps
            .extend([Step::Enter { nick, at }, Step::Everybody, mail]);
    }

    fn tell(&mut self, to: SocketAddr, msg: &str, offline: bool) {
        let offline = if offline { "True" } else { "False" };
        let json = json!({"Msg": msg, "Offline": offline, "Type": "Notification"});
        self.steps.push_back(Step::Tell { to, json });
    }

    fn tell_table(&mut self, to: SocketAddr) {
        let entry = |(nick, (at, online)): (&String, &(SocketAddr, bool))| {
            let online = if *online { "Yes" } else { "No" };
            (
                nick.clone(),
                json!([at.ip().to_string(), at.port(), online]),
            )
        };
        let table: serde_json::Map<_, _> = self.table.iter().map(entry).collect();
        let msg = String::from_utf8(write(&Value::Object(table))).expect("ASCII");
        let json = json!({"Msg": msg, "Type": "Table"});
        self.steps.push_back(Step::Tell { to, json });
    }

    fn online(&self) -> Vec<SocketAddr> {
        let online = self.table.values().filter(|(_, online)| *online);
        online.map(|(at, _)| *at).collect()
    }

    /// Goes on until it has to wait.
    fn run(&mut self, now_ms: u64) {
        while self.waiting.is_none()
            && let Some(step) = self.steps.pop_front()
        {
            let verification = json!({"Type": "Verification"});
            let (to, json) = match &step {
                Step::Tell { to, json } => (*to, json.clone()),
                Step::VerifyName { old, .. } => (*old, verification),
                Step::VerifyMail { from, .. } => (*from, verification),
                Step::Enter { nick, at } => {
                    self.table.insert(nick.clone(), (*at, true));
                    continue;
                }
                Step::Everybody => {
                    let later = std::mem::take(&mut self.steps);
                    self.online().into_iter().for_each(|to| self.tell_table(to));
                    self.steps.extend(later);
                    continue;
                }
                Step::Mail { nick, at } => {
                    self.send_mail(nick, *at);
                    continue;
                }
            };
            self.out.push((to, write(&json)));
            self.waiting = Some((step, now_ms + WAIT_MS));
        }
    }

    fn send_mail(&mut self, nick: &str, at: SocketAddr) {
        let Some(mail) = self.mail.remove(nick) else {
            return;
        };
        self.delivered.insert(nick.to_owned());
        self.tell(at, "[You Have Messages]", false);
        for (sender, msg) in mail {
            let msg = format!("2026-11-22 13:23:18 {msg}");
            let json = json!({"Msg": msg, "Type": "Chat", "Sender": sender});
            self.steps.push_back(Step::Tell { to: at, json });
        }
    }

    fn on_waited(&mut self, now_ms: u64, step: Step, acked: bool) {
        match step {
            Step::VerifyName { nick, old, from } if acked && old != from => {
                self.tell(from, &format!("[{nick} is already Online!]"), true);
            }
            Step::VerifyName { nick, from, .. } => self.welcome(nick, from),
            Step::VerifyMail { from, request } => self.on_mail(from, &request, acked),
            Step::Tell { .. } | Step::Enter { .. } | Step::Everybody | Step::Mail { .. } => {}
        }
        self.run(now_ms);
    }

    fn on_mail(&mut self, from: SocketAddr, request: &Value, acked: bool) {
        let recipient = text(request, "Receipent").to_owned();
        let Some((_, online)) = self.table.get_mut(&recipient) else {
            return self.tell(from, &format!("[Client {recipient} Not Existed!]"), false);
        };
        if !acked || (*online && text(request, "Status") == "Offline") {
            self.tell(from, &format!("[Client{recipient}exists!!]"), false);
            return self.tell_table(from);
        }
        let changed = std::mem::replace(online, false);
        let (sender, msg) = (text(request, "Nickname"), text(request, "Msg"));
        let mail = (sender.to_owned(), msg.to_owned());
        self.mail.entry(recipient).or_default().push(mail);
        self.tell(from, "[Messages received by the server and saved]", false);
        if changed {
            self.steps.push_back(Step::Everybody);
        }
    }
}
