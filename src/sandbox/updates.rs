//! The queue of updates and its two ways out: `getUpdates`, which confirms by offset, and a webhook.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Request;

/// Kinds that come only to those who ask for them by name.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Where updates are to be posted.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: String,
    pub(super) max_connections: i64,
    pub(super) last_error: Option<(i64, String)>,
}

/// Updates that the bot has not confirmed yet.
#[derive(Debug)]
pub(super) struct Updates {
    /// With their ids.
    queue: VecDeque<(i64, Value)>,
    next: i64,
    /// The kinds asked for; none: all but those on request.
    allowed: Vec<String>,
    pub(super) webhook: Option<Webhook>,
    /// Counts the calls that wait, so that an older one sees that it was replaced.
    poller: u64,
    last_poll: Option<(i64, Instant)>,
}

/// A call of `getUpdates` while it waits.
#[derive(Clone, Debug)]
pub(super) struct Poll {
    offset: i64,
    limit: usize,
    /// Its number, where it has to wait.
    poller: Option<u64>,
    /// When it gives up and answers with nothing.
    pub(super) until: Instant,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            next: 500_000_001,
            allowed: Vec::new(),
            webhook: None,
            poller: 0,
            last_poll: None,
        }
    }
}

impl Updates {
    pub(super) fn wants(&self, kind: &str) -> bool {
        if self.allowed.is_empty() {
            !ON_REQUEST.contains(&kind)
        } else {
            self.allowed.iter().any(|it| it == kind)
        }
    }

    /// Queues an update; one that brings its own `update_id` keeps it.
    pub(super) fn push(&mut self, mut update: Value) -> i64 {
        let id = update["update_id"].as_i64().unwrap_or(self.next);
        self.next = self.next.max(id + 1);
        update["update_id"] = id.into();
        self.queue.push_back((id, update));
        id
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many wait.
    pub(super) fn pending(&self) -> usize {
        self.queue.len()
    }

    /// The oldest update that waits.
    pub(super) fn first(&self) -> Option<&Value> {
        self.queue.front().map(|(_, update)| update)
    }

    /// Drops the update of that id: it has arrived.
    pub(super) fn arrived(&mut self, id: i64) {
        self.queue.retain(|(waiting, _)| *waiting != id);
    }

    fn clear(&mut self) {
        self.queue.clear();
    }

    fn allow(&mut self, request: &Request) {
        let Some(Value::Array(kinds)) = request.json("allowed_updates") else {
            return;
        };
        self.allowed = kinds
            .iter()
            .filter_map(|kind| kind.as_str().map(str::to_owned))
            .collect();
    }

    /// Begins a `getUpdates`: confirms what lies before its offset. Where it has to wait it ends the
    /// call that waits already; one that has something to bring, or does not want to wait, disturbs
    /// nobody.
    pub(super) fn poll(&mut self, request: &Request, now: Instant) -> Result<Poll, Refusal> {
        if self.webhook.is_some() {
            return Err(Refusal::conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        self.allow(request);
        let offset = request.integer("offset").unwrap_or(0);
        let mut limit = request
            .integer("limit")
            .filter(|n| (1..=100).contains(n))
            .unwrap_or(100);
        let timeout = request.integer("timeout").unwrap_or(0).clamp(0, 50);
        // Telegram's defence against those who ask in a tight loop without confirming.
        if self.last_poll.is_some_and(|(last, at)| {
            last == offset && now.duration_since(at) < Duration::from_millis(500)
        }) {
            limit = 1;
        }
        self.last_poll = Some((offset, now));
        if offset < 0 {
            let kept = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            self.queue.drain(..self.queue.len().saturating_sub(kept));
        }
        self.queue.retain(|(id, _)| *id >= offset);
        let waits = timeout > 0 && self.queue.is_empty();
        self.poller += u64::from(waits);
        let timeout = if waits { timeout.unsigned_abs() } else { 0 };
        Ok(Poll {
            offset,
            limit: usize::try_from(limit).unwrap_or(100),
            poller: waits.then_some(self.poller),
            until: now + Duration::from_secs(timeout),
        })
    }

    /// The answer to `poll`, or none while it should wait on.
    pub(super) fn polled(&self, poll: &Poll, now: Instant) -> Option<Result<Value, Refusal>> {
        if self.webhook.is_some() {
            return Some(Err(Refusal::conflict("terminated by setWebhook request")));
        }
        if poll.poller.is_some_and(|poller| poller != self.poller) {
            return Some(Err(Refusal::conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running",
            )));
        }
        let found: Vec<Value> = self
            .queue
            .iter()
            .filter(|(id, _)| *id >= poll.offset)
            .take(poll.limit)
            .map(|(_, update)| update.clone())
            .collect();
        (!found.is_empty() || now >= poll.until).then_some(Ok(Value::Array(found)))
    }

    pub(super) fn set_webhook(&mut self, request: &Request) -> Result<Value, Refusal> {
        let url = request.text("url");
        let secret = request.text("secret_token");
        if secret.len() > 256 {
            return Err(Refusal::bad("secret token is too long"));
        }
        if !secret
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        {
            return Err(Refusal::bad("secret token contains unallowed characters"));
        }
        // Telegram itself wants HTTPS; on loopback plain HTTP is what there is.
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://127.0.0.1") {
            return Err(Refusal::bad(
                "bad webhook: An HTTPS URL must be provided for webhook",
            ));
        }
        self.allow(request);
        if request.flag("drop_pending_updates") {
            self.clear();
        }
        self.webhook = (!url.is_empty()).then(|| Webhook {
            url: url.to_owned(),
            secret: secret.to_owned(),
            max_connections: request
                .integer("max_connections")
                .unwrap_or(40)
                .clamp(1, 100),
            last_error: None,
        });
        Ok(Value::Bool(true))
    }

    pub(super) fn delete_webhook(&mut self, request: &Request) -> Value {
        if request.flag("drop_pending_updates") {
            self.clear();
        }
        self.webhook = None;
        Value::Bool(true)
    }

    pub(super) fn webhook_info(&self) -> Value {
        let none = Webhook::default();
        let webhook = self.webhook.as_ref().unwrap_or(&none);
        let mut info = json!({
            "url": webhook.url, "has_custom_certificate": false, "pending_update_count": self.pending(),
        });
        if self.webhook.is_some() {
            info["max_connections"] = webhook.max_connections.into();
        }
        if let Some((date, message)) = &webhook.last_error {
            info["last_error_date"] = (*date).into();
            info["last_error_message"] = message.clone().into();
        }
        if !self.allowed.is_empty() {
            info["allowed_updates"] = self.allowed.clone().into();
        }
        info
    }
}
