//! Tokens of this server's identity pools. The room of identity pools verifies them.

use super::web_token::Verified;
use crate::api::Cx;
use crate::iam::query::fault::{Fault, Result};

/// The issuer of identity pools' tokens.
pub const ISSUER: &str = "https://cognito-identity.amazonaws.com";

/// What a token of an identity pool says, once it is verified.
pub async fn verify(_cx: &mut Cx, _token: &str) -> Result<Verified> {
    Err(Fault::invalid_identity("No OpenIDConnect provider found in your account for https://cognito-identity.amazonaws.com"))
}
