//! Messages out: sent, tried again where that can help, given up where it cannot.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::Payload;

use super::backoff::Backoff;
use super::call::{CallError, Client, DEADLINE};
use crate::render::OutgoingMessage;

/// The most attempts at one message.
const ATTEMPTS: usize = 6;
/// The longest that Telegram may ask a chat to wait before its message is given up.
const MAX_WAIT: Duration = Duration::from_secs(15 * 60);

#[derive(Serialize)]
#[serde(transparent)]
struct SendMessage<'m>(&'m OutgoingMessage);

impl Payload for SendMessage<'_> {
    /// The message as sent: whatever it looks like, it is sent.
    type Output = Value;
    const NAME: &'static str = "sendMessage";
}

/// What to do about an error.
#[derive(Debug, PartialEq, Eq)]
enum Remedy {
    /// The same after this time.
    Wait(Duration),
    /// The same after a growing delay.
    Again,
    /// The same, but only once: it may have been sent already.
    Once,
    /// The group has become a supergroup with this id.
    Move(i64),
    /// Without its topic, where it has one.
    LeaveTopic,
    /// Nothing.
    GiveUp,
}

fn remedy(error: &CallError) -> Remedy {
    match error {
        CallError::Unanswered(_) => Remedy::Once,
        CallError::Refused {
            migrate_to: Some(chat),
            ..
        } => Remedy::Move(*chat),
        CallError::Refused { code: 429, .. } => match error.retry_after() {
            Some(wait) if wait <= MAX_WAIT => Remedy::Wait(wait),
            _ => Remedy::GiveUp,
        },
        CallError::Unreachable(_) | CallError::Refused { code: 500.., .. } => Remedy::Again,
        CallError::Refused { .. }
            if error.says(&["message thread not found", "topic_closed", "topic_deleted"]) =>
        {
            Remedy::LeaveTopic
        }
        CallError::Refused { .. } => Remedy::GiveUp,
    }
}

/// Sends a message. While it waits, only its own chat waits with it.
pub(super) async fn send(client: &Client, mut message: OutgoingMessage) -> Result<(), CallError> {
    let (mut backoff, mut unsure) = (Backoff::default(), false);
    let mut attempt = 1;
    loop {
        let Err(error) = client.call(&SendMessage(&message), DEADLINE).await else {
            return Ok(());
        };
        if attempt == ATTEMPTS {
            return Err(error);
        }
        attempt += 1;
        tracing::debug!(chat = message.chat(), %error, "not sent");
        match remedy(&error) {
            Remedy::Wait(delay) => tokio::time::sleep(delay).await,
            Remedy::Again => tokio::time::sleep(backoff.delay()).await,
            Remedy::Once if !unsure => {
                unsure = true;
                tokio::time::sleep(backoff.delay()).await;
            }
            Remedy::Move(chat) if chat != message.chat() => message = message.moved_to(chat),
            Remedy::LeaveTopic => message = message.without_topic().ok_or(error)?,
            Remedy::Once | Remedy::Move(_) | Remedy::GiveUp => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, description: &str) -> CallError {
        CallError::Refused {
            code,
            description: description.to_owned(),
            retry_after: None,
            migrate_to: None,
        }
    }

    #[test]
    fn every_error_has_its_remedy() {
        let flood = |seconds| CallError::Refused {
            code: 429,
            description: "Too Many Requests".to_owned(),
            retry_after: Some(Duration::from_secs(seconds)),
            migrate_to: None,
        };
        let moved = CallError::Refused {
            code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat".to_owned(),
            retry_after: None,
            migrate_to: Some(-100),
        };
        for (error, expected) in [
            (flood(7), Remedy::Wait(Duration::from_secs(7))),
            (flood(86_400), Remedy::GiveUp),
            (moved, Remedy::Move(-100)),
            (refused(500, "Internal Server Error"), Remedy::Again),
            (refused(502, "Bad Gateway"), Remedy::Again),
            (CallError::Unreachable(String::new()), Remedy::Again),
            (CallError::Unanswered(String::new()), Remedy::Once),
            (
                refused(400, "Bad Request: message thread not found"),
                Remedy::LeaveTopic,
            ),
            (
                refused(400, "Bad Request: TOPIC_CLOSED"),
                Remedy::LeaveTopic,
            ),
            (
                refused(400, "Bad Request: message to be replied not found"),
                Remedy::GiveUp,
            ),
            (
                refused(403, "Forbidden: bot was kicked from the supergroup chat"),
                Remedy::GiveUp,
            ),
            (refused(401, "Unauthorized"), Remedy::GiveUp),
        ] {
            assert_eq!(remedy(&error), expected, "{error}");
        }
    }
}
