//! How a text becomes searchable words, and what somebody types a query. Which lines are found does
//! not live here.

/// Characters of a query that are looked at: nobody types more to find something.
const QUERY_MAX: usize = 256;

/// A last word that is shorter stands for itself: half of all lines have a word with any given letter.
const PREFIX_MIN: usize = 2;

/// The text as the index splits it: in scripts that know no spaces between words each character is a
/// word, so that two of them find their line as a phrase.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if is_word(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            // The index would end there.
            spaced.push(if c == '\0' { ' ' } else { c });
        }
    }
    spaced
}

/// The index's query for what somebody typed: all words in any order, each with the characters
/// between its spaces as a phrase, the last one perhaps not written to its end. `None`: there is no
/// word in it.
pub(super) fn query(typed: &str) -> Option<String> {
    let end = typed.char_indices().nth(QUERY_MAX);
    let typed = &typed[..end.map_or(typed.len(), |(end, _)| end)];
    let has_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    let words: Vec<_> = typed.split_whitespace().filter(has_word).collect();
    let last = words.last()?;
    // Nothing within quotation marks is a part of the query's language, and none can end them.
    let phrase = |word: &&str| format!("\"{}\"", spaced(word).replace('"', " "));
    let phrases: Vec<_> = words.iter().map(phrase).collect();
    let in_last = last.chars().rev();
    let letters = in_last.take_while(|c| c.is_alphanumeric() && !is_word(*c));
    let prefix = if letters.count() >= PREFIX_MIN {
        "*"
    } else {
        ""
    };
    Some(phrases.join(" ") + prefix)
}

/// Whether the character is a word of its own: Han, Hiragana, Katakana, Bopomofo, Hangul.
fn is_word(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{318f}' | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_a_part_of_the_querys_language() {
        for (typed, expected) in [
            ("word", Some("\"word\"*")),
            ("two words", Some("\"two\" \"words\"*")),
            ("中文", Some("\" 中  文 \"")),
            ("v2中文ok", Some("\"v2 中  文 ok\"*")),
            ("a", Some("\"a\"")),
            ("say \"hi\" now", Some("\"say\" \" hi \" \"now\"*")),
            ("a OR b NEAR(c)", Some("\"a\" \"OR\" \"b\" \"NEAR(c)\"")),
            ("nul\0nul", Some("\"nul nul\"*")),
            ("*", None),
            ("🦔 ?!", None),
            (" \n", None),
            ("", None),
        ] {
            assert_eq!(query(typed).as_deref(), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_long_query_is_cut_between_characters() {
        let query = query(&"ж".repeat(10_000)).expect("a word");
        assert_eq!(query.chars().count(), QUERY_MAX + 3);
    }
}
