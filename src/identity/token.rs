//! OpenID tokens of identities: made here, and known again here.

use super::IdentityPool;
use super::claims::Subject;
use super::keys;
use crate::api::{Cx, Result};
use crate::kit::clock::SECOND;
use crate::tokens::jwt;

/// How long a token lives, in seconds, where the request does not say: one of the classic flow, and a developer's.
pub const SECONDS: i64 = 600;
pub const DEVELOPER_SECONDS: i64 = 900;

/// A token that says who somebody is to a pool.
pub async fn issue(cx: &mut Cx, pool: &IdentityPool, subject: &Subject, seconds: i64) -> Result<String> {
    let keys = keys::load(cx).await?;
    let claims = subject.claims(&cx.app.config.identity_issuer(), &pool.arn(cx), cx.now(), seconds);
    Ok(keys.signer(cx.now())?.sign(&claims)?)
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not one of this issuer's.
    Foreign,
    Signature,
    /// Seconds.
    Expired {
        exp: i64,
    },
}

/// Who a token of this issuer's is about, once its signature and times were checked. The audience is the subject's pool.
pub async fn verify(cx: &mut Cx, token: &str) -> Result<Result<Subject, Fault>> {
    let issuer = cx.app.config.identity_issuer();
    let is_ours = jwt::peek(token).is_some_and(|claims| jwt::text(&claims, "iss") == Some(issuer.as_str()));
    if !is_ours {
        return Ok(Err(Fault::Foreign));
    }
    let keys = keys::load(cx).await?;
    let Some(claims) = keys.verify(token) else { return Ok(Err(Fault::Signature)) };
    let Some((exp, subject)) = jwt::number(&claims, "exp").zip(Subject::from_claims(&claims)) else { return Ok(Err(Fault::Foreign)) };
    Ok(if exp * SECOND <= cx.now() { Err(Fault::Expired { exp }) } else { Ok(subject) })
}
