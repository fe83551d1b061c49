//! Messages that nobody signed: certificates and revocation information in one file.

use chancery_certificate::Certificate;

use crate::assembly::Frame;
use crate::attributes::DATA;
use crate::enclosures::Enclosures;
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
        let mut enclosures = Enclosures::new().certificates(certificates.iter().cloned());
        for crl in crls {
            enclosures = enclosures.crl(crl.as_ref())?;
        }
        for other in others {
            enclosures = enclosures.other_revocation(other)?;
        }
        Self::without_signers_enclosing(&enclosures)
    }

    /// As [`without_signers`](Self::without_signers), with whatever else a message can enclose.
    ///
    /// # Errors
    /// There are more pieces than can be read again.
    pub fn without_signers_enclosing(enclosures: &Enclosures) -> Result<Self, CmsError> {
        let frame = Frame {
            content_type: DATA,
            digest_algorithms: Vec::new(),
            signers_version: None,
            enclosures,
            signer_infos: Vec::new(),
        };
        Self::read(frame.around(None).copied(&[]), &enclosures.known)
    }
}

#[cfg(test)]
mod tests {
    use const_oid::ObjectIdentifier as Oid;

    use super::*;

    const CRL: [u8; 5] = [0x30, 3, 2, 1, 5];

    #[test]
    fn pieces_come_back_in_the_order_of_der() {
        let format = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");
        let others = [OtherRevocation { format, value: vec![0x30, 0].into() }];
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
            let other = OtherRevocation { format, value: value.into() };
            assert!(SignedMessage::without_signers(&[], &[] as &[[u8; 0]], &[other]).is_err());
        }
    }
}
