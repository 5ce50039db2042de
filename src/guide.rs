//! What the editor wrote to help questions find an article's passages. None of it is ever quoted.
//!
//! A guide is the `guide.toml` beside an article, or all files in a folder `guide/` there. Three kinds
//! of rows: a `[[passage]]` repeats the `text` of a passage to say which one it means and gives a
//! gloss (`en`, `zh`, `ar`), a `speaker` (in the same languages) where it is not the author, and `questions`, one a line; a
//! `[[silence]]` names a `topic` on which the article says nothing and the questions about it; a
//! `[[topic]]` is a subject of the article with the passages that speak of it.

mod topic;

pub use topic::Topic;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::analysis::Language;
use crate::article::Article;

/// The guide of one article, checked against it.
#[derive(Debug, Default)]
pub struct Guide {
    glosses: HashMap<usize, Gloss>,
    examples: Vec<Example>,
    topics: Vec<Topic>,
}

/// A passage in other languages, and who speaks in it.
#[derive(Debug, Default)]
pub struct Gloss {
    by_language: [Option<String>; 3],
    speaker: [Option<String>; 3],
}

/// An example question and what answers it.
#[derive(Debug)]
pub struct Example {
    /// As a member would type it.
    pub question: String,
    /// The language it is listed under.
    pub language: Language,
    /// What answers it.
    pub target: Target,
}

/// What a question of the guide leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The passage of this number in [`Article::passages`].
    Passage(usize),
    /// The article does not say.
    Silence,
}

/// What is wrong with a guide's file, where, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {problem}", .file.display())]
pub struct GuideError {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, and the way out.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    passage: Vec<PassageRow>,
    #[serde(default)]
    silence: Vec<SilenceRow>,
    #[serde(default)]
    topic: Vec<topic::Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PassageRow {
    text: Spanned<String>,
    ar: Option<String>,
    en: Option<String>,
    zh: Option<String>,
    #[serde(default)]
    speaker: InLanguages,
    #[serde(default)]
    questions: Questions,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguages {
    ar: Option<String>,
    en: Option<String>,
    zh: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SilenceRow {
    #[serde(rename = "topic")]
    _topic: String,
    questions: Questions,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    #[serde(default)]
    ar: String,
    #[serde(default)]
    en: String,
    #[serde(default)]
    zh: String,
}

impl Questions {
    fn examples(&self, target: Target) -> impl Iterator<Item = Example> {
        [
            (Language::Arabic, &self.ar),
            (Language::English, &self.en),
            (Language::Chinese, &self.zh),
        ]
        .into_iter()
        .flat_map(|(language, lines)| lines.lines().map(move |line| (language, line.trim())))
        .filter(|(_, line)| !line.is_empty())
        .map(move |(language, line)| Example {
            question: line.to_owned(),
            language,
            target,
        })
    }
}

impl Guide {
    /// Adds what `toml`, the content of `file`, says of `article`.
    ///
    /// # Errors
    /// [`GuideError`], also where a row's text is no passage of the article any more.
    pub fn add(&mut self, article: &Article, file: &Path, toml: &str) -> Result<(), GuideError> {
        let fail = |at: usize, problem: String| {
            let line = toml.get(..at).unwrap_or_default().matches('\n').count() + 1;
            GuideError {
                file: file.to_owned(),
                line,
                problem,
            }
        };
        let rows: File = toml::from_str(toml).map_err(|error| {
            fail(
                error.span().map_or(0, |span| span.start),
                error.message().to_owned(),
            )
        })?;
        for row in rows.passage {
            let at = row.text.span().start;
            let text = row.text.get_ref().trim();
            let number = article
                .passages()
                .iter()
                .position(|passage| passage.span().of(article.text()) == text)
                .ok_or_else(|| fail(at, unknown_passage(article, text)))?;
            let filled = |gloss: Option<String>| gloss.filter(|gloss| !gloss.trim().is_empty());
            let gloss = Gloss {
                by_language: [row.ar, row.en, row.zh].map(filled),
                speaker: [row.speaker.ar, row.speaker.en, row.speaker.zh],
            };
            if self.glosses.insert(number, gloss).is_some() {
                return Err(fail(
                    at,
                    "this passage has a row already: join the two".to_owned(),
                ));
            }
            self.examples
                .extend(row.questions.examples(Target::Passage(number)));
        }
        for row in rows.silence {
            self.examples
                .extend(row.questions.examples(Target::Silence));
        }
        for row in rows.topic {
            let topic = Topic::of(row, article).map_err(|(at, problem)| fail(at, problem))?;
            self.topics.push(topic);
        }
        Ok(())
    }

    /// Whether it says nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.glosses.is_empty() && self.examples.is_empty() && self.topics.is_empty()
    }

    /// The example questions, in the order of the files.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// The article's subjects, in the order of the files.
    #[must_use]
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// The passage of this number in `language`, in the editor's words.
    #[must_use]
    pub fn gloss(&self, passage: usize, language: Language) -> Option<&str> {
        self.glosses.get(&passage)?.by_language[language as usize].as_deref()
    }

    /// Who speaks in the passage, where it is not the author.
    #[must_use]
    pub fn speaker(&self, passage: usize, language: Language) -> Option<&str> {
        self.glosses.get(&passage)?.speaker[language as usize].as_deref()
    }
}

fn unknown_passage(article: &Article, text: &str) -> String {
    let begin = |text: &str| text.chars().take(30).collect::<String>();
    let common = |other: &str| {
        text.chars()
            .zip(other.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let near = article
        .passages()
        .iter()
        .max_by_key(|passage| common(passage.span().of(article.text())));
    let near = near.map_or(String::new(), |passage| {
        format!(
            "; the nearest is {}, «{}…»",
            passage.id(),
            begin(passage.span().of(article.text()))
        )
    });
    format!(
        "no passage of `{}` reads «{}…»{near}: copy the passage into `text` as it stands in the article",
        article.id(),
        begin(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guide(toml: &str) -> Result<Guide, String> {
        let article = Article::parse("a", Path::new("a.md"), "أول.\nثان.".into()).expect("valid");
        let mut guide = Guide::default();
        guide
            .add(&article, Path::new("guide.toml"), toml)
            .map_err(|error| error.to_string())?;
        Ok(guide)
    }

    #[test]
    fn rows_name_their_passage_by_its_text() {
        let guide = guide("[[passage]]\ntext = 'ثان.'\nen = 'Second.'\nquestions.en = '''\nwhich?\n\nwhat is second\n'''\n[[silence]]\ntopic = 'x'\nquestions.ar = 'كم؟'\n").expect("valid");
        assert_eq!(guide.gloss(1, Language::English), Some("Second."));
        let targets: Vec<_> = guide
            .examples()
            .iter()
            .map(|example| (example.question.as_str(), example.target))
            .collect();
        assert_eq!(
            targets,
            [
                ("which?", Target::Passage(1)),
                ("what is second", Target::Passage(1)),
                ("كم؟", Target::Silence)
            ]
        );
    }

    #[test]
    fn a_changed_article_is_noticed() {
        assert_eq!(
            guide("[[passage]]\ntext = 'ثانٍ.'\n").expect_err("changed"),
            "guide.toml:2: no passage of `a` reads «ثانٍ.…»; the nearest is p2, «ثان.…»: copy the passage into `text` as it stands in the article"
        );
    }

    fn topic(rest: &str) -> Result<Guide, String> {
        let title = "title = { ar = 'ثان', en = 'Second', zh = '第二' }";
        guide(&format!("[[topic]]\n{title}\n{rest}\n"))
    }

    #[test]
    fn a_topic_names_its_passages_by_id_and_by_their_beginning() {
        let guide =
            topic("command = 'second_1'\npassages.p2 = 'ثا'\npassages.p1 = 'أول.'").expect("valid");
        let [topic] = guide.topics() else {
            panic!("one topic: {:?}", guide.topics());
        };
        assert_eq!(topic.title(Language::Chinese), "第二");
        assert_eq!(topic.command(), Some("second_1"));
        assert_eq!(topic.passages(), [0, 1]);
    }

    #[test]
    fn a_topic_that_no_longer_matches_the_article_is_noticed() {
        for (rest, problem) in [
            (
                "passages.p1 = 'ثان'",
                "guide.toml:3: p1 of `a` does not begin with «ثان» but with «أول.…»; p2 does: mend the id or the words",
            ),
            (
                "passages.p7 = 'ثان'",
                "guide.toml:3: `a` has no passage p7; p2 does: mend the id",
            ),
            (
                "passages.p1 = 'ثالث'",
                "guide.toml:3: p1 of `a` does not begin with «ثالث» but with «أول.…»: mend the id or the words",
            ),
            (
                "passages.p1 = ''",
                "guide.toml:3: p1 of `a` does not begin with «» but with «أول.…»: mend the id or the words",
            ),
            (
                "passages = {}",
                "guide.toml:3: a topic without passages: name one, or remove it",
            ),
        ] {
            assert_eq!(topic(rest).expect_err(rest), problem);
        }
    }

    #[test]
    fn a_topic_needs_a_title_in_every_language_and_a_command_that_telegram_takes() {
        let problem =
            guide("[[topic]]\ntitle = { ar = 'ثان', en = 'Second' }\npassages.p2 = 'ث'\n")
                .expect_err("no Chinese");
        assert!(
            problem.starts_with("guide.toml:2: missing field `zh`"),
            "{problem}"
        );
        let long = format!(
            "[[topic]]\ntitle = {{ ar = 'ث', en = '{}', zh = '二' }}\npassages.p2 = 'ث'\n",
            "x".repeat(41)
        );
        assert!(
            guide(&long)
                .expect_err("long")
                .starts_with("guide.toml:2: the title «x")
        );
        for command in ["", "Cost", "/cost", "كلفة"] {
            let problem =
                topic(&format!("command = '{command}'\npassages.p2 = 'ث'")).expect_err(command);
            assert!(problem.starts_with("guide.toml:3: "), "{problem}");
        }
    }

    #[test]
    fn unknown_keys_and_broken_toml_name_the_line() {
        assert!(
            guide("[[passage]]\ntext = 'أول.'\ncolour = 1\n")
                .expect_err("unknown")
                .starts_with("guide.toml:3: unknown field `colour`")
        );
        assert!(
            guide("\n[[passage\n")
                .expect_err("broken")
                .starts_with("guide.toml:2: ")
        );
    }
}
