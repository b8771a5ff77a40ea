//! What stands in the message field for somebody, and is not sent.

/// A text that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    text: String,
    /// So many bytes in front came back, and nobody has written since.
    returned: usize,
}

impl Draft {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The user has written.
    pub(super) fn set(&mut self, text: String) {
        *self = Self { text, returned: 0 };
    }

    /// A text that was not accepted stands here again: in front of what was written since, and behind
    /// what came back before it.
    pub(super) fn give_back(&mut self, text: &str) {
        let after = self.text.split_off(self.returned);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.returned = self.text.len();
        if !after.is_empty() && !after.starts_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(&after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_stands_in_its_order_before_what_was_written_since() {
        let mut draft = Draft::default();
        for text in ["one", "two\n", "three"] {
            draft.give_back(text);
        }
        assert_eq!(draft.as_str(), "one\ntwo\n\nthree");
        draft.set("four".into());
        draft.give_back("one");
        draft.give_back("two");
        draft.give_back("three");
        assert_eq!(draft.as_str(), "one\ntwo\nthree\nfour");
        draft.set("six".into());
        draft.give_back("five");
        assert_eq!(draft.as_str(), "five\nsix", "what was written counts anew");
    }
}
