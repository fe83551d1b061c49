//! The levels of PDF signatures, and the services that they need.

use std::fmt::Display;

use chancery_cades::CadesError;
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_pades::{LastingPdf, PadesError};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

use crate::failure::Failure;

/// How far a signature goes to last (EN 319 142-1, 6).
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum PdfLevel {
    /// B-B: signed.
    Basic,
    /// B-T: with a timestamp.
    Time,
    /// B-LT: and the evidence.
    LongTerm,
    /// B-LTA: and a timestamp over all of it.
    Archive,
}

impl PdfLevel {
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
}

/// A timestamp authority, the services that certificates name, and whom to trust.
pub struct Services {
    authority: TimestampAuthority<BlockingClient>,
    client: BlockingClient,
    loopback: bool,
    signers: TrustAnchors,
    timestamps: TrustAnchors,
}

impl Services {
    /// The authority at this URL. With `loopback`, services may be on this machine.
    ///
    /// # Errors
    /// If the URL is none.
    pub fn new(
        url: &str,
        loopback: bool,
        signers: TrustAnchors,
        timestamps: TrustAnchors,
    ) -> Result<Self, Failure> {
        let client = || {
            let client = BlockingClient::new();
            if loopback { client.allow(AddressRule::Loopback) } else { client }
        };
        let authority = TimestampAuthority::new(Address::parse(url).map_err(Failure::usage)?, client());
        Ok(Self { authority, client: client(), loopback, signers, timestamps })
    }

    /// The timestamp authority.
    #[must_use]
    pub const fn authority(&self) -> &TimestampAuthority<BlockingClient> {
        &self.authority
    }

    /// Takes a timestamped document to a level, and says what was done.
    ///
    /// # Errors
    /// As the steps.
    pub fn extend<'s>(&self, pdf: LastingPdf<'s>, level: PdfLevel) -> Result<LastingPdf<'s>, PadesError> {
        let mut pdf = pdf;
        if level >= PdfLevel::LongTerm {
            let verifier =
                |anchors| ChainVerifier::new(anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
            let (signers, timestamps) = (verifier(&self.signers), verifier(&self.timestamps));
            let collector = pdf.collector(&signers, &timestamps, Timestamp::now())?;
            let collector = if self.loopback { collector.allow(AddressRule::Loopback) } else { collector };
            let evidence = collector.collect(&self.client)?;
            for chain in evidence.chains() {
                println!("not revoked: {}", chain.certificate().display_name());
            }
            pdf = pdf.preserve(&evidence)?;
            println!("preserved");
        }
        if level == PdfLevel::Archive {
            pdf = pdf.archive(&self.authority, &mut UnwrapErr(SysRng))?;
            println!("archived");
        }
        Ok(pdf)
    }
}

/// What could not be read is told apart from what was refused.
pub fn pdf_failure(what: impl Display, error: PadesError) -> Failure {
    match error {
        PadesError::Pdf(_) | PadesError::Io(_) | PadesError::Signature(CadesError::Content(_)) => {
            Failure::unreadable(what, error)
        }
        _ => Failure::refused(what, error),
    }
}
