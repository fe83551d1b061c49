//! What can be odd about a chain. Each draws where and how; some draws change nothing.

mod names;
mod policies;

use chancery_certificate::asn1::{self, tag};

use crate::generate::{DAY, MOMENT, Plan};
use crate::make::{Ext, KEY_COUNT, key_identifier};
use crate::random::Random;
use crate::values::*;

pub type Oddity = fn(&mut Plan, &mut Random);

/// Names and policies have the most rules, so they come up most often.
pub const ALL: &[Oddity] = &[
    validity,
    authority,
    path_length,
    usage,
    extended_usage,
    extended_usage,
    critical,
    self_issued,
    signature,
    issuer_name,
    key_identifiers,
    version,
    encoding,
    serial,
    stray,
    anchor_constraints,
    names::spelling,
    names::constraints,
    names::constraints,
    names::constraints,
    names::constraints,
    policies::policies,
    policies::policies,
    policies::policies,
    policies::policies,
];

fn validity(plan: &mut Plan, random: &mut Random) {
    let at = random.below(plan.specs.len());
    plan.is(if at == 0 { "validity of the anchor" } else { "validity" });
    let spec = &mut plan.specs[at];
    let edge = match random.below(6) {
        0 | 1 => return spec.not_after = MOMENT - DAY,
        2 => return spec.not_before = MOMENT + DAY,
        3 => {
            spec.not_after = MOMENT;
            "valid until the moment"
        }
        4 => {
            spec.not_before = MOMENT;
            "valid from the moment"
        }
        _ => {
            spec.not_after = MOMENT - 1;
            "over a second ago"
        }
    };
    plan.is(edge);
}

fn authority(plan: &mut Plan, random: &mut Random) {
    let Some(at) = plan.intermediate(random) else { return };
    let value = match random.below(4) {
        0 => {
            plan.is("no basic constraints");
            return plan.specs[at].drop(BASIC_CONSTRAINTS);
        }
        1 => {
            plan.is("no authority");
            Ext(BASIC_CONSTRAINTS, true, basic_constraints(false, None))
        }
        2 => {
            plan.is("basic constraints not critical");
            Ext(BASIC_CONSTRAINTS, false, basic_constraints(true, None))
        }
        _ => {
            plan.is("path length without authority");
            Ext(BASIC_CONSTRAINTS, true, basic_constraints(false, Some(1)))
        }
    };
    plan.specs[at].set(value);
}

fn path_length(plan: &mut Plan, random: &mut Random) {
    plan.is("path length");
    for at in 1..plan.specs.len() - 1 {
        if random.percent(50) {
            let length = u8::try_from(random.below(4)).expect("small");
            plan.specs[at].set(Ext(BASIC_CONSTRAINTS, true, basic_constraints(true, Some(length))));
        }
    }
    if random.percent(15) {
        // The last certificate may be an authority's as well.
        plan.is("target is an authority");
        plan.target().set(Ext(BASIC_CONSTRAINTS, true, basic_constraints(true, None)));
        plan.target().set(Ext(KEY_USAGE, true, key_usage(SIGN_CERTIFICATES_AND_LISTS)));
    }
}

fn usage(plan: &mut Plan, random: &mut Random) {
    let at = random.below(plan.specs.len());
    let authority = at + 1 < plan.specs.len();
    match (random.below(3), authority) {
        (0, _) => {
            plan.is("no key usage");
            plan.specs[at].drop(KEY_USAGE)
        }
        (1, true) => {
            plan.is(if at == 0 { "anchor without keyCertSign" } else { "without keyCertSign" });
            plan.specs[at].set(Ext(KEY_USAGE, true, key_usage(SIGN_LISTS)));
        }
        (1, false) => {
            plan.is("target without digitalSignature");
            plan.specs[at].set(Ext(KEY_USAGE, true, key_usage(&[5, 0x20])))
        }
        _ => {
            plan.is("key usage not critical");
            let value = if authority { SIGN_CERTIFICATES_AND_LISTS } else { SIGN_DATA };
            plan.specs[at].set(Ext(KEY_USAGE, false, key_usage(value)));
        }
    }
}

fn extended_usage(plan: &mut Plan, random: &mut Random) {
    // clientAuth, emailProtection, documentSigning, anyExtendedKeyUsage, and one of nobody.
    let usages = [
        "1.3.6.1.5.5.7.3.2",
        "1.3.6.1.5.5.7.3.4",
        "1.3.6.1.5.5.7.3.36",
        "2.5.29.37.0",
        "1.3.6.1.4.1.99999.2",
    ];
    plan.is("extended key usage");
    for at in 1..plan.specs.len() {
        if random.percent(60) {
            let some = random.some(&usages, 45);
            if !some.is_empty() {
                if some.contains(&usages[3]) {
                    plan.is(if at + 1 == plan.specs.len() {
                        "any usage in the target"
                    } else {
                        "any usage in an authority"
                    });
                }
                plan.specs[at].set(Ext(EXTENDED_USAGE, random.percent(20), oids(&some)));
            }
        }
    }
}

fn critical(plan: &mut Plan, random: &mut Random) {
    let at = random.below(plan.specs.len());
    match random.below(5) {
        0 => {
            plan.is("unknown extension");
            plan.specs[at].set(Ext(UNKNOWN, false, asn1::null()))
        }
        1 => {
            plan.is("critical key identifier");
            let identifier = key_identifier(plan.specs[at].key);
            plan.specs[at].set(Ext(SUBJECT_KEY, true, asn1::octet_string(&identifier)));
        }
        _ => {
            plan.is(if at == 0 {
                "unknown critical extension in the anchor"
            } else {
                "unknown critical extension"
            });
            plan.specs[at].set(Ext(UNKNOWN, true, asn1::null()));
        }
    }
}

/// An authority certifies a new key of its own (RFC 5280 §6.1: self-issued certificates do not count).
fn self_issued(plan: &mut Plan, random: &mut Random) {
    if plan.specs.len() > 6 {
        return;
    }
    let at = random.below(plan.specs.len() - 1);
    plan.is("self-issued");
    let mut roll = plan.specs[at].clone();
    roll.signer = plan.specs[at].key;
    roll.issuer = plan.specs[at].subject.clone();
    // Never the same key: a certificate of itself is another matter.
    roll.key = (roll.signer + 1 + random.below(KEY_COUNT - 1)) % KEY_COUNT;
    roll.serial = vec![0x51, u8::try_from(at).expect("few")];
    roll.set(Ext(SUBJECT_KEY, false, asn1::octet_string(&key_identifier(roll.key))));
    roll.set(Ext(AUTHORITY_KEY, false, authority_key(&key_identifier(roll.signer))));
    plan.specs[at + 1].signer = roll.key;
    let next = authority_key(&key_identifier(roll.key));
    plan.specs[at + 1].set(Ext(AUTHORITY_KEY, false, next));
    plan.specs.insert(at + 1, roll);
}

fn signature(plan: &mut Plan, random: &mut Random) {
    let at = plan.below_anchor(random);
    if random.percent(50) {
        plan.is("damaged signature");
        plan.specs[at].damaged = true;
    } else {
        plan.is("signature of another key");
        plan.specs[at].signer = (plan.specs[at].signer + 1) % KEY_COUNT;
    }
}

fn issuer_name(plan: &mut Plan, random: &mut Random) {
    let at = plan.below_anchor(random);
    plan.is("another issuer");
    plan.specs[at].issuer = name(&[Part(COMMON_NAME, tag::UTF8_STRING, "Nobody".into())]);
}

fn key_identifiers(plan: &mut Plan, random: &mut Random) {
    let at = plan.below_anchor(random);
    match random.below(5) {
        0 => {
            plan.is("wrong key identifier of the issuer");
            plan.specs[at].set(Ext(AUTHORITY_KEY, false, authority_key(&[7; 20])))
        }
        1 => {
            plan.is("wrong serial number of the issuer");
            let above = plan.specs[at - 1].clone();
            let value = authority_key_of(&key_identifier(above.key), &above.issuer, &[0x11]);
            plan.specs[at].set(Ext(AUTHORITY_KEY, false, value));
        }
        2 => {
            plan.is("serial number of the issuer");
            let above = plan.specs[at - 1].clone();
            let value = authority_key_of(&key_identifier(above.key), &above.issuer, &above.serial);
            plan.specs[at].set(Ext(AUTHORITY_KEY, false, value));
        }
        3 => {
            plan.is("no key identifier of the issuer");
            plan.specs[at].drop(AUTHORITY_KEY)
        }
        _ => {
            plan.is("no key identifier of the subject");
            plan.specs[at - 1].drop(SUBJECT_KEY)
        }
    }
}

fn version(plan: &mut Plan, random: &mut Random) {
    let at = random.below(plan.specs.len());
    plan.specs[at].version = 1;
    plan.specs[at].extensions.clear();
}

fn encoding(plan: &mut Plan, random: &mut Random) {
    let at = plan.below_anchor(random);
    match random.below(5) {
        0 => {
            let Some(again) = plan.specs[at].extensions.first().cloned() else { return };
            plan.is("an extension twice");
            plan.specs[at].extensions.push(again);
        }
        1 => {
            plan.is("extension that cannot be read");
            plan.specs[at].set(Ext(BASIC_CONSTRAINTS, true, vec![0x30, 0x03, 0x01]))
        }
        2 => plan.specs[at].version = 1,
        3 => {
            plan.is("empty extended key usage");
            plan.specs[at].set(Ext(EXTENDED_USAGE, false, oids(&[])))
        }
        _ => {
            plan.is("key usage without bits");
            plan.specs[at].set(Ext(KEY_USAGE, true, key_usage(&[0])))
        }
    }
}

fn serial(plan: &mut Plan, random: &mut Random) {
    let at = plan.below_anchor(random);
    plan.is("odd serial number");
    plan.specs[at].serial =
        random.one(&[vec![0], vec![0x80, 1], vec![0x11; 20], vec![0x11; 21], vec![0x11; 40]]);
}

/// Another certificate with the name of an authority: expired, of another key, or no authority.
fn stray(plan: &mut Plan, random: &mut Random) {
    let Some(at) = plan.intermediate(random) else { return };
    plan.is("stray");
    let mut stray = plan.specs[at].clone();
    stray.serial = vec![0x66];
    match random.below(3) {
        0 => stray.not_after = MOMENT - DAY,
        1 => {
            stray.key = (stray.key + 1) % KEY_COUNT;
            stray.set(Ext(SUBJECT_KEY, false, asn1::octet_string(&key_identifier(stray.key))));
        }
        _ => stray.set(Ext(BASIC_CONSTRAINTS, true, basic_constraints(false, None))),
    }
    plan.strays.push(stray);
}

fn anchor_constraints(plan: &mut Plan, random: &mut Random) {
    plan.is("constraints of the anchor");
    let anchor = &mut plan.specs[0];
    if random.percent(50) {
        let length = u8::try_from(random.below(3)).expect("small");
        anchor.set(Ext(BASIC_CONSTRAINTS, true, basic_constraints(true, Some(length))));
    } else {
        let base = if random.percent(50) { "EE" } else { "FI" };
        let base = directory(&name(&[Part(COUNTRY, tag::PRINTABLE_STRING, base.into())]));
        anchor.set(Ext(NAME_CONSTRAINTS, true, name_constraints(&[base], &[])));
    }
}
