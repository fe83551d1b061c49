//! How much a passed signature is worth.

use chancery_ades::Proof;
use chancery_certificate::{Certificate, Person};
use chancery_workflow::{Party, SignatureLevel, SignerKind};
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc4519;

/// The level that a passed verdict comes to.
///
/// Advanced (eIDAS, Article 26) wants a signature that is linked to one signatory, identifies them, was made with data
/// under their sole control, and is broken by any change. The last a passed verdict shows. The first three are what the
/// trust anchors of the policy are believed for: the authority named somebody, and gave the key to nobody else; so a
/// certificate that names nobody comes to a simple signature.
///
/// Qualified (Article 3(12)) is nothing that comes out of here. It needs a trusted list whose own signature was verified,
/// and what a certificate says of itself (QcCompliance, QcSSCD) is a claim. See [`NOT_QUALIFIED`].
pub(crate) fn level(proof: &Proof) -> SignatureLevel {
    if names_somebody(proof.signer()) { SignatureLevel::Advanced } else { SignatureLevel::Simple }
}

/// Why an envelope that wants a qualified signature is not sent: it could never be completed.
pub(crate) const NOT_QUALIFIED: &str = "a qualified signature is wanted, and no trusted list can be verified here to show that one is; want an advanced one";

/// Whether this party's signature must be qualified.
pub(crate) fn is_qualified(party: &Party) -> bool {
    party.role.level() == Some(SignatureLevel::Qualified)
}

/// A name by which somebody can be found: of a person (ETSI EN 319 412-2, 4.2.4) or an organisation (412-3, 4.2.1). An
/// address, a country, a number alone are none.
const NAMES: [Oid; 5] = [rfc4519::CN, rfc4519::SN, rfc4519::GIVEN_NAME, PSEUDONYM, rfc4519::O];
/// id-at-pseudonym (X.520, 6.2.10).
const PSEUDONYM: Oid = Oid::new_unwrap("2.5.4.65");

fn names_somebody(certificate: &Certificate) -> bool {
    let subject = certificate.subject();
    NAMES.iter().any(|name| subject.attribute(*name).is_some_and(|name| !name.trim().is_empty()))
}

/// Whom the certificate claims to name: an organisation only where it says so, without contradiction. Most certificates of
/// people say nothing of the kind, so silence means a person.
pub(crate) fn signer_kind(certificate: &Certificate) -> SignerKind {
    match certificate.claimed_person().person {
        Person::Legal => SignerKind::Legal,
        _ => SignerKind::Natural,
    }
}
