//! What the bot says about what it keeps, and about what it could not keep up with.

use super::Said;
use crate::analysis::Language;

/// What is kept of a member, and for how long. `words`: whether the operator keeps the words of
/// questions that the article does not answer.
#[must_use]
pub fn privacy(language: Language, words: bool) -> String {
    let kept = Said {
        ar: "ما أعرفه عنك:\n\n• أقرأ سؤالك لأبحث عنه في المقال. يبقى مشفّرًا حتى أجيبك ثم أمحوه؛ وما لا يُوجَّه إليّ لا أحتفظ به أصلًا، ولا أنظر فيه إلا إذا اختار المشرفون أن أجيب أيضًا عن الأسئلة العامة.\n• أحفظ يومين علامةً مشفّرة لكل رسالة أجبتُها كيلا أجيب مرتين، وما تعذّر تسليمه يبقى مشفّرًا أسبوعًا على الأكثر.\n• لتعمل الأزرار ولتتبع إجابتي تعديل سؤالك أحفظ 30 يومًا أرقامًا لا نصوصًا: أي رسالة أجبت بأي فقرات، ورأيك 👍 أو 👎؛ وأحفظ دقائق معدودة كم سألت. وأعدّ، دون أسماء، كم سؤالًا أُجيب وكم مرة اقتُبست كل فقرة.\n• مفتاح التشفير خارج قاعدة البيانات. ولا نص لأي رسالة في سجلات التشغيل؛ قد يظهر فيها رقم المحادثة لمعالجة الأعطال.\n• لا أرسل شيئًا إلى أي خدمة غير تيليجرام الذي تمر به رسائلك.\n• أرسل /forget فأنسى ما أحفظه عنك، وإن أُخرجتُ من محادثة نسيتها كلها.",
        en: "What I know of you:\n\n• I read your question to look it up in the article. It stays encrypted until I have answered, then I erase it; what is not addressed to me I never keep, nor look at unless the admins chose that I answer open questions, too.\n• For two days I keep a keyed mark of each message that I answered, so as not to answer twice; what could not be delivered stays encrypted for a week at most.\n• For the buttons to work and for my answer to follow an edit I keep numbers, no texts, for 30 days: which message I answered with which passages, and your 👍 or 👎; and for minutes how often you asked. I count, without names, how many questions were answered and how often each passage was quoted.\n• The key is not in the database. No message text goes into the logs; a chat's number may appear there, to trace faults.\n• I send nothing to any service but Telegram, which carries your messages.\n• Send /forget and I forget what I keep of you; removed from a chat, I forget all of it.",
        zh: "我知道您的哪些信息：\n\n• 我读取您的问题，用来在文章中查找。问题加密保存，回答之后即清除；不是发给我的消息从不保存，也不查看，除非管理员选择让我也回答未点名的问题。\n• 为避免重复回答，每条已回答的消息会留下一个加密标记，保留两天；无法送达的内容加密保存，最多一周。\n• 为了让按钮可用、让回答随问题的修改而更新，我会保存 30 天的编号（不含文字）：哪条消息用哪些段落作答，以及您的 👍 或 👎；提问次数只保存几分钟。我统计回答了多少问题、各段落被引用多少次，不含姓名。\n• 密钥不在数据库里。日志中不写任何消息内容；为排查故障，可能出现聊天编号。\n• 除了传递消息的 Telegram，我不向任何服务发送内容。\n• 发送 /forget，我就忘掉与您有关的一切；被移出聊天后，我会忘掉整个聊天。",
    };
    let unanswered = Said {
        ar: "\n• اختار مشغّل هذا البوت أن تظهر في التقارير الأسئلة التي لا يجيب عنها المقال بنصها: أحفظها مشفّرة 31 يومًا دون اسمك، ويمحوها /forget.",
        en: "\n• Whoever runs this bot has chosen that reports show the questions that the article does not answer, in their words: I keep those encrypted for 31 days, without your name; /forget erases them.",
        zh: "\n• 本机器人的运营者选择在报告中显示文章未能回答的问题原文：这些问题加密保存 31 天，不含您的姓名；发送 /forget 即可清除。",
    };
    let more = if words { unanswered.to(language) } else { "" };
    format!("{}{more}", kept.to(language))
}

/// After `/forget`.
#[must_use]
pub fn forgotten(language: Language) -> &'static str {
    Said {
        ar: "نسيتُ كل ما كنت أحفظه عنك.",
        en: "I have forgotten all that I kept of you.",
        zh: "与您有关的内容，我都已经忘掉了。",
    }
    .to(language)
}

/// When more questions wait in a chat than can be answered.
#[must_use]
pub fn too_much(language: Language) -> &'static str {
    Said {
        ar: "وصلتني هنا أسئلة أكثر مما أستطيع الآن. أجيب عمّا سبق، فأعد سؤالك بعد قليل من فضلك.",
        en: "More questions came here than I can take at once. I am answering the earlier ones; please ask again in a little while.",
        zh: "这里的问题一下子太多了。我先回答前面的，请稍后再问一次。",
    }
    .to(language)
}

/// When questions came while the bot was away, and are too old to be answered.
#[must_use]
pub fn too_late(language: Language) -> &'static str {
    Said {
        ar: "كنت غائبًا بعض الوقت وفاتتني أسئلة هنا. إن كان سؤالك لا يزال يهمك فأعده من فضلك.",
        en: "I was away for a while and missed questions here. If yours still matters, please ask it again.",
        zh: "我离开了一段时间，错过了这里的一些问题。如果您还想知道，请再问一次。",
    }
    .to(language)
}
