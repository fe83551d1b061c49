//! A signed message as it was received.

use std::ops::Range;
use std::sync::OnceLock;

use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};
use chancery_certificate::{Certificate, Octets};
use chancery_digest::{Digest, Digests, KnownDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::attribute::{Attribute, resembles_signed_attributes};
use crate::ber::{CONSTRUCTED_OCTET_STRING, Element, Reader};
use crate::bounds::{MAX_SIGNERS, check_together, most_entries};
use crate::content_info::signed_data;
use crate::error::{BerFault, CmsError};
use crate::known_certificates::KnownCertificates;
use crate::shelf::{Index, Shelf};
use crate::signer::{Algorithm, SignerInfo};
use crate::unsigned::may_be_unsigned;
use crate::{reframe, wrapping};

/// Longer certificates are kept as bytes only. Certificates with the largest post-quantum signatures have
/// about 50,000 bytes; the limit bounds what is digested for each signer.
const MAX_CERTIFICATE_LEN: usize = 1 << 16;

/// More enclosed content is not kept alive by what was read beside it: a report may be kept for years.
const LARGEST_KEPT_CONTENT: usize = 1 << 20;

/// A CMS message with signatures (RFC 5652, 5), kept byte for byte.
///
/// What is read from it shares its memory ([`Octets`]): signers, attributes, CRLs. Where it encloses content of more than
/// a megabyte they are copies, so that who keeps one of them does not keep the content alive.
///
/// ```text
/// SignedData ::= SEQUENCE {
///     version           CMSVersion,
///     digestAlgorithms  SET OF DigestAlgorithmIdentifier,
///     encapContentInfo  EncapsulatedContentInfo,
///     certificates      [0] IMPLICIT CertificateSet OPTIONAL,
///     crls              [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///     signerInfos       SET OF SignerInfo }
/// ```
#[derive(Clone, Debug)]
pub struct SignedMessage {
    bytes: Octets,
    /// The same, where what is kept of the message shares it; else nothing.
    source: Octets,
    version: u64,
    digest_algorithms: Vec<Oid>,
    content_type: Oid,
    content: Content,
    certificates: Vec<Certificate>,
    unread_certificates: Vec<Octets>,
    crls: Vec<Octets>,
    other_revocations: Vec<OtherRevocation>,
    signers: Vec<SignerInfo>,
    index: OnceLock<Index>,
    /// Of the content that is held, in the algorithms of all signers.
    digests: OnceLock<Digests>,
}

/// Revocation information in another form than a CRL, such as an OCSP response (RFC 5652, 10.2.1; RFC 5940).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OtherRevocation {
    /// The form. RFC 5940 defines 1.3.6.1.5.5.7.16.2 for an OCSP response.
    pub format: Oid,
    /// The information itself, as received.
    pub value: Octets,
}

/// Where the content of a message is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// The message is detached.
    Absent,
    /// In one piece, within the bytes of the message.
    Within { range: Range<usize>, shape: Shape },
    /// It came in pieces.
    Joined { octets: Vec<u8>, shape: Shape },
    /// It was digested as it streamed by, and is not part of the bytes that are kept.
    Streamed {
        digests: Digests,
        length: u64,
        shape: Shape,
        /// Its identifier octet, where that is not the one of an OCTET STRING: see [`Unwrapped`](Self::Unwrapped).
        other_type: Option<u8>,
    },
    /// PKCS #7 1.5 allowed content of any type; CMS wraps all content in an OCTET STRING (RFC 5652, 5.2.1). What is
    /// digested are the content octets of its DER encoding (RFC 2315, 9.3).
    Unwrapped { tag: u8, octets: Vec<u8>, shape: Shape },
}

/// Whether content could be the signed attributes of another message.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    Ordinary,
    SignedAttributes,
}

impl Shape {
    pub(crate) fn of(content: &[u8]) -> Self {
        if resembles_signed_attributes(content) { Self::SignedAttributes } else { Self::Ordinary }
    }
}

impl SignedMessage {
    /// Reads a message in BER or DER: the content of a `.p7m`, `.p7s` or `.tst` file.
    ///
    /// ```no_run
    /// use chancery_cms::{SignedMessage, SignerCheck};
    ///
    /// let message = SignedMessage::from_ber(&std::fs::read("contract.p7m")?)?;
    /// let content = message.content_digests();
    /// for signer in message.signers() {
    ///     match signer.check(&message, &content, &[]) {
    ///         SignerCheck::Sound(signer) => println!("made with the key of {}", signer.certificate().subject()),
    ///         SignerCheck::Faulty(faults) => println!("not sound: {}", faults[0]),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The bytes are not one such message and nothing else, or it holds more entries than any honest one.
    pub fn from_ber(bytes: &[u8]) -> Result<Self, CmsError> {
        Self::from_ber_vec(bytes.to_vec())
    }

    /// As [`from_ber`](Self::from_ber), but the bytes are taken over instead of copied: quicker where there are many.
    ///
    /// # Errors
    /// As [`from_ber`](Self::from_ber).
    pub fn from_ber_vec(bytes: Vec<u8>) -> Result<Self, CmsError> {
        Self::read(bytes, &[])
    }

    /// As [`from_ber`](Self::from_ber), but certificates that are known already are taken instead of read again, which
    /// saves time and memory; and so does a part of a message that was read before, as [`Octets`], which is not copied.
    ///
    /// # Errors
    /// As [`from_ber`](Self::from_ber).
    pub fn from_ber_knowing(
        bytes: impl Into<Octets>,
        known: &KnownCertificates<'_>,
    ) -> Result<Self, CmsError> {
        Self::read_knowing(bytes.into(), known)
    }

    /// Reads the message that `bytes` begin with, and says how many bytes it has: for signatures that are
    /// followed by padding, as in a PDF.
    ///
    /// # Errors
    /// The bytes do not begin with a message.
    pub fn from_ber_prefix(bytes: &[u8]) -> Result<(Self, usize), CmsError> {
        let length = Reader::new(bytes).expect(SEQUENCE, "ContentInfo")?.raw.len();
        let message = Self::from_ber(bytes.get(..length).unwrap_or(bytes))?;
        Ok((message, length))
    }

    /// Reads a message from a file whose form is not known: BER or DER, PEM, or Base64. Zero bytes and line
    /// ends after a message in BER are left out: many programs store the buffer they reserved.
    ///
    /// # Errors
    /// The bytes are none of these, or as for [`from_ber`](Self::from_ber).
    pub fn from_file_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let mut ber = wrapping::unwrap(bytes).ok_or(CmsError::NotRecognised)?.into_owned();
        let length = Reader::new(&ber).expect(SEQUENCE, "ContentInfo")?.raw.len();
        let padding = ber.get(length..).unwrap_or_default();
        if padding.iter().all(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
            ber.truncate(length);
        }
        Self::from_ber_vec(ber)
    }

    /// Reads a message, taking certificates that are known already instead of reading them again.
    pub(crate) fn read(bytes: Vec<u8>, known: &[Certificate]) -> Result<Self, CmsError> {
        Self::read_knowing(bytes.into(), &KnownCertificates::new(known))
    }

    fn read_knowing(bytes: Octets, known: &KnownCertificates<'_>) -> Result<Self, CmsError> {
        let mut outer = Reader::new(&bytes);
        let info = outer.expect(SEQUENCE, "ContentInfo")?;
        outer.finish("ContentInfo")?;
        let mut fields = signed_data(&info)?.reader();

        let version = fields.expect(INTEGER, "SignedData.version")?.small_integer("SignedData.version")?;
        let digest_algorithms =
            entries(&fields.expect(SET, "SignedData.digestAlgorithms")?, "digest algorithms")?
                .iter()
                .map(|element| {
                    Algorithm::read(element, "SignedData.digestAlgorithms").map(|algorithm| algorithm.oid())
                })
                .collect::<Result<_, _>>()?;

        let encapsulated = fields.expect(SEQUENCE, "SignedData.encapContentInfo")?;
        let (content_type, content) = read_content(&encapsulated)?;
        // What is kept of a message with large content is copied, so that it does not keep the content alive.
        let large = encapsulated.content.len() > LARGEST_KEPT_CONTENT;
        let source = if large { Octets::default() } else { bytes.clone() };

        let mut certificates = Vec::new();
        let mut unread_certificates = Vec::new();
        if let Some(set) = fields.optional(tag::constructed(0), "SignedData.certificates")? {
            for entry in entries(&set, "certificates")? {
                match read_certificate(&entry, known) {
                    Some(certificate) => certificates.push(certificate),
                    None => unread_certificates.push(source.part(entry.raw)),
                }
            }
        }
        let mut crls = Vec::new();
        let mut other_revocations = Vec::new();
        if let Some(set) = fields.optional(tag::constructed(1), "SignedData.crls")? {
            for entry in entries(&set, "CRLs")? {
                match entry.tag {
                    SEQUENCE => crls.push(source.part(entry.raw)),
                    tag if tag == tag::constructed(1) => {
                        other_revocations.push(read_other_revocation(&entry, &source)?);
                    }
                    found => {
                        let fault = BerFault::Tag { expected: SEQUENCE, found };
                        return Err(entry.fault("RevocationInfoChoice", fault));
                    }
                }
            }
        }
        let mut signers = Vec::new();
        let mut reader = fields.expect(SET, "SignedData.signerInfos")?.reader();
        fields.finish("SignedData")?;
        while !reader.is_empty() {
            if signers.len() == MAX_SIGNERS {
                return Err(CmsError::TooMany { what: "signers", limit: MAX_SIGNERS });
            }
            signers.push(SignerInfo::read(&reader.expect(SEQUENCE, "SignerInfo")?, &source)?);
        }
        let enclosed = certificates.len() + unread_certificates.len() + crls.len() + other_revocations.len();
        check_together(signers.len(), enclosed)?;
        Ok(Self {
            version,
            digest_algorithms,
            content_type,
            content,
            certificates,
            unread_certificates,
            crls,
            other_revocations,
            signers,
            index: OnceLock::new(),
            digests: OnceLock::new(),
            bytes,
            source,
        })
    }

    /// The message as received.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same, to be kept without a copy, with its content.
    #[must_use]
    pub const fn octets(&self) -> &Octets {
        &self.bytes
    }

    /// A part of the message, to be kept: without a copy, unless that would keep large content alive.
    #[must_use]
    pub fn part(&self, part: &[u8]) -> Octets {
        self.source.part(part)
    }

    /// The message as received, given away: without a copy, if nobody else keeps a part of it.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        let bytes = self.bytes.clone();
        // What was read shares the bytes.
        drop(self);
        bytes.into_vec()
    }

    /// The version that the message gives.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The type of the content: [`attributes::DATA`](crate::attributes::DATA) for files.
    #[must_use]
    pub const fn content_type(&self) -> Oid {
        self.content_type
    }

    /// The content, where the message holds it. None for a detached signature, and for content that
    /// [streamed by](crate::MessageReader).
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Within { range, .. } => self.bytes.get(range.clone()),
            Content::Joined { octets, .. } => Some(octets),
            Content::Absent | Content::Streamed { .. } | Content::Unwrapped { .. } => None,
        }
    }

    /// Content as PKCS #7 1.5 had it, which is no OCTET STRING: its identifier octet, and what is in it. The latter is
    /// what was signed.
    #[must_use]
    pub fn unwrapped_content(&self) -> Option<(u8, &[u8])> {
        match &self.content {
            Content::Unwrapped { tag, octets, .. } => Some((*tag, octets)),
            _ => None,
        }
    }

    /// The octets that are digested, in whatever form the message holds them.
    pub(crate) fn signed_octets(&self) -> Option<&[u8]> {
        self.content().or_else(|| self.unwrapped_content().map(|(_, octets)| octets))
    }

    /// Whether the message came without its content: a detached signature.
    #[must_use]
    pub const fn is_detached(&self) -> bool {
        matches!(self.content, Content::Absent)
    }

    /// The length of the content in bytes, where the message enclosed it, also if it was not kept.
    #[must_use]
    pub fn content_len(&self) -> Option<u64> {
        match &self.content {
            Content::Streamed { length, other_type: None, .. } => Some(*length),
            _ => self.content().map(|content| content.len() as u64),
        }
    }

    /// The digests of the content that the signers need, computed once. Empty for a detached signature.
    #[must_use]
    pub fn content_digests(&self) -> Digests {
        self.enclosed_digests().clone()
    }

    fn enclosed_digests(&self) -> &Digests {
        let computed = || match self.signed_octets() {
            Some(content) => Digests::over_bytes(self.digest_algorithms(), content),
            None => Digests::default(),
        };
        self.streamed_digests().unwrap_or_else(|| self.digests.get_or_init(computed))
    }

    /// Whether the message encloses no content but that with this digest, which is in the algorithm of a signer.
    pub(crate) fn encloses_no_other(&self, digest: &Digest<KnownDigest>) -> bool {
        self.enclosed_digests().find(digest.algorithm()).is_none_or(|enclosed| enclosed == digest)
    }

    /// The digest algorithms of all signers, as far as they are known: what the content must be digested with.
    #[must_use]
    pub fn digest_algorithms(&self) -> Vec<KnownDigest> {
        let mut algorithms: Vec<_> = self.signers.iter().filter_map(SignerInfo::digest_algorithm).collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        algorithms
    }

    /// The X.509 certificates of the message.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// What stands among the certificates and is no X.509 certificate that we can read: attribute
    /// certificates, for example. As received.
    #[must_use]
    pub fn unread_certificates(&self) -> &[Octets] {
        &self.unread_certificates
    }

    /// The CRLs of the message, as received.
    #[must_use]
    pub fn crls(&self) -> &[Octets] {
        &self.crls
    }

    /// Revocation information that is no CRL.
    #[must_use]
    pub fn other_revocations(&self) -> &[OtherRevocation] {
        &self.other_revocations
    }

    /// Everybody who signed. Each has a verdict of its own; the message is no better than its worst signer.
    #[must_use]
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// The same message with one more unsigned attribute, such as a timestamp, at one of its signers.
    ///
    /// No byte of what was signed, and none of what others added, is changed: lengths are written anew, and a
    /// set of attributes that is in DER order stays so.
    ///
    /// # Errors
    /// There is no such signer, the value of the attribute is not one element, or the attribute says something only
    /// if it is signed.
    pub fn with_unsigned_attribute(&self, signer: usize, attribute: &Attribute) -> Result<Self, CmsError> {
        if signer >= self.signers.len() {
            return Err(CmsError::NoSuchSigner { index: signer, signers: self.signers.len() });
        }
        attribute.check_values()?;
        may_be_unsigned(attribute)?;
        let bytes = reframe::with_unsigned_attribute(&self.bytes, signer, &attribute.to_der())?;
        let message = Self::read(bytes, &self.certificates)?;
        Ok(message.with_streamed_content_of(self))
    }

    /// The certificates of the message, in which signers are looked up.
    pub(crate) fn shelf(&self) -> Shelf<'_> {
        Shelf::indexed(&self.certificates, self.signers.len(), &self.index)
    }

    pub(crate) fn announces(&self, digest: Oid) -> bool {
        self.digest_algorithms.contains(&digest)
    }

    pub(crate) const fn content_shape(&self) -> Option<Shape> {
        match &self.content {
            Content::Within { shape, .. }
            | Content::Joined { shape, .. }
            | Content::Unwrapped { shape, .. }
            | Content::Streamed { shape, .. } => Some(*shape),
            Content::Absent => None,
        }
    }

    /// The same message, its content being elsewhere.
    pub(crate) fn with_content(self, content: Content) -> Self {
        Self { content, digests: OnceLock::new(), ..self }
    }

    /// The same message, which was another before something was added to it: what streamed by then is not lost.
    pub(crate) fn with_streamed_content_of(self, other: &Self) -> Self {
        match &other.content {
            streamed @ Content::Streamed { .. } => self.with_content(streamed.clone()),
            _ => self,
        }
    }

    /// The digests that were made as the content streamed by.
    pub(crate) const fn streamed_digests(&self) -> Option<&Digests> {
        match &self.content {
            Content::Streamed { digests, .. } => Some(digests),
            _ => None,
        }
    }

    /// The tag of content that is not an OCTET STRING.
    pub(crate) const fn content_of_other_type(&self) -> Option<u8> {
        match &self.content {
            Content::Unwrapped { tag, .. } => Some(*tag),
            Content::Streamed { other_type, .. } => *other_type,
            _ => None,
        }
    }
}

/// Room for so many is taken at once: nearly all sets have fewer entries.
const USUAL_ENTRIES: usize = 8;

fn entries<'a>(set: &Element<'a>, what: &'static str) -> Result<Vec<Element<'a>>, CmsError> {
    let mut reader = set.reader();
    let limit = most_entries(set.raw.len());
    let mut entries = Vec::with_capacity(limit.min(USUAL_ENTRIES));
    while !reader.is_empty() {
        if entries.len() == limit {
            return Err(CmsError::TooMany { what, limit });
        }
        entries.push(reader.any(what)?);
    }
    Ok(entries)
}

fn read_content(encapsulated: &Element<'_>) -> Result<(Oid, Content), CmsError> {
    let mut fields = encapsulated.reader();
    let content_type = fields.expect(OBJECT_IDENTIFIER, "eContentType")?.oid("eContentType")?;
    let explicit = fields.optional(tag::constructed(0), "eContent")?;
    fields.finish("encapContentInfo")?;
    let Some(explicit) = explicit else { return Ok((content_type, Content::Absent)) };
    let mut reader = explicit.reader();
    let element = reader.any("eContent")?;
    reader.finish("eContent")?;
    let content = match element.tag {
        OCTET_STRING => {
            let start = element.content_offset();
            let range = start..start + element.content.len();
            Content::Within { range, shape: Shape::of(element.content) }
        }
        CONSTRUCTED_OCTET_STRING => {
            let octets = element.octets(OCTET_STRING, "eContent")?.into_owned();
            Content::Joined { shape: Shape::of(&octets), octets }
        }
        tag => {
            let octets = match element.indefinite {
                false => element.content.to_vec(),
                true => element.to_der_content().ok_or_else(|| {
                    element.fault("eContent", BerFault::Content("element that DER can encode"))
                })?,
            };
            Content::Unwrapped { tag, shape: Shape::of(&octets), octets }
        }
    };
    Ok((content_type, content))
}

fn read_certificate(entry: &Element<'_>, known: &KnownCertificates<'_>) -> Option<Certificate> {
    if entry.tag != SEQUENCE || entry.raw.len() > MAX_CERTIFICATE_LEN {
        return None;
    }
    known.find(entry.raw).cloned().or_else(|| Certificate::from_der(entry.raw).ok())
}

fn read_other_revocation(entry: &Element<'_>, source: &Octets) -> Result<OtherRevocation, CmsError> {
    const WHAT: &str = "OtherRevocationInfoFormat";
    let mut fields = entry.reader();
    let format = fields.expect(OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    let value = source.part(fields.any(WHAT)?.raw);
    fields.finish(WHAT)?;
    Ok(OtherRevocation { format, value })
}
