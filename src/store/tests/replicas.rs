//! Several replicas on one PostgreSQL: who works on what, and what is left of one that is gone.

use serde_json::json;

use super::super::*;
use super::home::Home;
use super::{NOW, accept, counts, incoming, owed, send, task};

const LITTLE: Duration = Duration::from_millis(20);

/// A replica of that name.
fn replica(home: &Home, name: &str) -> Store {
    let tables = home.tables.as_ref().expect("on PostgreSQL");
    let place = StatePlace {
        database: Some(tables.url(name)),
        ..home.place()
    };
    Store::open(&place, Durability::Process)
        .expect("it opens")
        .expect("replicas share it")
}

fn cut(home: &Home, name: &str) {
    home.tables.as_ref().expect("on PostgreSQL").cut(name);
}

/// What a lane has to do, once there is something.
async fn next(store: &Store, lane: Lane) -> Next {
    for _ in 0..500 {
        let next = store.next(lane, NOW).await;
        if !matches!(next, Ok(Next::Idle)) {
            return next.expect("read");
        }
        tokio::time::sleep(LITTLE).await;
    }
    panic!("there is never anything to do")
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn one_replica_at_a_time_works_on_a_lane() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    let lane = accept(&one, incoming(-5, 1)).await;
    accept(&two, incoming(-5, 2)).await;
    let parcel = owed(&one, lane, vec![send(-5, "a")]).await;
    assert_eq!(two.next(lane, NOW).await.expect("read"), Next::Idle);
    assert_eq!(two.due(NOW).await.expect("read").0, []);
    assert_eq!(one.due(NOW).await.expect("read").0, [lane]);
    let sent = Outcome::Sent(None);
    let Ok(Next::Work(second)) = one.settle(lane, &parcel, sent, NOW).await else {
        panic!("no work")
    };
    assert_eq!(two.next(lane, NOW).await.expect("read"), Next::Idle);
    let none: Vec<Effect> = Vec::new();
    let done = one.worked(lane, &Arc::new(second), none, NOW).await;
    assert_eq!(done.expect("written"), Next::Idle);
    // Now it is anybody's.
    accept(&one, incoming(-5, 3)).await;
    task(&two, lane).await;
    assert_eq!(one.next(lane, NOW).await.expect("read"), Next::Idle);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn what_a_replica_had_in_hand_when_it_died_another_does() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    let sending = accept(&one, incoming(-5, 1)).await;
    let working = accept(&one, incoming(-6, 1)).await;
    owed(&one, sending, vec![send(-5, "a")]).await;
    task(&one, working).await;
    drop(one);
    let again = next(&two, sending).await;
    assert!(matches!(&again, Next::Send(parcel) if parcel.attempts == 1));
    let again = next(&two, working).await;
    assert!(
        matches!(&again, Next::Work(task) if task.survivor),
        "{again:?}"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn what_a_replica_says_after_another_was_faster_changes_nothing() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    let working = accept(&one, incoming(-5, 1)).await;
    let sending = accept(&one, incoming(-6, 1)).await;
    let late = task(&one, working).await;
    let parcel = owed(&one, sending, vec![send(-6, "b")]).await;
    cut(&home, "one");
    let Next::Work(same) = next(&two, working).await else {
        panic!("no work")
    };
    let effects = vec![send(-5, "a")];
    let owed = two
        .worked(working, &Arc::new(same), effects.clone(), NOW)
        .await;
    let Ok(Next::Send(answer)) = owed else {
        panic!("{owed:?}")
    };
    for (lane, parcel) in [
        (working, answer),
        (
            sending,
            match next(&two, sending).await {
                Next::Send(same) => same,
                other => panic!("{other:?}"),
            },
        ),
    ] {
        let settled = two
            .settle(lane, &Arc::new(parcel), Outcome::Sent(None), NOW)
            .await;
        assert_eq!(settled.expect("written"), Next::Idle);
    }
    let void = one.worked(working, &late, effects, NOW).await;
    assert_eq!(void.expect("written"), Next::Idle);
    let again = Outcome::Again {
        at: NOW,
        doubt: true,
    };
    let void = one.settle(sending, &parcel, again, NOW).await;
    assert_eq!(void.expect("written"), Next::Idle);
    assert_eq!(one.counts().expect("read"), Counts::default());
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn what_a_replica_finishes_in_a_lane_that_is_another_s_now_is_sent_by_that_one() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    let lane = accept(&one, incoming(-5, 1)).await;
    let in_hand = task(&one, lane).await;
    cut(&home, "one");
    let Next::Work(same) = next(&two, lane).await else {
        panic!("no work")
    };
    let effects = vec![send(-5, "a")];
    let first = one.worked(lane, &in_hand, effects.clone(), NOW).await;
    assert_eq!(first.expect("written"), Next::Idle);
    let second = two.worked(lane, &Arc::new(same), effects, NOW).await;
    let Ok(Next::Send(answer)) = second else {
        panic!("{second:?}")
    };
    assert_eq!(answer.attempts, 0);
    let sent = Outcome::Sent(None);
    let settled = two.settle(lane, &Arc::new(answer), sent, NOW).await;
    assert_eq!(settled.expect("written"), Next::Idle);
    assert_eq!(one.counts().expect("read"), Counts::default());
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn what_replicas_add_to_one_note_is_summed() {
    const ROUNDS: i64 = 50;
    let home = Home::postgres();
    let replicas = ["one", "two"].map(|name| replica(&home, name));
    let all = replicas.iter().zip([-100, -200]).map(|(store, from)| {
        let store = store.clone();
        tokio::spawn(async move {
            for chat in 0..ROUNDS {
                let lane = accept(&store, incoming(from - chat, 1)).await;
                let task = task(&store, lane).await;
                let add = |to| Effect::Add(counts(to, json!({"asked": 1})));
                let effects = vec![add(0), add(from - chat), add(1)];
                let next = store.worked(lane, &task, effects, NOW).await;
                assert_eq!(next.expect("written"), Next::Idle);
            }
        })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.expect("no panic");
    }
    for chat in [0, 1] {
        let sum = replicas[0].note(&counts(chat, Value::Null).id, NOW);
        assert_eq!(sum.expect("read"), Some(json!({"asked": 2 * ROUNDS})));
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn after_the_database_was_gone_each_replica_finds_its_own_lanes() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    let lane = accept(&one, incoming(-5, 1)).await;
    let parcel = owed(&one, lane, vec![send(-5, "a")]).await;
    assert!(one.lead().await.expect("read"));
    cut(&home, "one");
    cut(&home, "two");
    // The other is faster, but does not take what may have an owner.
    assert_eq!(two.next(lane, NOW).await.expect("read"), Next::Idle);
    assert!(!two.lead().await.expect("read"));
    assert!(one.lead().await.expect("read"));
    let settled = one.settle(lane, &parcel, Outcome::Sent(None), NOW).await;
    assert_eq!(settled.expect("written"), Next::Idle);
    assert_eq!(two.counts().expect("read"), Counts::default());
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn one_replica_leads_and_another_when_it_is_gone() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    assert!(one.lead().await.expect("read"));
    assert!(!two.lead().await.expect("read"));
    assert!(one.lead().await.expect("read"));
    drop(one);
    while !two.lead().await.expect("read") {
        tokio::time::sleep(LITTLE).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn an_update_that_two_replicas_take_in_at_once_is_one() {
    let home = Home::postgres();
    let (one, two) = (replica(&home, "one"), replica(&home, "two"));
    for number in 0..50 {
        let update = || vec![incoming(-5, number)];
        let both = tokio::join!(one.accept(update(), NOW), two.accept(update(), NOW));
        let new = both.0.expect("written").new + both.1.expect("written").new;
        assert_eq!(new, 1);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
async fn somebody_elses_tables_are_left_alone_and_none_are_made_to_look() {
    let home = Home::postgres();
    let none = Store::visit(&home.place());
    assert!(matches!(none, Err(StoreError::Empty)), "{none:?}");
    home.tables
        .as_ref()
        .expect("there")
        .batch("CREATE TABLE inbox (letter TEXT)");
    for store in [
        Store::visit(&home.place()),
        Store::open(&home.place(), Durability::Process).map(|it| it.expect("shared")),
    ] {
        assert!(matches!(store, Err(StoreError::Foreign)), "{store:?}");
    }
}

#[test]
#[ignore = "needs PostgreSQL: .ci/run postgres"]
fn whoever_cannot_prove_to_be_the_database_is_refused_with_the_way_out() {
    let home = Home::postgres();
    let url = home.tables.as_ref().expect("on PostgreSQL").by_tls();
    let open = |url: &str| {
        let place = StatePlace {
            database: Some(DatabaseUrl::from(url)),
            ..home.place()
        };
        Store::open(&place, Durability::Process).map(drop)
    };
    open(&url).expect("it can");
    open(&url.replace("verify-full", "verify-ca")).expect("it can");
    let other_name = url.replace("localhost", "127.0.0.1");
    let (before, roots) = url.split_once("sslrootcert=").expect("it is there");
    let (_, after) = roots.split_once('&').expect("the schema");
    for url in [other_name, format!("{before}{after}")] {
        let error = open(&url).expect_err("it cannot");
        assert!(!error.may_pass(), "{error}");
        assert!(
            matches!(error, StoreError::Certificate(_) | StoreError::NoRoots),
            "{error:?}"
        );
    }
}

#[test]
fn an_address_is_never_shown() {
    let place = StatePlace {
        database: Some(DatabaseUrl::from("postgres://u:secret@[/x")),
        ..Home::file().place()
    };
    let refused = Store::open(&place, Durability::Process);
    assert!(
        matches!(refused, Err(StoreError::DatabaseUrl)),
        "{refused:?}"
    );
    for shown in [
        format!("{place:?}"),
        format!("{refused:?}"),
        StoreError::DatabaseUrl.to_string(),
    ] {
        assert!(!shown.contains("secret"), "{shown}");
    }
}

#[test]
fn a_database_that_is_not_there_may_come() {
    let place = StatePlace {
        // Nobody listens on port 1.
        database: Some(DatabaseUrl::from("postgres://u:secret@127.0.0.1:1/x")),
        ..Home::file().place()
    };
    let error = Store::open(&place, Durability::Process).expect_err("nobody is there");
    assert!(error.may_pass(), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
