//! Which flows a client may have, and with which others: machines and people do not share a client.

use super::oauth_settings::AuthMethod;
use super::resource_server::is_custom;
use super::settings::Settings;
use crate::api::{ApiError, Result};

/// The OAuth flow of machines.
pub const CLIENT_CREDENTIALS: &str = "client_credentials";
/// The same through the API, without a domain.
pub const CLIENT_TOKEN: &str = "ALLOW_CLIENT_TOKEN_AUTH";
pub const IMPERSONATION: &str = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION";
pub const DELEGATION: &str = "ALLOW_TOKEN_EXCHANGE_DELEGATION";

/// Whether a flow in ExplicitAuthFlows signs nobody in, so that there is nothing to refresh.
pub fn signs_nobody_in(flow: &str) -> bool {
    [CLIENT_TOKEN, IMPERSONATION, DELEGATION].contains(&flow)
}

impl Settings {
    /// Whether the client gets machine tokens through the API.
    pub fn has_client_tokens(&self) -> bool {
        self.explicit_auth_flows.iter().any(|f| f == CLIENT_TOKEN)
    }

    /// Whether the client gets machine tokens at the token endpoint.
    pub fn has_client_credentials(&self) -> bool {
        self.allowed_o_auth_flows_user_pool_client && self.allowed_o_auth_flows.iter().any(|f| f == CLIENT_CREDENTIALS)
    }
}

/// Refuses machine flows without a secret, or a key in its place, or beside the flows of people.
pub fn check(settings: &Settings, confidential: bool) -> Result<()> {
    let flows = &settings.allowed_o_auth_flows;
    let proves_itself = confidential || settings.oauth().token_endpoint_auth_method == Some(AuthMethod::PrivateKeyJwt);
    if flows.iter().any(|f| f == CLIENT_CREDENTIALS) {
        if flows.iter().any(|f| f != CLIENT_CREDENTIALS) {
            let message = "client_credentials flow can not be selected along with code flow or implicit flow.";
            return Err(ApiError::invalid_oauth_flow(message));
        }
        if !proves_itself {
            let message = "client_credentials flow can not be selected if client does not have a client secret.";
            return Err(ApiError::invalid_oauth_flow(message));
        }
        if let Some(scope) = settings.allowed_o_auth_scopes.iter().find(|s| !is_custom(s)) {
            return Err(ApiError::invalid_oauth_flow(format!("{scope} is not supported with client_credentials flow")));
        }
    }
    if settings.has_client_tokens() {
        let others = settings.explicit_auth_flows.iter().any(|f| f != CLIENT_TOKEN) || flows.iter().any(|f| f != CLIENT_CREDENTIALS);
        if others {
            return Err(ApiError::invalid_parameter(format!("{CLIENT_TOKEN} must be the only authentication flow of a client.")));
        }
        if !confidential {
            return Err(ApiError::invalid_parameter(format!("{CLIENT_TOKEN} can not be enabled for a client without a secret.")));
        }
        if let Some(scope) = settings.allowed_o_auth_scopes.iter().find(|s| !is_custom(s)) {
            return Err(ApiError::invalid_parameter(format!("{scope} is not supported with {CLIENT_TOKEN}.")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(explicit: &[&str], oauth: &[&str], scopes: &[&str]) -> Settings {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Settings {
            explicit_auth_flows: list(explicit),
            allowed_o_auth_flows: list(oauth),
            allowed_o_auth_scopes: list(scopes),
            ..Settings::default()
        }
    }

    #[test]
    fn machines_have_a_client_of_their_own() {
        let ok = |s: &Settings, confidential| check(s, confidential).is_ok();
        assert!(ok(&settings(&[], &[CLIENT_CREDENTIALS], &["api/read"]), true));
        assert!(ok(&settings(&[CLIENT_TOKEN], &[CLIENT_CREDENTIALS], &["api/read"]), true));
        assert!(ok(&settings(&[DELEGATION], &["code"], &["openid"]), false));
        for bad in [
            settings(&[], &[CLIENT_CREDENTIALS, "code"], &["api/read"]),
            settings(&[], &[CLIENT_CREDENTIALS], &["api/read", "openid"]),
            settings(&[CLIENT_TOKEN, "ALLOW_REFRESH_TOKEN_AUTH"], &[], &["api/read"]),
            settings(&[CLIENT_TOKEN], &["code"], &["api/read"]),
            settings(&[CLIENT_TOKEN], &[], &["openid"]),
        ] {
            assert!(!ok(&bad, true), "{bad:?}");
        }
        assert!(!ok(&settings(&[], &[CLIENT_CREDENTIALS], &["api/read"]), false));
        assert!(!ok(&settings(&[CLIENT_TOKEN], &[], &["api/read"]), false));
    }
}
