//! What evidence about one certificate means in retrospect: until when the certificate can be relied on.

use jiff::Timestamp;

use crate::revocation::doubt::doubt;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::WeakFrom;
use crate::revocation::reason::RevocationReason;
use crate::revocation::statement::{
    self, Answer, Moment, Preference, Said, Statement, View, last_moment_before,
};
use crate::settings::{RevocationPolicy, WeakAlgorithms};
use crate::verified::GoodEvidence;

/// Holds that are looked at one by one; beyond them the earliest counts. Certificates are suspended once or twice.
const MOST_HOLDS: usize = 16;

/// What evidence about one certificate means in retrospect.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    /// What is known of the certificate at the moment in question.
    pub(crate) answer: Answer,
    /// Until when it can be relied on, not later than before, and why no longer.
    pub(crate) limits: Vec<(Timestamp, Lowered)>,
}

/// Why a certificate can be relied on no longer.
#[derive(Clone, Debug)]
pub(crate) enum Lowered {
    Revoked { since: Timestamp, reason: RevocationReason },
    Outdated { kind: EvidenceKind, this_update: Timestamp },
    Weak { kind: EvidenceKind, this_update: Timestamp, weak: WeakFrom },
}

/// How retrospect goes about it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Terms {
    /// The moment in question: what the certificate's key signed is proven to have existed then.
    pub(crate) at: Timestamp,
    /// The last moment for which what stands above the certificate can be relied on.
    pub(crate) control: Moment,
    pub(crate) policy: RevocationPolicy,
    pub(crate) weak_algorithms: WeakAlgorithms,
}

/// Until when a certificate can be relied on of which this is said (ETSI EN 319 102-1, 5.6.2.2.4, steps b to d).
///
/// The standard takes the piece that was issued last, and where that is not recent enough, goes back to its issue. Here
/// the piece counts that holds longest, and it counts until newer information was due, which is how long it was believed
/// when it was current ([`Freshness`](crate::Freshness) tells); otherwise a CRL of an authority, issued before the
/// signature as most are, could never be used once it is old.
pub(crate) fn settle(said: Said, terms: Terms) -> Settled {
    let Terms { at, control, policy, weak_algorithms } = terms;
    let Said { statements, because } = said;
    let doubts: Vec<_> = statements.iter().filter_map(doubt).cloned().collect();
    // Whom nobody knows to be good makes nothing known. Where everything must be known, the rest has to do without;
    // but what such a signer names as revoked is not relied on any more.
    let certain = match policy {
        RevocationPolicy::Require if !doubts.is_empty() => {
            statements.iter().filter(|one| doubt(one).is_none()).cloned().collect()
        }
        _ => statements.clone(),
    };
    let because: Vec<_> = doubts.iter().cloned().chain(because).collect();
    let Slid { mut answer, revoked } = slide(&certain, &because, control.at);
    let mut limits = Vec::new();
    limits.extend(revoked.map(|(since, reason)| limit_of(since, reason)));
    let said_revoked =
        if doubts.is_empty() { None } else { slide(&statements, &because, control.at).revoked };
    if let Some((since, reason)) = said_revoked {
        limits.push(limit_of(since, reason));
        if since <= at {
            answer = Answer::Unknown(because.clone());
        }
    }
    // On hold at the moment, although good again since.
    for (statements, certainly) in [(&statements, doubts.is_empty()), (&certain, true)] {
        match held(statements, at) {
            Some(hold) if certainly => answer = hold,
            Some(_) => answer = Answer::Unknown(because.clone()),
            None => {}
        }
    }
    if let Some((since, reason)) = revoked.filter(|(since, _)| *since <= at)
        && let Some(evidence) = naming(&certain, since)
    {
        answer = Answer::Revoked { evidence, since, reason };
    }
    let good = !matches!(answer, Answer::Revoked { since, .. } if since <= at);
    if good && policy == RevocationPolicy::Require {
        for (last, lowered) in ends(&answer, weak_algorithms) {
            if last < at {
                answer = Answer::Unknown(vec![why_too_old(&answer, &lowered, control, at)]);
            }
            limits.push((last, lowered));
        }
    }
    Settled { answer, limits }
}

/// The same where only the moment matters.
pub(crate) fn at(said: Said, terms: Terms) -> Answer {
    settle(said, terms).answer
}

fn limit_of(since: Timestamp, reason: RevocationReason) -> (Timestamp, Lowered) {
    (last_moment_before(since), Lowered::Revoked { since, reason })
}

/// What is known of a certificate before it was revoked.
struct Slid {
    answer: Answer,
    /// The earliest revocation that lies before the control time.
    revoked: Option<(Timestamp, RevocationReason)>,
}

/// Goes back before each revocation.
fn slide(statements: &[Statement], because: &[EvidenceFault], control: Timestamp) -> Slid {
    let (mut at, mut revoked) = (control, None);
    for round in 0.. {
        let answer = statement::conclude(statements.to_vec(), because.to_vec(), at, Preference::Lasting);
        match answer {
            Answer::Revoked { since, reason, .. } if since <= at => {
                let earliest =
                    || statements.iter().filter_map(|one| one.revoked.as_ref()?.since().into()).min();
                let since = if round < MOST_HOLDS { since } else { earliest().unwrap_or(since).min(since) };
                revoked = Some((since, reason));
                at = last_moment_before(since);
                if at >= since {
                    break;
                }
            }
            answer => return Slid { answer, revoked },
        }
    }
    Slid { answer: Answer::Unknown(because.to_vec()), revoked }
}

/// That the certificate was on hold at the moment.
fn held(statements: &[Statement], at: Timestamp) -> Option<Answer> {
    let holds = |one: &Statement| one.revoked.as_ref().is_some_and(|entry| entry.reason.is_hold());
    if !statements.iter().any(holds) {
        return None;
    }
    let answer = statement::conclude(statements.to_vec(), Vec::new(), at, Preference::Lasting);
    matches!(answer, Answer::Revoked { since, .. } if since <= at).then_some(answer)
}

/// The evidence that names the revocation.
fn naming(statements: &[Statement], since: Timestamp) -> Option<GoodEvidence> {
    let names = |one: &&Statement| one.revoked.as_ref().is_some_and(|entry| entry.since() == since);
    statements.iter().find(names).map(|one| one.evidence.clone())
}

/// Until when what shows that the certificate was good can be relied on.
fn ends(answer: &Answer, weak_algorithms: WeakAlgorithms) -> Vec<(Timestamp, Lowered)> {
    let (Answer::Good(evidence) | Answer::Revoked { evidence, .. }) = answer else { return Vec::new() };
    let GoodEvidence { kind, this_update, .. } = *evidence;
    let last = evidence.foundation.end().map(|last| (last, Lowered::Outdated { kind, this_update }));
    let weak =
        evidence.foundation.weak().filter(|_| weak_algorithms == WeakAlgorithms::Refuse).map(|weak| {
            (last_moment_before(weak.from), Lowered::Weak { kind, this_update, weak: weak.clone() })
        });
    last.into_iter().chain(weak).collect()
}

/// Why evidence says nothing of the moment that holds no longer than until before it.
fn why_too_old(answer: &Answer, lowered: &Lowered, control: Moment, at: Timestamp) -> EvidenceFault {
    match (lowered, answer) {
        (Lowered::Weak { kind, this_update, weak }, _) => EvidenceFault::WeakAlgorithm {
            kind: *kind,
            this_update: *this_update,
            algorithm: weak.algorithm.clone(),
            at,
        },
        (_, Answer::Good(evidence) | Answer::Revoked { evidence, .. }) => {
            let GoodEvidence { kind, this_update, next_update, .. } = *evidence;
            let plain = Moment { at, view: View::AsKnown, ..control };
            let open = EvidenceFault::OpenEnded { kind, this_update, at };
            plain.silence(kind, this_update, next_update).unwrap_or(open)
        }
        (_, Answer::Unknown(_)) => EvidenceFault::ReasonsMissing,
    }
}
