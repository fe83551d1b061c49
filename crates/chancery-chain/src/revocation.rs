//! What CRLs and OCSP answers together say of one certificate at a moment.

use crate::answers::{self, Answers, Context};
use crate::budget::Exhausted;
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

/// Asks everything that is known; an answer only when all of it could be judged. Whoever sends much evidence must not
/// be able to keep the piece that names a revocation from being looked at.
pub(crate) fn ask(
    question: Question<'_>,
    known: &Known<'_>,
    signers: &dyn ListSigners,
    policy: RevocationPolicy,
    moment: Moment,
    work: &mut Work,
) -> Result<Answer, Exhausted> {
    let before = work.budget.refusals();
    let mut because = Vec::new();
    let context = Context { lists: &known.lists, signers, policy, moment };
    let mut statements = answers::statements(question, &known.answers, context, work, &mut because);
    work.budget.refused_since(before)?;
    statements.extend(lists::statements(question, &known.lists, signers, moment, work, &mut because));
    work.budget.refused_since(before)?;
    Ok(statement::conclude(statements, because, moment.at))
}
