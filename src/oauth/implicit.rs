//! Tokens that come at once, through the browser: the implicit flow (RFC 6749, 4.2; OpenID Connect Core, 3.2) and the front half of the hybrid
//! one (3.3). There is nothing to refresh them with. For applications that still ask for it; new ones use a code with PKCE.

use super::authorize::AuthorizeRequest;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::hosted::session::BrowserSession;
use crate::tokens::issue::{self, Front};
use crate::tokens::store::Session;

/// A session, not stored yet, and what is answered of it.
pub struct Made {
    pub session: Session,
    pub answer: Vec<(&'static str, String)>,
}

/// Makes the tokens of a signed-in browser that the request asks for beside the code.
pub async fn make(cx: &mut Cx, client: &Client, request: &AuthorizeRequest, browser: &BrowserSession, code: Option<&str>) -> Result<Made> {
    let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &client.pool_id, &browser.sub).await?;
    let user = user.ok_or_else(ApiError::bad_credentials)?;
    user.may_sign_in()?;
    let begin = super::code::begin(cx, client, request, browser).await?;
    let (session, _) = issue::begin(cx, client, &user, begin);
    let kind = request.response_type;
    // Cognito's type `token` gives an ID token too, where the scope says so.
    let by_scope = !kind.code && kind.token && request.scope.split(' ').any(|s| s == "openid");
    let front = Front { access_token: kind.token, id_token: kind.id_token || by_scope, code, state: request.state.as_deref() };
    let (access_token, id_token) = issue::sign_front(cx, client, &user, &session, front).await?;
    let mut answer = Vec::new();
    if let Some(access_token) = access_token {
        answer.push(("access_token", access_token));
        answer.push(("expires_in", client.access_token_seconds().to_string()));
        answer.push(("token_type", "Bearer".to_owned()));
    }
    answer.extend(id_token.map(|id_token| ("id_token", id_token)));
    Ok(Made { session, answer })
}
