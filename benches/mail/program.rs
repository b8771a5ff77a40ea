//! The server as its user runs it: a process with its store in a folder of its own. What the system
//! tells of the process, and SQLite of the store.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Nothing that a server is asked once takes longer on a machine that works.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Where SQLite's shared memory counts the transactions of a log, in bytes from its beginning
/// (`iChange` in the WAL index's header).
const TRANSACTIONS: std::ops::Range<usize> = 8..12;

/// A running server. It is killed when this is dropped, without a farewell.
pub struct Program {
    child: Child,
    folder: PathBuf,
    pub address: SocketAddr,
}

impl Program {
    /// Starts it with its store in `folder`. It hears nobody before its port is open.
    pub fn start(folder: &Path) -> Self {
        let free = UdpSocket::bind((LOOPBACK, 0)).expect("loopback has a free port");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_super-chatter"))
            .args(["-s", &address.port().to_string()])
            .args(["--bind", &LOOPBACK.to_string(), "--data-dir"])
            .arg(folder)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program was built");
        Self {
            child,
            folder: folder.to_owned(),
            address,
        }
    }

    /// Transactions that were committed so far, where SQLite keeps its log's index in a file.
    pub fn commits(&self) -> Option<u32> {
        let index = fs::read(self.folder.join("server.db-shm")).ok()?;
        let bytes = index.get(TRANSACTIONS)?.try_into().ok()?;
        Some(u32::from_ne_bytes(bytes))
    }

    /// The store and its log, in bytes.
    pub fn store_len(&self) -> u64 {
        let len = |name| fs::metadata(self.folder.join(name)).map_or(0, |file| file.len());
        len("server.db") + len("server.db-wal")
    }

    /// The process's resident memory, in bytes, where the system tells it.
    pub fn resident(&self) -> Option<u64> {
        let status = fs::read_to_string(self.proc("status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib << 10)
    }

    /// The process's open files and sockets, where the system tells them.
    pub fn open_files(&self) -> Option<usize> {
        Some(fs::read_dir(self.proc("fd")).ok()?.count())
    }

    fn proc(&self, what: &str) -> PathBuf {
        Path::new("/proc")
            .join(self.child.id().to_string())
            .join(what)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
