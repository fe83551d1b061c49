//! The list of annotations of a page: what it gained and what it lost.

use chancery_ades::{Finding, Place};
use chancery_pdf::{Object, Reference};

use super::found::{Found, Need};
use super::judgement::Judgement;
use super::step::Step;
use crate::PadesError;

impl Step<'_, '_> {
    /// The old annotations must still be there in their order, unless they were comments; what was added must be widgets
    /// of new signatures, or comments.
    pub(super) fn judge_annotations(
        &self,
        judgement: &mut Judgement,
        number: u32,
        pages: &[u32],
        (old, new): (&[Object], &[Object]),
    ) -> Result<(), PadesError> {
        judgement.explained.insert(number);
        let Some(Gone { removed, added }) = compare(old, new) else {
            self.refuse_annotation(
                judgement,
                ("annotations-reordered", "the annotations of a page stand in another order"),
                number,
                pages,
            );
            return Ok(());
        };
        for annotation in removed {
            if !self.explain_removed(judgement, annotation, pages)? {
                let what = "an annotation that is no comment was removed from a page";
                self.refuse_annotation(judgement, ("annotation-removed", what), number, pages);
            }
        }
        for annotation in added {
            let widget: Option<Reference> = annotation.as_reference();
            if let Some(widget) = widget.filter(|widget| judgement.new_widgets.contains(widget)) {
                // That it is more than one is enough to know.
                let placed = judgement.placed.entry(widget.number).or_default();
                placed.extend(pages.iter().take(2_usize.saturating_sub(placed.len())));
            } else if let Err(why) = self.explain_comment(judgement, annotation, pages)? {
                let text = format!("an annotation was laid over a page, {why}");
                let number = annotation.as_reference().map_or(number, |annotation| annotation.number);
                self.refuse_annotation(judgement, ("annotation-added", &text), number, pages);
            }
        }
        Ok(())
    }

    fn refuse_annotation(
        &self,
        judgement: &mut Judgement,
        (kind, text): (&'static str, &str),
        number: u32,
        pages: &[u32],
    ) {
        let area = pages.first().and_then(|page| self.pages.area(*page, None));
        let finding = Finding::warning(kind, text).at(Place::Object(number)).on_page(area);
        judgement.found.push(Found { need: Need::Unexplained, field: None, finding });
    }
}

/// What a list lost and gained.
struct Gone<'l> {
    removed: Vec<&'l Object>,
    added: Vec<&'l Object>,
}

/// Compares two lists, in which what stays keeps its order; `None` if it does not.
fn compare<'l>(old: &'l [Object], new: &'l [Object]) -> Option<Gone<'l>> {
    let number = |object: &Object| object.as_reference();
    let after: std::collections::HashSet<Reference> = new.iter().filter_map(number).collect();
    let before: std::collections::HashSet<Reference> = old.iter().filter_map(number).collect();
    let stays = |one: &&Object| {
        number(one).is_some_and(|one| after.contains(&one)) || (number(one).is_none() && new.contains(one))
    };
    let was_there = |one: &&Object| {
        number(one).is_some_and(|one| before.contains(&one)) || (number(one).is_none() && old.contains(one))
    };
    let (kept_before, removed): (Vec<&Object>, Vec<&Object>) = old.iter().partition(stays);
    let (kept_after, added): (Vec<&Object>, Vec<&Object>) = new.iter().partition(was_there);
    (kept_before == kept_after).then_some(Gone { removed, added })
}
