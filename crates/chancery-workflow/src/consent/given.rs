//! A consent, and what it covers.

use jiff::Timestamp;

use super::demonstration::Demonstration;
use super::disclosure::{Disclosure, DisclosureHash};
use super::error::ConsentNeeded;
use super::terms::ConsentScope;

/// A person's consent to electronic records, as the record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    disclosure: Disclosure,
    transaction: String,
    demonstration: Demonstration,
    given: Timestamp,
    withdrawn: Option<Timestamp>,
}

/// What is to be covered.
#[derive(Clone, Copy, Debug)]
pub struct Covered<'c> {
    /// The transaction, by the id of its envelope.
    pub transaction: &'c str,
    /// What kind of record it is, if the transaction names one, by the words of [`ConsentScope::Categories`].
    pub category: Option<&'c str>,
    /// The disclosure that is in force now.
    pub disclosure: &'c Disclosure,
    /// When something is to be done, or was done.
    pub at: Timestamp,
}

impl Consent {
    /// Somebody consented at `given`, in a transaction, after seeing this disclosure and showing that they can read.
    #[must_use]
    pub fn new(
        disclosure: Disclosure,
        transaction: &str,
        demonstration: Demonstration,
        given: Timestamp,
    ) -> Self {
        Self { disclosure, transaction: transaction.to_owned(), demonstration, given, withdrawn: None }
    }

    /// Withdraws it. What was done under it before stands: 7001(c)(4). A second withdrawal changes nothing.
    pub fn withdraw(&mut self, at: Timestamp) {
        self.withdrawn.get_or_insert(at.max(self.given));
    }

    /// Whether it covers something, at the time when that is done.
    ///
    /// # Errors
    /// [`ConsentNeeded`] says why the person must be asked.
    pub fn covers(&self, what: &Covered<'_>) -> Result<(), ConsentNeeded> {
        if what.at < self.given {
            return Err(ConsentNeeded::NotYet);
        }
        if self.withdrawn.is_some_and(|withdrawn| withdrawn <= what.at) {
            return Err(ConsentNeeded::Withdrawn);
        }
        let in_scope = self.transaction == what.transaction
            || match (&self.disclosure.terms().scope, what.category) {
                (ConsentScope::Categories(agreed), Some(category)) => {
                    agreed.iter().any(|name| name == category)
                }
                (ConsentScope::Categories(_), None) | (ConsentScope::ThisTransaction, _) => false,
            };
        if !in_scope {
            return Err(ConsentNeeded::OtherScope);
        }
        let changed = self.disclosure.to_consent_again(what.disclosure);
        if changed.is_empty() { Ok(()) } else { Err(ConsentNeeded::Changed(changed)) }
    }

    /// What the person saw.
    #[must_use]
    pub fn disclosure(&self) -> DisclosureHash {
        self.disclosure.hash()
    }

    /// How they showed that they can read it.
    #[must_use]
    pub fn demonstration(&self) -> Demonstration {
        self.demonstration
    }

    /// When it was given.
    #[must_use]
    pub fn given(&self) -> Timestamp {
        self.given
    }

    /// When it was withdrawn, if it was.
    #[must_use]
    pub fn withdrawn(&self) -> Option<Timestamp> {
        self.withdrawn
    }
}

#[cfg(test)]
mod tests {
    use super::super::disclosure::tests::terms;
    use super::super::error::DisclosurePart;
    use super::super::terms::Terms;
    use super::*;
    use crate::language::Language;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn disclosure(version: u32, edit: impl Fn(&mut Terms)) -> Disclosure {
        let mut terms = terms();
        edit(&mut terms);
        Disclosure::new(version, Language::English, terms).unwrap()
    }

    fn consent(disclosure: Disclosure) -> Consent {
        let read = Demonstration::opened(crate::id::ContentDigest::from_bytes([1; 32]));
        Consent::new(disclosure, "envelope/1", read, at(100))
    }

    #[test]
    fn withdrawal_takes_nothing_back() {
        let current = disclosure(1, |_| {});
        let mut consent = consent(current.clone());
        let covered = |consent: &Consent, second| {
            let what =
                Covered { transaction: "envelope/1", category: None, disclosure: &current, at: at(second) };
            consent.covers(&what)
        };
        assert_eq!(covered(&consent, 99), Err(ConsentNeeded::NotYet));
        assert_eq!(covered(&consent, 100), Ok(()));
        consent.withdraw(at(200));
        assert_eq!(covered(&consent, 199), Ok(()), "what was signed before stands");
        assert_eq!(covered(&consent, 200), Err(ConsentNeeded::Withdrawn));
        consent.withdraw(at(150));
        assert_eq!(consent.withdrawn(), Some(at(200)), "and is not dated back");
    }

    #[test]
    fn scopes() {
        let current = disclosure(1, |_| {});
        let covered = |consent: &Consent, transaction, category| {
            consent.covers(&Covered { transaction, category, disclosure: &current, at: at(100) })
        };
        let wide = consent(current.clone());
        assert_eq!(covered(&wide, "envelope/1", None), Ok(()));
        assert_eq!(covered(&wide, "envelope/2", Some("contracts")), Ok(()));
        assert_eq!(covered(&wide, "envelope/2", Some("payslips")), Err(ConsentNeeded::OtherScope));
        assert_eq!(covered(&wide, "envelope/2", None), Err(ConsentNeeded::OtherScope));
        let narrow = consent(disclosure(1, |t| t.scope = ConsentScope::ThisTransaction));
        assert_eq!(covered(&narrow, "envelope/2", Some("contracts")), Err(ConsentNeeded::OtherScope));
    }

    #[test]
    fn new_requirements_are_asked_again() {
        let consent = consent(disclosure(1, |_| {}));
        let covered = |edit: fn(&mut Terms)| {
            let current = disclosure(2, edit);
            consent.covers(&Covered {
                transaction: "envelope/1",
                category: None,
                disclosure: &current,
                at: at(100),
            })
        };
        assert_eq!(covered(|t| t.contact_updates = "Write to the new address.".into()), Ok(()));
        assert_eq!(
            covered(|t| t.requirements.software = "PDF 2.0.".into()),
            Err(ConsentNeeded::Changed(vec![DisclosurePart::Software]))
        );
        assert_eq!(
            covered(|t| t.requirements.hardware = "A large screen.".into()),
            Err(ConsentNeeded::Changed(vec![DisclosurePart::Hardware]))
        );
        assert_eq!(
            covered(|t| t.scope = ConsentScope::Categories(vec!["contracts".into(), "payslips".into()])),
            Err(ConsentNeeded::Changed(vec![DisclosurePart::Scope]))
        );
        assert_eq!(covered(|t| t.scope = ConsentScope::ThisTransaction), Ok(()));
    }
}
