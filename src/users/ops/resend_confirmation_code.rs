//! ResendConfirmationCode

use super::forgot_password::{Delivered, simulate};
use super::sign_up::contact_to_prove;
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::risk::Context;
use crate::risk::context::UserContextData;
use crate::risk::events::{self, Kind, Response};
use crate::triggers::Metadata;
use crate::triggers::message::Occasion;
use crate::users::attempts::{self, Action};
use crate::users::code;
use crate::users::{Status, lookup};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResendConfirmationCode {
    pub client_id: String,
    #[serde(default)]
    pub secret_hash: Option<String>,
    pub username: String,
    #[serde(default)]
    pub user_context_data: Option<UserContextData>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

impl Operation for ResendConfirmationCode {
    const NAME: &'static str = "ResendConfirmationCode";
    const DOOR: Door = Door::Public;
    type Output = Delivered;

    async fn run(self, cx: &mut Cx) -> Result<Delivered> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client = crate::clients::load(cx, &self.client_id).await?;
        client.check_secret_hash(&self.username, self.secret_hash.as_deref())?;
        let pool = crate::pools::load(cx, &client.pool_id).await?;
        let context = Context::of_user(cx, &pool, &client, self.user_context_data.as_ref())?;
        let found = lookup::find(cx, &pool, &self.username).await?;
        let user = match found {
            None if !client.hides_users() => return Err(ApiError::no_such_user()),
            Some(user) if user.status != Status::Unconfirmed && !client.hides_users() => {
                attempts::count(cx, &pool, &user.sub, Action::ResendConfirmationCode).await?;
                return Err(ApiError::invalid_parameter("User is already confirmed."));
            }
            Some(user) if user.status == Status::Unconfirmed => user,
            _ => return simulate(cx, &pool, &self.username, Action::ResendConfirmationCode).await,
        };
        let Some((name, address)) = contact_to_prove(&pool, &user) else {
            if client.hides_users() {
                return simulate(cx, &pool, &self.username, Action::ResendConfirmationCode).await;
            }
            return Err(ApiError::invalid_parameter("Auto verification not turned on."));
        };
        attempts::count(cx, &pool, &user.sub, Action::ResendConfirmationCode).await?;
        let outgoing = code::make(cx, &pool, Some(&client), &user, Occasion::ResendCode, name, address).await?;
        let mut event = events::begin(cx, &pool, Kind::ResendCode, Some(&client.id), context);
        event.response = Response::Pass;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        outgoing.store(&mut tx, &user, now).await?;
        event.store(&mut tx, &user.sub).await?;
        tx.commit().await?;
        Ok(Delivered { code_delivery_details: outgoing.details })
    }
}
