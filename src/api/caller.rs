//! Who signed a request: the root key, a user's key, or temporary credentials.

use super::ApiError;
use super::door::Caller;
use super::sigv4::{self, SigError, Signed};
use super::wire::Incoming;
use crate::boot::app::App;
use crate::iam::keys;
use crate::iam::principal::Principal;
use crate::iam::session::Session;
use crate::kit::clock::SECOND;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why nobody is recognised.
#[derive(Debug, thiserror::Error)]
pub enum Unrecognized {
    #[error(transparent)]
    Signature(#[from] SigError),
    /// There is no such key, or no such session.
    #[error("The security token included in the request is invalid.")]
    Key,
    #[error("The security token included in the request is expired")]
    Expired,
    #[error(transparent)]
    Internal(#[from] crate::store::StoreError),
}

/// Who a key belongs to, before anything is known of the signature.
enum Holder {
    Root,
    User(String),
    Session(Box<Session>),
}

/// The caller of a service (`cognito-idp`, `lambda`, `iam`, …). Somebody who did not sign is anonymous; a wrong signature is refused.
pub async fn caller(app: &Arc<App>, incoming: &Incoming<'_>, service: &str) -> Result<Caller, ApiError> {
    identify(app, incoming, service).await.map_err(ApiError::from)
}

/// The same, with a refusal that other protocols have words of their own for.
pub async fn identify(app: &Arc<App>, incoming: &Incoming<'_>, service: &str) -> Result<Caller, Unrecognized> {
    let Some(signed) = sigv4::parse(incoming.uri, incoming.headers)? else { return Ok(Caller::Anonymous) };
    // These services have one address for all regions, whose signatures name the first.
    let global = matches!(service, "iam" | "sts") && signed.credential().region == "us-east-1";
    let region = if global { "us-east-1" } else { &app.config.region };
    signed.check_scope(region, service)?;
    let (holder, secret) = holder(app, &signed).await?.ok_or(Unrecognized::Key)?;
    let now = app.clock.now();
    signed.verify(incoming.method, incoming.uri, incoming.headers, &incoming.body, &secret, now / SECOND)?;
    match holder {
        Holder::Root => Ok(Caller::Root),
        Holder::User(name) => principal(Principal::of_user(app, &name).await?),
        Holder::Session(session) if session.expires_at <= now => Err(Unrecognized::Expired),
        Holder::Session(session) => principal(Principal::of_session(app, &session).await?),
    }
}

fn principal(found: Option<Principal>) -> Result<Caller, Unrecognized> {
    found.map(|principal| Caller::Iam(Arc::new(principal))).ok_or(Unrecognized::Key)
}

/// Whether the request names a key that exists.
pub async fn names_a_key(app: &App, incoming_uri: &http::Uri, headers: &http::HeaderMap) -> bool {
    match sigv4::parse(incoming_uri, headers) {
        Ok(Some(signed)) => matches!(holder(app, &signed).await, Ok(Some(_))),
        _ => false,
    }
}

/// Whose key the request names, and the key's secret. A session's token says it all; other keys are looked up each time.
async fn holder(app: &App, signed: &Signed) -> Result<Option<(Holder, Zeroizing<String>)>, Unrecognized> {
    let id = &signed.credential().access_key_id;
    if let Some(token) = signed.session_token() {
        let session = Session::open(&app.sealer, token, id);
        return Ok(session
            .map(|s| (Zeroizing::new(s.secret_access_key.clone()), s))
            .map(|(secret, s)| (Holder::Session(Box::new(s)), secret)));
    }
    if *id == app.root_key.access_key_id {
        return Ok(Some((Holder::Root, app.root_key.secret_access_key.clone())));
    }
    if !id.starts_with("AKIA") || id.len() > 128 || !id.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let mut tx = app.db.read().await?;
    let Some(key) = keys::store::find(&mut tx, id).await?.filter(|key| key.is_active && key.account_id == app.config.account_id) else {
        return Ok(None);
    };
    let secret = app.sealer.open(keys::PURPOSE, &key.secret).and_then(|plain| String::from_utf8(plain.to_vec()).ok());
    Ok(secret.map(|secret| (Holder::User(key.owner), Zeroizing::new(secret))))
}

impl From<Unrecognized> for ApiError {
    fn from(why: Unrecognized) -> Self {
        let message = why.to_string();
        match why {
            Unrecognized::Signature(error) => match error.exception() {
                "MissingAuthenticationTokenException" => Self::missing_authentication_token(message),
                "IncompleteSignatureException" => Self::incomplete_signature(message),
                _ => Self::invalid_signature(message),
            },
            Unrecognized::Key => Self::unrecognized_client(message),
            Unrecognized::Expired => Self::expired_token(message),
            Unrecognized::Internal(error) => Self::Internal(error.into()),
        }
    }
}
