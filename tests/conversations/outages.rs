//! What must outlive a fault, a flood or a restart, and what must not come twice.

use std::time::{Duration, Instant};

use iqtibas::sandbox::{Fault, Sandbox, Standing};
use iqtibas::store::{BACKLOG, Durability, StatePlace, Store};
use iqtibas::telegram::Webhook;
use serde_json::json;
use tempfile::TempDir;

use super::{Stage, refusal, sandbox};
use crate::support;

const QUESTION: &str = "بكم انخفض سهم Nvidia؟";

/// A state on disk, as an operator has it.
struct State(TempDir);

impl State {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn place(&self) -> StatePlace {
        StatePlace {
            file: self.0.path().join("iqtibas.db"),
            key: self.0.path().join("iqtibas.key"),
            database: None,
        }
    }

    /// The state once the process before has let it go.
    async fn open(&self) -> Store {
        for _ in 0..100 {
            let store = Store::open(&self.place(), Durability::Process).expect("it opens");
            if let Some(store) = store {
                return store;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("somebody still holds the state");
    }
}

/// Ends the bot as `kill -9` does, as far as one process can do it to a part of itself.
async fn dies(stage: Stage) -> Sandbox {
    stage.bot.abort();
    _ = stage.bot.await;
    stage.sandbox
}

#[tokio::test]
async fn a_chat_waits_out_its_flood_limit_across_a_restart() {
    let (sandbox, disk) = (sandbox().await, State::new());
    let sara = sandbox.person("سارة");
    let flood = Fault::TooManyRequests { retry_after: 3 }.at("sendMessage");
    sandbox.fail(flood);
    let stage = Stage::with(sandbox, disk.open().await);
    let asked = sara.writes(QUESTION);
    stage
        .sandbox
        .request("sendMessage", 0)
        .await
        .expect("a try");
    let told = Instant::now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let sandbox = stage.close().await;
    let stage = Stage::with(sandbox, disk.open().await);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    assert!(told.elapsed() >= Duration::from_millis(2500));
    sara.hears_nothing().await;
    stage.close().await;
}

#[tokio::test]
async fn when_many_chats_are_told_to_wait_all_do() {
    let stage = Stage::open().await;
    let people: Vec<_> = (0..8)
        .map(|number| stage.sandbox.person(&format!("P{number}")))
        .collect();
    let flood = Fault::TooManyRequests { retry_after: 2 }.at("sendMessage");
    stage.sandbox.fail(flood.times(4));
    for person in &people[..4] {
        person.writes(QUESTION);
    }
    stage
        .sandbox
        .request("sendMessage", 3)
        .await
        .expect("tries");
    let told = Instant::now();
    tokio::time::sleep(Duration::from_millis(100)).await;
    people[7].writes(QUESTION);
    people[7].hears().await;
    assert!(told.elapsed() >= Duration::from_millis(1500));
    for person in &people[..4] {
        person.hears().await;
    }
    stage.close().await;
}

#[tokio::test]
async fn an_answer_that_was_not_sent_is_sent_after_the_restart() {
    let (sandbox, disk) = (sandbox().await, State::new());
    let sara = sandbox.person("سارة");
    sandbox.fail(Fault::Silence.at("sendMessage"));
    let stage = Stage::with(sandbox, disk.open().await);
    let asked = sara.writes(QUESTION);
    stage
        .sandbox
        .request("sendMessage", 0)
        .await
        .expect("a try");
    let sandbox = dies(stage).await;
    let stage = Stage::with(sandbox, disk.open().await);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    sara.hears_nothing().await;
    stage.close().await;
}

#[tokio::test]
async fn one_update_fifty_times_and_again_after_a_restart_is_one_answer() {
    let (sandbox, disk) = (sandbox().await, State::new());
    let sara = sandbox.person("سارة");
    let asked = sara.writes(QUESTION);
    let update = json!({"message": asked.json()});
    for _ in 0..50 {
        sandbox.push(update.clone());
    }
    let stage = Stage::with(sandbox, disk.open().await);
    sara.hears().await;
    sara.hears_nothing().await;
    let sandbox = stage.close().await;
    sandbox.push(update);
    let stage = Stage::with(sandbox, disk.open().await);
    sara.hears_nothing().await;
    stage.close().await;
}

#[tokio::test]
async fn who_floods_is_told_once_and_keeps_nobody_waiting() {
    let stage = Stage::open().await;
    let (loud, sara) = (stage.sandbox.person("loud"), stage.sandbox.person("سارة"));
    // The first answer hangs, so that what comes meanwhile has to wait.
    let slow = Fault::Delay(Duration::from_secs(2)).at("sendMessage");
    stage.sandbox.fail(slow.in_chat(loud.id()));
    let flood = usize::try_from(BACKLOG).expect("a number") + 300;
    for _ in 0..flood {
        loud.writes("/privacy");
    }
    let asked = Instant::now();
    sara.writes(QUESTION);
    sara.hears().await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{asked:?}");
    let mut notices = 0;
    let mut answers = 0;
    loop {
        let message = loud.hears().await;
        if message.text().contains("/ask") || message.text().contains("/forget") {
            answers += 1;
        } else {
            notices += 1;
        }
        if notices > 0 {
            break;
        }
    }
    assert!((BACKLOG..=BACKLOG + 110).contains(&answers), "{answers}");
    loud.hears_nothing().await;
    // Later he is served as everybody.
    loud.writes(QUESTION);
    loud.hears().await;
    stage.close().await;
}

#[tokio::test]
async fn who_unblocks_the_bot_is_answered_again() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    sara.writes("/help");
    sara.hears().await;
    sara.blocks();
    sara.unblocks();
    sara.writes(QUESTION);
    sara.hears().await;
    stage.close().await;
}

#[tokio::test]
async fn where_it_may_not_write_it_is_quiet_until_it_may() {
    let stage = Stage::open().await;
    let (sara, admin) = (stage.sandbox.person("سارة"), stage.sandbox.person("Admin"));
    let group = stage.sandbox.supergroup("قرّاء");
    stage.sandbox.fail(
        refusal(
            400,
            "Bad Request: not enough rights to send text messages to the chat",
        )
        .at("sendMessage"),
    );
    group.says(&sara, &format!("/ask {QUESTION}"));
    group.says(&sara, &format!("/ask {QUESTION}"));
    group.stays_quiet().await;
    assert_eq!(stage.sandbox.requests_of("sendMessage").len(), 1);
    group.puts_bot(&admin, Standing::Administrator);
    group.says(&sara, &format!("/ask {QUESTION}"));
    group.hears().await;
    stage.close().await;
}

#[tokio::test]
async fn slow_mode_delays() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let group = stage.sandbox.supergroup("قرّاء");
    let slow = refusal(400, "Bad Request: SLOWMODE_WAIT_1").at("sendMessage");
    stage.sandbox.fail(slow);
    let asked = Instant::now();
    group.says(&sara, &format!("/ask {QUESTION}"));
    group.hears().await;
    assert!(asked.elapsed() >= Duration::from_secs(1));
    stage.close().await;
}

#[tokio::test]
async fn what_is_owed_to_a_group_goes_to_its_supergroup_once() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let group = stage.sandbox.group("قرّاء");
    stage.sandbox.fail(
        Fault::TooManyRequests { retry_after: 1 }
            .at("sendMessage")
            .in_chat(group.id()),
    );
    group.says(&sara, &format!("/ask {QUESTION}"));
    stage
        .sandbox
        .request("sendMessage", 0)
        .await
        .expect("a try");
    let supergroup = group.becomes_supergroup(&sara);
    supergroup.hears().await;
    supergroup.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn a_topic_that_was_closed_is_not_answered_in_another() {
    let (sandbox, disk) = (sandbox().await, State::new());
    let sara = sandbox.person("سارة");
    let forum = sandbox.forum("قرّاء");
    let topic = forum.topic("DeepSeek", &sara);
    topic.says(&sara, &format!("/ask {QUESTION}"));
    topic.closes();
    let stage = Stage::with(sandbox, disk.open().await);
    topic.stays_quiet().await;
    forum.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn while_nothing_can_be_stored_nothing_is_confirmed() {
    let (sandbox, disk) = (sandbox().await, State::new());
    let sara = sandbox.person("سارة");
    let stage = Stage::with(sandbox, disk.open().await);
    sara.writes("/help");
    sara.hears().await;
    let holder = rusqlite::Connection::open(disk.place().file).expect("it opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    let asked = sara.writes(QUESTION);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(stage.sandbox.pending(), 1);
    holder.execute_batch("ROLLBACK").expect("it ends");
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    stage.close().await;
}

#[tokio::test]
async fn updates_come_by_webhook_too_and_only_from_telegram() {
    let sandbox = sandbox().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let url = format!("http://{address}/iqtibas");
    let webhook = Webhook::new(&url, address, "a-secret").expect("a webhook");
    let store = Store::in_memory().expect("memory");
    let sara = sandbox.person("سارة");
    let stage = Stage::configured(sandbox, store, Some(webhook));
    let asked = sara.writes(QUESTION);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    let forged = json!({"update_id": 1, "message": asked.json()}).to_string();
    let refused = support::post(&url, "application/json", forged).await;
    assert_eq!(refused.expect("an answer").status, 401);
    sara.hears_nothing().await;
    let sandbox = stage.close().await;
    // It stays set: Telegram keeps what comes for the next run.
    assert_eq!(sandbox.requests_of("setWebhook").len(), 1);
    assert_eq!(sandbox.requests_of("deleteWebhook").len(), 0);
    assert_eq!(sandbox.requests_of("getUpdates").len(), 0);
}

#[tokio::test]
async fn who_asks_to_be_forgotten_is() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("Sara").speaking("en");
    sara.writes("/forget");
    assert!(sara.hears().await.text().contains("forgotten"));
    sara.writes("How far did Nvidia fall?");
    sara.hears().await;
    stage.close().await;
}

#[tokio::test]
async fn a_token_refused_at_a_send_ends_the_bot_and_the_answer_waits_for_the_next() {
    let (sandbox, disk) = (sandbox().await, State::new());
    let sara = sandbox.person("سارة");
    sandbox.fail(Fault::Unauthorized.at("sendMessage"));
    let stage = Stage::with(sandbox, disk.open().await);
    let asked = sara.writes(QUESTION);
    let ended = stage.bot.await.expect("it does not panic");
    let error = format!("{:#}", ended.expect_err("it ends"));
    assert!(error.contains("Telegram refuses the token"), "{error}");
    let stage = Stage::with(stage.sandbox, disk.open().await);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    stage.close().await;
}
