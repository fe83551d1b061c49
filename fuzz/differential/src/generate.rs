//! Chains from a seed: a plain one, and up to three oddities on it.

use crate::case::{Case, Demands, Use};
use crate::make::{Ext, KEY_COUNT, Spec, key_identifier};
use crate::random::Random;
use crate::values::*;
use crate::{oddities, revocation};
use chancery_certificate::asn1::tag;

/// 2026-06-01T00:00:00Z.
pub const MOMENT: i64 = 1_780_272_000;
pub const DAY: i64 = 86_400;

/// A chain to be: the anchor first, the target last.
pub struct Plan {
    pub specs: Vec<Spec>,
    pub strays: Vec<Spec>,
    pub lists: Vec<Vec<u8>>,
    pub demands: Demands,
    pub traits: Vec<&'static str>,
}

impl Plan {
    /// Where an authority below the anchor stands, if there is one.
    pub fn intermediate(&self, random: &mut Random) -> Option<usize> {
        let count = self.specs.len() - 2;
        (count > 0).then(|| 1 + random.below(count))
    }

    /// Where any certificate below the anchor stands.
    pub fn below_anchor(&self, random: &mut Random) -> usize {
        1 + random.below(self.specs.len() - 1)
    }

    pub fn target(&mut self) -> &mut Spec {
        self.specs.last_mut().expect("a plan has a target")
    }

    pub fn is(&mut self, what: &'static str) {
        if !self.traits.contains(&what) {
            self.traits.push(what);
        }
    }
}

/// The chain of this number.
pub fn chain(seed: u64, number: u64) -> Case {
    let mut random = Random::of(seed, number);
    let random = &mut random;
    let mut plan = plain(random);
    let count = random.one(&[0, 1, 1, 1, 2, 2, 3]);
    for _ in 0..count {
        oddities::ALL[random.below(oddities::ALL.len())](&mut plan, random);
    }
    if random.percent(25) {
        revocation::add_lists(&mut plan, random);
    }
    versions(&mut plan);
    let mut ders = plan.specs.iter().map(Spec::der);
    let anchor = ders.next().expect("the anchor");
    let target = ders.next_back().expect("the target");
    let path = ders.collect();
    Case {
        id: format!("{seed}/{number}"),
        anchor,
        path,
        strays: plan.strays.iter().map(Spec::der).collect(),
        target,
        crls: plan.lists,
        demands: plan.demands,
        at: MOMENT,
        traits: plan.traits,
        expected: None,
    }
}

/// What version 1 has come to, after all oddities.
fn versions(plan: &mut Plan) {
    for at in 0..plan.specs.len() {
        let spec = &plan.specs[at];
        let place = match at {
            0 => "anchor of version 1",
            at if at + 1 == plan.specs.len() => "target of version 1",
            _ => "authority of version 1",
        };
        let (old, extended) = (spec.version == 1, !spec.extensions.is_empty());
        if old {
            plan.is(place);
        }
        if old && extended {
            plan.is("extensions without version 3");
        }
    }
}

/// An anchor, up to four authorities, and somebody who signs: all as RFC 5280 likes it.
fn plain(random: &mut Random) -> Plan {
    let depth = 1 + random.below(5);
    let keys: Vec<usize> = (0..=depth).map(|_| random.below(KEY_COUNT)).collect();
    let names: Vec<_> = (0..=depth).map(|at| subject(at, depth)).collect();
    let spec = |at: usize| {
        let above = at.saturating_sub(1);
        let authority = at < depth;
        let usage = if authority { SIGN_CERTIFICATES_AND_LISTS } else { SIGN_DATA };
        let mut extensions = vec![
            Ext(SUBJECT_KEY, false, chancery_certificate::asn1::octet_string(&key_identifier(keys[at]))),
            Ext(AUTHORITY_KEY, false, authority_key(&key_identifier(keys[above]))),
            Ext(KEY_USAGE, true, key_usage(usage)),
        ];
        if authority {
            extensions.push(Ext(BASIC_CONSTRAINTS, true, basic_constraints(true, None)));
        }
        Spec {
            version: 3,
            serial: vec![1 + u8::try_from(at).expect("few"), 0x42],
            issuer: names[above].clone(),
            subject: names[at].clone(),
            not_before: MOMENT - 400 * DAY,
            not_after: MOMENT + 400 * DAY,
            key: keys[at],
            signer: keys[above],
            damaged: false,
            extensions,
        }
    };
    let demands = Demands {
        purpose: random.one(&[Use::Any, Use::Any, Use::Any, Use::ClientAuthentication, Use::Email]),
        ..Demands::default()
    };
    Plan {
        specs: (0..=depth).map(spec).collect(),
        strays: Vec::new(),
        lists: Vec::new(),
        demands,
        traits: Vec::new(),
    }
}

fn subject(at: usize, depth: usize) -> Vec<u8> {
    let common = if at == depth { "Alice".into() } else { format!("Authority {at}") };
    name(&[
        Part(COUNTRY, tag::PRINTABLE_STRING, "EE".into()),
        Part(ORGANIZATION, tag::UTF8_STRING, "Oracle".into()),
        Part(COMMON_NAME, tag::UTF8_STRING, common),
    ])
}
