//! The methods that answer what waits for an answer: a tapped button, an inline query, a guest.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::keyboard;
use super::refusal::Refusal;
use super::request::Request;
use super::sending::text_content;
use super::world::{Asked, Deed, World};
use crate::text::utf16_len;

impl World {
    pub(super) fn answer_callback_query(&mut self, request: &Request) -> Result<Value, Refusal> {
        if utf16_len(request.text("text")) > 200 {
            return Err(Refusal::bad("MESSAGE_TOO_LONG"));
        }
        self.answer(request, "callback_query_id", Asked::Callback)?;
        Ok(Value::Bool(true))
    }

    pub(super) fn answer_inline_query(&mut self, request: &Request) -> Result<Value, Refusal> {
        let results = request.json("results").unwrap_or_default();
        let results = results
            .as_array()
            .ok_or_else(|| Refusal::bad("expected an Array of inline query results"))?;
        if results.len() > 50 {
            return Err(Refusal::bad("too many inline query results specified"));
        }
        if request.text("next_offset").len() > 64 {
            return Err(Refusal::bad("NEXT_OFFSET_INVALID"));
        }
        let mut ids = BTreeSet::new();
        for result in results {
            check_result(result)?;
            if !ids.insert(result["id"].as_str()) {
                return Err(Refusal::bad("RESULT_ID_DUPLICATE"));
            }
        }
        self.answer(request, "inline_query_id", Asked::Inline)?;
        Ok(Value::Bool(true))
    }

    pub(super) fn answer_guest_query(&mut self, request: &Request) -> Result<Value, Refusal> {
        check_result(&request.json("result").unwrap_or_default())?;
        let query = self.answer(request, "guest_query_id", Asked::Guest)?;
        Ok(json!({ "inline_message_id": format!("guest-{query}") }))
    }

    /// Closes the query that the request answers.
    fn answer(&mut self, request: &Request, name: &str, kind: Asked) -> Result<String, Refusal> {
        let query = request.text(name).to_owned();
        if self.open.get(&query) != Some(&kind) {
            return Err(Refusal::query_too_old());
        }
        self.open.remove(&query);
        self.deeds.push(Deed::Answered {
            query: query.clone(),
            params: request.params.clone(),
        });
        Ok(query)
    }
}

fn check_result(result: &Value) -> Result<(), Refusal> {
    if !result.is_object() {
        return Err(Refusal::bad(
            "can't parse inline query result: Inline query result must be an object",
        ));
    }
    if !(1..=64).contains(&result["id"].as_str().map_or(0, str::len)) {
        return Err(Refusal::bad("RESULT_ID_INVALID"));
    }
    if result["type"] == "article" && result["title"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::bad("RESULT_TITLE_EMPTY"));
    }
    let content = &result["input_message_content"];
    if result["type"] == "article" && !content.is_object() {
        return Err(Refusal::bad(
            "can't parse inline query result: Input message content is not specified",
        ));
    }
    if let Some(text) = content["message_text"].as_str() {
        let entities = content
            .get("entities")
            .filter(|value| !value.is_null())
            .cloned();
        text_content(
            text,
            content["parse_mode"].as_str().unwrap_or_default(),
            entities,
        )?;
    }
    keyboard::checked(
        result
            .get("reply_markup")
            .filter(|value| !value.is_null())
            .cloned(),
    )?;
    Ok(())
}
