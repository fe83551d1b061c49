//! A timestamp authority that answers well, or as told.

use chancery_digest::{AnyDigest, Digest, KnownDigest};
use chancery_key::SoftwareSigner;
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{
    CertificateRequest, Imprint, Rejection, RejectionReason, TimestampInfo, TimestampRequest,
    TimestampResponse,
};
use jiff::Timestamp;

use crate::{Misbehaviour, keys, oid};

pub(crate) struct TimestampService {
    responder: Responder<SoftwareSigner>,
}

impl TimestampService {
    pub(crate) fn new(signer: SoftwareSigner) -> Self {
        Self { responder: Responder::new(signer, oid::TIMESTAMP_POLICY) }
    }

    /// The response in DER to a request in DER.
    pub(crate) fn answer(
        &self,
        request: &[u8],
        misbehaviour: Option<Misbehaviour>,
        now: Timestamp,
    ) -> Vec<u8> {
        let serial = keys::random::<8>();
        match (misbehaviour, TimestampRequest::from_der(request)) {
            (Some(Misbehaviour::Reject), _) => {
                Rejection::new(RejectionReason::TimeNotAvailable, "the clock is being wound")
                    .to_response_der()
            }
            (Some(Misbehaviour::WrongNonce), Ok(request)) => {
                self.granted(&self.responder.state(&request, &serial, now).with_nonce(&keys::random::<16>()))
            }
            (Some(Misbehaviour::WrongSubject), Ok(request)) => {
                self.granted(&about_something_else(&request, &serial, now))
            }
            _ => self.responder.respond(request, &serial, now).expect("a test key that signs"),
        }
    }

    pub(crate) fn token(&self, digest: &Digest, now: Timestamp) -> Vec<u8> {
        self.signed(&TimestampInfo::new(oid::TIMESTAMP_POLICY, *digest, &keys::random::<8>(), now))
    }

    fn granted(&self, info: &TimestampInfo) -> Vec<u8> {
        TimestampResponse::granted_der(&self.signed(info))
    }

    fn signed(&self, info: &TimestampInfo) -> Vec<u8> {
        self.responder.sign(info, CertificateRequest::Include).expect("a test key that signs")
    }
}

/// A statement with the right nonce about the wrong document.
fn about_something_else(request: &TimestampRequest, serial: &[u8], now: Timestamp) -> TimestampInfo {
    let algorithm = request.imprint().known_algorithm().and_then(KnownDigest::current);
    let other = algorithm.map_or_else(
        || request.imprint().clone(),
        |algorithm| Imprint::from(algorithm.digest(b"another document")),
    );
    let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, other, serial, now);
    request.nonce().map_or_else(|| info.clone(), |nonce| info.clone().with_nonce(nonce))
}
