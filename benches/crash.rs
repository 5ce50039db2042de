//! The promise, put to the test: no question is lost and no answer repeated but where a send was in
//! flight, however often the process is killed.
//!
//! The real program on a real state; a sandbox in this process plays Telegram. SIGKILL comes at
//! random moments, and at the moments that matter: after an update was stored and before it is
//! confirmed, before a message is sent, after it is sent and before the program knows. Ends with 1
//! where the promise does not hold.
//!
//!     cargo bench --bench crash -- --kills 1000 --questions 5000
//!     cargo bench --bench crash -- --kills 50 --questions 400 --seed 7
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)] // a tool for developers

mod support;

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use iqtibas::sandbox::{Chat, Fault, Message, Options, Person, Sandbox};
use iqtibas::store::{StatePlace, Store};
use support::{Home, option};

const CHATS: usize = 40;
/// A send that came so shortly before a kill may not have been settled.
const SETTLED: Duration = Duration::from_millis(20);
const QUESTIONS: [&str; 6] = [
    "بكم انخفض سهم Nvidia؟",
    "ماذا عن تسلا؟",
    "How much did DeepSeek cost?",
    "why did the market fall",
    "DeepSeek 对加密市场有什么影响？",
    "شو قصة الـ shock bomb",
];

/// When the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Moment {
    Random,
    BeforeConfirm,
    BeforeSend,
    AfterSend,
}

/// Chances that a seed repeats (splitmix64).
struct Chances(u64);

impl Chances {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)) % bound
    }

    fn moment(&mut self) -> Moment {
        match self.below(8) {
            0 => Moment::BeforeConfirm,
            1 => Moment::BeforeSend,
            2 => Moment::AfterSend,
            _ => Moment::Random,
        }
    }
}

/// Where questions are asked: half in direct messages, half in groups.
struct Room {
    chat: Chat,
    people: Vec<Person>,
    asked: Vec<i64>,
}

impl Room {
    fn ask(&mut self, question: &str) {
        let person = &self.people[self.asked.len() % self.people.len()];
        let message = if self.chat.id() == person.id() {
            person.writes(question)
        } else {
            self.chat.says(person, &format!("/ask {question}"))
        };
        self.asked.push(message.id());
    }

    /// How often each question was answered, and whether first answers came in order.
    fn answers(&self) -> (HashMap<i64, usize>, bool) {
        let mut times = HashMap::new();
        let mut firsts = Vec::new();
        for question in self.chat.messages().iter().filter_map(Message::reply_to) {
            let times = times.entry(question).or_insert(0);
            if *times == 0 {
                firsts.push(question);
            }
            *times += 1;
        }
        (times, firsts.is_sorted())
    }
}

fn open(sandbox: &Sandbox) -> Vec<Room> {
    let open = |number| {
        let person = |member| sandbox.person(&format!("P{number}.{member}"));
        let (chat, people) = if number % 2 == 0 {
            let person = person(0);
            (person.chat(), vec![person])
        } else {
            let group = sandbox.supergroup(&format!("G{number}"));
            (group, (0..20).map(person).collect())
        };
        Room {
            chat,
            people,
            asked: Vec::new(),
        }
    };
    (0..CHATS).map(open).collect()
}

/// How many questions have no answer.
fn lost(rooms: &[Room]) -> usize {
    let lost = |room: &Room| {
        let (times, _) = room.answers();
        room.asked
            .iter()
            .filter(|id| !times.contains_key(id))
            .count()
    };
    rooms.iter().map(lost).sum()
}

#[tokio::main]
async fn main() {
    let (kills, questions) = (option("--kills", 1000), option("--questions", 5000));
    let mut chances = Chances(option("--seed", 1));
    let home = Home::new();
    let options = Options {
        patience: Duration::from_secs(5),
        ..Options::default()
    };
    let sandbox = Sandbox::with(options).await.unwrap();
    let mut rooms = open(&sandbox);
    let started = Instant::now();
    let (mut moments, mut open) = (HashMap::<Moment, u64>::new(), 0);
    let (mut asked, mut answered, mut in_flight) = (0, 0, 0);
    for kill in 1..=kills {
        let moment = chances.moment();
        match moment {
            Moment::Random => {}
            Moment::BeforeConfirm => sandbox.fail(Fault::Silence.at("getUpdates")),
            Moment::BeforeSend => sandbox.fail(Fault::Silence.at("sendMessage")),
            Moment::AfterSend => {
                sandbox.fail(Fault::Delay(Duration::from_secs(2)).at("sendMessage"));
            }
        }
        let method = match moment {
            Moment::Random => None,
            Moment::BeforeConfirm => Some("getUpdates"),
            Moment::BeforeSend | Moment::AfterSend => Some("sendMessage"),
        };
        let seen = method.map_or(0, |method| sandbox.requests_of(method).len());
        let bot = home.run(&sandbox);
        let share = (questions * kill / kills).saturating_sub(asked);
        for _ in 0..share {
            let room = usize::try_from(chances.below(CHATS as u64)).unwrap();
            let which = usize::try_from(chances.below(QUESTIONS.len() as u64)).unwrap();
            rooms[room].ask(QUESTIONS[which]);
        }
        asked += share;
        match method {
            None => tokio::time::sleep(Duration::from_millis(chances.below(150))).await,
            // Nothing to send is a moment that does not come.
            Some(method) => open += u64::from(sandbox.request(method, seen).await.is_none()),
        }
        bot.kill();
        let killed = SystemTime::now();
        let sends = sandbox.requests_of("sendMessage");
        in_flight += sends[answered..]
            .iter()
            .filter(|send| moment == Moment::AfterSend || send.at + SETTLED > killed)
            .count() as u64;
        answered = sends.len();
        sandbox.heal();
        *moments.entry(moment).or_default() += 1;
    }
    let bot = home.run(&sandbox);
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut lost = self::lost(&rooms);
    while lost > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(200)).await;
        lost = self::lost(&rooms);
    }
    drop(bot);
    let (mut repeated, mut disordered) = (0, 0);
    for room in &rooms {
        let (times, ordered) = room.answers();
        repeated += times.values().map(|times| times - 1).sum::<usize>() as u64;
        disordered += u64::from(!ordered);
    }
    println!(
        "{kills} kills ({} random, {} before a confirmation, {} before a send, {} after one; {open} of these moments did not come), {asked} questions in {CHATS} chats, {:.0} s",
        moments.get(&Moment::Random).unwrap_or(&0),
        moments.get(&Moment::BeforeConfirm).unwrap_or(&0),
        moments.get(&Moment::BeforeSend).unwrap_or(&0),
        moments.get(&Moment::AfterSend).unwrap_or(&0),
        started.elapsed().as_secs_f64()
    );
    println!(
        "lost, repeated: {lost}, {repeated} of {in_flight} sends in flight; chats out of order: {disordered}"
    );
    let state = std::fs::metadata(home.state()).map_or(0, |file| file.len());
    println!("state: {} kB", state / 1024);
    let place = StatePlace {
        file: home.state(),
        key: home.state().with_extension("key"),
        database: None,
    };
    for left in Store::visit(&place).unwrap().pending().unwrap() {
        println!("left over: {left:?}");
    }
    // Out of order is what was in hand at three kills: it was put aside for a while.
    if lost > 0 || repeated > in_flight {
        println!("the promise does not hold");
        std::process::exit(1);
    }
}
