//! Messages that nobody signed: certificates and revocation information in one file.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};

use crate::attributes::{DATA, SIGNED_DATA};
use crate::ber::Reader;
use crate::error::CmsError;
use crate::message::{OtherRevocation, SignedMessage};

impl SignedMessage {
    /// A message without content and without signers, which only carries certificates and revocation information:
    /// the "certificates-only" form of RFC 5652, 5 and RFC 8551, 3.8, known as `.p7b` and `.p7c`.
    ///
    /// It is DER: the same pieces give the same bytes, in whatever order they come. Nothing is said about their
    /// truth.
    ///
    /// # Errors
    /// A CRL, or another piece, is not one element of DER, or there are more pieces than can be read again.
    pub fn without_signers(
        certificates: &[Certificate],
        crls: &[impl AsRef<[u8]>],
        others: &[OtherRevocation],
    ) -> Result<Self, CmsError> {
        let certificates = certificates.iter().map(|certificate| certificate.to_der().to_vec()).collect();
        let mut revocation = Vec::new();
        for crl in crls {
            let mut reader = Reader::new(crl.as_ref());
            reader.expect(tag::SEQUENCE, "CertificateList")?;
            reader.finish("CertificateList")?;
            revocation.push(crl.as_ref().to_vec());
        }
        for OtherRevocation { format, value } in others {
            let mut reader = Reader::new(value);
            reader.any("OtherRevocationInfoFormat.otherRevInfo")?;
            reader.finish("OtherRevocationInfoFormat.otherRevInfo")?;
            revocation.push(asn1::encode(tag::constructed(1), &[asn1::oid(format), value.clone()].concat()));
        }
        // RFC 5652, 5.1: 5 where there is revocation information other than CRLs, 1 for the plain form.
        let version = if others.is_empty() { 1 } else { 5 };
        let signed_data = asn1::sequence(&[
            &asn1::integer(&[version]),
            &asn1::set_of(Vec::new()),
            &asn1::sequence(&[&asn1::oid(&DATA)]),
            &optional_set(0, certificates),
            &optional_set(1, revocation),
            &asn1::set_of(Vec::new()),
        ]);
        let explicit = asn1::encode(tag::constructed(0), &signed_data);
        Self::read(asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &explicit]), &[])
    }
}

/// `[number] IMPLICIT SET OF`, left out when it is empty; in the order of DER.
fn optional_set(number: u8, mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    if parts.is_empty() {
        return Vec::new();
    }
    parts.sort_unstable();
    asn1::encode(tag::constructed(number), &parts.concat())
}

#[cfg(test)]
mod tests {
    use const_oid::ObjectIdentifier as Oid;

    use super::*;

    const CRL: [u8; 5] = [0x30, 3, 2, 1, 5];

    #[test]
    fn pieces_come_back_in_the_order_of_der() {
        let format = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");
        let others = [OtherRevocation { format, value: vec![0x30, 0] }];
        let one = SignedMessage::without_signers(&[], &[CRL, [0x30, 3, 2, 1, 4]], &others).unwrap();
        let two = SignedMessage::without_signers(&[], &[[0x30, 3, 2, 1, 4], CRL], &others).unwrap();
        assert_eq!(one.to_bytes(), two.to_bytes());
        assert_eq!(one.crls(), [vec![0x30, 3, 2, 1, 4], CRL.to_vec()]);
        assert_eq!((one.other_revocations(), one.version()), (&others[..], 5));
        assert!(one.signers().is_empty() && one.content().is_none());
        let empty = SignedMessage::without_signers(&[], &[] as &[[u8; 0]], &[]).unwrap();
        assert_eq!(empty.version(), 1);
    }

    #[test]
    fn what_is_not_one_element_is_refused() {
        for crl in [&b""[..], b"text", &[0x30, 3, 2, 1], &[0x30, 0, 0]] {
            assert!(SignedMessage::without_signers(&[], &[crl], &[]).is_err(), "{crl:?}");
        }
        let format = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");
        for value in [vec![], vec![0x30, 0, 0]] {
            let other = OtherRevocation { format, value };
            assert!(SignedMessage::without_signers(&[], &[] as &[[u8; 0]], &[other]).is_err());
        }
    }
}
