//! How a pool's users are named, and changes to what Cognito fixes when a pool is made.

use super::attributes::SchemaAttribute;
use super::pool::Document;
use super::settings::{Identity, UsernameConfiguration};
use crate::api::{ApiError, Result};
use serde::Deserialize;
use serde_json::Value;

/// Refuses names of two kinds at once, and a name that must be there before it can be one.
pub fn check(identity: &Identity, schema: &[SchemaAttribute]) -> Result<()> {
    if !identity.alias_attributes.is_empty() && !identity.username_attributes.is_empty() {
        return Err(ApiError::invalid_parameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
    }
    let alias = identity.alias_attributes.iter().any(|a| a == "preferred_username");
    if alias && schema.iter().any(|s| s.required && s.name == "preferred_username") {
        return Err(ApiError::invalid_parameter("preferred_username can not be both an alias and a required attribute."));
    }
    Ok(())
}

/// `PoolhouseIdentity` of UpdateUserPool: what is left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct IdentityChange {
    pub username_attributes: Option<Vec<String>>,
    pub alias_attributes: Option<Vec<String>>,
    pub username_configuration: Option<UsernameConfiguration>,
    pub schema: Vec<SchemaChange>,
    /// Whether only to tell which users stand in the way.
    pub dry_run: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SchemaChange {
    /// As DescribeUserPool shows it: a custom attribute has its prefix.
    pub name: String,
    #[serde(default)]
    pub required: Option<bool>,
    #[serde(default)]
    pub mutable: Option<bool>,
    #[serde(default)]
    pub remove: bool,
}

impl IdentityChange {
    pub fn parse(given: Value) -> Result<Self> {
        if !given.is_object() {
            return Err(ApiError::invalid_parameter("PoolhouseIdentity: it must be an object."));
        }
        let change: Self = serde_json::from_value(given).map_err(|e| ApiError::invalid_parameter(format!("PoolhouseIdentity: {e}")))?;
        let known =
            |list: &Option<Vec<String>>, names: &[&str], member: &str| match list.iter().flatten().find(|n| !names.contains(&n.as_str())) {
                Some(name) => Err(ApiError::invalid_parameter(format!("PoolhouseIdentity: {name} can not be one of the {member}."))),
                None => Ok(()),
            };
        known(&change.username_attributes, &["email", "phone_number"], "UsernameAttributes")?;
        known(&change.alias_attributes, &["email", "phone_number", "preferred_username"], "AliasAttributes")?;
        Ok(change)
    }

    /// The document after the change.
    pub fn apply(&self, mut document: Document) -> Result<Document> {
        let identity = &mut document.identity;
        for (now, then) in
            [(&mut identity.username_attributes, &self.username_attributes), (&mut identity.alias_attributes, &self.alias_attributes)]
        {
            if let Some(then) = then {
                now.clone_from(then);
            }
        }
        if let Some(configuration) = &self.username_configuration {
            identity.username_configuration = Some(configuration.clone());
        }
        for change in &self.schema {
            change.apply(&mut document.schema)?;
        }
        check(&document.identity, &document.schema)?;
        Ok(document)
    }

    /// The attributes that go, with the values that users have in them.
    pub fn removed(&self) -> Vec<&str> {
        self.schema.iter().filter(|c| c.remove).map(|c| c.name.as_str()).collect()
    }
}

impl SchemaChange {
    fn apply(&self, schema: &mut Vec<SchemaAttribute>) -> Result<()> {
        let refuse = |why: &str| Err(ApiError::invalid_parameter(format!("PoolhouseIdentity: the attribute {} {why}", self.name)));
        let Some(at) = schema.iter().position(|a| a.name == self.name) else { return refuse("is not in the schema.") };
        if matches!(self.name.as_str(), "sub" | "email_verified" | "phone_number_verified" | "identities") {
            return refuse("is the service's own and can not be changed.");
        }
        if self.remove {
            if !self.name.contains(':') {
                return refuse("is a standard one and can not be removed.");
            }
            schema.remove(at);
            return Ok(());
        }
        if self.required == Some(true) && self.name.starts_with("dev:") {
            return refuse("is written by administrators only and can not be required.");
        }
        if let Some(attribute) = schema.get_mut(at) {
            attribute.required = self.required.unwrap_or(attribute.required);
            attribute.mutable = self.mutable.unwrap_or(attribute.mutable);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pools::attributes::standard;
    use serde_json::json;

    fn changed(change: Value) -> Result<Document> {
        IdentityChange::parse(change)?.apply(Document { schema: standard(), ..Document::default() })
    }

    #[test]
    fn what_is_left_out_stays() {
        let document = changed(json!({ "AliasAttributes": ["email"], "Schema": [{ "Name": "name", "Required": true }] })).unwrap();
        let name = document.schema.iter().find(|a| a.name == "name").unwrap();
        assert!(name.required && name.mutable && document.identity.username_configuration.is_none());
        assert_eq!(changed(json!({})).unwrap().schema, standard());
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for (change, why) in [
            (json!({ "AliasAttributes": ["name"] }), "PoolhouseIdentity: name can not be one of the AliasAttributes."),
            (json!({ "Schema": [{ "Name": "x" }] }), "PoolhouseIdentity: the attribute x is not in the schema."),
            (
                json!({ "Schema": [{ "Name": "sub", "Required": false }] }),
                "PoolhouseIdentity: the attribute sub is the service's own and can not be changed.",
            ),
            (
                json!({ "Schema": [{ "Name": "email", "Remove": true }] }),
                "PoolhouseIdentity: the attribute email is a standard one and can not be removed.",
            ),
            (
                json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
                "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
            ),
        ] {
            assert_eq!(changed(change).unwrap_err().message(), why);
        }
        assert!(changed(json!({ "Schemas": [] })).unwrap_err().message().starts_with("PoolhouseIdentity: unknown field"));
        assert!(changed(json!(7)).is_err());
    }
}
