//! The bot on Telegram: receives updates, acts on them, sends what there is to say. The only place
//! that names teloxide.
//!
//! teloxide is the client (`Bot`, payloads); its dispatcher and its types for what comes in are not
//! used, because they confirm updates before anybody has handled them and lose texts that they
//! cannot read. Here updates stay raw JSON until [`crate::bot::Event`] reads them, and are
//! confirmed only when they have been taken in.

mod backoff;
mod call;
mod clock;
mod engine;
pub mod intake;
mod menu;
mod receive;
mod send;
mod serve;
mod shared;
#[cfg(test)]
mod simulation;
mod webhook;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::Payload;
use tokio::sync::watch;

pub use call::{Client, ClientError};
pub use webhook::Webhook;

use backoff::Backoff;
use call::{Api, CallError};
use clock::{Clock, SystemClock};
use engine::{Desk, Engine, Shift};
use receive::Updates;
use serve::Counter;

use crate::bot::{Event, Me, Settings};
use crate::live::LiveLibrary;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};
use crate::web::{self, Health};

/// How long work in hand may take to end when the bot is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How often a replica looks whether it is the one that asks for updates.
const LOOK: Duration = Duration::from_millis(250);

/// A client for the bot with this token, at Telegram's servers or at `api_url`.
///
/// # Errors
/// Where the token or the address cannot be one. The token is never shown.
pub fn client(token: &str, api_url: Option<&str>) -> Result<Client, ClientError> {
    Client::new(token, api_url)
}

/// What the bot works with.
#[derive(Debug)]
pub struct Service {
    /// The connection to Telegram.
    pub client: Client,
    /// What it answers from.
    pub library: LiveLibrary,
    /// What outlives it.
    pub store: Store,
    /// What the operator chose.
    pub settings: Settings,
    /// Where Telegram posts updates; without it they are asked for.
    pub webhook: Option<Webhook>,
    /// What it counts.
    pub metrics: Metrics,
    /// What it says of how it is.
    pub health: Health,
}

impl Service {
    /// A service that asks for updates.
    #[must_use]
    pub fn new(
        client: Client,
        library: impl Into<LiveLibrary>,
        store: Store,
        health: Health,
    ) -> Self {
        let library = library.into();
        health.library_loaded(true);
        health.store_writable(true);
        Self {
            client,
            store,
            settings: Settings::default(),
            webhook: None,
            metrics: library.metrics().clone(),
            library,
            health,
        }
    }
}

/// Answers until `shutdown` completes; then takes in nothing more, ends the work in hand, and
/// returns. What is not done is in the store, and the next run goes on with it.
///
/// # Errors
/// Where Telegram refuses the token or the webhook, or the store is another bot's. Nothing else
/// ends it.
pub async fn run(service: Service, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    let Service {
        client,
        library,
        store,
        settings,
        webhook,
        metrics,
        health,
    } = service;
    let mut shutdown = pin!(shutdown);
    let me = tokio::select! {
        biased;
        () = &mut shutdown => return Ok(()),
        me = introduce(&client) => me?,
    };
    store.belongs_to(me.id).await?;
    tracing::info!(username = me.username, "receiving");
    let menu = tokio::spawn(menu::keep(
        client.clone(),
        me.clone(),
        settings.operators.clone(),
        library.changes(),
    ));
    let refusals = library.refusals();
    let counter = Counter::new(
        client.clone(),
        library.clone(),
        store.clone(),
        &me,
        settings,
    );
    let engine = Engine::new(client.clone(), SystemClock, counter, store, metrics);
    let _shift = Shift(Arc::clone(&engine));
    let mut updates = Updates::new(client.clone());
    let receive = async {
        match &webhook {
            Some(webhook) => listen(webhook, &client, &engine, &health).await,
            None => poll(&mut updates, &engine, &health).await,
        }
    };
    let ended = tokio::select! {
        biased;
        () = &mut shutdown => Ok(()),
        ended = receive => ended,
        () = engine.token_refused() => Err(anyhow::anyhow!(receive::BAD_TOKEN)),
        () = engine.watch(&health) => Ok(()),
        () = tell(refusals, &engine) => Ok(()),
        () = shared::follow(&library, &engine.store) => Ok(()),
    };
    menu.abort();
    if !engine.stop(DRAIN).await {
        tracing::warn!("some calls did not end in time; they are made again at the next start");
    }
    if webhook.is_none() {
        updates.confirm().await;
    }
    ended
}

/// Tells operators for ever when a changed library was refused: by an update of its own, so that it
/// goes the way of all messages.
async fn tell<A: Api, C: Clock, D: Desk>(
    mut refusals: watch::Receiver<String>,
    engine: &Arc<Engine<A, C, D>>,
) {
    while refusals.changed().await.is_ok() {
        let update = Event::refused(engine.clock.now(), &refusals.borrow_and_update());
        if let Err(error) = engine.take(&[update]).await {
            tracing::error!(%error, "operators are not told that the library was refused");
        }
    }
    std::future::pending::<()>().await;
}

/// Asks for updates for ever, while no other replica does. They are accepted, and so confirmed by
/// the next call, only once the store has them.
async fn poll<A: Api, C: Clock, D: Desk>(
    updates: &mut Updates<A>,
    engine: &Arc<Engine<A, C, D>>,
    health: &Health,
) -> anyhow::Result<()> {
    let mut backoff = Backoff::brief();
    loop {
        stand_by(&engine.store, health).await;
        let received = tokio::select! {
            biased;
            received = updates.next(&engine.clock, || health.progressed(Instant::now())) => received?,
            () = deposed(&engine.store) => {
                tracing::warn!("another replica asks for updates now");
                updates.forget();
                continue;
            }
        };
        while let Err(error) = take(engine, health, &received).await {
            tracing::error!(%error, "updates are not taken in; Telegram keeps them, trying again");
            tokio::time::sleep(backoff.delay(&engine.clock)).await;
        }
        backoff.reset();
        updates.accept(received.last().and_then(receive::id_of));
    }
}

/// Waits until no other replica asks for updates.
async fn stand_by(store: &Store, health: &Health) {
    let mut told = false;
    while !store.lead().await.unwrap_or(false) {
        if !std::mem::replace(&mut told, true) {
            tracing::info!("another replica asks for updates: this one shares the work");
        }
        health.progressed(Instant::now());
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until another replica asks for updates. That this one cannot find out does not mean so.
async fn deposed(store: &Store) {
    while store.lead().await.unwrap_or(true) {
        match store.pulse() {
            Some(_) => tokio::time::sleep(LOOK).await,
            None => std::future::pending().await,
        }
    }
}

/// Lets Telegram post updates for ever.
async fn listen<A: Api, C: Clock, D: Desk>(
    webhook: &Webhook,
    api: &A,
    engine: &Arc<Engine<A, C, D>>,
    health: &Health,
) -> anyhow::Result<()> {
    let listener = web::bind(webhook.listen, "--listen").await?;
    let (owner, its_health) = (Arc::clone(engine), health.clone());
    let door = web::door(webhook.path(), webhook.secret.clone(), move |updates| {
        let (engine, health) = (Arc::clone(&owner), its_health.clone());
        // A task of its own: what is stored is worked on, though Telegram hangs up.
        let stored = tokio::spawn(async move {
            let stored = take(&engine, &health, &updates).await;
            stored.map_err(|error| {
                tracing::error!(%error, "an update is not taken in; Telegram brings it again");
            })
        });
        async { stored.await.unwrap_or(Err(())) }
    });
    tokio::select! {
        served = web::serve(listener, door, std::future::pending()) => Ok(served?),
        Err(error) = webhook.set(api, &engine.clock) => Err(error),
        () = webhook::wait(health) => Ok(()),
    }
}

async fn take<A: Api, C: Clock, D: Desk>(
    engine: &Arc<Engine<A, C, D>>,
    health: &Health,
    updates: &[Value],
) -> Result<(), StoreError> {
    let taken = engine.take(updates).await;
    health.store_writable(taken.is_ok());
    taken
}

#[derive(Serialize)]
struct GetMe {}

impl Payload for GetMe {
    type Output = Value;
    const NAME: &'static str = "getMe";
}

/// Asks Telegram who the bot is, for as long as Telegram cannot be reached.
async fn introduce(client: &Client) -> anyhow::Result<Me> {
    let mut backoff = Backoff::default();
    loop {
        match client.make(&GetMe {}, call::DEADLINE).await {
            Ok(me) => {
                let id = me.get("id").and_then(Value::as_i64);
                let username = me.get("username").and_then(Value::as_str);
                if let (Some(id), Some(username)) = (id, username) {
                    return Ok(Me {
                        id,
                        username: username.to_owned(),
                        reads_all: me["can_read_all_group_messages"] == true,
                        topics: Vec::new(),
                    });
                }
                anyhow::bail!("what answers at the API's address is no Bot API: check the address");
            }
            Err(CallError::Refused {
                code: 401 | 404, ..
            }) => anyhow::bail!(receive::BAD_TOKEN),
            Err(error) => {
                let delay = error
                    .retry_after()
                    .unwrap_or_else(|| backoff.delay(&SystemClock));
                tracing::warn!(%error, ?delay, "Telegram cannot be reached; trying again");
                tokio::time::sleep(delay).await;
            }
        }
    }
}

/// Completes when the operator asks the program to stop: Ctrl-C, or SIGTERM.
pub async fn stop_requested() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
