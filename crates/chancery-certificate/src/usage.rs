//! Usages of keys by name.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::{KeyUsage, KeyUsages};

impl KeyUsage {
    /// Every usage, in the order of their bits.
    pub const ALL: [Self; 9] = [
        Self::DigitalSignature,
        Self::NonRepudiation,
        Self::KeyEncipherment,
        Self::DataEncipherment,
        Self::KeyAgreement,
        Self::CertificateSign,
        Self::CrlSign,
        Self::EncipherOnly,
        Self::DecipherOnly,
    ];

    /// The name that RFC 5280, 4.2.1.3 gives it: `digitalSignature`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DigitalSignature => "digitalSignature",
            Self::NonRepudiation => "nonRepudiation",
            Self::KeyEncipherment => "keyEncipherment",
            Self::DataEncipherment => "dataEncipherment",
            Self::KeyAgreement => "keyAgreement",
            Self::CertificateSign => "keyCertSign",
            Self::CrlSign => "cRLSign",
            Self::EncipherOnly => "encipherOnly",
            Self::DecipherOnly => "decipherOnly",
        }
    }

    /// The usage of this name, in either case. `contentCommitment` is the newer name of `nonRepudiation`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("contentCommitment") {
            return Some(Self::NonRepudiation);
        }
        Self::ALL.into_iter().find(|usage| usage.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl KeyUsages {
    /// The usages, in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = KeyUsage> {
        KeyUsage::ALL.into_iter().filter(move |usage| self.has(*usage))
    }
}

impl fmt::Display for KeyUsages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(KeyUsage::name).collect();
        f.write_str(&names.join(", "))
    }
}

/// The name of a purpose in an extended key usage, if it is a well-known one: `emailProtection`.
#[must_use]
pub fn purpose_name(purpose: Oid) -> Option<&'static str> {
    PURPOSES.iter().find(|(known, _)| *known == purpose).map(|(_, name)| *name)
}

/// RFC 5280, 4.2.1.12; RFC 9336; RFC 9509; ETSI TS 119 612, 5.7.1; and those of large vendors.
const PURPOSES: &[(Oid, &str)] = &[
    (Oid::new_unwrap("2.5.29.37.0"), "anyExtendedKeyUsage"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.1"), "serverAuth"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.2"), "clientAuth"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.3"), "codeSigning"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.4"), "emailProtection"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.8"), "timeStamping"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.9"), "OCSPSigning"),
    (Oid::new_unwrap("1.3.6.1.5.5.7.3.36"), "documentSigning"),
    (Oid::new_unwrap("1.3.6.1.5.2.3.4"), "pkinitClientAuth"),
    (Oid::new_unwrap("1.3.6.1.5.2.3.5"), "pkinitKdc"),
    (Oid::new_unwrap("0.4.0.2231.3.0"), "tslSigning"),
    (Oid::new_unwrap("1.3.6.1.4.1.311.10.3.12"), "msDocumentSigning"),
    (Oid::new_unwrap("1.3.6.1.4.1.311.20.2.2"), "msSmartcardLogin"),
    (Oid::new_unwrap("1.2.840.113583.1.1.5"), "adobeAuthenticDocumentsTrust"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_have_their_names_in_both_directions() {
        for usage in KeyUsage::ALL {
            assert_eq!(KeyUsage::from_name(usage.name()), Some(usage));
        }
        // The trusted lists of ETSI TS 119 612 write it so.
        assert_eq!(KeyUsage::from_name("crlSign"), Some(KeyUsage::CrlSign));
        assert_eq!(KeyUsage::from_name("signing"), None);
        let both = KeyUsages::from_der(&[3, 2, 1, 0x06]).unwrap();
        assert_eq!(both.to_string(), "keyCertSign, cRLSign");
        let last = KeyUsages::from_der(&[3, 3, 7, 0, 0x80]).unwrap();
        assert_eq!(last.iter().collect::<Vec<_>>(), [KeyUsage::DecipherOnly]);
    }
}
