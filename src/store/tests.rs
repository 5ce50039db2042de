//! The laws of the inbox and the outbox, on both stores.

mod home;
#[cfg(feature = "postgres")]
mod replicas;

use serde_json::json;

use super::*;
use crate::bot::Note;
use home::Home;

const NOW: Millis = 1_800_000_000_000;
const HOUR: Millis = 3_600_000;

/// Runs each law on a file; on PostgreSQL too, where there is one.
macro_rules! laws {
    ($($law:ident,)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $law() { super::$law(&super::Home::file()).await; })*
        }
        #[cfg(feature = "postgres")]
        mod on_postgres {
            $(
                #[tokio::test]
                #[ignore = "needs PostgreSQL: .ci/run postgres"]
                async fn $law() { super::$law(&super::Home::postgres()).await; }
            )*
        }
    };
}

fn incoming(chat: i64, number: i64) -> Incoming {
    Incoming {
        identity: format!("message {chat} {number}"),
        lane: ("chat", chat),
        chat: Some(chat),
        member: Some(number),
        reopens: false,
        vital: false,
        sent: NOW,
        update: json!({"number": number}),
    }
}

fn send(chat: i64, text: &str) -> Effect {
    Effect::Call(Call::new(
        "sendMessage",
        json!({"chat_id": chat, "text": text, "reply_parameters": {"message_id": 1}}),
    ))
}

/// Takes one update in and gives its lane.
async fn accept(store: &Store, update: Incoming) -> Lane {
    let accepted = store.accept(vec![update], NOW).await.expect("written");
    accepted.lanes[0]
}

async fn task(store: &Store, lane: Lane) -> Arc<Task> {
    match store.next(lane, NOW).await.expect("read") {
        Next::Work(task) => Arc::new(task),
        other => panic!("no work: {other:?}"),
    }
}

/// Works on the next update of a lane and gives the call that it leads to.
async fn owed(store: &Store, lane: Lane, effects: Vec<Effect>) -> Arc<Parcel> {
    let task = task(store, lane).await;
    match store.worked(lane, &task, effects, NOW).await {
        Ok(Next::Send(parcel)) => Arc::new(parcel),
        other => panic!("no call: {other:?}"),
    }
}

async fn an_update_is_taken_in_once_however_often_it_comes(home: &Home) {
    for _ in 0..2 {
        let store = home.open();
        let fifty = vec![incoming(-5, 1); 50];
        store.accept(fifty, NOW).await.expect("written");
        assert_eq!(store.counts().expect("read").waiting, 1);
    }
}

async fn a_lane_pays_what_it_owes_before_it_goes_on(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    accept(&store, incoming(-5, 2)).await;
    let parcel = owed(&store, lane, vec![send(-5, "a"), send(-5, "b")]).await;
    assert_eq!(parcel.call.body["text"], "a");
    let next = store
        .settle(lane, &parcel, Outcome::Sent(Some(9)), NOW)
        .await;
    let Ok(Next::Send(second)) = next else {
        panic!("{next:?}")
    };
    assert_eq!(second.call.body["text"], "b");
    let next = store
        .settle(lane, &Arc::new(second), Outcome::Sent(None), NOW)
        .await;
    assert!(
        matches!(&next, Ok(Next::Work(task)) if task.update["number"] == 2),
        "{next:?}"
    );
}

async fn what_was_under_way_when_the_process_ended_is_done_by_the_next(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    accept(&store, incoming(-6, 1)).await;
    owed(&store, lane, vec![send(-5, "a")]).await;
    drop(store);
    let store = home.open();
    let (lanes, _) = store.due(NOW).await.expect("read");
    assert_eq!(lanes.len(), 2);
    let again = store.next(lane, NOW).await.expect("read");
    assert!(
        matches!(&again, Next::Send(parcel) if parcel.attempts == 1),
        "{again:?}"
    );
    let other = lanes.into_iter().find(|it| *it != lane).expect("two");
    assert!(task(&store, other).await.survivor);
}

async fn an_update_that_ends_the_process_is_put_aside_after_three_attempts(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    assert!(!task(&store, lane).await.survivor);
    drop(store);
    let mut attempts = 1;
    loop {
        let store = home.open();
        let task = task(&store, lane).await;
        if !store.attempt(&task).await.expect("written") {
            assert_eq!(store.next(lane, NOW).await.expect("read"), Next::Idle);
            assert_eq!(store.counts().expect("read").aside, 1);
            // A second chance is the last one.
            assert!(store.second_chance().await.expect("written"));
            let again = self::task(&store, lane).await;
            assert!(store.attempt(&again).await.expect("written"));
            let again = self::task(&store, lane).await;
            assert!(!store.attempt(&again).await.expect("written"));
            assert!(!store.second_chance().await.expect("written"));
            let pending = store.pending().expect("read");
            assert!(store.retry(pending[0].id.clone()).await.expect("written"));
            assert_eq!(store.counts().expect("read").waiting, 1);
            break;
        }
        attempts += 1;
    }
    assert_eq!(attempts, 3);
}

async fn a_full_lane_turns_away_and_says_so_once(home: &Home) {
    let store = home.open();
    let updates = (0..BACKLOG + 100)
        .map(|number| incoming(-5, number))
        .collect();
    let accepted = store.accept(updates, NOW).await.expect("written");
    assert_eq!(accepted.turned_away, 100);
    let waiting = store.counts().expect("read").waiting;
    assert_eq!(i64::from(waiting), BACKLOG + 1);
    let accepted = store
        .accept(vec![incoming(-6, 1)], NOW)
        .await
        .expect("written");
    assert_eq!(accepted.turned_away, 0);
    let lane = accepted.lanes[0];
    let mut errands = Vec::new();
    let crowded = store.due(NOW).await.expect("read").0;
    let crowded = crowded.into_iter().find(|it| *it != lane).expect("two");
    while let Next::Work(task) = store.next(crowded, NOW).await.expect("read") {
        errands.push(task.errand);
        let none: Vec<Effect> = Vec::new();
        store
            .worked(crowded, &Arc::new(task), none, NOW)
            .await
            .expect("written");
    }
    assert_eq!(errands.pop(), Some(Errand::Flood));
    assert!(errands.iter().all(|errand| *errand == Errand::Serve));
}

async fn after_an_outage_the_young_are_answered_and_the_rest_is_told_once(home: &Home) {
    let store = home.open();
    let mut updates: Vec<_> = (0..6).map(|number| incoming(-5, number)).collect();
    for old in &mut updates[..4] {
        old.sent = NOW - 10 * HOUR;
    }
    let lane = store.accept(updates, NOW).await.expect("written").lanes[0];
    let mut errands = Vec::new();
    while let Next::Work(task) = store.next(lane, NOW).await.expect("read") {
        errands.push(task.errand);
        let none: Vec<Effect> = Vec::new();
        store
            .worked(lane, &Arc::new(task), none, NOW)
            .await
            .expect("written");
    }
    assert_eq!(errands, [Errand::Late, Errand::Serve, Errand::Serve]);
}

async fn a_chat_that_must_be_left_alone_is_also_after_a_restart(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let parcel = owed(&store, lane, vec![send(-5, "a")]).await;
    let day = NOW + 24 * HOUR;
    let next = store.settle(lane, &parcel, Outcome::Hold(day), NOW).await;
    assert_eq!(next.expect("written"), Next::Wait(day));
    drop(store);
    let store = home.open();
    assert_eq!(store.due(NOW).await.expect("read"), (vec![], Some(day)));
    assert_eq!(store.due(day).await.expect("read").0, [lane]);
    // Whatever else is owed to the chat waits too, and no other chat does.
    let tap = Incoming {
        lane: ("tap", -5),
        ..incoming(-5, 2)
    };
    let tap = accept(&store, tap).await;
    let task = task(&store, tap).await;
    let next = store.worked(tap, &task, vec![send(-5, "b")], NOW).await;
    assert_eq!(next.expect("written"), Next::Wait(day));
    let other = accept(&store, incoming(-6, 1)).await;
    owed(&store, other, vec![send(-6, "c")]).await;
}

async fn a_chat_that_is_gone_is_owed_nothing_until_it_comes_back(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let parcel = owed(&store, lane, vec![send(-5, "a"), send(-5, "b")]).await;
    let next = store.settle(lane, &parcel, Outcome::Gone, NOW).await;
    assert_eq!(next.expect("written"), Next::Idle);
    assert_eq!(store.counts().expect("read").owed, 0);
    // Who writes to the bot has not blocked it.
    accept(&store, incoming(-5, 2)).await;
    let parcel = owed(&store, lane, vec![send(-5, "c")]).await;
    let muted = Outcome::Muted(NOW + HOUR);
    let next = store.settle(lane, &parcel, muted, NOW).await;
    assert_eq!(next.expect("written"), Next::Idle);
    // Where it may not write, others still do.
    accept(&store, incoming(-5, 3)).await;
    let quiet = task(&store, lane).await;
    let next = store.worked(lane, &quiet, vec![send(-5, "d")], NOW).await;
    assert_eq!(next.expect("written"), Next::Idle);
    let allowed = Incoming {
        reopens: true,
        ..incoming(-5, 4)
    };
    accept(&store, allowed).await;
    owed(&store, lane, vec![send(-5, "e")]).await;
}

async fn a_group_takes_what_is_kept_of_it_into_its_supergroup(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let id = |chat| note(chat, 3, None).id;
    assert_eq!(store.note(&id(-100), NOW).expect("read"), None);
    let keep = Effect::Keep(note(-5, 3, None));
    let parcel = owed(&store, lane, vec![keep, send(-5, "a"), send(-5, "b")]).await;
    let next = store
        .settle(lane, &parcel, Outcome::Moved(-100), NOW)
        .await
        .expect("written");
    let Next::Send(moved) = next else {
        panic!("{next:?}")
    };
    assert_eq!(moved.call.body["chat_id"], -100);
    assert_eq!(moved.call.body.get("reply_parameters"), None);
    let next = store
        .settle(lane, &Arc::new(moved), Outcome::Sent(None), NOW)
        .await
        .expect("written");
    assert!(matches!(&next, Next::Send(p) if p.call.body["chat_id"] == -100));
    assert_eq!(store.note(&id(-5), NOW).expect("read"), None);
    assert!(store.note(&id(-100), NOW).expect("read").is_some());
}

fn note(chat: i64, key: i64, member: Option<i64>) -> Note {
    Note {
        id: NoteId {
            kind: "answer".to_owned(),
            chat,
            key,
        },
        member,
        value: json!({"of": key}),
        lasts: Some(Duration::from_secs(60 * 60)),
    }
}

async fn notes_are_kept_found_listed_and_age(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let task = task(&store, lane).await;
    let keep = |key| Effect::Keep(note(-5, key, None));
    let effects = vec![keep(1), keep(2), Effect::Drop(note(-5, 1, None).id)];
    store
        .worked(lane, &task, effects, NOW)
        .await
        .expect("written");
    let found = store.notes("answer", -5, 10, NOW).expect("read");
    assert_eq!(found, [(2, json!({"of": 2}))]);
    assert_eq!(store.notes("answer", -6, 10, NOW).expect("read"), []);
    let later = NOW + HOUR + 1;
    let id = note(-5, 2, None).id;
    assert!(store.note(&id, NOW).expect("read").is_some());
    assert_eq!(store.note(&id, later).expect("read"), None);
}

fn counts(chat: i64, value: Value) -> Note {
    Note {
        value,
        ..note(chat, 7, None)
    }
}

async fn what_is_added_to_a_note_is_summed_whoever_adds(home: &Home) {
    let store = home.open();
    let id = counts(0, Value::Null).id;
    let mut works = Vec::new();
    for chat in 1..=4 {
        let lane = accept(&store, incoming(chat, 1)).await;
        works.push((lane, task(&store, lane).await, chat));
    }
    let work = |(lane, task, chat): (Lane, Arc<Task>, i64)| {
        let store = store.clone();
        async move {
            let more = json!({"asked": {"ar": 1, format!("{chat}"): 2}, "down": -1});
            let add = Effect::Add(counts(0, more));
            let effects = vec![add.clone(), add];
            let next = store.worked(lane, &task, effects, NOW).await;
            assert_eq!(next.expect("written"), Next::Idle);
        }
    };
    let all: Vec<_> = works.into_iter().map(|it| tokio::spawn(work(it))).collect();
    for one in all {
        one.await.expect("no panic");
    }
    let sum = json!({"asked": {"ar": 8, "1": 4, "2": 4, "3": 4, "4": 4}, "down": 0});
    assert_eq!(store.note(&id, NOW).expect("read"), Some(sum.clone()));
    drop(store);
    let store = home.open();
    assert_eq!(store.note(&id, NOW).expect("read"), Some(sum));
    // What has aged out counts no more, and what is forgotten in the same stroke does not either.
    let later = NOW + 2 * HOUR;
    let lane = accept(&store, incoming(9, 1)).await;
    let at_work = task(&store, lane).await;
    let add = |chat| Effect::Add(counts(chat, json!({"up": 1})));
    let effects = vec![add(0), add(9), Effect::Purge(9)];
    let next = store.worked(lane, &at_work, effects, later).await;
    assert_eq!(next.expect("written"), Next::Idle);
    let one = store.note(&id, later).expect("read");
    assert_eq!(one, Some(json!({"up": 1})));
    let gone = counts(9, Value::Null).id;
    assert_eq!(store.note(&gone, later).expect("read"), None);
}

async fn a_note_is_read_as_it_was_written_last(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let at_work = task(&store, lane).await;
    let of = |chat, key, member, value| Note {
        value: json!(value),
        ..note(chat, key, member)
    };
    let brief = |note: Note| Note {
        lasts: Some(Duration::from_secs(60)),
        ..note
    };
    let id = |chat, key| note(chat, key, None).id;
    let read = |chat, key| store.note(&id(chat, key), NOW).expect("read");
    // That there is none may be known, too.
    assert_eq!([read(-5, 1), read(-5, 2), read(-6, 2)], [None, None, None]);
    let effects = vec![
        Effect::Keep(of(-5, 1, Some(2), "a")),
        Effect::Keep(brief(of(-5, 2, Some(3), "b"))),
        Effect::Keep(brief(of(-6, 2, Some(2), "c"))),
        Effect::Keep(of(-6, 1, Some(3), "d")),
        send(-5, "first"),
        send(-5, "second"),
    ];
    let next = store.worked(lane, &at_work, effects, NOW).await;
    let Ok(Next::Send(first)) = next else {
        panic!("{next:?}")
    };
    let all = [read(-5, 1), read(-5, 2), read(-6, 2), read(-6, 1)];
    assert_eq!(all, ["a", "b", "c", "d"].map(|it| Some(json!(it))));
    let soon = NOW + 60_001;
    assert_eq!(store.note(&id(-5, 2), soon).expect("read"), None);
    // Who is forgotten is forgotten at once, and nobody else.
    let other = accept(&store, incoming(-7, 1)).await;
    let forget = task(&store, other).await;
    let forgotten = vec![Effect::Forget(2), Effect::Drop(id(-6, 1))];
    let next = store.worked(other, &forget, forgotten, NOW).await;
    assert_eq!(next.expect("written"), Next::Idle);
    let all = [read(-5, 1), read(-5, 2), read(-6, 2), read(-6, 1)];
    assert_eq!(all, [None, Some(json!("b")), None, None]);
    // So is a chat.
    let next = store
        .settle(lane, &Arc::new(first), Outcome::Sent(None), NOW)
        .await;
    let Ok(Next::Send(second)) = next else {
        panic!("{next:?}")
    };
    assert_eq!(second.call.body["text"], "second");
    let next = store
        .settle(lane, &Arc::new(second), Outcome::Moved(-100), NOW)
        .await;
    assert!(matches!(next, Ok(Next::Send(_))), "{next:?}");
    assert_eq!([read(-5, 2), read(-6, 2)], [None, None]);
}

async fn an_answer_is_noted_under_the_message_that_it_became(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let Effect::Call(mut call) = send(-5, "a") else {
        unreachable!("it is a call")
    };
    call.note = Some(note(-5, 0, None));
    call.pointer = Some(Box::new(note(-5, 3, None)));
    let parcel = owed(&store, lane, vec![Effect::Call(call)]).await;
    store
        .settle(lane, &parcel, Outcome::Sent(Some(77)), NOW)
        .await
        .expect("written");
    assert!(
        store
            .note(&note(-5, 77, None).id, NOW)
            .expect("read")
            .is_some()
    );
    let pointer = store.note(&note(-5, 3, None).id, NOW);
    assert_eq!(pointer.expect("read"), Some(json!(77)));
}

async fn who_is_forgotten_leaves_nothing_behind(home: &Home) {
    let store = home.open();
    let elsewhere = accept(&store, incoming(-6, 2)).await;
    let lane = accept(&store, incoming(-5, 1)).await;
    // What he asks afterwards is answered.
    let later = Incoming {
        member: Some(2),
        ..incoming(-7, 1)
    };
    let later = accept(&store, later).await;
    let at_work = task(&store, lane).await;
    let effects = vec![
        Effect::Keep(note(-5, 1, Some(2))),
        Effect::Keep(note(-5, 3, Some(3))),
        Effect::Forget(2),
    ];
    let next = store.worked(lane, &at_work, effects, NOW).await;
    assert_eq!(next.expect("written"), Next::Idle);
    assert_eq!(store.note(&note(-5, 1, None).id, NOW).expect("read"), None);
    let forgotten = store.next(elsewhere, NOW).await.expect("read");
    assert_eq!(forgotten, Next::Idle);
    task(&store, later).await;
    let lane = accept(&store, incoming(-5, 4)).await;
    let at_work = task(&store, lane).await;
    store
        .worked(lane, &at_work, vec![Effect::Purge(-5)], NOW)
        .await
        .expect("written");
    assert_eq!(store.note(&note(-5, 3, None).id, NOW).expect("read"), None);
}

async fn what_has_aged_is_forgotten(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let parcel = owed(&store, lane, vec![send(-5, "a")]).await;
    let dead = Outcome::Dead(Reason::Refused);
    store
        .settle(lane, &parcel, dead, NOW)
        .await
        .expect("written");
    assert_eq!(store.counts().expect("read").dead, 1);
    store.prune(NOW + 30 * 24 * HOUR).await.expect("written");
    assert_eq!(store.counts().expect("read"), Counts::default());
    // Its name is forgotten too: as a new update it would be taken in again.
    accept(&store, incoming(-5, 1)).await;
}

async fn nothing_personal_stands_in_the_file(home: &Home) {
    let (chat, member) = (-7_123_456_789_i64, 8_987_654_321_i64);
    let store = home.open();
    let update = Incoming {
        member: Some(member),
        update: json!({"text": "a secret question", "from": member}),
        ..incoming(chat, 1)
    };
    let lane = accept(&store, update).await;
    accept(&store, incoming(chat, 2)).await;
    owed(
        &store,
        lane,
        vec![send(chat, &"a secret answer".repeat(500))],
    )
    .await;
    drop(store);
    let bytes = home.bytes();
    assert!(bytes.len() > 4096);
    let digits = [chat.to_string(), member.to_string()];
    for word in ["secret", digits[0].as_str(), digits[1].as_str()] {
        assert!(!bytes.windows(word.len()).any(|it| it == word.as_bytes()));
    }
    for number in [chat, member] {
        let stored = number.to_be_bytes();
        let found = bytes.windows(5).any(|it| it == &stored[3..]);
        assert!(!found, "{number}");
    }
}

async fn another_key_or_bot_is_refused(home: &Home) {
    let place = home.place();
    let store = home.open();
    store.belongs_to(1).await.expect("written");
    store.belongs_to(1).await.expect("the same");
    let other = store.belongs_to(2).await;
    assert!(matches!(other, Err(StoreError::OtherBot)), "{other:?}");
    assert!(Store::visit(&place).is_ok());
    drop(store);
    let key = std::fs::read_to_string(&place.key).expect("a key");
    std::fs::write(&place.key, key.replace(['0', '1', '2', '3'], "4")).expect("written");
    assert!(matches!(Store::visit(&place), Err(StoreError::WrongKey)));
    let wrong = Store::open(&place, Durability::Process);
    assert!(matches!(wrong, Err(StoreError::WrongKey)), "{wrong:?}");
    std::fs::remove_file(&place.key).expect("removed");
    let lost = Store::open(&place, Durability::Process);
    assert!(matches!(lost, Err(StoreError::Key(KeyError::Lost(_)))));
}

async fn an_older_state_is_taken_over(home: &Home) {
    let store = home.open();
    let lane = accept(&store, incoming(-5, 1)).await;
    let keep = Effect::Keep(note(-5, 2, None));
    let parcel = owed(&store, lane, vec![keep, send(-5, "a")]).await;
    drop(store);
    home.written_by_the_first_program();
    let store = home.open();
    let found = store.notes("answer", -5, 10, NOW).expect("read");
    assert_eq!(found, [(2, json!({"of": 2}))]);
    let Next::Send(same) = store.next(lane, NOW).await.expect("read") else {
        panic!("it is owed still")
    };
    assert_eq!((same.call, same.attempts), (parcel.call.clone(), 1));
}

async fn a_newer_state_is_refused(home: &Home) {
    drop(home.open());
    home.written_by_a_newer_program();
    let newer = Store::open(&home.place(), Durability::Process);
    let refused = matches!(newer, Err(StoreError::Newer { found: 99, .. }));
    assert!(refused, "{newer:?}");
}

laws! {
    an_update_is_taken_in_once_however_often_it_comes,
    a_lane_pays_what_it_owes_before_it_goes_on,
    what_was_under_way_when_the_process_ended_is_done_by_the_next,
    an_update_that_ends_the_process_is_put_aside_after_three_attempts,
    a_full_lane_turns_away_and_says_so_once,
    after_an_outage_the_young_are_answered_and_the_rest_is_told_once,
    a_chat_that_must_be_left_alone_is_also_after_a_restart,
    a_chat_that_is_gone_is_owed_nothing_until_it_comes_back,
    a_group_takes_what_is_kept_of_it_into_its_supergroup,
    notes_are_kept_found_listed_and_age,
    what_is_added_to_a_note_is_summed_whoever_adds,
    a_note_is_read_as_it_was_written_last,
    an_answer_is_noted_under_the_message_that_it_became,
    who_is_forgotten_leaves_nothing_behind,
    what_has_aged_is_forgotten,
    nothing_personal_stands_in_the_file,
    another_key_or_bot_is_refused,
    an_older_state_is_taken_over,
    a_newer_state_is_refused,
}

#[tokio::test]
async fn another_process_stands_by() {
    let home = Home::file();
    let _store = home.open();
    let second = Store::open(&home.place(), Durability::Power).expect("it is there");
    assert!(second.is_none());
}

#[tokio::test]
async fn a_damaged_state_is_refused_and_left_as_it_is() {
    let home = Home::file();
    let place = home.place();
    drop(home.open());
    // The last one who closes it writes down what the log still holds; that may be the thread that
    // makes checkpoints.
    let log = place.file.with_extension("db-wal");
    while log.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        drop(Store::visit(&place));
    }
    std::fs::write(&place.file, [7; 8192]).expect("written");
    let damaged = Store::open(&place, Durability::Process);
    assert!(
        matches!(damaged, Err(StoreError::Damaged { .. })),
        "{damaged:?}"
    );
    assert_eq!(std::fs::read(&place.file).expect("read"), [7; 8192]);
}

#[tokio::test]
async fn a_backup_holds_what_was_written_and_writes_over_nothing() {
    let home = Home::file();
    let place = home.place();
    let store = home.open();
    accept(&store, incoming(-5, 1)).await;
    let copy = StatePlace {
        file: home.folder.path().join("copy.db"),
        ..place.clone()
    };
    Store::backup(&place, &copy.file).expect("copied");
    assert!(Store::backup(&place, &copy.file).is_err());
    assert_eq!(
        Store::visit(&copy)
            .expect("it is whole")
            .counts()
            .expect("read")
            .waiting,
        1
    );
}

#[tokio::test]
async fn a_full_disk_takes_nothing_in_and_room_again_does() {
    let home = Home::file();
    let store = home.open();
    let pages = |count: i64| {
        store.run(move |journal| {
            let pages = format!("PRAGMA max_page_count = {count}");
            journal.sql.all(&pages, &[], |_| Ok(())).map(drop)
        })
    };
    // SQLite refuses to grow, as it does where the disk is full.
    pages(1).await.expect("written");
    let much: Vec<_> = (0..200)
        .map(|number| Incoming {
            update: json!("x".repeat(4096)),
            ..incoming(-number, number)
        })
        .collect();
    let refused = store.accept(much.clone(), NOW).await;
    assert!(refused.is_err());
    assert_eq!(store.counts().expect("read").waiting, 0);
    pages(100_000).await.expect("written");
    assert_eq!(store.accept(much, NOW).await.expect("written").new, 200);
}

#[tokio::test]
async fn a_state_that_somebody_else_holds_is_written_once_it_is_free() {
    let home = Home::file();
    let place = home.place();
    let store = home.open();
    let other = Connection::open(&place.file).expect("opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("free");
    let refused = store.accept(vec![incoming(-5, 1)], NOW).await;
    assert!(refused.is_err());
    other.execute_batch("ROLLBACK").expect("ended");
    accept(&store, incoming(-5, 1)).await;
}

#[tokio::test]
async fn a_state_that_may_only_be_read_takes_nothing_in() {
    let store = Store::in_memory().expect("memory");
    store.refuses(true);
    let refused = store.accept(vec![incoming(-5, 1)], NOW).await;
    assert!(refused.is_err());
    store.refuses(false);
    accept(&store, incoming(-5, 1)).await;
}

#[tokio::test]
async fn a_loss_of_power_is_survived_where_that_is_wanted() {
    for (durability, wanted) in [(Durability::Process, 1), (Durability::Power, 2)] {
        let home = Home::file();
        let store = Store::open(&home.place(), durability).expect("it opens");
        let store = store.expect("nobody else has it");
        let synchronous = store.run(|journal| {
            let read = |row: &sql::Row<'_>| row.get::<i64>(0);
            journal.sql.first("PRAGMA synchronous", &[], read)
        });
        assert_eq!(synchronous.await.expect("read"), Some(wanted));
    }
}
