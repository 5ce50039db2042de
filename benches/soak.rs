//! Whether the bot stays as it is: half an hour of questions at a steady rate while Telegram fails now
//! and then in every way it can, and by how much its memory and its open files grow meanwhile. The
//! real program on a real state; a sandbox in this process plays Telegram. A call that gets no answer
//! twice is left to the operator, and what it answers counts as lost here.
//!
//!     cargo bench --bench soak
//!     cargo bench --bench soak -- --minutes 2
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // megabytes, minutes

#[path = "support/crowd.rs"]
mod crowd;
mod support;

use std::thread;
use std::time::{Duration, Instant};

use crowd::Crowd;
use iqtibas::sandbox::{Fault, Sandbox};
use support::{Bot, Home, option};

const CHATS: usize = 400;
/// The first of so many parts of the time is not counted: caches fill.
const WARM: usize = 4;
/// How often the bot is looked at, and how often something fails.
const LOOK: Duration = Duration::from_secs(1);

/// One look: minutes since the start, megabytes, open files.
type Look = (f64, f64, f64);

/// What fails in this second.
fn fault(second: u64) -> Fault {
    match second % 8 {
        0 => Fault::TooManyRequests { retry_after: 1 },
        1 => Fault::InternalError,
        2 => Fault::BadGateway,
        3 => Fault::CloseBefore,
        4 => Fault::CloseAfter,
        5 => Fault::CutBody,
        6 => Fault::EmptyBody,
        _ => Fault::Silence,
    }
}

/// What a straight line through them grows by in a minute.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let count = points.clone().count() as f64;
    let mean = |of: fn((f64, f64)) -> f64| points.clone().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let rise: f64 = points.clone().map(|(at, it)| (at - x) * (it - y)).sum();
    let run: f64 = points.map(|(at, _)| (at - x).powi(2)).sum();
    rise / run
}

fn look(bot: &Bot, since: Instant) -> Look {
    let minutes = since.elapsed().as_secs_f64() / 60.0;
    let memory = bot.resident().expect("a system that tells") as f64 / 1e6;
    (minutes, memory, bot.files().unwrap() as f64)
}

fn main() {
    let rate: u32 = option("--rate", 100).try_into().unwrap();
    let time = Duration::from_secs(option("--seconds", 60 * option("--minutes", 30)));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let (home, mut crowd) = (Home::new(), Crowd::new(&sandbox, CHATS));
    let bot = home.run(&sandbox);
    let (started, mut looks) = (Instant::now(), Vec::new());
    let waits = crowd.ask(rate, time, || {
        while started.elapsed() < time {
            let second = started.elapsed().as_secs();
            // Never silence at getUpdates, for which everybody would wait until its deadline.
            let at = if second % 16 < 7 {
                "getUpdates"
            } else {
                "sendMessage"
            };
            sandbox.fail(fault(second).at(at));
            looks.push(look(&bot, started));
            thread::sleep(LOOK);
        }
        sandbox.heal();
    });
    let counted = looks.split_off(looks.len() / WARM);
    let (first, last) = (counted.first().unwrap(), counted.last().unwrap());
    println!(
        "{} s of {rate} questions/s, a fault a second: {waits}",
        time.as_secs()
    );
    println!(
        "memory: {:.1} MB, then {:.1} MB: {:+.3} MB a minute",
        first.1,
        last.1,
        slope(counted.iter().map(|look| (look.0, look.1)))
    );
    println!(
        "open files: {}, then {}: {:+.3} a minute",
        first.2,
        last.2,
        slope(counted.iter().map(|look| (look.0, look.2)))
    );
}
