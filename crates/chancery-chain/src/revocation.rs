//! Whether a certificate was revoked at a moment: CRLs, OCSP answers, and what they say together.

pub(crate) mod answers;
pub(crate) mod ask;
pub(crate) mod crl;
pub(crate) mod crl_error;
pub(crate) mod crl_source;
pub(crate) mod doubt;
pub(crate) mod entries;
pub(crate) mod evidence_fault;
pub(crate) mod finder;
pub(crate) mod foundation;
pub(crate) mod freshness;
pub(crate) mod integer;
pub(crate) mod judged_lists;
pub(crate) mod known_lists;
pub(crate) mod list_extension;
pub(crate) mod list_signers;
pub(crate) mod list_values;
pub(crate) mod lists;
pub(crate) mod ocsp;
pub(crate) mod ocsp_error;
pub(crate) mod readings;
pub(crate) mod reason;
pub(crate) mod scope;
pub(crate) mod standing;
pub(crate) mod statement;
pub(crate) mod weigh;
