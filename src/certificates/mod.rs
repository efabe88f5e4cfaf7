//! TLS in the binary: which certificate answers for a host name, and where it comes from.
//!
//! Owns `certificates`, `certificate_orders`, `certificate_challenges` and `certificate_accounts`. Certificates come from files, from an ACME
//! authority (RFC 8555), or, for development, from an authority that Poolhouse makes itself. Files win; an authority is asked only for names
//! that are served: the public host and the pools' domains. Private keys and accounts are sealed.

mod acme;
pub mod challenge;
mod files;
mod handshake;
pub mod jobs;
mod local;
mod names;
mod outbound_client;
pub mod store;

pub use handshake::{LOOK, Tls, accept};
pub use local::announce as authority_file;

/// The purpose that private keys and accounts are sealed for.
pub const PURPOSE: &str = "TLS certificate";
