//! The menus of commands: the bot's own and those that the articles' guides name; and the guides'
//! topics, of which some have a command.

use super::Me;
use crate::analysis::Language;
use crate::library::Library;
use crate::wording::{self, Audience, Command};

/// The most commands that Telegram takes.
const MOST: usize = 100;

/// A topic of the articles' guides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideTopic {
    /// Its key.
    pub key: u64,
    /// What it is called, in the order of [`Language::ALL`].
    pub title: [String; 3],
    /// The command that opens it, without its slash; none where another has that name.
    pub command: Option<String>,
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The command, without its slash.
    pub name: String,
    /// What stands beside it.
    pub description: String,
    /// Whether it is answered with the article's words, and so may be for the asker alone.
    pub quotes: bool,
}

impl GuideTopic {
    /// Those of a library. Of several with one command the first has it, and before all the bot itself.
    #[must_use]
    pub fn all(library: &Library) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (_, topic) in library.topics() {
            let free = |name: &&str| {
                let taken = all.iter().any(|it| it.command.as_deref() == Some(*name));
                Command::from_name(name).is_none() && !taken
            };
            all.push(Self {
                key: topic.key(),
                title: Language::ALL.map(|language| topic.title(language).to_owned()),
                command: topic.command().filter(free).map(str::to_owned),
            });
        }
        all
    }
}

/// An audience's menu.
pub fn menu(me: &Me, audience: Audience, language: Language) -> impl Iterator<Item = Line> {
    let own = Command::menu(audience).map(move |command| Line {
        name: command.name().to_owned(),
        description: command.description(language).to_owned(),
        quotes: matches!(command, Command::Ask | Command::Topics),
    });
    let of_guides = me.topics.iter().filter_map(move |topic| {
        Some(Line {
            name: topic.command.clone()?,
            description: wording::about(language, &topic.title[language as usize]),
            quotes: true,
        })
    });
    own.chain(of_guides).take(MOST)
}
