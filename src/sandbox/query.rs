//! A question that waits for the bot's answer outside of chats: a tapped button, an inline query, a
//! guest's call.

use serde_json::Value;

use super::Sandbox;
use super::world::{Asked, Deed, World};

/// An open or answered query.
#[derive(Clone)]
pub struct Query {
    sandbox: Sandbox,
    id: String,
}

impl Query {
    pub(super) fn open(sandbox: &Sandbox, kind: Asked) -> Self {
        let id = sandbox.hall.change(|world| world.open_query(kind));
        Self {
            sandbox: sandbox.clone(),
            id,
        }
    }

    /// Its id, as the bot is given it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn known(sandbox: &Sandbox, id: &str) -> Self {
        Self {
            sandbox: sandbox.clone(),
            id: id.to_owned(),
        }
    }

    /// The parameters with which the bot has answered it by now.
    #[must_use]
    pub fn answered(&self) -> Option<Value> {
        self.sandbox.hall.look(|world| self.found(world))
    }

    /// The parameters with which the bot answered it; none where patience ends first.
    pub async fn awaited(&self) -> Option<Value> {
        self.sandbox.until(|world| self.found(world)).await
    }

    /// The parameters with which the bot answered it.
    ///
    /// # Panics
    /// Where the bot does not answer while patience lasts.
    pub async fn answer(&self) -> Value {
        self.awaited().await.unwrap_or_else(|| {
            panic!(
                "query {} stays unanswered; {}",
                self.id,
                self.sandbox.lately()
            )
        })
    }

    /// Makes it too old to be answered.
    pub fn expires(&self) {
        self.sandbox
            .hall
            .change(|world| world.open.remove(&self.id));
    }

    fn found(&self, world: &World) -> Option<Value> {
        world.deeds.iter().find_map(|deed| match deed {
            Deed::Answered { query, params } if *query == self.id => Some(params.clone()),
            _ => None,
        })
    }
}
