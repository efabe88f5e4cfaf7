//! What IAM's actions share: whom they are about, and whether the caller may.

use crate::api::Cx;
use crate::api::door::Caller;
use crate::iam::authorize::{self, refusal};
use crate::iam::entity::{Entity, Owner, arn};
use crate::iam::policy::Context;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::session::Origin;
use crate::iam::store;
use crate::kit::text;

/// Roles, users and groups, as types: what is the same for all is written once.
pub trait Of: Send + 'static {
    const OWNER: Owner;
    /// The parameter that names one.
    const PARAM: &'static str;
}

pub struct Role;
pub struct User;
pub struct Group;

impl Of for Role {
    const OWNER: Owner = Owner::Role;
    const PARAM: &'static str = "RoleName";
}

impl Of for User {
    const OWNER: Owner = Owner::User;
    const PARAM: &'static str = "UserName";
}

impl Of for Group {
    const OWNER: Owner = Owner::Group;
    const PARAM: &'static str = "GroupName";
}

pub fn account(cx: &Cx) -> String {
    cx.app.config.account_id.clone()
}

/// Whether the caller may do `action` to `resource`.
pub fn admit(cx: &Cx, action: &str, resource: &str, context: &Context) -> Result<()> {
    if let Caller::Iam(principal) = &cx.caller {
        let barred = principal.temporary.as_ref().is_some_and(|t| matches!(t.origin, Origin::SessionToken | Origin::FederationToken));
        if barred {
            return Err(Fault::access_denied("Credentials of GetSessionToken and GetFederationToken cannot call IAM."));
        }
    }
    let action = format!("iam:{action}");
    match authorize::decide(cx, &cx.caller, &action, resource, context, None)? {
        None => Ok(()),
        Some((who, verdict)) => Err(Fault::access_denied(refusal(&who, &action, resource, verdict))),
    }
}

pub fn missing(owner: Owner, name: &str) -> Fault {
    Fault::no_such_entity(format!("The {} with name {name} cannot be found.", owner.word()))
}

/// The one that the request names, if the caller may do `action` to it. Whoever may not does not learn whether there is one.
pub async fn admitted<O: Of>(cx: &mut Cx, params: &Params, action: &str, context: Context) -> Result<Entity> {
    let name = params.name(O::PARAM, 128)?;
    admitted_named::<O>(cx, name, action, context).await
}

pub async fn admitted_named<O: Of>(cx: &mut Cx, name: &str, action: &str, mut context: Context) -> Result<Entity> {
    let account = account(cx);
    let found = store::find(&mut *cx.read().await?, &account, O::OWNER, name).await?;
    let resource = found.as_ref().map_or_else(|| arn(&account, O::OWNER.word(), "/", name), |entity| entity.arn(&account));
    if let Some(entity) = &found {
        context.set_tags("iam:ResourceTag", &entity.details.tags).set_tags("aws:ResourceTag", &entity.details.tags);
    }
    admit(cx, action, &resource, &context)?;
    found.ok_or_else(|| missing(O::OWNER, name))
}

/// The user that the request names or, where it names none, the one who signs.
pub fn user_name(cx: &Cx, params: &Params) -> Result<String> {
    if params.get("UserName").is_some() {
        return Ok(params.name("UserName", 64)?.to_owned());
    }
    match &cx.caller {
        Caller::Iam(principal) => principal.user_name().map(str::to_owned),
        _ => None,
    }
    .ok_or_else(|| Fault::validation("Must specify userName when calling with non-User credentials"))
}

/// A path: `/` or `/…/`.
pub fn path<'a>(params: &'a Params, name: &str) -> Result<&'a str> {
    let path = params.optional(name, 512)?.unwrap_or("/");
    let sound = path.starts_with('/') && path.bytes().all(|c| c.is_ascii_graphic());
    let ends = name == "PathPrefix" || path.ends_with('/');
    if sound && ends {
        return Ok(path);
    }
    Err(Fault::validation(format!(
        "The specified value for {name} is invalid. It must begin and end with / and contain only visible characters."
    )))
}

/// The page of a list: where it begins, and how long it is.
pub fn page(params: &Params) -> Result<(String, i64)> {
    let limit = params.number("MaxItems", 1..=1_000, 100)?;
    let after = match params.optional("Marker", 2_048)? {
        None => String::new(),
        Some(marker) => {
            let plain = text::from_base64url(marker).and_then(|bytes| String::from_utf8(bytes).ok()).filter(|t| !t.contains('\0'));
            plain.ok_or_else(|| Fault::validation("Invalid Marker."))?
        }
    };
    Ok((after, limit))
}

/// Cuts a list that was read one longer than the page, and says where the next begins.
pub fn cut<T>(items: &mut Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if items.len() <= limit {
        return None;
    }
    items.truncate(limit);
    items.last().map(|last| text::base64url(key(last).as_bytes()))
}

pub fn write_page(xml: &mut Xml, next: Option<&str>) {
    xml.flag("IsTruncated", next.is_some()).optional("Marker", next);
}
