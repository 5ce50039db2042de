//! What a tap below an answer shows: more of the article around it, where it stands, or the answer
//! to everyone. Where the article has changed since, the tap is old.

use super::answered::{Answered, Place, id_of};
use super::call::{Call, Effect};
use super::event::{MessageId, Tap};
use super::{Known, Rules, View, pace, post, reading};
use crate::library::Library;
use crate::render::{Destination, OutgoingMessage};
use crate::wording::{self, Title, Toast};

/// Tells the one who tapped that the button no longer does anything.
pub(super) fn old(tap: &Tap, known: &Known<'_>) -> Effect {
    let language = known.language(tap.language.as_deref());
    post::toast(&tap.query, Some(Toast::Old.text(language)))
}

/// The same where what an answer quoted cannot be shown, and why.
fn gone(tap: &Tap, answered: &Answered, library: &Library, known: &Known<'_>) -> Effect {
    let rewritten = |place: &Place| place.quote(library).is_none();
    if answered.places.iter().any(rewritten) {
        let language = known.language(tap.language.as_deref());
        return post::toast(&tap.query, Some(Toast::Rewritten.text(language)));
    }
    old(tap, known)
}

/// Shows another part of the article in an answer; the tap is old where that part is gone.
pub(super) fn turn(
    tap: &Tap,
    answered: &Answered,
    view: Option<View>,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    if view == answered.view {
        return vec![post::toast(&tap.query, None)];
    }
    let rules = Rules::of(known.memory, tap.chat, answered.topic);
    let Some((body, keyboard)) = reading::shown(answered, view, rules.gloss, library, known) else {
        return vec![gone(tap, answered, library, known)];
    };
    let keyboard = reading::buttons_for(tap.message, keyboard, answered);
    let turned = Answered {
        view,
        ..answered.clone()
    };
    let message = (tap.message, Some(tap.user));
    vec![
        post::toast(&tap.query, None),
        Effect::Call(post::edit(tap.chat, message, &body, &keyboard)),
        Effect::Keep(turned.note(tap.chat, tap.message)),
        Effect::Keep(pace::turned(tap.chat, tap.message, known.now)),
    ]
}

/// Says where the quote stands that an answer shows now.
pub(super) fn whereabouts(
    tap: &Tap,
    answered: &Answered,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    let which = answered.view.map_or(0, |view| view.which);
    let Some(quote) = answered.places.get(which).and_then(|it| it.quote(library)) else {
        return vec![gone(tap, answered, library, known)];
    };
    let language = known.language(tap.language.as_deref());
    let (paragraph, of) = reading::place(&quote);
    let words = wording::place_in(language, &Title::of(quote.article()), paragraph, of);
    vec![post::toast(&tap.query, Some(&words))]
}

/// Shows an answer that one member sees to everyone, once; the member's own copy goes.
pub(super) fn show_all(
    tap: &Tap,
    answered: &Answered,
    library: &Library,
    known: &Known<'_>,
) -> Vec<Effect> {
    let rules = Rules::of(known.memory, tap.chat, answered.topic);
    let Some((body, keyboard)) =
        reading::shown(answered, answered.view, rules.gloss, library, known)
    else {
        return vec![gone(tap, answered, library, known)];
    };
    let to = Destination {
        chat: tap.chat,
        topic: answered.topic,
        reply_to: answered.question,
        even_if_gone: true,
    };
    let mut message = OutgoingMessage::new(to, body).with(keyboard);
    if answered.question == 0 {
        message = message.unasked();
    }
    let shown = Call::send(&message)
        .noting(answered.note(tap.chat, MessageId::Open(0)))
        .found_by(answered.pointer(tap.chat));
    vec![
        post::toast(&tap.query, None),
        Effect::Call(shown),
        Effect::Call(post::delete(tap.chat, tap.message, Some(tap.user))),
        Effect::Drop(id_of(tap.chat, tap.message)),
    ]
}
