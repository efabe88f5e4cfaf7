//! OAuth 2.0 and OpenID Connect endpoints.
//!
//! Owns `authorization_codes`. Each endpoint is by path, `/{pool}/oauth2/…`, and by a pool's host name, where the pool's id is put in front
//! before routing.

pub mod authorize;
pub mod client_auth;
pub mod code;
pub mod discovery;
pub mod error;
pub mod exchange;
pub mod implicit;
pub mod machine;
pub mod revoke;
pub mod store;
pub mod token;
pub mod user_info;

crate::api::operations! {}
