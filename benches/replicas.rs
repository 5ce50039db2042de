//! The promise with several replicas: three processes share the work on one PostgreSQL, and are killed
//! at random moments while questions come at a steady rate; in the middle PostgreSQL itself crashes
//! and comes back. No question may be lost, and none answered again but where a send was in flight:
//! handed out by a session that ended before it was settled, which PostgreSQL is asked at each kill
//! while the others stand still.
//!
//! Once by polling, where one replica asks Telegram; once by webhook, behind a balancer that goes
//! round. Prints how long it took until all that had been asked at a kill was answered. Ends with 1
//! where the promise does not hold.
//!
//!     tests/postgres.sh cargo bench --bench replicas -- --seconds 60 --kills 20
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers

mod support;

use std::collections::{HashMap, HashSet};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use iqtibas::sandbox::{Fault, Message, Options, Person, Sandbox};
use postgres::{Client, NoTls};
use support::{Bot, Home, option};

const REPLICAS: usize = 3;
/// So many members ask, each in a direct message.
const MEMBERS: usize = 200;
const QUESTIONS: [&str; 6] = [
    "بكم انخفض سهم Nvidia؟",
    "ماذا عن تسلا؟",
    "How much did DeepSeek cost?",
    "why did the market fall",
    "DeepSeek 对加密市场有什么影响？",
    "شو قصة الـ shock bomb",
];
const SECRET: &str = "a-secret";
/// How long Telegram takes to say that it has sent a message: so that some are under way.
const SEND: Duration = Duration::from_millis(20);
/// When nothing ends any more, what is left must be answered within this.
const PATIENCE: Duration = Duration::from_secs(90);

/// Chances that a seed repeats (splitmix64).
struct Chances(u64);

impl Chances {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)) % bound
    }
}

/// How updates come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Polling,
    Webhook,
}

/// Tables of this run's own, and who works with them.
struct Tables {
    database: String,
    schema: String,
}

impl Tables {
    fn new(way: Way) -> Self {
        let database = std::env::var("IQTIBAS_TEST_DATABASE")
            .expect("IQTIBAS_TEST_DATABASE names no PostgreSQL: tests/postgres.sh starts one");
        let schema = format!("iqtibas_replicas_{way:?}").to_lowercase();
        let tables = Self { database, schema };
        let strange: i64 = tables.ask(|client| {
            let strange = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN
                ('pg_catalog', 'information_schema', 'iqtibas_replicas_polling')";
            client.query_one(strange, &[]).unwrap().get(0)
        });
        assert_eq!(
            strange, 0,
            "the database is not empty and not this bench's own"
        );
        let make = format!("CREATE SCHEMA {}", tables.schema);
        tables.ask(|client| client.batch_execute(&make).unwrap());
        tables
    }

    fn url(&self, replica: usize) -> String {
        let Self { database, schema } = self;
        format!("{database}&application_name=replica{replica}&options=-csearch_path%3D{schema}")
    }

    /// On a thread of its own: the client blocks. Waits until the server is there.
    fn ask<T: Send>(&self, work: impl FnOnce(&mut Client) -> T + Send) -> T {
        let connect = || loop {
            if let Ok(client) = Client::connect(&self.database, NoTls) {
                return client;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        std::thread::scope(|scope| scope.spawn(|| work(&mut connect())).join().unwrap())
    }

    /// The sends that nobody can settle any more, once the sessions of these replicas have ended: a
    /// call and how often it was handed out.
    fn in_flight(&self, gone: &[usize]) -> Vec<(i64, i64)> {
        let gone: Vec<String> = gone.iter().map(|it| format!("replica{it}")).collect();
        let (sessions, calls) = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = ANY($1)",
            format!(
                "SELECT id, attempts FROM {}.outbox WHERE state = 1 AND lane NOT IN (
                     SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
                     WHERE locktype = 'advisory')",
                self.schema
            ),
        );
        self.ask(|client| {
            while client
                .query_one(sessions, &[&gone])
                .unwrap()
                .get::<_, i64>(0)
                > 0
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            let calls = client.query(calls.as_str(), &[]).unwrap();
            calls.iter().map(|row| (row.get(0), row.get(1))).collect()
        })
    }

    /// The sends that are under way.
    fn under_way(&self) -> Vec<(i64, i64)> {
        let calls = format!(
            "SELECT id, attempts FROM {}.outbox WHERE state = 1",
            self.schema
        );
        self.ask(|client| {
            let calls = client.query(calls.as_str(), &[]).unwrap();
            calls.iter().map(|row| (row.get(0), row.get(1))).collect()
        })
    }
}

/// The replicas, of which some are dead at times.
struct Replicas {
    home: Home,
    sandbox: Sandbox,
    tables: Tables,
    way: Way,
    ports: Vec<SocketAddr>,
    balancer: SocketAddr,
    alive: Vec<Option<Bot>>,
}

impl Replicas {
    fn start(&mut self, replica: usize) {
        let mut variables = vec![("DATABASE_URL", self.tables.url(replica))];
        if self.way == Way::Webhook {
            variables.extend([
                (
                    "IQTIBAS_WEBHOOK_URL",
                    format!("http://{}/bot", self.balancer),
                ),
                ("IQTIBAS_LISTEN", self.ports[replica].to_string()),
                ("IQTIBAS_WEBHOOK_SECRET", SECRET.to_owned()),
            ]);
        }
        let bot = self.home.run_with(&self.sandbox, &variables);
        self.alive[replica] = Some(bot);
    }

    fn signal(&self, name: &str) {
        self.alive.iter().flatten().for_each(|bot| bot.signal(name));
    }

    /// Kills one; says what it had in flight.
    fn kill(&mut self, replica: usize) -> Vec<(i64, i64)> {
        let bot = self.alive[replica].take().unwrap();
        self.signal("STOP");
        bot.kill();
        let in_flight = self.tables.in_flight(&[replica]);
        self.signal("CONT");
        in_flight
    }

    /// PostgreSQL crashes and comes back; says what was in flight then.
    fn crash_database(&self) -> Vec<(i64, i64)> {
        let server = std::env::var("IQTIBAS_TEST_SERVER").unwrap();
        let command = format!("{server} restart -m immediate");
        self.signal("STOP");
        let under_way = self.tables.under_way();
        let mut restart = Command::new("sh").args(["-c", &command]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100));
        self.signal("CONT");
        assert!(restart.wait().unwrap().success());
        under_way
    }
}

/// Hands posts to one replica after another; to the next where one does not answer.
async fn balance(listener: tokio::net::TcpListener, ports: Vec<SocketAddr>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let turn = Arc::new(AtomicUsize::new(0));
    let hand_on = move |headers: HeaderMap, body: Bytes| {
        let (client, ports, turn) = (client.clone(), ports.clone(), Arc::clone(&turn));
        async move {
            let first = turn.fetch_add(1, Ordering::Relaxed);
            for replica in first..first + ports.len() {
                let mut post = client
                    .post(format!("http://{}/bot", ports[replica % ports.len()]))
                    .body(body.clone());
                for name in ["content-type", "x-telegram-bot-api-secret-token"] {
                    if let Some(value) = headers.get(name) {
                        post = post.header(name, value.to_str().unwrap());
                    }
                }
                if let Ok(answer) = post.send().await {
                    return StatusCode::from_u16(answer.status().as_u16()).unwrap();
                }
            }
            StatusCode::BAD_GATEWAY
        }
    };
    axum::serve(listener, Router::new().fallback(hand_on))
        .await
        .unwrap();
}

/// What was asked: by whom, as which message, when.
type Asked = (usize, i64, SystemTime);

/// How often each question was answered.
fn answers(people: &[Person]) -> HashMap<(usize, i64), u64> {
    let mut answers = HashMap::new();
    for (member, person) in people.iter().enumerate() {
        for question in person
            .chat()
            .messages()
            .iter()
            .filter_map(Message::reply_to)
        {
            *answers.entry((member, question)).or_default() += 1;
        }
    }
    answers
}

fn share(sorted: &[Duration], of_hundred: usize) -> Duration {
    let at = (sorted.len() * of_hundred / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

/// A world with members, replicas, and a balancer before them.
async fn open(way: Way) -> (Sandbox, Vec<Person>, Replicas) {
    let sandbox = Sandbox::with(Options::default()).await.unwrap();
    sandbox.fail(Fault::Delay(SEND).at("sendMessage").always());
    let people = (0..MEMBERS).map(|member| sandbox.person(&format!("P{member}")));
    let people: Vec<Person> = people.collect();
    let free = || TcpListener::bind("127.0.0.1:0").unwrap();
    let held: Vec<TcpListener> = (0..REPLICAS).map(|_| free()).collect();
    let ports: Vec<SocketAddr> = held.iter().map(|it| it.local_addr().unwrap()).collect();
    drop(held);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let balancer = listener.local_addr().unwrap();
    tokio::spawn(balance(listener, ports.clone()));
    let home = Home::new();
    std::fs::write(home.state().with_extension("key"), "5e".repeat(32)).unwrap();
    let mut replicas = Replicas {
        home,
        sandbox: sandbox.clone(),
        tables: Tables::new(way),
        way,
        ports,
        balancer,
        alive: (0..REPLICAS).map(|_| None).collect(),
    };
    (0..REPLICAS).for_each(|replica| replicas.start(replica));
    let begun = match way {
        Way::Polling => "getUpdates",
        Way::Webhook => "setWebhook",
    };
    sandbox.request(begun, 0).await.unwrap();
    (sandbox, people, replicas)
}

/// Asks at a steady rate, however long answers take.
async fn ask(people: Vec<Person>, seconds: u64, rate: u32, mut chances: Chances) -> Vec<Asked> {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut asked = Vec::new();
    for _ in 0..seconds * u64::from(rate) {
        tick.tick().await;
        let member = usize::try_from(chances.below(MEMBERS as u64)).unwrap();
        let which = usize::try_from(chances.below(QUESTIONS.len() as u64)).unwrap();
        let now = SystemTime::now();
        let message = people[member].writes(QUESTIONS[which]);
        asked.push((member, message.id(), now));
    }
    asked
}

/// What happened to the replicas and the database, and when.
#[derive(Default)]
struct Ends {
    killed: Vec<SystemTime>,
    crashed: Option<SystemTime>,
    in_flight: HashSet<(i64, i64)>,
}

impl Ends {
    /// Kills replicas one after another, each at a random moment of its share of the time; in the
    /// middle the database.
    async fn come(
        replicas: &mut Replicas,
        seconds: u64,
        kills: u32,
        chances: &mut Chances,
    ) -> Self {
        let mut ends = Self::default();
        let share = Duration::from_secs(seconds) / (kills + 2);
        for kill in 0..=kills {
            let early = share * u32::try_from(chances.below(800)).unwrap() / 1000;
            tokio::time::sleep(early).await;
            if kill == kills / 2 {
                ends.crashed = Some(SystemTime::now());
                let in_flight = tokio::task::block_in_place(|| replicas.crash_database());
                ends.in_flight.extend(in_flight);
            } else {
                let victim = usize::try_from(chances.below(REPLICAS as u64)).unwrap();
                ends.killed.push(SystemTime::now());
                let in_flight = tokio::task::block_in_place(|| replicas.kill(victim));
                ends.in_flight.extend(in_flight);
                tokio::time::sleep(share.saturating_sub(early)).await;
                replicas.start(victim);
            }
        }
        ends
    }
}

/// Whether the promise held.
async fn run(way: Way, seconds: u64, rate: u32, kills: u32, chances: &mut Chances) -> bool {
    let (sandbox, people, mut replicas) = open(way).await;
    let more = Chances(chances.below(u64::MAX));
    let asking = tokio::spawn(ask(people.clone(), seconds, rate, more));
    let ends = Ends::come(&mut replicas, seconds, kills, chances).await;
    let asked = asking.await.unwrap();
    let deadline = Instant::now() + PATIENCE;
    let mut answered = answers(&people);
    while answered.len() < asked.len() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(200)).await;
        answered = answers(&people);
    }
    let is_lost = |(member, id, _): &&Asked| !answered.contains_key(&(*member, *id));
    let lost = asked.iter().filter(is_lost).count();
    let repeated: u64 = answered.values().map(|times| times - 1).sum();
    let in_flight = ends.in_flight.len() as u64;
    println!(
        "{way:?}: {} questions of {MEMBERS} members at {rate}/s, {} kills of {REPLICAS} replicas, a crash of PostgreSQL",
        asked.len(),
        ends.killed.len(),
    );
    println!("{way:?}, lost, repeated: {lost}, {repeated} of {in_flight} sends in flight");
    show_times(way, &times(&sandbox, &people, &asked), &ends);
    lost == 0 && repeated <= in_flight
}

/// When each question was asked and first answered.
fn times(sandbox: &Sandbox, people: &[Person], asked: &[Asked]) -> Vec<(SystemTime, SystemTime)> {
    let mut firsts: HashMap<(i64, i64), SystemTime> = HashMap::new();
    for send in sandbox.requests_of("sendMessage") {
        let question = send.params["reply_parameters"]["message_id"].as_i64();
        if let (Some(chat), Some(question)) = (send.chat(), question) {
            firsts.entry((chat, question)).or_insert(send.at);
        }
    }
    let first = |member: usize, id| firsts.get(&(people[member].id(), id)).copied();
    let times = asked
        .iter()
        .map(|(member, id, at)| (*at, first(*member, *id)));
    times.filter_map(|(at, first)| Some((at, first?))).collect()
}

fn show_times(way: Way, times: &[(SystemTime, SystemTime)], ends: &Ends) {
    let took = |from: SystemTime, to: SystemTime| to.duration_since(from).unwrap_or_default();
    let over = |end: &SystemTime| {
        let before = times.iter().filter(|(at, _)| at < end);
        let over = before.map(|(_, answer)| took(*end, *answer)).max();
        over.unwrap_or_default()
    };
    let mut takeovers: Vec<_> = ends.killed.iter().map(over).collect();
    takeovers.sort();
    let mut latencies: Vec<_> = times
        .iter()
        .map(|(at, answer)| took(*at, *answer))
        .collect();
    latencies.sort();
    println!(
        "{way:?}, all that had been asked at a kill was answered after: p50 {:.2?}, longest {:.2?}; at the crash: {:.2?}",
        share(&takeovers, 50),
        share(&takeovers, 100),
        ends.crashed.as_ref().map(over).unwrap_or_default()
    );
    println!(
        "{way:?}, a question took: p50 {:.1?}, p99 {:.1?}",
        share(&latencies, 50),
        share(&latencies, 99)
    );
}

#[tokio::main]
async fn main() {
    let number = |name, otherwise| u32::try_from(option(name, otherwise)).unwrap();
    let (seconds, rate) = (option("--seconds", 60), number("--rate", 200));
    let kills = number("--kills", 20);
    let mut chances = Chances(option("--seed", 1));
    let mut holds = true;
    for way in [Way::Polling, Way::Webhook] {
        holds &= run(way, seconds, rate, kills, &mut chances).await;
    }
    if !holds {
        println!("the promise does not hold");
        std::process::exit(1);
    }
}
