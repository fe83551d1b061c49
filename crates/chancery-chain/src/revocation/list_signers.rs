//! Who signed a CRL, and whether that key may (RFC 5280 §6.3.3 (f), (g)).

use chancery_certificate::{Certificate, KeyUsage, Name};

use crate::path::build::{Question, Work};
use crate::path::signature::SignatureOutcome;
use crate::revocation::crl::RevocationList;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::Foundation;
use crate::revocation::known_lists::KnownList;
use crate::revocation::readings::ListKey;
use crate::revocation::standing::{Doubt, Signed, Standing};

/// Certificates, other than the issuer's own, that may have signed a list.
pub(crate) trait ListSigners {
    /// Those of this name.
    fn candidates(&self, name: &Name) -> Vec<Certificate>;

    /// Whether the certificate leads to the same trust anchor as the judged one (RFC 5280 §6.3.3 (f)), without the
    /// help of the certificate that it would speak of: what that rests on. Judged at the moment of the signature, or at
    /// the one in question, whichever is later; in retrospect, when what it signed is proven to have existed.
    fn check(
        &self,
        signer: &Certificate,
        asked: &Certificate,
        signed: Signed,
        work: &mut Work,
    ) -> Result<Standing, String>;
}

/// The certificate whose key signed the list: the issuer's of the judged certificate, or another one of the
/// list's issuer that leads to the same anchor; and what shows that it may.
pub(crate) fn find(
    question: Question<'_>,
    known: &KnownList<'_>,
    list: &RevocationList<'_>,
    signers: &dyn ListSigners,
    work: &mut Work,
) -> Result<(Certificate, Standing), EvidenceFault> {
    let (kind, key) = (EvidenceKind::Crl, known.key);
    let this_update = list.this_update();
    let signed = Signed { at: this_update, proven: known.proven() };
    let issuer = question.issuer;
    let own = issuer.subject().matches(list.issuer());
    let mut fault = EvidenceFault::BadSignature { kind, this_update };
    if own {
        match signed_by(issuer, key, list, work) {
            Ok(()) => return Ok((issuer.clone(), Standing::certain(Foundation::default()))),
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    let mut others = signers.candidates(list.issuer());
    others.retain(|signer| signer != issuer);
    others.sort_by_cached_key(|signer| fit(list, signer.subject_key_identifier().ok().flatten().as_deref()));
    let mut doubtful = None;
    for signer in &others {
        let not_allowed = |reason| EvidenceFault::SignerNotAllowed { kind, this_update, reason };
        // Whether it is one of the same authority is known once and for all lists, so it is asked first.
        let same = if own { is_same_authority(signer, question, work) } else { Ok(true) };
        let checked = same.and_then(|same| {
            if !same {
                return Err(not_allowed("another authority gave it the name of the issuer".into()));
            }
            signed_by(signer, key, list, work)?;
            let before = work.budget.refusals();
            let allowed = signers.check(signer, question.certificate, signed, work);
            work.budget.refused_since(before)?;
            let mut standing = allowed.map_err(not_allowed)?;
            if !own && !is_certified_above(signer, question, work)? {
                let doubt = "none of the authorities above the certificate certified it";
                standing.doubt.get_or_insert_with(|| Doubt::Told(doubt.into()));
            }
            Ok(standing)
        });
        match checked {
            Ok(standing) if standing.doubt.is_none() => return Ok((signer.clone(), standing)),
            // Another certificate of the signer may be beyond doubt.
            Ok(standing) => doubtful = doubtful.or_else(|| Some((signer.clone(), standing))),
            // A signer that is right but may not says more than a key that did not sign.
            Err(EvidenceFault::BadSignature { .. }) => {}
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    doubtful.ok_or(fault)
}

/// Whether a certificate with the issuer's name is another one of the same authority: certified by the issuer's own
/// key, or by whoever certified the issuer, or the one that certified the issuer (a change of keys, PKITS 4.4.19 and
/// 4.5). Any other authority could hand out that name, and with it lists that are silent of revocations.
fn is_same_authority(
    signer: &Certificate,
    question: Question<'_>,
    work: &mut Work,
) -> Result<bool, EvidenceFault> {
    let Question { issuer, above, .. } = question;
    for (certificate, by) in [(signer, issuer), (signer, above), (issuer, signer)] {
        if !certificate.issuer().matches(by.subject()) {
            continue;
        }
        match work.signatures.certificate(certificate, by, &mut work.budget) {
            Ok(SignatureOutcome::Right) => return Ok(true),
            Ok(_) => {}
            Err(exhausted) => return Err(exhausted.into()),
        }
    }
    Ok(false)
}

/// Whether a signer of indirect lists that the certificate names was certified by an authority above that certificate,
/// or is one. RFC 5280 §6.3.3 (f) asks only for the same trust anchor; but below it any authority could give the name
/// to a key of its own and sign lists that are silent. What such a list reveals counts, its silence does not.
fn is_certified_above(
    signer: &Certificate,
    question: Question<'_>,
    work: &mut Work,
) -> Result<bool, EvidenceFault> {
    for by in question.higher.iter().copied().chain([question.issuer, question.anchor]) {
        if signer == by {
            return Ok(true);
        }
        if !signer.issuer().matches(by.subject()) {
            continue;
        }
        match work.signatures.certificate(signer, by, &mut work.budget) {
            Ok(SignatureOutcome::Right) => return Ok(true),
            Ok(_) => {}
            Err(exhausted) => return Err(exhausted.into()),
        }
    }
    Ok(false)
}

fn signed_by(
    signer: &Certificate,
    key: ListKey,
    list: &RevocationList<'_>,
    work: &mut Work,
) -> Result<(), EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    match work.signatures.list(key, list, signer, &mut work.budget) {
        Ok(SignatureOutcome::Right) => {}
        Ok(SignatureOutcome::Wrong) => return Err(EvidenceFault::BadSignature { kind, this_update }),
        Ok(SignatureOutcome::Unsupported { algorithm }) => {
            return Err(EvidenceFault::Unsupported { kind, this_update, what: algorithm });
        }
        Ok(SignatureOutcome::Malformed { reason }) => return Err(EvidenceFault::Malformed { kind, reason }),
        Err(exhausted) => return Err(exhausted.into()),
    }
    // RFC 5280 §6.3.3 (f): where the signer's certificate has a key usage, it must allow cRLSign.
    let not_allowed = |reason: String| EvidenceFault::SignerNotAllowed { kind, this_update, reason };
    match signer.key_usage() {
        Ok(Some(usages)) if !usages.has(KeyUsage::CrlSign) => {
            Err(not_allowed("its key usage does not allow cRLSign".into()))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(not_allowed(error.to_string())),
    }
}

/// How well the key that a list names fits, better first.
pub(crate) fn fit(list: &RevocationList<'_>, key_identifier: Option<&[u8]>) -> u8 {
    match (list.key_identifier(), key_identifier) {
        (Some(named), Some(own)) if named == own => 0,
        (Some(_), Some(_)) => 2,
        _ => 1,
    }
}
