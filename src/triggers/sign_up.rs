//! PreSignUp: whether somebody may have an account, and what of it counts as proved.

use super::{event, functions};
use crate::api::{ApiError, Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::users::{Status, User};
use serde_json::{Value, json};

const TRIGGER: &str = "PreSignUp";

/// What a function decides about a new account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    pub confirm: bool,
    verify_email: bool,
    verify_phone: bool,
}

impl Verdict {
    /// Whether an address counts as proved, so that an alias of somebody else's moves here.
    pub fn proves(self) -> bool {
        self.verify_email || self.verify_phone
    }

    /// Writes the verdict into the new user.
    pub fn apply(self, user: &mut User) -> Result<()> {
        if self.confirm {
            user.status = Status::Confirmed;
        }
        for (verify, name) in [(self.verify_email, "email"), (self.verify_phone, "phone_number")] {
            if verify && user.attribute(name).is_none() {
                return Err(ApiError::invalid_lambda_response(format!("{TRIGGER} verifies {name}, which the user does not have.")));
            }
            if verify {
                user.set_verified(name, true);
            }
        }
        Ok(())
    }
}

/// Asks about a sign-up. Nobody knows the user yet: the event has no `sub` and no status.
pub async fn ask(cx: &mut Cx, pool: &Pool, client: &Client, user: &User) -> Result<Verdict> {
    let Some(response) = call(cx, pool, "PreSignUp_SignUp", &client.id, user).await? else { return Ok(Verdict::default()) };
    Ok(Verdict {
        confirm: event::flag(&response, "autoConfirmUser")?,
        verify_email: event::flag(&response, "autoVerifyEmail")?,
        verify_phone: event::flag(&response, "autoVerifyPhone")?,
    })
}

/// Asks about a user whom an administrator makes. All that the function can do is refuse.
pub async fn ask_about_created(cx: &mut Cx, pool: &Pool, user: &User) -> Result<()> {
    call(cx, pool, "PreSignUp_AdminCreateUser", event::NO_CLIENT, user).await.map(|_| ())
}

async fn call(cx: &mut Cx, pool: &Pool, source: &str, client_id: &str, user: &User) -> Result<Option<serde_json::Map<String, Value>>> {
    let Some(arn) = pool.function(TRIGGER) else { return Ok(None) };
    let request = json!({ "userAttributes": user.attributes, "validationData": cx.metadata.validation_data() });
    let response = json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
    let event = event::envelope(cx, pool, source, client_id, &user.username, request, response);
    functions::call(cx, TRIGGER, arn, event).await.map(Some)
}
