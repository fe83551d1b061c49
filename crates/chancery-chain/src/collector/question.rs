//! What all questions about certificates over HTTP share.

use chancery_certificate::printable;
use chancery_http::{Response, http};

use crate::collector::answer_error::AnswerError;

/// The content of a successful response, of at most so many bytes.
pub(crate) fn content(response: &Response, limit: usize) -> Result<&[u8], AnswerError> {
    let status = response.status();
    if (300..400).contains(&status) {
        let location = response.headers().get(http::header::LOCATION).map(http::HeaderValue::as_bytes);
        let location =
            String::from_utf8_lossy(location.unwrap_or_default()).chars().take(200).collect::<String>();
        return Err(AnswerError::Redirected { status, location: printable(&location) });
    }
    if !response.is_success() {
        return Err(AnswerError::Status { status });
    }
    match response.body() {
        [] => Err(AnswerError::Empty),
        body if body.len() > limit => Err(AnswerError::TooLarge { length: body.len(), limit }),
        body => Ok(body),
    }
}

/// The error for content that is something else. Media types are only told, never trusted: many servers send
/// certificates, CRLs and answers as `application/octet-stream` or `text/plain`.
pub(crate) fn not_recognised(
    response: &Response,
    expected: &'static str,
    reason: impl ToString,
) -> AnswerError {
    let content_type = response.content_type().unwrap_or_default().chars().take(100).collect::<String>();
    let reason = reason.to_string();
    AnswerError::NotRecognised { expected, content_type: printable(&content_type), reason }
}
