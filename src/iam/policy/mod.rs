//! The policy language: documents read once into a form that decides without I/O or allocation worth speaking of.
//!
//! [`read`] makes a [`Policy`] of a document or says what is wrong with it, [`evaluate`] decides a request by the policies that apply to it.

pub mod condition;
pub mod context;
pub mod evaluate;
mod node;
pub mod principal;
mod read;
mod template;
#[cfg(test)]
mod tests;
mod values;

pub use context::Context;
pub use evaluate::{Decision, Effect, Layers, Named, Request, Verdict, decide};
pub use read::{Kind, Malformed, length, read};

use condition::Condition;
use principal::PrincipalElement;
use std::collections::BTreeSet;
use template::Template;

/// A policy, ready to decide.
#[derive(Debug)]
pub struct Policy {
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug)]
pub struct Statement {
    pub sid: Option<String>,
    pub is_deny: bool,
    pub principal: Option<PrincipalElement>,
    actions: Element,
    /// Trust policies name none: they are about their role.
    resources: Option<Element>,
    conditions: Vec<Condition>,
    pub span: Span,
}

/// What is listed, or with `Not…` everything else.
#[derive(Debug)]
struct Element {
    is_negated: bool,
    patterns: Vec<Template>,
}

/// Where a statement stands in its document: line and column of its first and last character, counted from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    pub start: (usize, usize),
    pub end: (usize, usize),
}

impl Statement {
    /// Whether the statement speaks of this request, whoever makes it.
    fn matches(&self, request: &Request<'_>) -> bool {
        self.matches_action(request) && self.matches_resource(request) && self.conditions.iter().all(|c| c.holds(request.context))
    }

    fn matches_action(&self, request: &Request<'_>) -> bool {
        let listed = self.actions.patterns.iter().any(|pattern| pattern.matches(request.action(), request.context));
        listed != self.actions.is_negated
    }

    fn matches_resource(&self, request: &Request<'_>) -> bool {
        let Some(element) = &self.resources else { return true };
        if element.is_negated && element.patterns.iter().any(|pattern| !pattern.resolves(request.context)) {
            // What is excepted is not known. Nothing is allowed then, and everything denied.
            return self.is_deny;
        }
        let listed = element.patterns.iter().any(|pattern| pattern.matches(request.resource, request.context));
        listed != element.is_negated
    }
}

impl Policy {
    /// The condition keys that the policy asks for, as they are written in it.
    pub fn context_keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for statement in &self.statements {
            let templates = [Some(&statement.actions), statement.resources.as_ref()].into_iter().flatten().flat_map(|e| &e.patterns);
            keys.extend(templates.flat_map(Template::variables).map(str::to_owned));
            keys.extend(statement.conditions.iter().flat_map(Condition::keys).map(str::to_owned));
        }
        keys
    }
}

impl Policy {
    /// What stands in for a policy that cannot be read.
    pub fn denying_everything() -> Self {
        let everything = || Element { is_negated: true, patterns: Vec::new() };
        let statement = Statement {
            sid: None,
            is_deny: true,
            principal: None,
            actions: everything(),
            resources: Some(everything()),
            conditions: Vec::new(),
            span: Span::default(),
        };
        Self { statements: vec![statement] }
    }
}
