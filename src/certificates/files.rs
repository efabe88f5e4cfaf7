//! Certificates from files, read again when they change.

use super::handshake::server_config;
use anyhow::{Context, ensure};
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::SystemTime;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::ParsedCertificate;

/// One certificate with its key, as it was read.
struct Loaded {
    leaf: CertificateDer<'static>,
    config: Arc<ServerConfig>,
    seen: Seen,
}

/// By which a change is noticed.
type Seen = Vec<(SystemTime, u64)>;

/// The pairs of files that the operator named.
pub struct Files {
    pairs: Vec<(PathBuf, PathBuf)>,
    loaded: RwLock<Vec<Arc<Loaded>>>,
}

impl Files {
    /// Reads every pair; a start with a pair that does not work fails.
    pub fn new(pairs: Vec<(PathBuf, PathBuf)>) -> anyhow::Result<Self> {
        let loaded = pairs.iter().map(load).collect::<anyhow::Result<_>>()?;
        Ok(Self { pairs, loaded: RwLock::new(loaded) })
    }

    /// The configuration of the certificate that is good for a name or, for a client that names none, of the first.
    pub fn find(&self, name: Option<&str>) -> Option<Arc<ServerConfig>> {
        let loaded = self.loaded.read().ok()?;
        let Some(name) = name else { return loaded.first().map(|l| l.config.clone()) };
        let name = ServerName::try_from(name).ok()?;
        let good = |l: &&Arc<Loaded>| ParsedCertificate::try_from(&l.leaf).is_ok_and(|leaf| verify_server_name(&leaf, &name).is_ok());
        loaded.iter().find(good).map(|l| l.config.clone())
    }

    /// Reads again what changed. A pair that does not work leaves what was read before in force.
    pub fn reload(&self) {
        for (at, pair) in self.pairs.iter().enumerate() {
            let known = self.loaded.read().ok().and_then(|loaded| loaded.get(at).map(|l| l.seen.clone()));
            if seen(pair).ok() == known {
                continue;
            }
            match load(pair) {
                Ok(fresh) => {
                    tracing::info!(file = %pair.0.display(), "the certificate was read again");
                    if let Some(slot) = self.loaded.write().ok().as_mut().and_then(|loaded| loaded.get_mut(at)) {
                        *slot = fresh;
                    }
                }
                Err(error) => tracing::warn!(error = format!("{error:#}"), "the changed certificate cannot be used; the one before stays"),
            }
        }
    }
}

fn seen((certificate, key): &(PathBuf, PathBuf)) -> anyhow::Result<Seen> {
    let of = |file: &PathBuf| {
        let metadata = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok((metadata.modified()?, metadata.len()))
    };
    [certificate, key].into_iter().map(of).collect()
}

fn load(pair: &(PathBuf, PathBuf)) -> anyhow::Result<Arc<Loaded>> {
    let (certificate, key) = pair;
    let seen = seen(pair)?;
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("{} holds no certificates in PEM", certificate.display()))?;
    ensure!(!chain.is_empty(), "{} holds no certificate", certificate.display());
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("{} holds no private key in PEM", key.display()))?;
    let leaf = chain.first().context("no certificate")?.clone();
    let config = server_config(chain, key).with_context(|| format!("{} and its key do not work", certificate.display()))?;
    Ok(Arc::new(Loaded { leaf, config, seen }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &std::path::Path, name: &str) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed([name.to_owned(), format!("*.{name}")]).unwrap();
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (certificate, key)
    }

    #[test]
    fn names_find_their_certificate_and_a_changed_file_is_read_again() {
        let folder = std::env::temp_dir().join(format!("poolhouse_certificates_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (a, b) = (write(&folder, "a.test"), write(&folder, "b.test"));
        let files = Files::new(vec![a.clone(), b.clone()]).unwrap();
        let config = |name: Option<&str>| files.find(name);
        assert!(Arc::ptr_eq(&config(None).unwrap(), &config(Some("a.test")).unwrap()));
        assert!(!Arc::ptr_eq(&config(Some("x.b.test")).unwrap(), &config(Some("a.test")).unwrap()));
        assert!(config(Some("c.test")).is_none() && config(Some("x.y.b.test")).is_none());

        let before = config(Some("b.test")).unwrap();
        files.reload();
        assert!(Arc::ptr_eq(&before, &config(Some("b.test")).unwrap()), "nothing changed");
        std::fs::write(&b.0, "not a certificate").unwrap();
        files.reload();
        assert!(Arc::ptr_eq(&before, &config(Some("b.test")).unwrap()), "what does not work changes nothing");
        let other = write(&folder, "c.test");
        std::fs::copy(other.0, &b.0).unwrap();
        std::fs::copy(other.1, &b.1).unwrap();
        files.reload();
        assert!(config(Some("b.test")).is_none() && config(Some("c.test")).is_some());
        assert!(Files::new(vec![(a.0, b.1)]).is_err(), "a key of another certificate");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
