//! What do CMS messages of 100 bytes and 1 MB cost to sign and to check, beside the bare digest and the bare operation?
//!
//! No bar yet.

use std::cell::Cell;
use std::process::ExitCode;

use chancery_benches::{BareKey, Case, Outcome, Person, Rounds, Setting, Table, ensure, providers};
use chancery_cms::{Preparation, SignedMessage};
use chancery_key::{KeyKind, Provider, Signer};

fn main() -> Outcome<ExitCode> {
    let table = Table::new("Sign and check CMS messages that enclose their content (CPU time)");
    let setting = Setting::new()?;
    for provider in providers() {
        for (kind, calls) in [(KeyKind::P256, 100), (KeyKind::Rsa { bits: 2048 }, 20)] {
            let person = setting.person(kind, provider)?;
            measure(&table, &person, provider, "100 bytes", 100, Rounds::new(21, calls)?)?;
            measure(&table, &person, provider, "1 MB", 1_000_000, Rounds::new(21, calls.min(20))?)?;
        }
    }
    Ok(table.finish())
}

fn measure(
    table: &Table,
    person: &Person,
    provider: Provider,
    name: &str,
    length: usize,
    rounds: Rounds,
) -> Outcome<()> {
    let bare = &person.bare;
    let content =
        |number: u64| Ok(number.to_be_bytes().into_iter().cycle().take(length).collect::<Vec<u8>>());
    let signed_digest = |number| {
        let content = content(number)?;
        let signature = bare.sign(&BareKey::digest(&content)?)?;
        Ok((content, signature))
    };
    let message = |number| Ok(sign(person, content(number)?)?.into_bytes());
    let checked = |message: &[u8]| {
        let message = SignedMessage::from_ber(message)?;
        let digests = message.content_digests();
        let sound =
            |signer: &chancery_cms::SignerInfo| signer.check(&message, &digests, &[]).sound().is_some();
        ensure(message.signers().len() == 1 && message.signers().iter().all(sound), "it must be sound")
    };

    let bare_sign = Case::new(
        "bare: SHA-256 and signing",
        content,
        |content| bare.sign(&BareKey::digest(content)?),
        |content, signature| bare.verify(&BareKey::digest(content)?, signature),
    );
    let sign = Case::new(
        "CMS: sign",
        // A message takes its content over.
        |number| Ok(Cell::new(content(number)?)),
        |content| sign(person, content.take()),
        |_, signed| checked(signed.to_bytes()),
    );
    let bare_verify = Case::new(
        "bare: SHA-256 and verifying",
        signed_digest,
        |(content, signature)| bare.verify(&BareKey::digest(content)?, signature),
        |_, ()| Ok(()),
    );
    let check = Case::new("CMS: read and check", message, |message| checked(message), |_, ()| Ok(()));

    let [bare_sign, sign, bare_verify, check] = rounds.run([bare_sign, sign, bare_verify, check])?;
    table.heading(&format!("{name}, {}: {}", person.title, rounds.describe()));
    table.row(&bare_sign);
    table.row(&sign);
    table.row(&sign.minus(&bare_sign).named("sign above bare"));
    // A message that is read is verified with the default provider.
    if provider == Provider::default() {
        table.row(&bare_verify);
        table.row(&check);
        table.row(&check.minus(&bare_verify).named("check above bare"));
    }
    Ok(())
}

fn sign(person: &Person, content: Vec<u8>) -> Outcome<SignedMessage> {
    let signer = &person.signer;
    let prepared = Preparation::enclosing(signer.chain(), signer.algorithm(), content).prepare()?;
    let value = signer.sign(prepared.to_be_signed())?;
    Ok(prepared.finish(value)?)
}
