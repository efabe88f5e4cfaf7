//! The operations, one file for each pair.

pub mod developer_lookup;
pub mod developer_merge;
pub mod developer_token;
pub mod developer_unlink;
pub mod get_credentials;
pub mod get_id;
pub mod identity_delete;
pub mod identity_describe;
pub mod identity_list;
pub mod open_id_token;
pub mod pool_create;
pub mod pool_delete;
pub mod pool_describe;
pub mod pool_list;
pub mod pool_update;
pub mod principal_tags;
pub mod roles;
pub mod tag_resource;
pub mod unlink;
