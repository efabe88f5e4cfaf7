//! Access keys of users.

use super::common::{User, account, admitted_named, missing, user_name, write_page};
use crate::api::Cx;
use crate::iam::entity::{self, Entity, Owner};
use crate::iam::keys::store::{self, AccessKey};
use crate::iam::keys::{PER_USER, PURPOSE};
use crate::iam::policy::Context;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use zeroize::Zeroizing;

async fn user(cx: &mut Cx, params: &Params, action: &str) -> Result<Entity> {
    let name = user_name(cx, params)?;
    admitted_named::<User>(cx, &name, action, Context::default()).await
}

fn write(xml: &mut Xml, user: &str, key: &AccessKey) {
    xml.text("UserName", user)
        .text("AccessKeyId", &key.access_key_id)
        .text("Status", if key.is_active { "Active" } else { "Inactive" })
        .time("CreateDate", key.created_at);
}

/// The answer holds the secret, this once.
pub async fn create(cx: &mut Cx, params: &Params) -> Result<String> {
    let user = user(cx, params, "CreateAccessKey").await?;
    let account = account(cx);
    let secret = Zeroizing::new(entity::secret_access_key(cx.rng()));
    let key = AccessKey {
        access_key_id: entity::access_key_id(cx.rng(), "AKIA"),
        account_id: account.clone(),
        owner: user.name.clone(),
        secret: cx.app.sealer.seal(cx.rng(), PURPOSE, secret.as_bytes()),
        is_active: true,
        created_at: cx.now(),
    };
    let mut tx = cx.begin().await?;
    crate::iam::store::hold(&mut tx, &account, Owner::User, &user.name).await?.ok_or_else(|| missing(Owner::User, &user.name))?;
    if store::list(&mut tx, &account, &user.name).await?.len() >= PER_USER {
        return Err(Fault::limit(format!("Cannot exceed quota for AccessKeysPerUser: {PER_USER}")));
    }
    store::insert(&mut tx, &key).await?;
    tx.commit().await?;
    let inside = |xml: &mut Xml| {
        write(xml, &user.name, &key);
        xml.text("SecretAccessKey", &secret);
    };
    Ok(Xml::new().tag("AccessKey", inside).finish())
}

pub async fn list(cx: &mut Cx, params: &Params) -> Result<String> {
    let user = user(cx, params, "ListAccessKeys").await?;
    let account = account(cx);
    let keys = store::list(&mut *cx.read().await?, &account, &user.name).await?;
    let mut xml = Xml::new();
    xml.list("AccessKeyMetadata", &keys, |xml, key| write(xml, &user.name, key));
    write_page(&mut xml, None);
    Ok(xml.finish())
}

fn none(id: &str) -> Fault {
    Fault::no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

pub async fn update(cx: &mut Cx, params: &Params) -> Result<String> {
    let user = user(cx, params, "UpdateAccessKey").await?;
    let (account, id) = (account(cx), params.text("AccessKeyId", 128)?);
    let is_active = match params.require("Status")? {
        "Active" => true,
        "Inactive" => false,
        other => return Err(Fault::validation(format!("Status is Active or Inactive, not {other:.32}."))),
    };
    let mut tx = cx.begin().await?;
    if !store::set_active(&mut tx, &account, &user.name, id, is_active).await? {
        return Err(none(id));
    }
    tx.commit().await?;
    Ok(String::new())
}

pub async fn delete(cx: &mut Cx, params: &Params) -> Result<String> {
    let user = user(cx, params, "DeleteAccessKey").await?;
    let (account, id) = (account(cx), params.text("AccessKeyId", 128)?);
    let mut tx = cx.begin().await?;
    if !store::delete(&mut tx, &account, &user.name, id).await? {
        return Err(none(id));
    }
    tx.commit().await?;
    Ok(String::new())
}

/// When a key was used last is not kept: the answer says that it never was.
pub async fn last_used(cx: &mut Cx, params: &Params) -> Result<String> {
    let id = params.text("AccessKeyId", 128)?;
    let found = store::find(&mut *cx.read().await?, id).await?;
    let name = found.as_ref().map_or("", |key| key.owner.as_str()).to_owned();
    let user =
        admitted_named::<User>(cx, if name.is_empty() { "unknown" } else { &name }, "GetAccessKeyLastUsed", Context::default()).await;
    match user {
        Ok(user) => {
            let inside = |xml: &mut Xml| {
                xml.text("Region", "N/A").text("ServiceName", "N/A");
            };
            Ok(Xml::new().text("UserName", &user.name).tag("AccessKeyLastUsed", inside).finish())
        }
        Err(fault) if fault.code() == "NoSuchEntity" => Err(none(id)),
        Err(fault) => Err(fault),
    }
}
