//! Many documents, one signer, one account with a timestamp authority.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use chancery_digest::FileSource;
use chancery_http::{Request, Response, Transport, TransportError};
use chancery_key::Signer;
use chancery_timestamp::TimestampAuthority;
use rand_core::CryptoRng;

use crate::timestamping::{Stamping, WithoutTimestamp};
use crate::{PadesError, PdfSigner, SignedPdf};

/// Signs many files with one signer, file by file.
///
/// ```no_run
/// use std::ops::ControlFlow;
///
/// use chancery_pades::{Batch, BatchFile, Done, ExistingOutput, WithoutTimestamp};
/// # use chancery_http::Transport;
///
/// # fn sign<T: Transport>(signer: &chancery_pades::PdfSigner<'_, &chancery_key::SoftwareSigner>, tsa: &chancery_timestamp::TimestampAuthority<T>, rng: &mut impl rand_core::CryptoRng) {
/// let files = ["0001.pdf", "0002.pdf"].map(|name| BatchFile {
///     from: format!("invoices/{name}").into(),
///     to: format!("signed/{name}").into(),
/// });
/// let batch = Batch::new(signer)
///     .timestamp(tsa, WithoutTimestamp::Require)
///     .existing_output(ExistingOutput::Keep); // what an earlier run has done stays done
/// let summary = batch.sign(files, rng, |progress| {
///     match progress.outcome {
///         Ok(Done::Signed(_)) | Ok(Done::Kept) => {}
///         Err(error) => eprintln!("{}: {error}", progress.file.from.display()),
///     }
///     ControlFlow::Continue(())
/// });
/// println!("{} signed, {} failed", summary.signed, summary.failed);
/// # }
/// ```
///
/// A file that cannot be signed does not stop the others, and has no output. An output appears whole or not at all, so
/// that a run that was interrupted is continued by running it again with [`ExistingOutput::Keep`].
///
/// Nothing is shared beside what is borrowed: [`sign_file`](Self::sign_file) may be called from as many threads as the
/// signer and the transport allow.
pub struct Batch<'b, S: Signer + ?Sized, T> {
    signer: &'b PdfSigner<'b, &'b S>,
    authority: Option<(&'b TimestampAuthority<T>, WithoutTimestamp)>,
    existing: ExistingOutput,
}

/// The place of a timestamp authority where there is none.
#[derive(Copy, Clone, Debug)]
pub enum NoAuthority {}

impl Transport for NoAuthority {
    fn send(&self, _: &Request) -> Result<Response, TransportError> {
        match *self {}
    }
}

/// A file to sign, and the file that it becomes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BatchFile {
    /// The document.
    pub from: PathBuf,
    /// The signed document.
    pub to: PathBuf,
}

/// What to do when the output is there before the document was signed.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum ExistingOutput {
    /// Refuse this document.
    #[default]
    Refuse,
    /// Keep it, and go on with the next document: how an interrupted run is continued.
    Keep,
    /// Replace it.
    Replace,
}

/// What was done with a file.
#[derive(Debug)]
pub enum Done {
    /// It was signed; with an authority, whether it got its timestamp.
    Signed(Option<Stamping>),
    /// Its output was there already, and was kept.
    Kept,
}

/// How far a batch is: this file was the last.
#[derive(Debug)]
#[non_exhaustive]
pub struct Progress<'p> {
    /// The file.
    pub file: &'p BatchFile,
    /// What became of it. After an error there is no output.
    pub outcome: &'p Result<Done, PadesError>,
    /// How many files there have been, with this one.
    pub number: usize,
}

/// What became of a batch.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
#[must_use = "files may have failed"]
#[non_exhaustive]
pub struct BatchSummary {
    /// How many were signed.
    pub signed: usize,
    /// How many of these lack the timestamp that was asked for.
    pub degraded: usize,
    /// How many outputs were there already, and were kept.
    pub kept: usize,
    /// How many failed.
    pub failed: usize,
}

impl<'b, S: Signer + ?Sized> Batch<'b, S, NoAuthority> {
    /// What this signer does, for every file: the same options, the same time of signing.
    #[must_use]
    pub fn new(signer: &'b PdfSigner<'b, &'b S>) -> Self {
        Self { signer, authority: None, existing: ExistingOutput::default() }
    }

    /// Has every signature timestamped by this authority.
    #[must_use]
    pub fn timestamp<T: Transport>(
        self,
        authority: &'b TimestampAuthority<T>,
        otherwise: WithoutTimestamp,
    ) -> Batch<'b, S, T> {
        Batch { signer: self.signer, authority: Some((authority, otherwise)), existing: self.existing }
    }
}

impl<S: Signer + ?Sized, T: Transport> Batch<'_, S, T> {
    /// What to do with an output that is there already; the document is refused unless told otherwise.
    #[must_use]
    pub fn existing_output(self, choice: ExistingOutput) -> Self {
        Self { existing: choice, ..self }
    }

    /// Signs one file after the other, and tells after each what became of it. [`ControlFlow::Break`] ends the batch
    /// there, for example when the account with the authority is empty. `files` are taken one by one, so that they may
    /// come from a directory as it is read.
    pub fn sign(
        &self,
        files: impl IntoIterator<Item = BatchFile>,
        rng: &mut impl CryptoRng,
        mut tell: impl FnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> BatchSummary {
        let mut summary = BatchSummary::default();
        for (file, number) in files.into_iter().zip(1..) {
            let outcome = self.sign_file(&file, rng);
            summary.count(&outcome);
            if tell(Progress { file: &file, outcome: &outcome, number }).is_break() {
                break;
            }
        }
        summary
    }

    /// Signs one file. The document is neither changed nor held in memory.
    ///
    /// # Errors
    /// If it cannot be read, signed or timestamped, or its output not be written; then there is no output. Without an
    /// authority also [`PadesError::SeedValue`] for a field that demands a timestamp.
    pub fn sign_file(&self, file: &BatchFile, rng: &mut impl CryptoRng) -> Result<Done, PadesError> {
        match self.existing {
            ExistingOutput::Replace => {}
            ExistingOutput::Keep if file.to.try_exists()? => return Ok(Done::Kept),
            ExistingOutput::Refuse if file.to.try_exists()? => {
                let text = format!("{} is there already", file.to.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, text).into());
            }
            ExistingOutput::Keep | ExistingOutput::Refuse => {}
        }
        let document = FileSource::open(&file.from)?;
        let signer = self.signer.with_fresh_seed(rng);
        let signer = signer.as_ref().unwrap_or(self.signer);
        let (signed, stamping): (SignedPdf<'_>, _) = match self.authority {
            None => (signer.sign(&document)?, None),
            Some((authority, otherwise)) => {
                let (signed, stamping) = signer.sign_with_timestamp(&document, authority, otherwise, rng)?;
                (signed, Some(stamping))
            }
        };
        signed.save(&file.to)?;
        Ok(Done::Signed(stamping))
    }
}

impl BatchSummary {
    fn count(&mut self, outcome: &Result<Done, PadesError>) {
        match outcome {
            Ok(Done::Signed(stamping)) => {
                self.signed += 1;
                let missing = stamping.as_ref().and_then(Stamping::missing);
                self.degraded += usize::from(missing.is_some());
            }
            Ok(Done::Kept) => self.kept += 1,
            Err(_) => self.failed += 1,
        }
    }
}
