//! UpdateUserAttributes and AdminUpdateUserAttributes

use super::confirm_sign_up::{claim_aliases, save};
use crate::api::{Cx, Door, Empty, Operation, Result};
use crate::clients::Client;
use crate::pools::Pool;
use crate::triggers::Metadata;
use crate::triggers::message::Occasion;
use crate::users::attempts::{self, Action};
use crate::users::attributes::{self, Attribute, Writer};
use crate::users::code::{self, CodeDeliveryDetails, Outgoing, Purpose};
use crate::users::{User, lookup};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUserAttributes {
    pub user_attributes: Vec<Attribute>,
    pub access_token: String,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Updated {
    pub code_delivery_details_list: Vec<CodeDeliveryDetails>,
}

impl Operation for UpdateUserAttributes {
    const NAME: &'static str = "UpdateUserAttributes";
    const DOOR: Door = Door::AccessToken;
    type Output = Updated;

    fn access_token(&self) -> Option<&str> {
        Some(&self.access_token)
    }

    async fn run(self, cx: &mut Cx) -> Result<Updated> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let client_id = cx.bearer()?.client_id.clone();
        let client = crate::clients::load(cx, &client_id).await?;
        let user = lookup::bearer(cx).await?;
        let pool = crate::pools::load(cx, &user.pool_id).await?;
        let list = update(cx, &pool, Some(&client), user, &self.user_attributes).await?;
        Ok(Updated { code_delivery_details_list: list })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminUpdateUserAttributes {
    pub user_pool_id: String,
    pub username: String,
    pub user_attributes: Vec<Attribute>,
    /// For triggers.
    #[serde(default)]
    pub client_metadata: BTreeMap<String, String>,
}

impl Operation for AdminUpdateUserAttributes {
    const NAME: &'static str = "AdminUpdateUserAttributes";
    const DOOR: Door = Door::Iam;
    type Output = Empty;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Empty> {
        cx.metadata = Metadata::client(&self.client_metadata);
        let pool = crate::pools::load(cx, &self.user_pool_id).await?;
        let user = lookup::require(cx, &pool, &self.username).await?;
        update(cx, &pool, None, user, &self.user_attributes).await?;
        Ok(Empty {})
    }
}

/// The common body. A new address that the pool proves gets a code; where the pool proves before it updates, the old address stays until then.
async fn update(
    cx: &mut Cx,
    pool: &Pool,
    client: Option<&Client>,
    mut user: User,
    given: &[Attribute],
) -> Result<Vec<CodeDeliveryDetails>> {
    let before = user.clone();
    let changed = attributes::update(pool, &mut user, given, client.map_or(Writer::Admin, Writer::Client))?;
    let mut outgoing: Vec<(Purpose, Option<Outgoing>)> = Vec::new();
    for name in changed.contacts {
        let purpose = Purpose::Attribute(name.to_owned());
        let Some(address) = user.attribute(name).filter(|_| pool.auto_verifies(name) && !user.has_verified(name)).map(str::to_owned) else {
            outgoing.push((purpose, None));
            continue;
        };
        if pool.verifies_before_update(name) {
            keep(&mut user, &before, name);
        }
        if client.is_some() {
            attempts::count(cx, pool, &user.sub, Action::GetAttributeCode).await?;
        }
        let code = code::make(cx, pool, client, &user, Occasion::UpdateUserAttribute, name, &address).await?;
        outgoing.push((purpose, Some(code)));
    }
    let now = cx.now();
    user.modified_at = now;
    let mut tx = cx.begin().await?;
    claim_aliases(&mut tx, pool, &user, false).await?;
    save(&mut tx, pool, &user).await?;
    for (purpose, code) in &outgoing {
        // A code for the address before the last must not prove the new one.
        match code {
            Some(code) => code.store(&mut tx, &user, now).await?,
            None => code::withdraw(&mut tx, &user, purpose).await?,
        }
    }
    tx.commit().await?;
    Ok(outgoing.into_iter().filter_map(|(_, code)| Some(code?.details)).collect())
}

/// Puts an address back to what it was.
fn keep(user: &mut User, before: &User, name: &str) {
    for name in [name.to_owned(), format!("{name}_verified")] {
        match before.attributes.get(&name) {
            Some(value) => user.attributes.insert(name, value.clone()),
            None => user.attributes.remove(&name),
        };
    }
}
