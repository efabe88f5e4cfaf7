//! Passkeys: WebAuthn credentials of users (W3C Web Authentication, Level 3).
//!
//! Owns `passkeys` and `webauthn_challenges`. A credential id belongs to one user of a pool, and a user has no more than [`LIMIT`] of them: the
//! keys of the table say so. A registration's challenge works once, for the client that began it, and for [`LIFETIME`] at most. Attestation is
//! not asked for and not trusted, as in Cognito: what a passkey proves is that its private key is still the one that was registered.
//!
//! The relying party is the pool's `RelyingPartyId`, else its custom domain, else the host name of its prefix domain. A page may use passkeys
//! over https at that name or below it. For development a `RelyingPartyId` of `localhost` (or a name below it) works over plain http too.

pub mod assertion;
pub mod authenticator_data;
pub mod cbor;
pub mod client_data;
pub mod credential;
pub mod fault;
pub mod jobs;
pub mod ops;
pub mod provider;
pub mod public_key;
pub mod relying_party;
pub mod store;

use crate::kit::clock::{MINUTE, Millis};

/// Passkeys that a user may have.
pub const LIMIT: i64 = 20;
/// How long a registration may take.
pub const LIFETIME: Millis = 5 * MINUTE;

crate::api::operations! {
    ops::start_registration::StartWebAuthnRegistration,
    ops::complete_registration::CompleteWebAuthnRegistration,
    ops::list_credentials::ListWebAuthnCredentials,
    ops::delete_credential::DeleteWebAuthnCredential,
}
