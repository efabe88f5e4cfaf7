//! One file for each operation.

pub mod complete_registration;
pub mod delete_credential;
pub mod list_credentials;
pub mod start_registration;

use crate::api::{ApiError, Cx, Result};
use crate::users::{Status, User, lookup};

/// The user behind the access token. One whose password was reset must set a new one before touching the passkeys.
async fn bearer(cx: &mut Cx) -> Result<User> {
    let user = lookup::bearer(cx).await?;
    if user.status == Status::ResetRequired {
        return Err(ApiError::password_reset_required("Password reset required for the user"));
    }
    Ok(user)
}

fn limit_exceeded() -> ApiError {
    ApiError::limit_exceeded("The user has the maximum number of WebAuthn credentials.")
}
