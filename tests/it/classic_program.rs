//! The classic client, as faithful as its description: one thing at a time, 500 ms for an ack, and
//! any ack will do; and how a classic program reads. Written without our codec, so that the two can
//! disagree. No test lives here.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use serde_json::{Value, json};

pub const WAIT_MS: u64 = 500;
pub const READ_MAX: usize = 4096;

/// What goes out, and to whom.
pub type Out = Vec<(SocketAddr, Vec<u8>)>;

/// ASCII, as the classic program writes it.
pub fn write(json: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    for c in json.to_string().chars() {
        if c.is_ascii() {
            bytes.push(c as u8);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                bytes.extend(format!("\\u{unit:04x}").bytes());
            }
        }
    }
    bytes
}

/// What a classic program makes of a datagram; `None`: its reader dies of it.
pub fn read(bytes: &[u8]) -> Option<Value> {
    let json: Value = serde_json::from_slice(&bytes[..bytes.len().min(READ_MAX)]).ok()?;
    json["Type"].as_str()?;
    Some(json)
}

/// The text at a key, or none.
pub fn text<'a>(json: &'a Value, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_default()
}

#[derive(Clone, Debug)]
pub enum Job {
    Reg,
    Dereg,
    Send {
        to: String,
        text: String,
    },
    Offline {
        to: String,
        status: &'static str,
        text: String,
    },
}

/// A classic client: its commands run one after the other, its reader acks at once.
pub struct ClassicClient {
    me: String,
    server: SocketAddr,
    table: BTreeMap<String, (SocketAddr, bool)>,
    jobs: VecDeque<Job>,
    running: Option<(Job, u32, u64)>,
    acked: bool,
    pub exited: bool,
    pub reader_dead: bool,
    /// Who sent an ack that nothing waited for.
    pub stray_acks: Vec<SocketAddr>,
    /// What it printed.
    pub lines: Vec<String>,
    /// The messages among that.
    pub shown: Vec<(String, String)>,
    pub out: Out,
}

impl ClassicClient {
    pub fn new(me: &str, server: SocketAddr) -> Self {
        Self {
            me: me.to_owned(),
            server,
            table: BTreeMap::new(),
            jobs: VecDeque::new(),
            running: None,
            acked: false,
            exited: false,
            reader_dead: false,
            stray_acks: Vec::new(),
            lines: Vec::new(),
            shown: Vec::new(),
            out: Vec::new(),
        }
    }

    pub fn command(&mut self, now_ms: u64, job: Job) {
        self.jobs.push_back(job);
        self.next(now_ms);
    }

    pub fn deadline(&self) -> Option<u64> {
        self.running.as_ref().map(|(.., until)| *until)
    }

    fn next(&mut self, now_ms: u64) {
        while self.running.is_none()
            && !self.exited
            && let Some(job) = self.jobs.pop_front()
        {
            self.start(now_ms, job, 1);
        }
    }

    fn start(&mut self, now_ms: u64, job: Job, attempt: u32) {
        let me = &self.me;
        let (to, json) = match &job {
            Job::Reg => (self.server, json!({"Nickname": me, "Type": "Reg"})),
            Job::Dereg => (self.server, json!({"Nickname": me, "Type": "Dereg"})),
            Job::Offline { to, status, text } => (
                self.server,
                json!({"Status": status, "Nickname": me, "Type": "Offline", "Receipent": to, "Msg": text}),
            ),
            Job::Send { to, text } => match self.table.get(to) {
                None => return self.lines.push(format!("[Client {to} Not Existed!]")),
                Some((_, false)) => {
                    let (to, status, text) = (to.clone(), "Offline", text.clone());
                    return self.start(now_ms, Job::Offline { to, status, text }, 1);
                }
                Some((address, true)) => {
                    (*address, json!({"Msg": text, "Type": "Chat", "Sender": me}))
                }
            },
        };
        self.out.push((to, write(&json)));
        self.acked = false;
        self.running = Some((job, attempt, now_ms + WAIT_MS));
    }

    /// The 500 ms are over: it looks whether any ack came in since.
    pub fn turn(&mut self, now_ms: u64) {
        let Some((job, attempt, _)) = self.running.take_if(|(.., until)| *until <= now_ms) else {
            return;
        };
        match job {
            Job::Send { to, .. } if self.acked => {
                self.lines.push(format!("[Message received by {to}.]"));
            }
            _ if self.acked => {}
            Job::Send { to, text } => {
                self.lines
                    .push(format!("[No ACK from {to}, message sent to server.]"));
                let status = "Online";
                return self.start(now_ms, Job::Offline { to, status, text }, 1);
            }
            Job::Reg | Job::Dereg | Job::Offline { .. } if attempt < 5 => {
                return self.start(now_ms, job, attempt + 1);
            }
            Job::Reg | Job::Dereg | Job::Offline { .. } => {
                self.lines.push("[Server not responding]".to_owned());
                self.exited = true;
            }
        }
        self.next(now_ms);
    }

    pub fn feed(&mut self, from: SocketAddr, bytes: &[u8]) {
        if self.exited || self.reader_dead {
            return;
        }
        let Some(json) = read(bytes) else {
            self.reader_dead = true;
            return;
        };
        if text(&json, "Type") == "ack" {
            if self.running.is_none() || self.acked {
                self.stray_acks.push(from);
            }
            self.acked = true;
            return;
        }
        self.out.push((from, write(&json!({"Type": "ack"}))));
        match text(&json, "Type") {
            "Chat" => {
                let (sender, msg) = (
                    text(&json, "Sender").to_owned(),
                    text(&json, "Msg").to_owned(),
                );
                self.lines.push(format!("{sender}: {msg}"));
                self.shown.push((sender, msg));
            }
            "Table" => match table(text(&json, "Msg")) {
                Some(table) => self.table = table,
                None => self.reader_dead = true,
            },
            "Notification" => {
                let msg = text(&json, "Msg");
                self.exited |= msg == "[Server is Down!]";
                self.lines.push(msg.to_owned());
            }
            _ => {}
        }
    }
}

fn table(text: &str) -> Option<BTreeMap<String, (SocketAddr, bool)>> {
    let table: BTreeMap<String, Vec<Value>> = serde_json::from_str(text).ok()?;
    let entry = |(nick, entry): (String, Vec<Value>)| {
        let ip = entry.first()?.as_str()?.parse().ok()?;
        let port = u16::try_from(entry.get(1)?.as_u64()?).ok()?;
        let online = entry.get(2)?.as_str()?;
        Some((nick, (SocketAddr::new(ip, port), online == "Yes")))
    };
    table.into_iter().map(entry).collect()
}

/// What is wrong with a datagram for a classic program.
pub fn lint(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() > READ_MAX {
        return Err(format!("{} bytes", bytes.len()));
    }
    if !bytes.is_ascii() {
        return Err("not ASCII".to_owned());
    }
    let json: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let object = json.as_object().ok_or("no object")?;
    let keys: &[&str] = match text(&json, "Type") {
        "ack" | "Verification" => &[],
        "Reg" | "Dereg" => &["Nickname"],
        "Offline" => &["Nickname", "Receipent", "Status", "Msg"],
        "Chat" => &["Sender", "Msg"],
        "Table" => &["Msg"],
        "Notification" => &["Msg", "Offline"],
        other => return Err(format!("the Type is {other:?}")),
    };
    for key in keys {
        if !object.get(*key).is_some_and(Value::is_string) {
            return Err(format!("no text at {key}"));
        }
    }
    let values = [
        ("Status", ["Online", "Offline"]),
        ("Offline", ["True", "False"]),
    ];
    for (key, allowed) in values {
        if object.contains_key(key) && !allowed.contains(&text(&json, key)) {
            return Err(format!("{key} is {}", json[key]));
        }
    }
    if text(&json, "Type") == "Table" && table(text(&json, "Msg")).is_none() {
        return Err("the table is none".to_owned());
    }
    Ok(())
}
