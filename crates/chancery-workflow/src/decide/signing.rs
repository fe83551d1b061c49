//! Signing: a session with everything pinned, and one result for it.

use chancery_digest::Digest;
use jiff::{SignedDuration, Timestamp};

use crate::command::{AbortWhy, BeginSigning};
use crate::event::{
    AppliedSignature, Event, PartyDone, SessionEndWhy, SessionEnded, SessionStale, SignatureApplied,
    SignatureDiscarded, SignerNamed, SigningAuthorized, SigningBegan,
};
use crate::guard::{Asked, Decided, Denied, Proved, Turn};
use crate::id::{ContentDigest, PartyId, number};
use crate::proof::{SignaturePlace, SignatureProof, SignerKind};
use crate::refusal::Refusal;
use crate::role::{Act, Role, SignatureLevel};
use crate::slot::{Pinned, SigningSession, Standing};
use crate::status::{Ended, Status, StatusName};

use super::sending::permits;

/// How long before the beginning of its session the time in a signature may lie.
const SIGNED_BEFORE: SignedDuration = SignedDuration::from_mins(10);

pub(crate) fn begin(asked: Asked<'_>, begin: &BeginSigning) -> Decided {
    let turn = asked.free(asked.at_turn(asked.party_or_host(begin.party)?)?)?;
    let act = signing_act(&turn)?;
    asked.has_agreed(&turn, act)?;
    asked.has_filled(&turn)?;
    has_signed_before(asked, &turn)?;
    is_own(asked, &turn, begin)?;
    let rules = &asked.envelope.draft.rules;
    if turn.slot.sessions >= rules.sessions {
        return Err(Refusal::Sessions { party: turn.id, most: rules.sessions }.into());
    }
    let until = lease(asked, begin.lease)?;
    let earliest = asked.now.checked_sub(SIGNED_BEFORE).unwrap_or(Timestamp::MIN);
    if begin.signed_at > asked.now || begin.signed_at < earliest {
        return Err(Refusal::SignedAt { signed_at: begin.signed_at }.into());
    }
    are_those_it_signs(asked, &turn, &begin.documents)?;
    for pinned in &begin.documents {
        permits(&begin.permissions, pinned.document, pinned.base, 1)?;
    }
    let Proved { factors, series } = has_proved(asked, &turn, begin)?;
    let (party, at) = (turn.id, asked.now);
    // A session may be left over, whose lease has ended and nobody has looked since.
    let lapsed = turn.slot.session.as_ref().map(|_| SessionEnded { party, why: SessionEndWhy::Lapsed, at });
    let began = SigningBegan {
        party,
        base: asked.envelope.head,
        documents: begin.documents.clone(),
        certificate: begin.certificate,
        meaning: begin.meaning.clone(),
        signed_at: begin.signed_at,
        until,
        factors,
        series,
        at,
    };
    Ok(lapsed.into_iter().map(Event::from).chain([began.into()]).collect())
}

fn signing_act(turn: &Turn<'_>) -> Result<Act, Refusal> {
    match turn.party.role.act() {
        Some(act @ (Act::Sign | Act::Witness | Act::Seal)) => Ok(act),
        Some(Act::Approve | Act::Fill | Act::Acknowledge | Act::Receive | Act::Nominate) | None => {
            Err(Refusal::WrongRole { party: turn.id, wanted: Act::Sign })
        }
    }
}

/// Whom a witness witnesses has signed.
fn has_signed_before(asked: Asked<'_>, turn: &Turn<'_>) -> Result<(), Refusal> {
    let Role::Witness { of, .. } = turn.party.role else { return Ok(()) };
    let holder = asked.envelope.holder(of);
    match (asked.envelope.slot(holder), asked.envelope.party(holder)) {
        (Some(_), Some(witnessed)) if witnessed.user == turn.party.user => Err(Refusal::SamePerson(holder)),
        (Some(slot), Some(_)) if slot.standing == Standing::Done => Ok(()),
        _ => Err(Refusal::NotYetSigned(holder)),
    }
}

/// A digital signature is made with a certificate that nobody else has signed with here.
fn is_own(asked: Asked<'_>, turn: &Turn<'_>, begin: &BeginSigning) -> Result<(), Refusal> {
    if !turn.party.role.level().is_some_and(SignatureLevel::is_digital) {
        return Ok(()); // simple signatures may be made with the certificate of a service
    }
    let others = asked.envelope.parties.iter().zip(&asked.envelope.slots).enumerate();
    let mut others = others.filter(|(_, (party, slot))| {
        slot.certificate == Some(begin.certificate) && party.user != turn.party.user
    });
    others.next().map_or(Ok(()), |(n, _)| Err(Refusal::CertificateOfAnother(PartyId::new(number(n)))))
}

/// Until when: never longer than the rules say from the deadline on.
fn lease(asked: Asked<'_>, lease: SignedDuration) -> Result<Timestamp, Refusal> {
    let most = asked.envelope.draft.rules.lease;
    if lease <= SignedDuration::ZERO || lease > most {
        return Err(Refusal::Lease { asked: lease, most });
    }
    let until = asked.now.checked_add(lease).unwrap_or(Timestamp::MAX);
    let last = asked.envelope.deadline.and_then(|deadline| deadline.checked_add(most).ok());
    Ok(last.map_or(until, |last| until.min(last)))
}

/// Exactly the documents that the party signs, each at the head.
fn are_those_it_signs(asked: Asked<'_>, turn: &Turn<'_>, documents: &[Pinned]) -> Result<(), Refusal> {
    let signs = asked.envelope.signs(turn.id);
    if signs.is_empty() || !signs.iter().eq(documents.iter().map(|pinned| &pinned.document)) {
        return Err(Refusal::WrongDocuments(turn.id));
    }
    for pinned in documents {
        if asked.envelope.content(pinned.document) != Some(pinned.base) {
            return Err(Refusal::NotTheHead { document: pinned.document, head: asked.envelope.head });
        }
    }
    Ok(())
}

fn has_proved(asked: Asked<'_>, turn: &Turn<'_>, begin: &BeginSigning) -> Result<Proved, Refusal> {
    let Some(user) = turn.party.user else { return Ok(Proved::default()) };
    let occasion = || asked.envelope.signing_of(user, turn.id, &begin.documents);
    asked.judge_act(turn, user, occasion, &begin.factors)
}

/// A session that is under way, of the party that the actor acts for.
fn session<'a>(asked: Asked<'a>, party: PartyId) -> Result<(Turn<'a>, &'a SigningSession), Refusal> {
    let turn = asked.party_or_host(party)?;
    match (turn.slot.session.as_deref(), turn.slot.standing) {
        (Some(session), _) => Ok((turn, session)),
        (None, Standing::Active | Standing::Signing) => Err(Refusal::NoSession(party)),
        (None, standing) => Err(Refusal::WrongStanding { party, standing }),
    }
}

/// The session's lease has ended: that is recorded, and answered.
fn lapsed(asked: Asked<'_>, party: PartyId, until: Timestamp) -> Denied {
    let ended = SessionEnded { party, why: SessionEndWhy::Lapsed, at: asked.now };
    Denied { refusal: Refusal::LeaseExpired { until }, events: vec![ended.into()] }
}

pub(crate) fn authorize(
    asked: Asked<'_>,
    party: PartyId,
    reference: ContentDigest,
    authorized: &[Digest],
) -> Decided {
    let (_, session) = session(asked, party)?;
    asked.stands(StatusName::InProgress)?;
    if asked.now > session.until {
        return Err(lapsed(asked, party, session.until));
    }
    if !session.documents.iter().map(|pinned| &pinned.to_be_signed).eq(authorized) {
        return Err(Refusal::AuthorizationDiffers.into());
    }
    Ok(vec![SigningAuthorized { party, reference, at: asked.now }.into()])
}

pub(crate) fn abort(asked: Asked<'_>, party: PartyId, why: AbortWhy) -> Decided {
    session(asked, party)?;
    asked.stands(StatusName::InProgress)?;
    let why = match why {
        AbortWhy::Aborted => SessionEndWhy::Aborted,
        AbortWhy::FactorReset => SessionEndWhy::FactorReset,
    };
    Ok(vec![SessionEnded { party, why, at: asked.now }.into()])
}

pub(crate) fn complete(asked: Asked<'_>, party: PartyId, proofs: &[Box<dyn SignatureProof>]) -> Decided {
    let (turn, session) = session(asked, party)?;
    let at = asked.now;
    in_progress(asked, party, proofs)?;
    if at > session.until {
        return Err(lapsed(asked, party, session.until));
    }
    let head = asked.envelope.head;
    if session.base != head {
        let refusal = Refusal::StaleBase { base: session.base, head };
        let stale = SessionStale { party, base: session.base, head, at };
        return Err(Denied { refusal, events: vec![stale.into()] });
    }
    if session.documents.len() != proofs.len() {
        return Err(Refusal::WrongDocuments(party).into());
    }
    let pairs = session.documents.iter().zip(proofs.iter().map(AsRef::as_ref));
    let applied = pairs.map(|(pinned, proof)| {
        let place = SignaturePlace { envelope: asked.envelope.id, party, document: pinned.document };
        applied(&turn, session, pinned, place, proof)
    });
    let signatures = applied.collect::<Result<Vec<_>, _>>()?;
    let subjects = proofs.iter().map(|proof| proof.subject()).collect();
    let (revision, meaning, signed_at) = (head.next(), session.meaning.clone(), session.signed_at);
    let act = signing_act(&turn)?;
    Ok(vec![
        SignatureApplied { party, revision, signatures, meaning, signed_at, at }.into(),
        SignerNamed { party, subjects, at }.into(),
        PartyDone { party, act, revision, factors: Vec::new(), series: None, at }.into(),
    ])
}

/// A result for an envelope that has ended is recorded, once, and used by nobody.
fn in_progress(asked: Asked<'_>, party: PartyId, proofs: &[Box<dyn SignatureProof>]) -> Result<(), Denied> {
    let found = asked.status().name();
    let refusal = Refusal::WrongStatus { found, needed: StatusName::InProgress };
    match (asked.status(), found.ended()) {
        (Status::InProgress, _) => Ok(()),
        (_, Ended::Open) => Err(refusal.into()),
        (_, Ended::ForEver) => {
            let revisions = proofs.iter().take(MOST_DISCARDED).map(|proof| proof.revision()).collect();
            let discarded = SignatureDiscarded { party, revisions, at: asked.now };
            Err(Denied { refusal, events: vec![discarded.into()] })
        }
    }
}

/// An envelope has at most so many documents.
const MOST_DISCARDED: usize = 1000;

/// The proof is of exactly what was pinned.
fn applied(
    turn: &Turn<'_>,
    session: &SigningSession,
    pinned: &Pinned,
    place: SignaturePlace,
    proof: &dyn SignatureProof,
) -> Result<AppliedSignature, Refusal> {
    let differs = |what: &str| Refusal::ProofDiffers { document: pinned.document, what: what.to_owned() };
    let kind = match turn.party.role {
        Role::Seal { .. } => SignerKind::Legal,
        _ => SignerKind::Natural, // every other role that signs is a person's
    };
    let same = [
        (proof.place() == place, "place, as it was made for another envelope, party or document"),
        (proof.base() == pinned.base, "base revision"),
        (proof.to_be_signed() == pinned.to_be_signed, "digest"),
        (proof.certificate() == session.certificate, "certificate"),
        (proof.signed_at() == session.signed_at, "time"),
        (proof.meaning() == session.meaning, "meaning"),
        (proof.signer() == kind, "kind of signer"),
        (proof.revision() != pinned.base, "revision, which is the one before it"),
    ];
    if let Some((_, what)) = same.into_iter().find(|(same, _)| !same) {
        return Err(differs(what));
    }
    let (found, needed) = (proof.level(), turn.party.role.level());
    if let Some(needed) = needed.filter(|needed| found < *needed) {
        return Err(Refusal::LevelTooLow { found, needed });
    }
    Ok(AppliedSignature {
        pinned: pinned.clone(),
        revision: proof.revision(),
        certificate: session.certificate,
        signer: kind,
        algorithm: proof.algorithm(),
        level: found,
        timestamp: proof.timestamp(),
    })
}
