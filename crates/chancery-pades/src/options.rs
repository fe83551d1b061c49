//! What a signature says beside who signed.

use chancery_key::Password;
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::appearance::{Appearance, Show};
use crate::application::Application;
use crate::certification::ChangesAllowed;
use crate::lock::FieldLock;
use crate::signature_form::SignatureForm;

/// How many bytes are kept free for timestamps unless told otherwise. A token with its certificates takes 2 to 8
/// KiB; EU DSS 6.4 reserves 9,472 bytes for signature and token together.
pub(crate) const TIMESTAMP_ROOM: usize = 12 * 1024;

/// How many bytes are kept free for a timestamp over the document unless told otherwise: it stands alone, and some
/// authorities enclose long chains, or CRLs.
pub(crate) const DOCUMENT_TIMESTAMP_ROOM: usize = 16 * 1024;

/// What to do when the signer's certificate is not valid at the time of signing.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum OutsideValidity {
    /// Do not sign.
    #[default]
    Refuse,
    /// Sign all the same: no verifier will pass it without further proof.
    Sign,
}

/// What to do with a file that readers take in different ways.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum AmbiguousFile {
    /// Do not sign: a signature would fix one of several readings.
    #[default]
    Refuse,
    /// Sign the reading of this library.
    Sign,
    /// If the file is damaged or ambiguous, look for its objects, and sign with a complete cross-reference section, so
    /// that all readers see one and the same document from then on ([`chancery_pdf::Document::repaired`]).
    /// [`PreparedPdf::repairs`](crate::PreparedPdf::repairs) tells what was done. It is one of several readings: show
    /// the signer what came out. Never in a file with a signature, which it would break or disguise.
    Repair,
}

impl AmbiguousFile {
    /// As it is stored.
    pub(crate) const fn to_number(self) -> u64 {
        match self {
            Self::Refuse => 0,
            Self::Sign => 1,
            Self::Repair => 2,
        }
    }

    pub(crate) const fn from_number(number: u64) -> Option<Self> {
        match number {
            0 => Some(Self::Refuse),
            1 => Some(Self::Sign),
            2 => Some(Self::Repair),
            _ => None,
        }
    }
}

/// What to do where the encryption of a document does not permit its users to add or fill in a signature field.
///
/// No cipher enforces these permissions: they say what the author wishes. Owners, by their password, may do everything.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum NotPermitted {
    /// Do not sign.
    #[default]
    Refuse,
    /// Sign all the same: for those who have the right to, though not the owner's password.
    Sign,
}

/// How to open an encrypted document and add to it.
#[derive(Clone)]
pub(crate) struct Unlock {
    pub(crate) password: Password,
    /// Fresh random bytes for the initialization vectors of what is added.
    pub(crate) seed: [u8; 32],
}

#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) at: Timestamp,
    /// The offset from UTC in which that time is told.
    pub(crate) offset: Offset,
    pub(crate) field: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) show: Show,
    pub(crate) appearance: Option<Appearance>,
    /// The page of a new field that nobody sees, counted from 0.
    pub(crate) page: usize,
    /// What a certification allows; without it, the signature approves.
    pub(crate) certify: Option<ChangesAllowed>,
    pub(crate) lock: Option<FieldLock>,
    /// What is allowed after the signature, certification or not.
    pub(crate) allow_only: Option<ChangesAllowed>,
    /// The form; without it, the one that the field asks for, or PAdES.
    pub(crate) form: Option<SignatureForm>,
    pub(crate) application: Option<Application>,
    pub(crate) timestamp_room: usize,
    pub(crate) outside_validity: OutsideValidity,
    pub(crate) ambiguous: AmbiguousFile,
    pub(crate) not_permitted: NotPermitted,
    pub(crate) unlock: Option<Unlock>,
}

impl Options {
    pub(crate) const fn at(at: Timestamp) -> Self {
        Self {
            at,
            offset: Offset::UTC,
            field: None,
            reason: None,
            location: None,
            contact: None,
            name: None,
            role: None,
            show: Show::Freely,
            appearance: None,
            page: 0,
            certify: None,
            lock: None,
            allow_only: None,
            form: None,
            application: None,
            timestamp_room: TIMESTAMP_ROOM,
            outside_validity: OutsideValidity::Refuse,
            ambiguous: AmbiguousFile::Refuse,
            not_permitted: NotPermitted::Refuse,
            unlock: None,
        }
    }
}
