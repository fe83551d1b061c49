//! What people do: commands, uses, approvals, and time that passes. Numbers are taken modulo what there is.

use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Account {
        by: u8,
        act: u8,
        whom: u8,
        domain: u8,
        hours: i64,
    },
    DeskValidates {
        whom: u8,
        hours: i64,
    },
    Appoint {
        whom: u8,
        letter: u8,
    },
    Seals {
        by: u8,
        act: u8,
        of: Of,
        whom: u8,
        classes: u8,
        from: i64,
        hours: i64,
        conditions: u8,
    },
    Code {
        whom: u8,
    },
    Token {
        by: u8,
        act: u8,
        seal: u8,
        classes: u8,
        token: u8,
        hours: Option<i64>,
    },
    Approve {
        by: u8,
        whom: u8,
        wish: What,
        proofs: u8,
    },
    Use(Box<Use>),
    /// The last use once more, under the same key.
    Again {
        mood: u8,
        approver: Option<u8>,
    },
    Times {
        count: u64,
        receipt: u8,
    },
    Refund {
        key: u8,
    },
    Recover,
    Wait {
        minutes: i64,
    },
    /// To a minute before the short-lived certificate ends.
    NearTheEnd,
}

/// Which seal, which grant.
#[derive(Copy, Clone, Debug)]
pub(super) struct Of {
    pub(super) seal: u8,
    pub(super) grant: u8,
    pub(super) certificate: u8,
}

/// What is to be sealed.
#[derive(Copy, Clone, Debug)]
pub(super) struct What {
    pub(super) seal: u8,
    pub(super) class: u8,
    pub(super) text: u8,
    pub(super) money: u8,
    pub(super) with: u8,
    pub(super) certificate: u8,
}

#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) by: u8,
    pub(super) token: Option<u8>,
    pub(super) wish: What,
    pub(super) key: u8,
    pub(super) proofs: u8,
    /// By how many seconds the clock of the node that reviews is behind.
    pub(super) behind: i64,
    /// How many minutes ago the chain was verified.
    pub(super) chain_age: i64,
    /// What the key does.
    pub(super) mood: u8,
    /// Who tries to approve it before.
    pub(super) approver: Option<u8>,
    /// What happens between review and use.
    pub(super) changes: Option<Step>,
}

/// Mostly that one, sometimes anybody.
fn mostly(n: u8) -> impl Strategy<Value = u8> {
    prop_oneof![4 => Just(n), 1 => any::<u8>()]
}

/// Mostly those who have grants to begin with: Bob, Carol, Selma.
fn user() -> impl Strategy<Value = u8> {
    prop_oneof![4 => Just(2_u8), 2 => Just(3), 2 => Just(1), 1 => any::<u8>()]
}

/// Mostly the seal that everybody begins with.
fn seal() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(0_u8), 1 => 1..4_u8]
}

fn wish() -> impl Strategy<Value = What> {
    let class = prop_oneof![4 => Just(0_u8), 1 => 1..3_u8];
    let money = prop_oneof![3 => Just(2_u8), 2 => 0..5_u8];
    let with = prop_oneof![3 => Just(1_u8), 2 => 0..3_u8];
    let certificate = prop_oneof![12 => Just(0_u8), 2 => Just(1), 1 => 2..4_u8];
    (seal(), class, 0..2_u8, money, with, certificate).prop_map(
        |(seal, class, text, money, with, certificate)| What { seal, class, text, money, with, certificate },
    )
}

fn simple() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    let proofs = || prop_oneof![5 => Just(0_u8), 1 => 1..5_u8];
    // Taking in and validating is done more often than removing and ending.
    let act = prop_oneof![3 => prop::sample::select(vec![0_u8, 4, 7, 8, 10]), 1 => 0..14_u8];
    let minutes = prop_oneof![2 => 0..9_i64, 1 => 0..(30 * 60_i64), 1 => (0..60_i64).prop_map(|h| h * 60)];
    prop_oneof![
        5 => (mostly(0), act, n(), n(), 1..400_i64)
            .prop_map(|(by, act, whom, domain, hours)| Step::Account { by, act, whom, domain, hours }),
        1 => (n(), 1..400_i64).prop_map(|(whom, hours)| Step::DeskValidates { whom, hours }),
        1 => (n(), 0..6_u8).prop_map(|(whom, letter)| Step::Appoint { whom, letter }),
        12 => ((mostly(1), 0..13_u8, user(), 1..8_u8), (seal(), n(), n()), (-30..5_i64, 1..300_i64, n())).prop_map(
            |((by, act, whom, classes), (seal, grant, certificate), (from, hours, conditions))| {
                let of = Of { seal, grant, certificate };
                Step::Seals { by, act, of, whom, classes, from, hours, conditions }
            }
        ),
        1 => n().prop_map(|whom| Step::Code { whom }),
        2 => (user(), 0..3_u8, seal(), 1..8_u8, n(), prop::option::of(1..40_i64)).prop_map(
            |(by, act, seal, classes, token, hours)| Step::Token { by, act, seal, classes, token, hours }
        ),
        5 => (user(), user(), wish(), proofs())
            .prop_map(|(by, whom, wish, proofs)| Step::Approve { by, whom, wish, proofs }),
        1 => (0..3_u64, 0..9_u8).prop_map(|(count, receipt)| Step::Times { count, receipt }),
        1 => n().prop_map(|key| Step::Refund { key }),
        1 => Just(Step::Recover),
        3 => minutes.prop_map(|minutes| Step::Wait { minutes }),
        1 => Just(Step::NearTheEnd),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    let token = prop::option::weighted(0.2, n());
    let proofs = prop_oneof![8 => Just(0_u8), 1 => 1..5_u8];
    let behind = prop_oneof![12 => Just(0_i64), 1 => Just(30), 1 => Just(61), 1 => Just(600)];
    let chain_age = prop_oneof![8 => 0..5_i64, 1 => 5..8_i64];
    let approver = prop::option::weighted(0.4, user());
    let changes = prop::option::weighted(0.3, simple());
    prop_oneof![
        5 => simple(),
        1 => (0..8_u8, prop::option::of(user())).prop_map(|(mood, approver)| Step::Again { mood, approver }),
        4 => ((user(), token, wish(), 0..20_u8, proofs), (behind, chain_age, 0..8_u8, changes), approver).prop_map(
            |((by, token, wish, key, proofs), (behind, chain_age, mood, changes), approver)| {
                let one = Use { by, token, wish, key, proofs, behind, chain_age, mood, changes, approver };
                Step::Use(Box::new(one))
            }
        ),
    ]
}
