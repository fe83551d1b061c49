//! What do CMS messages of 100 bytes and 1 MB cost to sign and to check in memory, beside the bare digest and the bare
//! operation?
//!
//! Bar: 1 MB at most 1.1 × (digest and one operation of the key). `peers/src/cms.rs` has the bars for 100 bytes, beside
//! OpenSSL; `cms_stream.rs` those for content that streams by.

use std::cell::Cell;
use std::process::ExitCode;

use chancery_benches::{
    BareKey, Case, Outcome, Person, Rounds, Samples, Setting, Table, bare_signature, contents, ensure,
    providers, sign_detached, verify_detached,
};
use chancery_cms::{Preparation, PreparedMessage, SignedMessage};
use chancery_key::{KeyKind, Provider, SignatureValue, Signer};

/// Above digest and one operation of the key, for 1 MB.
const RATIO_BAR: f64 = 1.1;
/// For what a message has beside its content.
const ROOM: usize = 16 * 1024;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Sign and check CMS messages (CPU time)");
    let setting = Setting::new()?;
    for provider in providers() {
        for (kind, calls) in [(KeyKind::P256, 100), (KeyKind::Rsa { bits: 2048 }, 40)] {
            let person = setting.person(kind, provider)?;
            for (name, length, calls) in [("100 bytes", 100, calls), ("1 MB", 1_000_000, calls.min(40))] {
                let task = Task { name, length, provider, rounds: Rounds::new(21, calls)? };
                detached(&mut table, &person, &task)?;
                enclosed(&mut table, &person, &task)?;
            }
        }
    }
    Ok(table.finish())
}

struct Task {
    name: &'static str,
    length: usize,
    provider: Provider,
    rounds: Rounds,
}

impl Task {
    fn content(&self) -> impl Fn(u64) -> Outcome<Vec<u8>> + use<> {
        let length = self.length;
        move |number| Ok(contents(number, length))
    }

    fn heading(&self, table: &Table, how: &str, person: &Person) {
        table.heading(&format!("{}, {how}, {}: {}", self.name, person.title, self.rounds.describe()));
    }

    fn ratio(&self, table: &mut Table, samples: &Samples) {
        if self.length < 1_000_000 { table.ratio(samples) } else { table.ratio_with_bar(samples, RATIO_BAR) }
    }

    fn print(&self, table: &mut Table, [bare, ours]: [&Samples; 2], name: &str) {
        table.row(bare);
        table.row(ours);
        table.row(&ours.minus(bare).named(format!("{name} above bare")));
        self.ratio(table, &ours.over(bare).named(format!("{name} / bare")));
    }

    /// Prints what was signed and what was checked.
    fn finish(&self, table: &mut Table, how: &str, person: &Person, samples: [&Samples; 4]) {
        let [bare_sign, sign, bare_verify, verify] = samples;
        self.heading(table, how, person);
        self.print(table, [bare_sign, sign], "sign");
        // A message that is read is verified with the default provider.
        if self.provider == Provider::default() {
            self.print(table, [bare_verify, verify], "verify");
        }
    }

    fn bare<'a>(&self, person: &'a Person) -> [Case<'a>; 2] {
        let content = self.content();
        let with_signature = move |number| {
            let content = content(number)?;
            let signature = bare_signature(person, &content)?;
            Ok((content, signature))
        };
        [
            Case::new(
                "bare: SHA-256 and signing",
                self.content(),
                |content| bare_signature(person, content),
                |content, signature| person.bare.verify(&BareKey::digest(content)?, signature),
            ),
            Case::new(
                "bare: SHA-256 and verifying",
                with_signature,
                |(content, signature)| person.bare.verify(&BareKey::digest(content)?, signature),
                |_, ()| Ok(()),
            ),
        ]
    }
}

fn detached(table: &mut Table, person: &Person, task: &Task) -> Outcome<()> {
    let [bare_sign, bare_verify] = task.bare(person);
    let content = task.content();
    let signed = |number| {
        let content = content(number)?;
        let message = sign_detached(person, &person.signer, &content)?;
        Ok((content, message))
    };
    let sign = Case::new(
        "Preparation, sign, finish",
        task.content(),
        |content| sign_detached(person, &person.signer, content),
        |content, message| verify_detached(person, content, message),
    );
    let verify = Case::new(
        "from_ber, content digests, check",
        signed,
        |(content, message)| verify_detached(person, content, message),
        |(content, message), ()| {
            let mut other = content.clone();
            other[0] ^= 1;
            ensure(verify_detached(person, &other, message).is_err(), "other content must fail")
        },
    );
    let [bare_sign, sign, bare_verify, verify] = task.rounds.run([bare_sign, sign, bare_verify, verify])?;
    task.finish(table, "detached", person, [&bare_sign, &sign, &bare_verify, &verify]);
    Ok(())
}

fn enclosed(table: &mut Table, person: &Person, task: &Task) -> Outcome<()> {
    let [bare_sign, bare_verify] = task.bare(person);
    // A message takes its content over.
    let content = task.content();
    let content = |number| Ok(Cell::new(content(number)?));
    // As whoever fills a vector may do: the message grows into it.
    let roomy = |number| -> Outcome<Cell<Vec<u8>>> {
        let mut content = content(number)?.take();
        content.reserve_exact(ROOM);
        Ok(Cell::new(content))
    };
    let signed = |number| Ok(moved(person, content(number)?.take())?.into_bytes());
    let signed_in_cell = |number| Ok(Cell::new(signed(number)?));
    let check =
        |_: &Cell<Vec<u8>>, signed: &SignedMessage| is_sound(&SignedMessage::from_ber(signed.to_bytes())?);
    let copying = Case::new(
        "Preparation::enclosing, sign, finish",
        content,
        |content| copied(person, content.take()),
        check,
    );
    let moving = Case::new(
        "the same, finish_moving_content into room to spare",
        roomy,
        |content| moved(person, content.take()),
        check,
    );
    let read_copy = Case::new(
        "from_ber, content digests, check",
        signed,
        |message| is_sound(&SignedMessage::from_ber(message)?),
        |_, ()| Ok(()),
    );
    let read = Case::new(
        "the same, from_ber_vec",
        signed_in_cell,
        |message| is_sound(&SignedMessage::from_ber_vec(message.take())?),
        |_, ()| Ok(()),
    );
    let all = [bare_sign, copying, moving, bare_verify, read_copy, read];
    let [bare_sign, copying, moving, bare_verify, read_copy, read] = task.rounds.run(all)?;
    task.finish(table, "enclosed", person, [&bare_sign, &moving, &bare_verify, &read]);
    table.row(&copying);
    table.ratio(&copying.over(&bare_sign).named("sign, the content copied / bare"));
    if task.provider == Provider::default() {
        table.row(&read_copy);
        table.ratio(&read_copy.over(&bare_verify).named("verify, the message copied / bare"));
    }
    Ok(())
}

fn copied(person: &Person, content: Vec<u8>) -> Outcome<SignedMessage> {
    let (prepared, value) = signed(person, content)?;
    Ok(prepared.finish(value)?)
}

fn moved(person: &Person, content: Vec<u8>) -> Outcome<SignedMessage> {
    let (prepared, value) = signed(person, content)?;
    Ok(prepared.finish_moving_content(value)?)
}

fn signed(person: &Person, content: Vec<u8>) -> Outcome<(PreparedMessage, SignatureValue)> {
    let signer = &person.signer;
    let prepared = Preparation::enclosing(signer.chain(), signer.algorithm(), content).prepare()?;
    let value = signer.sign(prepared.to_be_signed())?;
    Ok((prepared, value))
}

fn is_sound(message: &SignedMessage) -> Outcome<()> {
    ensure(message.check(&message.content_digests(), &[]).is_sound(), "it must be sound")
}
