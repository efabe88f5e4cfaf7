//! The Query protocol: a form in, XML out. IAM and STS speak it.

pub mod fault;
pub mod params;
pub mod xml;

use crate::api::Cx;
use crate::api::caller::identify;
use crate::api::door::Caller;
use crate::api::wire::Incoming;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use fault::{Fault, Result};
use params::Params;
use std::future::Future;
use std::pin::Pin;

/// The inside of an answer's result.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<String>> + Send + 'a>>;

/// One row of a service's table.
pub struct Action {
    pub name: &'static str,
    /// For the counts: with the service before it.
    pub counted: &'static str,
    pub run: for<'a> fn(&'a mut Cx, &'a Params) -> Answer<'a>,
}

/// Lists a service's actions.
macro_rules! actions {
    ($service:literal: $($name:literal => $run:expr),* $(,)?) => {
        /// This service's part of the Query protocol.
        pub const ACTIONS: &[$crate::iam::query::Action] = &[$($crate::iam::query::Action {
            name: $name,
            counted: concat!($service, ":", $name),
            run: |cx, params| Box::pin($run(cx, params)),
        }),*];
    };
}
pub(crate) use actions;

/// A service of this protocol.
struct Service {
    /// As signatures name it.
    name: &'static str,
    namespace: &'static str,
    actions: &'static [Action],
}

const IAM: Service = Service { name: "iam", namespace: "https://iam.amazonaws.com/doc/2010-05-08/", actions: super::ops::ACTIONS };
const STS: Service = Service { name: "sts", namespace: "https://sts.amazonaws.com/doc/2011-06-15/", actions: super::sts::ACTIONS };

/// Whether a request to `/` is of this protocol.
pub fn speaks(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    !headers.contains_key("x-amz-target") && kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

/// Answers one request.
pub async fn serve(cx: &mut Cx, incoming: &Incoming<'_>) -> Response<Body> {
    let (service, answer) = match Params::read(&incoming.body) {
        Ok(params) => match service(&params) {
            Ok(service) => (service, answer(cx, incoming, service, &params).await),
            Err(fault) => (&STS, Err(fault)),
        },
        Err(fault) => (&STS, Err(fault)),
    };
    match answer {
        Ok((action, inside)) => {
            let body = format!(
                "<{action}Response xmlns=\"{}\"><{action}Result>{inside}</{action}Result>\
                 <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>",
                service.namespace,
                id = cx.request_id()
            );
            response(StatusCode::OK, cx.request_id(), body)
        }
        Err(fault) => refusal(service, cx.request_id(), &fault),
    }
}

fn service(params: &Params) -> Result<&'static Service> {
    match params.get("Version") {
        Some("2010-05-08") => Ok(&IAM),
        Some("2011-06-15") => Ok(&STS),
        _ => Err(Fault::invalid_action("Could not find operation of this version")),
    }
}

async fn answer(cx: &mut Cx, incoming: &Incoming<'_>, service: &Service, params: &Params) -> Result<(&'static str, String)> {
    let asked = params.require("Action")?;
    let action = service.actions.iter().find(|action| action.name == asked);
    let action = action.ok_or_else(|| {
        Fault::invalid_action(format!("Could not find operation {asked:.128} for version {}", params.get("Version").unwrap_or_default()))
    })?;
    let result = run(cx, incoming, service, action, params).await;
    let outcome = result.as_ref().err().map_or("ok", Fault::code);
    metrics::counter!("poolhouse_operations_total", "operation" => action.counted, "outcome" => outcome).increment(1);
    if let Err(Fault::Internal(cause)) = &result {
        tracing::error!(operation = action.counted, request_id = cx.request_id(), cause = format!("{cause:#}"), "operation failed");
    }
    Ok((action.name, result?))
}

/// Actions that take an identity provider's word are not signed; what signature there may be is not looked at.
async fn run(cx: &mut Cx, incoming: &Incoming<'_>, service: &Service, action: &Action, params: &Params) -> Result<String> {
    if !matches!(action.name, "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML") {
        cx.caller = identify(&cx.app, incoming, service.name).await?;
        if matches!(cx.caller, Caller::Anonymous) {
            return Err(Fault::missing_token("Request is missing Authentication Token"));
        }
    }
    (action.run)(cx, params).await
}

fn refusal(service: &Service, request_id: &str, fault: &Fault) -> Response<Body> {
    let kind = if fault.status() < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>{kind}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        service.namespace,
        fault.code(),
        xml::escape(fault.message())
    );
    response(StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::BAD_REQUEST), request_id, body)
}

fn response(status: StatusCode, request_id: &str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(id) = HeaderValue::try_from(request_id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}
