//! The languages of the interface, and what is said in them. The texts stand in `assets/lang`, one
//! folder a language and one file a room of the window, in Fluent's notation; a test holds the folders
//! against each other and against the code.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

/// A language that the interface speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Chinese,
}

type Bundle = FluentBundle<FluentResource>;

/// The texts of one language, file by file.
macro_rules! texts {
    ($folder:literal) => {
        [
            include_str!(concat!("../../assets/lang/", $folder, "/sentences.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/shell.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/people.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/talk.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/host.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/settings.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/desktop.ftl")),
        ]
    };
}

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(langid!("en"), texts!("en")));
static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle(langid!("zh-CN"), texts!("zh")));

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The one that fits a system's locale best, such as `zh-CN` or `de_AT.UTF-8`.
    pub fn of_locale(locale: &str) -> Self {
        match locale.get(..2) {
            Some(start) if start.eq_ignore_ascii_case("zh") => Self::Chinese,
            _ => Self::English,
        }
    }

    /// The one that the settings name; `None`: none that is spoken here.
    pub fn chosen(tag: Option<&str>) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|language| tag == Some(language.tag()))
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "中文",
        }
    }

    /// Its short name, as the settings keep it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The text of that name.
    pub fn say(self, id: &'static str) -> String {
        self.format(id, None)
    }

    fn format(self, id: &'static str, values: Option<&FluentArgs<'_>>) -> String {
        let bundle = match self {
            Self::English => &*ENGLISH,
            Self::Chinese => &*CHINESE,
        };
        let message = bundle.get_message(id).and_then(|message| message.value());
        debug_assert!(message.is_some(), "{id} has no text");
        let Some(pattern) = message else {
            return id.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, values, &mut errors);
        debug_assert!(errors.is_empty(), "{id}: {errors:?}");
        text.into_owned()
    }
}

/// A text with what stands in its gaps, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    id: &'static str,
    values: Vec<(&'static str, Value)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(u64),
    Text(String),
    Sentence(Sentence),
}

impl Sentence {
    /// The text of that name.
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            values: Vec::new(),
        }
    }

    /// Whether it is the text of that name, whatever fills it.
    pub fn is(&self, id: &str) -> bool {
        self.id == id
    }

    /// The gap of that name is filled with this, to the letter.
    pub fn with(mut self, gap: &'static str, text: impl ToString) -> Self {
        self.values.push((gap, Value::Text(text.to_string())));
        self
    }

    /// The gap of that name is filled with a number, after which the words around it may go.
    pub fn count(mut self, gap: &'static str, number: impl TryInto<u64>) -> Self {
        let number = number.try_into().unwrap_or(u64::MAX);
        self.values.push((gap, Value::Number(number)));
        self
    }

    /// The gap of that name is filled with another sentence.
    pub fn quote(mut self, gap: &'static str, sentence: Self) -> Self {
        self.values.push((gap, Value::Sentence(sentence)));
        self
    }

    pub fn say(&self, language: Language) -> String {
        let mut values = FluentArgs::with_capacity(self.values.len());
        for (gap, value) in &self.values {
            let value = match value {
                // Exact up to 2^53, more than anything here counts.
                Value::Number(number) => FluentValue::from(*number as f64),
                Value::Text(text) => FluentValue::from(text.as_str()),
                Value::Sentence(sentence) => FluentValue::from(sentence.say(language)),
            };
            values.set(*gap, value);
        }
        language.format(self.id, Some(&values))
    }
}

fn bundle<const N: usize>(language: LanguageIdentifier, texts: [&str; N]) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The window has no use for the marks that keep left and right apart.
    bundle.set_use_isolating(false);
    for text in texts {
        let resource = FluentResource::try_new(text.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("a text can't be read: {errors:?}"));
        let added = bundle.add_resource(resource);
        debug_assert!(added.is_ok(), "{added:?}");
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_in_both_languages() {
        let sentence = Sentence::new("notice-lost-silent").count("seconds", 4);
        let english = sentence.say(Language::English);
        assert_eq!(english, "The server does not answer. Trying again in 4 s.");
        let chinese = sentence.say(Language::Chinese);
        assert!(
            chinese.contains('4') && chinese.contains("服务器"),
            "{chinese}"
        );
    }

    #[test]
    fn what_fills_a_gap_is_taken_to_the_letter() {
        let name = "{ $x } \"\u{2068}";
        let sentence = Sentence::new("notice-mailbox-full").with("peer", name);
        assert!(sentence.say(Language::English).starts_with(name));
    }

    #[test]
    fn the_system_s_locale_chooses() {
        for (locale, language) in [
            ("zh_CN.UTF-8", Language::Chinese),
            ("zh-Hant-TW", Language::Chinese),
            ("en-GB", Language::English),
            ("C", Language::English),
            ("ü", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }
}
