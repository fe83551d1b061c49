//! Passwords as AES-256 files want them (ISO 32000-2, 7.6.4.3.3): SASLprep, RFC 4013.

use unicode_normalization::UnicodeNormalization as _;

/// The password with its letters in the one form that SASLprep allows. What it forbids is left as it is: nothing is
/// stored here, and a password that nobody could have set opens nothing.
pub(crate) fn prepared(password: &str) -> String {
    password.chars().filter_map(mapped).nfkc().collect()
}

fn mapped(letter: char) -> Option<char> {
    match letter {
        // Other spaces (RFC 3454, table C.1.2) are spaces.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        // Commonly mapped to nothing (RFC 3454, table B.1).
        '\u{ad}'
        | '\u{34f}'
        | '\u{1806}'
        | '\u{180b}'..='\u{180d}'
        | '\u{200c}'
        | '\u{200d}'
        | '\u{2060}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => None,
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_4013() {
        for (given, wanted) in [
            ("I\u{ad}X", "IX"),
            ("user", "user"),
            ("USER", "USER"),
            ("\u{aa}", "a"),
            ("\u{2168}", "IX"),
            ("a\u{a0}b\u{3000}c", "a b c"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(prepared(given), wanted);
        }
    }
}
