//! Text that goes into a message: one line, nothing that directs a terminal, a mail program or the eye.

use crate::error::IssueRefused;

/// One line of 1 to `most` characters, none of them of control or direction.
pub(crate) fn check(text: &str, what: &'static str, most: usize) -> Result<(), IssueRefused> {
    let harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let length = text.chars().take(most + 1).count();
    if length == 0 || length > most || text.trim().is_empty() || !text.chars().all(harmless) {
        return Err(IssueRefused::Text { what, most });
    }
    Ok(())
}
