//! From evidence to probabilities: one linear score for each passage, for silence and for small
//! talk, and the share of each (a multinomial logit). The weights are few and kept as data; there
//! are three sets, for passages that a guide leads to and, where none does, for those in the
//! question's language and in another. Within a set a score is taken against that of silence, so that
//! passages of all kinds can be compared.
//!
//! What each part brings where there is no guide: how often the first quote is right among the
//! candidates that were found, on articles that the weights were not fitted on, with the part left
//! out and the others fitted anew (`cargo bench --bench fit -- --ablate`, on the development halves
//! of ARCD and `XQuAD`; log-likelihood over the row's sets).
//!
//! ```text
//!              ARCD ar  XQuAD ar  log-lik.    XQuAD en  XQuAD zh  log-lik.
//! all             .847      .953     -.478        .839      .695    -1.127
//! - joined        .835      .941     -.579        .784      .686    -1.193
//! - grams         .834      .945     -.513
//! - lead          .819      .953     -.493        .841      .686    -1.138
//! - focus         .849      .950     -.490
//! - close         .850      .948     -.485        .833      .706    -1.150
//! - title         .850      .953     -.482        .839      .692    -1.138
//! - named         .843      .953     -.482        .836      .699    -1.132
//! - article       .848      .953     -.482        .840      .698    -1.126
//! - words         .854      .948     -.478        .829      .650    -1.358
//! - number        .844      .951     -.478        .842      .692    -1.113
//! ```
//!
//! Grams bring nothing to words of another language, which have none in common, and the first thing
//! asked no more than the others; they have no weight there. Tried and left out, as they brought
//! nothing: coverage by the passage, its best sentence and its neighbours apart, BM25 with soft
//! frequencies, pairs of words, rarity within an article, matching when and how many, quote length, a
//! penalty for what is not met, pairs in order, what the quote covers; nor do boosted trees over all
//! of these rank better than one linear score.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::answer::Verdict;

/// A part of the evidence. Those above `Silence` speak for passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `weights.toml` says what each is
pub enum Part {
    Guide,
    Example,
    Title,
    Named,
    Words,
    Grams,
    Lead,
    Article,
    Joined,
    Close,
    Focus,
    Number,
    Context,
    Silence,
    Unknown,
    SmallTalk,
    Long,
    Asking,
}

/// The parts by name, in the order of [`Part`].
pub const PARTS: [&str; 18] = [
    "guide",
    "example",
    "title",
    "named",
    "words",
    "grams",
    "lead",
    "article",
    "joined",
    "close",
    "focus",
    "number",
    "context",
    "silence",
    "unknown",
    "small_talk",
    "long",
    "asking",
];

/// The evidence for one thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts([f32; PARTS.len()]);

impl Parts {
    /// Sets one part.
    pub fn set(&mut self, part: Part, value: f32) {
        self.0[part as usize] = value;
    }

    /// One part.
    #[must_use]
    pub fn get(&self, part: Part) -> f32 {
        self.0[part as usize]
    }

    /// The values, in the order of [`PARTS`].
    #[must_use]
    pub fn values(&self) -> &[f32; PARTS.len()] {
        &self.0
    }

    /// Each part that says something, with what it contributes to the score.
    #[must_use]
    pub fn explain(&self, set: WeightSet) -> Vec<(&'static str, f32)> {
        let weights = weights().in_order(set);
        let parts = PARTS.into_iter().zip(self.0).zip(weights);
        parts
            .map(|((name, value), weight)| (name, value * weight))
            .filter(|(_, share)| *share != 0.0)
            .collect()
    }

    fn score(&self, weights: &[f32; PARTS.len()]) -> f32 {
        self.0
            .iter()
            .zip(weights)
            .map(|(value, weight)| value * weight)
            .sum()
    }
}

/// By which weights something is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightSet {
    /// A guide leads to it.
    Guided,
    /// It is in the question's language.
    Plain,
    /// It is in another: its words are met through the bridge.
    Foreign,
}

impl WeightSet {
    /// All of them, by their names in `weights.toml`.
    pub const ALL: [(&str, Self); 3] = [
        ("guided", Self::Guided),
        ("plain", Self::Plain),
        ("foreign", Self::Foreign),
    ];
}

/// A passage that may answer.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its number in the library.
    pub passage: usize,
    /// What speaks for it.
    pub parts: Parts,
    /// By which weights it is judged.
    pub set: WeightSet,
}

/// All that speaks for one answer or another.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The passages that may answer.
    pub candidates: Vec<Candidate>,
    /// What speaks for silence.
    pub silence: Parts,
    /// What speaks for small talk.
    pub small_talk: Parts,
    /// By which weights silence and small talk are judged.
    pub set: WeightSet,
    /// The number of the nearest of the guides' questions.
    pub nearest_question: Option<usize>,
}

/// Candidates in order, and how probable each thing is.
#[derive(Debug)]
pub struct Ranked {
    /// Best first, with its probability.
    pub order: Vec<(Candidate, f32)>,
    /// That the library does not say.
    pub silence: f32,
    /// That nothing was asked.
    pub small_talk: f32,
}

/// The weights and thresholds of `weights.toml`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    guided: BTreeMap<String, f32>,
    plain: BTreeMap<String, f32>,
    foreign: BTreeMap<String, f32>,
    verdicts: Thresholds,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    answer: f32,
    nearest: f32,
}

impl Weights {
    /// The weights of a set, in the order of [`PARTS`].
    #[must_use]
    pub fn in_order(&self, set: WeightSet) -> [f32; PARTS.len()] {
        let set = match set {
            WeightSet::Guided => &self.guided,
            WeightSet::Plain => &self.plain,
            WeightSet::Foreign => &self.foreign,
        };
        PARTS.map(|name| set.get(name).copied().unwrap_or_default())
    }

    /// From which probability on the verdict is `answer`, and `nearest`.
    #[must_use]
    pub fn thresholds(&self) -> (f32, f32) {
        (self.verdicts.answer, self.verdicts.nearest)
    }
}

/// The weights that ship.
#[must_use]
pub fn weights() -> &'static Weights {
    static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
        toml::from_str(include_str!("weights.toml")).expect("weights.toml is checked by a test")
    });
    &WEIGHTS
}

/// Ranks candidates.
#[must_use]
pub fn rank(evidence: Evidence) -> Ranked {
    let weights = weights();
    let sets = WeightSet::ALL.map(|(_, set)| weights.in_order(set));
    let set = |set: WeightSet| &sets[set as usize];
    let mut order: Vec<(Candidate, f32)> = evidence
        .candidates
        .into_iter()
        .map(|candidate| {
            let weights = set(candidate.set);
            let score = candidate.parts.score(weights) - evidence.silence.score(weights);
            (candidate, score)
        })
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.passage.cmp(&b.0.passage)));
    let weights_of_all = set(evidence.set);
    let small_talk =
        evidence.small_talk.score(weights_of_all) - evidence.silence.score(weights_of_all);
    let top = order
        .first()
        .map_or(0.0, |(_, score)| *score)
        .max(small_talk)
        .max(0.0);
    let share = |score: f32| (score - top).exp();
    let all: f32 =
        order.iter().map(|(_, score)| share(*score)).sum::<f32>() + share(0.0) + share(small_talk);
    for (_, score) in &mut order {
        *score = share(*score) / all;
    }
    Ranked {
        order,
        silence: share(0.0) / all,
        small_talk: share(small_talk) / all,
    }
}

/// What follows for a quote that answers with probability `p`.
#[must_use]
pub fn verdict(p: f32) -> Verdict {
    let (answer, nearest) = weights().thresholds();
    if p >= answer {
        Verdict::Answer
    } else if p >= nearest {
        Verdict::Nearest
    } else {
        Verdict::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_is_of_a_part() {
        let mut parts = PARTS;
        parts.sort_unstable();
        for set in [&weights().guided, &weights().plain, &weights().foreign] {
            assert!(
                set.keys()
                    .all(|name| parts.binary_search(&name.as_str()).is_ok()),
                "{set:?}"
            );
        }
    }
}
