//! The webhook: where Telegram brings updates. Who does not know the secret gets nothing read, and
//! nothing is acknowledged before it was taken in.

use std::fmt;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Url;
use serde_json::Value;

const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// The longest body, in bytes.
const MAX_BODY: usize = 1 << 20;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest secret that Telegram takes.
const MAX_SECRET: usize = 256;

/// What Telegram sends with every update, so that nobody else can send one. Does not show itself.
#[derive(Clone)]
pub struct Secret(String);

/// This is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's secret has 1 to 256 letters, digits, _ and -, as Telegram wants it")]
pub struct SecretError;

impl Secret {
    /// A secret that Telegram takes.
    ///
    /// # Errors
    /// Where it would not.
    pub fn new(secret: &str) -> Result<Self, SecretError> {
        let usual = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if (1..=MAX_SECRET).contains(&secret.len()) && secret.chars().all(usual) {
            Ok(Self(secret.to_owned()))
        } else {
            Err(SecretError)
        }
    }

    /// For Telegram.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the request bears the secret. Hashes are compared, which takes the same time however
    /// much of it is right.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        headers
            .get(HEADER)
            .is_some_and(|given| blake3::hash(given.as_bytes()) == blake3::hash(self.0.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Hands what Telegram posts to `path` to `take_in`. Only where that succeeds is the update
/// acknowledged; else Telegram brings it again.
pub fn door<H, F, E>(path: &str, secret: Secret, take_in: H) -> Router
where
    H: Fn(Vec<Value>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), E>> + Send,
    E: Send,
{
    let answer = move |request: Request| {
        let (secret, take_in) = (secret.clone(), take_in.clone());
        async move {
            match read(&secret, request).await {
                Ok(update) => match take_in(vec![update]).await {
                    Ok(()) => StatusCode::OK,
                    Err(_) => StatusCode::SERVICE_UNAVAILABLE,
                },
                Err(status) => status,
            }
        }
    };
    Router::new()
        .without_v07_checks()
        .route(&written(path), post(answer))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// The update in a request, or how to refuse it.
async fn read(secret: &Secret, request: Request) -> Result<Value, StatusCode> {
    if !secret.is_in(request.headers()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let body = tokio::time::timeout(PATIENCE, Bytes::from_request(request, &()))
        .await
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|refused| refused.status())?;
    let update: Value = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    if update.get("update_id").is_some_and(Value::is_i64) {
        Ok(update)
    } else {
        Err(StatusCode::BAD_REQUEST)
    }
}

/// The path as requests write it. There no sign is left that has a meaning for the router.
fn written(path: &str) -> String {
    let mut url = Url::parse("http://localhost").expect("a URL");
    url.set_path(path);
    url.path().to_owned()
}
