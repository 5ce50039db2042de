//! What is quoted of a passage that may answer: where its words stand in the longest paragraph, and
//! of a paragraph that is longer than a quote may be the sentences around the best one.

use super::Library;
use super::fuller::paragraph;
use crate::answer::{self, MAX_QUOTES, Quote};
use crate::evidence::{Asked, Sentence};
use crate::passage::MAX_CHARS;
use crate::question::Question;
use crate::ranking::{Candidate, WeightSet};
use crate::text::Span;

/// What more of a paragraph is worth beside a quote of it.
const MORE: f32 = 0.5;

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
    /// After it a candidate counts for less where its paragraph is quoted already.
    pub(super) fn quotes(&self, question: &Question, order: &[(Candidate, f32)]) -> Vec<Quote<'_>> {
        let (asked, _) = self.asked(question);
        let mut quotes: Vec<Quote<'_>> = Vec::new();
        let mut left: Vec<&(Candidate, f32)> = order.iter().collect();
        while quotes.len() < MAX_QUOTES {
            let Some(at) = self.next(&quotes, &left) else {
                break;
            };
            let (candidate, score) = left.remove(at);
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
        if let [_, others @ ..] = &mut quotes[..] {
            others.sort_by(|a, b| b.score().total_cmp(&a.score()));
        }
        quotes
    }

    /// Which of the candidates that are left, best first, is quoted beside `quotes`.
    fn next(&self, quotes: &[Quote<'_>], left: &[&(Candidate, f32)]) -> Option<usize> {
        let is_quoted = |candidate: &Candidate| {
            let (article, paragraph) = self.paragraph_of(self.fullest(candidate));
            let of = |quote: &Quote<'_>| {
                std::ptr::eq(quote.article(), &raw const self.articles[article])
                    && quote.passage().paragraph() == paragraph
            };
            quotes.iter().any(of)
        };
        let mut best: Option<(usize, f32)> = None;
        for (at, (candidate, score)) in left.iter().enumerate() {
            // Those that follow are no better.
            if best.is_some_and(|(_, most)| most >= *score) {
                break;
            }
            let worth = if is_quoted(candidate) {
                MORE * score
            } else {
                *score
            };
            if best.is_none_or(|(_, most)| worth > most) {
                best = Some((at, worth));
            }
        }
        best.map(|(at, _)| at)
    }

    /// The probability of all candidates that are quoted by the paragraph of passage `place`.
    fn together(&self, place: usize, order: &[(Candidate, f32)]) -> f32 {
        let own = self.paragraph_of(place);
        let same = |candidate: &Candidate| self.paragraph_of(self.fullest(candidate)) == own;
        let shares = order.iter().filter(|(candidate, _)| same(candidate));
        shares.map(|(_, share)| share).sum()
    }

    /// The article and the paragraph of passage `place`.
    fn paragraph_of(&self, place: usize) -> (usize, usize) {
        let (article, number) = self.place(place);
        let passage = &self.articles[article].passages()[number];
        (article, passage.paragraph())
    }

    /// Where a candidate's words stand in the longest paragraph: who reads that reads the same and
    /// more. A passage that a guide leads to is meant as it is.
    fn fullest(&self, candidate: &Candidate) -> usize {
        if candidate.set == WeightSet::Guided {
            return candidate.passage;
        }
        let fuller = self.learned.fuller.get(&candidate.passage);
        fuller.copied().unwrap_or(candidate.passage)
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
        let first = place - number;
        let mut matched = Vec::new();
        for part in parts.clone() {
            matched.extend(self.words(first + part)?.cover(asked).matched);
        }
        let span = if parts.len() == 1 {
            span
        } else {
            let mut sentences = Vec::new();
            for part in parts {
                sentences.extend(self.words(first + part)?.by_sentence(asked));
            }
            let taken = |place: Span| {
                let inside = |quote: &Quote<'_>| {
                    std::ptr::eq(quote.article(), text)
                        && quote.span().start() <= place.start()
                        && place.start() < quote.span().end()
                };
                quotes.iter().any(inside)
            };
            sentences.retain(|(place, _): &Sentence| !taken(*place));
            answer::window(text.text(), &sentences, MAX_CHARS)?
        };
        let guide = &self.guides[article];
        Some(Quote::new(text, guide, number, span, score, matched))
    }
}
