//! In a loud group the bot speaks up for the article's questions and hardly ever for anything else.

#[path = "support/chatter.rs"]
mod chatter;

#[test]
fn a_thousand_messages_are_interrupted_wrongly_twice_at_most() {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let tallies = chatter::measure(segments.path());
    for set in ["first", "second", "all"] {
        for lang in ["ar", "en", "zh"] {
            let tally = &tallies[&(set, lang.to_owned())];
            assert!(tally.others >= 300, "the messages are there");
        }
        let all = &tallies[&(set, "all".to_owned())];
        assert!(all.rate() <= 2.0, "{set}: {} per 1,000", all.rate());
        assert!(
            all.answered * 5 >= all.questions * 2,
            "{set}: {} of {} answered",
            all.answered,
            all.questions
        );
    }
}
