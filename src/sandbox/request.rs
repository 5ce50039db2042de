//! What the bot sent: a method with its parameters, read as leniently as Telegram reads them (a
//! number may come as a string, an object as JSON text), from JSON or from either kind of form.

use std::borrow::Cow;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// One call of the Bot API.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method as the caller spelled it.
    pub method: String,
    /// Its parameters, always an object.
    pub params: Value,
    /// When it came.
    pub at: SystemTime,
}

impl Request {
    pub(super) fn new(method: &str, content_type: &str, body: &[u8]) -> Result<Self, Refusal> {
        Ok(Self {
            method: method.to_owned(),
            params: Value::Object(read(content_type, body)?),
            at: SystemTime::now(),
        })
    }

    /// The number in `chat_id`, where there is one.
    #[must_use]
    pub fn chat(&self) -> Option<i64> {
        self.integer("chat_id")
    }

    /// The parameter, where it was given and is not null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.params.get(name).filter(|value| !value.is_null())
    }

    /// A text parameter; empty where it was not given.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// An integer parameter, also where it was written as text.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// A truth parameter, also where it was written as text.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value == &Value::Bool(true) || value == "true" || value == "True")
    }

    /// An object or array parameter, also where it was written as JSON text.
    pub(super) fn json(&self, name: &str) -> Option<Value> {
        let value = self.get(name)?;
        match value.as_str() {
            Some(text) => serde_json::from_str(text).ok(),
            None => Some(value.clone()),
        }
    }
}

fn read(content_type: &str, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if let Some(boundary) = content_type
        .strip_prefix("multipart/form-data")
        .and_then(boundary)
    {
        return Ok(multipart(&boundary, body));
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        let fields = form_urlencoded::parse(body);
        let field = |(name, content): (Cow<str>, Cow<str>)| (name.into_owned(), typed(&content));
        return Ok(fields.map(field).collect());
    }
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body)
        .map_err(|_| Refusal::bad("can't parse the request: it is neither JSON nor a form"))
}

fn boundary(parameters: &str) -> Option<String> {
    let value = parameters
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?;
    Some(value.trim_matches('"').to_owned())
}

/// The fields of a form. Files come as their text; nothing that is served here takes a file.
fn multipart(boundary: &str, body: &[u8]) -> Map<String, Value> {
    let body = String::from_utf8_lossy(body);
    body.split(&format!("--{boundary}"))
        .filter_map(|part| {
            let (head, content) = part.split_once("\r\n\r\n")?;
            let (_, name) = head.split_once("name=\"")?;
            let (name, _) = name.split_once('"')?;
            Some((
                name.to_owned(),
                typed(content.strip_suffix("\r\n").unwrap_or(content)),
            ))
        })
        .collect()
}

/// A form field as the JSON it would have been, so that requests read alike.
fn typed(content: &str) -> Value {
    serde_json::from_str(content).unwrap_or_else(|_| Value::from(content))
}
