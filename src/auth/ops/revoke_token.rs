//! RevokeToken

use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::clients::Client;
use crate::tokens::ops::revoke_session::Associated;
use crate::tokens::refresh::RefreshToken;
use crate::tokens::{jwt, sessions, store};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeToken {
    pub token: String,
    pub client_id: String,
    #[serde(default)]
    pub client_secret: Option<String>,
    #[serde(default)]
    pub revoke_associated_sessions: Associated,
}

impl Operation for RevokeToken {
    const NAME: &'static str = "RevokeToken";
    const DOOR: Door = Door::Public;
    type Output = Empty;

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let client = crate::clients::load(cx, &self.client_id).await?;
        if !client.knows_secret(self.client_secret.as_deref()) {
            return Err(ApiError::unauthorized("Unable to verify the client's secret."));
        }
        if client.enable_token_revocation == Some(false) {
            return Err(ApiError::unsupported_operation("Token revocation is not enabled for this client."));
        }
        revoke(cx, &client, &self.token, self.revoke_associated_sessions).await?;
        Ok(Empty {})
    }
}

/// Ends the session of a refresh token and, where it is linked to a browser's session and the pool tracks those, that one too. A token that is unknown or revoked already is none to complain about (RFC 7009, 2.2).
pub async fn revoke(cx: &mut Cx, client: &Client, token: &str, associated: Associated) -> Result<()> {
    if jwt::peek(token).is_some() {
        return Err(ApiError::unsupported_token_type("Only refresh tokens can be revoked."));
    }
    let Some(refresh) = RefreshToken::decode(cx, &client.pool_id, token) else { return Ok(()) };
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let linked = associated == Associated::Linked && sessions::are_tracked(&pool);
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let session = store::session(&mut tx, &client.pool_id, &refresh.origin_jti).await?;
    let Some(session) = session.filter(|s| s.refresh_hash == refresh.secret_hash()) else { return Ok(()) };
    if session.client_id != client.id {
        return Err(ApiError::unauthorized("The token was not issued to this client."));
    }
    if let Some(browser) = session.origin_session_id.as_deref().filter(|_| linked) {
        sessions::revoke_browser(&mut tx, &client.pool_id, &session.sub, browser).await?;
    }
    store::revoke_session(&mut tx, &client.pool_id, &session.origin_jti, now).await?;
    tx.commit().await
}
