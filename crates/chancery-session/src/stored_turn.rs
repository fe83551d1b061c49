//! A prepared turn as bytes.

use chancery_workflow::{ContentDigest, DocumentId, EnvelopeId, PartyId, SignaturePlace};

use crate::error::SessionError;

/// What these bytes are, and in which form.
const FORM: &[u8] = b"chancery turn 1\n";

/// `FORM`, envelope (16 bytes), party and document (4 each, big-endian), base (32), then the stored PDF to its end.
pub(crate) fn write(place: SignaturePlace, base: ContentDigest, pdf: &[u8]) -> Vec<u8> {
    let SignaturePlace { envelope, party, document } = place;
    let (party, document) = (party.number().to_be_bytes(), document.number().to_be_bytes());
    [FORM, &envelope.to_bytes(), &party, &document, &base.to_bytes(), pdf].concat()
}

/// Reads it back; the PDF is not looked at.
pub(crate) fn read(bytes: &[u8]) -> Result<(SignaturePlace, ContentDigest, &[u8]), SessionError> {
    let unknown = SessionError::Stored { why: "it has not the form of a stored turn" };
    let short = || SessionError::Stored { why: "it ends early" };
    let rest = bytes.strip_prefix(FORM).ok_or(unknown)?;
    let (envelope, rest) = rest.split_first_chunk::<16>().ok_or_else(short)?;
    let (party, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let (document, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let (base, pdf) = rest.split_first_chunk::<32>().ok_or_else(short)?;
    let place = SignaturePlace {
        envelope: EnvelopeId::from_bytes(*envelope),
        party: PartyId::new(u32::from_be_bytes(*party)),
        document: DocumentId::new(u32::from_be_bytes(*document)),
    };
    Ok((place, ContentDigest::from_bytes(*base), pdf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_read_as_it_was_written_and_nothing_shorter_is_one() {
        let place = SignaturePlace {
            envelope: EnvelopeId::from_bytes([1; 16]),
            party: PartyId::new(u32::MAX),
            document: DocumentId::new(2),
        };
        let base = ContentDigest::from_bytes([3; 32]);
        let bytes = write(place, base, b"pdf");
        assert_eq!(read(&bytes).unwrap(), (place, base, &b"pdf"[..]));
        for end in 0..bytes.len() - 3 {
            assert!(matches!(read(&bytes[..end]), Err(SessionError::Stored { .. })), "{end}");
        }
        assert!(read(b"chancery turn 2\n").is_err());
    }
}
