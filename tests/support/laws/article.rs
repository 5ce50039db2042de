//! A file is an article whose parts are all of its text, each in its place, or it is refused with a
//! word that names it; so is a guide.

use std::path::Path;

use iqtibas::article::Article;
use iqtibas::guide::{Guide, Target};
use iqtibas::names::Names;
use iqtibas::passage::{MAX_CHARS, Passage};
use iqtibas::reader::{Page, Search};
use iqtibas::text::{Span, char_len};

/// What parts an article from the guide that follows it.
const GUIDE: &[u8] = b"\n+++\n";

/// Reads an article, and a guide where one follows.
pub(crate) fn holds(bytes: &[u8]) {
    let parted = bytes.windows(GUIDE.len()).position(|it| it == GUIDE);
    let (article, guide) = parted.map_or((bytes, None), |at| {
        (&bytes[..at], Some(&bytes[at + GUIDE.len()..]))
    });
    let read = || Article::parse("a", Path::new("a.md"), article.to_vec());
    let article = match read() {
        Ok(article) => article,
        Err(error) => {
            assert!(error.to_string().starts_with("a.md:"), "{error}");
            return;
        }
    };
    let again = read().expect("it was read before");
    assert_eq!(article.fingerprint(), again.fingerprint());
    assert!(bytes_end_with(bytes, &article, guide));
    parts(&article);
    page(&article);
    if let Some(toml) = guide.and_then(|it| std::str::from_utf8(it).ok()) {
        guided(&article, toml);
    }
}

fn bytes_end_with(bytes: &[u8], article: &Article, guide: Option<&[u8]>) -> bool {
    let file = &bytes[..bytes.len() - guide.map_or(0, |it| it.len() + GUIDE.len())];
    file.ends_with(article.text().as_bytes())
}

/// Passages, headings and images tile the text, and every passage stands in one section.
fn parts(article: &Article) {
    let text = article.text();
    let lines = article.heading_lines().iter().chain(article.images());
    let lines: Vec<Span> = lines.copied().collect();
    let passages = article.passages().iter().map(Passage::span);
    let mut spans: Vec<Span> = passages.chain(lines.iter().copied()).collect();
    spans.sort();
    let mut at = 0;
    for span in spans {
        let between = text.get(at..span.start()).expect("in order, apart");
        assert!(between.trim().is_empty(), "left out: {between:?}");
        assert!(!span.of(text).trim().is_empty());
        assert!(char_len(span.of(text)) <= MAX_CHARS || lines.contains(&span));
        at = span.end();
    }
    assert!(text.get(at..).expect("in order").trim().is_empty());
    let mut next = 0;
    for (_, passages) in article.sections() {
        assert_eq!(passages.start, next);
        next = passages.end;
    }
    assert_eq!(next, article.passages().len());
    assert_eq!(article.headings().count(), article.heading_lines().len());
    assert!(!article.title().trim().is_empty());
    let controls = text.chars().any(iqtibas::text::is_bidi_control);
    assert_eq!(article.warnings().is_empty(), !controls);
}

/// No text of an article is markup on its page, and every passage has its address there.
fn page(article: &Article) {
    let page = Page {
        article,
        quoted: &[],
        search: Search::Absent,
    };
    let html = page.html();
    assert!(!html.to_lowercase().contains("<script"));
    for passage in article.passages() {
        let anchor = format!("id=\"{}\"", passage.id());
        assert_eq!(html.matches(&anchor).count(), 1, "{anchor}");
    }
}

fn guided(article: &Article, toml: &str) {
    _ = Names::parse(toml);
    let mut guide = Guide::default();
    if let Err(error) = guide.add(article, Path::new("guide.toml"), toml) {
        let lines = toml.lines().count() + 1;
        assert!((1..=lines).contains(&error.line), "{error}");
        assert!(!error.problem.is_empty());
        return;
    }
    let count = article.passages().len();
    for example in guide.examples() {
        assert!(!example.question.trim().is_empty());
        assert!(match example.target {
            Target::Passage(number) => number < count,
            Target::Silence => true,
        });
    }
    for topic in guide.topics() {
        assert!(!topic.passages().is_empty());
        assert!(topic.passages().iter().all(|number| *number < count));
    }
}
