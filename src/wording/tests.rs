//! What holds of every sentence.

use std::path::Path;

use super::*;

fn article(content: &str) -> Article {
    Article::parse("a", Path::new("a.md"), content.as_bytes().to_vec()).expect("valid")
}

fn everything(language: Language) -> Vec<String> {
    let long = "ن".repeat(5000);
    let title = Title::within(language, &long);
    let header = format!("---\nauthor: {long}\ntitle: {long}\n---\nنص.");
    let article = article(&header);
    let mut all: Vec<String> = [
        from_the_article(language),
        nearest(language),
        none(language),
        small_talk(language),
        text_only(language),
        trouble(language),
        translation(language),
        askable(language),
        subjects(language),
        subjects_button(language),
        further_button(language),
        nothing_found(language),
        reader::search(language),
        reader::contents(language),
        reader::articles(language),
        reader::image(language),
        reader::mark(language),
        reader::skip(language),
        next_best(language),
        answered_before(language),
        goes_on(language),
        withdrawn(language),
        too_many(language),
        admins_only(language),
        settings(language, true),
        settings(language, false),
        settings_kept(language),
        left_out(language),
        left_out_topics(language),
        most_quoted(language),
        unanswered(language),
    ]
    .map(str::to_owned)
    .into();
    all.extend([
        usage(language, example(language)),
        start(language, None, example(language)),
        start(language, Some(&title), example(language)),
        help(language, &long, example(language)),
        source(language, &article, 7, Some(&long)),
        author(language, &long),
        origin(language, &long),
        outline(language, 7),
        reader::paragraph(language, 7),
        reader::quoted(language, 7),
        source_of(language, &article, (7, 9), None),
        page(language, &title, (1, 3), 3),
        page(language, &title, (4, 6), 9),
        page(language, &title, (9, 9), 9),
        old_button(language),
        whole_button(language, None),
        whole_button(language, Some(&title)),
        about(language, &long),
        passage(language, 7, &title),
        place(7, 9),
        place_in(language, &title, 7, 9),
        report(language, 7),
        count(language, Count::Silent, 7, &[(Language::Arabic, 7)]),
        times(&long, 7),
        may_not_write(language, Some(&long)),
        may_not_write(language, None),
        privacy(language, false),
        privacy(language, true),
        in_their_words(language).to_owned(),
    ]);
    all.extend(of_the_library(language, &long));
    for sees_all in [true, false] {
        for is_admin in [true, false] {
            let can = Abilities { sees_all, is_admin };
            all.push(welcome(language, &long, Some(&title), can));
            all.push(welcome(language, &long, None, can));
        }
    }
    for setting in Setting::ALL {
        all.push(setting.name(language).to_owned());
        all.extend((-1..30).map(|number| setting.choice(language, number * 30, (10, 40))));
    }
    all
}

fn of_the_library(language: Language, long: &str) -> Vec<String> {
    let title = Title::within(language, long);
    let understood_as = Understood {
        name: long.to_owned(),
        title: long.to_owned(),
        author: Some(long.to_owned()),
        language,
        passages: 7,
        replaces: true,
        questions: 7,
        warnings: vec![long.to_owned(); 9],
    };
    let mut all = vec![
        library_refused(language, long),
        reloaded(language, true, 7, 9),
        reloaded(language, false, 7, 9),
        not_a_text(language).to_owned(),
        too_large(language, 5),
        not_fetched(language).to_owned(),
        would_be_refused(language, &format!("{long}\n\n{long}")),
        unwritable(language, "a:\u{2068}b\n\n  c"),
        library_fixed(language).to_owned(),
        article_gone(language),
        understood(language, &understood_as),
        installed(language, &title),
        not_installed(language).to_owned(),
        library_list(language, 7, 9),
        library_line(language, &title, 7, true),
        remove_button(&title),
        remove_it(language, &title),
        removed(language, long),
        restored(language).to_owned(),
        all_articles(language).to_owned(),
    ];
    for (chosen, gone) in [(0, 0), (2, 0), (2, 1), (2, 2)] {
        let bound = Bound {
            chosen,
            gone,
            all: 9,
        };
        all.push(articles_setting(language, bound));
        all.push(choose_articles(language, bound));
    }
    all
}

#[test]
fn every_sentence_fits_into_a_message_and_its_isolates_are_closed() {
    for said in Language::ALL.into_iter().flat_map(everything) {
        assert!(text::utf16_len(&said) < 1500, "{said}");
        assert_eq!(said, said.trim());
        let opened = said.matches(['\u{2066}', '\u{2067}', '\u{2068}']).count();
        assert_eq!(opened, said.matches('\u{2069}').count(), "{said}");
    }
}

#[test]
fn the_word_on_an_old_button_fits_into_a_notification() {
    for language in Language::ALL {
        assert!(text::utf16_len(&old_button(language)) <= 200);
    }
}

#[test]
fn a_name_cannot_turn_the_text_around_it() {
    assert_eq!(isolated("a\u{202E}b\u{2069}c"), "\u{2068}abc\u{2069}");
}

#[test]
fn a_source_line_names_author_title_and_paragraph() {
    let article = article("---\nauthor: Daoshuo\ntitle: DeepSeek والبجعة\n---\nنص.");
    let line = source(Language::Arabic, &article, 3, None);
    assert_eq!(
        line,
        "\u{2068}Daoshuo\u{2069} · \u{2067}DeepSeek والبجعة\u{2069} · الفقرة 3"
    );
}

#[test]
fn a_title_goes_in_the_direction_of_its_language_whatever_it_begins_with() {
    let arabic = Title::within(Language::Arabic, "DeepSeek والبجعة");
    assert_eq!(arabic.to_string(), "\u{2067}DeepSeek والبجعة\u{2069}");
    let english = Title::within(Language::English, "«اقتباس», a bot");
    assert_eq!(english.to_string(), "\u{2066}«اقتباس», a bot\u{2069}");
}

#[test]
fn the_help_lists_every_command_of_the_menu() {
    for language in Language::ALL {
        let help = help(language, "iqtibas_bot", example(language));
        for command in Command::menu(Audience::Groups) {
            assert!(help.contains(&format!("/{}", command.name())));
            assert!(help.contains(command.description(language)));
        }
    }
}

#[test]
fn toasts_and_buttons_are_short_enough_for_telegram() {
    for language in Language::ALL {
        for toast in Toast::ALL {
            assert!((1..=200).contains(&text::utf16_len(toast.text(language))));
        }
        let long = Title::within(language, &"ن".repeat(5000));
        assert!(text::utf16_len(&place_in(language, &long, 99, 99)) <= 200);
        for label in Label::ALL {
            assert!((1..=32).contains(&text::utf16_len(label.text(language))));
        }
    }
}
