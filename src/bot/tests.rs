//! Real updates in, decisions out.

use serde_json::{Value, json};

use super::*;

const ME: i64 = 42;

fn me() -> Me {
    Me {
        id: ME,
        username: "iqtibas_bot".to_owned(),
        reads_all: true,
        topics: vec![GuideTopic {
            key: 1,
            title: ["التكلفة", "cost", "成本"].map(str::to_owned),
            command: Some("cost".to_owned()),
        }],
    }
}

fn decide_on(update: &Value) -> Vec<Action> {
    decide_knowing(update, &Remembered::default(), 0)
}

fn decide_knowing(update: &Value, memory: &Remembered, now: i64) -> Vec<Action> {
    let known = Known {
        me: &me(),
        settings: &Settings::default(),
        memory,
        now,
    };
    decide(&Event::read(update), &known)
}

/// `message` with what every message has, written in `chat`.
fn update(chat: &Value, message: &Value) -> Value {
    let mut whole = json!({
        "message_id": 7, "date": 1, "chat": chat,
        "from": {"id": 5, "is_bot": false, "first_name": "ليلى", "language_code": "ar"},
    });
    for (key, value) in message.as_object().expect("a message").clone() {
        whole[key] = value;
    }
    json!({"update_id": 1, "message": whole})
}

fn private(message: &Value) -> Vec<Action> {
    decide_on(&update(&json!({"id": 5, "type": "private"}), message))
}

fn group(message: &Value) -> Vec<Action> {
    decide_on(&update(
        &json!({"id": -1_001_234_567_890_i64, "type": "supergroup"}),
        message,
    ))
}

/// What is asked, and what it refers to.
fn asked(actions: &[Action]) -> Option<(&str, Option<&str>)> {
    match actions {
        [
            Action::Answer {
                question, context, ..
            },
        ] => Some((question, context.as_deref())),
        _ => None,
    }
}

fn said(actions: &[Action]) -> Option<Saying> {
    match actions {
        [Action::Say { what, .. }] => Some(*what),
        _ => None,
    }
}

#[test]
fn in_a_direct_message_every_text_is_a_question() {
    assert_eq!(
        asked(&private(&json!({"text": "ليه نزل السهم؟"}))),
        Some(("ليه نزل السهم؟", None))
    );
    assert_eq!(
        asked(&private(&json!({"caption": "ما هذا؟", "photo": []}))),
        Some(("ما هذا؟", None))
    );
    assert_eq!(
        asked(&private(&json!({"text": "/ask ما هذا؟"}))),
        Some(("ما هذا؟", None))
    );
    assert_eq!(
        asked(&private(&json!({"text": "@iqtibas_bot ما هذا؟"}))),
        Some(("ما هذا؟", None))
    );
    assert_eq!(private(&json!({"sticker": {}})), []);
    assert_eq!(
        said(&private(&json!({"voice": {}}))),
        Some(Saying::TextOnly)
    );
}

#[test]
fn a_group_is_answered_only_where_it_asks_the_bot() {
    for (text, question) in [
        ("/ask ما السبب؟", Some("ما السبب؟")),
        ("  /ask\nما السبب؟", Some("ما السبب؟")),
        ("/ask@iqtibas_bot ما السبب؟", Some("ما السبب؟")),
        ("/ASK@Iqtibas_Bot ما السبب؟", Some("ما السبب؟")),
        ("@iqtibas_bot، ما السبب؟", Some("ما السبب؟")),
        ("ما السبب يا @iqtibas_bot؟", Some("ما السبب يا ؟")),
        ("@iqtibas_bot /ask 为什么？", Some("为什么？")),
        (
            "👍🏽 why @IQTIBAS_BOT did it fall",
            Some("👍🏽 why did it fall"),
        ),
        ("ما السبب؟", None),
        ("/ask@other_bot ما السبب؟", None),
        ("/ask@other_bot @iqtibas_bot", None),
        ("/asking ما السبب؟", None),
        ("/askما السبب؟", None),
        ("/ban @iqtibas_bot", None),
        ("me@iqtibas_bot", None),
        ("@iqtibas_bots why", None),
        ("https://t.me/ask", None),
        ("/start", None),
        ("/start@iqtibas_bot", None),
    ] {
        assert_eq!(
            asked(&group(&json!({"text": text}))),
            question.map(|q| (q, None)),
            "{text}"
        );
        if question.is_none() {
            assert_eq!(group(&json!({"text": text})), [], "{text}");
        }
    }
}

#[test]
fn telegrams_marks_count_where_there_are_any() {
    let marked =
        |entities: Value| group(&json!({"text": "👍 @iqtibas_bot لماذا؟", "entities": entities}));
    let mention = json!({"type": "mention", "offset": 3, "length": 12});
    assert_eq!(asked(&marked(json!([mention]))), Some(("👍 لماذا؟", None)));
    assert_eq!(
        marked(json!([{"type": "code", "offset": 3, "length": 12}])),
        []
    );
    assert_eq!(
        marked(json!([{"type": "mention", "offset": 3, "length": 999}])),
        []
    );
    assert_eq!(
        marked(json!([{"type": "mention", "offset": -1, "length": "x"}, 7, null])),
        []
    );
    let by_id = json!([{"type": "text_mention", "offset": 3, "length": 12, "user": {"id": ME}}]);
    assert_eq!(asked(&marked(by_id)), Some(("👍 لماذا؟", None)));
    let new_kind =
        json!([{"type": "date_time", "offset": 0, "length": 1, "unix_time": 7}, mention]);
    assert_eq!(asked(&marked(new_kind)), Some(("👍 لماذا؟", None)));
}

#[test]
fn a_reply_to_the_bot_is_a_question_about_what_it_said() {
    let reply = json!({"message_id": 3, "from": {"id": ME, "is_bot": true}, "text": "من المقال"});
    let ask = |text: &str| group(&json!({"text": text, "reply_to_message": reply}));
    assert_eq!(asked(&ask("وليش؟")), Some(("وليش؟", Some("من المقال"))));
    assert_eq!(ask("/ask@other_bot وليش؟"), []);
    assert_eq!(said(&ask("/ask")), Some(Saying::Usage));
    for remark in ["شكرا", "lol", "صحيح كلامه", "👍"] {
        assert_eq!(ask(remark), [], "{remark}");
    }
    assert_eq!(
        group(&json!({"sticker": {}, "reply_to_message": reply})),
        []
    );
    let selected = group(
        &json!({"text": "وليش؟", "reply_to_message": reply, "quote": {"text": "المقال", "position": 3}}),
    );
    assert_eq!(asked(&selected), Some(("وليش؟", Some("المقال"))));
}

#[test]
fn somebodys_message_is_the_question_where_a_reply_calls_the_bot() {
    let theirs = json!({"message_id": 3, "from": {"id": 9}, "text": "ما سبب الهبوط؟"});
    for call in ["/ask", "@iqtibas_bot", "/ask@iqtibas_bot "] {
        let actions = group(&json!({"text": call, "reply_to_message": theirs}));
        assert_eq!(asked(&actions), Some(("ما سبب الهبوط؟", None)), "{call}");
    }
    let part = json!({"text": "الهبوط", "position": 7});
    let actions = group(&json!({"text": "/ask", "reply_to_message": theirs, "quote": part}));
    assert_eq!(asked(&actions), Some(("الهبوط", None)));
    let actions = group(&json!({"text": "/ask", "external_reply": {}, "quote": part}));
    assert_eq!(asked(&actions), Some(("الهبوط", None)));
    let actions = group(&json!({"text": "/ask متى؟", "reply_to_message": theirs}));
    assert_eq!(asked(&actions), Some(("متى؟", Some("ما سبب الهبوط؟"))));
    let picture = json!({"message_id": 3, "from": {"id": 9}, "caption": "ما هذا؟", "photo": []});
    let actions = group(&json!({"text": "/ask", "reply_to_message": picture}));
    assert_eq!(asked(&actions), Some(("ما هذا؟", None)));
    assert_eq!(
        group(&json!({"text": "صحيح", "reply_to_message": theirs})),
        []
    );
}

#[test]
fn a_call_without_a_question_gets_a_hint() {
    assert_eq!(said(&group(&json!({"text": "/ask"}))), Some(Saying::Usage));
    assert_eq!(
        said(&group(&json!({"text": "@iqtibas_bot"}))),
        Some(Saying::Usage)
    );
    let topic = json!({"message_id": 3, "from": {"id": 9}, "forum_topic_created": {"name": "x"}});
    assert_eq!(
        said(&group(&json!({"text": "/ask", "reply_to_message": topic}))),
        Some(Saying::Usage)
    );
}

#[test]
fn commands_are_obeyed_in_both_and_unknown_ones_explained_in_private() {
    for (text, in_private, in_group) in [
        ("/start", Some(Saying::Start), None),
        ("/start deep-link", Some(Saying::Start), None),
        ("/help", Some(Saying::Help), Some(Saying::Help)),
        (
            "/article@iqtibas_bot",
            Some(Saying::Article),
            Some(Saying::Article),
        ),
        ("/privacy", Some(Saying::Privacy), Some(Saying::Privacy)),
        ("/report", Some(Saying::Help), None),
        ("/settings", Some(Saying::Settings), None),
        ("/help@other_bot", Some(Saying::Help), None),
    ] {
        assert_eq!(said(&private(&json!({"text": text}))), in_private, "{text}");
        assert_eq!(said(&group(&json!({"text": text}))), in_group, "{text}");
    }
}

#[test]
fn what_can_be_read_is_opened_by_command_and_by_link() {
    let read = |actions: Vec<Action>| match actions.as_slice() {
        [Action::Read { what, .. }] => Some(what.clone()),
        _ => None,
    };
    let command = |name: &str| Some(Reading::Command(name.to_owned()));
    let link = |payload: &str| Some(Reading::Link(payload.to_owned()));
    for (text, in_private, in_group) in [
        ("/topics", Some(Reading::Subjects), Some(Reading::Subjects)),
        ("/cost", command("cost"), command("cost")),
        ("/Cost@iqtibas_bot", command("cost"), command("cost")),
        ("/cost@other_bot", None, None),
        ("/costs", None, None),
        ("/start p8", link("p8"), None),
        ("/start p8-2", link("p8-2"), None),
        ("/start a_b_p8", link("a_b_p8"), None),
        ("/start p", None, None),
        ("/start p8 p9", None, None),
        ("/start سp8", None, None),
    ] {
        assert_eq!(read(private(&json!({"text": text}))), in_private, "{text}");
        assert_eq!(read(group(&json!({"text": text}))), in_group, "{text}");
    }
}

#[test]
fn who_does_not_ask_is_left_alone() {
    let ask = |extra: Value| {
        let mut message = json!({"text": "/ask ما السبب؟"});
        for (key, value) in extra.as_object().expect("fields").clone() {
            message[key] = value;
        }
        group(&message).len()
    };
    assert_eq!(ask(json!({})), 1);
    assert_eq!(ask(json!({"from": {"id": 8, "is_bot": true}})), 0);
    assert_eq!(ask(json!({"is_automatic_forward": true})), 0);
    assert_eq!(ask(json!({"from": {"id": 777_000}})), 0);
    assert_eq!(ask(json!({"via_bot": {"id": ME}})), 0);
    assert_eq!(ask(json!({"via_bot": {"id": 8}})), 1);
    assert_eq!(ask(json!({"forward_origin": {"type": "user"}})), 0);
    let anonymous = json!({"from": {"id": 1_087_968_824, "is_bot": true}, "sender_chat": {"id": -1_001_234_567_890_i64}});
    assert_eq!(ask(anonymous), 1);
}

#[test]
fn the_answer_replies_to_the_question_in_its_topic() {
    let to = |actions: Vec<Action>| match actions.first() {
        Some(
            Action::Answer { asked, .. } | Action::Read { asked, .. } | Action::Say { asked, .. },
        ) => asked.to,
        other => panic!("{other:?}"),
    };
    let topic = to(group(
        &json!({"text": "/ask x", "message_thread_id": 9, "is_topic_message": true}),
    ));
    assert_eq!(
        (topic.chat, topic.topic, topic.reply_to, topic.even_if_gone),
        (-1_001_234_567_890, Some(9), 7, false)
    );
    let thread = to(group(&json!({"text": "/ask x", "message_thread_id": 9})));
    assert_eq!(thread.topic, None);
    assert!(to(private(&json!({"text": "x"}))).even_if_gone);
}

#[test]
fn the_bot_speaks_of_itself_in_the_users_language_or_its_own() {
    let spoken = |from: Value| match private(&json!({"text": "/help", "from": from})).as_slice() {
        [Action::Say { asked, .. }] => asked.language,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        spoken(json!({"id": 5, "language_code": "zh-hans"})),
        Language::Chinese
    );
    assert_eq!(
        spoken(json!({"id": 5, "language_code": "en-GB"})),
        Language::English
    );
    assert_eq!(
        spoken(json!({"id": 5, "language_code": "fr"})),
        Language::Arabic
    );
    assert_eq!(spoken(json!({"id": 5})), Language::Arabic);
}

#[test]
fn what_is_unknown_is_passed_over_and_costs_nothing_known() {
    for update in [
        json!({}),
        json!(null),
        json!([1]),
        json!({"guest_message": {"text": "/ask x"}}),
        json!({"message": {"chat": 7}}),
    ] {
        assert_eq!(decide_on(&update), []);
    }
    let channel = update(
        &json!({"id": -1, "type": "channel"}),
        &json!({"text": "/ask x"}),
    );
    assert_eq!(decide_on(&channel), []);
    let odd = private(
        &json!({"text": "سؤال", "quote": 7, "reply_to_message": "x", "via_bot": [], "new_field": {"a": 1}, "voice": null}),
    );
    assert_eq!(asked(&odd), Some(("سؤال", None)));
    let big = update(
        &json!({"id": i64::MIN, "type": "group"}),
        &json!({"text": "/ask x"}),
    );
    assert!(matches!(Event::read(&big), Event::Message(read) if read.chat == i64::MIN));
    assert_eq!(decide_on(&big).len(), 1);
}

fn effects(actions: &[Action]) -> &[Effect] {
    match actions {
        [Action::Do(effects)] => effects,
        other => panic!("{other:?}"),
    }
}

/// A tap on a button of message 3 of a group.
fn tap(data: &str, message: &Value) -> Value {
    let mut message = message.clone();
    message["chat"] = json!({"id": -100, "type": "supergroup"});
    json!({"callback_query": {"id": "q", "from": {"id": 5, "language_code": "en"}, "message": message, "data": data}})
}

#[test]
fn a_tap_that_means_nothing_is_answered_and_changes_nothing() {
    let answered = json!({"question": 2, "asker": 5, "print": 1, "language": "Arabic", "topic": null, "at": 0,
        "claim": "Answers", "places": [], "shown": 0, "view": null});
    let mut memory = Remembered::default();
    memory.keep(pace::turned(-100, MessageId::Open(3), 500));
    for kind in ["answer", "panel"] {
        memory.keep(Note {
            id: NoteId {
                kind: kind.to_owned(),
                chat: -100,
                key: 3,
            },
            member: None,
            value: answered.clone(),
            lasts: None,
        });
    }
    let known = json!({"message_id": 3});
    for (data, message) in [
        ("", &known),
        ("1e", &known),
        ("1x", &known),
        ("1s0.1", &known),
        ("1v0.0.99999999999999999999", &known),
        ("0b", &known),
        ("1b", &json!({"message_id": 4})),
        ("1u", &json!({"message_id": 0, "ephemeral_message_id": 3})),
        ("1b", &known), // changed half a second ago
    ] {
        let actions = decide_knowing(&tap(data, message), &memory, 1000);
        let [Effect::Call(call)] = effects(&actions) else {
            panic!("{data}: {actions:?}");
        };
        assert_eq!(call.method, "answerCallbackQuery", "{data}");
        assert!(call.within.is_some(), "{data}");
    }
    let later = decide_knowing(&tap("1v0.0.1", &known), &memory, 1500);
    assert!(matches!(later.as_slice(), [Action::Turn { .. }]));
}

#[test]
fn a_tap_names_its_message_or_the_one_inserted_elsewhere() {
    let here = tap("r1", &json!({"message_id": 7, "date": 0}));
    let Event::Tap(here) = Event::read(&here) else {
        panic!("a tap");
    };
    assert_eq!((here.chat, here.message), (-100, MessageId::Open(7)));
    let inserted = json!({"callback_query": {"id": "q", "data": "r1", "inline_message_id": "x"}});
    let Event::TapElsewhere(there) = Event::read(&inserted) else {
        panic!("a tap");
    };
    assert_eq!(there.message, "x");
    assert!(matches!(
        decide_on(&inserted).as_slice(),
        [Action::OpenElsewhere(_)]
    ));
    for odd in [
        json!({}),
        json!({"id": "q"}),
        json!({"id": "q", "data": "r1"}),
        json!([]),
    ] {
        let odd = json!({"callback_query": odd});
        assert_eq!(Event::read(&odd), Event::Other, "{odd}");
    }
}

#[test]
fn a_chat_that_moves_or_throws_the_bot_out_takes_its_notes_along() {
    let chat = json!({"id": -5, "type": "group"});
    let moved = decide_on(&update(&chat, &json!({"migrate_to_chat_id": -100})));
    assert_eq!(effects(&moved), [Effect::Move { from: -5, to: -100 }]);
    let standing = |old: &str, new: &str| {
        decide_on(&json!({"my_chat_member": {"chat": chat, "from": {"id": 5},
            "old_chat_member": {"status": old}, "new_chat_member": {"status": new, "is_member": true}}}))
    };
    assert_eq!(effects(&standing("member", "kicked")), [Effect::Purge(-5)]);
    assert!(matches!(
        standing("left", "member").as_slice(),
        [Action::Welcome { .. }]
    ));
    assert!(matches!(
        standing("left", "restricted").as_slice(),
        [Action::Mute { user: 5, .. }]
    ));
    assert!(matches!(
        standing("restricted", "member").as_slice(),
        [Action::Welcome { .. }]
    ));
    assert_eq!(standing("member", "administrator"), []);
}

#[test]
fn only_administrators_are_told_the_settings() {
    let ask = |extra: Value| {
        let mut message = json!({"text": "/settings"});
        for (key, value) in extra.as_object().expect("fields").clone() {
            message[key] = value;
        }
        group(&message)
    };
    let actions = ask(json!({}));
    let [action] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(action.depends_on(), Some((-1_001_234_567_890, 5)));
    assert_eq!(
        said(&[action.clone().settled(true)]),
        Some(Saying::Settings)
    );
    assert_eq!(
        said(&[action.clone().settled(false)]),
        Some(Saying::AdminsOnly)
    );
    let in_name_of = |chat: i64| json!({"from": {"id": 1_087_968_824, "is_bot": true}, "sender_chat": {"id": chat}});
    assert_eq!(
        said(&ask(in_name_of(-1_001_234_567_890))),
        Some(Saying::Settings)
    );
    assert_eq!(ask(in_name_of(-77)), []);
    assert_eq!(ask(json!({"from": {"id": 8, "is_bot": true}})), []);
}

proptest::proptest! {
    #[test]
    fn no_text_and_no_marks_make_it_stumble(text in "(\\PC|/ask|@iqtibas_bot|👍|\\s){0,40}", marks in proptest::collection::vec((0i64..50, 0i64..50, 0usize..3), 0..4)) {
        let entities: Vec<Value> = marks.iter().map(|(offset, length, kind)| {
            let kind = ["bot_command", "mention", "bold"][*kind];
            json!({"type": kind, "offset": offset, "length": length})
        }).collect();
        let actions = group(&json!({"text": text, "entities": entities}));
        proptest::prop_assert!(actions.len() <= 1);
        if let Some((question, _)) = asked(&actions) {
            proptest::prop_assert!(!question.trim().is_empty());
        }
    }
}
