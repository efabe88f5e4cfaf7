//! Client authentication: `client_secret_basic`, `client_secret_post`, a signed assertion, or none for clients that prove nothing (RFC 6749,
//! 2.3; RFC 7523).

use super::assertion::Assertion;
use super::error::{OAuthError, Result};
use crate::api::{ApiError, Cx, Exception};
use crate::clients::oauth_settings::AuthMethod;
use crate::clients::{Client, load};
use crate::kit::text;
use axum::http::{HeaderMap, header};
use std::collections::HashMap;
use std::sync::Arc;

/// The parameters of a form. A parameter that is given twice is an error (RFC 6749, 3.2), and none may hold a NUL character.
pub struct Form(HashMap<String, String>);

impl Form {
    pub fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(OAuthError::invalid_request("The body must be application/x-www-form-urlencoded"));
        }
        let mut parameters = HashMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if value.contains('\0') {
                return Err(OAuthError::invalid_request(format!("{name} contains a NUL character")));
            }
            if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(OAuthError::invalid_request(format!("{name} is given more than once")));
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter's value; an empty one counts as absent (RFC 6749, 3.2).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    pub fn require(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
    }
}

/// Whether the request uses HTTP Basic.
pub fn is_basic(headers: &HeaderMap) -> bool {
    basic(headers).is_some()
}

fn basic(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| rest.trim())
}

/// How a request says who it is from.
enum Presented {
    /// The secret as it reads decoded and as it was sent.
    Basic(String, Vec<String>),
    Post(String, String),
    Assertion(String, Assertion),
    /// The id alone.
    Named(String),
}

impl Presented {
    fn read(headers: &HeaderMap, form: &Form) -> Result<Self> {
        let twice = || OAuthError::invalid_request("The client authenticates in more than one way");
        let assertion = Assertion::read(form)?;
        if let Some(encoded) = basic(headers) {
            let (id, secret, raw) = decode(encoded).ok_or_else(OAuthError::invalid_client)?;
            if assertion.is_some() || form.get("client_secret").is_some() || form.get("client_id").is_some_and(|other| other != id) {
                return Err(twice());
            }
            return Ok(Self::Basic(id, [secret, raw].into_iter().filter(|s| !s.is_empty()).collect()));
        }
        let named = form.get("client_id").map(str::to_owned);
        match (assertion, form.get("client_secret")) {
            (Some(_), Some(_)) => Err(twice()),
            (Some(assertion), None) => {
                let id = named.or_else(|| assertion.subject()).ok_or_else(OAuthError::invalid_client)?;
                Ok(Self::Assertion(id, assertion))
            }
            (None, Some(secret)) => Ok(Self::Post(named.ok_or_else(OAuthError::invalid_client)?, secret.to_owned())),
            (None, None) => Ok(Self::Named(named.ok_or_else(OAuthError::invalid_client)?)),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Basic(id, _) | Self::Post(id, _) | Self::Assertion(id, _) | Self::Named(id) => id,
        }
    }

    /// Whether a client may prove itself in this way at all: the one that it is registered with, or those of its kind.
    fn is_method_of(&self, client: &Client) -> bool {
        match (self, client.oauth().token_endpoint_auth_method) {
            // HTTP Basic with an empty secret is how some libraries name a client that has none.
            (Self::Basic(_, secrets), None | Some(AuthMethod::None)) if secrets.is_empty() => !client.is_confidential(),
            (Self::Basic(..) | Self::Post(..), None) => client.is_confidential(),
            (Self::Named(_), None) => !client.is_confidential(),
            (Self::Basic(..), Some(method)) => method == AuthMethod::ClientSecretBasic,
            (Self::Post(..), Some(method)) => method == AuthMethod::ClientSecretPost,
            (Self::Named(_), Some(method)) => method == AuthMethod::None,
            (Self::Assertion(..), Some(method)) => matches!(method, AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt),
            (Self::Assertion(..), None) => false,
        }
    }
}

/// The client that the request proves to be, if it belongs to the pool.
pub async fn authenticate(cx: &mut Cx, pool_id: &str, headers: &HeaderMap, form: &Form) -> Result<Arc<Client>> {
    let presented = Presented::read(headers, form)?;
    let client = match load(cx, presented.id()).await {
        Ok(client) => client,
        Err(error) if error.is(Exception::ResourceNotFoundException) => return Err(OAuthError::invalid_client()),
        Err(error) => return Err(error.into()),
    };
    if client.pool_id != pool_id || !presented.is_method_of(&client) {
        return Err(OAuthError::invalid_client());
    }
    let proved = match &presented {
        Presented::Basic(_, secrets) if secrets.is_empty() => !client.proves_itself(),
        Presented::Basic(_, secrets) => secrets.iter().any(|s| client.knows_secret(Some(s))),
        Presented::Post(_, secret) => client.knows_secret(Some(secret)),
        Presented::Named(_) => !client.proves_itself(),
        Presented::Assertion(_, assertion) => assertion.check(cx, &client, headers).await?,
    };
    if proved { Ok(client) } else { Err(OAuthError::invalid_client()) }
}

/// The id, and the secret as it reads decoded and as it was sent: both halves are form-encoded (RFC 6749, 2.3.1), but many clients, AWS's
/// guide among them, send a `+` as it is.
fn decode(encoded: &str) -> Option<(String, String, String)> {
    let plain = String::from_utf8(text::from_base64(encoded)?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    let decode = |part: &str| form_urlencoded::parse(format!("x={part}").as_bytes()).next().map(|(_, v)| v.into_owned());
    Some((decode(id)?, decode(secret)?, secret.to_owned())).filter(|(id, secret, _)| !id.contains('\0') && !secret.contains('\0'))
}

/// Refuses a pool that does not exist.
pub async fn require_pool(cx: &mut Cx, pool_id: &str) -> Result<()> {
    match crate::pools::load(cx, pool_id).await {
        Ok(_) => Ok(()),
        Err(error @ ApiError::Internal(_)) => Err(error.into()),
        Err(error) => Err(OAuthError { status: axum::http::StatusCode::NOT_FOUND, ..OAuthError::invalid_request(error.message()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Result<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8".parse().unwrap());
        Form::parse(&headers, body.as_bytes())
    }

    #[test]
    fn a_parameter_is_given_once() {
        assert_eq!(form("a=1&b=").unwrap().get("a"), Some("1"));
        assert_eq!(form("a=1&b=").unwrap().get("b"), None);
        assert!(form("a=1&a=1").is_err());
        assert!(form("a=%00").is_err());
        assert!(Form::parse(&HeaderMap::new(), b"a=1").is_err());
    }

    #[test]
    fn basic_credentials_are_form_encoded() {
        assert_eq!(decode(&text::base64(b"a%2Bb:c%3Ad")), Some(("a+b".into(), "c:d".into(), "c%3Ad".into())));
        assert_eq!(decode("!"), None);
    }
}
