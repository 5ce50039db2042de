//! Failures on order: what shall go wrong, at which method, in which chat and how often. Faults are
//! data; the server plays them.

use std::time::Duration;

use super::request::Request;

/// One way in which a call can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with `retry_after`; nothing was done.
    TooManyRequests {
        /// Seconds to stay away.
        retry_after: u32,
    },
    /// 500 with a JSON body; nothing was done.
    InternalError,
    /// 502 with an HTML page, as a proxy sends it; nothing was done.
    BadGateway,
    /// The call is done, and the answer is 200 without a body.
    EmptyBody,
    /// The call is done, and the connection breaks in the middle of the answer.
    CutBody,
    /// The connection closes without an answer; nothing was done.
    CloseBefore,
    /// The call is done, and the connection closes without an answer.
    CloseAfter,
    /// The call is done and answered, but only after a while.
    Delay(Duration),
    /// Nothing is done and nothing is ever answered: a half-open connection.
    Silence,
    /// 401, as after a token was revoked; nothing was done.
    Unauthorized,
    /// Any refusal in any words; nothing was done.
    Refuse {
        /// HTTP status and `error_code`.
        code: u16,
        /// The whole description, prefix included.
        description: String,
    },
}

impl Fault {
    /// This fault at the next call of `method`.
    #[must_use]
    pub fn at(self, method: &str) -> Order {
        Order {
            method: Some(method.to_owned()),
            ..Order::from(self)
        }
    }
}

/// A fault with the calls it is meant for; by default the next call of any method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    fault: Fault,
    method: Option<String>,
    chat: Option<i64>,
    left: usize,
}

impl Order {
    /// For so many calls instead of one.
    #[must_use]
    pub fn times(self, calls: usize) -> Self {
        Self {
            left: calls,
            ..self
        }
    }

    /// For every call until the faults are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Only for calls that name this `chat_id`.
    #[must_use]
    pub fn in_chat(self, chat: i64) -> Self {
        Self {
            chat: Some(chat),
            ..self
        }
    }

    /// How many calls it still waits for.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }

    fn is_for(&self, request: &Request) -> bool {
        self.left > 0
            && self
                .method
                .as_ref()
                .is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.chat.is_none_or(|chat| request.chat() == Some(chat))
    }

    /// Takes the fault meant for `request` from the oldest order that has one left.
    pub(super) fn take(orders: &mut Vec<Self>, request: &Request) -> Option<Fault> {
        let order = orders.iter_mut().find(|order| order.is_for(request))?;
        order.left -= usize::from(order.left != usize::MAX);
        let fault = order.fault.clone();
        orders.retain(|order| order.left > 0);
        Some(fault)
    }
}

impl From<Fault> for Order {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            method: None,
            chat: None,
            left: 1,
        }
    }
}
