//! A server without a window: it says where it listens and runs until it is told to stop. What it
//! does meanwhile lives in the machine and its driver.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use crossbeam_channel::select;

use crate::console::{ConsoleError, interrupts, news};
use crate::driver::server::{Told, reachable_at, start};
use crate::machine::server::Event;

/// Runs a server on `bind`:`port` with its mail in `store` until Ctrl+C, or until the system asks
/// it to end; then everybody is told, and it returns. Once in a process.
pub fn run(
    bind: IpAddr,
    port: u16,
    store: PathBuf,
    out: &mut dyn Write,
) -> Result<(), ConsoleError> {
    let interrupts = interrupts()?;
    let (notify, news) = news();
    let server = start(bind, port, store.clone(), notify);
    loop {
        while let Some(told) = server.poll_told() {
            match told {
                Told::Bound(address) => {
                    writeln!(out, "{}", listening(address, &store))?;
                    out.flush()?;
                }
                Told::Aside(sentence) => writeln!(out, "{sentence}")?,
                // Nothing here asks for it.
                Told::Imported(_) => {}
                Told::Failed(error) => return Err(error.into()),
                Told::Server(Event::Counts {
                    online,
                    known,
                    mail,
                }) => {
                    tracing::info!(online, known, mail, "people and mail");
                }
                Told::Server(Event::Blocked(addresses)) => {
                    tracing::info!(?addresses, "blocked");
                }
                // Nobody watches here, or asks for anything.
                Told::Server(
                    Event::People(_)
                    | Event::Totals(_)
                    | Event::Happened { .. }
                    | Event::NotBlocked(_)
                    | Event::Announced { .. }
                    | Event::NotAnnounced,
                ) => {}
                Told::Server(Event::Stopped) => {
                    server.join();
                    return Ok(());
                }
            }
        }
        select! {
            recv(news) -> _ => {}
            recv(interrupts) -> _ => {
                // Where it is refused the server is stopping already, or has ended, which is heard.
                if server.stop().is_ok() {
                    writeln!(out, "Saying good-bye to everybody.")?;
                    out.flush()?;
                }
            }
        }
    }
}

fn listening(address: SocketAddr, store: &Path) -> String {
    let (port, hosts) = (address.port(), reachable_at(address.ip()));
    let at = match hosts.is_empty() {
        true => format!(
            "Listening on port {port}. This computer is on no network, so others can't join yet."
        ),
        false => {
            let hosts: Vec<_> = hosts.iter().map(IpAddr::to_string).collect();
            format!("Listening on port {port} of {}.", hosts.join(", "))
        }
    };
    format!("{at} Mail is kept in {}. Ctrl+C stops.", store.display())
}
