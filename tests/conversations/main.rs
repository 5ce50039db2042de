//! The whole bot through its real door: what people write goes in as updates, what the bot sends is
//! what they hear, and every request it makes is one that the Bot API knows.

#[path = "../support/mod.rs"]
mod support;

mod addressing;
mod answers;
mod edits;
mod elsewhere;
mod faults;
mod in_place;
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
use iqtibas::sandbox::{Chat, Fault, Message, Person, Sandbox, Standing};
use iqtibas::store::Store;
use iqtibas::telegram::{self, Service};
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

/// One of the many that the article answers.
const QUESTION: &str = "بكم انخفض سهم Nvidia؟";

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
    health: Health,
    stop: oneshot::Sender<()>,
    bot: JoinHandle<anyhow::Result<()>>,
}

impl Stage {
    async fn open() -> Self {
        Self::on(sandbox().await)
    }

    /// The bot in a group with a member.
    async fn in_group() -> (Self, Chat, Person) {
        let stage = Self::open().await;
        let (group, sara) = (
            stage.sandbox.supergroup("قرّاء"),
            stage.sandbox.person("سارة"),
        );
        (stage, group, sara)
    }

    /// The bot in a group with an administrator and a member, whose apps speak English.
    async fn in_group_with_admin() -> (Self, Chat, Person, Person) {
        let stage = Self::open().await;
        let (group, admin, member) = stage.group_with_admin();
        (stage, group, admin, member)
    }

    fn group_with_admin(&self) -> (Chat, Person, Person) {
        let group = self.sandbox.supergroup("Readers");
        let admin = self.sandbox.person("Amal").speaking("en");
        let member = self.sandbox.person("Sara").speaking("en");
        group.puts(&admin, Standing::Administrator);
        group.puts(&member, Standing::Member);
        (group, admin, member)
    }

    fn on(sandbox: Sandbox) -> Self {
        Self::with(sandbox, Store::in_memory().expect("SQLite has memory"))
    }

    /// The bot with what an earlier run has left.
    fn with(sandbox: Sandbox, store: Store) -> Self {
        Self::configured(sandbox, store, |_| {})
    }

    /// The bot as an operator has configured it.
    fn configured(sandbox: Sandbox, store: Store, configure: impl FnOnce(&mut Service)) -> Self {
        let mut service = service(&sandbox, Arc::clone(&LIBRARY), store);
        configure(&mut service);
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
        let health = service.health.clone();
        let bot = telegram::run(service, async { _ = stopped.await });
        Self {
            sandbox,
            health,
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

/// Longer than the least time between two changes of a message.
async fn a_moment_later() {
    tokio::time::sleep(Duration::from_millis(1050)).await;
}

/// Opens the settings.
async fn panel(chat: &Chat, admin: &Person) -> Message {
    chat.says(admin, "/settings");
    chat.hears().await
}

/// Quiet hours by UTC: from this hour on, for two hours or three. To say "until seven", as it stands
/// at first, would change nothing.
fn quiet_from_now() -> (u64, u64) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let hour = now.expect("after 1970").as_secs() / 3600;
    let length = if (hour + 2) % 24 == 7 { 3 } else { 2 };
    (hour % 24, (hour + length) % 24)
}

/// Chooses in the settings, by what the buttons hold.
async fn choose(chat: &Chat, admin: &Person, choices: &[&str]) {
    let panel = panel(chat, admin).await;
    for choice in choices {
        a_moment_later().await;
        chat.taps_data(admin, &panel, choice);
        chat.sees_edit(&panel).await;
    }
}

/// What is written on a message's buttons.
fn labels(message: &Message) -> Vec<String> {
    let buttons = message.buttons();
    buttons.iter().map(|it| it.text().to_owned()).collect()
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
