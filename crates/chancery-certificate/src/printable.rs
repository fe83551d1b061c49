//! Text from strangers, made safe to show.

/// Text from a certificate, a file or a person, made safe to show: control, bidirectional and zero-width
/// characters, with which a name can be made to look like another, are written as `\u{202e}`.
///
/// ```
/// assert_eq!(chancery_certificate::printable("Ali\u{200b}ce"), r"Ali\u{200b}ce");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if misleads(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character can make text look like another, or like more lines than it is: the characters that
/// [`printable`] escapes, for those who escape them otherwise, as JSON does.
///
/// Unicode categories Cc and Cf as far as they change what a reader sees, the line and paragraph separators,
/// and the fillers that are drawn as nothing (Unicode 17, DerivedCoreProperties, Default_Ignorable_Code_Point).
///
/// ```
/// assert!(chancery_certificate::misleads('\u{202e}'));
/// assert!(!chancery_certificate::misleads('é'));
/// ```
#[must_use]
pub fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}
