//! What is costly to work out and therefore kept in the segments: the model learned from the
//! guides, the words of their questions, the bridge pruned to the library.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::LibraryError;
use super::files::Folder;
use crate::analysis::{self, Language};
use crate::article::Article;
use crate::bridge::{Bridge, Lexicon};
use crate::classifier::{self, Classifier, Feature};
use crate::evidence;
use crate::guide::Target;
use crate::index::{Document, IndexError, Source, Writer};
use crate::question::Question;

/// A question of a guide, by place.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Example {
    /// Its article, and its number in that article's guide.
    pub(super) article: usize,
    pub(super) number: usize,
    /// The passage that answers it, among all; none for a silence.
    pub(super) passage: Option<usize>,
    /// Its words, as rows of the classifier.
    pub(super) words: Vec<u32>,
}

/// What was learned of a library.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Learned {
    /// Classes: the passages of `targets`, then silence, then small talk.
    pub(super) classifier: Classifier,
    /// For each class but the last two its passage, among all of the library.
    pub(super) targets: Vec<usize>,
    pub(super) examples: Vec<Example>,
    pub(super) bridge: Bridge,
    /// For passages whose words stand in a longer paragraph too the passage there, both among all.
    pub(super) fuller: HashMap<usize, usize>,
    /// How many bytes the file of each article has.
    pub(super) lengths: Vec<usize>,
    small_talk: HashSet<String>,
    /// The stems of what it speaks of.
    talked: HashSet<String>,
}

impl Learned {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, IndexError> {
        let broken = |error| IndexError::Broken(format!("what was learned: {error}"));
        postcard::from_bytes(bytes).map_err(broken)
    }

    /// Whether a message is one of the known lines that ask nothing.
    pub(super) fn is_small_talk(&self, question: &Question) -> bool {
        self.small_talk.contains(&folded(question))
    }

    /// Which share of what a message speaks of no small talk does, from 0 to 1.
    pub(super) fn unheard(&self, question: &Question) -> f32 {
        let stems = evidence::stems(question.tokens());
        let new = stems.iter().filter(|stem| !self.talked.contains(*stem));
        #[allow(clippy::cast_precision_loss)] // at most 512
        let share = new.count() as f32 / stems.len().max(1) as f32;
        share
    }
}

fn folded(question: &Question) -> String {
    question
        .tokens()
        .iter()
        .map(|token| token.form.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn features(question: &Question) -> Vec<Feature> {
    classifier::features(question.tokens(), question.mentions())
}

fn texts(article: &Article) -> Vec<&str> {
    let passages = article.passages().iter();
    passages.map(|p| p.span().of(article.text())).collect()
}

/// An article's passages as the index holds them, numbered from `first`.
fn documents_of(article: &Article, first: usize) -> impl Iterator<Item = Document> {
    let title = evidence::stems(&analysis::tokens(article.title()));
    let mut words: Vec<Vec<String>> = Vec::new();
    let mut grams: Vec<Vec<String>> = Vec::new();
    for text in texts(article) {
        let tokens = analysis::tokens(text);
        words.push(evidence::stems(&tokens));
        let content = tokens.iter().filter(|token| !token.stop);
        grams.push(content.flat_map(evidence::grams).collect());
    }
    grams.into_iter().enumerate().map(move |(number, grams)| {
        let neighbours = [number.checked_sub(1), Some(number + 1)];
        let neighbours = neighbours
            .into_iter()
            .flatten()
            .filter_map(|at| words.get(at));
        let around = title.iter().chain(neighbours.flatten()).cloned().collect();
        Document {
            number: first + number,
            terms: vec![
                (Source::Words, words[number].clone()),
                (Source::Grams, grams),
                (Source::Around, around),
            ],
        }
    })
}

/// Writes everything that segments hold of a library, an article after the other. `written` is told
/// how many documents have been.
#[allow(clippy::too_many_lines)] // a part after the other
pub(super) fn write(
    folder: &Folder,
    writer: &mut Writer,
    written: &dyn Fn(usize),
) -> Result<Vec<u8>, LibraryError> {
    let names = &folder.names;
    let mut stems: HashSet<String> = HashSet::new();
    let mut examples: Vec<Example> = Vec::new();
    let mut asked: Vec<Vec<Feature>> = Vec::new();
    let mut lessons: Vec<(Vec<Feature>, usize)> = Vec::new();
    let mut targets: Vec<usize> = Vec::new();
    let mut silences: Vec<Vec<Feature>> = Vec::new();
    let mut example_stems: Vec<Vec<String>> = Vec::new();
    let mut lengths: Vec<usize> = Vec::new();
    let mut fuller: HashMap<usize, usize> = HashMap::new();
    let mut count = 0;
    for (at, file) in folder.articles.iter().enumerate() {
        let bytes = file.read()?;
        writer.keep(&bytes);
        lengths.push(bytes.len());
        let (article, guide) = file.parse(bytes)?;
        let first = count;
        let held = super::fuller::fuller(&article);
        fuller.extend(
            held.into_iter()
                .map(|(it, place)| (first + it, first + place)),
        );
        for document in documents_of(&article, first) {
            for (_, own) in document.terms.iter().filter(|(it, _)| *it == Source::Words) {
                for stem in own {
                    if !stems.contains(stem) {
                        stems.insert(stem.clone());
                    }
                }
            }
            writer.add(document);
            count += 1;
            written(count);
        }
        if guide.examples().is_empty() {
            continue;
        }
        let mut class_of = vec![None; article.passages().len()];
        let mut class = |number: usize, targets: &mut Vec<usize>| {
            *class_of[number].get_or_insert_with(|| {
                targets.push(first + number);
                targets.len() - 1
            })
        };
        for (number, example) in guide.examples().iter().enumerate() {
            let question = Question::new(&example.question, names);
            let features = features(&question);
            let passage = match example.target {
                Target::Passage(of) => Some(first + of),
                Target::Silence => None,
            };
            example_stems.push(evidence::stems(question.tokens()));
            asked.push(features.clone());
            examples.push(Example {
                article: at,
                number,
                passage,
                words: Vec::new(),
            });
            match example.target {
                Target::Passage(of) => lessons.push((features, class(of, &mut targets))),
                Target::Silence => silences.push(features),
            }
        }
        // The passage itself and its glosses are lessons too.
        for (number, text) in texts(&article).into_iter().enumerate() {
            let glosses = Language::ALL
                .into_iter()
                .filter_map(|language| guide.gloss(number, language));
            for text in glosses.chain([text]) {
                lessons.push((
                    features(&Question::new(text, names)),
                    class(number, &mut targets),
                ));
            }
        }
    }
    for (number, stems) in (count..).zip(example_stems) {
        let terms = vec![(Source::Example, stems)];
        writer.add(Document { number, terms });
        written(number + 1);
    }
    let talk = folder.small_talk.iter();
    let talk: Vec<Question> = talk.map(|line| Question::new(line, names)).collect();
    let classifier = if targets.is_empty() {
        Classifier::default()
    } else {
        lessons.extend(
            silences
                .into_iter()
                .map(|features| (features, targets.len())),
        );
        lessons.extend(
            talk.iter()
                .map(|question| (features(question), targets.len() + 1)),
        );
        Classifier::learn(&lessons, targets.len() + 2)
    };
    for (example, features) in examples.iter_mut().zip(&asked) {
        example.words = classifier.words(features);
    }
    let packs = folder.packs.load()?;
    let lexicons: Vec<&Lexicon> = folder.lexicons.iter().chain(&packs).collect();
    let learned = Learned {
        classifier,
        targets,
        examples,
        bridge: Bridge::build(&lexicons, &stems),
        fuller,
        lengths,
        small_talk: talk.iter().map(folded).collect(),
        talked: talk
            .iter()
            .flat_map(|line| evidence::stems(line.tokens()))
            .collect(),
    };
    Ok(postcard::to_stdvec(&learned).expect("plain data can be written"))
}
