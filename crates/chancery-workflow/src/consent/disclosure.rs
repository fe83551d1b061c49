//! The statement that a person is shown before consenting.

use sha2::{Digest, Sha256};

use super::error::{DisclosureFault, DisclosurePart, RevisionFault};
use super::terms::{ConsentScope, Fee, Terms};
use crate::hex::hex_type;
use crate::id::ContentDigest;
use crate::language::Language;
use crate::readable::misleads;

/// The longest part. A page of text has about 3,000 characters.
const MOST_BYTES: usize = 16 * 1024;

hex_type! {
    /// The SHA-256 of a disclosure: its version, its language, and every word.
    DisclosureHash, 32
}

/// What a person is shown before consenting to electronic records, complete.
///
/// ```
/// use chancery_workflow::Language;
/// use chancery_workflow::consent::{
///     ConsentScope, Disclosure, ElectronicRequirements, Fee, PaperCopies, Terms, Withdrawal,
/// };
///
/// let disclosure = Disclosure::new(1, Language::English, Terms {
///     paper: "You may have every document on paper instead.".into(),
///     withdrawal: Withdrawal {
///         right: "You may withdraw at any time.".into(),
///         consequences: "From then on we write to you on paper.".into(),
///         fee: Fee::Free,
///         procedure: "Write to records@acme.example.".into(),
///     },
///     scope: ConsentScope::ThisTransaction,
///     contact_updates: "Change your address under Settings.".into(),
///     paper_copies: PaperCopies { procedure: "Ask us by mail.".into(), fee: Fee::Charged("USD 2 a copy.".into()) },
///     requirements: ElectronicRequirements {
///         hardware: "A computer or a telephone with a screen.".into(),
///         software: "A reader of PDF 1.7.".into(),
///     },
/// })?;
/// assert_eq!(disclosure.hash().to_string().len(), 64);
/// # Ok::<(), chancery_workflow::consent::DisclosureFault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    version: u32,
    language: Language,
    terms: Terms,
    hash: DisclosureHash,
}

impl Disclosure {
    /// A disclosure of these terms. Another language of the same version is a disclosure of its own.
    ///
    /// # Errors
    /// [`DisclosureFault`] names every part that says nothing, or one that cannot be shown.
    pub fn new(version: u32, language: Language, terms: Terms) -> Result<Self, DisclosureFault> {
        let parts = parts(&terms);
        let empty: Vec<_> =
            parts.iter().filter(|(_, value)| value.says_nothing()).map(|(part, _)| *part).collect();
        if !empty.is_empty() {
            return Err(DisclosureFault::Empty(empty));
        }
        // Paragraphs are allowed.
        let bad = |text: &str| text.len() > MOST_BYTES || text.chars().any(|c| c != '\n' && misleads(c));
        if let Some((part, _)) = parts.iter().find(|(_, value)| value.texts().any(bad)) {
            return Err(DisclosureFault::Text { part: *part, most: MOST_BYTES });
        }
        let hash = hash(version, language, &parts);
        Ok(Self { version, language, terms, hash })
    }

    /// The disclosure that takes its place when the devices or programs that are needed have changed: who consented
    /// must consent again, and may withdraw for free and without conditions that were not told before.
    ///
    /// # Errors
    /// [`RevisionFault`] if the new one takes these rights away.
    pub fn revised(&self, version: u32, terms: Terms) -> Result<Self, RevisionFault> {
        if version <= self.version {
            return Err(RevisionFault::Version(self.version));
        }
        if terms.withdrawal.fee != Fee::Free {
            return Err(RevisionFault::WithdrawalFee);
        }
        if terms.withdrawal.right != self.terms.withdrawal.right {
            return Err(RevisionFault::NewCondition(DisclosurePart::WithdrawalRight));
        }
        if terms.withdrawal.consequences != self.terms.withdrawal.consequences {
            return Err(RevisionFault::NewCondition(DisclosurePart::WithdrawalConsequences));
        }
        Ok(Self::new(version, self.language, terms)?)
    }

    /// Its number, counted by the operator.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// In which language it is written.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// What it says.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What stands for it in the record of a consent.
    #[must_use]
    pub fn hash(&self) -> DisclosureHash {
        self.hash
    }

    /// What the rules of an envelope name of it: see [`Rules::disclosure`](crate::Rules::disclosure). The text itself is
    /// kept by the operator, for as long as the records.
    ///
    /// # Errors
    /// None; a version in digits is text.
    pub fn reference(&self) -> Result<crate::rules::Disclosure, crate::error::TextError> {
        let version = crate::text::Text::new(&format!("{}-{}", self.version, self.language))?;
        Ok(crate::rules::Disclosure { version, digest: ContentDigest::from_bytes(self.hash.to_bytes()) })
    }

    /// Every part, in the order in which they are shown.
    pub fn parts(&self) -> impl Iterator<Item = (DisclosurePart, PartValue<'_>)> {
        parts(&self.terms).into_iter()
    }

    /// The parts in which `newer` differs such that who consented to this one must be asked again: what is needed to
    /// read and keep the records (7001(c)(1)(D)), and what the consent is for. A correction of an address is no reason.
    #[must_use]
    pub fn to_consent_again(&self, newer: &Self) -> Vec<DisclosurePart> {
        let (old, new) = (&self.terms, &newer.terms);
        let mut changed = Vec::new();
        if !covers(&old.scope, &new.scope) {
            changed.push(DisclosurePart::Scope);
        }
        if old.requirements.hardware != new.requirements.hardware {
            changed.push(DisclosurePart::Hardware);
        }
        if old.requirements.software != new.requirements.software {
            changed.push(DisclosurePart::Software);
        }
        changed
    }
}

/// What a part of a disclosure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartValue<'d> {
    /// The operator's words.
    Text(&'d str),
    /// It costs nothing; say so in the reader's language.
    Free,
    /// The consent is for this transaction only; say so in the reader's language.
    ThisTransaction,
    /// The consent is for these kinds of records.
    Categories(&'d [String]),
}

impl<'d> PartValue<'d> {
    fn says_nothing(self) -> bool {
        let nothing = |text: &str| text.trim().is_empty();
        match self {
            Self::Text(text) => nothing(text),
            Self::Free | Self::ThisTransaction => false,
            Self::Categories(names) => names.is_empty() || names.iter().any(|name| nothing(name)),
        }
    }

    fn texts(self) -> impl Iterator<Item = &'d str> {
        let (text, names) = match self {
            Self::Text(text) => (Some(text), [].as_slice()),
            Self::Free | Self::ThisTransaction => (None, [].as_slice()),
            Self::Categories(names) => (None, names),
        };
        text.into_iter().chain(names.iter().map(String::as_str))
    }
}

/// Whether whoever agreed to `old` has agreed to all of `new`.
fn covers(old: &ConsentScope, new: &ConsentScope) -> bool {
    match (old, new) {
        (ConsentScope::ThisTransaction, ConsentScope::ThisTransaction)
        | (ConsentScope::Categories(_), ConsentScope::ThisTransaction) => true,
        (ConsentScope::ThisTransaction, ConsentScope::Categories(_)) => false,
        (ConsentScope::Categories(old), ConsentScope::Categories(new)) => {
            new.iter().all(|name| old.contains(name))
        }
    }
}

fn parts(terms: &Terms) -> [(DisclosurePart, PartValue<'_>); 11] {
    let fee = |fee| match fee {
        &Fee::Free => PartValue::Free,
        Fee::Charged(text) => PartValue::Text(text),
    };
    let scope = match &terms.scope {
        ConsentScope::ThisTransaction => PartValue::ThisTransaction,
        ConsentScope::Categories(names) => PartValue::Categories(names),
    };
    let withdrawal = &terms.withdrawal;
    [
        (DisclosurePart::Paper, PartValue::Text(&terms.paper)),
        (DisclosurePart::WithdrawalRight, PartValue::Text(&withdrawal.right)),
        (DisclosurePart::WithdrawalConsequences, PartValue::Text(&withdrawal.consequences)),
        (DisclosurePart::WithdrawalFee, fee(&withdrawal.fee)),
        (DisclosurePart::WithdrawalProcedure, PartValue::Text(&withdrawal.procedure)),
        (DisclosurePart::Scope, scope),
        (DisclosurePart::ContactUpdates, PartValue::Text(&terms.contact_updates)),
        (DisclosurePart::PaperCopyProcedure, PartValue::Text(&terms.paper_copies.procedure)),
        (DisclosurePart::PaperCopyFee, fee(&terms.paper_copies.fee)),
        (DisclosurePart::Hardware, PartValue::Text(&terms.requirements.hardware)),
        (DisclosurePart::Software, PartValue::Text(&terms.requirements.software)),
    ]
}

fn hash(version: u32, language: Language, parts: &[(DisclosurePart, PartValue<'_>)]) -> DisclosureHash {
    let mut hash = Sha256::new_with_prefix(b"chancery disclosure v1");
    let mut text = |text: &str| {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text);
    };
    text(&version.to_string());
    text(language.tag());
    for (part, value) in parts {
        text(part.clause());
        match value {
            PartValue::Text(words) => {
                text("text");
                text(words);
            }
            PartValue::Free => text("free"),
            PartValue::ThisTransaction => text("this transaction"),
            PartValue::Categories(names) => {
                text("categories");
                text(&names.len().to_string());
                names.iter().for_each(|name| text(name));
            }
        }
    }
    DisclosureHash(hash.finalize().into())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::terms::{ElectronicRequirements, PaperCopies, Withdrawal};
    use super::*;

    pub(crate) fn terms() -> Terms {
        let text = |text: &str| text.to_owned();
        Terms {
            paper: text("You may have paper."),
            withdrawal: Withdrawal {
                right: text("You may withdraw at any time."),
                consequences: text("We then write on paper."),
                fee: Fee::Free,
                procedure: text("Write to us."),
            },
            scope: ConsentScope::Categories(vec![text("contracts"), text("statements")]),
            contact_updates: text("Tell us your new address."),
            paper_copies: PaperCopies { procedure: text("Ask us."), fee: Fee::Charged(text("USD 2")) },
            requirements: ElectronicRequirements { hardware: text("A screen."), software: text("PDF 1.7.") },
        }
    }

    /// Empties one part.
    fn without(part: DisclosurePart) -> Terms {
        let mut terms = terms();
        let place = match part {
            DisclosurePart::Paper => &mut terms.paper,
            DisclosurePart::WithdrawalRight => &mut terms.withdrawal.right,
            DisclosurePart::WithdrawalConsequences => &mut terms.withdrawal.consequences,
            DisclosurePart::WithdrawalFee => {
                terms.withdrawal.fee = Fee::Charged(" ".into());
                return terms;
            }
            DisclosurePart::WithdrawalProcedure => &mut terms.withdrawal.procedure,
            DisclosurePart::Scope => {
                terms.scope = ConsentScope::Categories(vec![]);
                return terms;
            }
            DisclosurePart::ContactUpdates => &mut terms.contact_updates,
            DisclosurePart::PaperCopyProcedure => &mut terms.paper_copies.procedure,
            DisclosurePart::PaperCopyFee => {
                terms.paper_copies.fee = Fee::Charged(String::new());
                return terms;
            }
            DisclosurePart::Hardware => &mut terms.requirements.hardware,
            DisclosurePart::Software => &mut terms.requirements.software,
        };
        *place = " \n".into();
        terms
    }

    #[test]
    fn no_part_can_be_left_out() {
        for part in DisclosurePart::ALL {
            let fault = Disclosure::new(1, Language::English, without(part)).err();
            assert_eq!(fault, Some(DisclosureFault::Empty(vec![part])));
        }
        // All at once.
        let mut terms = without(DisclosurePart::Software);
        terms.paper.clear();
        terms.scope = ConsentScope::Categories(vec!["contracts".into(), String::new()]);
        let fault = Disclosure::new(1, Language::English, terms).err();
        let empty = vec![DisclosurePart::Paper, DisclosurePart::Scope, DisclosurePart::Software];
        assert_eq!(fault, Some(DisclosureFault::Empty(empty)));
    }

    #[test]
    fn nothing_hides_in_it() {
        for bad in ["free\u{202e}eerf", "a\u{200b}b", "a\0", &"x".repeat(MOST_BYTES + 1)] {
            let mut terms = terms();
            terms.withdrawal.consequences = bad.to_owned();
            let fault = Disclosure::new(1, Language::English, terms).err();
            let part = DisclosurePart::WithdrawalConsequences;
            assert_eq!(fault, Some(DisclosureFault::Text { part, most: MOST_BYTES }));
        }
    }

    #[test]
    fn every_word_is_in_the_hash() {
        let base = Disclosure::new(1, Language::English, terms()).unwrap().hash();
        let mut hashes = vec![
            base,
            Disclosure::new(2, Language::English, terms()).unwrap().hash(),
            Disclosure::new(1, Language::Thai, terms()).unwrap().hash(),
        ];
        let edits: [fn(&mut Terms); 13] = [
            |t| t.paper.push('x'),
            |t| t.withdrawal.right.push('x'),
            |t| t.withdrawal.consequences.push('x'),
            |t| t.withdrawal.fee = Fee::Charged("free".into()),
            |t| t.withdrawal.procedure.push('x'),
            |t| t.scope = ConsentScope::ThisTransaction,
            |t| t.scope = ConsentScope::Categories(vec!["contracts\nstatements".into()]),
            |t| t.contact_updates.push('x'),
            |t| t.paper_copies.procedure.push('x'),
            |t| t.paper_copies.fee = Fee::Free,
            |t| t.requirements.hardware.push('x'),
            |t| t.requirements.software.push('x'),
            // A word that goes over from one part to the next.
            |t| {
                t.requirements.hardware = "A screen.PDF".into();
                t.requirements.software = " 1.7.".into();
            },
        ];
        for edit in edits {
            let mut terms = terms();
            edit(&mut terms);
            hashes.push(Disclosure::new(1, Language::English, terms).unwrap().hash());
        }
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
        let disclosure = Disclosure::new(2, Language::Thai, terms()).unwrap();
        let reference = disclosure.reference().unwrap();
        assert_eq!(reference.version.as_str(), "2-th");
        assert_eq!(reference.digest.to_bytes(), disclosure.hash().to_bytes());
    }

    #[test]
    fn a_revision_takes_no_right_away() {
        let first = Disclosure::new(3, Language::English, terms()).unwrap();
        let revised = |edit: fn(&mut Terms)| {
            let mut terms = terms();
            terms.requirements.software = "PDF 2.0.".into();
            edit(&mut terms);
            first.revised(4, terms)
        };
        assert!(revised(|_| {}).is_ok());
        assert_eq!(first.revised(3, terms()), Err(RevisionFault::Version(3)));
        assert_eq!(
            revised(|t| t.withdrawal.fee = Fee::Charged("USD 1".into())),
            Err(RevisionFault::WithdrawalFee)
        );
        assert_eq!(
            revised(|t| t.withdrawal.right.push_str(" In writing.")),
            Err(RevisionFault::NewCondition(DisclosurePart::WithdrawalRight))
        );
        assert_eq!(
            revised(|t| t.withdrawal.consequences = "The contract ends.".into()),
            Err(RevisionFault::NewCondition(DisclosurePart::WithdrawalConsequences))
        );
    }
}
