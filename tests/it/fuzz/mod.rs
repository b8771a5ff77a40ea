//! Whatever comes in from the wire, the disk or a person: no panic, no memory without limit, no answer
//! where there should be none. Each target is one function over bytes, which three run: this test, with
//! the inputs of `corpus/TARGET` and with inputs made from them by chance; and a fuzzer that looks for
//! new ones by what code they reach. That takes cargo-fuzz and a nightly compiler:
//!
//! ```text
//! cargo install cargo-fuzz
//! TMPDIR=/dev/shm cargo +nightly fuzz run -s none TARGET NEW tests/it/fuzz/corpus/TARGET -- -max_total_time=600
//! ```
//!
//! New inputs go to the folder NEW. A failing one is shown and lies in `fuzz/artifacts`; it belongs into
//! the corpus with its repair. `cargo +nightly fuzz cmin` leaves those of a folder that reach something
//! of their own.

mod choices;
mod client;
mod codec;
mod mail_files;
mod nickname;
mod rows;
mod sequence;
mod server;
mod watch;

/// Runs one target.
pub fn run(target: &str, bytes: &[u8]) {
    match target {
        "client" => client::client(bytes),
        "server" => server::server(bytes),
        "sequence" => sequence::sequence(bytes),
        "nickname" => nickname::nickname(bytes),
        "rows" => rows::rows(bytes),
        "mail_files" => mail_files::mail_files(bytes),
        "codec" => codec::codec(bytes),
        other => panic!("no target is called {other}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::catch_unwind;
    use std::path::Path;

    use super::run;

    #[test]
    fn a_datagram_to_a_client_does_no_harm() {
        replay("client", 1_500);
    }

    #[test]
    fn a_datagram_to_a_server_does_no_harm() {
        replay("server", 1_500);
    }

    #[test]
    fn many_steps_do_no_harm() {
        replay("sequence", 800);
    }

    #[test]
    fn any_text_is_a_nickname_or_none() {
        replay("nickname", 4_000);
    }

    #[test]
    fn any_database_is_read_or_named() {
        replay("rows", 40);
    }

    #[test]
    fn any_mail_file_is_taken_whole_or_named() {
        replay("mail_files", 30);
    }

    #[test]
    fn what_is_read_is_written_as_it_was() {
        replay("codec", 8_000);
    }

    /// Runs the target's corpus, and `more` inputs made from it.
    fn replay(target: &str, more: usize) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fuzz/corpus");
        let mut files: Vec<_> = fs::read_dir(folder.join(target))
            .expect("the target's corpus")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        let corpus: Vec<_> = files
            .iter()
            .map(|file| fs::read(file).expect("an input"))
            .collect();
        assert!(corpus.len() > 5, "the corpus was not found");
        corpus.iter().for_each(|bytes| try_out(target, bytes));
        let mut rng = fastrand::Rng::with_seed(1);
        (0..more).for_each(|_| try_out(target, &altered(&corpus, &mut rng)));
    }

    fn try_out(target: &str, bytes: &[u8]) {
        let harmless = catch_unwind(|| run(target, bytes)).is_ok();
        assert!(harmless, "{target} fails with \"{}\"", bytes.escape_ascii());
    }

    /// One input with a few bytes changed, cut out or taken from another.
    fn altered(corpus: &[Vec<u8>], rng: &mut fastrand::Rng) -> Vec<u8> {
        let mut bytes = corpus[rng.usize(..corpus.len())].clone();
        for _ in 0..rng.usize(1..5) {
            let at = rng.usize(..=bytes.len());
            let end = rng.usize(at..=bytes.len().min(at + 16));
            match rng.usize(..4) {
                0 => drop(bytes.drain(at..end)),
                1 => bytes[at..end].fill_with(|| rng.u8(..)),
                2 => bytes.insert(at, rng.u8(..)),
                _ => {
                    let other = &corpus[rng.usize(..corpus.len())];
                    let from = rng.usize(..=other.len());
                    let some = other[from..].iter().take(rng.usize(..64)).copied();
                    bytes.splice(at..end, some);
                }
            }
        }
        bytes
    }
}
