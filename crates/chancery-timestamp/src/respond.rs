//! The other side: answering requests with tokens.

use std::time::Duration;

use chancery_cms::{Preparation, attributes};
use chancery_digest::KnownDigest;
use chancery_key::Signer;
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::error::RespondError;
use crate::info::TimestampInfo;
use crate::rejection::{Rejection, RejectionReason};
use crate::request::{CertificateRequest, TimestampRequest};
use crate::response::TimestampResponse;

/// Answers requests as an authority does (RFC 3161, 2.4): pure, with time and serial number as arguments.
///
/// The signer's certificate must have time-stamping as its only, critical extended key usage, or no client will
/// accept the tokens. Whoever runs an authority keeps the clock, the serial numbers and the audit log.
#[derive(Clone, Debug)]
pub struct Responder<S> {
    signer: S,
    policy: Oid,
    accuracy: Option<Duration>,
}

impl<S: Signer> Responder<S> {
    /// A responder with this key, under this policy.
    #[must_use]
    pub const fn new(signer: S, policy: Oid) -> Self {
        Self { signer, policy, accuracy: None }
    }

    /// States the accuracy of the clock in every token.
    #[must_use]
    pub fn with_accuracy(self, accuracy: Duration) -> Self {
        Self { accuracy: Some(accuracy), ..self }
    }

    /// Answers a request in DER with a response in DER: a token, or a refusal that says why.
    ///
    /// `serial` is the number of the token, a magnitude with the most significant byte first, different for
    /// every token.
    ///
    /// # Errors
    /// The key did not sign; a request that is refused is an answer, not an error.
    pub fn respond(&self, request: &[u8], serial: &[u8], now: Timestamp) -> Result<Vec<u8>, RespondError> {
        let request = match self.examine(request) {
            Ok(request) => request,
            Err(rejection) => return Ok(rejection.to_response_der()),
        };
        let token = self.sign(&self.state(&request, serial, now), request.certificates())?;
        Ok(TimestampResponse::granted_der(&token))
    }

    /// What the token for a request will say.
    #[must_use]
    pub fn state(&self, request: &TimestampRequest, serial: &[u8], now: Timestamp) -> TimestampInfo {
        let info = TimestampInfo::new(self.policy, request.imprint().clone(), serial, now);
        let info = match self.accuracy {
            Some(accuracy) => info.with_accuracy(accuracy),
            None => info,
        };
        match request.nonce() {
            Some(nonce) => info.with_nonce_content(nonce),
            None => info,
        }
    }

    /// Signs a statement: the token, in DER.
    ///
    /// # Errors
    /// The key did not sign.
    pub fn sign(
        &self,
        info: &TimestampInfo,
        certificates: CertificateRequest,
    ) -> Result<Vec<u8>, RespondError> {
        let preparation = Preparation::enclosing(self.signer.chain(), self.signer.algorithm(), info.to_der())
            .content_type(attributes::TIMESTAMP_INFO);
        let preparation = match certificates {
            CertificateRequest::Include => preparation,
            CertificateRequest::Omit => preparation.without_certificates(),
        };
        let prepared = preparation.prepare()?;
        let signature = self.signer.sign(prepared.to_be_signed())?;
        Ok(prepared.finish(signature)?.into_bytes())
    }

    /// Reads a request and decides whether it is granted.
    fn examine(&self, request: &[u8]) -> Result<TimestampRequest, Rejection> {
        let refuse = |reason, text: &str| Err(Rejection::new(reason, text));
        let Ok(request) = TimestampRequest::from_der(request) else {
            return refuse(RejectionReason::BadDataFormat, "the request is not a TimeStampReq in DER");
        };
        if request.version() != 1 {
            return refuse(RejectionReason::BadRequest, "only version 1 is known");
        }
        let Some(KnownDigest::Current(algorithm)) = request.imprint().known_algorithm() else {
            return refuse(RejectionReason::BadAlgorithm, "SHA-2 and SHA-3 are stamped");
        };
        if request.imprint().digest().len() != algorithm.output_len() {
            return refuse(
                RejectionReason::BadDataFormat,
                "the digest does not have the length of its algorithm",
            );
        }
        if request.policy().is_some_and(|policy| policy != self.policy) {
            return refuse(RejectionReason::UnacceptedPolicy, "tokens are made under one policy only");
        }
        if request.extensions().is_some() {
            return refuse(RejectionReason::UnacceptedExtension, "no extension is supported");
        }
        Ok(request)
    }
}
