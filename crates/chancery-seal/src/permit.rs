//! The rules agreed, once.

use chancery_digest::Digest;
use chancery_key::ToBeSigned;
use chancery_ledger::{StreamId, Tenant};
use jiff::Timestamp;

use crate::case::{Agreement, Case};
use crate::id::SealId;
use crate::text::{Label, UseKey};

/// The rules agreed to one use of one seal for exactly these bytes. Only [`Office::review`](crate::Office::review) makes
/// one. [`Office::seal`](crate::Office::seal) takes it away; it cannot be copied or stored, and counts for minutes. It is
/// no right by itself: everything is judged again when it is used.
///
/// ```compile_fail
/// # fn f(permit: chancery_seal::Permit) {
/// let again = permit.clone(); // a permit signs once
/// # }
/// ```
/// ```compile_fail
/// # fn f(permit: chancery_seal::Permit) {
/// let (one, two) = (permit, permit);
/// # }
/// ```
/// ```compile_fail
/// # fn f(case: chancery_seal::Case, seal_name: chancery_seal::Label) -> chancery_seal::Permit {
/// chancery_seal::Permit { case, seal_name } // nobody else makes one
/// # }
/// ```
/// ```compile_fail
/// # fn f(permit: chancery_seal::Permit) -> String {
/// serde_json::to_string(&permit).unwrap() // nor stores one
/// # }
/// ```
#[must_use = "nothing is sealed yet"]
#[derive(Debug)]
pub struct Permit {
    pub(crate) case: Case,
    pub(crate) agreement: Agreement,
    pub(crate) seal_name: Label,
    pub(crate) content_digest: Digest,
    pub(crate) tenant: Tenant,
    pub(crate) office: StreamId,
    pub(crate) at: Timestamp,
}

impl Permit {
    /// Which seal.
    #[must_use]
    pub const fn seal(&self) -> SealId {
        self.case.request.seal
    }

    /// The seal's name as it is shown.
    #[must_use]
    pub const fn seal_name(&self) -> &Label {
        &self.seal_name
    }

    /// The key of the use.
    #[must_use]
    pub const fn key(&self) -> &UseKey {
        &self.case.request.key
    }

    /// The digest of the content, as it was read out of the bytes to be signed.
    #[must_use]
    pub const fn content_digest(&self) -> &Digest {
        &self.content_digest
    }

    /// The bytes that will be signed.
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        &self.case.request.to_be_signed
    }

    /// Who, and by which right.
    #[must_use]
    pub const fn agreement(&self) -> &Agreement {
        &self.agreement
    }
}
