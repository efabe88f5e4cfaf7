//! CreateUserPool

use super::describe::{UserPool, describe};
use crate::api::{ApiError, Cx, Door, Operation, Result};
use crate::iam::policy::Context;
use crate::kit::id;
use crate::pools::attributes;
use crate::pools::definition::{Definition, define};
use crate::pools::identity::check as check_identity;
use crate::pools::pool::{Document, Pool};
use crate::pools::settings::{Identity, MfaConfiguration, Settings};
use crate::pools::{kept, rules, store};
use crate::tokens::keys;
use crate::triggers::migration_setting::Setting;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUserPool {
    pub pool_name: String,
    #[serde(flatten)]
    pub settings: Settings,
    #[serde(flatten)]
    pub identity: Identity,
    #[serde(default)]
    pub schema: Vec<Definition>,
    /// Where users come from, which Cognito does not know.
    #[serde(default)]
    pub poolhouse_migration: Option<serde_json::Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Created {
    pub user_pool: UserPool,
}

impl Operation for CreateUserPool {
    const NAME: &'static str = "CreateUserPool";
    const DOOR: Door = Door::Iam;
    type Output = Created;

    fn condition_keys(&self, context: &mut Context) {
        context.set_request_tags(&self.settings.user_pool_tags);
    }

    async fn run(self, cx: &mut Cx) -> Result<Created> {
        let id = id::pool(cx.rng(), &cx.app.config.region);
        let pool = self.make(cx, id).await?;
        Ok(Created { user_pool: describe(cx, &pool).await? })
    }
}

impl CreateUserPool {
    /// Makes the pool under an id that the caller chose.
    pub async fn make(self, cx: &mut Cx, id: String) -> Result<Pool> {
        let mut schema = attributes::standard();
        define(&mut schema, self.schema, true)?;
        check_identity(&self.identity, &schema)?;
        let needs_factor = self.settings.mfa_configuration != MfaConfiguration::Off;
        if needs_factor && self.settings.sms_configuration.is_none() {
            let message = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
            return Err(ApiError::invalid_parameter(message));
        }
        let document = Document { identity: self.identity, schema, ..Document::default() }
            .with_settings(self.settings.completed().with_mirrored_texts(None));
        rules::check(&document, &cx.app.config.region)?;
        let migration = match self.poolhouse_migration {
            Some(given) => Some(Setting::parse(given)?.prepare(cx, &id).await?),
            None => None,
        };
        let now = cx.now();
        let pool = Pool { id, name: self.pool_name, document, created_at: now, modified_at: now };
        // Keys take a tenth of a second to make: before the transaction, not in it.
        let keys = keys::make_pair(cx, &pool.id).await?;
        let mut tx = cx.begin().await?;
        store::insert(&mut tx, &pool).await?;
        keys::insert(&mut tx, &keys).await?;
        if let Some(migration) = &migration {
            migration.store(&mut tx, &pool.id).await?;
        }
        tx.commit().await?;
        kept::warn(&pool.id, &kept::without_effect(pool.settings()));
        Ok(pool)
    }
}
