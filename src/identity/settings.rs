//! The settings of an identity pool, with Cognito's member names, and what is refused among them.

use super::provider;
use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most user pools with a client that a pool takes logins of.
const MOST_USER_POOLS: usize = 1_000;

/// What CreateIdentityPool and UpdateIdentityPool set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Settings {
    pub allow_unauthenticated_identities: bool,
    /// Only `false` forbids the classic flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_classic_flow: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub supported_login_providers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_provider_name: Option<String>,
    #[serde(rename = "OpenIdConnectProviderARNs", default, skip_serializing_if = "Vec::is_empty")]
    pub open_id_connect_provider_arns: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cognito_identity_providers: Vec<UserPoolProvider>,
    #[serde(rename = "SamlProviderARNs", default, skip_serializing_if = "Vec::is_empty")]
    pub saml_provider_arns: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_pool_tags: Option<BTreeMap<String, String>>,
    /// Where credentials come from instead of this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poolhouse_sts: Option<Sts>,
}

/// `CognitoIdentityProvider`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolProvider {
    #[serde(default)]
    pub provider_name: String,
    #[serde(default)]
    pub client_id: String,
    #[serde(default)]
    pub server_side_token_check: bool,
}

/// A security token service that takes this server's OpenID tokens: AWS' own, or one like it. Without members: none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Sts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Sts {
    /// Where requests go.
    pub fn address(&self) -> Option<String> {
        self.endpoint.clone().or_else(|| self.region.as_ref().map(|region| format!("https://sts.{region}.amazonaws.com/")))
    }
}

impl Settings {
    /// What an update leaves out and keeps all the same: Cognito keeps tags, and a developer provider's name for good.
    pub fn after(mut self, old: &Self) -> Result<Self> {
        self.identity_pool_tags = self.identity_pool_tags.or_else(|| old.identity_pool_tags.clone());
        self.poolhouse_sts = self.poolhouse_sts.or_else(|| old.poolhouse_sts.clone());
        match (&self.developer_provider_name, &old.developer_provider_name) {
            (Some(new), Some(old)) if new != old => {
                Err(ApiError::invalid_parameter("The developer provider name of an identity pool cannot be changed once it is set."))
            }
            (None, Some(_)) => Ok(Self { developer_provider_name: old.developer_provider_name.clone(), ..self }),
            _ => Ok(self),
        }
    }

    /// Refuses what could not work, and puts what means "none" away.
    pub fn checked(mut self, public_url: &str) -> Result<Self> {
        self.poolhouse_sts = self.poolhouse_sts.filter(|sts| *sts != Sts::default());
        self.check_logins(public_url)?;
        self.check_open_id()?;
        self.check_sts()?;
        if let Some(message) = self.identity_pool_tags.as_ref().and_then(super::tags::refusal) {
            return Err(ApiError::invalid_parameter(message));
        }
        Ok(self)
    }

    fn check_logins(&self, public_url: &str) -> Result<()> {
        if !self.saml_provider_arns.is_empty() {
            return Err(ApiError::unsupported_setting("SamlProviderARNs"));
        }
        for name in self.supported_login_providers.keys() {
            if !provider::PUBLIC.contains(&name.as_str()) {
                return Err(ApiError::unsupported_setting(&format!("The login provider {name}")));
            }
        }
        if self.cognito_identity_providers.len() > MOST_USER_POOLS {
            return Err(ApiError::limit_exceeded("An identity pool can have at most 1000 user pool providers."));
        }
        let is_user_pool = |p: &UserPoolProvider| provider::user_pool_of(&p.provider_name, public_url).is_some() && !p.client_id.is_empty();
        if !self.cognito_identity_providers.iter().all(is_user_pool) {
            return Err(ApiError::invalid_parameter("Invalid Cognito Identity Provider"));
        }
        let name = self.developer_provider_name.as_deref();
        if name.is_some_and(|name| provider::PUBLIC.contains(&name) || name == provider::OWN) {
            return Err(ApiError::invalid_parameter("The developer provider name is that of a public provider."));
        }
        Ok(())
    }

    fn check_open_id(&self) -> Result<()> {
        if let Some(bad) = self.open_id_connect_provider_arns.iter().find(|arn| provider::host_of_arn(arn).is_none()) {
            return Err(ApiError::invalid_parameter(format!("Invalid OpenID Connect provider ARN: {bad}")));
        }
        Ok(())
    }

    fn check_sts(&self) -> Result<()> {
        let Some(sts) = &self.poolhouse_sts else { return Ok(()) };
        let is_region =
            |region: &String| !region.is_empty() && region.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
        let is_address = |text: &String| {
            url::Url::parse(text).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none()
            })
        };
        if sts.endpoint.as_ref().is_some_and(|e| !is_address(e)) || sts.region.as_ref().is_some_and(|r| !is_region(r)) {
            return Err(ApiError::invalid_parameter(
                "PoolhouseSts: Endpoint must be an http or https address, Region the name of a region.",
            ));
        }
        Ok(())
    }

    /// The tags.
    pub fn tags(&self) -> BTreeMap<String, String> {
        self.identity_pool_tags.clone().unwrap_or_default()
    }
}
