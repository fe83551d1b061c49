//! What does signing a one-page PDF in memory cost above the raw signing operation?
//!
//! Bar: at most 40 µs of CPU time, for level B-B with a software key and a signer made anew for each document. Beside it:
//! one signer for all documents, and in two steps through storage.

use std::process::ExitCode;

use chancery_ades::Verdict;
use chancery_benches::{
    BareKey, Case, Look, Outcome, Person, Rounds, Setting, Table, TimedSigner, contract, cpu_time, ensure,
    providers,
};
use chancery_chain::RevocationPolicy;
use chancery_key::{KeyKind, Signer, ToBeSigned};
use chancery_pades::{PdfSigner, PdfVerifier, StoredPdf};

/// Seconds above the raw operation.
const BAR: f64 = 40e-6;

/// About as long as the signed attributes of a PDF signature.
const MESSAGE: usize = 180;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Sign a one-page PDF in memory, PAdES B-B, with a software key (CPU time)");
    let setting = Setting::new()?;
    for provider in providers() {
        for (kind, calls) in [(KeyKind::P256, 200), (KeyKind::Rsa { bits: 2048 }, 150)] {
            let person = setting.person(kind, provider)?;
            measure(&mut table, &setting, &person, Rounds::new(21, calls)?)?;
        }
    }
    Ok(table.finish())
}

fn measure(table: &mut Table, setting: &Setting, person: &Person, rounds: Rounds) -> Outcome<()> {
    let (signer, bare) = (&person.signer, &person.bare);
    let policy = setting.policy(RevocationPolicy::NotChecked)?;
    let now = setting.now();
    let passes = |_: &Vec<u8>, signed: &Vec<u8>| {
        let report = PdfVerifier::new(&policy).verify_at(signed, now)?;
        let passed = |one: &chancery_ades::SignatureReport| matches!(one.verdict(), Verdict::Passed(_));
        ensure(report.signatures().len() == 1 && report.signatures().iter().all(passed), "it must pass")
    };
    let message = |number: u64| [number.to_be_bytes().as_slice(), &[7; MESSAGE - 8]].concat();
    let timed = TimedSigner::new(signer);

    let raw = Case::new(
        bare.signing_call(),
        |number| BareKey::digest(&message(number)),
        |digest| bare.sign(digest),
        |digest, signature| bare.verify(digest, signature),
    );
    let key = Case::new(
        "SoftwareKey::sign",
        |number| Ok(ToBeSigned::new(signer.algorithm(), message(number))),
        |to_be_signed| Ok(signer.key().sign(to_be_signed)?),
        |to_be_signed, value| bare.verify(&BareKey::digest(to_be_signed.bytes())?, value.as_bytes()),
    );
    let whole = Case::new(
        "PdfSigner::sign and to_vec",
        |number| Ok(contract(number)),
        |pdf| Ok(PdfSigner::new(signer, now).sign(pdf)?.to_vec()?),
        passes,
    );
    let office = PdfSigner::new(signer, now);
    let one_signer = Case::new(
        "the same, one PdfSigner for all documents",
        |number| Ok(contract(number)),
        |pdf| Ok(office.sign(pdf)?.to_vec()?),
        passes,
    );
    let stored = Case::new(
        "prepare, to_bytes; StoredPdf::from_bytes, with, finish",
        |number| Ok(contract(number)),
        |pdf| {
            let prepared = PdfSigner::new(signer, now).prepare(pdf)?;
            let (bytes, value) = (prepared.to_bytes(), signer.sign(prepared.to_be_signed())?);
            Ok(StoredPdf::from_bytes(&bytes)?.with(pdf)?.finish(value)?.to_vec()?)
        },
        passes,
    );
    let around = Case::with_time_of("the same without the time inside Signer::sign", |number, look| {
        let pdf = contract(number);
        timed.take_spent();
        let start = cpu_time();
        let signed = PdfSigner::new(&timed, now).sign(&pdf)?.to_vec()?;
        let spent = cpu_time().saturating_sub(start);
        if look == Look::Closely {
            passes(&pdf, &signed)?;
        }
        Ok(spent.saturating_sub(timed.take_spent()))
    });

    let [raw, key, whole, around, one_signer, stored] =
        rounds.run([raw, key, whole, around, one_signer, stored])?;
    table.heading(&format!("{}: {}", person.title, rounds.describe()));
    table.row(&raw);
    table.row(&key);
    table.row(&whole);
    table.row_with_bar(&whole.minus(&raw).named("whole above bare"), BAR);
    table.row(&around);
    table.row(&one_signer.minus(&raw).named("one PdfSigner for all documents, above bare"));
    table.row(&stored.minus(&raw).named("in two steps through storage, above bare"));
    Ok(())
}
