//! Why the bot answers as it does: what the library makes of a message, for the panel beside the
//! chat.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Stage;
use crate::library::{Context, Library};
use crate::reader;
use crate::sandbox::Message;
use crate::text::{Span, utf16_len};
use crate::wording::Command;

/// Sends a message, and returns it with what the library answers to it. The time is that before: the
/// bot may have answered as soon as it is sent.
pub(super) fn explained(stage: &Stage, send: impl FnOnce() -> Message) -> Value {
    let library = &stage.library.current();
    let asked_at = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let message = send();
    let (asked, context) = read(&message, library);
    let started = Instant::now();
    let question = library.question(&asked);
    let text = context.as_deref();
    let answer = match library.answer(
        &question,
        Context {
            text,
            ..Context::default()
        },
    ) {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(%error, "the library cannot be read");
            return json!({ "message": message.json() });
        }
    };
    let took = started.elapsed();
    let quotes: Vec<Value> = answer
        .quotes
        .iter()
        .map(|quote| {
            let (article, passage) = (quote.article(), quote.passage());
            let units = |from: usize, to: usize| {
                utf16_len(article.text().get(from..to).unwrap_or_default())
            };
            let begins = quote.span().start();
            let matched: Vec<Value> = quote
                .matched()
                .iter()
                .map(|place| (units(begins, place.start()), units(place.start(), place.end())))
                .map(|(offset, length)| json!({ "type": "matched", "offset": offset, "length": length }))
                .collect();
            json!({
                "paragraph": passage.paragraph(), "text": quote.text(), "score": quote.score(),
                "matched": matched, "shown": answer.shown().iter().any(|it| it.span() == quote.span()),
                "href": format!("/{}", reader::place(quote)),
            })
        })
        .collect();
    let why = &answer.why;
    json!({
        "message": message.json(),
        "why": {
            "question": asked, "context": context, "language": question.language().code(),
            "verdict": answer.verdict.name(), "silent": answer.is_silent(), "quotes": quotes, "silence": why.silence,
            "small_talk": why.small_talk, "names": why.names, "parts": why.parts,
            "nearest_question": why.nearest_question,
            "thresholds": { "answer": why.thresholds.0, "nearest": why.thresholds.1 },
            "took_us": u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "asked_at": u64::try_from(asked_at.as_millis()).unwrap_or(u64::MAX),
        },
    })
}

/// What a message asks, without the bot's name and the command, and what it refers to; nothing where
/// it is a command that asks nothing. As near as it can be told without the bot's memory of the chat.
fn read(message: &Message, library: &Library) -> (String, Option<String>) {
    let (json, text) = (message.json(), message.text());
    let command = text.strip_prefix('/').unwrap_or(Command::Ask.name());
    if command.split(['@', ' ', '\n']).next() != Some(Command::Ask.name()) {
        return (String::new(), None);
    }
    let mut asked = text.to_owned();
    let entities = json["entities"].as_array().into_iter().flatten();
    let addresses = entities.filter(|it| it["type"] == "bot_command" || it["type"] == "mention");
    for entity in addresses.rev() {
        let place = |key: &str| entity[key].as_u64().and_then(|n| usize::try_from(n).ok());
        let span = place("offset")
            .zip(place("length"))
            .and_then(|(offset, length)| Span::of_utf16(text, offset, length));
        if let Some(span) = span {
            asked.replace_range(span.range(), "");
        }
    }
    let asked = asked.trim().to_owned();
    let selected = message.quote().map(str::to_owned);
    let context = selected.or_else(|| replied(message, library));
    match context {
        Some(text) if asked.is_empty() => (text, None),
        context => (asked, context),
    }
}

/// What the message replies to: of an answer of the bot's what it quotes, of anything else all.
fn replied(message: &Message, library: &Library) -> Option<String> {
    let replied = message.replied_to()?;
    let quotations = replied.quotations().into_iter();
    let quotes: Vec<String> = quotations
        .filter(|quote| {
            library
                .articles()
                .iter()
                .any(|it| it.text().contains(quote))
        })
        .collect();
    let words = if quotes.is_empty() {
        replied.text().to_owned()
    } else {
        quotes.join("\n")
    };
    Some(words).filter(|words| !words.is_empty())
}
