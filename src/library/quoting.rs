//! What is quoted of a passage that may answer: where its words stand in the longest paragraph, and
//! of a paragraph that is longer than a quote may be the sentences around the best one.

use std::ops::Range;

use super::Library;
use crate::answer::{self, MAX_QUOTES, Quote};
use crate::article::Article;
use crate::evidence::Asked;
use crate::passage::MAX_CHARS;
use crate::question::Question;
use crate::ranking::{Candidate, WeightSet};
use crate::text::Span;

impl Library {
    /// What is quoted of a candidate where nothing else is quoted yet.
    #[must_use]
    pub fn quoted(&self, question: &Question, candidate: &Candidate) -> Option<Quote<'_>> {
        let (asked, _) = self.asked(question);
        self.quote_beside(&[], &asked, self.fullest(candidate), 0.0)
    }

    /// The best candidates as quotes, none inside another.
    ///
    /// The first is as probable as all the passages together that would be quoted by the same words.
    pub(super) fn quotes(&self, question: &Question, order: &[(Candidate, f32)]) -> Vec<Quote<'_>> {
        let (asked, _) = self.asked(question);
        let mut quotes: Vec<Quote<'_>> = Vec::new();
        for (candidate, score) in order {
            if quotes.len() == MAX_QUOTES {
                break;
            }
            // Inside a quote already, or the same words again: articles repeat themselves.
            let (article, number) = self.place(candidate.passage);
            let text = &self.articles[article];
            let words = text.passages()[number].span().of(text.text());
            let repeats = |quote: &Quote<'_>| quote.text().contains(words);
            if quotes.iter().any(repeats) {
                continue;
            }
            let place = self.fullest(candidate);
            let score = if quotes.is_empty() {
                self.together(place, order)
            } else {
                *score
            };
            quotes.extend(self.quote_beside(&quotes, &asked, place, score));
        }
        quotes
    }

    /// The probability of all candidates that are quoted by the paragraph of passage `place`.
    fn together(&self, place: usize, order: &[(Candidate, f32)]) -> f32 {
        let (article, number) = self.place(place);
        let paragraph = |number: usize| self.articles[article].passages()[number].paragraph();
        let same = |candidate: &Candidate| {
            let (of, _) = self.place(candidate.passage);
            of == article && {
                let (_, other) = self.place(self.fullest(candidate));
                paragraph(other) == paragraph(number)
            }
        };
        let shares = order.iter().filter(|(candidate, _)| same(candidate));
        shares.map(|(_, share)| share).sum()
    }

    /// Where a candidate's words stand in the longest paragraph: who reads that reads the same and
    /// more. A passage that a guide leads to is meant as it is.
    fn fullest(&self, candidate: &Candidate) -> usize {
        let (article, number) = self.place(candidate.passage);
        if candidate.set == WeightSet::Guided {
            return candidate.passage;
        }
        let text = &self.articles[article];
        let passages = text.passages();
        let holding = |(at, _): (usize, &str)| {
            let after = passages.partition_point(|passage| passage.span().start() <= at);
            after
                .checked_sub(1)
                .filter(|&held| at < passages[held].span().end())
        };
        let words = passages[number].span().of(text.text());
        let longest = text
            .text()
            .match_indices(words)
            .filter_map(holding)
            .max_by_key(|&held| (paragraph(text, held).1, held == number));
        candidate.passage - number + longest.unwrap_or(number)
    }

    /// A quote of the paragraph of passage `place` beside those that there are.
    fn quote_beside<'l>(
        &'l self,
        quotes: &[Quote<'l>],
        asked: &[Asked],
        place: usize,
        score: f32,
    ) -> Option<Quote<'l>> {
        let (article, number) = self.place(place);
        let text = &self.articles[article];
        let span = text.passages()[number].span();
        let (parts, _) = paragraph(text, number);
        let (mut sentences, mut matched) = (Vec::new(), Vec::new());
        for part in parts.clone() {
            let coverage = self.words(place - number + part)?.cover(asked);
            sentences.extend(coverage.sentences);
            matched.extend(coverage.matched);
        }
        let span = if parts.len() == 1 {
            span
        } else {
            let taken = |place: Span| {
                let inside = |quote: &Quote<'_>| {
                    std::ptr::eq(quote.article(), text)
                        && quote.span().start() <= place.start()
                        && place.start() < quote.span().end()
                };
                quotes.iter().any(inside)
            };
            sentences.retain(|(place, _): &(Span, f32)| !taken(*place));
            answer::window(text.text(), &sentences, MAX_CHARS)?
        };
        let guide = &self.guides[article];
        Some(Quote::new(text, guide, number, span, score, matched))
    }
}

/// The passages that were cut from the same paragraph as passage `number`, and its length.
fn paragraph(text: &Article, number: usize) -> (Range<usize>, usize) {
    let passages = text.passages();
    let of = passages[number].paragraph();
    let first = passages.partition_point(|passage| passage.paragraph() < of);
    let after = passages.partition_point(|passage| passage.paragraph() <= of);
    let length = passages[after - 1].span().end() - passages[first].span().start();
    (first..after, length)
}
