//! User pools: their settings, schema and domains.
//!
//! Owns `pools` and `domains`. A pool's settings are kept as one JSON document with Cognito's member names; what Poolhouse cannot act on
//! is refused when it is set, so a stored setting always has an effect.

pub mod attributes;
pub mod domain;
pub mod mfa;
pub mod ops;
pub mod pool;
pub mod sessions;
pub mod settings;
pub mod store;

pub use pool::{Pool, load};

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
}
