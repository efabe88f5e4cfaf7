//! Sending one request.

use super::Allowed;
use anyhow::Context;
use axum::body::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How much a request may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the look-up of the name to the last byte of the answer.
    pub timeout: Duration,
    /// The largest body of an answer, in bytes.
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), max_body: 256 * 1024 }
    }
}

/// Why there is no answer. The texts name hosts, never paths, queries or bodies: those may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("the address {0} is not public; the operator can allow it with --outbound-allow")]
    Refused(String),
    #[error("the address is not http or https")]
    NoAddress,
    #[error("{0} took too long")]
    Timeout(String),
    /// Nothing was sent, so that trying again is safe.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    #[error("{0} broke off: {1}")]
    Broken(String, String),
    #[error("the answer of {0} is too large")]
    TooLarge(String),
    #[error("requests that leave this server cannot be set up: {0}")]
    NotSetUp(String),
}

/// Sends requests to addresses that others choose.
pub struct Outbound {
    /// Made at the first request: reading the system's authorities takes longer than all the rest of a start.
    client: OnceLock<Result<reqwest::Client, String>>,
    allowed: Arc<Allowed>,
    authorities: Option<Vec<reqwest::Certificate>>,
}

impl Outbound {
    /// `authorities` is a PEM file of certificate authorities that are trusted besides the system's.
    pub fn new(allowed: Allowed, authorities: Option<&Path>) -> anyhow::Result<Self> {
        let read = |file: &Path| {
            let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            reqwest::Certificate::from_pem_bundle(&pem).with_context(|| format!("{} is no PEM file", file.display()))
        };
        Ok(Self { client: OnceLock::new(), allowed: Arc::new(allowed), authorities: authorities.map(read).transpose()? })
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        self.client.get_or_init(|| self.set_up().map_err(|error| error.to_string())).as_ref().map_err(|e| Failure::NotSetUp(e.clone()))
    }

    fn set_up(&self) -> reqwest::Result<reqwest::Client> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent(concat!("poolhouse/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(30))
            .dns_resolver(Arc::new(Guarded(self.allowed.clone())));
        match &self.authorities {
            Some(authorities) => builder.tls_certs_merge(authorities.iter().cloned()).build(),
            None => builder.build(),
        }
    }

    /// Sends a request whose address is a full `http` or `https` URL, and reads the whole answer.
    pub async fn send(&self, request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, Failure> {
        let host = self.host(&request)?;
        tokio::time::timeout(limits.timeout, self.exchange(request, &host, limits.max_body))
            .await
            .unwrap_or_else(|_| Err(Failure::Timeout(host)))
    }

    async fn exchange(&self, request: Request<Bytes>, host: &str, max_body: usize) -> Result<Response<Bytes>, Failure> {
        let (parts, body) = request.into_parts();
        let request = reqwest::Request::try_from(Request::from_parts(parts, body)).map_err(|_| Failure::NoAddress)?;
        let answer = self.client()?.execute(request).await.map_err(|error| failure(host, &error))?;
        let (parts, body) = Response::<reqwest::Body>::from(answer).into_parts();
        let body = http_body_util::Limited::new(body, max_body).collect().await.map_err(|error| {
            let is_limit = error.is::<http_body_util::LengthLimitError>();
            if is_limit { Failure::TooLarge(host.to_owned()) } else { Failure::Broken(host.to_owned(), innermost(error.as_ref())) }
        })?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    /// The host of a request that may be sent. Hosts that are addresses never reach the resolver, so they are looked at here.
    fn host(&self, request: &Request<Bytes>) -> Result<String, Failure> {
        let url = url::Url::parse(&request.uri().to_string()).map_err(|_| Failure::NoAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::NoAddress);
        }
        let address = match url.host().ok_or(Failure::NoAddress)? {
            url::Host::Domain(name) => return Ok(name.to_owned()),
            url::Host::Ipv4(address) => IpAddr::from(address),
            url::Host::Ipv6(address) => IpAddr::from(address),
        };
        if self.allowed.address(address) { Ok(address.to_string()) } else { Err(Failure::Refused(address.to_string())) }
    }
}

/// Looks names up, and leaves out the addresses that may not be reached. The connection goes to what was looked at, so that a name
/// cannot change its mind in between.
struct Guarded(Arc<Allowed>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            let is_host_allowed = allowed.host(host);
            let may: Vec<_> = found.into_iter().filter(|a| is_host_allowed || allowed.address(a.ip())).collect();
            if may.is_empty() {
                return Err(Box::new(Failure::Refused(host.to_owned())) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(may.into_iter()) as Addrs)
        })
    }
}

fn failure(host: &str, error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Failure>() {
            return refused.clone();
        }
        cause = error.source();
    }
    if error.is_timeout() {
        Failure::Timeout(host.to_owned())
    } else if error.is_connect() {
        Failure::Unreachable(host.to_owned(), innermost(error))
    } else {
        Failure::Broken(host.to_owned(), innermost(error))
    }
}

/// The last cause: the outer ones repeat the address.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;

    async fn server() -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let routes = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/moved", get(|| async { axum::response::Redirect::to("/") }))
            .route("/never", get(std::future::pending::<&'static str>));
        #[expect(clippy::disallowed_methods, reason = "the server of a test")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        port
    }

    fn outbound(allowed: &[&str]) -> Outbound {
        let entries: Vec<_> = allowed.iter().map(|e| (*e).to_owned()).collect();
        Outbound::new(Allowed::parse(&entries).unwrap(), None).unwrap()
    }

    async fn get_from(outbound: &Outbound, url: &str, limits: Limits) -> Result<Response<Bytes>, Failure> {
        outbound.send(Request::get(url).body(Bytes::new()).unwrap(), limits).await
    }

    #[tokio::test]
    async fn private_addresses_are_refused_by_number_and_by_name() {
        let port = server().await;
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
            let answer = get_from(&outbound(&[]), &format!("http://{host}:{port}/"), Limits::default()).await;
            assert!(matches!(answer, Err(Failure::Refused(_))), "{host}: {answer:?}");
        }
        let by_name = get_from(&outbound(&["localhost"]), &format!("http://localhost:{port}/"), Limits::default()).await.unwrap();
        assert_eq!(by_name.body().as_ref(), b"hello");
        let by_number = get_from(&outbound(&["127.0.0.0/8"]), &format!("http://127.0.0.1:{port}/"), Limits::default()).await.unwrap();
        assert_eq!(by_number.status(), 200);
    }

    #[tokio::test]
    async fn answers_have_limits_and_redirects_are_answers() {
        let (port, outbound) = (server().await, outbound(&["localhost"]));
        let at = |path: &str| format!("http://localhost:{port}{path}");
        let small = Limits { max_body: 4, ..Limits::default() };
        assert_eq!(get_from(&outbound, &at("/"), small).await.unwrap_err(), Failure::TooLarge("localhost".into()));
        assert_eq!(get_from(&outbound, &at("/moved"), Limits::default()).await.unwrap().status(), 303);
        let short = Limits { timeout: Duration::from_millis(50), ..Limits::default() };
        assert_eq!(get_from(&outbound, &at("/never"), short).await.unwrap_err(), Failure::Timeout("localhost".into()));
        assert_eq!(get_from(&outbound, "ftp://localhost/file", Limits::default()).await.unwrap_err(), Failure::NoAddress);
    }
}
