//! Lists of revoked certificates for a chain.

use crate::generate::{DAY, MOMENT, Plan};
use crate::make::{Ext, List, key_identifier};
use crate::random::Random;
use crate::values::*;
use chancery_certificate::asn1;

/// A complete list by every issuer of the chain; sometimes one is odd, sometimes somebody is on it.
pub fn add_lists(plan: &mut Plan, random: &mut Random) {
    plan.demands.revocation = true;
    plan.is("lists");
    let odd = random.percent(50).then(|| random.below(plan.specs.len() - 1));
    for at in 0..plan.specs.len() - 1 {
        let (issuer, below) = (plan.specs[at].clone(), plan.specs[at + 1].clone());
        let mut list = List {
            issuer: issuer.subject.clone(),
            this_update: MOMENT - 2 * DAY,
            next_update: MOMENT + 5 * DAY,
            revoked: vec![(vec![0x7f, 0x01], MOMENT - 30 * DAY)],
            extensions: vec![
                Ext(AUTHORITY_KEY, false, authority_key(&key_identifier(issuer.key))),
                Ext(CRL_NUMBER, false, asn1::integer(&[7])),
            ],
            signer: issuer.key,
            damaged: false,
        };
        if odd == Some(at) {
            match random.below(9) {
                0 | 1 => {
                    list.revoked.push((below.serial.clone(), MOMENT - 3 * DAY));
                    plan.is("revoked");
                }
                2 => {
                    // After the moment, on a list from before it: issuers announce, and the certificate is good until then.
                    list.revoked.push((below.serial.clone(), MOMENT + DAY));
                    plan.is("revoked later");
                }
                3 => {
                    list.next_update = MOMENT - DAY;
                    plan.is("list is over");
                }
                4 => {
                    list.this_update = MOMENT + DAY;
                    plan.is("list of the future");
                }
                5 => {
                    list.damaged = true;
                    plan.is("list is forged");
                }
                6 => {
                    plan.specs[at].set(Ext(KEY_USAGE, true, key_usage(SIGN_CERTIFICATES)));
                    plan.is("list without cRLSign");
                }
                7 => {
                    list.extensions.push(Ext(UNKNOWN, true, asn1::null()));
                    plan.is("list with an unknown critical extension");
                }
                _ => {
                    plan.is("list is missing");
                    continue;
                }
            }
        }
        plan.lists.push(list.der());
    }
}
