//! What the browser says (section 5.8.1), and which origins may say it.

use super::fault::Fault;
use crate::kit::{mac, text};
use serde::Deserialize;
use url::Url;

pub const CREATE: &str = "webauthn.create";
pub const GET: &str = "webauthn.get";

/// More than any browser sends.
const LARGEST: usize = 16_384;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

impl ClientData {
    /// `kind` is [`CREATE`] or [`GET`].
    pub fn parse(json: &[u8], kind: &str) -> Result<Self, Fault> {
        let data =
            Some(json).filter(|j| j.len() <= LARGEST).and_then(|j| serde_json::from_slice::<Self>(j).ok()).ok_or(Fault::Malformed)?;
        if data.kind == kind { Ok(data) } else { Err(Fault::Type) }
    }

    pub fn challenge(&self) -> Result<Vec<u8>, Fault> {
        text::from_base64url(&self.challenge).ok_or(Fault::Challenge)
    }

    pub fn answers(&self, challenge: &[u8]) -> Result<(), Fault> {
        if mac::same(&self.challenge()?, challenge) { Ok(()) } else { Err(Fault::Challenge) }
    }

    /// Refuses pages that are not the relying party's, and its pages in a frame of somebody else's.
    pub fn comes_from(&self, rp_id: &str) -> Result<(), Fault> {
        let framed = self.cross_origin || self.top_origin.is_some();
        if !framed && is_allowed(&self.origin, rp_id) { Ok(()) } else { Err(Fault::Origin) }
    }
}

/// Whether a page of this origin may use the relying party's credentials: over https at its name or below it, and over http on this machine.
fn is_allowed(origin: &str, rp_id: &str) -> bool {
    let Some(url) = Url::parse(origin).ok().filter(|url| url.origin().ascii_serialization() == origin) else { return false };
    let Some(host) = url.domain() else { return false };
    let below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let secure = url.scheme() == "https" || url.scheme() == "http" && below("localhost");
    secure && below(rp_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn origins() {
        for (origin, rp_id) in [
            ("https://example.com", "example.com"),
            ("https://login.example.com:8443", "example.com"),
            ("http://localhost:8080", "localhost"),
            ("https://localhost", "localhost"),
            ("http://acme.auth.localhost:8080", "acme.auth.localhost"),
            ("http://acme.auth.localhost:8080", "localhost"),
        ] {
            assert!(is_allowed(origin, rp_id), "{origin} for {rp_id}");
        }
        for (origin, rp_id) in [
            ("http://example.com", "example.com"),
            ("https://evilexample.com", "example.com"),
            ("https://example.com.evil.example", "example.com"),
            ("https://example.com", "login.example.com"),
            ("https://example.com/", "example.com"),
            ("https://example.com/path", "example.com"),
            ("https://example.com:443", "example.com"),
            ("https://user@example.com", "example.com"),
            ("https://EXAMPLE.com", "example.com"),
            ("https://example.com.", "example.com"),
            ("https://127.0.0.1", "127.0.0.1"),
            ("http://evil-localhost", "localhost"),
            ("android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0", "example.com"),
            ("chrome-extension://example.com", "example.com"),
            ("null", "example.com"),
            ("", "example.com"),
        ] {
            assert!(!is_allowed(origin, rp_id), "{origin} for {rp_id}");
        }
    }

    #[test]
    fn a_frame_of_another_site_is_refused() {
        let parse = |more: &str| {
            let json = format!(r#"{{"type":"webauthn.get","challenge":"AAEC","origin":"https://example.com"{more}}}"#);
            ClientData::parse(json.as_bytes(), GET).unwrap()
        };
        assert_eq!(parse("").comes_from("example.com"), Ok(()));
        assert_eq!(parse(r#","crossOrigin":false,"tokenBinding":{"status":"supported"}"#).comes_from("example.com"), Ok(()));
        assert_eq!(parse(r#","crossOrigin":true"#).comes_from("example.com"), Err(Fault::Origin));
        assert_eq!(parse(r#","topOrigin":"https://evil.example""#).comes_from("example.com"), Err(Fault::Origin));
        assert_eq!(parse("").answers(&[0, 1, 2]), Ok(()));
        assert_eq!(parse("").answers(&[0, 1]), Err(Fault::Challenge));
    }

    proptest! {
        #[test]
        fn holds_whatever_comes(origin in "\\PC{0,60}", json in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(!is_allowed(&origin, "example.com") || origin.starts_with("https://"));
            let _ = ClientData::parse(&json, GET);
        }
    }
}
