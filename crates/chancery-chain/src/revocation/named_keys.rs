//! Which lists name a key that somebody at hand has.

use std::collections::{HashMap, HashSet};

use chancery_certificate::{Certificate, Name};

use crate::path::build::Question;
use crate::revocation::crl::RevocationList;
use crate::revocation::list_signers::{ListSigners, fit};

/// Tells lists that somebody at hand may have signed from those that name a key which nobody has.
///
/// Only an authority that names its own key wrongly signs a list of the second kind (RFC 5280 §5.2.1). It is looked at
/// where nothing else says enough: otherwise anybody could bring thousands.
pub(crate) struct NamedKeys<'s> {
    signers: &'s dyn ListSigners,
    issuer: &'s Certificate,
    issuer_key: Option<Vec<u8>>,
    /// The keys of those with a name, beside the issuer.
    others: HashMap<Name, Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    identifiers: HashSet<Vec<u8>>,
    /// Of one of them nobody knows how its key is named.
    open: bool,
}

impl<'s> NamedKeys<'s> {
    /// Those of the issuer of the certificate, and of these signers.
    pub(crate) fn new(question: Question<'s>, signers: &'s dyn ListSigners) -> Self {
        let issuer = question.issuer;
        Self { signers, issuer, issuer_key: key_of(issuer), others: HashMap::new() }
    }

    /// Whether the list names the key of somebody at hand, or none.
    pub(crate) fn has_that_of(&mut self, list: &RevocationList<'_>) -> bool {
        const MISFIT: u8 = 2;
        let Some(named) = list.key_identifier() else { return true };
        let own = self.issuer.subject().matches(list.issuer());
        if own && fit(list, self.issuer_key.as_deref()) < MISFIT {
            return true;
        }
        let others = self.others.entry(list.issuer().clone()).or_insert_with(|| {
            let keys = self.signers.candidates(list.issuer()).iter().map(key_of).collect::<Vec<_>>();
            let open = keys.contains(&None);
            Keys { identifiers: keys.into_iter().flatten().collect(), open }
        });
        others.open || others.identifiers.contains(named)
    }
}

fn key_of(certificate: &Certificate) -> Option<Vec<u8>> {
    certificate.subject_key_identifier().ok().flatten()
}
