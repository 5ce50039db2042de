//! The menus of commands that Telegram shows. Nothing waits for them.

use std::sync::Arc;

use teloxide::payloads::{SetMyCommands, SetMyCommandsSetters};
use teloxide::types::{BotCommand, BotCommandScope, ChatId, Recipient};
use tokio::sync::watch;

use super::backoff::Backoff;
use super::call::{CallError, Client, DEADLINE};
use super::clock::SystemClock;
use crate::analysis::Language;
use crate::bot::{self, GuideCommand, Me, Settings};
use crate::library::Library;
use crate::wording::Audience;

/// Sets every menu, and again whenever the articles' guides name other commands.
pub(super) async fn keep(
    client: Client,
    mut me: Me,
    operators: Vec<i64>,
    mut library: watch::Receiver<Arc<Library>>,
) {
    let (mut set, mut serves) = (false, true);
    while serves {
        let commands = GuideCommand::all(&library.borrow_and_update());
        set &= commands == me.commands;
        me.commands = commands;
        serves = tokio::select! {
            () = set_all(&client, &me, &operators), if !set => {
                set = true;
                library.changed().await.is_ok()
            }
            changed = library.changed() => changed.is_ok(),
        };
    }
}

/// Sets every menu, trying again until Telegram has taken it.
async fn set_all(client: &Client, me: &Me, operators: &[i64]) {
    for menu in menus(me, operators) {
        let mut backoff = Backoff::default();
        while let Err(error) = client.make(&menu, DEADLINE).await {
            // An operator who has not written to the bot yet: at the next start there is a menu.
            if let CallError::Refused {
                code: 400 | 403, ..
            } = error
            {
                tracing::info!(%error, "a menu of commands is not taken");
                break;
            }
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
fn menus(me: &Me, operators: &[i64]) -> impl Iterator<Item = SetMyCommands> {
    let all = [
        (Audience::Private, BotCommandScope::AllPrivateChats),
        (Audience::Groups, BotCommandScope::AllGroupChats),
        (Audience::Admins, BotCommandScope::AllChatAdministrators),
    ];
    let own = operators.iter().map(|operator| {
        let chat_id = Recipient::Id(ChatId(*operator));
        (Audience::Operator, BotCommandScope::Chat { chat_id })
    });
    all.into_iter()
        .chain(own)
        .flat_map(move |(audience, scope)| {
            let languages = Language::ALL.into_iter().map(Some).chain([None]);
            languages.map(move |language| menu(me, audience, scope.clone(), language))
        })
}

fn menu(
    me: &Me,
    audience: Audience,
    scope: BotCommandScope,
    language: Option<Language>,
) -> SetMyCommands {
    let shown = language.unwrap_or(Settings::default().language);
    let commands =
        bot::menu(me, audience, shown).map(|line| BotCommand::new(line.name, line.description));
    let menu = SetMyCommands::new(commands).scope(scope);
    match language {
        Some(language) => menu.language_code(language.code()),
        None => menu,
    }
}
