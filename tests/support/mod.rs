//! What tests need besides the sandbox: the Bot API as data, against which every request is checked,
//! and a client that calls the sandbox as a bot would.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::LazyLock;

use iqtibas::sandbox::Sandbox;
use serde_json::{Map, Value};
use teloxide::net::default_reqwest_settings;

/// Methods and objects that a bot may send, with the type of every field. A type is the name of a
/// primitive or an object, `[type]` for an array, `{"any_of": [...]}`, or `{"string": [...]}` and
/// `{"integer": [...]}` with the values allowed.
static API: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/botapi.json")).expect("the Bot API's data is JSON")
});

/// Whether the Bot API has `method` and it takes `params`; else what is wrong, and where.
pub(crate) fn conforms(method: &str, params: &Value) -> Result<(), String> {
    let methods = API["methods"].as_object().expect("the data lists methods");
    let (name, fields) = methods
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(method))
        .ok_or_else(|| format!("{method}: no such method"))?;
    check_fields(params, fields, name)
}

/// Checks every request the sandbox has seen.
///
/// # Panics
/// With everything that is wrong.
pub(crate) fn all_conform(sandbox: &Sandbox) {
    let wrong: Vec<String> = sandbox
        .requests()
        .iter()
        .filter_map(|request| conforms(&request.method, &request.params).err())
        .collect();
    assert!(
        wrong.is_empty(),
        "the bot sent what the Bot API does not know:\n{}",
        wrong.join("\n")
    );
}

fn check_fields(value: &Value, fields: &Value, place: &str) -> Result<(), String> {
    let none = Map::new();
    let fields = fields.as_object().unwrap_or(&none);
    let given = value
        .as_object()
        .ok_or_else(|| format!("{place}: not an object: {value}"))?;
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let field = fields
            .get(name)
            .ok_or_else(|| format!("{place}: no such field: {name}"))?;
        check_type(value, &field["type"], &format!("{place}.{name}"))?;
    }
    let missing = fields.iter().find(|(name, field)| {
        field["required"] == true && given.get(*name).is_none_or(Value::is_null)
    });
    missing.map_or(Ok(()), |(name, _)| {
        Err(format!("{place}: {name} is missing"))
    })
}

fn check_type(value: &Value, wanted: &Value, place: &str) -> Result<(), String> {
    let wrong = || Err(format!("{place}: {wanted} wanted, not {value}"));
    match wanted {
        Value::String(name) => match name.as_str() {
            "integer" if value.is_i64() => Ok(()),
            "float" if value.is_number() => Ok(()),
            "string" if value.is_string() => Ok(()),
            "bool" if value.is_boolean() => Ok(()),
            "integer" | "float" | "string" | "bool" => wrong(),
            object => check_object(value, object, place),
        },
        Value::Array(item) => {
            let Some(values) = value.as_array() else {
                return wrong();
            };
            let each = |(at, value)| check_type(value, &item[0], &format!("{place}[{at}]"));
            values.iter().enumerate().try_for_each(each)
        }
        Value::Object(choice) => match choice.get("any_of").and_then(Value::as_array) {
            Some(types) => check_union(value, types, place),
            None if choice
                .values()
                .filter_map(Value::as_array)
                .any(|allowed| allowed.contains(value)) =>
            {
                Ok(())
            }
            None => wrong(),
        },
        _ => wrong(),
    }
}

fn check_object(value: &Value, name: &str, place: &str) -> Result<(), String> {
    let object = &API["objects"][name];
    match object["any_of"].as_array() {
        Some(types) => check_union(value, types, place),
        None => check_fields(value, &object["fields"], &format!("{place}: {name}")),
    }
}

/// One of the types must do. Where none does, the one whose `type` it bears says why.
fn check_union(value: &Value, types: &[Value], place: &str) -> Result<(), String> {
    if types
        .iter()
        .any(|wanted| check_type(value, wanted, place).is_ok())
    {
        return Ok(());
    }
    let meant = types.iter().filter(|_| value.is_object()).find(|wanted| {
        let field = &API["objects"][wanted.as_str().unwrap_or_default()]["fields"]["type"]["type"]
            ["string"];
        field
            .as_array()
            .is_some_and(|allowed| allowed.contains(&value["type"]))
    });
    match meant {
        Some(wanted) => check_type(value, wanted, place),
        None => Err(format!(
            "{place}: none of {} is {value}",
            Value::from(types.to_vec())
        )),
    }
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// The body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    /// The result of a call that succeeded.
    pub(crate) fn result(&self) -> Value {
        let json = self.json();
        assert_eq!(json["ok"], true, "refused: {json}");
        json["result"].clone()
    }

    /// The description of a call that was refused.
    pub(crate) fn refusal(&self) -> String {
        let json = self.json();
        assert_eq!(
            (json["ok"].as_bool(), json["error_code"].as_u64()),
            (Some(false), Some(self.status.into()))
        );
        json["description"]
            .as_str()
            .expect("a refusal has a description")
            .to_owned()
    }
}

/// Calls `method` as a bot would; none where the connection breaks.
pub(crate) async fn try_call(sandbox: &Sandbox, method: &str, params: &Value) -> Option<Answer> {
    let url = format!("{}/bot{}/{method}", sandbox.url(), sandbox.token());
    post(&url, "application/json", params.to_string()).await
}

/// Calls `method` as a bot would.
pub(crate) async fn call(sandbox: &Sandbox, method: &str, params: Value) -> Answer {
    try_call(sandbox, method, &params)
        .await
        .expect("the sandbox answers")
}

/// Posts to any address.
pub(crate) async fn post(url: &str, content_type: &str, body: String) -> Option<Answer> {
    let client = default_reqwest_settings()
        .no_proxy()
        .build()
        .expect("a client with default settings");
    let response = client
        .post(url)
        .header("content-type", content_type)
        .body(body)
        .send()
        .await
        .ok()?;
    Some(Answer {
        status: response.status().as_u16(),
        text: response.text().await.ok()?,
    })
}
