//! When things go wrong.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use iqtibas::sandbox::Fault;

use super::{QUESTION, Stage, refusal, sandbox};

#[tokio::test]
async fn a_send_that_fails_is_tried_again_until_it_succeeds() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    for fault in [Fault::InternalError, Fault::BadGateway, Fault::CloseBefore] {
        stage.sandbox.fail(fault.at("sendMessage"));
        let asked = sara.writes(QUESTION);
        assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    }
    sara.hears_nothing().await;
    stage.close().await;
}

#[tokio::test]
async fn an_answer_that_may_have_arrived_is_repeated_once_at_most() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    stage
        .sandbox
        .fail(Fault::CutBody.at("sendMessage").always());
    sara.writes(QUESTION);
    sara.hears().await;
    sara.hears().await;
    sara.hears_nothing().await;
    stage.close().await;
}

#[tokio::test]
async fn a_chat_that_must_wait_keeps_no_other_waiting() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
    let flood = Fault::TooManyRequests { retry_after: 2 }
        .at("sendMessage")
        .in_chat(sara.id());
    stage.sandbox.fail(flood);
    let begun = Instant::now();
    let (first, second) = (sara.writes(QUESTION), sara.writes("ماذا عن تسلا؟"));
    omar.writes(QUESTION);
    omar.hears().await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(sara.hears().await.reply_to(), Some(first.id()));
    assert!(begun.elapsed() >= Duration::from_secs(2));
    assert_eq!(sara.hears().await.reply_to(), Some(second.id()));
    stage.close().await;
}

#[tokio::test]
async fn a_question_deleted_in_a_group_is_withdrawn() {
    let sandbox = sandbox().await;
    let (sara, group) = (sandbox.person("سارة"), sandbox.supergroup("قرّاء"));
    group.deletes(&group.says(&sara, &format!("/ask {QUESTION}")));
    sara.chat().deletes(&sara.writes(QUESTION));
    let stage = Stage::on(sandbox);
    assert_eq!(sara.hears().await.reply_to(), None);
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn who_blocks_the_bot_ends_nothing() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
    stage.sandbox.fail(
        refusal(403, "Forbidden: bot was blocked by the user")
            .at("sendMessage")
            .in_chat(sara.id()),
    );
    sara.writes(QUESTION);
    omar.writes(QUESTION);
    omar.hears().await;
    sara.writes(QUESTION);
    sara.hears().await;
    stage.close().await;
}

#[tokio::test]
async fn a_telegram_that_is_down_at_the_start_is_waited_for() {
    let sandbox = sandbox().await;
    sandbox.fail(Fault::CloseBefore.at("getMe"));
    sandbox.fail(Fault::BadGateway.at("getMe"));
    sandbox.fail(Fault::InternalError.at("setMyCommands").always());
    sandbox.fail(Fault::BadGateway.at("getUpdates"));
    let sara = sandbox.person("سارة");
    sara.writes(QUESTION);
    let stage = Stage::on(sandbox);
    sara.hears().await;
    stage.close().await;
}

#[tokio::test]
async fn a_token_that_was_revoked_ends_the_bot_with_a_clear_word() {
    let stage = Stage::open().await;
    stage
        .sandbox
        .request("getUpdates", 0)
        .await
        .expect("it receives");
    stage
        .sandbox
        .fail(Fault::Unauthorized.at("getUpdates").always());
    stage.sandbox.person("سارة").writes("/start");
    let ended = stage.bot.await.expect("it does not panic");
    let error = format!("{:#} {:?}", ended.as_ref().expect_err("it ends"), ended);
    assert!(error.contains("Telegram refuses the token"), "{error}");
    assert!(!error.contains(&stage.sandbox.token()));
}

#[tokio::test]
async fn a_stop_ends_the_work_in_hand_and_leaves_nothing_to_answer_twice() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    stage
        .sandbox
        .fail(Fault::Delay(Duration::from_millis(500)).at("sendMessage"));
    sara.writes(QUESTION);
    stage
        .sandbox
        .request("sendMessage", 0)
        .await
        .expect("an answer under way");
    let sandbox = stage.close().await;
    assert_eq!(sandbox.pending(), 0);
    sara.hears().await;
    let stage = Stage::on(sandbox);
    sara.hears_nothing().await;
    stage.close().await;
}

/// Everything logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_shows_the_token_or_what_was_written() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let sandbox = sandbox().await;
    let token = sandbox.token();
    for method in ["getMe", "getUpdates", "sendMessage"] {
        sandbox.fail(Fault::CloseBefore.at(method));
        sandbox.fail(Fault::CutBody.at(method));
    }
    let sara = sandbox.person("سارة");
    sara.writes(QUESTION);
    let stage = Stage::on(sandbox);
    sara.hears().await;
    stage.close().await;
    let log =
        String::from_utf8_lossy(&log.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    assert!(log.contains("trying again"), "{log}");
    for secret in [token.as_str(), "سهم", "سارة"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
