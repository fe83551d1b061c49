//! Words of strangers in texts that go to others.

use base64ct::{Base64, Encoding};

use crate::readable::misleads;

/// Words for one line of a message: at most `most` characters, line ends and tabs as spaces, nothing that hides or
/// turns text, no `://` and no `www.`. A bare `example.com`, of which some mail programs make a link as well, stays: too
/// many honest titles look like it (`lease.pdf`). Words that are written from right to left are kept together, so that
/// they do not turn the ones beside them.
///
/// ```
/// use chancery_workflow::notice::one_line;
///
/// assert_eq!(one_line("Alice\r\nBcc: all@example.org", 80), "Alice Bcc: all@example.org");
/// assert_eq!(one_line("Pay at https://evil.example", 80), "Pay at https[:]//evil.example");
/// ```
#[must_use]
pub fn one_line(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(most.saturating_mul(4)));
    let (mut written, mut cut, mut blank) = (0_usize, false, true);
    let mut turns = false;
    for character in text.chars() {
        let space = character.is_whitespace() || matches!(character, '\u{2028}' | '\u{2029}');
        if !space && misleads(character) || space && blank {
            continue;
        }
        if written >= most {
            cut = true;
            break;
        }
        line.push(if space { ' ' } else { character });
        turns |= is_right_to_left(character);
        (written, blank) = (written + 1, space);
    }
    line.truncate(line.trim_end().len());
    if cut {
        line.push('…');
    }
    let line = without_links(&line);
    // FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE (Unicode Standard Annex 9).
    if turns { format!("\u{2068}{line}\u{2069}") } else { line }
}

/// `://` and `www.` are what mail programs look for.
fn without_links(line: &str) -> String {
    let line = line.replace("://", "[:]//");
    let small = line.to_ascii_lowercase();
    let mut plain = String::with_capacity(line.len());
    let mut from = 0;
    for (at, _) in small.match_indices("www.") {
        // ASCII case changes no lengths, so the places are those of `line`.
        plain.push_str(line.get(from..at + 3).unwrap_or_default());
        plain.push_str("[.]");
        from = at + 4;
    }
    plain.push_str(line.get(from..).unwrap_or_default());
    plain
}

/// Hebrew, Arabic and the other scripts written from right to left (Unicode 17, bidi classes R and AL, by block).
fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Text as the value of a mail's header, folded where it must be: as it is if it is short and plain, else in encoded
/// words (RFC 2047). Whatever is in it, it stays one header.
///
/// ```
/// use chancery_workflow::notice::header_text;
///
/// assert_eq!(header_text("Please sign"), "Please sign");
/// assert_eq!(header_text("署名"), "=?UTF-8?B?572y5ZCN?=");
/// ```
#[must_use]
pub fn header_text(text: &str) -> String {
    /// 36 bytes are 48 characters of Base64: with what stands around them, and `Subject: ` before, below 76.
    const CHUNK: usize = 36;
    let line: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    let line = line.trim();
    let plain =
        line.len() <= 60 && line.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !line.contains("=?");
    if plain {
        return line.to_owned();
    }
    let mut words = Vec::new();
    let mut chunk = String::new();
    for character in line.chars() {
        if chunk.len() + character.len_utf8() > CHUNK {
            words.push(encoded(&chunk));
            chunk.clear();
        }
        chunk.push(character);
    }
    words.push(encoded(&chunk));
    words.join("\r\n ")
}

fn encoded(chunk: &str) -> String {
    format!("=?UTF-8?B?{}?=", Base64::encode_string(chunk.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strangers_write_one_line() {
        for (text, expected) in [
            ("  a \t\r\n b  ", "a b"),
            ("a\u{202e}b\u{200b}c\u{0}d\u{ad}e\u{2066}", "abcde"),
            ("a\u{2028}b\u{85}c", "a b c"),
            ("", ""),
            ("\u{202e}", ""),
            ("WWW.evil.example", "WWW[.]evil.example"),
            ("wwwww.x www.", "wwwww[.]x www[.]"),
            ("javascript://x", "javascript[:]//x"),
            ("ชื่อ ก็", "ชื่อ ก็"),
            ("မြန်မာ", "မြန်မာ"),
        ] {
            assert_eq!(one_line(text, 80), expected, "{text:?}");
        }
        assert_eq!(one_line("דנה", 80), "\u{2068}דנה\u{2069}");
        assert_eq!(one_line("abcdef", 3), "abc…");
        assert_eq!(one_line("abc", 3), "abc");
        assert_eq!(one_line("ab   cd", 3), "ab…");
    }

    #[test]
    fn headers_are_folded() {
        let header = header_text(&"署名のお願い：".repeat(20));
        assert!(
            header.split("\r\n ").all(|line| line.len() <= 66 && line.starts_with("=?UTF-8?B?")),
            "{header}"
        );
        assert!(
            header_text("=?UTF-8?B?AAAA?=").starts_with("=?UTF-8?B?PT9V"),
            "no encoded word of a stranger's"
        );
        assert_eq!(header_text("a\r\nBcc: b"), "a  Bcc: b");
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_of_bounded_length(text in "\\PC{0,60}|[\\x00-\\x7f]{0,60}|(www\\.|://|\u{202e}|a| |\r|\n){0,30}", most in 0_usize..40) {
            let line = one_line(&text, most);
            let isolates = ['\u{2068}', '\u{2069}'];
            prop_assert!(line.trim_matches(isolates).chars().all(|c| !misleads(c)), "{line:?}");
            prop_assert!(!line.contains("://") && !line.to_ascii_lowercase().contains("www."));
            // Each link that is taken apart is longer by two.
            prop_assert!(line.chars().filter(|c| !matches!(c, '[' | ']')).count() <= most + 3);
        }

        #[test]
        fn any_header_is_one_header(text in any::<String>()) {
            let header = header_text(&text);
            prop_assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte) || matches!(byte, b'\r' | b'\n')));
            prop_assert!(!header.replace("\r\n ", "").contains(['\r', '\n']));
            prop_assert!(header.split("\r\n").all(|line| line.len() <= 76));
        }
    }
}
