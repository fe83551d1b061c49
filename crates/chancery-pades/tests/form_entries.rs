//! What a later revision says of the form itself, and so of all fields.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "support/rewrites.rs"]
mod rewrites;
mod support;

use chancery_ades::{Indication, Severity};
use chancery_pades::ChangesAllowed;
use rewrites::*;
use support::*;

#[test]
fn what_the_form_says_of_all_fields_needs_leave() {
    let pki = pki();
    for (key, text, kind, severity) in [
        ("DA", "(/Helv 12 Tf 1 0 0 rg)", "form-style-changed", Severity::Warning),
        ("Q", "1", "form-style-changed", Severity::Warning),
        ("NeedAppearances", "true", "appearances-drawn-anew", Severity::Warning),
        ("NeedAppearances", "false", "form-style-changed", Severity::Warning),
    ] {
        for (allowed, wanted) in [
            (None, Indication::Indeterminate),
            (Some(ChangesAllowed::None), Indication::TotalFailed),
            (Some(ChangesAllowed::FormFilling), Indication::TotalPassed),
        ] {
            let report =
                judge(&pki, allowed, &|_, document, increment| form_entry(document, increment, key, text));
            assert_eq!(indications(&report)[0], wanted, "{key} {allowed:?}: {report}");
            if wanted == Indication::TotalPassed {
                let told = report.all_findings().find(|finding| finding.kind == kind).unwrap();
                assert_eq!(told.severity, severity, "{key}: {report}");
            }
        }
    }
}
