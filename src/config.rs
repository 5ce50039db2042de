//! The command line and the environment, parsed once into what the program runs with.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::store::{DatabaseUrl, Durability, StatePlace};

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

/// Where the bot's memory lies.
#[derive(Clone, Debug, Args)]
pub struct StateFile {
    /// What must outlive the process: a file, made where there is none
    #[arg(
        long,
        global = true,
        env = "IQTIBAS_STATE",
        value_name = "PATH",
        default_value = "iqtibas.db"
    )]
    state: PathBuf,
    /// Its key, made with it [default: the same name with .key]
    #[arg(long, global = true, env = "IQTIBAS_KEY_FILE", value_name = "PATH")]
    key_file: Option<PathBuf>,
    /// A PostgreSQL in place of the file, which several replicas share: `postgres://USER@HOST/NAME`.
    /// They need the same key
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    database_url: Option<DatabaseUrl>,
}

impl StateFile {
    /// The file or the database, and its key.
    #[must_use]
    pub fn place(&self) -> StatePlace {
        let beside = || self.state.with_extension("key");
        StatePlace {
            file: self.state.clone(),
            key: self.key_file.clone().unwrap_or_else(beside),
            // A variable that is set to nothing is not set.
            database: self.database_url.clone().filter(|url| *url != "".into()),
        }
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
    /// What waits to be answered or sent, and what failed
    State {
        /// What to do; without it, list
        #[command(subcommand)]
        command: Option<StateCommand>,
        #[command(flatten)]
        #[allow(missing_docs)]
        state: StateFile,
    },
    /// Copy the state to a file, while the bot runs
    Backup {
        /// The copy; it must not be there yet
        file: PathBuf,
        #[command(flatten)]
        #[allow(missing_docs)]
        state: StateFile,
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

/// What can be done about what failed.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// Try it once more
    Retry {
        /// Its name, as listed
        id: String,
    },
    /// Forget it
    Drop {
        /// Its name, as listed
        id: String,
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
    /// The token lies in this file, for service managers that hand out credentials
    #[arg(long, env = "TELOXIDE_TOKEN_FILE", value_name = "PATH")]
    token_file: Option<PathBuf>,
    /// Where the library lies.
    #[command(flatten)]
    pub place: Place,
    /// Where the bot's memory lies.
    #[command(flatten)]
    pub state: StateFile,
    /// What a commit to the file survives: the end of the process, or a loss of power too
    #[arg(long, env = "IQTIBAS_DURABILITY", default_value = "process")]
    pub durability: Durability,
    /// Your own user id at Telegram: in a direct message /report tells you of all chats
    #[arg(long, env = "IQTIBAS_OPERATOR", value_name = "ID")]
    pub operator: Option<i64>,
    /// Where /healthz and /metrics are served
    #[arg(
        long,
        env = "IQTIBAS_HEALTH",
        value_name = "ADDRESS",
        default_value = DEFAULT_HEALTH
    )]
    pub health: SocketAddr,
    /// Let Telegram post updates to this address instead of asking for them
    #[arg(
        long,
        env = "IQTIBAS_WEBHOOK_URL",
        value_name = "URL",
        requires_all = ["listen", "webhook_secret"]
    )]
    pub webhook_url: Option<String>,
    /// Where these posts arrive, behind a proxy that speaks TLS
    #[arg(
        long,
        env = "IQTIBAS_LISTEN",
        value_name = "ADDRESS",
        requires = "webhook_url"
    )]
    pub listen: Option<SocketAddr>,
    /// What proves that a post is Telegram's: 1 to 256 letters, digits, - and _
    #[arg(
        long,
        env = "IQTIBAS_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        requires = "webhook_url"
    )]
    pub webhook_secret: Option<String>,
}

/// Where health is served unless the operator says otherwise.
pub const DEFAULT_HEALTH: &str = "127.0.0.1:9464";

impl Run {
    /// The bot's token, from the environment or a file: an argument could be read by every user of
    /// the machine.
    ///
    /// # Errors
    /// Where there is none.
    pub fn token(&self) -> anyhow::Result<String> {
        let token = match &self.token_file {
            Some(path) => {
                std::fs::read_to_string(path).with_context(|| path.display().to_string())?
            }
            None => std::env::var("TELOXIDE_TOKEN").unwrap_or_default(),
        };
        anyhow::ensure!(
            !token.trim().is_empty(),
            "no token: get one from @BotFather and set it as TELOXIDE_TOKEN in the environment"
        );
        Ok(token)
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Config::command().debug_assert();
    }
}
