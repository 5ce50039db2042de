//! The menus of commands: the bot's own and those that the articles' guides name.

use super::Me;
use crate::analysis::Language;
use crate::library::Library;
use crate::wording::{self, Audience, Command};

/// The most commands that Telegram takes.
const MOST: usize = 100;

/// A command that the articles' guides name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideCommand {
    /// Its name, without its slash.
    pub name: String,
    /// What the subject is called that it opens, in the order of [`Language::ALL`].
    pub title: [String; 3],
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

impl GuideCommand {
    /// Those of a library, each once; where one is the bot's own already, that one holds.
    #[must_use]
    pub fn all(library: &Library) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (_, topic) in library.topics() {
            let Some(name) = topic.command() else {
                continue;
            };
            if Command::from_name(name).is_none() && !all.iter().any(|known| known.name == name) {
                all.push(Self {
                    name: name.to_owned(),
                    title: Language::ALL.map(|language| topic.title(language).to_owned()),
                });
            }
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
    let of_guides = me.commands.iter().map(move |command| Line {
        name: command.name.clone(),
        description: wording::about(language, &command.title[language as usize]),
        quotes: true,
    });
    own.chain(of_guides).take(MOST)
}
