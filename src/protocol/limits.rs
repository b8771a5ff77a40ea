//! The limits of the wire, each with its reason. What happens at a limit is said where it is applied.

/// Longest datagram between two Super Chatters, in bytes: it passes any path of IPv6's minimum
/// MTU (1280) without fragments.
pub const DATAGRAM_MAX: usize = 1200;

/// Longest datagram that a classic program reads, in bytes. It cuts a longer one and fails.
pub const CLASSIC_DATAGRAM_MAX: usize = 4096;

/// Longest message text, in bytes of UTF-8.
pub const TEXT_MAX: usize = 16 * 1024;

/// Text in one part of a message, in bytes as JSON writes it between two Super Chatters. With two
/// names of [`NICKNAME_BYTES_MAX`] and every number at its widest an `Offline` request then still
/// keeps to [`DATAGRAM_MAX`].
pub const PART_TEXT_MAX: usize = 592;

/// Most parts that a message can have. Every byte of [`TEXT_MAX`] may need six in JSON
/// (a control character), and a part may end up to five bytes early.
pub const PARTS_MAX: u32 = ((TEXT_MAX * 6).div_ceil(PART_TEXT_MAX - 5)) as u32;

/// Longest nickname, in Unicode scalar values.
pub const NICKNAME_CHARS_MAX: usize = 32;

/// Longest nickname, in bytes of UTF-8: as many as its characters can have.
pub const NICKNAME_BYTES_MAX: usize = 4 * NICKNAME_CHARS_MAX;

/// Longest name of a room, in Unicode scalar values: it stands on a button.
pub const ROOM_NAME_CHARS_MAX: usize = 40;

/// Largest number of a try: nobody tries one part so often without an answer in between.
pub const ATTEMPT_MAX: u32 = 255;

/// Largest number on the wire, exclusive: every JSON reader holds integers below 2^53 exactly.
pub const NUMBER_END: u64 = 1 << 53;

/// Ports that the classic program accepts.
pub const PORTS: std::ops::RangeInclusive<u16> = 1024..=65535;
