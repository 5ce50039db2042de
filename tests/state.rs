//! What a disk can do to the state, and what the state promises nevertheless. Asked from outside.

use std::sync::Arc;

use iqtibas::bot::{Call, Effect, Note, NoteId};
use iqtibas::store::{
    Durability, Incoming, Lane, Millis, Next, Outcome, Parcel, StatePlace, Store, Task,
};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

const NOW: Millis = 1_800_000_000_000;

/// A state on disk, and its file to whoever wants to harm it.
struct State {
    place: StatePlace,
    store: Store,
    _folder: TempDir,
}

impl State {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = StatePlace {
            file: folder.path().join("iqtibas.db"),
            key: folder.path().join("iqtibas.key"),
            database: None,
        };
        let store = Store::open(&place, Durability::Process).expect("it opens");
        let store = store.expect("nobody else has it");
        Self {
            place,
            store,
            _folder: folder,
        }
    }

    /// Somebody else at the file.
    fn harmed(&self, statements: &str) {
        let connection = Connection::open(&self.place.file).expect("it opens");
        connection.execute_batch(statements).expect("it is done");
    }

    /// How many rows of a table hold something sealed.
    fn sealed(&self, table: &str) -> u32 {
        let connection = Connection::open(&self.place.file).expect("it opens");
        let count = format!("SELECT count(content) FROM {table}");
        let count = connection.query_row(&count, [], |row| row.get(0));
        count.expect("read")
    }

    /// Takes an update of one chat in and gives its lane.
    async fn accept(&self, number: i64) -> Lane {
        let update = Incoming {
            identity: format!("message {number}"),
            lane: ("chat", -5),
            chat: Some(-5),
            member: Some(number),
            reopens: false,
            vital: false,
            sent: NOW,
            update: json!({"number": number}),
        };
        let accepted = self.store.accept(vec![update], NOW).await;
        accepted.expect("written").lanes[0]
    }

    async fn task(&self, lane: Lane) -> Arc<Task> {
        match self.store.next(lane, NOW).await.expect("read") {
            Next::Work(task) => Arc::new(task),
            other => panic!("no work: {other:?}"),
        }
    }

    /// Works on the next update of a lane and gives the call that it leads to.
    async fn owed(&self, lane: Lane, effects: Vec<Effect>) -> Arc<Parcel> {
        let task = self.task(lane).await;
        match self.store.worked(lane, &task, effects, NOW).await {
            Ok(Next::Send(parcel)) => Arc::new(parcel),
            other => panic!("no call: {other:?}"),
        }
    }
}

fn send(text: &str) -> Effect {
    Effect::Call(Call::new(
        "sendMessage",
        json!({"chat_id": -5, "text": text}),
    ))
}

#[tokio::test]
async fn an_update_is_done_with_all_that_it_leads_to_or_not_at_all() {
    for fault in [
        "INSERT ON outbox WHEN new.op = 1",
        "UPDATE ON inbox WHEN new.state = 1",
    ] {
        let state = State::new();
        let store = &state.store;
        let lane = state.accept(1).await;
        let at_work = state.task(lane).await;
        let full = "CREATE TRIGGER full BEFORE";
        state.harmed(&format!(
            "{full} {fault} BEGIN SELECT raise(FAIL, 'full'); END"
        ));
        let keep = Effect::Keep(Note {
            id: NoteId {
                kind: "answer".to_owned(),
                chat: -5,
                key: 0,
            },
            member: None,
            value: json!(1),
            lasts: None,
        });
        let effects = vec![keep, send("a"), send("b")];
        let refused = store.worked(lane, &at_work, effects.clone(), NOW).await;
        assert!(refused.is_err(), "{fault}");
        let counts = store.counts().expect("read");
        assert_eq!((counts.waiting, counts.owed), (1, 0), "{fault}");
        assert_eq!(store.notes("answer", -5, 9, NOW).expect("read"), []);
        state.harmed("DROP TRIGGER full");
        // The update has kept what it says, and is worked on again.
        assert_eq!(state.task(lane).await.update, at_work.update);
        let next = store.worked(lane, &at_work, effects, NOW).await;
        assert!(matches!(next, Ok(Next::Send(_))), "{fault}");
        let counts = store.counts().expect("read");
        assert_eq!((counts.waiting, counts.owed), (0, 2), "{fault}");
    }
}

#[tokio::test]
async fn an_update_worked_on_twice_owes_its_answer_once() {
    let state = State::new();
    let store = &state.store;
    let lane = state.accept(1).await;
    let at_work = state.task(lane).await;
    for _ in 0..2 {
        let effects = vec![send("a")];
        let next = store.worked(lane, &at_work, effects, NOW).await;
        assert!(matches!(next, Ok(Next::Send(_))), "{next:?}");
        assert_eq!(store.counts().expect("read").owed, 1);
    }
}

#[tokio::test]
async fn a_call_is_marked_before_it_is_made() {
    let state = State::new();
    let lane = state.accept(1).await;
    state.owed(lane, vec![send("a"), send("b")]).await;
    let pending = state.store.pending().expect("read");
    let marked: Vec<_> = pending
        .iter()
        .map(|it| (it.state.as_str(), it.attempts))
        .collect();
    assert_eq!(marked, [("sending", 1), ("owed", 0)]);
}

#[tokio::test]
async fn of_what_was_answered_no_word_is_kept() {
    let state = State::new();
    let store = &state.store;
    let lane = state.accept(1).await;
    assert_eq!((state.sealed("inbox"), state.sealed("outbox")), (1, 0));
    let parcel = state.owed(lane, vec![send("a")]).await;
    assert_eq!((state.sealed("inbox"), state.sealed("outbox")), (0, 1));
    let sent = store
        .settle(lane, &parcel, Outcome::Sent(Some(9)), NOW)
        .await;
    assert_eq!(sent.expect("written"), Next::Idle);
    assert_eq!((state.sealed("inbox"), state.sealed("outbox")), (0, 0));
}

#[tokio::test]
async fn rows_that_cannot_be_opened_are_put_aside_and_the_rest_goes_on() {
    let state = State::new();
    let store = &state.store;
    let lane = state.accept(1).await;
    state.owed(lane, vec![send("a"), send("b")]).await;
    for number in 2..4 {
        state.accept(number).await;
    }
    state.harmed(
        "UPDATE outbox SET content = x'07' WHERE op = 0;
             UPDATE inbox SET content = x'07' WHERE seq = 2;",
    );
    let next = store.next(lane, NOW).await.expect("read");
    let Next::Send(parcel) = next else {
        panic!("{next:?}")
    };
    assert_eq!(parcel.call.body["text"], "b");
    let sent = store
        .settle(lane, &Arc::new(parcel), Outcome::Sent(None), NOW)
        .await;
    let Ok(Next::Work(third)) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(third.update["number"], 3);
    let counts = store.counts().expect("read");
    assert_eq!((counts.dead, counts.aside), (1, 1));
}
