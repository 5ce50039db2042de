//! How often the bot speaks up wrongly in a loud group that lets it answer the unaddressed, and how
//! many of the questions for the article it answers.
//!
//!     cargo bench --bench chatter
#![allow(clippy::print_stdout, missing_docs)] // a tool for developers

#[path = "../tests/support/chatter.rs"]
mod chatter;

fn main() {
    let segments = std::env::temp_dir().join("iqtibas-bench-chatter");
    for ((set, lang), tally) in chatter::measure(&segments) {
        println!(
            "{set}, {lang}: interrupted {}/{} ({:.1} per 1,000), answered {}/{}",
            tally.interrupted,
            tally.others,
            tally.rate(),
            tally.answered,
            tally.questions
        );
    }
}
