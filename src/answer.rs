//! The answer: a verdict and quotes. A quote is a place in an article, never a string.

use crate::analysis::Language;
use crate::article::Article;
use crate::guide::Guide;
use crate::passage::Passage;
use crate::text::Span;

/// The most quotes an answer has.
pub const MAX_QUOTES: usize = 3;

/// What the engine claims of its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The first quote answers the question.
    Answer,
    /// The quotes may be near; whether they answer is for the reader to see.
    Nearest,
    /// The library says nothing on it, or nothing was asked.
    None,
}

impl Verdict {
    /// As printed: `answer`, `nearest` or `none`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Nearest => "nearest",
            Self::None => "none",
        }
    }
}

/// A passage quoted: borrowed from its article by its place.
#[derive(Clone, Debug)]
pub struct Quote<'l> {
    article: &'l Article,
    guide: &'l Guide,
    number: usize,
    score: f32,
    matched: Vec<Span>,
}

impl<'l> Quote<'l> {
    /// Quotes passage `number` of `article`; `matched` are places inside it that the question hit.
    ///
    /// # Panics
    /// Where the article has no such passage: the index and the article do not belong together.
    #[must_use]
    pub(crate) fn new(
        article: &'l Article,
        guide: &'l Guide,
        number: usize,
        score: f32,
        mut matched: Vec<Span>,
    ) -> Self {
        let span = article.passages()[number].span();
        matched.retain(|m| m.start() >= span.start() && m.end() <= span.end());
        matched.sort();
        Self {
            article,
            guide,
            number,
            score,
            matched,
        }
    }

    /// The article's own words.
    #[must_use]
    pub fn text(&self) -> &'l str {
        self.span().of(self.article.text())
    }

    /// Where they stand in the article's text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.passage().span()
    }

    /// The article quoted.
    #[must_use]
    pub fn article(&self) -> &'l Article {
        self.article
    }

    /// The passage quoted.
    #[must_use]
    pub fn passage(&self) -> &'l Passage {
        &self.article.passages()[self.number]
    }

    /// The passage's place in [`Article::passages`].
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// How probable it is that this passage answers the question, from 0 to 1.
    #[must_use]
    pub fn score(&self) -> f32 {
        self.score
    }

    /// The words that matched, as places in the article's text, in order.
    #[must_use]
    pub fn matched(&self) -> &[Span] {
        &self.matched
    }

    /// The editor's rendering in `language`. These are not the article's words.
    #[must_use]
    pub fn gloss(&self, language: Language) -> Option<&'l str> {
        self.guide
            .gloss(self.number, language)
            .filter(|_| language != self.article.language())
    }

    /// Who speaks, where it is not the author.
    #[must_use]
    pub fn speaker(&self) -> Option<&'l str> {
        self.guide.speaker(self.number)
    }
}

/// Quotes, or nothing.
#[derive(Clone, Debug)]
pub struct Answer<'l> {
    /// What is claimed of the quotes.
    pub verdict: Verdict,
    /// At most [`MAX_QUOTES`], best first; none where the verdict is [`Verdict::None`].
    pub quotes: Vec<Quote<'l>>,
    /// What led to it.
    pub why: Why,
}

/// What led to an answer, for operators and editors.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// Whether the message asks nothing (thanks, a greeting, a bare link).
    pub small_talk: bool,
    /// How probable it is that the article is silent on it, from 0 to 1.
    pub silence: f32,
    /// The parts of the first passage's score, each with its contribution to the log-odds.
    pub parts: Vec<(&'static str, f32)>,
    /// The keys of the names found in the question.
    pub names: Vec<String>,
    /// The guide's question that is nearest, if any.
    pub nearest_question: Option<String>,
    /// The probabilities from which the verdict is `answer`, and from which it is `nearest`.
    pub thresholds: (f32, f32),
}
