//! UpdateUserPool: replaces every setting that can change; what is omitted goes back to its default, as in Cognito.
//!
//! What Cognito fixes when a pool is made can be changed with one more member, `PoolhouseIdentity`; `PoolhouseLanguages` are the pool's own words,
//! and `PoolhouseMigration` says which pool users are taken over from. A request that holds nothing else leaves the settings as they are.

use crate::api::{ApiError, Cx, Door, Exception, Operation, Result};
use crate::iam::policy::Context;
use crate::languages::PoolLanguages;
use crate::pools::identity::IdentityChange;
use crate::pools::pool::Document;
use crate::pools::settings::Settings;
use crate::pools::{Pool, kept, load, rules, store};
use crate::triggers::migration_setting::Setting;
use crate::users::rekey::{self, Conflicts};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct UpdateUserPool {
    user_pool_id: String,
    pool_name: Option<String>,
    /// `None` where the request holds nothing but members of Poolhouse's own.
    settings: Option<Settings>,
    languages: PoolLanguages,
    identity: Option<Value>,
    migration: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Members {
    user_pool_id: String,
    #[serde(default)]
    pool_name: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

impl TryFrom<Map<String, Value>> for UpdateUserPool {
    type Error = serde_json::Error;

    fn try_from(mut given: Map<String, Value>) -> Result<Self, Self::Error> {
        let identity = given.remove("PoolhouseIdentity");
        let migration = given.remove("PoolhouseMigration");
        let mut others = given.keys().filter(|name| *name != "UserPoolId").peekable();
        let alone =
            (identity.is_some() || migration.is_some() || others.peek().is_some()) && others.all(|name| name == "PoolhouseLanguages");
        let Members { user_pool_id, pool_name, settings } = serde_json::from_value(given.into())?;
        let languages = settings.poolhouse_languages.clone();
        Ok(Self { user_pool_id, pool_name, settings: (!alone).then_some(settings), languages, identity, migration })
    }
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Updated {
    /// The answer to a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poolhouse_conflicts: Option<Conflicts>,
}

impl Operation for UpdateUserPool {
    const NAME: &'static str = "UpdateUserPool";
    const DOOR: Door = Door::Iam;
    type Output = Updated;

    fn condition_keys(&self, context: &mut Context) {
        if let Some(settings) = &self.settings {
            context.set_request_tags(&settings.user_pool_tags);
        }
    }

    fn pool_id(&self) -> Option<&str> {
        Some(&self.user_pool_id)
    }

    async fn run(self, cx: &mut Cx) -> Result<Updated> {
        let pool = load(cx, &self.user_pool_id).await?;
        let mut document = pool.document.clone();
        if let Some(mut settings) = self.settings {
            // The settings that stay where they are left out.
            settings.dcr_configuration = settings.dcr_configuration.or_else(|| document.settings.dcr_configuration.take());
            if settings.poolhouse_languages.is_unset() {
                settings.poolhouse_languages = std::mem::take(&mut document.settings.poolhouse_languages);
            }
            settings.session_minutes = settings.session_minutes.or(document.settings.session_minutes);
            document = document.with_settings(settings.completed().with_mirrored_texts(Some(pool.settings())));
            rules::check(&document, &cx.app.config.region)?;
            kept::warn(&pool.id, &kept::without_effect(&document.settings));
        } else if !self.languages.is_unset() {
            self.languages.check().map_err(ApiError::invalid_parameter)?;
            document.settings.poolhouse_languages = self.languages;
        }
        crate::transfer::refuse_while_importing(cx, &pool.id).await?;
        let name = self.pool_name.unwrap_or_else(|| pool.name.clone());
        let migration = match self.migration {
            Some(given) => Some(Setting::parse(given)?.prepare(cx, &pool.id).await?),
            None => None,
        };
        let updated = match self.identity {
            Some(change) => change_identity(cx, &pool, name, document, IdentityChange::parse(change)?).await?,
            None => replace(cx, &pool, name, document).await.map(|()| Updated::default())?,
        };
        if let Some(migration) = migration.filter(|_| updated.poolhouse_conflicts.is_none()) {
            let mut tx = cx.begin().await?;
            crate::pools::pool::hold(&mut tx, &pool.id).await?;
            migration.store(&mut tx, &pool.id).await?;
            tx.commit().await?;
            cx.app.caches.migrations.invalidate(&pool.id);
        }
        Ok(updated)
    }
}

/// Changes what users are named by and must have, unless a user stands in the way.
async fn change_identity(cx: &mut Cx, pool: &Pool, name: String, document: Document, change: IdentityChange) -> Result<Updated> {
    let changed = changed(cx, pool, name, change.apply(document)?);
    let removed = change.removed();
    refuse_named_by_clients(cx, pool, &removed).await?;
    let conflicts = rekey::conflicts(cx, pool, &changed).await?;
    if change.dry_run {
        return Ok(Updated { poolhouse_conflicts: Some(conflicts) });
    }
    if let Some(message) = conflicts.refusal() {
        return Err(ApiError::invalid_parameter(message));
    }
    let mut tx = cx.begin().await?;
    // The pool's row first: two changes at once take turns, and the later one finds that it came too late.
    let replaced = store::replace(&mut tx, &changed, pool.modified_at).await?;
    if replaced {
        rekey::apply(&mut tx, pool, &changed, &removed).await?;
    }
    tx.commit().await?;
    remember(cx, pool, changed, replaced)
}

/// An attribute that clients name in their lists must be taken from these first.
async fn refuse_named_by_clients(cx: &mut Cx, pool: &Pool, removed: &[&str]) -> Result<()> {
    if removed.is_empty() {
        return Ok(());
    }
    for client in crate::clients::store::list(&mut *cx.read().await?, &pool.id, "", i64::MAX).await? {
        let lists = [&client.settings.0.read_attributes, &client.settings.0.write_attributes];
        if let Some(name) = lists.into_iter().flatten().flatten().find(|name| removed.contains(&name.as_str())) {
            let message = format!("PoolhouseIdentity: the client {} names {name} among its ReadAttributes or WriteAttributes.", client.id);
            return Err(ApiError::invalid_parameter(message));
        }
    }
    Ok(())
}

/// Stores a pool's new document unless another change came between.
pub async fn replace(cx: &mut Cx, pool: &Pool, name: String, document: Document) -> Result<()> {
    let changed = changed(cx, pool, name, document);
    let mut tx = cx.begin().await?;
    let replaced = store::replace(&mut tx, &changed, pool.modified_at).await?;
    tx.commit().await?;
    remember(cx, pool, changed, replaced).map(|_| ())
}

/// The same, for operations whose model knows no ConcurrentModificationException.
pub async fn replace_or_ask_again(cx: &mut Cx, pool: &Pool, document: Document) -> Result<()> {
    replace(cx, pool, pool.name.clone(), document).await.map_err(|error| match error.is(Exception::ConcurrentModificationException) {
        true => ApiError::too_many_requests(error.message()),
        false => error,
    })
}

fn changed(cx: &Cx, pool: &Pool, name: String, document: Document) -> Pool {
    // Strictly later than the version it replaces, so that the time identifies the version.
    let modified_at = cx.now().max(pool.modified_at + 1);
    Pool { name, document, modified_at, ..pool.clone() }
}

fn remember(cx: &Cx, pool: &Pool, changed: Pool, replaced: bool) -> Result<Updated> {
    if !replaced {
        cx.app.caches.pools.invalidate(&pool.id);
        return Err(ApiError::concurrent_modification("The user pool was changed by another request at the same time. Try again."));
    }
    cx.app.caches.pools.insert(pool.id.clone(), Arc::new(changed));
    Ok(Updated::default())
}
