//! What a client may say about OAuth and OpenID Connect beyond Cognito's members: `PoolhouseOAuth` of CreateUserPoolClient and
//! UpdateUserPoolClient. DescribeUserPoolClient gives it back; an update that leaves it out keeps it, and `{}` clears it.

use super::jwk;
use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

/// The largest key set that is kept with a client, in bytes of JSON.
const MAX_JWKS: usize = 16 * 1024;

/// `PoolhouseOAuth`. Everything is off, or as the protocols have it, where it is not said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OAuthSettings {
    /// How the client proves itself at the token endpoint and beside it. Where it is not said, a client with a secret may use
    /// `client_secret_basic` or `client_secret_post`, and one without proves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<AuthMethod>,
    /// The only algorithm that its assertions may be signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Public keys of the client (RFC 7517): `{"keys": […]}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where to fetch them instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,

    /// Access tokens are bound to a key of the client's, and so are refresh tokens of clients that prove nothing (RFC 9449).
    #[serde(skip_serializing_if = "is_false")]
    pub require_dpop: bool,
    /// The device authorization grant (RFC 8628).
    #[serde(skip_serializing_if = "is_false")]
    pub device_flow: bool,
    /// Token exchange without a secret: only clients that prove themselves may use it otherwise.
    #[serde(skip_serializing_if = "is_false")]
    pub token_exchange: bool,
    /// Whether token answers say when the refresh token expires (`refresh_expires_in`, in seconds).
    #[serde(skip_serializing_if = "is_false")]
    pub refresh_expires_in: bool,
    /// `RS256`: answers of `/oauth2/userInfo` are signed.
    #[serde(rename = "UserInfoSignedResponseAlg", skip_serializing_if = "Option::is_none")]
    pub user_info_signed_response_alg: Option<String>,
    /// The resource servers whose access tokens the client may ask about at `/oauth2/introspect`, besides its own tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_resources: Vec<String>,

    /// A code is given for a `code_challenge` only.
    #[serde(skip_serializing_if = "is_false")]
    pub require_pkce: bool,
    /// People are asked whether the application may have what it asks for.
    #[serde(skip_serializing_if = "is_false")]
    pub require_consent: bool,
    /// The response types of OpenID Connect's hybrid flow.
    #[serde(skip_serializing_if = "is_false")]
    pub hybrid_flow: bool,
    /// Requests must be pushed first (RFC 9126).
    #[serde(skip_serializing_if = "is_false")]
    pub require_pushed_requests: bool,
    /// Requests must be signed objects (RFC 9101).
    #[serde(skip_serializing_if = "is_false")]
    pub require_signed_request_object: bool,
    /// The only algorithm that request objects may be signed with; `none` for a client whose objects are not signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    /// `RS256`: how answers of the authorization endpoint are signed where their mode is one of JARM's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<String>,

    /// Where to tell the application that a session ended (OpenID Connect Back-Channel Logout).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub backchannel_logout_session_required: bool,

    /// What pages may show and link when they ask for consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,

    /// Members that are not known, to be refused by name.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// How a client proves itself (RFC 7591, 2; OpenID Connect Core, 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    None,
    ClientSecretBasic,
    ClientSecretPost,
    ClientSecretJwt,
    PrivateKeyJwt,
}

impl AuthMethod {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// What a client that says nothing has.
pub static NONE: std::sync::LazyLock<OAuthSettings> = std::sync::LazyLock::new(OAuthSettings::default);

fn invalid(why: impl std::fmt::Display) -> ApiError {
    ApiError::invalid_parameter(format!("PoolhouseOAuth: {why}"))
}

impl OAuthSettings {
    /// Refuses what is unknown, contradicts itself, or cannot work for a client with or without a secret.
    pub fn check(&self, has_secret: bool) -> Result<()> {
        if let Some(name) = self.unknown.keys().next() {
            return Err(invalid(format!("{name:.64} is not a member.")));
        }
        if self.backchannel_logout_session_required && self.backchannel_logout_uri.is_none() {
            return Err(invalid("BackchannelLogoutSessionRequired goes with a BackchannelLogoutUri."));
        }
        self.check_method(has_secret)?;
        self.check_keys()?;
        self.check_algorithms()?;
        let uris = [&self.jwks_uri, &self.backchannel_logout_uri];
        let shown = [&self.client_uri, &self.logo_uri, &self.policy_uri, &self.tos_uri];
        for uri in uris.into_iter().chain(shown).flatten() {
            check_uri(uri)?;
        }
        if self.introspection_resources.len() > 50 || self.introspection_resources.iter().any(|r| r.is_empty() || r.len() > 256) {
            return Err(invalid("IntrospectionResources are at most fifty, of 1 to 256 characters."));
        }
        if self.contacts.len() > 10 || self.contacts.iter().any(|c| c.is_empty() || c.len() > 256) {
            return Err(invalid("Contacts are at most ten, of 1 to 256 characters."));
        }
        Ok(())
    }

    fn check_method(&self, has_secret: bool) -> Result<()> {
        let Some(method) = self.token_endpoint_auth_method else { return Ok(()) };
        let with_secret = matches!(method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost | AuthMethod::ClientSecretJwt);
        if with_secret && !has_secret {
            return Err(invalid(format!("{} needs a client with a secret.", method.as_str())));
        }
        if method == AuthMethod::None && has_secret {
            return Err(invalid("a client with a secret must prove it: TokenEndpointAuthMethod can not be none."));
        }
        if method == AuthMethod::PrivateKeyJwt && self.jwks.is_none() && self.jwks_uri.is_none() {
            return Err(invalid("private_key_jwt needs Jwks or JwksUri."));
        }
        Ok(())
    }

    fn check_keys(&self) -> Result<()> {
        let Some(jwks) = &self.jwks else { return Ok(()) };
        if self.jwks_uri.is_some() {
            return Err(invalid("Jwks and JwksUri can not be set together."));
        }
        if jwks.to_string().len() > MAX_JWKS {
            return Err(invalid(format!("Jwks is larger than {MAX_JWKS} bytes.")));
        }
        jwk::KeySet::parse(jwks).map(|_| ()).map_err(|why| invalid(format!("Jwks: {why}.")))
    }

    fn check_algorithms(&self) -> Result<()> {
        let by_secret = self.token_endpoint_auth_method == Some(AuthMethod::ClientSecretJwt);
        let known = if by_secret { &jwk::SYMMETRIC[..] } else { &jwk::ASYMMETRIC[..] };
        one_of("TokenEndpointAuthSigningAlg", self.token_endpoint_auth_signing_alg.as_deref(), known)?;
        let objects = [&jwk::ASYMMETRIC[..], &jwk::SYMMETRIC, &["none"]].concat();
        one_of("RequestObjectSigningAlg", self.request_object_signing_alg.as_deref(), &objects)?;
        if self.require_signed_request_object && self.request_object_signing_alg.as_deref() == Some("none") {
            return Err(invalid("RequireSignedRequestObject and a RequestObjectSigningAlg of none contradict each other."));
        }
        for (name, value) in [
            ("UserInfoSignedResponseAlg", &self.user_info_signed_response_alg),
            ("AuthorizationSignedResponseAlg", &self.authorization_signed_response_alg),
        ] {
            one_of(name, value.as_deref(), &["RS256"])?;
        }
        Ok(())
    }
}

fn one_of(name: &str, value: Option<&str>, known: &[&str]) -> Result<()> {
    match value.filter(|v| !known.contains(v)) {
        Some(_) => Err(invalid(format!("{name} must be one of {}.", known.join(", ")))),
        None => Ok(()),
    }
}

/// Absolute, https or on this machine, without fragment or credentials.
fn check_uri(uri: &str) -> Result<()> {
    let bad = |why: &str| invalid(format!("{uri:.256}: {why}."));
    let parsed = Url::parse(uri).map_err(|_| bad("it is not an absolute URL"))?;
    let local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if parsed.scheme() != "https" && !(parsed.scheme() == "http" && local) {
        return Err(bad("it must be https, or http on localhost"));
    }
    if parsed.fragment().is_some() || !parsed.username().is_empty() || parsed.password().is_some() || uri.len() > 2_048 {
        return Err(bad("it must have no fragment and no credentials, and at most 2048 characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(settings: Value, has_secret: bool) -> std::result::Result<(), String> {
        serde_json::from_value::<OAuthSettings>(settings).unwrap().check(has_secret).map_err(|e| e.message().into_owned())
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        assert_eq!(check(json!({ "RequireDpop": true, "TokenEndpointAuthMethod": "client_secret_jwt" }), true), Ok(()));
        for (settings, has_secret, word) in [
            (json!({ "RequireDPoP": true }), false, "RequireDPoP"),
            (json!({ "TokenEndpointAuthMethod": "client_secret_post" }), false, "needs a client with a secret"),
            (json!({ "TokenEndpointAuthMethod": "none" }), true, "must prove"),
            (json!({ "TokenEndpointAuthMethod": "private_key_jwt" }), true, "needs Jwks"),
            (json!({ "TokenEndpointAuthSigningAlg": "HS256" }), true, "RS256"),
            (json!({ "UserInfoSignedResponseAlg": "none" }), false, "RS256"),
            (json!({ "JwksUri": "http://keys.example/" }), false, "https"),
            (json!({ "JwksUri": "https://a@keys.example/" }), false, "credentials"),
            (json!({ "Jwks": { "keys": [] } }), false, "Jwks"),
        ] {
            let error = check(settings, has_secret).unwrap_err();
            assert!(error.starts_with("PoolhouseOAuth: ") && error.contains(word), "{error}");
        }
    }

    #[test]
    fn nothing_said_is_nothing_shown() {
        assert_eq!(serde_json::to_value(OAuthSettings::default()).unwrap(), json!({}));
    }
}
