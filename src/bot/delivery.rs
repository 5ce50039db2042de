//! How an answer reaches its asker: in place of the one before an edit, as a pointer to the one given
//! just before, for the asker alone, or as a message that everybody sees; with what is noted of it.

use super::answered::{self, Answered};
use super::call::{Call, Effect, Note};
use super::event::MessageId;
use super::rules::SeenBy;
use super::{Asked, ChatKind, Claim, Known, pace, post, reading};
use crate::library::Library;
use crate::render::{self, Body, Destination, Keyboard, OutgoingMessage};
use crate::wording;

/// Gives an answer: in place of the earlier one where its question was edited, by pointing to it
/// where the same was answered just before, else as a message of its own.
pub(super) fn give(
    asked: &Asked,
    answered: &Answered,
    library: &Library,
    known: &Known<'_>,
    more: Vec<Effect>,
) -> Vec<Effect> {
    let (body, keyboard) = reading::shown(answered, None, asked.rules.gloss, library, known)
        .unwrap_or_else(|| {
            (
                render::say(wording::none(answered.language)),
                Keyboard::default(),
            )
        });
    let mut effects = match same_before(asked, answered, known) {
        Some(before) => point_to(asked, before, answered, (body, keyboard), known),
        None => deliver(asked, body, keyboard, answered, known),
    };
    effects.extend(more);
    effects
}

/// The message that answered the same a moment ago.
fn same_before(asked: &Asked, answered: &Answered, known: &Known<'_>) -> Option<i64> {
    if asked.chat == ChatKind::Private || asked.earlier.is_some() || asked.whisper.is_some() {
        return None;
    }
    let chat = asked.to.chat;
    let pointer = answered.pointer(chat)?;
    let message = known.memory.note(&pointer.id)?.as_i64()?;
    // It may have been changed since.
    let before = Answered::recall(known.memory, chat, MessageId::Open(message))?;
    let since = known.now - i64::try_from(answered::AGAIN.as_millis()).unwrap_or(i64::MAX);
    (before.at > since && before.is_like(answered)).then_some(message)
}

/// Points to an earlier answer: by its address, or by replying to it where messages have none. Should
/// that one be gone, the answer is given again.
fn point_to(
    asked: &Asked,
    before: i64,
    answered: &Answered,
    (body, keyboard): (Body, Keyboard),
    known: &Known<'_>,
) -> Vec<Effect> {
    let words = wording::answered_before(answered.language);
    let pointer = Answered {
        places: Vec::new(),
        shown: 0,
        ..answered.clone()
    };
    // Supergroups have ids of the form -100…; the rest of it is part of their messages' addresses.
    let internal = -1_000_000_000_000_i64 - asked.to.chat;
    if internal > 0 {
        let words = format!("{words}\nhttps://t.me/c/{internal}/{before}");
        return deliver(
            asked,
            render::say(&words),
            Keyboard::default(),
            &pointer,
            known,
        );
    }
    let there = Destination {
        reply_to: before,
        even_if_gone: false,
        ..asked.to
    };
    let again = post::openly(asked, body, keyboard)
        .noting(answered.note(asked.to.chat, MessageId::Open(0)))
        .found_by(answered.pointer(asked.to.chat));
    let call = Call::send(&OutgoingMessage::new(there, render::say(words)))
        .noting(pointer.note(asked.to.chat, MessageId::Open(0)))
        .or(again);
    with_pace(asked, Effect::Call(call))
}

/// Sends an answer, or puts it in the place of the one that the question had before it was edited.
pub(super) fn deliver(
    asked: &Asked,
    body: Body,
    keyboard: Keyboard,
    answered: &Answered,
    known: &Known<'_>,
) -> Vec<Effect> {
    let chat = asked.to.chat;
    let in_group = asked.chat == ChatKind::Group;
    let pointer = answered.pointer(chat).filter(|_| in_group);
    if let Some((message, _)) = asked.earlier {
        let keyboard = reading::buttons_for(message, keyboard, answered);
        let mut effects = with_pace(
            asked,
            Effect::Call(post::edit(chat, (message, asked.asker), &body, &keyboard)),
        );
        effects.push(Effect::Keep(answered.note(chat, message)));
        if let (Some(pointer), MessageId::Open(shown)) = (pointer, message) {
            let value = shown.into();
            effects.push(Effect::Keep(Note { value, ..pointer }));
        }
        effects.push(Effect::Keep(pace::turned(chat, message, known.now)));
        return effects;
    }
    let unsure = matches!(answered.claim, Claim::Nearest | Claim::Silent);
    let alone = match asked.rules.seen_by {
        _ if asked.whisper.is_some() => true,
        SeenBy::Everybody => false,
        SeenBy::Asker => true,
        SeenBy::AskerWhereUnsure => unsure,
    };
    let openly = post::openly(asked, body.clone(), keyboard.clone())
        .noting(answered.note(chat, MessageId::Open(0)))
        .found_by(pointer);
    let whispered = alone.then(|| {
        let keyboard = reading::buttons_for(MessageId::Whisper(0), keyboard, answered);
        post::whispered(asked, body, keyboard)
    });
    let call = match whispered.flatten() {
        Some(call) => call
            .noting(answered.note(chat, MessageId::Whisper(0)))
            .or(openly),
        None => openly,
    };
    with_pace(asked, Effect::Call(call))
}

/// The same with what is noted of how often is asked.
pub(super) fn with_pace(asked: &Asked, effect: Effect) -> Vec<Effect> {
    let notes = asked.pace.iter().cloned().map(Effect::Keep);
    [effect].into_iter().chain(notes).collect()
}
