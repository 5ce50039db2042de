//! From evidence to probabilities: one linear score for each passage, for silence and for small
//! talk, and the share of each (a multinomial logit). The weights are few and kept as data; there
//! are two sets, for passages of an article with a guide and of one without. Within a set a score
//! is taken against that of silence, so that passages of both kinds can be compared.

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
    Number,
    Context,
    Silence,
    Foreign,
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
    "number",
    "context",
    "silence",
    "foreign",
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
    pub fn explain(&self, guided: bool) -> Vec<(&'static str, f32)> {
        let weights = weights().in_order(guided);
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

/// A passage that may answer.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its number in the library.
    pub passage: usize,
    /// What speaks for it.
    pub parts: Parts,
    /// Whether a guide leads to it.
    pub guided: bool,
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
    /// Whether any article has a guide.
    pub guided: bool,
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
    verdicts: Thresholds,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    answer: f32,
    nearest: f32,
}

impl Weights {
    /// The weights for articles with a guide, or without, in the order of [`PARTS`].
    #[must_use]
    pub fn in_order(&self, guided: bool) -> [f32; PARTS.len()] {
        let set = if guided { &self.guided } else { &self.plain };
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
    let [plain, guided] = [false, true].map(|guided| weights.in_order(guided));
    let set = |is_guided: bool| if is_guided { &guided } else { &plain };
    let mut order: Vec<(Candidate, f32)> = evidence
        .candidates
        .into_iter()
        .map(|candidate| {
            let weights = set(candidate.guided);
            let score = candidate.parts.score(weights) - evidence.silence.score(weights);
            (candidate, score)
        })
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.passage.cmp(&b.0.passage)));
    let weights_of_all = set(evidence.guided);
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
        for set in [&weights().guided, &weights().plain] {
            assert!(
                set.keys()
                    .all(|name| parts.binary_search(&name.as_str()).is_ok()),
                "{set:?}"
            );
        }
    }
}
