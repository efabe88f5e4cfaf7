//! GetUserAttributeVerificationCode

use super::forgot_password::Delivered;
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::triggers::Metadata;
use crate::triggers::message::Occasion;
use crate::users::attempts::{self, Action};
use crate::users::code;
use crate::users::{attributes, lookup};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserAttributeVerificationCode {
    pub access_token: String,
    pub attribute_name: String,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

impl Operation for GetUserAttributeVerificationCode {
    const NAME: &'static str = "GetUserAttributeVerificationCode";
    const DOOR: Door = Door::AccessToken;
    type Output = Delivered;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Delivered> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let user = lookup::bearer(cx).await?;
        let client_id = cx.bearer()?.client_id.clone();
        let client = crate::clients::load(cx, &client_id).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        let name = attributes::contact(&self.attribute_name)
            .ok_or_else(|| ApiError::invalid_parameter("Only email and phone_number can be verified."))?;
        let address = user.attribute(name).map(str::to_owned);
        let address = address.ok_or_else(|| ApiError::invalid_parameter(format!("User has no attribute {name} to verify.")))?;
        attempts::count(cx, &pool, &user.sub, Action::GetAttributeCode).await?;
        let outgoing = code::make(cx, &pool, Some(&client), &user, Occasion::VerifyUserAttribute, name, &address).await?;
        let now = cx.now();
        let mut tx = cx.begin().await?;
        outgoing.store(&mut tx, &user, now).await?;
        tx.commit().await?;
        Ok(Delivered { code_delivery_details: outgoing.details })
    }
}
