//! Which addresses and host names are whose, by the settings in force.

use super::Config;
use url::Url;

impl Config {
    /// The issuer of a pool's tokens, and the address below which its pages answer.
    pub fn issuer(&self, pool_id: &str) -> String {
        format!("{}/{pool_id}", self.public_url)
    }

    /// The pool whose issuer this is.
    pub fn pool_of_issuer<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        issuer.strip_prefix(&self.public_url)?.strip_prefix('/').filter(|id| !id.contains('/'))
    }

    /// The origin of a host name of a pool's: by the scheme and port of the public URL.
    pub fn origin_of(&self, host: &str) -> String {
        let mut url = Url::parse(&self.public_url).ok();
        if let Some(url) = &mut url {
            // A host name that the pool was found by is one that a URL takes.
            let _ = url.set_host(Some(host));
        }
        url.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    /// The host that clients reach this server by.
    pub fn public_host(&self) -> &str {
        &self.public_host
    }

    /// Whether a host name, without port, is the server's own rather than a pool's.
    pub fn serves_host(&self, host: &str) -> bool {
        host == self.public_host || host == self.base_domain
    }

    /// The prefix in `{prefix}.auth.{base-domain}`.
    pub fn prefix_of_host<'a>(&self, host: &'a str) -> Option<&'a str> {
        host.strip_suffix(&self.base_domain)?.strip_suffix(".auth.").filter(|prefix| !prefix.is_empty() && !prefix.contains('.'))
    }

    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
