//! OAuth 2.0 and OpenID Connect endpoints.
//!
//! Owns `authorization_codes` and `device_grants`; `authorize`, `backchannel` and `consent` own their tables. Each endpoint is by path, `/{pool}/oauth2/…`, and by a pool's host name, where the pool's id is put in front
//! before routing.

pub mod assertion;
pub mod authorize;
pub mod backchannel;
pub mod bearer;
pub mod client_auth;
pub mod code;
pub mod consent;
pub mod device;
pub mod discovery;
pub mod dpop;
pub mod endpoint;
pub mod error;
pub mod exchange;
pub mod implicit;
pub mod introspect;
pub mod machine;
pub mod registration;
pub mod revoke;
pub mod store;
pub mod token;
pub mod user_info;

crate::api::operations! {}
