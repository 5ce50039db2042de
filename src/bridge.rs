//! From a word of one language to the words of another that a text may have used instead.
//!
//! A lexicon is a table of words with their usual translations, best first, one a line:
//! `word<TAB>translation, translation`. The two of this project lead from English and from Chinese
//! to Arabic; read backwards and through Arabic they also lead from Arabic and Chinese to English.
//! When segments are built, only what the library's own words can use is kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::analysis::{self, Language, Script, Token};

/// The most translations of one word that are kept.
const MAX_TRANSLATIONS: usize = 12;
/// The longest entry, in tokens; longer ones are phrases that no question repeats.
const MAX_KEY: usize = 6;
/// What a row is worth when it is read from the translation to the word.
const BACKWARDS: f32 = 0.9;
/// What two rows are worth where one leads to the other.
const FURTHER: f32 = 0.8;
/// The least that a translation is worth: what is worth less finds nothing and takes memory.
const LEAST: f32 = 0.5;

/// A table of words with translations, as read.
#[derive(Debug)]
pub struct Lexicon {
    /// The language of the words.
    pub from: Language,
    /// The language of the translations.
    pub to: Language,
    rows: Vec<(String, Vec<String>)>,
}

impl Lexicon {
    /// A table of rows already read: a word and its translations, best first.
    #[must_use]
    pub fn new(from: Language, to: Language, rows: Vec<(String, Vec<String>)>) -> Self {
        Self { from, to, rows }
    }

    /// Reads `word<TAB>translation, translation` a line; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// The line, from 1, and what is wrong with it.
    pub fn parse(from: Language, to: Language, tsv: &str) -> Result<Self, (usize, String)> {
        let mut rows = Vec::new();
        for (at, line) in (1..).zip(tsv.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (word, translations) = line.split_once('\t').ok_or_else(|| {
                (
                    at,
                    "no tab: write `word<TAB>translation, translation`".to_owned(),
                )
            })?;
            let translations: Vec<String> = translations
                .split([',', '،', '，', ';', '|'])
                .map(|translation| translation.trim().to_owned())
                .filter(|translation| !translation.is_empty())
                .collect();
            if translations.is_empty() || word.trim().is_empty() {
                return Err((at, "a word or its translations are missing".to_owned()));
            }
            rows.push((word.trim().to_owned(), translations));
        }
        Ok(Self { from, to, rows })
    }

    /// How many words it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Translations of one word: folded words of another language, with what each is worth.
pub type Translations = Vec<(String, f32)>;

/// All lexicons, joined and pruned to the words of a library.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Bridge {
    table: BTreeMap<String, Translations>,
}

/// Words of a question that are one entry of the bridge.
#[derive(Debug)]
pub struct Crossing<'b> {
    /// The tokens of the entry.
    pub tokens: std::ops::Range<usize>,
    /// What they may be in another language.
    pub translations: &'b [(String, f32)],
}

impl Bridge {
    /// Joins lexicons and keeps what leads to one of `words`: the stems of a library's texts.
    ///
    /// Pruned while reading, so that a dictionary of 100,000 words costs a second or two: first the
    /// words that lead to the library, then those that lead to these through another language.
    #[must_use]
    pub fn build(lexicons: &[&Lexicon], words: &HashSet<String>) -> Self {
        let mut direct: HashMap<(Language, Language), Table> = HashMap::new();
        for lexicon in lexicons {
            let (from, to) = (lexicon.from, lexicon.to);
            lexicon.each(|word, translation, worth| {
                let held = |side: &Side| side.words.iter().any(|(_, stem, _)| words.contains(stem));
                if held(translation) {
                    direct
                        .entry((from, to))
                        .or_default()
                        .add(word, translation, worth);
                }
                if held(word) {
                    direct
                        .entry((to, from))
                        .or_default()
                        .add(translation, word, BACKWARDS * worth);
                }
            });
        }
        for table in direct.values_mut() {
            table.keep(|form| {
                analysis::tokens(form)
                    .iter()
                    .any(|token| words.contains(&token.stem))
            });
        }
        let mut table = Table::default();
        // One step further: Chinese to Arabic through English, Chinese to English through Arabic.
        for lexicon in lexicons {
            let mut step = |from: Language,
                            middle: Language,
                            word: &Side,
                            translation: &Side,
                            worth: f32| {
                if middle == Language::Chinese {
                    return; // English and Arabic have nearer ways to each other
                }
                let onward = direct
                    .iter()
                    .filter(|((by, last), _)| *by == middle && *last != from);
                for (_, next) in onward {
                    for (key, share) in translation
                        .words
                        .iter()
                        .map(|(_, stem, share)| (stem, share))
                    {
                        for (further, further_worth) in next.rows.get(key).into_iter().flatten() {
                            table.put(&word.key, further, FURTHER * worth * share * further_worth);
                        }
                    }
                }
            };
            lexicon.each(|word, translation, worth| {
                step(lexicon.from, lexicon.to, word, translation, worth);
                step(
                    lexicon.to,
                    lexicon.from,
                    translation,
                    word,
                    BACKWARDS * worth,
                );
            });
        }
        for (key, translations) in direct.into_values().flat_map(|direct| direct.rows) {
            for (form, worth) in translations {
                table.put(&key, &form, worth);
            }
        }
        let best = |translations: HashMap<String, f32>| {
            let mut translations: Translations = translations.into_iter().collect();
            translations.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            translations.truncate(MAX_TRANSLATIONS);
            translations.retain(|(_, worth)| *worth >= LEAST);
            translations
        };
        let rows = table
            .rows
            .into_iter()
            .map(|(key, translations)| (key, best(translations)));
        Self {
            table: rows
                .filter(|(_, translations)| !translations.is_empty())
                .collect(),
        }
    }

    /// The entries among `tokens`, longest first at each place, not overlapping.
    #[must_use]
    pub fn cross(&self, tokens: &[Token]) -> Vec<Crossing<'_>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let longest = (1..=MAX_KEY.min(tokens.len() - at)).rev().find_map(|len| {
                let translations = self.table.get(&key(&tokens[at..at + len]))?;
                Some(Crossing {
                    tokens: at..at + len,
                    translations,
                })
            });
            at = longest
                .as_ref()
                .map_or(at + 1, |crossing| crossing.tokens.end);
            found.extend(longest);
        }
        found
    }

    /// How many words lead somewhere.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

/// Translations by rank: the first is worth 1, later ones less.
fn worth(rank: usize) -> f32 {
    #[allow(clippy::cast_precision_loss)] // ranks are small
    let rank = rank as f32;
    1.0 / (1.0 + 0.15 * rank)
}

/// One side of a row: what it is looked up by, and its words, each with its stem and its share.
struct Side {
    key: String,
    words: Vec<(String, String, f32)>,
}

impl Side {
    /// None where nothing is left or it is too long for a question to repeat.
    fn new(text: &str) -> Option<Self> {
        let tokens = analysis::tokens(text);
        if tokens.is_empty() || tokens.len() > MAX_KEY {
            return None;
        }
        let key = key(&tokens);
        let said = || tokens.iter().filter(|token| !token.stop);
        if said()
            .next()
            .is_some_and(|token| token.script == Script::Chinese)
        {
            let form: String = said().map(|token| token.form.as_str()).collect();
            return Some(Self {
                words: vec![(form, key.clone(), 1.0)],
                key,
            });
        }
        // A phrase counts by its words, each for less.
        #[allow(clippy::cast_precision_loss)] // phrases are short
        let share = 1.0 / (said().count() as f32).sqrt();
        let words = said()
            .map(|token| (token.form.clone(), token.stem.clone(), share))
            .collect();
        Some(Self { key, words })
    }
}

impl Lexicon {
    /// Calls `f` with each word, each of its translations, and what the translation is worth.
    fn each(&self, mut f: impl FnMut(&Side, &Side, f32)) {
        for (word, translations) in &self.rows {
            let Some(word) = Side::new(word) else {
                continue;
            };
            for (rank, translation) in translations.iter().enumerate() {
                if let Some(translation) = Side::new(translation) {
                    f(&word, &translation, worth(rank));
                }
            }
        }
    }
}

/// Words with their translations, each at the best that any row gives.
#[derive(Default)]
struct Table {
    rows: HashMap<String, HashMap<String, f32>>,
}

impl Table {
    fn add(&mut self, word: &Side, translation: &Side, worth: f32) {
        for (form, _, share) in &translation.words {
            self.put(&word.key, form, worth * share);
        }
    }

    fn put(&mut self, key: &str, form: &str, worth: f32) {
        let row = match self.rows.get_mut(key) {
            Some(row) => row,
            None => self.rows.entry(key.to_owned()).or_default(),
        };
        match row.get_mut(form) {
            Some(best) => *best = best.max(worth),
            None => {
                row.insert(form.to_owned(), worth);
            }
        }
    }

    fn keep(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        self.rows.retain(|_, row| {
            row.retain(|form, _| wanted(form));
            !row.is_empty()
        });
    }
}

/// What an entry is looked up by: stems; Chinese characters without spaces between them.
fn key(tokens: &[Token]) -> String {
    let mut key = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && !(token.script == Script::Chinese && tokens[at - 1].script == Script::Chinese)
        {
            key.push(' ');
        }
        key.push_str(&token.stem);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bridge(text: &str) -> Bridge {
        let en = Lexicon::parse(
            Language::English,
            Language::Arabic,
            "# comment\nfall\tانخفض, هبوط\nopen source\tمفتوح المصدر\n",
        )
        .expect("valid");
        let zh =
            Lexicon::parse(Language::Chinese, Language::Arabic, "下跌\tانخفض\n").expect("valid");
        let words = analysis::tokens(text)
            .into_iter()
            .map(|token| token.stem)
            .collect();
        Bridge::build(&[&en, &zh], &words)
    }

    fn crossed(bridge: &Bridge, question: &str) -> Vec<Vec<String>> {
        let tokens = analysis::tokens(question);
        let forms = |crossing: &Crossing<'_>| {
            crossing
                .translations
                .iter()
                .map(|(form, _)| form.clone())
                .collect()
        };
        bridge.cross(&tokens).iter().map(forms).collect()
    }

    #[test]
    fn only_what_the_text_holds_is_kept() {
        assert_eq!(crossed(&bridge("انخفض السهم"), "will it fall"), [["انخفض"]]);
        assert_eq!(
            crossed(&bridge("نماذج مفتوحة المصدر"), "open-source fall"),
            [["المصدر", "مفتوح"]]
        );
    }

    #[test]
    fn it_leads_backwards_and_through_arabic() {
        assert_eq!(crossed(&bridge("it will fall"), "انخفض"), [["fall"]]);
        assert_eq!(crossed(&bridge("it will fall"), "下跌"), [["fall"]]);
        assert_eq!(crossed(&bridge("انخفض"), "股票下跌了"), [["انخفض"]]);
    }

    #[test]
    fn two_dictionaries_lead_through_english() {
        let lexicon = |from, to, tsv| Lexicon::parse(from, to, tsv).expect("valid");
        let zh = lexicon(Language::Chinese, Language::English, "暴跌\tslump, fall\n");
        let en = lexicon(
            Language::English,
            Language::Arabic,
            "slump\tهبوط, ركود\nfalls\tسقوط\n",
        );
        let words = |text: &str| {
            analysis::tokens(text)
                .into_iter()
                .map(|token| token.stem)
                .collect()
        };
        let bridge = Bridge::build(&[&zh, &en], &words("الهبوط والسقوط"));
        assert_eq!(crossed(&bridge, "股市暴跌"), [["هبوط", "سقوط"]]);
        assert_eq!(
            bridge.len(),
            3,
            "slump, fall and 暴跌; nothing leads to ركود"
        );
    }

    #[test]
    fn a_broken_row_names_its_line() {
        let error = Lexicon::parse(Language::English, Language::Arabic, "a\tب\nbroken\n")
            .expect_err("no tab");
        assert_eq!(error.0, 2);
    }
}
