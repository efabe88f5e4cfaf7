//! A user's identities at providers, as the attribute `identities` and the claim of the same name show them.

use super::details::Kind;
use crate::api::{ApiError, Result};
use crate::kit::clock::Millis;
use crate::users::User;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The attribute that no caller writes.
pub const ATTRIBUTE: &str = "identities";
/// The name for whatever a provider calls the subject.
pub const SUBJECT: &str = "Cognito_Subject";

/// One identity in the attribute, which is a list of these as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    pub user_id: String,
    pub provider_name: String,
    pub provider_type: Kind,
    /// A SAML provider's entity id.
    pub issuer: Option<String>,
    /// Whether the user came into being by signing in with it.
    pub primary: bool,
    pub date_created: Millis,
}

impl Identity {
    fn is(&self, provider: &str, user_id: &str) -> bool {
        self.provider_name == provider && self.user_id == user_id
    }
}

/// The user's identities, the oldest first.
pub fn list(user: &User) -> Vec<Identity> {
    user.attribute(ATTRIBUTE).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

pub fn add(user: &mut User, identity: Identity) -> Result<()> {
    let mut identities = list(user);
    identities.push(identity);
    set(user, &identities)
}

/// Removes an identity that was linked; the one that a profile came into being with stays.
pub fn remove(user: &mut User, provider: &str, user_id: &str) -> Result<()> {
    let mut identities = list(user);
    if let Some(at) = identities.iter().position(|i| !i.primary && i.is(provider, user_id)) {
        identities.remove(at);
    }
    set(user, &identities)
}

fn set(user: &mut User, identities: &[Identity]) -> Result<()> {
    if identities.is_empty() {
        user.attributes.remove(ATTRIBUTE);
    } else {
        let text = serde_json::to_string(identities).map_err(anyhow::Error::from)?;
        user.attributes.insert(ATTRIBUTE.to_owned(), text);
    }
    Ok(())
}

/// Whether the user is the profile that signing in with this identity made. A user name alone proves nothing: anybody may choose one.
pub fn is_profile_of(user: &User, provider: &str, subject: &str) -> bool {
    user.status == crate::users::Status::ExternalProvider && list(user).iter().any(|i| i.primary && i.is(provider, subject))
}

/// The user name of a profile that a provider's subject has.
pub fn profile_name(provider: &str, subject: &str) -> String {
    format!("{provider}_{subject}")
}

/// The attribute's form in a token: every member text, except an issuer that is not known.
pub fn claim(text: &str) -> Value {
    let Ok(identities) = serde_json::from_str::<Vec<Identity>>(text) else { return text.into() };
    let one = |i: Identity| {
        json!({
            "userId": i.user_id, "providerName": i.provider_name, "providerType": i.provider_type, "issuer": i.issuer,
            "primary": i.primary.to_string(), "dateCreated": i.date_created.to_string(),
        })
    };
    identities.into_iter().map(one).collect()
}

/// `ProviderUserIdentifierType`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ProviderUser {
    pub provider_name: String,
    pub provider_attribute_name: String,
    pub provider_attribute_value: String,
}

/// What a row can be found by: longer text has no place in an index.
const MAX_VALUE: usize = 1024;

impl ProviderUser {
    /// Whether this names a user of the pool's own.
    pub fn is_native(&self) -> bool {
        self.provider_name.eq_ignore_ascii_case("Cognito")
    }

    /// Refuses an identity without a name or a value, or longer ones than any provider gives.
    pub fn check(&self, member: &str, needs_attribute: bool) -> Result<()> {
        let missing = [
            ("ProviderName", self.provider_name.is_empty()),
            ("ProviderAttributeName", needs_attribute && self.provider_attribute_name.is_empty()),
            ("ProviderAttributeValue", self.provider_attribute_value.is_empty()),
        ];
        if let Some((name, _)) = missing.into_iter().find(|(_, missing)| *missing) {
            return Err(ApiError::invalid_parameter(format!("Invalid {member}: {name} is required.")));
        }
        if self.provider_attribute_name.len() > 256 || self.provider_attribute_value.len() > MAX_VALUE {
            return Err(ApiError::invalid_parameter(format!("Invalid {member}: the attribute is too long.")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::user::tests::user;

    fn google(primary: bool) -> Identity {
        Identity {
            user_id: "123".into(),
            provider_name: "Google".into(),
            provider_type: Kind::Google,
            issuer: None,
            primary,
            date_created: 1_767_225_600_000,
        }
    }

    #[test]
    fn the_attribute_holds_json_and_the_claim_text() {
        let mut user = user();
        add(&mut user, google(false)).unwrap();
        let text = r#"[{"userId":"123","providerName":"Google","providerType":"Google","issuer":null,"primary":false,"dateCreated":1767225600000}]"#;
        assert_eq!(user.attribute("identities"), Some(text));
        let expected = json!([{ "userId": "123", "providerName": "Google", "providerType": "Google", "issuer": null, "primary": "false",
            "dateCreated": "1767225600000" }]);
        assert_eq!(claim(text), expected);
        remove(&mut user, "Google", "124").unwrap();
        assert_eq!(list(&user).len(), 1);
        remove(&mut user, "Google", "123").unwrap();
        assert_eq!(user.attribute("identities"), None);
    }

    #[test]
    fn a_name_that_looks_like_a_profiles_makes_none() {
        let mut somebody = user();
        somebody.username = profile_name("Google", "123");
        somebody.status = crate::users::Status::ExternalProvider;
        assert!(!is_profile_of(&somebody, "Google", "123"));
        add(&mut somebody, google(false)).unwrap();
        assert!(!is_profile_of(&somebody, "Google", "123"));
        add(&mut somebody, google(true)).unwrap();
        assert!(is_profile_of(&somebody, "Google", "123") && !is_profile_of(&somebody, "Google", "124"));
        remove(&mut somebody, "Google", "123").unwrap();
        assert!(is_profile_of(&somebody, "Google", "123"));
    }
}
