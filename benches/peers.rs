//! Beside what one would take instead: a bot on python-telegram-bot that looks questions up in SQLite's
//! full-text search (`benches/peers/bot.py`). Both run on the same sandbox and the same article, one
//! after the other, asked the same questions by people who each wait for their answer before they
//! ask again. What is right is told by `tests/score.py`.
//!
//!     cargo bench --bench peers -- [--questions 3000] [--people 16] [--json FILE]
//!
//! Python with `venv` must be there; what the bot needs is installed into `target/peers`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // megabytes

mod support;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use iqtibas::evaluation::Case;
use iqtibas::sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use support::{Bot, Home, option};

const ARTICLE: &str = "index/deepseek/article.md";
const SET: &str = "tests/data/article-dev.jsonl";
/// After how many questions somebody else asks: Iqtibas answers no member more than 60 a minute.
const PATIENT: usize = 40;
const IDLE: Duration = Duration::from_secs(2);

/// A bot to be measured: how it is started, and how it answers a question set.
struct Peer<'p> {
    name: &'p str,
    start: &'p dyn Fn(&Sandbox) -> Bot,
    batch: Command,
}

fn main() {
    let home = Home::new();
    let python = install();
    let script = root().join("benches/peers/bot.py");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut answers = home.program("ask");
    answers.args(["--json", "--batch"]);
    let mut python_answers = Command::new(&python);
    python_answers
        .arg(&script)
        .arg(root().join(ARTICLE))
        .arg("--batch");
    let peers = [
        Peer {
            name: "Iqtibas",
            start: &|sandbox| home.run(sandbox),
            batch: answers,
        },
        Peer {
            name: "python-telegram-bot with SQLite FTS5",
            start: &|sandbox| {
                let mut bot = Command::new(&python);
                bot.arg(&script).arg(root().join(ARTICLE));
                bot.args(["--url", &sandbox.url(), "--token", &sandbox.token()]);
                Bot::start(bot.stdout(Stdio::null()))
            },
            batch: python_answers,
        },
    ];
    let rows = peers.map(|peer| {
        let load = runtime.block_on(load(peer.start));
        let mut row = json!({ "name": peer.name, "load": load, "figures": score(peer.batch) });
        let figures = &row["figures"];
        println!(
            "{}: {:.0} answers/s, p50 {:.1} ms, p99 {:.1} ms, memory {:.0} MB; right passage first {:.2}, \
             right when it claims to answer {:.2}, claims to answer what the article does not say {:.2}",
            peer.name, load.per_second, load.p50_ms, load.p99_ms, load.memory_mb,
            figures["hit@1"].as_f64().unwrap(), figures["precision"].as_f64().unwrap(),
            figures["false"].as_f64().unwrap(),
        );
        row.take()
    });
    if let Some(file) = support::text_option("--json") {
        std::fs::write(file, serde_json::to_string_pretty(&rows).unwrap()).unwrap();
    }
}

/// What a load did to a bot.
#[derive(Clone, Copy, serde::Serialize)]
struct Load {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    memory_mb: f64,
}

/// Asks a bot for as long as there are questions.
async fn load(start: &dyn Fn(&Sandbox) -> Bot) -> Load {
    let options = Options {
        patience: Duration::from_secs(60),
        ..Options::default()
    };
    let sandbox = Sandbox::with(options).await.unwrap();
    let bot = start(&sandbox);
    sandbox.request("getUpdates", 0).await.unwrap();
    tokio::time::sleep(IDLE).await;
    let people = usize::try_from(option("--people", 16)).unwrap();
    let each = usize::try_from(option("--questions", 3_000)).unwrap() / people;
    let set = std::fs::read_to_string(root().join(SET)).unwrap();
    let questions = set
        .lines()
        .map(|line| serde_json::from_str::<Case>(line).unwrap());
    let questions: Arc<Vec<String>> = Arc::new(questions.map(|case| case.question).collect());
    let ask = |each: usize| {
        let one = |number: usize| {
            let (sandbox, questions) = (sandbox.clone(), Arc::clone(&questions));
            tokio::spawn(talk(sandbox, questions, number * each, each))
        };
        (0..people).map(one).collect::<Vec<_>>()
    };
    for warm in ask(10) {
        warm.await.unwrap();
    }
    let started = Instant::now();
    let mut times: Vec<Duration> = Vec::new();
    for person in ask(each) {
        times.extend(person.await.unwrap());
    }
    let took = started.elapsed().as_secs_f64();
    times.sort();
    let ms = |at: usize| times[at].as_secs_f64() * 1e3;
    Load {
        per_second: times.len() as f64 / took,
        p50_ms: ms(times.len() / 2),
        p99_ms: ms(times.len() * 99 / 100),
        memory_mb: bot.resident().map_or(f64::NAN, |bytes| bytes as f64 / 1e6),
    }
}

/// Questions one after the other, each after the answer to the one before: how long each took.
async fn talk(
    sandbox: Sandbox,
    questions: Arc<Vec<String>>,
    from: usize,
    count: usize,
) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut person = sandbox.person("P");
    let questions = questions.iter().cycle().skip(from).take(count);
    for (number, question) in questions.enumerate() {
        if number % PATIENT == PATIENT - 1 {
            person = sandbox.person("P");
        }
        let started = Instant::now();
        person.writes(question);
        person.hears().await;
        times.push(started.elapsed());
    }
    times
}

/// What `tests/score.py` makes of a bot's answers, over all languages.
fn score(mut batch: Command) -> Value {
    let file = |path: &Path| File::open(path).unwrap();
    let answers = tempfile::NamedTempFile::new().unwrap();
    let status = batch
        .stdin(file(&root().join(SET)))
        .stdout(answers.reopen().unwrap())
        .status();
    assert!(status.unwrap().success());
    let score = Command::new("python3")
        .arg(root().join("tests/score.py"))
        .arg(root().join(SET))
        .arg(answers.path())
        .arg("--article")
        .arg(root().join(ARTICLE))
        .arg("--json")
        .output()
        .unwrap();
    let mut score: Value = serde_json::from_slice(&score.stdout).unwrap();
    score["figures"]["all"].take()
}

/// The Python that has what the other bot needs.
fn install() -> PathBuf {
    let place = root().join("target/peers");
    let python = place.join("bin/python");
    let run = |command: &mut Command| assert!(command.status().unwrap().success());
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&place));
    }
    let requirements = root().join("benches/peers/requirements.txt");
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--requirement"])
        .arg(requirements));
    python
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
