//! Counter-signatures (EN 319 122-1, 5.2.7), judged like signatures, each with a verdict of its own.

use chancery_ades::{Particulars, RequiredBinding, SignatureSubject};
use chancery_chain::Evidence;
use chancery_cms::{CountersignatureCheck, SignedMessage, SignerInfo};
use chancery_digest::Digests;

use crate::level::Level;
use crate::particulars::particulars;
use crate::subject::covering;
use crate::{enclosed, stamps};

/// The counter-signatures of a signer, and theirs, each after what it signs.
pub(crate) fn subjects(
    name: &str,
    message: &SignedMessage,
    signer: &SignerInfo,
    binding: RequiredBinding,
    evidence: &Evidence,
) -> Vec<SignatureSubject> {
    let checks = signer.check_countersignatures(message, evidence.certificates());
    checks.into_iter().map(|check| present(name, message, check, binding, evidence)).collect()
}

fn present(
    name: &str,
    message: &SignedMessage,
    countersignature: CountersignatureCheck,
    binding: RequiredBinding,
    evidence: &Evidence,
) -> SignatureSubject {
    let place = countersignature.place().iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>();
    let name = format!("{name}, counter-signature {}", place.join("."));
    let signer = countersignature.signer();
    let mut known = message.certificates().iter().chain(evidence.certificates());
    let claimed = signer.and_then(|signer| known.find(|one| signer.identifier().names(one))).cloned();
    let mut carried = enclosed::of_message(message);
    let (mut timestamps, mut level, mut stated) = (Vec::new(), Level::Plain, Particulars::default());
    if let Some(signer) = signer {
        carried.extend(enclosed::of_attributes(signer.unsigned_attributes()));
        // It has no content but a signature value; archive timestamps of its own are over what nobody else signed.
        let stamps = stamps::of_signer(message, signer, &Digests::default()).unwrap_or_default();
        stated = particulars(message, signer, &Digests::default());
        level = Level::with_stamps(message, signer, &stamps, || carried.clone());
        timestamps = stamps.all.into_iter().map(covering).collect();
    }
    SignatureSubject {
        name,
        claimed_signer: claimed,
        value: signer.map(SignerInfo::signature).unwrap_or_default().into(),
        level: level.baseline(),
        particulars: stated,
        check: countersignature.check().clone(),
        binding,
        evidence: carried,
        timestamps,
        restrictions: Vec::new(),
        notes: Vec::new(),
    }
}
