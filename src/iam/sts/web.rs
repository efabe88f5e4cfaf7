//! AssumeRoleWithWebIdentity, and what identity pools ask for in its place.

use super::issue::{self, Issued, Passed};
use super::web_token;
use crate::api::Cx;
use crate::iam::authorize::request_keys;
use crate::iam::grants::{Grants, compiled};
use crate::iam::policy::evaluate::{self, Request};
use crate::iam::policy::principal::Requester;
use crate::iam::policy::{Context, Kind};
use crate::iam::principal::set_provided;
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use crate::iam::session::{Holder, Origin, Session};
use std::collections::BTreeMap;

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";
/// What of an identity provider's keys stays with the session; the rest is for trust policies only.
const KEPT: [&str; 6] = ["aud", "sub", "amr", "app_id", "id", "user_id"];

/// Somebody an identity provider vouches for.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// As trust policies name it.
    pub provider: String,
    pub context: BTreeMap<String, Vec<String>>,
}

pub async fn assume_role_with_web_identity(cx: &mut Cx, params: &Params) -> Result<String> {
    let arn = params.text("RoleArn", 2_048)?;
    let name = params.require("RoleSessionName")?;
    issue::check_session_name(name)?;
    let token = params.text("WebIdentityToken", 20_000)?;
    if params.get("ProviderId").is_some() {
        return Err(Fault::validation("ProviderId is for providers whose tokens are no JSON Web Tokens, and none of them is served."));
    }
    let passed = Passed::read(params)?;
    if !passed.tags.is_empty() || passed.source_identity.is_some() {
        return Err(Fault::validation("Tags and the source identity of this operation come from the token."));
    }
    let verified = web_token::verify(cx, token).await?;
    let passed =
        Passed { tags: verified.tags, transitive_tags: verified.transitive_tags, source_identity: verified.source_identity, ..passed };
    let issued = assume(cx, arn, name, verified.vouched, passed).await?;
    let mut xml = Xml::new();
    xml.text("SubjectFromWebIdentityToken", &verified.subject).text("Audience", &verified.audience).text("Provider", &verified.issuer);
    issued.write(cx, &mut xml);
    Ok(xml.finish())
}

/// A session of the role, if its trust policy lets this provider vouch for this somebody.
pub async fn assume(cx: &mut Cx, arn: &str, name: &str, vouched: Vouched, passed: Passed) -> Result<Issued> {
    issue::check_session_name(name)?;
    let packed = passed.check(cx).await?;
    let denied = || Fault::access_denied(format!("Not authorized to perform {ACTION}"));
    let role = issue::role(cx, arn).await?.ok_or_else(denied)?;
    let mut context = request_keys(cx);
    context.extend(&passed.context(name)).set("aws:FederatedProvider", &vouched.provider);
    for (key, values) in &vouched.context {
        set_provided(&mut context, key, values);
    }
    for action in [ACTION].into_iter().chain(passed.further_actions()) {
        if !trusts(cx, &role, arn, action, &vouched.provider, &context)? {
            return Err(denied());
        }
    }
    let seconds = issue::duration(passed.duration_seconds, role.entity.details.longest_session)?;
    let holder = Holder::Role { name: role.entity.name.clone(), id: role.entity.id.clone() };
    let kept = vouched.context.into_iter().filter(|(key, _)| key.rsplit(':').next().is_some_and(|k| KEPT.contains(&k)));
    let session = Session {
        name: name.to_owned(),
        context: kept.collect(),
        provider: Some(vouched.provider),
        ..issue::session(cx, holder, Origin::WebIdentity, seconds, passed)
    };
    issue::issue(cx, session, packed)
}

fn trusts(cx: &Cx, role: &Grants, arn: &str, action: &str, provider: &str, context: &Context) -> Result<bool> {
    let document = role.entity.details.trust.as_deref().unwrap_or_default();
    let Ok(trust) = compiled(&cx.app, document, Kind::Trust) else { return Ok(false) };
    let requester = Requester { federated: Some(provider), ..Requester::default() };
    Ok(evaluate::granted(&trust, &Request::new(action, arn, context, requester)).is_some())
}
