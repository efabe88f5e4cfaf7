//! What policies would decide, and why: SimulateCustomPolicy, SimulatePrincipalPolicy, and the keys that policies ask for.

use super::common::{account, admit};
use crate::api::Cx;
use crate::iam::entity::Owner;
use crate::iam::grants::{self, Grants};
use crate::iam::policy::evaluate::{self, Decision, Effect, Layers, Named, Request};
use crate::iam::policy::principal::Requester;
use crate::iam::policy::{self, Context, Kind};
use crate::iam::query::fault::{Fault, Result};
use crate::iam::query::params::Params;
use crate::iam::query::xml::Xml;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most decisions of one request.
const MOST: usize = 1_000;
/// The longest value of a context key, and the longest resource.
const LONGEST_VALUE: usize = 2_048;
/// The most policies of one request.
const MOST_POLICIES: usize = 100;

/// What is simulated.
#[derive(Default)]
struct Simulation {
    identity: Vec<Named>,
    boundaries: Vec<Named>,
    resource: Option<Named>,
    context: Context,
    caller_arn: String,
    account: String,
}

pub async fn custom(cx: &mut Cx, params: &Params) -> Result<String> {
    admit(cx, "SimulateCustomPolicy", "*", &Context::default())?;
    let identity = policies(params, "PolicyInputList", Kind::Identity)?;
    if identity.is_empty() {
        return Err(Fault::invalid_input("PolicyInputList must hold a policy."));
    }
    let simulation = Simulation { identity, ..simulation(cx, params)? };
    simulation.run(params)
}

pub async fn principal(cx: &mut Cx, params: &Params) -> Result<String> {
    let arn = params.text("PolicySourceArn", 2_048)?.to_owned();
    admit(cx, "SimulatePrincipalPolicy", &arn, &Context::default())?;
    let grants = source(cx, &arn).await?;
    let mut simulation = simulation(cx, params)?;
    simulation.identity = grants.identity.clone();
    simulation.identity.extend(policies(params, "PolicyInputList", Kind::Identity)?);
    if simulation.boundaries.is_empty() {
        simulation.boundaries.extend(grants.boundary.clone());
    }
    if simulation.caller_arn.is_empty() {
        simulation.caller_arn = arn;
    }
    simulation.run(params)
}

pub async fn custom_keys(cx: &mut Cx, params: &Params) -> Result<String> {
    admit(cx, "GetContextKeysForCustomPolicy", "*", &Context::default())?;
    let all = policies(params, "PolicyInputList", Kind::Identity)?;
    Ok(keys(&all))
}

pub async fn principal_keys(cx: &mut Cx, params: &Params) -> Result<String> {
    let arn = params.text("PolicySourceArn", 2_048)?.to_owned();
    admit(cx, "GetContextKeysForPrincipalPolicy", &arn, &Context::default())?;
    let mut all = source(cx, &arn).await?.identity.clone();
    all.extend(policies(params, "PolicyInputList", Kind::Identity)?);
    Ok(keys(&all))
}

fn keys(all: &[Named]) -> String {
    let keys: BTreeSet<String> = all.iter().flat_map(|named| named.policy.context_keys()).collect();
    Xml::new().texts("ContextKeyNames", keys.iter().map(String::as_str)).finish()
}

/// The role or user of an ARN.
async fn source(cx: &mut Cx, arn: &str) -> Result<Arc<Grants>> {
    let account = account(cx);
    let missing = || Fault::no_such_entity(format!("{arn} cannot be found."));
    let resource = arn.strip_prefix(&format!("arn:aws:iam::{account}:")).ok_or_else(missing)?;
    let owner = match resource.split('/').next() {
        Some("role") => Owner::Role,
        Some("user") => Owner::User,
        _ => return Err(missing()),
    };
    let name = resource.rsplit('/').next().unwrap_or_default();
    let found = grants::load(&cx.app, owner, name).await?.filter(|grants| grants.entity.arn(&account) == arn);
    found.ok_or_else(missing)
}

fn policies(params: &Params, name: &str, kind: Kind) -> Result<Vec<Named>> {
    let documents = params.list(name);
    if documents.len() > MOST_POLICIES {
        return Err(Fault::invalid_input(format!("{name} holds too many policies.")));
    }
    let read = |(n, document): (usize, &str)| -> Result<Named> {
        let policy = Arc::new(policy::read(document, kind)?);
        Ok(Named { id: format!("{name}.{}", n + 1), kind: "IAM Policy", policy })
    };
    documents.into_iter().enumerate().map(read).collect()
}

fn simulation(cx: &Cx, params: &Params) -> Result<Simulation> {
    let resource = params.get("ResourcePolicy").map(|document| -> Result<Named> {
        let policy = Arc::new(policy::read(document, Kind::Resource)?);
        Ok(Named { id: "ResourcePolicy".to_owned(), kind: "Resource Policy", policy })
    });
    Ok(Simulation {
        identity: Vec::new(),
        boundaries: policies(params, "PermissionsBoundaryPolicyInputList", Kind::Identity)?,
        resource: resource.transpose()?,
        context: context(params)?,
        caller_arn: params.optional("CallerArn", 2_048)?.unwrap_or_default().to_owned(),
        account: account(cx),
    })
}

fn context(params: &Params) -> Result<Context> {
    let mut context = Context::default();
    for n in 1.. {
        let entry = format!("ContextEntries.member.{n}");
        let Some(key) = params.given(&format!("{entry}.ContextKeyName")) else { break };
        let kind = params.get(&format!("{entry}.ContextKeyType")).unwrap_or("string");
        let values = params.list(&format!("{entry}.ContextKeyValues"));
        if key.len() > 256 || values.iter().any(|value| value.len() > LONGEST_VALUE) {
            return Err(Fault::invalid_input("A context key or value is too long."));
        }
        match values.as_slice() {
            [one] if !kind.ends_with("List") => context.set(key, *one),
            _ if kind.ends_with("List") => context.set_many(key, values.into_iter().map(str::to_owned).collect()),
            _ => return Err(Fault::invalid_input(format!("The context key {key:.128} has one value, or a type that is a list."))),
        };
    }
    Ok(context)
}

impl Simulation {
    fn run(&self, params: &Params) -> Result<String> {
        let actions = params.list("ActionNames");
        if actions.is_empty() {
            return Err(Fault::invalid_input("ActionNames must hold an action."));
        }
        let resources = Some(params.list("ResourceArns")).filter(|all| !all.is_empty()).unwrap_or_else(|| vec!["*"]);
        if actions.iter().any(|action| action.len() > 128) || resources.iter().any(|resource| resource.len() > LONGEST_VALUE) {
            return Err(Fault::invalid_input("An action or resource is too long."));
        }
        if actions.len().saturating_mul(resources.len()) > MOST {
            return Err(Fault::invalid_input("The request asks for too many decisions."));
        }
        let missing = self.missing();
        let mut xml = Xml::new();
        let asked = actions.iter().flat_map(|action| resources.iter().map(move |resource| (*action, *resource)));
        xml.list("EvaluationResults", asked, |xml, (action, resource)| {
            let decision = self.decide(action, resource);
            self.write(xml, action, resource, &decision, &missing);
        });
        xml.flag("IsTruncated", false);
        Ok(xml.finish())
    }

    fn decide(&self, action: &str, resource: &str) -> Decision {
        let is_role = self.caller_arn.contains(":role/");
        let requester = Requester {
            account: &self.account,
            arn: &self.caller_arn,
            role_arn: is_role.then_some(self.caller_arn.as_str()),
            ..Requester::default()
        };
        let layers =
            Layers { identity: &self.identity, boundary: self.boundaries.first(), session: None, resource: self.resource.as_ref() };
        evaluate::explain(&layers, &Request::new(action, resource, &self.context, requester))
    }

    /// The keys that the policies ask for and the request does not give.
    fn missing(&self) -> Vec<String> {
        let all = self.identity.iter().chain(&self.boundaries).chain(&self.resource);
        let keys: BTreeSet<String> = all.flat_map(|named| named.policy.context_keys()).collect();
        keys.into_iter().filter(|key| !self.context.has(key)).collect()
    }

    fn write(&self, xml: &mut Xml, action: &str, resource: &str, decision: &Decision, missing: &[String]) {
        let word = match decision.verdict.effect {
            Effect::Allowed => "allowed",
            Effect::ExplicitDeny => "explicitDeny",
            Effect::ImplicitDeny => "implicitDeny",
        };
        xml.text("EvalActionName", action).text("EvalResourceName", resource).text("EvalDecision", word);
        xml.list("MatchedStatements", &decision.matched, |xml, matched| {
            let position = |xml: &mut Xml, (line, column): (usize, usize)| {
                xml.text("Line", &line.to_string()).text("Column", &column.to_string());
            };
            xml.text("SourcePolicyId", &matched.policy_id)
                .text("SourcePolicyType", matched.policy_kind)
                .tag("StartPosition", |xml| position(xml, matched.span.start))
                .tag("EndPosition", |xml| position(xml, matched.span.end));
        });
        xml.texts("MissingContextValues", missing.iter().map(String::as_str));
        if !self.boundaries.is_empty() {
            let allows = decision.matched.iter().any(|m| m.layer == evaluate::Layer::Boundary && !m.is_deny);
            xml.tag("PermissionsBoundaryDecisionDetail", |xml| {
                xml.flag("AllowedByPermissionsBoundary", allows);
            });
        }
    }
}
