//! Settings. Each is a flag, a `POOLHOUSE_…` environment variable and a key of the configuration file: the flag wins over the variable,
//! the variable over the file, and a key that is not known is an error.

mod addresses;

use crate::messaging::message::Limits;
use crate::messaging::provider::dkim;
use crate::outbound::Allowed;
use anyhow::{Context, bail, ensure};
use clap::Args;
use figment::Figment;
use figment::providers::{Format as _, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use url::Url;

/// The settings as they are given, each optional.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to listen on; a host name means each of its addresses [default: localhost:8080]
    #[arg(long, env = "POOLHOUSE_LISTEN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,

    /// Address and port for HTTPS, besides `listen`, which then leads there; needs one of the three sources of certificates below
    #[arg(long, env = "POOLHOUSE_TLS_LISTEN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_listen: Option<String>,

    /// Certificate chains as PEM files, read again when they change
    #[arg(long, env = "POOLHOUSE_TLS_CERTIFICATE", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<Vec<PathBuf>>,

    /// The private keys of these certificates, in the same order
    #[arg(long, env = "POOLHOUSE_TLS_KEY", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<Vec<PathBuf>>,

    /// Makes certificates for development, from an authority of this installation's own
    #[arg(long, env = "POOLHOUSE_TLS_LOCAL", num_args = 0..=1, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_local: Option<bool>,

    /// The directory of an ACME authority that issues certificates for the public host and the pools' domains; setting it agrees to its terms
    #[arg(long, env = "POOLHOUSE_ACME_DIRECTORY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acme_directory: Option<String>,

    /// The e-mail address that the authority may write to
    #[arg(long, env = "POOLHOUSE_ACME_CONTACT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acme_contact: Option<String>,

    /// How the authority checks names: http-01 at port 80 (`listen`) or tls-alpn-01 at port 443 (`tls-listen`) [default: http-01]
    #[arg(long, env = "POOLHOUSE_ACME_CHALLENGE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acme_challenge: Option<AcmeChallenge>,

    /// Networks and addresses of proxies whose Forwarded and X-Forwarded headers are believed
    #[arg(long, env = "POOLHOUSE_TRUSTED_PROXIES", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<Vec<String>>,

    /// Where clients reach this server: scheme, host and port. It begins every issuer [default: http://localhost:PORT]
    #[arg(long, env = "POOLHOUSE_PUBLIC_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,

    /// A pool's pages answer at PREFIX.auth.BASE-DOMAIN too [default: the host of the public URL]
    #[arg(long, env = "POOLHOUSE_BASE_DOMAIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_domain: Option<String>,

    /// sqlite:PATH or postgres://… [default: sqlite:data/poolhouse.db]
    #[arg(long, env = "POOLHOUSE_DATABASE", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,

    /// The file of the keys that seal secrets in the database; made at the first start [default: master.key beside the SQLite file]
    #[arg(long, env = "POOLHOUSE_MASTER_KEY_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_key_file: Option<PathBuf>,

    /// The region in ids, ARNs and signatures [default: us-east-1]
    #[arg(long, env = "POOLHOUSE_REGION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,

    /// The account in ARNs, twelve digits [default: 000000000000]
    #[arg(long, env = "POOLHOUSE_ACCOUNT_ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,

    /// The root key's id; without it one is generated at the first start
    #[arg(long, env = "POOLHOUSE_ROOT_ACCESS_KEY_ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_access_key_id: Option<String>,

    /// The root key's secret
    #[arg(long, env = "POOLHOUSE_ROOT_SECRET_ACCESS_KEY", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_secret_access_key: Option<String>,

    /// Who carries mail: smtp://user:password@host:587?tls=required, smtps://…, ses://KEY:SECRET@REGION or webhook+https://:SECRET@host/path;
    /// without a carrier of any kind messages are only shown, at /inbox
    #[arg(long, env = "POOLHOUSE_EMAIL_URL", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_url: Option<String>,

    /// Who carries text messages: sns://KEY:SECRET@REGION?sender-id=…, twilio://SID:TOKEN@api.twilio.com?from=… or webhook+https://:SECRET@host/path
    #[arg(long, env = "POOLHOUSE_SMS_URL", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_url: Option<String>,

    /// The same as email-url, for mail servers
    #[arg(long, env = "POOLHOUSE_SMTP_URL", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<String>,

    /// A certificate authority to trust for the mail server, besides the system's: a PEM file
    #[arg(long, env = "POOLHOUSE_SMTP_CA_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_ca_file: Option<PathBuf>,

    /// Who mail comes from where a pool says nothing [default: no-reply@BASE-DOMAIN]
    #[arg(long, env = "POOLHOUSE_MAIL_FROM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,

    /// The keys that codes for CustomEmailSender and CustomSMSSender are encrypted with: a KMSKeyID, a blank and 32 bytes in base64 a line
    #[arg(long, env = "POOLHOUSE_SENDER_KEYS_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_keys_file: Option<PathBuf>,

    /// The domain that signs mail over SMTP (DKIM); needs a selector and a key
    #[arg(long, env = "POOLHOUSE_DKIM_DOMAIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dkim_domain: Option<String>,

    /// Where the DNS holds the public key: SELECTOR._domainkey.DOMAIN
    #[arg(long, env = "POOLHOUSE_DKIM_SELECTOR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dkim_selector: Option<String>,

    /// The private key that signs mail, RSA or Ed25519: a PEM file
    #[arg(long, env = "POOLHOUSE_DKIM_KEY_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dkim_key_file: Option<PathBuf>,

    /// Messages that may wait to be delivered; more are refused [default: 50000]
    #[arg(long, env = "POOLHOUSE_MESSAGE_QUEUE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_queue: Option<u32>,

    /// The same for each pool [default: 5000]
    #[arg(long, env = "POOLHOUSE_MESSAGE_QUEUE_PER_POOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_queue_per_pool: Option<u32>,

    /// Passwords that are hashed at the same time [default: one per core]
    #[arg(long, env = "POOLHOUSE_HASH_WORKERS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_workers: Option<usize>,

    /// Passwords that may wait to be hashed; more are refused at once [default: 32 per worker]
    #[arg(long, env = "POOLHOUSE_HASH_QUEUE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash_queue: Option<usize>,

    /// Days after which a pool's signing keys are replaced; 0 means never [default: 0]
    #[arg(long, env = "POOLHOUSE_KEY_ROTATION_DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_rotation_days: Option<u32>,

    /// Networks, addresses and host names that are not public and that requests to functions, providers and clients may go to all the same
    #[arg(long, env = "POOLHOUSE_OUTBOUND_ALLOW", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_allow: Option<Vec<String>>,

    /// Certificate authorities to trust for requests that leave this server, besides the system's: a PEM file
    #[arg(long, env = "POOLHOUSE_OUTBOUND_CA_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_ca_file: Option<PathBuf>,

    /// A folder of functions for development: NAME.js, NAME.mjs, NAME/index.js or NAME.url, called by their ARNs; what changes is seen at once
    #[arg(long, env = "POOLHOUSE_FUNCTIONS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<PathBuf>,

    /// Functions that run at the same time, each in a process of its own [default: four per core]
    #[arg(long, env = "POOLHOUSE_FUNCTION_WORKERS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_workers: Option<usize>,

    /// The most that a function's heap may hold, in MB [default: 128]
    #[arg(long, env = "POOLHOUSE_FUNCTION_MEMORY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_memory: Option<u32>,

    /// The hosts that functions may fetch from, such as api.example.com or *.example.com [default: none]
    #[arg(long, env = "POOLHOUSE_FUNCTION_FETCH_HOSTS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_fetch_hosts: Option<Vec<String>>,

    /// Where Lambda's Invoke API is spoken, for functions that are none of this server's [default: AWS, in the region of the ARN]
    #[arg(long, env = "POOLHOUSE_LAMBDA_ENDPOINT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_endpoint: Option<String>,

    /// The key that such calls are signed with; without it there are none
    #[arg(long, env = "POOLHOUSE_LAMBDA_ACCESS_KEY_ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_access_key_id: Option<String>,

    /// The secret of that key
    #[arg(long, env = "POOLHOUSE_LAMBDA_SECRET_ACCESS_KEY", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_secret_access_key: Option<String>,

    /// The session token of that key, where it is a temporary one
    #[arg(long, env = "POOLHOUSE_LAMBDA_SESSION_TOKEN", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_session_token: Option<String>,

    /// What to log, as a filter such as info or poolhouse=debug [default: info]
    #[arg(long, env = "POOLHOUSE_LOG")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,

    /// How to log: text or json [default: text]
    #[arg(long, env = "POOLHOUSE_LOG_FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

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

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: String,
    pub tls_listen: Option<String>,
    /// Pairs of certificate and key.
    pub tls_files: Vec<(PathBuf, PathBuf)>,
    pub tls_local: bool,
    pub acme_directory: Option<String>,
    pub acme_contact: Option<String>,
    pub acme_challenge: AcmeChallenge,
    pub trusted_proxies: Vec<IpNet>,
    /// Without a slash at its end.
    pub public_url: String,
    public_host: String,
    pub base_domain: String,
    pub database: String,
    pub master_key_file: PathBuf,
    pub region: String,
    pub account_id: String,
    pub root_key: Option<(String, String)>,
    pub email_url: Option<String>,
    pub sms_url: Option<String>,
    pub smtp_ca_file: Option<PathBuf>,
    pub mail_from: String,
    pub sender_keys_file: Option<PathBuf>,
    pub dkim: Option<dkim::Settings>,
    pub message_queue: Limits,
    pub hash_workers: usize,
    pub hash_queue: usize,
    pub key_rotation_days: Option<u32>,
    pub outbound_allow: Allowed,
    pub outbound_ca_file: Option<PathBuf>,
    pub functions: crate::functions::config::Options,
    /// Whether there is a demo pool and a sample application.
    pub demo: bool,
}

impl Settings {
    /// Adds what the file says to what flags and environment say.
    pub fn with_file(self, file: Option<&PathBuf>) -> anyhow::Result<Self> {
        let figment = match file {
            Some(path) => {
                ensure!(path.exists(), "there is no configuration file {}", path.display());
                Figment::from(Toml::file_exact(path))
            }
            None if Path::new("poolhouse.toml").exists() => Figment::from(Toml::file_exact("poolhouse.toml")),
            None => Figment::new(),
        };
        Ok(figment.merge(Serialized::defaults(self)).extract()?)
    }

    /// Fills in the defaults and refuses what cannot work.
    pub fn resolve(self, demo: bool) -> anyhow::Result<Config> {
        let functions = crate::functions::config::Options::of(&self)?;
        let listen = self.listen.unwrap_or_else(|| "localhost:8080".into());
        let port = port_of(&listen)?;
        let tls_port = self.tls_listen.as_deref().map(port_of).transpose()?;
        let own_url = || tls_port.map_or_else(|| format!("http://localhost:{port}"), |port| format!("https://localhost:{port}"));
        let public_url = self.public_url.unwrap_or_else(own_url).trim_end_matches('/').to_owned();
        let url = Url::parse(&public_url).with_context(|| format!("public-url {public_url:?} is not a URL"))?;
        let is_origin = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none() && url.username().is_empty();
        ensure!(is_origin, "public-url must be http:// or https:// with a host and nothing after it");
        let public_host = url.host_str().context("public-url names no host")?.to_owned();
        let base_domain = self.base_domain.unwrap_or_else(|| public_host.clone()).to_ascii_lowercase();
        let database = self.database.unwrap_or_else(|| "sqlite:data/poolhouse.db".into());
        let workers = self.hash_workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
        let root_key = match (self.root_access_key_id, self.root_secret_access_key) {
            (Some(id), Some(secret)) => Some((id, secret)),
            (None, None) => None,
            _ => bail!("root-access-key-id and root-secret-access-key go together"),
        };
        let email_url = match (self.email_url, self.smtp_url) {
            (Some(_), Some(_)) => bail!("email-url and smtp-url are the same setting: give one"),
            (email, smtp) => email.or(smtp),
        };
        let dkim = match (self.dkim_domain, self.dkim_selector, self.dkim_key_file) {
            (Some(domain), Some(selector), Some(key_file)) => Some(dkim::Settings { domain, selector, key_file }),
            (None, None, None) => None,
            _ => bail!("dkim-domain, dkim-selector and dkim-key-file go together"),
        };
        let account_id = self.account_id.unwrap_or_else(|| "000000000000".into());
        ensure!(account_id.len() == 12 && account_id.bytes().all(|c| c.is_ascii_digit()), "account-id must be twelve digits");
        let region = self.region.unwrap_or_else(|| "us-east-1".into());
        let region_ok = !region.is_empty() && region.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
        ensure!(region_ok, "region must be lower-case letters, digits and hyphens");
        let tls_files = tls_files(self.tls_certificate, self.tls_key)?;
        let tls_local = self.tls_local.unwrap_or(false);
        let has_source = !tls_files.is_empty() || tls_local || self.acme_directory.is_some();
        ensure!(
            self.tls_listen.is_some() == has_source,
            "tls-listen needs tls-certificate and tls-key, acme-directory or tls-local, and they need it"
        );
        let is_https_itself = self.tls_listen.is_none() || url.scheme() == "https";
        ensure!(is_https_itself, "with tls-listen, public-url must be https://");
        let acme_url = self.acme_directory.as_deref().map(Url::parse).transpose().context("acme-directory is not a URL")?;
        ensure!(acme_url.is_none_or(|url| url.scheme() == "https"), "acme-directory must be https://");
        Ok(Config {
            tls_listen: self.tls_listen,
            tls_files,
            tls_local,
            acme_directory: self.acme_directory,
            acme_contact: self.acme_contact,
            acme_challenge: self.acme_challenge.unwrap_or_default(),
            trusted_proxies: networks(&self.trusted_proxies.unwrap_or_default())?,
            master_key_file: self.master_key_file.unwrap_or_else(|| default_master_key_file(&database)),
            mail_from: self
                .mail_from
                .unwrap_or_else(|| format!("no-reply@{}", if base_domain.contains('.') { &base_domain } else { "localhost.localdomain" })),
            hash_queue: self.hash_queue.unwrap_or(32 * workers),
            hash_workers: workers,
            key_rotation_days: self.key_rotation_days,
            outbound_allow: Allowed::parse(&self.outbound_allow.unwrap_or_default())?,
            outbound_ca_file: self.outbound_ca_file,
            email_url,
            sms_url: self.sms_url,
            dkim,
            message_queue: Limits {
                all: i64::from(self.message_queue.unwrap_or(50_000)).max(1),
                pool: i64::from(self.message_queue_per_pool.unwrap_or(5_000)).max(1),
            },
            smtp_ca_file: self.smtp_ca_file,
            sender_keys_file: self.sender_keys_file,
            listen,
            public_url,
            public_host,
            base_domain,
            database,
            region,
            account_id,
            root_key,
            functions,
            demo,
        })
    }
}

fn port_of(listen: &str) -> anyhow::Result<u16> {
    let port = listen.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    port.with_context(|| format!("an address to listen on must be HOST:PORT, not {listen:?}"))
}

/// Pairs certificates with their keys.
fn tls_files(certificates: Option<Vec<PathBuf>>, keys: Option<Vec<PathBuf>>) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    let (certificates, keys) = (certificates.unwrap_or_default(), keys.unwrap_or_default());
    ensure!(certificates.len() == keys.len(), "tls-certificate and tls-key go together, one key for each certificate");
    Ok(certificates.into_iter().zip(keys).collect())
}

fn networks(entries: &[String]) -> anyhow::Result<Vec<IpNet>> {
    let parse = |entry: &String| {
        let network = entry.trim().parse().or_else(|_| entry.trim().parse::<std::net::IpAddr>().map(IpNet::from));
        network.with_context(|| format!("trusted-proxies takes networks and addresses, not {entry:?}"))
    };
    entries.iter().map(parse).collect()
}

fn default_master_key_file(database: &str) -> PathBuf {
    let sqlite = database.strip_prefix("sqlite:").map(|path| PathBuf::from(path.trim_start_matches("//")));
    sqlite.map_or_else(|| PathBuf::from("data/master.key"), |path| path.with_file_name("master.key"))
}

#[cfg(test)]
mod tests;
