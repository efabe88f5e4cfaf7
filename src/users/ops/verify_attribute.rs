//! VerifyUserAttribute

use super::confirm_sign_up::{claim_aliases, save};
use crate::api::{ApiError, Cx, Door, Empty, Operation, Result};
use crate::users::attempts::Action;
use crate::users::code::{self, Purpose};
use crate::users::{attributes, lookup};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VerifyUserAttribute {
    pub access_token: String,
    pub attribute_name: String,
    pub code: String,
}

impl Operation for VerifyUserAttribute {
    const NAME: &'static str = "VerifyUserAttribute";
    const DOOR: Door = Door::AccessToken;
    type Output = Empty;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        let mut user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        let name = attributes::contact(&self.attribute_name)
            .ok_or_else(|| ApiError::invalid_parameter("Only email and phone_number can be verified."))?;
        let purpose = Purpose::Attribute(name.to_owned());
        let checked = code::check(cx, &pool, &user, &purpose, Action::VerifyAttribute, &self.code).await?;
        // Where the pool proves before it updates, the code's address is the pending one; elsewhere it must still be the user's.
        if !pool.verifies_before_update(name) && user.attribute(name) != Some(checked.destination.as_str()) {
            return Err(code::expired());
        }
        user.attributes.insert(name.to_owned(), checked.destination.clone());
        user.set_verified(name, true);
        user.modified_at = cx.now();
        let mut tx = cx.begin().await?;
        checked.take(&mut tx, &user).await?;
        claim_aliases(&mut tx, &pool, &user, false).await?;
        save(&mut tx, &pool, &user).await?;
        tx.commit().await?;
        Ok(Empty {})
    }
}
