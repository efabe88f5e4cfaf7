//! Inline policies of roles, users and groups.

use super::common::{Of, account, admitted, missing, write_page};
use crate::api::Cx;
use crate::iam::policy::{self, Context, Kind};
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::store;

pub async fn put<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let title = O::OWNER.title();
    let context = boundary_of::<O>(cx, params).await?;
    let entity = admitted::<O>(cx, params, &format!("Put{title}Policy"), context).await?;
    let (name, document) = (params.name("PolicyName", 128)?, params.text("PolicyDocument", 131_072)?);
    policy::read(document, Kind::Identity)?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    store::hold(&mut tx, &account, O::OWNER, &entity.name).await?.ok_or_else(|| missing(O::OWNER, &entity.name))?;
    let others = store::inline(&mut tx, &account, O::OWNER, &entity.name).await?;
    let used: usize = others.iter().filter(|(n, _)| n != name).map(|(_, document)| policy::length(document)).sum();
    let limit = O::OWNER.inline_limit();
    if used + policy::length(document) > limit {
        let message = format!("Maximum policy size of {limit} bytes exceeded for {} {}", O::OWNER.word(), entity.name);
        return Err(Fault::limit(message));
    }
    store::put_inline(&mut tx, &account, O::OWNER, &entity.name, name, document).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

/// The boundary that the one has: who may change what it is allowed can be made to depend on it.
pub async fn boundary_of<O: Of>(cx: &mut Cx, params: &Params) -> Result<Context> {
    let (account, name) = (account(cx), params.name(O::PARAM, 128)?);
    let found = store::find(&mut *cx.read().await?, &account, O::OWNER, name).await?;
    let mut context = Context::default();
    if let Some(boundary) = found.and_then(|entity| entity.boundary) {
        context.set("iam:PermissionsBoundary", boundary);
    }
    Ok(context)
}

pub async fn get<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let title = O::OWNER.title();
    let entity = admitted::<O>(cx, params, &format!("Get{title}Policy"), Context::default()).await?;
    let (account, name) = (account(cx), params.name("PolicyName", 128)?);
    let all = store::inline(&mut *cx.read().await?, &account, O::OWNER, &entity.name).await?;
    let (name, document) = all.into_iter().find(|(n, _)| n == name).ok_or_else(|| none::<O>(name))?;
    Ok(Xml::new().text(O::PARAM, &entity.name).text("PolicyName", &name).document("PolicyDocument", &document).finish())
}

fn none<O: Of>(name: &str) -> Fault {
    Fault::no_such_entity(format!("The {} policy with name {name} cannot be found.", O::OWNER.word()))
}

pub async fn list<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let entity = admitted::<O>(cx, params, &format!("List{}Policies", O::OWNER.title()), Context::default()).await?;
    let account = account(cx);
    let all = store::inline(&mut *cx.read().await?, &account, O::OWNER, &entity.name).await?;
    let mut xml = Xml::new();
    xml.texts("PolicyNames", all.iter().map(|(name, _)| name.as_str()));
    write_page(&mut xml, None);
    Ok(xml.finish())
}

pub async fn delete<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let title = O::OWNER.title();
    let context = boundary_of::<O>(cx, params).await?;
    let entity = admitted::<O>(cx, params, &format!("Delete{title}Policy"), context).await?;
    let (account, name) = (account(cx), params.name("PolicyName", 128)?);
    let mut tx = cx.begin().await?;
    if !store::delete_inline(&mut tx, &account, O::OWNER, &entity.name, name).await? {
        return Err(none::<O>(name));
    }
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}
