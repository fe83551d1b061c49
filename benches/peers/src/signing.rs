//! Signing one small PDF at level B-B, again and again: ours, PDFBox with BouncyCastle, EU DSS and pyHanko, each warm, in
//! memory, in a process of its own, one after the other. Signatures per second of CPU time, and how many of ours there
//! are for one of theirs.
//!
//! Ours signs between all of them, so that each peer is compared with what ours did just before and just after. Each
//! counts its own CPU time: PDFBox that of its process once it is warm, EU DSS that of the thread that signs, pyHanko that
//! of its process. The keys are software keys; ours, PDFBox and EU DSS share one, pyHanko has one of its own of the same
//! kind.
//!
//! `signing JUDGES [FILE]`: the folder whose `bench/` holds BenchSign and `bench_sign.py`, after its `install.sh` has run
//! and its `env.sh` was sourced (`JUDGES_HOME`, `JUDGES_CP`); without a file, a contract of one page is signed.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use chancery_benches::{Outcome, Samples, Table, contract, cpu_time, ensure, providers};
use chancery_key::{KeyKind, Password, Provider, SoftwareSigner};
use chancery_pades::PdfSigner;
use jiff::Timestamp;

/// How often each signs once it is warm.
const ROUNDS: usize = 3;
const OURS: u32 = 3_000;
const PDFBOX: &str = "600";
const DSS: &str = "400";
const PYHANKO: &str = "80";

/// Of the keys of the judges.
const PASSWORD: &str = "test";

fn main() -> Outcome<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let judges = arguments.next().ok_or("signing JUDGES [FILE]")?;
    let judges = std::path::absolute(judges)?;
    let folder = tempfile::tempdir()?;
    let file = match arguments.next() {
        Some(file) => file,
        None => {
            let file = folder.path().join("small.pdf");
            std::fs::write(&file, contract(0))?;
            file
        }
    };
    let mut table =
        Table::new("Sign a one-page PDF in memory, PAdES B-B: ours and our peers (per second of CPU time)");
    for kind in [KeyKind::P256, KeyKind::Rsa { bits: 2048 }] {
        Comparison::new(&judges, &file, kind)?.run(&mut table)?;
    }
    Ok(table.finish())
}

/// Somebody else.
struct Peer {
    name: &'static str,
    command: Command,
    /// Where their rate stands in what they print.
    rate: fn(&str) -> Option<f64>,
    /// With P-256 and AWS-LC, how many of ours there must be for one of theirs.
    bar: Option<f64>,
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

struct Comparison {
    kind: KeyKind,
    pdf: Vec<u8>,
    signers: Vec<(Provider, SoftwareSigner)>,
    peers: Vec<Peer>,
}

impl Comparison {
    fn new(judges: &Path, file: &Path, kind: KeyKind) -> Outcome<Self> {
        let variable =
            |name| std::env::var_os(name).ok_or(format!("{name} is not set: source env.sh of the judges"));
        let home = PathBuf::from(variable("JUDGES_HOME")?);
        let (keys, algorithm) = match kind {
            KeyKind::P256 => (home.join("pki/p256.p12"), "p256"),
            _ => (home.join("pki/rsa2048.p12"), "rsa"),
        };
        let bytes = std::fs::read(&keys)?;
        let signers = providers().into_iter().map(|provider| {
            let signer = SoftwareSigner::from_pkcs12(&bytes, &Password::from(PASSWORD))?;
            Ok((provider, signer.with_provider(provider)?))
        });
        let pdfbox = |provider: Option<&str>| {
            let mut command = Command::new("java");
            command.args(provider.map(|provider| format!("-Dprov={provider}")));
            command.arg("-cp").arg(std::env::var_os("JUDGES_CP").unwrap_or_default());
            command.args(["BenchSign", PDFBOX]).arg(file).arg(&keys).arg(PASSWORD);
            command
        };
        let mut dss = Command::new("java");
        dss.arg("-cp").arg(format!("{0}/dss/judge-dss-1.jar:{0}/dss/lib/*", home.display()));
        dss.args(["BenchDss", "pades", DSS]).arg(file).arg(&keys).arg(PASSWORD);
        let pyhanko = |tuned: Option<&str>| {
            let mut command = Command::new(home.join("venv/bin/python"));
            command.arg(judges.join("bench/bench_sign.py")).arg(PYHANKO).arg(file);
            command.args(["--alg", algorithm, "--json"]).args(tuned);
            command
        };
        variable("JUDGES_CP")?;
        let peers = vec![
            Peer { name: "PDFBox + BouncyCastle", command: pdfbox(None), rate: java_rate, bar: Some(50.0) },
            Peer {
                name: "PDFBox + BouncyCastle, keys of the JDK",
                command: pdfbox(Some("JDK")),
                rate: java_rate,
                bar: None,
            },
            Peer { name: "EU DSS", command: dss, rate: java_rate, bar: Some(50.0) },
            Peer { name: "pyHanko", command: pyhanko(None), rate: python_rate, bar: Some(100.0) },
            Peer {
                name: "pyHanko, key kept (--cached-key)",
                command: pyhanko(Some("--cached-key")),
                rate: python_rate,
                bar: None,
            },
        ];
        Ok(Self { kind, pdf: std::fs::read(file)?, signers: signers.collect::<Outcome<_>>()?, peers })
    }

    fn run(&mut self, table: &mut Table) -> Outcome<()> {
        let mut ours: Vec<Vec<f64>> = vec![Vec::new(); self.signers.len()];
        let mut theirs: Vec<Vec<f64>> = vec![Vec::new(); self.peers.len()];
        let mut ratios = vec![vec![Vec::new(); self.peers.len()]; self.signers.len()];
        let mut before = self.ours()?;
        for _ in 0..ROUNDS {
            for (index, peer) in self.peers.iter_mut().enumerate() {
                let rate = peer.measure()?;
                theirs[index].push(rate);
                let after = ours_of(&self.signers, &self.pdf)?;
                for (provider, (before, after)) in before.iter().zip(&after).enumerate() {
                    ours[provider].push(*after);
                    ratios[provider][index].push(f64::midpoint(*before, *after) / rate);
                }
                before = after;
            }
        }
        table.heading(&format!("{}, a file of {} bytes: {ROUNDS} rounds", self.kind, self.pdf.len()));
        for ((provider, _), rates) in self.signers.iter().zip(ours) {
            table.rate(&Samples::new(format!("ours, {provider:?}"), rates));
        }
        for (peer, rates) in self.peers.iter().zip(theirs) {
            table.rate(&Samples::new(peer.name, rates));
        }
        for ((provider, _), ratios) in self.signers.iter().zip(ratios) {
            for (peer, ratios) in self.peers.iter().zip(ratios) {
                let ratio = Samples::new(format!("ours, {provider:?} / {}", peer.name), ratios);
                match peer.bar.filter(|_| self.kind == KeyKind::P256 && *provider != Provider::RustCrypto) {
                    Some(bar) => table.ratio_with_least(&ratio, bar),
                    None => table.ratio(&ratio),
                }
            }
        }
        Ok(())
    }

    fn ours(&self) -> Outcome<Vec<f64>> {
        ours_of(&self.signers, &self.pdf)
    }
}

/// Our rates, one for each provider.
fn ours_of(signers: &[(Provider, SoftwareSigner)], pdf: &Vec<u8>) -> Outcome<Vec<f64>> {
    signers.iter().map(|(_, signer)| our_rate(signer, pdf)).collect()
}

fn our_rate(signer: &SoftwareSigner, pdf: &Vec<u8>) -> Outcome<f64> {
    let now = Timestamp::now();
    let sign = || -> Outcome<usize> { Ok(PdfSigner::new(signer, now).sign(pdf)?.to_vec()?.len()) };
    for _ in 0..OURS / 5 {
        sign()?;
    }
    let start = cpu_time();
    for _ in 0..OURS {
        ensure(sign()? > pdf.len(), "a signed file is longer")?;
    }
    Ok(f64::from(OURS) / cpu_time().saturating_sub(start).as_secs_f64())
}

/// PDFBox: `… 85.3 sig/cpu-s …`; EU DSS: `… 200.1 per CPU-second …`.
fn java_rate(text: &str) -> Option<f64> {
    let (before, _) = text.split_once(" sig/cpu-s").or_else(|| text.split_once(" per CPU-second"))?;
    before.split_whitespace().next_back()?.parse().ok()
}

/// pyHanko: `… "cpu_ms_each": 25.3, …`, of which a thousand make a second.
fn python_rate(text: &str) -> Option<f64> {
    let (_, after) = text.split_once("\"cpu_ms_each\":")?;
    let milliseconds: f64 = after.split([',', '}']).next()?.trim().parse().ok()?;
    Some(1000.0 / milliseconds)
}
