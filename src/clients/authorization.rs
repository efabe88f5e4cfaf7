//! What a client may, must or wants at the authorization endpoint beyond Cognito's settings: the member `PoolhouseAuthorization`.

use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// The response types that have to be named before a client may ask for them. `code` and `token` are of `AllowedOAuthFlows`.
pub const RESPONSE_TYPES: [&str; 5] = ["id_token", "id_token token", "code id_token", "code token", "code id_token token"];

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Authorization {
    /// Of [`RESPONSE_TYPES`]. Those with a code need the flow `code`, those with a token besides also `implicit`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_types: Vec<String>,
    /// Whether a code is given only for a code challenge.
    pub require_pkce: bool,
    /// Whether people are asked before the client gets something of theirs.
    pub require_consent: bool,
    /// Whether requests must have been sent ahead (RFC 9126).
    pub require_pushed_requests: bool,
    /// Whether request objects may be unsigned (`alg` `none`).
    pub allow_unsigned_requests: bool,
    /// The public keys that the client signs its request objects with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether logout tokens must name a session.
    pub backchannel_logout_session_required: bool,
}

impl Authorization {
    /// Refuses what could not work.
    pub fn check(&self) -> Result<()> {
        let refuse = |why: String| Err(ApiError::invalid_parameter(format!("PoolhouseAuthorization: {why}")));
        if let Some(other) = self.response_types.iter().find(|t| !RESPONSE_TYPES.contains(&t.as_str())) {
            return refuse(format!("{other:.64} is none of the ResponseTypes {}.", RESPONSE_TYPES.join(", ")));
        }
        if let Some(jwks) = &self.jwks {
            let keys = jwks.get("keys").and_then(Value::as_array).filter(|keys| (1..=20).contains(&keys.len()));
            let Some(keys) = keys else { return refuse("Jwks must have 1 to 20 keys.".into()) };
            if keys.iter().any(|k| k.get("d").is_some() || !matches!(k.get("kty").and_then(Value::as_str), Some("RSA" | "EC"))) {
                return refuse("Jwks must hold public RSA and EC keys only.".into());
            }
        }
        match &self.backchannel_logout_uri {
            Some(uri) if !is_reachable(uri) => {
                refuse("BackchannelLogoutUri must be an absolute http or https URL without a fragment.".into())
            }
            None if self.backchannel_logout_session_required => {
                refuse("BackchannelLogoutSessionRequired goes with a BackchannelLogoutUri.".into())
            }
            _ => Ok(()),
        }
    }
}

fn is_reachable(uri: &str) -> bool {
    let parsed = Url::parse(uri);
    uri.len() <= 2_048 && parsed.is_ok_and(|u| matches!(u.scheme(), "https" | "http") && u.has_host() && u.fragment().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_could_not_work_is_refused() {
        let check = |given: Value| serde_json::from_value::<Authorization>(given).map(|a| a.check().is_ok());
        for good in
            [json!({}), json!({ "ResponseTypes": ["code id_token"] }), json!({ "BackchannelLogoutUri": "https://a.example/out?x=1" })]
        {
            assert!(check(good.clone()).unwrap(), "{good}");
        }
        for bad in [
            json!({ "ResponseTypes": ["code"] }),
            json!({ "ResponseTypes": ["id_token code"] }),
            json!({ "BackchannelLogoutUri": "ftp://a.example" }),
            json!({ "BackchannelLogoutUri": "https://a.example/#x" }),
            json!({ "BackchannelLogoutSessionRequired": true }),
            json!({ "Jwks": { "keys": [] } }),
            json!({ "Jwks": { "keys": [{ "kty": "oct", "k": "x" }] } }),
            json!({ "Jwks": { "keys": [{ "kty": "RSA", "d": "x" }] } }),
        ] {
            assert!(!check(bad.clone()).unwrap(), "{bad}");
        }
        assert!(check(json!({ "RequirePcke": true })).is_err(), "a name that is not known");
    }
}
