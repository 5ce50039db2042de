//! What the sandbox says when it will not do what was asked: a code and Telegram's own words, so
//! that a bot which reads descriptions reads here what it will read in the world.

use serde_json::{Value, json};

/// An error answer of the Bot API.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    /// The HTTP status and `error_code`.
    pub(super) code: u16,
    /// The sentence with its prefix, as Telegram writes it.
    pub(super) description: String,
    /// `migrate_to_chat_id` or `retry_after`, where there is one.
    pub(super) parameters: Option<Value>,
}

impl Refusal {
    /// Any code with any words.
    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            parameters: None,
        }
    }

    /// 400, with its prefix.
    pub(super) fn bad(reason: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", reason.as_ref()))
    }

    /// 403, with its prefix.
    pub(super) fn forbidden(reason: &str) -> Self {
        Self::new(403, format!("Forbidden: {reason}"))
    }

    /// 409, with its prefix.
    pub(super) fn conflict(reason: &str) -> Self {
        Self::new(409, format!("Conflict: {reason}"))
    }

    /// 429: come back in `seconds`.
    pub(super) fn too_many(seconds: u32) -> Self {
        Self {
            parameters: Some(json!({ "retry_after": seconds })),
            ..Self::new(429, format!("Too Many Requests: retry after {seconds}"))
        }
    }

    /// The group lives on as the supergroup `chat`.
    pub(super) fn migrated(chat: i64) -> Self {
        Self {
            parameters: Some(json!({ "migrate_to_chat_id": chat })),
            ..Self::bad("group chat was upgraded to a supergroup chat")
        }
    }

    /// A callback, inline or guest query that is closed, or never was.
    pub(super) fn query_too_old() -> Self {
        Self::bad("query is too old and response timeout expired or query ID is invalid")
    }

    /// The body Telegram would send.
    pub(super) fn body(&self) -> Value {
        let mut body =
            json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        body
    }
}
