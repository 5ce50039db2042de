//! `iqtibas run`: the bot until it is asked to stop, with what stands around it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::bot::Settings;
use crate::config::Run;
use crate::library::Library;
use crate::store::Store;
use crate::telegram::{self, Service, Webhook};
use crate::web::{self, Health};
use crate::{config, systemd};

/// How often one that stands by looks whether it is needed.
const STAND_BY: Duration = Duration::from_millis(500);

pub(super) fn run(run: &Run) -> Result<()> {
    // A panic ends one job. Its message may hold a member's words: only the place is logged.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "a job panicked");
    }));
    let client = telegram::client(&run.token()?, run.api_url.as_deref())?;
    let webhook = match (&run.webhook_url, run.listen, &run.webhook_secret) {
        (Some(url), Some(listen), Some(secret)) => Some(Webhook::new(url, listen, secret)?),
        _ => None,
    };
    let library = super::open(&run.place)?;
    for article in library.articles() {
        tracing::info!(
            article = article.id(),
            passages = article.passages().len(),
            "open"
        );
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(run, client, webhook, library))
}

async fn serve(
    run: &Run,
    client: telegram::Client,
    webhook: Option<Webhook>,
    library: Library,
) -> Result<()> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        telegram::stop_requested().await;
        systemd::stopping();
        _ = stop.send(true);
    });
    let asked_to_stop = || {
        let mut stopped = stopped.clone();
        async move { _ = stopped.wait_for(|stopped| *stopped).await }
    };
    let health = Health::new(Instant::now());
    tokio::spawn(systemd::watchdog(health.clone()));
    let store = tokio::select! {
        biased;
        () = asked_to_stop() => return Ok(()),
        store = open_store(run, &health) => store?,
    };
    let settings = Settings {
        operator: run.operator,
        ..Settings::default()
    };
    let service = Service {
        settings,
        webhook,
        ..Service::new(client, Arc::new(library), store, health)
    };
    let pages = tokio::spawn(show_health(run, &service).await?.run(asked_to_stop()));
    systemd::ready();
    let ended = telegram::run(service, asked_to_stop()).await;
    pages.abort();
    ended
}

/// The state, as soon as no other process works with it and it can be reached.
async fn open_store(run: &Run, health: &Health) -> Result<Store> {
    let mut told = false;
    loop {
        let why = match Store::open(&run.state.place(), run.durability) {
            Ok(Some(store)) => return Ok(store),
            Ok(None) => "another process works with this state".to_owned(),
            Err(error) if error.may_pass() => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        if !told {
            told = true;
            tracing::warn!("{why}: standing by, to go on when that ends");
            systemd::ready();
            systemd::status(&format!("standing by: {why}"));
        }
        health.progressed(Instant::now());
        tokio::time::sleep(STAND_BY).await;
    }
}

/// The pages on how the bot is, bound to their address.
struct Pages(Option<(tokio::net::TcpListener, axum::Router)>);

impl Pages {
    async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        if let Some((listener, router)) = self.0
            && let Err(error) = web::serve(listener, router, stop).await
        {
            tracing::error!(%error, "health is served no more");
        }
    }
}

/// Only an address that the operator chose must be free; a second bot on a machine takes none.
async fn show_health(run: &Run, service: &Service) -> Result<Pages> {
    let bound = web::bind(run.health, "--health").await;
    let listener = match bound {
        Ok(listener) => listener,
        Err(error) if run.health.to_string() == config::DEFAULT_HEALTH => {
            tracing::warn!("no health page: {error}");
            return Ok(Pages(None));
        }
        Err(error) => return Err(error),
    };
    tracing::info!(address = %run.health, "health");
    let (store, metrics) = (service.store.clone(), service.metrics.clone());
    let health: Health = service.health.clone();
    let router = web::pages(health, service.metrics.clone(), move || {
        let (store, metrics) = (store.clone(), metrics.clone());
        async move {
            match store.counts() {
                Ok(counts) => {
                    metrics.inbox_pending(counts.waiting);
                    metrics.inbox_aside(counts.aside);
                    metrics.outbox_depth(counts.owed);
                }
                Err(error) => tracing::error!(%error, "what waits cannot be counted"),
            }
        }
    });
    Ok(Pages(Some((listener, router))))
}
