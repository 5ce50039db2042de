//! An answer read on: what each view of it shows, and the buttons that lead from there. A button is
//! offered only where its view exists and fits into a message.

use super::Known;
use super::answered::{Answered, Claim, View};
use super::event::MessageId;
use super::press::Press;
use crate::analysis::Language;
use crate::answer::Quote;
use crate::library::Library;
use crate::passage::Passage;
use crate::render::{self, Body, Keyboard};
use crate::text::Span;
use crate::wording::{self, Label};

/// A view of an answer, or the answer as it was given; none where the article has changed since, or
/// where there is no such view.
pub(super) fn shown(
    answered: &Answered,
    view: Option<View>,
    gloss: bool,
    library: &Library,
    known: &Known<'_>,
) -> Option<(Body, Keyboard)> {
    let language = answered.language;
    let body = if let Some(view) = view {
        read(answered, view, gloss, library)?
    } else {
        let given = given(answered, library).filter(|quotes| !quotes.is_empty())?;
        render::quotes(answered.claim.framing(language), &given, language, gloss)
    };
    Some((body, keyboard(answered, view, library, known)?))
}

/// The quotes of an answer as it was given.
fn given<'l>(answered: &Answered, library: &'l Library) -> Option<Vec<Quote<'l>>> {
    let given = answered.places.get(..answered.shown)?;
    given.iter().map(|place| place.quote(library)).collect()
}

fn read(answered: &Answered, view: View, gloss: bool, library: &Library) -> Option<Body> {
    let passages = passages(answered, view, library)?;
    render::reading(framing(answered, view), &passages, answered.language, gloss)
}

/// Whether there is such a view, and room for it in a message.
fn can_read(answered: &Answered, view: View, library: &Library) -> bool {
    passages(answered, view, library).is_some_and(|passages| {
        render::has_room(framing(answered, view), &passages, answered.language)
    })
}

fn framing(answered: &Answered, view: View) -> &'static str {
    if view.which < answered.shown {
        answered.claim.framing(answered.language)
    } else {
        wording::next_best(answered.language)
    }
}

/// The quote of a view, or, where it reaches further, the passages from the first to the last.
fn passages<'l>(answered: &Answered, view: View, library: &'l Library) -> Option<Vec<Quote<'l>>> {
    let quote = answered.places.get(view.which)?.quote(library)?;
    if (view.before, view.after) == (0, 0) {
        return Some(vec![quote]);
    }
    let all = quote.article().passages();
    let (first, last) = extent(&quote);
    let reach = first.checked_sub(view.before)?..=last.checked_add(view.after)?;
    all.get(reach.clone())?;
    let matched: Vec<_> = quote.matched().iter().map(|span| span.range()).collect();
    reach
        .map(|number| {
            let place = all.get(number)?.span().range();
            library.quote(quote.article().fingerprint(), number, place, &matched)
        })
        .collect()
}

/// The first and the last passage that a quote has a part in.
fn extent(quote: &Quote<'_>) -> (usize, usize) {
    let all = quote.article().passages();
    let meets = |passage: &Passage| overlap(passage.span(), quote.span());
    let first = all.iter().position(meets).unwrap_or(quote.number());
    let last = all.iter().rposition(meets).unwrap_or(quote.number());
    (first, last)
}

fn overlap(one: Span, other: Span) -> bool {
    one.start() < other.end() && other.start() < one.end()
}

/// The paragraph in which a quote stands, and of how many.
pub(super) fn place(quote: &Quote<'_>) -> (usize, usize) {
    let all = quote.article().passages();
    (
        quote.passage().paragraph(),
        all.last().map_or(0, Passage::paragraph),
    )
}

/// The buttons below a view.
fn keyboard(
    answered: &Answered,
    view: Option<View>,
    library: &Library,
    known: &Known<'_>,
) -> Option<Keyboard> {
    let language = answered.language;
    let now = view.unwrap_or(View {
        which: 0,
        before: 0,
        after: 0,
    });
    let quote = answered.places.get(now.which)?.quote(library)?;
    let button = |label: Label, press: Press| (label.text(language).to_owned(), press.data());
    let further = |label: Label, view: View| {
        can_read(answered, view, library).then(|| button(label, Press::View(view)))
    };
    let before = further(
        Label::Before,
        View {
            before: now.before + 1,
            ..now
        },
    );
    let after = further(
        Label::After,
        View {
            after: now.after + 1,
            ..now
        },
    );
    let (paragraph, of) = place(&quote);
    let here = Some((wording::place(paragraph, of), Press::Where.data()));
    let mut row: Vec<_> = [before, here, after].into_iter().flatten().collect();
    // Where one reads from the right, what comes first stands on the right.
    if language == Language::Arabic {
        row.reverse();
    }
    let next = match view {
        Some(view) => view.which + 1,
        None => answered.shown,
    };
    let next = View {
        which: next,
        before: 0,
        after: 0,
    };
    let next = further(Label::Next, next);
    let back = view.map(|_| button(Label::Back, Press::Back));
    let votes =
        [("👍", true), ("👎", false)].map(|(thumb, up)| (thumb.to_owned(), Press::Vote(up).data()));
    let keyboard = Keyboard::default()
        .row(row)
        .row(next.into_iter().chain(back).chain(votes));
    Some(with_place(keyboard, Some(&quote), language, known))
}

/// With a button that opens a quote in its place, where the articles can be read.
pub(super) fn with_place(
    keyboard: Keyboard,
    quote: Option<&Quote<'_>>,
    language: Language,
    known: &Known<'_>,
) -> Keyboard {
    match (&known.settings.site, quote) {
        (Some(site), Some(quote)) => {
            keyboard.link(Label::InPlace.text(language), site.address(quote))
        }
        _ => keyboard,
    }
}

/// The same below a message: where one member alone sees an answer, another button shows it to all.
pub(super) fn buttons_for(message: MessageId, keyboard: Keyboard, answered: &Answered) -> Keyboard {
    let alone = matches!(message, MessageId::Whisper(_)) && !answered.places.is_empty();
    let show = alone.then(|| {
        let label = Label::ShowAll.text(answered.language);
        (label.to_owned(), Press::ShowAll.data())
    });
    keyboard.row(show)
}

/// What an answer shows now, as the context of a reply to it.
pub(super) fn text(answered: &Answered, library: &Library) -> Option<String> {
    let quotes = match answered.view {
        Some(view) => passages(answered, view, library)?,
        None => given(answered, library)?,
    };
    let texts: Vec<&str> = quotes.iter().map(Quote::text).collect();
    Some(texts.join("\n")).filter(|text| !text.is_empty())
}

/// The passage that follows what an answer shows now.
pub(super) fn next<'l>(answered: &Answered, library: &'l Library) -> Option<Quote<'l>> {
    let view = answered.view.unwrap_or(View {
        which: 0,
        before: 0,
        after: 0,
    });
    let shown = match answered.claim {
        Claim::Reads if answered.view.is_none() => given(answered, library)?,
        _ => passages(answered, view, library)?,
    };
    let last = shown.last()?;
    let number = extent(last).1 + 1;
    let place = last.article().passages().get(number)?.span().range();
    library.quote(last.article().fingerprint(), number, place, &[])
}
