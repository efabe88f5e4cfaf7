//! What TLS of one's own and proxies in front need.

use super::Settings;
use anyhow::{Context, ensure};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use url::Url;

/// How an ACME authority checks that a name is ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum AcmeChallenge {
    #[default]
    #[value(name = "http-01")]
    #[serde(rename = "http-01")]
    Http01,
    #[value(name = "tls-alpn-01")]
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn01,
}

/// The pairs of certificate and key, if all that TLS needs goes together.
pub(super) fn files(settings: &Settings) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    let files = pairs(settings.tls_certificate.clone(), settings.tls_key.clone())?;
    let has_source = !files.is_empty() || settings.tls_local.unwrap_or(false) || settings.acme_directory.is_some();
    let goes_together = settings.tls_listen.is_some() == has_source;
    ensure!(goes_together, "tls-listen needs tls-certificate and tls-key, acme-directory or tls-local, and they need it");
    let acme = settings.acme_directory.as_deref().map(Url::parse).transpose().context("acme-directory is not a URL")?;
    ensure!(acme.is_none_or(|url| url.scheme() == "https"), "acme-directory must be https://");
    Ok(files)
}

/// Pairs certificates with their keys.
fn pairs(certificates: Option<Vec<PathBuf>>, keys: Option<Vec<PathBuf>>) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    let (certificates, keys) = (certificates.unwrap_or_default(), keys.unwrap_or_default());
    ensure!(certificates.len() == keys.len(), "tls-certificate and tls-key go together, one key for each certificate");
    Ok(certificates.into_iter().zip(keys).collect())
}

/// The networks of proxies that are believed.
pub(super) fn networks(entries: &[String]) -> anyhow::Result<Vec<IpNet>> {
    let parse = |entry: &String| {
        let network = entry.trim().parse().or_else(|_| entry.trim().parse::<std::net::IpAddr>().map(IpNet::from));
        network.with_context(|| format!("trusted-proxies takes networks and addresses, not {entry:?}"))
    };
    entries.iter().map(parse).collect()
}
