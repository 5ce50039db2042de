//! Whatever Telegram or somebody in its place delivers: it is read, one message leads to one message
//! at most, every tap is answered, only administrators change a group's settings, and whatever is
//! called the Bot API knows.

use std::sync::LazyLock;

use iqtibas::bot::{self, Call, Effect, Event, GuideTopic, Known, Me, Remembered, Settings};
use iqtibas::render::MAX_UNITS;
use iqtibas::telegram::intake;
use iqtibas::text::utf16_len;
use serde_json::{Value, json};

use super::LIBRARIES;

#[path = "../botapi.rs"]
mod botapi;

/// Updates of one conversation are so many at most.
const MOST: usize = 16;
const NOW: i64 = 1_800_000_000_000;
const ME: i64 = 42;
/// The administrator, who is the operator too, and a member.
const ADMIN: i64 = 5;
const MEMBER: i64 = 6;
const GROUP: i64 = -1_001_234_567_890;

/// The bot without its edges: what it keeps and what it sends stays here.
#[derive(Clone)]
struct Bot {
    me: Me,
    settings: Settings,
    memory: Remembered,
    now: i64,
    /// The chats and numbers of the messages that it has sent.
    sent: Vec<(i64, i64)>,
}

/// A conversation: JSON texts, one after the other; it ends with the first that is none.
pub(crate) fn holds(bytes: &[u8]) {
    let mut bot = Bot::new();
    let updates = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    for update in updates.map_while(Result::ok).take(MOST) {
        bot.hears(&update);
    }
}

/// Taps, one a line: a letter that says who taps where, then what the button is said to hold.
pub(crate) fn holds_for_taps(bytes: &[u8]) {
    let mut bot = AT_WORK.clone();
    for line in bytes.split(|it| *it == b'\n').take(MOST) {
        if let [place, data @ ..] = line {
            let data = String::from_utf8_lossy(data);
            let place = usize::from(place.wrapping_sub(b'a'));
            bot.hears(&bot.tap(place, &data));
        }
    }
}

/// After it has answered, shown its settings, its reports and its subjects, in direct messages, in
/// a group, and to one member alone.
static AT_WORK: LazyLock<Bot> = LazyLock::new(|| {
    let mut bot = Bot::new();
    let mut number = 100;
    for chat in [ADMIN, GROUP] {
        for text in [
            "/ask بكم انخفض سهم Nvidia؟",
            "/settings",
            "/report",
            "/topics",
            "/article",
        ] {
            number += 1;
            bot.hears(&written(chat, number, text));
        }
    }
    // In the group's settings the second choice of who sees answers: the asker alone.
    bot.hears(&bot.tap(2 * 6, "1s1.1"));
    bot.hears(&written(GROUP, number + 1, "/ask 英伟达为什么下跌？"));
    assert!(bot.sent.len() == 11, "{:?}", bot.sent);
    bot
});

fn written(chat: i64, number: i64, text: &str) -> Value {
    let kind = if chat > 0 { "private" } else { "supergroup" };
    json!({"update_id": number, "message": {
        "message_id": number, "date": NOW / 1000, "text": text,
        "chat": {"id": chat, "type": kind},
        "from": {"id": ADMIN, "is_bot": false, "language_code": "en"}}})
}

impl Bot {
    fn new() -> Self {
        Self {
            me: Me {
                id: ME,
                username: "iqtibas_bot".to_owned(),
                reads_all: true,
                topics: GuideTopic::all(&LIBRARIES[0]),
            },
            settings: Settings {
                operators: vec![ADMIN],
                ..Settings::default()
            },
            memory: Remembered::default(),
            now: NOW,
            sent: Vec::new(),
        }
    }

    /// A tap below one of the messages sent, or below one inserted elsewhere.
    fn tap(&self, place: usize, data: &str) -> Value {
        let user = if place.is_multiple_of(2) {
            ADMIN
        } else {
            MEMBER
        };
        let mut query = json!({"id": "q", "from": {"id": user}, "data": data});
        match self.sent.get(place / 2) {
            Some((chat, number)) => {
                let kind = if *chat > 0 { "private" } else { "supergroup" };
                query["message"] = json!({"chat": {"id": chat, "type": kind}});
                // Those that one member sees are numbered apart.
                let field = if place / 2 + 1 == self.sent.len() {
                    "ephemeral_message_id"
                } else {
                    "message_id"
                };
                query["message"][field] = json!(number);
            }
            None => query["inline_message_id"] = json!("m"),
        }
        json!({"update_id": self.now, "callback_query": query})
    }

    fn hears(&mut self, update: &Value) {
        let taken = intake::read(update, self.now);
        assert_eq!(taken.update, *update);
        assert_eq!(taken.identity, intake::read(update, 0).identity);
        let event = Event::read(update);
        let actions = self.known(|known| bot::decide(&event, known));
        assert!(actions.len() <= 1);
        if !actions.is_empty() {
            assert!(self.known(|known| bot::wants(&event, known)));
        }
        let mut done = Vec::new();
        for action in actions {
            if action.depends_on().is_some() {
                let refused = self.respond(&action.clone().settled(false));
                judge(&event, &refused);
                assert!(!refused.iter().any(keeps_settings), "a member changed them");
            }
            done.extend(self.respond(&action.settled(true)));
        }
        judge(&event, &done);
        for effect in &done {
            self.memory.apply(effect);
            if let Effect::Call(call) = effect
                && let Some(note) = &call.note
            {
                let number = i64::try_from(self.sent.len()).expect("few") + 1;
                self.sent.push((note.id.chat, number));
                for note in call.kept(number) {
                    self.memory.keep(note);
                }
            }
        }
        self.now += 2000;
    }

    fn respond(&self, action: &bot::Action) -> Vec<Effect> {
        self.known(|known| bot::respond(action, &LIBRARIES[0], known))
            .expect("the segments can be read")
    }

    fn known<T>(&self, then: impl FnOnce(&Known<'_>) -> T) -> T {
        then(&Known {
            me: &self.me,
            settings: &self.settings,
            memory: &self.memory,
            now: self.now,
        })
    }
}

fn keeps_settings(effect: &Effect) -> bool {
    matches!(effect, Effect::Keep(note) if note.id.kind == "settings")
}

fn judge(event: &Event, effects: &[Effect]) {
    let calls: Vec<&Call> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Call(call) => Some(call),
            _ => None,
        })
        .collect();
    let count = |method: &str| calls.iter().filter(|it| it.method == method).count();
    assert!(count("sendMessage") <= 1, "one message in, one out");
    let tapped = match event {
        Event::Tap(tap) => Some(&tap.query),
        Event::TapElsewhere(tap) => Some(&tap.query),
        _ => None,
    };
    assert_eq!(count("answerCallbackQuery"), usize::from(tapped.is_some()));
    for call in calls {
        fits(call);
    }
}

/// The Bot API takes the call, and what is called in its place.
fn fits(call: &Call) {
    let body = Value::Object(call.body.clone());
    if let Err(wrong) = botapi::conforms(&call.method, &body) {
        panic!("{wrong}");
    }
    assert!(!call.body.contains_key("parse_mode"), "nothing is parsed");
    if let Some(text) = call.body.get("text").and_then(Value::as_str) {
        let most = if call.method == "answerCallbackQuery" {
            200
        } else {
            MAX_UNITS
        };
        let units = utf16_len(text);
        assert!((1..=most).contains(&units), "{units} units");
        for entity in call
            .body
            .get("entities")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let number = |key| entity[key].as_u64().expect("a number");
            assert!(number("length") > 0);
            assert!(number("offset") + number("length") <= units as u64);
        }
    }
    let rows = body["reply_markup"]["inline_keyboard"].as_array();
    for button in rows
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
    {
        if let Some(data) = button["callback_data"].as_str() {
            assert!((1..=64).contains(&data.len()), "{data}");
        }
    }
    if let Some(other) = &call.fallback {
        fits(other);
    }
}
