//! Permissions boundaries of roles and users.

use super::common::{Of, admitted};
use super::entities::change;
use crate::api::Cx;
use crate::iam::grants;
use crate::iam::policy::Context;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;

/// Whether there is such a policy.
pub async fn check(cx: &mut Cx, arn: &str) -> Result<()> {
    let app = cx.app.clone();
    let found = grants::by_arn(&app, &mut *cx.read().await?, arn, "Permissions Boundary Policy").await?;
    if found.is_some() { Ok(()) } else { Err(Fault::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))) }
}

pub async fn put<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let arn = params.text("PermissionsBoundary", 2_048)?;
    let mut context = Context::default();
    context.set("iam:PermissionsBoundary", arn);
    let entity = admitted::<O>(cx, params, &format!("Put{}PermissionsBoundary", O::OWNER.title()), context).await?;
    check(cx, arn).await?;
    change::<O>(cx, &entity.name, |entity| {
        entity.boundary = Some(arn.to_owned());
        Ok(())
    })
    .await?;
    Ok(String::new())
}

pub async fn delete<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let action = format!("Delete{}PermissionsBoundary", O::OWNER.title());
    let context = super::inline::boundary_of::<O>(cx, params).await?;
    let entity = admitted::<O>(cx, params, &action, context).await?;
    change::<O>(cx, &entity.name, |entity| {
        entity.boundary = None;
        Ok(())
    })
    .await?;
    Ok(String::new())
}
