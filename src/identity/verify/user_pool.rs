//! ID tokens of this server's user pools.

use super::{audience, check_times, invalid, malformed, unsigned};
use crate::api::{Cx, Result};
use crate::identity::login::{Kind, Login};
use crate::identity::provider;
use crate::identity::settings::UserPoolProvider;
use crate::tokens::jwt::{self, Claims};
use crate::tokens::{access, keys};

pub async fn verify(cx: &mut Cx, pool_id: &str, clients: &[&UserPoolProvider], token: &str) -> Result<Login> {
    let kid = jwt::kid(token).ok_or_else(malformed)?;
    let issuer = jwt::peek(token).and_then(|claims| jwt::text(&claims, "iss").map(str::to_owned)).ok_or_else(malformed)?;
    if issuer != cx.app.config.issuer(pool_id) {
        return Err(invalid("Issuer doesn't match providerName"));
    }
    let claims = signed(cx, pool_id, &kid, token).await?;
    let is_id_token = jwt::text(&claims, "token_use") == Some("id") && jwt::text(&claims, "iss") == Some(issuer.as_str());
    let subject = jwt::text(&claims, "sub").filter(|_| is_id_token).ok_or_else(malformed)?.to_owned();
    check_times(cx, &claims)?;
    let client = audience(&claims, |audience| clients.iter().any(|c| c.client_id == audience))?;
    if clients.iter().any(|c| c.client_id == client && c.server_side_token_check) {
        check_standing(cx, pool_id, &subject, &claims).await?;
    }
    let provider = provider::user_pool_name(&cx.app.config.region, pool_id);
    Ok(Login { kind: Kind::UserPool { pool_id: pool_id.to_owned() }, provider, subject, client, claims })
}

/// The claims of a token that the pool signed. A pool that is gone vouches for nobody.
async fn signed(cx: &mut Cx, pool_id: &str, kid: &str, token: &str) -> Result<Claims> {
    let gone = |error: crate::api::ApiError| if error.exception().is_some() { unsigned() } else { error };
    crate::pools::load(cx, pool_id).await.map_err(gone)?;
    let keys = keys::load(cx, pool_id).await.map_err(gone)?;
    keys.verifier(kid).and_then(|key| jwt::verify(token, key)).ok_or_else(unsigned)
}

/// Whether the user is there and signed in still.
async fn check_standing(cx: &mut Cx, pool_id: &str, subject: &str, claims: &Claims) -> Result<()> {
    let (origin_jti, iat) = (jwt::text(claims, "origin_jti"), jwt::number(claims, "iat").unwrap_or_default());
    match access::stands(cx, pool_id, subject, origin_jti, iat).await {
        Ok(true) => Ok(()),
        Err(error) if error.exception().is_none() => Err(error),
        _ => Err(invalid("Token has been revoked.")),
    }
}
