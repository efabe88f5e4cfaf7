//! The host names at which a pool's pages answer.

use super::settings::UserPoolTier;
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
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

/// Where a custom domain leads while the first region is down. It is kept for those who read it back: whoever holds the domain's DNS
/// record decides which server answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Routing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<Failover>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Failover {
    pub secondary_region: String,
    #[serde(rename = "PrimaryRoute53HealthCheckId")]
    pub primary_route53_health_check_id: String,
}

fn is_label(label: &str) -> bool {
    let alnum = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = (1..=63).contains(&label.len()) && label.bytes().all(|c| alnum(c) || c == b'-');
    inner && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether this is a host name in lower case.
pub fn is_host_name(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether this is the form of a region's name, such as `eu-central-1`.
pub fn is_region(name: &str) -> bool {
    let mut parts = name.split('-');
    let place = |p: Option<&str>| p.is_some_and(|p| (2..=12).contains(&p.len()) && p.bytes().all(|c| c.is_ascii_lowercase()));
    let number = parts.next_back().is_some_and(|n| n.len() == 1 && n.bytes().all(|c| c.is_ascii_digit()));
    number && place(parts.next()) && place(parts.next()) && parts.all(|p| place(Some(p)))
}

impl DomainSettings {
    /// Refuses a route that only a custom domain takes, or to a region that is none.
    pub fn check(&self, kind: Kind, tier: UserPoolTier, region: &str) -> Result<()> {
        if self.managed_login_version == 2 && tier == UserPoolTier::Lite {
            return Err(tier.lacks("managed login"));
        }
        let Some(routing) = &self.routing else { return Ok(()) };
        if kind == Kind::Prefix {
            return Err(ApiError::invalid_parameter("Routing is supported for custom domains only."));
        }
        let to = routing.failover.as_ref().map(|f| f.secondary_region.as_str());
        match to.filter(|to| !is_region(to) || *to == region) {
            Some(to) => Err(ApiError::invalid_parameter(format!("{to} is not a secondary region of this user pool."))),
            None => Ok(()),
        }
    }
}

/// Refuses what can be no host name, and for prefixes the words that Cognito reserves.
pub fn check(domain: &str, kind: Kind) -> Result<()> {
    match kind {
        Kind::Prefix if !is_label(domain) => Err(ApiError::invalid_parameter(format!("Domain {domain} is not a valid domain prefix."))),
        Kind::Prefix => match ["aws", "amazon", "cognito"].into_iter().find(|w| domain.contains(w)) {
            Some(word) => Err(ApiError::invalid_parameter(format!("Domain cannot contain reserved word: {word}"))),
            None => Ok(()),
        },
        Kind::Custom if !domain.contains('.') || !is_host_name(domain) => {
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

    #[test]
    fn regions_are_told_by_their_form() {
        for good in ["us-east-1", "eu-central-2", "us-gov-west-1", "ap-southeast-5"] {
            assert!(is_region(good), "{good}");
        }
        for bad in ["", "useast1", "us-1", "us-east", "us-east-", "US-EAST-1", "us--east-1", "us-east-1a"] {
            assert!(!is_region(bad), "{bad}");
        }
    }
}
