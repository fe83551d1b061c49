//! Why a qualification came out as it did.

use std::fmt;

use chancery_certificate::printable;
use jiff::Timestamp;

use crate::unread::Criticality;
use crate::uris::{Qualifier, ServiceStatus};
use crate::uses::QualifiedUse;

/// Something that decided, or should be known of, a determination. Each prints a sentence with the clause of ETSI
/// TS 119 615 that it comes from, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// The list is of another country than the certificate's issuer.
    OtherTerritory {
        /// The country of the issuer, by its certificate.
        issuer: Option<String>,
        /// The territory of the list.
        list: Option<String>,
    },
    /// The moment lies after the list's next update, of which the list can know nothing.
    ListTooOld {
        /// When the next list was due.
        next_update: Timestamp,
    },
    /// The moment lies before the certificate was valid.
    BeforeIssuance,
    /// The history of a service that stands for the issuer is not in order.
    HistoryOutOfOrder,
    /// No service of the list issues qualified certificates and stands for the issuer.
    NotListed,
    /// A service stands for an authority above the issuer, and the list does not say that it is a root of such.
    AboveTheIssuer,
    /// The services that stand for the issuer belong to different providers.
    ProvidersDiffer,
    /// The organisation in the issuer's name is not the provider's.
    ProviderHasAnotherName,
    /// Several services of the same status stand for the issuer.
    ListedTwice,
    /// Several services of different status stand for the issuer.
    StatusesDiffer,
    /// A service has a critical extension that is not read.
    UnreadCriticalExtension {
        /// The name of its element.
        element: String,
    },
    /// A service is in a standing that makes nothing qualified.
    NotActive {
        /// The standing.
        status: ServiceStatus,
    },
    /// A service is in a standing that the standard does not know for this time.
    UnexpectedStatus {
        /// The standing.
        status: ServiceStatus,
    },
    /// No service is listed for this use.
    NotForUse {
        /// The use.
        used: QualifiedUse,
    },
    /// Whether qualifiers are about the certificate cannot be told.
    CriteriaUnclear,
    /// A qualifier that is not known.
    UnknownQualifier {
        /// The qualifier.
        qualifier: Qualifier,
        /// Whether who does not know it must not rely on the service.
        criticality: Criticality,
    },
    /// Qualifiers say contrary things.
    QualifiersContradict {
        /// For this use.
        used: QualifiedUse,
    },
    /// Qualifiers of devices say contrary things, or speak the words of before July 2016.
    DeviceQualifiersContradict,
    /// The certificate's statements cannot be read, so that what it claims is not known.
    ClaimsUnreadable,
    /// The certificate claims to be qualified by another law than the European Union's.
    OtherLegislation,
    /// The certificate claims several uses, or one that is not known.
    SeveralUsesClaimed,
    /// The list says that the certificate is qualified, and nothing says for what.
    NothingSaysForWhat {
        /// When asked for this use.
        used: QualifiedUse,
    },
    /// List and certificate make it qualified for two uses, which cannot be.
    QualifiedForTwoUses,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known =
            |territory: &Option<String>| territory.as_deref().map_or("no country".to_owned(), printable);
        match self {
            Self::OtherTerritory { issuer, list } => {
                write!(f, "the issuer is of {} and the list of {} (PRO-4.4.4-01)", known(issuer), known(list))
            }
            Self::ListTooOld { next_update } => {
                write!(f, "the list knows nothing of the time after {next_update}")
            }
            Self::BeforeIssuance => f.write_str("the certificate was not valid yet"),
            Self::HistoryOutOfOrder => {
                f.write_str("the history of the service is not in order (PRO-4.3.4-03A)")
            }
            Self::NotListed => f.write_str("no service of the list stands for the issuer (PRO-4.4.4-05)"),
            Self::AboveTheIssuer => f.write_str(
                "the list names an authority above the issuer, and not as a root (TS 119 612, 5.5.9.4)",
            ),
            Self::ProvidersDiffer => f.write_str("several providers stand for the issuer (PRO-4.3.4-11)"),
            Self::ProviderHasAnotherName => {
                f.write_str("the issuer does not bear the provider's name (PRO-4.4.4-06)")
            }
            Self::ListedTwice => f.write_str("several services stand for the issuer (PRO-4.3.4-05)"),
            Self::StatusesDiffer => {
                f.write_str("services of different status stand for the issuer (PRO-4.3.4-06)")
            }
            Self::UnreadCriticalExtension { element } => {
                write!(f, "the critical extension {} is not understood", printable(element))
            }
            Self::NotActive { status } => write!(f, "the service was {status} (PRO-4.4.4-10)"),
            Self::UnexpectedStatus { status } => {
                write!(f, "the status {status} does not belong to that time (PRO-4.4.4-10A)")
            }
            Self::NotForUse { used } => write!(f, "no service is listed for {used} (PRO-4.4.4-10)"),
            Self::CriteriaUnclear => {
                f.write_str("the list names certificates by conditions that cannot be judged (PRO-4.4.4-11)")
            }
            Self::UnknownQualifier { qualifier, criticality } => {
                let critical = if *criticality == Criticality::Critical { "critical " } else { "" };
                write!(f, "the {critical}qualifier {qualifier} is not known (PRO-4.5.4-04)")
            }
            Self::QualifiersContradict { used } => {
                write!(f, "qualifiers for {used} contradict each other (PRO-4.4.4-12)")
            }
            Self::DeviceQualifiersContradict => {
                f.write_str("qualifiers of devices contradict each other (PRO-4.5.4-04)")
            }
            Self::ClaimsUnreadable => f.write_str("the certificate's statements cannot be read"),
            Self::OtherLegislation => {
                f.write_str("the certificate claims to be qualified by another law (EN 319 412-5, 4.2.4)")
            }
            Self::SeveralUsesClaimed => {
                f.write_str("the certificate claims several uses, or an unknown one (PRO-4.4.4-14)")
            }
            Self::NothingSaysForWhat { used } => {
                write!(f, "nothing says whether it is for {used} (PRO-4.4.4-15)")
            }
            Self::QualifiedForTwoUses => {
                f.write_str("it would be qualified for two uses at once (PRO-4.4.4-32)")
            }
        }
    }
}
