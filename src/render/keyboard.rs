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
    callback_data: String,
}

impl Keyboard {
    /// With one more row: what is written on each button, and what the bot is told when it is
    /// tapped. A row without a button is none.
    #[must_use]
    pub fn row(mut self, buttons: impl IntoIterator<Item = (String, String)>) -> Self {
        let row: Vec<Button> = buttons
            .into_iter()
            .map(|(text, callback_data)| Button {
                text,
                callback_data,
            })
            .collect();
        if !row.is_empty() {
            self.inline_keyboard.push(row);
        }
        self
    }

    /// Whether it has no button.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inline_keyboard.is_empty()
    }
}
