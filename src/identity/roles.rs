//! Which role an identity gets.

use super::login::{Kind, Login};
use super::pool::{Document, IdentityPool};
use super::provider;
use crate::api::{ApiError, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The most rules of one provider's mapping.
const MOST_RULES: usize = 25;

/// `RoleMapping`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleMapping {
    pub r#type: Type,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambiguous_role_resolution: Option<Ambiguous>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_configuration: Option<Rules>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    Token,
    Rules,
}

/// What happens where a mapping decides on no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ambiguous {
    AuthenticatedRole,
    Deny,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rules {
    pub rules: Vec<Rule>,
}

/// `MappingRule`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    pub claim: String,
    pub match_type: Match,
    pub value: String,
    #[serde(rename = "RoleARN")]
    pub role_arn: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    Equals,
    Contains,
    StartsWith,
    NotEqual,
}

impl Rule {
    /// Whether a login is one that the rule is about. A claim that is a list matches where one of its values does and, to differ, where all do.
    fn matches(&self, login: &Login) -> bool {
        let Some(claim) = login.claim(&self.claim) else { return false };
        let values: Vec<String> = match claim {
            Value::Array(list) => list.iter().filter_map(super::tags::text).collect(),
            single => super::tags::text(single).into_iter().collect(),
        };
        let wanted = self.value.as_str();
        match self.match_type {
            Match::Equals => values.iter().any(|v| v == wanted),
            Match::Contains => values.iter().any(|v| v.contains(wanted)),
            Match::StartsWith => values.iter().any(|v| v.starts_with(wanted)),
            Match::NotEqual => !values.is_empty() && values.iter().all(|v| v != wanted),
        }
    }
}

/// Every role that roles and mappings name.
pub fn named<'a>(roles: &'a BTreeMap<String, String>, mappings: &'a BTreeMap<String, RoleMapping>) -> BTreeSet<&'a str> {
    let rules = mappings.values().flat_map(|mapping| mapping.rules_configuration.iter().flat_map(|c| &c.rules));
    roles.values().chain(rules.map(|rule| &rule.role_arn)).map(String::as_str).collect()
}

/// Refuses mappings that could not work.
pub fn check(roles: &BTreeMap<String, String>, mappings: &BTreeMap<String, RoleMapping>) -> Result<()> {
    if let Some(bad) = named(roles, mappings).into_iter().find(|arn| !is_role(arn)) {
        return Err(ApiError::invalid_parameter(format!("Invalid role ARN: {bad}")));
    }
    for (name, mapping) in mappings {
        let rules = mapping.rules_configuration.as_ref().map(|c| c.rules.len());
        let message = match (mapping.r#type, rules) {
            (Type::Rules, None) => format!("RulesConfiguration is required for the rules-based role mapping of {name}."),
            (Type::Token, Some(_)) => format!("RulesConfiguration cannot be used with the token-based role mapping of {name}."),
            (_, Some(count)) if count > MOST_RULES => format!("The role mapping of {name} can have at most {MOST_RULES} rules."),
            _ if mapping.ambiguous_role_resolution.is_none() => {
                format!("AmbiguousRoleResolution is required for the role mapping of {name}.")
            }
            _ => continue,
        };
        return Err(ApiError::invalid_parameter(message));
    }
    Ok(())
}

fn is_role(arn: &str) -> bool {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts[..] else { return false };
    let is_account = account.len() == 12 && account.bytes().all(|c| c.is_ascii_digit());
    let is_named = resource.strip_prefix("role/").is_some_and(|name| !name.is_empty());
    prefix == "arn" && partition.starts_with("aws") && service == "iam" && region.is_empty() && is_account && is_named
}

/// What is answered where a pool names no role, or a role cannot be assumed.
pub fn misconfigured() -> ApiError {
    ApiError::invalid_identity_pool_configuration("Invalid identity pool configuration. Check assigned IAM roles for this pool.")
}

/// The role of a pool's guests.
pub fn of_guest(pool: &IdentityPool, custom: Option<&str>) -> Result<String> {
    plain(&pool.document, "unauthenticated", custom)
}

/// The role of somebody with these logins.
pub fn of_logins(pool: &IdentityPool, logins: &[Login], custom: Option<&str>, public_url: &str) -> Result<String> {
    let document = &pool.document;
    let mapped = logins.iter().find_map(|login| mapping(document, login, public_url).map(|mapping| (login, mapping)));
    let Some((login, mapping)) = mapped else { return of_authenticated(pool, custom) };
    let chosen = match mapping.r#type {
        Type::Token => by_token(login, custom)?,
        Type::Rules => by_rules(login, mapping, custom)?,
    };
    match (chosen, mapping.ambiguous_role_resolution) {
        (Some(role), _) => Ok(role),
        (None, Some(Ambiguous::AuthenticatedRole)) => plain(document, "authenticated", None),
        (None, _) => Err(ApiError::not_authorized("Access denied: the login leaves open which role applies.")),
    }
}

/// The role of somebody whom no mapping is about.
pub fn of_authenticated(pool: &IdentityPool, custom: Option<&str>) -> Result<String> {
    plain(&pool.document, "authenticated", custom)
}

fn plain(document: &Document, kind: &str, custom: Option<&str>) -> Result<String> {
    let role = document.roles.get(kind).ok_or_else(misconfigured)?;
    match custom {
        Some(custom) if custom != role => Err(no_such_choice()),
        _ => Ok(role.clone()),
    }
}

fn no_such_choice() -> ApiError {
    ApiError::not_authorized("Access denied: the login does not allow this CustomRoleArn.")
}

/// The mapping of a login's provider. A user pool's names its client too.
fn mapping<'a>(document: &'a Document, login: &Login, public_url: &str) -> Option<&'a RoleMapping> {
    let Kind::UserPool { pool_id } = &login.kind else {
        return login.names().find_map(|name| document.role_mappings.get(name));
    };
    let is_it = |name: &str| {
        let (provider, client) = name.rsplit_once(':').unwrap_or((name, ""));
        client == login.client && provider::user_pool_of(provider, public_url) == Some(pool_id.as_str())
    };
    document.role_mappings.iter().find(|(name, _)| is_it(name)).map(|(_, mapping)| mapping)
}

/// By the roles that a user pool's groups gave.
fn by_token(login: &Login, custom: Option<&str>) -> Result<Option<String>> {
    let roles = login.claim("cognito:roles").and_then(Value::as_array);
    let has = |role: &str| roles.is_some_and(|list| list.iter().any(|r| r == role));
    match custom {
        Some(custom) if has(custom) => Ok(Some(custom.to_owned())),
        Some(_) => Err(no_such_choice()),
        None => Ok(login.claim("cognito:preferred_role").and_then(Value::as_str).map(str::to_owned)),
    }
}

/// By the first rule that matches, or the one of the wished role that does.
fn by_rules(login: &Login, mapping: &RoleMapping, custom: Option<&str>) -> Result<Option<String>> {
    let rules = mapping.rules_configuration.iter().flat_map(|c| &c.rules);
    let mut roles = rules.filter(|rule| rule.matches(login)).map(|rule| &rule.role_arn);
    match custom {
        Some(custom) => roles.any(|role| role == custom).then(|| Some(custom.to_owned())).ok_or_else(no_such_choice),
        None => Ok(roles.next().cloned()),
    }
}
