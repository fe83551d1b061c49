//! How strict an office is, and the tables that an auditor reads.

use std::fmt::Write;

use jiff::SignedDuration;

use crate::claim::{QualifiedUse, SealClaim};
use crate::class::DocumentClass;
use crate::kind::SealSort;
use crate::position::{Act, Position, Standing};

/// What must be known of the revocation of a seal's certificate and of those above it.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum RevocationDemand {
    /// Evidence must say of each that it is not revoked, or its issuer that there is nothing to ask.
    #[default]
    Known,
    /// Nothing. For tests, and for authorities that revoke nothing.
    NotAsked,
}

/// The times and demands of an office. The defaults are meant to be kept.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SealPolicy {
    /// For how long a proved factor counts; five minutes.
    pub proof_age: SignedDuration,
    /// For how long a permit counts; five minutes.
    pub permit_age: SignedDuration,
    /// How long before the use the certificate's chain may have been verified; five minutes.
    pub chain_age: SignedDuration,
    /// For how long a second person's approval counts; one day.
    pub approval_age: SignedDuration,
    /// What must be known of revocation.
    pub revocation: RevocationDemand,
    /// Whether certificates must claim a qualified use.
    pub qualified_use: QualifiedUse,
}

impl Default for SealPolicy {
    fn default() -> Self {
        Self {
            proof_age: SignedDuration::from_mins(5),
            permit_age: SignedDuration::from_mins(5),
            chain_age: SignedDuration::from_mins(5),
            approval_age: SignedDuration::from_hours(24),
            revocation: RevocationDemand::Known,
            qualified_use: QualifiedUse::NotAsked,
        }
    }
}

impl SealPolicy {
    /// The same, where certificates of seals must claim QcType eseal, those of personal seals QcType esign.
    #[must_use]
    pub const fn with_qualified_use(mut self, qualified_use: QualifiedUse) -> Self {
        self.qualified_use = qualified_use;
        self
    }

    /// The same with another demand on revocation.
    #[must_use]
    pub const fn with_revocation(mut self, revocation: RevocationDemand) -> Self {
        self.revocation = revocation;
        self
    }

    /// The same with another age of chains.
    #[must_use]
    pub const fn with_chain_age(mut self, age: SignedDuration) -> Self {
        self.chain_age = age;
        self
    }
}

/// The four tables of this crate as Markdown: who may do what, what whoever acts must be, what the certificate of a seal must claim, what a seal
/// may be set on. They are printed from the very functions that decide.
#[must_use]
pub fn policy_tables() -> String {
    let mut out = String::from("## Who may do what\n\n| act |");
    let heads = |out: &mut String, words: &[&str]| {
        for word in words {
            let _ = write!(out, " {word} |");
        }
        let _ = writeln!(out, "\n| --- |{}", " --- |".repeat(words.len()));
    };
    heads(&mut out, &Position::ALL.map(Position::word));
    for act in Act::ALL {
        let _ = write!(out, "| {act} |");
        for position in Position::ALL {
            let _ = write!(out, " {} |", position.ruling(act).word());
        }
        out.push('\n');
    }
    out.push_str("\n## What whoever acts must be, at that moment\n\n| act |");
    heads(&mut out, &Standing::ALL.map(Standing::words));
    for act in Act::ALL {
        let _ = write!(out, "| {act} |");
        for standing in Standing::ALL {
            let _ = write!(out, " {} |", act.demands(standing).word());
        }
        out.push('\n');
    }
    out.push_str("\n## What the certificate of a seal must claim\n\n| seal |");
    heads(&mut out, &SealClaim::ALL.map(SealClaim::words));
    for sort in SealSort::ALL {
        let _ = write!(out, "| {sort} |");
        for claim in SealClaim::ALL {
            let _ = write!(out, " {} |", sort.demand(claim).words());
        }
        out.push('\n');
    }
    out.push_str("\n## What a seal may be set on\n\n| seal |");
    heads(&mut out, &DocumentClass::ALL.map(DocumentClass::word));
    for sort in SealSort::ALL {
        let _ = write!(out, "| {sort} |");
        for class in DocumentClass::ALL {
            let _ = write!(out, " {} |", sort.setting(class).word());
        }
        out.push('\n');
    }
    out
}
