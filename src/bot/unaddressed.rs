//! Questions that nobody in particular is asked, in a group whose administrator lets the bot answer
//! them. A bot that speaks up wrongly gets muted, so everything in doubt is left alone: what is no
//! question, what is meant for somebody, what only the asker's friends can know, and what the article
//! does not clearly answer.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::TELEGRAM;
use super::event::{EntityKind, Message, Origin};
use crate::analysis::{self, Language, Script, Token};
use crate::answer::{Answer, Verdict};
use crate::text;

/// How probable the first quote must be.
const SURE: f32 = 0.9;
/// How many times more probable than that the article says nothing.
const MARGIN: f32 = 1000.0;
/// Which share of the question's words the guide must know: what is new to it is on something else.
const KNOWN: f32 = 0.82;

/// Words that make a question in Arabic wherever they stand, standard and dialects, also in Latin
/// letters.
const ASKING: &str = "هل لماذا لمذا ماذا متى أين كيف كم \
    ليه ليش ايش إيش وش شو شنو شنهو اشنو آش واش علاش كيفاش شحال فاش وقتاش فين وين امتى ايمتى إمتى \
    مين منو شكون ازاي إزاي كام قديش بكم بكام شلون شقد ليهش أيهما مالذي \
    leh leih lesh leish lih 3lach 3lash alash wach wesh wech shu sho chno chnou kifach kifash ezay \
    ezzay izay emta imta feen fein wein kam 2addesh addesh chhal meen ach ash eih";

/// Words that open a question in English, where no subject follows: "what he said" asks nothing.
const OPENING: &str = "what why how who when where which";

/// Words that open a question in English with a subject behind them.
const TURNED: &str = "whats hows whos whose is are was were do does did can could will would should \
    has have had isnt arent doesnt didnt wont";

/// Words that begin a subject.
const SUBJECTS: &str =
    "i we he she it they this that these those a an the my our his her its their";

/// Words that may stand before a question and call nobody.
const LEADING: &str = "so and but ok okay wait hey guys um hmm then also lol yo serious question quick \
    genuine anyone somebody someone know explain everyone folks btw honestly seriously \
    طيب طب اوك اوكي تمام يعني بس لكن سؤال صراحة بصراحة والله معلش لحظة شباب جماعة اخوان ناس";

/// The same in Chinese.
const CHINESE_LEADING: [&str; 12] = [
    "请问", "請問", "求问", "求問", "话说", "話說", "所以", "那么", "那麼", "但是", "大家", "问下",
];

/// What makes a question in Chinese.
const CHINESE: [&str; 28] = [
    "吗",
    "嗎",
    "呢",
    "什么",
    "什麼",
    "啥",
    "为何",
    "為何",
    "怎么",
    "怎麼",
    "怎样",
    "怎樣",
    "如何",
    "多少",
    "多久",
    "几个",
    "谁",
    "誰",
    "哪",
    "是否",
    "是不是",
    "有没有",
    "有沒有",
    "能不能",
    "会不会",
    "會不會",
    "还是",
    "還是",
];

/// Those of them that mean everything with 都 behind them.
const SWEEPING: [&str; 5] = ["什么", "什麼", "啥", "谁", "哪"];
/// How many characters behind them.
const SOON: usize = 6;

/// Words that are said to somebody, and of oneself: what such a question is about stands in no
/// article.
const PERSONAL: &str = "you your yours youre youve ur u ya yall my mine myself im ive \
    أنت انت إنت انتي أنتي انتم أنتم انتو إنتو انتوا نتا انتا حضرتك رأيك رايك رأيكم رايكم برأيك \
    برأيكم شرايك شرايكم عندك عندكم معك معكم لك لكم عندي معي محفظتي تنصح تنصحون تنصحوا تنصحني \
    تنصحوني تتوقع تتوقعون تتوقعوا";

/// The same in Chinese.
const CHINESE_PERSONAL: [&str; 7] = ["你", "您", "妳", "我的", "我该", "我該", "老师"];

/// Who is called when everybody is.
const EVERYBODY: &str = "جماعة شباب ناس اخوان إخوان اخوة إخوة عالم خوتي رجالة قوم";

/// Words, folded as those of a message are.
type Words = LazyLock<HashSet<String>>;

fn folded(list: &str) -> HashSet<String> {
    analysis::tokens(list)
        .into_iter()
        .map(|token| token.form)
        .collect()
}

static ASKS: Words = LazyLock::new(|| folded(ASKING));
static OPENS: Words = LazyLock::new(|| folded(OPENING));
static TURNS: Words = LazyLock::new(|| folded(TURNED));
static SUBJECT: Words = LazyLock::new(|| folded(SUBJECTS));
static LEADS: Words = LazyLock::new(|| folded(LEADING));
static TO_SOMEBODY: Words = LazyLock::new(|| folded(PERSONAL));
static TO_EVERYBODY: Words = LazyLock::new(|| folded(EVERYBODY));

/// Whether a message asks something and is meant for nobody in particular.
#[must_use]
pub fn is_question(message: &Message) -> bool {
    let below_post = |author| author == Some(TELEGRAM);
    let replies = message
        .reply
        .as_ref()
        .is_some_and(|reply| !below_post(reply.author));
    let meant = |kind| {
        matches!(
            kind,
            EntityKind::Command | EntityKind::Mention | EntityKind::TextMention(_)
        )
    };
    let addressed = message.entities.iter().any(|entity| meant(entity.kind));
    let forwarded = message.origin != Origin::Author;
    // What a picture is asked about stands in the picture.
    !(message.captioned || forwarded || replies || message.selected.is_some() || addressed)
        && asks(&message.text)
}

/// Whether an answer is clear enough to be given to who did not ask for it. Without a guide none is,
/// and none to a question on somebody or something that the article does not name.
#[must_use]
pub fn is_clear(answer: &Answer<'_>) -> bool {
    let sure = |p: f32| p >= SURE && p >= MARGIN * answer.why.silence;
    answer.verdict == Verdict::Answer
        && answer.why.known >= KNOWN
        && answer.why.strangers.is_empty()
        && answer
            .quotes
            .first()
            .is_some_and(|quote| sure(quote.score()))
}

/// Whether a text is a question to everybody.
fn asks(text: &str) -> bool {
    let text = text.trim();
    // A link or a name changes whom and what a question is about.
    if text.starts_with('/') || text.contains('@') || text::has_link(text) {
        return false;
    }
    let tokens = analysis::tokens(text);
    // A name alone with a mark behind it asks nothing in particular.
    let marked = text.contains(['?', '؟', '？']) && tokens.len() > 1;
    (marked || asks_in_words(text, &tokens)) && !is_personal(text, &tokens)
}

/// Whether the words are those of a question though no mark says so.
fn asks_in_words(text: &str, tokens: &[Token]) -> bool {
    match Language::of_question(text) {
        Language::Chinese => asks_in_chinese(text),
        Language::Arabic => tokens.iter().any(|token| ASKS.contains(&token.form)),
        Language::English => {
            let mut words = tokens
                .iter()
                .skip_while(|token| LEADS.contains(&token.form));
            words.next().is_some_and(|first| {
                let plain = words
                    .next()
                    .is_some_and(|next| !SUBJECT.contains(&next.form));
                TURNS.contains(&first.form) || OPENS.contains(&first.form) && plain
            })
        }
    }
}

/// Whether there is a word that asks, and that means none of "everything", "everybody", "everywhere":
/// with 都 soon after it, and nothing between them, it does.
fn asks_in_chinese(text: &str) -> bool {
    let sweeping = |word: &str, at: usize| {
        let (before, rest) = (text.get(..at), text.get(at + word.len()..));
        let why = before.is_some_and(|before| before.ends_with(['为', '為']));
        let near = |rest: &str| {
            let run = rest.chars().take(SOON).take_while(|c| c.is_alphanumeric());
            run.into_iter().any(|c| c == '都')
        };
        !why && SWEEPING.contains(&word) && rest.is_some_and(near)
    };
    CHINESE
        .iter()
        .any(|word| text.match_indices(word).any(|(at, _)| !sweeping(word, at)))
}

/// Whether a text begins with a name and a comma: "Sara, why …".
fn calls_by_name(text: &str, tokens: &[Token]) -> bool {
    let Some(comma) = text.find([',', '،', '，']) else {
        return false;
    };
    let before = tokens.iter().take_while(|token| token.span.end() <= comma);
    let before: Vec<&Token> = before.collect();
    match before.as_slice() {
        [one] if one.script != Script::Chinese => !LEADS.contains(&one.form),
        [first, ..] if before.len() <= 3 && first.script == Script::Chinese => {
            !CHINESE_LEADING.iter().any(|lead| text.starts_with(lead))
        }
        _ => false,
    }
}

/// Whether a question is meant for a person, or about the one who asks.
fn is_personal(text: &str, tokens: &[Token]) -> bool {
    let called = tokens.windows(2).any(|pair| {
        let [call, whom] = pair else { return false };
        call.form == "يا" && whom.script == Script::Arabic && !TO_EVERYBODY.contains(&whom.form)
    });
    called
        || calls_by_name(text, tokens)
        || tokens.iter().any(|token| TO_SOMEBODY.contains(&token.form))
        || CHINESE_PERSONAL.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::bot::Event;

    fn read(fields: &Value) -> Message {
        let mut message = json!({
            "message_id": 7, "chat": {"id": -1, "type": "supergroup"}, "from": {"id": 5},
        });
        let fields = fields.as_object().expect("fields").clone();
        message.as_object_mut().expect("a message").extend(fields);
        let Event::Message(message) = Event::read(&json!({ "message": message })) else {
            panic!("it is a message");
        };
        *message
    }

    #[test]
    fn questions_are_known_by_mark_or_by_word_in_every_language() {
        for text in [
            "ليش نزل سهم نفيديا",
            "كم كلف؟",
            "يا جماعة وش صار بالسوق",
            "شحال طاحت الأسهم",
            "طيب، كيف تسلا بعد هذا؟",
            "leih nvidia we23et ba3d deepseek",
            "why did nvidia fall",
            "ok so what happens to tesla",
            "anyone know who wrote it",
            "open source won？",
            "DeepSeek为什么这么便宜",
            "请问，特斯拉还有优势吗",
            "為什麼美股會跌",
            "为什么英伟达和美股都跌了",
            "谁都在说的三大影响是哪三个",
        ] {
            assert!(is_question(&read(&json!({"text": text}))), "{text}");
        }
    }

    #[test]
    fn what_asks_nothing_is_none() {
        for text in [
            "",
            "👍",
            "نزل سهم نفيديا اليوم",
            "what he said",
            "nvidia?? 🚀",
            "why i sold my bags",
            "nvidia is down again",
            "现在什么意外都叫黑天鹅",
            "这事谁都知道",
            "英伟达又跌了",
            "https://example.org/?q=1",
            "t.me/x?start=1",
            "example.org/x?why=1",
            "/price btc?",
        ] {
            assert!(!is_question(&read(&json!({"text": text}))), "{text}");
        }
    }

    #[test]
    fn what_is_meant_for_somebody_is_left_to_them() {
        for text in [
            "@sara why did nvidia fall?",
            "يا أبو نواف ليش نزل السهم؟",
            "سارة، ليش نزل السهم؟",
            "Sara, why did nvidia fall?",
            "do you think nvidia will recover?",
            "شو رأيك بتسلا؟",
            "你觉得特斯拉怎么样？",
            "老王，英伟达为什么跌？",
            "is my bag safe?",
            "is this true? https://example.org",
        ] {
            assert!(!is_question(&read(&json!({"text": text}))), "{text}");
        }
        let asked = "why did nvidia fall?";
        let by_id = json!([{"type": "text_mention", "offset": 0, "length": 3, "user": {"id": 9}}]);
        let theirs = json!({"message_id": 3, "from": {"id": 9}, "text": "x"});
        for extra in [
            json!({"entities": by_id}),
            json!({"reply_to_message": theirs}),
            json!({"forward_origin": {"type": "user"}}),
            json!({"caption": asked, "photo": []}),
            json!({"quote": {"text": "x", "position": 0}}),
        ] {
            let mut fields = extra;
            if fields.get("caption").is_none() {
                fields["text"] = asked.into();
            }
            assert!(!is_question(&read(&fields)), "{fields}");
        }
        let post = json!({"message_id": 3, "from": {"id": TELEGRAM}, "text": "x"});
        let comment = json!({"text": asked, "reply_to_message": post});
        assert!(is_question(&read(&comment)));
    }
}
