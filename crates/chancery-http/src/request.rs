//! One question.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::{Address, AddressError, Limits};

/// One HTTP request as data: what is asked, of whom, and what the answer may cost.
///
/// Nothing is sent by making one. A [`Transport`](crate::Transport) sends it; a program with an HTTP client of its
/// own turns it into an [`http::Request`] with `http::Request::from(&request)`.
///
/// ```
/// use chancery_http::Request;
///
/// let request = Request::post("http://tsa.example/", "application/timestamp-query", vec![0x30, 0x00])?;
/// assert_eq!(request.method(), "POST");
/// assert_eq!(request.address().host(), "tsa.example");
/// # Ok::<(), chancery_http::AddressError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    address: Address,
    headers: HeaderMap,
    body: Vec<u8>,
    limits: Limits,
}

impl Request {
    /// A GET of the URL.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if the text is no URL that may be requested (see [`Address`]).
    pub fn get<A>(url: A) -> Result<Self, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        Ok(Self {
            method: Method::GET,
            address: url.try_into()?,
            headers: HeaderMap::new(),
            body: Vec::new(),
            limits: Limits::default(),
        })
    }

    /// A POST of these octets to the URL.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if the text is no URL that may be requested (see [`Address`]).
    pub fn post<A>(url: A, content_type: &'static str, body: Vec<u8>) -> Result<Self, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        let mut request = Self { method: Method::POST, body, ..Self::get(url)? };
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Ok(request)
    }

    /// The same request with this header, instead of any of that name.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        // It may hold credentials: never shown by `Debug`, and not sent to another host.
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// The same request with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The method: GET or POST.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Where it goes.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The headers that were set. A transport adds `Host` and `Content-Length`.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The octets sent; none for a GET.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What the answer may cost. Transports must keep to it.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The same request to another address, for a redirect. Headers that the caller added go along only to the same
    /// host and port.
    #[cfg(feature = "blocking")]
    pub(crate) fn redirected(&self, address: Address) -> Self {
        let same = self.address.host() == address.host()
            && self.address.port() == address.port()
            && self.address.is_https() == address.is_https();
        let mut redirected = Self { address, ..self.clone() };
        if !same {
            let kept = self.headers.iter().filter(|(_, value)| !value.is_sensitive());
            redirected.headers = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        }
        redirected
    }
}

/// For programs that bring their own client. The limits do not go along: they are the caller's to keep.
impl From<&Request> for http::Request<Vec<u8>> {
    fn from(request: &Request) -> Self {
        let mut converted = Self::new(request.body.clone());
        *converted.method_mut() = request.method.clone();
        *converted.uri_mut() = request.address.uri().clone();
        *converted.headers_mut() = request.headers.clone();
        converted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_callers_add_is_not_shown() {
        let value = HeaderValue::from_static("Basic c2VjcmV0");
        let request = Request::get("https://a.example/x").unwrap().with_header(header::AUTHORIZATION, value);
        assert!(!format!("{request:?}").contains("c2VjcmV0"));
    }

    #[cfg(feature = "blocking")]
    #[test]
    fn what_callers_add_goes_to_no_other_host() {
        let value = HeaderValue::from_static("Basic c2VjcmV0");
        let request = Request::post("https://a.example/x", "text/plain", Vec::new()).unwrap();
        let request = request.with_header(header::AUTHORIZATION, value);
        let there = |url: &str| request.redirected(Address::parse(url).unwrap());
        assert!(there("https://a.example/y").headers().contains_key(header::AUTHORIZATION));
        for url in ["https://b.example/x", "https://a.example:444/x", "http://a.example/x"] {
            let redirected = there(url);
            assert!(!redirected.headers().contains_key(header::AUTHORIZATION), "{url}");
            assert!(redirected.headers().contains_key(header::CONTENT_TYPE), "{url}");
        }
    }

    #[test]
    fn converts_without_loss() {
        let request = Request::post("https://a.example/x", "text/plain", b"body".to_vec())
            .unwrap()
            .with_header(header::ACCEPT, HeaderValue::from_static("*/*"));
        let converted = http::Request::from(&request);
        assert_eq!(converted.method(), Method::POST);
        assert_eq!(converted.uri(), "https://a.example/x");
        assert_eq!(converted.headers().len(), 2);
        assert_eq!(converted.body(), b"body");
    }

    #[test]
    fn takes_addresses_and_texts() {
        let address = Address::parse("http://a.example/").unwrap();
        assert_eq!(Request::get(&address).unwrap().address(), &address);
        assert_eq!(Request::get(address.clone()).unwrap().address(), &address);
        assert_eq!(Request::get(address.to_string()).unwrap().address(), &address);
        assert!(Request::get("mailto:a@b.example").is_err());
    }
}
