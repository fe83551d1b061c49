//! Who signed the evidence about a certificate, other than its issuer.

use chancery_certificate::{Certificate, Name};
use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::extensions;
use crate::revocation::lists::may_speak_of;
use crate::revocation::ocsp::{OcspAnswer, SpeaksOf};

/// Signers of one kind that are looked at.
const MOST: usize = 4;

/// Responders with answers about the certificate whose own revocation matters (RFC 6960 §4.2.2.2.1): delegated by the
/// issuer and without id-pkix-ocsp-nocheck. Whether they may answer at all is judged elsewhere.
pub(crate) fn unchecked_responders(
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence,
) -> Vec<Certificate> {
    let mut responders: Vec<Certificate> = Vec::new();
    let answers = evidence.ocsp().iter().filter_map(|answer| OcspAnswer::from_der(answer).ok());
    for answer in answers.filter(|answer| answer.speaks_of(certificate, issuer) == SpeaksOf::Yes) {
        let named = answer.responder_name().map(|name| of_name(name, evidence)).unwrap_or_default();
        for responder in answer.certificates().iter().chain(named) {
            let delegated = answer.is_by(responder)
                && responder.public_key_info() != issuer.public_key_info()
                && responder.issuer().matches(issuer.subject())
                && responder.extension(extensions::OCSP_NO_CHECK).is_none();
            if delegated && responders.len() < MOST && !responders.contains(responder) {
                responders.push(responder.clone());
            }
        }
    }
    responders
}

/// Certificates, other than the issuer's, of the name in which CRLs at hand about the certificate are issued, and when
/// the newest of these was.
pub(crate) fn of_lists(
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence,
) -> Vec<(Certificate, Timestamp)> {
    let mut signers: Vec<(Certificate, Timestamp)> = Vec::new();
    for list in evidence.read_lists().filter(|list| may_speak_of(certificate, list)) {
        for signer in of_name(list.issuer(), evidence) {
            let other = signer != issuer && signer != certificate;
            if let Some((_, newest)) = signers.iter_mut().find(|(known, _)| known == signer) {
                *newest = list.this_update().max(*newest);
            } else if other && signers.len() < MOST {
                signers.push((signer.clone(), list.this_update()));
            }
        }
    }
    signers
}

fn of_name<'e>(name: &Name, evidence: &'e Evidence) -> Vec<&'e Certificate> {
    evidence.certificates().iter().filter(|one| one.subject().matches(name)).collect()
}
