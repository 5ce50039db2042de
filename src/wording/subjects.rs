//! What is said around an article's subjects: the menu of them, their pages, inline results.

use super::{Command, Said, Title, isolated, slash};
use crate::analysis::Language;

/// Above the buttons of the subjects.
#[must_use]
pub fn subjects(language: Language) -> &'static str {
    Said {
        ar: "عمّ تريد أن تقرأ؟",
        en: "What would you like to read about?",
        zh: "想读哪个话题？",
    }
    .to(language)
}

/// Above a page of a subject's passages: which ones, from 1, of how many.
#[must_use]
pub fn page(language: Language, title: &Title, shown: (usize, usize), all: usize) -> String {
    let (first, last) = shown;
    let shown = if (first, last) == (1, all) {
        None
    } else if first == last {
        Some(format!("{first}"))
    } else {
        Some(format!("{first}–{last}"))
    };
    match (language, shown) {
        (Language::Arabic, None) => format!("من المقال · {title}:"),
        (Language::English, None) => format!("From the article · {title}:"),
        (Language::Chinese, None) => format!("文章原文 · {title}："),
        (Language::Arabic, Some(shown)) => {
            format!("من المقال · {title} ({} من {all}):", isolated(&shown))
        }
        (Language::English, Some(shown)) => {
            format!("From the article · {title} ({shown} of {all}):")
        }
        (Language::Chinese, Some(shown)) => format!("文章原文 · {title}（{shown}，共 {all}）："),
    }
}

/// On the button that leads to the subjects.
#[must_use]
pub fn subjects_button(language: Language) -> &'static str {
    Said {
        ar: "☰ المواضيع",
        en: "☰ Topics",
        zh: "☰ 话题",
    }
    .to(language)
}

/// On the button that brings an article whole. `title` is its title, where there are several.
#[must_use]
pub fn whole_button(language: Language, title: Option<&Title>) -> String {
    let said = Said {
        ar: "📖 النص كاملًا",
        en: "📖 The whole text",
        zh: "📖 阅读全文",
    }
    .to(language);
    title.map_or(said.to_owned(), |title| format!("{said} · {title}"))
}

/// On the button that brings the next part of a long text.
#[must_use]
pub fn further_button(language: Language) -> &'static str {
    Said {
        ar: "▶ التتمة",
        en: "▶ Read on",
        zh: "▶ 继续阅读",
    }
    .to(language)
}

/// To a tap on a button that leads nowhere any more.
#[must_use]
pub fn old_button(language: Language) -> String {
    let topics = slash(Command::Topics);
    match language {
        Language::Arabic => format!("هذا الزر قديم، فقد تغيّر النص. أرسل {topics} لأزرار جديدة."),
        Language::English => {
            format!("This button is old: the text has changed. Send {topics} for new ones.")
        }
        Language::Chinese => format!("文章已更新，这个按钮失效了。发送 {topics} 获取新按钮。"),
    }
}

/// Beside a guide's command in the menu of commands; `title` is in that language.
#[must_use]
pub fn about(language: Language, title: &str) -> String {
    let title = Title::within(language, title);
    match language {
        Language::Arabic => format!("ما في المقال عن: {title}"),
        Language::English => format!("what the article says: {title}"),
        Language::Chinese => format!("文章怎么说：{title}"),
    }
}

/// The name of a passage in a list: its paragraph, and the subject or the article it belongs to.
#[must_use]
pub fn passage(language: Language, paragraph: usize, of: &Title) -> String {
    match language {
        Language::Arabic => format!("{of} · الفقرة {paragraph}"),
        Language::English => format!("{of} · paragraph {paragraph}"),
        Language::Chinese => format!("{of} · 第 {paragraph} 段"),
    }
}

/// A subject among those of several articles.
#[must_use]
pub fn of_article(title: &Title, article: &Title) -> String {
    format!("{title} · {article}")
}

/// Above an empty list of inline results, on a button that leads to the direct message.
#[must_use]
pub fn nothing_found(language: Language) -> &'static str {
    Said {
        ar: "لا شيء عن هذا في المقال. اسألني في الخاص",
        en: "Nothing on this in the article. Ask me directly",
        zh: "文章中没有相关内容，点此私聊提问",
    }
    .to(language)
}
