//! What CRLs and OCSP answers together say of one certificate at a moment.

use crate::path::budget::Exhausted;
use crate::path::build::{Question, Work};
use crate::revocation::answers;
use crate::revocation::doubt;
use crate::revocation::few;
use crate::revocation::lists;
use crate::revocation::responders::Context;
use crate::revocation::statement::{Answer, Said, Silence, View};

/// Asks everything that is known.
pub(crate) fn ask(
    question: Question<'_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Answer, Exhausted> {
    let Context { policy, moment, .. } = context;
    if let Some(said) = few::gather(question, context, work)
        && let answer @ (Answer::Good(_) | Answer::Revoked { .. }) =
            doubt::conclude(said.statements, said.because, moment.at, policy)
    {
        return Ok(answer);
    }
    let before = work.budget.refusals();
    let Said { statements, because } = gather(question, context, work)?;
    match doubt::conclude(statements, because, moment.at, policy) {
        // With more work it might be known.
        Answer::Unknown(because) => work.budget.refused_since(before).map(|()| Answer::Unknown(because)),
        known => Ok(known),
    }
}

/// What everything that is known says.
///
/// Whoever sends much evidence must not be able to keep the piece that names a revocation from being looked at, nor to
/// make a good certificate unknown by pieces that nobody signed. So what a piece says is read before its signature is
/// checked. All that name the certificate as revoked are judged, or there is no answer; of the others, the newest
/// first, only as many as are needed, and when they are not found before the budget is at its end, that is said.
pub(crate) fn gather(
    question: Question<'_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Said, Exhausted> {
    let Context { known, signers, moment, .. } = context;
    let mut because = Vec::new();
    known.look_at_all()?;
    let (answers, lists) = (known.answers(), known.lists());
    let answers = answers::candidates(question, &answers, moment, &mut because);
    let lists = lists::candidates(question, &lists, signers, moment, work, &mut because);

    let mut statements = answers::claims(question, &answers, context, work, &mut because)?;
    let mut judged = lists::claims(question, &lists, signers, moment, work, &mut because)?;
    let mut wanted = Silence::OfAll;
    // Where there is no revocation the newest is told, and what is older changes nothing: so a newer list comes before
    // the answers, and what is not newer than the first that says enough is not judged. In retrospect what lasts longest
    // is told, which depends on who signed it.
    let settles = |dates| Silence::OfOne { newer_than: Some(dates).filter(|_| moment.view == View::AsKnown) };
    let mut lists_first = false;
    if statements.is_empty() && judged.is_empty() {
        wanted = Silence::OfOne { newer_than: None };
        lists_first =
            moment.view == View::AsKnown && lists.newest(question, moment) > answers.newest(question, moment);
    }
    if lists_first {
        let found =
            lists::silent(question, &lists.silent, wanted, signers, moment, work, &mut because, &mut judged);
        let wanted = found.map_or(wanted, settles);
        answers::silent(question, &answers, wanted, context, work, &mut because, &mut statements);
    } else {
        let found = answers::silent(question, &answers, wanted, context, work, &mut because, &mut statements);
        let wanted = found.map_or(wanted, settles);
        lists::silent(question, &lists.silent, wanted, signers, moment, work, &mut because, &mut judged);
    }

    let beside = &statements;
    let listed = lists::told(question, &lists, wanted, beside, signers, moment, work, &mut because, judged);
    statements.extend(listed);
    Ok(Said { statements, because })
}
