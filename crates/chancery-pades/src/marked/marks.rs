//! What is to be marked, and where.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use chancery_ades::{Finding, Report, Severity};
use chancery_drawing::Colour;

/// So many findings are drawn and told; a report on a hostile file can have as many as the file has objects.
const MOST_MARKS: usize = 1_000;

/// Something that was found, with its number in the picture.
pub(super) struct Mark<'r> {
    pub(super) number: usize,
    pub(super) finding: &'r Finding,
    drawn: Drawn,
}

/// What became of a mark on its page.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Drawn {
    /// Its page is not there, or it cannot be drawn.
    Not,
    /// The page shows it.
    Seen,
}

/// What is to be marked: each finding once, those on pages first, the worst before the others.
pub(super) struct Marks<'r> {
    marks: Vec<Mark<'r>>,
    left_out: usize,
}

impl<'r> Marks<'r> {
    /// The findings of a report, and where its signatures are shown.
    pub(super) fn of(report: &'r Report, shown: &'r [Finding]) -> Self {
        // Each signature of a document says what came later.
        let mut seen = HashSet::new();
        let mut found: Vec<&Finding> = shown
            .iter()
            .chain(report.all_findings())
            .filter(|finding| finding.page().is_some() || finding.severity > Severity::Information)
            .filter(|finding| {
                let place = finding.place.as_ref().map(ToString::to_string);
                let page = finding.page().map(|page| page.to_string());
                seen.insert((finding.kind, finding.text.as_str(), place, page))
            })
            .collect();
        found.sort_by_key(|finding| (finding.page().is_none(), Reverse(finding.severity)));
        let left_out = found.len().saturating_sub(MOST_MARKS);
        let numbered = (1..).zip(found).take(MOST_MARKS);
        let marks = numbered.map(|(number, finding)| Mark { number, finding, drawn: Drawn::Not }).collect();
        Self { marks, left_out }
    }

    /// The marks on pages, by the number of the page.
    pub(super) fn by_page(&self) -> BTreeMap<usize, Vec<(usize, &'r Finding)>> {
        let mut pages: BTreeMap<usize, Vec<(usize, &'r Finding)>> = BTreeMap::new();
        for mark in &self.marks {
            if let Some(page) = mark.finding.page() {
                pages.entry(page.number()).or_default().push((mark.number, mark.finding));
            }
        }
        pages
    }

    /// Notes what became of the marks of a page, in their order.
    pub(super) fn drawn(&mut self, page: usize, drawn: Vec<Drawn>) {
        let here = |mark: &&mut Mark<'_>| mark.finding.page().is_some_and(|area| area.number() == page);
        for (mark, drawn) in self.marks.iter_mut().filter(here).zip(drawn) {
            mark.drawn = drawn;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Mark<'r>> {
        self.marks.iter()
    }

    /// How many there are more than are told.
    pub(super) const fn left_out(&self) -> usize {
        self.left_out
    }
}

impl Mark<'_> {
    /// Whether it is on a page, but could not be drawn there.
    pub(super) fn is_missing(&self) -> bool {
        self.finding.page().is_some() && self.drawn == Drawn::Not
    }
}

/// Dark enough for white letters on them.
pub(super) const fn colour(severity: Severity) -> Colour {
    match severity {
        Severity::Error => Colour { red: 196, green: 22, blue: 28 },
        Severity::Warning => Colour { red: 190, green: 88, blue: 0 },
        Severity::Information => Colour { red: 20, green: 92, blue: 170 },
    }
}
