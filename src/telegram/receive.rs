//! Updates by long polling, as raw JSON, each confirmed only after it was accepted.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::backoff::Backoff;
use super::call::{Api, CallError, DEADLINE};
use super::clock::Clock;
use crate::bot::KINDS;

/// How long Telegram may hold a call back until there is something to deliver, in seconds.
const HOLD: u32 = 50;

/// What the operator is told where Telegram does not know the token.
pub(super) const BAD_TOKEN: &str =
    "Telegram refuses the token: it is wrong or was revoked; take a valid one from @BotFather";

/// The stream of updates.
pub(super) struct Updates<A> {
    api: A,
    /// The update after the last one accepted; what lies before is confirmed by asking for it.
    offset: Option<i64>,
    backoff: Backoff,
}

/// The id by which an update is confirmed.
pub(super) fn id_of(update: &Value) -> Option<i64> {
    update.get("update_id").and_then(Value::as_i64)
}

/// A call for updates.
fn ask(offset: Option<i64>, timeout: u32) -> Map<String, Value> {
    let mut ask = Map::new();
    ask.extend(offset.map(|offset| ("offset".to_owned(), json!(offset))));
    ask.insert("timeout".to_owned(), json!(timeout));
    ask.insert("allowed_updates".to_owned(), json!(KINDS));
    ask
}

impl<A: Api> Updates<A> {
    pub(super) fn new(api: A) -> Self {
        Self {
            api,
            offset: None,
            backoff: Backoff::default(),
        }
    }

    /// The next updates, as soon as there are any. Waits and asks again where Telegram cannot be
    /// reached; only a refused token is an error. `progressed` is told of every round, a vain one too.
    pub(super) async fn next(
        &mut self,
        clock: &impl Clock,
        progressed: impl Fn(),
    ) -> anyhow::Result<Vec<Value>> {
        loop {
            let deadline = DEADLINE + Duration::from_secs(HOLD.into());
            let ask = ask(self.offset, HOLD);
            let answer = self.api.call("getUpdates", &ask, deadline).await;
            progressed();
            let error = match answer {
                Ok(Value::Array(updates)) => {
                    self.backoff.reset();
                    return Ok(updates);
                }
                Ok(_) => CallError::Unanswered("no list of updates".to_owned()),
                Err(error) => error,
            };
            let delay = error
                .retry_after()
                .unwrap_or_else(|| self.backoff.delay(clock));
            match &error {
                CallError::Refused { code: 401, .. } => anyhow::bail!(BAD_TOKEN),
                CallError::Refused { code: 409, .. } if error.says(&["webhook"]) => tracing::warn!(
                    ?delay,
                    "a webhook is set for this bot, so its updates go there: remove it with deleteWebhook"
                ),
                CallError::Refused { code: 409, .. } => tracing::warn!(
                    ?delay,
                    "another program receives this bot's updates: stop it, or give it a token of its own"
                ),
                _ => tracing::warn!(%error, ?delay, "no updates received; trying again"),
            }
            tokio::time::sleep(delay).await;
        }
    }

    /// An update is in safe hands: the next call confirms it. Ids may begin anew at a smaller one
    /// when a bot was idle for a week, so the last one counts and not the largest.
    pub(super) fn accept(&mut self, id: Option<i64>) {
        self.offset = id.and_then(|id| id.checked_add(1)).or(self.offset);
    }

    /// Somebody else goes on: what is to be confirmed is no longer known.
    pub(super) fn forget(&mut self) {
        self.offset = None;
    }

    /// Confirms what was accepted without waiting for more: the last call of all.
    pub(super) async fn confirm(&self) {
        let Some(offset) = self.offset else { return };
        let ask = ask(Some(offset), 0);
        if let Err(error) = self
            .api
            .call("getUpdates", &ask, Duration::from_secs(5))
            .await
        {
            tracing::warn!(%error, "the last updates are not confirmed; Telegram will deliver them again");
        }
    }
}
