//! The server's times and limits, each with its reason.

use std::time::Duration;

/// How long a classic client has for its ack, as in the classic program.
pub(super) const CLASSIC_WAIT: Duration = Duration::from_millis(500);

/// When somebody is asked whether they are there, counted from the first time. Eight tries leave
/// one living client in 200 unheard at 30 % loss; the end comes before a newcomer gives up.
pub(super) const CHECK_TRIES_MS: [u64; 8] = [0, 60, 160, 330, 500, 750, 1000, 1250];
pub(super) const CHECK_END: Duration = Duration::from_millis(1500);

/// Questions to a classic client before it counts as gone. A newcomer who wants its name waits for
/// one, as in the classic program.
pub(super) const CLASSIC_CHECKS: u32 = 3;

/// Silence after which a client is asked whether it is there. NATs forget a mapping after 30 s or more.
pub(super) const EXTENDED_QUIET: Duration = Duration::from_secs(25);
pub(super) const CLASSIC_QUIET: Duration = Duration::from_secs(60);

/// Between two sends of table changes to everybody, and what each thousand online adds: presence
/// then stays below a fifth of one core.
pub(super) const TICK: Duration = Duration::from_millis(20);
pub(super) const TICK_PER_THOUSAND: Duration = Duration::from_millis(10);

/// Table pages under way to one client: 16 full pages lie well within a default receive buffer (92).
pub(super) const PAGE_WINDOW: usize = 16;

/// Parts of one stream under way to one client: as many as the client keeps when one is lost.
pub(super) const MAIL_WINDOW: usize = crate::machine::client::WINDOW;

/// Parts of all streams that one client has not answered: together they fit its receive buffer.
pub(super) const MAIL_FLIGHT_MAX: usize = 64;

/// A part that its recipient keeps for an earlier one is sent again after this time.
pub(super) const EARLY_WAIT: Duration = Duration::from_secs(30);

/// The first wait for the answer to a page, a part or a notification as long as no round trip has
/// been measured, and the longest one that it doubles to.
pub(super) const RETRY_FIRST: Duration = Duration::from_millis(200);
pub(super) const RETRY_LAST: Duration = Duration::from_secs(5);

/// The shortest wait for an answer: it may stand behind a disk's commit of up to 20 ms, and a wireless
/// link adds its own.
pub(super) const RETRY_SHORTEST: Duration = Duration::from_millis(100);

/// When those whom the last run knew are greeted, in seconds after the round before: three times, since
/// each can be lost.
pub(super) const GREETINGS_S: [u64; 3] = [0, 1, 3];

/// How many are greeted at once, and how soon the next ones: a table page for each of them follows.
pub(super) const GREETED_AT_ONCE: usize = 32;
pub(super) const GREETING_TICK: Duration = Duration::from_millis(20);

/// People who are greeted, those who were here last first. The others miss the old run by themselves.
pub(super) const GREETED_MAX: usize = 2_000;

/// Answers to later tries of parts behind it that show a part to be lost: datagrams that overtake each
/// other rarely do so by more (RFC 5681 counts as many).
pub(super) const OVERTAKEN_MAX: u32 = 3;

/// Unanswered tries after which a client is asked whether it is there.
pub(super) const RETRIES_BEFORE_CHECK: u32 = 2;

/// How long everybody has to confirm the farewell.
pub(super) const FAREWELL: Duration = Duration::from_millis(600);

/// People known. One more is refused: ten times the room we aim at.
pub(super) const PEOPLE_MAX: usize = 20_000;

/// Newcomers and mail that wait for one verification. One more is not heard, and asks again.
pub(super) const WAITERS_MAX: usize = 64;

/// Datagrams queued for one classic client. Beyond it only the table and mail are kept, which are
/// made when they are sent.
pub(super) const CLASSIC_QUEUE_MAX: usize = 64;

/// Mail kept in all, for one recipient, of one sender, and of one sender for one recipient, in bytes
/// of text and overhead. More is refused with an answer. A quarter of a mailbox for each sender, and
/// an eighth of the store for all that one sends: one flood leaves room for everybody else.
pub(super) const MAIL_BYTES_MAX: usize = 64 << 20;
pub(super) const MAILBOX_BYTES_MAX: usize = 4 << 20;
pub(super) const SENDER_BYTES_MAX: usize = 8 << 20;
pub(super) const PAIR_BYTES_MAX: usize = 1 << 20;

/// What a kept part costs beside its text, in bytes: names, numbers and indexes.
pub(super) const MAIL_OVERHEAD: usize = 256;

/// Streams whose receipts are kept for their senders. One more is not kept: its sender offers the
/// mail again after a while and gets a new one.
pub(super) const RECEIPTS_KEPT_MAX: usize = 100_000;

/// Streams whose receipts were taken and are remembered, so that a request which the network
/// repeats late is not kept anew. The oldest is forgotten: then the recipient's own count decides.
pub(super) const RECEIPTS_TAKEN_MAX: usize = 10_000;

/// Expired parts whose senders are still to be told. At the limit nothing more expires.
pub(super) const EXPIRED_KEPT_MAX: usize = 100_000;

/// Expired parts whose senders were told and that are remembered; the oldest is forgotten for one more.
pub(super) const EXPIRED_TOLD_MAX: usize = 10_000;

/// How much later than others a request may still come that was sent before them.
pub(super) const LATE_MAX: Duration = Duration::from_secs(10);

/// How long mail is kept, in milliseconds of the wall clock: 30 days. It covers a long holiday.
pub(super) const MAIL_AGE_MAX_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Between two looks for mail that is too old, and the parts after which one look ends: their records
/// are one commit, and everybody waits for it.
pub(super) const EXPIRY_EVERY: Duration = Duration::from_secs(60);
pub(super) const EXPIRED_ROUND_MAX: usize = 1000;

/// Pairs of a classic sender and a recipient whose mail is counted. Mail of one pair more is refused.
pub(super) const CLASSIC_STREAMS_MAX: usize = 100_000;

/// Members who are being asked whether they have moved. One more is not heard, and asks again: each
/// takes one round trip, so that a thousand who move at once are through within seconds.
pub(super) const MOVES_MAX: usize = 256;

/// Everybody online is asked within this time after the host slept: ten thousand then make no burst
/// that their socket buffers could not take.
pub(super) const WAKE_SPREAD: Duration = Duration::from_secs(1);

/// Tries of one part whose times are kept. With waits that double, an answer that takes up to 3 s is
/// still measured before anything is known of the path.
pub(super) const TIMED_TRIES: usize = 4;

/// Addresses that are blocked. One more is refused: a host who shuts out more than that needs a
/// firewall.
pub(super) const BLOCKED_MAX: usize = 1_000;

/// The host's own addresses: more than the networks of one computer.
pub(super) const OWN_MAX: usize = 64;

/// People removed whose confirmation is waited for. One more is told once.
pub(super) const DISMISSED_MAX: usize = 256;

/// Announcements that wait for the one that is going out. One more is refused.
pub(super) const ANNOUNCEMENTS_MAX: usize = 16;

/// The rounds of an announcement, each with the wait for its answers. Eight leave one living client
/// in 200 untold at 30 % loss.
pub(super) const ANNOUNCEMENT_ROUNDS: [Duration; 8] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1_600),
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(2),
];

/// How many are told an announcement at once, and how soon the next ones: the answers of ten thousand
/// then come within three seconds and fit the receive buffer.
pub(super) const ANNOUNCED_AT_ONCE: usize = 64;
pub(super) const ANNOUNCEMENT_TICK: Duration = Duration::from_millis(20);

/// Between two tellings to whoever watches: as often as a person reads a table that changes.
pub(super) const WATCH_TICK: Duration = Duration::from_millis(250);

/// Between two tellings of what was counted.
pub(super) const TOTALS_EVERY: Duration = Duration::from_secs(1);

/// People told at once. The others follow with the next telling: ten thousand are told within a second,
/// and a full room in which everybody changes takes a hundredth of a core. It is some 400 KiB; the next
/// is told when that has been taken.
pub(super) const PEOPLE_TOLD_MAX: usize = 2_500;

/// In a room of at most so many every new round trip is told; in a larger one the first of each person,
/// and others with what else has changed: every change of the table measures one to everybody.
pub(super) const ROUND_TRIPS_TOLD_MAX: usize = 256;

/// Happenings that are kept until somebody looks: a quiet day, or a busy hour. The oldest goes for one
/// more, and is only counted.
pub(super) const HAPPENINGS_MAX: usize = 1_000;

/// Samples of what was counted that are kept, a second or more apart: two minutes, and what the first
/// second is compared with.
pub(super) const SAMPLES_MAX: usize = 121;
