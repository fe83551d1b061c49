//! The levels of signatures, and the services that they need.

use std::fmt::Display;

use chancery_cades::{CadesError, LongTermCollector, LongTermEvidence};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_pades::{LastingPdf, PadesError};
use chancery_pdf::PdfError;
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

use crate::failure::Failure;

/// How far a signature goes to last (EN 319 122-1, 6; EN 319 142-1, 6).
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// B-B: signed.
    Basic,
    /// B-T: with a timestamp.
    Time,
    /// B-LT: and the evidence.
    LongTerm,
    /// B-LTA: and a timestamp over all of it.
    Archive,
}

impl Level {
    /// What `--level` asks for.
    ///
    /// # Errors
    /// If it is none of the four.
    pub fn from_name(name: &str) -> Result<Self, Failure> {
        match name {
            "b-b" => Ok(Self::Basic),
            "b-t" => Ok(Self::Time),
            "b-lt" => Ok(Self::LongTerm),
            "b-lta" => Ok(Self::Archive),
            other => Err(Failure::usage(format!("--level is b-b, b-t, b-lt or b-lta, not {other}"))),
        }
    }

    /// What `--level` asks for where there is a signature already.
    ///
    /// # Errors
    /// If it is none of the three above B-B.
    pub fn to_reach(name: &str) -> Result<Self, Failure> {
        match Self::from_name(name) {
            Ok(Self::Basic) | Err(_) => {
                Err(Failure::usage(format!("--level is b-t, b-lt or b-lta, not {name}")))
            }
            level => level,
        }
    }
}

/// A timestamp authority, the services that certificates name, and whom to trust.
pub struct Services {
    authority: TimestampAuthority<BlockingClient>,
    client: BlockingClient,
    allowed: Option<AddressRule>,
    signers: TrustAnchors,
    timestamps: TrustAnchors,
}

impl Services {
    /// The authority at this URL, and services at public addresses and those that are `allowed` beside.
    ///
    /// # Errors
    /// If the URL is none.
    pub fn new(
        url: &str,
        allowed: Option<AddressRule>,
        signers: TrustAnchors,
        timestamps: TrustAnchors,
    ) -> Result<Self, Failure> {
        let client = || allowed.into_iter().fold(BlockingClient::new(), BlockingClient::allow);
        let authority = TimestampAuthority::new(Address::parse(url).map_err(Failure::usage)?, client());
        Ok(Self { authority, client: client(), allowed, signers, timestamps })
    }

    /// The timestamp authority.
    #[must_use]
    pub const fn authority(&self) -> &TimestampAuthority<BlockingClient> {
        &self.authority
    }

    /// Collects what shows that nobody's certificate was revoked, and says whose.
    ///
    /// # Errors
    /// If there is nothing to collect for, or something cannot be had.
    pub fn collect<'a, E: From<CadesError>>(
        &'a self,
        begin: impl FnOnce(&ChainVerifier<'a>, &ChainVerifier<'a>, Timestamp) -> Result<LongTermCollector<'a>, E>,
    ) -> Result<LongTermEvidence, E> {
        let verifier =
            |anchors| ChainVerifier::new(anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
        let collector = begin(&verifier(&self.signers), &verifier(&self.timestamps), Timestamp::now())?;
        let collector = self.allowed.into_iter().fold(collector, LongTermCollector::allow);
        let evidence = collector.collect(&self.client)?;
        for chain in evidence.chains() {
            println!("not revoked: {}", chain.certificate().display_name());
        }
        Ok(evidence)
    }

    /// Takes a timestamped document to a level, and says what was done.
    ///
    /// # Errors
    /// As the steps.
    pub fn extend<'s>(&self, pdf: LastingPdf<'s>, level: Level) -> Result<LastingPdf<'s>, PadesError> {
        let mut pdf = pdf;
        if level >= Level::LongTerm {
            let evidence =
                self.collect(|signers, timestamps, now| pdf.collector(signers, timestamps, now))?;
            pdf = pdf.preserve(&evidence)?;
            println!("preserved");
        }
        if level == Level::Archive {
            pdf = pdf.archive(&self.authority, &mut UnwrapErr(SysRng))?;
            println!("archived");
        }
        Ok(pdf)
    }
}

/// What could not be read is told apart from what was refused.
pub fn pdf_failure(what: impl Display, error: PadesError) -> Failure {
    match error {
        PadesError::Pdf(PdfError::PageMissing { .. }) => Failure::refused(what, error),
        PadesError::Pdf(_) | PadesError::Io(_) | PadesError::Signature(CadesError::Content(_)) => {
            Failure::unreadable(what, error)
        }
        _ => Failure::refused(what, error),
    }
}
