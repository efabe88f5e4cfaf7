//! Tags: of pools, and of the sessions that claims become (attributes for access control).

use super::login::{Kind, Login};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Which claims of a provider's logins become session tags.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagMap {
    pub use_defaults: bool,
    /// Claims by the tags that they become.
    pub principal_tags: BTreeMap<String, String>,
}

impl TagMap {
    /// The tags that every provider's logins give where nothing else is said.
    pub fn defaults() -> BTreeMap<String, String> {
        BTreeMap::from([("client".to_owned(), "aud".to_owned()), ("username".to_owned(), "sub".to_owned())])
    }
}

/// The session tags of logins: of two providers that set the same, the first does.
pub fn of_logins(maps: &BTreeMap<String, TagMap>, logins: &[Login]) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    for login in logins.iter().filter(|login| login.kind != Kind::Developer) {
        let Some(map) = login.names().find_map(|name| maps.get(name)) else { continue };
        for (tag, claim) in &map.principal_tags {
            if let Some(value) = login.claim(claim).and_then(text) {
                tags.entry(tag.clone()).or_insert(value);
            }
        }
    }
    tags
}

/// A claim as a tag has it. What is no single value is none.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// Says what is wrong with a pool's tags. Their lengths were checked before.
pub fn refusal(tags: &BTreeMap<String, String>) -> Option<String> {
    if tags.len() > 50 {
        return Some("An identity pool can have at most 50 tags.".to_owned());
    }
    reserved(tags).map(|key| format!("The tag key {key} begins with aws:, which is reserved."))
}

/// A tag whose name AWS keeps for itself.
pub fn reserved(tags: &BTreeMap<String, String>) -> Option<&str> {
    tags.keys().find(|key| key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))).map(String::as_str)
}
