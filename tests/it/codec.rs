//! The words on the wire: every datagram reads back as it was written, within its size, and bytes
//! that are none are refused without harm.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use super_chatter::protocol::limits::*;
use super_chatter::protocol::parts::{parts, split, text_len};
use super_chatter::protocol::*;

use crate::datagrams::{datagrams, parts_of_messages, texts};

/// JSON, or nearly so, that means nothing in the protocol.
const REFUSED: &[&str] = &[
    "",
    " ",
    "null",
    "1",
    "\"ack\"",
    "[]",
    "{}",
    "{",
    "[{\"Type\":\"ack\"}]",
    r#"["ack"]"#,
    r#"{"Type":"ack"} x"#,
    r#"{"Type":"ack"}{"Type":"ack"}"#,
    r#"{"Type":"Ack"}"#,
    r#"{"Type":1}"#,
    r#"{"Type":null}"#,
    r#"{"Type":["ack"]}"#,
    "{'Type':'ack'}",
    "\u{feff}{\"Type\":\"ack\"}",
    r#"{"Type":"ack","Type":"ack"}"#,
    r#"{"Type":"Chat","Sender":"x","Sender":"y","Msg":"hi"}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":NaN}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":1}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"\ud800"}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"\udc00\ud800"}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"\x41"}"#,
    "{\"Type\":\"Chat\",\"Sender\":\"x\",\"Msg\":\"a\nb\"}",
    r#"{"Type":"Chat","Sender":"x"}"#,
    r#"{"Type":"Chat","Msg":"hi"}"#,
    r#"{"Type":"Chat","Sender":"","Msg":"hi"}"#,
    r#"{"Type":"Chat","Sender":"a b","Msg":"hi"}"#,
    r#"{"Type":"Offline","Nickname":"x","Msg":"hi"}"#,
    r#"{"Type":"Typing"}"#,
    r#"{"Type":"Typing","Sender":"a b","sc":{"v":1}}"#,
    r#"{"Type":"Read","Sender":"x"}"#,
    r#"{"Type":"Read","Sender":"x","sc":{"v":1,"st":1}}"#,
    r#"{"Type":"Read","Sender":"x","sc":{"v":1,"rd":1}}"#,
    r#"{"Type":"Read","Sender":"x","sc":{"v":1,"st":1,"rd":0}}"#,
    r#"{"Type":"Read","Sender":"x","sc":{"v":1,"st":1,"rd":9007199254740992}}"#,
    r#"{"Type":"Read","sc":{"v":1,"st":1,"rd":1}}"#,
    r#"{"Type":"ack","sc":{"v":1,"rd":1}}"#,
    r#"{"Type":"Reg"}"#,
    r#"{"Type":"Reg","Nickname":"\u202eecila"}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":7}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":[1]}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":{"v":1,"id":-1}}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":{"v":1,"id":1.5}}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":{"v":1,"id":"1"}}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":{"v":1,"id":9007199254740992}}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":{"v":1,"id":1,"id":2}}"#,
    r#"{"Type":"Reg","Nickname":"x","sc":{}}"#,
    r#"{"Type":"Table","Msg":"[]"}"#,
    r#"{"Type":"Table","Msg":{"x":["127.0.0.1",1234,"Yes"]}}"#,
    r#"{"Type":"Table","Msg":"{\"x\":[\"127.0.0.1\",1234]}"}"#,
    r#"{"Type":"Table","Msg":"{\"x\":[\"127.0.0.1\",70000,\"Yes\"]}"}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":0,"lo":0,"t":0}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":2,"t":0}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":1,"k":2,"t":0}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":1,"k":0,"n":1,"t":0}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":1,"k":1,"n":999,"t":0}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":1}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":1,"t":-1}}"#,
    r#"{"Type":"Chat","Sender":"x","Msg":"","sc":{"v":1,"st":1,"q":1,"lo":1,"t":9007199254740992}}"#,
];

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_datagram_reads_back_as_it_was_written_and_keeps_to_its_size(datagram in datagrams()) {
        for style in [Style::Compact, Style::Classic] {
            let bytes = encode(&datagram, style);
            let read = decode(&bytes);
            prop_assert_eq!(read.as_ref().ok(), Some(&datagram), "{:?}", String::from_utf8_lossy(&bytes));
            let is_classic_table = matches!(datagram, Datagram::Table(Table::Whole(_)));
            let fits = bytes.len() <= DATAGRAM_MAX || is_classic_table;
            prop_assert!(style == Style::Classic || fits, "{} bytes", bytes.len());
            prop_assert!(style == Style::Compact || bytes.is_ascii());
        }
    }

    #[test]
    fn bytes_that_are_no_datagram_do_no_harm(bytes in vec(any::<u8>(), 0..5000)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn a_damaged_datagram_does_no_harm(
        datagram in datagrams(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encode(&datagram, Style::Compact);
        for (at, byte) in &damage {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let _ = decode(&bytes);
        let _ = decode(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn parts_join_to_the_text_and_never_cut_a_character(text in texts(3000)) {
        let ranges = parts(&text);
        let joined: String = ranges.iter().map(|range| &text[range.clone()]).collect();
        prop_assert_eq!(&joined, &text);
        for range in &ranges {
            prop_assert!(text_len(&text[range.clone()], Style::Compact) <= PART_TEXT_MAX);
        }
    }

    #[test]
    fn a_text_is_as_long_as_the_codec_writes_it(text in texts(300)) {
        for style in [Style::Compact, Style::Classic] {
            let chat = |text: &str| encode(&chat(text.to_owned()), style).len();
            prop_assert_eq!(text_len(&text, style), chat(&text) - chat(""));
        }
    }

    #[test]
    fn pieces_for_a_classic_peer_keep_to_their_budget(text in texts(3000), budget in 12..400usize) {
        let pieces = split(&text, budget, Style::Classic);
        let joined: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
        prop_assert_eq!(&joined, &text);
        for piece in pieces {
            prop_assert!(text_len(&text[piece], Style::Classic) <= budget);
        }
    }

    #[test]
    fn armour_comes_off_as_it_was_put_on(part in parts_of_messages(), text in texts(300)) {
        // The mailbox's server sends when it likes: which try it is has no meaning there.
        let part = Part { attempt: 1, ..part };
        let wrapped = armour::wrap(&part, &text);
        prop_assert_eq!(armour::unwrap(&wrapped), Some((part, text.as_str())));
        let stored = format!("2026-11-22 13:23:18 {wrapped}");
        prop_assert_eq!(armour::unwrap(&stored), Some((part, text.as_str())));
    }

    #[test]
    fn armour_of_somebody_else_does_no_harm(text in any::<String>(), head in "SC1[.0-9 ]{0,60}") {
        let _ = armour::unwrap(&text);
        let _ = armour::unwrap(&head);
        let _ = armour::unwrap(&format!("2026-11-22 13:23:18 {head}{text}"));
    }
}

#[test]
fn the_longest_text_of_any_characters_has_at_most_so_many_parts() {
    let fillings = [
        "x",
        "\u{1}",
        "\"",
        "明",
        "🦔",
        "é",
        "x\u{1}",
        "\u{1}明",
        "\u{7f}",
        "🦔\u{2}\u{3}",
    ];
    for filling in fillings {
        let text = filling.repeat(TEXT_MAX / filling.len());
        let count = parts(&text).len();
        assert!(count as u32 <= PARTS_MAX, "{filling:?}: {count} parts");
    }
    let worst = parts(&"\u{1}".repeat(TEXT_MAX)).len() as u32;
    assert!(
        PARTS_MAX - worst <= 2,
        "the limit is {PARTS_MAX}, the worst text has {worst}"
    );
}

#[test]
fn the_widest_part_with_the_longest_names_keeps_to_its_size() {
    let name = longest_name();
    for filling in ["x", "\u{1}", "明", "🦔", "\\"] {
        let text = filling.repeat(TEXT_MAX / filling.len());
        for piece in parts(&text) {
            let part = Some(widest_part());
            let text: String = text[piece].to_owned();
            let (sender, recipient) = (name.clone(), name.clone());
            let offline = Datagram::Offline {
                sender,
                recipient,
                thought_online: false,
                text: text.clone().into(),
                part,
            };
            let sender = name.clone();
            let text = text.into();
            for datagram in [offline, Datagram::Chat { sender, text, part }] {
                let len = encode(&datagram, Style::Compact).len();
                assert!(len <= DATAGRAM_MAX, "{filling:?}: {len} bytes");
            }
        }
    }
}

#[test]
fn json_that_is_no_datagram_of_the_protocol_is_refused() {
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    let deep_sc = format!(r#"{{"Type":"Reg","Nickname":"x","sc":{deep}}}"#);
    let deep_objects = format!(r#"{{"Type":"ack","x":{}"#, r#"{"x":"#.repeat(600));
    let wide = format!(
        r#"{{"Type":"Verification","sc":{{"v":1,"id":{}}}}}"#,
        "9".repeat(3900)
    );
    let many = format!(
        r#"{{"Type":"Notification","Msg":"","sc":{{"v":1,"id":1,"rc":[{}[1,2]]}}}}"#,
        "[1,2],".repeat(100)
    );
    let long = format!(
        r#"{{"Type":"Chat","Sender":"x","Msg":"{}","sc":{{"v":1,"st":1,"q":1,"lo":1,"t":0}}}}"#,
        "x".repeat(PART_TEXT_MAX + 1)
    );
    let made = [
        long.as_str(),
        deep.as_str(),
        deep_sc.as_str(),
        deep_objects.as_str(),
        wide.as_str(),
        many.as_str(),
    ];
    for text in REFUSED.iter().copied().chain(made) {
        let read = decode(text.as_bytes());
        assert!(
            read.is_err(),
            "{} is read as {read:?}",
            &text[..text.len().min(90)]
        );
    }
    assert!(decode(b"{\"Type\":\"Chat\",\"Sender\":\"x\",\"Msg\":\"\xff\"}").is_err());
    assert!(decode(b"\xef\xbb\xbf{\"Type\":\"ack\"}").is_err());
}

#[test]
fn keys_that_a_reader_does_not_know_are_passed_over() {
    let deep = format!(
        r#"{{"Type":"ack","x":{}{}}}"#,
        "[".repeat(2000),
        "]".repeat(2000)
    );
    for text in [
        deep.as_str(),
        r#"{"Type":"ack","new":{"a":[1,2,{"b":null}]}}"#,
        r#"{"new":1e400,"Type":"ack"}"#,
        r#"{"Type":"ack","sc":{"v":9,"other":"thing"}}"#,
        "  {\n\t\"Type\" : \"ack\"\r\n}  ",
    ] {
        let read = decode(text.as_bytes()).ok();
        assert_eq!(read, Some(Datagram::Ack(Ack::Plain)), "{text}");
    }
}

#[test]
fn a_datagram_longer_than_a_classic_program_reads_is_refused() {
    let exact = CLASSIC_DATAGRAM_MAX - encode(&chat(String::new()), Style::Classic).len();
    for (len, fits) in [(exact, true), (exact + 1, false)] {
        let bytes = encode(&chat("x".repeat(len)), Style::Classic);
        assert_eq!(decode(&bytes).is_ok(), fits, "{} bytes", bytes.len());
    }
}

#[test]
fn both_editions_of_mail_are_read_and_both_names_are_written() {
    for key in ["Nickname", "Sender"] {
        let text = format!(r#"{{"Type":"Offline","{key}":"x","Receipent":"y","Msg":"hi"}}"#);
        let Ok(Datagram::Offline { sender, .. }) = decode(text.as_bytes()) else {
            panic!("{key} names the sender");
        };
        assert_eq!(sender.as_str(), "x");
    }
}

#[test]
fn every_number_of_the_wire_reads_back_at_its_limits() {
    // The widest receipts together still keep to a datagram.
    let receipt = |n: u64| Receipt {
        stream: Stream(NUMBER_END - 1 - n),
        below: Seq(NUMBER_END - 1),
    };
    let expired = |n: u64| Expired {
        stream: Stream(NUMBER_END - 1 - n),
        seq: Seq(NUMBER_END - 1),
    };
    let widest = Datagram::Notification {
        text: "".into(),
        offline: false,
        id: Some(RequestId(NUMBER_END - 1)),
        receipts: (0..RECEIPTS_MAX as u64).map(receipt).collect(),
        expired: (0..RECEIPTS_MAX as u64).map(expired).collect(),
    };
    let bytes = encode(&widest, Style::Compact);
    assert!(bytes.len() <= DATAGRAM_MAX, "{} bytes", bytes.len());
    assert_eq!(decode(&bytes).ok(), Some(widest));
}

#[test]
fn the_strategy_makes_every_kind_of_datagram() {
    let mut runner = TestRunner::deterministic();
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let tree = datagrams().new_tree(&mut runner).expect("a datagram");
        let shown = format!("{:?}", proptest::strategy::ValueTree::current(&tree));
        kinds.insert(shown.split([' ', '{']).next().expect("a word").to_owned());
    }
    assert!(kinds.len() >= 12, "{kinds:?}");
}

fn chat(text: String) -> Datagram<'static> {
    Datagram::Chat {
        sender: Name::parse("x".into()).expect("a valid name"),
        text: text.into(),
        part: None,
    }
}

fn longest_name() -> Name<'static> {
    Name::parse("🦔".repeat(32).into()).expect("a valid name")
}

fn widest_part() -> Part {
    Part {
        stream: Stream(NUMBER_END - 1),
        seq: Seq(NUMBER_END - 1),
        lowest: Seq(NUMBER_END - 1),
        index: PARTS_MAX,
        count: PARTS_MAX,
        written_ms: i64::MIN,
        attempt: ATTEMPT_MAX,
    }
}
