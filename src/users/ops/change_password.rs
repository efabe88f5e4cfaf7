//! ChangePassword

use super::confirm_sign_up::save_password;
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::risk::Context;
use crate::risk::events::{self, Challenge, Kind, Response};
use crate::users::attempts::{self, Action};
use crate::users::password::Account;
use crate::users::{Status, lookup, password};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangePassword {
    #[serde(default)]
    pub previous_password: Option<String>,
    pub proposed_password: String,
    pub access_token: String,
}

impl Operation for ChangePassword {
    const NAME: &'static str = "ChangePassword";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let client_id = cx.bearer()?.client_id.clone();
        let mut user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        attempts::count(cx, &pool, &user.sub, Action::ChangePassword).await?;
        pool.check_password(&self.proposed_password)?;
        let mut event = events::begin(cx, &pool, Kind::PasswordChange, Some(&client_id), Context::of_request(cx));
        match (&self.previous_password, &user.password) {
            (Some(previous), _) => {
                if !password::verify(cx, &pool, &Account::Known(&user), previous).await? {
                    event.answered(Challenge::Password, false);
                    event.response = Response::Fail;
                    events::record(cx, &event, &user.sub).await?;
                    return Err(ApiError::bad_credentials());
                }
                event.answered(Challenge::Password, true);
            }
            (None, Some(_)) => return Err(ApiError::invalid_parameter("PreviousPassword is required.")),
            // Who was closed to passwords signs in elsewhere.
            (None, None) if user.status == Status::ExternalProvider => {
                return Err(ApiError::not_authorized("User password cannot be changed in the current state."));
            }
            (None, None) => {}
        }
        user.set_password(password::renew(cx, &pool, &user, &self.proposed_password).await?, cx.now());
        user.modified_at = cx.now();
        let mut tx = cx.begin().await?;
        save_password(&mut tx, &pool, &user).await?;
        crate::hosted::store::end_browser_sessions(&mut tx, &user.pool_id, &user.sub).await?;
        event.response = Response::Pass;
        event.store(&mut tx, &user.sub).await?;
        tx.commit().await?;
        Ok(Empty {})
    }
}
