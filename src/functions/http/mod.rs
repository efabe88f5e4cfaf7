//! Lambda's own REST API below `/2015-03-31/functions`, as far as functions of triggers need it, and what this server adds to it.

mod aliases;
mod auth;
mod create;
mod invocations;
mod invoke;
mod policy;
mod read;
mod tags;
mod update;
mod versions;

use super::code;
use super::error::{LambdaError, Result};
use super::name::Named;
use crate::api::Cx;
use crate::boot::app::App;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get, post};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// The largest body: an archive in base64, and some room.
pub const MAX_BODY: usize = code::MAX_ARCHIVE / 3 * 4 + (1 << 20);
const FUNCTION: &str = "/2015-03-31/functions/{name}";

pub fn router(app: Arc<App>) -> Router {
    let at = |rest: &str| format!("{FUNCTION}{rest}");
    Router::new()
        .route("/2015-03-31/functions", get(read::list).post(create::create))
        .route("/2015-03-31/functions/", get(read::list).post(create::create))
        .route(FUNCTION, get(read::function).delete(update::delete))
        .route(&at("/configuration"), get(read::configuration).put(update::configuration))
        .route(&at("/code"), get(read::code).put(update::code))
        .route(&at("/invocations"), get(invocations::list).post(invoke::invoke))
        .route(&at("/invocations/{id}"), get(invocations::one))
        .route(&at("/invocations/{id}/replay"), post(invocations::replay))
        .route(&at("/versions"), get(versions::list).post(versions::publish))
        .route(&at("/aliases"), get(aliases::list).post(aliases::create))
        .route(&at("/aliases/{alias}"), get(aliases::one).put(aliases::update).delete(aliases::delete))
        .route(&at("/policy"), get(policy::get).post(policy::add))
        .route(&at("/policy/{sid}"), delete(policy::remove))
        .route("/2020-06-30/functions/{name}/code-signing-config", get(read::code_signing))
        .route("/2017-03-31/tags/{arn}", get(tags::list).post(tags::tag).delete(tags::untag))
        .route("/2015-03-31/{*rest}", any(unknown))
        .layer(from_fn_with_state(app.clone(), auth::check))
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// What Lambda has and this server has not.
async fn unknown() -> LambdaError {
    LambdaError::unknown_operation("The operation is not known to functions here.")
}

/// A request whose signature is good.
#[derive(Clone)]
pub struct Request {
    pub app: Arc<App>,
    pub uri: Uri,
    pub headers: axum::http::HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn cx(&self) -> Cx {
        Cx::internal(self.app.clone())
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).into_iter().next().filter(|value| !value.is_empty())
    }

    pub fn parameters(&self, name: &str) -> Vec<String> {
        let query = self.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).filter(|(n, _)| n == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// The function that the path names, with the qualifier of the query.
    pub fn named(&self, name: &str) -> Result<Named> {
        self.named_as(name, self.parameter("Qualifier").as_deref())
    }

    fn named_as(&self, name: &str, qualifier: Option<&str>) -> Result<Named> {
        Named::parse(name, qualifier, &self.app.config.region, &self.app.config.account_id)
    }

    pub fn arn(&self, name: &str, qualifier: Option<&str>) -> String {
        super::name::arn(&self.app.config.region, &self.app.config.account_id, name, qualifier)
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let body: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        if body.contains(&0) {
            return Err(LambdaError::validation("Text must not contain a NUL character."));
        }
        let value: Value = serde_json::from_slice(body).map_err(|_| LambdaError::bad_body("Could not parse request body into json"))?;
        serde_json::from_value(without_nul(value)?)
            .map_err(|_| LambdaError::bad_body("The request does not have the form of this operation."))
    }

    /// How many a list shows, and after what it goes on.
    pub fn page(&self) -> Result<(usize, String)> {
        let items = match self.parameter("MaxItems") {
            Some(text) => text.parse::<usize>().ok().filter(|n| (1..=10_000).contains(n)).ok_or_else(|| {
                LambdaError::validation(format!(
                    "1 validation error detected: Value '{text:.20}' at 'maxItems' failed to satisfy constraint"
                ))
            })?,
            None => 50,
        };
        let marker = self.parameter("Marker").map(|marker| {
            let bytes = crate::kit::text::from_base64url(&marker);
            bytes.and_then(|b| String::from_utf8(b).ok()).ok_or_else(|| LambdaError::invalid("Invalid Marker"))
        });
        Ok((items.min(50), marker.transpose()?.unwrap_or_default()))
    }
}

/// PostgreSQL cannot store a NUL character, and no text here has a place for one.
fn without_nul(value: Value) -> Result<Value> {
    let mut all = vec![&value];
    while let Some(one) = all.pop() {
        match one {
            Value::String(text) if text.contains('\0') => return Err(LambdaError::validation("Text must not contain a NUL character.")),
            Value::Array(items) => all.extend(items),
            Value::Object(members) => {
                if members.keys().any(|name| name.contains('\0')) {
                    return Err(LambdaError::validation("Text must not contain a NUL character."));
                }
                all.extend(members.values());
            }
            _ => {}
        }
    }
    Ok(value)
}

/// A page of a list: its items and, where there are more, what the next begins after.
pub fn cut<T>(mut items: Vec<T>, page: usize, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let more = items.len() > page;
    items.truncate(page);
    let marker = items.last().filter(|_| more).map(|last| crate::kit::text::base64url(key(last).as_bytes()));
    (items, marker)
}

pub fn json(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

pub fn nothing() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
