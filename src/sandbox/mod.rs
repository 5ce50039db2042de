//! A Bot API of our own on loopback: it serves the methods the bot uses, refuses what Telegram
//! refuses in Telegram's words, fails on order, and lets people talk to the bot, so that the bot is
//! tested, and can be tried, whole and without an account.
//!
//! ```no_run
//! # async fn talk() -> std::io::Result<()> {
//! use iqtibas::sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::start().await?;
//! // ... start the bot with `sandbox.url()` and `sandbox.token()` ...
//! let sara = sandbox.person("سارة");
//! let group = sandbox.supergroup("قرّاء");
//! let asked = group.says(&sara, "/ask@iqtibas_bot ما هي البجعة السوداء؟");
//! let answer = group.hears().await;
//! assert_eq!(answer.reply_to(), Some(asked.id()));
//! group.replies(&sara, &answer, "شكرا");
//! group.stays_quiet().await;
//! sandbox.fail(Fault::TooManyRequests { retry_after: 1 }.at("sendMessage").in_chat(group.id()));
//! # Ok(())
//! # }
//! ```
//!
//! Not here: formatting by `parse_mode` (refused, so that nobody counts on it), files of the bot's, payments,
//! business accounts, reactions, and Telegram's trimming of blanks around a text.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

mod changes;
mod chat;
mod choosing;
mod connection;
mod draft;
mod entities;
mod fault;
mod files;
mod hall;
mod keyboard;
mod members;
mod message;
mod methods;
mod person;
mod queries;
mod query;
mod refusal;
mod request;
mod room;
mod sending;
mod server;
mod updates;
mod watcher;
mod webhook;
mod world;

pub use chat::Chat;
pub use draft::Draft;
pub use fault::{Fault, Order};
pub use message::{Button, Message};
pub use person::Person;
pub use query::Query;
pub use request::Request;
pub use room::Standing;
pub use watcher::{Sight, Watcher};
pub use world::Deed;

use connection::Door;
use hall::Hall;
use room::Kind;
use world::World;

/// What a sandbox is like.
#[derive(Clone, Debug)]
pub struct Options {
    /// The only token it accepts; the part before the colon is the bot's id.
    pub token: String,
    /// The bot's username, without `@`.
    pub username: String,
    /// Privacy mode is off: the bot sees everything said in its groups.
    pub reads_all: bool,
    /// Inline mode is on.
    pub answers_inline: bool,
    /// Guest mode is on.
    pub answers_guests: bool,
    /// How long to wait for something the bot should do.
    pub patience: Duration,
    /// How long the bot must do nothing to count as quiet.
    pub quiet: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            token: "8000000001:sandbox-token-known-to-everybody-0".to_owned(),
            username: "iqtibas_bot".to_owned(),
            reads_all: true,
            answers_inline: true,
            answers_guests: true,
            patience: Duration::from_secs(10),
            quiet: Duration::from_millis(300),
        }
    }
}

/// The handle; cheap to clone. It serves until the last handle, also of its people and chats, is
/// dropped.
#[derive(Clone)]
pub struct Sandbox {
    hall: Arc<Hall>,
    service: Arc<Service>,
}

/// The tasks behind a sandbox.
struct Service {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Service {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Sandbox {
    /// A sandbox with the default options on a free port of loopback.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::with(Options::default()).await
    }

    /// A sandbox with these options on a free port of loopback.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn with(options: Options) -> io::Result<Self> {
        Self::bind((Ipv4Addr::LOCALHOST, 0).into(), options).await
    }

    /// A sandbox at this address.
    ///
    /// # Errors
    /// Where the address is taken.
    pub async fn bind(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let hall = Arc::new(Hall::new(World::new(options)));
        let tasks = [
            tokio::spawn(server::serve(Door(listener), Arc::clone(&hall))),
            tokio::spawn(webhook::deliver(Arc::clone(&hall))),
        ];
        Ok(Self {
            hall,
            service: Arc::new(Service { address, tasks }),
        })
    }

    /// What `TELOXIDE_API_URL` should be.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.service.address)
    }

    /// What `TELOXIDE_TOKEN` should be.
    #[must_use]
    pub fn token(&self) -> String {
        self.hall.look(|world| world.options.token.clone())
    }

    /// The bot's `User` object.
    #[must_use]
    pub fn bot(&self) -> Value {
        self.hall.look(World::bot)
    }

    /// Somebody with this first name.
    #[must_use]
    pub fn person(&self, name: &str) -> Person {
        Person::new(self, name, false)
    }

    /// Another bot.
    #[must_use]
    pub fn other_bot(&self, name: &str) -> Person {
        Person::new(self, name, true)
    }

    /// A basic group with the bot as a member.
    #[must_use]
    pub fn group(&self, title: &str) -> Chat {
        self.room(Kind::Group, title)
    }

    /// A supergroup with the bot as a member.
    #[must_use]
    pub fn supergroup(&self, title: &str) -> Chat {
        self.room(Kind::Supergroup, title)
    }

    /// A supergroup with topics; [`Chat::topic`] opens one.
    #[must_use]
    pub fn forum(&self, title: &str) -> Chat {
        let forum = self.supergroup(title);
        forum.opens_topics();
        forum
    }

    /// The discussion group of a channel of that title; [`Chat::gets_post`] brings the channel's posts.
    #[must_use]
    pub fn discussion(&self, title: &str) -> Chat {
        let group = self.supergroup(title);
        self.hall.change(|world| {
            let channel = world.add_room(Kind::Channel, title);
            world.room_mut(channel).linked = Some(group.id());
            world.room_mut(group.id()).linked = Some(channel);
        });
        group
    }

    fn room(&self, kind: Kind, title: &str) -> Chat {
        let id = self.hall.change(|world| {
            let id = world.add_room(kind, title);
            let bot = world.bot_id();
            world.room_mut(id).members.insert(bot, Standing::Member);
            id
        });
        Chat::new(self, id)
    }

    /// Turns privacy mode off (`true`) or on.
    pub fn set_reads_all(&self, reads_all: bool) {
        self.hall
            .change(|world| world.options.reads_all = reads_all);
    }

    /// Makes something fail: a [`Fault`] for the next call, or an [`Order`] for certain ones.
    pub fn fail(&self, order: impl Into<Order>) {
        self.hall.change(|world| world.orders.push(order.into()));
    }

    /// Nothing more shall fail.
    pub fn heal(&self) {
        self.hall.change(|world| world.orders.clear());
    }

    /// What still waits to fail.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.hall.look(|world| world.orders.clone())
    }

    /// Puts any update into the queue as it is. It gets an `update_id` where it brings none; the id
    /// it has or gets is returned.
    #[allow(clippy::must_use_candidate, reason = "the id is often not needed")]
    pub fn push(&self, update: Value) -> i64 {
        self.hall.change(|world| world.updates.push(update))
    }

    /// How many updates the bot has not confirmed.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.hall.look(|world| world.updates.pending())
    }

    /// Every call with an accepted token, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.hall.look(|world| world.requests.clone())
    }

    /// Every call and everything the bot did since the last time, in order. The sandbox forgets them,
    /// and all but the newest messages of each chat: for runs so long that they would not fit into
    /// memory.
    #[allow(
        clippy::must_use_candidate,
        reason = "to forget is often all that is wanted"
    )]
    pub fn forget(&self) -> (Vec<Request>, Vec<Deed>) {
        self.hall.change(World::forget)
    }

    /// The calls of one method, in order.
    #[must_use]
    pub fn requests_of(&self, method: &str) -> Vec<Request> {
        self.requests()
            .into_iter()
            .filter(|request| request.method.eq_ignore_ascii_case(method))
            .collect()
    }

    /// The next call of `method` that comes after now; none where patience ends first.
    pub async fn next_request(&self, method: &str) -> Option<Request> {
        let seen = self.requests_of(method).len();
        self.request(method, seen).await
    }

    /// The call of `method` with that number, counted from zero; none where patience ends first.
    pub async fn request(&self, method: &str, number: usize) -> Option<Request> {
        self.until(|world| {
            let mut calls = world
                .requests
                .iter()
                .filter(|request| request.method.eq_ignore_ascii_case(method));
            calls.nth(number).cloned()
        })
        .await
    }

    /// Everything the bot did, in order.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        self.hall.look(|world| world.deeds.clone())
    }

    /// Waits until the bot has confirmed every update; false where patience ends first.
    pub async fn all_read(&self) -> bool {
        self.until(|world| world.updates.is_empty().then_some(()))
            .await
            .is_some()
    }

    /// Waits as long as patience lasts.
    async fn until<T>(&self, found: impl Fn(&World) -> Option<T>) -> Option<T> {
        let patience = self.hall.look(|world| world.options.patience);
        self.hall.until(Instant::now() + patience, found).await
    }

    /// Waits as long as quiet must last.
    async fn while_quiet<T>(&self, found: impl Fn(&World) -> Option<T>) -> Option<T> {
        let quiet = self.hall.look(|world| world.options.quiet);
        self.hall.until(Instant::now() + quiet, found).await
    }

    /// What the bot was last asked to do, for a message about what it did not do.
    fn lately(&self) -> String {
        let requests = self.requests();
        let spoken = requests
            .iter()
            .filter(|request| !request.method.eq_ignore_ascii_case("getUpdates"));
        let lines: Vec<String> = spoken
            .rev()
            .take(5)
            .map(|it| format!("{} {}", it.method, it.params))
            .collect();
        format!(
            "{} updates wait; the bot's last calls: {}",
            self.pending(),
            lines.join("; ")
        )
    }
}
