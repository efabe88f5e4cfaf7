//! A client's settings, with Cognito's member names and defaults.

use super::oauth_settings::{self, OAuthSettings};
use crate::api::{ApiError, Result};
use crate::pools::Pool;
use crate::pools::attributes::STANDARD;
use serde::{Deserialize, Serialize};
use url::Url;

/// The members that CreateUserPoolClient and UpdateUserPoolClient share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Settings {
    pub client_name: String,
    pub refresh_token_validity: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_validity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_validity: Option<i64>,
    pub token_validity_units: Units,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_attributes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_attributes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explicit_auth_flows: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supported_identity_providers: Vec<String>,
    #[serde(rename = "CallbackURLs", skip_serializing_if = "Vec::is_empty")]
    pub callback_urls: Vec<String>,
    #[serde(rename = "LogoutURLs", skip_serializing_if = "Vec::is_empty")]
    pub logout_urls: Vec<String>,
    #[serde(rename = "DefaultRedirectURI", skip_serializing_if = "Option::is_none")]
    pub default_redirect_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_o_auth_flows: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_o_auth_scopes: Vec<String>,
    pub allowed_o_auth_flows_user_pool_client: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevent_user_existence_errors: Option<PreventUserExistenceErrors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_token_revocation: Option<bool>,
    /// Whether an application that proves its secret may say where its user is: without a secret it has no effect.
    pub enable_propagate_additional_user_context_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analytics_configuration: Option<Analytics>,
    pub auth_session_validity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_rotation: Option<Rotation>,
    /// Of Poolhouse's own: whether the pages send links that sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poolhouse_sign_in_link: Option<SignInLink>,
    /// Poolhouse's own.
    #[serde(rename = "PoolhouseOAuth", skip_serializing_if = "Option::is_none")]
    pub poolhouse_oauth: Option<Box<OAuthSettings>>,
}

/// `PoolhouseSignInLink`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct SignInLink {
    pub enabled: bool,
    /// How long a link holds.
    pub validity_minutes: i64,
}

impl Default for SignInLink {
    fn default() -> Self {
        Self { enabled: false, validity_minutes: 15 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PreventUserExistenceErrors {
    Legacy,
    Enabled,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Units {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Unit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Unit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Unit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    fn seconds(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rotation {
    pub feature: Feature,
    #[serde(default)]
    pub retry_grace_period_seconds: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Feature {
    Enabled,
    Disabled,
}

/// The Pinpoint project that Cognito would report to. It is kept for those who read it back: Poolhouse reports to nobody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Analytics {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data_shared: Option<bool>,
}

const LEGACY_FLOWS: [&str; 3] = ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"];
const MAX_URLS: usize = 100;

impl Settings {
    /// A token's lifetime in seconds: the given number of its unit, or the default.
    fn lifetime(value: Option<i64>, unit: Option<Unit>, default_unit: Unit, default: i64) -> i64 {
        value.map_or(default, |v| v * unit.unwrap_or(default_unit).seconds())
    }

    pub fn access_token_seconds(&self) -> i64 {
        Self::lifetime(self.access_token_validity, self.token_validity_units.access_token, Unit::Hours, 3_600)
    }

    pub fn id_token_seconds(&self) -> i64 {
        Self::lifetime(self.id_token_validity, self.token_validity_units.id_token, Unit::Hours, 3_600)
    }

    pub fn refresh_token_seconds(&self) -> i64 {
        let given = Some(self.refresh_token_validity).filter(|v| *v > 0);
        Self::lifetime(given, self.token_validity_units.refresh_token, Unit::Days, 30 * 86_400)
    }

    /// How long rotated refresh tokens stay usable, where rotation is on.
    pub fn rotation(&self) -> Option<i64> {
        self.refresh_token_rotation.as_ref().filter(|r| r.feature == Feature::Enabled).map(|r| r.retry_grace_period_seconds)
    }

    /// The flows that hold. Where none is named they are Cognito's three, and descriptions name none.
    pub fn auth_flows(&self) -> impl Iterator<Item = &str> {
        let defaults: &[&str] = match (self.explicit_auth_flows.is_empty(), self.rotation()) {
            (false, _) => &[],
            (true, None) => &["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
            (true, Some(_)) => &["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
        };
        self.explicit_auth_flows.iter().map(String::as_str).chain(defaults.iter().copied())
    }

    /// What is said beyond Cognito's members.
    pub fn oauth(&self) -> &OAuthSettings {
        self.poolhouse_oauth.as_deref().unwrap_or(&oauth_settings::NONE)
    }

    /// Whether managed login takes the passwords that the pool itself keeps: a list without COGNITO leaves sign-in to other providers.
    pub fn offers_own_sign_in(&self) -> bool {
        self.supported_identity_providers.is_empty() || self.supported_identity_providers.iter().any(|name| name == "COGNITO")
    }

    /// Where the client is told that a session ended.
    pub fn backchannel_logout_uri(&self) -> Option<&str> {
        self.poolhouse_oauth.as_ref()?.backchannel_logout_uri.as_deref()
    }

    /// Fills in what Cognito fills in when a client is made.
    pub fn with_defaults(mut self) -> Self {
        if self.refresh_token_validity == 0 {
            self.refresh_token_validity = 30;
        }
        self.enable_token_revocation.get_or_insert(true);
        self.auth_session_validity.get_or_insert(3);
        self
    }

    /// Refuses settings that contradict each other or the pool.
    pub fn check(&self, pool: &Pool) -> Result<()> {
        if self.analytics_configuration.as_ref().is_some_and(|a| a.application_arn.is_some() == a.application_id.is_some()) {
            return Err(ApiError::invalid_parameter("AnalyticsConfiguration takes either ApplicationArn or ApplicationId."));
        }
        if self.poolhouse_sign_in_link.as_ref().is_some_and(|link| !(1..=60).contains(&link.validity_minutes)) {
            return Err(ApiError::invalid_parameter("PoolhouseSignInLink: ValidityMinutes must be between 1 and 60."));
        }
        self.check_flows()?;
        self.check_lifetimes()?;
        self.check_oauth()?;
        self.check_attributes(pool)
    }

    /// Refuses to take an application's word on addresses where it cannot prove itself.
    pub fn check_context_data(&self, has_secret: bool) -> Result<()> {
        if self.enable_propagate_additional_user_context_data && !has_secret {
            let message = "EnablePropagateAdditionalUserContextData can only be enabled for a client with a secret.";
            return Err(ApiError::invalid_parameter(message));
        }
        Ok(())
    }

    fn check_flows(&self) -> Result<()> {
        let flows = &self.explicit_auth_flows;
        let allow = flows.iter().filter(|f| f.starts_with("ALLOW_")).count();
        if allow > 0 && flows.iter().any(|f| LEGACY_FLOWS.contains(&f.as_str())) {
            return Err(ApiError::invalid_parameter("Legacy authentication flows can not be mixed with ALLOW_ flows."));
        }
        let refreshes = flows.iter().any(|f| f == "ALLOW_REFRESH_TOKEN_AUTH");
        if self.rotation().is_some() && refreshes {
            let message = "ALLOW_REFRESH_TOKEN_AUTH can not be enabled together with refresh token rotation.";
            return Err(ApiError::invalid_parameter(message));
        }
        let signs_in = flows.iter().any(|f| f.starts_with("ALLOW_") && !super::flows::signs_nobody_in(f));
        if signs_in && self.rotation().is_none() && !refreshes {
            return Err(ApiError::invalid_parameter("REFRESH_TOKEN_AUTH should always be allowed."));
        }
        Ok(())
    }

    fn check_lifetimes(&self) -> Result<()> {
        let (day, refresh) = (86_400, self.refresh_token_seconds());
        let short = [self.access_token_seconds(), self.id_token_seconds()];
        let in_range = short.iter().all(|s| (300..=day).contains(s)) && (3_600..=3_650 * day).contains(&refresh);
        if !in_range || short.iter().any(|s| *s > refresh) {
            return Err(ApiError::invalid_parameter("Invalid range for token validity."));
        }
        Ok(())
    }

    /// What is set for OAuth is checked, whether AllowedOAuthFlowsUserPoolClient switches it on or not.
    fn check_oauth(&self) -> Result<()> {
        if self.allowed_o_auth_flows_user_pool_client && (self.allowed_o_auth_flows.is_empty() || self.allowed_o_auth_scopes.is_empty()) {
            return Err(ApiError::invalid_parameter(
                "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
            ));
        }
        for scope in &self.allowed_o_auth_scopes {
            if !super::resource_server::is_custom(scope) && !crate::tokens::claims::SYSTEM_SCOPES.contains(&scope.as_str()) {
                return Err(ApiError::scope_does_not_exist(format!("Invalid scope requested: {scope}")));
            }
        }
        let openid = self.allowed_o_auth_scopes.iter().any(|s| s == "openid");
        if !openid && self.allowed_o_auth_scopes.iter().any(|s| matches!(s.as_str(), "email" | "phone" | "profile")) {
            return Err(ApiError::invalid_parameter("The scopes phone, email and profile can only be requested if openid is requested."));
        }
        self.check_urls()
    }

    fn check_urls(&self) -> Result<()> {
        if self.callback_urls.len() > MAX_URLS || self.logout_urls.len() > MAX_URLS {
            return Err(ApiError::invalid_parameter(format!("At most {MAX_URLS} callback and {MAX_URLS} sign-out URLs can be set.")));
        }
        let redirects = self.allowed_o_auth_flows.iter().any(|f| f != super::flows::CLIENT_CREDENTIALS);
        if self.allowed_o_auth_flows_user_pool_client && redirects && self.callback_urls.is_empty() {
            return Err(ApiError::invalid_oauth_flow("CallbackUrls can not be empty when code flow or implicit flow is selected"));
        }
        for url in self.callback_urls.iter().chain(&self.logout_urls) {
            check_url(url)?;
        }
        if let Some(default) = &self.default_redirect_uri
            && !self.callback_urls.contains(default)
        {
            return Err(ApiError::invalid_parameter("The default redirect URI is not among the callback URLs."));
        }
        Ok(())
    }

    fn check_attributes(&self, pool: &Pool) -> Result<()> {
        let lists = [("read", &self.read_attributes), ("write", &self.write_attributes)];
        for (what, name) in lists.into_iter().flat_map(|(what, list)| list.iter().flatten().map(move |n| (what, n))) {
            if pool.attribute(name).is_none() {
                return Err(ApiError::invalid_parameter(format!("Invalid {what} attributes specified while creating a client: {name}")));
            }
            if what == "write" && (matches!(name.as_str(), "email_verified" | "phone_number_verified" | "sub") || name.starts_with("dev:"))
            {
                return Err(ApiError::invalid_parameter(format!("Invalid write attributes specified while creating a client: {name}")));
            }
        }
        if let Some(write) = &self.write_attributes {
            let missing = pool.document.schema.iter().find(|a| a.required && a.name != "sub" && !write.contains(&a.name));
            if let Some(attribute) = missing {
                let message = format!(
                    "Invalid write attributes specified while creating a client: the required attribute {} is missing",
                    attribute.name
                );
                return Err(ApiError::invalid_parameter(message));
            }
        }
        Ok(())
    }

    pub fn may_read(&self, attribute: &str) -> bool {
        matches!(attribute, "sub" | "identities")
            || self.read_attributes.as_ref().map_or_else(|| STANDARD.contains(&attribute), |list| list.iter().any(|a| a == attribute))
    }

    pub fn may_write(&self, attribute: &str) -> bool {
        let standard = || STANDARD.contains(&attribute) && !matches!(attribute, "sub" | "email_verified" | "phone_number_verified");
        self.write_attributes.as_ref().map_or_else(standard, |list| list.iter().any(|a| a == attribute))
    }
}

/// Absolute, without fragment; https, or http on this machine only, or an application's own scheme.
pub fn check_url(url: &str) -> Result<()> {
    let bad = |why: &str| ApiError::invalid_parameter(format!("Invalid callback or sign-out URL {url}: {why}"));
    let parsed = Url::parse(url).map_err(|_| bad("it is not an absolute URL"))?;
    if parsed.fragment().is_some() {
        return Err(bad("it must not have a fragment"));
    }
    let local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match parsed.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        "http" => Err(bad("http is allowed for localhost only")),
        // What a browser would run or read instead of leaving for an application.
        "javascript" | "data" | "file" | "blob" | "about" | "vbscript" | "view-source" => Err(bad("this scheme is not allowed")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_addresses() {
        for good in [
            "https://app.example/cb",
            "http://localhost:3000/",
            "http://127.0.0.1:9/x",
            "http://[::1]:9/",
            "myapp://cb",
            "com.example.app:/cb",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in ["http://app.example/", "/cb", "https://a/#x", "javascript:alert(1)", "data:text/html,x", ""] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lifetimes() {
        let settings = Settings { access_token_validity: Some(5), ..Settings::default() }.with_defaults();
        assert_eq!(
            (settings.access_token_seconds(), settings.id_token_seconds(), settings.refresh_token_seconds()),
            (18_000, 3_600, 30 * 86_400)
        );
        let units = Units { access_token: Some(Unit::Minutes), ..Units::default() };
        let short = Settings { access_token_validity: Some(4), token_validity_units: units, ..Settings::default() }.with_defaults();
        assert_eq!(short.check_lifetimes().unwrap_err().message(), "Invalid range for token validity.");
    }

    #[test]
    fn what_a_client_may_read_and_write_by_default() {
        let settings = Settings::default();
        assert!(settings.may_read("email_verified") && !settings.may_read("custom:tier"));
        assert!(settings.may_write("email") && !settings.may_write("email_verified") && !settings.may_write("custom:tier"));
    }
}
