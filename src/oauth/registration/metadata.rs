//! What a client says of itself (RFC 7591, 2; OpenID Connect Dynamic Client Registration, 2), and the settings that this makes.

use super::SCOPE;
use crate::clients::Client;
use crate::clients::flows::CLIENT_CREDENTIALS;
use crate::clients::oauth_settings::{AuthMethod, OAuthSettings};
use crate::clients::resource_server::is_custom;
use crate::clients::settings::{Settings, check_url};
use crate::oauth::error::{OAuthError, Result};
use crate::pools::protocol::DcrConfiguration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The scopes that every registered client may ask for.
const OPENID_SCOPES: [&str; 4] = ["openid", "email", "phone", "profile"];

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<AuthMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub backchannel_logout_session_required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dpop_bound_access_tokens: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed_authorization_requests: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_signed_request_object: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,

    /// Looked at, and not kept.
    #[serde(skip_serializing)]
    pub sector_identifier_uri: Option<String>,
    #[serde(skip_serializing)]
    pub software_statement: Option<Value>,
    #[serde(skip_serializing)]
    pub id_token_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing)]
    pub userinfo_encrypted_response_alg: Option<String>,
    #[serde(skip_serializing)]
    pub request_object_encryption_alg: Option<String>,
    #[serde(skip_serializing)]
    pub tls_client_certificate_bound_access_tokens: bool,
}

fn invalid(why: impl Into<String>) -> OAuthError {
    OAuthError::new("invalid_client_metadata", why)
}

/// Cognito's name for a grant type.
fn flow(grant_type: &str) -> Option<&'static str> {
    match grant_type {
        "authorization_code" => Some("code"),
        CLIENT_CREDENTIALS => Some(CLIENT_CREDENTIALS),
        _ => None,
    }
}

impl Metadata {
    /// The settings of the client, and whether it gets a secret. `before` is what it had: of that, what clients do not say themselves stays.
    pub fn settings(&self, dcr: &DcrConfiguration, authenticated: bool, before: Option<&Settings>) -> Result<(Settings, bool)> {
        self.refuse_unsupported()?;
        let flow = self.flow(dcr, authenticated)?;
        if flow == "code" && self.redirect_uris.is_empty() {
            return Err(OAuthError::new("invalid_redirect_uri", "redirect_uris is missing"));
        }
        for uri in &self.redirect_uris {
            check_url(uri).map_err(|error| OAuthError::new("invalid_redirect_uri", error.message()))?;
        }
        let method = self.token_endpoint_auth_method.unwrap_or(AuthMethod::ClientSecretBasic);
        let has_secret = !matches!(method, AuthMethod::None | AuthMethod::PrivateKeyJwt);
        let kept = before.map(|settings| settings.oauth().clone()).unwrap_or_default();
        let oauth = OAuthSettings {
            token_endpoint_auth_method: Some(method),
            token_endpoint_auth_signing_alg: self.token_endpoint_auth_signing_alg.clone(),
            jwks: self.jwks.clone(),
            jwks_uri: self.jwks_uri.clone(),
            // What an administrator has made stricter, the client does not loosen.
            require_dpop: kept.require_dpop || self.dpop_bound_access_tokens,
            user_info_signed_response_alg: self.userinfo_signed_response_alg.clone(),
            // Without a secret, only the challenge ties a code to who asked for it.
            require_pkce: kept.require_pkce || method == AuthMethod::None,
            require_consent: before.is_none() || kept.require_consent,
            require_pushed_requests: kept.require_pushed_requests || self.require_pushed_authorization_requests,
            require_signed_request_object: kept.require_signed_request_object || self.require_signed_request_object,
            request_object_signing_alg: self.request_object_signing_alg.clone(),
            authorization_signed_response_alg: self.authorization_signed_response_alg.clone(),
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            client_uri: self.client_uri.clone(),
            logo_uri: self.logo_uri.clone(),
            policy_uri: self.policy_uri.clone(),
            tos_uri: self.tos_uri.clone(),
            contacts: self.contacts.clone(),
            ..kept
        };
        // Signing in through the API is not what they register for.
        let made = || Settings {
            explicit_auth_flows: vec!["ALLOW_REFRESH_TOKEN_AUTH".into()],
            supported_identity_providers: vec!["COGNITO".into()],
            ..Settings::default()
        };
        let settings = Settings {
            client_name: self.name()?,
            callback_urls: self.redirect_uris.clone(),
            logout_urls: self.post_logout_redirect_uris.clone(),
            allowed_o_auth_flows: vec![flow.into()],
            allowed_o_auth_scopes: self.scopes(dcr, flow)?,
            // What an administrator has switched off, the client does not switch on again.
            allowed_o_auth_flows_user_pool_client: before.is_none_or(|settings| settings.allowed_o_auth_flows_user_pool_client),
            poolhouse_oauth: Some(Box::new(oauth)),
            ..before.cloned().unwrap_or_else(made)
        };
        Ok((settings, has_secret))
    }

    fn refuse_unsupported(&self) -> Result<()> {
        if self.software_statement.is_some() {
            return Err(OAuthError::new(
                "unapproved_software_statement",
                "Software statements are not taken: nobody is trusted to make them",
            ));
        }
        if self.subject_type.as_deref().is_some_and(|kind| kind != "public") {
            return Err(invalid("subject_type can only be public"));
        }
        if self.id_token_signed_response_alg.as_deref().is_some_and(|alg| alg != "RS256") {
            return Err(invalid("id_token_signed_response_alg can only be RS256"));
        }
        if self.tls_client_certificate_bound_access_tokens {
            return Err(invalid("Access tokens are not bound to certificates"));
        }
        let encrypted = [&self.id_token_encrypted_response_alg, &self.userinfo_encrypted_response_alg, &self.request_object_encryption_alg];
        if encrypted.into_iter().flatten().next().is_some() {
            return Err(invalid("Encryption of tokens is not supported"));
        }
        Ok(())
    }

    /// The one flow that is asked for, if it may be had. Machines and people do not share a client.
    fn flow(&self, dcr: &DcrConfiguration, authenticated: bool) -> Result<&'static str> {
        let asked: Vec<&str> = match &self.grant_types {
            Some(types) => types.iter().map(String::as_str).filter(|t| *t != "refresh_token").collect(),
            None => vec!["authorization_code"],
        };
        let [only] = asked.as_slice() else {
            return Err(invalid("grant_types must be authorization_code or client_credentials, and not both"));
        };
        let flow = flow(only).ok_or_else(|| invalid(format!("The grant type {only:.64} can not be registered")))?;
        let allowed = match authenticated {
            true => {
                dcr.authenticated_grant_types.as_ref().map_or(["code", CLIENT_CREDENTIALS].contains(&flow), |l| l.iter().any(|f| f == flow))
            }
            false => dcr.open_dcr_grant_types.as_ref().map_or(flow == "code", |l| l.iter().any(|f| f == flow)),
        };
        if !allowed {
            return Err(invalid(format!("The grant type {only} can not be registered here")));
        }
        let responses: Vec<&str> = match &self.response_types {
            Some(types) => types.iter().map(String::as_str).collect(),
            None if flow == "code" => vec!["code"],
            None => Vec::new(),
        };
        let consistent = if flow == "code" { responses == ["code"] } else { responses.is_empty() };
        if consistent { Ok(flow) } else { Err(invalid("response_types must be code, and only with authorization_code")) }
    }

    fn scopes(&self, dcr: &DcrConfiguration, flow: &str) -> Result<Vec<String>> {
        let machine = flow == CLIENT_CREDENTIALS;
        let listed = dcr.allowed_scopes.iter().flatten().map(String::as_str).filter(|s| *s != SCOPE);
        let allowed: Vec<&str> = OPENID_SCOPES.into_iter().chain(listed).filter(|s| !machine || is_custom(s)).collect();
        let asked: Vec<&str> = match self.scope.as_deref() {
            Some(scope) => scope.split(' ').filter(|s| !s.is_empty()).collect(),
            // What goes beyond signing in is for those who ask for it.
            None if machine => allowed.clone(),
            None => OPENID_SCOPES.to_vec(),
        };
        // OpenID Connect's own word for refresh tokens, which every code gives here.
        let mut granted: Vec<String> = Vec::new();
        for scope in asked.into_iter().filter(|s| *s != "offline_access") {
            if !allowed.contains(&scope) {
                return Err(invalid(format!("The scope {scope:.64} can not be registered")));
            }
            if !granted.iter().any(|g| g == scope) {
                granted.push(scope.to_owned());
            }
        }
        if granted.is_empty() { Err(invalid("There is no scope that the client could have")) } else { Ok(granted) }
    }

    fn name(&self) -> Result<String> {
        let name = self.client_name.as_deref().map(str::trim).filter(|n| !n.is_empty()).unwrap_or("Registered client");
        if name.chars().count() > 128 || name.chars().any(char::is_control) {
            return Err(invalid("client_name must have at most 128 characters, all of them visible"));
        }
        Ok(name.to_owned())
    }

    /// What a client is registered with.
    pub fn of(client: &Client) -> Self {
        let (settings, oauth) = (&client.settings, client.oauth().clone());
        let machine = settings.has_client_credentials();
        let grant_types: &[&str] = if machine { &[CLIENT_CREDENTIALS] } else { &["authorization_code", "refresh_token"] };
        Self {
            redirect_uris: settings.callback_urls.clone(),
            token_endpoint_auth_method: oauth.token_endpoint_auth_method,
            token_endpoint_auth_signing_alg: oauth.token_endpoint_auth_signing_alg,
            grant_types: Some(grant_types.iter().map(|t| (*t).to_owned()).collect()),
            response_types: Some(if machine { Vec::new() } else { vec!["code".to_owned()] }),
            scope: Some(settings.allowed_o_auth_scopes.join(" ")),
            client_name: Some(settings.client_name.clone()),
            client_uri: oauth.client_uri,
            logo_uri: oauth.logo_uri,
            policy_uri: oauth.policy_uri,
            tos_uri: oauth.tos_uri,
            contacts: oauth.contacts,
            jwks: oauth.jwks,
            jwks_uri: oauth.jwks_uri,
            post_logout_redirect_uris: settings.logout_urls.clone(),
            backchannel_logout_uri: oauth.backchannel_logout_uri,
            backchannel_logout_session_required: oauth.backchannel_logout_session_required,
            dpop_bound_access_tokens: oauth.require_dpop,
            require_pushed_authorization_requests: oauth.require_pushed_requests,
            require_signed_request_object: oauth.require_signed_request_object,
            request_object_signing_alg: oauth.request_object_signing_alg,
            authorization_signed_response_alg: oauth.authorization_signed_response_alg,
            userinfo_signed_response_alg: oauth.user_info_signed_response_alg,
            id_token_signed_response_alg: Some("RS256".into()),
            subject_type: Some("public".into()),
            ..Self::default()
        }
    }
}
