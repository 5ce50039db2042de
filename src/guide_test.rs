//! How well a guide's questions find what the others were written for.
//!
//! A fifth of the questions is held out at a time, the classifier learns from the rest, from the
//! passages and from their glosses, and is asked the fifth. A passage whose questions are missed is
//! one that the guide does not know how members ask for. One editor's questions are more alike than
//! those of two people: the figures flatter, their order does not.

use std::collections::BTreeMap;
use std::fmt;

use crate::analysis::Language;
use crate::article::Article;
use crate::classifier::{self, Classifier, Feature};
use crate::guide::{Example, Guide, Target};
use crate::names::Names;
use crate::question::Question;

/// How many parts the questions are dealt into.
const FOLDS: usize = 5;
/// How many characters of a passage are shown.
const BEGIN: usize = 48;
/// How many passages a row names that its own was confused with.
const RIVALS: usize = 3;

/// How many questions were asked and how many found what they were written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All that were asked.
    pub asked: usize,
    /// Those that put it first.
    pub first: usize,
    /// Those that put it among the first three.
    pub among_three: usize,
}

impl Tally {
    fn add(&mut self, place: usize) {
        self.asked += 1;
        self.first += usize::from(place == 0);
        self.among_three += usize::from(place < 3);
    }

    #[allow(clippy::cast_precision_loss)] // counts of questions
    fn share(self, of: usize) -> f64 {
        of as f64 / self.asked as f64
    }
}

/// What was found for one passage, or for the silences together.
#[derive(Debug)]
pub struct Row {
    /// The passage's id; `silence` for what the article does not say.
    pub id: String,
    /// How the passage begins.
    pub begin: String,
    /// How often it was found.
    pub tally: Tally,
    /// What was found in its place, and how often, the commonest first.
    pub rivals: Vec<(String, usize)>,
}

/// The figures of a guide.
#[derive(Debug, Default)]
pub struct Report {
    /// Questions that a passage answers, by language.
    pub by_language: BTreeMap<Language, Tally>,
    /// The same over all languages.
    pub all: Tally,
    /// The passages and the silences that questions were written for, the worst first.
    pub rows: Vec<Row>,
    /// The passages without questions.
    pub unasked: Vec<String>,
}

/// Asks the questions of `article`'s guide, each by what the others teach.
#[must_use]
pub fn hold_out(article: &Article, guide: &Guide, names: &Names) -> Report {
    let passages = article.passages();
    let silence = passages.len();
    let class = |target: Target| match target {
        Target::Passage(number) => number,
        Target::Silence => silence,
    };
    let read = |text: &str| {
        let question = Question::new(text, names);
        classifier::features(question.tokens(), question.mentions())
    };
    let asked: Vec<(Vec<Feature>, usize)> = guide
        .examples()
        .iter()
        .map(|example| (read(&example.question), class(example.target)))
        .collect();
    let texts: Vec<(Vec<Feature>, usize)> = (0..)
        .zip(passages)
        .flat_map(|(number, passage)| {
            let glosses = Language::ALL
                .into_iter()
                .filter_map(move |language| guide.gloss(number, language));
            glosses
                .chain([passage.span().of(article.text())])
                .map(move |text| (text, number))
        })
        .map(|(text, number)| (read(text), number))
        .collect();
    let folds = deal(guide.examples());
    let mut report = Report::default();
    let mut tallies = vec![Tally::default(); silence + 1];
    let mut rivals: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); silence + 1];
    for fold in 0..FOLDS {
        let kept = asked
            .iter()
            .zip(&folds)
            .filter(|(_, of)| **of != fold)
            .map(|(lesson, _)| lesson.clone());
        let lessons: Vec<(Vec<Feature>, usize)> = kept.chain(texts.iter().cloned()).collect();
        let model = Classifier::learn(&lessons, silence + 1);
        for (at, (features, right)) in asked
            .iter()
            .enumerate()
            .filter(|(at, _)| folds[*at] == fold)
        {
            let scores = model.judge(features).scores;
            let place = scores
                .iter()
                .filter(|score| **score > scores[*right])
                .count();
            tallies[*right].add(place);
            if *right != silence {
                report.all.add(place);
                report
                    .by_language
                    .entry(guide.examples()[at].language)
                    .or_default()
                    .add(place);
            }
            if place > 0
                && let Some(rival) =
                    (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
            {
                *rivals[*right].entry(rival).or_default() += 1;
            }
        }
    }
    report.tell(article, tallies, rivals);
    report
}

impl Report {
    /// Adds the rows, the worst first, from what was found for each passage and for the silences.
    fn tell(
        &mut self,
        article: &Article,
        tallies: Vec<Tally>,
        rivals: Vec<BTreeMap<usize, usize>>,
    ) {
        let passage = |class: usize| article.passages().get(class);
        let id = |class: usize| {
            passage(class)
                .map_or("silence", |passage| passage.id())
                .to_owned()
        };
        for (class, (tally, rivals)) in tallies.into_iter().zip(rivals).enumerate() {
            if tally.asked == 0 {
                self.unasked
                    .extend(passage(class).map(|passage| passage.id().to_owned()));
                continue;
            }
            let mut rivals: Vec<(String, usize)> = rivals
                .into_iter()
                .map(|(class, times)| (id(class), times))
                .collect();
            rivals.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
            let begin = passage(class).map_or("(what the article does not say)", |p| {
                p.span().of(article.text())
            });
            let begin = begin.chars().take(BEGIN).collect();
            self.rows.push(Row {
                id: id(class),
                begin,
                tally,
                rivals,
            });
        }
        let share = |row: &Row| {
            let tally = row.tally;
            (tally.share(tally.first), tally.share(tally.among_three))
        };
        let order = |a: &Row, b: &Row| share(a).partial_cmp(&share(b));
        self.rows
            .sort_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
    }
}

/// The part of each question: those of one passage and language go round, so that every part has
/// some of each.
fn deal(examples: &[Example]) -> Vec<usize> {
    let mut next: BTreeMap<(Target, Language), usize> = BTreeMap::new();
    examples
        .iter()
        .map(|example| {
            let count = next.entry((example.target, example.language)).or_default();
            *count += 1;
            (*count - 1) % FOLDS
        })
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lang   questions    hit@1    hit@3")?;
        let languages = self
            .by_language
            .iter()
            .map(|(language, tally)| (language.code(), tally));
        for (name, tally) in languages.chain([("all", &self.all)]) {
            let (first, three) = (tally.share(tally.first), tally.share(tally.among_three));
            write!(f, "\n{name:<5}{:>11}{first:>9.3}{three:>9.3}", tally.asked)?;
        }
        write!(
            f,
            "\n\nthe worst first: questions, hit@1, what was found instead (how often)"
        )?;
        for row in &self.rows {
            let rivals: Vec<String> = row
                .rivals
                .iter()
                .take(RIVALS)
                .map(|(id, times)| format!("{id} ({times})"))
                .collect();
            let first = row.tally.share(row.tally.first);
            write!(
                f,
                "\n{:<8}{:>4}{first:>7.2}  {:<28}  {}",
                row.id,
                row.tally.asked,
                rivals.join(", "),
                row.begin
            )?;
        }
        if !self.unasked.is_empty() {
            write!(f, "\n\nwithout questions: {}", self.unasked.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn report(toml: &str) -> Report {
        let text =
            "The share price fell by a sixth.\nThe coin market froze.\nNobody asks for this.";
        let article = Article::parse("a", Path::new("a.md"), text.to_owned()).expect("valid");
        let mut guide = Guide::default();
        guide
            .add(&article, Path::new("guide.toml"), toml)
            .expect("valid");
        hold_out(&article, &guide, &Names::parse("").expect("valid"))
    }

    const ALIKE: &str = "
[[passage]]
text = 'The share price fell by a sixth.'
questions.en = '''
how far did the share fall
did the share fall
the share fell how far
share fall
why did the share price fall
'''
[[passage]]
text = 'The coin market froze.'
questions.en = '''
is the coin market dead
coin market frozen
did the coin market freeze
coin market
what happened to the coin market
'''
";

    #[test]
    fn questions_that_resemble_each_other_find_their_passage() {
        let report = report(ALIKE);
        assert_eq!(
            report.all,
            Tally {
                asked: 10,
                first: 10,
                among_three: 10
            }
        );
        assert_eq!(report.by_language[&Language::English], report.all);
        assert_eq!(report.unasked, ["p3"]);
        assert!(report.to_string().contains("without questions: p3"));
    }

    #[test]
    fn the_worst_passage_comes_first_with_what_it_is_confused_with() {
        let report = report(&format!(
            "{ALIKE}[[silence]]\ntopic = 'x'\nquestions.en = '''\nwill the share fall\n'''\n"
        ));
        assert_eq!(
            (report.rows[0].id.as_str(), report.rows[0].tally.first),
            ("silence", 0)
        );
        assert_eq!(report.rows[0].rivals, [("p1".to_owned(), 1)]);
        assert_eq!(report.all.asked, 10, "silences are no passages");
    }
}
