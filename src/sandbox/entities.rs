//! Entities both ways: those that Telegram finds in what people write (commands, mentions, hashtags,
//! links), and the check of those that a bot sends. All places are UTF-16 units.

use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::text::utf16_len;

/// Telegram styles so many entities of a message and forgets the rest.
const MOST: usize = 100;

/// The entities Telegram would find in `text`, in order.
pub(super) fn found_in(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut offset = 0;
    let mut before = ' ';
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = entity_at(rest, before);
        let piece = match taken {
            Some((kind, piece)) => {
                found.push(json!({ "type": kind, "offset": offset, "length": utf16_len(piece) }));
                piece
            }
            None => rest.get(..first.len_utf8()).unwrap_or(rest),
        };
        offset += utf16_len(piece);
        before = piece.chars().next_back().unwrap_or(first);
        rest = rest.strip_prefix(piece).unwrap_or_default();
    }
    found
}

/// The text that `entity` covers.
pub(super) fn covered(text: &str, entity: &Value) -> Option<String> {
    let offset = usize::try_from(entity["offset"].as_i64()?).ok()?;
    let length = usize::try_from(entity["length"].as_i64()?).ok()?;
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(units.get(offset..offset.checked_add(length)?)?).ok()
}

/// The entities of an outgoing text as Telegram keeps them, or why it will not have them.
pub(super) fn checked(text: &str, entities: Option<Value>) -> Result<Vec<Value>, Refusal> {
    let Some(entities) = entities else {
        return Ok(found_in(text));
    };
    let Value::Array(entities) = entities else {
        return Ok(Vec::new());
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    for entity in &entities {
        check_bounds(&units, entity)?;
    }
    check_nesting(&entities)?;
    Ok(entities
        .into_iter()
        .filter(|entity| entity["length"] != 0)
        .take(MOST)
        .collect())
}

fn entity_at(rest: &str, before: char) -> Option<(&'static str, &str)> {
    if is_word(before) {
        return None;
    }
    let first = rest.chars().next()?;
    match first {
        '/' if !matches!(before, '/' | '<' | '>') => {
            command(rest).map(|piece| ("bot_command", piece))
        }
        '@' => name(rest, 2, 32).map(|piece| ("mention", piece)),
        '#' => {
            let piece = beginning(rest, 1, is_word);
            (piece.len() > 1).then_some(("hashtag", piece))
        }
        'h' if rest.starts_with("https://") || rest.starts_with("http://") => {
            let piece = rest.split(char::is_whitespace).next()?;
            Some((
                "url",
                piece.trim_end_matches(['.', ',', ')', '!', '?', '؟', '،', '。', '，']),
            ))
        }
        _ => None,
    }
}

/// `/ask` or `/ask@some_bot` at the start of `rest`.
fn command(rest: &str) -> Option<&str> {
    let bare = beginning(rest, 1, is_ascii_word);
    if !(2..=65).contains(&bare.len()) {
        return None;
    }
    let after = rest.strip_prefix(bare)?;
    if let Some(address) = name(after, 3, 32) {
        return rest.get(..bare.len() + address.len());
    }
    let next = after.chars().next();
    next.is_none_or(|c| !is_word(c) && !matches!(c, '/' | '<' | '>'))
        .then_some(bare)
}

/// `@name` at the start of `rest`, its name of a length within the bounds.
fn name(rest: &str, least: usize, most: usize) -> Option<&str> {
    if !rest.starts_with('@') {
        return None;
    }
    let piece = beginning(rest, 1, is_ascii_word);
    let ended = rest
        .strip_prefix(piece)?
        .chars()
        .next()
        .is_none_or(|c| !is_word(c));
    (ended && (least..=most).contains(&(piece.len() - 1))).then_some(piece)
}

/// The first `skipped` bytes of `rest` and the characters after them that are `wanted`.
fn beginning(rest: &str, skipped: usize, wanted: fn(char) -> bool) -> &str {
    let tail = rest.get(skipped..).unwrap_or_default();
    let length = tail.find(|c| !wanted(c)).unwrap_or(tail.len());
    rest.get(..skipped + length).unwrap_or_default()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_ascii_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn check_bounds(units: &[u16], entity: &Value) -> Result<(), Refusal> {
    let unreadable = || {
        Refusal::bad("can't parse MessageEntity: expected an Object with type, offset and length")
    };
    let kind = entity["type"].as_str().ok_or_else(unreadable)?;
    let offset = entity["offset"].as_i64().ok_or_else(unreadable)?;
    let length = entity["length"].as_i64().ok_or_else(unreadable)?;
    if !KINDS.contains(&kind) {
        return Err(Refusal::bad(
            "can't parse MessageEntity: Unsupported type specified",
        ));
    }
    let start = usize::try_from(offset)
        .map_err(|_| Refusal::bad(format!("receive an entity with incorrect offset {offset}")))?;
    let length = usize::try_from(length)
        .map_err(|_| Refusal::bad(format!("receive an entity with incorrect length {length}")))?;
    let end = start.saturating_add(length);
    if end > units.len() {
        return Err(Refusal::bad(format!(
            "entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
        )));
    }
    for place in [start, end] {
        if units
            .get(place)
            .is_some_and(|unit| (0xDC00..0xE000).contains(unit))
        {
            return Err(Refusal::bad(format!(
                "entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol at UTF-16 offset {place}"
            )));
        }
    }
    if kind == "text_link" && entity["url"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::bad(
            "can't parse MessageEntity: Field \"url\" must be of type String",
        ));
    }
    Ok(())
}

/// Two quotations must not share a place. Telegram would mend some of these cases in silence; a bot
/// that renders quotations should not count on it.
fn check_nesting(entities: &[Value]) -> Result<(), Refusal> {
    let mut quotations: Vec<(i64, i64)> = entities
        .iter()
        .filter(|entity| {
            matches!(
                entity["type"].as_str(),
                Some("blockquote" | "expandable_blockquote")
            )
        })
        .filter_map(|entity| Some((entity["offset"].as_i64()?, entity["length"].as_i64()?)))
        .collect();
    quotations.sort_unstable();
    let nested = quotations
        .windows(2)
        .any(|pair| matches!(pair, [(at, length), (next, _)] if at + length > *next));
    if nested {
        Err(Refusal::bad(
            "can't parse entities: blockquote entities can't be nested",
        ))
    } else {
        Ok(())
    }
}

const KINDS: [&str; 20] = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];
