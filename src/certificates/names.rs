//! The host names that certificates are for.

use crate::api::{Cx, Result};
use crate::boot::config::Config;
use crate::pools::domain::{Domain, Kind};
use std::collections::BTreeSet;

/// The name at which a pool's domain answers.
fn of_domain(config: &Config, domain: &Domain) -> String {
    match domain.kind {
        Kind::Prefix => format!("{}.auth.{}", domain.domain, config.base_domain),
        Kind::Custom => domain.domain.clone(),
    }
}

/// Whether an authority that everybody trusts could vouch for a name: a host name with a dot that is not reserved (RFC 6761).
fn is_registrable(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && name.parse::<std::net::IpAddr>().is_err() && last != "localhost"
}

/// Every name that is served: the public host, and the domains of pools.
pub async fn served(cx: &mut Cx) -> Result<BTreeSet<String>> {
    let domains = crate::pools::store::all_domains(&mut *cx.read().await?).await?;
    let config = &cx.app.config;
    let names = std::iter::once(config.public_host().to_owned()).chain(domains.iter().map(|d| of_domain(config, d)));
    Ok(names.filter(|name| is_registrable(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_authority_vouches_for_are_left_out() {
        assert!(is_registrable("login.example.com") && is_registrable("acme.auth.example.test"));
        for name in ["localhost", "acme.auth.localhost", "192.0.2.1", "intranet"] {
            assert!(!is_registrable(name), "{name}");
        }
    }
}
