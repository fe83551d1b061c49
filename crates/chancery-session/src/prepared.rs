//! A turn that lacks only the signature.

use std::fmt;

use chancery_auth::ProvedFactor;
use chancery_key::{SignatureValue, ToBeSigned};
use chancery_pades::{PadesError, PreparedPdf, Statement};
use chancery_workflow::{BeginSigning, Command, Fingerprint, Permissions, Pinned, Text};
use jiff::{SignedDuration, Timestamp};

use crate::error::SessionError;
use crate::signed::SignedTurn;
use crate::turn::Turn;
use crate::{fingerprint, stored_turn};

/// A turn that lacks only the signature value: what the key has to sign, and what the workflow pins.
pub struct PreparedTurn<'t> {
    pub(crate) turn: &'t Turn,
    pub(crate) pdf: PreparedPdf<'t>,
    pub(crate) statement: Statement,
    pub(crate) words: Words,
}

/// What the signature says, and the record with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Words {
    pub(crate) certificate: Fingerprint,
    pub(crate) signed_at: Timestamp,
    pub(crate) meaning: Text,
}

impl<'t> PreparedTurn<'t> {
    /// What the key has to sign. Only its digest has to leave the house.
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        self.pdf.to_be_signed()
    }

    /// What the workflow pins of this document when the signing begins.
    #[must_use]
    pub fn pinned(&self) -> Pinned {
        Pinned {
            document: self.turn.place.document,
            base: self.turn.base.digest,
            to_be_signed: *self.to_be_signed().digest(),
        }
    }

    /// What the signature says in words, as its dictionary and its appearance have it, and the record with them.
    #[must_use]
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What is needed to go on later: neither the document nor a password. [`Turn::resume`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        stored_turn::write(self.turn.place, self.turn.base.digest, &self.pdf.to_bytes())
    }

    /// Puts the signature value in. One from outside this process is verified first.
    ///
    /// # Errors
    /// If the value was not made over these bytes with the key of the certificate.
    pub fn finish(self, value: SignatureValue) -> Result<SignedTurn<'t>, SessionError> {
        let Self { turn, pdf, words, .. } = self;
        let to_be_signed = *pdf.to_be_signed().digest();
        let pdf = pdf.finish(value)?;
        Ok(SignedTurn { turn, pdf, words, to_be_signed, timestamp: None })
    }
}

impl fmt::Debug for PreparedTurn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedTurn")
            .field("place", &self.turn.place)
            .field("pinned", &self.pinned())
            .finish_non_exhaustive()
    }
}

/// The command by which a party begins to sign these documents, all of one envelope, with one certificate, one time and one
/// meaning; in the order in which [`Envelope::signs`](chancery_workflow::Envelope::signs) names them.
///
/// `factors` are proved for [`Envelope::signing_occasion`](chancery_workflow::Envelope::signing_occasion) of
/// [`PreparedTurn::pinned`].
///
/// # Errors
/// [`SessionError::Apart`] if they do not go together, [`SessionError::Read`] if a revision cannot be read any more.
pub fn begin_signing(
    turns: &[PreparedTurn<'_>],
    lease: SignedDuration,
    factors: Vec<ProvedFactor>,
) -> Result<Command, SessionError> {
    let first = turns.first().ok_or(SessionError::Apart { why: "there is none" })?;
    let whose = |turn: &PreparedTurn<'_>| (turn.turn.place.envelope, turn.turn.place.party);
    let mut permissions: Permissions = Vec::new();
    for turn in turns {
        if whose(turn) != whose(first) {
            return Err(SessionError::Apart { why: "they are of two parties" });
        }
        if turn.words != first.words {
            return Err(SessionError::Apart { why: "their certificates, times or meanings differ" });
        }
        permissions.push(Box::new(turn.turn.permission()?));
    }
    let Words { certificate, signed_at, meaning } = first.words.clone();
    Ok(Command::BeginSigning(Box::new(BeginSigning {
        party: first.turn.place.party,
        lease,
        documents: turns.iter().map(PreparedTurn::pinned).collect(),
        certificate,
        signed_at,
        meaning: Some(meaning),
        permissions,
        factors,
    })))
}

impl Words {
    /// What a signature will say: from the very statement that its dictionary and its appearance are made of.
    pub(crate) fn of(pdf: &PreparedPdf<'_>, statement: &Statement) -> Result<Self, SessionError> {
        let signer = pdf.chain().first().ok_or(PadesError::NoCertificate)?;
        let meaning = Text::new(statement.reason().unwrap_or_default());
        let meaning = meaning.map_err(|source| SessionError::Words { what: "meaning", source })?;
        Ok(Self {
            certificate: fingerprint::of(signer),
            signed_at: whole_seconds(statement.signed_at()),
            meaning,
        })
    }
}

/// A PDF date has no fractions of a second (ISO 32000-2, 7.9.4).
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
