//! One answer.

use http::{HeaderMap, HeaderValue, header};

/// One HTTP response, read completely and within the limits of its request.
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Response {
    /// An answer, as a transport or a test makes it.
    #[must_use]
    pub fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }

    /// A successful answer (status 200) of the given media type.
    #[must_use]
    pub fn ok(content_type: &'static str, body: Vec<u8>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self::new(200, HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]), body)
    }

    /// The status code: 200 is success, 404 not found, and so on (RFC 9110 §15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is one of success: 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The media type without its parameters (`text/html` of `text/html; charset=utf-8`), as the server wrote
    /// it; `None` if there is none or it is not text. Compare with [`str::eq_ignore_ascii_case`].
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        let value = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        value.split(';').next().map(str::trim).filter(|essence| !essence.is_empty())
    }

    /// The octets of the answer.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The octets of the answer, to keep.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// For programs that bring their own client.
impl From<http::Response<Vec<u8>>> for Response {
    fn from(response: http::Response<Vec<u8>>) -> Self {
        let (parts, body) = response.into_parts();
        Self::new(parts.status.as_u16(), parts.headers, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_type_is_the_essence() {
        assert_eq!(Response::ok("text/html; charset=utf-8", vec![]).content_type(), Some("text/html"));
        assert_eq!(
            Response::ok("application/ocsp-response", vec![]).content_type(),
            Some("application/ocsp-response")
        );
        assert_eq!(Response::ok(" ; x", vec![]).content_type(), None);
        assert_eq!(Response::new(200, HeaderMap::new(), vec![]).content_type(), None);
    }

    #[test]
    fn success_is_2xx() {
        for (status, expected) in [(199, false), (200, true), (299, true), (300, false), (404, false)] {
            assert_eq!(Response::new(status, HeaderMap::new(), vec![]).is_success(), expected, "{status}");
        }
    }
}
