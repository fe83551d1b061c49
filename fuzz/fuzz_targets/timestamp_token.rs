//! Reads a timestamp request, a response, and a token, and judges the token.
#![no_main]

use chancery_digest::{Digest, Digests, KnownDigest};
use chancery_timestamp::{TimestampRequest, TimestampResponse, TimestampToken};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = TimestampRequest::from_der(bytes);
    let token = match TimestampResponse::from_der(bytes) {
        Ok(TimestampResponse::Granted(token)) => TimestampToken::from_ber(&token),
        _ => TimestampToken::from_ber(bytes),
    };
    let Ok(token) = token else { return };
    let Ok(algorithm) = token.imprint_algorithm() else { return };
    let imprint = Digest::<KnownDigest>::from_parts(algorithm, token.info().imprint().digest());
    let _ = token.matching(&Digests::of(imprint), &[]);
});
