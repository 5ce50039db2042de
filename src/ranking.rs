//! From evidence to probabilities: one linear score for each passage, for silence and for small
//! talk, and the share of each (a multinomial logit). The weights are few and kept as data.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::answer::Verdict;
use crate::text::Span;

/// A part of the evidence. Those above `Silence` speak for passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `weights.toml` says what each is
pub enum Part {
    Guide,
    Example,
    Passage,
    Sentence,
    Title,
    Around,
    Words,
    Pairs,
    Number,
    Context,
    Silence,
    Guided,
    Unknown,
    SmallTalk,
}

/// The parts by name, in the order of [`Part`].
pub const PARTS: [&str; 14] = [
    "guide", "example", "passage", "sentence", "title", "around", "words", "pairs", "number", "context", "silence",
    "guided", "unknown", "small_talk",
];

/// The evidence for one thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts([f32; PARTS.len()]);

impl Parts {
    /// Sets one part.
    pub fn set(&mut self, part: Part, value: f32) {
        self.0[part as usize] = value;
    }

    /// The values, in the order of [`PARTS`].
    #[must_use]
    pub fn values(&self) -> &[f32; PARTS.len()] {
        &self.0
    }

    /// Each part that says something, with what it contributes to the score.
    #[must_use]
    pub fn explain(&self) -> Vec<(&'static str, f32)> {
        let weights = weights().in_order();
        let parts = PARTS.into_iter().zip(self.0).zip(weights);
        parts.map(|((name, value), weight)| (name, value * weight)).filter(|(_, share)| *share != 0.0).collect()
    }

    fn score(&self, weights: &[f32; PARTS.len()]) -> f32 {
        self.0.iter().zip(weights).map(|(value, weight)| value * weight).sum()
    }
}

/// A passage that may answer.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its number in the library.
    pub passage: usize,
    /// What speaks for it.
    pub parts: Parts,
    /// The words that matched.
    pub matched: Vec<Span>,
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
    /// What follows for the first.
    pub verdict: Verdict,
}

/// The weights and thresholds of `weights.toml`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    parts: std::collections::BTreeMap<String, f32>,
    verdicts: Thresholds,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    answer: f32,
    nearest: f32,
}

impl Weights {
    /// The weights in the order of [`PARTS`].
    #[must_use]
    pub fn in_order(&self) -> [f32; PARTS.len()] {
        PARTS.map(|name| self.parts.get(name).copied().unwrap_or_default())
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
    static WEIGHTS: LazyLock<Weights> =
        LazyLock::new(|| toml::from_str(include_str!("weights.toml")).expect("weights.toml is checked by a test"));
    &WEIGHTS
}

/// Ranks candidates and decides.
#[must_use]
pub fn rank(evidence: Evidence) -> Ranked {
    let weights = weights();
    let parts = weights.in_order();
    let mut order: Vec<(Candidate, f32)> =
        evidence.candidates.into_iter().map(|candidate| { let score = candidate.parts.score(&parts); (candidate, score) }).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.passage.cmp(&b.0.passage)));
    let (silence, small_talk) = (evidence.silence.score(&parts), evidence.small_talk.score(&parts));
    let top = order.iter().map(|(_, score)| *score).fold(silence.max(small_talk), f32::max);
    let all: f32 = order.iter().map(|(_, score)| (score - top).exp()).sum::<f32>()
        + (silence - top).exp() + (small_talk - top).exp();
    for (_, score) in &mut order {
        *score = (*score - top).exp() / all;
    }
    let (answer, nearest) = weights.thresholds();
    let verdict = match order.first() {
        Some(&(_, p)) if p >= answer => Verdict::Answer,
        Some(&(_, p)) if p >= nearest => Verdict::Nearest,
        _ => Verdict::None,
    };
    Ranked { order, silence: (silence - top).exp() / all, small_talk: (small_talk - top).exp() / all, verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_weight_and_every_weight_a_part() {
        let names: Vec<&str> = weights().parts.keys().map(String::as_str).collect();
        let mut parts = PARTS;
        parts.sort_unstable();
        assert_eq!(names, parts);
    }
}
