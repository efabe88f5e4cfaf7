//! Roles, users and groups: make, show, list, change and delete.

use super::common::{Group, Of, Role, User, account, admit, admitted, admitted_named, cut, missing, page, path, user_name, write_page};
use super::trust;
use crate::api::Cx;
use crate::api::door::Caller;
use crate::iam::entity::{self, Details, Entity, Owner, arn};
use crate::iam::keys;
use crate::iam::policy::Context;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::store;
use crate::kit::text::fold;
use crate::store::StoreError;

pub fn write(xml: &mut Xml, account: &str, entity: &Entity) {
    let title = entity.owner.title();
    xml.text("Path", &entity.path)
        .text(&format!("{title}Name"), &entity.name)
        .text(&format!("{title}Id"), &entity.id)
        .text("Arn", &entity.arn(account))
        .time("CreateDate", entity.created_at);
    if let Some(trust) = &entity.details.trust {
        xml.document("AssumeRolePolicyDocument", trust)
            .optional("Description", entity.details.description.as_deref())
            .number("MaxSessionDuration", entity.details.longest_session);
    }
    if let Some(boundary) = &entity.boundary {
        xml.tag("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "PermissionsBoundaryPolicy").text("PermissionsBoundaryArn", boundary);
        });
    }
    if !entity.details.tags.is_empty() {
        xml.tags(&entity.details.tags);
    }
}

fn answer(cx: &Cx, entity: &Entity) -> String {
    let account = account(cx);
    Xml::new().tag(entity.owner.title(), |xml| write(xml, &account, entity)).finish()
}

pub async fn create<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let (account, longest) = (account(cx), if O::OWNER == Owner::Group { 128 } else { 64 });
    let (name, path) = (params.name(O::PARAM, longest)?, path(params, "Path")?);
    let (tags, boundary) = (params.tags("Tags")?, params.optional("PermissionsBoundary", 2_048)?);
    let mut context = Context::default();
    context.set_request_tags(&tags);
    if let Some(boundary) = boundary {
        context.set("iam:PermissionsBoundary", boundary);
    }
    admit(cx, &format!("Create{}", O::OWNER.title()), &arn(&account, O::OWNER.word(), path, name), &context)?;
    if let Some(boundary) = boundary {
        super::boundaries::check(cx, boundary).await?;
    }
    let mut details = Details { tags, ..Details::default() };
    if O::OWNER == Owner::Role {
        let document = params.text("AssumeRolePolicyDocument", 131_072)?;
        details.trusted = trust::check(cx, document).await?;
        details.trust = Some(document.to_owned());
        details.description = params.optional("Description", 1_000)?.map(str::to_owned);
        details.longest_session = params.number("MaxSessionDuration", 3_600..=43_200, 3_600)?;
    }
    let entity = Entity {
        owner: O::OWNER,
        name: name.to_owned(),
        id: entity::id(cx.rng(), O::OWNER.id_prefix()),
        path: path.to_owned(),
        boundary: boundary.map(str::to_owned),
        details,
        created_at: cx.now(),
    };
    let mut tx = cx.begin().await?;
    match store::insert(&mut tx, &account, &entity).await {
        Err(StoreError::Duplicate) => {
            return Err(Fault::exists(format!("{} with name {name} already exists.", O::OWNER.title())));
        }
        other => other?,
    }
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(answer(cx, &entity))
}

pub async fn get_role(cx: &mut Cx, params: &Params) -> Result<String> {
    let role = admitted::<Role>(cx, params, "GetRole", Context::default()).await?;
    Ok(answer(cx, &role))
}

/// Of the signer, where no name is given; the root key is a user of a kind.
pub async fn get_user(cx: &mut Cx, params: &Params) -> Result<String> {
    if params.get("UserName").is_none() && matches!(cx.caller, Caller::Root) {
        let account = account(cx);
        let inside = |xml: &mut Xml| {
            xml.text("UserId", &account).text("Arn", &format!("arn:aws:iam::{account}:root")).time("CreateDate", 0);
        };
        return Ok(Xml::new().tag("User", inside).finish());
    }
    let name = user_name(cx, params)?;
    let user = admitted_named::<User>(cx, &name, "GetUser", Context::default()).await?;
    Ok(answer(cx, &user))
}

pub async fn get_group(cx: &mut Cx, params: &Params) -> Result<String> {
    let group = admitted::<Group>(cx, params, "GetGroup", Context::default()).await?;
    let account = account(cx);
    let members = store::members_of(&mut *cx.read().await?, &account, &group.name).await?;
    let mut xml = Xml::new();
    xml.tag("Group", |xml| write(xml, &account, &group));
    xml.list("Users", &members, |xml, user| write(xml, &account, user));
    write_page(&mut xml, None);
    Ok(xml.finish())
}

pub async fn list<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let (account, prefix, (after, limit)) = (account(cx), path(params, "PathPrefix")?, page(params)?);
    let title = O::OWNER.title();
    admit(cx, &format!("List{title}s"), &arn(&account, O::OWNER.word(), prefix, ""), &Context::default())?;
    let mut found = store::list(&mut *cx.read().await?, &account, O::OWNER, prefix, &after, limit + 1).await?;
    let next = cut(&mut found, limit, |entity| fold(&entity.name));
    let mut xml = Xml::new();
    xml.list(&format!("{title}s"), &found, |xml, entity| write(xml, &account, entity));
    write_page(&mut xml, next.as_deref());
    Ok(xml.finish())
}

/// Changes one that exists, and forgets what was known of what it may do.
pub async fn change<O: Of>(cx: &mut Cx, name: &str, with: impl FnOnce(&mut Entity) -> Result<()>) -> Result<Entity> {
    let account = account(cx);
    let mut tx = cx.begin().await?;
    let mut entity = store::hold(&mut tx, &account, O::OWNER, name).await?.ok_or_else(|| missing(O::OWNER, name))?;
    with(&mut entity)?;
    store::update(&mut tx, &account, &entity).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(entity)
}

pub async fn update_role(cx: &mut Cx, params: &Params) -> Result<String> {
    let role = admitted::<Role>(cx, params, "UpdateRole", Context::default()).await?;
    let description = params.optional("Description", 1_000)?.map(str::to_owned);
    let longest = params.number("MaxSessionDuration", 3_600..=43_200, role.details.longest_session)?;
    change::<Role>(cx, &role.name, |role| {
        role.details.description = description.or(role.details.description.take());
        role.details.longest_session = longest;
        Ok(())
    })
    .await?;
    Ok(String::new())
}

pub async fn update_role_description(cx: &mut Cx, params: &Params) -> Result<String> {
    let role = admitted::<Role>(cx, params, "UpdateRoleDescription", Context::default()).await?;
    let description = params.optional("Description", 1_000)?.map(str::to_owned);
    let role = change::<Role>(cx, &role.name, |role| {
        role.details.description = description;
        Ok(())
    })
    .await?;
    Ok(answer(cx, &role))
}

pub async fn update_assume_role_policy(cx: &mut Cx, params: &Params) -> Result<String> {
    let role = admitted::<Role>(cx, params, "UpdateAssumeRolePolicy", Context::default()).await?;
    let document = params.text("PolicyDocument", 131_072)?;
    let trusted = trust::check(cx, document).await?;
    change::<Role>(cx, &role.name, |role| {
        role.details.trust = Some(document.to_owned());
        role.details.trusted = trusted;
        Ok(())
    })
    .await?;
    Ok(String::new())
}

/// What has policies, keys or members is not deleted.
pub async fn delete<O: Of>(cx: &mut Cx, params: &Params) -> Result<String> {
    let title = O::OWNER.title();
    let entity = admitted::<O>(cx, params, &format!("Delete{title}"), Context::default()).await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    store::hold(&mut tx, &account, O::OWNER, &entity.name).await?.ok_or_else(|| missing(O::OWNER, &entity.name))?;
    if !store::inline(&mut tx, &account, O::OWNER, &entity.name).await?.is_empty() {
        return Err(Fault::conflict("Cannot delete entity, must delete policies first."));
    }
    if !store::attached(&mut tx, &account, O::OWNER, &entity.name).await?.is_empty() {
        return Err(Fault::conflict("Cannot delete entity, must detach all policies first."));
    }
    let in_use = match O::OWNER {
        Owner::Role => None,
        Owner::User if !keys::store::list(&mut tx, &account, &entity.name).await?.is_empty() => {
            Some("Cannot delete entity, must delete access keys first.")
        }
        Owner::User if !store::groups_of(&mut tx, &account, &entity.name).await?.is_empty() => {
            Some("Cannot delete entity, must remove users from group first.")
        }
        Owner::Group if !store::members_of(&mut tx, &account, &entity.name).await?.is_empty() => {
            Some("Cannot delete entity, must remove users from group first.")
        }
        Owner::User | Owner::Group => None,
    };
    if let Some(message) = in_use {
        return Err(Fault::conflict(message));
    }
    store::delete(&mut tx, &account, O::OWNER, &entity.name).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

pub async fn add_user_to_group(cx: &mut Cx, params: &Params) -> Result<String> {
    let (group, user) = member(cx, params, "AddUserToGroup").await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    for (owner, name) in [(Owner::Group, &group), (Owner::User, &user)] {
        store::hold(&mut tx, &account, owner, name).await?.ok_or_else(|| missing(owner, name))?;
    }
    if store::groups_of(&mut tx, &account, &user).await?.len() >= 10 {
        return Err(Fault::limit("Cannot exceed quota for GroupsPerUser: 10"));
    }
    store::join_group(&mut tx, &account, &group, &user).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

pub async fn remove_user_from_group(cx: &mut Cx, params: &Params) -> Result<String> {
    let (group, user) = member(cx, params, "RemoveUserFromGroup").await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    store::leave_group(&mut tx, &account, &group, &user).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

async fn member(cx: &mut Cx, params: &Params, action: &str) -> Result<(String, String)> {
    let user = params.name("UserName", 128)?.to_owned();
    let group = admitted::<Group>(cx, params, action, Context::default()).await?;
    let account = account(cx);
    let found = store::find(&mut *cx.read().await?, &account, Owner::User, &user).await?;
    Ok((group.name, found.ok_or_else(|| missing(Owner::User, &user))?.name))
}

pub async fn list_groups_for_user(cx: &mut Cx, params: &Params) -> Result<String> {
    let user = admitted::<User>(cx, params, "ListGroupsForUser", Context::default()).await?;
    let account = account(cx);
    let groups = store::groups_of(&mut *cx.read().await?, &account, &user.name).await?;
    let mut xml = Xml::new();
    xml.list("Groups", &groups, |xml, group| write(xml, &account, group));
    write_page(&mut xml, None);
    Ok(xml.finish())
}

/// There are no instances here, and no profiles of theirs; tools ask before they delete a role.
pub async fn list_instance_profiles_for_role(cx: &mut Cx, params: &Params) -> Result<String> {
    admitted::<Role>(cx, params, "ListInstanceProfilesForRole", Context::default()).await?;
    let mut xml = Xml::new();
    xml.list("InstanceProfiles", std::iter::empty::<()>(), |_, ()| {});
    write_page(&mut xml, None);
    Ok(xml.finish())
}
