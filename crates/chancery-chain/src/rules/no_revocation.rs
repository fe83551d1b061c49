//! Certificates whose issuer says that there is nothing to be asked about their revocation.

use chancery_certificate::asn1::{Element, tag};
use chancery_certificate::{BasicConstraints, Certificate};
use const_oid::ObjectIdentifier;

use crate::extensions;

/// What an issuer says of a certificate about whose revocation nothing is published.
///
/// ```text
/// id-ce-noRevAvail                OBJECT IDENTIFIER ::= { id-ce 56 }        -- value NULL, RFC 9608 §2
/// id-etsi-ext-valassured-ST-certs OBJECT IDENTIFIER ::= { 0.4.0.194121.2.1 } -- value NULL, ETSI EN 319 412-1 §5.2
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoRevocation {
    /// The issuer publishes no information about the revocation of this certificate (RFC 9608).
    NotAvailable,
    /// The certificate is valid for a shorter time than a revocation takes (ETSI EN 319 412-1), and names no place
    /// where revocation information is to be found. How short that is only the issuer knows, so a certificate that
    /// names a place is asked about there, like any other.
    ShortTerm,
}

impl NoRevocation {
    /// What the certificate says.
    ///
    /// # Errors
    /// When it says so in a way that the standards forbid: in the certificate of an authority, that nothing is available
    /// beside a place where it is to be found, or with another value than NULL. (A critical extension of the kind is
    /// refused as one that is not known: the standards forbid that too.)
    pub(crate) fn said_by(certificate: &Certificate) -> Result<Option<Self>, String> {
        let Some((oid, said)) = said(certificate) else { return Ok(None) };
        let clause = match said {
            Self::NotAvailable => "RFC 9608 §2",
            Self::ShortTerm => "ETSI EN 319 412-1 §5.2",
        };
        let wrong = |what: &str| Err(format!("extension {oid} {what} ({clause})"));
        let value = certificate.extension(oid).map(|extension| extension.value.as_slice());
        if !value
            .is_some_and(|value| Element::only(value, tag::NULL).is_ok_and(|null| null.content.is_empty()))
        {
            return wrong("has another value than NULL");
        }
        let authority =
            matches!(certificate.basic_constraints(), Ok(Some(BasicConstraints { authority: true, .. })));
        if authority {
            return wrong("stands in the certificate of an authority");
        }
        match (said, place_beside(certificate)) {
            (_, None) => Ok(Some(said)),
            (Self::NotAvailable, Some(place)) => wrong(place),
            // What is published can be asked for.
            (Self::ShortTerm, Some(_)) => Ok(None),
        }
    }
}

/// The place of revocation information that the certificate names, in words.
fn place_beside(certificate: &Certificate) -> Option<&'static str> {
    let points = [extensions::CRL_DISTRIBUTION_POINTS, extensions::FRESHEST_CRL];
    if points.into_iter().any(|oid| certificate.extension(oid).is_some()) {
        return Some("stands beside a place of CRLs");
    }
    let Ok(information) = certificate.authority_information() else {
        return Some("stands beside what cannot be read");
    };
    let mut places = information.into_iter().flatten();
    places
        .any(|place| place.method == extensions::OCSP_ACCESS)
        .then_some("stands beside the place of an OCSP responder")
}

fn said(certificate: &Certificate) -> Option<(ObjectIdentifier, NoRevocation)> {
    let both = [
        (extensions::NO_REVOCATION_AVAILABLE, NoRevocation::NotAvailable),
        (extensions::VALIDITY_ASSURED_SHORT_TERM, NoRevocation::ShortTerm),
    ];
    both.into_iter().find(|(oid, _)| certificate.extension(*oid).is_some())
}
