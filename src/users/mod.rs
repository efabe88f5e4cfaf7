//! Users: their attributes, names, passwords, codes and states.
//!
//! Owns `users`, `user_aliases`, `user_search`, `codes`, `password_history` and `attempts`. A name or alias has one owner at a time: the
//! keys of the tables say so, so that two sign-ups at once have one outcome.

pub mod attempts;
pub mod attributes;
pub mod code;
pub mod estimate;
pub mod guesses;
pub mod jobs;
pub mod lookup;
pub mod mfa;
pub mod ops;
pub mod password;
pub mod rekey;
pub mod store;
pub mod user;

pub use user::{Status, User};

crate::api::operations! {
    ops::sign_up::SignUp,
    ops::confirm_sign_up::ConfirmSignUp,
    ops::confirm_sign_up::AdminConfirmSignUp,
    ops::resend_confirmation_code::ResendConfirmationCode,
    ops::forgot_password::ForgotPassword,
    ops::confirm_forgot_password::ConfirmForgotPassword,
    ops::change_password::ChangePassword,
    ops::get_user::GetUser,
    ops::get_user::AdminGetUser,
    ops::update_attributes::UpdateUserAttributes,
    ops::update_attributes::AdminUpdateUserAttributes,
    ops::delete_attributes::DeleteUserAttributes,
    ops::delete_attributes::AdminDeleteUserAttributes,
    ops::attribute_verification_code::GetUserAttributeVerificationCode,
    ops::verify_attribute::VerifyUserAttribute,
    ops::delete_user::DeleteUser,
    ops::delete_user::AdminDeleteUser,
    ops::sign_out::GlobalSignOut,
    ops::sign_out::AdminUserGlobalSignOut,
    ops::create_user::AdminCreateUser,
    ops::list_users::ListUsers,
    ops::enable_user::AdminEnableUser,
    ops::enable_user::AdminDisableUser,
    ops::reset_password::AdminResetUserPassword,
    ops::set_password::AdminSetUserPassword,
}
