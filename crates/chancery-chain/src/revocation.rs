//! What CRLs and OCSP answers together say of one certificate at a moment.

use crate::answers::{self, Answers, Context};
use crate::build::{Question, Work};
use crate::lists::{self, ListSigners, Lists};
use crate::settings::RevocationPolicy;
use crate::statement::{self, Answer, Moment};

/// All revocation evidence at hand.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    pub(crate) lists: Lists<'a>,
    pub(crate) answers: Answers<'a>,
}

/// Asks everything that is known.
pub(crate) fn ask(
    question: Question<'_>,
    known: &Known<'_>,
    signers: &dyn ListSigners,
    policy: RevocationPolicy,
    moment: Moment,
    work: &mut Work,
) -> Answer {
    let mut because = Vec::new();
    let context = Context { lists: &known.lists, signers, policy, moment };
    let mut statements = answers::statements(question, &known.answers, context, work, &mut because);
    statements.extend(lists::statements(question, &known.lists, signers, moment, work, &mut because));
    statement::conclude(statements, because)
}
