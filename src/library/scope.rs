//! Which articles are drawn on. A chat may be bound to some of them; what it is answered then comes
//! from these alone, as if the library held no others.

use std::collections::HashSet;
use std::ops::Range;

use super::Library;
use crate::article::Article;

/// Articles that are drawn on: all, or some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Option<Vec<Part>>);

/// An article that is drawn on, and the numbers of its passages in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    article: usize,
    passages: Range<usize>,
}

impl Scope {
    /// Whether the article of this number in [`Library::articles`] is drawn on.
    #[must_use]
    pub fn holds(&self, article: usize) -> bool {
        let Self(Some(parts)) = self else { return true };
        parts.iter().any(|part| part.article == article)
    }

    /// Whether the passage of this number in the library is.
    pub(super) fn holds_passage(&self, passage: usize) -> bool {
        let Self(Some(parts)) = self else { return true };
        parts.iter().any(|part| part.passages.contains(&passage))
    }

    /// The numbers of the passages that are; none where all are.
    pub(super) fn passages(&self) -> Option<Vec<Range<usize>>> {
        let Self(parts) = self;
        let passages = |part: &Part| part.passages.clone();
        Some(parts.as_ref()?.iter().map(passages).collect())
    }
}

impl Library {
    /// The articles of these names. Where none of them is there (any more), or none is named, it is
    /// all articles.
    #[must_use]
    pub fn scope<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Scope {
        let names: HashSet<&str> = names.into_iter().collect();
        if names.is_empty() {
            return Scope::default();
        }
        let mut parts = Vec::new();
        let mut first = 0;
        for (article, text) in self.articles().iter().enumerate() {
            let passages = first..first + text.passages().len();
            first = passages.end;
            if names.contains(text.id()) {
                parts.push(Part { article, passages });
            }
        }
        Scope(Some(parts).filter(|parts| !parts.is_empty()))
    }

    /// The articles that are drawn on, with their numbers in [`Library::articles`].
    pub fn articles_in<'l>(&'l self, scope: &Scope) -> impl Iterator<Item = (usize, &'l Article)> {
        let all = self.articles().iter().enumerate();
        all.filter(|(number, _)| scope.holds(*number))
    }
}
