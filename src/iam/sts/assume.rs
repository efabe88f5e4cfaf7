//! AssumeRole

use super::issue::{self, Passed};
use crate::api::Cx;
use crate::api::door::Caller;
use crate::iam::authorize::{refusal, request_keys};
use crate::iam::grants::{Grants, compiled};
use crate::iam::policy::evaluate::{self, Named, Request};
use crate::iam::policy::principal::{Naming, Requester};
use crate::iam::policy::{Context, Kind};
use crate::iam::principal::Principal;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::session::{Holder, Origin, Session};

const ACTION: &str = "sts:AssumeRole";

pub async fn assume_role(cx: &mut Cx, params: &Params) -> Result<String> {
    let arn = params.text("RoleArn", 2_048)?;
    let name = params.require("RoleSessionName")?;
    issue::check_session_name(name)?;
    if matches!(&cx.caller, Caller::Iam(principal) if principal.is_federated()) {
        return Err(Fault::access_denied("Cannot call AssumeRole with the credentials of GetFederationToken"));
    }
    let mut passed = Passed::read(params)?;
    inherit(cx, &mut passed)?;
    let packed = passed.check(cx).await?;
    let mut context = passed.context(name);
    if let Some(id) = params.optional("ExternalId", 1_224)? {
        context.set("sts:ExternalId", id);
    }
    let role = issue::role(cx, arn).await?.ok_or_else(|| Fault::access_denied(format!("{} on resource: {arn}", not_authorized(cx))))?;
    for action in [ACTION].into_iter().chain(passed.further_actions()) {
        allow(cx, &role, arn, action, &context)?;
    }
    let longest = if is_chained(cx) { issue::HOUR } else { role.entity.details.longest_session };
    if is_chained(cx) && passed.duration_seconds.is_some_and(|seconds| seconds > issue::HOUR) {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(Fault::validation(message));
    }
    let seconds = issue::duration(passed.duration_seconds, longest)?;
    let holder = Holder::Role { name: role.entity.name.clone(), id: role.entity.id.clone() };
    let session = Session { name: name.to_owned(), ..issue::session(cx, holder, Origin::AssumeRole, seconds, passed) };
    let issued = issue::issue(cx, session, packed)?;
    let mut xml = Xml::new();
    issued.write(cx, &mut xml);
    Ok(xml.finish())
}

fn is_chained(cx: &Cx) -> bool {
    let Caller::Iam(principal) = &cx.caller else { return false };
    principal.temporary.as_ref().is_some_and(|t| matches!(t.origin, Origin::AssumeRole | Origin::WebIdentity))
}

/// What stays with a chain of roles: transitive tags, which nobody may change, and the identity at its source.
fn inherit(cx: &Cx, passed: &mut Passed) -> Result<()> {
    let Caller::Iam(principal) = &cx.caller else { return Ok(()) };
    let Some(temporary) = &principal.temporary else { return Ok(()) };
    for key in &temporary.transitive_tags {
        if passed.tags.keys().any(|tag| tag.eq_ignore_ascii_case(key)) {
            return Err(Fault::validation(format!(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: {key}"
            )));
        }
        let Some((tag, value)) = temporary.tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(key)) else { continue };
        passed.tags.insert(tag.clone(), value.clone());
        passed.transitive_tags.push(tag.clone());
    }
    match (&temporary.source_identity, &passed.source_identity) {
        (Some(was), Some(now)) if was != now => {
            Err(Fault::access_denied(format!("{}: the source identity cannot change", not_authorized(cx))))
        }
        (Some(was), _) => {
            passed.source_identity = Some(was.clone());
            Ok(())
        }
        (None, _) => Ok(()),
    }
}

fn not_authorized(cx: &Cx) -> String {
    let arn = match &cx.caller {
        Caller::Iam(principal) => principal.arn.clone(),
        _ => root_arn(cx),
    };
    format!("User: {arn} is not authorized to perform: {ACTION}")
}

fn root_arn(cx: &Cx) -> String {
    format!("arn:aws:iam::{}:root", cx.app.config.account_id)
}

/// Both sides must agree: the role's trust policy always, and the caller's own policies unless the trust policy names just this caller.
fn allow(cx: &Cx, role: &Grants, arn: &str, action: &str, context: &Context) -> Result<()> {
    let denied = || Fault::access_denied(format!("{} on resource: {arn}", not_authorized(cx).replace(ACTION, action)));
    let document = role.entity.details.trust.as_deref().unwrap_or_default();
    let trust = compiled(&cx.app, document, Kind::Trust).map_err(|_| denied())?;
    let mut all = request_keys(cx);
    all.extend(context).set_tags("aws:ResourceTag", &role.entity.details.tags).set_tags("iam:ResourceTag", &role.entity.details.tags);
    let trust = Named { id: "trust policy".to_owned(), kind: "Resource Policy", policy: trust };
    match &cx.caller {
        Caller::Anonymous => Err(denied()),
        Caller::Root => {
            let (account, root) = (&cx.app.config.account_id, root_arn(cx));
            let requester = Requester { account, arn: &root, id: account, ..Requester::default() };
            all.set("aws:PrincipalArn", &root).set("aws:PrincipalAccount", account).set("aws:PrincipalType", "Account");
            let granted = evaluate::granted(&trust.policy, &Request::new(action, arn, &all, requester));
            granted.map(|_: Naming| ()).ok_or_else(denied)
        }
        Caller::Iam(principal) if !principal.is_trusted(&role.entity.details.trusted) => Err(denied()),
        Caller::Iam(principal) => {
            by_principal(principal, &trust, arn, action, &all).map_err(|why| why.map_or_else(denied, Fault::access_denied))
        }
    }
}

fn by_principal(principal: &Principal, trust: &Named, arn: &str, action: &str, context: &Context) -> Result<(), Option<String>> {
    principal.granted_by(&trust.policy, action, arn, context).ok_or(None)?;
    let verdict = principal.decide(action, arn, context, Some(trust));
    if verdict.is_allowed() { Ok(()) } else { Err(Some(refusal(&principal.arn, action, arn, verdict))) }
}
