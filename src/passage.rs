//! The quotable parts of an article: where a text is cut, and where it is not.
//!
//! A line is a paragraph. A paragraph of more than [`MAX_CHARS`] characters is cut at sentence
//! ends into parts of about equal length. A bare heading and a line that holds only an image are
//! no passages, but they keep their place and count as paragraphs, so that numbers do not move.
//! Passages are in order and disjoint; between them stand only headings, images and white space.

use crate::text::{Span, char_len};

/// The most characters a passage may have: what fits a phone's screen as one quote.
pub const MAX_CHARS: usize = 600;

/// A part of an article that can be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    id: String,
    paragraph: usize,
    span: Span,
}

impl Passage {
    /// `p8`, or `p8-2` for the second part of a long paragraph. Stable while the paragraphs
    /// before it stay; only `A-Za-z0-9_-`, so that it fits a deep link.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The number of its paragraph, from 1, as a reader counts them.
    #[must_use]
    pub fn paragraph(&self) -> usize {
        self.paragraph
    }

    /// Its place in the article's text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }
}

/// A text, cut.
pub(crate) struct Cut {
    pub(crate) passages: Vec<Passage>,
    pub(crate) headings: Vec<Span>,
    pub(crate) images: Vec<Span>,
}

/// Cuts `text` into passages, headings and images.
pub(crate) fn cut(text: &str) -> Cut {
    let mut cut = Cut {
        passages: Vec::new(),
        headings: Vec::new(),
        images: Vec::new(),
    };
    let (mut at, mut paragraph) = (0, 0);
    for line in text.split_inclusive('\n') {
        let (start, trimmed) = (at + line.len() - line.trim_start().len(), line.trim());
        at += line.len();
        if trimmed.is_empty() {
            continue;
        }
        paragraph += 1;
        let span = |from: usize, to: usize| {
            Span::new(text, start + from..start + to).expect("cuts lie between characters")
        };
        if is_heading(trimmed) {
            cut.headings.push(span(0, trimmed.len()));
        } else if is_image(trimmed) {
            cut.images.push(span(0, trimmed.len()));
        } else {
            for (part, (from, to)) in (1..).zip(parts(trimmed)) {
                let id = if part == 1 {
                    format!("p{paragraph}")
                } else {
                    format!("p{paragraph}-{part}")
                };
                cut.passages.push(Passage {
                    id,
                    paragraph,
                    span: span(from, to),
                });
            }
        }
    }
    cut
}

/// A heading's words without its marks.
pub(crate) fn heading_text(line: &str) -> &str {
    line.trim_start_matches('#').trim_end_matches('#').trim()
}

fn is_heading(line: &str) -> bool {
    let marks = line.chars().take_while(|&c| c == '#').count();
    (1..=6).contains(&marks) && line.chars().nth(marks).is_none_or(char::is_whitespace)
}

fn is_image(line: &str) -> bool {
    line.strip_prefix("![")
        .and_then(|rest| rest.split_once("]("))
        .and_then(|(_, target)| target.strip_suffix(')'))
        .is_some_and(|target| !target.contains(')'))
}

/// Byte ranges of the parts of one paragraph, each at most [`MAX_CHARS`] characters long.
fn parts(paragraph: &str) -> Vec<(usize, usize)> {
    let chars = char_len(paragraph);
    if chars <= MAX_CHARS {
        return vec![(0, paragraph.len())];
    }
    let aim = chars.div_ceil(chars.div_ceil(MAX_CHARS));
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for (from, to) in pieces(paragraph) {
        match parts.last_mut() {
            // A sentence joins the part before it while that brings the part nearer its aim.
            Some(last) if fits(paragraph, last.0, last.1, to, aim) => last.1 = to,
            _ => parts.push((from, to)),
        }
    }
    for part in &mut parts {
        let slice = paragraph.get(part.0..part.1).unwrap_or_default();
        *part = (
            part.1 - slice.trim_start().len(),
            part.0 + slice.trim_end().len(),
        );
    }
    parts
}

fn fits(text: &str, start: usize, end: usize, new_end: usize, aim: usize) -> bool {
    let before = char_len(text.get(start..end).unwrap_or_default());
    let after = char_len(text.get(start..new_end).unwrap_or_default());
    after <= MAX_CHARS && after.abs_diff(aim) <= before.abs_diff(aim)
}

/// Sentences of a paragraph; one that is too long for a passage is cut further, at white space.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    for (from, to) in sentences(text) {
        let (mut start, mut space, mut count) = (from, None, 0);
        for (at, c) in text.get(from..to).unwrap_or_default().char_indices() {
            if count == MAX_CHARS {
                let end = space.unwrap_or(from + at);
                pieces.push((start, end));
                count = char_len(text.get(end..from + at).unwrap_or_default());
                (start, space) = (end, None);
            }
            count += 1;
            if c.is_whitespace() || matches!(c, '،' | '；' | '，' | '、') {
                space = Some(from + at + c.len_utf8());
            }
        }
        pieces.push((start, to));
    }
    pieces
}

/// Byte ranges of the sentences of `text`; together they are the whole of it.
///
/// A sentence ends at `. ؟ ! ۔ 。 ？ ！` and the marks that close it, but not inside quotation
/// marks, nor at a point inside a number or an abbreviation.
#[must_use]
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut sentences = Vec::new();
    let mut quotes = Quotes::default();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        quotes.see(c, text.get(at..).unwrap_or_default());
        let ends = match c {
            '؟' | '?' | '!' | '۔' | '。' | '？' | '！' => true,
            '.' => {
                let word = text
                    .get(start..at)
                    .unwrap_or_default()
                    .rsplit(char::is_whitespace)
                    .next();
                chars
                    .peek()
                    .is_none_or(|&(_, next)| next.is_whitespace() || is_closing(next))
                    && !word.is_some_and(is_abbreviation)
            }
            _ => false,
        };
        if !ends || quotes.open() {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some(&(next_at, next)) = chars.peek() {
            if !(is_closing(next) || next.is_whitespace() || matches!(next, '.' | '!' | '؟' | '?'))
            {
                break;
            }
            quotes.see(next, text.get(next_at..).unwrap_or_default());
            end = next_at + next.len_utf8();
            chars.next();
        }
        sentences.push((start, end));
        start = end;
    }
    if start < text.len() {
        sentences.push((start, text.len()));
    }
    sentences
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '”' | '’' | '»' | ')' | ']' | '」' | '』' | '）')
}

/// A single letter ("د", "J"), or letters with points ("e.g", "U.S").
fn is_abbreviation(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut letters = word.chars().filter(|c| *c != '.');
    let first_alphabetic = letters.next().is_some_and(char::is_alphabetic);
    let short = word.split('.').all(|part| part.chars().count() == 1);
    first_alphabetic && short
        || ["Dr", "Mr", "Mrs", "Ms", "St", "vs", "etc", "No", "Inc"].contains(&word)
}

/// Which quotation marks are open. A straight mark that is never closed is not held open: a
/// quotation may only be as long as the text in which its partner stands.
#[derive(Default)]
struct Quotes {
    straight: bool,
    paired: usize,
}

impl Quotes {
    fn see(&mut self, c: char, rest: &str) {
        match c {
            '"' if self.straight => self.straight = false,
            '"' => self.straight = rest.chars().skip(1).take(MAX_CHARS).any(|c| c == '"'),
            '“' | '«' | '「' | '『'
                if rest
                    .chars()
                    .take(MAX_CHARS)
                    .any(|c| matches!(c, '”' | '»' | '」' | '』')) =>
            {
                self.paired += 1;
            }
            '”' | '»' | '」' | '』' => self.paired = self.paired.saturating_sub(1),
            _ => {}
        }
    }

    fn open(&self) -> bool {
        self.straight || self.paired > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<&str> {
        cut(text)
            .passages
            .iter()
            .map(|p| p.span().of(text))
            .collect()
    }

    fn sentence_texts(text: &str) -> Vec<&str> {
        sentences(text)
            .iter()
            .map(|&(from, to)| text.get(from..to).expect("a range").trim())
            .collect()
    }

    #[test]
    fn a_line_is_a_paragraph_and_images_keep_their_number() {
        let text = "أول.\n\n![x.png](https://h/x.png)\n# عنوان\n  ثان.  ";
        let cut = cut(text);
        let ids: Vec<_> = cut.passages.iter().map(Passage::id).collect();
        assert_eq!(ids, ["p1", "p4"]);
        assert_eq!(texts(text), ["أول.", "ثان."]);
        assert_eq!(cut.images.len(), 1);
        assert_eq!(cut.headings.len(), 1);
    }

    #[test]
    fn half_an_image_is_a_paragraph() {
        for line in ["![x](", "![x](y", "![x](y) z", "![x](y) (z)", "![x]"] {
            assert_eq!(texts(line), [line]);
        }
        assert_eq!(cut("![x](y)\n![]()").images.len(), 2);
    }

    #[test]
    fn a_long_paragraph_is_cut_at_sentence_ends() {
        let sentence = "كلمة ".repeat(50).trim_end().to_owned() + ". ";
        let text = sentence.repeat(4);
        let parts = texts(&text);
        assert_eq!(parts.len(), 2);
        assert!(
            parts
                .iter()
                .all(|part| part.ends_with('.') && char_len(part) <= MAX_CHARS)
        );
    }

    #[test]
    fn sentences_end_in_three_scripts() {
        assert_eq!(
            sentence_texts("هل؟ نعم! لا۔ تم."),
            ["هل؟", "نعم!", "لا۔", "تم."]
        );
        assert_eq!(sentence_texts("是吗？是。好！"), ["是吗？", "是。", "好！"]);
    }

    #[test]
    fn quotations_numbers_and_abbreviations_are_not_cut() {
        assert_eq!(
            sentence_texts("قال \"نعم. ربما.\" ثم ذهب. انتهى."),
            ["قال \"نعم. ربما.\" ثم ذهب.", "انتهى."]
        );
        assert_eq!(
            sentence_texts("It rose 3.5 points in the U.S. market. Then it fell."),
            ["It rose 3.5 points in the U.S. market.", "Then it fell."]
        );
    }

    proptest! {
        #[test]
        fn passages_tile_the_text(text in "([ab.؟\"ق 。\n#!\\[\\]()]{0,80}|(كلمة[.؟]? ){0,400}|[字。]{0,1500}){1,3}") {
            let cut = cut(&text);
            let mut spans: Vec<Span> = cut.passages.iter().map(Passage::span).chain(cut.headings).chain(cut.images).collect();
            spans.sort();
            let mut at = 0;
            for span in spans {
                prop_assert!(text.get(at..span.start()).expect("in order, disjoint").trim().is_empty());
                prop_assert!(!span.of(&text).trim().is_empty());
                prop_assert!(char_len(span.of(&text)) <= MAX_CHARS || is_heading(span.of(&text)) || is_image(span.of(&text)));
                at = span.end();
            }
            prop_assert!(text.get(at..).expect("in order").trim().is_empty());
        }
    }
}
