//! What authentic CRLs say of one certificate: complete lists, and the deltas that continue them (RFC 5280 §6.3.3 (c),
//! (i), (j)).

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{Element, tag};

use crate::extensions;
use crate::revocation::crl::RevocationList;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::Foundation;
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::reason::RevocationReason;
use crate::revocation::scope::Reasons;
use crate::revocation::statement::{Moment, Statement, View};
use crate::verified::GoodEvidence;

/// A list whose signature, signer and scope are good for the certificate. Where its signer is in doubt, only that it
/// names the certificate counts.
#[derive(Clone, Debug)]
pub(crate) struct Authentic<'l, 'a> {
    pub(crate) list: &'l RevocationList<'a>,
    pub(crate) reasons: Reasons,
    /// What it says of the certificate.
    pub(crate) entry: Option<RevokedEntry>,
    pub(crate) signer: Certificate,
    /// The list, and what shows that its signer may sign it.
    pub(crate) foundation: Foundation,
    /// What is not known of its signer.
    pub(crate) doubt: Option<EvidenceFault>,
}

impl Authentic<'_, '_> {
    /// Why its silence about the certificate would say nothing at the moment.
    fn silence(&self, certificate: &Certificate, moment: Moment) -> Option<EvidenceFault> {
        self.doubt.clone().or_else(|| silence(certificate, self.list, moment))
    }
}

/// Lists that are authentic.
#[derive(Debug, Default)]
pub(crate) struct Judged<'l, 'a> {
    complete: Vec<Authentic<'l, 'a>>,
    deltas: Vec<Authentic<'l, 'a>>,
}

impl<'l, 'a> Judged<'l, 'a> {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.complete.is_empty() && self.deltas.is_empty()
    }

    /// Adds one.
    pub(crate) fn add(&mut self, list: Authentic<'l, 'a>) {
        if is_delta(list.list) { self.deltas.push(list) } else { self.complete.push(list) }
    }
}

/// What the authentic lists say.
pub(crate) fn statements(
    certificate: &Certificate,
    judged: &Judged<'_, '_>,
    moment: Moment,
    because: &mut Vec<EvidenceFault>,
) -> Vec<Statement> {
    let Judged { complete, deltas } = judged;
    let mut statements = Vec::new();
    for base in complete {
        statements.extend(state(certificate, base, deltas, moment));
    }
    for delta in deltas {
        statements.extend(named_by(certificate, delta, moment));
    }
    if complete.is_empty() {
        because.extend(deltas.iter().map(|delta| EvidenceFault::OutOfScope {
            kind: EvidenceKind::Crl,
            this_update: delta.list.this_update(),
            what: "it is a delta CRL, and the complete one that it continues is missing",
        }));
    }
    statements
}

/// Whether the list only continues another one.
pub(crate) fn is_delta(list: &RevocationList<'_>) -> bool {
    list.extension(extensions::DELTA_CRL_INDICATOR).is_some()
}

/// What a complete list says, continued by the newest delta that fits (RFC 5280 §6.3.3 (c), (i), (j)).
fn state(
    certificate: &Certificate,
    base: &Authentic<'_, '_>,
    deltas: &[Authentic<'_, '_>],
    moment: Moment,
) -> Vec<Statement> {
    let mut revoked = base.entry.clone();
    let mut said = Vec::new();
    let fitting = deltas
        .iter()
        .filter(|delta| continues(delta, base) && delta.silence(certificate, moment).is_none())
        .max_by_key(|delta| delta.list.this_update());
    let newest = fitting.unwrap_or(base);
    if let Some(delta) = fitting {
        // What the delta revokes is a statement of its own. It can also lift a hold, but nothing else: other
        // certificates leave a list only because they expired (RFC 5280 §5.3.1).
        let removed = delta.entry.as_ref().is_some_and(|it| it.reason == RevocationReason::RemoveFromCrl);
        if let Some(hold) = revoked.take_if(|it| removed && it.reason.is_hold()) {
            // When the complete list was issued it was still on hold.
            said.push(Statement {
                evidence: evidence_of(base.list, base.foundation.clone(), moment),
                reasons: base.reasons,
                revoked: Some(hold),
                silence: base.silence(certificate, moment),
            });
        }
    }
    // A delta tells what became different since the complete list, which may have left out the certificate already.
    let left_out = || after_expiry(certificate, base.list).or_else(|| newest.silence(certificate, moment));
    let silence = base.doubt.clone().or_else(left_out);
    let foundation = fitting.map_or_else(Foundation::default, |delta| delta.foundation.clone());
    let evidence = evidence_of(newest.list, foundation.and(&base.foundation), moment);
    said.push(Statement { evidence, reasons: base.reasons, revoked, silence });
    said
}

/// What a delta says that names the certificate as revoked. That is true of the certificate whether or not the
/// complete list that the delta continues is at hand, and stays so when a newer delta was promised.
fn named_by(certificate: &Certificate, delta: &Authentic<'_, '_>, moment: Moment) -> Option<Statement> {
    let entry = delta.entry.clone().filter(|entry| entry.reason != RevocationReason::RemoveFromCrl);
    entry.map(|entry| Statement {
        evidence: evidence_of(delta.list, delta.foundation.clone(), moment),
        reasons: delta.reasons,
        revoked: Some(entry),
        silence: delta.silence(certificate, moment),
    })
}

fn evidence_of(list: &RevocationList<'_>, foundation: Foundation, moment: Moment) -> GoodEvidence {
    moment.evidence(EvidenceKind::Crl, list.this_update(), list.next_update(), foundation)
}

/// Whether the delta continues this complete list: same issuer, scope and key, and a number in its range.
fn continues(delta: &Authentic<'_, '_>, complete: &Authentic<'_, '_>) -> bool {
    let same_key = delta.signer.public_key_info() == complete.signer.public_key_info();
    let (delta, complete) = (delta.list, complete.list);
    let same = |oid| delta.extension(oid) == complete.extension(oid);
    let at_most = |low: &[u8], high: &[u8]| (low.len(), low) <= (high.len(), high);
    let (Ok(Some(base)), Ok(Some(number)), Ok(Some(delta_number))) =
        (delta.base_number(), complete.number(), delta.number())
    else {
        return false;
    };
    same_key
        && delta.issuer().matches(complete.issuer())
        && delta.this_update() >= complete.this_update()
        && same(extensions::ISSUING_DISTRIBUTION_POINT)
        && same(extensions::AUTHORITY_KEY_IDENTIFIER)
        && at_most(base, number)
        && at_most(number, delta_number)
}

/// Why the list's silence about the certificate would say nothing at the moment.
pub(crate) fn silence(
    certificate: &Certificate,
    list: &RevocationList<'_>,
    moment: Moment,
) -> Option<EvidenceFault> {
    let at_moment = || moment.silence(EvidenceKind::Crl, list.this_update(), list.next_update());
    let too_early = || match moment.view {
        View::AsKnown => None,
        View::Past { .. } => before_issue(certificate, list),
    };
    after_expiry(certificate, list).or_else(too_early).or_else(at_moment)
}

/// That the list is of a time before the certificate was valid. As things are known the issuer would have told when it
/// revoked the certificate meanwhile; in retrospect nobody can wait for the next list.
fn before_issue(certificate: &Certificate, list: &RevocationList<'_>) -> Option<EvidenceFault> {
    let (kind, this_update) = (EvidenceKind::Crl, list.this_update());
    let what = "it was issued before the certificate was valid";
    (this_update < certificate.not_before()).then_some(EvidenceFault::OutOfScope { kind, this_update, what })
}

/// That the list is of a time after the certificate expired, and need not have it any more.
fn after_expiry(certificate: &Certificate, list: &RevocationList<'_>) -> Option<EvidenceFault> {
    let (kind, this_update, not_after) = (EvidenceKind::Crl, list.this_update(), certificate.not_after());
    // ExpiredCertsOnCRL ::= GeneralizedTime (X.509 §9.5.2.8): the list has the revoked certificates that expired at
    // that time or later. One that cannot be read promises nothing.
    let kept_since = list
        .extension(extensions::EXPIRED_CERTIFICATES_ON_CRL)
        .and_then(|value| Element::only(value, tag::GENERALIZED_TIME).and_then(|time| time.time()).ok());
    let keeps_expired = kept_since.is_some_and(|since| since <= not_after);
    let left_out = this_update > not_after && !keeps_expired;
    left_out.then_some(EvidenceFault::AfterExpiry { kind, this_update, not_after })
}
