//! Questions that nobody in particular is asked, in a group whose administrator lets the bot answer
//! them: which they are, and when an answer to one is clear enough to be given unasked.

use super::event::Message;
use crate::answer::{Answer, Verdict};

/// How much of the way from what is enough for an answer to certainty such an answer has to go.
const MARGIN: f32 = 0.5;

/// Whether a message asks something and is meant for nobody in particular.
#[must_use]
pub fn is_question(_message: &Message) -> bool {
    false
}

/// Whether an answer is clear enough to be given to who did not ask for it.
#[must_use]
pub fn is_clear(answer: &Answer<'_>) -> bool {
    let enough = answer.why.thresholds.0;
    let least = enough + (1.0 - enough) * MARGIN;
    answer.verdict == Verdict::Answer
        && answer
            .quotes
            .first()
            .is_some_and(|quote| quote.score() >= least)
}
