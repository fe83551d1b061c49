//! What a proof rests on, and until when.

use std::fmt;
use std::sync::Arc;

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::revocation::crl_source::CrlSource;

/// One piece of what a proof used. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Piece {
    Certificate(Certificate),
    Crl(Arc<[u8]>),
    CrlSource(CrlSource),
    Ocsp(Arc<[u8]>),
}

impl Piece {
    /// Whether both are the same bytes at the same place: evidence has each piece once, so they need not be compared.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Certificate(left), Self::Certificate(right)) => left == right,
            (Self::Crl(left), Self::Crl(right)) | (Self::Ocsp(left), Self::Ocsp(right)) => {
                Arc::ptr_eq(left, right)
            }
            (Self::CrlSource(left), Self::CrlSource(right)) => left.is(right),
            _ => false,
        }
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Crl(left), Self::Crl(right)) | (Self::Ocsp(left), Self::Ocsp(right)) => left == right,
            _ => self.is(other),
        }
    }
}

impl Eq for Piece {}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(certificate) => certificate.fmt(f),
            Self::Crl(list) => write!(f, "Crl({} bytes)", list.len()),
            Self::CrlSource(list) => list.fmt(f),
            Self::Ocsp(answer) => write!(f, "Ocsp({} bytes)", answer.len()),
        }
    }
}

/// The pieces that a statement needs, each once, in the order of their use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Foundation {
    pieces: Vec<Piece>,
    /// The last moment for which all of them hold; `None`: none of them says.
    until: Option<Timestamp>,
}

impl Foundation {
    /// Adds a piece.
    #[must_use]
    pub(crate) fn with(mut self, piece: Piece) -> Self {
        if !self.pieces.iter().any(|known| known.is(&piece)) {
            self.pieces.push(piece);
        }
        self
    }

    /// Holds no longer than this.
    #[must_use]
    pub(crate) fn until(self, end: Timestamp) -> Self {
        Self { until: Some(self.until.map_or(end, |until| until.min(end))), ..self }
    }

    /// The pieces of the other too, which need not hold as long as this.
    #[must_use]
    pub(crate) fn beside(self, other: &Self) -> Self {
        other.pieces.iter().cloned().fold(self, Self::with)
    }

    /// Both together.
    #[must_use]
    pub(crate) fn and(self, other: &Self) -> Self {
        let both = self.beside(other);
        match other.until {
            Some(end) => both.until(end),
            None => both,
        }
    }

    /// The last moment for which it holds; `None`: nothing bounds it.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.until
    }

    /// The pieces as evidence.
    pub(crate) fn to_evidence(&self) -> Evidence {
        self.pieces.iter().fold(Evidence::new(), |evidence, piece| match piece {
            Piece::Certificate(certificate) => evidence.with_certificate(certificate.clone()),
            Piece::Crl(list) => evidence.with_crl(Arc::clone(list)),
            Piece::CrlSource(list) => evidence.with_crl_source(list.clone()),
            Piece::Ocsp(answer) => evidence.with_ocsp(Arc::clone(answer)),
        })
    }
}
