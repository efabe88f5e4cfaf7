//! The providers whose logins an identity pool takes, and the names that they go by.

use super::pool::IdentityPool;
use super::settings::UserPoolProvider;

pub const GOOGLE: &str = "accounts.google.com";
pub const APPLE: &str = "appleid.apple.com";
pub const FACEBOOK: &str = "graph.facebook.com";
pub const AMAZON: &str = "www.amazon.com";
/// What a pool's SupportedLoginProviders may name.
pub const PUBLIC: [&str; 4] = [GOOGLE, APPLE, FACEBOOK, AMAZON];
/// The name of the issuer of this server's own OpenID tokens among logins and in trust policies.
pub const OWN: &str = "cognito-identity.amazonaws.com";

/// A provider as a request's `Logins` names it, found among those of a pool.
#[derive(Debug, Clone, PartialEq)]
pub enum Provider<'a> {
    /// A user pool of this server, and the clients whose tokens are taken.
    UserPool { pool_id: &'a str, clients: Vec<&'a UserPoolProvider> },
    /// An OpenID Connect provider: `host` is its issuer without the scheme.
    OpenId { arn: &'a str, host: &'a str },
    /// Google, Apple, Facebook or Amazon, and the ids of the applications.
    Public { host: &'static str, apps: &'a str },
}

impl<'a> Provider<'a> {
    /// The pool's provider of that name.
    pub fn find(pool: &'a IdentityPool, name: &str, public_url: &str) -> Option<Self> {
        let settings = pool.settings();
        if let Some(host) = PUBLIC.into_iter().find(|host| *host == name) {
            return settings.supported_login_providers.get(host).map(|apps| Self::Public { host, apps });
        }
        if let Some(wanted) = user_pool_of(name, public_url) {
            let of = |p: &'a UserPoolProvider| Some((user_pool_of(&p.provider_name, public_url)?, p));
            let clients: Vec<_> =
                settings.cognito_identity_providers.iter().filter_map(of).filter(|(pool_id, _)| *pool_id == wanted).collect();
            if let Some((pool_id, _)) = clients.first() {
                return Some(Self::UserPool { pool_id, clients: clients.into_iter().map(|(_, client)| client).collect() });
            }
        }
        let arns = settings.open_id_connect_provider_arns.iter().filter_map(|arn| Some((arn.as_str(), host_of_arn(arn)?)));
        arns.map(|(arn, host)| Self::OpenId { arn, host })
            .find(|p| matches!(p, Self::OpenId { arn, host } if *host == name || *arn == name))
    }
}

/// The user pool that a name like `cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI` means; this server's issuers without their
/// scheme mean theirs.
pub fn user_pool_of<'a>(name: &'a str, public_url: &str) -> Option<&'a str> {
    let own = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    let (host, pool_id) = name.split_once('/')?;
    let region = host.strip_prefix("cognito-idp.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    let is_pool = pool_id.contains('_') && !pool_id.contains('/');
    let is_region = region.is_some_and(|region| pool_id.starts_with(&format!("{region}_")));
    (is_pool && (is_region || host == own)).then_some(pool_id)
}

/// The name that a user pool's logins are kept under.
pub fn user_pool_name(region: &str, pool_id: &str) -> String {
    format!("cognito-idp.{region}.amazonaws.com/{pool_id}")
}

/// `idp.example/realm` of `arn:aws:iam::123456789012:oidc-provider/idp.example/realm`.
pub fn host_of_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let (prefix, _, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let host = resource.strip_prefix("oidc-provider/")?;
    let is_account = account.len() == 12 && account.bytes().all(|c| c.is_ascii_digit());
    let is_host = !host.is_empty() && host.bytes().all(|c| c.is_ascii_graphic() && !b"@?#\\\"'".contains(&c));
    (prefix == "arn" && service == "iam" && region.is_empty() && is_account && is_host).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_pool_goes_by_two_names() {
        let own = "http://localhost:8080";
        assert_eq!(user_pool_of("cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC", own), Some("us-east-1_AbC"));
        assert_eq!(user_pool_of("localhost:8080/us-east-1_AbC", own), Some("us-east-1_AbC"));
        for other in
            ["cognito-idp.eu-west-1.amazonaws.com/us-east-1_AbC", "evil.example/us-east-1_AbC", "us-east-1_AbC", "localhost:8080/identity"]
        {
            assert_eq!(user_pool_of(other, own), None, "{other}");
        }
    }

    #[test]
    fn the_issuer_of_an_arn() {
        assert_eq!(host_of_arn("arn:aws:iam::123456789012:oidc-provider/idp.example/realms/a:b"), Some("idp.example/realms/a:b"));
        for bad in
            ["arn:aws:iam::123456789012:role/x", "arn:aws:iam::1:oidc-provider/x", "arn:aws:iam::123456789012:oidc-provider/a@b", "x"]
        {
            assert_eq!(host_of_arn(bad), None, "{bad}");
        }
    }
}
