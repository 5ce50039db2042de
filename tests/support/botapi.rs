//! The Bot API as data, against which every call is checked.

use std::sync::LazyLock;

use serde_json::{Map, Value};

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
