//! The operations on users.

pub mod attribute_verification_code;
pub mod change_password;
pub mod confirm_forgot_password;
pub mod confirm_sign_up;
pub mod create_user;
pub mod delete_attributes;
pub mod delete_user;
pub mod enable_user;
pub mod forgot_password;
pub mod get_user;
pub mod list_users;
pub mod resend_confirmation_code;
pub mod reset_password;
pub mod set_password;
pub mod sign_out;
pub mod sign_up;
pub mod update_attributes;
pub mod verify_attribute;
