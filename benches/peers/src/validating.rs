//! Validating one small signed PDF again and again: ours, EU DSS and pyHanko, each warm, in memory, in a process of its
//! own, one after the other. Validations per second of CPU time, and how many of ours there are for one of theirs.
//!
//! Ours validates between all of them, so that each peer is compared with what ours did just before and just after. Each
//! counts its own CPU time: EU DSS that of the thread that validates, pyHanko that of its process.
//!
//! `validating JUDGES ROOT.pem FILE…`: the folder whose `bench/` holds `bench_validate.py`, after its `install.sh` has run
//! and its `env.sh` was sourced (`JUDGES_HOME`); the root that the signatures of the files lead to; the files. Those
//! whose name holds `lta` are judged as archived ones: revocation must be known.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use chancery_ades::Policy;
use chancery_benches::{Outcome, Samples, Table, cpu_time};
use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_pades::PdfVerifier;
use jiff::Timestamp;

/// How often each validates once it is warm.
const ROUNDS: usize = 3;
const OURS: u32 = 2_000;
const DSS: &str = "100";
const PYHANKO: &str = "40";
/// With AWS-LC, how many of ours there must be for one of theirs.
#[cfg(feature = "aws-lc")]
const BAR: Option<f64> = Some(50.0);
#[cfg(not(feature = "aws-lc"))]
const BAR: Option<f64> = None;

fn main() -> Outcome<ExitCode> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [judges, root, files @ ..] = arguments.as_slice() else {
        return Err("validating JUDGES ROOT.pem FILE…".into());
    };
    let provider = if cfg!(feature = "aws-lc") { "AWS-LC" } else { "pure Rust" };
    let mut table = Table::new(&format!(
        "Validate a small signed PDF in memory: ours ({provider}) and our peers (per second of CPU time)"
    ));
    for file in files {
        compare(&mut table, &std::path::absolute(judges)?, root, file)?;
    }
    Ok(table.finish())
}

/// Somebody else.
struct Peer {
    name: &'static str,
    command: Command,
    /// Where their rate stands in what they print.
    rate: fn(&str) -> Option<f64>,
}

impl Peer {
    fn measure(&mut self) -> Outcome<f64> {
        let output = self.command.output().map_err(|error| format!("{}: {error}", self.name))?;
        let (text, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let rate = (self.rate)(&text).filter(|_| output.status.success());
        rate.ok_or_else(|| format!("{}: {text}{errors}", self.name).into())
    }
}

fn compare(table: &mut Table, judges: &Path, root: &Path, file: &Path) -> Outcome<()> {
    let home =
        std::env::var_os("JUDGES_HOME").ok_or("JUDGES_HOME is not set: source env.sh of the judges")?;
    let home = PathBuf::from(home);
    let archived = file.to_string_lossy().contains("lta");
    let mut dss = Command::new("java");
    dss.arg("-cp").arg(format!("{0}/dss/judge-dss-1.jar:{0}/dss/lib/*", home.display()));
    dss.args(["BenchDss", "validate", DSS]).arg(file).arg(root);
    let mut pyhanko = Command::new(home.join("venv/bin/python"));
    pyhanko.arg(judges.join("bench/bench_validate.py")).arg(PYHANKO).arg(file).arg("--json");
    pyhanko.args(archived.then_some("--lta"));
    let mut peers = [
        Peer { name: "EU DSS", command: dss, rate: java_rate },
        Peer { name: "pyHanko", command: pyhanko, rate: python_rate },
    ];

    let revocation = if archived { RevocationPolicy::Require } else { RevocationPolicy::NotChecked };
    let policy = Policy::new(TrustAnchors::from_pem(&std::fs::read(root)?)?, revocation);
    let pdf = std::fs::read(file)?;
    let verdict = PdfVerifier::new(&policy).verify_at(&pdf, Timestamp::now())?.indication();
    let (mut ours, mut theirs) = (Vec::new(), vec![Vec::new(); peers.len()]);
    let mut ratios = vec![Vec::new(); peers.len()];
    let mut before = our_rate(&policy, &pdf)?;
    for _ in 0..ROUNDS {
        for (index, peer) in peers.iter_mut().enumerate() {
            let rate = peer.measure()?;
            let after = our_rate(&policy, &pdf)?;
            theirs[index].push(rate);
            ratios[index].push(f64::midpoint(before, after) / rate);
            ours.push(after);
            before = after;
        }
    }
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    table.heading(&format!("{name}, {} bytes, our verdict {verdict:?}: {ROUNDS} rounds", pdf.len()));
    table.rate(&Samples::new("ours", ours));
    for (peer, rates) in peers.iter().zip(theirs) {
        table.rate(&Samples::new(peer.name, rates));
    }
    for (peer, ratios) in peers.iter().zip(ratios) {
        let ratio = Samples::new(format!("ours / {}", peer.name), ratios);
        match BAR {
            Some(bar) => table.ratio_with_least(&ratio, bar),
            None => table.ratio(&ratio),
        }
    }
    Ok(())
}

fn our_rate(policy: &Policy, pdf: &Vec<u8>) -> Outcome<f64> {
    let now = Timestamp::now();
    let validate = || PdfVerifier::new(policy).verify_at(pdf, now);
    for _ in 0..OURS / 5 {
        validate()?;
    }
    let start = cpu_time();
    for _ in 0..OURS {
        std::hint::black_box(validate()?);
    }
    Ok(f64::from(OURS) / cpu_time().saturating_sub(start).as_secs_f64())
}

/// `… 85.3 per CPU-second …`
fn java_rate(text: &str) -> Option<f64> {
    let (before, _) = text.split_once(" per CPU-second")?;
    before.split_whitespace().next_back()?.parse().ok()
}

/// `… "cpu_ms_each": 25.3, …`, of which a thousand make a second.
fn python_rate(text: &str) -> Option<f64> {
    let (_, after) = text.split_once("\"cpu_ms_each\":")?;
    let milliseconds: f64 = after.split([',', '}']).next()?.trim().parse().ok()?;
    Some(1000.0 / milliseconds)
}
