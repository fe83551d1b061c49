//! Names and the values of extensions, as DER.

use chancery_certificate::asn1::{self, tag};
use const_oid::ObjectIdentifier as Oid;

pub const SUBJECT_KEY: Oid = Oid::new_unwrap("2.5.29.14");
pub const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
pub const ALTERNATIVE_NAME: Oid = Oid::new_unwrap("2.5.29.17");
pub const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
pub const CRL_NUMBER: Oid = Oid::new_unwrap("2.5.29.20");
pub const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
pub const POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
pub const MAPPINGS: Oid = Oid::new_unwrap("2.5.29.33");
pub const AUTHORITY_KEY: Oid = Oid::new_unwrap("2.5.29.35");
pub const POLICY_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.36");
pub const EXTENDED_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
pub const INHIBIT_ANY: Oid = Oid::new_unwrap("2.5.29.54");
/// Of nobody: an arc for examples.
pub const UNKNOWN: Oid = Oid::new_unwrap("1.3.6.1.4.1.99999.1");

pub const ANY_POLICY: &str = "2.5.29.32.0";

/// Values of KeyUsage, the octets of the BIT STRING.
pub const SIGN_CERTIFICATES_AND_LISTS: &[u8] = &[1, 0x06];
pub const SIGN_CERTIFICATES: &[u8] = &[2, 0x04];
pub const SIGN_LISTS: &[u8] = &[1, 0x02];
pub const SIGN_DATA: &[u8] = &[7, 0x80];

/// One attribute: its kind, the tag and the text.
#[derive(Clone)]
pub struct Part(pub &'static str, pub u8, pub String);

pub const COUNTRY: &str = "2.5.4.6";
pub const ORGANIZATION: &str = "2.5.4.10";
pub const UNIT: &str = "2.5.4.11";
pub const COMMON_NAME: &str = "2.5.4.3";

pub fn name(parts: &[Part]) -> Vec<u8> {
    let relative = |Part(oid, tag, text): &Part| {
        let octets = if *tag == tag::BMP_STRING {
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        } else {
            text.clone().into_bytes()
        };
        asn1::set_of(vec![asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid)), &asn1::encode(*tag, &octets)])])
    };
    asn1::encode(tag::SEQUENCE, &parts.iter().flat_map(relative).collect::<Vec<_>>())
}

pub fn basic_constraints(authority: bool, path_length: Option<u8>) -> Vec<u8> {
    let authority = if authority { asn1::encode(tag::BOOLEAN, &[0xff]) } else { Vec::new() };
    asn1::sequence(&[&authority, &path_length.map(|length| asn1::integer(&[length])).unwrap_or_default()])
}

pub fn key_usage(octets: &[u8]) -> Vec<u8> {
    asn1::encode(tag::BIT_STRING, octets)
}

pub fn authority_key(identifier: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::encode(tag::primitive(0), identifier)])
}

/// With issuer and serial number of the issuer's certificate as well.
pub fn authority_key_of(identifier: &[u8], issuer: &[u8], serial: &[u8]) -> Vec<u8> {
    let names = asn1::encode(tag::constructed(1), &directory(issuer));
    asn1::sequence(&[
        &asn1::encode(tag::primitive(0), identifier),
        &names,
        &asn1::encode(tag::primitive(2), serial),
    ])
}

pub fn oids(list: &[&str]) -> Vec<u8> {
    asn1::encode(
        tag::SEQUENCE,
        &list.iter().flat_map(|oid| asn1::oid(&Oid::new_unwrap(oid))).collect::<Vec<_>>(),
    )
}

pub fn policies(list: &[&str]) -> Vec<u8> {
    let list: Vec<u8> =
        list.iter().flat_map(|oid| asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid))])).collect();
    asn1::encode(tag::SEQUENCE, &list)
}

pub fn mappings(list: &[(&str, &str)]) -> Vec<u8> {
    let pair = |(from, to): &(&str, &str)| oids(&[from, to]);
    asn1::encode(tag::SEQUENCE, &list.iter().flat_map(pair).collect::<Vec<_>>())
}

pub fn policy_constraints(require: Option<u8>, inhibit: Option<u8>) -> Vec<u8> {
    let skip = |number, value: Option<u8>| {
        value.map(|value| asn1::encode(tag::primitive(number), &[value])).unwrap_or_default()
    };
    asn1::sequence(&[&skip(0, require), &skip(1, inhibit)])
}

pub fn email(text: &str) -> Vec<u8> {
    asn1::encode(tag::primitive(1), text.as_bytes())
}

pub fn host(text: &str) -> Vec<u8> {
    asn1::encode(tag::primitive(2), text.as_bytes())
}

pub fn directory(name: &[u8]) -> Vec<u8> {
    asn1::encode(tag::constructed(4), name)
}

pub fn uri(text: &str) -> Vec<u8> {
    asn1::encode(tag::primitive(6), text.as_bytes())
}

pub fn address(octets: &[u8]) -> Vec<u8> {
    asn1::encode(tag::primitive(7), octets)
}

pub fn registered(oid: &str) -> Vec<u8> {
    asn1::encode(tag::primitive(8), Oid::new_unwrap(oid).as_bytes())
}

pub fn names(list: &[Vec<u8>]) -> Vec<u8> {
    asn1::encode(tag::SEQUENCE, &list.concat())
}

pub fn name_constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let subtrees = |number, bases: &[Vec<u8>]| {
        let list: Vec<u8> = bases.iter().flat_map(|base| asn1::sequence(&[base])).collect();
        if list.is_empty() { list } else { asn1::encode(tag::constructed(number), &list) }
    };
    asn1::sequence(&[&subtrees(0, permitted), &subtrees(1, excluded)])
}
