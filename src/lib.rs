//! Iqtibas (اقتباس, "quotation") answers a group's questions about an article with the article's
//! own words. This page is the map; each module opens with what it is for.
//!
//! # One idea
//!
//! **A quote is a place, not a string.** A [`answer::Quote`] borrows its text from an
//! [`article::Article`] through a [`text::Span`]; nothing makes one from a string. So "word for
//! word" is a type and not a promise. Whatever else reaches a reader is [`wording`], the article's
//! title, author and source, or the editor's translation, marked as such.
//!
//! # The way of a question
//!
//! ```text
//! Telegram -- update --> telegram::receive        raw JSON, confirmed once it was taken in
//!   -> bot::decide      Event -> Action           when to speak, to whom, when to stay silent, from
//!                                                 what was noted before
//!   -> Library::answer  Question -> Answer        segments give candidates, evidence is gathered,
//!                                                 ranking decides; an answer is quotes or nothing
//!   -> render           Answer -> OutgoingMessage within Telegram's limits by construction
//!   -> telegram::send -- message --> Telegram     rates, retries
//! ```
//!
//! `iqtibas ask` and the tests go through the same [`library::Library::answer`].
//!
//! # Layout
//!
//! In the order in which the story is told. Who may use whom: a module uses only what stands above it.
//!
//! ```text
//! text            places in a text and its lengths; everything else counts bytes
//! analysis        from text to tokens, each with its place; one chain a script
//! passage         the quotable parts of a text: where it is cut, and where it is not
//! article         the immutable text with its front matter
//! guide           what an editor wrote to help questions find passages; never quoted
//! names           people, companies, terms, with their spellings
//! question        what was asked, analysed
//! bridge          from a word to the words of another language
//! classifier      what the guide's questions teach
//! evidence        what speaks for a passage
//! answer          a verdict and quotes
//! ranking         from evidence to probabilities and a verdict
//!
//! index           hides tantivy: segments on disk, candidates by words
//! pack            open dictionaries that the operator has, read from where they lie
//! library         the front door: articles in, answers out
//! evaluation      how good the answers to a set of questions are
//! guide_skeleton  a guide to be filled in
//! guide_test      how well a guide's questions find what the others were written for
//!
//! wording         every sentence that the bot itself can say
//! reader          an article becomes a page to be read
//! render          answers and wording become messages
//! bot             from an update to what is to be done; no network, no clock
//!
//! store           what must outlive the process
//! config          command line and environment, parsed once
//! metrics         how much was done and how long it took, in numbers
//! live            the library that serves, watched and swapped whole
//! web             health, metrics and the webhook over HTTP
//! systemd         tells the service manager that the bot is ready, alive, stopping
//! shelf           the reader's pages over HTTP and as files
//! telegram        receives, serves, sends; everything there may fail and is tried again
//! sandbox         a Bot API on loopback, with people who talk to the bot
//! page            the sandbox as a chat in the browser
//! cli             the commands at the terminal
//! ```
//!
//! Down to `ranking` and from `wording` to `bot` is the core: it touches no disk, no network and no
//! clock. From `index` on the disk is read, synchronously, with typed errors. From `store` on is
//! the edge: async, `anyhow`.
//!
//! # Invariants
//!
//! They are stated as absences; `tests/architecture.rs` reads the sources and keeps them.
//!
//! - Only `index` names tantivy.
//! - Only `telegram` and `sandbox` name teloxide.
//! - Only `config` reads the environment.
//! - The core names no file, clock, socket or runtime.
//! - A module uses only what stands above it in the layout, and every module stands there.

pub mod analysis;
pub mod answer;
pub mod article;
pub mod bot;
pub mod bridge;
pub mod classifier;
pub mod cli;
pub mod config;
pub mod evaluation;
pub mod evidence;
pub mod guide;
pub mod guide_skeleton;
pub mod guide_test;
pub mod index;
pub mod library;
pub mod live;
pub mod metrics;
pub mod names;
pub mod pack;
pub mod page;
pub mod passage;
pub mod question;
pub mod ranking;
pub mod reader;
pub mod render;
pub mod sandbox;
pub mod shelf;
pub mod store;
pub mod systemd;
pub mod telegram;
pub mod text;
pub mod web;
pub mod wording;
