//! What each regime asks, as data.

use std::fmt;

use jiff::SignedDuration;

use crate::field::Need;
use crate::meaning::Meaning;

/// A regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Regime {
    /// 21 CFR Part 11: electronic records and signatures before the FDA.
    Part11,
    /// ESIGN (15 USC 7001) and UETA: the United States.
    Esign,
    /// Regulation (EU) 910/2014, with ETSI TS 119 431 for those who offer the service.
    Eidas,
    /// The Act on Electronic Signatures (Act 102 of 2000) and what its ministries say of it.
    Japan,
}

/// Whether a signature must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Appearance {
    /// It must be seen in the document.
    Visible,
    /// It may be invisible.
    Any,
}

/// What a regime asks of envelopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Which regime.
    pub regime: Regime,
    /// How many distinct kinds of factors a signer, witness or approver proves, at least.
    pub kinds: u32,
    /// The meanings that a signature may have; any, also none, where the list is empty.
    pub meanings: &'static [Meaning],
    /// Whether signatures must be seen.
    pub appearance: Appearance,
    /// Whether a party shows, with its consent, that it can read the form that is used.
    pub demonstration: Need,
    /// How long the record is kept, at least.
    pub kept: SignedDuration,
    /// The longest lease of a signing session.
    pub lease: SignedDuration,
    /// For how long a person may do nothing in a series of acts; none where each act takes all factors.
    pub idle: Option<SignedDuration>,
}

const fn years(years: i64) -> SignedDuration {
    // Never less than so many calendar years.
    SignedDuration::from_hours(years * 366 * 24)
}

impl Regime {
    /// Every regime.
    pub const ALL: [Self; 4] = [Self::Part11, Self::Esign, Self::Eidas, Self::Japan];

    /// What it asks.
    #[must_use]
    pub const fn bundle(self) -> Bundle {
        match self {
            // 11.200(a)(1): two components; in a series, which fifteen minutes of nothing end. 11.50: meaning, and seen. How long, the predicate rule says; two years is
            // the shortest of those in common use (21 CFR 211.180, one year after the expiry of a batch).
            Self::Part11 => Bundle {
                regime: self,
                kinds: 2,
                meanings: &Meaning::ALL,
                appearance: Appearance::Visible,
                demonstration: Need::Optional,
                kept: years(2),
                lease: SignedDuration::from_mins(15),
                idle: Some(SignedDuration::from_mins(15)),
            },
            // 7001(c) is about consent, which every envelope asks for, and (1)(C)(ii) how it is given.
            Self::Esign => Bundle {
                regime: self,
                kinds: 0,
                meanings: &[],
                appearance: Appearance::Any,
                demonstration: Need::Required,
                kept: SignedDuration::ZERO,
                lease: SignedDuration::from_hours(24),
                idle: Some(SignedDuration::from_hours(1)),
            },
            // Sole control: Article 26(c). Seven years: TS 119 431-1, OVR-6.4.6-01.
            Self::Eidas => Bundle {
                regime: self,
                kinds: 1,
                meanings: &[],
                appearance: Appearance::Any,
                demonstration: Need::Optional,
                kept: years(7),
                lease: SignedDuration::from_hours(24),
                idle: Some(SignedDuration::from_hours(1)),
            },
            // Two factors: Q&A of 2020-09-04. Seven years: Electronic Books Act.
            Self::Japan => Bundle {
                regime: self,
                kinds: 2,
                meanings: &[],
                appearance: Appearance::Any,
                demonstration: Need::Optional,
                kept: years(7),
                lease: SignedDuration::from_hours(24),
                idle: None,
            },
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Part11 => "21 CFR Part 11",
            Self::Esign => "ESIGN and UETA",
            Self::Eidas => "eIDAS and ETSI TS 119 431",
            Self::Japan => "Japan",
        })
    }
}
