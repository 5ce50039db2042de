//! What becomes of a call: from Telegram's answer to what the outbox does about it. Pure.

use std::time::Duration;

use serde_json::Value;

use super::backoff;
use super::call::CallError;
use super::clock::Clock;
use crate::bot::Call;
use crate::store::{Millis, Outcome, Parcel, Reason};

/// How long a chat in which the bot may not write is left alone before it is tried again. Telegram
/// does not tell a bot when a whole group is allowed to write.
const MUTED: Millis = 60 * 60 * 1000;
/// How long a call is tried again while Telegram cannot be reached or is out of order.
const PERSISTENCE: u32 = 2000;

/// What becomes of a call after its `answer`.
pub(super) fn outcome(
    parcel: &Parcel,
    answer: Result<Value, CallError>,
    clock: &impl Clock,
) -> Outcome {
    let error = match answer {
        Ok(result) => return Outcome::Sent(message_of(&result)),
        Err(error) => error,
    };
    let outcome = refused(parcel, &error, clock);
    match (&outcome, &parcel.call.fallback) {
        (Outcome::Withdrawn | Outcome::Dead(Reason::Refused), Some(call)) => {
            Outcome::Instead(Call::clone(call))
        }
        _ => outcome,
    }
}

/// The message that a call has made. What one member alone sees is numbered apart.
fn message_of(result: &Value) -> Option<i64> {
    let of = |key| result.get(key).and_then(Value::as_i64);
    of("ephemeral_message_id").or_else(|| of("message_id"))
}

/// What becomes of a call that no longer makes sense, but has another in its place.
pub(super) fn too_late(parcel: &Parcel, now: Millis) -> Option<Outcome> {
    let within = Millis::try_from(parcel.call.within?.as_millis()).ok()?;
    let fallback = parcel.call.fallback.as_deref()?;
    (now >= parcel.since + within).then(|| Outcome::Instead(fallback.clone()))
}

/// What becomes of a call that was not made, or perhaps was.
fn refused(parcel: &Parcel, error: &CallError, clock: &impl Clock) -> Outcome {
    let again = |tries, doubt| Outcome::Again {
        at: after(clock, backoff::delay(tries, clock)),
        doubt,
    };
    match error {
        // It may have been made. Once more is the lesser evil; twice more is not.
        CallError::Unanswered(_) if parcel.doubts == 0 => again(0, true),
        CallError::Unanswered(_) => Outcome::Uncertain,
        CallError::Unreachable(_) | CallError::Refused { code: 500.., .. } => {
            if parcel.attempts < PERSISTENCE {
                again(parcel.attempts, false)
            } else {
                Outcome::Dead(Reason::Unreachable)
            }
        }
        CallError::Refused {
            migrate_to: Some(chat),
            ..
        } if parcel.call.chat() != Some(*chat) => Outcome::Moved(*chat),
        CallError::Refused { code: 429, .. } => Outcome::Hold(after(
            clock,
            error.retry_after().unwrap_or(Duration::from_secs(1)),
        )),
        // Told with an error, but what was wanted is so.
        CallError::Refused { .. } if error.says(&["message is not modified"]) => {
            Outcome::Sent(None)
        }
        CallError::Refused { .. } if error.says(&WITHDRAWN) => Outcome::Withdrawn,
        CallError::Refused { .. } if error.says(&["slowmode_wait", "slow mode"]) => {
            Outcome::Hold(after(clock, slow_mode(error)))
        }
        CallError::Refused { .. } if error.says(&MAY_NOT_WRITE) => {
            Outcome::Muted(clock.now() + MUTED)
        }
        CallError::Refused { .. } if error.says(&NO_TOPIC) => parcel
            .call
            .clone()
            .without_topic()
            .map_or(Outcome::Dead(Reason::Topic), Outcome::Instead),
        CallError::Refused { code: 403, .. } => Outcome::Gone,
        CallError::Refused { .. } if error.says(&["chat not found", "chat_id is empty"]) => {
            Outcome::Gone
        }
        // The token: the bot ends over it, and the call waits for the next one.
        CallError::Refused { code: 401, .. } => again(0, false),
        CallError::Refused { .. } => Outcome::Dead(Reason::Refused),
    }
}

/// Nothing to act on any more: the question is deleted, the tap or the query has aged.
const WITHDRAWN: [&str; 6] = [
    "message to be replied not found",
    "message to reply not found",
    "replied message not found",
    "message to edit not found",
    "message to delete not found",
    "query is too old",
];

/// The bot is in the chat, but without the right to write.
const MAY_NOT_WRITE: [&str; 4] = [
    "not enough rights",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
];

/// The topic of a forum is closed or deleted.
const NO_TOPIC: [&str; 3] = ["message thread not found", "topic_closed", "topic_deleted"];

/// The seconds that Telegram names, or some.
fn slow_mode(error: &CallError) -> Duration {
    let CallError::Refused { description, .. } = error else {
        return Duration::ZERO;
    };
    let digits: String = description
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    Duration::from_secs(digits.parse().unwrap_or(30))
}

fn after(clock: &impl Clock, delay: Duration) -> Millis {
    let delay = Millis::try_from(delay.as_millis()).unwrap_or(Millis::MAX);
    clock.now().saturating_add(delay)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Millis = 1_000_000;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Millis {
            NOW
        }
        fn chance(&self) -> f64 {
            1.0
        }
    }

    fn refused(code: u16, description: &str) -> CallError {
        CallError::Refused {
            code,
            description: description.to_owned(),
            retry_after: None,
            migrate_to: None,
        }
    }

    fn parcel() -> Parcel {
        Parcel {
            id: 1,
            call: Call::new(
                "sendMessage",
                json!({"chat_id": -5, "message_thread_id": 3, "reply_parameters": {"message_id": 7}}),
            ),
            since: NOW,
            attempts: 0,
            doubts: 0,
        }
    }

    #[test]
    fn every_answer_has_its_outcome() {
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
        let again = |delay, doubt| Outcome::Again {
            at: NOW + delay,
            doubt,
        };
        let topicless = parcel().call.without_topic().expect("it is a reply");
        for (answer, expected) in [
            (Ok(json!({"message_id": 9})), Outcome::Sent(Some(9))),
            (Ok(json!(true)), Outcome::Sent(None)),
            (Err(flood(7)), Outcome::Hold(NOW + 7000)),
            (Err(flood(86_400)), Outcome::Hold(NOW + 86_400_000)),
            (Err(flood(u64::MAX)), Outcome::Hold(Millis::MAX)),
            (Err(moved), Outcome::Moved(-100)),
            (
                Err(refused(500, "Internal Server Error")),
                again(500, false),
            ),
            (Err(refused(502, "Bad Gateway")), again(500, false)),
            (
                Err(CallError::Unreachable(String::new())),
                again(500, false),
            ),
            (Err(CallError::Unanswered(String::new())), again(500, true)),
            (
                Err(refused(400, "Bad Request: message thread not found")),
                Outcome::Instead(topicless.clone()),
            ),
            (
                Err(refused(400, "Bad Request: TOPIC_CLOSED")),
                Outcome::Instead(topicless),
            ),
            (
                Err(refused(400, "Bad Request: message to be replied not found")),
                Outcome::Withdrawn,
            ),
            (
                Err(refused(
                    400,
                    "Bad Request: message is not modified: specified new message content",
                )),
                Outcome::Sent(None),
            ),
            (
                Err(refused(
                    400,
                    "Bad Request: query is too old and response timeout expired",
                )),
                Outcome::Withdrawn,
            ),
            (
                Err(refused(
                    400,
                    "Bad Request: not enough rights to send text messages to the chat",
                )),
                Outcome::Muted(NOW + MUTED),
            ),
            (
                Err(refused(400, "Bad Request: SLOWMODE_WAIT_12")),
                Outcome::Hold(NOW + 12_000),
            ),
            (
                Err(refused(
                    403,
                    "Forbidden: bot was kicked from the supergroup chat",
                )),
                Outcome::Gone,
            ),
            (
                Err(refused(400, "Bad Request: chat not found")),
                Outcome::Gone,
            ),
            (Err(refused(401, "Unauthorized")), again(500, false)),
            (
                Err(refused(400, "Bad Request: message is too long")),
                Outcome::Dead(Reason::Refused),
            ),
        ] {
            let what = format!("{answer:?}");
            assert_eq!(outcome(&parcel(), answer, &Still), expected, "{what}");
        }
    }

    #[test]
    fn what_is_refused_or_late_has_another_call_in_its_place_once() {
        let other = Call::new("sendMessage", json!({"chat_id": -5}));
        let at_once = parcel().call.at_once().or(other.clone());
        let parcel = Parcel {
            call: at_once,
            ..parcel()
        };
        for refusal in ["EPHEMERAL_NOT_ALLOWED", "message to be replied not found"] {
            let answer = Err(refused(400, &format!("Bad Request: {refusal}")));
            assert_eq!(
                outcome(&parcel, answer, &Still),
                Outcome::Instead(other.clone())
            );
        }
        let blocked = Err(refused(403, "Forbidden: bot was blocked by the user"));
        assert_eq!(outcome(&parcel, blocked, &Still), Outcome::Gone);
        assert_eq!(too_late(&parcel, NOW + 14_999), None);
        assert_eq!(
            too_late(&parcel, NOW + 15_000),
            Some(Outcome::Instead(other.clone()))
        );
        let last = Parcel {
            call: other,
            ..parcel
        };
        let answer = Err(refused(400, "Bad Request: message is too long"));
        assert_eq!(
            outcome(&last, answer, &Still),
            Outcome::Dead(Reason::Refused)
        );
        assert_eq!(too_late(&last, Millis::MAX), None);
    }

    #[test]
    fn what_one_member_sees_is_kept_under_its_own_number() {
        let whisper = json!({"message_id": 0, "ephemeral_message_id": 4});
        assert_eq!(
            outcome(&parcel(), Ok(whisper), &Still),
            Outcome::Sent(Some(4))
        );
    }

    #[test]
    fn a_doubt_is_tried_once_and_then_left() {
        let doubted = Parcel {
            doubts: 1,
            ..parcel()
        };
        let answer = Err(CallError::Unanswered(String::new()));
        assert_eq!(outcome(&doubted, answer, &Still), Outcome::Uncertain);
    }

    #[test]
    fn what_stands_in_no_topic_is_not_spilled_into_the_general_one() {
        let mut parcel = parcel();
        parcel.call.body.remove("reply_parameters");
        let answer = Err(refused(400, "Bad Request: TOPIC_CLOSED"));
        assert!(matches!(outcome(&parcel, answer, &Still), Outcome::Dead(_)));
    }
}
