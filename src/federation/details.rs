//! `ProviderDetails`: which keys each type of provider takes, and which values it fills in.

use super::metadata;
use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// The names and values of `ProviderDetails`: all of them strings.
pub type Details = BTreeMap<String, String>;

/// What is sealed.
pub const SECRETS: [&str; 2] = ["client_secret", "private_key"];
/// The certificate that a SAML provider encrypts to. It is the pool's: shown, never taken.
pub const ENCRYPTION_CERTIFICATE: &str = "ActiveEncryptionCertificate";

/// `IdentityProviderTypeType`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    #[serde(rename = "SAML")]
    Saml,
    Facebook,
    Google,
    LoginWithAmazon,
    SignInWithApple,
    #[serde(rename = "OIDC")]
    Oidc,
}

impl Kind {
    pub const ALL: [Self; 6] = [Self::Saml, Self::Facebook, Self::Google, Self::LoginWithAmazon, Self::SignInWithApple, Self::Oidc];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saml => "SAML",
            Self::Facebook => "Facebook",
            Self::Google => "Google",
            Self::LoginWithAmazon => "LoginWithAmazon",
            Self::SignInWithApple => "SignInWithApple",
            Self::Oidc => "OIDC",
        }
    }

    /// Whether the service knows the provider, so that a pool has one of it and its name is fixed.
    pub fn is_social(self) -> bool {
        !matches!(self, Self::Saml | Self::Oidc)
    }

    /// The claim that tells who somebody is at the provider; a SAML assertion has its subject outside its claims.
    pub fn subject(self) -> Option<&'static str> {
        match self {
            Self::Saml => None,
            Self::Facebook => Some("id"),
            Self::LoginWithAmazon => Some("user_id"),
            Self::Google | Self::SignInWithApple | Self::Oidc => Some("sub"),
        }
    }

    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Saml => &[],
            Self::Facebook | Self::Google | Self::LoginWithAmazon => &["client_id", "client_secret", "authorize_scopes"],
            Self::SignInWithApple => &["client_id", "team_id", "key_id", "private_key", "authorize_scopes"],
            Self::Oidc => &["client_id", "oidc_issuer", "authorize_scopes", "attributes_request_method"],
        }
    }

    fn optional(self) -> &'static [&'static str] {
        match self {
            Self::Saml => &[
                "MetadataURL",
                "MetadataFile",
                "IDPSignout",
                "IDPInit",
                "EncryptedResponses",
                "RequestSigningAlgorithm",
                // What describing tells may be given back.
                "SSORedirectBindingURI",
                "SLORedirectBindingURI",
                ENCRYPTION_CERTIFICATE,
            ],
            Self::Facebook => {
                &["api_version", "attributes_url", "attributes_url_add_attributes", "authorize_url", "token_request_method", "token_url"]
            }
            Self::Google => {
                &["attributes_url", "attributes_url_add_attributes", "authorize_url", "oidc_issuer", "token_request_method", "token_url"]
            }
            Self::LoginWithAmazon => {
                &["attributes_url", "attributes_url_add_attributes", "authorize_url", "token_request_method", "token_url"]
            }
            Self::SignInWithApple => {
                &["attributes_url_add_attributes", "authorize_url", "oidc_issuer", "token_request_method", "token_url"]
            }
            Self::Oidc => &["client_secret", "authorize_url", "token_url", "attributes_url", "jwks_uri", "attributes_url_add_attributes"],
        }
    }

    fn defaults(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Saml => &[],
            Self::Facebook => &[("api_version", "v17.0"), ("attributes_url_add_attributes", "true"), ("token_request_method", "GET")],
            Self::Google => &[
                ("attributes_url", "https://people.googleapis.com/v1/people/me?personFields="),
                ("attributes_url_add_attributes", "true"),
                ("authorize_url", "https://accounts.google.com/o/oauth2/v2/auth"),
                ("oidc_issuer", "https://accounts.google.com"),
                ("token_request_method", "POST"),
                ("token_url", "https://www.googleapis.com/oauth2/v4/token"),
            ],
            Self::LoginWithAmazon => &[
                ("attributes_url", "https://api.amazon.com/user/profile"),
                ("attributes_url_add_attributes", "false"),
                ("authorize_url", "https://www.amazon.com/ap/oa"),
                ("token_request_method", "POST"),
                ("token_url", "https://api.amazon.com/auth/o2/token"),
            ],
            Self::SignInWithApple => &[
                ("attributes_url_add_attributes", "false"),
                ("authorize_url", "https://appleid.apple.com/auth/authorize"),
                ("oidc_issuer", "https://appleid.apple.com"),
                ("token_request_method", "POST"),
                ("token_url", "https://appleid.apple.com/auth/token"),
            ],
            Self::Oidc => &[("attributes_url_add_attributes", "false")],
        }
    }

    /// Checks what a caller gave, and fills in what the service does.
    pub fn complete(self, mut details: Details) -> Result<Details> {
        let known = |name: &str| self.required().contains(&name) || self.optional().contains(&name);
        if let Some(name) = details.keys().find(|name| !known(name)) {
            let name: String = name.chars().take(64).collect();
            return Err(invalid(format!("{name} is not a key of the provider type {}.", self.as_str())));
        }
        let absent = |name: &&&str| details.get(**name).is_none_or(String::is_empty);
        let missing: Vec<_> = self.required().iter().filter(absent).copied().collect();
        if !missing.is_empty() {
            return Err(invalid(format!("{} is required for the provider type {}.", missing.join(", "), self.as_str())));
        }
        for (name, value) in &details {
            check(name, value)?;
        }
        for (name, value) in self.defaults() {
            details.entry((*name).to_owned()).or_insert_with(|| (*value).to_owned());
        }
        match self {
            Self::Facebook => complete_facebook(&mut details),
            Self::Saml => complete_saml(&mut details)?,
            _ => {}
        }
        Ok(details)
    }
}

fn complete_facebook(details: &mut Details) {
    let version = details.get("api_version").cloned().unwrap_or_default();
    for (name, value) in [
        ("attributes_url", format!("https://graph.facebook.com/{version}/me?fields=")),
        ("authorize_url", format!("https://www.facebook.com/{version}/dialog/oauth")),
        ("token_url", format!("https://graph.facebook.com/{version}/oauth/access_token")),
    ] {
        details.entry(name.to_owned()).or_insert(value);
    }
}

/// A SAML provider is what its metadata says: addresses that a caller gives back are read from there again.
fn complete_saml(details: &mut Details) -> Result<()> {
    details.remove(ENCRYPTION_CERTIFICATE);
    match (details.get("MetadataURL"), details.get("MetadataFile")) {
        (None, None) => Err(ApiError::invalid_parameter("At least one of the MetadataURL or MetadataFile should be provided.")),
        (Some(_), Some(_)) => Err(ApiError::invalid_parameter("Only one of the MetadataURL or MetadataFile should be provided.")),
        (Some(_), None) => Ok(()),
        (None, Some(file)) => {
            let metadata = metadata::read(file).map_err(|what| invalid(format!("MetadataFile is not valid: {what}.")))?;
            for (name, address) in [("SSORedirectBindingURI", metadata.sign_on), ("SLORedirectBindingURI", metadata.sign_out)] {
                details.remove(name);
                if let Some(address) = address {
                    check_url(name, &address)?;
                    details.insert(name.to_owned(), address);
                }
            }
            Ok(())
        }
    }
}

fn check(name: &str, value: &str) -> Result<()> {
    let one_of = |values: &[&str]| {
        let found = values.iter().any(|v| v.eq_ignore_ascii_case(value));
        if found { Ok(()) } else { Err(invalid(format!("{name} must be {}.", values.join(" or ")))) }
    };
    match name {
        "authorize_url"
        | "token_url"
        | "attributes_url"
        | "jwks_uri"
        | "oidc_issuer"
        | "MetadataURL"
        | "SSORedirectBindingURI"
        | "SLORedirectBindingURI" => check_url(name, value),
        "attributes_request_method" | "token_request_method" => one_of(&["GET", "POST"]),
        "attributes_url_add_attributes" | "IDPSignout" | "IDPInit" | "EncryptedResponses" => one_of(&["true", "false"]),
        "RequestSigningAlgorithm" => one_of(&["rsa-sha256"]),
        "api_version" if !is_version(value) => Err(invalid("api_version must be a version such as v17.0.".to_owned())),
        _ => Ok(()),
    }
}

/// A version is a part of Facebook's addresses.
fn is_version(text: &str) -> bool {
    let digits = |s: &str| (1..=3).contains(&s.len()) && s.bytes().all(|c| c.is_ascii_digit());
    text.strip_prefix('v').and_then(|t| t.split_once('.')).is_some_and(|(major, minor)| digits(major) && digits(minor))
}

/// Secrets and people's data go to these addresses.
fn check_url(name: &str, value: &str) -> Result<()> {
    let good = Url::parse(value).is_ok_and(|url| {
        let anonymous = url.username().is_empty() && url.password().is_none();
        url.scheme() == "https" && url.host().is_some() && anonymous && url.fragment().is_none() && value.len() <= 2048
    });
    if good { Ok(()) } else { Err(invalid(format!("{name} must be an https URL."))) }
}

fn invalid(what: String) -> ApiError {
    ApiError::invalid_parameter(format!("Invalid ProviderDetails: {what}"))
}
