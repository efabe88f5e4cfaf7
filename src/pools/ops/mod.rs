//! The operations on pools and their domains.

pub mod create;
pub mod custom_attributes;
pub mod delete;
pub mod describe;
pub mod domain_create;
pub mod domain_delete;
pub mod domain_describe;
pub mod domain_update;
pub mod list;
pub mod update;
