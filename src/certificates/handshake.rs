//! The beginning of a TLS connection: which certificate answers.

use super::files::Files;
use super::local::Authority;
use super::{PURPOSE, challenge, local, store};
use crate::api::Cx;
use crate::boot::app::App;
use anyhow::Context;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::server::TlsStream;

/// A client that has not said hello, or not answered, by then is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long an answer is remembered: a certificate that another server got is used after so long.
const REMEMBERED: Duration = Duration::from_secs(30);
/// Files are looked at this often.
pub const LOOK: Duration = Duration::from_secs(5);
const NAMES: u64 = 10_000;

/// Where certificates come from.
pub struct Tls {
    app: Arc<App>,
    files: Files,
    local: Option<Authority>,
    known: moka::sync::Cache<String, Arc<ServerConfig>>,
}

impl Tls {
    pub async fn new(app: Arc<App>) -> anyhow::Result<Self> {
        let files = Files::new(app.config.tls_files.clone())?;
        let local = match app.config.tls_local {
            true => Some(local::authority(&mut Cx::internal(app.clone())).await?),
            false => None,
        };
        let known = moka::sync::Cache::builder().max_capacity(NAMES).time_to_live(REMEMBERED).build();
        Ok(Self { app, files, local, known })
    }

    /// Reads files again that changed.
    pub fn reload(&self) {
        self.files.reload();
    }

    /// The certificate for a client's hello.
    async fn choose(&self, hello: &Hello) -> anyhow::Result<Option<Arc<ServerConfig>>> {
        let name = hello.name.as_deref();
        if hello.is_challenge {
            let Some(name) = name else { return Ok(None) };
            return challenge::certificate(&mut Cx::internal(self.app.clone()), name).await;
        }
        if let Some(found) = self.files.find(name) {
            return Ok(Some(found));
        }
        let key = name.unwrap_or_default();
        if let Some(known) = self.known.get(key) {
            return Ok(Some(known));
        }
        let found = match self.issued(name).await? {
            Some(found) => Some(found),
            None => self.made_here(name)?,
        };
        // That there is none is not remembered: one may arrive at any moment.
        if let Some(found) = &found {
            self.known.insert(key.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// One that an authority issued. A client that names nobody gets the public host's.
    async fn issued(&self, name: Option<&str>) -> anyhow::Result<Option<Arc<ServerConfig>>> {
        if self.app.config.acme_directory.is_none() {
            return Ok(None);
        }
        let mut cx = Cx::internal(self.app.clone());
        let (now, name) = (cx.now(), name.unwrap_or_else(|| self.app.config.public_host()));
        let row = store::find(&mut *cx.read().await?, name).await?;
        let Some(row) = row.filter(|row| row.expires_at > now) else { return Ok(None) };
        let key = self.app.sealer.open(PURPOSE, &row.private_key).context("a certificate's key does not open with the master key")?;
        let key = PrivateKeyDer::try_from(key.to_vec()).map_err(|error| anyhow::anyhow!(error))?;
        let chain = CertificateDer::pem_slice_iter(row.chain.as_bytes()).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(server_config(chain, key)?))
    }

    fn made_here(&self, name: Option<&str>) -> anyhow::Result<Option<Arc<ServerConfig>>> {
        let config = &self.app.config;
        let Some(authority) = self.local.as_ref().filter(|_| name.is_none_or(|name| Authority::covers(config, name))) else {
            return Ok(None);
        };
        Ok(Some(authority.issue(config, name, self.app.clock.now())?))
    }
}

/// What matters of a client's hello.
struct Hello {
    name: Option<String>,
    is_challenge: bool,
}

impl Hello {
    fn of(hello: &ClientHello) -> Self {
        let is_challenge = hello.alpn().is_some_and(|mut protocols| protocols.any(|protocol| protocol == challenge::PROTOCOL));
        Self { name: hello.server_name().map(str::to_ascii_lowercase), is_challenge }
    }
}

/// Shakes hands. `None` where the client wanted something else, went away, or only checked a challenge.
pub async fn accept(tls: &Tls, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    match tokio::time::timeout(HANDSHAKE, shake(tls, stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(error = format!("{error:#}"), "no TLS connection came about");
            None
        }
        Err(_) => None,
    }
}

async fn shake(tls: &Tls, stream: TcpStream) -> anyhow::Result<Option<TlsStream<TcpStream>>> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let hello = Hello::of(&start.client_hello());
    let config = match tls.choose(&hello).await? {
        Some(config) => config,
        None => nobody(),
    };
    let stream = start.into_stream(config).await?;
    Ok((!hello.is_challenge).then_some(stream))
}

/// Has no certificate, so that the client is told so by an alert.
fn nobody() -> Arc<ServerConfig> {
    config_of(Fixed(None), Vec::new())
}

/// A configuration for one special purpose: its certificate is not looked at, since no client would take it for a site's.
pub fn special(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>, protocol: &[u8]) -> anyhow::Result<Arc<ServerConfig>> {
    let key = provider().key_provider.load_private_key(key)?;
    Ok(config_of(Fixed(Some(Arc::new(CertifiedKey::new(chain, key)))), vec![protocol.to_vec()]))
}

#[derive(Debug)]
struct Fixed(Option<Arc<CertifiedKey>>);

impl ResolvesServerCert for Fixed {
    fn resolve(&self, _: ClientHello) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }
}

fn config_of(certificate: Fixed, protocols: Vec<Vec<u8>>) -> Arc<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    #[expect(clippy::expect_used, reason = "the provider is fixed, and speaks both versions")]
    let builder = builder.expect("the provider has the default versions");
    let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::new(certificate));
    config.alpn_protocols = protocols;
    Arc::new(config)
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: std::sync::LazyLock<Arc<CryptoProvider>> = std::sync::LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));
    PROVIDER.clone()
}

/// A configuration that answers with this certificate, and speaks HTTP/1.1.
pub fn server_config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> anyhow::Result<Arc<ServerConfig>> {
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
