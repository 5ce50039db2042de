//! In a loud group the bot speaks up for the article's questions and hardly ever for anything else.

#[path = "support/chatter.rs"]
mod chatter;

#[test]
fn a_thousand_messages_are_interrupted_wrongly_twice_at_most() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let tallies = chatter::measure(segments.path());
    let all = &tallies[&("all", "all".to_owned())];
    assert!(all.others > 900, "the messages are there");
    assert!(all.rate() <= 2.0, "{} per 1,000", all.rate());
    assert!(
        all.answered * 5 >= all.questions * 2,
        "{} of {} answered",
        all.answered,
        all.questions
    );
}
