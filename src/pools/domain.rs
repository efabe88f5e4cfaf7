//! The host names at which a pool's pages answer.

use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{prefix}.auth.{base-domain}`
    Prefix,
    /// A host name of the pool owner's.
    Custom,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Custom => "custom",
        }
    }

    pub fn parse(text: &str) -> Self {
        if text == "custom" { Self::Custom } else { Self::Prefix }
    }
}

#[derive(Debug, Clone)]
pub struct Domain {
    pub domain: String,
    pub pool_id: String,
    pub kind: Kind,
    pub settings: DomainSettings,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DomainSettings {
    #[serde(default = "classic")]
    pub managed_login_version: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_domain_config: Option<CustomDomainConfig>,
}

fn classic() -> i64 {
    1
}

/// The certificate that Cognito would use. Whoever terminates TLS before Poolhouse holds the real one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomDomainConfig {
    pub certificate_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<String>,
}

/// Refuses what can be no host name, and for prefixes the words that Cognito reserves.
pub fn check(domain: &str, kind: Kind) -> Result<()> {
    let label = |l: &str| {
        let alnum = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        (1..=63).contains(&l.len()) && l.bytes().all(|c| alnum(c) || c == b'-') && !l.starts_with('-') && !l.ends_with('-')
    };
    match kind {
        Kind::Prefix if !label(domain) => Err(ApiError::invalid_parameter(format!("Domain {domain} is not a valid domain prefix."))),
        Kind::Prefix => match ["aws", "amazon", "cognito"].into_iter().find(|w| domain.contains(w)) {
            Some(word) => Err(ApiError::invalid_parameter(format!("Domain cannot contain reserved word: {word}"))),
            None => Ok(()),
        },
        Kind::Custom if domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(label) => {
            Err(ApiError::invalid_parameter(format!("Domain {domain} is not a valid domain name.")))
        }
        Kind::Custom => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_pass() {
        assert!(check("acme-1", Kind::Prefix).is_ok());
        for bad in ["", "-a", "a-", "a.b", "Acme", "my-aws-app", "cognitox", "a_b"] {
            assert!(check(bad, Kind::Prefix).is_err(), "{bad}");
        }
        assert!(check("login.acme.example", Kind::Custom).is_ok());
        for bad in ["localhost", "a..b", "a/b.c", "ä.example"] {
            assert!(check(bad, Kind::Custom).is_err(), "{bad}");
        }
    }
}
