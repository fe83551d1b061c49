//! Many documents, one signer, one account: rows I11 and "Batch".
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use chancery_ades::{Existence, Report};
use chancery_certificate::Certificate;
use chancery_http::{Request, Response, Transport, TransportError, transport_fn};
use chancery_key::{
    KeyKind, Password, SignatureAlgorithm, SignatureValue, Signer, SignerError, SoftwareSigner, ToBeSigned,
};
use chancery_pades::{
    Batch, BatchFile, Done, ExistingOutput, LastingPdf, PadesError, PdfSigner, PreparedPdf,
    PreparedTimestamp, SignedPdf, Stamping, StoredPdf, StoredTimestamp, WithoutTimestamp,
};
use chancery_testkit::pdf::SamplePdf;
use chancery_testkit::{Misbehaviour, TestPki, TestService};
use chancery_timestamp::TimestampAuthority;
use support::{assert_passed, authority, contract, now, pki, rng, verify};

/// A signer that counts.
struct Counting {
    signer: SoftwareSigner,
    asked: AtomicUsize,
}

impl Counting {
    fn new(signer: SoftwareSigner) -> Self {
        Self { signer, asked: AtomicUsize::new(0) }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Signer for Counting {
    fn chain(&self) -> &[Certificate] {
        self.signer.chain()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.signer.sign(to_be_signed)
    }
}

fn is_timestamped(report: &Report) -> bool {
    let proof = report.signatures()[0].verdict().proof().unwrap();
    matches!(proof.existence(), Existence::Proven { .. })
}

#[test]
fn one_call_signs_and_timestamps() {
    // I11
    let pki = pki();
    let alice = Counting::new(pki.signer("Alice", KeyKind::P256));
    let signer = PdfSigner::new(&alice, now());
    let pdf = contract();
    for choice in [WithoutTimestamp::Require, WithoutTimestamp::Degrade] {
        let (signed, stamping) =
            signer.sign_with_timestamp(&pdf, &authority(&pki), choice, &mut rng()).unwrap();
        assert!(matches!(stamping, Stamping::Timestamped) && stamping.missing().is_none());
        let report = verify(&pki, &signed);
        assert_passed(&report, 1);
        assert!(is_timestamped(&report), "{report}");
    }
    assert_eq!(alice.asked(), 2, "once each");
}

#[test]
fn an_authority_that_fails_is_an_error_or_told_and_never_silent() {
    // I11
    let pki = pki();
    let alice = Counting::new(pki.signer("Alice", KeyKind::P256));
    let signer = PdfSigner::new(&alice, now());
    let pdf = contract();
    let bad = [
        Misbehaviour::Down,
        Misbehaviour::Html,
        Misbehaviour::ServerError,
        Misbehaviour::Garbage,
        Misbehaviour::Reject,
        Misbehaviour::WrongNonce,
        Misbehaviour::WrongSubject,
    ];
    for (index, misbehaviour) in bad.into_iter().enumerate() {
        pki.misbehave(TestService::Timestamp, misbehaviour);
        let required =
            signer.sign_with_timestamp(&pdf, &authority(&pki), WithoutTimestamp::Require, &mut rng());
        let error = required.err().unwrap();
        assert!(matches!(error, PadesError::Signature(_)), "{misbehaviour:?}: {error}");
        let (signed, stamping) = signer
            .sign_with_timestamp(&pdf, &authority(&pki), WithoutTimestamp::Degrade, &mut rng())
            .unwrap();
        let told = stamping.missing().unwrap_or_else(|| panic!("{misbehaviour:?} was not told"));
        assert_eq!(told.to_string(), error.to_string(), "{misbehaviour:?}");
        let report = verify(&pki, &signed);
        assert_passed(&report, 1);
        assert!(!is_timestamped(&report), "level B-B");
        assert_eq!(alice.asked(), 2 * (index + 1), "{misbehaviour:?}: the key is asked once a signature");
    }
    // No room is a failure of the same kind.
    pki.behave();
    let tight = PdfSigner::new(&alice, now()).timestamp_room(10);
    let required = tight.sign_with_timestamp(&pdf, &authority(&pki), WithoutTimestamp::Require, &mut rng());
    assert!(matches!(required, Err(PadesError::NoRoom { .. })));
    let (_, stamping) =
        tight.sign_with_timestamp(&pdf, &authority(&pki), WithoutTimestamp::Degrade, &mut rng()).unwrap();
    assert!(matches!(stamping, Stamping::Degraded(PadesError::NoRoom { .. })), "{stamping:?}");
}

/// A folder with invoices, one of them no PDF.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..count {
            let pdf = match number {
                2 => b"this is no PDF".to_vec(),
                number => SamplePdf::new().pages(1 + number % 3).to_bytes(),
            };
            std::fs::write(folder.path().join(format!("{number:03}.pdf")), pdf).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn files(&self, count: usize) -> Vec<BatchFile> {
        let file = |number: usize| BatchFile {
            from: self.path(&format!("{number:03}.pdf")),
            to: self.path(&format!("{number:03}-signed.pdf")),
        };
        (0..count).map(file).collect()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn assert_signed(pki: &TestPki, path: &Path) {
    let pdf = std::fs::read(path).unwrap();
    let report = verify(pki, &pdf);
    assert_passed(&report, 1);
    assert!(is_timestamped(&report));
}

#[test]
fn one_document_that_fails_stops_no_other_and_has_no_output() {
    let pki = pki();
    let alice = Counting::new(pki.signer("Alice", KeyKind::P256));
    let signer = PdfSigner::new(&alice, now());
    let (folder, tsa) = (Folder::new(6), authority(&pki));
    let batch = Batch::new(&signer).timestamp(&tsa, WithoutTimestamp::Require);
    let mut seen = Vec::new();
    let summary = batch.sign(folder.files(6), &mut rng(), |progress| {
        seen.push((progress.number, progress.file.from.clone(), progress.outcome.is_ok()));
        ControlFlow::Continue(())
    });
    assert_eq!((summary.signed, summary.degraded, summary.kept, summary.failed), (5, 0, 0, 1));
    let told: Vec<_> =
        folder.files(6).into_iter().zip(1..).map(|(file, number)| (number, file.from, number != 3)).collect();
    assert_eq!(seen, told);
    for file in folder.files(6) {
        let name = file.to.file_name().unwrap().to_str().unwrap();
        assert_eq!(file.to.exists(), name != "002-signed.pdf", "{name}");
        if file.to.exists() {
            assert_signed(&pki, &file.to);
        }
    }
    assert_eq!(folder.names().len(), 11, "nothing half done lies about: {:?}", folder.names());
    assert_eq!(alice.asked(), 5);
}

#[test]
fn an_interrupted_run_is_continued() {
    let pki = pki();
    let alice = Counting::new(pki.signer("Alice", KeyKind::P256));
    let signer = PdfSigner::new(&alice, now());
    let (folder, tsa) = (Folder::new(6), authority(&pki));
    let batch = Batch::new(&signer).timestamp(&tsa, WithoutTimestamp::Require);
    let first = batch.sign(folder.files(6), &mut rng(), |progress| match progress.number {
        2 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert_eq!((first.signed, first.failed), (2, 0));
    let done = std::fs::read(folder.path("000-signed.pdf")).unwrap();

    let refused = batch.sign(folder.files(2), &mut rng(), |progress| {
        let Err(PadesError::Io(error)) = progress.outcome else { panic!("{:?}", progress.outcome) };
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        ControlFlow::Continue(())
    });
    assert_eq!(refused.failed, 2);
    assert_eq!(alice.asked(), 2, "what is there is not signed again");

    let batch = batch.existing_output(ExistingOutput::Keep);
    let mut kept = Vec::new();
    let second = batch.sign(folder.files(6), &mut rng(), |progress| {
        kept.extend(matches!(progress.outcome, Ok(Done::Kept)).then_some(progress.number));
        ControlFlow::Continue(())
    });
    assert_eq!((second.signed, second.kept, second.failed), (3, 2, 1));
    assert_eq!(kept, [1, 2]);
    assert_eq!(std::fs::read(folder.path("000-signed.pdf")).unwrap(), done);

    let third = batch
        .existing_output(ExistingOutput::Replace)
        .sign(folder.files(1), &mut rng(), |_| ControlFlow::Continue(()));
    assert_eq!(third.signed, 1);
    assert_ne!(std::fs::read(folder.path("000-signed.pdf")).unwrap(), done, "a token of its own");
}

/// The account is empty from the third token on.
#[test]
fn what_lacks_its_timestamp_is_counted_and_told() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now());
    let left = AtomicUsize::new(2);
    let metered = transport_fn(|request: &Request| -> Result<Response, TransportError> {
        match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => pki.send(request),
            Err(_) => Ok(Response::new(402, Default::default(), Vec::new())),
        }
    });
    let address = chancery_http::Address::parse(&pki.tsa_url()).unwrap();
    let tsa = TimestampAuthority::new(address, &metered);
    let folder = Folder::new(6);
    let batch = Batch::new(&signer).timestamp(&tsa, WithoutTimestamp::Degrade);
    let mut degraded = Vec::new();
    let summary = batch.sign(folder.files(6), &mut rng(), |progress| {
        if let Ok(Done::Signed(Some(Stamping::Degraded(because)))) = progress.outcome {
            assert!(because.to_string().contains("402"), "{because}");
            degraded.push(progress.number);
        }
        ControlFlow::Continue(())
    });
    assert_eq!((summary.signed, summary.degraded, summary.failed), (5, 3, 1));
    assert_eq!(degraded, [4, 5, 6]);

    // Where the timestamp is required, nothing is left behind.
    let required = Batch::new(&signer)
        .timestamp(&tsa, WithoutTimestamp::Require)
        .existing_output(ExistingOutput::Replace);
    let before = std::fs::read(folder.path("000-signed.pdf")).unwrap();
    let summary = required.sign(folder.files(6), &mut rng(), |_| ControlFlow::Continue(()));
    assert_eq!((summary.signed, summary.failed), (0, 6));
    assert_eq!(std::fs::read(folder.path("000-signed.pdf")).unwrap(), before, "what was there is as it was");
}

#[test]
fn threads_share_a_batch() {
    let pki = pki();
    let alice = Counting::new(pki.signer("Alice", KeyKind::P256));
    let signer = PdfSigner::new(&alice, now());
    let (folder, tsa) = (Folder::new(12), authority(&pki));
    let batch = Batch::new(&signer).timestamp(&tsa, WithoutTimestamp::Require);
    let files = folder.files(12);
    std::thread::scope(|scope| {
        for part in files.chunks(3) {
            let batch = &batch;
            scope.spawn(move || {
                for file in part {
                    let outcome = batch.sign_file(file, &mut rng());
                    assert_eq!(outcome.is_ok(), !file.from.ends_with("002.pdf"), "{outcome:?}");
                }
            });
        }
    });
    assert_eq!(alice.asked(), 11);
    for file in files.iter().filter(|file| file.to.exists()) {
        assert_signed(&pki, &file.to);
    }
}

#[test]
fn without_an_authority_a_batch_signs_b_b_and_encrypted_files_get_seeds_of_their_own() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::Ed25519);
    let folder = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures/aes-128.pdf");
    let original = std::fs::read(fixture).unwrap();
    let files = ["one", "two"].map(|name| BatchFile {
        from: folder.path().join(format!("{name}.pdf")),
        to: folder.path().join(format!("{name}-signed.pdf")),
    });
    files.iter().for_each(|file| std::fs::write(&file.from, &original).unwrap());
    let signer =
        PdfSigner::new(&alice, now()).reason("yes").field("Second").password(Password::from("user"), [7; 32]);
    let summary = Batch::new(&signer).sign(files.clone(), &mut rng(), |progress| {
        assert!(matches!(progress.outcome, Ok(Done::Signed(None))), "{:?}", progress.outcome);
        ControlFlow::Continue(())
    });
    assert_eq!(summary.signed, 2);
    let [one, two] = files.map(|file| std::fs::read(file.to).unwrap());
    assert_eq!(one[..original.len()], two[..original.len()]);
    // The same key and the same seed would make the same encrypted reason.
    let reason = |pdf: &[u8]| {
        let place = pdf.windows(7).rposition(|window| window == b"/Reason").unwrap();
        pdf[place..place + 40].to_vec()
    };
    assert_ne!(reason(&one), reason(&two));
}

#[test]
fn everything_may_move_between_threads() {
    fn assert<T: Send + Sync>() {}
    assert::<PdfSigner<'_, &SoftwareSigner>>();
    assert::<PreparedPdf<'_>>();
    assert::<StoredPdf>();
    assert::<SignedPdf<'_>>();
    assert::<LastingPdf<'_>>();
    assert::<PreparedTimestamp<'_>>();
    assert::<StoredTimestamp>();
    assert::<Batch<'_, SoftwareSigner, TestPki>>();
    assert::<Stamping>();
}
