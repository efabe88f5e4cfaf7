//! Auth0: the export of users, and the separate one of password hashes, which has the hash and little else.

use super::extras;
use crate::transfer::person::Person;
use crate::users::attributes::Attribute;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct User {
    #[serde(rename = "_id")]
    object_id: Option<ObjectId>,
    user_id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified: bool,
    phone_number: Option<String>,
    #[serde(alias = "phone_verified")]
    phone_number_verified: bool,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    nickname: Option<String>,
    picture: Option<String>,
    #[serde(alias = "passwordHash")]
    password_hash: Option<String>,
    blocked: bool,
    user_metadata: Map<String, Value>,
    app_metadata: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct ObjectId {
    #[serde(rename = "$oid")]
    oid: String,
}

/// The user. What users may change themselves (`user_metadata`) is taken if it is asked for, and never in place of what only the
/// application may change (`app_metadata`).
pub fn person(user: User, with_user_metadata: bool) -> Result<Person, String> {
    let id = user.user_id.or_else(|| user.object_id.map(|id| format!("auth0|{}", id.oid)));
    let names = [&user.username, &user.email, &id, &user.phone_number].into_iter().flatten().cloned().collect();
    let mut person = Person { names, password: user.password_hash, disabled: user.blocked, ..Person::default() };
    person.set("email_verified", user.email.as_ref().map(|_| user.email_verified.to_string()));
    person.set("email", user.email);
    person.set("phone_number_verified", user.phone_number.as_ref().map(|_| user.phone_number_verified.to_string()));
    person.set("phone_number", user.phone_number);
    person.set("name", user.name);
    person.set("given_name", user.given_name);
    person.set("family_name", user.family_name);
    person.set("nickname", user.nickname);
    person.set("picture", user.picture);
    person.extras = extras(user.app_metadata);
    if with_user_metadata {
        let free = |extra: &Attribute| person.extras.iter().all(|given| given.name != extra.name);
        let own: Vec<Attribute> = extras(user.user_metadata).into_iter().filter(free).collect();
        person.extras.extend(own);
    }
    Ok(person)
}
