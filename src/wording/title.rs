//! Titles, which are set in the direction of the language that they are in.

use std::fmt;

use super::{isolated, run};
use crate::analysis::Language;
use crate::article::Article;
use crate::library::Subject;

/// A title or a heading as a run of its own. Its direction is its language's: an Arabic one that
/// begins with a Latin name is read from the right all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// An article's.
    #[must_use]
    pub fn of(article: &Article) -> Self {
        Self::within(article.language(), article.title())
    }

    /// A heading in an article.
    #[must_use]
    pub fn of_heading(article: &Article, heading: &str) -> Self {
        Self::within(article.language(), heading)
    }

    /// A subject's, for who reads this language.
    #[must_use]
    pub fn of_subject(subject: &Subject<'_>, language: Language) -> Self {
        Self::within(subject.titled_in(language), subject.title(language))
    }

    /// An article's of which no more is known than its name.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self(isolated(name))
    }

    /// Words of this language.
    #[must_use]
    pub fn within(language: Language, words: &str) -> Self {
        let opens = if language == Language::Arabic {
            '\u{2067}'
        } else {
            '\u{2066}'
        };
        Self(run(opens, words))
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
