//! What an authority finds when it asks whether a name is ours.

use super::handshake::special;
use super::store;
use crate::api::Cx;
use crate::boot::app::App;
use crate::kit::mac;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use std::sync::Arc;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The protocol that a TLS-ALPN-01 check speaks (RFC 8737, section 4).
pub const PROTOCOL: &[u8] = b"acme-tls/1";

/// `GET /.well-known/acme-challenge/{token}`: HTTP-01 (RFC 8555, section 8.3).
pub async fn serve(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response<Body> {
    let mut cx = Cx::internal(app);
    let mut response = match find(&mut cx, &token).await {
        Some(answer) => Response::new(Body::from(answer)),
        None => {
            let mut response = Response::new(Body::from("There is no such challenge.\n"));
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    response
}

async fn find(cx: &mut Cx, token: &str) -> Option<String> {
    let now = cx.now();
    let mut tx = cx.read().await.ok()?;
    store::answer_of_token(&mut tx, token, now).await.ok()?
}

/// The certificate that a TLS-ALPN-01 check wants to see: for the name, with the digest of the key authorization.
pub async fn certificate(cx: &mut Cx, name: &str) -> anyhow::Result<Option<Arc<ServerConfig>>> {
    let now = cx.now();
    let answer = store::answer_of_name(&mut *cx.read().await?, name, now).await?;
    let Some(answer) = answer else { return Ok(None) };
    let mut parameters = CertificateParams::new([name.to_owned()])?;
    parameters.custom_extensions = vec![CustomExtension::new_acme_identifier(&mac::sha256(answer.as_bytes()))];
    let key = KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| anyhow::anyhow!(error))?;
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    Ok(Some(special(chain, key, PROTOCOL)?))
}
