//! What would follow from a list for a signature.

use std::fmt;

use jiff::Timestamp;

use crate::determination::Determination;
use crate::list::UnverifiedTrustedList;
use crate::remark::Remark;
use crate::uses::{QualifiedUse, Would, WouldBeDevice};
use chancery_chain::VerifiedChain;

/// What an unverified list would make of a certificate, at its issuance and when it signed.
///
/// It is not a qualification: nothing in this crate can say that a certificate *is* qualified, since nothing here
/// proves that the list is authentic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedQualification {
    at_issuance: Determination,
    at_signing: Determination,
}

/// What would follow if the list were authentic.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// The certificate would be qualified, at issuance and at signing.
    WouldBeQualified {
        /// For this use.
        for_use: QualifiedUse,
        /// And its key would be, or not be, in a qualified device, at both moments.
        device: WouldBeDevice,
    },
    /// At one of the two moments at least it would not.
    WouldNotBeQualified,
    /// List and certificate do not allow an answer. Not a "perhaps": nobody may rely on it.
    CannotTell,
}

impl UnverifiedQualification {
    pub(crate) fn make(list: &UnverifiedTrustedList, chain: &VerifiedChain, signed: Timestamp) -> Self {
        Self {
            at_issuance: Determination::make(list, chain, chain.certificate().not_before()),
            at_signing: Determination::make(list, chain, signed),
        }
    }

    /// What would follow at the moment from which the certificate is valid.
    pub fn at_issuance(&self) -> &Determination {
        &self.at_issuance
    }

    /// What would follow at the moment of signing.
    pub fn at_signing(&self) -> &Determination {
        &self.at_signing
    }

    /// What both say together.
    ///
    /// TS 119 615, PRO-4.4.4-36, gives no answer when the two moments differ. Here a certificate that would not be
    /// qualified at one of them would not be qualified: the law asks for both (eIDAS, article 32 (1)).
    pub fn if_the_list_is_authentic(&self) -> Conclusion {
        let both =
            QualifiedUse::ALL.map(|used| (used, self.at_issuance.would(used), self.at_signing.would(used)));
        let qualified = |(_, issued, signed): &(QualifiedUse, Would, Would)| {
            (*issued, *signed) == (Would::BeQualified, Would::BeQualified)
        };
        if let Some((for_use, _, _)) = both.iter().find(|one| qualified(one)) {
            let same = self.at_issuance.device == self.at_signing.device;
            let device = if same { self.at_signing.device } else { WouldBeDevice::CannotTell };
            return Conclusion::WouldBeQualified { for_use: *for_use, device };
        }
        let denied =
            both.iter().all(|(_, issued, signed)| [issued, signed].contains(&&Would::NotBeQualified));
        if denied { Conclusion::WouldNotBeQualified } else { Conclusion::CannotTell }
    }

    /// What decided, at both moments, each once.
    pub fn remarks(&self) -> Vec<&Remark> {
        let mut remarks: Vec<&Remark> = Vec::new();
        for remark in self.at_issuance.remarks.iter().chain(&self.at_signing.remarks) {
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        remarks
    }
}

/// The conclusion, and a line for each remark. Safe to show.
impl fmt::Display for UnverifiedQualification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.if_the_list_is_authentic())?;
        self.remarks().into_iter().try_for_each(|remark| write!(f, "\n- {remark}"))
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WouldBeQualified { for_use, device } => {
                write!(f, "would be qualified for {for_use}, {device}, if the trusted list were authentic")
            }
            Self::WouldNotBeQualified => {
                f.write_str("would not be qualified, even if the trusted list were authentic")
            }
            Self::CannotTell => f.write_str("the trusted list does not tell whether it would be qualified"),
        }?;
        f.write_str("; nobody has checked the list's signature")
    }
}
