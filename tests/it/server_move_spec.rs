//! The server's rules for somebody at another address than before: the token shows who may have moved,
//! an answer from the new address proves it, and until then nothing changes.

use std::net::SocketAddr;

use super_chatter::machine::server::{Person, Record, Saved};
use super_chatter::protocol::{Ack, Answer, Datagram, RequestId, Table, Token};

use crate::bench::{at, mail, name, nick, part, reg};
use crate::room::{Room, done};

#[test]
fn a_repeated_registration_gets_the_same_token_and_a_new_one_another() {
    let (mut room, token) = room_of_two();
    room.hear(at(1), &reg("x", Some(1)));
    assert_eq!(token_of(&mut room, at(1)), token);
    room.hear(at(1), &reg("x", Some(2)));
    assert_ne!(token_of(&mut room, at(1)), token);
}

#[test]
fn a_client_at_another_address_is_asked_there_and_moved_by_its_answer() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(9));
    room.hear(at(9), &here(token));
    let question = question_to(&mut room, at(9));
    room.run_for(20);
    // Nothing has changed yet.
    assert_eq!(room.records, []);
    assert_eq!(room.words_to(at(1)), Vec::<String>::new());
    assert_eq!(room.words_to(at(2)), Vec::<String>::new());
    room.hear(at(9), &done(question));
    room.run_for(20);
    let moved = Person {
        nickname: nick("x"),
        address: at(9),
        extended: true,
        seen_ms: 1_700_000_000_000,
    };
    assert_eq!(room.records, [Record::Person(moved)]);
    assert_eq!(listed(room.sent_to(at(2)), "x"), [at(9)]);
    let answered = request_answers(room.sent_to(at(9)));
    assert_eq!(answered, [(RequestId(70), Answer::Done)]);
    // The old address is nobody's.
    room.hear(at(1), &mail("x", "y", "hi", Some(part(3, 1, 1))));
    assert_eq!(room.words_to(at(1)), ["unregistered"]);
    room.hear(at(9), &mail("x", "y", "hi", Some(part(3, 1, 1))));
    assert!(room.words_to(at(9)).contains(&"stored".to_owned()));
}

#[test]
fn mail_and_receipts_that_were_under_way_go_on_at_the_new_address() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(1));
    room.hear(at(1), &mail("x", "y", "out", Some(part(3, 1, 1))));
    room.hear(at(2), &mail("y", "x", "in", Some(part(4, 1, 1))));
    room.run_for(50);
    room.hear(at(9), &here(token));
    room.run_for(50);
    let words = room.words_to(at(9));
    assert_eq!(words[..4], ["are you there?", "done", "in", ""]);
    assert!(
        room.records
            .iter()
            .any(|record| { matches!(record, Record::ReceiptTaken(stream) if stream.0 == 3) })
    );
    room.sent_to(at(1));
    room.run_for(20_000);
    assert_eq!(room.words_to(at(1)), Vec::<String>::new());
}

#[test]
fn a_registration_with_the_token_needs_no_word_from_the_old_address() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(1));
    let asked_ms = room.bench.now_ms();
    room.hear(at(9), &reg_with("x", 5, token));
    assert_ne!(token_of(&mut room, at(9)), token);
    assert_eq!(room.bench.now_ms(), asked_ms);
    assert_eq!(room.words_to(at(1)), Vec::<String>::new());
    room.run_for(100);
    assert_eq!(listed(room.sent_to(at(2)), "x"), [at(9)]);
}

#[test]
fn a_wrong_token_is_as_none() {
    let (mut room, token) = room_of_two();
    let wrong = Token(token.0 ^ 1);
    room.hear(at(9), &here(wrong));
    assert_eq!(room.words_to(at(9)), Vec::<String>::new());
    room.hear(at(1), &here(wrong));
    assert_eq!(room.words_to(at(1)), ["done"]);
    room.hear(at(9), &reg_with("x", 5, wrong));
    assert_eq!(room.words_to(at(1)), ["are you there?"]);
    assert_eq!(room.words_to(at(9)), ["taken"]);
    // The token of somebody else is no better.
    room.hear(at(9), &reg_with("y", 6, token));
    assert_eq!(room.words_to(at(9)), ["taken"]);
    assert_eq!(room.records, []);
}

#[test]
fn a_token_ends_with_its_session() {
    let (mut room, token) = room_of_two();
    room.leave("x", at(1));
    room.hear(at(9), &here(token));
    assert_eq!(room.words_to(at(9)), Vec::<String>::new());
}

#[test]
fn only_the_answer_from_there_and_to_that_question_moves_somebody() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(9));
    room.hear(at(9), &here(token));
    let question = question_to(&mut room, at(9));
    for from in [at(1), at(2), at(8)] {
        room.hear(from, &done(question));
    }
    room.hear(at(9), &done(RequestId(question.0 + 1)));
    room.run_for(1_400);
    assert_eq!(room.records, []);
    // Nor an answer that comes when the question is over, or comes again.
    room.run_for(101);
    room.hear(at(9), &done(question));
    assert_eq!(room.records, []);
}

#[test]
fn a_new_address_is_asked_as_often_as_a_silent_client() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(9));
    let began_ms = room.bench.now_ms();
    room.hear(at(9), &here(token));
    room.run_for(5_000);
    let asked = room.sent.iter().filter(|(_, to, _)| *to == at(9));
    let asked: Vec<_> = asked.map(|(ms, ..)| ms - began_ms).collect();
    assert_eq!(asked, [0, 60, 160, 330, 500, 750, 1000, 1250]);
}

#[test]
fn one_member_has_one_question_open_and_the_next_after_it() {
    let (mut room, token) = room_of_two();
    room.silent.extend([at(8), at(9)]);
    room.hear(at(9), &here(token));
    room.hear(at(8), &here(token));
    assert_eq!(room.words_to(at(8)), Vec::<String>::new());
    room.run_for(1_500);
    room.hear(at(8), &here(token));
    assert_eq!(room.words_to(at(8)), ["are you there?"]);
}

#[test]
fn whoever_leaves_or_loses_the_address_meanwhile_is_not_moved_to_it() {
    for somebody_else in [false, true] {
        let (mut room, token) = room_of_two();
        room.silent.insert(at(9));
        room.hear(at(9), &here(token));
        let question = question_to(&mut room, at(9));
        if somebody_else {
            room.join("z", at(9));
        } else {
            room.leave("x", at(1));
        }
        room.forget();
        room.hear(at(9), &done(question));
        room.run_for(50);
        assert_eq!(room.records, []);
        let x = listed(room.sent_to(at(2)), "x");
        assert!(!x.contains(&at(9)), "{x:?}");
    }
}

#[test]
fn at_somebody_elses_address_a_token_moves_nobody_and_shows_nobody_there() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(2));
    room.run_for(24_000);
    room.forget();
    room.hear(at(2), &here(token));
    assert_eq!(room.words_to(at(2)), Vec::<String>::new());
    // The other one's silence is as long as it was.
    room.run_for(3_000);
    assert!(room.table_of(at(1)).online["x"]);
    assert!(!room.table_of(at(1)).online["y"]);
}

#[test]
fn whoever_waits_for_the_name_hears_that_its_holder_is_there() {
    let (mut room, token) = room_of_two();
    room.silent.insert(at(1));
    room.join("x", at(7));
    assert_eq!(room.words_to(at(7)), Vec::<String>::new());
    room.hear(at(9), &here(token));
    assert_eq!(room.words_to(at(7)), ["taken"]);
}

#[test]
fn a_room_that_moves_at_once_is_asked_in_turns() {
    let mut room = Room::new(Saved::default());
    let mut tokens = Vec::new();
    for number in 0..300 {
        room.join(&format!("p{number}"), at(number));
        tokens.push(token_of(&mut room, at(number)));
    }
    room.run_for(1_000);
    room.forget();
    room.silent.extend((1_000..1_300).map(at));
    for (number, token) in (1_000..).zip(&tokens) {
        room.hear(at(number), &here(*token));
    }
    assert_eq!(room.sent.len(), 256);
    room.silent.clear();
    room.run_for(100);
    for (number, token) in (1_000..).zip(&tokens) {
        room.hear(at(number), &here(*token));
    }
    room.run_for(1_000);
    let moved = |record: &&Record| matches!(record, Record::Person(_));
    assert_eq!(room.records.iter().filter(moved).count(), 300);
}

/// `x` at place 1 and `y` at place 2, both ours, and the token of `x`.
fn room_of_two() -> (Room, Token) {
    let mut room = Room::new(Saved::default());
    room.hear(at(1), &reg("x", Some(1)));
    room.hear(at(2), &reg("y", Some(1)));
    let token = token_of(&mut room, at(1));
    room.run_for(50);
    room.forget();
    (room, token)
}

fn here(token: Token) -> Datagram<'static> {
    Datagram::Verification {
        id: Some(RequestId(70)),
        token: Some(token),
    }
}

fn reg_with(nickname: &str, id: u64, token: Token) -> Datagram<'_> {
    Datagram::Reg {
        nickname: name(nickname),
        id: Some(RequestId(id)),
        token: Some(token),
    }
}

/// The token of the last welcome.
fn token_of(room: &mut Room, client: SocketAddr) -> Token {
    let token = |(_, answer)| match answer {
        Answer::Welcome { token, .. } => Some(token),
        Answer::Taken | Answer::Refused | Answer::Done => None,
    };
    let answers = request_answers(room.sent_to(client));
    answers
        .into_iter()
        .filter_map(token)
        .next_back()
        .expect("a welcome")
}

fn request_answers(sent: Vec<Datagram<'_>>) -> Vec<(RequestId, Answer)> {
    let answer = |datagram| {
        let Datagram::Ack(Ack::Request { id, answer }) = datagram else {
            return None;
        };
        Some((id, answer))
    };
    sent.into_iter().filter_map(answer).collect()
}

/// The number of the only thing that an address was sent: a question.
fn question_to(room: &mut Room, client: SocketAddr) -> RequestId {
    let sent = room.sent_to(client);
    let [Datagram::Verification { id: Some(id), .. }] = &sent[..] else {
        panic!("one question: {sent:?}");
    };
    *id
}

/// Where the table pages among what was sent say that somebody is online.
fn listed(sent: Vec<Datagram<'_>>, nickname: &str) -> Vec<SocketAddr> {
    let mut listed = Vec::new();
    for datagram in sent {
        let Datagram::Table(Table::Page(page)) = datagram else {
            continue;
        };
        let entries = page.entries.into_iter();
        let of = entries.filter(|entry| entry.online && entry.nickname.as_str() == nickname);
        listed.extend(of.map(|entry| entry.address));
    }
    listed
}
