//! The words on the wire: what they mean ([`message`]), how they are read ([`decode`](mod@decode))
//! and written ([`encode`](mod@encode)), how long they may be ([`limits`]), who may be named
//! ([`nickname`]), what a room may be called ([`room_name`]), how they are shown ([`visible`](mod@visible)). Nothing outside this room knows the
//! wire's JSON.
//!
//! # The extension `sc`
//!
//! The classic protocol stands as it is: one JSON object a datagram, its kind in `Type`. All that
//! Super Chatter adds rides in one more key, `sc`, an object that classic peers ignore. This is the
//! reference for it; with the classic protocol it is enough to write another client.
//!
//! `sc` always holds `v`, the highest version that its sender speaks: 1. Every number is an integer
//! from 0 to 2^53 - 1. A field keeps its meaning in every version; new meanings take new fields, and
//! unknown fields are ignored. A datagram with a field of the wrong type, with a key twice, or with
//! a name or number out of its range is dropped and not answered.
//!
//! Whether the other side understands `sc` is learned from what it sends: a server that answers a
//! `Reg` with `sc`, an entry of a table page, a peer that acks with `sc`. Towards anybody else the
//! classic rules hold: one datagram at a time, a plain ack, at most 4096 bytes in ASCII.
//! Between two that understand it a datagram has at most 1200 bytes of UTF-8.
//!
//! ## Requests and their answers
//!
//! `Reg`, `Dereg`, `Verification` and `Notification` carry `id`, a number that names the request among
//! all that its program makes of the other side; programs begin at a random one, so that a program that
//! starts anew on its old port asks something new. `Reg` and `Verification` may carry `tk`, the token
//! of the client's last welcome. The answer is an `ack` with `re`, that number, and perhaps `r`:
//!
//! | to | `r` | meaning |
//! |---|---|---|
//! | `Reg` | `"welcome"`, with `in`, `ep`, `tk` | registered; `in` names this run of the server, `ep` its store, `tk` is the session's token |
//! | `Reg` | `"taken"` | the name's holder is there; it was asked first |
//! | `Reg` | `"refused"` | the server takes nobody more |
//! | the others | none | done |
//!
//! A request is repeated with the same `id`, 500 ms apart, five times to a server. It is answered
//! each time and carried out once. A `Reg` may be answered up to 1.5 s late, while the name's holder
//! is asked. A peer of whose program nothing is known is sent a `Verification`, too, before a message of
//! more than one part; its answer, plain or by number, tells. A client that has not heard its server for 20 s asks with a `Verification`; the server
//! asks silent clients likewise. An ack is never acked.
//!
//! A request with the token of somebody who is registered at another address, or a `Reg` with the
//! number of the one that registered them, shows that they have moved. The server asks the new address with a `Verification`, as it asks a silent client, and takes
//! it for theirs once that is answered from there: nobody can be moved to where nobody asked to be.
//! A `Reg` is then answered; its holder's old address need not be asked.
//!
//! `ep` is drawn when a server's store is made. A client that meets another one than before offers
//! again all that the server had stored and that is not confirmed.
//!
//! ## What the host says
//!
//! A `Notification` with text is the host's: an announcement, `[Announcement] ` and at most 500 bytes
//! of UTF-8, or with `Offline` that the host has signed the client out, which does not sign in again by
//! itself. It is shown once, however often its number comes. Until that good-bye is acked, and for
//! 1.5 s at most, the server hears nothing else from the client. A classic client gets it up to three
//! times, 500 ms apart, until it acks anything, and is not heard for 1.5 s; from then on only a `Reg`
//! brings it back. From an address that the host has blocked the server hears nothing at all.
//!
//! One such `Notification` is no word of the host: the text `[Server is Down!]` with `Offline`, from ours
//! with `id` 0, is the farewell of a server that ends. It names no request: every run says it with that
//! number, 150 ms apart, until it is acked or 600 ms have passed. It is told as the server's end each time
//! it comes and not remembered by its number. A client that hears it was not signed out: it signs in again
//! by itself, first after some 1 s, then after pauses that double up to 30 s, or at once when a table page of
//! another run comes.
//!
//! ## Messages
//!
//! The messages from one person to another form a stream with a random number of its own. A text
//! is cut into parts ([`parts`]) of at most 592 bytes as JSON writes them; each part has the stream's next sequence number, from 1. Part and
//! number belong together on every way: straight to the peer (`Chat`), to the server (`Offline`),
//! from the server (`Chat`). They carry
//!
//! | field | meaning |
//! |---|---|
//! | `st` | the stream |
//! | `q` | the part's sequence number |
//! | `lo` | everything below it is confirmed, and need not be waited for |
//! | `k`, `n` | part `k` of the message's `n`; both absent: 1 of 1 |
//! | `t` | when the message was written, Unix milliseconds by the sender's clock |
//! | `y` | which try this datagram is, 1 to 255; absent: 1 |
//!
//! A recipient takes the parts of a stream in order and keeps up to 16 that come early; what it has
//! already is acked again and not shown. It answers each part with an `ack` that has `st`, `q`, the
//! part's `y` and `up`: everything below `up` has reached it for good, that is, stands on its disk. A part is done when `up` is above it.
//! A sender has at most 16 parts beyond `lo` under way to a peer, and sends each at 0, 60, 160 and
//! 330 ms. When 500 ms brought no answer it asks the server with `Offline`, five times 500 ms apart.
//! A message whose sender is not at the address that the table gives is dropped: the sender then
//! goes to the server, which knows its clients by their addresses.
//!
//! The server answers an `Offline` with an `ack` that has `st`, `q` and `r`: `"stored"` (it is on
//! the server's disk), `"unknown"` (nobody of that name), `"full"` (the recipient's mailbox, the sender's share of it, or the disk) or
//! `"unregistered"` (the sender is not registered from that address). What it keeps it sends to the
//! recipient as soon as that is there, and lets go of only on the recipient's ack. Then it tells the
//! sender, with a `Notification` whose `rc` lists `[st, up]` pairs, at most 14, until the sender has
//! acked it. Mail that nobody came for in 30 days is told in the same way, in `ex`: `[st, q]` pairs of
//! parts that are no longer kept. Whoever reads both takes `ex` first: the recipient was told not to
//! wait for such a part, and an `up` behind it counts it as there. Until the sender has heard, and 10 s
//! longer, an `Offline` with another part of the same message is not answered.
//!
//! The mailbox of a classic server keeps nothing but text. Between two who know each other to
//! understand `sc` the fields stand in front of the text there ([`armour`]).
//!
//! ## Between two peers
//!
//! Two that understand `sc`, and are online by the table, tell each other two things more, straight
//! and never through the server. A datagram of theirs whose sender is not at the address that the
//! table gives is dropped, and so is one of a `Type` that a program does not know.
//!
//! `Typing` with `Sender`: that person writes to whom it is sent. It is sent at a keystroke, every 3 s at
//! most, and is not answered. It is shown for 6 s, or until a message of theirs comes.
//!
//! `Read` with `Sender`, `st` and `rd`: that person has read everything below `rd` in the stream `st` of
//! whom it is sent to. It is sent again until it is answered, with the pauses of messages that nobody
//! answers, also after either side was away; only the highest `rd` counts. The answer is an `ack` with
//! the same `st` and `rd`, when that is on the disk, or when it can never be of use: the stream is not
//! theirs, or never came so far. Who has sent the parts below `rd` but does not know yet that they arrived
//! does not answer: their acks come first. Whoever does not want others to know what they read sends
//! none.
//!
//! ## The table
//!
//! Every change of the table (somebody comes, goes or moves) has a number; the latest change of
//! each person counts. A client stands at a number, at first 0. The server sends pages: `Table`
//! without `Msg`, with `in` (the run), `tf` and `tv` (whoever stands at `tf` stands at `tv` after
//! it) and `e`, a list of `[nickname, ip, port, flags]`; flags are 1 for online plus 2 for somebody
//! who understands `sc`. What the host calls the room is one more thing that changes: the page with
//! its latest change has it in `rm`, at most 40 characters; empty: it has no name. The client answers with an `ack` that has `in` and `tv`, the number that it
//! stands at. It answers at once when it lacks a page, which is how it asks for one; full pages, which
//! others follow, may be answered together, 8 at the most and after 10 ms at the latest. Up to 16
//! pages are under way; a client keeps those that come early. A client that still stands lower than it
//! said before, after a page was sent again, began anew, and gets the pages from there. A page of
//! another run makes the client register again: a server that starts sends an empty one to whom its last run knew.

pub mod armour;
pub mod decode;
pub mod encode;
pub mod limits;
pub mod mail_line;
pub mod message;
pub mod nickname;
pub mod parts;
pub mod room_name;
pub mod texts;
pub mod visible;
mod wire;

pub use decode::{DecodeError, decode};
pub use encode::{Style, encode};
pub use message::*;
pub use nickname::{Name, Nickname, NicknameError};
pub use room_name::RoomName;
