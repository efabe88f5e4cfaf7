//! The operations on app clients, their secrets and resource servers.

pub mod create;
pub mod delete;
pub mod describe;
pub mod list;
pub mod resource_server_create;
pub mod resource_server_delete;
pub mod resource_server_describe;
pub mod resource_server_list;
pub mod resource_server_update;
pub mod secret_add;
pub mod secret_delete;
pub mod secret_list;
pub mod update;
