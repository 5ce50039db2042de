//! One call of a Bot API method, and what can come of it.
//!
//! teloxide's own way of sending sleeps ten seconds inside a request after any 5xx and drops the
//! error's code, and the code says whether to try again; so a payload goes out over teloxide's HTTP
//! client, and the answer is read here. No error shows the token.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use teloxide::Bot;
use teloxide::payloads::GetFile;
use teloxide::requests::Payload;
use teloxide::types::{File, FileId};
use tokio::sync::Semaphore;

/// How long a call may take that Telegram answers at once.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// How long fetching a file may take.
const FETCH: Duration = Duration::from_secs(60);

/// The most calls in flight.
const IN_FLIGHT: usize = 64;

/// The longest description of an error that is kept, in characters.
const MAX_DESCRIPTION: usize = 200;

/// The bot's connection to Telegram. Cheap to clone; does not show its token.
#[derive(Clone)]
pub struct Client {
    bot: Bot,
    in_flight: Arc<Semaphore>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// Why there can be no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The token has letters that no token has.
    #[error("this is no bot token: @BotFather gives one that looks like 123456:ABC-DEF")]
    Token,
    /// The address is none.
    #[error("the API's address is no URL: it looks like https://api.telegram.org")]
    Address,
    /// The system has no TLS or no resolver.
    #[error("no HTTP client can be made on this system")]
    Http,
}

impl Client {
    pub(super) fn new(token: &str, api_url: Option<&str>) -> Result<Self, ClientError> {
        let token = token.trim();
        let usual = |c: char| c.is_ascii_alphanumeric() || ":_-".contains(c);
        if token.is_empty() || !token.chars().all(usual) {
            return Err(ClientError::Token);
        }
        // Whoever answers with a redirect would be sent the token.
        let http = teloxide::net::default_reqwest_settings()
            .redirect(redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(|_| ClientError::Http)?;
        let mut bot = Bot::with_client(token, http);
        if let Some(url) = api_url {
            let url = Url::parse(url.trim_end_matches('/')).map_err(|_| ClientError::Address)?;
            if !matches!(url.scheme(), "http" | "https") {
                return Err(ClientError::Address);
            }
            bot = bot.set_api_url(url);
        }
        Ok(Self {
            bot,
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT)),
        })
    }

    /// Calls a method and waits for its answer, at most for `deadline`.
    pub(super) async fn make<P>(
        &self,
        payload: &P,
        deadline: Duration,
    ) -> Result<P::Output, CallError>
    where
        P: Payload + Serialize,
        P::Output: DeserializeOwned,
    {
        let body = serde_json::to_vec(payload).expect("payloads are plain data");
        self.post(P::NAME, body, deadline).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        method: &str,
        body: Vec<u8>,
        deadline: Duration,
    ) -> Result<T, CallError> {
        let _turn = self.in_flight.acquire().await.expect("never closed");
        let response = self
            .bot
            .client()
            .post(self.address("", method))
            .timeout(deadline)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body)
            .send()
            .await
            .map_err(CallError::from_http)?;
        let status = response.status();
        let answer = response.bytes().await.map_err(CallError::from_http)?;
        read(status, &answer)
    }

    /// Fetches a file of at most `most` bytes.
    pub(super) async fn fetch(&self, file: &str, most: usize) -> Result<Vec<u8>, FetchError> {
        let payload = GetFile::new(FileId(file.to_owned()));
        let file: File = self.make(&payload, DEADLINE).await?;
        let _turn = self.in_flight.acquire().await.expect("never closed");
        let mut response = self
            .bot
            .client()
            .get(self.address("file/", &file.path))
            .timeout(FETCH)
            .send()
            .await
            .map_err(CallError::from_http)?;
        let status = response.status();
        if !status.is_success() {
            return Err(CallError::Unanswered(format!("no file: {status}")).into());
        }
        let mut content = Vec::new();
        while let Some(part) = response.chunk().await.map_err(CallError::from_http)? {
            if content.len() + part.len() > most {
                return Err(FetchError::TooLarge);
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
    }

    /// Where something of the bot's lies: its methods, or below `of` its files.
    fn address(&self, of: &str, what: &str) -> String {
        let base = self.bot.api_url();
        let base = base.as_str().trim_end_matches('/');
        format!("{base}/{of}bot{}/{what}", self.bot.token())
    }
}

/// Whoever answers calls: Telegram, or a test in its place.
pub(super) trait Api: Clone + Send + Sync + 'static {
    /// Calls a method and waits for its answer, at most for `deadline`.
    fn call(
        &self,
        method: &str,
        body: &Map<String, Value>,
        deadline: Duration,
    ) -> impl Future<Output = Result<Value, CallError>> + Send;
}

impl Api for Client {
    async fn call(
        &self,
        method: &str,
        body: &Map<String, Value>,
        deadline: Duration,
    ) -> Result<Value, CallError> {
        let body = serde_json::to_vec(body).expect("JSON is plain data");
        self.post(method, body, deadline).await
    }
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// Telegram said no.
    #[error("{code}: {description}")]
    Refused {
        code: u16,
        description: String,
        retry_after: Option<Duration>,
        migrate_to: Option<i64>,
    },
    /// The call did not reach Telegram.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The call may have reached Telegram; its answer did not reach us.
    #[error("no answer: {0}")]
    Unanswered(String),
}

/// Why a file was not fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// It is larger than was allowed.
    #[error("the file is too large")]
    TooLarge,
    /// Telegram did not give it.
    #[error(transparent)]
    Failed(#[from] CallError),
}

#[derive(Deserialize)]
struct Reply<T> {
    #[serde(default)]
    ok: bool,
    result: Option<T>,
}

#[derive(Deserialize)]
struct Refusal {
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

fn read<T: DeserializeOwned>(status: StatusCode, answer: &[u8]) -> Result<T, CallError> {
    let code = status.as_u16();
    if status.is_success() {
        return match serde_json::from_slice(answer) {
            Ok(Reply {
                ok: true,
                result: Some(result),
            }) => Ok(result),
            // What serde says of it may hold a user's words.
            Ok(_) | Err(_) => Err(CallError::Unanswered(format!(
                "{} bytes that are no result",
                answer.len()
            ))),
        };
    }
    let refusal = serde_json::from_slice::<Refusal>(answer).ok();
    let parameters = refusal.as_ref().and_then(|r| r.parameters.as_ref());
    Err(CallError::Refused {
        retry_after: parameters
            .and_then(|p| p.retry_after)
            .map(Duration::from_secs),
        migrate_to: parameters.and_then(|p| p.migrate_to_chat_id),
        code: refusal.as_ref().and_then(|r| r.error_code).unwrap_or(code),
        description: refusal.and_then(|r| r.description).map_or_else(
            || "an answer that is not from the Bot API".to_owned(),
            |description| description.chars().take(MAX_DESCRIPTION).collect(),
        ),
    })
}

impl CallError {
    /// An HTTP client's errors name the address, and with it the token.
    fn from_http(error: reqwest::Error) -> Self {
        let unreachable = error.is_connect() || error.is_builder();
        let error = error.without_url();
        let mut words = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            words = format!("{words}: {cause}");
            source = cause.source();
        }
        if unreachable {
            Self::Unreachable(words)
        } else {
            Self::Unanswered(words)
        }
    }

    /// How long Telegram wants to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused {
                code: 429,
                retry_after,
                ..
            } => Some(retry_after.unwrap_or(Duration::from_secs(1))),
            _ => None,
        }
    }

    /// Whether Telegram's description says one of `words`; its capitals vary.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        let Self::Refused { description, .. } = self else {
            return false;
        };
        let description = description.to_lowercase();
        words.iter().any(|word| description.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, answer: &str) -> CallError {
        let status = StatusCode::from_u16(status).expect("a status");
        read::<Value>(status, answer.as_bytes()).expect_err("an error")
    }

    #[test]
    fn a_result_is_a_result_whatever_else_is_in_the_answer() {
        let answer = br#"{"ok":true,"result":{"message_id":7,"new":[1]},"more":1}"#;
        let result: Value = read(StatusCode::OK, answer).expect("a result");
        assert_eq!(result["message_id"], 7);
    }

    #[test]
    fn a_refusal_keeps_code_words_and_parameters() {
        let answer = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#;
        assert_eq!(
            error(429, answer).retry_after(),
            Some(Duration::from_secs(5))
        );
        let answer = r#"{"ok":false,"error_code":400,"description":"Bad Request: TOPIC_CLOSED"}"#;
        assert!(error(400, answer).says(&["topic_closed"]));
        assert_eq!(
            error(502, "<html>").to_string(),
            "502: an answer that is not from the Bot API"
        );
    }

    #[test]
    fn half_an_answer_leaves_open_what_happened() {
        for answer in ["", "{\"ok\":true,\"resu", "{\"ok\":true}", "[]"] {
            assert!(
                matches!(error(200, answer), CallError::Unanswered(_)),
                "{answer}"
            );
        }
    }

    #[test]
    fn a_client_is_made_only_of_a_token_and_an_address() {
        assert!(Client::new("123:AB-c_d\n", None).is_ok());
        assert!(Client::new("1:A", Some("http://127.0.0.1:80/")).is_ok());
        for token in ["", "1:A/../x", "1:A b", "1:é"] {
            assert_eq!(Client::new(token, None).err(), Some(ClientError::Token));
        }
        for url in ["", "api.telegram.org", "file:///x"] {
            assert_eq!(
                Client::new("1:A", Some(url)).err(),
                Some(ClientError::Address)
            );
        }
    }

    #[tokio::test]
    async fn no_error_shows_the_token() {
        let client = Client::new("1:SECRET", Some("http://127.0.0.1:1")).expect("a client");
        let error = client
            .make(&super::super::GetMe {}, DEADLINE)
            .await
            .expect_err("nobody there");
        assert!(matches!(error, CallError::Unreachable(_)), "{error}");
        assert!(!format!("{error} {error:?} {client:?}").contains("SECRET"));
    }
}
