//! The check of an inline keyboard: what Telegram refuses in a button.

use serde_json::Value;

use super::refusal::Refusal;
use crate::text::utf16_len;

/// What a button can do; each does exactly one thing.
const DEEDS: [&str; 11] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
];

/// The keyboard as it is kept: none where it has no button.
pub(super) fn checked(markup: Option<Value>) -> Result<Option<Value>, Refusal> {
    let Some(markup) = markup else {
        return Ok(None);
    };
    if markup.get("inline_keyboard").is_none() {
        let other = ["keyboard", "remove_keyboard", "force_reply"]
            .iter()
            .any(|name| markup.get(name).is_some());
        return if other {
            Ok(None)
        } else {
            Err(Refusal::bad("object expected as reply markup"))
        };
    }
    let rows = markup["inline_keyboard"]
        .as_array()
        .ok_or_else(|| Refusal::bad("field \"inline_keyboard\" must be an Array of Arrays"))?;
    let mut count = 0;
    for row in rows {
        let row = row
            .as_array()
            .ok_or_else(|| Refusal::bad("field \"inline_keyboard\" must be an Array of Arrays"))?;
        count += row.len();
        row.iter().try_for_each(check_button)?;
    }
    match count {
        0 => Ok(None),
        1..=100 => Ok(Some(markup)),
        _ => Err(Refusal::bad("reply markup is too long")),
    }
}

fn check_button(button: &Value) -> Result<(), Refusal> {
    if button["text"]
        .as_str()
        .is_none_or(|text| text.trim().is_empty())
    {
        return Err(Refusal::bad(
            "can't parse inline keyboard button: Field \"text\" must be of type String",
        ));
    }
    match DEEDS
        .iter()
        .filter(|deed| button.get(**deed).is_some())
        .count()
    {
        0 => {
            return Err(Refusal::bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            ));
        }
        1 => {}
        _ => return Err(Refusal::bad("BUTTON_TYPE_INVALID")),
    }
    if let Some(data) = button.get("callback_data") {
        let bytes = data.as_str().map_or(0, str::len);
        if !(1..=64).contains(&bytes) {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
    }
    if let Some(copied) = button.get("copy_text") {
        let units = copied["text"].as_str().map_or(0, utf16_len);
        if !(1..=256).contains(&units) {
            return Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID"));
        }
    }
    match button
        .get("url")
        .map(|url| url.as_str().unwrap_or_default())
    {
        Some(url) => check_url(url),
        None => Ok(()),
    }
}

/// What Telegram's server wants of an address: no host without a dot.
fn check_url(url: &str) -> Result<(), Refusal> {
    let invalid = |why: &str| {
        Err(Refusal::bad(format!(
            "inline keyboard button URL '{url}' is invalid: {why}"
        )))
    };
    let (protocol, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match protocol {
        "tg" | "ton" => Ok(()),
        "http" | "https" if host.contains('.') || host.starts_with('[') => Ok(()),
        "http" | "https" => invalid("Wrong HTTP URL"),
        _ => invalid("Unsupported URL protocol"),
    }
}
