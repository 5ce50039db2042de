//! The menus of commands that Telegram shows. Nothing waits for them.

use teloxide::payloads::{SetMyCommands, SetMyCommandsSetters};
use teloxide::types::{BotCommand, BotCommandScope};

use super::backoff::Backoff;
use super::call::{Client, DEADLINE};
use super::clock::SystemClock;
use crate::analysis::Language;
use crate::bot::{self, Me, Settings};
use crate::wording::Audience;

/// Sets every menu, trying again until Telegram has taken it.
pub(super) async fn set(client: Client, me: Me) {
    for menu in menus(&me) {
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
fn menus(me: &Me) -> impl Iterator<Item = SetMyCommands> {
    Audience::ALL.into_iter().flat_map(move |audience| {
        let own = Language::ALL.into_iter().map(Some);
        own.chain([None])
            .map(move |language| menu(me, audience, language))
    })
}

fn menu(me: &Me, audience: Audience, language: Option<Language>) -> SetMyCommands {
    let shown = language.unwrap_or(Settings::default().language);
    let commands =
        bot::menu(me, audience, shown).map(|line| BotCommand::new(line.name, line.description));
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
