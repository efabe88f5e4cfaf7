//! Keycloak: the users of a realm export.

use crate::kit::password::pbkdf2;
use crate::kit::text;
use crate::transfer::person::Person;
use crate::users::attributes::Attribute;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    id: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified: bool,
    enabled: Option<bool>,
    first_name: Option<String>,
    last_name: Option<String>,
    created_timestamp: Option<i64>,
    attributes: BTreeMap<String, Vec<String>>,
    credentials: Vec<Credential>,
    required_actions: Vec<String>,
    service_account_client_id: Option<String>,
}

/// A credential as it is today, with JSON in text, or as it was before version 8.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Credential {
    #[serde(rename = "type")]
    kind: String,
    secret_data: Option<String>,
    credential_data: Option<String>,
    hashed_salted_value: Option<String>,
    salt: Option<String>,
    hash_iterations: Option<u32>,
    algorithm: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Secret {
    value: String,
    salt: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    hash_iterations: u32,
    algorithm: String,
    #[serde(default)]
    additional_parameters: BTreeMap<String, Vec<String>>,
}

pub fn person(user: User) -> Result<Person, String> {
    if let Some(client) = user.service_account_client_id {
        return Err(format!("It is the service account of the client {client:.60}, not a person."));
    }
    let names = [&user.username, &user.email, &user.id].into_iter().flatten().cloned().collect();
    let mut person = Person { names, disabled: user.enabled == Some(false), created_at: user.created_timestamp, ..Person::default() };
    person.set("email_verified", user.email.as_ref().map(|_| user.email_verified.to_string()));
    person.set("email", user.email);
    person.set("given_name", user.first_name);
    person.set("family_name", user.last_name);
    let first = |(name, values): (String, Vec<String>)| values.into_iter().next().map(|value| Attribute { name, value });
    person.extras = user.attributes.into_iter().filter_map(first).filter(|a| !a.value.is_empty()).collect();
    person.must_reset = user.required_actions.iter().any(|action| action == "UPDATE_PASSWORD");
    if let Some(credential) = user.credentials.into_iter().find(|c| c.kind == "password") {
        person.password = Some(stored(credential).ok_or("The password's hash is of no kind that is known here.")?);
    }
    Ok(person)
}

fn stored(credential: Credential) -> Option<String> {
    let (secret, data): (Secret, Data) = match (&credential.secret_data, &credential.credential_data) {
        (Some(secret), Some(data)) => (serde_json::from_str(secret).ok()?, serde_json::from_str(data).ok()?),
        _ => (
            Secret { value: credential.hashed_salted_value?, salt: credential.salt? },
            Data { hash_iterations: credential.hash_iterations?, algorithm: credential.algorithm?, additional_parameters: BTreeMap::new() },
        ),
    };
    let (salt, hash) = (text::from_base64(&secret.salt)?, text::from_base64(&secret.value)?);
    let rounds = data.hash_iterations;
    match data.algorithm.as_str() {
        "pbkdf2" => Some(pbkdf2::from_parts("sha1", rounds, &salt, &hash)),
        "pbkdf2-sha256" => Some(pbkdf2::from_parts("sha256", rounds, &salt, &hash)),
        "pbkdf2-sha512" => Some(pbkdf2::from_parts("sha512", rounds, &salt, &hash)),
        "argon2" => {
            let get = |name: &str| data.additional_parameters.get(name)?.first().cloned();
            let version = if get("version").as_deref() == Some("1.0") { 16 } else { 19 };
            let (kind, memory, lanes) = (get("type")?, get("memory")?, get("parallelism")?);
            let code = |bytes: &[u8]| text::base64(bytes).trim_end_matches('=').to_owned();
            Some(format!("$argon2{kind}$v={version}$m={memory},t={rounds},p={lanes}${}${}", code(&salt), code(&hash)))
        }
        _ => None,
    }
}
