//! The command line and the environment, parsed once into what the program runs with.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Answers a group's questions about an article with the article's own words.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the library lies.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The folder of articles
    #[arg(
        long,
        env = "IQTIBAS_LIBRARY",
        value_name = "DIR",
        default_value = "index"
    )]
    pub library: PathBuf,
    /// Where the search index is kept [default: segments/ in the library]
    #[arg(long, env = "IQTIBAS_SEGMENTS", value_name = "DIR")]
    segments: Option<PathBuf>,
}

impl Place {
    /// The folder of segments.
    #[must_use]
    pub fn segments(&self) -> PathBuf {
        self.segments
            .clone()
            .unwrap_or_else(|| self.library.join("segments"))
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer on Telegram. The token is read from `TELOXIDE_TOKEN`, never from the command line
    Run(Run),
    /// Try the bot in the browser: a group and direct messages, no account needed
    Try(Try),
    /// Answer one question, or a batch of them, or many at a prompt
    Ask(Ask),
    /// Write the articles as pages for any host, each passage with an address of its own
    Export {
        /// The folder to write into
        dir: PathBuf,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Build the search index, where it is missing or old
    Index {
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Check the library without building anything
    Check {
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Measure the answers to a set of questions
    Eval {
        /// One JSON object a line: id, lang, kind, question, gold
        questions: PathBuf,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Dictionaries that lead from the words of a question to those of another language
    Lexicon {
        /// What to do.
        #[command(subcommand)]
        command: LexiconCommand,
    },
    /// Tools for writing the guide of an article
    Guide {
        /// What to do.
        #[command(subcommand)]
        command: GuideCommand,
    },
}

/// What can be done with dictionaries.
#[derive(Debug, Subcommand)]
pub enum LexiconCommand {
    /// Join an open dictionary to the library; it is read from where it lies
    Add {
        /// dictd (name.index or name.dict.dz), CC-CEDICT, or a table of words with tabs
        file: PathBuf,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// List the dictionaries, with licence and source
    List {
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Take a dictionary out again
    Remove {
        /// Its name, as listed
        name: String,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
}

/// What helps an editor.
#[derive(Debug, Subcommand)]
pub enum GuideCommand {
    /// Print a guide to be filled in: every passage, and the rules of good questions
    New {
        /// The article's name
        article: String,
        /// Write it to guide.toml beside the article, where there is none
        #[arg(long)]
        write: bool,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Ask each fifth of a guide's questions by what the rest teaches; the worst passages first
    Test {
        /// The article's name
        article: String,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
}

/// How to reach Telegram.
#[derive(Debug, Args)]
pub struct Run {
    /// Another server of the Bot API, for example one of your own
    #[arg(long, env = "TELOXIDE_API_URL", value_name = "URL")]
    pub api_url: Option<String>,
    /// Where the library lies.
    #[command(flatten)]
    pub place: Place,
}

impl Run {
    /// The bot's token, from the environment: an argument could be read by every user of the machine.
    ///
    /// # Errors
    /// Where there is none.
    pub fn token(&self) -> anyhow::Result<String> {
        std::env::var("TELOXIDE_TOKEN").ok().filter(|token| !token.trim().is_empty()).ok_or_else(|| {
            anyhow::anyhow!("no token: get one from @BotFather and set it as TELOXIDE_TOKEN in the environment")
        })
    }
}

/// Where the page is to be.
#[derive(Debug, Args)]
pub struct Try {
    /// The port of loopback; 0 is any free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Only print the address, do not open a browser
    #[arg(long)]
    pub no_open: bool,
    /// Where the library lies.
    #[command(flatten)]
    pub place: Place,
}

/// Whether there is a desktop on which a browser could open.
#[must_use]
pub fn has_desktop() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("WAYLAND_DISPLAY") || set("DISPLAY")
}

/// What to ask, and how to print the answer.
#[derive(Debug, Args)]
pub struct Ask {
    /// The question; its words are joined. Without one a prompt opens, which Ctrl-D ends
    #[arg(conflicts_with = "batch")]
    question: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Read JSON rows with id and question from standard input, answer each in order
    #[arg(long, requires = "json")]
    pub batch: bool,
    /// Say why: matched words, names, parts of the score
    #[arg(long)]
    pub explain: bool,
    /// At most this many quotes
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub limit: u8,
    /// Where the library lies.
    #[command(flatten)]
    pub place: Place,
}

/// What is logged: `RUST_LOG` where it is set, as `tracing-subscriber` reads it.
#[must_use]
pub fn log_filter() -> String {
    std::env::var("RUST_LOG").unwrap_or_else(|_| "iqtibas=info".to_owned())
}

/// Whether answers at the terminal may be coloured (<https://no-color.org>).
#[must_use]
pub fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

impl Ask {
    /// The question as one text.
    #[must_use]
    pub fn question(&self) -> String {
        self.question.join(" ")
    }
}
