//! People, companies, places, products, coins and terms: one row a thing, with its spellings.
//!
//! Read from `names.toml`: a table a thing, keyed by a short name, with `kind` and the lists `ar`,
//! `en` and `zh`. Members type `نفيديا`, `nvda` or `老黄家` where a text prints `NVIDIA`; each form
//! leads to the same [`NameId`].

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::Deserialize;

use crate::analysis::{self, Script, Token, arabic};

/// A thing that has names: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u16);

/// What kind of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // each says itself
pub enum Kind {
    Person,
    Company,
    Product,
    Place,
    Coin,
    Term,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    kind: Kind,
    #[serde(default)]
    ar: Vec<String>,
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    zh: Vec<String>,
}

/// The table of names.
#[derive(Debug, Default)]
pub struct Names {
    rows: Vec<(String, Kind)>,
    forms: HashMap<String, NameId>,
    longest: usize,
}

/// A name found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Which thing.
    pub name: NameId,
    /// The tokens that name it.
    pub tokens: Range<usize>,
}

impl Names {
    /// Reads `names.toml`.
    ///
    /// # Errors
    /// A sentence that names the line or the row and the way out.
    pub fn parse(toml: &str) -> Result<Self, String> {
        let table: BTreeMap<String, Row> =
            toml::from_str(toml).map_err(|error| error.to_string())?;
        let mut names = Self::default();
        for (key, row) in table {
            let id = NameId(
                u16::try_from(names.rows.len()).map_err(|_| "more than 65,535 names".to_owned())?,
            );
            let own = [key.replace('_', " ")];
            for form in own
                .iter()
                .filter(|_| row.kind != Kind::Term)
                .chain(&row.ar)
                .chain(&row.en)
                .chain(&row.zh)
            {
                let tokens = analysis::tokens(form);
                if tokens.is_empty() {
                    return Err(format!("[{key}]: `{form}` holds no word: remove it"));
                }
                let keys: Vec<&str> = tokens.iter().map(form_key).collect();
                names.longest = names.longest.max(keys.len());
                match names.forms.insert(keys.join(" "), id) {
                    Some(other) if other != id => {
                        let other = &names.rows[usize::from(other.0)].0;
                        return Err(format!(
                            "`{form}` stands under [{other}] and [{key}]: keep one"
                        ));
                    }
                    _ => {}
                }
            }
            names.rows.push((key, row.kind));
        }
        Ok(names)
    }

    /// The key of a thing in the table.
    #[must_use]
    pub fn key(&self, name: NameId) -> &str {
        self.rows
            .get(usize::from(name.0))
            .map_or("", |(key, _)| key)
    }

    /// What kind of thing it is.
    #[must_use]
    pub fn kind(&self, name: NameId) -> Option<Kind> {
        self.rows.get(usize::from(name.0)).map(|&(_, kind)| kind)
    }

    /// How many things have names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names among `tokens`, longest first at each place, not overlapping.
    #[must_use]
    pub fn find(&self, tokens: &[Token]) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let mention = self.at(tokens, at);
            at = mention
                .as_ref()
                .map_or(at + 1, |mention| mention.tokens.end);
            found.extend(mention);
        }
        found
    }

    fn at(&self, tokens: &[Token], at: usize) -> Option<Mention> {
        let rest = tokens.get(at..)?;
        let first = rest.first()?;
        for first_key in first_keys(first) {
            let mut key = first_key.to_owned();
            let mut best = self.forms.get(&key).map(|&name| (name, 1));
            for (len, token) in (2..=self.longest).zip(rest.iter().skip(1)) {
                key.push(' ');
                key.push_str(form_key(token));
                best = self.forms.get(&key).map(|&name| (name, len)).or(best);
            }
            if let Some((name, len)) = best {
                return Some(Mention {
                    name,
                    tokens: at..at + len,
                });
            }
        }
        None
    }
}

/// What a form is looked up by: Arabic words without article, others as folded.
fn form_key(token: &Token) -> &str {
    match token.script {
        Script::Arabic => arabic::without_clitics(&token.form),
        _ => &token.form,
    }
}

/// The ways to look a first word up: as it is, and without a preposition written onto it.
fn first_keys(token: &Token) -> impl Iterator<Item = &str> {
    let key = form_key(token);
    let bare = (token.script == Script::Arabic)
        .then(|| key.strip_prefix(['و', 'ب', 'ل', 'ف', 'ك', 'ع']))
        .flatten()
        .filter(|rest| rest.chars().count() >= 3)
        .map(arabic::without_clitics);
    std::iter::once(key).chain(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let names = Names::parse(
            "[nvidia]\nkind = \"company\"\nar = [\"نفيديا\"]\nzh = [\"英伟达\"]\n\
             [open_source]\nkind = \"term\"\nar = [\"مفتوح المصدر\", \"مفتوحة المصدر\"]\nen = [\"open source\"]\n",
        )
        .expect("valid");
        names
            .find(&analysis::tokens(text))
            .iter()
            .map(|mention| names.key(mention.name).to_owned())
            .collect()
    }

    #[test]
    fn every_form_leads_to_its_thing() {
        for text in ["وانخفض سهم نفيديا", "بنفيديا؟", "NVIDIA's", "英伟达跌了"]
        {
            assert_eq!(found(text), ["nvidia"], "{text}");
        }
        assert_eq!(found("النماذج المفتوحة المصدر"), ["open_source"]);
        assert_eq!(found("Open-source models"), ["open_source"]);
        assert_eq!(found("nothing"), Vec::<String>::new());
    }

    #[test]
    fn a_form_of_two_things_is_refused() {
        let error = Names::parse(
            "[a]\nkind = \"coin\"\nen = [\"x\"]\n[b]\nkind = \"coin\"\nen = [\"X\"]\n",
        );
        assert_eq!(
            error.expect_err("twice"),
            "`X` stands under [a] and [b]: keep one"
        );
    }
}
