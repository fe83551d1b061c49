//! Foreign text in our messages.

/// The text for a message: at most 200 characters, controls and text-direction marks escaped, so that a log line
/// stays one line and reads as it stands.
pub(crate) fn escaped(text: &str) -> String {
    const SHOWN: usize = 200;
    let mut shown: String = text.chars().take(SHOWN).flat_map(readable).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn readable(character: char) -> Vec<char> {
    let hidden = character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    if hidden { character.escape_unicode().collect() } else { vec![character] }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn one_line_of_bounded_length() {
        assert_eq!(escaped("a\r\nb\u{202E}c"), "a\\u{d}\\u{a}b\\u{202e}c");
        assert_eq!(escaped(&"x".repeat(500)).chars().count(), 201);
    }
}
