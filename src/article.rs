//! The immutable text: an article, its front matter, and what stands in it besides passages.
//!
//! An article is read from a `.md` or `.txt` file. It may open with a front matter between two
//! lines of `---`, one `key: value` a line; the keys are `title`, `author`, `language` and
//! `source`. What follows is the text, kept byte for byte; all offsets count from there.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use bytestring::ByteString;

use crate::analysis::Language;
use crate::passage::{self, Passage};
use crate::text::{self, Span};

/// The largest file that is read as an article.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// A text and what can be quoted of it. Made by [`Article::parse`], never changed.
#[derive(Debug)]
pub struct Article {
    id: String,
    title: String,
    author: Option<String>,
    source: Option<String>,
    language: Language,
    /// On the heap, or in a file that is mapped: whatever the bytes lie in.
    text: ByteString,
    passages: Vec<Passage>,
    headings: Vec<Span>,
    images: Vec<Span>,
    fingerprint: u64,
}

/// Why a file is no article, where, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {problem}", .file.display(), .line.map(|n| format!(":{n}")).unwrap_or_default())]
pub struct ArticleError {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with an article's file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // each says itself
pub enum Problem {
    #[error("not UTF-8 (byte {0} of the file): save it as UTF-8")]
    NotUtf8(usize),
    #[error("{0} bytes, over the limit of 5 MiB: split it into several articles")]
    TooLarge(usize),
    #[error("there is no text to quote: write a paragraph, or remove the file")]
    Empty,
    #[error("the front matter is not closed: end it with a line of ---")]
    FrontMatterOpen,
    #[error("not `key: value`: write one key a line, or close the front matter with ---")]
    FrontMatterLine,
    #[error("unknown key `{0}`: the keys are title, author, language, source")]
    UnknownKey(String),
    #[error("`{0}` stands twice: keep one")]
    RepeatedKey(String),
    #[error("`{0}` has no value: write one, or remove the line")]
    NoValue(String),
    #[error("unknown language `{0}`: the languages are ar, en, zh")]
    UnknownLanguage(String),
}

#[derive(Default)]
struct FrontMatter {
    title: Option<String>,
    author: Option<String>,
    language: Option<Language>,
    source: Option<String>,
}

impl Article {
    /// Reads an article from the bytes of `file`; `id` is its name in the library.
    ///
    /// # Errors
    /// [`ArticleError`] names the file, the line and the way out.
    pub fn parse(id: &str, file: &Path, bytes: impl Into<Bytes>) -> Result<Self, ArticleError> {
        let bytes = bytes.into();
        let fail = |line, problem| ArticleError {
            file: file.to_owned(),
            line,
            problem,
        };
        if bytes.len() > MAX_BYTES {
            return Err(fail(None, Problem::TooLarge(bytes.len())));
        }
        let content = ByteString::try_from(bytes.clone()).map_err(|error| {
            let at = error.valid_up_to();
            let before = bytes.iter().take(at);
            let line = before.filter(|&&b| b == b'\n').count() + 1;
            fail(Some(line), Problem::NotUtf8(at))
        })?;
        let begun = content.strip_prefix('\u{FEFF}').unwrap_or(&content);
        let (front, text) =
            front_matter(begun).map_err(|(line, problem)| fail(Some(line), problem))?;
        let text = content.slice_ref(text);
        let cut = passage::cut(&text);
        if cut.passages.is_empty() {
            return Err(fail(None, Problem::Empty));
        }
        let title = front
            .title
            .or_else(|| {
                let headings = cut.headings.iter().map(|it| it.of(&text));
                let mut titles = headings.map(passage::heading_text);
                // A heading may have no words.
                titles.find(|title| !title.is_empty()).map(str::to_owned)
            })
            .unwrap_or_else(|| id.to_owned());
        let language = front.language.unwrap_or_else(|| Language::of_text(&text));
        let mut hasher = DefaultHasher::new();
        (id, &title, language.code(), &*text).hash(&mut hasher);
        Ok(Self {
            id: id.to_owned(),
            title,
            author: front.author,
            source: front.source,
            language,
            passages: cut.passages,
            headings: cut.headings,
            images: cut.images,
            fingerprint: hasher.finish(),
            text,
        })
    }

    /// Its name in the library: the file's or the folder's.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From the front matter, else the first heading, else the name.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Who wrote it.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    /// Where it comes from, for example an address.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The language it is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text, byte for byte as in the file after the front matter.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What can be quoted, in order.
    #[must_use]
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The headings, in order.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        self.headings
            .iter()
            .map(|span| passage::heading_text(span.of(&self.text)))
    }

    /// What stands under each heading, and before the first: the heading's line, where there is one,
    /// and the numbers of the passages.
    #[must_use]
    pub fn sections(&self) -> Vec<(Option<Span>, Range<usize>)> {
        let heads = self.headings.iter().map(|heading| {
            let before = |passage: &Passage| passage.span().start() < heading.start();
            (Some(*heading), self.passages.partition_point(before))
        });
        let heads: Vec<_> = std::iter::once((None, 0)).chain(heads).collect();
        let ends = heads.iter().skip(1).map(|(_, begin)| *begin);
        let sections = heads.iter().zip(ends.chain([self.passages.len()]));
        sections
            .map(|((heading, begin), end)| (*heading, *begin..end))
            .filter(|(heading, passages)| heading.is_some() || !passages.is_empty())
            .collect()
    }

    /// The lines that are headings.
    #[must_use]
    pub fn heading_lines(&self) -> &[Span] {
        &self.headings
    }

    /// The lines that hold nothing but an image.
    #[must_use]
    pub fn images(&self) -> &[Span] {
        &self.images
    }

    /// Changes whenever the text, the title, the language or the name does.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// What an operator should know of the text though it is no error: bidi control characters,
    /// which can make a quote read differently from what it says. One sentence a line.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.text
            .lines()
            .enumerate()
            .filter_map(|(at, line)| {
                let found: Vec<char> = line.chars().filter(|&c| text::is_bidi_control(c)).collect();
                let mut named = String::new();
                for c in found.iter().take(3) {
                    let _ = write!(named, " U+{:04X}", u32::from(*c));
                }
                (!found.is_empty()).then(|| {
                    format!(
                        "line {} of the text holds {} bidi control character(s):{named}",
                        at + 1,
                        found.len()
                    )
                })
            })
            .collect()
    }
}

/// Splits a front matter off, where there is one. An error comes with its line, from 1.
fn front_matter(content: &str) -> Result<(FrontMatter, &str), (usize, Problem)> {
    let mut front = FrontMatter::default();
    let mut lines = content.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return Ok((front, content));
    };
    let mut read = first.len();
    for (at, line) in (2..).zip(lines) {
        read += line.len();
        let line = line.trim();
        if line == "---" {
            return Ok((front, content.get(read..).unwrap_or_default()));
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once(':').ok_or((at, Problem::FrontMatterLine))?;
        let (key, value) = (key.trim(), unquote(value.trim()));
        if value.is_empty() {
            return Err((at, Problem::NoValue(key.to_owned())));
        }
        let slot = match key {
            "title" => &mut front.title,
            "author" => &mut front.author,
            "source" => &mut front.source,
            "language" => {
                let language = Language::from_code(value)
                    .ok_or_else(|| (at, Problem::UnknownLanguage(value.to_owned())))?;
                if front.language.replace(language).is_some() {
                    return Err((at, Problem::RepeatedKey(key.to_owned())));
                }
                continue;
            }
            _ => return Err((at, Problem::UnknownKey(key.to_owned()))),
        };
        if slot.replace(value.to_owned()).is_some() {
            return Err((at, Problem::RepeatedKey(key.to_owned())));
        }
    }
    Err((1, Problem::FrontMatterOpen))
}

fn unquote(value: &str) -> &str {
    value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content: &str) -> Result<Article, (Option<usize>, Problem)> {
        Article::parse("a", Path::new("a.md"), content.as_bytes().to_vec())
            .map_err(|error| (error.line, error.problem))
    }

    #[test]
    fn the_text_begins_after_the_front_matter() {
        let article =
            parse("---\ntitle: \"عنوان\"\nauthor: كاتب\n---\nنص أول.\nنص ثان.").expect("valid");
        assert_eq!(article.title(), "عنوان");
        assert_eq!(article.author(), Some("كاتب"));
        assert_eq!(article.text(), "نص أول.\nنص ثان.");
        assert_eq!(article.language(), Language::Arabic);
    }

    #[test]
    fn a_title_may_come_from_the_first_heading() {
        assert_eq!(
            parse("# A title\n\nSome text.").expect("valid").title(),
            "A title"
        );
        assert_eq!(
            parse("#\n## A title\nText.").expect("valid").title(),
            "A title"
        );
        for untitled in ["Some text.", "##\nSome text."] {
            assert_eq!(parse(untitled).expect("valid").title(), "a");
        }
    }

    #[test]
    fn sections_hold_every_passage_once_under_its_heading() {
        let article = parse("Before.\n# One\nA.\nB.\n## Empty\n## Two\nC.").expect("valid");
        let sections: Vec<_> = article
            .sections()
            .into_iter()
            .map(|(heading, passages)| (heading.map_or("", |h| h.of(article.text())), passages))
            .collect();
        assert_eq!(
            sections,
            [
                ("", 0..1),
                ("# One", 1..3),
                ("## Empty", 3..3),
                ("## Two", 3..4)
            ]
        );
        assert_eq!(parse("Text.").expect("valid").sections(), [(None, 0..1)]);
    }

    #[test]
    fn bad_input_names_line_and_way_out() {
        let cases = [
            ("", None, Problem::Empty),
            ("# only a heading\n", None, Problem::Empty),
            ("---\ntitle: x\nText.", Some(3), Problem::FrontMatterLine),
            ("---\ntitle: x\n", Some(1), Problem::FrontMatterOpen),
            (
                "---\ncolour: red\n---\nText.",
                Some(2),
                Problem::UnknownKey("colour".into()),
            ),
            (
                "---\ntitle: a\ntitle: b\n---\nText.",
                Some(3),
                Problem::RepeatedKey("title".into()),
            ),
            (
                "---\ntitle:\n---\nText.",
                Some(2),
                Problem::NoValue("title".into()),
            ),
            (
                "---\nlanguage: klingon\n---\nText.",
                Some(2),
                Problem::UnknownLanguage("klingon".into()),
            ),
        ];
        for (content, line, problem) in cases {
            assert_eq!(
                parse(content).map(|_| ()),
                Err((line, problem)),
                "{content:?}"
            );
        }
        let error =
            Article::parse("a", Path::new("a.md"), b"one\n\xff".to_vec()).expect_err("not UTF-8");
        assert_eq!(
            error.to_string(),
            "a.md:2: not UTF-8 (byte 4 of the file): save it as UTF-8"
        );
        let error =
            Article::parse("a", Path::new("a.md"), vec![b'a'; MAX_BYTES + 1]).expect_err("large");
        assert_eq!(error.problem, Problem::TooLarge(MAX_BYTES + 1));
    }

    #[test]
    fn bidi_controls_are_reported_and_kept() {
        let article = parse("first\nsec\u{202E}ond").expect("valid");
        assert_eq!(article.text(), "first\nsec\u{202E}ond");
        assert_eq!(
            article.warnings(),
            ["line 2 of the text holds 1 bidi control character(s): U+202E"]
        );
    }
}
