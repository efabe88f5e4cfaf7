//! Managed policies and their versions.

use super::common::{account, admit, cut, page, path, write_page};
use crate::api::Cx;
use crate::iam::entity::{self, Details, ManagedPolicy, arn};
use crate::iam::managed::{self, PREFIX, PROVIDED, Provided};
use crate::iam::policy::{self, Context, Kind};
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::store;
use crate::kit::text::fold;
use crate::store::StoreError;

/// What a managed policy may hold, white space aside.
const LONGEST: usize = 6_144;

fn check(document: &str) -> Result<()> {
    if policy::length(document) > LONGEST {
        return Err(Fault::limit(format!("Cannot exceed quota for PolicySize: {LONGEST}")));
    }
    policy::read(document, Kind::Identity)?;
    Ok(())
}

fn write(xml: &mut Xml, policy: &ManagedPolicy, attached: usize, bounds: usize) {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    xml.text("PolicyName", &policy.name)
        .text("PolicyId", &policy.id)
        .text("Arn", &policy.arn)
        .text("Path", &policy.path)
        .text("DefaultVersionId", &format!("v{}", policy.default_version))
        .number("AttachmentCount", count(attached))
        .number("PermissionsBoundaryUsageCount", count(bounds))
        .flag("IsAttachable", true)
        .optional("Description", policy.details.description.as_deref())
        .time("CreateDate", policy.created_at)
        .time("UpdateDate", policy.modified_at);
    if !policy.details.tags.is_empty() {
        xml.tags(&policy.details.tags);
    }
}

/// A policy that every account has, in the form of the account's own.
fn provided(policy: &Provided) -> ManagedPolicy {
    ManagedPolicy {
        arn: format!("{PREFIX}{}", policy.name),
        name: policy.name.to_owned(),
        id: format!("ANPA{:A<17}", policy.name.to_uppercase().chars().filter(char::is_ascii_alphanumeric).take(17).collect::<String>()),
        path: "/".to_owned(),
        details: Details { description: Some(policy.description.to_owned()), ..Details::default() },
        default_version: 1,
        newest_version: 1,
        created_at: 0,
        modified_at: 0,
    }
}

pub fn missing(arn: &str) -> Fault {
    Fault::no_such_entity(format!("Policy {arn} was not found."))
}

/// The policy that the request names, if the caller may do `action` to it.
pub async fn admitted(cx: &mut Cx, params: &Params, action: &str, mut context: Context) -> Result<ManagedPolicy> {
    let (arn, account) = (params.text("PolicyArn", 2_048)?, account(cx));
    let found = match managed::provided(arn) {
        Some(policy) => Some(provided(policy)),
        None => managed::store::find(&mut *cx.read().await?, &account, arn).await?,
    };
    if let Some(policy) = &found {
        context.set_tags("iam:ResourceTag", &policy.details.tags).set_tags("aws:ResourceTag", &policy.details.tags);
    }
    admit(cx, action, arn, &context)?;
    found.ok_or_else(|| missing(arn))
}

/// The same for what changes it: nobody changes the policies that every account has.
pub async fn admitted_own(cx: &mut Cx, params: &Params, action: &str, context: Context) -> Result<ManagedPolicy> {
    let policy = admitted(cx, params, action, context).await?;
    if managed::provided(&policy.arn).is_some() {
        return Err(Fault::access_denied(format!("Cannot change the policy {}.", policy.arn)));
    }
    Ok(policy)
}

pub async fn create(cx: &mut Cx, params: &Params) -> Result<String> {
    let (account, name, path) = (account(cx), params.name("PolicyName", 128)?, path(params, "Path")?);
    let tags = params.tags("Tags")?;
    let arn = arn(&account, "policy", path, name);
    let mut context = Context::default();
    context.set_request_tags(&tags);
    admit(cx, "CreatePolicy", &arn, &context)?;
    let document = params.text("PolicyDocument", 131_072)?;
    check(document)?;
    let now = cx.now();
    let description = params.optional("Description", 1_000)?.map(str::to_owned);
    let policy = ManagedPolicy {
        arn,
        name: name.to_owned(),
        id: entity::id(cx.rng(), "ANPA"),
        path: path.to_owned(),
        details: Details { description, tags, ..Details::default() },
        default_version: 1,
        newest_version: 1,
        created_at: now,
        modified_at: now,
    };
    let mut tx = cx.begin().await?;
    match managed::store::insert(&mut tx, &account, &policy, document).await {
        Err(StoreError::Duplicate) => {
            return Err(Fault::exists(format!("A policy called {name} already exists. Duplicate names are not allowed.")));
        }
        other => other?,
    }
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(Xml::new().tag("Policy", |xml| write(xml, &policy, 0, 0)).finish())
}

pub async fn get(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted(cx, params, "GetPolicy", Context::default()).await?;
    let account = account(cx);
    let mut tx = cx.read().await?;
    let attached = store::attached_to(&mut tx, &account, &policy.arn).await?.len();
    let bounds = store::bounded_by(&mut tx, &account, &policy.arn).await?.len();
    Ok(Xml::new().tag("Policy", |xml| write(xml, &policy, attached, bounds)).finish())
}

pub async fn list(cx: &mut Cx, params: &Params) -> Result<String> {
    let (account, prefix, (after, limit)) = (account(cx), path(params, "PathPrefix")?, page(params)?);
    admit(cx, "ListPolicies", &arn(&account, "policy", prefix, ""), &Context::default())?;
    let (only_attached, scope) = (params.flag("OnlyAttached"), params.get("Scope").unwrap_or("All"));
    let mut tx = cx.read().await?;
    let mut found = match scope {
        "AWS" => Vec::new(),
        _ => managed::store::list(&mut tx, &account, prefix, &after, limit + 1).await?,
    };
    let next = cut(&mut found, limit, |policy| fold(&policy.name));
    // Those that every account has are few: they come with the last page.
    if next.is_none() && scope != "Local" && prefix == "/" {
        found.extend(PROVIDED.iter().map(provided));
    }
    let attached = store::attachments(&mut tx, &account).await?;
    let count = |policy: &ManagedPolicy| attached.get(&policy.arn).copied().unwrap_or_default();
    if only_attached {
        found.retain(|policy| count(policy) > 0);
    }
    let mut xml = Xml::new();
    xml.list("Policies", &found, |xml, policy| write(xml, policy, count(policy), 0));
    write_page(&mut xml, next.as_deref());
    Ok(xml.finish())
}

pub async fn delete(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted_own(cx, params, "DeletePolicy", Context::default()).await?;
    let account = account(cx);
    let mut tx = cx.begin().await?;
    managed::store::hold(&mut tx, &account, &policy.arn).await?.ok_or_else(|| missing(&policy.arn))?;
    let attached = !store::attached_to(&mut tx, &account, &policy.arn).await?.is_empty();
    if attached || !store::bounded_by(&mut tx, &account, &policy.arn).await?.is_empty() {
        return Err(Fault::conflict("Cannot delete a policy attached to entities."));
    }
    if managed::store::versions(&mut tx, &account, &policy.arn).await?.len() > 1 {
        return Err(Fault::conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        ));
    }
    managed::store::delete(&mut tx, &account, &policy.arn).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

pub async fn list_entities(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted(cx, params, "ListEntitiesForPolicy", Context::default()).await?;
    let account = account(cx);
    let mut tx = cx.read().await?;
    let all = match params.get("PolicyUsageFilter") {
        Some("PermissionsBoundary") => store::bounded_by(&mut tx, &account, &policy.arn).await?,
        _ => store::attached_to(&mut tx, &account, &policy.arn).await?,
    };
    let mut xml = Xml::new();
    for (word, title) in [("group", "Group"), ("user", "User"), ("role", "Role")] {
        xml.list(&format!("Policy{title}s"), all.iter().filter(|(kind, ..)| kind == word), |xml, (_, name, id)| {
            xml.text(&format!("{title}Name"), name).text(&format!("{title}Id"), id);
        });
    }
    write_page(&mut xml, None);
    Ok(xml.finish())
}

pub async fn create_version(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted_own(cx, params, "CreatePolicyVersion", Context::default()).await?;
    let (document, is_default) = (params.text("PolicyDocument", 131_072)?, params.flag("SetAsDefault"));
    check(document)?;
    let (account, now) = (account(cx), cx.now());
    let mut tx = cx.begin().await?;
    let mut policy = managed::store::hold(&mut tx, &account, &policy.arn).await?.ok_or_else(|| missing(&policy.arn))?;
    if managed::store::versions(&mut tx, &account, &policy.arn).await?.len() >= 5 {
        return Err(Fault::limit(
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
        ));
    }
    policy.newest_version += 1;
    policy.modified_at = now;
    if is_default {
        policy.default_version = policy.newest_version;
    }
    managed::store::insert_version(&mut tx, &account, &policy.arn, policy.newest_version, document, now).await?;
    managed::store::update(&mut tx, &account, &policy).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    let inside = |xml: &mut Xml| write_version(xml, policy.newest_version, is_default, now, None);
    Ok(Xml::new().tag("PolicyVersion", inside).finish())
}

fn write_version(xml: &mut Xml, version: i64, is_default: bool, at: i64, document: Option<&str>) {
    if let Some(document) = document {
        xml.document("Document", document);
    }
    xml.text("VersionId", &format!("v{version}")).flag("IsDefaultVersion", is_default).time("CreateDate", at);
}

/// Version, document and time of each.
async fn versions(cx: &mut Cx, policy: &ManagedPolicy) -> Result<Vec<(i64, String, i64)>> {
    if let Some(provided) = managed::provided(&policy.arn) {
        return Ok(vec![(1, provided.document.to_owned(), 0)]);
    }
    let account = account(cx);
    Ok(managed::store::versions(&mut *cx.read().await?, &account, &policy.arn).await?)
}

fn version(params: &Params) -> Result<i64> {
    let text = params.text("VersionId", 32)?;
    let number = text.strip_prefix('v').and_then(|n| n.parse().ok());
    number.ok_or_else(|| Fault::validation(format!("The version {text} is not of the form v1.")))
}

fn no_version(policy: &ManagedPolicy, version: i64) -> Fault {
    Fault::no_such_entity(format!("Policy {} version v{version} does not exist or is not attachable.", policy.arn))
}

pub async fn get_version(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted(cx, params, "GetPolicyVersion", Context::default()).await?;
    let asked = version(params)?;
    let found = versions(cx, &policy).await?.into_iter().find(|(n, ..)| *n == asked);
    let (_, document, at) = found.ok_or_else(|| no_version(&policy, asked))?;
    let inside = |xml: &mut Xml| write_version(xml, asked, asked == policy.default_version, at, Some(&document));
    Ok(Xml::new().tag("PolicyVersion", inside).finish())
}

pub async fn list_versions(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted(cx, params, "ListPolicyVersions", Context::default()).await?;
    let all = versions(cx, &policy).await?;
    let mut xml = Xml::new();
    xml.list("Versions", &all, |xml, (version, _, at)| write_version(xml, *version, *version == policy.default_version, *at, None));
    write_page(&mut xml, None);
    Ok(xml.finish())
}

pub async fn set_default_version(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted_own(cx, params, "SetDefaultPolicyVersion", Context::default()).await?;
    let (asked, account) = (version(params)?, account(cx));
    let mut tx = cx.begin().await?;
    let mut policy = managed::store::hold(&mut tx, &account, &policy.arn).await?.ok_or_else(|| missing(&policy.arn))?;
    if !managed::store::versions(&mut tx, &account, &policy.arn).await?.iter().any(|(n, ..)| *n == asked) {
        return Err(no_version(&policy, asked));
    }
    policy.default_version = asked;
    managed::store::update(&mut tx, &account, &policy).await?;
    tx.commit().await?;
    cx.app.caches.forget_grants();
    Ok(String::new())
}

pub async fn delete_version(cx: &mut Cx, params: &Params) -> Result<String> {
    let policy = admitted_own(cx, params, "DeletePolicyVersion", Context::default()).await?;
    let (asked, account) = (version(params)?, account(cx));
    let mut tx = cx.begin().await?;
    let policy = managed::store::hold(&mut tx, &account, &policy.arn).await?.ok_or_else(|| missing(&policy.arn))?;
    if policy.default_version == asked {
        return Err(Fault::conflict("Cannot delete the default version of a policy."));
    }
    if !managed::store::delete_version(&mut tx, &account, &policy.arn, asked).await? {
        return Err(no_version(&policy, asked));
    }
    tx.commit().await?;
    Ok(String::new())
}
