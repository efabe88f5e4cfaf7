//! Identity providers of the account: OpenID Connect and SAML.

pub mod store;
