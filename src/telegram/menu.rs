//! The menus of commands that Telegram shows. Nothing waits for them.

use std::sync::Arc;

use teloxide::payloads::{SetMyCommands, SetMyCommandsSetters};
use teloxide::types::{BotCommand, BotCommandScope};

use super::backoff::Backoff;
use super::call::{Client, DEADLINE};
use super::clock::SystemClock;
use crate::analysis::Language;
use crate::bot::Settings;
use crate::library::Library;
use crate::wording::{self, Audience, Command};

/// The most commands that Telegram takes.
const MOST: usize = 100;

/// Sets every menu, trying again until Telegram has taken it.
pub(super) async fn set(client: Client, library: Arc<Library>) {
    for menu in menus(&library) {
        let mut backoff = Backoff::default();
        while let Err(error) = client.make(&menu, DEADLINE).await {
            let delay = error
                .retry_after()
                .unwrap_or_else(|| backoff.delay(&SystemClock));
            tracing::warn!(%error, ?delay, "the menu of commands is not set; trying again");
            tokio::time::sleep(delay).await;
        }
    }
    tracing::debug!("the menus of commands are set");
}

/// For each audience one menu a language, and one for those who use Telegram in any other.
fn menus(library: &Library) -> impl Iterator<Item = SetMyCommands> {
    Audience::ALL.into_iter().flat_map(move |audience| {
        let own = Language::ALL.into_iter().map(Some);
        own.chain([None])
            .map(move |language| menu(audience, language, library))
    })
}

/// The commands that the guides name, each once; where one is the bot's own already, that one holds.
pub(super) fn of_guides(library: &Library) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in library.topics().filter_map(|(_, topic)| topic.command()) {
        if Command::from_name(name).is_none() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn menu(audience: Audience, language: Option<Language>, library: &Library) -> SetMyCommands {
    let shown = language.unwrap_or(Settings::default().language);
    let own = Command::menu(audience)
        .map(|command| BotCommand::new(command.name(), command.description(shown)));
    let of_guides = of_guides(library).into_iter().filter_map(|name| {
        let subject = library.subjects_by_command(&name).into_iter().next()?;
        let about = wording::about(shown, subject.title(shown));
        Some(BotCommand::new(name, about))
    });
    let commands: Vec<BotCommand> = own.chain(of_guides).take(MOST).collect();
    let menu = SetMyCommands::new(commands).scope(match audience {
        Audience::Private => BotCommandScope::AllPrivateChats,
        Audience::Groups => BotCommandScope::AllGroupChats,
        Audience::Admins => BotCommandScope::AllChatAdministrators,
    });
    match language {
        Some(language) => menu.language_code(language.code()),
        None => menu,
    }
}
