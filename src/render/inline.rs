//! What Telegram offers to somebody who types the bot's name in another chat: a list of results, each
//! with the message that is inserted when it is chosen.

use serde_json::{Value, json};

use super::block::Body;
use super::page::{Look, page};
use super::{Keyboard, gloss, lay_out, say};
use crate::analysis::Language;
use crate::answer::Quote;
use crate::library::Subject;
use crate::text::clip;
use crate::wording::{self, Title};

/// The longest preview, in UTF-16 units: some three lines on a phone.
const PREVIEW: usize = 160;

/// An `InlineQueryResultArticle`.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineResult(Value);

impl InlineResult {
    /// A message to be inserted, with what the list shows of it.
    #[must_use]
    pub fn new(id: &str, title: &str, preview: &str, body: &Body, keyboard: &Keyboard) -> Self {
        let mut content = json!({
            "message_text": body.text(),
            "link_preview_options": { "is_disabled": true },
        });
        if !body.entities().is_empty() {
            content["entities"] = json!(body.entities());
        }
        let mut result = json!({
            "type": "article",
            "id": id,
            "title": title,
            "input_message_content": content,
        });
        if !preview.is_empty() {
            result["description"] = preview.into();
        }
        if !keyboard.is_empty() {
            result["reply_markup"] = json!(keyboard);
        }
        Self(result)
    }

    /// As the Bot API takes it.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.0
    }
}

/// A passage that was found, inserted with `keyboard`; `of` is what it is about, or where it stands.
#[must_use]
pub fn found(
    quote: &Quote<'_>,
    of: &Title,
    language: Language,
    keyboard: &Keyboard,
) -> InlineResult {
    let (article, passage) = (quote.article(), quote.passage());
    let framing = wording::from_the_article(language);
    let blocks = [super::quote(quote, 0, language)];
    let body = lay_out(framing, &blocks, &[gloss(quote, language)]);
    InlineResult::new(
        &format!("{:016x}-{}", article.fingerprint(), passage.id()),
        &wording::passage(language, passage.paragraph(), of),
        preview(quote, language),
        &body.unwrap_or_else(|| say(framing)),
        keyboard,
    )
}

/// A subject, inserted as its first page with `keyboard` to go on.
#[must_use]
pub fn subject(subject: &Subject<'_>, language: Language, keyboard: &Keyboard) -> InlineResult {
    let first = subject.quotes(0).next();
    InlineResult::new(
        &format!("{:016x}", subject.key()),
        &Title::of_subject(subject, language).to_string(),
        first.map_or("", |quote| preview(&quote, language)),
        &page(subject, 0, Look::usual(language)).body,
        keyboard,
    )
}

/// How a passage begins: in the editor's rendering for who reads another language.
fn preview<'l>(quote: &Quote<'l>, language: Language) -> &'l str {
    clip(
        quote.gloss(language).unwrap_or(quote.text()).trim(),
        PREVIEW,
    )
}
