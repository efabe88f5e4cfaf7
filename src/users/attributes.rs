//! Attributes as operations take and show them.

use super::User;
use crate::api::{ApiError, Result};
use crate::clients::Client;
use crate::kit::text;
use crate::pools::Pool;
use crate::pools::attributes::SchemaAttribute;
use serde::{Deserialize, Serialize};

/// `AttributeType`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    pub name: String,
    #[serde(default)]
    pub value: String,
}

/// On whose authority attributes are written.
#[derive(Clone, Copy)]
pub enum Writer<'a> {
    Admin,
    /// A user through this client: only what the client may write.
    Client(&'a Client),
}

/// The user's attributes, `sub` first, as far as `reveal` allows.
pub fn list(user: &User, reveal: impl Fn(&str) -> bool) -> Vec<Attribute> {
    let sub = Attribute { name: "sub".into(), value: user.sub.clone() };
    let rest = user.attributes.iter().map(|(name, value)| Attribute { name: name.clone(), value: value.clone() });
    std::iter::once(sub).chain(rest).filter(|a| reveal(&a.name)).collect()
}

/// What a write changed.
#[derive(Debug, Default)]
pub struct Changed {
    /// `email` or `phone_number`, where the value is a new one.
    pub contacts: Vec<&'static str>,
}

/// Writes attributes into a new user. Immutable ones may be set here.
pub fn set_new(pool: &Pool, user: &mut User, given: &[Attribute], writer: Writer<'_>) -> Result<()> {
    refuse_unknown(pool, given.iter().map(|a| a.name.as_str()), NOT_CONFORMING)?;
    for attribute in given {
        let schema = check(pool, attribute, writer)?;
        if !attribute.value.is_empty() {
            user.attributes.insert(attribute.name.clone(), schema.stored(&attribute.value));
        }
    }
    for (contact, what) in [("email", "email"), ("phone_number", "phone number")] {
        if user.attribute(&format!("{contact}_verified")) == Some("true") && user.attribute(contact).is_none() {
            return Err(ApiError::invalid_parameter(format!("No {what} provided but {contact}_verified was true")));
        }
    }
    Ok(())
}

/// How refusals of a new user's attributes begin. Each attribute has a line.
const NOT_CONFORMING: &str = "Attributes did not conform to the schema: ";

/// Refuses names that the schema does not have, all of them at once. `intro` is the operation's way to begin; the words that Cognito has for
/// users who are there already name the attribute as one of `user`.
pub fn refuse_unknown<'a>(pool: &Pool, names: impl Iterator<Item = &'a str>, intro: &str) -> Result<()> {
    let of = if intro == NOT_CONFORMING { "" } else { "user." };
    let is_unknown = |name: &&str| matches!(*name, "sub" | "identities") && of.is_empty() || pool.attribute(name).is_none();
    let lines: String = names.filter(is_unknown).map(|name| format!("{of}{name}: Attribute does not exist in the schema.\n")).collect();
    if lines.is_empty() { Ok(()) } else { Err(ApiError::invalid_parameter(format!("{intro}{lines}"))) }
}

/// Refuses a new user who lacks what the pool requires.
pub fn require_all(pool: &Pool, user: &User) -> Result<()> {
    let missing = pool.document.schema.iter().filter(|a| a.required && a.name != "sub" && !user.attributes.contains_key(&a.name));
    let lines: String = missing.map(|a| required_line(&a.name)).collect();
    if lines.is_empty() { Ok(()) } else { Err(ApiError::invalid_parameter(format!("{NOT_CONFORMING}{lines}"))) }
}

fn required_line(name: &str) -> String {
    format!("{name}: The attribute is required\n")
}

/// Writes attributes into an existing user: an empty value removes, a new e-mail address or phone number is unproved until somebody proves it.
pub fn update(pool: &Pool, user: &mut User, given: &[Attribute], writer: Writer<'_>) -> Result<Changed> {
    let mut changed = Changed::default();
    refuse_unknown(pool, given.iter().map(|a| a.name.as_str()), "")?;
    for attribute in given {
        let schema = check(pool, attribute, writer)?;
        let same = user.attribute(&attribute.name) == Some(attribute.value.as_str());
        if !schema.mutable && !same {
            return Err(ApiError::invalid_parameter(format!("user.{}: Attribute cannot be updated.", attribute.name)));
        }
        if attribute.value.is_empty() {
            remove(pool, user, &attribute.name)?;
            continue;
        }
        if !same && let Some(contact) = contact(&attribute.name) {
            if !changed.contacts.contains(&contact) {
                changed.contacts.push(contact);
            }
            user.set_verified(contact, false);
        }
        user.attributes.insert(attribute.name.clone(), schema.stored(&attribute.value));
    }
    // An administrator's word on what is proved counts wherever it stands in the list.
    for attribute in given.iter().filter(|a| a.name.ends_with("_verified") && !a.value.is_empty()) {
        let value = pool.attribute(&attribute.name).map_or_else(|| attribute.value.clone(), |schema| schema.stored(&attribute.value));
        user.attributes.insert(attribute.name.clone(), value);
    }
    Ok(changed)
}

/// Removes an attribute that is not required, and with an address the word that it was proved.
pub fn remove(pool: &Pool, user: &mut User, name: &str) -> Result<()> {
    if pool.attribute(name).is_some_and(|s| s.required) || pool.is_username_attribute(name) && user.attributes.contains_key(name) {
        return Err(ApiError::invalid_parameter(format!("{NOT_CONFORMING}{}", required_line(name))));
    }
    user.attributes.remove(name);
    if contact(name).is_some() {
        user.attributes.remove(&format!("{name}_verified"));
    }
    Ok(())
}

/// The addresses that a code can prove.
pub fn contact(name: &str) -> Option<&'static str> {
    ["email", "phone_number"].into_iter().find(|c| *c == name)
}

fn check<'p>(pool: &'p Pool, attribute: &Attribute, writer: Writer<'_>) -> Result<&'p SchemaAttribute> {
    let name = attribute.name.as_str();
    let Some(schema) = pool.attribute(name).filter(|_| !matches!(name, "sub" | "identities")) else {
        let line = format!("{name}: Attribute does not exist in the schema.\n");
        return Err(ApiError::invalid_parameter(format!("{NOT_CONFORMING}{line}")));
    };
    if let Writer::Client(client) = writer {
        let written = client.may_write(name) || schema.required;
        if !written || schema.developer_only_attribute || name.ends_with("_verified") {
            return Err(ApiError::not_authorized("A client attempted to write unauthorized attribute"));
        }
    }
    // An address is its owner's name here: nobody may take somebody else's as a preferred one.
    let (value, is_name) = (attribute.value.as_str(), name == "preferred_username" && pool.is_alias_attribute(name));
    let is_address =
        pool.is_alias_attribute("email") && text::is_email(value) || pool.is_alias_attribute("phone_number") && text::is_phone(value);
    if is_name && is_address {
        return Err(ApiError::invalid_parameter("preferred_username can not be of email or phone number format."));
    }
    if !value.is_empty() {
        schema.check(value)?;
    }
    Ok(schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::settings::Settings;
    use crate::pools::attributes::standard;
    use crate::pools::pool::Document;
    use crate::users::user::tests::user;

    fn pool() -> Pool {
        let document = Document { schema: standard(), ..Document::default() };
        Pool { id: "us-east-1_Test".into(), name: "t".into(), document, created_at: 0, modified_at: 0 }
    }

    fn client() -> Client {
        Client::sample(Settings::default())
    }

    fn attribute(name: &str, value: &str) -> Attribute {
        Attribute { name: name.into(), value: value.into() }
    }

    #[test]
    fn a_client_cannot_prove_an_address_by_saying_so() {
        let (mut user, client) = (user(), client());
        let refused = update(&pool(), &mut user, &[attribute("email_verified", "true")], Writer::Client(&client));
        assert_eq!(refused.unwrap_err().message(), "A client attempted to write unauthorized attribute");
        assert!(user.attributes.is_empty());
    }

    #[test]
    fn a_changed_address_is_unproved_unless_an_administrator_says_otherwise() {
        let mut user = user();
        user.attributes.insert("email".into(), "a@b.example".into());
        user.set_verified("email", true);
        let changed = update(&pool(), &mut user, &[attribute("email", "c@d.example")], Writer::Admin).unwrap();
        assert_eq!((changed.contacts, user.has_verified("email")), (vec!["email"], false));
        let both = [attribute("email_verified", "true"), attribute("email", "e@f.example")];
        update(&pool(), &mut user, &both, Writer::Admin).unwrap();
        assert!(user.has_verified("email"));
        assert!(update(&pool(), &mut user, &[attribute("email", "e@f.example")], Writer::Admin).unwrap().contacts.is_empty());
        update(&pool(), &mut user, &[attribute("email", "")], Writer::Admin).unwrap();
        assert!(user.attributes.is_empty());
    }

    #[test]
    fn nobody_writes_sub() {
        assert!(update(&pool(), &mut user(), &[attribute("sub", "x")], Writer::Admin).is_err());
    }
}
