//! Identity pools: who somebody is to an application, whoever signed them in, and the temporary credentials that this is worth.
//!
//! Owns `identity_pools`, `identities`, `identity_logins` and `identity_keys`. A login is a provider and a subject that it vouched for; in a
//! pool it belongs to one identity, which the tables' keys decide. An identity that never had a login is a guest's; one that lost its last is
//! nobody's. A merged identity stays as a pointer to the one that took its logins. Nothing is believed of a login that was not verified in
//! the same request.

pub mod claims;
pub mod credentials;
pub mod guest;
pub mod http;
pub mod identities;
pub mod jobs;
pub mod keys;
pub mod login;
pub mod ops;
pub mod plan;
pub mod pool;
pub mod provider;
pub mod remote_sts;
pub mod resolve;
pub mod roles;
pub mod settings;
pub mod store;
pub mod tags;
pub mod token;
pub mod verify;

pub use pool::{IdentityPool, load};

crate::api::operations! {
    ops::pool_create::CreateIdentityPool,
    ops::pool_describe::DescribeIdentityPool,
    ops::pool_update::UpdateIdentityPool,
    ops::pool_delete::DeleteIdentityPool,
    ops::pool_list::ListIdentityPools,
    ops::roles::SetIdentityPoolRoles,
    ops::roles::GetIdentityPoolRoles,
    ops::principal_tags::SetPrincipalTagAttributeMap,
    ops::principal_tags::GetPrincipalTagAttributeMap,
    ops::tag_resource::TagResource,
    ops::tag_resource::UntagResource,
    ops::tag_resource::ListTagsForResource,
    ops::get_id::GetId,
    ops::open_id_token::GetOpenIdToken,
    ops::developer_token::GetOpenIdTokenForDeveloperIdentity,
    ops::get_credentials::GetCredentialsForIdentity,
    ops::identity_describe::DescribeIdentity,
    ops::identity_list::ListIdentities,
    ops::identity_delete::DeleteIdentities,
    ops::developer_lookup::LookupDeveloperIdentity,
    ops::developer_merge::MergeDeveloperIdentities,
    ops::developer_unlink::UnlinkDeveloperIdentity,
    ops::unlink::UnlinkIdentity,
}
