//! What speaks for a passage: how well its words cover those of the question.
//!
//! Words meet softly: the same word counts 1, the same light stem .95, a translation what the bridge
//! says, a name in another spelling nearly 1, words that share 3-grams .9 times their Dice
//! coefficient, and where they share the deep stem too .5 and .4 times it. Each word of the question
//! counts by its rarity.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::analysis::{self, Script, Token, skeleton};
use crate::bridge::Bridge;
use crate::names::{Mention, NameId, Names};
use crate::passage;
use crate::question::Question;
use crate::text::Span;

/// From which Dice coefficient on two words are near.
const NEAR: f32 = 0.45;
/// From which nearness on a word is taken for one that was asked for.
const MET: f32 = 0.7;
/// From which nearness on a word of a title is taken to be named.
const HELD: f32 = 0.8;
/// Added to the rarities of the question's words, so that one common word is no full coverage.
const RESERVE: f32 = 6.0;

/// A word prepared for comparison. Two of them are compared without touching a string.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    form: u32,
    stem: u32,
    deep: u32,
    grams: u128,
    skeleton: u32,
    script: Script,
    name: Option<NameId>,
    sentence: u16,
    span: Span,
}

/// A text prepared for comparison.
#[derive(Debug, Default)]
pub(crate) struct Words {
    all: Vec<Word>,
    sentences: Vec<Span>,
    has_number: bool,
}

/// One thing that a question asks about: a word, or a name of several.
#[derive(Debug)]
pub(crate) struct Asked {
    alternatives: Vec<(Word, f32)>,
    rarity: f32,
}

/// How well a text covers a question; each share lies between 0 and 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Coverage {
    /// By the whole passage.
    pub(crate) passage: f32,
    /// By the words that met, times how close together they stand.
    pub(crate) close: f32,
    /// The words that met, as places in the text.
    pub(crate) matched: Vec<Span>,
    /// For each thing asked, how near the nearest word is.
    pub(crate) met: Vec<f32>,
}

/// A sentence with its share in the coverage of each thing asked.
pub(crate) type Sentence = (Span, Vec<f32>);

fn hash(text: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    #[allow(clippy::cast_possible_truncation)] // a collision costs nothing
    let short = hasher.finish() as u32;
    short
}

impl Word {
    fn new(token: &Token) -> Self {
        let mut grams = 0_u128;
        let bare = match token.script {
            Script::Arabic => analysis::arabic::without_clitics(&token.form),
            _ => &token.form,
        };
        for gram in analysis::trigrams(bare) {
            let mixed = gram.iter().fold(0_u32, |sum, &c| {
                sum.wrapping_mul(0x9E37_79B1).wrapping_add(u32::from(c))
            });
            grams |= 1 << (mixed.wrapping_mul(0x85EB_CA6B) >> 25);
        }
        let consonants = skeleton::skeleton(bare);
        Self {
            form: hash(&token.form),
            stem: hash(&token.stem),
            deep: hash(&token.deep),
            grams,
            skeleton: if consonants.len() >= 3 {
                hash(&consonants)
            } else {
                0
            },
            script: token.script,
            name: None,
            sentence: 0,
            span: token.span,
        }
    }

    /// How near two words are, from 0 to 1.
    fn nearness(&self, other: &Self) -> f32 {
        if self.name.is_some() && self.name == other.name {
            return 1.0;
        }
        if self.script != other.script {
            return match (self.script, other.script) {
                (Script::Latin, Script::Arabic) | (Script::Arabic, Script::Latin)
                    if self.skeleton != 0 && self.skeleton == other.skeleton =>
                {
                    0.8
                }
                _ => 0.0,
            };
        }
        if self.form == other.form {
            1.0
        } else if matches!(self.script, Script::Number | Script::Chinese) {
            0.0
        } else if self.stem == other.stem {
            0.95
        } else {
            #[allow(clippy::cast_precision_loss)] // at most 128
            let dice = 2.0 * (self.grams & other.grams).count_ones() as f32
                / (self.grams.count_ones() + other.grams.count_ones()).max(1) as f32;
            if self.deep == other.deep {
                0.5 + 0.4 * dice
            } else if dice >= NEAR {
                0.9 * dice
            } else {
                0.0
            }
        }
    }
}

/// The units of comparison: words as they are, Chinese characters in pairs.
fn units(tokens: &[Token]) -> impl Iterator<Item = (usize, Token)> {
    tokens.iter().enumerate().filter_map(|(at, token)| {
        if token.script != Script::Chinese {
            return Some((at, token.clone()));
        }
        let next = tokens.get(at + 1).filter(|next| {
            next.script == Script::Chinese && next.span.start() == token.span.end()
        })?;
        let form = format!("{}{}", token.form, next.form);
        Some((
            at,
            Token {
                stem: form.clone(),
                deep: form.clone(),
                form,
                stop: token.stop && next.stop,
                span: token.span.through(next.span),
                ..token.clone()
            },
        ))
    })
}

/// The stems that a text is indexed and asked by.
pub(crate) fn stems(tokens: &[Token]) -> Vec<String> {
    units(tokens)
        .filter(|(_, token)| !token.stop)
        .map(|(_, token)| token.stem)
        .collect()
}

/// The 3-grams that a word is indexed and asked by; none for numbers and Chinese.
pub(crate) fn grams(token: &Token) -> impl Iterator<Item = String> {
    let bare = match token.script {
        Script::Arabic => analysis::arabic::without_clitics(&token.form),
        Script::Latin => &token.form,
        _ => "",
    };
    analysis::trigrams(bare)
        .filter(|gram| gram[1] != '_')
        .map(|gram| gram.iter().collect())
}

impl Words {
    /// Prepares the text at `span` of `text`.
    pub(crate) fn new(text: &str, span: Span, names: &Names) -> Self {
        let slice = span.of(text);
        let tokens = analysis::tokens(slice);
        let mentions = names.find(&tokens);
        let sentences = passage::sentences(slice);
        let name_at = |at: usize| {
            mentions
                .iter()
                .find(|m| m.tokens.contains(&at))
                .map(|m| m.name)
        };
        let words = units(&tokens)
            .filter(|(_, token)| !token.stop)
            .map(|(at, token)| {
                let mut word = Word::new(&token);
                word.name = name_at(at);
                let sentence = sentences.partition_point(|&(_, end)| end <= token.span.start());
                word.sentence = u16::try_from(sentence).unwrap_or(u16::MAX);
                let range = span.start() + token.span.start()..span.start() + token.span.end();
                word.span = Span::new(text, range).expect("tokens lie between characters");
                word
            })
            .collect();
        let sentences = sentences
            .iter()
            .filter_map(|&(from, to)| Span::new(text, span.start() + from..span.start() + to))
            .collect();
        Self {
            all: words,
            sentences,
            has_number: tokens.iter().any(|token| token.script == Script::Number),
        }
    }

    /// How much memory they take, in bytes.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.all) + size_of_val(&*self.sentences)
    }

    /// Whether they name this.
    pub(crate) fn name(&self, name: NameId) -> bool {
        self.all.iter().any(|word| word.name == Some(name))
    }

    /// Whether a question holds every one of these words: a title that it names.
    pub(crate) fn are_asked(&self, asked: &[Asked]) -> bool {
        let held = |word: &Word| asked.iter().any(|asked| asked.nearness(word) >= HELD);
        !self.all.is_empty() && self.all.iter().all(held)
    }

    /// Prepares a short text whose places do not matter.
    pub(crate) fn of(text: &str, names: &Names) -> Self {
        Span::new(text, 0..text.len())
            .map(|span| Self::new(text, span, names))
            .unwrap_or_default()
    }

    /// Whether a number is among them.
    pub(crate) fn have_number(&self) -> bool {
        self.has_number
    }

    /// How well these words cover what is asked.
    pub(crate) fn cover(&self, asked: &[Asked]) -> Coverage {
        let all: f32 = asked.iter().map(|asked| asked.rarity).sum::<f32>() + RESERVE;
        let mut coverage = Coverage::default();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (what, asked) in asked.iter().enumerate() {
            let mut best = 0.0_f32;
            for (at, word) in self.all.iter().enumerate() {
                let near = asked.nearness(word);
                best = best.max(near);
                if near >= MET {
                    places.push((at, what));
                    coverage.matched.push(word.span);
                }
            }
            coverage.passage += asked.rarity * best / all;
            coverage.met.push(best);
        }
        places.sort_unstable();
        let met = |(asked, near): (&Asked, &f32)| (*near >= MET).then_some(asked.rarity / all);
        let shares = asked.iter().zip(&coverage.met).filter_map(met);
        coverage.close = shares.sum::<f32>() * closeness(&places, asked.len());
        coverage.matched.sort();
        coverage.matched.dedup();
        coverage
    }

    /// Each sentence with what it covers.
    pub(crate) fn by_sentence(&self, asked: &[Asked]) -> impl Iterator<Item = Sentence> {
        let all: f32 = asked.iter().map(|asked| asked.rarity).sum::<f32>() + RESERVE;
        let mut shares = vec![vec![0.0_f32; asked.len()]; self.sentences.len()];
        for word in &self.all {
            let Some(shares) = shares.get_mut(usize::from(word.sentence)) else {
                continue;
            };
            for (share, asked) in shares.iter_mut().zip(asked) {
                *share = share.max(asked.rarity * asked.nearness(word) / all);
            }
        }
        self.sentences.iter().copied().zip(shares)
    }
}

/// How close together the nearest of several kinds of things stand: 1 where they are neighbours, 0
/// where there is one kind alone. Places come in order, with the kind of what is there, one of `kinds`.
fn closeness(places: &[(usize, usize)], kinds: usize) -> f32 {
    let mut held = vec![0_usize; kinds];
    for &(_, kind) in places {
        held[kind] = 1;
    }
    let all: usize = held.iter().sum();
    if all < 2 {
        return 0.0;
    }
    held.fill(0);
    let (mut shortest, mut kinds_held, mut from) = (usize::MAX, 0, 0);
    for &(last, kind) in places {
        held[kind] += 1;
        kinds_held += usize::from(held[kind] == 1);
        while kinds_held == all {
            let (first, kind) = places[from];
            shortest = shortest.min(last - first + 1);
            held[kind] -= 1;
            kinds_held -= usize::from(held[kind] == 0);
            from += 1;
        }
    }
    #[allow(clippy::cast_precision_loss)] // counts of words; one word may be of two kinds
    let closeness = all as f32 / shortest.max(all) as f32;
    closeness
}

/// Coverage by several texts together: each thing asked counts by the text that meets it best,
/// times what that text is worth.
pub(crate) fn joined(asked: &[Asked], texts: &[(&[f32], f32)]) -> f32 {
    let all: f32 = asked.iter().map(|asked| asked.rarity).sum::<f32>() + RESERVE;
    let best = |at: usize| {
        texts
            .iter()
            .filter_map(|(met, worth)| met.get(at).map(|near| near * worth))
            .fold(0.0, f32::max)
    };
    asked
        .iter()
        .enumerate()
        .map(|(at, asked)| asked.rarity * best(at))
        .sum::<f32>()
        / all
}

impl Asked {
    fn nearness(&self, word: &Word) -> f32 {
        self.alternatives
            .iter()
            .map(|(alternative, worth)| worth * alternative.nearness(word))
            .fold(0.0, f32::max)
    }
}

/// What a question asks about, with what each may be in the text's own words. `rarity` gives how
/// rare a stem is in the library.
pub(crate) fn asked(
    question: &Question,
    bridge: &Bridge,
    rarity: &dyn Fn(&str) -> f32,
) -> (Vec<Asked>, Vec<(String, f32)>) {
    let tokens = question.tokens();
    let mut list: Vec<Asked> = Vec::new();
    let mut stems: Vec<(String, f32)> = Vec::new();
    let crossings = bridge.cross(tokens);
    let name_of = |at: usize| {
        question
            .mentions()
            .iter()
            .find(|m: &&Mention| m.tokens.contains(&at))
    };
    let mut at = 0;
    let units: Vec<(usize, Token)> = units(tokens).filter(|(_, token)| !token.stop).collect();
    for (place, _) in &units {
        if *place < at {
            continue;
        }
        let mut alternatives = Vec::new();
        let mut best_rarity = f32::MAX;
        let mention = name_of(*place);
        let crossing = crossings
            .iter()
            .find(|crossing| crossing.tokens.contains(place));
        let end = mention
            .map(|m| m.tokens.end)
            .or(crossing.map(|c| c.tokens.end))
            .unwrap_or(place + 1);
        for (_, token) in units
            .iter()
            .filter(|(other, _)| (*place..end).contains(other))
        {
            let mut word = Word::new(token);
            word.name = mention.map(|m| m.name);
            alternatives.push((word, 1.0));
            best_rarity = best_rarity.min(rarity(&token.stem));
            stems.push((token.stem.clone(), 1.0));
        }
        for crossing in crossings
            .iter()
            .filter(|crossing| crossing.tokens.start < end && crossing.tokens.end > *place)
        {
            let discount = if mention.is_some() { 0.5 } else { 1.0 };
            for (form, worth) in crossing.translations {
                for token in analysis::tokens(form) {
                    best_rarity = best_rarity.min(rarity(&token.stem));
                    stems.push((token.stem.clone(), discount * worth));
                    alternatives.push((Word::new(&token), discount * worth));
                }
            }
        }
        at = end;
        list.push(Asked {
            alternatives,
            rarity: best_rarity,
        });
    }
    (list, stems)
}

/// Whether the question asks for a number or a date.
pub(crate) fn wants_number(question: &Question) -> bool {
    const WORDS: [&str; 16] = [
        "كم", "كام", "قديش", "قد", "شحال", "متي", "امتي", "بكم", "بكام", "نسبه", "many", "much",
        "when", "percent", "year", "cost",
    ];
    const CHINESE: [&str; 6] = ["多少", "几", "何时", "哪年", "什么时候", "哪一年"];
    question
        .tokens()
        .iter()
        .any(|token| WORDS.contains(&token.form.as_str()))
        || question.language() == analysis::Language::Chinese
            && CHINESE.iter().any(|word| question.text().contains(word))
}

#[cfg(test)]
mod tests {
    use super::closeness;

    #[test]
    fn words_that_stand_together_are_closer_than_words_apart() {
        let close = |places: &[(usize, usize)]| closeness(places, 3);
        assert!((close(&[(3, 0), (4, 1), (5, 2)]) - 1.0).abs() < 1e-6);
        // The nearest of several: the 0 at 7, not the one at 0.
        assert!((close(&[(0, 0), (7, 0), (9, 1)]) - 2.0 / 3.0).abs() < 1e-6);
        assert!(close(&[(0, 0), (9, 1)]) < close(&[(0, 0), (2, 1)]));
        assert!(close(&[(1, 2), (4, 2)]).abs() < 1e-6, "one kind alone");
        assert!(close(&[]).abs() < 1e-6);
        assert!(
            (close(&[(1, 0), (1, 1)]) - 1.0).abs() < 1e-6,
            "one word of two"
        );
    }
}
