//! The operations of signing in.

pub mod browser;
pub mod browser_begin;
pub mod get_tokens;
pub mod initiate_auth;
pub mod respond_to_auth_challenge;
pub mod revoke_token;
pub mod sign_in_link;
