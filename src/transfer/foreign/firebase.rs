//! Firebase: what `firebase auth:export` writes, and the parameters of a project's hashes.

use super::extras;
use crate::kit::password::scrypt::Firebase;
use crate::kit::text;
use crate::transfer::person::Person;
use anyhow::Context as _;
use regex::Regex;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    local_id: Option<String>,
    email: Option<String>,
    email_verified: bool,
    password_hash: Option<String>,
    salt: Option<String>,
    display_name: Option<String>,
    photo_url: Option<String>,
    phone_number: Option<String>,
    created_at: Option<String>,
    disabled: bool,
    custom_attributes: Option<String>,
}

/// The user; the phone number of a Firebase account is always a proved one.
pub fn person(user: User, project: Option<&Firebase>) -> Result<Person, String> {
    let names = [&user.email, &user.local_id, &user.phone_number].into_iter().flatten().cloned().collect();
    let created_at = user.created_at.and_then(|at| at.parse().ok());
    let mut person = Person { names, disabled: user.disabled, created_at, ..Person::default() };
    person.set("email_verified", user.email.as_ref().map(|_| user.email_verified.to_string()));
    person.set("email", user.email);
    person.set("phone_number_verified", user.phone_number.as_ref().map(|_| "true"));
    person.set("phone_number", user.phone_number);
    person.set("name", user.display_name);
    person.set("picture", user.photo_url);
    if let Some(Ok(claims)) = user.custom_attributes.map(|text| serde_json::from_str(&text)) {
        person.extras = extras(claims);
    }
    if let Some(hash) = user.password_hash.filter(|hash| !hash.is_empty()) {
        let project = project.ok_or("The password hash needs the project's parameters (--firebase-hash-parameters).")?;
        let parts = decode(&hash).zip(decode(user.salt.as_deref().unwrap_or_default()));
        let stored = parts.and_then(|(hash, salt)| project.stored(&salt, &hash));
        person.password = Some(stored.ok_or("The password hash does not fit the project's parameters.")?);
    }
    Ok(person)
}

fn decode(code: &str) -> Option<Vec<u8>> {
    text::from_base64(&code.replace('-', "+").replace('_', "/"))
}

/// Reads `hash_config { algorithm: SCRYPT, base64_signer_key: …, base64_salt_separator: …, rounds: 8, mem_cost: 14 }` as the console shows it, or as JSON.
pub fn parameters(file: &str) -> anyhow::Result<Firebase> {
    let get = |name: &str| {
        let pattern = Regex::new(&format!(r#"\b{name}"?\s*[:=]\s*"?([^\s",}}]+)"#)).context("a pattern")?;
        let found = pattern.captures(file).and_then(|c| Some(c.get(1)?.as_str()));
        found.with_context(|| format!("the hash parameters have no {name}"))
    };
    Ok(Firebase {
        signer_key: decode(get("base64_signer_key")?).context("base64_signer_key is not base64")?,
        salt_separator: decode(get("base64_salt_separator")?).context("base64_salt_separator is not base64")?,
        rounds: get("rounds")?.parse().context("rounds is no number")?,
        mem_cost: get("mem_cost")?.parse().context("mem_cost is no number")?,
    })
}
