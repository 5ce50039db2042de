//! What it costs to have the bot running: the time from its start to the first getUpdates with
//! segments present, its resident memory when idle, and the size of the program.
//!
//!     cargo bench --bench startup
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // megabytes

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use iqtibas::sandbox::Sandbox;

const PROGRAM: &str = env!("CARGO_BIN_EXE_iqtibas");
const STARTS: usize = 10;
const IDLE: Duration = Duration::from_secs(2);

/// A bot that is stopped when it is dropped.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program on the library that ships, with nothing of this environment.
fn program(command: &str, segments: &Path) -> Command {
    let mut program = Command::new(PROGRAM);
    program
        .env_clear()
        .args([command, "--library"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("index"))
        .arg("--segments")
        .arg(segments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    program
}

/// Starts the bot and waits for its first getUpdates: the bot, and how long that took.
async fn start(segments: &Path) -> (Bot, Duration) {
    let sandbox = Sandbox::start().await.unwrap();
    let started = SystemTime::now();
    let bot = program("run", segments)
        .args(["--api-url", &sandbox.url()])
        .env("TELOXIDE_TOKEN", sandbox.token())
        .spawn();
    let bot = Bot(bot.unwrap());
    let first = sandbox.request("getUpdates", 0).await;
    let took = first
        .expect("the bot asks for updates")
        .at
        .duration_since(started);
    (bot, took.unwrap())
}

/// The resident memory of a process in bytes, where the system tells.
fn resident(bot: &Bot) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bot.0.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim()
        .strip_suffix(" kB")?
        .trim()
        .parse::<f64>()
        .ok()
        .map(|kb| kb * 1024.0)
}

#[tokio::main]
async fn main() {
    let segments = tempfile::tempdir().unwrap();
    assert!(
        program("index", segments.path())
            .status()
            .unwrap()
            .success()
    );
    let mut times = Vec::new();
    let mut idle = None;
    for number in 1..=STARTS {
        let (bot, took) = start(segments.path()).await;
        times.push(took.as_secs_f64() * 1e3);
        if number == STARTS {
            tokio::time::sleep(IDLE).await;
            idle = resident(&bot);
        }
    }
    times.sort_by(f64::total_cmp);
    println!(
        "start to first getUpdates: median {:.0} ms of {STARTS} ({:.0} to {:.0})",
        f64::midpoint(times[(STARTS - 1) / 2], times[STARTS / 2]),
        times[0],
        times[STARTS - 1]
    );
    match idle {
        Some(bytes) => println!("resident memory, idle: {:.1} MB", bytes / 1e6),
        None => println!("resident memory, idle: not told by this system"),
    }
    let size = std::fs::metadata(PROGRAM).unwrap().len();
    println!("program: {:.1} MB", size as f64 / 1e6);
}
