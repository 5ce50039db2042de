//! What stands on the reader's page besides the article.

use super::Said;
use crate::analysis::Language;

/// On the button of the search box.
#[must_use]
pub fn search(language: Language) -> &'static str {
    Said {
        ar: "اسأل المقال",
        en: "Ask the article",
        zh: "向文章提问",
    }
    .to(language)
}

/// Above the list of where the article's parts begin.
#[must_use]
pub fn contents(language: Language) -> &'static str {
    Said {
        ar: "في هذا المقال",
        en: "In this article",
        zh: "本文内容",
    }
    .to(language)
}

/// Above the list of articles.
#[must_use]
pub fn articles(language: Language) -> &'static str {
    Said {
        ar: "المقالات",
        en: "Articles",
        zh: "文章",
    }
    .to(language)
}

/// On the link to a paragraph.
#[must_use]
pub fn paragraph(language: Language, number: usize) -> String {
    match language {
        Language::Arabic => format!("الفقرة {number}"),
        Language::English => format!("Paragraph {number}"),
        Language::Chinese => format!("第 {number} 段"),
    }
}

/// What the mark in the margin means: how often a passage was quoted.
#[must_use]
pub fn quoted(language: Language, times: u64) -> String {
    match language {
        Language::Arabic => format!("عدد مرات اقتباسها: {times}"),
        Language::English => format!("Times quoted: {times}"),
        Language::Chinese => format!("被引用次数：{times}"),
    }
}

/// What the marks in the margin are.
#[must_use]
pub fn mark(language: Language) -> &'static str {
    Said {
        ar: "الخط في الهامش: أكثر ما يُقتبس.",
        en: "The line in the margin: what is quoted most.",
        zh: "页边的竖线：最常被引用的段落。",
    }
    .to(language)
}

/// In place of an image: the page loads nothing from elsewhere.
#[must_use]
pub fn image(language: Language) -> &'static str {
    Said {
        ar: "صورة في الأصل",
        en: "An image in the original",
        zh: "原文中的图片",
    }
    .to(language)
}

/// Past the head of the page, for those who go by keyboard.
#[must_use]
pub fn skip(language: Language) -> &'static str {
    Said {
        ar: "إلى النص",
        en: "To the text",
        zh: "跳到正文",
    }
    .to(language)
}
