//! What was asked, analysed: its tokens, its language, the names in it.

use std::collections::HashSet;

use crate::analysis::{self, Language, Token};
use crate::names::{Mention, Names};
use crate::text;

/// The characters of a message that are read; what follows is ignored.
pub const MAX_CHARS: usize = 512;
/// The distinct words of a message that are read.
pub const MAX_TERMS: usize = 32;

/// A message, read as a question.
#[derive(Clone, Debug)]
pub struct Question {
    text: String,
    language: Language,
    tokens: Vec<Token>,
    mentions: Vec<Mention>,
}

impl Question {
    /// Reads a message. Never fails: whatever it is, it has some tokens or none.
    #[must_use]
    pub fn new(message: &str, names: &Names) -> Self {
        let text: String = message.chars().take(MAX_CHARS).collect();
        let text = text::without_links(&text);
        let mut tokens = analysis::tokens(&text);
        let mut seen = HashSet::new();
        tokens.retain(|token| {
            seen.contains(&token.form) || seen.len() < MAX_TERMS && seen.insert(token.form.clone())
        });
        let mentions = names.find(&tokens);
        Self {
            language: Language::of_question(&text),
            text,
            tokens,
            mentions,
        }
    }

    /// The message as it is read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The language to answer in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Its words.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The names among its words.
    #[must_use]
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// Whether it holds a question mark of any script.
    #[must_use]
    pub fn has_mark(&self) -> bool {
        self.text.contains(['?', '؟', '？'])
    }

    /// Whether it holds a word that could be on a subject.
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.tokens.iter().any(|token| !token.stop)
    }
}
