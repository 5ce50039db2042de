//! What the guide's questions teach: a linear model from the features of a question to what
//! answers it, a passage, silence, or nothing because nothing was asked.
//!
//! Learned when the segments are built, by the averaged passive-aggressive algorithm (Crammer et
//! al., "Online Passive-Aggressive Algorithms", JMLR 2006): whenever a wrong class comes too near,
//! the features of the question move from it to the right one. Only these two classes change, so
//! that time and memory grow with the number of questions and not with that of passages. On the
//! article's guide it finds as much as a linear SVM (and puts a right passage first for a quarter
//! more of other authors' questions than the nearest example question does).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::analysis::{Script, Token, skeleton};
use crate::names::Mention;

/// How often each question is seen.
const EPOCHS: usize = 6;
/// How far one question may move the weights (PA-I's aggressiveness).
const STEP: f32 = 0.5;

/// One feature: which, and in which [`Group`].
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    key: u32,
    group: Group,
}

/// Features of a kind share one length, so that many of one kind do not drown the few of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Words,
    Grams,
    Names,
}

impl Group {
    const COUNT: usize = 3;

    /// How much a kind counts beside the others.
    fn weight(self) -> f32 {
        match self {
            Self::Words | Self::Grams => 1.0,
            Self::Names => 0.5,
        }
    }
}

/// The features of a text: its words in three forms and in pairs, the 2- to 4-grams within words,
/// the names in it, and the consonants of what may be Arabic in Latin letters.
#[must_use]
pub fn features(tokens: &[Token], mentions: &[Mention]) -> Vec<Feature> {
    let mut features = Vec::with_capacity(tokens.len() * 16);
    let mut push = |group, kind: u8, value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        kind.hash(&mut hasher);
        value(&mut hasher);
        // 32 bits: some 100,000 features collide once or twice, which costs nothing.
        #[allow(clippy::cast_possible_truncation)]
        features.push(Feature {
            key: hasher.finish() as u32,
            group,
        });
    };
    let mut before: Option<&Token> = None;
    for token in tokens {
        push(Group::Words, 0, &|h| token.form.hash(h));
        if token.stem != token.form {
            push(Group::Words, 1, &|h| token.stem.hash(h));
        }
        if token.deep != token.stem {
            push(Group::Words, 2, &|h| token.deep.hash(h));
        }
        if let Some(before) = before {
            push(Group::Words, 3, &|h| (&before.stem, &token.stem).hash(h));
        }
        if matches!(token.script, Script::Arabic | Script::Latin) {
            let chars: Vec<char> = std::iter::once('_')
                .chain(token.form.chars())
                .chain(['_'])
                .collect();
            for size in 2..=4 {
                for gram in chars.windows(size) {
                    push(Group::Grams, 4, &|h| gram.hash(h));
                }
            }
            let consonants = skeleton::skeleton(&token.form);
            if consonants.len() >= 2 {
                push(Group::Names, 6, &|h| consonants.hash(h));
            }
        }
        before = Some(token);
    }
    for run in tokens.chunk_by(|a, b| a.script == Script::Chinese && b.script == Script::Chinese) {
        for size in 2..=4 {
            for gram in run.windows(size) {
                push(Group::Grams, 5, &|h| {
                    gram.iter().for_each(|token| token.form.hash(h))
                });
            }
        }
    }
    for mention in mentions {
        push(Group::Names, 7, &|h| mention.name.hash(h));
    }
    features
}

/// The keys of the words among `features`.
#[must_use]
pub fn words(features: &[Feature]) -> Vec<u32> {
    features.iter().filter(|feature| feature.group == Group::Words).map(|feature| feature.key).collect()
}

/// A row of the model: how rare the feature is, and where it points.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Row {
    idf: f32,
    weights: Vec<(u16, f32)>,
}

/// The model. Classes are numbered by its maker.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Classifier {
    classes: usize,
    rows: HashMap<u32, Row>,
}

/// What the model says of one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// A score a class; higher is better, 0 says nothing.
    pub scores: Vec<f32>,
    /// Which share of the question's features the guide knows, from 0 to 1.
    pub known: f32,
}

type Vector = Vec<(u32, f32)>;

impl Classifier {
    /// Learns from examples: the features of a question and its class, below `classes`.
    #[must_use]
    pub fn learn(examples: &[(Vec<Feature>, usize)], classes: usize) -> Self {
        let mut model = Self {
            classes,
            rows: HashMap::new(),
        };
        for (features, _) in examples {
            let mut keys: Vec<u32> = features.iter().map(|feature| feature.key).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                model.rows.entry(key).or_default().idf += 1.0;
            }
        }
        #[allow(clippy::cast_precision_loss)]
        let count = examples.len() as f32;
        for row in model.rows.values_mut() {
            row.idf = 1.0 + ((1.0 + count) / (1.0 + row.idf)).ln();
        }
        let keys: Vec<u32> = model.rows.keys().copied().collect();
        let place: HashMap<u32, u32> = (0..).zip(&keys).map(|(at, &key)| (key, at)).collect();
        let vectors: Vec<(Vector, usize)> = examples
            .iter()
            .map(|(features, class)| {
                let (vector, _) = model.vector(features);
                (
                    vector
                        .into_iter()
                        .map(|(key, value)| (place[&key], value))
                        .collect(),
                    *class,
                )
            })
            .collect();
        let weights = average_passive_aggressive(&vectors, keys.len(), classes);
        for (key, weights) in keys.into_iter().zip(weights) {
            if let Some(row) = model.rows.get_mut(&key) {
                row.weights = weights;
            }
        }
        model
    }

    /// How many classes it tells apart.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Judges a question by its features.
    #[must_use]
    pub fn judge(&self, features: &[Feature]) -> Judgement {
        let (vector, known) = self.vector(features);
        let mut scores = vec![0.0; self.classes];
        for (key, value) in vector {
            for &(class, weight) in self.rows.get(&key).map_or(&[][..], |row| &row.weights) {
                scores[usize::from(class)] += value * weight;
            }
        }
        Judgement { scores, known }
    }

    /// The keys of the words among `features` that the guide knows, sorted.
    #[must_use]
    pub fn words(&self, features: &[Feature]) -> Vec<u32> {
        let mut words = words(features);
        words.retain(|key| self.rows.contains_key(key));
        words.sort_unstable();
        words.dedup();
        words
    }

    /// How near two sorted lists of words are: the cosine of their rarities.
    #[must_use]
    pub fn cosine(&self, a: &[u32], b: &[u32]) -> f32 {
        let idf = |key: &u32| self.rows.get(key).map_or(0.0, |row| row.idf * row.idf);
        let common: f32 = a.iter().filter(|key| b.binary_search(key).is_ok()).map(idf).sum();
        let (a, b): (f32, f32) = (a.iter().map(idf).sum(), b.iter().map(idf).sum());
        if common > 0.0 { common / (a * b).sqrt() } else { 0.0 }
    }

    /// Term frequency times rarity, each group of unit length; and the share that is known.
    fn vector(&self, features: &[Feature]) -> (Vector, f32) {
        let mut counts: HashMap<u32, (f32, Group)> = HashMap::with_capacity(features.len());
        let (mut known, mut all) = (0.0_f32, 0.0_f32);
        for feature in features {
            if feature.group == Group::Words {
                all += 1.0;
                known += f32::from(u8::from(self.rows.contains_key(&feature.key)));
            }
            counts.entry(feature.key).or_insert((0.0, feature.group)).0 += 1.0;
        }
        let mut lengths = [0.0_f32; Group::COUNT];
        let mut vector: Vec<(u32, f32, Group)> = Vec::with_capacity(counts.len());
        for (key, (count, group)) in counts {
            if let Some(row) = self.rows.get(&key) {
                let value = (1.0 + count.ln()) * row.idf;
                lengths[group as usize] += value * value;
                vector.push((key, value, group));
            }
        }
        let vector = vector
            .into_iter()
            .map(|(key, value, group)| {
                (key, group.weight() * value / lengths[group as usize].sqrt())
            })
            .collect();
        (vector, if all > 0.0 { known / all } else { 0.0 })
    }
}

/// The averaged weights, a sparse row a feature.
fn average_passive_aggressive(
    examples: &[(Vector, usize)],
    features: usize,
    classes: usize,
) -> Vec<Vec<(u16, f32)>> {
    // Each weight with the sum of its past: average = weight - past / rounds.
    let mut rows: Vec<Vec<(u16, f32, f32)>> = vec![Vec::new(); features];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut round = 0.0_f32;
    let mut scores = vec![0.0_f32; classes];
    for _ in 0..EPOCHS {
        for at in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            #[allow(clippy::cast_possible_truncation)]
            order.swap(at, (random % (at as u64 + 1)) as usize);
        }
        for &at in &order {
            let (vector, right) = &examples[at];
            scores.fill(0.0);
            for &(feature, value) in vector {
                for &(class, weight, _) in &rows[feature as usize] {
                    scores[usize::from(class)] += value * weight;
                }
            }
            let rival = (0..classes)
                .filter(|class| class != right)
                .max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
            let Some(rival) = rival else { continue };
            let loss = 1.0 - scores[*right] + scores[rival];
            let length: f32 = vector.iter().map(|(_, value)| value * value).sum();
            if loss > 0.0 && length > 0.0 {
                let step = STEP.min(loss / (2.0 * length));
                for &(feature, value) in vector {
                    let row = &mut rows[feature as usize];
                    nudge(row, *right, step * value, round);
                    nudge(row, rival, -step * value, round);
                }
            }
            round += 1.0;
        }
    }
    rows.into_iter()
        .map(|row| {
            row.into_iter()
                .map(|(class, weight, past)| (class, weight - past / round.max(1.0)))
                .filter(|(_, weight)| weight.abs() > 1e-4)
                .collect()
        })
        .collect()
}

fn nudge(row: &mut Vec<(u16, f32, f32)>, class: usize, by: f32, round: f32) {
    let class = u16::try_from(class).expect("fewer classes than 65,536");
    let at = row
        .iter()
        .position(|entry| entry.0 == class)
        .unwrap_or_else(|| {
            row.push((class, 0.0, 0.0));
            row.len() - 1
        });
    row[at].1 += by;
    row[at].2 += by * round;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tokens;

    #[test]
    fn it_tells_apart_what_it_learned() {
        let read = |text: &str| features(&tokens(text), &[]);
        let examples = [
            (read("كم انخفض سهم نفيديا"), 0),
            (read("how far did nvidia fall"), 0),
            (read("هل انهار الكريبتو"), 1),
            (read("is crypto dead"), 1),
        ];
        let model = Classifier::learn(&examples, 2);
        for (text, class) in [
            ("نزل سهم انفيديا؟", 0),
            ("nvidia fell", 0),
            ("الكريبتو مات", 1),
            ("crypto is over", 1),
        ] {
            let scores = model.judge(&read(text)).scores;
            assert!(scores[class] > scores[1 - class], "{text}: {scores:?}");
        }
    }
}
