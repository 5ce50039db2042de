//! The other way out for updates: one after another, posted to the webhook until it says 2xx.

use std::sync::Arc;
use std::time::{Duration, Instant};

use teloxide::net::default_reqwest_settings;

use super::hall::Hall;
use super::world::World;

/// How long to wait after the first refusal, and at most.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const SECRET: &str = "X-Telegram-Bot-Api-Secret-Token";
/// Far enough not to matter.
const LONG: Duration = Duration::from_secs(3600);

/// Delivers for as long as it is polled.
pub(super) async fn deliver(hall: Arc<Hall>) {
    let Ok(client) = default_reqwest_settings().no_proxy().build() else {
        return;
    };
    let mut pause = PAUSE;
    loop {
        let waiting = |world: &World| {
            Some((
                world.updates.webhook.clone()?,
                world.updates.first()?.clone(),
            ))
        };
        let Some((webhook, update)) = hall.until(Instant::now() + LONG, waiting).await else {
            continue;
        };
        let mut post = client
            .post(&webhook.url)
            .header("content-type", "application/json")
            .body(update.to_string());
        if !webhook.secret.is_empty() {
            post = post.header(SECRET, &webhook.secret);
        }
        let trouble = match post.send().await {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!(
                "Wrong response from the webhook: {}",
                response.status()
            )),
            Err(_) => Some("Connection refused".to_owned()),
        };
        let failed = trouble.is_some();
        hall.change(|world| match trouble {
            None => world
                .updates
                .arrived(update["update_id"].as_i64().unwrap_or_default()),
            Some(trouble) => {
                if let Some(webhook) = &mut world.updates.webhook {
                    webhook.last_error = Some((World::now(), trouble));
                }
            }
        });
        if failed {
            tokio::time::sleep(pause).await;
        }
        pause = if failed {
            (pause * 2).min(LONGEST_PAUSE)
        } else {
            PAUSE
        };
    }
}
