//! Identity and access management: roles, users and policies, what they allow, and temporary credentials.
//!
//! Owns the tables `iam_…`. All of it belongs to the installation's one account. [`policy`] decides and knows nothing else; [`authorize`] is
//! where other rooms ask. Temporary credentials are sealed and stored nowhere.

pub mod authorize;
pub mod entity;
pub mod grants;
pub mod keys;
pub mod managed;
pub mod ops;
pub mod policy;
pub mod principal;
pub mod providers;
pub mod query;
pub mod session;
pub mod store;
pub mod sts;
