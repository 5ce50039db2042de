//! Whether a message that addresses nobody asks something that the bot may answer unasked.

use super::event::Message;

/// Whether it is such a question.
pub(super) fn is_question(_message: &Message) -> bool {
    false
}
