//! ID tokens that come back as a hint (`id_token_hint`): of whom an application speaks. One that has expired is as good.

use crate::api::{Cx, Result};
use crate::tokens::{jwt, keys};

/// What a genuine ID token of the pool's says.
#[derive(Debug, Clone)]
pub struct Hint {
    pub sub: String,
    pub client_id: String,
    /// The browser's session that it came through.
    pub sid: Option<String>,
}

/// Reads a hint. `None` for anything that this pool did not sign as an ID token.
pub async fn read(cx: &mut Cx, pool_id: &str, token: &str) -> Result<Option<Hint>> {
    let Some(kid) = jwt::kid(token) else { return Ok(None) };
    let keys = keys::load(cx, pool_id).await?;
    let issuer = cx.app.config.issuer(pool_id);
    let claims = keys.verifier(&kid).and_then(|key| jwt::verify(token, key));
    Ok(claims.and_then(|claims| {
        let text = |name| jwt::text(&claims, name).map(str::to_owned);
        let is_id = text("token_use").as_deref() == Some("id") && text("iss").as_deref() == Some(&issuer);
        let hint = Hint { sub: text("sub")?, client_id: text("aud")?, sid: text("sid") };
        is_id.then_some(hint)
    }))
}
