//! The operations on branding.

pub mod managed_login_create;
pub mod managed_login_delete;
pub mod managed_login_describe;
pub mod managed_login_update;
pub mod terms_create;
pub mod terms_delete;
pub mod terms_describe;
pub mod terms_list;
pub mod terms_update;
pub mod ui_customization;
