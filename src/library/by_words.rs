//! The passages of articles without a guide, by their words: candidates from the index, and what
//! speaks for each.

use std::collections::HashMap;

use super::{CANDIDATES, Library, LibraryError, Scope};
use crate::evidence::{self, Coverage};
use crate::index::Source;
use crate::question::Question;
use crate::ranking::{Candidate, Part, Parts, WeightSet};

/// What a word of the title is worth beside one of the passage.
const IN_TITLE: f32 = 0.8;
/// What a word of a neighbouring passage is worth.
const NEARBY: f32 = 0.5;

/// What an article says of all its passages.
struct Whole {
    title: Coverage,
    is_named: bool,
    /// How well its best two candidates cover the question.
    share: f32,
}

impl Library {
    /// The passages without a guide whose words speak for them.
    pub(super) fn by_words(
        &self,
        question: &Question,
        scope: &Scope,
    ) -> Result<Vec<Candidate>, LibraryError> {
        let (asked, stems) = self.asked(question);
        let mut terms: Vec<(Source, String, f32)> = Vec::new();
        for (stem, weight) in stems {
            terms.push((Source::Around, stem.clone(), 0.3 * weight));
            terms.push((Source::Words, stem, weight));
        }
        let tokens = question.tokens().iter().filter(|token| !token.stop);
        let grams: Vec<(Source, String, f32)> = tokens
            .flat_map(evidence::grams)
            .map(|gram| (Source::Grams, gram, 1.0))
            .collect();
        let by_words = shares(self.index.find(&terms, CANDIDATES, scope.passages())?);
        let by_grams = shares(self.index.find(&grams, CANDIDATES, scope.passages())?);
        let mut numbers: Vec<usize> = by_words.keys().chain(by_grams.keys()).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| !self.learned.targets.contains(number));
        let mut covers: HashMap<usize, Coverage> = HashMap::new();
        for &number in &numbers {
            for near in number.saturating_sub(1)..=number + 1 {
                if !covers.contains_key(&near)
                    && let Some(words) = self.words(near)
                {
                    covers.insert(near, words.cover(&asked));
                }
            }
        }
        let wholes = self.wholes(&asked, &numbers, &covers);
        let wants_number = evidence::wants_number(question);
        let parts_of = |passage: usize| {
            let (article, number) = self.place(passage);
            let whole = &wholes[&article];
            let mut together: Vec<(&[f32], f32)> =
                vec![(&covers[&passage].met, 1.0), (&whole.title.met, IN_TITLE)];
            for near in [passage.checked_sub(1), Some(passage + 1)] {
                let neighbour = near.and_then(|near| Some((self.passages.place(near)?.0, near)));
                if let Some((of, near)) = neighbour
                    && of == article
                {
                    together.push((&covers[&near].met, NEARBY));
                }
            }
            let flag = |yes: bool| f32::from(u8::from(yes));
            let has_number = |it| self.words(it).is_some_and(|words| words.have_number());
            let share = |of: &HashMap<usize, f32>| of.get(&passage).copied().unwrap_or_default();
            let mut parts = Parts::default();
            parts.set(Part::Joined, evidence::joined(&asked, &together));
            parts.set(Part::Close, covers[&passage].close);
            let focus = covers[&passage].met.first().copied();
            parts.set(Part::Focus, focus.unwrap_or_default());
            parts.set(Part::Number, flag(wants_number && has_number(passage)));
            parts.set(Part::Words, share(&by_words));
            parts.set(Part::Grams, share(&by_grams));
            parts.set(Part::Title, whole.title.passage);
            parts.set(Part::Named, flag(whole.is_named));
            parts.set(Part::Article, whole.share);
            #[allow(clippy::cast_precision_loss)] // at most 32
            let few = 1.0 / asked.len().max(1) as f32;
            parts.set(Part::Lead, if number == 0 { few } else { 0.0 });
            parts
        };
        let candidate = |passage| Candidate {
            passage,
            parts: parts_of(passage),
            set: self.plain_or_foreign(question, self.place(passage).0),
        };
        Ok(numbers.into_iter().map(candidate).collect())
    }

    fn plain_or_foreign(&self, question: &Question, article: usize) -> WeightSet {
        if self.articles[article].language() == question.language() {
            WeightSet::Plain
        } else {
            WeightSet::Foreign
        }
    }

    /// The articles of these passages, each as a whole.
    fn wholes(
        &self,
        asked: &[evidence::Asked],
        passages: &[usize],
        covers: &HashMap<usize, Coverage>,
    ) -> HashMap<usize, Whole> {
        let mut of_article: HashMap<usize, Vec<f32>> = HashMap::new();
        for passage in passages {
            let shares = of_article.entry(self.place(*passage).0).or_default();
            shares.push(covers[passage].passage);
        }
        let whole = |(article, mut shares): (usize, Vec<f32>)| {
            shares.sort_by(|a, b| b.total_cmp(a));
            let title = &self.titles[article];
            let whole = Whole {
                title: title.cover(asked),
                is_named: title.are_asked(asked),
                share: shares.iter().take(2).sum::<f32>() / 2.0,
            };
            (article, whole)
        };
        of_article.into_iter().map(whole).collect()
    }
}

/// Scores as shares of the best.
fn shares(found: Vec<(usize, f32)>) -> HashMap<usize, f32> {
    let best = found.first().map_or(1.0, |&(_, score)| score);
    found
        .into_iter()
        .map(|(number, score)| (number, score / best))
        .collect()
}
