//! The pieces of DER that certificates, lists and answers share.

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{KeyUsage, Name};
use chancery_digest::{AnyDigest, LegacyDigest};
use chancery_key::{SignatureAlgorithm, SoftwareKey, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;

use crate::extension::{Criticality, TestExtension};
use crate::oid;

/// `C=EE, O=Chancery Test, CN=…`.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let attribute = |kind: &Oid, tag, text: &str| {
        asn1::set_of(vec![asn1::sequence(&[&asn1::oid(kind), &asn1::encode(tag, text.as_bytes())])])
    };
    asn1::sequence(&[
        &attribute(&oid::COUNTRY, tag::PRINTABLE_STRING, "EE"),
        &attribute(&oid::ORGANIZATION, tag::UTF8_STRING, "Chancery Test"),
        &attribute(&oid::COMMON_NAME, tag::UTF8_STRING, common_name),
    ])
}

/// ```asn1
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
pub(crate) fn extension(extension: &TestExtension) -> Vec<u8> {
    let critical = match extension.criticality {
        Criticality::Critical => asn1::encode(tag::BOOLEAN, &[0xff]),
        Criticality::Plain => Vec::new(),
    };
    asn1::sequence(&[&asn1::oid(&extension.oid), &critical, &asn1::octet_string(&extension.value)])
}

/// A SEQUENCE OF Extension in an explicit tag; nothing if there is none.
pub(crate) fn extensions(number: u8, list: &[TestExtension]) -> Vec<u8> {
    if list.is_empty() {
        return Vec::new();
    }
    let list: Vec<u8> = list.iter().flat_map(extension).collect();
    asn1::encode(tag::constructed(number), &asn1::encode(tag::SEQUENCE, &list))
}

/// ```asn1
/// KeyUsage ::= BIT STRING
/// ```
/// Named bits: zeros at the end are left out (X.690 §11.2.2).
pub(crate) fn key_usage(usages: &[KeyUsage]) -> Vec<u8> {
    let bits = usages.iter().fold(0_u16, |bits, usage| bits | 0x8000 >> (*usage as u16));
    let [first, second] = bits.to_be_bytes();
    let (unused, bytes) = match (first, second) {
        (0, 0) => (0, vec![]),
        (_, 0) => (first.trailing_zeros(), vec![first]),
        _ => (second.trailing_zeros(), vec![first, second]),
    };
    let unused = u8::try_from(unused).expect("fewer than eight");
    asn1::encode(tag::BIT_STRING, &[&[unused], &bytes[..]].concat())
}

/// ```asn1
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
/// ```
pub(crate) fn authority_constraints(path_length: Option<u8>) -> Vec<u8> {
    let path_length = path_length.map(|length| asn1::integer(&[length])).unwrap_or_default();
    asn1::sequence(&[&asn1::encode(tag::BOOLEAN, &[0xff]), &path_length])
}

pub(crate) fn oids(list: &[Oid]) -> Vec<u8> {
    asn1::encode(tag::SEQUENCE, &list.iter().flat_map(asn1::oid).collect::<Vec<_>>())
}

/// GeneralName, the choice uniformResourceIdentifier `[6] IA5String`.
pub(crate) fn uri(url: &str) -> Vec<u8> {
    asn1::encode(tag::primitive(6), url.as_bytes())
}

/// One distribution point with one URL.
///
/// ```asn1
/// DistributionPoint ::= SEQUENCE { distributionPoint [0] CHOICE { fullName [0] GeneralNames, … } OPTIONAL, … }
/// ```
pub(crate) fn distribution_points(url: &str) -> Vec<u8> {
    let full_name = asn1::encode(tag::constructed(0), &uri(url));
    let point = asn1::sequence(&[&asn1::encode(tag::constructed(0), &full_name)]);
    asn1::sequence(&[&point])
}

/// ```asn1
/// AuthorityInfoAccessSyntax ::= SEQUENCE OF SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
/// ```
pub(crate) fn information_access(ocsp: &str, issuers: &str) -> Vec<u8> {
    let description = |method: &Oid, url| asn1::sequence(&[&asn1::oid(method), &uri(url)]);
    asn1::sequence(&[&description(&oid::OCSP, ocsp), &description(&oid::CA_ISSUERS, issuers)])
}

/// SHA-1 of the key's bits: method (1) of RFC 5280 §4.2.1.2. An identifier, not a proof.
pub(crate) fn key_identifier(public_key_info: &[u8]) -> Vec<u8> {
    LegacyDigest::Sha1.digest(key_bits(public_key_info)).as_bytes().to_vec()
}

/// The content of subjectPublicKey, without the count of unused bits.
pub(crate) fn key_bits(public_key_info: &[u8]) -> &[u8] {
    let read = || {
        let mut fields = asn1::Reader::new(public_key_info).expect(tag::SEQUENCE)?.reader();
        fields.expect(tag::SEQUENCE)?;
        fields.expect(tag::BIT_STRING)?.bit_string()
    };
    read().expect("a SubjectPublicKeyInfo that our own key wrote")
}

/// What certificates, lists and OCSP answers have in common: `SEQUENCE { what is signed, algorithm, signature }`,
/// and more at the end for OCSP. `inner` is told the DER of the algorithm.
pub(crate) fn signed(
    to_be_signed: &[u8],
    algorithm: SignatureAlgorithm,
    key: &SoftwareKey,
) -> (Vec<u8>, Vec<u8>) {
    let value = key
        .sign(&ToBeSigned::new(algorithm, to_be_signed.to_vec()))
        .unwrap_or_else(|error| panic!("the test key does not sign with {algorithm}: {error}"));
    (identifier(algorithm), asn1::bit_string(value.as_bytes()))
}

pub(crate) fn identifier(algorithm: SignatureAlgorithm) -> Vec<u8> {
    algorithm
        .to_algorithm_identifier()
        .unwrap_or_else(|error| panic!("no identifier for {algorithm}: {error}"))
}

/// The INTEGER of a serial number whose content octets are given as they shall stand.
pub(crate) fn serial(content: &[u8]) -> Vec<u8> {
    asn1::encode(tag::INTEGER, content)
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).expect("a label that PEM can bear")
}

pub(crate) fn parsed_name(der: &[u8]) -> Name {
    Name::from_der(der).expect("a name that we wrote ourselves")
}
