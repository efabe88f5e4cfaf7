//! Authorization codes: made after a sign-in, exchanged once.

use super::authorize::{AuthorizeRequest, Reply};
use super::error::{OAuthError, Result};
use super::store::{self, Code};
use crate::api::Cx;
use crate::clients::Client;
use crate::hosted::session::BrowserSession;
use crate::kit::clock::MINUTE;
use crate::kit::{id, mac, text};
use crate::pools::assurance;
use crate::store::Json;
use crate::tokens::issue::{self, Begin, Tokens};
use crate::tokens::requested::Requested;
use crate::tokens::sessions;
use crate::triggers::event::is_of_function;
use crate::triggers::pre_token::{self, Source};

/// A code's life.
const LIFETIME: i64 = 5 * MINUTE;

/// What begins the session of a request's tokens.
pub async fn begin<'a>(
    cx: &mut Cx,
    client: &Client,
    request: &'a AuthorizeRequest,
    session: &BrowserSession,
) -> crate::api::Result<Begin<'a>> {
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    Ok(Begin {
        by_oauth: true,
        scope: &request.scope,
        nonce: request.nonce.clone(),
        auth_time: session.auth_time,
        device_key: None,
        amr: methods(&session.amr),
        origin_session_id: Some(session.session_id.clone()).filter(|id| !id.is_empty()),
        event_id: session.event_id.clone(),
        acr: assurance::acr(&pool, &session.amr),
        requested: Requested {
            id_token: request.claims.id_token.clone(),
            user_info: request.claims.user_info.clone(),
            resources: request.resources.clone(),
        },
    })
}

fn methods(amr: &str) -> Vec<String> {
    amr.split(' ').filter(|method| !method.is_empty()).map(str::to_owned).collect()
}

/// Makes what a request asks for, a code or tokens or both, for a signed-in browser.
pub async fn issue(cx: &mut Cx, client: &Client, request: &AuthorizeRequest, session: &BrowserSession) -> crate::api::Result<Reply> {
    if let Some(page) = super::device::page_of(request) {
        return Ok(Reply::Redirect(page.to_owned()));
    }
    let kind = request.response_type;
    let code = kind.code.then(|| id::uuid(cx.rng()));
    let row = match &code {
        Some(code) => Some(row(cx, client, request, session, code).await?),
        None => None,
    };
    let mut made = None;
    if kind.has_tokens() {
        made = match super::implicit::make(cx, client, request, session, code.as_deref()).await {
            // The application is told what its function said: there is no page to tell it on.
            Err(error) if is_of_function(&error) => {
                return request.destination().error(cx, &client.pool_id, "invalid_request", Some(&error.message())).await;
            }
            made => Some(made?),
        };
    }
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    session.hold(&mut tx, now).await?;
    if let Some(hash) = &request.pushed
        && !super::authorize::store::consume(&mut tx, &client.pool_id, hash).await?
    {
        drop(tx);
        let description = Some("The request that was sent ahead was used before, or has expired");
        return request.destination().error(cx, &client.pool_id, "invalid_request_uri", description).await;
    }
    if let Some(row) = &row {
        store::insert(&mut tx, row).await.map_err(crate::auth::complete::gone)?;
    }
    if let Some(made) = &made {
        sessions::start(&mut tx, &pool, &made.session).await.map_err(crate::auth::complete::gone)?;
    }
    tx.commit().await?;
    let mut answer: Vec<_> = code.map(|code| ("code", code)).into_iter().collect();
    answer.extend(made.into_iter().flat_map(|made| made.answer));
    request.destination().answer(cx, &client.pool_id, answer).await
}

async fn row(cx: &mut Cx, client: &Client, request: &AuthorizeRequest, session: &BrowserSession, code: &str) -> crate::api::Result<Code> {
    let begin = begin(cx, client, request, session).await?;
    Ok(Code {
        pool_id: client.pool_id.clone(),
        hash: mac::sha256_hex(code.as_bytes()),
        client_id: client.id.clone(),
        sub: session.sub.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scope: request.scope.clone(),
        nonce: begin.nonce,
        code_challenge: request.code_challenge.clone(),
        auth_time: session.auth_time,
        amr: session.amr.clone(),
        event_id: begin.event_id,
        origin_session_id: begin.origin_session_id,
        acr: begin.acr,
        requested: Json(begin.requested),
        dpop_jkt: request.dpop_jkt.clone(),
        expires_at: cx.now() + LIFETIME,
        origin_jti: None,
    })
}

/// What a token request says about its code.
pub struct Exchange<'a> {
    pub code: &'a str,
    pub redirect_uri: &'a str,
    pub code_verifier: Option<&'a str>,
    /// The key that the request proves.
    pub jkt: Option<&'a str>,
}

/// The tokens for a code. A second use revokes what the first gave (RFC 6749, 4.1.2): one of the two was not the client's.
pub async fn exchange(cx: &mut Cx, client: &Client, exchange: &Exchange<'_>) -> Result<Tokens> {
    let hash = mac::sha256_hex(exchange.code.as_bytes());
    let found = {
        let mut tx = cx.read().await?;
        store::find(&mut tx, &client.pool_id, &hash).await.map_err(crate::api::ApiError::from)?
    };
    let row = found.filter(|c| c.client_id == client.id).ok_or_else(|| OAuthError::invalid_grant("The code is not valid"))?;
    if let Some(origin_jti) = &row.origin_jti {
        return Err(replayed(cx, &row, origin_jti).await);
    }
    check(cx, &row, exchange)?;
    let (user, standing, groups) = {
        let mut tx = cx.read().await?;
        let user = crate::users::store::find_by_sub(&mut tx, &client.pool_id, &row.sub).await.map_err(crate::api::ApiError::from)?;
        let standing = crate::users::store::standing(&mut tx, &client.pool_id, &row.sub).await.map_err(crate::api::ApiError::from)?;
        let groups = crate::groups::store::membership(&mut tx, &client.pool_id, &row.sub).await.map_err(crate::api::ApiError::from)?;
        (user, standing, groups)
    };
    let user = user.ok_or_else(|| OAuthError::invalid_grant("The user does not exist any more"))?;
    user.may_sign_in()?;
    if standing.is_some_and(|(_, signed_out_at)| signed_out_at >= row.expires_at - LIFETIME) {
        return Err(OAuthError::invalid_grant("The user was signed out since the code was given"));
    }
    let begin = Begin {
        by_oauth: true,
        scope: &row.scope,
        nonce: row.nonce.clone(),
        auth_time: row.auth_time,
        device_key: None,
        amr: methods(&row.amr),
        origin_session_id: row.origin_session_id.clone(),
        event_id: row.event_id.clone(),
        acr: row.acr.clone(),
        requested: row.requested.0.clone(),
    };
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let (session, mut refresh) = issue::begin(cx, client, &user, begin);
    if let Some(jkt) = exchange.jkt.filter(|_| !client.proves_itself()) {
        refresh.bind(jkt);
    }
    let overrides = pre_token::ask(cx, client, (&user, &groups), &session.scope, Source::HostedAuth).await?;
    let tokens = issue::sign_for(cx, client, (&user, &groups), &session, Some(&refresh), &overrides, exchange.jkt).await?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let first = store::redeem(&mut tx, &client.pool_id, &hash, &session.origin_jti).await.map_err(crate::api::ApiError::from)?;
    if !first {
        // Seen from this transaction, the row names the session of the request that was faster.
        let row = store::find(&mut tx, &client.pool_id, &hash).await.map_err(crate::api::ApiError::from)?;
        if let Some(origin_jti) = row.and_then(|r| r.origin_jti) {
            let revoked = crate::tokens::store::revoke_session(&mut tx, &client.pool_id, &origin_jti, now).await;
            revoked.map_err(crate::api::ApiError::from)?;
        }
        tx.commit().await?;
        return Err(used_before());
    }
    sessions::start(&mut tx, &pool, &session).await.map_err(crate::auth::complete::gone)?;
    tx.commit().await?;
    Ok(tokens)
}

fn check(cx: &Cx, row: &Code, exchange: &Exchange<'_>) -> Result<()> {
    if row.expires_at <= cx.now() {
        return Err(OAuthError::invalid_grant("The code has expired"));
    }
    if row.redirect_uri != exchange.redirect_uri {
        return Err(OAuthError::invalid_grant("redirect_uri is not the one that the code was asked for with"));
    }
    // RFC 9449, 10.
    if row.dpop_jkt.is_some() && row.dpop_jkt.as_deref() != exchange.jkt {
        return Err(OAuthError::invalid_grant("The code is bound to another key"));
    }
    match (&row.code_challenge, exchange.code_verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(OAuthError::invalid_grant("code_verifier is missing")),
        (None, Some(_)) => Err(OAuthError::invalid_grant("The code was asked for without a code_challenge")),
        (Some(challenge), Some(verifier)) => {
            // RFC 7636, 4.1 and 4.6.
            let unreserved = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
            let formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
            let computed = text::base64url(&mac::sha256(verifier.as_bytes()));
            if formed && mac::same(computed.as_bytes(), challenge.as_bytes()) {
                return Ok(());
            }
            Err(OAuthError::invalid_grant("code_verifier does not match the code_challenge"))
        }
    }
}

fn used_before() -> OAuthError {
    OAuthError::invalid_grant("The code was used before; the tokens that it gave are revoked")
}

async fn replayed(cx: &mut Cx, row: &Code, origin_jti: &str) -> OAuthError {
    match revoke(cx, row, origin_jti).await {
        Ok(()) => used_before(),
        Err(error) => error.into(),
    }
}

async fn revoke(cx: &mut Cx, row: &Code, origin_jti: &str) -> crate::api::Result<()> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    crate::tokens::store::revoke_session(&mut tx, &row.pool_id, origin_jti, now).await?;
    tx.commit().await
}
