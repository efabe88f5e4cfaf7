//! What PreTokenGeneration may change of the claims, scopes and groups in tokens. Claims that say who a token is about, and for whom it was
//! made, stay whatever the function answers.

use super::event::{object, text, texts};
use super::functions::unrecognizable;
use crate::api::{ApiError, Result};
use crate::tokens::claims::attribute_claim;
use crate::tokens::jwt::Claims;
use serde_json::{Map, Value};

/// Claims that no function adds, changes or takes away. In access tokens `aud` may be added if it is the client's id.
const FIXED: [&str; 22] = [
    "sub",
    "username",
    "identities",
    "aud",
    "client_id",
    "event_id",
    "device_key",
    "version",
    "acr",
    "amr",
    "at_hash",
    "auth_time",
    "azp",
    "exp",
    "iat",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "token_use",
    "scope",
];
const GROUPS: &str = "cognito:groups";
const ROLES: &str = "cognito:roles";
const PREFERRED_ROLE: &str = "cognito:preferred_role";
/// Claims with a form of their own: nothing with members comes in their place.
const SIMPLE: [&str; 4] = ["email_verified", "phone_number_verified", "updated_at", "address"];
/// Claims and scopes that one answer may name.
const MOST: usize = 5_000;

/// The version of the event that a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
    V3,
}

impl Version {
    pub fn parse(name: Option<&str>) -> Self {
        match name {
            Some("V2_0") => Self::V2,
            Some("V3_0") => Self::V3,
            _ => Self::V1,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
            Self::V3 => "3",
        }
    }
}

/// What a function said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    id: Changes,
    access: Changes,
    scopes_to_add: Vec<String>,
    scopes_to_suppress: Vec<String>,
    groups: Option<Groups>,
}

/// The changes of one token's claims.
#[derive(Debug, Clone, Default, PartialEq)]
struct Changes {
    set: Map<String, Value>,
    suppress: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Groups {
    names: Vec<String>,
    roles: Vec<String>,
    preferred_role: Option<String>,
}

impl Overrides {
    /// Reads a response. The first version has one set of changes, of text, for the ID token.
    pub fn parse(version: Version, response: &Map<String, Value>) -> Result<Self> {
        let details = if version == Version::V1 { "claimsOverrideDetails" } else { "claimsAndScopeOverrideDetails" };
        let Some(details) = object(response, details)? else { return Ok(Self::default()) };
        let mut out = Self { groups: groups(details)?, ..Self::default() };
        if version == Version::V1 {
            out.id = Changes::parse(details, version)?;
        } else {
            if let Some(id) = object(details, "idTokenGeneration")? {
                out.id = Changes::parse(id, version)?;
            }
            if let Some(access) = object(details, "accessTokenGeneration")? {
                out.access = Changes::parse(access, version)?;
                out.scopes_to_add = texts(access, "scopesToAdd")?;
                out.scopes_to_suppress = texts(access, "scopesToSuppress")?;
            }
        }
        if out.scopes_to_add.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
            return Err(ApiError::invalid_lambda_response("A scope in scopesToAdd has a blank in it, or is empty."));
        }
        let count = out.id.len() + out.access.len() + out.scopes_to_add.len() + out.scopes_to_suppress.len();
        if count > MOST {
            return Err(ApiError::invalid_lambda_response(format!("PreTokenGeneration may name {MOST} claims and scopes at most.")));
        }
        Ok(out)
    }

    /// Changes the claims of an ID token.
    pub fn apply_to_id(&self, claims: &mut Claims) {
        if let Some(groups) = &self.groups {
            put(claims, GROUPS, groups.names.clone());
            put(claims, ROLES, groups.roles.clone());
            claims.shift_remove(PREFERRED_ROLE);
            if let Some(role) = &groups.preferred_role {
                claims.insert(PREFERRED_ROLE.into(), role.as_str().into());
            }
        }
        self.id.apply(claims, None);
    }

    /// Changes the claims of an access token of this client.
    pub fn apply_to_access(&self, claims: &mut Claims, client_id: &str) {
        if let Some(groups) = &self.groups {
            put(claims, GROUPS, groups.names.clone());
        }
        self.access.apply(claims, Some(client_id));
        if self.scopes_to_add.is_empty() && self.scopes_to_suppress.is_empty() {
            return;
        }
        let granted = claims.get("scope").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut scopes: Vec<&str> = granted.split(' ').filter(|s| !s.is_empty()).collect();
        for scope in &self.scopes_to_add {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes.retain(|scope| !self.scopes_to_suppress.iter().any(|s| s == scope));
        claims.insert("scope".into(), scopes.join(" ").into());
    }
}

/// The groups of a response: `None` leaves them as they are, and an empty answer takes them all away.
fn groups(details: &Map<String, Value>) -> Result<Option<Groups>> {
    if !details.contains_key("groupOverrideDetails") {
        return Ok(None);
    }
    let Some(given) = object(details, "groupOverrideDetails")? else { return Ok(Some(Groups::default())) };
    let (names, roles) = (texts(given, "groupsToOverride")?, texts(given, "iamRolesToOverride")?);
    Ok(Some(Groups { names, roles, preferred_role: text(given, "preferredRole")? }))
}

/// A list that is empty is no claim.
fn put(claims: &mut Claims, name: &str, list: Vec<String>) {
    if list.is_empty() {
        claims.shift_remove(name);
    } else {
        claims.insert(name.into(), list.into());
    }
}

impl Changes {
    fn parse(given: &Map<String, Value>, version: Version) -> Result<Self> {
        let set = object(given, "claimsToAddOrOverride")?.cloned().unwrap_or_default();
        let bad = |(name, value): (&String, &Value)| match value {
            Value::String(_) => false,
            Value::Null => true,
            Value::Array(_) | Value::Object(_) => version == Version::V1 || SIMPLE.contains(&name.as_str()),
            Value::Bool(_) | Value::Number(_) => version == Version::V1,
        };
        if set.iter().any(bad) {
            return Err(unrecognizable());
        }
        Ok(Self { set, suppress: texts(given, "claimsToSuppress")? })
    }

    fn len(&self) -> usize {
        self.set.len() + self.suppress.len()
    }

    /// What is suppressed is not added.
    fn apply(&self, claims: &mut Claims, access_of: Option<&str>) {
        for (name, value) in &self.set {
            let names_client = name == "aud" && access_of.is_some_and(|client_id| value == client_id);
            if names_client || may_change(name) && !name.starts_with("dev:") {
                let value = value.as_str().map_or_else(|| value.clone(), |text| attribute_claim(name, text));
                claims.insert(name.clone(), value);
            }
        }
        for name in self.suppress.iter().filter(|name| may_change(name)) {
            claims.shift_remove(name);
            if name == GROUPS {
                claims.shift_remove(ROLES);
                claims.shift_remove(PREFERRED_ROLE);
            }
        }
    }
}

fn may_change(name: &str) -> bool {
    !FIXED.contains(&name) && (!name.starts_with("cognito:") || [GROUPS, ROLES, PREFERRED_ROLE].contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(version: Version, response: Value) -> Result<Overrides> {
        Overrides::parse(version, response.as_object().unwrap())
    }

    fn v2(id: Value, access: Value) -> Overrides {
        let details = json!({ "idTokenGeneration": id, "accessTokenGeneration": access });
        parse(Version::V2, json!({ "claimsAndScopeOverrideDetails": details })).unwrap()
    }

    fn claims() -> Claims {
        json!({ "sub": "s", "cognito:groups": ["a"], "cognito:roles": ["r"], "cognito:preferred_role": "r", "email": "j@e.example",
            "token_use": "id", "aud": "c", "scope": "openid x/y" })
        .as_object()
        .unwrap()
        .clone()
    }

    #[test]
    fn what_identifies_a_token_stays() {
        let mut expected = claims();
        let all: Vec<&str> = FIXED.into_iter().chain(["cognito:username", "cognito:anything"]).collect();
        let set: Map<String, Value> = all.iter().map(|name| ((*name).to_owned(), "changed".into())).collect();
        let changes = json!({ "claimsToAddOrOverride": set, "claimsToSuppress": all });
        let overrides = v2(changes.clone(), changes);
        let (mut id, mut access) = (claims(), claims());
        overrides.apply_to_id(&mut id);
        overrides.apply_to_access(&mut access, "c");
        assert_eq!((&id, &access), (&expected, &expected));
        let own = v2(json!({}), json!({ "claimsToAddOrOverride": { "aud": "client-1", "dev:custom:x": "y" } }));
        own.apply_to_access(&mut access, "client-1");
        expected["aud"] = "client-1".into();
        assert_eq!(access, expected);
    }

    #[test]
    fn claims_are_added_and_suppressing_wins() {
        let changes = json!({
            "claimsToAddOrOverride": { "tier": "gold", "list": [1, { "a": true }], "email": "other", "email_verified": "true", "gone": 1 },
            "claimsToSuppress": ["gone", "cognito:groups"],
        });
        let mut id = claims();
        v2(changes, Value::Null).apply_to_id(&mut id);
        assert_eq!((&id["tier"], &id["list"], &id["email"]), (&json!("gold"), &json!([1, { "a": true }]), &json!("other")));
        assert_eq!(id["email_verified"], true, "in the form that tokens have it in");
        for name in ["gone", GROUPS, ROLES, PREFERRED_ROLE] {
            assert!(!id.contains_key(name), "{name}");
        }
    }

    #[test]
    fn scopes_come_and_go() {
        let mut access = claims();
        v2(json!({}), json!({ "scopesToAdd": ["z", "openid"], "scopesToSuppress": ["x/y"] })).apply_to_access(&mut access, "c");
        assert_eq!(access["scope"], "openid z");
        let blank = json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": { "scopesToAdd": ["a b"] } } });
        assert!(parse(Version::V2, blank).is_err());
    }

    #[test]
    fn groups_stay_where_nothing_is_said_of_them() {
        let with = |details: Value| {
            let mut id = claims();
            parse(Version::V1, json!({ "claimsOverrideDetails": details })).unwrap().apply_to_id(&mut id);
            (id.get(GROUPS).cloned(), id.get(ROLES).cloned(), id.get(PREFERRED_ROLE).cloned())
        };
        assert_eq!(with(json!({})), (Some(json!(["a"])), Some(json!(["r"])), Some(json!("r"))));
        assert_eq!(with(Value::Null), with(json!({})));
        assert_eq!(with(json!({ "groupOverrideDetails": null })), (None, None, None));
        assert_eq!(with(json!({ "groupOverrideDetails": {} })), (None, None, None));
        let given = json!({ "groupsToOverride": ["b"], "iamRolesToOverride": ["q"], "preferredRole": "q" });
        assert_eq!(with(json!({ "groupOverrideDetails": given })), (Some(json!(["b"])), Some(json!(["q"])), Some(json!("q"))));
    }

    #[test]
    fn answers_of_another_form_are_not_recognized() {
        for (version, response) in [
            (Version::V1, json!({ "claimsOverrideDetails": [] })),
            (Version::V1, json!({ "claimsOverrideDetails": { "claimsToAddOrOverride": { "a": ["b"] } } })),
            (Version::V1, json!({ "claimsOverrideDetails": { "claimsToAddOrOverride": { "a": 1 } } })),
            (Version::V1, json!({ "claimsOverrideDetails": { "claimsToSuppress": "a" } })),
            (
                Version::V2,
                json!({ "claimsAndScopeOverrideDetails": { "idTokenGeneration": { "claimsToAddOrOverride": { "address": {} } } } }),
            ),
            (Version::V2, json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": { "scopesToAdd": [1] } } })),
        ] {
            assert_eq!(parse(version, response.clone()).unwrap_err().message(), "Unrecognizable lambda output", "{response}");
        }
        let many: Map<String, Value> = (0..=MOST).map(|n| (n.to_string(), "x".into())).collect();
        assert!(parse(Version::V1, json!({ "claimsOverrideDetails": { "claimsToAddOrOverride": many } })).is_err());
    }
}
