//! The answer: a verdict and quotes. A quote is a place in an article, never a string.

use crate::analysis::Language;
use crate::article::Article;
use crate::evidence::Sentence;
use crate::guide::Guide;
use crate::passage::Passage;
use crate::text::{Span, char_len};

/// The most quotes an answer has.
pub const MAX_QUOTES: usize = 3;

/// From which share of the first quote's probability on another is shown beside it.
const COMPARABLE: f32 = 0.15;

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
///
/// Of a paragraph that is longer than a passage may be, a quote is the run of sentences around the
/// best one, as long as a passage may be; it may reach over the cut between two passages.
#[derive(Clone, Debug)]
pub struct Quote<'l> {
    article: &'l Article,
    guide: &'l Guide,
    number: usize,
    span: Span,
    score: f32,
    matched: Vec<Span>,
}

impl<'l> Quote<'l> {
    /// Quotes `span`, which lies in the paragraph of passage `number` of `article`; `matched` are
    /// places that the question hit.
    #[must_use]
    pub(crate) fn new(
        article: &'l Article,
        guide: &'l Guide,
        number: usize,
        span: Span,
        score: f32,
        mut matched: Vec<Span>,
    ) -> Self {
        matched.retain(|m| m.start() >= span.start() && m.end() <= span.end());
        matched.sort();
        Self {
            article,
            guide,
            number,
            span,
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
        self.span
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

    /// The editor's rendering in `language`; none where the quote is not just the passage that it
    /// renders. These are not the article's words.
    #[must_use]
    pub fn gloss(&self, language: Language) -> Option<&'l str> {
        let fits = language != self.article.language() && self.span == self.passage().span();
        self.guide.gloss(self.number, language).filter(|_| fits)
    }

    /// Who speaks, where it is not the author, in `language`.
    #[must_use]
    pub fn speaker(&self, language: Language) -> Option<&'l str> {
        let fits = self.span == self.passage().span();
        self.guide.speaker(self.number, language).filter(|_| fits)
    }
}

/// What a word is worth in a quote in which it has been met before.
const AGAIN: f32 = 0.1;
/// What a word of a neighbouring sentence is worth.
const BESIDE: f32 = 0.7;

/// The run of sentences of a paragraph that is quoted: around the best one, that which covers most in
/// at most `limit` characters, and of equals the longest. Sentences come in order.
#[must_use]
pub(crate) fn window(text: &str, sentences: &[Sentence], limit: usize) -> Option<Span> {
    let core = core(sentences)?;
    let mut best: Option<(f32, usize, Span)> = None;
    for (at, (first, shares)) in sentences.iter().enumerate().take(core + 1) {
        let (mut again, mut end) = (0.0, first.start());
        let mut met = vec![0.0_f32; shares.len()];
        for (number, (last, shares)) in sentences.iter().enumerate().skip(at) {
            // What lies between two sentences may be white space, not a sentence left out.
            if !text.get(end..last.start())?.trim().is_empty() {
                break;
            }
            end = last.end();
            let trimmed = text.get(first.start()..end)?.trim_end();
            let chars = char_len(trimmed);
            if chars > limit {
                break;
            }
            again += AGAIN * shares.iter().sum::<f32>();
            for (most, share) in met.iter_mut().zip(shares) {
                *most = most.max(*share);
            }
            if number < core {
                continue;
            }
            let coverage = met.iter().sum::<f32>() + again;
            if best.is_none_or(|(most, longest, _)| (coverage, chars) > (most, longest)) {
                let span = Span::new(text, first.start()..first.start() + trimmed.len())?;
                best = Some((coverage, chars, span));
            }
        }
    }
    best.map(|(_, _, span)| span)
}

/// The sentence that covers most together with those beside it.
fn core(sentences: &[Sentence]) -> Option<usize> {
    let beside = |at: Option<usize>, what: usize| {
        let sentence = at.and_then(|at| sentences.get(at));
        sentence.map_or(0.0, |(_, shares)| BESIDE * shares[what])
    };
    let covers = |(at, (_, shares)): (usize, &Sentence)| -> f32 {
        let with_others = |(what, share): (usize, &f32)| {
            let before = beside(at.checked_sub(1), what);
            share.max(before).max(beside(Some(at + 1), what))
        };
        shares.iter().enumerate().map(with_others).sum()
    };
    let covered: Vec<f32> = sentences.iter().enumerate().map(covers).collect();
    let most = covered.iter().copied().fold(0.0, f32::max);
    covered.iter().position(|share| *share >= most)
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

impl<'l> Answer<'l> {
    /// Whether the article more probably says nothing on it than what the first quote says.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.verdict != Verdict::Answer
            && self
                .quotes
                .first()
                .is_none_or(|quote| quote.score < self.why.silence)
    }

    /// The quotes that a member is shown: of an answer only those that compare with the first.
    #[must_use]
    pub fn shown(&self) -> &[Quote<'l>] {
        let least = match (self.verdict, self.quotes.first()) {
            (Verdict::Answer, Some(first)) => first.score * COMPARABLE,
            _ => 0.0,
        };
        let count = self
            .quotes
            .iter()
            .take_while(|quote| quote.score >= least)
            .count();
        self.quotes.get(..count).unwrap_or_default()
    }
}

/// What led to an answer, for operators and editors.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// Whether the message asks nothing (thanks, a greeting, a bare link).
    pub small_talk: bool,
    /// How probable it is that the article is silent on it, from 0 to 1.
    pub silence: f32,
    /// Which share of the question's words the guides know, from 0 to 1; 0 where there are none.
    pub known: f32,
    /// The parts of the first passage's score, each with its contribution to the log-odds.
    pub parts: Vec<(&'static str, f32)>,
    /// The keys of the names found in the question.
    pub names: Vec<String>,
    /// Those of them that the first quote's article does not name. Terms do not count: there are many
    /// words for one thing.
    pub strangers: Vec<String>,
    /// The guide's question that is nearest, if any.
    pub nearest_question: Option<String>,
    /// The probabilities from which the verdict is `answer`, and from which it is `nearest`.
    pub thresholds: (f32, f32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_sentence_is_quoted_with_those_beside_it_that_cover_most() {
        let text = "أول. ثان. ثالث. رابع.";
        let window = |shares: [f32; 4], limit| {
            let places = crate::passage::sentences(text);
            let spans = places
                .iter()
                .filter_map(|&(from, to)| Span::new(text, from..to));
            let sentences: Vec<Sentence> = spans.zip(shares.map(|share| vec![share])).collect();
            super::window(text, &sentences, limit).map(|span| span.of(text))
        };
        assert_eq!(window([0.0, 0.1, 0.9, 0.0], 10), Some("ثان. ثالث."));
        assert_eq!(window([0.5, 0.5, 0.0, 0.9], 11), Some("ثالث. رابع."));
        assert_eq!(window([0.0, 0.0, 0.0, 0.0], 100), Some(text));
        assert_eq!(window([0.9, 0.0, 0.0, 0.0], 3), None, "it is too long");
    }
}
