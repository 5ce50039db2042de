//! Who is on the page: three members who speak the bot's languages, their group, and questions to
//! begin with.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::deed::Place;
use crate::analysis::Language;
use crate::answer::Verdict;
use crate::library::{Context, Library};
use crate::sandbox::{Chat, Options, Person, Sandbox, Standing};
use crate::{reader, wording};

/// Questions to begin with: on what the article claims of cost, on the crypto market, on shares. Of
/// another library those are shown that it answers.
const STARTERS: [(Language, &str); 9] = [
    (Language::Arabic, "يعني ديب سيك رخيص قديش؟"),
    (Language::Arabic, "شو صار بسوق الكريبتو؟"),
    (Language::Arabic, "كم انخفض سهم إنفيديا؟"),
    (Language::English, "Is DeepSeek really that cheap?"),
    (Language::English, "What happened to the crypto market?"),
    (Language::English, "How much did Nvidia fall?"),
    (Language::Chinese, "DeepSeek 的成本真的那么低吗？"),
    (Language::Chinese, "币圈受到影响了吗？"),
    (Language::Chinese, "英伟达跌了多少？"),
];

/// How many of a guide's questions stand in where none of those is answered.
const EXAMPLES: usize = 3;

/// The people and their chats.
pub(super) struct Cast {
    pub(super) sandbox: Sandbox,
    people: Vec<Person>,
    pub(super) group: Chat,
}

impl Cast {
    /// A new sandbox with everybody in it. The bot is in privacy mode, as every new bot is.
    pub(super) async fn gather() -> io::Result<Self> {
        let options = Options {
            reads_all: false,
            patience: Duration::from_secs(3),
            ..Options::default()
        };
        let sandbox = Sandbox::with(options).await?;
        let people = vec![
            sandbox.person("سارة").speaking("ar").named("sara"),
            sandbox.person("Adam").speaking("en").named("adam"),
            sandbox.person("小林").speaking("zh").named("xiaolin"),
        ];
        let group = sandbox.supergroup("Readers · قرّاء · 读者");
        for person in &people {
            group.puts(person, Standing::Member);
        }
        Ok(Self {
            sandbox,
            people,
            group,
        })
    }

    pub(super) fn person(&self, id: i64) -> Option<&Person> {
        self.people.iter().find(|person| person.id() == id)
    }

    /// The chat, or the topic in it.
    pub(super) fn chat(&self, place: Place) -> Option<Chat> {
        let chat = if place.chat == self.group.id() {
            self.group.clone()
        } else {
            self.person(place.chat)?.chat()
        };
        match place.topic {
            Some(topic) => chat.topic_of(topic),
            None => Some(chat),
        }
    }

    /// All that does not change.
    pub(super) fn json(&self, library: &Library) -> Value {
        let people: Vec<Value> = self.people.iter().map(Person::json).collect();
        let articles: Vec<Value> = library
            .articles()
            .iter()
            .map(|it| json!({ "title": it.title(), "language": it.language().code(), "href": format!("/{}", reader::path(it.id())) }))
            .collect();
        let mut starters = json!({});
        for language in Language::ALL {
            starters[language.code()] = starters_in(language, library).into();
        }
        json!({
            "bot": self.sandbox.bot(), "people": people, "group": self.group.id(),
            "starters": starters, "articles": articles,
        })
    }
}

fn starters_in(language: Language, library: &Library) -> Vec<&str> {
    let answered = |text: &&str| {
        let answer = library.answer(&library.question(text), Context::default());
        answer.is_ok_and(|answer| answer.verdict == Verdict::Answer)
    };
    let own: Vec<&str> = STARTERS
        .iter()
        .filter(|(of, _)| *of == language)
        .map(|(_, text)| *text)
        .filter(answered)
        .collect();
    if !own.is_empty() {
        return own;
    }
    let guided: Vec<&str> = library.examples(language).take(EXAMPLES).collect();
    if guided.is_empty() {
        vec![wording::example(language)]
    } else {
        guided
    }
}
