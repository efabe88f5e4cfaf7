//! The signer's side: for requests that leave this server, for tests and for benchmarks.

use super::{ALGORITHM, Credential, DATE, TERMINATOR, canonical, iso, signature, signing_key};
use crate::kit::mac;
use http::header::{self, HeaderName, HeaderValue, InvalidHeaderValue};
use http::{HeaderMap, Method, Uri};

/// Headers that a proxy or the connection may change on the way.
const UNSIGNED: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::TRANSFER_ENCODING,
    header::USER_AGENT,
    HeaderName::from_static("x-amzn-trace-id"),
];

/// A key, and where its signatures shall be good.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    pub access_key_id: &'a str,
    pub secret_access_key: &'a str,
    pub session_token: Option<&'a str>,
    pub region: &'a str,
    pub service: &'a str,
}

impl Signer<'_> {
    /// Adds `X-Amz-Date`, `Authorization` and, where there is one, the session token to `headers`. `now` is in unix seconds.
    pub fn sign(&self, method: &Method, uri: &Uri, headers: &mut HeaderMap, body: &[u8], now: i64) -> Result<(), InvalidHeaderValue> {
        headers.insert(DATE, HeaderValue::from_str(&iso(now))?);
        if let Some(token) = self.session_token {
            headers.insert("x-amz-security-token", sensitive(token)?);
        }
        let (names, credential) = (signed_names(headers), self.credential(now));
        let signature = self.signature(method, uri, headers, &names, body, now);
        let value = format!("{ALGORITHM} Credential={credential}, SignedHeaders={}, Signature={signature}", names.join(";"));
        headers.insert(header::AUTHORIZATION, sensitive(&value)?);
        Ok(())
    }

    /// The address with a signature in its query that is good for `expires` seconds, for a request with just these headers and this body.
    pub fn presign(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        now: i64,
        expires: u32,
    ) -> Result<Uri, http::Error> {
        let names = signed_names(headers);
        let mut parameters = vec![
            ("X-Amz-Algorithm", ALGORITHM.to_owned()),
            ("X-Amz-Credential", self.credential(now)),
            ("X-Amz-Date", iso(now)),
            ("X-Amz-Expires", expires.to_string()),
            ("X-Amz-SignedHeaders", names.join(";")),
        ];
        parameters.extend(self.session_token.map(|token| ("X-Amz-Security-Token", token.to_owned())));
        let mut query = uri.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
        query +=
            &parameters.iter().map(|(name, value)| format!("{name}={}", canonical::encode(value.as_bytes()))).collect::<Vec<_>>().join("&");
        let unsigned = with_query(uri, &query)?;
        let signature = self.signature(method, &unsigned, headers, &names, body, now);
        with_query(uri, &format!("{query}&X-Amz-Signature={signature}"))
    }

    fn credential(&self, now: i64) -> String {
        format!("{}/{}/{}/{}/{TERMINATOR}", self.access_key_id, &iso(now)[..8], self.region, self.service)
    }

    fn signature(&self, method: &Method, uri: &Uri, headers: &HeaderMap, names: &[String], body: &[u8], now: i64) -> String {
        let (date, names) = (iso(now), names.iter().map(String::as_str).collect::<Vec<_>>());
        let credential = Credential {
            access_key_id: self.access_key_id.to_owned(),
            date: date[..8].to_owned(),
            region: self.region.to_owned(),
            service: self.service.to_owned(),
        };
        let key = signing_key(self.secret_access_key, &credential.date, self.region, self.service);
        // Only names that are there are signed; a host that is missing makes a signature that nobody accepts.
        let request = canonical::request(method, uri, headers, &names, false, &mac::sha256_hex(body)).unwrap_or_default();
        signature(&key, &credential, &date, &request)
    }
}

/// The host, which is always signed, and every other header but those that may change.
fn signed_names(headers: &HeaderMap) -> Vec<String> {
    let mut names: Vec<_> =
        headers.keys().chain([&header::HOST]).filter(|name| !UNSIGNED.contains(name)).map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

fn with_query(uri: &Uri, query: &str) -> Result<Uri, http::Error> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{}?{query}", uri.path()).try_into()?);
    Ok(Uri::from_parts(parts)?)
}
