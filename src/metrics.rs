//! How much was done and how long it took, in numbers that Prometheus reads.
//!
//! Every label comes from a closed set and every series is there from the start, at zero: nothing of
//! a member can become a label, and an alert can be written before the first trouble.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::analysis::Language;
use crate::answer::Verdict;

/// What [`Metrics::encode`] writes.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds in seconds: from an answer of the library to a delivery through an outage.
const SECONDS: [f64; 17] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 30.0,
];

/// Names of labels with their values.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Why a call is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Telegram wants to be left alone for a while.
    Flood,
    /// Telegram had a fault of its own.
    Server,
    /// The connection could not be made, or broke.
    Connection,
    /// The group has become a supergroup.
    Moved,
    /// The topic is closed or gone.
    Topic,
}

impl Retry {
    const ALL: [Self; 5] = [
        Self::Flood,
        Self::Server,
        Self::Connection,
        Self::Moved,
        Self::Topic,
    ];

    fn labels(self) -> Labels<1> {
        let reason = match self {
            Self::Flood => "flood",
            Self::Server => "server",
            Self::Connection => "connection",
            Self::Moved => "moved",
            Self::Topic => "topic",
        };
        [("reason", reason)]
    }
}

/// Why something is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// The chat is gone, or has blocked the bot.
    Gone,
    /// The bot may not write in the chat.
    Muted,
    /// The topic is closed or gone, and nothing else will do.
    Topic,
    /// Telegram refused the call for another reason.
    Refused,
    /// It cannot be read from the store any more.
    Unreadable,
}

impl Dead {
    const ALL: [Self; 5] = [
        Self::Gone,
        Self::Muted,
        Self::Topic,
        Self::Refused,
        Self::Unreadable,
    ];

    fn labels(self) -> Labels<1> {
        let reason = match self {
            Self::Gone => "gone",
            Self::Muted => "muted",
            Self::Topic => "topic",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
        };
        [("reason", reason)]
    }
}

/// What came of reading the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuild {
    /// Its search index was built anew.
    Built,
    /// An index that was there already serves.
    Reused,
    /// It has a fault: the one before goes on serving.
    Refused,
}

impl Rebuild {
    const ALL: [Self; 3] = [Self::Built, Self::Reused, Self::Refused];

    fn labels(self) -> Labels<1> {
        let outcome = match self {
            Self::Built => "built",
            Self::Reused => "reused",
            Self::Refused => "refused",
        };
        [("outcome", outcome)]
    }
}

/// The program's counters, gauges and histograms. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Series>);

struct Series {
    registry: Registry,
    questions: Family<Labels<2>, Counter>,
    updates: Counter,
    sent: Counter,
    retries: Family<Labels<1>, Counter>,
    uncertain: Counter,
    dead: Family<Labels<1>, Counter>,
    turned_away: Counter,
    rebuilds: Family<Labels<1>, Counter>,
    library_articles: Gauge,
    library_fingerprint: Gauge,
    library_since: Gauge,
    panics: Counter,
    inbox_pending: Gauge,
    inbox_aside: Gauge,
    outbox_depth: Gauge,
    lanes_active: Gauge,
    answer: Histogram,
    delivery: Histogram,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self(Arc::new(Series::new()))
    }
}

impl Series {
    fn new() -> Self {
        let series = Self {
            registry: Registry::with_prefix("iqtibas"),
            questions: Family::default(),
            updates: Counter::default(),
            sent: Counter::default(),
            retries: Family::default(),
            uncertain: Counter::default(),
            dead: Family::default(),
            turned_away: Counter::default(),
            rebuilds: Family::default(),
            library_articles: Gauge::default(),
            library_fingerprint: Gauge::default(),
            library_since: Gauge::default(),
            panics: Counter::default(),
            inbox_pending: Gauge::default(),
            inbox_aside: Gauge::default(),
            outbox_depth: Gauge::default(),
            lanes_active: Gauge::default(),
            answer: Histogram::new(SECONDS),
            delivery: Histogram::new(SECONDS),
        };
        for verdict in [Verdict::Answer, Verdict::Nearest, Verdict::None] {
            for language in Language::ALL {
                drop(series.questions.get_or_create(&question(verdict, language)));
            }
        }
        for reason in Retry::ALL {
            drop(series.retries.get_or_create(&reason.labels()));
        }
        for reason in Dead::ALL {
            drop(series.dead.get_or_create(&reason.labels()));
        }
        for outcome in Rebuild::ALL {
            drop(series.rebuilds.get_or_create(&outcome.labels()));
        }
        series.registered()
    }

    /// Names and explains every one. The format adds `_total`, `_info` and the full stop.
    fn registered(mut self) -> Self {
        let all = &mut self.registry;
        let version: Labels<1> = [("version", env!("CARGO_PKG_VERSION"))];
        all.register("build", "The program that runs", Info::new(version));
        all.register(
            "questions",
            "Questions that the library was asked",
            self.questions.clone(),
        );
        all.register("updates", "Updates taken in", self.updates.clone());
        all.register("sent", "Calls that Telegram accepted", self.sent.clone());
        all.register(
            "retries",
            "Calls that are tried again",
            self.retries.clone(),
        );
        all.register(
            "uncertain",
            "Calls of which nobody knows whether they were made",
            self.uncertain.clone(),
        );
        all.register("dead", "What was given up", self.dead.clone());
        all.register(
            "turned_away",
            "Updates passed over because a chat sent too much at once",
            self.turned_away.clone(),
        );
        all.register(
            "rebuilds",
            "Changed libraries taken in or refused",
            self.rebuilds.clone(),
        );
        all.register(
            "library_articles",
            "Articles that answers are drawn from",
            self.library_articles.clone(),
        );
        all.register(
            "library_fingerprint",
            "The same number for the same articles, guides and names",
            self.library_fingerprint.clone(),
        );
        all.register_with_unit(
            "library_since",
            "When this library began to serve, since 1970",
            Unit::Seconds,
            self.library_since.clone(),
        );
        all.register("panics", "Jobs that ended in a panic", self.panics.clone());
        all.register(
            "inbox_pending",
            "Updates to be worked on",
            self.inbox_pending.clone(),
        );
        all.register(
            "inbox_aside",
            "Updates that were put aside for the operator",
            self.inbox_aside.clone(),
        );
        all.register(
            "outbox_depth",
            "Calls to be made",
            self.outbox_depth.clone(),
        );
        all.register(
            "lanes_active",
            "Chats that are served at this moment",
            self.lanes_active.clone(),
        );
        all.register_with_unit(
            "answer",
            "From a question to the library's answer",
            Unit::Seconds,
            self.answer.clone(),
        );
        all.register_with_unit(
            "delivery",
            "From an update taken in to its message sent",
            Unit::Seconds,
            self.delivery.clone(),
        );
        self
    }
}

fn question(verdict: Verdict, language: Language) -> Labels<2> {
    [("verdict", verdict.name()), ("language", language.code())]
}

impl Metrics {
    /// The library has answered a question, and took so long.
    pub fn answered(&self, verdict: Verdict, language: Language, took: Duration) {
        let labels = question(verdict, language);
        self.0.questions.get_or_create(&labels).inc();
        self.0.answer.observe(took.as_secs_f64());
    }

    /// So many updates were taken in.
    pub fn updates(&self, count: u64) {
        self.0.updates.inc_by(count);
    }

    /// Telegram has accepted a call.
    pub fn sent(&self) {
        self.0.sent.inc();
    }

    /// What an update led to is sent, so long after it was taken in.
    pub fn delivered(&self, took: Duration) {
        self.0.delivery.observe(took.as_secs_f64());
    }

    /// A call is tried again.
    pub fn retried(&self, reason: Retry) {
        self.0.retries.get_or_create(&reason.labels()).inc();
    }

    /// Nobody knows whether a call was made.
    pub fn uncertain(&self) {
        self.0.uncertain.inc();
    }

    /// Something is given up.
    pub fn dead(&self, reason: Dead) {
        self.0.dead.get_or_create(&reason.labels()).inc();
    }

    /// An update was passed over because its chat sent too much at once.
    pub fn turned_away(&self) {
        self.0.turned_away.inc();
    }

    /// The library was read, and this came of it.
    pub fn rebuilt(&self, outcome: Rebuild) {
        self.0.rebuilds.get_or_create(&outcome.labels()).inc();
    }

    /// From now on a library of so many articles serves. Of its fingerprint so much is shown as a
    /// number of any program can hold exactly.
    pub fn serving(&self, articles: usize, fingerprint: u64) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_secs();
        let articles = articles.try_into().unwrap_or(i64::MAX);
        self.0.library_articles.set(articles);
        self.0
            .library_fingerprint
            .set((fingerprint >> 12).cast_signed());
        self.0.library_since.set(now.cast_signed());
    }

    /// A job has ended in a panic.
    pub fn panicked(&self) {
        self.0.panics.inc();
    }

    /// So many updates were put aside: the work on them ended the process or panicked too often.
    pub fn inbox_aside(&self, updates: u32) {
        self.0.inbox_aside.set(updates.into());
    }

    /// So many updates are to be worked on.
    pub fn inbox_pending(&self, updates: u32) {
        self.0.inbox_pending.set(updates.into());
    }

    /// So many calls are to be made.
    pub fn outbox_depth(&self, calls: u32) {
        self.0.outbox_depth.set(calls.into());
    }

    /// So many chats are served at this moment.
    pub fn lanes_active(&self, lanes: u32) {
        self.0.lanes_active.set(lanes.into());
    }

    /// All of them as [`CONTENT_TYPE`].
    #[must_use]
    pub fn encode(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.0.registry).expect("a string takes every number");
        page
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The value of the series that is written so.
    fn value(page: &str, series: &str) -> Option<f64> {
        page.lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
            .map(|value| value.parse().expect("a number"))
    }

    /// One of each.
    fn busy() -> Metrics {
        let metrics = Metrics::default();
        metrics.answered(
            Verdict::Nearest,
            Language::Arabic,
            Duration::from_micros(110),
        );
        metrics.updates(3);
        metrics.sent();
        metrics.delivered(Duration::from_millis(40));
        metrics.retried(Retry::Flood);
        metrics.uncertain();
        metrics.dead(Dead::Gone);
        metrics.turned_away();
        metrics.rebuilt(Rebuild::Built);
        metrics.serving(2, 0x1234_5678_9abc_def0);
        metrics.panicked();
        metrics.inbox_pending(7);
        metrics.inbox_aside(6);
        metrics.outbox_depth(8);
        metrics.lanes_active(9);
        metrics
    }

    #[test]
    fn what_happens_is_counted_in_its_own_series() {
        let page = busy().encode();
        for (series, wanted) in [
            (
                r#"iqtibas_questions_total{verdict="nearest",language="ar"}"#,
                1.0,
            ),
            ("iqtibas_updates_total", 3.0),
            ("iqtibas_sent_total", 1.0),
            (r#"iqtibas_retries_total{reason="flood"}"#, 1.0),
            ("iqtibas_uncertain_total", 1.0),
            (r#"iqtibas_dead_total{reason="gone"}"#, 1.0),
            ("iqtibas_turned_away_total", 1.0),
            (r#"iqtibas_rebuilds_total{outcome="built"}"#, 1.0),
            (r#"iqtibas_rebuilds_total{outcome="refused"}"#, 0.0),
            ("iqtibas_library_articles", 2.0),
            ("iqtibas_library_fingerprint", 320_255_973_501_901.0),
            ("iqtibas_panics_total", 1.0),
            ("iqtibas_inbox_pending", 7.0),
            ("iqtibas_inbox_aside", 6.0),
            ("iqtibas_outbox_depth", 8.0),
            ("iqtibas_lanes_active", 9.0),
            (r#"iqtibas_answer_seconds_bucket{le="0.0001"}"#, 0.0),
            (r#"iqtibas_answer_seconds_bucket{le="0.00025"}"#, 1.0),
            (r#"iqtibas_answer_seconds_bucket{le="30.0"}"#, 1.0),
            ("iqtibas_delivery_seconds_sum", 0.04),
            ("iqtibas_delivery_seconds_count", 1.0),
        ] {
            assert_eq!(value(&page, series), Some(wanted), "{series} in\n{page}");
        }
        let build = format!(
            "iqtibas_build_info{{version=\"{}\"}}",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(value(&page, &build), Some(1.0), "{page}");
    }

    #[test]
    fn clones_count_together_and_from_every_thread() {
        let metrics = Metrics::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let metrics = metrics.clone();
                    for _ in 0..1000 {
                        metrics.sent();
                        metrics.retried(Retry::Server);
                    }
                });
            }
        });
        let page = metrics.encode();
        assert_eq!(value(&page, "iqtibas_sent_total"), Some(4000.0));
        let retries = r#"iqtibas_retries_total{reason="server"}"#;
        assert_eq!(value(&page, retries), Some(4000.0));
    }

    #[test]
    fn every_series_is_there_before_anything_happens() {
        let series = |metrics: Metrics| -> BTreeSet<String> {
            let page = metrics.encode();
            let samples = page.lines().filter(|line| !line.starts_with('#'));
            samples
                .filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned()))
                .collect()
        };
        let (fresh, later) = (series(Metrics::default()), series(busy()));
        assert_eq!(fresh, later);
        assert!(fresh.len() > 60, "{fresh:#?}");
    }

    #[test]
    fn every_sample_belongs_to_a_family_with_help_and_type() {
        let page = busy().encode();
        let mut lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines.pop(), Some("# EOF"));
        let mut helped = BTreeSet::new();
        let mut types = BTreeMap::new();
        let mut samples = 0;
        for line in lines {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            match words.as_slice() {
                ["#", "HELP", family, help] => {
                    assert!(!help.is_empty() && helped.insert(*family), "{line}");
                }
                ["#", "TYPE", family, kind] => {
                    assert!(types.insert(*family, *kind).is_none(), "twice: {line}");
                }
                ["#", "UNIT", family, unit] => assert!(family.ends_with(unit), "{line}"),
                _ => {
                    let (series, value) = line.rsplit_once(' ').expect("a series and a value");
                    value.parse::<f64>().expect("a number");
                    let name = series.split('{').next().expect("a name");
                    let of_family = |(family, kind): (&&str, &&str)| {
                        let endings: &[&str] = match *kind {
                            "counter" => &["_total"],
                            "gauge" => &[""],
                            "info" => &["_info"],
                            "histogram" => &["_bucket", "_sum", "_count"],
                            other => panic!("an unknown type: {other}"),
                        };
                        helped.contains(family)
                            && name
                                .strip_prefix(family)
                                .is_some_and(|ending| endings.contains(&ending))
                    };
                    assert!(types.iter().any(of_family), "of no family: {line}");
                    samples += 1;
                }
            }
        }
        assert_eq!(types.len(), 19, "{types:?}");
        assert!(samples > 60, "{samples}");
    }
}
