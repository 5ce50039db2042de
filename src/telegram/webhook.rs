//! Updates by webhook: Telegram posts them, and a post is answered once the store has it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::Url;
use serde_json::{Map, json};

use super::backoff::Backoff;
use super::call::{Api, CallError, DEADLINE};
use super::clock::Clock;
use super::receive::BAD_TOKEN;
use crate::bot::KINDS;
use crate::web::{Health, Secret};

/// The most posts that Telegram may have under way.
const CONNECTIONS: u8 = 40;
/// How often a door that nobody knocks at says that it is there.
const ROUND: Duration = Duration::from_secs(20);

/// Where Telegram is to post updates.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: Url,
    /// Where the posts arrive, behind a proxy that speaks TLS.
    pub listen: SocketAddr,
    /// What proves that they are Telegram's.
    pub secret: Secret,
}

impl Webhook {
    /// A webhook at this public address.
    ///
    /// # Errors
    /// Where the address or the secret cannot be one.
    pub fn new(url: &str, listen: SocketAddr, secret: &str) -> anyhow::Result<Self> {
        let secret = Secret::new(secret)?;
        let url = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        let url = url.ok_or_else(|| {
            anyhow::anyhow!("--webhook-url is no URL: it looks like https://example.org/iqtibas")
        })?;
        Ok(Self {
            url,
            listen,
            secret,
        })
    }

    /// The path of the public address; the proxy hands it on.
    pub(super) fn path(&self) -> &str {
        self.url.path()
    }

    /// Tells Telegram where to post, trying again until it has taken it. It stays so after the bot
    /// has stopped: what comes meanwhile, Telegram keeps.
    pub(super) async fn set<A: Api>(&self, api: &A, clock: &impl Clock) -> anyhow::Result<()> {
        let mut ask = Map::new();
        ask.insert("url".to_owned(), json!(self.url.as_str()));
        ask.insert("secret_token".to_owned(), json!(self.secret.reveal()));
        ask.insert("allowed_updates".to_owned(), json!(KINDS));
        ask.insert("max_connections".to_owned(), json!(CONNECTIONS));
        let mut backoff = Backoff::default();
        loop {
            let Err(error) = api.call("setWebhook", &ask, DEADLINE).await else {
                return Ok(());
            };
            match &error {
                CallError::Refused { code: 401, .. } => anyhow::bail!(BAD_TOKEN),
                CallError::Refused { code: 400, .. } => {
                    anyhow::bail!("Telegram does not take --webhook-url: {error}")
                }
                _ => {}
            }
            let delay = error.retry_after().unwrap_or_else(|| backoff.delay(clock));
            tracing::warn!(%error, ?delay, "the webhook is not set; trying again");
            tokio::time::sleep(delay).await;
        }
    }
}

/// Silence at the door is nobody's fault: says so for as long as it is polled.
pub(super) async fn wait(health: &Health) {
    loop {
        health.progressed(Instant::now());
        tokio::time::sleep(ROUND).await;
    }
}
