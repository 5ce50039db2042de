//! Answers and wording become messages that Telegram takes: what is quoted stays byte for byte, and
//! a message over the limits cannot be made.
//!
//! A quote is a blockquote with the matched words in bold and a source line below it; where the
//! asker reads another language and the editor has rendered the passage in it, the rendering
//! follows, marked as no words of the article.

mod block;
mod inline;
mod keyboard;
mod message;
mod page;
mod reading;
mod rich;

pub use block::{Body, Entity, MAX_ENTITIES, MAX_UNITS, Style};
pub use inline::{InlineResult, found, subject};
pub use keyboard::Keyboard;
pub use message::{Destination, OutgoingMessage};
pub use page::{Look, Page, page};
pub use reading::{has_room, reading};
pub use rich::{MAX_BLOCKS, MAX_RICH_UNITS, RichText, rich};

use block::Block;

use crate::analysis::Language;
use crate::answer::{Answer, Quote, Verdict};
use crate::article::Article;
use crate::passage;
use crate::text::{Span, char_len, clip};
use crate::wording::{self, Title};

/// The longest quote that is shown unfolded, in characters.
const UNFOLDED: usize = 250;
/// The most stretches of a quote that are set bold; more would leave no entity for the other quotes.
const MAX_BOLD: usize = 25;
/// The most lines of an outline.
const MAX_OUTLINE: usize = 10;
/// The longest beginning of a paragraph in an outline, in UTF-16 units.
const BEGINNING: usize = 60;

/// A sentence of the bot's own.
#[must_use]
pub fn say(words: &str) -> Body {
    let mut body = Body::new();
    let whole = body.push(&Block::new().plain(words));
    debug_assert!(whole, "wording fits into a message");
    body
}

/// An answer, in the asker's language.
#[must_use]
pub fn answer(answer: &Answer<'_>, language: Language) -> Body {
    let framing = match answer.verdict {
        Verdict::Answer => wording::from_the_article(language),
        Verdict::Nearest if answer.is_silent() => wording::silent(language),
        Verdict::Nearest => wording::nearest(language),
        Verdict::None => return say(wording::none(language)),
    };
    quotes(framing, answer.shown(), language, true)
}

/// Quotes under `framing`, with the editor's renderings where `gloss` asks for them.
#[must_use]
pub fn quotes(framing: &str, quotes: &[Quote<'_>], language: Language, gloss: bool) -> Body {
    let blocks: Vec<Block> = (0..)
        .zip(quotes)
        .map(|(rank, q)| quote(q, rank, language))
        .collect();
    let glosses: Vec<Option<Block>> = quotes
        .iter()
        .map(|quote| self::gloss(quote, language).filter(|_| gloss))
        .collect();
    (0..blocks.len())
        .rev()
        .find_map(|last| lay_out(framing, blocks.get(..=last)?, &glosses))
        .unwrap_or_else(|| say(wording::none(language)))
}

/// The framing and all of the quotes, with as many of the renderings as fit, first ones first; or
/// nothing where the quotes do not fit.
fn lay_out(framing: &str, quotes: &[Block], glosses: &[Option<Block>]) -> Option<Body> {
    let fitting = |with: usize| {
        let mut body = Body::new();
        let mut fits = body.push(&Block::new().plain(framing));
        for (rank, quote) in quotes.iter().enumerate() {
            fits = fits && body.push(quote);
            if let Some(gloss) = glosses
                .get(rank)
                .and_then(Option::as_ref)
                .filter(|_| rank < with)
            {
                fits = fits && body.push(gloss);
            }
        }
        fits.then_some(body)
    };
    (0..=quotes.len()).rev().find_map(fitting)
}

fn quote(quote: &Quote<'_>, rank: usize, language: Language) -> Block {
    let folded = rank > 0 || char_len(quote.text()) > UNFOLDED;
    let style = if folded {
        Style::ExpandableBlockquote
    } else {
        Style::Blockquote
    };
    let source = wording::source(
        language,
        quote.article(),
        quote.passage().paragraph(),
        quote.speaker(language),
    );
    Block::new()
        .plain("\n\n")
        .within(style, &with_matches(quote))
        .plain("\n")
        .styled(Style::Italic, &source)
}

/// The quote's text, byte for byte, with the matched words in bold.
fn with_matches(quote: &Quote<'_>) -> Block {
    marked(
        quote.article().text(),
        quote.span(),
        quote.matched(),
        MAX_BOLD,
    )
}

/// A place of `text`, byte for byte, with at most so many of the places in it in bold.
fn marked(text: &str, whole: Span, matched: &[Span], most: usize) -> Block {
    let part = |start, end| Span::new(text, start..end).map_or("", |span| span.of(text));
    let (mut block, mut at) = (Block::new(), whole.start());
    for (start, end) in joined(text, matched).into_iter().take(most) {
        block = block
            .plain(part(at, start))
            .styled(Style::Bold, part(start, end));
        at = end;
    }
    block.plain(part(at, whole.end()))
}

/// Spans in order, those that overlap or have only white space between them made one.
fn joined(text: &str, spans: &[Span]) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some((_, end))
                if text
                    .get(*end..span.start())
                    .is_none_or(|gap| gap.trim().is_empty()) =>
            {
                *end = (*end).max(span.end());
            }
            _ => joined.push((span.start(), span.end())),
        }
    }
    joined
}

fn gloss(quote: &Quote<'_>, language: Language) -> Option<Block> {
    let rendering = quote
        .gloss(language)
        .map(str::trim)
        .filter(|text| !text.is_empty())?;
    let inner = Block::new()
        .styled(Style::Italic, wording::translation(language))
        .plain("\n")
        .plain(rendering);
    Some(
        Block::new()
            .plain("\n")
            .within(Style::ExpandableBlockquote, &inner),
    )
}

/// What the articles are: title, author, source, outline, and what can be asked.
#[must_use]
pub fn articles<'a>(articles: impl IntoIterator<Item = &'a Article>, language: Language) -> Body {
    let mut body = Body::new();
    let mut gap = "";
    for article in articles {
        let mut about = Block::new()
            .plain(gap)
            .styled(Style::Bold, &Title::of(article).to_string());
        for line in wording::credits(language, article.author(), article.source()) {
            about = about.plain("\n").plain(&line);
        }
        let outlined = about
            .clone()
            .plain("\n\n")
            .then(&outline(article, language));
        if !body.push(&outlined) && !body.push(&about) {
            break;
        }
        gap = "\n\n";
    }
    // Where there is no room left for it, the articles have said enough.
    let _ = body.push(&Block::new().plain(gap).plain(wording::askable(language)));
    body
}

/// The headings; where there are none, how some of the paragraphs begin.
fn outline(article: &Article, language: Language) -> Block {
    let passages = article.passages();
    let paragraphs = passages.last().map_or(0, passage::Passage::paragraph);
    let block = Block::new().plain(&wording::outline(language, paragraphs));
    let headings: Vec<String> = article
        .headings()
        .take(MAX_OUTLINE)
        .map(|heading| Title::of_heading(article, heading).to_string())
        .collect();
    let lines = if headings.is_empty() {
        passages
            .iter()
            .step_by(passages.len().div_ceil(MAX_OUTLINE).max(1))
            .map(|passage| {
                let whole = passage.span().of(article.text());
                let words = beginning(whole);
                wording::beginning(passage.paragraph(), words, words.len() < whole.len())
            })
            .collect()
    } else {
        headings
    };
    let lines = lines
        .iter()
        .fold(Block::new(), |block, line| block.plain("\n").plain(line));
    block.then(&lines)
}

/// Where a paragraph begins, up to a space.
fn beginning(text: &str) -> &str {
    let start = clip(text, BEGINNING);
    let end = if start.len() < text.len() {
        start.rfind(' ')
    } else {
        None
    };
    end.and_then(|end| start.get(..end)).unwrap_or(start)
}

#[cfg(test)]
mod tests;
