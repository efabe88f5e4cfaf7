//! Dynamic client registration (RFC 7591, OpenID Connect Dynamic Client Registration) and its management (RFC 7592).
//!
//! The pool's `DcrConfiguration` says who may register and for what. Whoever shows an access token with the scope
//! [`SCOPE`] registers as somebody known; where registration is open, anybody may, at a limited rate. People are always asked before a client
//! that registered itself gets something of theirs. A client manages itself with a token of which the hash is stored.

pub mod http;
mod metadata;
mod sector;

pub use crate::clients::scopes::REGISTRATION as SCOPE;
