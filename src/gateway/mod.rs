//! Poolhouse in front of other servers: proxies ask here whether a request may pass.
//!
//! Owns no tables.

pub mod forward_auth;
