//! What the bot bears: how long a question waits for its answer at a fixed rate of arrivals, how many
//! answers a second there are at most, what memory that takes, and whether what happens in one chat
//! is felt in others. The real program on a real state; a sandbox in this process plays Telegram.
//!
//!     cargo bench --bench load
//!     cargo bench --bench load -- --seconds 5 --questions 5000 --flood 2000
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers
#![allow(clippy::cast_precision_loss)] // megabytes

#[path = "support/crowd.rs"]
mod crowd;
mod support;

use std::thread;
use std::time::{Duration, Instant};

use crowd::{Crowd, Waits};
use iqtibas::sandbox::Sandbox;
use support::{Bot, Home, option};

/// In how many chats is asked.
const CHATS: usize = 2000;
/// How many questions are open at a time where as many are asked as are answered.
const OPEN: usize = 2000;
const IDLE: Duration = Duration::from_secs(2);
/// A flood comes at this rate.
const FLOOD: u32 = 1000;

fn megabytes(bot: &Bot) -> f64 {
    bot.resident().map_or(f64::NAN, |bytes| bytes as f64 / 1e6)
}

fn main() {
    let rate: u32 = option("--rate", 500).try_into().unwrap();
    let time = Duration::from_secs(option("--seconds", 20));
    let questions = option("--questions", 100_000).try_into().unwrap();
    let flood: u32 = option("--flood", 10_000).try_into().unwrap();
    let burst = option("--burst", 200);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let (home, mut crowd) = (Home::new(), Crowd::new(&sandbox, CHATS));
    let bot = home.run(&sandbox);
    runtime.block_on(sandbox.request("getUpdates", 0)).unwrap();
    thread::sleep(IDLE);
    println!("memory, idle: {:.1} MB", megabytes(&bot));

    crowd.ask(rate, Duration::from_secs(2), || ()); // warm
    let quiet = crowd.ask(rate, time, || ());
    println!("{rate} questions/s: {quiet}");

    let pressed = crowd.press(questions, OPEN);
    let per_second = pressed.answers() as f64 / pressed.took.as_secs_f64();
    println!(
        "{questions} questions as fast as they are answered: {per_second:.0} answers/s{}",
        if pressed.lost + pressed.repeated > 0 {
            format!("; {} lost, {} repeated", pressed.lost, pressed.repeated)
        } else {
            String::new()
        }
    );
    println!("memory after them: {:.1} MB", megabytes(&bot));

    let quiet = crowd.ask(rate, time, || ());
    let (group, member) = (sandbox.supergroup("Flood"), sandbox.person("F"));
    let flooded = crowd.ask(rate, time, || {
        let started = Instant::now();
        for number in 0..flood {
            let due = started + Duration::from_secs(1) / FLOOD * number;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            group.says(&member, &format!("/ask what about {number}?"));
        }
    });
    beside(&format!("{flood} messages in one chat"), &quiet, &flooded);

    let group = sandbox.supergroup("Burst");
    let members: Vec<_> = (0..burst).map(|_| sandbox.person("B")).collect();
    group.says(&members[0], "/ask How much did DeepSeek cost?");
    let answer = runtime.block_on(group.hears());
    let next = answer.buttons().last().unwrap().clone();
    let burst = crowd.ask(rate, time, || {
        thread::sleep(time / 2);
        for member in &members {
            group.taps_data(member, &answer, next.data().unwrap());
            group.says(member, "/ask why did the market fall?");
        }
    });
    beside(
        &format!(
            "{0} taps and {0} questions at once in one group",
            members.len()
        ),
        &quiet,
        &burst,
    );
}

fn beside(what: &str, quiet: &Waits, disturbed: &Waits) {
    println!("{what}: in other chats {disturbed}; without them {quiet}");
}
