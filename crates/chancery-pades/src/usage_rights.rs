//! Usage rights signatures: by them a producer unlocks features of its own viewer (ISO 32000-1, 12.8.2.3). They are in no
//! field, and say nothing about who signed the document.

use chancery_ades::Finding;
use chancery_chain::Evidence;
use chancery_cms::SignerCheck;
use chancery_pdf::{Document, Object};

use crate::PadesError;
use crate::scan;
use crate::structure::{self, Placed};

/// By which rule.
const RULE: &str = "ISO 32000-1, 12.8.2.3";

/// Tells what usage rights there are, what their signature covers and whether it holds. Whose it is is not asked: only
/// the maker of the viewer knows whom it trusts.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tell(document: &Document<'_>) -> Result<Option<Finding>, PadesError> {
    let view = document.latest();
    let (_, catalog) = view.catalog()?;
    let permissions = view.value(&catalog, "Perms")?;
    let Some(permissions) = permissions.as_dictionary() else { return Ok(None) };
    let Some(value) = ["UR3", "UR"].iter().find_map(|key| permissions.get(key)) else { return Ok(None) };
    const WHAT: &str =
        "a usage rights signature unlocks features of a viewer; it is no signature of the document";
    let broken = |why: String| Finding::warning("usage-rights-broken", format!("{WHAT}: {why}")).rule(RULE);
    let Object::Dictionary(signature) = view.resolve(value)? else {
        return Ok(Some(broken("there is no signature".into())));
    };
    Ok(Some(match structure::judge_dictionary(document, value.as_reference(), signature)? {
        Err(misplaced) => broken(misplaced.restriction.finding.text),
        Ok(placed) => {
            let revision = placed.covered.revision + 1;
            let covers = format!("it covers revision {revision} of {}", document.revisions().len());
            match faults(document, &placed)? {
                Some(faults) => broken(format!("{covers}, and does not hold: {faults}")),
                None => {
                    Finding::information("usage-rights-signature", format!("{WHAT}; {covers}, and holds"))
                        .rule(RULE)
                }
            }
        }
    }))
}

/// What does not hold.
fn faults(document: &Document<'_>, placed: &Placed) -> Result<Option<String>, PadesError> {
    let digests = scan::digests(document.source(), &[placed.wanted()])?.pop().unwrap_or_default();
    let Some(subject) = placed.subject("", &digests, &Evidence::new()) else {
        return Ok(Some("nobody signed".into()));
    };
    if let Some(restriction) = subject.restrictions.first() {
        return Ok(Some(restriction.finding.text.clone()));
    }
    Ok(match subject.check {
        SignerCheck::Sound(_) => None,
        SignerCheck::Faulty(faults) => faults.first().map(ToString::to_string),
    })
}
