//! The methods about a chat and those in it.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Request;
use super::room::{Kind, Standing};
use super::world::{Deed, World};

impl World {
    pub(super) fn get_chat(&mut self, request: &Request) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let room = self.room_of(request)?;
        if room.standing(bot) == Standing::Kicked && room.kind != Kind::Private {
            room.admit(bot)?;
        }
        let mut chat = room.json();
        chat["accent_color_id"] = 0.into();
        chat["max_reaction_count"] = 11.into();
        chat["accepted_gift_types"] = json!({
            "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
            "premium_subscription": false, "gifts_from_channels": false,
        });
        if let Some(linked) = room.linked {
            chat["linked_chat_id"] = linked.into();
        }
        Ok(chat)
    }

    pub(super) fn get_chat_member(&mut self, request: &Request) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let user = request
            .integer("user_id")
            .ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
        let room = self.room_of(request)?;
        room.admit(bot)?;
        let standing = room.standing(user);
        if user == bot {
            return Ok(standing.json(&self.bot()));
        }
        let member = self
            .people
            .get(&user)
            .ok_or_else(|| Refusal::bad("PARTICIPANT_ID_INVALID"))?;
        Ok(standing.json(member))
    }

    pub(super) fn get_chat_administrators(&mut self, request: &Request) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let room = self.room_of(request)?;
        room.admit(bot)?;
        if room.kind == Kind::Private {
            return Err(Refusal::bad(
                "there are no administrators in the private chat",
            ));
        }
        let admins: Vec<(i64, Standing)> = room
            .members
            .iter()
            .map(|(user, standing)| (*user, *standing))
            .filter(|(_, standing)| standing.is_admin())
            .collect();
        Ok(admins
            .into_iter()
            .map(|(user, standing)| {
                standing.json(&if user == bot {
                    self.bot()
                } else {
                    self.person(user)
                })
            })
            .collect())
    }

    pub(super) fn leave_chat(&mut self, request: &Request) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let room = self.room_of(request)?;
        room.admit(bot)?;
        if room.kind == Kind::Private {
            return Err(Refusal::bad("chat not found"));
        }
        let chat = room.id;
        let by = self.bot();
        self.set_standing(chat, bot, Standing::Left, &by);
        self.deeds.push(Deed::Left(chat));
        Ok(Value::Bool(true))
    }
}
