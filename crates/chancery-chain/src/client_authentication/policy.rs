//! The policy, and its judgement.

use std::sync::Arc;

use chancery_certificate::Certificate;
use jiff::Timestamp;

use super::allowed::AllowedClients;
use super::authenticated::AuthenticatedClient;
use super::error::ClientRefused;
use crate::anchor::TrustAnchors;
use crate::evidence::Evidence;
use crate::path::budget::Limits;
use crate::rules::policies::PolicyDemands;
use crate::rules::purpose::Purpose;
use crate::rules::usages::UsageDemands;
use crate::settings::RevocationPolicy;
use crate::verifier::ChainVerifier;

/// Certificates of one client that are looked at: its own, six intermediates as rustls-webpki allows, and the anchor
/// that some send along.
const MOST_CERTIFICATES: usize = 8;

/// What one client may cost, of whom nothing is known yet but a certificate that anybody could have sent.
fn modest() -> Limits {
    Limits { intermediates: 6, signature_checks: 64, steps: 2_000, ..Limits::default() }
}

/// Decides which clients may enter. Cheap to clone: a server clones it, with newer evidence, once in a while.
///
/// A client is admitted when its key or certificate is on the list, a path from its certificate to a trust anchor
/// holds at the moment for [`Purpose::ClientAuthentication`], and revocation is as the policy asks. Names decide
/// nothing.
///
/// ```
/// use chancery_chain::{AllowedClients, ClientAuthentication, RevocationPolicy, TrustAnchors};
/// # fn example(anchors: TrustAnchors, clients: AllowedClients, sent: &[Vec<u8>]) -> Result<(), Box<dyn std::error::Error>> {
/// let policy = ClientAuthentication::new(anchors, clients, RevocationPolicy::NotChecked);
/// let client = policy.authenticate(sent, "2026-03-01T12:00:00Z".parse()?)?;
/// println!("{} may enter", client.certificate().display_name());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientAuthentication {
    anchors: Arc<TrustAnchors>,
    clients: Arc<AllowedClients>,
    issuers: Option<Arc<[Certificate]>>,
    revocation: RevocationPolicy,
    evidence: Arc<Evidence>,
    policies: PolicyDemands,
    usages: UsageDemands,
    limits: Limits,
}

impl ClientAuthentication {
    /// Admits the clients of the list that these anchors vouch for, under this revocation policy.
    pub fn new(anchors: TrustAnchors, clients: AllowedClients, revocation: RevocationPolicy) -> Self {
        Self {
            anchors: Arc::new(anchors),
            clients: Arc::new(clients),
            issuers: None,
            revocation,
            evidence: Arc::default(),
            policies: PolicyDemands::default(),
            usages: UsageDemands::default(),
            limits: modest(),
        }
    }

    /// Admits only clients whose certificate one of these authorities itself issued: one with the name and the key
    /// that stand in one of these certificates. By default any authority will do that the anchors lead to.
    #[must_use]
    pub fn issued_only_by(self, issuers: impl IntoIterator<Item = Certificate>) -> Self {
        Self { issuers: Some(issuers.into_iter().collect()), ..self }
    }

    /// Uses intermediate certificates, CRLs and OCSP answers that the server keeps. Revocation is judged by these
    /// only: nothing is fetched while a client waits, and what a client sends along is a certificate and nothing else.
    #[must_use]
    pub fn evidence(self, evidence: Evidence) -> Self {
        Self { evidence: Arc::new(evidence), ..self }
    }

    /// Asks something of certificate policies.
    #[must_use]
    pub fn policies(self, policies: PolicyDemands) -> Self {
        Self { policies, ..self }
    }

    /// Asks more of extended key usages than [`Purpose::ClientAuthentication`] does, which accepts a certificate that
    /// names no usage at all.
    #[must_use]
    pub fn usages(self, usages: UsageDemands) -> Self {
        Self { usages, ..self }
    }

    /// Allows more or less work for one client: by default six intermediates, 64 signatures and 2,000 candidates, less
    /// than for a document. A client that sends more than eight certificates is refused in any case.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The anchors.
    pub fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// Judges the certificates that a client sent, its own first, at this moment.
    ///
    /// The list is asked first, so that a stranger costs a hash and no signature.
    ///
    /// # Errors
    /// When the client may not enter, with the reason.
    pub fn authenticate<C: AsRef<[u8]>>(
        &self,
        chain_der: &[C],
        at: Timestamp,
    ) -> Result<AuthenticatedClient, ClientRefused> {
        let Some((first, others)) = chain_der.split_first() else { return Err(ClientRefused::NoCertificate) };
        let (found, allowed) = (chain_der.len(), MOST_CERTIFICATES);
        if found > allowed {
            return Err(ClientRefused::TooMany { found, allowed });
        }
        let certificate = read(1, first)?;
        let Some(listed_by) = self.clients.find(&certificate) else {
            let key = super::hash::KeyHash::of(&certificate);
            return Err(ClientRefused::Unlisted { certificate, key });
        };
        let others = others.iter().zip(2..).map(|(der, number)| read(number, der));
        let others = others.collect::<Result<Vec<_>, _>>()?;
        let chain = ChainVerifier::new(&self.anchors, Purpose::ClientAuthentication, self.revocation)
            .intermediates(&others)
            .evidence(&self.evidence)
            .known_by(at)
            .policies(self.policies.clone())
            .usages(self.usages.clone())
            .limits(self.limits)
            .verify_at(&certificate, at)?;
        // A certificate that is itself an anchor has no issuer in the path; it is then judged as its own.
        let issuer = chain.certificates().get(1).unwrap_or(&certificate);
        if !self.accepts_issuer(issuer) {
            return Err(ClientRefused::Issuer { issuer: issuer.clone(), certificate });
        }
        Ok(AuthenticatedClient::new(chain, listed_by))
    }

    /// Every path has an issuer of the same name and key: another could not have made the signature.
    fn accepts_issuer(&self, issuer: &Certificate) -> bool {
        self.issuers.as_ref().is_none_or(|accepted| {
            accepted.iter().any(|one| {
                one.public_key_info() == issuer.public_key_info() && one.subject().matches(issuer.subject())
            })
        })
    }
}

fn read(number: usize, der: impl AsRef<[u8]>) -> Result<Certificate, ClientRefused> {
    Certificate::from_der(der.as_ref()).map_err(|error| ClientRefused::Malformed { number, error })
}
