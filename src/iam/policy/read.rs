//! Reading documents, and what is wrong with those that are none.

use super::condition::{self, Condition};
use super::node::Node;
use super::principal::PrincipalElement;
use super::template::{Syntax, Template};
use super::{Element, Policy, Span, Statement};
use serde_json::value::RawValue;
use std::collections::HashSet;

/// Where a document stands decides what it may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Of a user, group or role, or a managed policy.
    Identity,
    /// Passed with a request for credentials.
    Session,
    /// Of a role: who may assume it.
    Trust,
    /// Of a resource.
    Resource,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// The longest document that is looked at. What each kind may hold is less and counted without white space.
const LONGEST: usize = 131_072;
/// The deepest sound document: statements, conditions, operators, keys, values.
const DEEPEST: usize = 8;
const STATEMENT: [&str; 9] = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

type Result<T> = std::result::Result<T, Malformed>;

fn wrong<T>(text: impl Into<String>) -> Result<T> {
    Err(Malformed(text.into()))
}

/// How long a document is: white space does not count.
pub fn length(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

/// Reads a document.
pub fn read(document: &str, kind: Kind) -> Result<Policy> {
    if document.len() > LONGEST {
        return wrong("The policy is too long.");
    }
    if let Some(c) = document.chars().find(|c| !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')) {
        return wrong(format!("The policy holds a character that policies may not hold: U+{:04X}.", u32::from(c)));
    }
    if too_deep(document) {
        return wrong("The policy is nested too deeply.");
    }
    let root: Node = serde_json::from_str(document).map_err(|why| Malformed(format!("This policy contains invalid Json: {why}")))?;
    let Node::Object(members) = root else { return wrong("Syntax errors in policy.") };
    let variables = match member(&members, "Version") {
        None => false,
        Some(Node::Text(version)) if version == "2008-10-17" => false,
        Some(Node::Text(version)) if version == "2012-10-17" => true,
        Some(_) => return wrong("Policy document must be version 2012-10-17 or greater."),
    };
    for (name, value) in &members {
        match name.as_str() {
            "Version" | "Statement" => {}
            "Id" if matches!(kind, Kind::Trust | Kind::Resource) && matches!(value, Node::Text(_)) => {}
            other => return wrong(format!("Syntax errors in policy: {other:.64} is not expected here.")),
        }
    }
    let statements = match member(&members, "Statement") {
        Some(one @ Node::Object(_)) => vec![one],
        Some(Node::List(all)) if !all.is_empty() => all.iter().collect(),
        _ => return wrong("Syntax errors in policy: a Statement is missing."),
    };
    let spans = spans(document);
    let read = statements.iter().enumerate().map(|(n, node)| statement(node, kind, variables, spans.get(n).copied().unwrap_or_default()));
    let statements = read.collect::<Result<Vec<_>>>()?;
    let mut sids = HashSet::new();
    if statements.iter().filter_map(|s| s.sid.as_deref()).any(|sid| !sid.is_empty() && !sids.insert(sid)) {
        return wrong("Statement IDs (SID) in a single policy must be unique.");
    }
    Ok(Policy { statements })
}

/// Whether brackets outside texts nest deeper than any policy does.
fn too_deep(document: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    document.bytes().any(|c| {
        match c {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

/// Where the statements stand.
fn spans(document: &str) -> Vec<Span> {
    #[derive(serde::Deserialize)]
    struct Document<'a> {
        #[serde(rename = "Statement", borrow)]
        statement: &'a RawValue,
    }
    let Ok(Document { statement }) = serde_json::from_str::<Document<'_>>(document) else { return Vec::new() };
    let all = serde_json::from_str::<Vec<&RawValue>>(statement.get()).unwrap_or_else(|_| vec![statement]);
    let offset = |raw: &RawValue| (raw.get().as_ptr() as usize).saturating_sub(document.as_ptr() as usize);
    let span = |raw: &RawValue| {
        let start = offset(raw);
        Span { start: position(document, start), end: position(document, start + raw.get().len()) }
    };
    all.into_iter().map(span).collect()
}

/// Line and column of a byte, counted from 1.
fn position(document: &str, at: usize) -> (usize, usize) {
    let before = document.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1)
}

fn member<'a>(members: &'a [(String, Node)], name: &str) -> Option<&'a Node> {
    members.iter().find(|(n, _)| n == name).map(|(_, value)| value)
}

fn statement(node: &Node, kind: Kind, variables: bool, span: Span) -> Result<Statement> {
    let Node::Object(members) = node else { return wrong("Syntax errors in policy: a statement is not an object.") };
    if let Some((name, _)) = members.iter().find(|(name, _)| !STATEMENT.contains(&name.as_str())) {
        return wrong(format!("Syntax errors in policy: {name:.64} is not an element of a statement."));
    }
    let is_deny = match member(members, "Effect") {
        Some(Node::Text(effect)) if effect == "Allow" => false,
        Some(Node::Text(effect)) if effect == "Deny" => true,
        _ => return wrong("Syntax errors in policy: Effect must be Allow or Deny."),
    };
    let conditions = match member(members, "Condition") {
        None => Vec::new(),
        Some(Node::Object(operators)) => conditions(operators, variables)?,
        Some(_) => return wrong("Syntax errors in policy: Condition is not an object."),
    };
    Ok(Statement {
        sid: sid(members)?,
        is_deny,
        principal: principal(members, kind)?,
        actions: element(members, ["Action", "NotAction"], action)?
            .ok_or_else(|| Malformed("Policy statement must contain actions.".to_owned()))?,
        resources: resources(members, kind, variables)?,
        conditions,
        span,
    })
}

fn sid(members: &[(String, Node)]) -> Result<Option<String>> {
    match member(members, "Sid") {
        None => Ok(None),
        Some(Node::Text(sid)) if sid.bytes().all(|c| c.is_ascii_alphanumeric()) => Ok(Some(sid.clone())),
        Some(_) => wrong("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"),
    }
}

fn principal(members: &[(String, Node)], kind: Kind) -> Result<Option<PrincipalElement>> {
    let (named, others) = (member(members, "Principal"), member(members, "NotPrincipal"));
    match (kind, named, others) {
        (Kind::Identity | Kind::Session, None, None) => Ok(None),
        (Kind::Identity | Kind::Session, ..) => wrong("Policy document should not specify a principal."),
        (_, Some(node), None) => PrincipalElement::read(node, false).map(Some).map_err(Malformed),
        (Kind::Resource, None, Some(node)) => PrincipalElement::read(node, true).map(Some).map_err(Malformed),
        (Kind::Trust, None, Some(_)) => wrong("Has prohibited field NotPrincipal"),
        _ => wrong("Missing required field Principal"),
    }
}

/// The patterns under one of two names; `None` if neither is there.
fn element(members: &[(String, Node)], names: [&str; 2], read: impl Fn(&str) -> Result<Template>) -> Result<Option<Element>> {
    let (node, is_negated) = match names.map(|name| member(members, name)) {
        [None, None] => return Ok(None),
        [Some(node), None] => (node, false),
        [None, Some(node)] => (node, true),
        [Some(_), Some(_)] => return wrong(format!("Syntax errors in policy: {} and {} stand in one statement.", names[0], names[1])),
    };
    let texts: Vec<&Node> = match node {
        Node::List(all) => all.iter().collect(),
        one => vec![one],
    };
    let patterns = texts.into_iter().map(|node| match node {
        Node::Text(text) => read(text),
        _ => wrong(format!("Syntax errors in policy: {} must be text.", names[usize::from(is_negated)])),
    });
    let patterns = patterns.collect::<Result<Vec<_>>>()?;
    if patterns.is_empty() {
        let what = names[0].to_lowercase();
        return wrong(format!("Policy statement must contain {what}s."));
    }
    Ok(Some(Element { is_negated, patterns }))
}

/// `service:Name` with wildcards in the name; compared without regard to case.
fn action(text: &str) -> Result<Template> {
    let sound = |vendor: &str, name: &str| {
        let vendor_sound = !vendor.is_empty() && vendor.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        let name_sound = !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_*?:.".contains(&c));
        (vendor_sound, name_sound)
    };
    match text.split_once(':').map(|(vendor, name)| sound(vendor, name)) {
        _ if text == "*" => {}
        None => return wrong("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        Some((true, true)) => {}
        Some((false, _)) => return wrong(format!("Vendor {} is not valid", text.split(':').next().unwrap_or_default())),
        Some((_, false)) => return wrong(format!("The action {text:.128} is not valid.")),
    }
    Template::read(&text.to_ascii_lowercase(), Syntax { wildcards: true, variables: false }).map_err(Malformed)
}

fn resources(members: &[(String, Node)], kind: Kind, variables: bool) -> Result<Option<Element>> {
    let read = element(members, ["Resource", "NotResource"], |text| resource(text, kind, variables))?;
    match (kind, read.is_some()) {
        (Kind::Trust, true) => wrong("Has prohibited field Resource"),
        (Kind::Trust, false) | (_, true) => Ok(read),
        (_, false) => wrong("Policy statement must contain resources."),
    }
}

fn resource(text: &str, kind: Kind, variables: bool) -> Result<Template> {
    let everything = Syntax { wildcards: true, variables: false };
    if text == "*" {
        return Template::read("*", everything).map_err(Malformed);
    }
    let mut fields = arn_fields(text);
    if fields.first() != Some(&"arn") || fields.len() < 2 {
        return wrong(format!("Resource {text:.512} must be in ARN format or \"*\"."));
    }
    if fields.len() < 6 && kind != Kind::Identity {
        return wrong(format!("Resource {text:.512} is not a complete ARN."));
    }
    if fields.get(2).is_some_and(|service| *service != "*" && service.contains(['*', '?'])) {
        return wrong(format!("Resource {text:.512} has a wildcard in its service."));
    }
    // Fields that are left out stand for all.
    fields.resize(fields.len().max(6), "*");
    if variables && fields.iter().take(5).any(|field| field.contains("${")) {
        return wrong(format!("Resource {text:.512} has a variable outside its last field."));
    }
    Template::read_arn(&fields, Syntax { wildcards: true, variables }).map_err(Malformed)
}

/// The six fields of an ARN, or fewer, split at colons that are not inside a variable.
pub(super) fn arn_fields(text: &str) -> Vec<&str> {
    let (mut fields, mut from, mut in_variable) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '{' if text.get(..at).is_some_and(|before| before.ends_with('$')) => in_variable = true,
            '}' => in_variable = false,
            ':' if !in_variable && fields.len() < 5 => {
                fields.push(text.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    fields.push(text.get(from..).unwrap_or_default());
    fields
}

fn conditions(operators: &[(String, Node)], variables: bool) -> Result<Vec<Condition>> {
    let mut out = Vec::new();
    for (operator, keys) in operators {
        let Node::Object(keys) = keys else { return wrong("Syntax errors in policy: a condition operator needs keys.") };
        for (key, values) in keys {
            let values = if let Node::List(all) = values { all.as_slice() } else { std::slice::from_ref(values) };
            out.push(condition::read(operator, key, values, variables).map_err(Malformed)?);
        }
    }
    Ok(out)
}
