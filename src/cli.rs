//! The commands at the terminal. Only here does the program print, and it stops where nobody reads on.

mod guide;
mod lexicon;
mod pages;
mod prompt;
mod serve;
mod state;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use crate::answer::{Answer, Verdict};
use crate::config::{Ask, Command, Config, Place, colour_wanted, log_filter};
use crate::evaluation::{Case, Figures};
use crate::guide::Topic;
use crate::library::{Context, Files, Library};
use crate::question::Question;
use crate::wording;

/// Does what the configuration says.
///
/// # Errors
/// Whatever ended it, in a sentence for the operator.
pub fn run(config: Config) -> Result<()> {
    match dispatch(config) {
        // Who reads the output, such as `head`, had enough.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        ended => ended,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn dispatch(config: Config) -> Result<()> {
    let filter = match config.command {
        Command::Run(_) => log_filter(),
        // Of the other commands only what went wrong is logged.
        _ => "warn".to_owned(),
    };
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(io::stderr().is_terminal() && colour_wanted())
        .with_writer(io::stderr)
        .log_internal_errors(false) // what cannot be logged cannot be said on the same way
        .init();
    match config.command {
        Command::Run(run) => serve::run(&run),
        Command::Try(wanted) => pages::try_out(&wanted),
        Command::Export(export) => pages::export(&export),
        Command::Ask(ask) => self::ask(&ask),
        Command::Index { place } => index(&place),
        Command::Check { place } => check(&place),
        Command::Eval { questions, place } => eval(&questions, &place),
        Command::State { command, state } => state::run(command, &state),
        Command::Backup { file, state } => state::backup(&file, &state),
        Command::Lexicon { command } => lexicon::run(&command),
        Command::Guide { command } => guide::run(&command),
    }
}

fn open(place: &Place) -> Result<Library> {
    Ok(Library::open(&place.library, &place.segments())?)
}

/// Opens the library; at a terminal a bar shows how far its segments are built.
fn open_with_bar(place: &Place) -> Result<Library> {
    let style = ProgressStyle::with_template("{wide_bar} {percent} %")?;
    // Hidden where standard error is no terminal.
    let bar = ProgressBar::new(0).with_style(style);
    let library = Library::open_with(&place.library, &place.segments(), &|done, steps| {
        bar.set_length(steps as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    Ok(library?)
}

fn index(place: &Place) -> Result<()> {
    let started = Instant::now();
    let library = open_with_bar(place)?;
    let passages: usize = library
        .articles()
        .iter()
        .map(|article| article.passages().len())
        .sum();
    let verb = if library.built().is_some() {
        "built"
    } else {
        "up to date"
    };
    writeln!(
        io::stdout(),
        "{verb}: {} article(s), {passages} passages, {} words of other languages, {:.0} ms, in {}",
        library.articles().len(),
        library.bridge_len(),
        started.elapsed().as_secs_f64() * 1000.0,
        place.segments().display()
    )?;
    Ok(())
}

fn check(place: &Place) -> Result<()> {
    let files = Files::read(&place.library, &place.segments())?;
    let mut out = io::stdout().lock();
    for (article, guide) in files.articles.iter().zip(&files.guides) {
        writeln!(
            out,
            "{}: «{}», {} passages, {} images, {} questions in the guide, {} topics",
            article.id(),
            article.title(),
            article.passages().len(),
            article.images().len(),
            guide.examples().len(),
            guide.topics().len()
        )?;
        for name in guide.topics().iter().filter_map(Topic::command) {
            if wording::Command::from_name(name).is_some() {
                writeln!(
                    out,
                    "  warning: /{name} is a command of the bot's own: the topic has its button only"
                )?;
            }
        }
        for warning in article.warnings() {
            writeln!(out, "  warning: {warning}")?;
        }
    }
    Ok(())
}

fn eval(questions: &Path, place: &Place) -> Result<()> {
    let library = open(place)?;
    let text =
        std::fs::read_to_string(questions).with_context(|| questions.display().to_string())?;
    let mut figures = Figures::default();
    for (at, line) in (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let case: Case =
            serde_json::from_str(line).with_context(|| format!("{}:{at}", questions.display()))?;
        let answer = library.answer(&library.question(&case.question), Context::default())?;
        figures.add(&case, &answer);
    }
    writeln!(io::stdout(), "{figures}")?;
    Ok(())
}

#[derive(Deserialize)]
struct Row {
    id: serde_json::Value,
    question: String,
}

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a serde_json::Value>,
    question: &'a str,
    lang: &'static str,
    verdict: &'static str,
    quotes: Vec<PrintedQuote<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct PrintedQuote<'a> {
    article: &'a str,
    passage: &'a str,
    start: usize,
    end: usize,
    text: &'a str,
    score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    gloss: Option<&'a str>,
}

fn ask(ask: &Ask) -> Result<()> {
    let library = open(&ask.place)?;
    let message = ask.question();
    if !ask.batch && message.trim().is_empty() {
        return prompt::run(&library, ask);
    }
    let mut out = io::stdout().lock();
    if !ask.batch {
        let question = library.question(&message);
        let answer = library.answer(&question, Context::default())?;
        if ask.json {
            writeln!(out, "{}", json(None, &message, &question, &answer, ask)?)?;
        } else {
            show(&mut out, &question, &answer, ask)?;
        }
        return Ok(());
    }
    for (at, line) in (1..).zip(io::stdin().lock().lines()) {
        let line = line.with_context(|| format!("standard input, line {at}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let row: Row = serde_json::from_str(&line).with_context(|| {
            format!("standard input, line {at}: a JSON object with id and question is wanted")
        })?;
        let question = library.question(&row.question);
        let answer = library.answer(&question, Context::default())?;
        writeln!(
            out,
            "{}",
            json(Some(&row.id), &row.question, &question, &answer, ask)?
        )?;
        out.flush()?;
    }
    Ok(())
}

fn json(
    id: Option<&serde_json::Value>,
    message: &str,
    question: &Question,
    answer: &Answer<'_>,
    ask: &Ask,
) -> Result<String> {
    let quotes = answer
        .quotes
        .iter()
        .take(ask.limit.into())
        .map(|quote| PrintedQuote {
            article: quote.article().id(),
            passage: quote.passage().id(),
            start: quote.span().start(),
            end: quote.span().end(),
            text: quote.text(),
            score: quote.score(),
            gloss: quote.gloss(question.language()),
        });
    let why = &answer.why;
    let printed = Printed {
        id,
        question: message,
        lang: question.language().code(),
        verdict: answer.verdict.name(),
        quotes: quotes.collect(),
        why: ask.explain.then(|| {
            let matched: Vec<&str> = answer
                .quotes
                .first()
                .into_iter()
                .flat_map(|q| q.matched().iter().map(|m| m.of(q.article().text())))
                .collect();
            serde_json::json!({
                "matched": matched,
                "names": why.names,
                "nearest_question": why.nearest_question,
                "parts": why.parts.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
                "silence": why.silence,
                "small_talk": why.small_talk,
                "thresholds": {"answer": why.thresholds.0, "nearest": why.thresholds.1},
            })
        }),
    };
    Ok(serde_json::to_string(&printed)?)
}

/// An answer for a terminal: bold matches where it is one, the direction left to the terminal.
fn show(out: &mut impl Write, question: &Question, answer: &Answer<'_>, ask: &Ask) -> Result<()> {
    let colour = io::stdout().is_terminal() && colour_wanted();
    let paint = |code: &str, text: &str| {
        if colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    };
    let language = question.language();
    let framing = match answer.verdict {
        Verdict::Answer => wording::from_the_article(language),
        Verdict::Nearest if answer.is_silent() => wording::silent(language),
        Verdict::Nearest => wording::nearest(language),
        Verdict::None if answer.why.small_talk => wording::small_talk(language),
        Verdict::None => wording::none(language),
    };
    writeln!(out, "{}", paint("2", framing))?;
    for quote in answer.shown().iter().take(ask.limit.into()) {
        let (text, start) = (quote.text(), quote.span().start());
        let mut at = 0;
        write!(out, "\n  ")?;
        for matched in quote.matched() {
            let (from, to) = (matched.start() - start, matched.end() - start);
            if from >= at {
                write!(
                    out,
                    "{}{}",
                    text.get(at..from).unwrap_or_default(),
                    paint("1", text.get(from..to).unwrap_or_default())
                )?;
                at = to;
            }
        }
        writeln!(out, "{}", text.get(at..).unwrap_or_default())?;
        if let Some(gloss) = quote.gloss(language) {
            writeln!(
                out,
                "  {}\n  {}",
                paint("2", wording::translation(language)),
                paint("2", gloss)
            )?;
        }
        let score = if ask.explain {
            format!(" · {:.2}", quote.score())
        } else {
            String::new()
        };
        let (article, paragraph) = (quote.article(), quote.passage().paragraph());
        let source = wording::source(language, article, paragraph, quote.speaker(language));
        writeln!(out, "  {source}{score}")?;
    }
    if ask.explain {
        let why = &answer.why;
        writeln!(
            out,
            "\nsilence {:.2}, small talk {}, names {:?}",
            why.silence, why.small_talk, why.names
        )?;
        if let Some(nearest) = &why.nearest_question {
            writeln!(out, "nearest question of the guide: {nearest}")?;
        }
        for (part, share) in &why.parts {
            writeln!(out, "  {part:<9} {share:+.2}")?;
        }
        writeln!(
            out,
            "answer from {}, nearest from {}",
            why.thresholds.0, why.thresholds.1
        )?;
    }
    Ok(())
}
