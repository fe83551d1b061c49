//! Why a PDF could not be signed, or not be read.

use chancery_cades::CadesError;
use chancery_certificate::CertificateError;
use chancery_cms::CmsError;
use chancery_drawing::DrawingError;
use chancery_key::{AlgorithmError, KeyError, SignerError};
use chancery_pdf::{Ambiguity, PdfError};
use jiff::Timestamp;

/// A PDF that could not be signed, or not be read. The input is as it was, and nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PadesError {
    /// The PDF cannot be read.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The source of the bytes, or the destination, failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] std::io::Error),
    /// Readers take this file in different ways, and a signature would fix only one of them.
    #[error(
        "this file can be read in more than one way, so it is not signed: {0}; have its producer write it anew"
    )]
    Ambiguous(Ambiguity),
    /// The signature could not be made.
    #[error(transparent)]
    Signature(#[from] CadesError),
    /// The CMS message could not be made.
    #[error(transparent)]
    Message(#[from] CmsError),
    /// The signer did not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The key of the signer's certificate is not one that we can use.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The algorithm is not one that we can use.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmError),
    /// There is no certificate to sign with.
    #[error("the signer's certificate chain is empty; its first certificate must be the signer's")]
    NoCertificate,
    /// The signer's certificate is not valid at the time of signing.
    #[error(
        "the certificate of {subject} expired at {not_after}, before the time of signing {at}; renew it, or say `OutsideValidity::Sign`"
    )]
    CertificateExpired {
        /// Whose certificate.
        subject: String,
        /// When it expired.
        not_after: Timestamp,
        /// The time of signing.
        at: Timestamp,
    },
    /// The signer's certificate is not valid yet at the time of signing.
    #[error("the certificate of {subject} is valid only from {not_before}, after the time of signing {at}")]
    CertificateNotYetValid {
        /// Whose certificate.
        subject: String,
        /// When it becomes valid.
        not_before: Timestamp,
        /// The time of signing.
        at: Timestamp,
    },
    /// The finished signature is longer than the room that was reserved when it was prepared.
    #[error("the signature needs {need} bytes, but only {have} were reserved when it was prepared; prepare it anew with `timestamp_room({})`", need.saturating_sub(*have).saturating_add(*room))]
    NoRoom {
        /// The length of the finished signature in bytes.
        need: usize,
        /// The room that there is.
        have: usize,
        /// How much of it was for timestamps.
        room: usize,
    },
    /// More room was asked for than any signature with its timestamps could take.
    #[error("{asked} bytes of room were asked for; a signature with its timestamps gets {limit} at most")]
    RoomTooLarge {
        /// How many bytes.
        asked: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The field is signed already.
    #[error("the field {name} is signed already; choose another name")]
    FieldSigned {
        /// The field.
        name: String,
    },
    /// The field is not for signatures.
    #[error("the field {name} exists, but is not a signature field; choose another name")]
    FieldOfOtherKind {
        /// The field.
        name: String,
    },
    /// The field is made in a way that is not supported.
    #[error("the field {name} has {entry}, so it is not signed")]
    FieldConstraint {
        /// The field.
        name: String,
        /// What about it.
        entry: &'static str,
    },
    /// A name for a field that cannot be one.
    #[error(
        "a field cannot be called {name:?}: a name is not empty, and a period separates the names of nested fields"
    )]
    FieldName {
        /// The name that was asked for.
        name: String,
    },
    /// A new field in a group of fields would change what is signed already.
    #[error(
        "the document is signed already, in the field {by}: a new field {name} in a group would change what was signed; take a name without periods, or make the field before the first signature"
    )]
    FieldGroupSigned {
        /// The field that was to be made.
        name: String,
        /// The full name of a signed field.
        by: String,
    },
    /// What people should see of the signature cannot be drawn.
    #[error(transparent)]
    Drawing(#[from] DrawingError),
    /// The place for the appearance is not on the page.
    #[error("the place [x {}, y {}, width {}, height {}] is not on the page, which shows {} × {} points", place[0], place[1], place[2], place[3], page[0], page[1])]
    OffPage {
        /// Left edge, lower edge, width and height in points, as the reader sees the page.
        place: [f32; 4],
        /// Width and height of the page in points, as the reader sees it.
        page: [f32; 2],
    },
    /// Another signature is shown where this one should be.
    #[error("the place is taken: it overlaps the signature field {field}; choose another")]
    PlaceTaken {
        /// The full name of the other field.
        field: String,
    },
    /// The file claims to be PDF/A, and what should be drawn must not stand in such a file.
    #[error("the file is PDF/A-{part}, and the appearance has {problem}")]
    Archive {
        /// The part of ISO 19005 that the file claims to keep.
        part: u32,
        /// What the file may not hold, and what to do.
        problem: &'static str,
    },
    /// The appearance has a place, but the field is there already.
    #[error("the field {name} exists and lies where its author put it: use `Appearance::in_field`")]
    FieldHasPlace {
        /// The field.
        name: String,
    },
    /// The appearance should be shown in a field, but there is none.
    #[error(
        "there is no field of this name to show the signature in: name one that exists, or use `Appearance::at`"
    )]
    NoFieldToShowIn,
    /// People would not see what is drawn in the field to be signed.
    #[error("the field {name} cannot show the signature: {because}")]
    FieldInvisible {
        /// The field.
        name: String,
        /// Why not.
        because: &'static str,
    },
    /// The field to be signed is shown more than once.
    #[error("the field {name} lies in several places (/Kids), and a signature is shown in one")]
    FieldInSeveralPlaces {
        /// The field.
        name: String,
    },
    /// The meaning of the signature would not be shown.
    #[error("the appearance does not show the {what} {text:?}, which the meaning of the signature needs")]
    MeaningNotShown {
        /// What is missing: name, role, meaning or time.
        what: &'static str,
        /// How it has to be shown.
        text: String,
    },
    /// A meaning that says nothing.
    #[error("the {what} of the signature's meaning is blank: say it, or sign without a meaning")]
    MeaningBlank {
        /// What is blank: name, role or meaning.
        what: &'static str,
    },
    /// A PDF date cannot tell this offset from UTC.
    #[error(
        "an offset of {seconds} seconds from UTC cannot be written: it must be whole minutes, less than a day"
    )]
    TimeZone {
        /// East of UTC, in seconds.
        seconds: i32,
    },
    /// The field brings a lock along, and another one was wanted.
    #[error("the field {name} has a lock of its own (/Lock), which says something else: leave the other out")]
    FieldHasLock {
        /// The field.
        name: String,
    },
    /// A field is to be locked that is not there.
    #[error("there is no field {name} that could be locked")]
    LockOfUnknownField {
        /// The name that was asked for.
        name: String,
    },
    /// The field asks for something else than the signer wants.
    #[error("the field {field} asks for {asked} (seed value /{entry}), but {instead}")]
    SeedValue {
        /// The full name of the field.
        field: String,
        /// The entry of its seed values, or of what they say about the certificate (ISO 32000-2, tables 237 and 238).
        entry: &'static str,
        /// What it asks for.
        asked: String,
        /// What there is instead.
        instead: String,
    },
    /// A signature locked the field.
    #[error(
        "the field {name} is locked by the signature in the field {by}, which a further signature would break"
    )]
    FieldLocked {
        /// The field that was to be signed.
        name: String,
        /// The full name of the field whose signature locks it.
        by: String,
    },
    /// A field should be filled in that is not there, in a document that somebody has signed.
    #[error("the document has no field {name}, and it is signed: a new one would change what was signed")]
    NoField {
        /// The name that was asked for.
        name: String,
    },
    /// A signature locked the document.
    #[error(
        "the signature in the field {by} allows no further changes (P = 1): another signature would break it"
    )]
    LockedDocument {
        /// The full name of the field whose signature locks the document.
        by: String,
    },
    /// A document is certified only once.
    #[error("the document is certified already, and there can be no second certification")]
    CertifiedAlready,
    /// A certification must be the first signature.
    #[error("the document is signed already, in the field {by}: a certification must be the first signature")]
    CertifyingSigned {
        /// The full name of the first signed field.
        by: String,
    },
    /// The author of the encrypted document does not permit it.
    #[error(
        "the encryption of the document does not permit its users to {what}: open it with its owner's password, or say `NotPermitted::Sign`"
    )]
    NotPermitted {
        /// What the permissions deny.
        what: &'static str,
    },
    /// The pages are made by the viewer.
    #[error(
        "this is a dynamic XFA form ({sign}): its pages are made by the viewer, and the file holds none that could be signed; have it printed to PDF first"
    )]
    DynamicXfa {
        /// What says so.
        sign: &'static str,
    },
    /// The author of the document certified it and allows no changes.
    #[error(
        "the document is certified and allows no changes (DocMDP, P = 1): a further signature would break the certification"
    )]
    CertifiedWithoutChanges,
    /// The document is certified so that only fields that are there may be filled in and signed.
    #[error(
        "the document is certified and allows only to fill in and sign the fields that it has (DocMDP, P = 2): a new one that is seen would put the certification in doubt; sign one that is there, or invisibly"
    )]
    CertifiedWithoutNewFields,
    /// A signature or timestamp of the document does not hold, so that nothing would be gained by making it last.
    #[error("the signature in the field {field} does not hold: {reason}")]
    NotSound {
        /// The full name of the field.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// No timestamp covers a signature: evidence for the long term would prove nothing.
    #[error("no timestamp covers the signature in the field {field} (level B-T): add one first")]
    NotTimestamped {
        /// The full name of the field.
        field: String,
    },
    /// There is neither a signature nor a timestamp.
    #[error("the document has no signature and no timestamp that could be made to last")]
    NothingToPreserve,
    /// The bytes are not a stored prepared PDF.
    #[error("this is not a stored prepared PDF: {reason}")]
    Stored {
        /// What is wrong.
        reason: &'static str,
    },
    /// The document is not the one that was prepared.
    #[error("this is not the document that was prepared: its bytes differ")]
    OtherDocument,
    /// A stored certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// No signature has this name.
    #[error("there is no signature in a field {name}")]
    NotSigned {
        /// The name that was asked for.
        name: String,
    },
    /// What a signature covers is no state of the document.
    #[error("the signature in the field {name} does not cover a revision of the document: {reason}")]
    CoversNoRevision {
        /// The full name of the field.
        name: String,
        /// What is wrong with its place.
        reason: String,
    },
    /// The form of the document is nested or filled beyond what is read.
    #[error("the document has more than {limit} {what}: refused, to keep the work bounded")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
}
