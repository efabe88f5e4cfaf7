//! What a function's `fetch` may reach.

use crate::kit::text;
use crate::outbound::{Limits, Outbound};
use axum::body::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// The largest answer that a function gets to see.
const MAX_BODY: usize = 1 << 20;
/// Headers that are the connection's, not the sender's.
const OWN: [&str; 8] = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive"];

/// Sends functions' requests to the hosts that the operator allows.
#[derive(Clone, Copy)]
pub struct Fetcher<'a> {
    pub outbound: &'a Outbound,
    pub hosts: &'a [String],
}

#[derive(Deserialize)]
struct Asked {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
}

/// What a request is answered with: JSON of status and headers, or of an error; and the body in base64.
pub type Fetched = (String, String);

impl Fetcher<'_> {
    /// The number of a request, and the request answered.
    pub async fn answer(&self, request: &str, body: &str, left: Duration) -> (u32, Fetched) {
        let id =
            serde_json::from_str::<serde_json::Value>(request).ok().and_then(|r| u32::try_from(r["id"].as_u64()?).ok()).unwrap_or_default();
        let fetched = self.send(request, body, left).await;
        (id, fetched.unwrap_or_else(|why| (json!({ "error": why }).to_string(), String::new())))
    }

    async fn send(&self, request: &str, body: &str, left: Duration) -> Result<Fetched, String> {
        let asked: Asked = serde_json::from_str(request).map_err(|_| "the request is malformed".to_owned())?;
        let url = url::Url::parse(&asked.url).map_err(|_| "the address is none".to_owned())?;
        let host = url.host_str().unwrap_or_default();
        if !self.may_reach(host) {
            return Err(format!("the operator does not allow functions to reach {host} (--function-fetch-hosts)"));
        }
        let method: Method = asked.method.parse().map_err(|_| "the method is none".to_owned())?;
        let body = text::from_base64(body).unwrap_or_default();
        let mut out =
            Request::builder().method(method).uri(url.as_str()).body(Bytes::from(body)).map_err(|_| "the address is none".to_owned())?;
        for (name, value) in asked.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
                return Err(format!("the header {name} is malformed"));
            };
            out.headers_mut().append(name, value);
        }
        let answer = self.outbound.send(out, Limits { timeout: left, max_body: MAX_BODY }).await.map_err(|failure| failure.to_string())?;
        let headers: Vec<_> = answer.headers().iter().map(|(n, v)| (n.as_str(), String::from_utf8_lossy(v.as_bytes()))).collect();
        let status = answer.status();
        let told = json!({ "status": status.as_u16(), "statusText": status.canonical_reason().unwrap_or_default(), "headers": headers });
        Ok((told.to_string(), text::base64(answer.body())))
    }

    /// By name, or `*.example.com` for every name below it.
    fn may_reach(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.hosts.iter().any(|allowed| match allowed.strip_prefix("*.") {
            Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            None => *allowed == host,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_allowed_by_name() {
        let outbound = Outbound::new(crate::outbound::Allowed::default(), None).unwrap();
        let hosts = ["api.example.com".to_owned(), "*.hooks.example".to_owned()];
        let fetcher = Fetcher { outbound: &outbound, hosts: &hosts };
        for good in ["api.example.com", "API.example.com.", "a.hooks.example", "a.b.hooks.example"] {
            assert!(fetcher.may_reach(good), "{good}");
        }
        for bad in
            ["example.com", "evil-api.example.com", "api.example.com.evil.example", "hooks.example", ".hooks.example", "xhooks.example", ""]
        {
            assert!(!fetcher.may_reach(bad), "{bad}");
        }
    }
}
