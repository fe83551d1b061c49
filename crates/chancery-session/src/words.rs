//! Sentences for the record, made of what may stand in foreign files.

use chancery_certificate::printable;
use chancery_pades::Statement;
use chancery_workflow::Text;

use crate::error::SessionError;

/// The sentence on one line, with what cannot be seen written out, and cut where it is longer than the record takes.
pub(crate) fn text(sentence: &str) -> Text {
    text_ending(sentence, "")
}

/// The same with this ending, which is not cut.
pub(crate) fn text_ending(sentence: &str, ending: &str) -> Text {
    let (seen, most) = (printable(sentence), Text::MOST.saturating_sub(ending.len()));
    let end = seen.char_indices().map(|(at, character)| at + character.len_utf8());
    let end = end.take_while(|end| *end <= most).last().unwrap_or_default();
    let cut = seen.get(..end).unwrap_or_default();
    Text::new(&format!("{cut}{ending}")).unwrap_or_else(|_| unsaid())
}

/// The meaning that a signature states, as the record takes it.
pub(crate) fn meaning(statement: &Statement) -> Result<Text, SessionError> {
    let meaning = Text::new(statement.reason().unwrap_or_default());
    meaning.map_err(|source| SessionError::Words { what: "meaning", source })
}

/// `printable` leaves nothing hidden; what is blank is left.
fn unsaid() -> Text {
    #[expect(clippy::expect_used, reason = "a dash is a text")]
    Text::new("–").expect("a dash is a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_file_says_can_be_recorded() {
        for (sentence, wanted) in [("the field a", "the field a"), ("", "–"), (" ", "–")] {
            assert_eq!(text(sentence).as_str(), wanted);
        }
        let hidden: String = ('\u{0}'..'\u{3000}').collect();
        assert!(text(&hidden).as_str().len() <= Text::MOST);
        for character in '\u{0}'..='\u{ffff}' {
            let one = text(&format!("a{character}b"));
            assert!(one.as_str().starts_with('a') && one.as_str().ends_with('b'), "{character:?}");
        }
        assert_eq!(text(&"é".repeat(5000)).as_str().len(), Text::MOST);
    }
}
