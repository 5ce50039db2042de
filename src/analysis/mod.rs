//! From text to tokens: words with their place in the source and the forms they are compared by.
//!
//! A token keeps the span it came from, so that `&text[span]` gives back the source, and three
//! forms, each coarser than the one before: the folded word, its light stem, its deep stem.
//! Words are found first, then one chain a script turns them into tokens: [`arabic`], [`latin`],
//! [`chinese`]. One text may mix all of them.

pub mod arabic;
pub mod chinese;
pub mod latin;
pub mod skeleton;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::Span;

/// Raised whenever tokens come out differently, so that segments are built anew.
pub const VERSION: u32 = 1;

/// The longest word that is kept, in characters; the rest of a longer one is ignored.
const MAX_WORD: usize = 40;

/// A language that the bot reads and speaks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Language {
    /// Arabic, standard and dialects, also in Latin letters.
    Arabic,
    /// English; also stands in for whatever else is written in Latin letters.
    English,
    /// Chinese, simplified and traditional.
    Chinese,
}

impl Language {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Arabic, Self::English, Self::Chinese];

    /// The ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// From an ISO 639-1 code, with or without a region (`zh-hans`).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The language of a text, by the letters that most of it is written in.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let (mut arabic, mut latin, mut chinese) = (0_usize, 0_usize, 0_usize);
        for c in text.chars() {
            match Script::of(c) {
                Script::Arabic => arabic += 2,
                Script::Latin => latin += 1,
                // A Chinese character stands for about a word of the others.
                Script::Chinese => chinese += 6,
                _ => {}
            }
        }
        if chinese > 0 && chinese >= arabic.max(latin) {
            Self::Chinese
        } else if arabic >= latin && arabic > 0 {
            Self::Arabic
        } else {
            Self::English
        }
    }

    /// The language of a question: as [`Language::of_text`], but Arabic in Latin letters
    /// ("leh nzel sahm nvidia") is Arabic, and a question with some Arabic or Chinese words in it
    /// is in that language, however many Latin names it holds.
    #[must_use]
    pub fn of_question(text: &str) -> Self {
        let words = |script| words(text).filter(|word| word.script == script).count();
        let (arabic, latin, chinese) = (
            words(Script::Arabic),
            words(Script::Latin),
            words(Script::Chinese),
        );
        if chinese > 0 && chinese >= arabic {
            Self::Chinese
        } else if arabic > 0 && arabic * 3 >= latin || latin > 0 && arabic::is_arabizi(text) {
            Self::Arabic
        } else if latin > 0 {
            Self::English
        } else {
            Self::of_text(text)
        }
    }
}

/// What a word is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Arabic letters.
    Arabic,
    /// Latin letters, and with them every other alphabet.
    Latin,
    /// Chinese characters, one a word.
    Chinese,
    /// Digits of any script.
    Number,
    /// No word.
    Other,
}

impl Script {
    fn of(c: char) -> Self {
        match c {
            '\u{0600}'..='\u{06FF}'
            | '\u{0750}'..='\u{077F}'
            | '\u{08A0}'..='\u{08FF}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFE}' => {
                if c.is_numeric() {
                    Self::Number
                } else if c.is_alphabetic() || is_combining_mark(c) || c == arabic::TATWEEL {
                    Self::Arabic
                } else {
                    Self::Other
                }
            }
            '\u{2E80}'..='\u{2FDF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{323AF}' => Self::Chinese,
            _ if c.is_numeric() => Self::Number,
            _ if c.is_alphabetic() => Self::Latin,
            _ => Self::Other,
        }
    }
}

/// A word of a text, as found: its place and script, not yet folded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'t> {
    pub(crate) span: Span,
    pub(crate) script: Script,
    pub(crate) text: &'t str,
}

/// Invisible joiners and controls that may stand inside a word without parting it.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}'
    ) || crate::text::is_bidi_control(c)
}

/// The words of `text`: runs of one script; Latin letters and digits may mix ("r1", "h800"), a
/// Chinese character is a word by itself, a number may hold separators ("1,000", "3.5").
pub(crate) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = chars.next()?;
            let mut script = Script::of(first);
            if script == Script::Other {
                continue;
            }
            let mut end = start + first.len_utf8();
            if script != Script::Chinese {
                while let Some(&(at, c)) = chars.peek() {
                    let joins = match (script, Script::of(c)) {
                        (a, b) if a == b => true,
                        (Script::Latin, Script::Number) => true,
                        (Script::Number, Script::Latin) if c.is_ascii_alphabetic() => {
                            script = Script::Latin;
                            true
                        }
                        (_, Script::Other) if is_invisible(c) => true,
                        (Script::Arabic | Script::Latin, Script::Other) => is_combining_mark(c),
                        (Script::Number, Script::Other) if matches!(c, '.' | ',' | '٫' | '٬') => {
                            let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
                            rest.chars().next().is_some_and(char::is_numeric)
                        }
                        _ => false,
                    };
                    if !joins {
                        break;
                    }
                    end = at + c.len_utf8();
                    chars.next();
                }
            }
            let span = Span::new(text, start..end).expect("words lie between characters");
            return Some(Word {
                span,
                script,
                text: span.of(text),
            });
        }
    })
}

/// A word ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its place in the source.
    pub span: Span,
    /// What it is written in.
    pub script: Script,
    /// NFKC, lower case, without marks, with the letters that writers confuse made one.
    pub form: String,
    /// The form without inflection: light10 for Arabic, Snowball for English, simplified for Chinese.
    pub stem: String,
    /// Coarser still: without the verb's prefixes and the plural's vowels.
    pub deep: String,
    /// A function or question word, which says nothing on the subject.
    pub stop: bool,
}

/// The tokens of `text`, in order.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for word in words(text) {
        let token = match word.script {
            Script::Arabic => arabic::token(word),
            Script::Chinese => chinese::token(word),
            Script::Latin => latin::token(word),
            Script::Number => Some(number(word)),
            Script::Other => None,
        };
        tokens.extend(token);
    }
    tokens
}

/// NFKC and lower case, invisible characters dropped, at most [`MAX_WORD`] characters.
fn normalise(word: &str) -> impl Iterator<Item = char> {
    word.chars()
        .filter(|&c| !is_invisible(c))
        .take(4 * MAX_WORD)
        .nfkc()
        .flat_map(char::to_lowercase)
        .take(MAX_WORD)
}

fn number(word: Word<'_>) -> Token {
    let digits = normalise(word.text)
        .filter(|c| !matches!(c, ',' | '٬'))
        .map(|c| match c {
            '٫' => '.',
            _ => digit(c),
        });
    let form: String = digits.collect();
    Token {
        span: word.span,
        script: Script::Number,
        stem: form.clone(),
        deep: form.clone(),
        form,
        stop: false,
    }
}

/// Arabic-Indic and Persian digits to ASCII; anything else as it is.
fn digit(c: char) -> char {
    let value = match c {
        '\u{0660}'..='\u{0669}' => u32::from(c) - 0x0660,
        '\u{06F0}'..='\u{06F9}' => u32::from(c) - 0x06F0,
        _ => return c,
    };
    char::from_digit(value, 10).expect("one digit")
}

/// The character 3-grams within a word, with boundary marks: `_قا`, `قال`, `ال_`. They survive
/// typos, dialect prefixes and other inflections.
pub fn trigrams(word: &str) -> impl Iterator<Item = [char; 3]> + use<'_> {
    let mut window = ['_'; 3];
    std::iter::once('_')
        .chain(word.chars())
        .chain(std::iter::once('_'))
        .enumerate()
        .filter_map(move |(at, c)| {
            window = [window[1], window[2], c];
            (at >= 2).then_some(window)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.form).collect()
    }

    #[test]
    fn one_text_may_mix_scripts() {
        assert_eq!(
            forms("الـAI و DeepSeek-R1 بـ١٠٠ مليار，芯片"),
            [
                "ال",
                "ai",
                "و",
                "deepseek",
                "r1",
                "ب",
                "100",
                "مليار",
                "芯",
                "片"
            ]
        );
    }

    #[test]
    fn arabic_spellings_fold() {
        for (a, b) in [
            ("أَحْمَد", "احمد"),
            ("إلى", "الي"),
            ("مدرســـة", "مدرسه"),
            ("مسؤول", "مسوول"),
            ("ﻣﺮﺣﺒﺎ", "مرحبا"),
            ("گوگل", "كوكل"),
        ] {
            assert_eq!(forms(a), forms(b), "{a} {b}");
        }
    }

    #[test]
    fn numbers_are_one_word() {
        assert_eq!(forms("١٠٪ 1,000 3.5 ۲۰۲۵."), ["10", "1000", "3.5", "2025"]);
    }

    #[test]
    fn languages_are_told_apart() {
        for (text, language) in [
            ("ما هي البجعة السوداء؟", Language::Arabic),
            ("شو قصة الـ shock bomb", Language::Arabic),
            ("leh sahm nvidia nzel awy?", Language::Arabic),
            ("wesh 3lash 7kaw 3la tesla", Language::Arabic),
            ("how much did nvda dump at the open", Language::English),
            ("deepseek到底牛在哪里", Language::Chinese),
            ("AI agent 赛道", Language::Chinese),
            ("??", Language::English),
        ] {
            assert_eq!(Language::of_question(text), language, "{text}");
        }
    }

    proptest! {
        #[test]
        fn spans_give_back_the_source(text in "(\\PC|[ا-ي\u{064B}-\u{0652}\u{200D}ـ٠-٩\u{200F} a-z0-9.,中-国]){0,60}") {
            let mut end = 0;
            for token in tokens(&text) {
                let word = text.get(token.span.range()).expect("on character boundaries");
                prop_assert!(!word.is_empty());
                prop_assert!(token.span.start() >= end, "in order, disjoint");
                prop_assert!(!token.form.is_empty() && token.form.chars().count() <= MAX_WORD);
                end = token.span.end();
            }
        }
    }
}
