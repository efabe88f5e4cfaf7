//! Making the tokens of a sign-in or a refresh.

use super::claims::{self, Facts};
use super::keys::{self, Use};
use super::refresh::{Holder, RefreshToken};
use super::requested::Requested;
use super::store::{self, Session};
use crate::api::door::USER_ADMIN_SCOPE;
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::groups::Membership;
use crate::kit::clock::{Millis, SECOND};
use crate::kit::{id, mac, text};
use crate::store::Json;
use crate::triggers::overrides::Overrides;
use crate::triggers::pre_token::{self, Source};
use crate::users::User;

/// The tokens that a sign-in gives.
pub struct Tokens {
    pub access_token: String,
    /// Absent from OAuth answers without the scope `openid`.
    pub id_token: Option<String>,
    /// Absent when refreshing without rotation.
    pub refresh_token: Option<String>,
    /// Seconds.
    pub expires_in: i64,
    /// Seconds until nothing can be refreshed any more; absent where there is nothing to refresh.
    pub refresh_expires_in: Option<i64>,
}

/// What begins a session.
pub struct Begin<'a> {
    /// Whether this is an OAuth exchange rather than a sign-in through the API.
    pub by_oauth: bool,
    pub scope: &'a str,
    pub nonce: Option<String>,
    pub auth_time: Millis,
    pub device_key: Option<String>,
    /// Authentication method references (RFC 8176), in the order in which they were proved.
    pub amr: Vec<String>,
    pub origin_session_id: Option<String>,
    /// The event that the sign-in was recorded as, where it was.
    pub event_id: Option<String>,
    /// The level that the sign-in reached, where tokens tell it.
    pub acr: Option<String>,
    pub requested: Requested,
}

impl Begin<'_> {
    /// A sign-in through the API.
    pub fn api(now: Millis) -> Self {
        Self {
            by_oauth: false,
            scope: USER_ADMIN_SCOPE,
            nonce: None,
            auth_time: now,
            device_key: None,
            amr: Vec::new(),
            origin_session_id: None,
            event_id: None,
            acr: None,
            requested: Requested::default(),
        }
    }
}

/// A new session, not stored yet, and its first refresh token.
pub fn begin(cx: &Cx, client: &Client, user: &User, begin: Begin<'_>) -> (Session, RefreshToken) {
    let refresh = RefreshToken::new(cx, id::uuid(cx.rng()));
    let session = Session {
        pool_id: client.pool_id.clone(),
        origin_jti: refresh.origin_jti.clone(),
        sub: user.sub.clone(),
        client_id: client.id.clone(),
        by_oauth: begin.by_oauth,
        scope: begin.scope.to_owned(),
        nonce: begin.nonce,
        event_id: begin.event_id.unwrap_or_else(|| id::uuid(cx.rng())),
        refresh_hash: refresh.secret_hash(),
        auth_time: begin.auth_time,
        expires_at: cx.now() + client.refresh_token_seconds() * SECOND,
        revoked_at: None,
        device_key: begin.device_key,
        amr: begin.amr.join(" "),
        acr: begin.acr,
        requested: Json(begin.requested),
        session_id: id::session(cx.rng(), "tkn"),
        origin_session_id: begin.origin_session_id,
        last_active_at: cx.now(),
        address: Some(cx.address.to_canonical().to_string()),
        user_agent: cx.user_agent.clone(),
        created_at: cx.now(),
    };
    (session, refresh)
}

/// Signs the tokens of a session, which name the groups that its user is in.
pub async fn sign(
    cx: &mut Cx,
    client: &Client,
    user: &User,
    session: &Session,
    refresh: Option<&RefreshToken>,
    source: Source,
) -> Result<Tokens> {
    let groups = crate::groups::store::membership(&mut *cx.read().await?, &user.pool_id, &user.sub).await?;
    let overrides = pre_token::ask(cx, client, (user, &groups), &session.scope, source).await?;
    sign_for(cx, client, (user, &groups), session, refresh, &overrides, None).await
}

/// The same for callers who read the user's groups together with the user, and have asked the pool's function already. `jkt` is the key that the access
/// token is bound to.
pub async fn sign_for(
    cx: &mut Cx,
    client: &Client,
    (user, groups): (&User, &Membership),
    session: &Session,
    refresh: Option<&RefreshToken>,
    overrides: &Overrides,
    jkt: Option<&str>,
) -> Result<Tokens> {
    let keys = keys::load(cx, &client.pool_id).await?;
    let issuer = cx.app.config.issuer(&client.pool_id);
    let now = cx.now();
    let oauth = session.by_oauth;
    let facts = |cx: &Cx| Facts { issuer: &issuer, session, groups, now, oauth, jti: id::uuid(cx.rng()) };
    let mut access = claims::access(&facts(cx), client, user);
    overrides.apply_to_access(&mut access, &client.id);
    access.extend(jkt.map(claims::bound_to));
    let access_token = keys.signer(Use::Access, now)?.sign(&access)?;
    let id_token = if !oauth || session.scope.split(' ').any(|s| s == "openid") {
        let at_hash = oauth.then(|| half_hash(&access_token));
        let mut id = claims::id(&facts(cx), client, user, at_hash);
        overrides.apply_to_id(&mut id);
        Some(keys.signer(Use::Id, now)?.sign(&id)?)
    } else {
        None
    };
    let refresh_token = refresh.map(|r| r.encode(cx, &client.pool_id));
    let refresh_expires_in = Some((session.expires_at - now) / SECOND);
    Ok(Tokens { access_token, id_token, refresh_token, expires_in: client.access_token_seconds(), refresh_expires_in })
}

/// The left half of a SHA-256, as ID tokens name what came with them (OpenID Connect Core, 3.3.2.11).
pub fn half_hash(text: &str) -> String {
    text::base64url(&mac::sha256(text.as_bytes())[..16])
}

/// What comes through the browser, without waiting for a code to be exchanged.
#[derive(Debug, Clone, Copy)]
pub struct Front<'a> {
    pub access_token: bool,
    pub id_token: bool,
    /// What comes beside the tokens, and the state: the ID token vouches for them.
    pub code: Option<&'a str>,
    pub state: Option<&'a str>,
}

/// Signs the access token and the ID token that come through the browser.
pub async fn sign_front(
    cx: &mut Cx,
    client: &Client,
    user: &User,
    session: &Session,
    front: Front<'_>,
) -> Result<(Option<String>, Option<String>)> {
    let groups = crate::groups::store::membership(&mut *cx.read().await?, &user.pool_id, &user.sub).await?;
    let overrides = pre_token::ask(cx, client, (user, &groups), &session.scope, Source::HostedAuth).await?;
    let keys = keys::load(cx, &client.pool_id).await?;
    let issuer = cx.app.config.issuer(&client.pool_id);
    let now = cx.now();
    let facts = |cx: &Cx| Facts { issuer: &issuer, session, groups: &groups, now, oauth: true, jti: id::uuid(cx.rng()) };
    let mut access_token = None;
    if front.access_token {
        let mut access = claims::access(&facts(cx), client, user);
        overrides.apply_to_access(&mut access, &client.id);
        access_token = Some(keys.signer(Use::Access, now)?.sign(&access)?);
    }
    if !front.id_token {
        return Ok((access_token, None));
    }
    let mut claims = claims::id(&facts(cx), client, user, access_token.as_deref().map(half_hash));
    overrides.apply_to_id(&mut claims);
    claims.extend(front.code.map(|code| ("c_hash".to_owned(), half_hash(code).into())));
    claims.extend(front.state.map(|state| ("s_hash".to_owned(), half_hash(state).into())));
    Ok((access_token, Some(keys.signer(Use::Id, now)?.sign(&claims)?)))
}

/// Refreshes: the session's tokens anew, and the next refresh token where the client rotates them.
/// A session that began on a device is refreshed by that device only.
pub async fn refresh(cx: &mut Cx, client: &Client, token: &str, device_key: Option<&str>, holder: Holder<'_>) -> Result<Tokens> {
    let opened = super::refresh::open_with_user(cx, client, token).await?;
    opened.refresh.check_holder(client, &opened.session, holder)?;
    if opened.session.device_key.is_some() && opened.session.device_key.as_deref() != device_key {
        return Err(crate::api::ApiError::not_authorized("Invalid Refresh Token."));
    }
    let user = opened.user.ok_or_else(crate::api::ApiError::no_such_user)?;
    user.may_sign_in()?;
    let known = (&user, &opened.groups);
    // Before the token is spent: a function that fails must not cost the session.
    let overrides = pre_token::ask(cx, client, known, &opened.session.scope, Source::RefreshTokens).await?;
    let successor = match client.rotation() {
        Some(grace) => Some(super::refresh::rotate(cx, client, &opened.refresh, &opened.session, grace).await?),
        None => None,
    };
    super::sessions::note_use(cx, client, &opened.session).await?;
    sign_for(cx, client, known, &opened.session, successor.as_ref(), &overrides, holder.jkt()).await
}

/// Ends every session of a user: their refresh tokens at once, their access tokens wherever Poolhouse checks them.
pub async fn sign_out_everywhere(tx: &mut crate::store::Tx, pool_id: &str, sub: &str, now: Millis) -> Result<()> {
    crate::oauth::backchannel::tell_of_user(tx, pool_id, sub).await?;
    store::revoke_sessions_of(tx, pool_id, sub, now).await?;
    crate::users::store::set_signed_out(tx, pool_id, sub, now).await?;
    Ok(())
}
