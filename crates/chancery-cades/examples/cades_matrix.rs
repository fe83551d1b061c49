//! Writes signatures of every level, attached and detached, our own and others', for other programs to judge:
//! `cargo run -p chancery-cades --example cades_matrix -- DIRECTORY [COMMAND]`.
//!
//! The directory then holds the messages (`.p7m` attached, `.p7s` detached), `content.txt` that they sign, the root
//! (`root.pem`) and every timestamp token by itself (`.tst`). COMMAND, if given, is run with the directory as its
//! argument once the keys of a signer are there (`foreign.p12`, password `secret`); whatever it leaves as
//! `foreign-*-b.p7m` or `.p7s` is taken to B-LTA too. Keys and certificates are new each time, and worth nothing.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use chancery_cades::attributes::{ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V3};
use chancery_cades::{CadesSignature, CadesSigner, Level, LongTermCollector};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, SourceOrder, TrustAnchors};
use chancery_cms::{Attribute, ReceivedSet, SignedMessage, attributes};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_http::Address;
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::{Profile, TestPki};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

const CONTENT: &[u8] = b"Alice owes Bob ten euros.\n";

/// Extensions of attached and detached messages.
const FORMS: [&str; 2] = ["p7m", "p7s"];

fn main() -> Outcome<()> {
    let mut arguments = std::env::args_os().skip(1);
    let directory = arguments.next().ok_or("usage: cades_matrix DIRECTORY [COMMAND]")?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    // Everything happens in the last hours, so that judges who know only the present believe it.
    let begin = Timestamp::now() - SignedDuration::from_hours(6);
    let pki = TestPki::at(begin);
    fs::write(directory.join("content.txt"), CONTENT)?;
    fs::write(directory.join("root.pem"), pki.anchors_pem())?;
    let foreign = pki.issue(Profile::signer("Foreign Signer", KeyKind::Rsa { bits: 2048 }));
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let tsa = TimestampAuthority::new(Address::parse(&pki.tsa_url())?, &pki);
    let mut matrix = Matrix { directory, pki: &pki, anchors, tsa, begin, step: SignedDuration::from_mins(1) };

    for (name, kind) in [("rsa2048", KeyKind::Rsa { bits: 2048 }), ("p256", KeyKind::P256)] {
        for (order, word) in [(SourceOrder::OcspFirst, "ocsp"), (SourceOrder::CrlFirst, "crl")] {
            let alice = pki.signer("Alice", kind);
            for form in FORMS {
                pki.set_now(begin);
                let signer = CadesSigner::new(&alice, begin);
                let signed = match form {
                    "p7m" => signer.sign(CONTENT.to_vec())?,
                    _ => signer.sign_detached(alice.algorithm().digest().digest(CONTENT))?,
                };
                matrix.raise(&format!("{name}-{word}"), form, signed, order)?;
            }
        }
    }
    matrix.older_form(&pki.signer("Alice", KeyKind::P256))?;
    if let Some(command) = arguments.next() {
        fs::write(directory.join("foreign.p12"), foreign.to_pkcs12("secret"))?;
        let status = Command::new(command).arg(directory).status()?;
        if !status.success() {
            return Err("the command failed".into());
        }
        // Others signed just now, so the rest happens in the next seconds.
        (matrix.begin, matrix.step) = (Timestamp::now(), SignedDuration::from_secs(1));
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let (Some(stem), Some(form)) = (path.file_stem(), path.extension()) else { continue };
            let (Some(stem), Some(form)) = (stem.to_str(), form.to_str()) else { continue };
            if let Some(name) = stem.strip_suffix("-b").filter(|name| name.starts_with("foreign-")) {
                let signed = CadesSignature::first_of(SignedMessage::from_file_bytes(&fs::read(&path)?)?)?;
                matrix.raise(name, form, signed, SourceOrder::OcspFirst)?;
            }
        }
    }
    Ok(())
}

struct Matrix<'a> {
    directory: &'a Path,
    pki: &'a TestPki,
    anchors: TrustAnchors,
    tsa: TimestampAuthority<&'a TestPki>,
    begin: Timestamp,
    step: SignedDuration,
}

impl Matrix<'_> {
    /// Takes a signature through all levels, and renews it twice.
    fn raise(&self, name: &str, form: &str, signed: CadesSignature, order: SourceOrder) -> Outcome<()> {
        let mut rng = UnwrapErr(SysRng);
        self.write(name, "b", form, &signed, Level::BaselineB)?;

        self.after(1);
        let signed = signed.timestamp(&self.tsa, &mut rng)?;
        self.write(name, "t", form, &signed, Level::BaselineT)?;

        self.after(2);
        let signed = self.preserve(&signed, order)?;
        self.write(name, "lt", form, &signed, Level::BaselineLt)?;

        self.after(3);
        let mut signed = self.archive(&signed)?;
        self.write(name, "lta", form, &signed, Level::BaselineLta)?;

        for renewal in 1..=2 {
            self.after(4 * renewal);
            let preserved = self.preserve(&signed, order)?;
            self.after(4 * renewal + 1);
            signed = self.archive(&preserved)?;
            self.write(name, &format!("lta-renewed-{renewal}"), form, &signed, Level::BaselineLta)?;
        }
        self.write_tokens(name, form, &signed)
    }

    /// A signature with an archive timestamp of version 2, as it was made ten years ago, renewed today.
    fn older_form(&self, alice: &SoftwareSigner) -> Outcome<()> {
        self.after(0);
        let signed = CadesSigner::new(alice, self.pki.now()).sign(CONTENT.to_vec())?;
        self.after(1);
        let signed = signed.timestamp(&self.tsa, &mut UnwrapErr(SysRng))?;
        self.after(2);
        let signed = self.preserve(&signed, SourceOrder::CrlFirst)?;
        self.after(3);
        let message = signed.message();
        let signer = message.signers().first().ok_or("no signer")?.received()?;
        let parts = message.received()?;
        let sets = [parts.certificates(), parts.revocations(), signer.unsigned_attributes()];
        let [certificates, lists, unsigned] = sets.map(|set| set.map_or(&[][..], ReceivedSet::as_bytes));
        let fields = signer.signed_fields();
        let stamped = [parts.encapsulated().as_bytes(), certificates, lists, &fields, unsigned].concat();
        let token = self.tsa.stamp(&DigestAlgorithm::Sha256.digest(&stamped), &mut UnwrapErr(SysRng))?;
        let attribute = Attribute::new(ARCHIVE_TIMESTAMP_V2, token.to_der());
        let signed = CadesSignature::first_of(message.with_unsigned_attribute(0, &attribute)?)?;
        self.write("older-v2", "lt", "p7m", &signed, Level::BaselineLt)?;
        self.after(4);
        let signed = self.preserve(&signed, SourceOrder::CrlFirst)?;
        self.after(5);
        self.write("older-v2", "lta", "p7m", &self.archive(&signed)?, Level::BaselineLta)
    }

    fn after(&self, steps: i32) {
        self.pki.set_now(self.begin + self.step * steps);
    }

    fn preserve(&self, signed: &CadesSignature, order: SourceOrder) -> Outcome<CadesSignature> {
        let verifier = ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        let collector = LongTermCollector::new(signed, &verifier, &verifier, self.pki.now())?;
        Ok(signed.preserve(&collector.order(order).collect(self.pki)?)?)
    }

    fn archive(&self, signed: &CadesSignature) -> Outcome<CadesSignature> {
        let mut rng = UnwrapErr(SysRng);
        if !signed.message().is_detached() {
            return Ok(signed.archive(&self.tsa, &mut rng)?);
        }
        let content = Digests::over_bytes(signed.content_algorithms(), CONTENT);
        Ok(signed.archive_detached(&content, &self.tsa, &mut rng)?)
    }

    fn write(&self, name: &str, level: &str, form: &str, signed: &CadesSignature, is: Level) -> Outcome<()> {
        if signed.level() != is {
            return Err(format!("{name}-{level}.{form} is {}, not {is}", signed.level()).into());
        }
        let path = self.directory.join(format!("{name}-{level}.{form}"));
        Ok(fs::write(path, signed.message().to_bytes())?)
    }

    fn write_tokens(&self, name: &str, form: &str, signed: &CadesSignature) -> Outcome<()> {
        for signer in signed.message().signers() {
            let unsigned = signer.unsigned_attributes();
            let tokens = unsigned.values(attributes::SIGNATURE_TIMESTAMP);
            for (number, token) in tokens.chain(unsigned.values(ARCHIVE_TIMESTAMP_V3)).enumerate() {
                fs::write(self.directory.join(format!("{name}-{form}-{number}.tst")), token)?;
            }
        }
        Ok(())
    }
}
