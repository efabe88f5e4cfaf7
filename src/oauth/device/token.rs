//! A device's question whether its user has allowed it (RFC 8628, 3.4 and 3.5).

use super::INTERVAL;
use super::store::{self, APPROVED, DENIED, Grant, PENDING};
use crate::api::{ApiError, Cx};
use crate::clients::Client;
use crate::kit::clock::SECOND;
use crate::kit::mac;
use crate::oauth::client_auth::Form;
use crate::oauth::error::{OAuthError, Result};
use crate::pools::{Pool, assurance};
use crate::tokens::issue::{self, Begin, Tokens};
use crate::tokens::requested::Requested;
use crate::tokens::sessions;
use crate::triggers::pre_token::{self, Source};

pub async fn grant(cx: &mut Cx, client: &Client, form: &Form, jkt: Option<&str>) -> Result<Tokens> {
    if !client.oauth().device_flow {
        return Err(OAuthError::new("unauthorized_client", "The client is not allowed the device flow"));
    }
    let hash = mac::sha256_hex(form.require("device_code")?.as_bytes());
    let found = store::find(&mut *cx.read().await?, &client.pool_id, &hash).await.map_err(ApiError::from)?;
    let grant = found.filter(|g| g.client_id == client.id).ok_or_else(|| OAuthError::invalid_grant("The device_code is not valid"))?;
    if grant.expires_at <= cx.now() {
        return Err(OAuthError::new("expired_token", "The code was not entered in time"));
    }
    match grant.status.as_str() {
        PENDING => Err(ask_again(cx, &grant).await?),
        APPROVED => redeem(cx, client, &grant, jkt).await,
        DENIED => Err(OAuthError::new("access_denied", "The user did not allow it")),
        _ => Err(OAuthError::invalid_grant("The device_code was used before")),
    }
}

/// That nothing is decided yet and, to a device that asks too often, that it must wait longer.
async fn ask_again(cx: &mut Cx, grant: &Grant) -> Result<OAuthError> {
    let now = cx.now();
    let hasty = now < grant.polled_at + grant.poll_interval * SECOND;
    let interval = if hasty { grant.poll_interval + INTERVAL } else { grant.poll_interval };
    let mut tx = cx.begin().await?;
    store::note_poll(&mut tx, grant, now, interval).await.map_err(ApiError::from)?;
    tx.commit().await?;
    Ok(if hasty {
        OAuthError::new("slow_down", format!("Ask every {interval} seconds at most"))
    } else {
        OAuthError::new("authorization_pending", "The user has not decided yet")
    })
}

async fn redeem(cx: &mut Cx, client: &Client, grant: &Grant, jkt: Option<&str>) -> Result<Tokens> {
    let gone = || OAuthError::invalid_grant("The user does not exist any more");
    let (sub, decided_at) = (grant.sub.as_deref().ok_or_else(gone)?, grant.decided_at.unwrap_or_default());
    let (user, standing, groups) = {
        let mut tx = cx.read().await?;
        let user = crate::users::store::find_by_sub(&mut tx, &client.pool_id, sub).await.map_err(ApiError::from)?;
        let standing = crate::users::store::standing(&mut tx, &client.pool_id, sub).await.map_err(ApiError::from)?;
        let groups = crate::groups::store::membership(&mut tx, &client.pool_id, sub).await.map_err(ApiError::from)?;
        (user, standing, groups)
    };
    let user = user.ok_or_else(gone)?;
    user.may_sign_in()?;
    if standing.is_some_and(|(_, signed_out_at)| signed_out_at >= decided_at) {
        return Err(OAuthError::invalid_grant("The user was signed out since then"));
    }
    let pool = crate::pools::load(cx, &client.pool_id).await?;
    let (session, mut refresh) = issue::begin(cx, client, &user, begin(&pool, grant));
    if let Some(jkt) = jkt.filter(|_| !client.proves_itself()) {
        refresh.bind(jkt);
    }
    let overrides = pre_token::ask(cx, client, (&user, &groups), &session.scope, Source::HostedAuth).await?;
    let tokens = issue::sign_for(cx, client, (&user, &groups), &session, Some(&refresh), &overrides, jkt).await?;
    let mut tx = cx.begin().await?;
    if !store::redeem(&mut tx, grant).await.map_err(ApiError::from)? {
        return Err(OAuthError::invalid_grant("The device_code was used before"));
    }
    sessions::start(&mut tx, &pool, &session).await.map_err(crate::auth::complete::gone)?;
    tx.commit().await?;
    Ok(tokens)
}

fn begin<'a>(pool: &Pool, grant: &'a Grant) -> Begin<'a> {
    let amr = grant.amr.as_deref().unwrap_or_default();
    Begin {
        by_oauth: true,
        scope: &grant.scope,
        nonce: None,
        auth_time: grant.auth_time.unwrap_or_default(),
        device_key: None,
        amr: amr.split(' ').filter(|method| !method.is_empty()).map(str::to_owned).collect(),
        origin_session_id: grant.origin_session_id.clone(),
        event_id: grant.event_id.clone(),
        acr: assurance::acr(pool, amr),
        requested: Requested::default(),
    }
}
