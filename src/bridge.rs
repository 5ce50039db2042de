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
    #[must_use]
    pub fn build(lexicons: &[Lexicon], words: &HashSet<String>) -> Self {
        let mut direct: HashMap<(Language, Language), Table> = HashMap::new();
        for lexicon in lexicons {
            let forward = direct.entry((lexicon.from, lexicon.to)).or_default();
            for (word, translations) in &lexicon.rows {
                for (rank, translation) in translations.iter().enumerate() {
                    forward.add(word, translation, worth(rank));
                }
            }
            let backward = direct.entry((lexicon.to, lexicon.from)).or_default();
            for (word, translations) in &lexicon.rows {
                for (rank, translation) in translations.iter().enumerate() {
                    backward.add(translation, word, 0.9 * worth(rank));
                }
            }
        }
        let mut table: HashMap<String, HashMap<String, f32>> = HashMap::new();
        for ((from, to), direct_table) in &direct {
            for (key, translations) in &direct_table.rows {
                for (form, worth) in translations {
                    keep_best(table.entry(key.clone()).or_default(), form, *worth);
                }
            }
            // One step further: Chinese to Arabic through English, Chinese to English through Arabic.
            for ((middle, last), next) in &direct {
                if middle != to || last == from {
                    continue;
                }
                for (key, translations) in &direct_table.rows {
                    for (form, worth) in translations {
                        for (further, further_worth) in
                            next.rows.get(&key_of(form)).into_iter().flatten()
                        {
                            keep_best(
                                table.entry(key.clone()).or_default(),
                                further,
                                0.8 * worth * further_worth,
                            );
                        }
                    }
                }
            }
        }
        let table = table
            .into_iter()
            .filter_map(|(key, translations)| {
                let mut translations: Translations = translations
                    .into_iter()
                    .filter(|(form, _)| {
                        analysis::tokens(form)
                            .iter()
                            .any(|token| words.contains(&token.stem))
                    })
                    .collect();
                translations.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                translations.truncate(MAX_TRANSLATIONS);
                (!translations.is_empty()).then_some((key, translations))
            })
            .collect();
        Self { table }
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

#[derive(Default)]
struct Table {
    rows: HashMap<String, Vec<(String, f32)>>,
}

impl Table {
    fn add(&mut self, word: &str, translation: &str, worth: f32) {
        let tokens = analysis::tokens(word);
        if tokens.is_empty() || tokens.len() > MAX_KEY {
            return;
        }
        // A phrase counts by its words, each for less.
        let words: Vec<Token> = analysis::tokens(translation)
            .into_iter()
            .filter(|token| !token.stop)
            .collect();
        let row = self.rows.entry(key(&tokens)).or_default();
        if words
            .first()
            .is_some_and(|token| token.script == Script::Chinese)
        {
            row.push((
                words.iter().map(|token| token.form.as_str()).collect(),
                worth,
            ));
            return;
        }
        #[allow(clippy::cast_precision_loss)] // phrases are short
        let share = worth / (words.len() as f32).sqrt();
        row.extend(words.into_iter().map(|token| (token.form, share)));
    }
}

fn key_of(form: &str) -> String {
    key(&analysis::tokens(form))
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

fn keep_best(translations: &mut HashMap<String, f32>, form: &str, worth: f32) {
    let best = translations.entry(form.to_owned()).or_default();
    *best = best.max(worth);
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
        Bridge::build(&[en, zh], &words)
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
            [["مصدر", "مفتوح"]]
        );
    }

    #[test]
    fn it_leads_backwards_and_through_arabic() {
        assert_eq!(crossed(&bridge("it will fall"), "انخفض"), [["fall"]]);
        assert_eq!(crossed(&bridge("it will fall"), "下跌"), [["fall"]]);
        assert_eq!(crossed(&bridge("انخفض"), "股票下跌了"), [["انخفض"]]);
    }

    #[test]
    fn a_broken_row_names_its_line() {
        let error = Lexicon::parse(Language::English, Language::Arabic, "a\tب\nbroken\n")
            .expect_err("no tab");
        assert_eq!(error.0, 2);
    }
}
