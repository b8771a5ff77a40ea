//! People who leave mail for others who are away: each has some requests open, waits for `stored`,
//! and goes on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super_chatter::machine::client::ANSWER_WAIT;
use super_chatter::protocol::{Datagram, MailAnswer, Nickname, Seq, Stream};

use super::people::{Crowd, News, part, text};
use crate::support::{Times, now};

/// How often it is looked whether a request got no answer.
const LOOK: Duration = Duration::from_millis(50);

/// What is left for whom.
pub struct Plan {
    /// Each sender writes to all of them in turns, so that no mailbox is full before the others.
    pub recipients: Vec<Nickname>,
    /// Requests that a sender has open.
    pub ahead: usize,
    /// Bytes of a text.
    pub len: usize,
    /// The streams are numbered from here.
    pub first: u64,
}

impl Plan {
    /// A sender's message of that number: the recipient, and the place in their stream.
    fn place(&self, sender: usize, number: usize) -> (usize, Stream, Seq) {
        let count = self.recipients.len();
        let recipient = (sender + number) % count;
        let stream = Stream(self.first + (sender * count + recipient) as u64);
        (recipient, stream, Seq((number / count) as u64 + 1))
    }
}

struct Open {
    sender: usize,
    number: usize,
    first: Instant,
    last: Instant,
}

/// What came of a load.
#[derive(Default)]
pub struct Loaded {
    /// From a request's first try to its `stored`.
    pub times: Times,
    /// The last one of each stream that the server said to have stored.
    pub stored: BTreeMap<Stream, u64>,
    pub messages: usize,
    pub again: usize,
    pub elapsed: Duration,
}

impl Loaded {
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.elapsed.as_secs_f64()
    }
}

/// Everybody of the crowd sends until `count` messages are stored or the time is over. With
/// `finish` no more than that are begun and none is left open then; without, all are under way.
pub fn run(
    crowd: &mut Crowd,
    plan: &Plan,
    count: usize,
    (time, finish): (Duration, bool),
) -> Loaded {
    let mut open = BTreeMap::new();
    let mut numbers = vec![0; crowd.people.len()];
    let mut loaded = Loaded::default();
    let start = now();
    let (mut started, mut looked) = (0, start);
    let senders = crowd.people.len();
    for sender in (0..plan.ahead * senders).map(|turn| turn % senders) {
        if started < count {
            begin(crowd, plan, (sender, &mut numbers[sender]), &mut open);
            started += 1;
        }
    }
    while loaded.messages < count && !(open.is_empty() && finish) {
        let over = start.elapsed() >= time;
        if over && !finish {
            break;
        }
        for (sender, at, news) in crowd.poll(LOOK) {
            let News::Mail {
                stream,
                seq,
                answer,
            } = news
            else {
                continue;
            };
            let Some(Open { first, .. }) = open.remove(&(stream, seq)) else {
                continue;
            };
            assert_eq!(answer, MailAnswer::Stored, "the load keeps to the quotas");
            loaded.times.push(at - first);
            loaded.messages += 1;
            let last = loaded.stored.entry(stream).or_default();
            *last = seq.0.max(*last);
            if !over && (started < count || !finish) {
                begin(crowd, plan, (sender, &mut numbers[sender]), &mut open);
                started += 1;
            }
        }
        if looked.elapsed() >= LOOK {
            looked = now();
            loaded.again += repeat(crowd, plan, &mut open);
        }
    }
    loaded.elapsed = start.elapsed();
    loaded
}

fn begin(
    crowd: &mut Crowd,
    plan: &Plan,
    (sender, next): (usize, &mut usize),
    open: &mut BTreeMap<(Stream, Seq), Open>,
) {
    let number = *next;
    *next += 1;
    let (_, stream, seq) = plan.place(sender, number);
    let first = now();
    let request = Open {
        sender,
        number,
        first,
        last: first,
    };
    offer(crowd, plan, &request);
    open.insert((stream, seq), request);
}

fn offer(crowd: &mut Crowd, plan: &Plan, open: &Open) {
    let (recipient, stream, seq) = plan.place(open.sender, open.number);
    let sender = crowd.people[open.sender].name.clone();
    let mail = Datagram::Offline {
        sender: sender.name(),
        recipient: plan.recipients[recipient].name(),
        thought_online: false,
        text: text(seq.0, plan.len).into(),
        part: Some(part(stream, seq)),
    };
    crowd.send(open.sender, crowd.server, &mail);
}

/// Repeats what got no answer in time. Answers how many.
fn repeat(crowd: &mut Crowd, plan: &Plan, open: &mut BTreeMap<(Stream, Seq), Open>) -> usize {
    let late = open
        .values_mut()
        .filter(|open| open.last.elapsed() >= ANSWER_WAIT);
    let mut again = 0;
    for request in late {
        request.last = now();
        offer(crowd, plan, request);
        again += 1;
    }
    again
}
