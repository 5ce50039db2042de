//! The front door: articles, their guides and indexes, and the answer to a question.
//!
//! A library is a folder. An article is a `.md` or `.txt` file in it, or a folder that holds
//! `article.md` or `article.txt` (or just one such file) and the guide beside it. `names.toml`,
//! `smalltalk.toml` and `lexicon/` serve every article; where a library has none of its own, those
//! that were built into the program are used.

use std::path::{Path, PathBuf};

use crate::answer::Answer;
use crate::article::Article;
use crate::names::Names;
use crate::question::Question;

/// Articles that can be asked.
#[derive(Debug)]
pub struct Library {
    articles: Vec<Article>,
    names: Names,
}

/// What came before a question in its conversation: quotes it replies to, a fragment selected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'c> {
    /// Text that the question refers to.
    pub text: Option<&'c str>,
}

/// Why a library cannot be opened.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum LibraryError {
    #[error("{}: {error}", .path.display())]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl Library {
    /// Opens the library in `dir`, its segments in `segments`; builds what is missing or old.
    ///
    /// # Errors
    /// [`LibraryError`] names the file and the way out.
    pub fn open(_dir: &Path, _segments: &Path) -> Result<Self, LibraryError> {
        Ok(Self {
            articles: Vec::new(),
            names: Names::default(),
        })
    }

    /// The articles, by name.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Reads a message as a question.
    #[must_use]
    pub fn question(&self, message: &str) -> Question {
        Question::new(message, &self.names)
    }

    /// Answers a question with quotes, or with none.
    ///
    /// # Errors
    /// Where the segments on disk cannot be read.
    pub fn answer(
        &self,
        _question: &Question,
        _context: Context<'_>,
    ) -> Result<Answer<'_>, LibraryError> {
        Ok(Answer {
            verdict: crate::answer::Verdict::None,
            quotes: Vec::new(),
            why: crate::answer::Why::default(),
        })
    }
}
