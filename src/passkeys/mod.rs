//! Passkeys: WebAuthn credentials of users.

crate::api::operations! {}
