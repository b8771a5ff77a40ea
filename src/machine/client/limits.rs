//! The client's times and limits, each with its reason.

use std::time::Duration;

/// Requests to the server before it counts as silent, as in the classic program.
pub const ATTEMPTS_MAX: u32 = 5;

/// Between two requests to the server, and the time that a peer has for its ack: the classic's 500 ms.
pub const ANSWER_WAIT: Duration = Duration::from_millis(500);

/// Tries of a part within the peer's 500 ms. Four reach 99.8 % of the peers at 10 % loss where one
/// reaches 81 %; ids make the repeats harmless.
pub(super) const DIRECT_TRIES: usize = 4;

/// The wait for the answer to the first of them, before a round trip to the peer is known and below
/// which it never falls. It doubles with each try and is up to a quarter longer by chance, so that all
/// four leave within 1.25 (50 + 100 + 200) ms.
pub(super) const DIRECT_WAIT: Duration = Duration::from_millis(50);

/// Parts beyond the lowest unconfirmed one that may be under way to a peer. The receiver keeps as
/// many that came early.
pub const WINDOW: usize = 16;

/// A classic peer's late ack would count for the next message, so the next one waits.
pub(super) const CLASSIC_QUIET: Duration = Duration::from_millis(500);

/// How long a classic server may take from its ack to its word on the mail: two waits of its own.
pub(super) const CLASSIC_OUTCOME_WAIT: Duration = Duration::from_millis(1500);

/// A peer that keeps a part back for an earlier one is asked again after this time.
pub(super) const BUFFERED_WAIT: Duration = Duration::from_secs(1);

/// Mail that a classic server keeps is offered straight this long after its recipient came online:
/// the server, which hands it over at once, comes first.
pub(super) const REOFFER_WAIT: Duration = Duration::from_secs(3);

/// Mail that the server keeps is offered to it again after this time, in case a receipt was lost.
pub(super) const STORED_WAIT: Duration = Duration::from_secs(600);

/// An extended server that was silent this long is asked whether it is there.
pub(super) const SERVER_QUIET: Duration = Duration::from_secs(20);

/// The pauses between two rounds of requests to a silent server, and between two rounds of tries
/// while neither a peer nor the server answers; the last one stays. Each is up to a quarter longer or
/// shorter by chance.
const PAUSES_S: [u64; 6] = [1, 2, 4, 8, 16, 30];

/// The pause after that many rounds.
pub(super) fn pause(rounds: usize, rng: &mut fastrand::Rng) -> Duration {
    let pause_ms = PAUSES_S[rounds.min(PAUSES_S.len() - 1)] * 1000;
    Duration::from_millis(rng.u64(pause_ms * 3 / 4..=pause_ms * 5 / 4))
}

/// How long somebody is shown as writing after the last sign of it: a pause to think is shorter.
pub const TYPING_FADES: Duration = Duration::from_secs(6);

/// Between two signs that the user writes: half of the time that one is shown for, so that a lost one
/// is not seen.
pub(super) const TYPING_EVERY: Duration = Duration::from_secs(3);

/// Between two times that the window is told of one person's writing. A third of what an honest
/// program sends, so that a flood of signs is none for the window.
pub(super) const TYPING_TOLD_EVERY: Duration = Duration::from_secs(1);

/// People at a time whose signs of writing are counted. One more is not shown, or told, as writing: no
/// window has so many open.
pub(super) const TYPISTS_MAX: usize = 64;

/// Own lines to one person that are not known to be read, and whose places are kept: a few windows
/// full. The oldest is forgotten for one more, and then counts as read with a later one.
pub(super) const ENDS_MAX: usize = 256;

/// Lines of others that the user has not seen, and whose places are kept, at some 100 bytes each, of
/// everybody. The oldest is forgotten for one more: whoever wrote it is told with a later one. Looking
/// through all of them takes less than a millisecond.
pub(super) const UNSEEN_MAX: usize = 16_384;

/// Lines that may wait for one person. One more is refused with a sentence.
pub const LINES_MAX: usize = 4096;

/// People in the table. One more is left out: it is ten times the room we aim at, and a server
/// that sends more is no honest one.
pub(super) const CONTACTS_MAX: usize = 20_000;

/// Lines deleted of late that are remembered, so that a retry that was asked for before the deletion was
/// told brings none of them out: four times the commands that can be on their way here.
pub(super) const DELETED_MAX: usize = 4096;

/// Lines to one person that were tried again of late and are remembered, so that a second retry which was
/// asked for before the first was told brings none of them out twice: as many as with deletions.
pub(super) const RETRIED_MAX: usize = DELETED_MAX;

/// Streams of one person that are remembered: one for each profile of theirs that wrote here. The one
/// that was silent longest is forgotten for one more; its next part says what to wait for.
pub(super) const STREAMS_OF_ONE_MAX: usize = 64;

/// Streams of everybody that are remembered, at some 100 bytes each: far more than the people that a
/// server knows. The one that was silent longest is forgotten for one more.
pub(super) const STREAMS_MAX: usize = 65_536;

/// Text of parts that came before an earlier one, in bytes, of all streams. Beyond it a part that is
/// not the next of its stream is not kept, and is sent again.
pub(super) const EARLY_BYTES_MAX: usize = 8 << 20;

/// Addresses of one host that are asked in turn; more are left out.
pub(super) const SERVERS_MAX: usize = 8;

/// Table pages kept that came before an earlier one: as many as a server sends at once.
pub(super) const EARLY_PAGES_MAX: usize = 16;

/// Pages of the table that are answered together: half of what a server sends at once.
pub(super) const PAGES_AN_ANSWER: u32 = 8;

/// A page with less room than this is full: the widest entry has a name of 128 bytes, an address of
/// 39, and 20 around them.
pub(super) const PAGE_ROOM: usize = 187;

/// How long the answer to full pages waits for more of them, far below the time after which a server sends them again.
pub(super) const PAGE_ANSWER_WAIT: Duration = Duration::from_millis(10);

/// Notices that are remembered, so that one whose answer was lost is not shown again. A server repeats one
/// notice at a time; the oldest is forgotten for one more.
pub(super) const NOTICES_MAX: usize = 16;
