//! Quotes read on: the passages around a quote, set as they stand in the article.

use super::block::{Block, Body, MAX_ENTITIES, MAX_UNITS, Style};
use super::{MAX_BOLD, marked};
use crate::analysis::Language;
use crate::answer::Quote;
use crate::text::Span;
use crate::wording;

/// Passages that follow each other in one article, under `framing`, with as many of the editor's
/// renderings as fit where `gloss` asks for them; none where the passages do not fit.
#[must_use]
pub fn reading(
    framing: &str,
    passages: &[Quote<'_>],
    language: Language,
    gloss: bool,
) -> Option<Body> {
    let source = source(passages, language)?;
    let mut body = Body::new();
    let mut fits = body.push(&Block::new().plain(framing));
    let bolds = MAX_BOLD / runs(passages).len().max(1);
    for run in runs(passages) {
        fits = fits && body.push(&Block::new().plain("\n\n").then(&set(run, bolds)));
    }
    fits = fits && body.push(&Block::new().plain("\n").styled(Style::Italic, &source));
    let renderings: Vec<&str> = passages
        .iter()
        .filter(|_| gloss)
        .filter_map(|quote| quote.gloss(language))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    // Where there is no room for the renderings, the article's words are what was asked for.
    let _ = !renderings.is_empty() && body.push(&rendered(&renderings, language));
    fits.then_some(body)
}

/// Whether [`reading`] has room for these passages.
#[must_use]
pub fn has_room(framing: &str, passages: &[Quote<'_>], language: Language) -> bool {
    let (Some(first), Some(last), Some(source)) = (
        passages.first(),
        passages.last(),
        source(passages, language),
    ) else {
        return false;
    };
    // A text has as many bytes as UTF-16 units or more: most need not be set to know that they fit.
    let words = first.span().through(last.span()).range().len();
    let gaps = passages.len() * "\n\n".len() + "\n".len();
    let surely = framing.len() + words + gaps + source.len() <= MAX_UNITS
        && passages.len() + MAX_BOLD < MAX_ENTITIES;
    surely || reading(framing, passages, language, false).is_some()
}

/// Where the passages stand.
fn source(passages: &[Quote<'_>], language: Language) -> Option<String> {
    let (first, last) = (passages.first()?, passages.last()?);
    Some(wording::source_of(
        language,
        first.article(),
        (first.passage().paragraph(), last.passage().paragraph()),
        first.speaker(language).filter(|_| passages.len() == 1),
    ))
}

fn rendered(renderings: &[&str], language: Language) -> Block {
    let inner = Block::new()
        .styled(Style::Italic, wording::translation(language))
        .plain("\n")
        .plain(&renderings.join("\n"));
    Block::new()
        .plain("\n")
        .within(Style::ExpandableBlockquote, &inner)
}

/// Passages between which nothing but white space stands: no heading and no image.
fn runs<'q, 'l>(passages: &'q [Quote<'l>]) -> Vec<&'q [Quote<'l>]> {
    let joins = |one: &Quote<'_>, next: &Quote<'_>| {
        let gap = one.span().end()..next.span().start();
        let text = one.article().text().get(gap);
        text.is_some_and(|gap| gap.trim().is_empty())
    };
    passages.chunk_by(joins).collect()
}

/// The article's words from the first to the last, byte for byte.
fn set(run: &[Quote<'_>], bolds: usize) -> Block {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return Block::new();
    };
    let matched: Vec<Span> = run
        .iter()
        .flat_map(|quote| quote.matched().iter().copied())
        .collect();
    let whole = first.span().through(last.span());
    let words = marked(first.article().text(), whole, &matched, bolds);
    Block::new().within(Style::Blockquote, &words)
}
