//! What administrators can choose for their chat: one list from which the panel of `/settings` is
//! made and its taps are read.

use super::{Said, isolated};
use crate::analysis::Language;

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Whether questions are answered that are addressed to nobody.
    Unaddressed,
    /// Who sees answers.
    SeenBy,
    /// The language of answers.
    Language,
    /// The most quotes of an answer.
    Quotes,
    /// Whether the editor's translation follows a quote.
    Gloss,
    /// How often one may ask.
    Pace,
    /// From which hour the bot is silent.
    QuietFrom,
    /// Until which hour.
    QuietTo,
    /// How far the chat's clock is before UTC, in minutes.
    Offset,
    /// Whether the bot stays out of a topic.
    Away,
    /// Which of the articles' subjects it leaves out.
    LeftOut,
}

impl Setting {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::Unaddressed,
        Self::SeenBy,
        Self::Language,
        Self::Quotes,
        Self::Gloss,
        Self::Pace,
        Self::QuietFrom,
        Self::QuietTo,
        Self::Offset,
        Self::Away,
        Self::LeftOut,
    ];

    /// What is chosen.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        let [ar, en, zh] = match self {
            Self::Unaddressed => ["متى أجيب", "I answer", "何时回答"],
            Self::SeenBy => ["من يرى الإجابة", "Seen by", "谁能看到"],
            Self::Language => ["لغة الإجابة", "Language", "回答语言"],
            Self::Quotes => ["أكثر عدد للاقتباسات", "Quotes at most", "最多引文数"],
            Self::Gloss => ["الترجمة", "Translation", "译文"],
            Self::Pace => ["الأسئلة في الدقيقة", "Questions a minute", "每分钟提问"],
            Self::QuietFrom => ["أصمت من الساعة", "Quiet from", "静默开始"],
            Self::QuietTo => ["أصمت حتى الساعة", "Quiet until", "静默结束"],
            Self::Offset => ["توقيت المجموعة", "The group's clock", "群组时区"],
            Self::Away => ["هذا الموضوع", "This topic", "本话题"],
            Self::LeftOut => ["ما لا أتناوله", "I leave out", "不谈的内容"],
        };
        Said { ar, en, zh }.to(language)
    }

    /// What is chosen, and the choice.
    #[must_use]
    pub fn line(self, language: Language, number: i16, pace: (u32, u32)) -> String {
        let colon = if language == Language::Chinese {
            "："
        } else {
            ": "
        };
        let choice = self.choice(language, number, pace);
        format!("{}{colon}{choice}", self.name(language))
    }

    /// A choice, by its number; `pace` is how many a minute of a member and of a chat.
    #[must_use]
    pub fn choice(self, language: Language, number: i16, pace: (u32, u32)) -> String {
        let [ar, en, zh] = match (self, number) {
            (Self::Unaddressed, 0) => ["إذا سُئلت فقط", "when asked only", "仅在被问到时"],
            (Self::Unaddressed, _) => [
                "وعلى الأسئلة العامة أيضًا",
                "open questions, too",
                "也回答未点名的问题",
            ],
            (Self::SeenBy, 0) => ["الجميع", "everyone", "所有人"],
            (Self::SeenBy, 1) => ["السائل وحده", "the asker alone", "仅提问者"],
            (Self::SeenBy, _) => [
                "الجميع، وما لا جواب له للسائل وحده",
                "everyone; no answer: the asker alone",
                "所有人；无答案时仅提问者",
            ],
            (Self::Language, 0) => ["العربية", "العربية", "العربية"],
            (Self::Language, 1) => ["English", "English", "English"],
            (Self::Language, 2) => ["中文", "中文", "中文"],
            (Self::Language, _) => ["لغة السائل", "the asker's", "提问者的语言"],
            (Self::Gloss, 0) => ["دون ترجمة", "off", "关闭"],
            (Self::Gloss, _) => ["تُعرض", "on", "显示"],
            (Self::QuietFrom, -1) => ["لا أصمت", "never", "从不"],
            (Self::Away, 0) => ["أجيب فيه", "I answer here", "在此回答"],
            (Self::Away, _) => ["لا أجيب فيه", "I stay out", "不在此回答"],
            (Self::LeftOut, 0) => ["لا شيء", "nothing", "无"],
            (Self::LeftOut | Self::Quotes, _) => return number.to_string(),
            (Self::QuietFrom | Self::QuietTo, _) => return isolated(&format!("{number}:00")),
            (Self::Offset, _) => return isolated(&clock(number)),
            (Self::Pace, _) => return a_minute(language, pace),
        };
        Said { ar, en, zh }.to(language).to_owned()
    }
}

/// `UTC+3`, `UTC-9:30`.
fn clock(minutes: i16) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    if rest == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{rest}")
    }
}

fn a_minute(language: Language, (member, chat): (u32, u32)) -> String {
    match language {
        Language::Arabic => format!("{member} للعضو، {chat} للمجموعة"),
        Language::English => format!("{member} a member, {chat} in all"),
        Language::Chinese => format!("每人 {member}，全群 {chat}"),
    }
}
