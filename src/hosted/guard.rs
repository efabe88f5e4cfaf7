//! One layer over every form: it must come from this site, from this browser and from a page that was drawn for it.

use super::answer::{Reader, error_page};
use super::cookies;
use super::visit::Visit;
use crate::boot::config::Config;
use crate::kit::mac;
use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode, header};

/// Refuses a form that another site sent, or that does not carry the browser's token.
pub fn check(visit: &Visit, body: &[u8]) -> Result<(), Box<Response<Body>>> {
    if is_own(&visit.cx.app.config, &visit.headers, &visit.cookies().browser, body) { Ok(()) } else { Err(Box::new(refusal(visit))) }
}

pub fn refusal<'a>(reader: impl Into<Reader<'a>>) -> Response<Body> {
    error_page(reader, StatusCode::FORBIDDEN, "error.bad_form", "error.no_cookie_message", None)
}

/// Whether a form is of this site, and carries the token that this cookie holds.
pub fn is_own(config: &Config, headers: &HeaderMap, cookie: &str, body: &[u8]) -> bool {
    let sent_token = form_urlencoded::parse(body).find(|(name, _)| name == "_csrf").map(|(_, value)| value.into_owned());
    let cookie = cookies::get(headers, cookie).unwrap_or_default();
    let token_matches = sent_token.is_some_and(|token| !cookie.is_empty() && mac::same(token.as_bytes(), cookie.as_bytes()));
    from_this_site(headers, &origins(config, headers)) && token_matches
}

/// The public address and, for a pool's own host name, that one.
fn origins(config: &Config, headers: &HeaderMap) -> Vec<String> {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let scheme = if config.is_https() { "https" } else { "http" };
    vec![config.public_url.clone(), format!("{scheme}://{host}")]
}

/// `Sec-Fetch-Site` where the browser sends it, `Origin` otherwise. A client that sends neither is no browser that another site could use.
fn from_this_site(headers: &HeaderMap, own: &[String]) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => own.iter().any(|o| o == origin),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_refused() {
        let own = ["http://localhost:8080".to_owned()];
        let check = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            from_this_site(&headers, &own)
        };
        assert!(
            check(&[]) && check(&[("origin", "http://localhost:8080")]) && check(&[("sec-fetch-site", "same-origin"), ("origin", "null")])
        );
        for site in ["cross-site", "same-site"] {
            assert!(!check(&[("sec-fetch-site", site), ("origin", "http://localhost:8080")]));
        }
        assert!(!check(&[("origin", "https://evil.example")]) && !check(&[("origin", "null")]));
    }
}
