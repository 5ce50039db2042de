//! What is said of the library: to operators who look after it, and to administrators who bind a chat
//! to some of its articles. What a file has wrong is told as the program tells it at the terminal,
//! with file and line.

use super::{Command, Said, Title, isolated, slash};
use crate::analysis::Language;
use crate::text::{self, is_bidi_control};

/// How much of a fault is told, in UTF-16 units.
const MAX_FAULT: usize = 600;

/// A fault in the program's own words, each line as a run of its own.
fn fault(words: &str) -> String {
    let words: String = words.chars().filter(|&c| !is_bidi_control(c)).collect();
    let shown = text::clip(words.trim(), MAX_FAULT);
    let rest = if shown.len() < words.trim().len() {
        "\n…"
    } else {
        ""
    };
    let lines: Vec<String> = shown
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| format!("\u{2068}{line}\u{2069}"))
        .collect();
    lines.join("\n") + rest
}

fn passages(language: Language, passages: usize) -> String {
    match language {
        Language::Arabic => format!("عدد الفقرات {passages}"),
        Language::English if passages == 1 => "1 passage".to_owned(),
        Language::English => format!("{passages} passages"),
        Language::Chinese => format!("{passages} 段"),
    }
}

/// To an operator: the library was changed, and cannot be taken in so.
#[must_use]
pub fn library_refused(language: Language, wrong: &str) -> String {
    let (wrong, reload) = (fault(wrong), slash(Command::Reload));
    match language {
        Language::Arabic => format!(
            "تغيّرت ملفات المكتبة وفيها خطأ، فبقيت النسخة السابقة تجيب:\n{wrong}\n\nأصلح الملف وسألاحظ ذلك، أو أرسل {reload}."
        ),
        Language::English => format!(
            "The library was changed and has a fault; the one before goes on answering:\n{wrong}\n\nMend the file and I will notice, or send {reload}."
        ),
        Language::Chinese => format!(
            "文章库有改动，但其中有错误，仍由之前的版本回答：\n{wrong}\n\n改好文件后我会自动发现，也可以发送 {reload}。"
        ),
    }
}

/// After `/reload`: what serves now, and whether it is another library than before.
#[must_use]
pub fn reloaded(language: Language, changed: bool, articles: usize, all: usize) -> String {
    let all = passages(language, all);
    let said = if changed {
        Said {
            ar: "أُعيد تحميل المكتبة.",
            en: "The library is loaded anew.",
            zh: "文章库已重新加载。",
        }
    } else {
        Said {
            ar: "لم يتغيّر في المكتبة شيء.",
            en: "Nothing in the library has changed.",
            zh: "文章库没有变化。",
        }
    }
    .to(language);
    match language {
        Language::Arabic => format!("{said}\nعدد المقالات {articles} · {all}"),
        Language::English => format!("{said}\nArticles: {articles} · {all}"),
        Language::Chinese => format!("{said}\n文章 {articles} 篇 · {all}"),
    }
}

/// To an operator's document that is no article's file.
#[must_use]
pub fn not_a_text(language: Language) -> &'static str {
    Said {
        ar: "أقبل المقالات ملفاتٍ بصيغة \u{2068}.md\u{2069} أو \u{2068}.txt\u{2069} بترميز UTF-8. احفظ المقال كذلك ثم أرسله.",
        en: "Articles come as .md or .txt files in UTF-8. Save the article so and send it again.",
        zh: "文章须为 UTF-8 编码的 .md 或 .txt 文件。请另存后再发送。",
    }
    .to(language)
}

/// To an operator's document that is larger than an article may be.
#[must_use]
pub fn too_large(language: Language, mebibytes: usize) -> String {
    match language {
        Language::Arabic => {
            format!("الملف أكبر من {mebibytes} ميغابايت. قسّمه إلى عدة مقالات ثم أرسلها.")
        }
        Language::English => format!(
            "The file is larger than {mebibytes} MiB. Split it into several articles and send these."
        ),
        Language::Chinese => format!("文件超过 {mebibytes} MiB。请拆成几篇文章再发送。"),
    }
}

/// To an operator whose document could not be fetched from Telegram.
#[must_use]
pub fn not_fetched(language: Language) -> &'static str {
    Said {
        ar: "تعذّر تنزيل الملف من تيليجرام. حاول مرة أخرى بعد قليل.",
        en: "The file could not be fetched from Telegram. Try again in a moment.",
        zh: "无法从 Telegram 下载文件，请稍后再试。",
    }
    .to(language)
}

/// To an operator: the library would have a fault so, and stays as it was.
#[must_use]
pub fn would_be_refused(language: Language, wrong: &str) -> String {
    let wrong = fault(wrong);
    match language {
        Language::Arabic => format!("لا يمكن ذلك، وبقيت المكتبة كما كانت:\n{wrong}"),
        Language::English => format!("This cannot be; the library is as it was:\n{wrong}"),
        Language::Chinese => format!("无法这样做，文章库保持原样：\n{wrong}"),
    }
}

/// To an operator: the folder of the library cannot be written.
#[must_use]
pub fn unwritable(language: Language, wrong: &str) -> String {
    let wrong = fault(wrong);
    match language {
        Language::Arabic => format!(
            "لا أستطيع الكتابة في مجلد المكتبة:\n{wrong}\n\nضع الملف في المجلد بنفسك وسألاحظه، أو امنح مستخدم البرنامج حق الكتابة فيه (ومع systemd: السطر \u{2068}ReadWritePaths\u{2069} أيضًا)."
        ),
        Language::English => format!(
            "I cannot write into the library's folder:\n{wrong}\n\nPut the file there yourself and I will notice, or give the program's user the right to write there (with systemd ReadWritePaths, too)."
        ),
        Language::Chinese => format!(
            "无法写入文章库的文件夹：\n{wrong}\n\n请自行把文件放进去，我会自动发现；或者给运行程序的用户写入权限（使用 systemd 时还需 ReadWritePaths）。"
        ),
    }
}

/// To an operator: this bot's library cannot be changed at all.
#[must_use]
pub fn library_fixed(language: Language) -> &'static str {
    Said {
        ar: "مكتبة هذا البوت ثابتة لا تتغيّر أثناء عمله.",
        en: "The library of this bot stays as it is while it runs.",
        zh: "此机器人运行期间，文章库不能更改。",
    }
    .to(language)
}

/// To an operator: what was to be changed is no longer there.
#[must_use]
pub fn article_gone(language: Language) -> String {
    let library = slash(Command::Library);
    match language {
        Language::Arabic => format!("لم يعد هذا المقال هناك. أرسل {library} لترى ما في المكتبة."),
        Language::English => {
            format!("That article is no longer there. Send {library} to see what there is.")
        }
        Language::Chinese => format!("那篇文章已不在。发送 {library} 查看现有文章。"),
    }
}

/// What a document was understood to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// Its name in the library.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// In which language.
    pub language: Language,
    /// How many passages can be quoted.
    pub passages: usize,
    /// Whether it takes the place of an article of its name.
    pub replaces: bool,
    /// How many questions of that article's guide lead to it.
    pub questions: usize,
    /// What should be known of the text though it is no error.
    pub warnings: Vec<String>,
}

/// The most warnings that are shown.
const MAX_WARNINGS: usize = 3;

/// What a document was understood to be, before it becomes an article.
#[must_use]
pub fn understood(language: Language, it: &Understood) -> String {
    let own = match it.language {
        Language::Arabic => "العربية",
        Language::English => "English",
        Language::Chinese => "中文",
    };
    let [kind, name, guide, notes] = match language {
        Language::Arabic => ["اللغة", "الاسم في المكتبة", "أسئلة في الدليل", "ملاحظات"],
        Language::English => [
            "Language",
            "Name in the library",
            "Questions in its guide",
            "Notes",
        ],
        Language::Chinese => ["语言", "在库中的名称", "指南中的问题", "提示"],
    };
    let colon = if language == Language::Chinese {
        "："
    } else {
        ": "
    };
    let labelled = |label: &str, value: &str| format!("{label}{colon}{}", isolated(value));
    let mut lines = vec![Title::within(it.language, &it.title).to_string()];
    lines.extend(it.author.as_deref().map(|who| super::author(language, who)));
    lines.push(labelled(kind, own));
    lines.push(passages(language, it.passages));
    lines.push(labelled(name, &it.name));
    if it.questions > 0 {
        lines.push(labelled(guide, &it.questions.to_string()));
    }
    if !it.warnings.is_empty() {
        lines.push(format!("{notes}{colon}"));
        let shown = it.warnings.iter().take(MAX_WARNINGS);
        lines.extend(shown.map(|warning| format!("• {}", isolated(warning))));
    }
    let more = it.warnings.len().saturating_sub(MAX_WARNINGS);
    if more > 0 {
        lines.push(format!("• … +{more}"));
    }
    let asks = if it.replaces {
        Said {
            ar: "يحلّ محل المقال الذي بهذا الاسم، وتُحفظ نسخة من القديم. أأستبدله؟",
            en: "It takes the place of the article of that name; a copy of the old one is kept. Replace it?",
            zh: "将替换同名文章，旧文章会留有副本。要替换吗？",
        }
    } else {
        Said {
            ar: "مقال جديد. أأضيفه؟",
            en: "It is new. Add it?",
            zh: "这是一篇新文章。要添加吗？",
        }
    };
    format!("{}\n\n{}", lines.join("\n"), asks.to(language))
}

/// A document has become an article.
#[must_use]
pub fn installed(language: Language, title: &Title) -> String {
    match language {
        Language::Arabic => format!("صار {title} في المكتبة، وأجيب منه من الآن."),
        Language::English => format!("{title} is in the library; I answer from it from now on."),
        Language::Chinese => format!("{title} 已加入文章库，现在起可用于回答。"),
    }
}

/// A document has not become an article, as its sender wished.
#[must_use]
pub fn not_installed(language: Language) -> &'static str {
    Said {
        ar: "حسنًا، لم يتغيّر شيء.",
        en: "Very well, nothing has changed.",
        zh: "好的，没有任何更改。",
    }
    .to(language)
}

/// Above the list of articles.
#[must_use]
pub fn library_list(language: Language, articles: usize, all: usize) -> String {
    let all = passages(language, all);
    match language {
        Language::Arabic => format!(
            "المكتبة: عدد المقالات {articles} · {all}\nأرسل ملفًا بصيغة \u{2068}.md\u{2069} أو \u{2068}.txt\u{2069} لتضيف مقالًا أو تستبدله. واضغط زرًا لتُخرج مقالًا."
        ),
        Language::English => format!(
            "The library: {articles} article(s) · {all}\nSend a .md or .txt file to add or replace an article. Tap a button to take one out."
        ),
        Language::Chinese => format!(
            "文章库：{articles} 篇 · {all}\n发送 .md 或 .txt 文件可添加或替换文章；点按按钮可移出文章。"
        ),
    }
}

/// A line of that list.
#[must_use]
pub fn library_line(language: Language, title: &Title, count: usize, guided: bool) -> String {
    let guide = Said {
        ar: "له دليل",
        en: "with a guide",
        zh: "有指南",
    };
    let none = Said {
        ar: "بلا دليل",
        en: "no guide",
        zh: "无指南",
    };
    let guide = if guided { guide } else { none }.to(language);
    let count = passages(language, count);
    format!("• {title} · {count} · {guide}")
}

/// On the button that takes an article out.
#[must_use]
pub fn remove_button(title: &Title) -> String {
    format!("✕ {title}")
}

/// Before an article is taken out.
#[must_use]
pub fn remove_it(language: Language, title: &Title) -> String {
    match language {
        Language::Arabic => {
            format!("أأُخرج {title} من المكتبة؟ لا يُحذف، بل يُنقل جانبًا مع دليله ويمكن إعادته.")
        }
        Language::English => format!(
            "Take {title} out of the library? It is not deleted but moved aside with its guide, and can be brought back."
        ),
        Language::Chinese => {
            format!("要把 {title} 移出文章库吗？不会删除，而是连同指南一起移到一旁，可以恢复。")
        }
    }
}

/// An article is taken out, and lies there in the library's folder.
#[must_use]
pub fn removed(language: Language, place: &str) -> String {
    let place = isolated(place);
    match language {
        Language::Arabic => format!("أُخرج المقال، وهو الآن في مجلد المكتبة تحت: {place}"),
        Language::English => {
            format!("The article is out. It now lies in the library's folder, in {place}")
        }
        Language::Chinese => format!("文章已移出，现位于文章库文件夹的 {place}"),
    }
}

/// An article that was taken out is back.
#[must_use]
pub fn restored(language: Language) -> &'static str {
    Said {
        ar: "عاد المقال إلى المكتبة.",
        en: "The article is back in the library.",
        zh: "文章已恢复到文章库。",
    }
    .to(language)
}

/// What a chat is bound to: how many articles were chosen, how many of these are no longer there, and
/// how many articles there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// How many were chosen; none: all.
    pub chosen: usize,
    /// How many of these are gone.
    pub gone: usize,
    /// How many articles there are.
    pub all: usize,
}

/// On the button of the settings that says which articles a chat draws on.
#[must_use]
pub fn articles_setting(language: Language, bound: Bound) -> String {
    let Bound { chosen, gone, all } = bound;
    let there = chosen - gone.min(chosen);
    let name = all_or(language, there == 0, there, all);
    let missing = match (language, gone) {
        (_, 0) => String::new(),
        (Language::Arabic, _) => format!(" · ⚠ غائب {gone}"),
        (Language::English, _) => format!(" · ⚠ {gone} gone"),
        (Language::Chinese, _) => format!(" · ⚠ 缺 {gone}"),
    };
    match language {
        Language::Arabic => format!("المقالات: {name}{missing}"),
        Language::English => format!("Articles: {name}{missing}"),
        Language::Chinese => format!("文章：{name}{missing}"),
    }
}

fn all_or(language: Language, is_all: bool, there: usize, all: usize) -> String {
    match language {
        _ if is_all => all_articles(language).to_owned(),
        Language::Arabic => format!("{there} من {all}"),
        Language::English => format!("{there} of {all}"),
        Language::Chinese => format!("{there}/{all}"),
    }
}

/// All articles, and none in particular.
#[must_use]
pub fn all_articles(language: Language) -> &'static str {
    Said {
        ar: "كل المقالات",
        en: "all",
        zh: "全部",
    }
    .to(language)
}

/// Above the choice of articles.
#[must_use]
pub fn choose_articles(language: Language, bound: Bound) -> String {
    let said = Said {
        ar: "من أي المقالات أجيب هنا؟",
        en: "From which articles do I answer here?",
        zh: "在这里用哪些文章回答？",
    }
    .to(language);
    let gone = Said {
        ar: "✗ ما لم يعد في المكتبة. اضغط عليه لترفعه من الاختيار.",
        en: "✗ is no longer in the library. Tap it to drop it from the choice.",
        zh: "✗ 表示已不在文章库，点按即可取消选择。",
    }
    .to(language);
    let back_to_all = Said {
        ar: "لم يبقَ مما اختير شيء، فأجيب من كل المقالات.",
        en: "Nothing of what was chosen is left, so I answer from all articles.",
        zh: "所选文章都已不在，因此用全部文章回答。",
    }
    .to(language);
    match bound {
        Bound { gone: 0, .. } => said.to_owned(),
        Bound {
            gone: many, chosen, ..
        } if many >= chosen => format!("{said}\n\n{gone}\n{back_to_all}"),
        _ => format!("{said}\n\n{gone}"),
    }
}
