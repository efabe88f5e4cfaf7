//! The one question: may this caller do that?

use super::policy::Context;
use super::policy::evaluate::{Effect, Layer, Named, Verdict};
use super::principal::iso;
use crate::api::door::Caller;
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::SECOND;

/// Whether the caller may do `action` (`cognito-idp:AdminGetUser`) to `resource`, an ARN or `*`. `context` holds the condition keys of the
/// service; those of the caller and of the request at large are added. Refuses with `AccessDeniedException`.
pub fn authorize(cx: &Cx, caller: &Caller, action: &str, resource: &str, context: &Context) -> Result<()> {
    authorize_on(cx, caller, action, resource, context, None)
}

/// The same for a resource that has a policy of its own.
pub fn authorize_on(cx: &Cx, caller: &Caller, action: &str, resource: &str, context: &Context, of_resource: Option<&Named>) -> Result<()> {
    match decide(cx, caller, action, resource, context, of_resource)? {
        None => Ok(()),
        Some((arn, verdict)) => Err(ApiError::access_denied(refusal(&arn, action, resource, verdict))),
    }
}

/// `None` if it is allowed; otherwise who was refused, and why.
pub(super) fn decide(
    cx: &Cx,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &Context,
    of_resource: Option<&Named>,
) -> Result<Option<(String, Verdict)>> {
    let principal = match caller {
        Caller::Root => return Ok(None),
        Caller::Anonymous => return Err(ApiError::missing_authentication_token("Missing Authentication Token")),
        Caller::Iam(principal) => principal,
    };
    let mut all = request_keys(cx);
    all.extend(context);
    let verdict = principal.decide(action, resource, &all, of_resource);
    Ok((!verdict.is_allowed()).then(|| (principal.arn.clone(), verdict)))
}

/// The condition keys that every request has.
pub fn request_keys(cx: &Cx) -> Context {
    let mut context = Context::default();
    let (now, config) = (cx.now(), &cx.app.config);
    context
        .set("aws:SourceIp", cx.address.to_canonical().to_string())
        .set("aws:CurrentTime", iso(now))
        .set("aws:EpochTime", (now / SECOND).to_string())
        .set("aws:SecureTransport", config.is_https().to_string())
        .set("aws:RequestedRegion", &config.region)
        // No service of AWS calls in somebody's name here.
        .set("aws:ViaAWSService", "false")
        .set("aws:PrincipalIsAWSService", "false");
    if let Some(agent) = &cx.user_agent {
        context.set("aws:UserAgent", agent);
    }
    context
}

/// AWS' words.
pub fn refusal(arn: &str, action: &str, resource: &str, verdict: Verdict) -> String {
    let start = format!("User: {arn} is not authorized to perform: {action} on resource: {resource}");
    let layer = verdict.layer.name();
    match verdict.effect {
        Effect::ExplicitDeny => {
            let article = if verdict.layer == Layer::Identity { "an" } else { "a" };
            format!("{start} with an explicit deny in {article} {layer}")
        }
        Effect::Allowed | Effect::ImplicitDeny => format!("{start} because no {layer} allows the {action} action"),
    }
}
