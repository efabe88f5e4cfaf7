//! Pages by host name: a request to `{prefix}.auth.{base-domain}` or to a pool's own domain is one to the pool's path.

use super::app::App;
use crate::api::Cx;
use axum::extract::Request;
use axum::http::{Uri, header};
use std::sync::Arc;

/// Marks a request that came in by a pool's host name, so that its links and cookies leave the pool's id out.
#[derive(Debug, Clone)]
pub struct ByHost {
    pub name: String,
    /// Whether the domain shows the classic pages, which know no managed login styles.
    pub is_classic: bool,
}

/// Puts the pool's id in front of the path of a request to a pool's host name.
pub async fn route(app: Arc<App>, mut request: Request) -> Request {
    let Some(host) = host(&request) else { return request };
    if app.config.serves_host(&host) || ["/pkg/", "/assets/"].iter().any(|own| request.uri().path().starts_with(own)) {
        return request;
    }
    let Some((pool_id, is_classic)) = pool_of(app, &host).await else { return request };
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    if let Ok(uri) = Uri::try_from(format!("/{pool_id}{path}")) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(ByHost { name: host, is_classic });
    }
    request
}

/// The host that a request names, without its port.
pub fn host(request: &Request) -> Option<String> {
    let header = || request.headers().get(header::HOST).and_then(|v| v.to_str().ok());
    let authority = request.uri().authority().map(|a| a.as_str()).or_else(header)?;
    let host = without_port(authority);
    (host.len() <= 253).then(|| host.to_ascii_lowercase())
}

pub fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|c| c.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Whether a host is one at which a pool's pages answer.
pub async fn is_pools(app: Arc<App>, host: &str) -> bool {
    pool_of(app, host).await.is_some()
}

/// The pool of a host name that is not the server's own, and whether its pages are the classic ones.
pub async fn pool_of(app: Arc<App>, host: &str) -> Option<(String, bool)> {
    let domain = app.config.prefix_of_host(host).unwrap_or(host).to_owned();
    let by_prefix = domain != host;
    if !by_prefix && (!domain.contains('.') || domain.parse::<std::net::IpAddr>().is_ok()) {
        return None;
    }
    if let Some(known) = app.caches.domains.get(&domain) {
        return known;
    }
    let mut cx = Cx::internal(app.clone());
    let found = match cx.read().await {
        Ok(mut tx) => crate::pools::store::find_domain(&mut tx, &domain).await.ok()?,
        Err(_) => return None,
    };
    let found = found.filter(|d| (d.kind == crate::pools::domain::Kind::Prefix) == by_prefix);
    let found = found.map(|d| (d.pool_id, d.settings.managed_login_version == 1));
    app.caches.domains.insert(domain, found.clone());
    found
}
