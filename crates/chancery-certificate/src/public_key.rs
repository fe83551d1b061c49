//! What can be said of a public key without using it.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::AlgorithmIdentifier;
use crate::asn1::{Asn1Error, Asn1Fault, Element, tag};

/// What kind of key a certificate holds, and how large it is. Whether the key is sound is for `chancery-key`.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PublicKeySummary {
    /// RSA, or RSA for PSS signatures only (RFC 8017; RFC 4055).
    Rsa {
        /// Bits of the modulus.
        bits: usize,
        /// The public exponent, where it fits.
        exponent: Option<u64>,
        /// Whether the certificate limits the key to PSS.
        algorithm: Oid,
    },
    /// A key on an elliptic curve with a name (RFC 5480).
    EllipticCurve {
        /// The curve.
        curve: Oid,
        /// Its name, where we know it.
        name: Option<&'static str>,
        /// Bits of the field, where we know the curve.
        bits: Option<usize>,
    },
    /// Ed25519, Ed448, X25519 or X448 (RFC 8410).
    Edwards {
        /// The name.
        name: &'static str,
        /// Bits of the field.
        bits: usize,
    },
    /// Anything else.
    Other {
        /// The algorithm.
        algorithm: Oid,
        /// Its name, where we know it.
        name: Option<&'static str>,
    },
}

impl PublicKeySummary {
    pub(crate) fn from_info(info: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(info, tag::SEQUENCE)?.reader();
        let algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let key = fields.expect(tag::BIT_STRING)?;
        fields.finish()?;
        if [RSA, RSA_PSS].contains(&algorithm.oid) {
            return Self::rsa(algorithm.oid, key.bit_string()?);
        }
        if algorithm.oid == ELLIPTIC_CURVE {
            let fault = Asn1Error { offset: key.offset, fault: Asn1Fault::Value("a key on a named curve") };
            let curve = Element::only(algorithm.parameters.ok_or(fault)?, tag::OBJECT_IDENTIFIER)?.oid()?;
            let known = CURVES.iter().find(|(oid, _, _)| *oid == curve);
            return Ok(Self::EllipticCurve {
                curve,
                name: known.map(|(_, name, _)| *name),
                bits: known.map(|(_, _, bits)| *bits),
            });
        }
        if let Some((_, name, bits)) = EDWARDS.iter().find(|(oid, _, _)| *oid == algorithm.oid) {
            return Ok(Self::Edwards { name, bits: *bits });
        }
        let name = OTHERS.iter().find(|(oid, _)| *oid == algorithm.oid).map(|(_, name)| *name);
        Ok(Self::Other { algorithm: algorithm.oid, name })
    }

    /// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
    fn rsa(algorithm: Oid, key: &[u8]) -> Result<Self, Asn1Error> {
        let mut numbers = Element::only(key, tag::SEQUENCE)?.reader();
        let modulus = numbers.expect(tag::INTEGER)?.integer()?;
        let exponent = numbers.expect(tag::INTEGER)?.small_integer().ok();
        numbers.finish()?;
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let digits = modulus.get(zeros..).unwrap_or_default();
        let first = digits.first().map_or(0, |byte| usize::try_from(byte.leading_zeros()).unwrap_or(0));
        Ok(Self::Rsa { bits: (digits.len() * 8).saturating_sub(first), exponent, algorithm })
    }
}

impl fmt::Display for PublicKeySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits, exponent, algorithm } => {
                write!(f, "RSA, {bits} bits")?;
                if let Some(exponent) = exponent {
                    write!(f, ", exponent {exponent}")?;
                }
                f.write_str(if *algorithm == RSA_PSS { ", for PSS only" } else { "" })
            }
            Self::EllipticCurve { name: Some(name), bits: Some(bits), .. } => {
                write!(f, "{name}, {bits} bits")
            }
            Self::EllipticCurve { curve, .. } => write!(f, "elliptic curve {curve}"),
            Self::Edwards { name, bits } => write!(f, "{name}, {bits} bits"),
            Self::Other { name: Some(name), .. } => f.write_str(name),
            Self::Other { algorithm, .. } => write!(f, "algorithm {algorithm}"),
        }
    }
}

const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
const ELLIPTIC_CURVE: Oid = Oid::new_unwrap("1.2.840.10045.2.1");

/// RFC 5480, 2.1.1.1; RFC 5639, 4.1; SEC 2, A.2; ANSSI FRP256v1.
const CURVES: &[(Oid, &str, usize)] = &[
    (Oid::new_unwrap("1.2.840.10045.3.1.1"), "P-192", 192),
    (Oid::new_unwrap("1.3.132.0.33"), "P-224", 224),
    (Oid::new_unwrap("1.2.840.10045.3.1.7"), "P-256", 256),
    (Oid::new_unwrap("1.3.132.0.34"), "P-384", 384),
    (Oid::new_unwrap("1.3.132.0.35"), "P-521", 521),
    (Oid::new_unwrap("1.3.132.0.10"), "secp256k1", 256),
    (Oid::new_unwrap("1.3.36.3.3.2.8.1.1.7"), "brainpoolP256r1", 256),
    (Oid::new_unwrap("1.3.36.3.3.2.8.1.1.9"), "brainpoolP320r1", 320),
    (Oid::new_unwrap("1.3.36.3.3.2.8.1.1.11"), "brainpoolP384r1", 384),
    (Oid::new_unwrap("1.3.36.3.3.2.8.1.1.13"), "brainpoolP512r1", 512),
    (Oid::new_unwrap("1.2.250.1.223.101.256.1"), "FRP256v1", 256),
];

/// RFC 8410, section 3.
const EDWARDS: &[(Oid, &str, usize)] = &[
    (Oid::new_unwrap("1.3.101.110"), "X25519", 255),
    (Oid::new_unwrap("1.3.101.111"), "X448", 448),
    (Oid::new_unwrap("1.3.101.112"), "Ed25519", 255),
    (Oid::new_unwrap("1.3.101.113"), "Ed448", 448),
];

/// RFC 3279, 2.3.2 and 2.3.3; RFC 9881, section 2.
const OTHERS: &[(Oid, &str)] = &[
    (Oid::new_unwrap("1.2.840.10040.4.1"), "DSA"),
    (Oid::new_unwrap("1.2.840.10046.2.1"), "Diffie-Hellman"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.17"), "ML-DSA-44"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.18"), "ML-DSA-65"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.19"), "ML-DSA-87"),
];
