//! What Amazon's services share: a key, a region, and requests signed with them.

use super::address::Address;
use super::{Failure, short};
use crate::api::sigv4::Signer;
use crate::kit::clock::{Millis, SECOND};
use anyhow::ensure;
use axum::body::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{Method, Request, Uri};
use zeroize::Zeroizing;

/// A key and the service that it signs for.
pub struct Account {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    region: String,
    service: &'static str,
    endpoint: String,
}

impl Account {
    /// `service` is the name in signatures, `host` the first label of the service's usual host name.
    pub fn new(address: &Address, service: &'static str, host: &str, hosts: &mut Vec<String>) -> anyhow::Result<Self> {
        let (access_key_id, secret) = address.credentials()?;
        let region = address.host()?;
        ensure!(region.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-'), "its host must be a region");
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Zeroizing::new(secret.to_owned()),
            session_token: address.option("session-token").map(|token| Zeroizing::new(token.to_owned())),
            endpoint: address.endpoint(&format!("https://{host}.{region}.amazonaws.com"), hosts)?,
            region: region.to_owned(),
            service,
        })
    }

    /// A signed POST.
    pub fn post(&self, path: &str, content_type: &'static str, body: Vec<u8>, now: Millis) -> Result<Request<Bytes>, Failure> {
        let broken = |_| Failure::passing("the request cannot be made");
        let uri: Uri = format!("{}{path}", self.endpoint).parse().map_err(|_| Failure::passing("the endpoint is not a valid address"))?;
        let authority = uri.authority().map(|a| a.as_str().to_owned()).unwrap_or_default();
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let mut headers = http::HeaderMap::new();
        headers.insert(HOST, HeaderValue::try_from(authority).map_err(|_| Failure::passing("the endpoint is not a valid address"))?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.signer().sign(&Method::POST, &uri, &mut headers, request.body(), now / SECOND).map_err(broken)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn signer(&self) -> Signer<'_> {
        Signer {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
            session_token: self.session_token.as_ref().map(|token| token.as_str()),
            region: &self.region,
            service: self.service,
        }
    }
}

/// An exception's name and message, as a reason.
pub fn reason(service: &str, status: http::StatusCode, code: &str, message: &str) -> String {
    let code = if code.is_empty() { "no reason given" } else { code };
    format!("{service} answered {}: {} {}", status.as_u16(), short(code), short(message)).trim_end().to_owned()
}
