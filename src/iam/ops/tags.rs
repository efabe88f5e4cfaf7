//! Tags of roles, users and managed policies.

use super::common::{Of, account, admitted, write_page};
use super::entities::change;
use super::policies;
use crate::api::Cx;
use crate::iam::entity::Tags;
use crate::iam::managed;
use crate::iam::policy::Context;
use crate::iam::query::fault::Result;
use crate::iam::query::params::{Params, check_tags};
use crate::iam::query::xml::Xml;

/// Sets tags; one whose key differs in case only is replaced.
fn merge(tags: &mut Tags, new: Tags) -> Result<()> {
    tags.retain(|key, _| !new.keys().any(|n| n.eq_ignore_ascii_case(key)));
    tags.extend(new);
    check_tags(tags)
}

fn without(tags: &mut Tags, keys: &[&str]) {
    tags.retain(|key, _| !keys.iter().any(|k| k.eq_ignore_ascii_case(key)));
}

fn keys(params: &Params) -> Context {
    let mut context = Context::default();
    context.set_many("aws:TagKeys", params.list("TagKeys").into_iter().map(str::to_owned).collect());
    context
}

pub async fn tag<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let new = params.tags("Tags")?;
    let mut context = Context::default();
    context.set_request_tags(&new);
    let entity = admitted::<O>(cx, params, &format!("Tag{}", O::OWNER.title()), context).await?;
    change::<O>(cx, &entity.name, |entity| merge(&mut entity.details.tags, new)).await?;
    Ok(String::new())
}

pub async fn untag<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let entity = admitted::<O>(cx, params, &format!("Untag{}", O::OWNER.title()), keys(params)).await?;
    change::<O>(cx, &entity.name, |entity| {
        without(&mut entity.details.tags, &params.list("TagKeys"));
        Ok(())
    })
    .await?;
    Ok(String::new())
}

pub async fn list<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let entity = admitted::<O>(cx, params, &format!("List{}Tags", O::OWNER.title()), Context::default()).await?;
    Ok(listed(&entity.details.tags))
}

pub fn listed(tags: &Tags) -> String {
    let mut xml = Xml::new();
    xml.tags(tags);
    write_page(&mut xml, None);
    xml.finish()
}

pub async fn tag_policy(cx: &mut Cx, params: &Params) -> Result<String> {
    let new = params.tags("Tags")?;
    let mut context = Context::default();
    context.set_request_tags(&new);
    change_policy(cx, params, "TagPolicy", context, |tags| merge(tags, new)).await
}

pub async fn untag_policy(cx: &mut Cx, params: &Params) -> Result<String> {
    let gone = params.list("TagKeys");
    change_policy(cx, params, "UntagPolicy", keys(params), |tags| {
        without(tags, &gone);
        Ok(())
    })
    .await
}

async fn change_policy(
    cx: &mut Cx,
    params: &Params,
    action: &str,
    context: Context,
    with: impl FnOnce(&mut Tags) -> Result<()>,
) -> Result<String> {
    let policy = policies::admitted_own(cx, params, action, context).await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    let held = managed::store::hold(&mut tx, &account, &policy.arn).await?;
    let mut policy = held.ok_or_else(|| policies::missing(&policy.arn))?;
    with(&mut policy.details.tags)?;
    managed::store::update(&mut tx, &account, &policy).await?;
    tx.commit().await?;
    Ok(String::new())
}

pub async fn list_policy(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = policies::admitted(cx, params, "ListPolicyTags", Context::default()).await?;
    Ok(listed(&policy.details.tags))
}
