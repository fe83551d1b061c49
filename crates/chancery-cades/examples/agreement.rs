//! Judges a corpus of signed messages, and writes down what another judge needs to judge them by the same anchors, at
//! the same moments: `cargo run -p chancery-cades --example agreement -- CORPUS DIRECTORY`. CORPUS is a folder
//! with a `manifest.tsv`; `.ci/judges agreement` compares the rows with those of EU DSS.
//!
//! # The rules
//!
//! - Anchors: from the certificate of every signer in the file, of messages and of the timestamps in them, upwards
//!   through the certificates in the file, as long as one has the issuer's name and a key that the signature
//!   verifies with. Where that ends is an anchor, by name and key. So a certificate that came alone is its own anchor.
//! - Moments: one day after the latest time that a signer of the message claims to have signed, and a fixed "now".
//!   Where nobody claims a time there is only the second.
//! - Settings: revocation is required of everything below an anchor, nothing is fetched, nothing is asked of extended
//!   key usages of signers, and the certificate need not be named in what is signed (DSS only warns of both).
//!
//! `jobs.tsv`: file, name of the moment, moment, message, content or `-`, anchors separated by commas or `-`.
//! `ours.tsv`: file, name of the moment, moment, name of the signature, SHA-256 of its value, indication,
//! sub-indication, how far the anchor is above the signer, what is not supported or `-`, and why; a file that cannot be
//! read has one row.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use chancery_ades::{Policy, Report, SignatureReport, Verdict};
use chancery_cades::CadesVerifier;
use chancery_certificate::Certificate;
use chancery_certificate::asn1::{Reader, tag};
use chancery_chain::{AnchorScope, Purpose, RevocationPolicy, TrustAnchors};
use chancery_cms::{SignedMessage, SignerInfo, attributes};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{ClaimedAlgorithm, ParameterReading, PublicKey};
use chancery_testkit::conformance::{self, Row};
use chancery_testkit::mime;
use const_oid::ObjectIdentifier as Oid;
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

const NOW: &str = "2026-11-22T00:00:00Z";

/// id-aa-ets-certValues: certificates beside those of the message (ETSI TS 101 733, 6.3.3).
const CERTIFICATE_VALUES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.23");

fn main() -> Outcome<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(corpus), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: agreement CORPUS DIRECTORY".into());
    };
    for folder in ["messages", "anchors"] {
        fs::create_dir_all(directory.join(folder))?;
    }
    let rows = conformance::table(&corpus.join("manifest.tsv")).ok_or("there is no manifest")?;
    let (mut jobs, mut ours) = (String::new(), String::new());
    for row in &rows {
        let case = Case::read(row, &corpus, &directory)?;
        let anchors = case.write_anchors(&directory)?;
        for (name, moment) in case.moments()? {
            let Case { file, path, content, .. } = &case;
            let content = content.as_ref().map_or_else(|| "-".into(), |(path, _)| path.display().to_string());
            writeln!(jobs, "{file}\t{name}\t{moment}\t{}\t{content}\t{anchors}", path.display())?;
            for line in case.judge(moment) {
                writeln!(ours, "{file}\t{name}\t{moment}\t{line}")?;
            }
        }
    }
    fs::write(directory.join("jobs.tsv"), jobs)?;
    fs::write(directory.join("ours.tsv"), ours)?;
    Ok(())
}

/// One file of the corpus.
struct Case {
    file: String,
    /// Where the message is for the other judge.
    path: PathBuf,
    /// The message and why it cannot be read otherwise.
    message: Result<SignedMessage, String>,
    bytes: Vec<u8>,
    content: Option<(PathBuf, Vec<u8>)>,
}

impl Case {
    /// Messages in Base64 or in a mail are taken out for the other judge, which reads neither; all others it gets as
    /// they are.
    fn read(row: &Row, corpus: &Path, directory: &Path) -> Outcome<Self> {
        let file = row["file"].rsplit('/').next().unwrap_or_default().to_owned();
        let path = corpus.join(&file);
        let bytes = fs::read(&path)?;
        let mut content = None;
        if let Some(name) = row["content"].rsplit('/').next().filter(|name| !name.is_empty()) {
            content = Some((corpus.join(name), fs::read(corpus.join(name))?));
        }
        let (bytes, enclosed) = match mime::unwrap(&bytes).filter(|_| file.ends_with(".eml")) {
            Some((message, enclosed)) => (message, enclosed),
            None => (bytes, None),
        };
        let message = SignedMessage::from_file_bytes(&bytes).map_err(|error| error.to_string());
        let mut shown = path;
        if let Some(enclosed) = enclosed {
            let path = directory.join("messages").join(format!("{file}.content"));
            fs::write(&path, &enclosed)?;
            content = Some((path, enclosed));
        }
        if let Some(message) = message.as_ref().ok().filter(|_| bytes.first() != Some(&tag::SEQUENCE)) {
            shown = directory.join("messages").join(&file);
            fs::write(&shown, message.to_bytes())?;
        }
        Ok(Self { file, path: shown, message, bytes, content })
    }

    /// The moments at which it is judged.
    fn moments(&self) -> Outcome<Vec<(&'static str, Timestamp)>> {
        let signers = self.message.as_ref().map_or(&[][..], SignedMessage::signers);
        let claimed = signers.iter().filter_map(SignerInfo::signing_time).max();
        let day_after = claimed.and_then(|time| time.checked_add(SignedDuration::from_hours(24)).ok());
        let now = NOW.parse()?;
        Ok(day_after.map(|moment| ("day-after", moment)).into_iter().chain([("now", now)]).collect())
    }

    /// The anchors, each once, in the order of their digests.
    fn anchors(&self) -> Vec<Certificate> {
        let Ok(message) = &self.message else { return Vec::new() };
        let found = Found::within(message);
        let mut anchors: Vec<Certificate> = Vec::new();
        for signer in &found.signers {
            if let Some(anchor) = found.above(signer).pop().filter(|anchor| !anchors.contains(anchor)) {
                anchors.push(anchor);
            }
        }
        anchors.sort_by_key(|anchor| digest(anchor.to_der()));
        anchors
    }

    fn write_anchors(&self, directory: &Path) -> Outcome<String> {
        let mut paths = Vec::new();
        for anchor in self.anchors() {
            let path = directory.join("anchors").join(format!("{}.der", digest(anchor.to_der())));
            fs::write(&path, anchor.to_der())?;
            paths.push(path.display().to_string());
        }
        Ok(if paths.is_empty() { "-".into() } else { paths.join(",") })
    }

    fn judge(&self, moment: Timestamp) -> Vec<String> {
        let message = match &self.message {
            Ok(message) => message,
            Err(why) => return vec![unreadable(why)],
        };
        let found = Found::within(message);
        let anchors = TrustAnchors::new(self.anchors()).with_scope(AnchorScope::NameAndKey);
        let policy = Policy::new(anchors, RevocationPolicy::Require).purpose(Purpose::Any);
        let report = match self.report(&policy, moment) {
            Ok(report) => report,
            Err(why) => return vec![unreadable(&why.to_string())],
        };
        let signers = every_signer(message);
        if report.signatures().len() != signers.len() {
            return vec![unreadable("the report tells of other signatures than those of the message")];
        }
        let row = |(told, signer): (&SignatureReport, &SignerInfo)| {
            let distance = found.certificate_of(signer).map_or_else(
                || "no certificate".to_owned(),
                |certificate| match found.above(&certificate).len() - 1 {
                    0 => "its own anchor".to_owned(),
                    steps => format!("{steps} above"),
                },
            );
            let (sub_indication, why) = match told.verdict() {
                Verdict::Passed(_) => ("-".to_owned(), "-".to_owned()),
                Verdict::Indeterminate(reason) | Verdict::Failed(reason) => {
                    (reason.sub_indication().to_string(), reason.text().to_owned())
                }
            };
            let (value, indication) = (digest(signer.signature()), told.verdict().indication());
            let unsupported = told.findings().find(|finding| finding.kind == "unsupported");
            let unsupported = unsupported.map_or_else(|| "-".to_owned(), |finding| plain(&finding.text));
            let findings: Vec<String> =
                told.findings().map(|finding| format!("{}: {finding}", finding.kind)).collect();
            let why = plain(&format!("{why} [{}]", findings.join("; ")));
            let name = told.name();
            format!("{name}\t{value}\t{indication}\t{sub_indication}\t{distance}\t{unsupported}\t{why}")
        };
        let rows: Vec<String> = report.signatures().iter().zip(signers.iter()).map(row).collect();
        if rows.is_empty() { vec!["-\t-\tNO SIGNER\t-\t-\t-\t-".to_owned()] } else { rows }
    }

    fn report(&self, policy: &Policy, moment: Timestamp) -> Outcome<Report> {
        let verifier = CadesVerifier::new(policy).accept_plain_cms();
        Ok(match &self.content {
            Some((_, content)) => verifier.verify_detached_at(&self.bytes, content, moment)?,
            None => verifier.verify_at(&self.bytes, moment)?,
        })
    }
}

/// Every certificate in a file, and those of its signers.
#[derive(Default)]
struct Found {
    certificates: Vec<Certificate>,
    signers: Vec<Certificate>,
}

impl Found {
    fn within(message: &SignedMessage) -> Self {
        let mut found = Self::default();
        let mut messages = vec![message.clone()];
        let mut seen = BTreeSet::new();
        let mut names = Vec::new();
        while let Some(message) = messages.pop() {
            found.certificates.extend(message.certificates().iter().cloned());
            for signer in &every_signer(&message) {
                names.push(signer.identifier().clone());
                let unsigned = signer.unsigned_attributes();
                for attribute in
                    signer.signed_attributes().into_iter().chain([unsigned]).flat_map(|all| all.iter())
                {
                    for value in attribute.values() {
                        if attribute.oid() == CERTIFICATE_VALUES {
                            found.certificates.extend(listed(value));
                        } else if let Ok(token) = SignedMessage::from_ber(value)
                            && token.content_type() == attributes::TIMESTAMP_INFO
                            && seen.insert(digest(value))
                        {
                            messages.push(token);
                        }
                    }
                }
            }
        }
        let certificates = &found.certificates;
        let named = |name: &chancery_cms::SignerIdentifier| certificates.iter().find(|one| name.names(one));
        found.signers = names.iter().filter_map(named).cloned().collect();
        found
    }

    fn certificate_of(&self, signer: &SignerInfo) -> Option<Certificate> {
        self.certificates.iter().find(|one| signer.identifier().names(one)).cloned()
    }

    /// The certificate and those above it, as far as they are in the file.
    fn above(&self, certificate: &Certificate) -> Vec<Certificate> {
        let mut path = vec![certificate.clone()];
        while let Some(last) = path.last().filter(|last| !last.is_self_issued()) {
            let issuer = self.certificates.iter().find(|one| !path.contains(one) && issued(one, last));
            match issuer.cloned() {
                Some(issuer) => path.push(issuer),
                None => break,
            }
        }
        path
    }
}

/// The signers of a message, each followed by those who counter-signed it, as reports tell of them.
fn every_signer(message: &SignedMessage) -> Vec<SignerInfo> {
    let mut all = Vec::new();
    for signer in message.signers() {
        all.push(signer.clone());
        let counters = signer.check_countersignatures(message, &[]);
        all.extend(counters.iter().filter_map(|counter| counter.signer().cloned()));
    }
    all
}

/// The certificates of a SEQUENCE; what is none is passed over.
fn listed(value: &[u8]) -> Vec<Certificate> {
    let Ok(sequence) = Reader::new(value).expect(tag::SEQUENCE) else { return Vec::new() };
    let mut reader = sequence.reader();
    let elements = std::iter::from_fn(|| reader.element().ok());
    elements.filter_map(|element| Certificate::from_der(element.raw).ok()).collect()
}

fn issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    let algorithm = ClaimedAlgorithm::from_algorithm_identifier_with(
        &certificate.signature_algorithm(),
        ParameterReading::Tolerant,
    );
    let verifies = |key: PublicKey| {
        algorithm.is_ok_and(|algorithm| {
            key.verify(&algorithm, certificate.to_be_signed(), certificate.signature()).is_ok()
        })
    };
    issuer.subject() == certificate.issuer() && PublicKey::of(issuer).is_ok_and(verifies)
}

fn unreadable(why: &str) -> String {
    format!("-\t-\tUNREADABLE\t-\t-\t-\t{}", plain(why))
}

fn digest(bytes: &[u8]) -> String {
    DigestAlgorithm::Sha256.digest(bytes).to_string()
}

/// In one cell of a table.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
