//! Signers of CRLs, judged by the verifier that asks for them.

use chancery_certificate::{Certificate, Name};
use jiff::Timestamp;

use crate::anchor::TrustAnchor;
use crate::path::build::{self, Work};
use crate::path::pool::Pool;
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::known::Known;
use crate::revocation::list_signers::ListSigners;
use crate::revocation::standing::{self, Signed, Standing};
use crate::rules::anchor::Role;
use crate::rules::judge::Rules;
use crate::rules::policies::PolicyDemands;
use crate::rules::purpose::Purpose;
use crate::rules::usages::UsageDemands;
use crate::verifier::ChainVerifier;

/// Certificates that were asked for on the way to a signer of a CRL: an authority's new key under its old one, the
/// signer of its lists, and so on. More is not seen in practice.
const DEEPEST_SIGNER: usize = 4;

/// Signers of CRLs that lead to the trust anchor of the path in question.
pub(super) struct SignersUnder<'s, 'a> {
    pub(super) verifier: &'s ChainVerifier<'a>,
    pub(super) pool: &'s Pool<'a>,
    pub(super) known: &'s Known<'a>,
    pub(super) anchor: &'a TrustAnchor,
    pub(super) at: Timestamp,
    /// Signers that are being checked already.
    pub(super) in_progress: Vec<Certificate>,
    /// Certificates whose revocation these signers are wanted for.
    pub(super) asked: Vec<Certificate>,
}

impl ListSigners for SignersUnder<'_, '_> {
    fn candidates(&self, name: &Name) -> Vec<Certificate> {
        let anchors = self.pool.anchors(name).iter().map(|anchor| anchor.certificate());
        anchors.chain(self.pool.certificates(name)).cloned().collect()
    }

    /// A signer must satisfy the revocation policy too. An authority often has no other list for the certificate
    /// of its signer than the one that the signer makes; asking it for itself is then all that can be done
    /// (PKITS 4.5 and 4.14.30), so a signer that is being checked already is taken as good for a list about
    /// itself: when that check fails, so does everything that rests on it. A signer does not vouch for a key that
    /// it was itself certified by: what is being asked about is no way to the anchor.
    fn check(
        &self,
        signer: &Certificate,
        asked: &Certificate,
        signed: Signed,
        work: &mut Work,
    ) -> Result<Standing, String> {
        if signer == asked && self.in_progress.contains(signer) {
            return Ok(Standing::certain(Foundation::default()));
        }
        if self.in_progress.len() >= DEEPEST_SIGNER {
            let foundation = Foundation::default().with(Piece::Certificate(signer.clone()));
            let doubt = format!("it is more than {DEEPEST_SIGNER} signers of lists away");
            return Ok(Standing::doubtful(foundation, doubt));
        }
        let at = match self.verifier.proofs {
            // A list of a later time was signed at that time, perhaps by a signer that did not exist at the moment.
            None => self.at.max(signed.at),
            Some(_) if signed.at < signer.not_before() => {
                return Err("its certificate was not valid yet when it signed".into());
            }
            Some(_) => signed.proven.max(signed.at),
        };
        let in_progress = self.in_progress.iter().chain([signer]).cloned().collect();
        let asked: Vec<_> = self.asked.iter().chain([asked]).cloned().collect();
        let pool = self.pool.under(self.anchor, &asked);
        let nested = SignersUnder { in_progress, asked, at, ..*self };
        let policies = PolicyDemands::default();
        let profile = self.verifier.profile;
        let usages = UsageDemands::default();
        let role = Role::ListSigner(self.verifier.purpose);
        let purpose = Purpose::Any;
        let algorithms = self.verifier.algorithms;
        let rules = Rules { role, purpose, usages: &usages, at, policies: &policies, profile, algorithms };
        let verifier = self.verifier;
        build::search(signer, at, &pool, work, &mut |path, work| {
            verifier.judge(path, rules, verifier.revocation, self.known, &nested, work)
        })
        .map(|chain| Standing::certain(chain.foundation().clone()))
        .or_else(|failure| standing::undecided(&failure, signed).ok_or_else(|| failure.to_string()))
    }
}
