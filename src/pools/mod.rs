//! User pools: their settings, schema and domains.
//!
//! Owns `pools`, `domains` and `pool_replicas`. A pool's settings are kept as one JSON document with Cognito's member names. What names a
//! resource of AWS that Poolhouse can do without (roles, keys, configuration sets) is kept for those who read it back; what Poolhouse
//! could not act on is refused when it is set.

pub mod assurance;
pub mod attributes;
pub mod definition;
pub mod device;
pub mod domain;
pub mod functions;
pub mod identity;
pub mod kept;
pub mod messages;
pub mod mfa;
pub mod ops;
pub mod pool;
pub mod protocol;
pub mod replica;
pub mod rules;
pub mod sessions;
pub mod settings;
pub mod store;
pub mod tags;

pub use pool::{Pool, hold, load};

crate::api::operations! {
    ops::create::CreateUserPool,
    ops::describe::DescribeUserPool,
    ops::update::UpdateUserPool,
    ops::delete::DeleteUserPool,
    ops::list::ListUserPools,
    ops::custom_attributes::AddCustomAttributes,
    ops::domain_create::CreateUserPoolDomain,
    ops::domain_describe::DescribeUserPoolDomain,
    ops::domain_update::UpdateUserPoolDomain,
    ops::domain_delete::DeleteUserPoolDomain,
    ops::mfa_config::SetUserPoolMfaConfig,
    ops::mfa_config::GetUserPoolMfaConfig,
    ops::tag_resource::TagResource,
    ops::tag_resource::UntagResource,
    ops::tag_resource::ListTagsForResource,
    ops::replica_create::CreateUserPoolReplica,
    ops::replica_update::UpdateUserPoolReplica,
    ops::replica_delete::DeleteUserPoolReplica,
    ops::replica_list::ListUserPoolReplicas,
}
