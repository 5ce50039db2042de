//! What is costly to work out and therefore kept in the segments: the model learned from the
//! guides, the words of their questions, the bridge pruned to the library.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::analysis::{self, Language};
use crate::article::Article;
use crate::bridge::{Bridge, Lexicon};
use crate::classifier::{self, Classifier, Feature};
use crate::evidence;
use crate::guide::{Guide, Target};
use crate::index::{Contents, Document, IndexError, Source};
use crate::names::Names;
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
    small_talk: HashSet<String>,
}

impl Learned {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, IndexError> {
        postcard::from_bytes(bytes).map_err(|error| IndexError::Learned(error.to_string()))
    }

    /// Whether a message is one of the known lines that ask nothing.
    pub(super) fn is_small_talk(&self, question: &Question) -> bool {
        self.small_talk.contains(&folded(question))
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
fn documents_of(article: &Article, first: usize) -> Vec<Document> {
    let passages = texts(article);
    let title = evidence::stems(&analysis::tokens(article.title()));
    let document = |number: usize, text: &str| {
        let tokens = analysis::tokens(text);
        let grams = tokens
            .iter()
            .filter(|token| !token.stop)
            .flat_map(|token| evidence::grams(token).collect::<Vec<_>>());
        let mut around = title.clone();
        for neighbour in [number.checked_sub(1), Some(number + 1)]
            .into_iter()
            .flatten()
        {
            if let Some(text) = passages.get(neighbour) {
                around.extend(evidence::stems(&analysis::tokens(text)));
            }
        }
        Document {
            number: first + number,
            terms: vec![
                (Source::Words, evidence::stems(&tokens)),
                (Source::Grams, grams.collect()),
                (Source::Around, around),
            ],
        }
    };
    let numbered = passages.iter().enumerate();
    numbered
        .map(|(number, text)| document(number, text))
        .collect()
}

/// Everything that segments hold of a library. `prepared` is told how many passages are ready.
pub(super) fn contents(
    articles: &[Article],
    guides: &[Guide],
    names: &Names,
    small_talk: &[String],
    lexicons: &[Lexicon],
    prepared: &dyn Fn(usize),
) -> Contents {
    let mut documents = Vec::new();
    let mut stems: HashSet<String> = HashSet::new();
    let mut examples: Vec<Example> = Vec::new();
    let mut asked: Vec<Vec<Feature>> = Vec::new();
    let mut lessons: Vec<(Vec<Feature>, usize)> = Vec::new();
    let mut targets: Vec<usize> = Vec::new();
    let mut silences: Vec<Vec<Feature>> = Vec::new();
    let mut example_documents: Vec<Document> = Vec::new();
    for (at, (article, guide)) in articles.iter().zip(guides).enumerate() {
        let first = documents.len();
        let passages = texts(article);
        for document in documents_of(article, first) {
            let words = document
                .terms
                .iter()
                .filter(|(source, _)| *source == Source::Words);
            stems.extend(words.flat_map(|(_, words)| words.iter().cloned()));
            documents.push(document);
            prepared(documents.len());
        }
        if guide.examples().is_empty() {
            continue;
        }
        let mut class_of = vec![None; passages.len()];
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
            example_documents.push(Document {
                number: examples.len(),
                terms: vec![(Source::Example, evidence::stems(question.tokens()))],
            });
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
        for (number, text) in passages.iter().enumerate() {
            let glosses = Language::ALL
                .into_iter()
                .filter_map(|language| guide.gloss(number, language));
            for text in glosses.chain([*text]) {
                lessons.push((
                    features(&Question::new(text, names)),
                    class(number, &mut targets),
                ));
            }
        }
    }
    let count = documents.len();
    documents.extend(example_documents.into_iter().map(|mut document| {
        document.number += count;
        document
    }));
    let talk: Vec<Question> = small_talk
        .iter()
        .map(|line| Question::new(line, names))
        .collect();
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
    let learned = Learned {
        classifier,
        targets,
        examples,
        bridge: Bridge::build(lexicons, &stems),
        small_talk: talk.iter().map(folded).collect(),
    };
    let extra = postcard::to_stdvec(&learned).expect("plain data can be written");
    Contents { documents, extra }
}
