//! Many people in many chats who ask at set times, whatever the bot does, and how long each of them
//! waits for an answer: from the time at which the question was due, so that a bot that stalls is
//! charged for all the questions that it kept waiting.
#![allow(dead_code, reason = "each bench uses its own part")]

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use hdrhistogram::Histogram;
use iqtibas::evaluation::{Case, Kind};
use iqtibas::sandbox::{Chat, Deed, Message, Person, Request, Sandbox};

/// As the bot's own: a crowd that is slow would make the bot look slow.
#[cfg(all(unix, feature = "jemalloc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The questions of the article's sets.
const QUESTIONS: [&str; 2] = [
    include_str!("../../tests/data/article-dev.jsonl"),
    include_str!("../../tests/data/article-second.jsonl"),
];
/// How often it is looked what came of them.
const LOOK: Duration = Duration::from_millis(50);
/// How long the last answers may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A message, by its chat and its number.
type Place = (i64, i64);

/// A direct message, or a group with a few who ask.
struct Room {
    chat: Chat,
    people: Vec<Person>,
}

/// Those who ask.
pub(crate) struct Crowd {
    sandbox: Sandbox,
    rooms: Vec<Room>,
    questions: Vec<String>,
    asked: usize,
}

/// How it went.
pub(crate) struct Waits {
    /// In microseconds.
    times: Histogram<u64>,
    /// Questions without an answer, and answers beyond the first.
    pub(crate) lost: usize,
    pub(crate) repeated: usize,
    /// From the first answer to the last.
    pub(crate) took: Duration,
}

impl Waits {
    pub(crate) fn ms(&self, quantile: f64) -> f64 {
        #[allow(clippy::cast_precision_loss)] // microseconds of a minute
        let micros = self.times.value_at_quantile(quantile) as f64;
        micros / 1e3
    }

    pub(crate) fn answers(&self) -> u64 {
        self.times.len()
    }
}

impl std::fmt::Display for Waits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [p50, p99, max] = [0.5, 0.99, 1.0].map(|quantile| self.ms(quantile));
        write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms, at most {max:.0} ms")?;
        match (self.lost, self.repeated) {
            (0, 0) => Ok(()),
            (lost, repeated) => write!(f, "; {lost} lost, {repeated} repeated"),
        }
    }
}

impl Crowd {
    /// In so many chats: half of them direct messages, half groups of four.
    pub(crate) fn new(sandbox: &Sandbox, chats: usize) -> Self {
        let room = |number: usize| {
            let person = |_| sandbox.person("P");
            if number.is_multiple_of(2) {
                let person = person(0);
                Room {
                    chat: person.chat(),
                    people: vec![person],
                }
            } else {
                Room {
                    chat: sandbox.supergroup("G"),
                    people: (0..4).map(person).collect(),
                }
            }
        };
        // What is no question stays without an answer.
        let question = |line| {
            let case: Case = serde_json::from_str(line).unwrap();
            (case.kind == Kind::Answerable).then_some(case.question)
        };
        Self {
            sandbox: sandbox.clone(),
            rooms: (0..chats).map(room).collect(),
            questions: QUESTIONS
                .iter()
                .flat_map(|set| set.lines())
                .filter_map(question)
                .collect(),
            asked: 0,
        }
    }

    /// So many questions a second for a time, while `meanwhile` happens beside them.
    pub(crate) fn ask(
        &mut self,
        rate: u32,
        time: Duration,
        meanwhile: impl FnOnce() + Send,
    ) -> Waits {
        let step = Duration::from_secs(1) / rate;
        let count = time.as_nanos() / step.as_nanos();
        let (started, clock) = (Instant::now(), SystemTime::now());
        let due = (0..count).map(move |number| step * u32::try_from(number).unwrap());
        let when = due.map(move |due| {
            thread::sleep((started + due).saturating_duration_since(Instant::now()));
            clock + due
        });
        self.run(when, meanwhile, |_| true)
    }

    /// So many questions as fast as they are answered, `waiting` of them at a time.
    pub(crate) fn press(&mut self, count: usize, waiting: usize) -> Waits {
        let when = (0..count).map(|_| SystemTime::now());
        self.run(when, || (), |open| open < waiting)
    }

    /// Asks at these times, each as soon as there is `room` beside those that are open, and waits for
    /// the answers.
    fn run(
        &mut self,
        when: impl Iterator<Item = SystemTime>,
        meanwhile: impl FnOnce() + Send,
        room: impl Fn(usize) -> bool,
    ) -> Waits {
        let (ended, count) = (AtomicBool::new(false), AtomicUsize::new(0));
        let answered = AtomicUsize::new(0);
        let chats: HashSet<i64> = self.rooms.iter().map(|room| room.chat.id()).collect();
        let sandbox = self.sandbox.clone();
        sandbox.forget();
        thread::scope(|scope| {
            let answers = scope.spawn(|| {
                let mut answers = Answers::default();
                let mut until = None;
                loop {
                    thread::sleep(LOOK);
                    let ended = ended.load(Ordering::Acquire);
                    let (requests, deeds) = sandbox.forget();
                    answers.take(&requests, &deeds, &chats);
                    answered.store(answers.first.len(), Ordering::Release);
                    if ended {
                        let until = *until.get_or_insert_with(|| Instant::now() + PATIENCE);
                        let all = answers.first.len() >= count.load(Ordering::Acquire);
                        if all || Instant::now() > until {
                            return answers;
                        }
                    }
                }
            });
            let beside = scope.spawn(meanwhile);
            let mut asked = HashMap::new();
            for due in when {
                while !room(asked.len() - answered.load(Ordering::Acquire).min(asked.len())) {
                    thread::sleep(Duration::from_millis(1));
                }
                asked.insert(self.ask_next(), due);
            }
            beside.join().unwrap();
            count.store(asked.len(), Ordering::Release);
            ended.store(true, Ordering::Release);
            waits(&asked, &answers.join().unwrap())
        })
    }

    fn ask_next(&mut self) -> Place {
        let room = &self.rooms[self.asked % self.rooms.len()];
        let turn = self.asked / self.rooms.len();
        let person = &room.people[turn % room.people.len()];
        let question = &self.questions[(turn + self.asked) % self.questions.len()];
        self.asked += 1;
        let message = if room.chat.id() == person.id() {
            person.writes(question)
        } else {
            room.chat.says(person, &format!("/ask {question}"))
        };
        place(&message)
    }
}

fn place(message: &Message) -> Place {
    (message.chat_id(), message.id())
}

/// The first answer to each question, and how many came beyond. A call may be refused: what counts is
/// the message that came of it, and when its call did.
#[derive(Default)]
struct Answers {
    tried: HashMap<Place, SystemTime>,
    first: HashMap<Place, SystemTime>,
    more: usize,
}

impl Answers {
    /// Takes what was called and what came of it in these chats.
    fn take(&mut self, requests: &[Request], deeds: &[Deed], chats: &HashSet<i64>) {
        for request in requests {
            let to = request.params["reply_parameters"]["message_id"].as_i64();
            self.tried
                .extend(request.chat().zip(to).map(|it| (it, request.at)));
        }
        for deed in deeds {
            let Deed::Posted(message) = deed else {
                continue;
            };
            let chat = message["chat"]["id"].as_i64();
            let place = chat.zip(message["reply_to_message"]["message_id"].as_i64());
            let Some(place) = place.filter(|(chat, _)| chats.contains(chat)) else {
                continue;
            };
            match self.first.entry(place) {
                Entry::Vacant(entry) => _ = entry.insert(self.tried[&place]),
                Entry::Occupied(_) => self.more += 1,
            }
        }
    }
}

fn waits(asked: &HashMap<Place, SystemTime>, answers: &Answers) -> Waits {
    let mut times = Histogram::new(3).unwrap();
    for (question, due) in asked {
        if let Some(at) = answers.first.get(question) {
            let wait = at.duration_since(*due).unwrap_or_default();
            times.record(wait.as_micros().try_into().unwrap()).unwrap();
        }
    }
    let ends = || answers.first.values();
    let took = ends().min().zip(ends().max());
    let took = took.map(|(first, last)| last.duration_since(*first).unwrap());
    Waits {
        lost: asked.len() - usize::try_from(times.len()).unwrap(),
        repeated: answers.more,
        took: took.unwrap_or_default(),
        times,
    }
}
