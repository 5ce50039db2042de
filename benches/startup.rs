//! What it costs to have the bot running: the time from its start to the first getUpdates with
//! segments present, its resident memory when idle, and the size of the program.
//!
//!     cargo bench --bench startup
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // megabytes

mod support;

use std::time::{Duration, SystemTime};

use iqtibas::sandbox::Sandbox;
use support::{Bot, Home};

const STARTS: usize = 10;
const IDLE: Duration = Duration::from_secs(2);

/// Starts the bot and waits for its first getUpdates: the bot, and how long that took.
async fn start(home: &Home) -> (Bot, Duration) {
    let sandbox = Sandbox::start().await.unwrap();
    let started = SystemTime::now();
    let bot = home.run(&sandbox);
    let first = sandbox.request("getUpdates", 0).await;
    let took = first
        .expect("the bot asks for updates")
        .at
        .duration_since(started);
    (bot, took.unwrap())
}

#[tokio::main]
async fn main() {
    let home = Home::new();
    let mut times = Vec::new();
    let mut idle = None;
    for number in 1..=STARTS {
        let (bot, took) = start(&home).await;
        times.push(took.as_secs_f64() * 1e3);
        if number == STARTS {
            tokio::time::sleep(IDLE).await;
            idle = bot.resident();
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
        Some(bytes) => println!("resident memory, idle: {:.1} MB", bytes as f64 / 1e6),
        None => println!("resident memory, idle: not told by this system"),
    }
    println!("program: {:.1} MB", support::size() as f64 / 1e6);
}
