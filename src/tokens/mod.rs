//! Tokens: signing keys, JWTs, sessions and their refresh tokens.
//!
//! Owns `pool_keys`, `sessions` and `spent`. A session is one sign-in on one client; its tokens share `origin_jti`. A refresh token is sealed,
//! so that a genuine but superseded one can be told from a made-up one, and carries a secret of which only the hash is stored.

pub mod access;
pub mod claims;
pub mod issue;
pub mod jobs;
pub mod jwt;
pub mod keys;
pub mod refresh;
pub mod store;

crate::api::operations! {}
