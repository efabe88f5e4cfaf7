//! `/oauth2/authorize` (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2)
//!
//! Owns `pushed_requests`. A request passes a list of small checks. Until the client and its `redirect_uri` are known to be good, an error is
//! shown to the person; after that it is sent to the application.

pub mod checks;
pub mod claims;
pub mod hint;
mod parameters;
pub mod prompt;
mod provider;
pub mod pushed;
mod request_object;
pub mod response;
pub mod store;

pub use parameters::Parameters;
pub use response::Reply;

use crate::api::{ApiError, Cx, Exception};
use crate::clients::Client;
use checks::Failure;
use claims::ClaimsRequest;
use prompt::Prompts;
use response::{Destination, ResponseMode, ResponseType};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A request that passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthorizeRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub response_type: ResponseType,
    pub response_mode: ResponseMode,
    /// What will be granted, separated by spaces.
    pub scope: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// S256.
    pub code_challenge: Option<String>,
    pub prompts: Prompts,
    pub login_hint: Option<String>,
    /// The languages that pages are wanted in, the most wanted first.
    pub lang: Vec<String>,
    /// Seconds.
    pub max_age: Option<i64>,
    pub acr_values: Vec<String>,
    pub claims: ClaimsRequest,
    /// Whom the application speaks of (`id_token_hint`, or `sub` in `claims`): nobody else will do.
    pub subject: Option<String>,
    /// What the access token is for (RFC 8707).
    pub resources: Vec<String>,
    /// The key that the code is bound to (RFC 9449).
    pub dpop_jkt: Option<String>,
    /// The hash of a request that was sent ahead. It serves once.
    pub pushed: Option<String>,
}

/// Why a request did not pass.
#[derive(Debug)]
pub enum Refusal {
    /// To be shown to the person: the application is not known, or not known to be at this address. Keys of texts, and a detail for
    /// developers.
    Page {
        title: &'static str,
        message: &'static str,
        detail: String,
    },
    /// To be sent to the application.
    Reply(Reply),
    Internal(ApiError),
}

impl AuthorizeRequest {
    pub fn destination(&self) -> Destination<'_> {
        Destination { client_id: &self.client_id, redirect_uri: &self.redirect_uri, state: self.state.as_deref(), mode: self.response_mode }
    }

    /// Where the answer's origin is, for the page's policy: browsers hold redirects after a form to it.
    pub fn redirect_source(&self) -> Option<String> {
        let url = url::Url::parse(&self.redirect_uri).ok()?;
        match url.scheme() {
            "http" | "https" => Some(url.origin().ascii_serialization()),
            scheme => Some(format!("{scheme}:")),
        }
    }

    /// The levels of which one is wanted. What is essential stands before what is not.
    pub fn wanted_levels(&self) -> &[String] {
        if self.claims.acr.is_empty() { &self.acr_values } else { &self.claims.acr }
    }
}

/// Runs the checks.
pub async fn check(cx: &mut Cx, pool_id: &str, sent: Parameters) -> Result<(Arc<Client>, AuthorizeRequest), Refusal> {
    let client = known_client(cx, pool_id, sent.get("client_id")).await?;
    let (parameters, pushed) = resolve(cx, &client, sent).await?;
    let redirect_uri = checks::redirect_uri(&client, &parameters)?;
    let state = parameters.get("state").map(str::to_owned);
    match passed(cx, &client, &parameters, pushed.is_some()).await {
        Ok(Ok(request)) => Ok((client, AuthorizeRequest { redirect_uri, state, pushed, ..request })),
        Ok(Err(failure)) => Err(tell(cx, &client, &redirect_uri, &parameters, &failure).await),
        Err(error) => Err(Refusal::Internal(error)),
    }
}

/// An error on its way to the application.
async fn tell(cx: &mut Cx, client: &Client, redirect_uri: &str, parameters: &Parameters, failure: &Failure) -> Refusal {
    let mode = ResponseMode::for_errors(parameters);
    let to = Destination { client_id: &client.id, redirect_uri, state: parameters.get("state"), mode };
    match to.error(cx, &client.pool_id, failure.error, failure.description.as_deref()).await {
        Ok(reply) => Refusal::Reply(reply),
        Err(error) => Refusal::Internal(error),
    }
}

/// The request itself, wherever it is: in the address, in a request object, or sent ahead.
async fn resolve(cx: &mut Cx, client: &Client, sent: Parameters) -> Result<(Parameters, Option<String>), Refusal> {
    let hash = sent.get("request_uri").and_then(pushed::hash_of);
    let sent = match &hash {
        Some(hash) => match pushed::find(cx, client, hash).await.map_err(Refusal::Internal)? {
            Some(pushed) => pushed,
            None => {
                let failure =
                    Failure::new("invalid_request_uri", "The request was not sent ahead by this client, was used, or has expired");
                return Err(untold(cx, client, &sent, &failure).await);
            }
        },
        None => sent,
    };
    let unsigned = Parameters::of(
        ["redirect_uri", "state", "response_mode", "response_type"]
            .iter()
            .filter_map(|name| sent.get(name).map(|value| ((*name).to_owned(), value.to_owned()))),
    );
    // The key that the client proved when it sent the request ahead stands beside a request object.
    let proved = hash.as_ref().and_then(|_| sent.get("dpop_jkt").map(str::to_owned));
    match expand(cx, client, sent).await {
        Ok(mut parameters) => {
            if let Some(jkt) = proved {
                parameters.set("dpop_jkt", jkt);
            }
            Ok((parameters, hash))
        }
        Err(failure) => Err(untold(cx, client, &unsigned, &failure).await),
    }
}

/// A request whose real parameters nobody knows: what stands in the address says where to tell it, if that is an address of the client's.
async fn untold(cx: &mut Cx, client: &Client, sent: &Parameters, failure: &Failure) -> Refusal {
    match checks::redirect_uri(client, sent) {
        Ok(redirect_uri) => tell(cx, client, &redirect_uri, sent, failure).await,
        Err(_) => Refusal::Page {
            title: "error.bad_link",
            message: "The application's request could not be read. Go back to it and try again.",
            detail: format!("{}: {}", failure.error, failure.description.as_deref().unwrap_or_default()),
        },
    }
}

/// Opens the request object, where there is one.
pub async fn expand(cx: &mut Cx, client: &Client, sent: Parameters) -> checks::Result<Parameters> {
    match sent.get("request") {
        Some(object) => request_object::open(cx, client, object).await,
        None if client.oauth().require_signed_request_object => checks::fail("invalid_request", "The client must sign its requests"),
        None => Ok(sent),
    }
}

/// The checks that the application is told of.
async fn passed(
    cx: &mut Cx,
    client: &Client,
    parameters: &Parameters,
    pushed: bool,
) -> crate::api::Result<checks::Result<AuthorizeRequest>> {
    if !pushed && parameters.get("request_uri").is_some() {
        return Ok(Err(Failure { error: "request_uri_not_supported", description: None }));
    }
    if !pushed && client.oauth().require_pushed_requests {
        return Ok(checks::fail("invalid_request", "The client must send its requests ahead, to the endpoint /oauth2/par"));
    }
    let mut request = match checks::run(client, parameters) {
        Ok(request) => request,
        Err(failure) => return Ok(Err(failure)),
    };
    if let Some(token) = parameters.get("id_token_hint") {
        match hint::read(cx, &client.pool_id, token).await? {
            Some(hint) if request.subject.as_ref().is_none_or(|sub| *sub == hint.sub) => request.subject = Some(hint.sub),
            _ => return Ok(checks::fail("invalid_request", "id_token_hint is not an ID token of this server for the same user")),
        }
    }
    Ok(provider::check(cx, client, parameters).await?.map(|()| request))
}

/// The client that a page was opened for.
pub async fn known_client(cx: &mut Cx, pool_id: &str, id: Option<&str>) -> Result<Arc<Client>, Refusal> {
    let unknown = |detail: String| Refusal::Page { title: "error.bad_link", message: "error.unknown_client_message", detail };
    let id = id.ok_or_else(|| unknown("client_id is missing".into()))?;
    match crate::clients::load(cx, id).await {
        Ok(client) if client.pool_id == pool_id => Ok(client),
        Ok(_) => Err(unknown(format!("Client {id:.128} does not exist."))),
        Err(error) if error.is(Exception::ResourceNotFoundException) => Err(unknown(format!("Client {id:.128} does not exist."))),
        Err(error) => Err(Refusal::Internal(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_origin_of_the_answer() {
        let at =
            |redirect_uri: &str| AuthorizeRequest { redirect_uri: redirect_uri.into(), ..AuthorizeRequest::default() }.redirect_source();
        assert_eq!(at("https://a.example/cb?x=1").as_deref(), Some("https://a.example"));
        assert_eq!(at("myapp://cb").as_deref(), Some("myapp:"));
    }
}
