//! Judges the same chains with `chancery-chain` and with others: the crate certval, OpenSSL's library, and Go's
//! crypto/x509 where there is a Go. A difference that `differences.json` does not explain fails the run.
//!
//! ```text
//! cargo run --release -- --corpus ../../../shared/corpus --chains 10000 [--seed N] [--show ID] [--all-explained]
//! ```
//!
//! The chains come from a seed: PKITS first, then plain chains with up to three oddities on each. `--show` writes the
//! certificates of one chain and what each judge says of it; `--all-explained` also fails when an explanation covers
//! no difference, which only makes sense with very many chains.

mod case;
mod explain;
mod generate;
mod judges;
mod make;
mod oddities;
mod pkits;
mod random;
mod revocation;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use case::{Case, Verdict};
use chancery_certificate::Certificate;
use explain::{Opinions, Tally};
use judges::foreign;

struct Options {
    corpus: Option<PathBuf>,
    chains: u64,
    seed: u64,
    show: Option<u64>,
    all_explained: bool,
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("differential: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options { corpus: None, chains: 10_000, seed: 4, show: None, all_explained: false };
    let mut parser = lexopt::Parser::from_env();
    let number = |parser: &mut lexopt::Parser| {
        let value = parser.value().map_err(|error| error.to_string())?;
        value.to_string_lossy().parse().map_err(|error| format!("{}: {error}", value.display()))
    };
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("corpus") => {
                options.corpus = Some(parser.value().map_err(|error| error.to_string())?.into());
            }
            lexopt::Arg::Long("chains") => options.chains = number(&mut parser)?,
            lexopt::Arg::Long("seed") => options.seed = number(&mut parser)?,
            lexopt::Arg::Long("show") => options.show = Some(number(&mut parser)?),
            lexopt::Arg::Long("all-explained") => options.all_explained = true,
            other => return Err(other.unexpected().to_string()),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<(), String> {
    let work = std::env::temp_dir().join(format!("chancery-differential-{}", std::process::id()));
    std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let done = judge_all(options, &work);
    let _ = std::fs::remove_dir_all(&work);
    done
}

fn judge_all(options: &Options, work: &Path) -> Result<(), String> {
    let mut explanations = explain::explanations(include_str!("../differences.json"))?;
    let openssl = foreign::openssl(work)?;
    let mut programs = vec![openssl];
    match foreign::go(work) {
        Ok(go) => programs.push(go),
        Err(reason) => println!("Go's crypto/x509 is not asked: {reason}"),
    }
    let mut cases = match options.show {
        Some(number) => vec![generate::chain(options.seed, number)],
        None => (0..options.chains).map(|number| generate::chain(options.seed, number)).collect(),
    };
    if let Some(corpus) = &options.corpus {
        cases.splice(0..0, pkits::cases(&corpus.join("pkits"))?);
    }
    if options.show.is_some() {
        show(cases.last().ok_or("no chain")?);
    }

    let began = Instant::now();
    let ours: Vec<_> = cases.iter().map(judges::ours::judge).collect();
    println!(
        "{} chains, judged by us in {:.1?}: {:?}",
        cases.len(),
        began.elapsed(),
        explain::reasons(&ours)
    );
    let mut theirs = BTreeMap::from([("certval", cases.iter().map(judges::certval::judge).collect())]);
    for program in &programs {
        theirs.insert(program.name, program.judge(&cases)?);
    }
    let opinions = Opinions { cases, ours, theirs };
    let mut wrong: Vec<String> = opinions.cases.iter().zip(&opinions.ours).filter_map(unexpected).collect();
    for (name, verdicts) in &opinions.theirs {
        if options.show.is_some() {
            println!("{name}: {}", verdicts.last().map(ToString::to_string).unwrap_or_default());
        }
        let tally = explain::compare(&opinions, name, &mut explanations);
        report(name, &tally);
        wrong.extend(tally.unexplained);
    }
    for one in &explanations {
        let example = one.cases.first().map(|id| format!(", first {id}")).unwrap_or_default();
        println!("{:6}{example}: {} ({} right; {})", one.cases.len(), one.cause, one.right, one.clause);
        if one.cases.is_empty() && options.all_explained {
            wrong.push(format!("an explanation that covers nothing: {}", one.cause));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.iter().take(2000).for_each(|line| println!("{line}"));
    Err(format!("{} differences or explanations that should not be", wrong.len()))
}

/// What the suite itself expects is asked of us as well; what we do not support, and say so, is no verdict.
fn unexpected((case, ours): (&Case, &Verdict)) -> Option<String> {
    let unsupported = matches!(ours, Verdict::Invalid(reason) if reason == "UnsupportedAlgorithm");
    let differs = case.expected.is_some_and(|expected| ours.holds() != Some(expected) && !unsupported);
    differs.then(|| format!("{}: we say {ours}, against the suite", case.id))
}

fn report(name: &str, tally: &Tally) {
    let Tally { valid, invalid, unasked, explained, unexplained } = tally;
    println!(
        "{name:8} both valid {valid}, both invalid {invalid}, explained differences {explained}, unexplained {}, not asked {unasked}",
        unexplained.len()
    );
}

fn show(case: &Case) {
    println!("{} ({})", case.id, case.traits.join(", "));
    println!("we say {}", judges::ours::explain(case));
    let demands = &case.demands;
    println!(
        "policies {:?}, required {}, mapping forbidden {}, anyPolicy forbidden {}, revocation {}",
        demands.policies,
        demands.require_policy,
        demands.forbid_mapping,
        demands.forbid_any_policy,
        demands.revocation
    );
    for (what, der) in std::iter::once(("anchor", &case.anchor))
        .chain(case.path.iter().map(|der| ("path", der)))
        .chain(case.strays.iter().map(|der| ("stray", der)))
        .chain([("target", &case.target)])
    {
        match Certificate::from_der(der) {
            Ok(certificate) => println!("{what}: {}", certificate.subject()),
            Err(error) => println!("{what}: {error}"),
        }
        for extension in
            Certificate::from_der(der).iter().flat_map(|certificate| certificate.extensions().to_vec())
        {
            let value: String = extension.value.iter().map(|octet| format!("{octet:02x}")).collect();
            println!("    {} {} {value}", extension.oid, if extension.critical { "critical" } else { "-" });
        }
    }
}
