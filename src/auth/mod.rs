//! Signing in: flows and challenges.
//!
//! A challenge's state is sealed into the `Session` (or, for SRP, the `SECRET_BLOCK`) that the caller carries, so that asking for a challenge
//! writes nothing; what was used is remembered until it would have expired, so that it works once.
//!
//! Each proof is a [`progress::Progress`] further; [`complete::proceed`] says what comes next: another challenge, or the end. The end is tokens
//! for the API and a browser session for the hosted pages.

pub mod after_sign_up;
pub mod answer;
pub mod challenge;
pub mod choice;
pub mod complete;
pub mod custom;
pub mod device;
pub mod factors;
pub mod history;
pub mod initiate;
pub mod link;
pub mod new_password;
pub mod ops;
pub mod otp;
pub mod passkey;
pub mod password;
pub mod progress;
pub mod respond;
pub mod second_factor;
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
