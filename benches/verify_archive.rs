//! What does validating a signature of level B-LTA cost, beside the raw verifications that it needs?
//!
//! Bars: with three timestamps at most 1.3 times the raw verifications in pure Rust, at most 1.6 times with AWS-LC; and
//! a thousand renewals in time by their number.
//!
//! The raw verifications are those that the verdict rests on, each distinct one once: the signature, the tokens, the
//! certificates below the root, that of the OCSP responder among them, and the CRLs and OCSP answers that speak for them,
//! now and, since the level asks for it, in the message alone. They are done by the provider's own calls, digests
//! included.

use std::process::ExitCode;

use chancery_ades::{Indication, Policy, Report};
use chancery_benches::{
    Case, Office, Outcome, RawVerifications, Rounds, Table, Today, cpu_time, ensure, judge_lasting, providers,
};
use chancery_cms::SignedMessage;
use chancery_key::{KeyKind, Provider};
use jiff::{SignedDuration, Timestamp};

/// Above the raw verifications, in pure Rust and with AWS-LC.
const BARS: [f64; 2] = [1.3, 1.6];

/// Different messages of different people, so that none is judged twice in a row.
const MESSAGES: usize = 16;

/// A renewal among a thousand may cost so many times what one among 250 does: linear is 1, quadratic is 4.
const GROWTH: f64 = 2.0;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Validate signatures of level B-LTA (CPU time)");
    for kind in [KeyKind::P256, KeyKind::Rsa { bits: 2048 }] {
        three_timestamps(&mut table, kind, Age::Young)?;
        three_timestamps(&mut table, kind, Age::Old)?;
    }
    renewals(&mut table)?;
    Ok(table.finish())
}

/// When it is judged.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Age {
    /// An hour later, by what it carries alone.
    Young,
    /// When the signer's certificate has expired, by what it carries, and what is known of the authorities that day.
    Old,
}

impl Age {
    const fn describe(self) -> &'static str {
        match self {
            Self::Young => "an hour later, by what it carries",
            Self::Old => "after the signer's certificate has expired",
        }
    }
}

/// A message, and the raw verifications that it takes.
struct Judged {
    message: Vec<u8>,
    raw: RawVerifications,
}

fn three_timestamps(table: &mut Table, kind: KeyKind, age: Age) -> Outcome<()> {
    let provider = Provider::default();
    ensure(providers().first() == Some(&provider), "the default provider comes first")?;
    let mut office = Office::open(kind)?;
    let mut messages = Vec::new();
    for number in 0..MESSAGES {
        let person = office.person()?;
        let content = format!("The tenant pays {number:04} euro a month.").into_bytes();
        messages.push(office.renewed(&office.archived(&person, content)?)?.into_bytes());
    }
    let policy = match age {
        Age::Young => {
            office.wait(SignedDuration::from_hours(1));
            office.policy(Today::Unknown)
        }
        Age::Old => {
            // Those of the authorities and their services end after two years.
            office.wait(SignedDuration::from_hours(24 * 365));
            office.policy(Today::Known)
        }
    };
    let at = office.now();
    let mut judged = Vec::new();
    for message in messages {
        let report = judge_lasting(&policy, &message, at)?;
        let raw = RawVerifications::behind(&report, &message, &office, provider)?;
        judged.push(Judged { message, raw });
    }
    let one = judged.first().ok_or("there are some")?;
    let (count, bytes) = (one.raw.len(), one.message.len());
    ensure(judged.iter().all(|one| one.raw.len() == count), "all take as many")?;
    let of =
        |number: u64| judged.get(usize::try_from(number)? % MESSAGES).ok_or_else(|| "there is one".into());
    let [bare, read, whole] = Rounds::new(21, 32)?.run([
        Case::new("bare: the provider's verifications", of, |one| one.raw.verify(), |_, ()| Ok(())),
        Case::new(
            "SignedMessage::from_ber",
            of,
            |one| Ok(SignedMessage::from_ber(&one.message)?),
            |_, message| ensure(message.signers().len() == 1, "one signer"),
        ),
        Case::new(
            "CadesVerifier::verify_at",
            of,
            |one| judge_lasting(&policy, &one.message, at),
            |one, report| checked(&policy, one, at, report),
        ),
    ])?;
    table.heading(&format!("{kind}, {provider:?}, {}: 21 rounds of 32 calls", age.describe()));
    let [signers, certificates, lists, answers] = one.raw.counts;
    table.note(&format!(
        "{count} verifications: signature and tokens {signers}, certificates {certificates}, CRLs {lists}, OCSP answers {answers}; {bytes} bytes"
    ));
    table.row(&bare);
    table.row(&read);
    table.row(&whole);
    table.row(&whole.minus(&bare).named("the last above bare"));
    let [pure, aws_lc] = BARS;
    let bar = if provider == Provider::RustCrypto { pure } else { aws_lc };
    table.ratio_with_bar(&whole.over(&bare).named("verify / bare"), bar);
    Ok(())
}

/// It passes with three timestamps, and with one bit of its signature changed it does not.
fn checked(policy: &Policy, one: &Judged, at: Timestamp, report: &Report) -> Outcome<()> {
    ensure(report.indication() == Some(Indication::TotalPassed), "it must pass")?;
    let timestamps = report.signatures().first().map(|one| one.facts().timestamps().len());
    ensure(timestamps == Some(3), "three timestamps")?;
    let message = SignedMessage::from_ber(&one.message)?;
    let value = message.signers().first().ok_or("a signer")?.signature().to_vec();
    let mut damaged = one.message.clone();
    let place = damaged.windows(value.len()).position(|window| window == value).ok_or("the signature")?;
    damaged[place + value.len() - 1] ^= 1;
    let report = judge_lasting(policy, &damaged, at)?;
    ensure(report.indication() != Some(Indication::TotalPassed), "damaged, it must not pass")
}

/// One signature that is renewed again and again, each time with what the authorities say that day.
fn renewals(table: &mut Table) -> Outcome<()> {
    const COUNTS: [usize; 3] = [250, 500, 1000];
    let (provider, kind) = (Provider::default(), KeyKind::P256);
    let mut office = Office::open(kind)?;
    let person = office.person()?;
    let mut signed = office.archived(&person, b"The tenant pays 1000 euro a month.".to_vec())?;
    table.heading(&format!("Renewals: {kind}, {provider:?}: least of 5 calls"));
    let mut each = Vec::new();
    let mut made = 1;
    for count in COUNTS {
        let start = cpu_time();
        let before = made;
        while made < count {
            signed = office.renewed(&signed)?;
            made += 1;
        }
        let making =
            cpu_time().saturating_sub(start).as_secs_f64() / f64::from(u32::try_from(made - before)?);
        let message = signed.message().to_bytes();
        let policy = office.policy(Today::Unknown);
        let raw = {
            let report = judge_lasting(&policy, message, office.now())?;
            RawVerifications::behind(&report, message, &office, provider)?
        };
        let (mut bare, mut whole) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..5 {
            let start = cpu_time();
            raw.verify()?;
            let between = cpu_time();
            let report = judge_lasting(&policy, message, office.now())?;
            let end = cpu_time();
            ensure(report.indication() == Some(Indication::TotalPassed), "it must pass")?;
            bare = bare.min(between.saturating_sub(start).as_secs_f64());
            whole = whole.min(end.saturating_sub(between).as_secs_f64());
        }
        let number = f64::from(u32::try_from(count)?);
        table.note(&format!(
            "{count:5} renewals, {:6.1} MB: {:8.1} ms, {:6.1} µs each; {} raw verifications {:8.1} ms; ratio {:.2}; to make the last ones {:.1} ms each",
            f64::from(u32::try_from(message.len())?) / 1e6,
            whole * 1e3,
            whole * 1e6 / number,
            raw.len(),
            bare * 1e3,
            whole / bare,
            making * 1e3,
        ));
        each.push(whole / number);
    }
    if let [first, .., last] = each.as_slice() {
        table.number_with_bar("a renewal among 1000 / one among 250", last / first, GROWTH);
    }
    Ok(())
}
