//! The way from a certificate to an anchor: who may have issued it, whether the signatures hold, and what went wrong.

pub(crate) mod budget;
pub(crate) mod build;
pub(crate) mod by_name;
pub(crate) mod failure;
pub(crate) mod fault;
pub(crate) mod issuers;
pub(crate) mod pool;
pub(crate) mod signature;
