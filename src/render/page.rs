//! A page of a subject: some of its passages under its name, one after the other.

use super::block::{Block, Body};
use super::{gloss, lay_out, quote, say};
use crate::analysis::Language;
use crate::answer::{MAX_QUOTES, Quote};
use crate::library::Subject;
use crate::wording::{self, Title};

/// How pages look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The language of what stands around the passages.
    pub language: Language,
    /// The most passages on a page.
    pub most: usize,
    /// Whether the editor's translation follows a passage.
    pub gloss: bool,
}

impl Look {
    /// How they look where nobody chose otherwise.
    #[must_use]
    pub fn usual(language: Language) -> Self {
        Self {
            language,
            most: MAX_QUOTES,
            gloss: true,
        }
    }
}

/// Some passages of a subject.
#[derive(Clone, Debug)]
pub struct Page<'l> {
    /// What is shown.
    pub body: Body,
    /// The passages shown.
    pub quotes: Vec<Quote<'l>>,
    /// Where the next page begins; none where the subject ends here.
    pub next: Option<usize>,
}

/// The passages of `subject` from the one at place `from` on, as many as a page holds and a message
/// takes.
#[must_use]
pub fn page<'l>(subject: &Subject<'l>, from: usize, look: Look) -> Page<'l> {
    let language = look.language;
    let all = subject.passages().len();
    let mut quotes: Vec<_> = subject.quotes(from).take(look.most).collect();
    let blocks: Vec<Block> = quotes.iter().map(|q| quote(q, 0, language)).collect();
    let glosses: Vec<Option<Block>> = quotes
        .iter()
        .map(|q| gloss(q, language).filter(|_| look.gloss))
        .collect();
    let fitting = (1..=blocks.len()).rev().find_map(|count| {
        let framing = wording::page(
            language,
            &Title::of_subject(subject, language),
            (from + 1, from + count),
            all,
        );
        Some((lay_out(&framing, blocks.get(..count)?, &glosses)?, count))
    });
    let (body, count) = fitting.unwrap_or_else(|| (say(wording::none(language)), 1));
    quotes.truncate(count);
    let next = from + count;
    Page {
        body,
        quotes,
        next: (next < all).then_some(next),
    }
}
