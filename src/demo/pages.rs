//! The application's pages.

use super::oidc::Claims;
use super::sessions::{Begun, Tokens};
use super::view::{self, Claim, SignedIn, State, Token};
use super::{Demo, view::view as draw};
use crate::boot::{assets, demo_pool, headers};
use crate::hosted::answer::redirect;
use crate::hosted::cookies::{self, Scope};
use crate::kit::clock::{SECOND, iso8601};
use crate::kit::{id, mac};
use crate::oauth::authorize::Parameters;
use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use serde_json::Value;

const COOKIE: &str = "demo-session";

/// `GET /demo`: the start, the way back from the provider, and what came of it.
pub async fn show(Extract(demo): Extract<Demo>, uri: Uri, request_headers: HeaderMap) -> Response<Body> {
    let key = cookies::get(&request_headers, COOKIE).unwrap_or_default().to_owned();
    let parameters = Parameters::parse(uri.query().unwrap_or_default());
    if parameters.get("code").is_some() || parameters.get("error").is_some() {
        return come_back(&demo, &key, &parameters).await;
    }
    let state = match (demo.sessions.failed.remove(&key), demo.sessions.signed_in.get(&key)) {
        (Some(reason), _) => State::Failed(reason),
        (None, None) => State::SignedOut,
        (None, Some(tokens)) => match signed_in(&demo, &key, &tokens).await {
            Ok(signed_in) => State::SignedIn(Box::new(signed_in)),
            Err(error) => {
                demo.sessions.signed_in.invalidate(&key);
                State::Failed(format!("{error:#}"))
            }
        },
    };
    let model = view::Demo {
        base_css_url: assets::stylesheet().to_owned(),
        script_url: assets::versioned("assets/islands.js"),
        client_id: demo_pool::CLIENT_ID.to_owned(),
        state,
    };
    let mut response = Response::new(Body::from(crate::ui::render(draw(model))));
    headers::page(response.headers_mut(), &headers::policy_with_islands());
    response
}

/// `GET /demo/sign-in`
pub async fn sign_in(Extract(demo): Extract<Demo>) -> Response<Body> {
    let rng = &demo.app.rng;
    let (key, begun) = (id::token(rng), Begun { state: id::token(rng), nonce: id::token(rng), code_verifier: id::token(rng) });
    let mut response = redirect(&demo.provider.authorize_address(&begun, &here(&demo)));
    demo.sessions.begun.insert(key.clone(), begun);
    set_cookie(&demo, &mut response, &key, None);
    response
}

async fn come_back(demo: &Demo, key: &str, parameters: &Parameters) -> Response<Body> {
    let begun = demo.sessions.begun.remove(key);
    let expected = begun.as_ref().filter(|b| parameters.get("state").is_some_and(|s| mac::same(s.as_bytes(), b.state.as_bytes())));
    // A new value once signed in, so that one planted before gains nothing.
    let new_key = id::token(&demo.app.rng);
    match (expected, parameters.get("code")) {
        (Some(begun), Some(code)) => match demo.provider.redeem(begun, code, &here(demo), demo.app.clock.now()).await {
            Ok(tokens) => demo.sessions.signed_in.insert(new_key.clone(), tokens),
            Err(error) => demo.sessions.failed.insert(new_key.clone(), format!("The sign-in failed: {error:#}.")),
        },
        (Some(_), None) => {
            let error = parameters.get("error_description").or(parameters.get("error")).unwrap_or_default();
            demo.sessions.failed.insert(new_key.clone(), format!("The sign-in was refused: {error:.200}"));
        }
        (None, _) => demo.sessions.failed.insert(new_key.clone(), "This answer belongs to no sign-in of this browser.".into()),
    }
    let mut response = redirect(&here(demo));
    set_cookie(demo, &mut response, &new_key, None);
    response
}

/// `POST /demo/refresh`
pub async fn refresh(Extract(demo): Extract<Demo>, request_headers: HeaderMap, body: Bytes) -> Response<Body> {
    let key = cookies::get(&request_headers, COOKIE).unwrap_or_default().to_owned();
    let token = form_urlencoded::parse(&body).find(|(name, _)| name == "_csrf").map(|(_, value)| value.into_owned());
    if !token.is_some_and(|t| mac::same(t.as_bytes(), form_token(&demo, &key).as_bytes())) {
        let mut response = Response::new(Body::from("This form belongs to another browser."));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    if let Some(tokens) = demo.sessions.signed_in.get(&key) {
        match demo.provider.refresh(&tokens).await {
            Ok(tokens) => demo.sessions.signed_in.insert(key, tokens),
            Err(error) => {
                demo.sessions.signed_in.invalidate(&key);
                demo.sessions.failed.insert(key, format!("The refresh failed: {error:#}."));
            }
        }
    }
    redirect(&here(&demo))
}

/// `GET /demo/sign-out`: forgets the tokens and ends the provider's session too.
pub async fn sign_out(Extract(demo): Extract<Demo>, request_headers: HeaderMap) -> Response<Body> {
    demo.sessions.signed_in.invalidate(cookies::get(&request_headers, COOKIE).unwrap_or_default());
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", demo_pool::CLIENT_ID)
        .append_pair("logout_uri", &here(&demo))
        .finish();
    let mut response = redirect(&format!("{}/logout?{query}", demo.provider.issuer));
    set_cookie(&demo, &mut response, "", Some(0));
    response
}

fn here(demo: &Demo) -> String {
    format!("{}/demo", demo.app.config.public_url)
}

fn set_cookie(demo: &Demo, response: &mut Response<Body>, value: &str, max_age: Option<i64>) {
    let scope = Scope { path: "/demo", secure: demo.app.config.is_https() };
    if let Some(cookie) = cookies::set(scope, COOKIE, value, max_age) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn form_token(demo: &Demo, key: &str) -> String {
    crate::kit::text::base64url(&mac::hmac_sha256(&demo.app.secret, &[b"demo form", key.as_bytes()]))
}

async fn signed_in(demo: &Demo, key: &str, tokens: &Tokens) -> anyhow::Result<SignedIn> {
    let now = demo.app.clock.now();
    let id = demo.provider.verify(&tokens.id_token, "id", now).await?;
    let access = demo.provider.verify(&tokens.access_token, "access", now).await?;
    let text = |name: &str| id.get(name).and_then(Value::as_str).map(str::to_owned);
    let expires = access.get("exp").and_then(Value::as_i64).unwrap_or_default();
    Ok(SignedIn {
        csrf: form_token(demo, key),
        user: text("email").or_else(|| text("cognito:username")).unwrap_or_default(),
        expires: format!("at {}", readable(expires)),
        can_refresh: tokens.refresh_token.is_some(),
        id_token: Token { claims: claims(&id), raw: tokens.id_token.clone() },
        access_token: Token { claims: claims(&access), raw: tokens.access_token.clone() },
    })
}

fn claims(claims: &Claims) -> Vec<Claim> {
    let row = |(name, value): (&String, &Value)| {
        let time = matches!(name.as_str(), "exp" | "iat" | "auth_time").then(|| value.as_i64()).flatten();
        Claim { name: name.clone(), value: value.as_str().map_or_else(|| value.to_string(), str::to_owned), note: time.map(readable) }
    };
    claims.iter().map(row).collect()
}

fn readable(seconds: i64) -> String {
    iso8601(seconds * SECOND).replace('T', " ").replace('Z', " UTC")
}
