//! The implicit flow (RFC 6749, 4.2; OpenID Connect Core, 3.2): tokens at once, in the fragment of the address, and nothing to refresh them with.
//! For applications that still ask for it; new ones use a code with PKCE.

use super::authorize::AuthorizeRequest;
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::hosted::session::BrowserSession;
use crate::tokens::issue::{self, Begin};
use crate::tokens::sessions;
use crate::triggers::event::is_of_function;
use crate::triggers::pre_token::Source;

/// Makes tokens for a signed-in browser and says where to take them.
pub async fn issue(cx: &mut Cx, client: &Client, request: &AuthorizeRequest, browser: &BrowserSession) -> Result<String> {
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let user = crate::users::store::find_by_sub(&mut *cx.read().await?, &client.pool_id, &browser.sub).await?;
    let user = user.ok_or_else(ApiError::bad_credentials)?;
    user.may_sign_in()?;
    let begin = Begin {
        by_oauth: true,
        scope: &request.scope,
        nonce: request.nonce.clone(),
        auth_time: browser.auth_time,
        device_key: None,
        amr: browser.amr.split(' ').filter(|method| !method.is_empty()).map(str::to_owned).collect(),
        origin_session_id: Some(browser.session_id.clone()),
        event_id: browser.event_id.clone(),
    };
    let (session, _) = issue::begin(cx, client, &user, begin);
    let tokens = match issue::sign(cx, client, &user, &session, None, Source::HostedAuth).await {
        // The application is told what its function said: there is no page to tell it on.
        Err(error) if is_of_function(&error) => {
            return Ok(request.with_answer(&[("error", "invalid_request"), ("error_description", &error.message())]));
        }
        tokens => tokens?,
    };
    let now = cx.now();
    let mut tx = cx.begin().await?;
    browser.hold(&mut tx, now).await?;
    sessions::start(&mut tx, &pool, &session).await.map_err(crate::auth::complete::gone)?;
    tx.commit().await?;
    let expires_in = tokens.expires_in.to_string();
    let mut answer = vec![("access_token", tokens.access_token.as_str()), ("expires_in", &expires_in), ("token_type", "Bearer")];
    answer.extend(tokens.id_token.as_deref().map(|id_token| ("id_token", id_token)));
    Ok(request.with_answer(&answer))
}
