//! From a method's name to what the world does about it, and the methods about the bot itself: who
//! it is, its menu of commands and its descriptions.

use std::sync::Arc;

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Request;
use super::world::World;
use crate::text::char_len;

impl World {
    /// Does what `request` asks. `getUpdates` is not here: it waits, and the server does the waiting.
    pub(super) fn call(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let done = match request.method.to_ascii_lowercase().as_str() {
            "getme" => Ok(self.me()),
            "setwebhook" => self.updates.set_webhook(request),
            "deletewebhook" => Ok(self.updates.delete_webhook(request)),
            "getwebhookinfo" => Ok(self.updates.webhook_info()),
            "sendmessage" => return self.send_message(request),
            "sendrichmessage" => return self.send_rich_message(request),
            "sendchataction" => self.send_chat_action(request),
            "editmessagetext" => self.edit_message_text(request),
            "editmessagereplymarkup" => self.edit_message_reply_markup(request),
            "editephemeralmessagetext" => self.edit_ephemeral_message_text(request),
            "deleteephemeralmessage" => self.delete_ephemeral_message(request),
            "deletemessage" => self.delete_message(request),
            "answercallbackquery" => self.answer_callback_query(request),
            "answerinlinequery" => self.answer_inline_query(request),
            "answerguestquery" => self.answer_guest_query(request),
            "setmycommands" => self.set_my_commands(request),
            "getmycommands" => Ok(self.my_commands(request)),
            "deletemycommands" => {
                self.commands.remove(&scope(request));
                Ok(Value::Bool(true))
            }
            "setmydescription" => self.describe(request, "description", 512),
            "setmyshortdescription" => self.describe(request, "short_description", 120),
            "getmydescription" => Ok(self.described(request, "description")),
            "getmyshortdescription" => Ok(self.described(request, "short_description")),
            "getfile" => self.get_file(request),
            "getchat" => self.get_chat(request),
            "getchatmember" => self.get_chat_member(request),
            "getchatadministrators" => self.get_chat_administrators(request),
            "leavechat" => self.leave_chat(request),
            _ => Err(Refusal::new(404, "Not Found: method not found")),
        };
        done.map(Arc::new)
    }

    fn me(&self) -> Value {
        let mut me = self.bot();
        for (ability, has) in [
            ("can_join_groups", true),
            ("can_read_all_group_messages", self.options.reads_all),
            ("supports_inline_queries", self.options.answers_inline),
            ("supports_guest_queries", self.options.answers_guests),
            ("can_connect_to_business", false),
            ("has_main_web_app", false),
            ("has_topics_enabled", false),
            ("allows_users_to_create_topics", false),
            ("can_manage_bots", false),
        ] {
            me[ability] = has.into();
        }
        me
    }

    fn set_my_commands(&mut self, request: &Request) -> Result<Value, Refusal> {
        let commands = request.json("commands").unwrap_or_else(|| json!([]));
        let list = commands
            .as_array()
            .ok_or_else(|| Refusal::bad("expected an Array of BotCommand"))?;
        if list.len() > 100 {
            return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        for command in list {
            let name = command["command"].as_str().unwrap_or_default();
            let named = name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !named || !(1..=32).contains(&name.len()) {
                return Err(Refusal::bad("BOT_COMMAND_INVALID"));
            }
            if !(1..=256).contains(&char_len(
                command["description"].as_str().unwrap_or_default(),
            )) {
                return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
        }
        check_language(request)?;
        self.commands.insert(scope(request), commands);
        Ok(Value::Bool(true))
    }

    fn my_commands(&self, request: &Request) -> Value {
        self.commands
            .get(&scope(request))
            .cloned()
            .unwrap_or_else(|| json!([]))
    }

    fn describe(
        &mut self,
        request: &Request,
        field: &'static str,
        most: usize,
    ) -> Result<Value, Refusal> {
        let text = request.text(field);
        if char_len(text) > most {
            return Err(Refusal::bad(format!(
                "{} is too long",
                field.replace('_', " ")
            )));
        }
        check_language(request)?;
        self.descriptions.insert(
            (field, request.text("language_code").to_owned()),
            text.to_owned(),
        );
        Ok(Value::Bool(true))
    }

    fn described(&self, request: &Request, field: &'static str) -> Value {
        let mut answer = json!({});
        let key = (field, request.text("language_code").to_owned());
        answer[field] = self
            .descriptions
            .get(&key)
            .cloned()
            .unwrap_or_default()
            .into();
        answer
    }
}

/// Under what a menu is kept: its scope in one spelling, and its language.
fn scope(request: &Request) -> (String, String) {
    let scope = request
        .json("scope")
        .unwrap_or_else(|| json!({ "type": "default" }));
    (scope.to_string(), request.text("language_code").to_owned())
}

fn check_language(request: &Request) -> Result<(), Refusal> {
    let code = request.text("language_code");
    let known =
        code.is_empty() || (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()));
    if known {
        Ok(())
    } else {
        Err(Refusal::bad("BOT_COMMAND_LANGUAGE_CODE_INVALID"))
    }
}
