//! DescribeUserPool

use crate::api::{Cx, Door, Operation, Result};
use crate::kit::clock::epoch_seconds;
use crate::pools::attributes::SchemaAttribute;
use crate::pools::domain::Kind;
use crate::pools::settings::{Identity, Settings};
use crate::pools::{Pool, load, store};
use crate::triggers::upstream::Upstream;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserPool {
    pub user_pool_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    pub user_pool: UserPool,
}

/// `UserPoolType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPool {
    pub id: String,
    pub name: String,
    pub arn: String,
    pub creation_date: f64,
    pub last_modified_date: f64,
    #[serde(flatten)]
    pub settings: Settings,
    #[serde(flatten)]
    pub identity: Identity,
    pub schema_attributes: Vec<SchemaAttribute>,
    pub estimated_number_of_users: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poolhouse_migration: Option<Upstream>,
}

impl Operation for DescribeUserPool {
    const NAME: &'static str = "DescribeUserPool";
    const DOOR: Door = Door::Iam;
    type Output = Described;

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Described> {
        let pool = load(cx, &self.user_pool_id).await?;
        Ok(Described { user_pool: describe(cx, &pool).await? })
    }
}

/// A pool as DescribeUserPool and CreateUserPool show it.
pub async fn describe(cx: &mut Cx, pool: &Pool) -> Result<UserPool> {
    let arn = pool.arn(&cx.app.config.region, &cx.app.config.account_id);
    let mut tx = cx.read().await?;
    let domains = store::domains(&mut tx, &pool.id).await?;
    let users = crate::users::estimate::number_of_users(&mut tx, &pool.id).await?;
    let migration = crate::triggers::store::migration(&mut tx, &pool.id).await?;
    let domain = |kind| domains.iter().find(|d| d.kind == kind).map(|d| d.domain.clone());
    Ok(UserPool {
        id: pool.id.clone(),
        name: pool.name.clone(),
        arn,
        creation_date: epoch_seconds(pool.created_at),
        last_modified_date: epoch_seconds(pool.modified_at),
        settings: pool.document.settings.clone(),
        identity: pool.document.identity.clone(),
        schema_attributes: pool.document.schema.clone(),
        estimated_number_of_users: users,
        domain: domain(Kind::Prefix),
        custom_domain: domain(Kind::Custom),
        poolhouse_migration: migration.map(|(upstream, _)| upstream),
    })
}
