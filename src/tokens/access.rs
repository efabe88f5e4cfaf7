//! Access tokens as credentials.

use super::claims::key_of;
use super::jwt::{self, Claims};
use super::store::Session;
use super::{keys, store};
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::SECOND;

/// Who an access token speaks for.
#[derive(Debug, Clone)]
pub struct Bearer {
    pub pool_id: String,
    pub sub: String,
    pub client_id: String,
    pub username: String,
    scope: String,
    pub origin_jti: Option<String>,
    event_id: Option<String>,
    /// The thumbprint of the key that the token is bound to (RFC 9449).
    jkt: Option<String>,
}

impl Bearer {
    pub fn jkt(&self) -> Option<&str> {
        self.jkt.as_deref()
    }

    /// The granted scopes, separated by spaces.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// Whether the token is one of this session's. Tokens of clients without revocation do not name it; the event that they share tells.
    pub fn is_of(&self, session: &Session) -> bool {
        match &self.origin_jti {
            Some(origin_jti) => *origin_jti == session.origin_jti,
            None => self.event_id.as_ref() == Some(&session.event_id),
        }
    }

    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|s| s == scope)
    }
}

/// Checks signature, use, expiry and revocation, in this order: nothing is looked up for a token that was not signed here.
pub async fn authenticate(cx: &mut Cx, token: &str) -> Result<Bearer> {
    let invalid = || ApiError::not_authorized("Invalid Access Token");
    let issuer = jwt::peek(token).and_then(|c| jwt::text(&c, "iss").map(str::to_owned)).ok_or_else(invalid)?;
    let pool_id = cx.app.config.pool_of_issuer(&issuer).ok_or_else(invalid)?.to_owned();
    let claims = match (jwt::kid(token), crate::pools::load(cx, &pool_id).await) {
        (Some(kid), Ok(_)) => {
            let unsigned = || ApiError::not_authorized("Could not verify signature for Access Token");
            signed(cx, &pool_id, token, &kid).await?.ok_or_else(unsigned)?
        }
        (_, Err(error)) if error.exception().is_none() => return Err(error),
        _ => return Err(invalid()),
    };
    let text = |name| jwt::text(&claims, name).map(str::to_owned);
    if text("token_use").as_deref() != Some("access") || text("iss").as_deref() != Some(issuer.as_str()) {
        return Err(invalid());
    }
    if jwt::number(&claims, "exp").is_none_or(|exp| exp * SECOND <= cx.now()) {
        return Err(ApiError::not_authorized("Access Token has expired"));
    }
    let (Some(sub), Some(client_id), Some(username)) = (text("sub"), text("client_id"), text("username")) else { return Err(invalid()) };
    let (scope, origin_jti, event_id) = (text("scope").unwrap_or_default(), text("origin_jti"), text("event_id"));
    let jkt = key_of(&claims).map(str::to_owned);
    let bearer = Bearer { pool_id, sub, client_id, username, scope, origin_jti, event_id, jkt };
    check_standing(cx, &bearer, jwt::number(&claims, "iat").unwrap_or_default()).await?;
    Ok(bearer)
}

/// The claims of a token that this key of the pool's signed.
pub(super) async fn signed(cx: &mut Cx, pool_id: &str, token: &str, kid: &str) -> Result<Option<Claims>> {
    let keys = keys::load(cx, pool_id).await?;
    Ok(keys.verifier(kid).and_then(|key| jwt::verify(token, key)))
}

async fn check_standing(cx: &mut Cx, bearer: &Bearer, iat: i64) -> Result<()> {
    if stands(cx, &bearer.pool_id, &bearer.sub, bearer.origin_jti.as_deref(), iat).await? {
        return Ok(());
    }
    Err(ApiError::not_authorized("Access Token has been revoked"))
}

/// Whether a user's token that was made in this second, in this session, is still good.
pub(super) async fn stands(cx: &mut Cx, pool_id: &str, sub: &str, origin_jti: Option<&str>, iat: i64) -> Result<bool> {
    let mut tx = cx.read().await?;
    let standing = crate::users::store::standing(&mut tx, pool_id, sub).await?;
    let (enabled, signed_out_at) = standing.ok_or_else(ApiError::no_such_user)?;
    let void = match origin_jti {
        Some(origin_jti) => store::is_revoked(&mut tx, pool_id, origin_jti).await?,
        // Tokens of clients without revocation name no session: for them the second of the sign-out decides.
        None => iat < signed_out_at / SECOND,
    };
    Ok(enabled && !void)
}
