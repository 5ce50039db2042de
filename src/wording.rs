//! Every sentence that the bot itself can say, in Arabic, English and Chinese.
//!
//! What reaches a reader is the article's words, the editor's translation marked as such, and what
//! stands here; what goes wrong goes to the log. Names, titles and commands are isolated (FSI, PDI)
//! so that a Latin name in an Arabic sentence, or an Arabic title in an English one, does not turn
//! the order of the words around it.

mod command;
mod keeping;
mod library;
mod manners;
pub mod reader;
mod report;
mod setting;
mod subjects;

pub use command::{Audience, Command};
pub use keeping::{forgotten, privacy, too_late, too_much};
pub use library::{
    Bound, Understood, all_articles, article_gone, articles_setting, choose_articles, installed,
    library_fixed, library_line, library_list, library_refused, not_a_text, not_fetched,
    not_installed, reloaded, remove_button, remove_it, removed, restored, too_large, understood,
    unwritable, would_be_refused,
};
pub use manners::{
    Abilities, Label, Toast, admins_only, answered_before, goes_on, next_best, place, place_in,
    settings, settings_kept, too_many, welcome, withdrawn,
};
pub use report::{Count, count, most_quoted, period, report, times, unanswered};
pub use setting::Setting;
pub use subjects::{
    about, further_button, nothing_found, of_article, old_button, page, passage, subjects,
    subjects_button, whole_button,
};

use crate::analysis::Language;
use crate::text::{self, is_bidi_control};

/// The longest name or title that is shown, in UTF-16 units.
const MAX_NAME: usize = 80;

/// One sentence in every language.
struct Said {
    ar: &'static str,
    en: &'static str,
    zh: &'static str,
}

impl Said {
    fn to(&self, language: Language) -> &'static str {
        match language {
            Language::Arabic => self.ar,
            Language::English => self.en,
            Language::Chinese => self.zh,
        }
    }
}

/// `name` as a run of its own, whatever direction the words around it have; a very long one is cut.
fn isolated(name: &str) -> String {
    let name: String = name.chars().filter(|&c| !is_bidi_control(c)).collect();
    let shown = text::clip(&name, MAX_NAME);
    let rest = if shown.len() < name.len() { "…" } else { "" };
    format!("\u{2068}{shown}{rest}\u{2069}")
}

fn slash(command: Command) -> String {
    isolated(&format!("/{}", command.name()))
}

/// Above the quotes of an answer.
#[must_use]
pub fn from_the_article(language: Language) -> &'static str {
    Said {
        ar: "من المقال:",
        en: "From the article:",
        zh: "文章原文：",
    }
    .to(language)
}

/// Above quotes that may not answer.
#[must_use]
pub fn nearest(language: Language) -> &'static str {
    Said {
        ar: "قد لا يجيب المقال عن هذا. أقرب ما ورد فيه:",
        en: "The article may not answer this. The nearest passages:",
        zh: "文章可能没有回答这个问题。最接近的段落：",
    }
    .to(language)
}

/// Before passages of an article that does not answer the question.
#[must_use]
pub fn silent(language: Language) -> &'static str {
    Said {
        ar: "لا يجيب المقال عن هذا. أقرب ما فيه:",
        en: "The article does not answer this. The nearest it comes:",
        zh: "文章没有回答这个问题。最接近的内容：",
    }
    .to(language)
}

/// Where the article is silent.
#[must_use]
pub fn none(language: Language) -> &'static str {
    Said {
        ar: "لا يقول المقال شيئًا عن هذا.",
        en: "The article says nothing about this.",
        zh: "文章没有提到这一点。",
    }
    .to(language)
}

/// To a message that asks nothing, in a direct message.
#[must_use]
pub fn small_talk(language: Language) -> &'static str {
    Said {
        ar: "أهلًا بك! اسألني عمّا في المقال، وأجيبك بكلماته.",
        en: "Hello! Ask me about the article, and I will answer in its own words.",
        zh: "您好！欢迎就文章内容提问，我会用原文回答。",
    }
    .to(language)
}

/// To a voice message.
#[must_use]
pub fn text_only(language: Language) -> &'static str {
    Said {
        ar: "لا أفهم الصوت بعد. اكتب سؤالك وأجيبك من المقال.",
        en: "I cannot listen yet. Write your question, and I will answer from the article.",
        zh: "我还听不懂语音。请用文字提问，我会从文章中找答案。",
    }
    .to(language)
}

/// Where the article could not be searched.
#[must_use]
pub fn trouble(language: Language) -> &'static str {
    Said {
        ar: "تعذّر البحث في المقال الآن. أعد سؤالك بعد قليل من فضلك.",
        en: "I could not search the article just now. Please ask again in a moment.",
        zh: "暂时无法检索文章，请稍后再问一次。",
    }
    .to(language)
}

/// A question that most articles answer, where the editor has left none to show.
#[must_use]
pub fn example(language: Language) -> &'static str {
    Said {
        ar: "من كتب هذا المقال؟",
        en: "Who wrote the article?",
        zh: "这篇文章是谁写的？",
    }
    .to(language)
}

/// To a bare `/ask` that replies to nothing.
#[must_use]
pub fn usage(language: Language, example: &str) -> String {
    let ask = slash(Command::Ask);
    match language {
        Language::Arabic => {
            format!("اكتب سؤالك بعد {ask}، مثل:\n{ask} {example}\nأو ردّ بها على رسالة فيها سؤال.")
        }
        Language::English => format!(
            "Write your question after {ask}, like this:\n{ask} {example}\nOr reply with it to a message that asks something."
        ),
        Language::Chinese => format!(
            "请在 {ask} 后面写上问题，例如：\n{ask} {example}\n也可以用它回复一条含有问题的消息。"
        ),
    }
}

/// The first words to somebody who opens a conversation. `title` is the article's, where the
/// library has just one; `example` is a question that the bot can answer.
#[must_use]
pub fn start(language: Language, title: Option<&str>, example: &str) -> String {
    let title = title.map(isolated);
    let (article, help) = (slash(Command::Article), slash(Command::Help));
    match language {
        Language::Arabic => {
            let about = title.map_or("ما أعرفه من مقالات".to_owned(), |t| {
                format!("مقال «{t}»")
            });
            format!(
                "أهلًا بك، أنا اقتباس.\n\nاسألني عن {about} بأي لهجة أو لغة، وأجيبك بكلمات المقال نفسها، حرفًا بحرف، ومعها رقم الفقرة. وإن لم يقل المقال شيئًا عن سؤالك أخبرتك بذلك.\n\nجرّب:\n{example}\n\n{article} للتعريف بالمقال، و{help} لطريقة السؤال في المجموعات."
            )
        }
        Language::English => {
            let about = title.map_or("the articles I know".to_owned(), |t| format!("“{t}”"));
            format!(
                "Welcome, I am Iqtibas.\n\nAsk me about {about} in your own words. I answer with the article's own, word for word, and tell you where they stand. If it says nothing about your question, I say so.\n\nTry:\n{example}\n\n{article} tells you about the article, {help} how to ask in groups."
            )
        }
        Language::Chinese => {
            let about = title.map_or("我收录的文章".to_owned(), |t| format!("《{t}》"));
            format!(
                "您好，我是 Iqtibas（引文）。\n\n您可以用自己的话就{about}提问。我只用文章原文逐字回答，并注明段落；文章没有提到的，我会直说。\n\n试试看：\n{example}\n\n发送 {article} 了解文章，发送 {help} 查看群组用法。"
            )
        }
    }
}

/// How to ask. `username` is the bot's, without `@`.
#[must_use]
pub fn help(language: Language, username: &str, example: &str) -> String {
    let (ask, mention) = (slash(Command::Ask), isolated(&format!("@{username}")));
    let mut help = match language {
        Language::Arabic => format!(
            "أجيب عن أسئلتك بكلمات المقال وحدها، حرفًا بحرف.\n\n• في المحادثة الخاصة: اكتب سؤالك مباشرة.\n• في المجموعة: اكتب {ask} ثم سؤالك، أو اذكر {mention} في رسالتك، أو ردّ على إجابة مني.\n• لتسأل برسالة كتبها غيرك: ردّ عليها بـ{ask} وحدها. وإن حدّدت جزءًا منها سألت به وحده.\n\nمثال:\n{ask} {example}\n"
        ),
        Language::English => format!(
            "I answer with the article's own words only, word for word.\n\n• In a direct message: just write your question.\n• In a group: write {ask} and your question, mention {mention}, or reply to one of my answers.\n• To ask with somebody else's message: reply to it with {ask} alone. Select a part of it, and only that part is asked.\n\nExample:\n{ask} {example}\n"
        ),
        Language::Chinese => format!(
            "我只用文章原文逐字回答。\n\n• 私聊：直接写问题。\n• 群组：发送 {ask} 加问题，或在消息中提到 {mention}，或回复我的回答。\n• 想用别人的消息提问：只用 {ask} 回复那条消息；如果选中其中一段，就只问那一段。\n\n例如：\n{ask} {example}\n"
        ),
    };
    for command in Command::menu(Audience::Groups) {
        let line = format!("\n{} {}", slash(command), command.description(language));
        help.push_str(&line);
    }
    help
}

/// Under a quote: whose words, in which article, where.
#[must_use]
pub fn source(
    language: Language,
    author: Option<&str>,
    title: &str,
    paragraph: usize,
    speaker: Option<&str>,
) -> String {
    source_of(language, author, title, (paragraph, paragraph), speaker)
}

/// The same under passages of several paragraphs, from the first to the last.
#[must_use]
pub fn source_of(
    language: Language,
    author: Option<&str>,
    title: &str,
    (first, last): (usize, usize),
    speaker: Option<&str>,
) -> String {
    let paragraph = match language {
        Language::Arabic if first == last => format!("الفقرة {first}"),
        Language::English if first == last => format!("paragraph {first}"),
        Language::Chinese if first == last => format!("第 {first} 段"),
        Language::Arabic => format!("الفقرات من {first} إلى {last}"),
        Language::English => format!("paragraphs {first} to {last}"),
        Language::Chinese => format!("第 {first} 至 {last} 段"),
    };
    let speaker = speaker.map(isolated).map(|name| match language {
        Language::Arabic => format!("الكلام لـ{name}"),
        Language::English => format!("said by {name}"),
        Language::Chinese => format!("说话人：{name}"),
    });
    author
        .map(isolated)
        .into_iter()
        .chain([isolated(title), paragraph])
        .chain(speaker)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Before the editor's rendering of a quote.
#[must_use]
pub fn translation(language: Language) -> &'static str {
    Said {
        ar: "ترجمة، وليست من نص المقال:",
        en: "Translation, not the article's own words:",
        zh: "译文，并非文章原文：",
    }
    .to(language)
}

/// The lines about an article: who wrote it, and where it comes from.
#[must_use]
pub fn credits(language: Language, author: Option<&str>, source: Option<&str>) -> Vec<String> {
    let author = author.map(|name| self::author(language, name));
    let source = source.map(|place| origin(language, place));
    author.into_iter().chain(source).collect()
}

/// A line about an article: who wrote it.
#[must_use]
pub fn author(language: Language, author: &str) -> String {
    labelled(language, ["الكاتب", "Author", "作者"], author)
}

/// A line about an article: where it comes from.
#[must_use]
pub fn origin(language: Language, source: &str) -> String {
    labelled(language, ["المصدر", "Source", "来源"], source)
}

fn labelled(language: Language, [ar, en, zh]: [&'static str; 3], value: &str) -> String {
    let colon = if language == Language::Chinese {
        "："
    } else {
        ": "
    };
    format!(
        "{}{colon}{}",
        Said { ar, en, zh }.to(language),
        isolated(value)
    )
}

/// A title or a heading as a run of its own.
#[must_use]
pub fn title(title: &str) -> String {
    isolated(title)
}

/// Above an article's headings, or the beginnings of some of its paragraphs.
#[must_use]
pub fn outline(language: Language, paragraphs: usize) -> String {
    match language {
        Language::Arabic => format!("محتواه (عدد الفقرات {paragraphs}):"),
        Language::English => format!("What is in it ({paragraphs} paragraphs):"),
        Language::Chinese => format!("内容概要（共 {paragraphs} 段）："),
    }
}

/// A line of the outline: how a paragraph begins, and whether it goes on.
#[must_use]
pub fn beginning(paragraph: usize, words: &str, goes_on: bool) -> String {
    format!("{paragraph} · {words}{}", if goes_on { "…" } else { "" })
}

/// What can be asked.
#[must_use]
pub fn askable(language: Language) -> &'static str {
    Said {
        ar: "اسأل عمّا ورد فيه: من قال، وكم، ولماذا، وما رأي الكاتب. ما لم يرد فيه فلا أجيب عنه.",
        en: "Ask about what is in it: who said what, how much, why, what the author thinks. What is not in it I do not answer.",
        zh: "可以问文中写到的内容：谁说了什么、多少、为什么、作者怎么看。文中没有的，我不回答。",
    }
    .to(language)
}

#[cfg(test)]
mod tests;
