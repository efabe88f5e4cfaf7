//! The operations on pools, their domains, tags and replicas.

pub mod create;
pub mod custom_attributes;
pub mod delete;
pub mod describe;
pub mod domain_create;
pub mod domain_delete;
pub mod domain_describe;
pub mod domain_update;
pub mod list;
pub mod mfa_config;
pub mod replica_create;
pub mod replica_delete;
pub mod replica_list;
pub mod replica_update;
pub mod tag_resource;
pub mod update;
