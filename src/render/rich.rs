//! An article whole, as a rich message: its paragraphs as blocks, its headings, and an anchor at
//! every passage. The words go in as plain text, never parsed and with no entities looked for.
//!
//! A rich message holds so many characters and blocks; a longer article is cut between passages and
//! read in parts.

use std::ops::Range;

use serde_json::{Value, json};

use crate::analysis::Language;
use crate::article::Article;
use crate::library::Subject;
use crate::passage;
use crate::text::{Span, utf16_len};
use crate::wording::{self, Title};

/// The most characters of a rich message, counted in UTF-16 units to be on the safe side.
pub const MAX_RICH_UNITS: usize = 32_768;
/// The most blocks of a rich message.
pub const MAX_BLOCKS: usize = 500;

/// A part of an article, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct RichText {
    /// The `InputRichMessage`.
    pub message: Value,
    /// The passages in it, by number.
    pub passages: Range<usize>,
}

/// The blocks gathered so far, never over the limits.
#[derive(Default)]
struct Blocks {
    blocks: Vec<Value>,
    units: usize,
}

impl Blocks {
    fn fits(&self, blocks: usize, units: usize) -> bool {
        self.blocks.len() + blocks <= MAX_BLOCKS && self.units + units <= MAX_RICH_UNITS
    }

    fn push(&mut self, block: Value, units: usize) {
        if self.fits(1, units) {
            self.blocks.push(block);
            self.units += units;
        }
    }
}

/// `article` from the passage of number `from` on, as much of it as one message takes. Above its
/// beginning stand title and author, and links to the `subjects` where all of it is here.
#[must_use]
pub fn rich(
    article: &Article,
    subjects: &[Subject<'_>],
    from: usize,
    language: Language,
) -> RichText {
    let mut text = Blocks::default();
    if from == 0 {
        open(&mut text, article, language);
    }
    let (opening, mut end) = (text.blocks.len(), from);
    let mut headings: Vec<Span> = Vec::new();
    'parts: for (heading, passages) in article.sections() {
        headings.extend(heading.filter(|_| passages.start >= from));
        for number in passages.filter(|number| *number >= from) {
            let above: Vec<&str> = headings
                .iter()
                .map(|line| line.of(article.text()))
                .collect();
            let words = words(article, number);
            let units = utf16_len(words);
            let over: usize = above.iter().map(|line| utf16_len(line)).sum();
            if !text.fits(above.len() + 1, over + units) {
                break 'parts;
            }
            let continues = number > from && above.is_empty() && is_continued(article, number);
            for line in above {
                text.push(heading_block(line), utf16_len(line));
            }
            headings.clear();
            let anchor = json!({ "type": "anchor", "name": article.passages()[number].id() });
            let pieces = [anchor, words.into()];
            match text.blocks.last_mut().map(|block| &mut block["text"]) {
                Some(Value::Array(paragraph)) if continues => {
                    paragraph.extend(pieces);
                    text.units += units;
                }
                _ => text.push(json!({ "type": "paragraph", "text": pieces }), units),
            }
            end = number + 1;
        }
    }
    if opening > 0 && end == article.passages().len() {
        let (links, units) = links(article, subjects, language);
        if !links.is_empty() && text.fits(1, units) {
            let block = json!({ "type": "paragraph", "text": links });
            text.blocks.insert(opening, block);
        }
    }
    RichText {
        message: json!({
            "blocks": text.blocks,
            "is_rtl": article.language() == Language::Arabic,
            "skip_entity_detection": true,
        }),
        passages: from..end,
    }
}

/// Title, author and source.
fn open(text: &mut Blocks, article: &Article, language: Language) {
    let title = Title::of(article).to_string();
    let units = utf16_len(&title);
    text.push(
        json!({ "type": "heading", "size": 1, "text": title }),
        units,
    );
    for line in wording::credits(language, article.author(), article.source()) {
        let units = utf16_len(&line);
        let line = json!({ "type": "italic", "text": line });
        text.push(json!({ "type": "paragraph", "text": line }), units);
    }
}

/// The subjects, each a link to its first passage.
fn links(article: &Article, subjects: &[Subject<'_>], language: Language) -> (Vec<Value>, usize) {
    let (mut links, mut units) = (Vec::new(), 0);
    for subject in subjects.iter().filter(|_| subjects.len() > 1) {
        let first = subject.passages().first();
        let Some(passage) = first.and_then(|number| article.passages().get(*number)) else {
            continue;
        };
        let gap = if links.is_empty() { "" } else { " · " };
        let title = Title::of_subject(subject, language).to_string();
        units += utf16_len(gap) + utf16_len(&title);
        if !gap.is_empty() {
            links.push(gap.into());
        }
        links.push(json!({ "type": "anchor_link", "text": title, "anchor_name": passage.id() }));
    }
    (links, units)
}

fn heading_block(line: &str) -> Value {
    let marks = line.chars().take_while(|&c| c == '#').count();
    json!({ "type": "heading", "size": marks.clamp(2, 6), "text": passage::heading_text(line) })
}

/// A passage, and the white space up to the next part of the same paragraph.
fn words(article: &Article, number: usize) -> &str {
    let here = article.passages()[number].span();
    let end = if is_continued(article, number + 1) {
        article.passages()[number + 1].span().start()
    } else {
        here.end()
    };
    article.text().get(here.start()..end).unwrap_or_default()
}

/// Whether a passage goes on with the paragraph of the one before it.
fn is_continued(article: &Article, number: usize) -> bool {
    let paragraph = |at: usize| article.passages().get(at).map(passage::Passage::paragraph);
    number > 0 && paragraph(number).is_some() && paragraph(number) == paragraph(number - 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn article(text: &str) -> Article {
        Article::parse("a", Path::new("a.md"), text.as_bytes().to_vec()).expect("an article")
    }

    /// Every part of an article, and the words of its paragraphs and headings.
    fn parts(article: &Article) -> Vec<RichText> {
        let (mut parts, mut from) = (Vec::new(), 0);
        while from < article.passages().len() {
            let part = rich(article, &[], from, Language::English);
            assert_eq!(part.passages.start, from);
            assert!(part.passages.end > from, "a part holds a passage at least");
            from = part.passages.end;
            parts.push(part);
        }
        parts
    }

    fn written(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(written).collect(),
            Value::Object(fields) => fields.get("text").map(written).unwrap_or_default(),
            _ => String::new(),
        }
    }

    #[test]
    fn paragraphs_stand_under_their_headings_and_long_ones_stay_one() {
        let long = "A sentence of some length stands here. ".repeat(40);
        let article = article(&format!("Before.\n## One\n{long}\nEnd.\n# Last"));
        let [part] = parts(&article).try_into().expect("one part");
        let blocks = part.message["blocks"].as_array().expect("blocks");
        let kinds: Vec<_> = blocks
            .iter()
            .map(|b| (b["type"].as_str(), written(b)))
            .collect();
        assert_eq!(
            kinds,
            [
                (Some("heading"), "\u{2066}One\u{2069}".to_owned()),
                (Some("paragraph"), "Before.".to_owned()),
                (Some("heading"), "One".to_owned()),
                (Some("paragraph"), long.trim().to_owned()),
                (Some("paragraph"), "End.".to_owned()),
            ]
        );
        let anchors: Vec<_> = blocks[3]["text"]
            .as_array()
            .expect("pieces")
            .iter()
            .filter_map(|piece| piece["name"].as_str())
            .collect();
        assert_eq!(anchors, ["p3", "p3-2", "p3-3", "p3-4"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_parts_hold_every_word_once_and_are_never_over_the_limits(
            lines in prop::collection::vec("[a-zا-ي👍 .]{1,900}", 1..700)
        ) {
            let text = format!("x\n{}", lines.join("\n"));
            let article = article(&text);
            let mut whole = String::new();
            for part in parts(&article) {
                let blocks = part.message["blocks"].as_array().expect("blocks");
                prop_assert!(blocks.len() <= MAX_BLOCKS);
                prop_assert!(blocks.iter().map(|b| utf16_len(&written(b))).sum::<usize>() <= MAX_RICH_UNITS);
                whole.extend(blocks.iter().filter(|b| b["type"] == "paragraph").map(written));
            }
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&whole), bare(&text));
        }
    }
}
