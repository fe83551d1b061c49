//! What a proof rests on, and until when.

use std::fmt;

use chancery_certificate::{Certificate, Octets};
use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::revocation::crl_source::CrlSource;

/// One piece of what a proof used. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Piece {
    Certificate(Certificate),
    Crl(Octets),
    CrlSource(CrlSource),
    Ocsp(Octets),
}

impl Piece {
    /// Whether both are the same bytes at the same place: evidence has each piece once, so they need not be compared.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Certificate(left), Self::Certificate(right)) => left == right,
            (Self::Crl(left), Self::Crl(right)) | (Self::Ocsp(left), Self::Ocsp(right)) => {
                left.is_same(right)
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
    /// The first moment at which one of the signatures on them was too weak, where that was asked.
    weak: Option<WeakFrom>,
}

/// From when on a signature is too weak to be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WeakFrom {
    pub(crate) from: Timestamp,
    pub(crate) algorithm: String,
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

    /// One of the signatures is too weak from then on.
    #[must_use]
    pub(crate) fn weak_from(self, weak: WeakFrom) -> Self {
        match &self.weak {
            Some(known) if known.from <= weak.from => self,
            _ => Self { weak: Some(weak), ..self },
        }
    }

    /// From when on one of the signatures is too weak, if that is known.
    pub(crate) fn weak(&self) -> Option<&WeakFrom> {
        self.weak.as_ref()
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
        let both = match other.weak.clone() {
            Some(weak) => both.weak_from(weak),
            None => both,
        };
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
            Piece::Crl(list) => evidence.with_crl(list),
            Piece::CrlSource(list) => evidence.with_crl_source(list.clone()),
            Piece::Ocsp(answer) => evidence.with_ocsp(answer),
        })
    }
}
