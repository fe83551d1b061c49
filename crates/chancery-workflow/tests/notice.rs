//! Texts: complete in eight languages, true in their numbers, harmless whatever strangers write, and no link in the
//! wrong letter.
#![cfg(feature = "texts")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use chancery_workflow::notice::{
    Addressee, AfterDecline, Catalogue, CatalogueError, Letter, News, NoticeError, PartyLink, Phrase, Urgency,
};
use chancery_workflow::{Act, FactorName, Language, Meaning, PartyId, StatusName};
use fluent_syntax::ast::{Entry, Pattern, PatternElement};
use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;

type Outcome = Result<(), Box<dyn Error>>;

/// Messages that are written alike in English and in another language: none.
const SAME_AS_ENGLISH: &[(Language, &str)] = &[];

fn texts(language: Language) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/locales");
    let source = std::fs::read_to_string(format!("{folder}/{language}.ftl"))?;
    let resource =
        fluent_syntax::parser::parse(source).map_err(|(_, errors)| format!("{language}: {errors:?}"))?;
    let mut texts = BTreeMap::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        let name = &message.id.name;
        let mut put = |key: String, pattern: &Pattern<String>| {
            assert!(texts.insert(key.clone(), words(pattern)).is_none(), "{language}: {key} is there twice");
        };
        if let Some(value) = &message.value {
            put(name.clone(), value);
        }
        for attribute in &message.attributes {
            put(format!("{name}.{}", attribute.id.name), &attribute.value);
        }
    }
    Ok(texts)
}

/// A pattern as text, with everything in it.
fn words(pattern: &Pattern<String>) -> String {
    let parts = pattern.elements.iter().map(|element| match element {
        PatternElement::TextElement { value } => value.clone(),
        PatternElement::Placeable { expression } => format!("{expression:?}"),
    });
    parts.collect()
}

fn built_in() -> Catalogue {
    Catalogue::built_in().unwrap_or_else(|error| unreachable!("{error}"))
}

/// Every message there is, in each language, with the variables of the English one (G14).
#[test]
fn every_message_is_in_all_eight_languages() -> Outcome {
    // Variables and unknown names are compared here.
    let catalogue = Catalogue::built_in()?;
    let expected: BTreeSet<_> = catalogue.keys().map(|(key, _)| key.to_owned()).collect();
    assert!(expected.len() > 90);
    let english = texts(Language::English)?;
    for language in Language::ALL {
        let texts = texts(language)?;
        let found: BTreeSet<_> = texts.keys().cloned().collect();
        assert_eq!(found, expected, "{language}");
        for (key, text) in &texts {
            let same = language != Language::English && *text == english[key];
            let listed = SAME_AS_ENGLISH.contains(&(language, key.as_str()));
            assert_eq!(same, listed, "{language}: {key} is written as in English");
        }
    }
    Ok(())
}

/// A text that was pasted into the wrong file is written in the wrong script.
#[test]
fn every_text_is_in_the_script_of_its_language() -> Outcome {
    for language in Language::ALL {
        let in_script: fn(char) -> bool = match language {
            Language::English => |c| c.is_ascii_alphabetic(),
            Language::Japanese | Language::Chinese => |c| ('\u{4e00}'..='\u{9fff}').contains(&c) || kana(c),
            Language::Thai => |c| ('\u{e00}'..='\u{e7f}').contains(&c),
            Language::Burmese => |c| ('\u{1000}'..='\u{109f}').contains(&c),
            Language::Spanish | Language::Portuguese | Language::Vietnamese => {
                |c| c.is_alphabetic() && c < '\u{2000}'
            }
        };
        for (key, text) in texts(language)? {
            if key != "greeting" {
                assert!(text.chars().any(in_script), "{language}: {key}");
            }
            assert_eq!(
                text.chars().any(kana),
                language == Language::Japanese && text.chars().any(kana),
                "{language}: {key}"
            );
            let foreign = |c: char| match language {
                Language::Thai => ('\u{1000}'..='\u{109f}').contains(&c),
                Language::Burmese => ('\u{e00}'..='\u{e7f}').contains(&c),
                _ => ('\u{e00}'..='\u{109f}').contains(&c),
            };
            assert!(!text.chars().any(foreign), "{language}: {key}");
        }
    }
    Ok(())
}

fn kana(c: char) -> bool {
    ('\u{3040}'..='\u{30ff}').contains(&c)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| unreachable!("{error}"))
}

fn every_news() -> Vec<News> {
    let deadline = at("2026-11-22T12:00:00Z");
    let name = |text: &str| Some(text.to_owned());
    let acts =
        [Act::Approve, Act::Sign, Act::Witness, Act::Fill, Act::Acknowledge, Act::Receive, Act::Nominate];
    let mut all = Vec::new();
    for act in acts {
        all.push(News::YourTurn { act, before: Some(deadline) });
        all.push(News::Reminder { act, before: None });
    }
    for then in [AfterDecline::Ended, AfterDecline::GoesOn] {
        all.push(News::Declined { by: name("Bob"), reason: name("too dear"), then });
    }
    for factor in FactorName::ALL {
        all.push(News::YouAreLocked { factor });
        all.push(News::PartyLocked { party: name("Bob"), factor });
    }
    for n in [0, 1, 2, 5, 21, 100, 10_000, 1_000_000] {
        all.push(News::Expiring { days: n, deadline });
        all.push(News::Completed { documents: n });
        all.push(News::BulkFinished { rows: n, sent: n });
    }
    all.extend([
        News::HostSigning { party: name("Bob"), before: Some(deadline) },
        News::MayView,
        News::CopySent,
        News::MayDownload { until: deadline },
        News::NewLink,
        News::PartyExpired { party: name("Bob") },
        News::Voided { by: None, reason: name("mistake") },
        News::Expired { deadline },
        News::Failed,
        News::ReplacedBy { new: name("Carol") },
        News::SignerChanged { original: name("Bob"), new: name("Carol"), note: name("on leave") },
        News::NamedInstead { original: name("Bob"), note: None },
        News::Released,
        News::Returned { by: name("Bob"), reason: name("page 3") },
        News::Paused { reason: name("typing error") },
        News::Resumed,
        News::Undeliverable { party: name("Bob") },
        News::Unlocked,
    ]);
    all
}

fn letter(language: Language) -> Letter<'static> {
    Letter {
        title: "Harbour lease",
        sender: "Alice",
        recipient: "Carol",
        to: Addressee::Party(PartyId::new(3)),
        language,
        offset: Offset::UTC,
        link: None,
    }
}

#[test]
fn every_news_can_be_written_in_every_language() -> Outcome {
    let catalogue = Catalogue::built_in()?;
    for language in Language::ALL {
        for notice in every_news() {
            let message = catalogue.write(&notice, &letter(language))?;
            let (subject, body) = (message.subject(), message.body());
            assert!(subject.contains("Harbour lease"), "{language} {notice:?}: {subject}");
            assert!(body.contains("Carol") && body.contains("Alice"), "{language} {notice:?}: {body}");
            assert!(!subject.contains(['\n', '\r', '{', '}', '$']), "{language} {notice:?}: {subject}");
            assert!(!body.contains(['\r', '{', '}', '$']), "{language} {notice:?}: {body}");
            assert!(!body.contains("http"), "no link without one: {body}");
            if let News::Declined { .. } = notice {
                assert!(body.contains("too dear") && body.contains("Bob"), "{body}");
            }
            assert_eq!(message.language(), language);
        }
        for phrase in StatusName::ALL.map(Phrase::Status) {
            assert!(!catalogue.phrase(phrase, language)?.is_empty());
        }
        for phrase in Meaning::ALL.map(Phrase::Meaning) {
            assert!(!catalogue.phrase(phrase, language)?.is_empty());
        }
        let progress = catalogue.phrase(Phrase::Progress { done: 2, all: 7 }, language)?;
        assert!(progress.contains('2') && progress.contains('7'), "{progress}");
    }
    Ok(())
}

/// No message of the catalogue that nothing shows.
#[test]
fn every_text_is_used() -> Outcome {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut code = String::new();
    for folder in [format!("{source}/notice"), source.to_owned()] {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                code.push_str(&std::fs::read_to_string(path)?);
            }
        }
    }
    for (key, _) in built_in().keys() {
        let name = key.trim_end_matches(".subject");
        assert!(code.contains(&format!("\"{name}\"")), "{name} is shown by nothing");
    }
    Ok(())
}

#[test]
fn numbers_agree_with_their_words() -> Outcome {
    let catalogue = Catalogue::built_in()?;
    let deadline = at("2026-11-22T12:00:00Z");
    let days = |days, language| -> Result<String, NoticeError> {
        Ok(catalogue.write(&News::Expiring { days, deadline }, &letter(language))?.subject().to_owned())
    };
    assert_eq!(days(1, Language::English)?, "Expires in 1 day: Harbour lease");
    assert_eq!(days(3, Language::English)?, "Expires in 3 days: Harbour lease");
    assert_eq!(days(1, Language::Spanish)?, "Vence en 1 día: Harbour lease");
    assert_eq!(days(3, Language::Spanish)?, "Vence en 3 días: Harbour lease");
    assert_eq!(days(1, Language::Portuguese)?, "Expira em 1 dia: Harbour lease");
    assert_eq!(days(3, Language::Portuguese)?, "Expira em 3 dias: Harbour lease");
    assert_eq!(days(3, Language::Japanese)?, "期限まであと 3 日：Harbour lease");
    assert_eq!(days(3, Language::Burmese)?, "သက်တမ်းကုန်ဆုံးရန် 3 ရက် ကျန်သည် - Harbour lease");
    let documents = |n| catalogue.write(&News::Completed { documents: n }, &letter(Language::English));
    assert!(documents(1)?.body().contains("with 1 document. "));
    assert!(documents(2)?.body().contains("with 2 documents. "));
    let all = |all| catalogue.phrase(Phrase::Progress { done: 1, all }, Language::English);
    assert_eq!((all(1)?, all(3)?), ("1 of 1 person has acted".into(), "1 of 3 people have acted".into()));
    Ok(())
}

/// Pain 10: a time without its zone, or with another one's name, is worse than none.
#[test]
fn every_time_names_its_zone() -> Outcome {
    let catalogue = Catalogue::built_in()?;
    let notice = News::Expired { deadline: at("2026-11-22T20:30:00Z") };
    for (language, hours, expected) in [
        (Language::English, 0, "22 November 2026 at 20:30 (UTC)"),
        (Language::Japanese, 9, "2026年11月23日 05:30（UTC+09:00）"),
        (Language::Spanish, -3, "22 de noviembre de 2026, 17:30 (UTC-03:00)"),
        (Language::Portuguese, -3, "22 de novembro de 2026, 17:30 (UTC-03:00)"),
        (Language::Chinese, 8, "2026年11月23日 04:30（UTC+08:00）"),
        (Language::Thai, 7, "23 พฤศจิกายน ค.ศ. 2026 เวลา 03:30 น. (UTC+07:00)"),
        (Language::Burmese, 0, "2026 ခုနှစ် နိုဝင်ဘာလ 22 ရက် 20:30 (UTC)"),
        (Language::Vietnamese, 7, "03:30 ngày 23 tháng 11 năm 2026 (UTC+07:00)"),
    ] {
        let letter = Letter { offset: Offset::constant(hours), ..letter(language) };
        let message = catalogue.write(&notice, &letter)?;
        assert!(message.body().contains(expected), "{}", message.body());
    }
    // Every month by its own name.
    for language in Language::ALL {
        let months: BTreeSet<_> = (1..=12)
            .map(|month| {
                let deadline = at(&format!("2026-{month:02}-05T00:00:00Z"));
                catalogue.write(&News::Expired { deadline }, &letter(language)).map(|m| m.body().to_owned())
            })
            .collect::<Result<_, _>>()?;
        assert_eq!(months.len(), 12, "{language}");
    }
    Ok(())
}

/// Finding 4 of the study: a message carries what opens something only to whom that belongs (pains 9, 29).
#[test]
fn a_link_goes_to_its_party_and_nowhere_else() -> Outcome {
    let catalogue = Catalogue::built_in()?;
    let address = "https://sign.example/t/6pYk2";
    let (own, others) =
        (PartyLink::new(PartyId::new(3), address)?, PartyLink::new(PartyId::new(4), address)?);
    let turn = News::YourTurn { act: Act::Sign, before: None };
    for language in Language::ALL {
        let letter = letter(language);
        let with =
            |link, to, notice: &News| catalogue.write(notice, &Letter { link: Some(link), to, ..letter });
        let body = with(&own, letter.to, &turn)?;
        assert_eq!(body.body().matches(address).count(), 1);
        assert!(!body.subject().contains("http") && !format!("{body:?}").contains(address));
        let refused = with(&others, letter.to, &turn);
        assert_eq!(refused, Err(NoticeError::OthersLink { link: PartyId::new(4), to: "party 3".into() }));
        assert!(matches!(with(&own, Addressee::Sender, &turn), Err(NoticeError::OthersLink { .. })));
        // What tells of something opens nothing.
        for notice in every_news() {
            let opens = matches!(
                notice,
                News::YourTurn { .. }
                    | News::HostSigning { .. }
                    | News::MayView
                    | News::CopySent
                    | News::Reminder { .. }
                    | News::Expiring { .. }
                    | News::MayDownload { .. }
                    | News::NewLink
                    | News::Returned { .. }
                    | News::Resumed
                    | News::Unlocked
            );
            match with(&own, letter.to, &notice) {
                Ok(message) => assert!(opens && message.body().contains(address), "{notice:?}"),
                Err(error) => assert!(!opens && error == NoticeError::NoLink, "{notice:?}"),
            }
        }
    }
    Ok(())
}

#[test]
fn what_is_no_link() {
    for bad in [
        "http://sign.example/x",
        "https://",
        "https:///x",
        "https://a b",
        "https://x/\r\nBcc: y",
        "javascript:x",
        "https://é",
        "https://x/<b>",
    ] {
        assert_eq!(
            PartyLink::new(PartyId::new(0), bad).err(),
            Some(NoticeError::Address { most: 2000 }),
            "{bad}"
        );
    }
    assert!(PartyLink::new(PartyId::new(0), &format!("https://x/{}", "y".repeat(2000))).is_err());
}

#[test]
fn a_seal_is_told_nothing() {
    let turn = News::YourTurn { act: Act::Seal, before: None };
    assert_eq!(built_in().write(&turn, &letter(Language::English)), Err(NoticeError::Machine));
}

/// 11.300(d): in an immediate and urgent manner.
#[test]
fn alerts_go_first() {
    for notice in every_news() {
        let alert = matches!(
            notice,
            News::YouAreLocked { .. }
                | News::PartyLocked { .. }
                | News::ReplacedBy { .. }
                | News::SignerChanged { .. }
                | News::NamedInstead { .. }
        );
        assert_eq!(notice.urgency() == Urgency::Urgent, alert, "{notice:?}");
    }
}

#[test]
fn an_application_writes_its_own_words() -> Outcome {
    let (en, ja) = (Language::English, Language::Japanese);
    let own = built_in().with(en, "greeting = Hello { $recipient }!\n")?;
    assert!(own.write(&News::Failed, &letter(en))?.body().starts_with("Hello Carol!\n\n"));
    assert!(own.write(&News::Failed, &letter(ja))?.body().starts_with("Carol 様\n\n"), "others stay");
    let fault = |texts: &str| built_in().with(ja, texts).err();
    assert!(matches!(fault("greeting ="), Some(CatalogueError::Syntax { .. })));
    assert!(matches!(fault("greetings = x\n"), Some(CatalogueError::Unknown { .. })));
    let variables = |texts, expected: &str, found: &str| {
        let (expected, found) = (expected.to_owned(), found.to_owned());
        assert_eq!(
            fault(texts),
            Some(CatalogueError::Variables { language: ja, key: "greeting".into(), expected, found })
        );
    };
    variables("greeting = x\n", "$recipient", "no variables");
    variables("greeting = { $recipient } { $password }\n", "$recipient", "$password, $recipient");
    Ok(())
}

/// Fluent reads what is nested by recursion; a text of an application's customer could end the process.
#[test]
fn texts_that_nest_without_end_are_refused() {
    let deep = |open: &str, close: &str, n| {
        format!("greeting = {}{{ $recipient }}{}\n", open.repeat(n), close.repeat(n))
    };
    for text in [
        deep("{ ", " }", 100_000),
        deep("{ NUMBER(", ") }", 10_000),
        format!("greeting = {{ {}$recipient{} }}\n", "NUMBER(".repeat(10_000), ")".repeat(10_000)),
        "{".repeat(200_000),
        // A sign within a string closes nothing.
        format!("greeting = {{ {}$recipient{} }}\n", "NUMBER(\"})\", ".repeat(10_000), ")".repeat(10_000)),
        format!("greeting = {{ $recipient }}{}\n", " ".repeat(300_000)),
    ] {
        let fault = built_in().with(Language::English, &text).err();
        assert!(matches!(fault, Some(CatalogueError::Syntax { .. })), "{fault:?}");
    }
    assert!(built_in().with(Language::English, &deep("{ ", " }", 20)).is_ok());
}

/// Names that are gone, or say nothing, are written as "somebody".
#[test]
fn nobody_is_nameless() -> Outcome {
    let catalogue = built_in();
    for by in [None, Some(String::new()), Some("\u{202e}\u{200b}".to_owned())] {
        let message = catalogue.write(&News::Voided { by, reason: None }, &letter(Language::English))?;
        assert!(message.body().contains("Somebody has cancelled"), "{}", message.body());
        assert!(!message.body().contains("Reason"), "{}", message.body());
    }
    Ok(())
}

proptest! {
    /// Whatever strangers write, a message keeps its form: its lines are ours, and so is its link.
    #[test]
    fn strangers_change_no_message(
        title in "\\PC{0,40}|(\r\n|\u{202e}|https://x|www\\.y|\\{ \\$sender \\}|a){0,10}",
        name in any::<String>(),
        reason in any::<String>(),
        language in prop::sample::select(Language::ALL.to_vec()),
        which in any::<prop::sample::Index>(),
    ) {
        let catalogue = built_in();
        let mut notice = every_news().swap_remove(which.index(every_news().len()));
        if let News::Declined { by, reason: why, .. } = &mut notice {
            (*by, *why) = (Some(name.clone()), Some(reason));
        }
        let plain = letter(language);
        let strange = Letter { title: &title, sender: &name, recipient: &name, ..plain };
        let message = catalogue.write(&notice, &strange).unwrap();
        let expected = catalogue.write(&notice, &plain).unwrap();
        prop_assert!(!message.subject().chars().any(char::is_control));
        prop_assert!(message.body().chars().all(|c| c == '\n' || !c.is_control()));
        let body = message.body();
        prop_assert!(!body.contains("://") && !body.contains('\u{202e}'), "{}", body);
        // A reason of blanks is left out; nothing adds a paragraph.
        prop_assert!(message.body().matches('\n').count() <= expected.body().matches('\n').count());
        prop_assert!(message.subject_header().is_ascii());
        // Fluent reads our texts only.
        let placeable = "{ $sender }";
        let kept = message.subject().contains(placeable);
        prop_assert!(kept || !title.contains(placeable), "{}", message.subject());
    }
}
