//! Appends revisions to signed documents, of all kinds that an attacker or an honest program might, and judges them:
//!
//! `cargo run --release -p chancery-pades --example appended_revisions -- DIRECTORY COUNT [SEED]`
//!
//! DIRECTORY then holds the signed documents (`NAME.pdf`), what was appended to them (`appended.bin`), and `table.tsv`: a
//! row for each revision with its place in that file, what it changes, how it is written and covered, and our verdict
//! with its findings. `.ci/judges revisions` draws every document before and after. The seed repeats all choices; keys
//! and certificates are new each time.

#![allow(clippy::panic, reason = "a grammar that cannot be read is a fault of this program")]

mod bases;
mod changes;
mod covers;
mod draft;
#[path = "../../tests/mutations/random.rs"]
mod random;
mod written;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use bases::{Base, Done, Office};
use chancery_ades::{Indication, Report, Severity, SignatureReport};
use chancery_pdf::Document;
use changes::{Change, HARMLESS, Kind};
use covers::Cover;
use draft::Draft;
use random::Random;
use written::{Layout, written};

/// A document with what was appended to it.
struct Revised {
    base: usize,
    appended: Vec<u8>,
    changes: Vec<&'static str>,
    kind: Kind,
    layout: Layout,
    cover: Cover,
}

fn main() -> Done<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: appended_revisions DIRECTORY COUNT [SEED]")?);
    let count: usize = arguments.next().ok_or("how many revisions?")?.parse()?;
    let seed: u64 = arguments.next().map_or(Ok(random::fresh()), |seed| seed.parse())?;
    println!("seed: {seed}");
    fs::create_dir_all(&folder)?;
    let office = Office::open()?;
    let bases = bases::all(&office)?;
    for base in &bases {
        fs::write(folder.join(format!("{}.pdf", base.name)), &base.file)?;
    }
    let revised: Vec<Revised> = in_parallel(count, |number| one(&office, &bases, seed, number));
    let reports = in_parallel(revised.len(), |number| {
        let file = whole(&bases, revised.get(number)?);
        Some(told(office.judge(&file), &bases, revised.get(number)?, &office))
    });
    let mut appended = Vec::new();
    let mut table = String::from(
        "number\tbase\toffset\tlength\tkind\tchanges\tlayout\tcover\tverdict\tnew findings\tfindings\n",
    );
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (revised, (verdict, new, findings))) in revised.iter().zip(&reports).enumerate() {
        let Revised { base, appended: bytes, changes, kind, layout, cover } = revised;
        let (name, changes) = (&bases[*base].name, changes.join("+"));
        let (offset, length) = (appended.len(), bytes.len());
        writeln!(
            table,
            "{number}\t{name}\t{offset}\t{length}\t{kind:?}\t{changes}\t{layout:?}\t{cover:?}\t{verdict}\t{new}\t{findings}"
        )?;
        appended.extend_from_slice(bytes);
        *verdicts.entry(verdict).or_default() += 1;
    }
    fs::write(folder.join("appended.bin"), appended)?;
    fs::write(folder.join("table.tsv"), table)?;
    let verdicts: Vec<String> =
        verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    println!("{} revisions of {} signed documents: {}", revised.len(), bases.len(), verdicts.join(", "));
    Ok(())
}

fn in_parallel<T: Send>(count: usize, work: impl Fn(usize) -> Option<T> + Sync) -> Vec<T> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = count.div_ceil(workers).max(1);
    thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let range = (worker * part).min(count)..((worker + 1) * part).min(count);
                    range.filter_map(work).collect::<Vec<T>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}

/// A revision by its number; every change is tried as often as any other. Each is alone, with something harmless, with
/// something as bad, in revisions after one another, or within the revision of a further signature.
fn one(office: &Office, bases: &[Base], seed: u64, number: usize) -> Option<Revised> {
    let harmful = changes::harmful();
    for attempt in 0..20_u64 {
        let own = u64::try_from(number).ok()?.wrapping_mul(64).wrapping_add(attempt);
        let mut random = Random::new(seed ^ own.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let base = random.below(bases.len());
        // Every eighth is harmless through and through.
        let mut chosen: Vec<Change> = Vec::new();
        if number % 8 == 7 {
            chosen.push(*random.of(HARMLESS));
        } else {
            chosen.push(harmful[(number / 8 * 7 + number % 8) % harmful.len()]);
            if random.once_in(5) {
                chosen.push(*random.of(&harmful));
            }
        }
        for _ in 0..random.below(3) {
            let place = random.below(chosen.len() + 1);
            let further = *random.of(HARMLESS);
            // Twice in one revision the first would be left over, used by nothing.
            if chosen.iter().all(|change| change.name != further.name) {
                chosen.insert(place, further);
            }
        }
        let harmless = chosen.iter().all(|change| change.kind == Kind::Harmless);
        let layout =
            if harmless || random.once_in(2) { *random.of(&Layout::PLAIN) } else { *random.of(&Layout::ALL) };
        let cover = Cover::any(&mut random);
        if let Some(appended) = appended(office, &bases[base].file, &chosen, (layout, cover), &mut random) {
            let kind = match () {
                () if harmless => Kind::Harmless,
                () if chosen.iter().any(|change| change.kind == Kind::Told) => Kind::Told,
                () => Kind::Seen,
            };
            let changes = chosen.iter().map(|change| change.name).collect();
            return Some(Revised { base, appended, changes, kind, layout, cover });
        }
    }
    None
}

fn appended(
    office: &Office,
    base: &[u8],
    chosen: &[Change],
    (layout, cover): (Layout, Cover),
    random: &mut Random,
) -> Option<Vec<u8>> {
    let mut file = base.to_vec();
    // In one revision, or each in its own.
    let apart = random.once_in(4);
    let parts: Vec<&[Change]> = if apart { chosen.chunks(1).collect() } else { vec![chosen] };
    let count = parts.len();
    for (number, part) in parts.into_iter().enumerate() {
        let source = file.clone();
        let document = Document::open(&source).ok()?;
        let mut draft = Draft::new(&document);
        for change in part {
            (change.apply)(&mut draft, random)?;
        }
        let within = number + 1 == count && cover == Cover::SignedWithin;
        let place = if within { Some(covers::reserve(&mut draft)?) } else { None };
        let bytes = written(&source, &mut draft, layout, random);
        file.extend_from_slice(&bytes);
        if place.is_some() {
            covers::sign_within(office, &mut file)?;
        }
    }
    let file = covers::covered(office, file, cover)?;
    Some(file.get(base.len()..)?.to_vec())
}

fn whole(bases: &[Base], revised: &Revised) -> Vec<u8> {
    [&bases[revised.base].file[..], &revised.appended].concat()
}

/// The verdict, the kinds of findings that the document did not have before, and all findings as JSON.
fn told(
    report: Result<Report, chancery_pades::PadesError>,
    bases: &[Base],
    revised: &Revised,
    office: &Office,
) -> (&'static str, String, String) {
    let Ok(report) = report else { return ("unreadable", String::new(), "[]".to_owned()) };
    let before = office.judge(&bases[revised.base].file);
    let signed_by = |report: &Report| -> Vec<(String, Option<String>)> {
        let both = |one: &SignatureReport| (one.name().to_owned(), one.claimed_signer().map(str::to_owned));
        report.signatures().iter().map(both).collect()
    };
    let now = signed_by(&report);
    let gone = before.as_ref().is_ok_and(|before| signed_by(before).iter().any(|one| !now.contains(one)));
    let verdict = match report.indication() {
        None => "unsigned",
        Some(_) if !report.is_signed() => "unsigned",
        // What was signed by others alone is another document; whether it is told that somebody signed before is below.
        Some(Indication::TotalPassed) if gone => "passed without",
        Some(Indication::TotalPassed) => "passed",
        Some(Indication::Indeterminate) => "indeterminate",
        Some(Indication::TotalFailed) => "failed",
    };
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    if let Ok(before) = before {
        before.all_findings().for_each(|finding| *known.entry(finding.to_string()).or_default() += 1);
    }
    let (mut kinds, mut lines) = (Vec::new(), Vec::new());
    for finding in report.all_findings() {
        if let Some(count) = known.get_mut(&finding.to_string()).filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        let page = finding.page().map_or(0, |page| page.number());
        let severity = match finding.severity {
            Severity::Information => "information",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        kinds.push(finding.kind);
        let text = finding.to_string().replace(['"', '\\', '\t', '\n', '\r'], " ");
        let text: String = text.chars().filter(|character| !character.is_control()).collect();
        lines.push(format!(
            "{{\"kind\":\"{}\",\"severity\":\"{severity}\",\"page\":{page},\"text\":\"{text}\"}}",
            finding.kind
        ));
    }
    kinds.sort_unstable();
    kinds.dedup();
    (verdict, kinds.join(","), format!("[{}]", lines.join(",")))
}
