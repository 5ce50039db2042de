//! What the guide's questions teach: a linear model from the features of a question to what
//! answers it, a passage, silence, or nothing because nothing was asked.
//!
//! Learned when the segments are built, by the averaged passive-aggressive algorithm (Crammer et
//! al., "Online Passive-Aggressive Algorithms", JMLR 2006): whenever a wrong class comes too near,
//! the features of the question move from it to the right one. Only these two classes change, so
//! that time and memory grow with the number of questions and not with that of passages. On the
//! article's guide it finds as much as a linear SVM (and puts a right passage first for a quarter
//! more of other authors' questions than the nearest example question does).

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::analysis::{Script, Token, skeleton};
use crate::names::Mention;

/// How often each question is seen.
const EPOCHS: usize = 6;
/// How far one question may move the weights (PA-I's aggressiveness).
const STEP: f32 = 0.5;

/// One feature: which, and of which kind.
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
                    for token in gram {
                        token.form.hash(h);
                    }
                });
            }
        }
    }
    for mention in mentions {
        push(Group::Names, 7, &|h| mention.name.hash(h));
    }
    features
}

/// The model. Classes are numbered by its maker.
///
/// A sparse matrix, a row a feature, rows sorted by key; `starts` leads from the upper 16 bits of a
/// key to the few rows that begin with them. There are a million weights, so each is kept as a number
/// of steps of `step`, the largest as the last step there is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Classifier {
    classes: usize,
    #[serde(deserialize_with = "whole")]
    rows: Vec<Row>,
    starts: Vec<u32>,
    /// Of all rows: a class, and the steps of its weight.
    #[serde(deserialize_with = "whole")]
    weights: Vec<(u16, i16)>,
    step: f32,
}

/// What is known of a feature, side by side: a question has some hundred of them, and to wait for
/// memory is most of what judging it costs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Row {
    key: u32,
    idf: f32,
    /// Where its weights end; they begin where those of the row before end.
    end: u32,
}

/// Reads a list into the room that it takes and no more. Serde's own way begins small and doubles:
/// a million weights would leave their size in holes.
fn whole<'d, D: Deserializer<'d>, T: Deserialize<'d>>(from: D) -> Result<Vec<T>, D::Error> {
    struct Whole<T>(PhantomData<T>);

    impl<'d, T: Deserialize<'d>> Visitor<'d> for Whole<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'d>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            let room = list.try_reserve_exact(items.size_hint().unwrap_or_default());
            room.map_err(A::Error::custom)?;
            while let Some(item) = items.next_element()? {
                list.push(item);
            }
            Ok(list)
        }
    }

    from.deserialize_seq(Whole(PhantomData))
}

/// What the model says of one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// A score a class; higher is better, 0 says nothing.
    pub scores: Vec<f32>,
    /// Which share of the question's features the guide knows, from 0 to 1.
    pub known: f32,
}

/// A row of the model, and the value of its feature in a question.
type Vector = Vec<(u32, f32)>;

impl Classifier {
    /// Learns from examples: the features of a question and its class, below `classes`.
    #[must_use]
    pub fn learn(examples: &[(Vec<Feature>, usize)], classes: usize) -> Self {
        let mut seen: Vec<u32> = Vec::new();
        for (features, _) in examples {
            let mut keys: Vec<u32> = features.iter().map(|feature| feature.key).collect();
            keys.sort_unstable();
            keys.dedup();
            seen.extend(keys);
        }
        seen.sort_unstable();
        #[allow(clippy::cast_precision_loss)] // counts of questions
        let rows: Vec<Row> = seen
            .chunk_by(|a, b| a == b)
            .map(|same| Row {
                key: same[0],
                idf: 1.0 + ((1.0 + examples.len() as f32) / (1.0 + same.len() as f32)).ln(),
                end: 0,
            })
            .collect();
        let starts = (0..=u32::from(u16::MAX) + 1)
            .map(|upper| narrow(rows.partition_point(|row| (row.key >> 16) < upper)))
            .collect();
        let mut model = Self {
            classes,
            rows,
            starts,
            weights: Vec::new(),
            step: 1.0,
        };
        let vectors: Vec<(Vector, usize)> = examples
            .iter()
            .map(|(features, class)| (model.vector(features).0, *class))
            .collect();
        let learned = average_passive_aggressive(&vectors, model.rows.len(), classes);
        let sizes = learned.iter().flatten().map(|(_, weight)| weight.abs());
        model.step = sizes.fold(f32::MIN_POSITIVE, f32::max) / f32::from(i16::MAX);
        for (row, weights) in model.rows.iter_mut().zip(learned) {
            #[allow(clippy::cast_possible_truncation)] // no weight has more steps than the largest
            let steps = weights
                .iter()
                .map(|(class, weight)| (*class, (weight / model.step).round() as i16));
            model.weights.extend(steps);
            row.end = narrow(model.weights.len());
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
        for (row, value) in vector {
            let row = row as usize;
            let start = row.checked_sub(1).map_or(0, |before| self.rows[before].end);
            let value = value * self.step;
            for (class, steps) in &self.weights[start as usize..self.rows[row].end as usize] {
                scores[usize::from(*class)] += value * f32::from(*steps);
            }
        }
        Judgement { scores, known }
    }

    /// The words among `features` that the guide knows, as sorted rows of the model.
    #[must_use]
    pub fn words(&self, features: &[Feature]) -> Vec<u32> {
        let words = features
            .iter()
            .filter(|feature| feature.group == Group::Words);
        let mut rows: Vec<u32> = words.filter_map(|feature| self.row(feature.key)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// How near two lists of [`Classifier::words`] are: the cosine of their rarities.
    #[must_use]
    pub fn cosine(&self, a: &[u32], b: &[u32]) -> f32 {
        let square = |row: &u32| {
            self.rows
                .get(*row as usize)
                .map_or(0.0, |it| it.idf * it.idf)
        };
        let common: f32 = a
            .iter()
            .filter(|row| b.binary_search(row).is_ok())
            .map(square)
            .sum();
        let (a, b): (f32, f32) = (a.iter().map(square).sum(), b.iter().map(square).sum());
        if common > 0.0 {
            common / (a * b).sqrt()
        } else {
            0.0
        }
    }

    fn row(&self, key: u32) -> Option<u32> {
        let upper = (key >> 16) as usize;
        let (from, to) = (*self.starts.get(upper)?, *self.starts.get(upper + 1)?);
        let near = self.rows.get(from as usize..to as usize)?;
        near.iter()
            .position(|row| row.key == key)
            .map(|at| from + narrow(at))
    }

    /// Term frequency times rarity, each group of unit length; and the share of words known.
    fn vector(&self, features: &[Feature]) -> (Vector, f32) {
        let mut features = features.to_vec();
        features.sort_unstable_by_key(|feature| feature.key);
        let (mut known, mut all) = (0.0_f32, 0.0_f32);
        let mut lengths = [0.0_f32; Group::COUNT];
        let mut vector: Vec<(u32, f32, Group)> = Vec::with_capacity(features.len());
        for same in features.chunk_by(|a, b| a.key == b.key) {
            let (row, group) = (self.row(same[0].key), same[0].group);
            #[allow(clippy::cast_precision_loss)] // at most 512 characters
            let count = same.len() as f32;
            if group == Group::Words {
                all += count;
                known += if row.is_some() { count } else { 0.0 };
            }
            if let Some(row) = row {
                let value = (1.0 + count.ln()) * self.rows[row as usize].idf;
                lengths[group as usize] += value * value;
                vector.push((row, value, group));
            }
        }
        let vector = vector
            .into_iter()
            .map(|(row, value, group)| {
                (row, group.weight() * value / lengths[group as usize].sqrt())
            })
            .collect();
        (vector, if all > 0.0 { known / all } else { 0.0 })
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("fewer features than 2^32")
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
