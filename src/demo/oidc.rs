//! The application's side of OpenID Connect: code with PKCE, verification of tokens, refresh.

use super::sessions::{Begun, Tokens};
use crate::kit::clock::{Millis, SECOND};
use crate::kit::{mac, text};
use anyhow::{Context, bail, ensure};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};
use std::net::{Ipv4Addr, SocketAddr};
use tower::ServiceExt as _;

pub type Claims = Map<String, Value>;

/// The provider, by its issuer.
pub struct Provider {
    server: Router,
    pub issuer: String,
}

const CLIENT_ID: &str = crate::boot::demo_pool::CLIENT_ID;

impl Provider {
    pub fn new(server: Router, issuer: String) -> Self {
        Self { server, issuer }
    }

    /// Where to send the browser.
    pub fn authorize_address(&self, begun: &Begun, redirect_uri: &str) -> String {
        let challenge = text::base64url(&mac::sha256(begun.code_verifier.as_bytes()));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", CLIENT_ID),
                ("response_type", "code"),
                ("scope", "openid email profile"),
                ("redirect_uri", redirect_uri),
                ("state", &begun.state),
                ("nonce", &begun.nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        format!("{}/oauth2/authorize?{query}", self.issuer)
    }

    /// The tokens for a code; their signatures, issuer, audience and nonce are checked.
    pub async fn redeem(&self, begun: &Begun, code: &str, redirect_uri: &str, now: Millis) -> anyhow::Result<Tokens> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &begun.code_verifier),
        ];
        let tokens = self.ask_tokens(&form, None).await?;
        let claims = self.verify(&tokens.id_token, "id", now).await?;
        ensure!(claims.get("nonce").and_then(Value::as_str) == Some(begun.nonce.as_str()), "the ID token is for another sign-in");
        self.verify(&tokens.access_token, "access", now).await?;
        Ok(tokens)
    }

    pub async fn refresh(&self, tokens: &Tokens) -> anyhow::Result<Tokens> {
        let refresh_token = tokens.refresh_token.as_deref().context("there is no refresh token")?;
        let form = [("grant_type", "refresh_token"), ("client_id", CLIENT_ID), ("refresh_token", refresh_token)];
        self.ask_tokens(&form, tokens.refresh_token.clone()).await
    }

    /// The claims of a token that the provider signed for this application and that has not expired.
    pub async fn verify(&self, token: &str, token_use: &str, now: Millis) -> anyhow::Result<Claims> {
        let keys: JwkSet = serde_json::from_slice(&self.send(Method::GET, ".well-known/jwks.json", Body::empty()).await?)?;
        let kid = jsonwebtoken::decode_header(token)?.kid.context("the token names no key")?;
        let key = keys.find(&kid).context("the provider has no such key")?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&self.issuer]);
        validation.validate_aud = false;
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_jwk(key)?, &validation)?.claims;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let audience = if token_use == "id" { text("aud") } else { text("client_id") };
        ensure!(text("token_use") == Some(token_use) && audience == Some(CLIENT_ID), "the token is meant for something else");
        ensure!(claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| exp * SECOND > now), "the token has expired");
        Ok(claims)
    }

    async fn ask_tokens(&self, form: &[(&str, &str)], kept: Option<String>) -> anyhow::Result<Tokens> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let answer: Value = serde_json::from_slice(&self.send(Method::POST, "oauth2/token", Body::from(body)).await?)?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(id_token), Some(access_token)) = (text("id_token"), text("access_token")) else {
            bail!("{}", text("error_description").unwrap_or_else(|| "the provider gave no tokens".into()));
        };
        Ok(Tokens { id_token, access_token, refresh_token: text("refresh_token").or(kept) })
    }

    async fn send(&self, method: Method, path: &str, body: Body) -> anyhow::Result<Vec<u8>> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        let pool = self.issuer.rsplit('/').next().unwrap_or_default();
        *request.uri_mut() = format!("/{pool}/{path}").parse()?;
        request.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse()?);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
        let response = self.server.clone().oneshot(request).await?;
        Ok(axum::body::to_bytes(response.into_body(), 1 << 20).await?.to_vec())
    }
}
