//! The judgement of counter-signatures: who confirmed the signature of a signer, and whether that holds.

use chancery_certificate::Octets;
use chancery_certificate::asn1::tag::SEQUENCE;
use chancery_digest::Digests;

use crate::attributes::COUNTERSIGNATURE;
use crate::ber::Reader;
use crate::check::SignerCheck;
use crate::error::CmsError;
use crate::examination::{Examination, Subject};
use crate::fault::SignerFault;
use crate::message::SignedMessage;
use crate::shelf::Shelf;
use crate::signer::SignerInfo;

/// How many counter-signatures of one signer are judged, nested ones included. Honest messages have a few.
const MAX_COUNTERSIGNATURES: usize = 64;

/// How deep counter-signatures of counter-signatures are judged. Two levels have been seen.
const MAX_NESTING: usize = 8;

/// A counter-signature and its verdict, which is its own: it neither improves nor worsens that of the signer.
#[derive(Clone, Debug)]
pub struct CountersignatureCheck {
    place: Vec<usize>,
    signer: Option<SignerInfo>,
    check: SignerCheck,
}

impl CountersignatureCheck {
    /// Where it stands: `[1]` is the second counter-signature of the signer, `[1, 0]` the first counter-signature of
    /// that one.
    #[must_use]
    pub fn place(&self) -> &[usize] {
        &self.place
    }

    /// What the counter-signer says of itself. None if it cannot be read, or was too much.
    #[must_use]
    pub const fn signer(&self) -> Option<&SignerInfo> {
        self.signer.as_ref()
    }

    /// The verdict. Sound: the signature value at this [place](Self::place), one level up, was signed with the key of
    /// this certificate. It says nothing about what that value signs, nor when it was made.
    #[must_use]
    pub const fn check(&self) -> &SignerCheck {
        &self.check
    }
}

impl SignerInfo {
    /// Judges the counter-signatures of this signer of `message`, and theirs (RFC 5652, 11.4). A counter-signature
    /// follows what it counter-signs.
    ///
    /// ```text
    /// Countersignature ::= SignerInfo
    /// ```
    ///
    /// Each is judged as [`check`](Self::check) judges signers, with what is special to it: it is over the signature
    /// value of its target, which its message-digest must be the digest of, and it must not sign a content type. What
    /// is more than any honest message has is named, and not judged. `candidates` are certificates beside those in
    /// the message.
    #[must_use]
    pub fn check_countersignatures(
        &self,
        message: &SignedMessage,
        candidates: &[chancery_certificate::Certificate],
    ) -> Vec<CountersignatureCheck> {
        let mut walk = Walk { message, candidates: Shelf::scanned(candidates), checks: Vec::new() };
        walk.below(self, &[]);
        walk.checks
    }
}

struct Walk<'a> {
    message: &'a SignedMessage,
    candidates: Shelf<'a>,
    checks: Vec<CountersignatureCheck>,
}

impl Walk<'_> {
    /// Judges the counter-signatures of the signer at `place`. The nesting is bounded, so the recursion is.
    fn below(&mut self, target: &SignerInfo, place: &[usize]) {
        for (index, value) in target.unsigned_attributes().shared_values(COUNTERSIGNATURE).enumerate() {
            let place = [place, &[index]].concat();
            if self.checks.len() >= MAX_COUNTERSIGNATURES {
                let (what, limit) = ("counter-signatures of one signer", MAX_COUNTERSIGNATURES);
                self.refuse(place, SignerFault::TooManyCountersignatures { what, limit });
                return;
            }
            if place.len() > MAX_NESTING {
                let (what, limit) = ("levels of counter-signatures", MAX_NESTING);
                self.refuse(place, SignerFault::TooManyCountersignatures { what, limit });
                return;
            }
            match read(value) {
                Ok(signer) => self.judge(target, signer, place),
                Err(error) => {
                    self.refuse(place, SignerFault::CountersignatureUnreadable { reason: error.to_string() });
                }
            }
        }
    }

    fn judge(&mut self, target: &SignerInfo, signer: SignerInfo, place: Vec<usize>) {
        let value = target.signature();
        let digest = &Digests::over_bytes(signer.digest_algorithm(), value);
        let subject = Subject::SignatureValue { value, digest };
        let check = Examination::new(&signer, self.message, subject).conclude(self.candidates);
        self.checks.push(CountersignatureCheck { place: place.clone(), signer: Some(signer.clone()), check });
        self.below(&signer, &place);
    }

    fn refuse(&mut self, place: Vec<usize>, fault: SignerFault) {
        self.checks.push(CountersignatureCheck {
            place,
            signer: None,
            check: SignerCheck::Faulty(vec![fault]),
        });
    }
}

fn read(value: &Octets) -> Result<SignerInfo, CmsError> {
    let mut reader = Reader::new(value);
    let element = reader.expect(SEQUENCE, "countersignature")?;
    reader.finish("countersignature")?;
    SignerInfo::read(&element, value)
}
