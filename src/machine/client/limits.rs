//! The client's times and limits, each with its reason.

use std::time::Duration;

/// Requests to the server before it counts as silent, as in the classic program.
pub const ATTEMPTS_MAX: u32 = 5;

/// Between two requests to the server, and the time that a peer has for its ack: the classic's 500 ms.
pub const ANSWER_WAIT: Duration = Duration::from_millis(500);

/// When a part is sent within the peer's 500 ms, counted from the first time. Four tries reach
/// 99.8 % of the peers at 10 % loss where one reaches 81 %; ids make the repeats harmless.
pub(super) const DIRECT_TRIES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(60),
    Duration::from_millis(160),
    Duration::from_millis(330),
];

/// Parts beyond the lowest unconfirmed one that may be under way to a peer. The receiver keeps as
/// many that came early.
pub const WINDOW: usize = 16;

/// A classic peer's late ack would count for the next message, so the next one waits.
pub(super) const CLASSIC_QUIET: Duration = Duration::from_millis(500);

/// How long a classic server may take from its ack to its word on the mail: two waits of its own.
pub(super) const CLASSIC_OUTCOME_WAIT: Duration = Duration::from_millis(1500);

/// A peer that keeps a part back for an earlier one is asked again after this time.
pub(super) const BUFFERED_WAIT: Duration = Duration::from_secs(1);

/// Stored mail is offered straight this long after its recipient came online: the server, which
/// hands it over at once, comes first.
pub(super) const REOFFER_WAIT: Duration = Duration::from_secs(3);

/// Mail that the server keeps is offered straight again after this time, in case its store was lost.
pub(super) const STORED_WAIT: Duration = Duration::from_secs(600);

/// Between two straight tries while neither the peer nor the server answers.
pub(super) const PARKED_WAIT: Duration = Duration::from_secs(15);

/// An extended server that was silent this long is asked whether it is there.
pub(super) const SERVER_QUIET: Duration = Duration::from_secs(20);

/// The pauses between two rounds of requests to a silent server; the last one stays.
pub(super) const PAUSES_S: [u64; 6] = [1, 2, 4, 8, 16, 30];

/// Lines that may wait for one person. One more is refused with a sentence.
pub const LINES_MAX: usize = 4096;

/// Lines that failed and can be tried again. The oldest is forgotten for one more: the window
/// still shows its text.
pub const FAILED_MAX: usize = 256;

/// People in the table. One more is left out: it is ten times the room we aim at, and a server
/// that sends more is no honest one.
pub(super) const CONTACTS_MAX: usize = 20_000;

/// Streams of others that are remembered, one for each time that somebody's program started and wrote
/// here. The one that was silent longest is forgotten for one more; its next part says what to wait for.
pub(super) const STREAMS_MAX: usize = 4096;

/// Text of parts that came before an earlier one, in bytes, of all streams. Beyond it a part that is
/// not the next of its stream is not kept, and is sent again.
pub(super) const EARLY_BYTES_MAX: usize = 8 << 20;

/// Table pages kept that came before an earlier one: as many as a server sends at once.
pub(super) const EARLY_PAGES_MAX: usize = 16;

/// Pages of the table that are answered together: half of what a server sends at once.
pub(super) const PAGES_AN_ANSWER: u32 = 8;

/// A page with less room than this is full: the widest entry has a name of 128 bytes, an address of
/// 39, and 20 around them.
pub(super) const PAGE_ROOM: usize = 187;

/// How long the answer to full pages waits for more of them, far below the time after which a server sends them again.
pub(super) const PAGE_ANSWER_WAIT: Duration = Duration::from_millis(10);
