//! Identity providers of a pool, and the users' identities at them.
//!
//! Owns `identity_providers`, `identity_provider_identifiers`, `linked_identities` and `signing_certificates`. A provider's secrets are
//! sealed. A linked identity signs in as one user: the table's key says so. The user's attribute `identities` shows the same links and is
//! written in the same transaction. A client may go on naming a provider that was deleted: the name leads nowhere then.

pub mod certificate;
pub mod details;
pub mod identity;
pub mod metadata;
pub mod ops;
pub mod provider;
pub mod provider_keys;
pub mod store;

pub use provider::{Provider, check_named, load};

crate::api::operations! {
    ops::create::CreateIdentityProvider,
    ops::describe::DescribeIdentityProvider,
    ops::describe::GetIdentityProviderByIdentifier,
    ops::update::UpdateIdentityProvider,
    ops::delete::DeleteIdentityProvider,
    ops::list::ListIdentityProviders,
    ops::link::AdminLinkProviderForUser,
    ops::disable::AdminDisableProviderForUser,
    ops::signing_certificate::GetSigningCertificate,
}
