//! `/oauth2/authorize` (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2)
//!
//! A request passes a list of small checks. Until the client and its `redirect_uri` are known to be good, an error is shown to the person;
//! after that it is sent to the application.

mod checks;

use crate::api::{Cx, Exception};
use crate::clients::Client;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// A request that passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    pub client_id: String,
    pub redirect_uri: String,
    /// What will be granted, separated by spaces.
    pub scope: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// S256.
    pub code_challenge: Option<String>,
    pub prompt: Option<Prompt>,
    pub login_hint: Option<String>,
    /// Seconds.
    pub max_age: Option<i64>,
    /// Whether tokens are asked for at once (RFC 6749, 4.2), in the address's fragment.
    #[serde(default)]
    pub implicit: bool,
}

/// What the application asks of the sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// Show nothing.
    None,
    /// Ask again even if signed in.
    Login,
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
    Redirect(String),
    Internal(crate::api::ApiError),
}

/// Query parameters. One that is given twice is remembered as such.
pub struct Parameters {
    values: HashMap<String, String>,
    repeated: Option<String>,
}

impl Parameters {
    pub fn parse(query: &str) -> Self {
        let (mut values, mut repeated) = (HashMap::new(), None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if values.insert(name.clone().into_owned(), value.replace('\0', "\u{fffd}")).is_some() {
                repeated = Some(name.into_owned());
            }
        }
        Self { values, repeated }
    }

    /// A parameter's value; an empty one counts as absent (RFC 6749, 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }
}

impl AuthorizeRequest {
    /// The redirect address with the answer's parameters and the state. The issuer is named against mix-up (RFC 9207).
    pub fn with_answer(&self, answer: &[(&str, &str)]) -> String {
        answer_address(&self.redirect_uri, self.state.as_deref(), answer, self.implicit)
    }

    pub fn with_error(&self, error: &str) -> String {
        self.with_answer(&[("error", error)])
    }

    /// Where the answer's origin is, for the page's policy: browsers hold redirects after a form to it.
    pub fn redirect_source(&self) -> Option<String> {
        let url = url::Url::parse(&self.redirect_uri).ok()?;
        match url.scheme() {
            "http" | "https" => Some(url.origin().ascii_serialization()),
            scheme => Some(format!("{scheme}:")),
        }
    }
}

fn answer_address(redirect_uri: &str, state: Option<&str>, answer: &[(&str, &str)], in_fragment: bool) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    let separator = match (in_fragment, redirect_uri.contains('?')) {
        (true, _) => '#',
        (false, true) => '&',
        (false, false) => '?',
    };
    format!("{redirect_uri}{separator}{}", query.finish())
}

/// Runs the checks.
pub async fn check(cx: &mut Cx, pool_id: &str, parameters: &Parameters) -> Result<(Arc<Client>, AuthorizeRequest), Refusal> {
    let client = known_client(cx, pool_id, parameters.get("client_id")).await?;
    let redirect_uri = checks::redirect_uri(&client, parameters)?;
    let state = parameters.get("state").map(str::to_owned);
    let to_application = |failure: checks::Failure| {
        let mut answer = vec![("error", failure.error)];
        if let Some(description) = &failure.description {
            answer.push(("error_description", description));
        }
        Refusal::Redirect(answer_address(&redirect_uri, state.as_deref(), &answer, checks::is_implicit(parameters)))
    };
    let request = checks::run(&client, parameters).map_err(to_application)?;
    Ok((client, AuthorizeRequest { redirect_uri, state, ..request }))
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
    fn an_answer_keeps_the_address_and_the_state() {
        let request = AuthorizeRequest {
            redirect_uri: "https://a.example/cb?x=1".into(),
            state: Some("a b&c".into()),
            ..AuthorizeRequest::default()
        };
        assert_eq!(request.with_answer(&[("code", "k")]), "https://a.example/cb?x=1&code=k&state=a+b%26c");
        let implicit = AuthorizeRequest { implicit: true, ..request.clone() };
        assert_eq!(implicit.with_error("access_denied"), "https://a.example/cb?x=1#error=access_denied&state=a+b%26c");
        assert_eq!(request.redirect_source().as_deref(), Some("https://a.example"));
        let native = AuthorizeRequest { redirect_uri: "myapp://cb".into(), ..AuthorizeRequest::default() };
        assert_eq!(
            (native.with_error("access_denied").as_str(), native.redirect_source().as_deref()),
            ("myapp://cb?error=access_denied", Some("myapp:"))
        );
    }

    #[test]
    fn empty_parameters_are_absent_and_repeated_ones_noticed() {
        let parameters = Parameters::parse("a=&b=1&b=2");
        assert_eq!(parameters.get("a"), None);
        assert_eq!(parameters.repeated.as_deref(), Some("b"));
    }
}
