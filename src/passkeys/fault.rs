//! What can be wrong with a credential, and how a registration says so.

use crate::api::ApiError;

/// Why the verification of a credential stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not what an authenticator makes.
    Malformed,
    /// A registration where a sign-in belongs, or the other way round.
    Type,
    Challenge,
    Origin,
    RelyingParty,
    UserPresence,
    UserVerification,
    /// Its backup flags contradict each other, or what they said before.
    Backup,
    Algorithm,
    Signature,
    /// The authenticator has counted further before: there may be a copy of it (section 6.1.1).
    Counter,
    /// There is no such passkey, or it is somebody else's.
    Unknown,
}

impl Fault {
    /// What a registration is refused with.
    pub fn refuse_registration(self) -> ApiError {
        let unsupported = ApiError::web_authn_credential_not_supported;
        match self {
            Self::Challenge => challenge_not_found(),
            Self::Origin => ApiError::web_authn_origin_not_allowed("The origin of the credential is not allowed for the relying party."),
            Self::RelyingParty => {
                ApiError::web_authn_relying_party_mismatch("The credential belongs to another relying party than the user pool's.")
            }
            Self::Type => unsupported("The credential was not made by a registration."),
            Self::UserPresence => unsupported("The authenticator did not test for the user's presence."),
            Self::UserVerification => unsupported("The user pool requires user verification."),
            Self::Algorithm => unsupported("The credential's algorithm is not supported: only ES256 and RS256 are."),
            Self::Malformed | Self::Backup | Self::Signature | Self::Counter | Self::Unknown => unsupported("The credential is malformed."),
        }
    }

    /// What a sign-in is refused with: the same for every reason, so that it tells nothing about anybody's passkeys.
    pub fn refuse_assertion(self) -> ApiError {
        tracing::debug!(fault = ?self, "a passkey was refused");
        ApiError::not_authorized("Invalid WebAuthn credential.")
    }
}

pub fn challenge_not_found() -> ApiError {
    ApiError::web_authn_challenge_not_found("The registration's challenge was not found, has expired or was used already.")
}
