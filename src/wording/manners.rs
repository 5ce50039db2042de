//! What is said around answers: on buttons, to taps, to who asks too often, to a new group.

use super::{Command, Said, Title, isolated, slash};
use crate::analysis::Language;

/// What is written on a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The passage before.
    Before,
    /// The passage after.
    After,
    /// The next best passage.
    Next,
    /// The answer as it was.
    Back,
    /// An answer that one member sees, shown to all.
    ShowAll,
    /// The quote in its place in the article, in the browser.
    InPlace,
    /// The panel is no longer needed.
    Done,
    /// A document becomes an article.
    Add,
    /// A document takes an article's place.
    Replace,
    /// An article is taken out.
    Remove,
    /// What was begun is left.
    Cancel,
    /// What was done is taken back.
    Undo,
}

impl Label {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Before,
        Self::After,
        Self::Next,
        Self::Back,
        Self::ShowAll,
        Self::InPlace,
        Self::Done,
        Self::Add,
        Self::Replace,
        Self::Remove,
        Self::Cancel,
        Self::Undo,
    ];

    /// Arrows point the way that the language is read.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        let [ar, en, zh] = match self {
            Self::Before => ["▶ قبله", "◀ Before", "◀ 上一段"],
            Self::After => ["بعده ◀", "After ▶", "下一段 ▶"],
            Self::Next => ["اقتباس آخر", "Next best", "另一段"],
            Self::Back => ["عودة", "Back", "返回"],
            Self::ShowAll => ["أظهره للجميع", "Show to everyone", "展示给所有人"],
            Self::InPlace => ["اقرأه في موضعه", "Read in place", "在原文中阅读"],
            Self::Done => ["تم", "Done", "完成"],
            Self::Add => ["أضِفه", "Add", "添加"],
            Self::Replace => ["استبدله", "Replace", "替换"],
            Self::Remove => ["أخرجه", "Take it out", "移出"],
            Self::Cancel => ["إلغاء", "Cancel", "取消"],
            Self::Undo => ["أعِده", "Bring it back", "恢复"],
        };
        Said { ar, en, zh }.to(language)
    }
}

/// A short word to the one who tapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toast {
    /// The button no longer does anything.
    Old,
    /// Somebody tapped just before.
    Moment,
    /// Thanks for the first vote.
    Thanks,
    /// The vote was changed.
    Changed,
    /// The same vote again.
    Counted,
    /// Only administrators may.
    AdminsOnly,
    /// The choice is kept.
    Kept,
    /// Only the asker may.
    NotYours,
    /// The article has changed since the answer.
    Rewritten,
    /// No more articles can be chosen.
    EnoughChosen,
}

impl Toast {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Old,
        Self::Moment,
        Self::Thanks,
        Self::Changed,
        Self::Counted,
        Self::AdminsOnly,
        Self::Kept,
        Self::NotYours,
        Self::Rewritten,
        Self::EnoughChosen,
    ];

    /// In words.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        let [ar, en, zh] = match self {
            Self::Old => [
                "لم يعد هذا الزر يعمل. اسأل من جديد.",
                "This button no longer works. Please ask again.",
                "此按钮已失效，请重新提问。",
            ],
            Self::Moment => ["لحظة من فضلك…", "One moment…", "请稍候…"],
            Self::Thanks => [
                "شكرًا، وصل رأيك. لا يراه غيرك.",
                "Thank you. Nobody else sees your vote.",
                "谢谢，您的评价只有您自己知道。",
            ],
            Self::Changed => ["غيّرت رأيك.", "Your vote is changed.", "已更改您的评价。"],
            Self::Counted => [
                "رأيك محفوظ من قبل.",
                "Your vote is already counted.",
                "您已评价过。",
            ],
            Self::AdminsOnly => [
                "هذا للمشرفين فقط.",
                "This is for the group's admins.",
                "仅限管理员使用。",
            ],
            Self::Kept => ["حُفظ.", "Saved.", "已保存。"],
            Self::NotYours => [
                "هذا الزر لصاحب السؤال.",
                "This button is the asker's.",
                "此按钮仅供提问者使用。",
            ],
            Self::Rewritten => [
                "تغيّر المقال بعد هذه الإجابة، فلم يعد هذا الزر يعمل. اسأل من جديد.",
                "The article has changed since this answer, so this button no longer works. Please ask again.",
                "文章在此回答之后已更新，此按钮已失效，请重新提问。",
            ],
            Self::EnoughChosen => [
                "لا يمكن اختيار أكثر من هذا. اختر كل المقالات بدلًا منها.",
                "No more can be chosen. Choose all articles instead.",
                "不能再选更多，请改选全部文章。",
            ],
        };
        Said { ar, en, zh }.to(language)
    }
}

/// On the button between before and after: which paragraph of how many.
#[must_use]
pub fn place(paragraph: usize, of: usize) -> String {
    isolated(&format!("{paragraph} / {of}"))
}

/// To a tap on it.
#[must_use]
pub fn place_in(language: Language, title: &Title, paragraph: usize, of: usize) -> String {
    match language {
        Language::Arabic => format!("{title}: الفقرة {paragraph} من {of}"),
        Language::English => format!("{title}: paragraph {paragraph} of {of}"),
        Language::Chinese => format!("{title}：第 {paragraph} 段，共 {of} 段"),
    }
}

/// Above a passage that comes after those shown in the order of relevance.
#[must_use]
pub fn next_best(language: Language) -> &'static str {
    Said {
        ar: "المقطع التالي صلةً بالسؤال:",
        en: "The next nearest passage:",
        zh: "下一个最相关的段落：",
    }
    .to(language)
}

/// Above the passage that follows one that was asked about with no more than "why?".
#[must_use]
pub fn goes_on(language: Language) -> &'static str {
    Said {
        ar: "يمضي المقال قائلًا:",
        en: "The article goes on:",
        zh: "文章接着写道：",
    }
    .to(language)
}

/// Where an answer is that was given just before: above its address, or in reply to it.
#[must_use]
pub fn answered_before(language: Language) -> &'static str {
    Said {
        ar: "أجبت عن هذا قبل قليل، والإجابة هنا:",
        en: "I answered this a moment ago, here:",
        zh: "刚才回答过这个问题，请看这里：",
    }
    .to(language)
}

/// In place of an answer whose question is none any more.
#[must_use]
pub fn withdrawn(language: Language) -> &'static str {
    Said {
        ar: "تغيّر السؤال، فسحبت إجابتي.",
        en: "The question was changed, so I have taken my answer back.",
        zh: "问题已被修改，答案已撤回。",
    }
    .to(language)
}

/// To who asks too often; then nothing more is said.
#[must_use]
pub fn too_many(language: Language) -> &'static str {
    Said {
        ar: "الأسئلة كثيرة في وقت قصير. أعود إليكم بعد دقيقة.",
        en: "That is a lot of questions at once. I will be back in a minute.",
        zh: "短时间内问题太多了，请过一分钟再问。",
    }
    .to(language)
}

/// To a member who wants what only administrators may.
#[must_use]
pub fn admins_only(language: Language) -> &'static str {
    Said {
        ar: "هذا الأمر لمشرفي المجموعة.",
        en: "This command is for the group's admins.",
        zh: "此命令仅限群管理员使用。",
    }
    .to(language)
}

/// What the bot can do in a group that it was added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Whether it sees what is not addressed to it: privacy mode is off, or it is an administrator.
    pub sees_all: bool,
    /// Whether it is an administrator.
    pub is_admin: bool,
}

/// The first words in a group. `username` is the bot's, without `@`.
#[must_use]
pub fn welcome(
    language: Language,
    username: &str,
    title: Option<&Title>,
    can: Abilities,
) -> String {
    let (ask, settings) = (slash(Command::Ask), slash(Command::Settings));
    let mention = isolated(&format!("@{username}"));
    let mut said = match language {
        Language::Arabic => format!(
            "أهلًا بكم، أنا اقتباس. أجيب بكلمات {} نفسها.\n\nاكتبوا {ask} ثم السؤال، أو اذكروا {mention}، أو ردّوا على إجابة مني. والإعدادات للمشرفين: {settings}",
            title.map_or("المقال".to_owned(), |t| format!("مقال «{t}»"))
        ),
        Language::English => format!(
            "Hello, I am Iqtibas. I answer with the very words of {}.\n\nWrite {ask} and your question, mention {mention}, or reply to one of my answers. Admins: {settings}",
            title.map_or("the article".to_owned(), |t| format!("“{t}”"))
        ),
        Language::Chinese => format!(
            "大家好，我是 Iqtibas（引文），只用{}的原文回答。\n\n发送 {ask} 加问题，提到 {mention}，或回复我的回答即可。管理员设置：{settings}",
            title.map_or("文章".to_owned(), |t| format!("《{t}》"))
        ),
    };
    let limits = match (can.sees_all, can.is_admin) {
        (true, true) => None,
        (true, false) => Some(Said {
            ar: "لست مشرفًا: أجيب هنا كالمعتاد، وقد لا أستطيع أن أجيب السائل وحده.",
            en: "I am no admin: I answer as usual, but may be unable to answer an asker alone.",
            zh: "我不是管理员：可以正常回答，但可能无法只回复给提问者一人。",
        }),
        (false, _) => Some(Said {
            ar: "وضع الخصوصية مفعّل: أرى الأوامر والردود عليّ، وقد لا تصلني الإشارة إلى اسمي ولا الأسئلة العامة. إن أردتم ذلك فاجعلوني مشرفًا.",
            en: "Privacy mode is on: I see commands and replies to me; mentions may not reach me, and open questions do not. Make me an admin if you want that.",
            zh: "隐私模式已开启：我能看到命令和对我的回复，但可能收不到提及，也看不到未点名的问题。如有需要，请设我为管理员。",
        }),
    };
    if let Some(limits) = limits {
        said.push_str("\n\n");
        said.push_str(limits.to(language));
    }
    said
}

/// To who added the bot to a group in which it may not write, in a direct message.
#[must_use]
pub fn may_not_write(language: Language, group: Option<&str>) -> String {
    let group = group.map(isolated);
    match language {
        Language::Arabic => format!(
            "أُضفتُ إلى {}، لكن لا يُسمح لي بالكتابة فيها، فلن أستطيع الإجابة هناك. اسمحوا لي بإرسال الرسائل أو اجعلوني مشرفًا.",
            group.map_or("مجموعة".to_owned(), |it| format!("مجموعة «{it}»"))
        ),
        Language::English => format!(
            "I was added to {} but may not write there, so I cannot answer. Allow me to send messages, or make me an admin.",
            group.map_or("a group".to_owned(), |it| format!("“{it}”"))
        ),
        Language::Chinese => format!(
            "我被加入了{}，但没有发言权限，无法在那里回答。请允许我发送消息，或设我为管理员。",
            group.map_or("一个群组".to_owned(), |it| format!("群组“{it}”"))
        ),
    }
}

/// Above the panel of settings.
#[must_use]
pub fn settings(language: Language, topic: bool) -> &'static str {
    if topic {
        Said {
            ar: "إعدادات هذا الموضوع. اضغط ما تريد تغييره.",
            en: "Settings of this topic. Tap what you want to change.",
            zh: "本话题的设置。点按要更改的项目。",
        }
    } else {
        Said {
            ar: "الإعدادات. اضغط ما تريد تغييره.",
            en: "Settings. Tap what you want to change.",
            zh: "设置。点按要更改的项目。",
        }
    }
    .to(language)
}

/// Above the topics of the articles, of which some can be left out.
#[must_use]
pub fn left_out_topics(language: Language) -> &'static str {
    Said {
        ar: "✓ أتناوله، ✕ أتركه. اضغط موضوعًا لتغييره.",
        en: "✓ I speak of it, ✕ I leave it out. Tap a topic to change it.",
        zh: "✓ 会谈，✕ 不谈。点按话题即可更改。",
    }
    .to(language)
}

/// To a question on a topic that is left out.
#[must_use]
pub fn left_out(language: Language) -> &'static str {
    Said {
        ar: "اختار المشرفون ألا أتناول هذا الموضوع هنا.",
        en: "The admins have chosen that I leave this subject out here.",
        zh: "管理员设定我在这里不谈这个话题。",
    }
    .to(language)
}

/// Where the panel was.
#[must_use]
pub fn settings_kept(language: Language) -> &'static str {
    Said {
        ar: "حُفظت الإعدادات.",
        en: "The settings are saved.",
        zh: "设置已保存。",
    }
    .to(language)
}
