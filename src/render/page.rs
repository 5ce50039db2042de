//! A page of a subject: some of its passages under its name, one after the other.

use super::block::{Block, Body};
use super::{gloss, lay_out, quote, say};
use crate::analysis::Language;
use crate::library::Subject;
use crate::wording;

/// The most passages on a page.
pub const PAGE: usize = 3;

/// Some passages of a subject.
#[derive(Clone, Debug)]
pub struct Page {
    /// What is shown.
    pub body: Body,
    /// Where the next page begins; none where the subject ends here.
    pub next: Option<usize>,
}

/// The passages of `subject` from the one at place `from` on, as many as a page holds and a message
/// takes.
#[must_use]
pub fn page(subject: &Subject<'_>, from: usize, language: Language) -> Page {
    let all = subject.passages().len();
    let quotes: Vec<_> = subject.quotes(from).take(PAGE).collect();
    let blocks: Vec<Block> = quotes.iter().map(|q| quote(q, 0, language)).collect();
    let glosses: Vec<Option<Block>> = quotes.iter().map(|q| gloss(q, language)).collect();
    let fitting = (1..=blocks.len()).rev().find_map(|count| {
        let framing = wording::page(
            language,
            subject.title(language),
            (from + 1, from + count),
            all,
        );
        Some((lay_out(&framing, blocks.get(..count)?, &glosses)?, count))
    });
    let (body, count) = fitting.unwrap_or_else(|| (say(wording::none(language)), 1));
    let next = from + count;
    Page {
        body,
        next: (next < all).then_some(next),
    }
}
