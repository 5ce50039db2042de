//! The buttons below a message.

use serde::Serialize;

/// Rows of buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Keyboard {
    inline_keyboard: Vec<Vec<Button>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Button {
    text: String,
    #[serde(flatten)]
    tapped: Tapped,
}

/// What a tap does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Tapped {
    /// The bot is told this.
    CallbackData(String),
    /// This address is opened.
    Url(String),
}

impl Keyboard {
    /// With one more row: what is written on each button, and what the bot is told when it is
    /// tapped. A row without a button is none.
    #[must_use]
    pub fn row(mut self, buttons: impl IntoIterator<Item = (String, String)>) -> Self {
        let row: Vec<Button> = buttons
            .into_iter()
            .map(|(text, data)| Button {
                text,
                tapped: Tapped::CallbackData(data),
            })
            .collect();
        if !row.is_empty() {
            self.inline_keyboard.push(row);
        }
        self
    }

    /// With one more row: a button that opens an address.
    #[must_use]
    pub fn link(mut self, text: &str, url: String) -> Self {
        self.inline_keyboard.push(vec![Button {
            text: text.to_owned(),
            tapped: Tapped::Url(url),
        }]);
        self
    }

    /// Whether it has no button.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inline_keyboard.is_empty()
    }
}
