//! Messages that wait, with their content, for those who sign.

use std::io::{Read, Seek, SeekFrom, Write};

use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};
use chancery_certificate::asn1::{self, Element};
use chancery_digest::{Digest, DigestAlgorithm};

use super::definite::replace_head;
use super::write::{Definite, EnclosedContent, Head};
use crate::error::CmsError;
use crate::signer_preparation::Identification;
use crate::stored::{DAMAGED, Kind, damaged, entries, envelope, opened, read_enclosures};

impl<W: Write> EnclosedContent<W> {
    /// Stops until everybody has signed: what [`resume`](Self::resume) needs, and the output, flushed. What is stored holds
    /// no content; the output is kept as it is.
    ///
    /// ```text
    /// EnclosedContent ::= SEQUENCE {
    ///     contentType     OBJECT IDENTIFIER,
    ///     identification  INTEGER { issuerAndSerial(1), subjectKeyIdentifier(3) },
    ///     written         OCTET STRING (SIZE (8)),         -- length of the output, high octet first
    ///     digests         SEQUENCE OF SEQUENCE {
    ///                         algorithm  OBJECT IDENTIFIER,
    ///                         value      OCTET STRING },
    ///     certificates    SET OF CertificateChoices,
    ///     revocations     SET OF RevocationInfoChoice,
    ///     contentLength   [0] IMPLICIT OCTET STRING (SIZE (8)) OPTIONAL } -- absent: of indefinite length
    /// ```
    ///
    /// # Errors
    /// The output fails.
    pub fn suspend(mut self) -> Result<(Vec<u8>, W), CmsError> {
        self.out.flush().map_err(CmsError::Output)?;
        let identification = match self.head.identification {
            Identification::IssuerAndSerial => 1,
            Identification::SubjectKeyIdentifier => 3,
        };
        let digests = self.digests.iter().map(|digest| {
            let algorithm = asn1::oid(&digest.algorithm().oid());
            asn1::sequence(&[&algorithm, &asn1::octet_string(digest.as_bytes())])
        });
        let length = self
            .definite
            .as_ref()
            .map(|definite| asn1::encode(tag::primitive(0), &definite.content_length.to_be_bytes()));
        let body = asn1::sequence(&[
            &asn1::oid(&self.head.content_type),
            &asn1::integer(&[identification]),
            &asn1::octet_string(&self.written.to_be_bytes()),
            &asn1::encode(SEQUENCE, &digests.collect::<Vec<_>>().concat()),
            &asn1::encode(SET, &self.head.enclosures.certificate_members().concat()),
            &asn1::encode(SET, &self.head.enclosures.revocations.concat()),
            &length.unwrap_or_default(),
        ]);
        Ok((envelope(Kind::EnclosedContent, &body), self.out))
    }
}

impl<W: Read + Write + Seek> EnclosedContent<W> {
    /// Goes on with what [`suspend`](Self::suspend) gave: the stored bytes, and the output, for example a file that was
    /// opened for reading and writing again (and not truncated).
    ///
    /// That the output has the same length as before is seen; whether its bytes are the same is not, since they are not
    /// read: if somebody changed them, the finished message is one whose signatures do not hold.
    ///
    /// # Errors
    /// The bytes are not what was stored by this version of the library, or the output has another length.
    pub fn resume(stored: &[u8], mut out: W) -> Result<Self, CmsError> {
        let body = opened(Kind::EnclosedContent, stored)?;
        let mut fields = body.reader();
        let content_type = fields.expect(OBJECT_IDENTIFIER).and_then(|oid| oid.oid()).map_err(damaged)?;
        let identification = match fields.expect(INTEGER).map_err(damaged)?.small_integer() {
            Ok(1) => Identification::IssuerAndSerial,
            Ok(3) => Identification::SubjectKeyIdentifier,
            _ => return Err(DAMAGED),
        };
        let written = fields.expect(OCTET_STRING).map_err(damaged)?.content;
        let written = eight_octets(written)?;
        let digests = entries(&fields.expect(SEQUENCE).map_err(damaged)?)?;
        let digests = digests.into_iter().map(read_digest).collect::<Result<Vec<_>, _>>()?;
        let certificates = entries(&fields.expect(SET).map_err(damaged)?)?;
        let revocations = entries(&fields.expect(SET).map_err(damaged)?)?;
        let length = fields.optional(tag::primitive(0)).map_err(damaged)?;
        let definite = match length.map(|length| eight_octets(length.content)).transpose()? {
            Some(content_length) if content_length > written => return Err(DAMAGED),
            Some(content_length) => Some(Definite { content_length, replace_head }),
            None => None,
        };
        fields.finish().map_err(damaged)?;
        let enclosures = read_enclosures(&certificates, &revocations)?;
        if out.seek(SeekFrom::End(0)).map_err(CmsError::Output)? != written {
            return Err(CmsError::Stored {
                reason: "the output has another length than when it was suspended",
            });
        }
        let head = Head {
            content_type,
            digests: digests.iter().map(Digest::algorithm).collect(),
            identification,
            enclosures,
        };
        Ok(Self { head, out, definite, written, digests })
    }
}

fn eight_octets(content: &[u8]) -> Result<u64, CmsError> {
    content.try_into().map(u64::from_be_bytes).map_err(|_| DAMAGED)
}

fn read_digest(entry: &[u8]) -> Result<Digest, CmsError> {
    let mut fields = Element::only(entry, SEQUENCE).map_err(damaged)?.reader();
    let algorithm = fields.expect(OBJECT_IDENTIFIER).and_then(|oid| oid.oid()).map_err(damaged)?;
    let value = fields.expect(OCTET_STRING).map_err(damaged)?.content;
    fields.finish().map_err(damaged)?;
    let algorithm = DigestAlgorithm::from_oid(&algorithm).ok_or(DAMAGED)?;
    Digest::from_parts(algorithm, value).map_err(|_| DAMAGED)
}
