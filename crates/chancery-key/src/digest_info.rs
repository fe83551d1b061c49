//! The name of a digest in front of its value, as PKCS#1 v1.5 pads it.

use chancery_certificate::asn1;
use chancery_digest::KnownDigest;

/// All of a `DigestInfo` but the digest itself.
///
/// ```asn1
/// DigestInfo ::= SEQUENCE {                                      -- RFC 8017 A.2.4
///     digestAlgorithm  AlgorithmIdentifier,                      -- with NULL, §9.2 note 1
///     digest           OCTET STRING }
/// ```
pub(crate) fn prefix(digest: KnownDigest) -> Vec<u8> {
    let mut info = write(digest, &vec![0; digest.output_len()]);
    info.truncate(info.len() - digest.output_len());
    info
}

/// The whole `DigestInfo`.
pub(crate) fn write(digest: KnownDigest, value: &[u8]) -> Vec<u8> {
    let algorithm = asn1::sequence(&[&asn1::oid(&digest.oid()), &asn1::null()]);
    asn1::sequence(&[&algorithm, &asn1::octet_string(value)])
}

#[cfg(test)]
mod tests {
    use chancery_digest::{DigestAlgorithm, LegacyDigest};

    use super::*;

    /// RFC 8017 §9.2, note 1.
    #[test]
    fn the_prefixes_are_those_of_the_standard() {
        let sha256 = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
        let sha512 = b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40";
        let sha1 = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
        let md5 = b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10";
        assert_eq!(prefix(DigestAlgorithm::Sha256.into()), sha256);
        assert_eq!(prefix(DigestAlgorithm::Sha512.into()), sha512);
        assert_eq!(prefix(LegacyDigest::Sha1.into()), sha1);
        assert_eq!(prefix(LegacyDigest::Md5.into()), md5);
    }
}
