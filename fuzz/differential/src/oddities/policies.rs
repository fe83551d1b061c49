//! Certificate policies, mappings and constraints, and what the relying party asks of them.

use crate::generate::Plan;
use crate::make::Ext;
use crate::random::Random;
use crate::values::*;

const NAMED: [&str; 3] = ["1.3.6.1.4.1.99999.10.1", "1.3.6.1.4.1.99999.10.2", "1.3.6.1.4.1.99999.10.3"];
const ALL: [&str; 4] = [NAMED[0], NAMED[1], NAMED[2], ANY_POLICY];

/// Every authority and the target get some policies; some get mappings and constraints.
pub fn policies(plan: &mut Plan, random: &mut Random) {
    plan.is("policies");
    for at in 1..plan.specs.len() {
        let authority = at + 1 < plan.specs.len();
        let some = random.some(&ALL, 50);
        if some.is_empty() || random.percent(8) {
            continue;
        }
        plan.specs[at].set(Ext(POLICIES, random.percent(30), crate::values::policies(&some)));
        if authority && random.percent(35) {
            let pairs: Vec<_> =
                (0..1 + random.below(3)).map(|_| (random.one(&NAMED), random.one(&NAMED))).collect();
            plan.is("policy mappings");
            plan.specs[at].set(Ext(MAPPINGS, random.percent(70), mappings(&pairs)));
        } else if authority && random.percent(4) {
            plan.is("mapping of anyPolicy");
            let pair = random.one(&[(ANY_POLICY, NAMED[0]), (NAMED[0], ANY_POLICY)]);
            plan.specs[at].set(Ext(MAPPINGS, true, mappings(&[pair])));
        }
        if authority && random.percent(25) {
            let skip = |random: &mut Random| {
                random.percent(60).then(|| u8::try_from(random.below(3)).expect("small"))
            };
            let (require, inhibit) = (skip(random), skip(random));
            if require.is_none() && inhibit.is_none() {
                plan.is("empty policy constraints");
            }
            plan.is("policy constraints");
            plan.specs[at].set(Ext(POLICY_CONSTRAINTS, true, policy_constraints(require, inhibit)));
        }
        if authority && random.percent(20) {
            plan.is("inhibit anyPolicy");
            let skip = u8::try_from(random.below(3)).expect("small");
            plan.specs[at].set(Ext(INHIBIT_ANY, true, chancery_certificate::asn1::integer(&[skip])));
        }
    }
    if random.percent(3) {
        plan.is("a policy twice");
        plan.target().set(Ext(POLICIES, false, crate::values::policies(&[NAMED[0], NAMED[0]])));
    }
    let demands = &mut plan.demands;
    demands.require_policy = random.percent(50);
    demands.forbid_mapping = random.percent(15);
    demands.forbid_any_policy = random.percent(15);
    if random.percent(40) {
        demands.policies = random.some(&NAMED, 50).into_iter().map(String::from).collect();
    }
}
