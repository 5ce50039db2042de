//! `iqtibas run`: the bot until it is asked to stop, with what stands around it. Each of health, the
//! webhook and the reader has a listener of its own: the reader is for everybody, health is not.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinHandle;

use crate::bot::Settings;
use crate::config::Run;
use crate::live::LiveLibrary;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::telegram::{self, Service, Webhook};
use crate::web::{self, Health};
use crate::{config, shelf, systemd};

/// How often one that stands by looks whether it is needed.
const STAND_BY: Duration = Duration::from_millis(500);

pub(super) fn run(run: &Run) -> Result<()> {
    hush_panics();
    let client = telegram::client(&run.token()?, run.api_url.as_deref())?;
    let webhook = match (&run.webhook_url, run.listen, &run.webhook_secret) {
        (Some(url), Some(listen), Some(secret)) => Some(Webhook::new(url, listen, secret)?),
        _ => None,
    };
    let library = LiveLibrary::open(
        &run.place.library,
        &run.place.segments(),
        Metrics::default(),
    )?;
    for article in library.current().articles() {
        tracing::info!(
            article = article.id(),
            passages = article.passages().len(),
            "open"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(serve(run, client, webhook, library));
    // A library that is being read is not waited for.
    runtime.shutdown_background();
    ended
}

/// A panic ends one job. Its message may hold a member's words: only the place is logged.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "a job panicked");
    }));
}

async fn serve(
    run: &Run,
    client: telegram::Client,
    webhook: Option<Webhook>,
    library: LiveLibrary,
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
    tokio::spawn(keep_up(library.clone()));
    let health = Health::new(Instant::now());
    tokio::spawn(systemd::watchdog(health.clone()));
    let store = tokio::select! {
        biased;
        () = asked_to_stop() => return Ok(()),
        store = open_store(run, &health) => store?,
    };
    let settings = Settings {
        operators: run.operators.clone(),
        site: run.public_url.clone(),
        reports_words: run.report_questions,
        ..Settings::default()
    };
    let service = Service {
        settings,
        webhook,
        ..Service::new(client, library, store, health)
    };
    let reader = show_reader(run, &service).await?.run(asked_to_stop());
    let health = show_health(run, &service).await?.run(asked_to_stop());
    let pages = [tokio::spawn(reader), tokio::spawn(health)];
    systemd::ready();
    let ended = telegram::run(service, asked_to_stop()).await;
    pages.iter().for_each(JoinHandle::abort);
    ended
}

/// Takes in what changes in the library: when it is seen, and when a SIGHUP says so.
async fn keep_up(library: LiveLibrary) {
    #[cfg(unix)]
    let asked = async {
        let kind = tokio::signal::unix::SignalKind::hangup();
        match tokio::signal::unix::signal(kind) {
            Ok(mut hangups) => {
                while hangups.recv().await.is_some() {
                    tracing::info!("asked to read the library anew");
                    library.refresh().await;
                }
            }
            Err(error) => tracing::warn!(%error, "SIGHUP is not heard"),
        }
        std::future::pending::<()>().await;
    };
    #[cfg(not(unix))]
    let asked = std::future::pending::<()>();
    tokio::join!(asked, library.watch());
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

/// Pages, bound to their address; or none.
struct Pages(Option<(&'static str, tokio::net::TcpListener, axum::Router)>);

impl Pages {
    async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        if let Some((what, listener, router)) = self.0
            && let Err(error) = web::serve(listener, router, stop).await
        {
            tracing::error!(%error, "{what} is served no more");
        }
    }
}

/// The articles, where the operator wants them served.
async fn show_reader(run: &Run, service: &Service) -> Result<Pages> {
    let Some(address) = run.reader else {
        return Ok(Pages(None));
    };
    anyhow::ensure!(
        address != run.health,
        "--reader {address}: there is --health, which is not for everybody: choose another port"
    );
    let listener = web::bind(address, "--reader").await?;
    tracing::info!(%address, "reader");
    let router = shelf::site(service.library.clone(), service.store.clone());
    Ok(Pages(Some(("the reader", listener, router))))
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
    Ok(Pages(Some(("health", listener, router))))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn of_a_panic_the_place_is_logged_and_no_word() {
        let (mut read, write) = std::io::pipe().expect("a pipe");
        let subscriber = tracing_subscriber::fmt().with_writer(Mutex::new(write));
        let before = std::panic::take_hook();
        hush_panics();
        let ended = tracing::subscriber::with_default(subscriber.finish(), || {
            std::panic::catch_unwind(|| panic!("قال سارة"))
        });
        std::panic::set_hook(before);
        assert!(ended.is_err());
        let mut log = String::new();
        read.read_to_string(&mut log).expect("a log");
        assert!(log.contains(file!()), "{log}");
        assert!(!log.contains("سارة"), "{log}");
    }
}
