//! Second factors: authenticator apps, and which factors a user has and prefers.
//!
//! Owns `software_tokens`. A user has one proved authenticator app at most; a new one waits beside it until a code proves it. Its seed is
//! sealed, and a time step whose code was taken is not taken again. What is switched on and preferred is on the user's own row.

pub mod ops;
pub mod software_token;
pub mod store;

crate::api::operations! {
    ops::associate_software_token::AssociateSoftwareToken,
    ops::auth_factors::AdminGetUserAuthFactors,
    ops::auth_factors::GetUserAuthFactors,
    ops::delete_software_token::AdminDeleteSoftwareToken,
    ops::preference::AdminSetUserMFAPreference,
    ops::preference::SetUserMFAPreference,
    ops::user_settings::AdminSetUserSettings,
    ops::user_settings::SetUserSettings,
    ops::verify_software_token::VerifySoftwareToken,
}
