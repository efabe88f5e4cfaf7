//! The address of a provider: who signs, where, and its options. It holds secrets, so that nothing here repeats it.

use anyhow::{Context, anyhow, ensure};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use url::Url;

/// `scheme://name:secret@host?option=value`
pub struct Address {
    scheme: String,
    name: String,
    secret: String,
    host: String,
    options: BTreeMap<String, String>,
}

impl Address {
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let url = Url::parse(text).map_err(|_| anyhow!("it is not a URL"))?;
        let decode = |part: &str| percent_decode_str(part).decode_utf8().map(String::from).map_err(|_| anyhow!("it is not UTF-8"));
        Ok(Self {
            scheme: url.scheme().to_owned(),
            name: decode(url.username())?,
            secret: decode(url.password().unwrap_or_default())?,
            host: url.host_str().unwrap_or_default().to_owned(),
            options: url.query_pairs().into_owned().collect(),
        })
    }

    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    pub fn host(&self) -> anyhow::Result<&str> {
        ensure!(!self.host.is_empty(), "it names no host");
        Ok(&self.host)
    }

    /// What stands before the `@`.
    pub fn credentials(&self) -> anyhow::Result<(&str, &str)> {
        ensure!(!self.name.is_empty() && !self.secret.is_empty(), "it needs a name and a secret, as in {}://NAME:SECRET@…", self.scheme);
        Ok((&self.name, &self.secret))
    }

    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// Refuses options that would have no effect.
    pub fn only(&self, known: &[&str]) -> anyhow::Result<()> {
        match self.options.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(anyhow!("it takes no option {name}; there are {}", known.join(", "))),
            None => Ok(()),
        }
    }

    /// Where requests go: the option `endpoint`, or this origin. Its host is noted among those that may be reached.
    pub fn endpoint(&self, usual: &str, hosts: &mut Vec<String>) -> anyhow::Result<String> {
        let text = self.option("endpoint").unwrap_or(usual);
        let url = Url::parse(text).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.query().is_none());
        let url = url.context("its endpoint must be an http or https address")?;
        note_host(&url, hosts)?;
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }
}

/// Adds the host of an address that the operator named to those that may be reached.
pub fn note_host(url: &Url, hosts: &mut Vec<String>) -> anyhow::Result<()> {
    let host = url.host_str().filter(|h| !h.is_empty()).context("it names no host")?;
    hosts.push(host.trim_start_matches('[').trim_end_matches(']').to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_may_hold_any_character() {
        let address = Address::parse("sns://AKIA:a%2Fb%2Bc%3D@eu-west-1?sender-id=Acme").unwrap();
        assert_eq!(address.credentials().unwrap(), ("AKIA", "a/b+c="));
        assert_eq!((address.host().unwrap(), address.option("sender-id")), ("eu-west-1", Some("Acme")));
        assert!(address.only(&["sender-id"]).is_ok() && address.only(&[]).is_err());
    }

    #[test]
    fn the_endpoint_may_be_reached() {
        let mut hosts = Vec::new();
        let address = Address::parse("sns://a:b@eu-west-1?endpoint=http%3A%2F%2F[::1]:5000%2F").unwrap();
        assert_eq!(address.endpoint("https://sns.eu-west-1.amazonaws.com", &mut hosts).unwrap(), "http://[::1]:5000");
        assert_eq!(hosts, ["::1"]);
    }
}
