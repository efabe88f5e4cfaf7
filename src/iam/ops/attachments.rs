//! Managed policies that are attached to roles, users and groups.

use super::common::{Of, account, admitted, missing, write_page};
use super::inline::boundary_of;
use crate::api::Cx;
use crate::iam::managed;
use crate::iam::policy::Context;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::store;

/// The most that one may have.
const MOST: usize = 20;

pub async fn attach<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, title) = (params.text("PolicyArn", 2_048)?, O::OWNER.title());
    let mut context = boundary_of::<O>(cx, params).await?;
    context.set("iam:PolicyARN", arn);
    let entity = admitted::<O>(cx, params, &format!("Attach{title}Policy"), context).await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    store::hold(&mut tx, &account, O::OWNER, &entity.name).await?.ok_or_else(|| missing(O::OWNER, &entity.name))?;
    let exists = managed::provided(arn).is_some() || managed::store::hold(&mut tx, &account, arn).await?.is_some();
    if !exists {
        return Err(Fault::no_such_entity(format!("Policy {arn} does not exist or is not attachable.")));
    }
    let attached = store::attached(&mut tx, &account, O::OWNER, &entity.name).await?;
    if attached.len() >= MOST && !attached.iter().any(|a| a == arn) {
        return Err(Fault::limit(format!("Cannot exceed quota for PoliciesPer{title}: {MOST}")));
    }
    store::attach(&mut tx, &account, O::OWNER, &entity.name, arn).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

pub async fn detach<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let (arn, title) = (params.text("PolicyArn", 2_048)?, O::OWNER.title());
    let mut context = boundary_of::<O>(cx, params).await?;
    context.set("iam:PolicyARN", arn);
    let entity = admitted::<O>(cx, params, &format!("Detach{title}Policy"), context).await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    if !store::detach(&mut tx, &account, O::OWNER, &entity.name, arn).await? {
        return Err(Fault::no_such_entity(format!("Policy {arn} was not found.")));
    }
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

pub async fn list<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let action = format!("ListAttached{}Policies", O::OWNER.title());
    let entity = admitted::<O>(cx, params, &action, Context::default()).await?;
    let account = account(cx);
    let arns = store::attached(&mut *cx.read().await?, &account, O::OWNER, &entity.name).await?;
    let mut xml = Xml::new();
    xml.list("AttachedPolicies", &arns, |xml, arn| {
        xml.text("PolicyName", arn.rsplit('/').next().unwrap_or_default()).text("PolicyArn", arn);
    });
    write_page(&mut xml, None);
    Ok(xml.finish())
}
