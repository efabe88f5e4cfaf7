//! ConfirmForgotPassword

use super::confirm_sign_up::{claim_aliases, save};
use crate::api::{ApiError, Cx, Door, Empty, Exception, Operation, Result};
use crate::risk::Context;
use crate::risk::context::UserContextData;
use crate::risk::events::{self, Event, Kind, Response};
use crate::triggers::{Metadata, confirmation};
use crate::users::attempts::{self, Action};
use crate::users::code::{self, Purpose};
use crate::users::{Status, lookup, password, store};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmForgotPassword {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    pub username: String,
    pub confirmation_code: String,
    pub password: String,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

impl Operation for ConfirmForgotPassword {
    const NAME: &'static str = "ConfirmForgotPassword";
    const DOOR: Door = Door::Public;
    type Output = Empty;

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        client.check_secret_hash(&self.username, self.secret_hash.as_deref())?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let context = Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?;
        pool.check_password(&self.password)?;
        // Where a code was only pretended to be sent, a wrong one is answered as a wrong one.
        let subject = attempts::subject_of_unknown(&pool, &self.username);
        let pretended = client.hides_users() && attempts::pretended_code(cx, &pool, &subject, Action::ForgotPassword).await?;
        let hidden = if pretended { code::mismatch } else { code::expired };
        let Some(mut user) = lookup::find(cx, &pool, &self.username).await? else {
            attempts::count(cx, &pool, &subject, Action::ForgotPassword).await?;
            return Err(if client.hides_users() { hidden() } else { ApiError::no_such_user() });
        };
        let checked = code::check(cx, &pool, &user, &Purpose::ResetPassword, Action::ForgotPassword, &self.confirmation_code).await;
        let mut event = events::begin(cx, &pool, Kind::ForgotPassword, Some(&client.id), context);
        let checked = match checked {
            Ok(checked) => checked,
            Err(error) => return Err(refused(cx, event, &user.sub, error, hidden).await?),
        };
        if !user.enabled {
            return Err(ApiError::not_authorized("User is disabled."));
        }
        user.set_password(password::renew(cx, &pool, &user, &self.password).await?, cx.now());
        if user.status == Status::ResetRequired {
            user.status = Status::Confirmed;
        }
        let proved = ["email", "phone_number"].into_iter().find(|name| user.attribute(name) == Some(checked.destination.as_str()));
        if let Some(name) = proved {
            user.set_verified(name, true);
        }
        let now = cx.now();
        user.modified_at = now;
        let mut tx = cx.begin().await?;
        checked.take(&mut tx, &user).await?;
        claim_aliases(&mut tx, &pool, &user, false).await?;
        password::keep(&mut tx, &pool, &user).await?;
        save(&mut tx, &pool, &user).await?;
        store::clear_failures(&mut tx, &user).await?;
        crate::hosted::store::end_browser_sessions(&mut tx, &user.pool_id, &user.sub).await?;
        event.response = Response::Pass;
        event.store(&mut tx, &user.sub).await?;
        tx.commit().await?;
        confirmation::reset(cx, &pool, &client, &user).await?;
        Ok(Empty {})
    }
}

/// Records that a code was wrong, and words the refusal.
async fn refused(cx: &mut Cx, mut event: Event, sub: &str, error: ApiError, hidden: fn() -> ApiError) -> Result<ApiError> {
    let expired = error.is(Exception::ExpiredCodeException);
    if expired || error.is(Exception::CodeMismatchException) {
        event.response = Response::Fail;
        events::record(cx, &event, sub).await?;
    }
    Ok(if expired { hidden() } else { error })
}
