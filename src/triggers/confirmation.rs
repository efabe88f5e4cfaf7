//! PostConfirmation: what follows a confirmed account or a reset password. What was confirmed stays so, whatever the function answers.

use super::{event, functions};
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::users::User;
use serde_json::json;

const TRIGGER: &str = "PostConfirmation";

/// After a sign-up was confirmed: by its code, by an administrator (who has no client) or by PreSignUp.
pub async fn signed_up(cx: &mut Cx, pool: &Pool, client: Option<&Client>, user: &User) -> Result<()> {
    call(cx, pool, "PostConfirmation_ConfirmSignUp", client, user).await
}

/// After a password was reset with a code.
pub async fn reset(cx: &mut Cx, pool: &Pool, client: &Client, user: &User) -> Result<()> {
    call(cx, pool, "PostConfirmation_ConfirmForgotPassword", Some(client), user).await
}

async fn call(cx: &mut Cx, pool: &Pool, source: &str, client: Option<&Client>, user: &User) -> Result<()> {
    let Some(arn) = pool.function(TRIGGER) else { return Ok(()) };
    let client_id = client.map_or(event::NO_CLIENT, |c| c.id.as_str());
    let request = json!({ "userAttributes": event::attributes(Some(user)) });
    let event = event::envelope(cx, pool, source, client_id, &user.username, request, json!({}));
    functions::call(cx, TRIGGER, arn, event).await.map(|_| ())
}
