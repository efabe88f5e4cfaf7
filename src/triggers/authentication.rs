//! PreAuthentication and PostAuthentication: whether somebody may try to sign in, and whether a sign-in that proved all it had to counts.

use super::{event, functions};
use crate::api::{Cx, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::users::{User, lookup};
use serde_json::json;

/// Asks before a sign-in, with what was typed for a name. About nobody the function is asked only where the client hides who exists.
pub async fn pre(cx: &mut Cx, pool: &Pool, client: &Client, user: Option<&User>, typed: &str) -> Result<()> {
    const TRIGGER: &str = "PreAuthentication";
    let Some(arn) = pool.function(TRIGGER) else { return Ok(()) };
    if user.is_none() && !client.hides_users() {
        return Ok(());
    }
    let request = json!({
        "userAttributes": event::attributes(user), "validationData": cx.metadata.validation_data(), "userNotFound": user.is_none(),
    });
    let name = user.map_or(typed, |u| u.username.as_str());
    let event = event::envelope(cx, pool, "PreAuthentication_Authentication", &client.id, name, request, json!({}));
    functions::call(cx, TRIGGER, arn, event).await.map(|_| ())
}

/// The same for flows that have not looked the user up yet.
pub async fn pre_by_name(cx: &mut Cx, pool: &Pool, client: &Client, typed: &str) -> Result<()> {
    if pool.function("PreAuthentication").is_none() {
        return Ok(());
    }
    let user = lookup::find(cx, pool, typed).await?;
    pre(cx, pool, client, user.as_ref(), typed).await
}

/// Asks at the end of a sign-in, before anything is given for it.
pub async fn post(cx: &mut Cx, pool: &Pool, client: &Client, user: &User, new_device: bool) -> Result<()> {
    const TRIGGER: &str = "PostAuthentication";
    let Some(arn) = pool.function(TRIGGER) else { return Ok(()) };
    let request = json!({ "userAttributes": event::attributes(Some(user)), "newDeviceUsed": new_device });
    let event = event::envelope(cx, pool, "PostAuthentication_Authentication", &client.id, &user.username, request, json!({}));
    functions::call(cx, TRIGGER, arn, event).await.map(|_| ())
}
