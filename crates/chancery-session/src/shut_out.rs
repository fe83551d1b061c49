//! Whether those who have yet to sign still can.

use std::collections::BTreeSet;

use chancery_workflow::{
    Allowance, Envelope, ModificationPermission, PartyId, Prospect, Quorum, SignaturePlace, Slot, StepId,
    Text,
};

use crate::permission::DocumentPermission;
use crate::seats::Seats;
use crate::words;

/// Refuses a new revision in which a certification or a lock keeps those from signing whom the envelope still waits for:
/// it could never be completed.
///
/// # Errors
/// Why they could not.
pub(crate) fn refuse(
    envelope: &Envelope,
    place: SignaturePlace,
    permission: DocumentPermission,
) -> Result<(), Text> {
    let seats = Seats::of(envelope, place.document);
    let awaited = Awaited::of(envelope, place, &seats);
    let fields = seats.fields().filter(|field| awaited.seats.contains(&field.party));
    let permission = permission.with_places(fields.map(|field| field.name.as_str()));
    match permission.signatures() {
        allowance if allowance.permits(awaited.signatures) => Ok(()),
        Allowance::Nothing { why } => Err(why),
        allowance => {
            Err(words::text(&format!("{} must sign, and it permits {allowance:?}", awaited.signatures)))
        }
    }
}

/// Who must still sign a document after a party has.
struct Awaited {
    signatures: u32,
    /// The seats of those who all must.
    seats: BTreeSet<PartyId>,
}

impl Awaited {
    fn of(envelope: &Envelope, place: SignaturePlace, seats: &Seats<'_>) -> Self {
        let mut awaited = Self { signatures: 0, seats: BTreeSet::new() };
        for (number, step) in envelope.draft().steps.iter().enumerate() {
            let Ok(number) = u32::try_from(number) else { break };
            awaited.add(envelope, (place.party, seats), (StepId::new(number), step.quorum));
        }
        awaited
    }

    fn add(
        &mut self,
        envelope: &Envelope,
        (signed, seats): (PartyId, &Seats<'_>),
        (step, quorum): (StepId, Quorum),
    ) {
        let members = || envelope.members(step).iter().copied();
        let prospect = |party| match envelope.slot(party) {
            _ if party == signed => Prospect::Done,
            Some(slot) => slot.standing().prospect(),
            None => Prospect::Gone,
        };
        let counted = members().filter(|party| prospect(*party) != Prospect::Gone).count();
        let done = members().filter(|party| prospect(*party) == Prospect::Done).count();
        let open = || members().filter(|party| prospect(*party) == Prospect::Open);
        let signers = open().filter(|party| seats.signs(envelope, *party));
        let signers: Vec<PartyId> = signers.collect();
        // Others of the step may be those who are enough.
        let others = open().count().saturating_sub(signers.len());
        let needed = quorum.of(counted).saturating_sub(done).saturating_sub(others).min(signers.len());
        self.signatures = self.signatures.saturating_add(u32::try_from(needed).unwrap_or(u32::MAX));
        if needed == signers.len() {
            let slots = signers.into_iter().filter_map(|party| envelope.slot(party));
            self.seats.extend(slots.map(Slot::seat));
        }
    }
}
