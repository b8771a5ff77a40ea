//! The recordings of the classic program, read from `classic/scenario-N.jsonl`. No test lives here.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

/// One recorded datagram.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub ms: u64,
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
    pub json: Value,
}

pub struct Recording {
    pub number: u64,
    pub server: SocketAddr,
    /// The clients, by their address.
    pub peers: BTreeMap<SocketAddr, String>,
    pub lines: Vec<Recorded>,
}

const FILES: [&str; 5] = [
    include_str!("classic/scenario-1.jsonl"),
    include_str!("classic/scenario-2.jsonl"),
    include_str!("classic/scenario-3.jsonl"),
    include_str!("classic/scenario-4.jsonl"),
    include_str!("classic/scenario-5.jsonl"),
];

/// Every recording.
pub fn recordings() -> Vec<Recording> {
    FILES.iter().map(|file| Recording::read(file)).collect()
}

impl Recording {
    fn read(file: &str) -> Self {
        let mut lines = file
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"));
        let head: Value = lines.next().expect("a first line");
        let places = head["peers"].as_object().expect("peers").iter();
        let places: BTreeMap<String, SocketAddr> = places
            .map(|(peer, port)| {
                let port = port.as_u64().expect("a port") as u16;
                (peer.clone(), ([127, 0, 0, 1], port).into())
            })
            .collect();
        let place = |peer: &Value| places[peer.as_str().expect("a peer")];
        let lines = lines
            .map(|line: Value| {
                let bytes = line["datagram"].as_str().expect("a datagram");
                Recorded {
                    ms: line["ms"].as_u64().expect("a time"),
                    from: place(&line["from"]),
                    to: place(&line["to"]),
                    bytes: bytes.as_bytes().to_vec(),
                    json: serde_json::from_str(bytes).expect("JSON in a datagram"),
                }
            })
            .collect();
        let peers = places.iter().filter(|(peer, _)| *peer != "server");
        Self {
            number: head["scenario"].as_u64().expect("a number"),
            server: places["server"],
            peers: peers.map(|(peer, place)| (*place, peer.clone())).collect(),
            lines,
        }
    }

    /// Whether the server was killed before `ms`, without a word.
    pub fn is_server_dead(&self, ms: u64) -> bool {
        self.number == 2 && ms > 8_000
    }

    /// Whether the program at `peer` was killed, and not started again, when `ms` had passed.
    pub fn is_dead(&self, peer: SocketAddr, ms: u64) -> bool {
        match (self.number, self.peers[&peer].as_str()) {
            (3, "x") => (3_061..10_047).contains(&ms),
            (4, "x") => ms > 3_047,
            _ => false,
        }
    }
}

impl Recorded {
    pub fn kind(&self) -> &str {
        kind(&self.json)
    }
}

pub fn kind(json: &Value) -> &str {
    json["Type"].as_str().expect("a Type")
}
