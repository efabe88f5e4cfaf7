//! For development: an authority that Poolhouse makes, and certificates from it as they are asked for.
//!
//! Its certificate is good for local names, the public host and the base domain only, so that a machine that trusts it trusts it with nothing else.

use super::handshake::server_config;
use super::{PURPOSE, store};
use crate::api::{Cx, Result};
use crate::boot::config::Config;
use crate::kit::clock::{DAY, Millis, SECOND};
use anyhow::Context;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, SanType,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::Arc;
use time::OffsetDateTime;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Under which the authority's own certificate is kept. No host has this name.
const NAME: &str = "local authority";
const LIFETIME: Millis = 3_650 * DAY;
/// What browsers take from such an authority at most is 825 days; these are made anew at each start.
const LEAF_LIFETIME: Millis = 90 * DAY;

/// The local names besides the configured ones.
const NAMES: [&str; 3] = ["localhost", "test", "internal"];

/// The authority, ready to sign.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
}

/// The names that the authority's certificates are good for, with everything below them.
fn names(config: &Config) -> impl Iterator<Item = &str> {
    let all = NAMES.iter().copied().chain([config.public_host(), config.base_domain.as_str()]);
    all.filter(|name| name.parse::<IpAddr>().is_err())
}

/// Where the authority's certificate is written for those who want to trust it.
pub fn announce(config: &Config) -> PathBuf {
    config.master_key_file.with_file_name("local-authority.pem")
}

/// The installation's authority; made at the first call, and its certificate written beside the master key.
pub async fn authority(cx: &mut Cx) -> anyhow::Result<Authority> {
    let row = match find(cx).await? {
        Some(row) => row,
        None => {
            let made = make(cx)?;
            let mut tx = cx.begin().await?;
            store::insert_if_absent(&mut tx, &made).await?;
            tx.commit().await?;
            find(cx).await?.context("the local authority is gone")?
        }
    };
    let file = announce(&cx.app.config);
    std::fs::write(&file, &row.chain).with_context(|| format!("cannot write {}", file.display()))?;
    let key = cx.app.sealer.open(PURPOSE, &row.private_key).context("the local authority does not open with the master key")?;
    let key = KeyPair::try_from(key.as_slice())?;
    Ok(Authority { issuer: Issuer::new(parameters(&cx.app.config, cx.now())?, key) })
}

async fn find(cx: &mut Cx) -> Result<Option<store::Row>> {
    Ok(store::find(&mut *cx.read().await?, NAME).await?)
}

fn make(cx: &Cx) -> anyhow::Result<store::Row> {
    let (now, key) = (cx.now(), KeyPair::generate()?);
    let certificate = parameters(&cx.app.config, now)?.self_signed(&key)?;
    let private_key = cx.app.sealer.seal(cx.rng(), PURPOSE, key.serialized_der());
    Ok(store::Row { name: NAME.into(), chain: certificate.pem(), private_key, expires_at: now + LIFETIME, renew_at: now + LIFETIME })
}

fn parameters(config: &Config, now: Millis) -> anyhow::Result<CertificateParams> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, "Poolhouse local development authority");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let mut permitted: Vec<_> = names(config).map(|name| GeneralSubtree::DnsName(name.to_owned())).collect();
    permitted.push(GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)));
    permitted.push(GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(Ipv6Addr::LOCALHOST.octets(), 128)));
    parameters.name_constraints = Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() });
    (parameters.not_before, parameters.not_after) = (at(now - DAY)?, at(now + LIFETIME)?);
    Ok(parameters)
}

fn at(time: Millis) -> anyhow::Result<OffsetDateTime> {
    Ok(OffsetDateTime::from_unix_timestamp(time / SECOND)?)
}

impl Authority {
    /// Whether a certificate for this name would be worth something.
    pub fn covers(config: &Config, name: &str) -> bool {
        names(config).any(|own| name == own || name.strip_suffix(own).is_some_and(|rest| rest.ends_with('.')))
    }

    /// A certificate for a name; for a client that names none, one for the public host and the machine's own addresses.
    pub fn issue(&self, config: &Config, name: Option<&str>, now: Millis) -> anyhow::Result<Arc<ServerConfig>> {
        let mut parameters = CertificateParams::default();
        let subject = name.unwrap_or_else(|| config.public_host());
        parameters.distinguished_name.push(DnType::CommonName, subject.chars().take(64).collect::<String>());
        match subject.parse() {
            Ok(address) => parameters.subject_alt_names.push(SanType::IpAddress(address)),
            Err(_) => parameters.subject_alt_names.push(SanType::DnsName(Ia5String::try_from(subject)?)),
        }
        if name.is_none() {
            let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            parameters.subject_alt_names.extend(own.map(SanType::IpAddress));
        }
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        (parameters.not_before, parameters.not_after) = (at(now - DAY)?, at(now + LEAF_LIFETIME)?);
        let key = KeyPair::generate()?;
        let certificate = parameters.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| anyhow::anyhow!(error))?;
        server_config(vec![CertificateDer::from(certificate.der().to_vec())], key)
    }
}
