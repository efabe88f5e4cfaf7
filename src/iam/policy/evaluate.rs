//! The decision: denials first, then who allows.
//!
//! A denial in any policy is final. A resource's own policy may allow what no identity policy does, and a permissions boundary and a session
//! policy limit the rest. What a session policy allows is only ever what the role allows as well.

use super::context::Context;
use super::principal::{Naming, Requester};
use super::{Policy, Span, Statement};
use std::borrow::Cow;
use std::sync::Arc;

/// What is asked.
pub struct Request<'a> {
    action: Cow<'a, str>,
    pub resource: &'a str,
    pub context: &'a Context,
    /// For policies that name principals.
    pub requester: Requester<'a>,
}

impl<'a> Request<'a> {
    pub fn new(action: &'a str, resource: &'a str, context: &'a Context, requester: Requester<'a>) -> Self {
        let folded = action.bytes().any(|c| c.is_ascii_uppercase());
        let action = if folded { Cow::Owned(action.to_ascii_lowercase()) } else { Cow::Borrowed(action) };
        Self { action, resource, context, requester }
    }

    pub(super) fn action(&self) -> &str {
        &self.action
    }
}

/// A policy and what it is called in explanations.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: String,
    /// `IAM Policy`, `User Policy`, `Role Policy`, `Resource Policy`, …
    pub kind: &'static str,
    pub policy: Arc<Policy>,
}

/// The policies that apply to a request. Several in one layer count as one: what any of them allows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layers<'a> {
    pub identity: &'a [Named],
    pub boundary: Option<&'a Named>,
    pub session: Option<&'a [Named]>,
    pub resource: Option<&'a Named>,
}

/// A layer, as refusals name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Identity,
    Boundary,
    Session,
    Resource,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource-based policy",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Allowed,
    ExplicitDeny,
    ImplicitDeny,
}

/// The decision, and the layer that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub effect: Effect,
    pub layer: Layer,
}

impl Verdict {
    pub fn is_allowed(self) -> bool {
        self.effect == Effect::Allowed
    }
}

/// The decision and the statements that speak of the request.
#[derive(Debug)]
pub struct Decision {
    pub verdict: Verdict,
    pub matched: Vec<Match>,
}

/// A statement that speaks of the request.
#[derive(Debug)]
pub struct Match {
    pub layer: Layer,
    pub policy_id: String,
    pub policy_kind: &'static str,
    pub is_deny: bool,
    pub span: Span,
}

/// What the policies of a layer say, taken together.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    denies: bool,
    allows: bool,
    /// How closely the statements that allow name the requester.
    naming: Option<Naming>,
}

impl Said {
    fn add(&mut self, statement: &Statement, naming: Option<Naming>) {
        if statement.is_deny {
            self.denies = true;
        } else {
            self.allows = true;
            self.naming = self.naming.max(naming);
        }
    }
}

/// Decides.
pub fn decide(layers: &Layers<'_>, request: &Request<'_>) -> Verdict {
    weigh(layers, request, &mut |_, _, _| {})
}

/// Decides and says why.
pub fn explain(layers: &Layers<'_>, request: &Request<'_>) -> Decision {
    let mut matched = Vec::new();
    let verdict = weigh(layers, request, &mut |layer, named, statement| {
        let (policy_id, is_deny) = (named.id.clone(), statement.is_deny);
        matched.push(Match { layer, policy_id, policy_kind: named.kind, is_deny, span: statement.span });
    });
    Decision { verdict, matched }
}

type Note<'n> = dyn FnMut(Layer, &Named, &Statement) + 'n;

fn weigh(layers: &Layers<'_>, request: &Request<'_>, note: &mut Note<'_>) -> Verdict {
    let mut read = |layer, policies: &[Named]| said(layer, policies, request, note);
    let resource = read(Layer::Resource, layers.resource.map_or(&[], std::slice::from_ref));
    let identity = read(Layer::Identity, layers.identity);
    let boundary = layers.boundary.map(|boundary| read(Layer::Boundary, std::slice::from_ref(boundary)));
    let session = layers.session.map(|session| read(Layer::Session, session));
    let all =
        [(Layer::Identity, Some(identity)), (Layer::Resource, Some(resource)), (Layer::Boundary, boundary), (Layer::Session, session)];
    if let Some((layer, _)) = all.iter().find(|(_, said)| said.is_some_and(|s| s.denies)) {
        return Verdict { effect: Effect::ExplicitDeny, layer: *layer };
    }
    let granted = if resource.allows { resource.naming } else { None };
    if granted == Some(Naming::Exactly) {
        return Verdict { effect: Effect::Allowed, layer: Layer::Resource };
    }
    let by_resource = granted == Some(Naming::Role);
    if !identity.allows && !by_resource {
        return Verdict { effect: Effect::ImplicitDeny, layer: Layer::Identity };
    }
    for (layer, said) in [(Layer::Boundary, boundary), (Layer::Session, session)] {
        if said.is_some_and(|s| !s.allows) {
            return Verdict { effect: Effect::ImplicitDeny, layer };
        }
    }
    Verdict { effect: Effect::Allowed, layer: if identity.allows { Layer::Identity } else { Layer::Resource } }
}

/// What the policies of one layer say of the request.
fn said(layer: Layer, policies: &[Named], request: &Request<'_>, note: &mut Note<'_>) -> Said {
    let mut said = Said::default();
    for named in policies {
        for statement in &named.policy.statements {
            let naming = statement.principal.as_ref().map(|principal| principal.naming(&request.requester));
            if naming == Some(None) || !statement.matches(request) {
                continue;
            }
            said.add(statement, naming.flatten());
            note(layer, named, statement);
        }
    }
    said
}

/// How closely a resource's policy names somebody whom it allows the request; `None` if it does not, or denies it.
pub fn granted(policy: &Policy, request: &Request<'_>) -> Option<Naming> {
    let mut said = Said::default();
    for statement in &policy.statements {
        let Some(naming) = statement.principal.as_ref().and_then(|principal| principal.naming(&request.requester)) else { continue };
        if statement.matches(request) {
            said.add(statement, Some(naming));
        }
    }
    if said.denies { None } else { said.naming }
}
