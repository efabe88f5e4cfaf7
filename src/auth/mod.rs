//! Signing in: flows and challenges.
//!
//! A challenge's state is sealed into the `Session` (or, for SRP, the `SECRET_BLOCK`) that the caller carries, so that asking for a challenge
//! writes nothing; what was used is remembered until it would have expired, so that it works once.

pub mod answer;
pub mod challenge;
pub mod complete;
pub mod initiate;
pub mod ops;
pub mod password;
pub mod respond;
pub mod srp;
pub mod srp_flow;

crate::api::operations! {
    ops::initiate_auth::InitiateAuth,
    ops::initiate_auth::AdminInitiateAuth,
    ops::respond_to_auth_challenge::RespondToAuthChallenge,
    ops::respond_to_auth_challenge::AdminRespondToAuthChallenge,
    ops::get_tokens::GetTokensFromRefreshToken,
    ops::revoke_token::RevokeToken,
}
