//! A topic: a subject of an article, named by its editor, and the passages that speak of it.
//!
//! A `[[topic]]` row has a `title` in every language, the `passages` by id, each with the words it
//! begins with, and perhaps a `command` that quotes it in a chat. The words are there so that a
//! passage that has moved or changed is noticed and nobody is shown another one in its place.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use toml::Spanned;

use crate::analysis::Language;
use crate::article::Article;
use crate::text::utf16_len;

/// The longest title, in UTF-16 units: what fits on a button.
const MAX_TITLE: usize = 40;
/// The longest command, as Telegram has it.
const MAX_COMMAND: usize = 32;

/// A subject of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    title: [String; 3],
    command: Option<String>,
    passages: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    title: Spanned<Title>,
    command: Option<Spanned<String>>,
    passages: Spanned<BTreeMap<String, Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    ar: String,
    en: String,
    zh: String,
}

impl Topic {
    /// What it is called in `language`.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        &self.title[language as usize]
    }

    /// A number that stands for it as long as it is called so, though its passages change.
    #[must_use]
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.title.hash(&mut hasher);
        hasher.finish()
    }

    /// The command that quotes it, without its slash.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        self.command.as_deref()
    }

    /// Its passages, by their numbers in [`Article::passages`], in the article's order.
    #[must_use]
    pub fn passages(&self) -> &[usize] {
        &self.passages
    }

    /// Checks a row against its article. An error comes with its place in the file.
    pub(super) fn of(row: Row, article: &Article) -> Result<Self, (usize, String)> {
        let at = row.title.span().start;
        let Title { ar, en, zh } = row.title.into_inner();
        let title = [ar, en, zh].map(|title| title.trim().to_owned());
        if let Some(wrong) = title
            .iter()
            .find(|title| !(1..=MAX_TITLE).contains(&utf16_len(title)))
        {
            return Err((
                at,
                format!(
                    "the title «{wrong}» does not fit on a button: write 1 to {MAX_TITLE} characters"
                ),
            ));
        }
        let command = row.command.map(checked).transpose()?;
        let at = row.passages.span().start;
        let mut passages = row
            .passages
            .into_inner()
            .into_iter()
            .map(|(id, begins)| passage(article, &id, &begins))
            .collect::<Result<Vec<_>, _>>()?;
        if passages.is_empty() {
            return Err((
                at,
                "a topic without passages: name one, or remove it".to_owned(),
            ));
        }
        passages.sort_unstable();
        Ok(Self {
            title,
            command,
            passages,
        })
    }
}

fn checked(command: Spanned<String>) -> Result<String, (usize, String)> {
    let at = command.span().start;
    let command = command.into_inner();
    let usual = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=MAX_COMMAND).contains(&command.len()) && command.bytes().all(usual) {
        return Ok(command);
    }
    let problem = format!(
        "`{command}` is no command: Telegram takes 1 to {MAX_COMMAND} small Latin letters, digits and underscores"
    );
    Err((at, problem))
}

/// The number of the passage that `id` names, if it begins as the row says.
fn passage(
    article: &Article,
    id: &str,
    begins: &Spanned<String>,
) -> Result<usize, (usize, String)> {
    let (at, words) = (begins.span().start, begins.get_ref().trim());
    let begins_so = |number: &usize| {
        let passage = &article.passages()[*number];
        passage.span().of(article.text()).starts_with(words)
    };
    let named = article
        .passages()
        .iter()
        .position(|passage| passage.id() == id);
    if let Some(number) = named.filter(|number| !words.is_empty() && begins_so(number)) {
        return Ok(number);
    }
    let begin = |number: usize| {
        let text = article.passages()[number].span().of(article.text());
        text.chars().take(30).collect::<String>()
    };
    let moved = (0..article.passages().len())
        .filter(|_| !words.is_empty())
        .find(begins_so)
        .map(|number| format!("; {} does", article.passages()[number].id()));
    let moved = moved.unwrap_or_default();
    let problem = match named {
        Some(number) => format!(
            "{id} of `{}` does not begin with «{words}» but with «{}…»{moved}: mend the id or the words",
            article.id(),
            begin(number)
        ),
        None => format!("`{}` has no passage {id}{moved}: mend the id", article.id()),
    };
    Err((at, problem))
}
