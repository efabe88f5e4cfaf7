//! The authority is reached as everything else outside is: by the operator's rules.

use crate::boot::app::App;
use crate::outbound::Limits;
use axum::body::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Sends an authority's requests.
pub struct Client(pub Arc<App>);

const LIMITS: Limits = Limits { timeout: Duration::from_secs(20), max_body: 256 * 1024 };

impl HttpClient for Client {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let app = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.unwrap_or_else(|never| match never {}).to_bytes();
            let answer =
                app.outbound.send(Request::from_parts(parts, body), LIMITS).await.map_err(|failure| Error::Other(Box::new(failure)))?;
            Ok(BytesResponse::from(answer.map(Full::new)))
        })
    }
}
