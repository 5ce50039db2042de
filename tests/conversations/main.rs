//! The whole bot through its real door: what people write goes in as updates, what the bot sends is
//! what they hear, and every request it makes is one that the Bot API knows.

#[path = "../support/mod.rs"]
mod support;

mod addressing;
mod answers;
mod edits;
mod elsewhere;
mod later;
mod library;
mod manners;
mod outages;
mod pages;
mod reading;
mod settings;
mod storms;
mod subjects;
mod unaddressed;
mod whispers;

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use iqtibas::analysis::Language;
use iqtibas::bot::Settings;
use iqtibas::library::Library;
use iqtibas::live::LiveLibrary;
use iqtibas::sandbox::{Fault, Message, Sandbox};
use iqtibas::store::Store;
use iqtibas::telegram::{self, Service, Webhook};
use iqtibas::web::Health;
use iqtibas::wording;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The project's own library, its segments in a place of their own.
static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("index");
    let library = Library::open(&index, segments.path()).expect("the project's library opens");
    Arc::new(library)
});

async fn sandbox() -> Sandbox {
    Sandbox::start().await.expect("loopback has a free port")
}

fn refusal(code: u16, description: &str) -> Fault {
    Fault::Refuse {
        code,
        description: description.to_owned(),
    }
}

fn service(sandbox: &Sandbox, library: impl Into<LiveLibrary>, store: Store) -> Service {
    let client = telegram::client(&sandbox.token(), Some(&sandbox.url())).expect("a client");
    Service::new(client, library, store, Health::new(Instant::now()))
}

/// The bot at work on a sandbox.
struct Stage {
    sandbox: Sandbox,
    stop: oneshot::Sender<()>,
    bot: JoinHandle<anyhow::Result<()>>,
}

impl Stage {
    async fn open() -> Self {
        Self::on(sandbox().await)
    }

    fn on(sandbox: Sandbox) -> Self {
        Self::with(sandbox, Store::in_memory().expect("SQLite has memory"))
    }

    /// The bot with what an earlier run has left.
    fn with(sandbox: Sandbox, store: Store) -> Self {
        Self::configured(sandbox, store, None)
    }

    fn configured(sandbox: Sandbox, store: Store, webhook: Option<Webhook>) -> Self {
        let service = Service {
            webhook,
            ..service(&sandbox, Arc::clone(&LIBRARY), store)
        };
        Self::begin(sandbox, service)
    }

    /// The bot with a library of the test's own, and with operators.
    fn serving(sandbox: Sandbox, library: LiveLibrary, operators: Vec<i64>) -> Self {
        let store = Store::in_memory().expect("SQLite has memory");
        let settings = Settings {
            operators,
            ..Settings::default()
        };
        let service = Service {
            settings,
            ..service(&sandbox, library, store)
        };
        Self::begin(sandbox, service)
    }

    fn begin(sandbox: Sandbox, service: Service) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let bot = telegram::run(service, async { _ = stopped.await });
        Self {
            sandbox,
            stop,
            bot: tokio::spawn(bot),
        }
    }

    /// Stops the bot as an operator does, and checks all it has sent.
    async fn close(self) -> Sandbox {
        self.stop
            .send(())
            .expect("the bot runs until it is stopped");
        let ended = tokio::time::timeout(Duration::from_secs(15), self.bot).await;
        ended
            .expect("it stops in time")
            .expect("it does not panic")
            .expect("it ends well");
        support::all_conform(&self.sandbox);
        self.sandbox
    }
}

/// Checks that what `message` quotes are the article's words, byte for byte, and returns them. The
/// editor's translations, which say that they are, are left out.
fn quoted(message: &Message) -> Vec<String> {
    let mut quotes = message.quotations();
    quotes.retain(|quote| {
        let translated = |language| quote.starts_with(wording::translation(language));
        !Language::ALL.into_iter().any(translated)
    });
    for quote in &quotes {
        let mut articles = LIBRARY.articles().iter();
        let known = articles.any(|article| article.text().contains(quote.as_str()));
        assert!(known, "not the article's words: {quote}");
    }
    quotes
}
