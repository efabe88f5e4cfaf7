//! Tokens: signing keys, JWTs, sessions and their refresh tokens.
//!
//! Owns `pool_keys`, `sessions`, `spent` and `client_session_configurations`. A session is one sign-in on one client; its tokens share `origin_jti`. A refresh token is sealed,
//! so that a genuine but superseded one can be told from a made-up one, and carries a secret of which only the hash is stored.
//!
//! Machine tokens speak for a client itself, derived tokens for the user of the token that they were exchanged for. Neither begins a session:
//! a derived token ends with its subject's.

pub mod access;
pub mod claims;
pub mod derive;
pub mod issue;
pub mod jobs;
pub mod jwt;
pub mod keys;
pub mod machine;
pub mod ops;
pub mod presented;
pub mod refresh;
pub mod requested;
pub mod sessions;
pub mod store;

crate::api::operations! {
    ops::get_client_token::GetClientToken,
    ops::get_derived_token::GetDerivedToken,
    ops::list_sessions::ListUserSessions,
    ops::list_sessions::AdminListUserSessions,
    ops::revoke_session::RevokeUserSession,
    ops::revoke_session::AdminRevokeUserSession,
    ops::pool_session_configuration::SetUserPoolSessionConfiguration,
    ops::pool_session_configuration::GetUserPoolSessionConfiguration,
    ops::client_session_configuration::SetUserPoolClientSessionConfiguration,
    ops::client_session_configuration::GetUserPoolClientSessionConfiguration,
}
