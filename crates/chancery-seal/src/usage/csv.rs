//! The usage log for spreadsheets.

use std::fmt::Write;

use chancery_certificate::printable;

use super::record::{UsageOutcome, UsageRecord};

const HEAD: [&str; 18] = [
    "time",
    "key",
    "file",
    "file digest",
    "signed digest",
    "imprint",
    "finished digest",
    "class",
    "seal",
    "seal name",
    "user",
    "token",
    "certificate",
    "grant",
    "approved by",
    "outcome",
    "reasons",
    "refunded",
];

/// What stands for words that were erased.
const ERASED: &str = "(erased)";

/// The lines as CSV (RFC 4180). No cell is a formula to a spreadsheet: one that begins with `=`, `+`, `-`, `@`, a tab or
/// a carriage return gets an apostrophe before it, and characters that mislead are written as `\u{202e}`.
#[must_use]
pub fn to_csv<'r>(records: impl IntoIterator<Item = &'r UsageRecord>) -> String {
    let mut out = String::new();
    row(&mut out, HEAD.map(str::to_owned));
    for record in records {
        let details = &record.details;
        let (right, words) = (record.right.as_ref(), record.details.words.as_ref());
        let text = |value: Option<String>| value.unwrap_or_default();
        row(
            &mut out,
            [
                record.at.to_string(),
                details.key.to_string(),
                words.map_or(ERASED.to_owned(), |words| words.file_name.to_string()),
                details.file_digest.to_string(),
                text(details.content_digest.map(|digest| digest.to_string())),
                details.imprint.to_string(),
                text(record.finished_digest.map(|digest| digest.to_string())),
                details.class.to_string(),
                details.seal.to_string(),
                words.map_or(ERASED.to_owned(), |words| {
                    text(words.seal_name.as_ref().map(ToString::to_string))
                }),
                text(details.user.map(|user| user.to_string())),
                text(details.token.map(|token| token.to_string())),
                details.certificate.to_string(),
                text(right.map(|right| right.grant.to_string())),
                text(right.and_then(|right| right.approved_by).map(|user| user.to_string())),
                record.outcome.word().to_owned(),
                reasons(&record.outcome),
                text(record.refunded.as_ref().map(ToString::to_string)),
            ],
        );
    }
    out
}

fn reasons(outcome: &UsageOutcome) -> String {
    match outcome {
        UsageOutcome::Refused { violations, .. } => {
            violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        UsageOutcome::Failed { reason } => reason.clone(),
        UsageOutcome::UnderWay | UsageOutcome::Sealed { .. } | UsageOutcome::Unknown => String::new(),
    }
}

fn row(out: &mut String, cells: [String; HEAD.len()]) {
    for (index, cell) in cells.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(out, "{comma}{}", safe(cell));
    }
    out.push_str("\r\n");
}

/// A cell that is text to every spreadsheet.
fn safe(cell: &str) -> String {
    let formula = begins_formula(cell) || cell.starts_with(['\t', '\r', '\n']);
    // Where the separator of lists is another, a spreadsheet splits there, whatever the quotes say; a tab is
    // written as `\u{9}`.
    let mut parts = cell.split_inclusive([';', '|']);
    let mut guarded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        guarded.push_str(if begins_formula(part) { "'" } else { "" });
        guarded.push_str(part);
    }
    let shown = printable(&guarded);
    let guarded = if formula { format!("'{shown}") } else { shown };
    if guarded.contains([',', '"', '\n', '\r', ';', '\'', ' ']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// What a spreadsheet takes for the beginning of a formula, in any width.
fn begins_formula(text: &str) -> bool {
    let signs = [
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{2212}', '\u{fe62}',
        '\u{fe63}', '\u{fe66}', '\u{fe6b}',
    ];
    text.trim_start().starts_with(signs)
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\\u{9}=1\""),
            ("\r=1", "\"'\\u{d}=1\""),
            (" =1", "\"' =1\""),
            ("＝1", "\"'＝1\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("x;=1+1;y", "\"x;'=1+1;y\""),
            ("\u{2212}1+1", "\"'\u{2212}1+1\""),
            ("plain", "plain"),
        ] {
            assert_eq!(safe(cell), written, "{cell:?}");
        }
    }
}
