//! Tokens that are presented to be exchanged: whose they are, and whether they still hold.

use super::access::{signed, stands};
use super::jwt::{self, Claims};
use super::keys::Use;
use crate::api::{ApiError, Cx, Exception, Result};
use crate::kit::clock::SECOND;

/// A token of this pool's that holds.
pub struct Presented {
    pub claims: Claims,
    pub token_use: Use,
    pub sub: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// `None` for a machine's.
    pub username: Option<String>,
    /// Seconds.
    pub expires_at: i64,
}

impl Presented {
    /// The scopes that it carries. An ID token has none: it says who somebody is, and opens nothing.
    pub fn scopes(&self) -> Vec<&str> {
        jwt::text(&self.claims, "scope").unwrap_or_default().split(' ').filter(|s| !s.is_empty()).collect()
    }

    fn read(claims: Claims, token_use: Use) -> Option<Self> {
        let text = |name| jwt::text(&claims, name).map(str::to_owned);
        let (client_id, username) = match token_use {
            Use::Access => (text("client_id")?, text("username")),
            Use::Id => (text("azp").or_else(|| text("aud"))?, Some(text("cognito:username")?)),
        };
        let (sub, expires_at) = (text("sub")?, jwt::number(&claims, "exp")?);
        // A token without a user is the client's own, or none that was made here.
        let whole = username.is_some() || sub == client_id;
        whole.then_some(Self { claims, token_use, sub, client_id, username, expires_at })
    }
}

/// Checks signature, pool, use, expiry and revocation, in this order. `role` is what the caller calls the token.
pub async fn verify(cx: &mut Cx, pool_id: &str, token: &str, token_use: Use, role: &str) -> Result<Presented> {
    let invalid = || ApiError::not_authorized(format!("Invalid {role} token"));
    let kid = jwt::kid(token).ok_or_else(invalid)?;
    let claims = signed(cx, pool_id, token, &kid).await?.ok_or_else(invalid)?;
    let says = |name, value: &str| jwt::text(&claims, name) == Some(value);
    if !says("iss", &cx.app.config.issuer(pool_id)) || !says("token_use", token_use.as_str()) {
        return Err(invalid());
    }
    let presented = Presented::read(claims, token_use).ok_or_else(invalid)?;
    if presented.expires_at * SECOND <= cx.now() {
        return Err(ApiError::not_authorized(format!("The {role} token has expired")));
    }
    if !holds(cx, pool_id, &presented).await? {
        return Err(ApiError::not_authorized(format!("The {role} token has been revoked")));
    }
    Ok(presented)
}

/// Whether its client is still there and, for a user's, the user and the session.
async fn holds(cx: &mut Cx, pool_id: &str, presented: &Presented) -> Result<bool> {
    match crate::clients::load_in(cx, pool_id, &presented.client_id).await {
        Ok(_) if presented.username.is_none() => Ok(true),
        Ok(_) => {
            let origin_jti = jwt::text(&presented.claims, "origin_jti");
            let iat = jwt::number(&presented.claims, "iat").unwrap_or_default();
            stands(cx, pool_id, &presented.sub, origin_jti, iat).await
        }
        Err(error) if error.is(Exception::ResourceNotFoundException) => Ok(false),
        Err(error) => Err(error),
    }
}
