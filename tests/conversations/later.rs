//! What depends on the time, on a changed article or on who operates the bot: decided without a
//! network, from updates to effects, with a memory that the effects are kept in.

use iqtibas::analysis::Language;
use iqtibas::bot::{self, Call, Effect, Event, Known, Me, Memory, NoteId, Remembered, Settings};
use iqtibas::library::Library;
use serde_json::{Value, json};

use super::LIBRARY;
use super::support::conforms;

const CHAT: i64 = -1_001_234_567_890;
const QUESTION: &str = "/ask بكم انخفض سهم Nvidia؟";
const OPERATOR: i64 = 77;
const DAY: i64 = 24 * 60 * 60_000;

/// The bot's mind over time.
struct Mind {
    memory: Remembered,
    now: i64,
    sent: i64,
    reports_words: bool,
}

impl Mind {
    fn new() -> Self {
        Self {
            memory: Remembered::default(),
            now: 1_800_000_000_000,
            sent: 1000,
            reports_words: false,
        }
    }

    /// What an update leads to; every message sent gets the next number.
    fn calls(&mut self, update: &Value, library: &Library) -> Vec<Call> {
        let me = Me {
            id: 42,
            username: "iqtibas_bot".to_owned(),
            reads_all: true,
            topics: Vec::new(),
        };
        let settings = Settings {
            language: Language::Arabic,
            operators: vec![OPERATOR],
            site: None,
            reports_words: self.reports_words,
        };
        let known = Known {
            me: &me,
            settings: &settings,
            memory: &self.memory,
            now: self.now,
        };
        let mut effects = Vec::new();
        for action in bot::decide(&Event::read(update), &known) {
            let action = action.settled(true);
            effects.extend(bot::respond(&action, library, &known).expect("the library is read"));
        }
        let mut calls = Vec::new();
        for effect in effects {
            let Effect::Call(call) = effect else {
                self.memory.apply(&effect);
                continue;
            };
            conforms(&call.method, &json!(call.body)).expect("a request that Telegram knows");
            self.sent += 1;
            for note in call.kept(self.sent) {
                self.memory.keep(note);
            }
            calls.push(call);
        }
        calls
    }

    fn asks(&mut self, message: i64, text: &str) -> Vec<Call> {
        let update = says(message, 5, text);
        self.calls(&update, &LIBRARY)
    }

    fn taps(&mut self, data: &str, library: &Library) -> Vec<Call> {
        let message = json!({"message_id": self.sent, "chat": {"id": CHAT, "type": "supergroup"}});
        let tap = json!({"callback_query": {"id": "q", "from": {"id": 5}, "message": message, "data": data}});
        self.calls(&tap, library)
    }
}

fn says(message: i64, author: i64, text: &str) -> Value {
    json!({"message": {"message_id": message, "date": 1, "text": text,
        "chat": {"id": CHAT, "type": "supergroup"}, "from": {"id": author, "is_bot": false, "first_name": "ليلى"}}})
}

fn text(calls: &[Call]) -> &str {
    match calls {
        [call] => call.body["text"].as_str().unwrap_or_default(),
        other => panic!("one call: {other:?}"),
    }
}

#[test]
fn after_ten_minutes_the_same_question_is_answered_again() {
    let mut mind = Mind::new();
    let first = text(&mind.asks(1, QUESTION)).to_owned();
    mind.now += 9 * 60_000;
    assert!(text(&mind.asks(2, QUESTION)).starts_with("أجبت عن هذا"));
    mind.now += 2 * 60_000;
    assert_eq!(text(&mind.asks(3, QUESTION)), first);
}

#[test]
fn a_button_below_a_quote_of_an_article_that_has_changed_is_old() {
    let mut mind = Mind::new();
    mind.asks(1, QUESTION);
    let folder = tempfile::tempdir().expect("a folder");
    let article = folder.path().join("deepseek.md");
    std::fs::write(&article, "انخفض سهم Nvidia قليلا ثم عاد.\n").expect("written");
    let segments = tempfile::tempdir().expect("a folder");
    let changed = Library::open(folder.path(), segments.path()).expect("a library");
    for data in ["1v0.0.1", "1w", "1v1.0.0"] {
        let (calls, memory) = (mind.taps(data, &changed), format!("{:?}", mind.memory));
        assert!(text(&calls).contains("لم يعد"), "{data}");
        mind.sent -= 1; // the answer to the tap is no message
        assert!(memory.contains("view\": Null"), "nothing has changed");
    }
}

#[test]
fn what_is_remembered_holds_no_word_of_the_question() {
    let mut mind = Mind::new();
    mind.asks(1, QUESTION);
    let notes = format!("{:?}", mind.memory);
    assert!(notes.contains("answer") && notes.contains("tally"));
    for word in ["انخفض", "سهم", "بكم", "ليلى"] {
        assert!(!notes.contains(word), "{word} in {notes}");
    }
}

#[test]
fn who_is_to_be_forgotten_is() {
    let mut mind = Mind::new();
    mind.asks(1, QUESTION);
    mind.taps("1u", &LIBRARY);
    mind.memory.apply(&Effect::Forget(5));
    let id = |kind: &str| NoteId {
        kind: kind.to_owned(),
        chat: CHAT,
        key: 5,
    };
    assert_eq!(mind.memory.note(&id("pace")), None);
    assert!(mind.memory.notes("answer", CHAT, 9).is_empty());
    assert!(mind.memory.notes("vote", CHAT, 9).is_empty());
    assert_eq!(
        mind.memory.notes("tally", CHAT, 9).len(),
        1,
        "counts name nobody"
    );
}

#[test]
fn the_operator_is_told_of_all_chats_in_a_direct_message_and_nobody_else_is() {
    let mut mind = Mind::new();
    mind.asks(1, QUESTION);
    mind.now += 24 * 60 * 60_000;
    mind.asks(2, "/ask هل DeepSeek مفتوح المصدر؟");
    let report = |who: i64| {
        json!({"message": {"message_id": 1, "date": 1, "text": "/report", "chat": {"id": who, "type": "private"},
            "from": {"id": who, "is_bot": false, "first_name": "x", "language_code": "en"}}})
    };
    let told = mind.calls(&report(OPERATOR), &LIBRARY);
    assert!(text(&told).contains("Answered: 2"), "{}", text(&told));
    assert!(text(&mind.calls(&report(5), &LIBRARY)).contains("/ask"));
    mind.now += 40 * 24 * 60 * 60_000;
    let later = mind.calls(&report(OPERATOR), &LIBRARY);
    assert!(text(&later).contains("Answered: 0"), "{}", text(&later));
}

#[test]
fn a_report_is_of_the_period_that_was_chosen() {
    let mut mind = Mind::new();
    mind.asks(1, QUESTION);
    mind.now += 3 * DAY;
    mind.asks(2, "/ask كيف أطبخ الكبسة مع OpenAI؟");
    mind.asks(3, "/report");
    let panel = mind.sent;
    for (days, answered, silent) in [(1, 0, 1), (30, 1, 1), (7, 1, 1)] {
        mind.now += 2000;
        mind.sent = panel;
        let shown = mind.taps(&format!("1r{days}"), &LIBRARY);
        let [_, report] = shown.as_slice() else {
            panic!("{shown:?}")
        };
        let report = report.body["text"].as_str().expect("a text");
        for line in [
            format!("أجاب عنها المقال: {answered}"),
            format!("لا يذكرها المقال: {silent}"),
        ] {
            assert!(report.contains(&line), "{days}: {report}");
        }
        assert!(report.contains("openai"), "{report}");
    }
}

#[test]
fn the_words_of_what_was_not_answered_are_reported_only_where_the_operator_wants_them() {
    for wanted in [false, true] {
        let mut mind = Mind::new();
        mind.reports_words = wanted;
        mind.asks(1, QUESTION);
        mind.asks(2, "/ask كيف أطبخ الكبسة؟");
        let kept = |mind: &Mind| format!("{:?}", mind.memory).contains("الكبسة");
        assert_eq!(kept(&mind), wanted);
        let report = text(&mind.asks(3, "/report")).to_owned();
        assert_eq!(report.contains("كيف أطبخ الكبسة؟"), wanted, "{report}");
        assert!(!report.contains("انخفض"), "what was answered is no matter");
        let privacy = text(&mind.asks(4, "/privacy")).to_owned();
        assert_eq!(privacy.contains("مشغّل هذا البوت"), wanted);
        mind.now += 2 * DAY;
        let report = text(&mind.asks(5, "/report")).to_owned();
        assert_eq!(report.contains("الكبسة"), wanted);
        mind.memory.apply(&Effect::Forget(5));
        assert!(!kept(&mind));
    }
}

#[test]
fn a_message_a_second_is_as_fast_as_an_answer_is_turned() {
    let mut mind = Mind::new();
    mind.asks(1, QUESTION);
    let answer = mind.sent;
    let mut edits = 0;
    for n in 0..100 {
        mind.sent = answer;
        let view = format!("1v0.0.{}", n % 2 + 1);
        let calls = mind.taps(&view, &LIBRARY);
        assert_eq!(calls[0].method, "answerCallbackQuery");
        edits += calls.len() - 1;
        mind.now += 50;
    }
    assert_eq!(edits, 5, "a hundred taps in five seconds");
}
