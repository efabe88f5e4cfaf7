//! Tokens of this server's identity pools. The room of identity pools verifies them.

use super::web::Vouched;
use super::web_token::Verified;
use crate::api::{ApiError, Cx};
use crate::iam::query::fault::{Fault, Result};
use crate::identity::provider::OWN;
use crate::identity::token::{self, Fault as TokenFault};

/// What a token of an identity pool says, once it is verified.
pub async fn verify(cx: &mut Cx, token: &str) -> Result<Verified> {
    let subject = match token::verify(cx, token).await {
        Ok(Ok(subject)) => subject,
        Ok(Err(TokenFault::Expired { exp })) => {
            let now = cx.now() / crate::kit::clock::SECOND;
            let message = format!("Token expired: current date/time {now} must be before the expiration date/time {exp}");
            return Err(Fault::expired_identity(message));
        }
        Ok(Err(TokenFault::Foreign | TokenFault::Signature)) => {
            return Err(Fault::invalid_identity("Couldn't retrieve verification key from your identity provider"));
        }
        Err(ApiError::Internal(cause)) => return Err(Fault::Internal(cause)),
        Err(refusal) => return Err(Fault::invalid_identity(refusal.message())),
    };
    Ok(Verified {
        vouched: Vouched { provider: OWN.to_owned(), context: subject.context() },
        issuer: cx.app.config.identity_issuer(),
        subject: subject.identity_id,
        audience: subject.pool_id,
        tags: subject.tags,
        transitive_tags: Vec::new(),
        source_identity: None,
    })
}
