//! A pool's own words, in place of those that come with the product: `PoolhouseLanguages` of CreateUserPool and UpdateUserPool.

use super::Language;
use super::catalogue;
use super::words::{Part, parts};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The longest text, in characters, and the longest of all of a pool together, in bytes.
const LONGEST: usize = 1_000;
const LARGEST: usize = 128 * 1024;

/// A pool's languages. Cheap to clone: every page of the pool holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolLanguages(Option<Arc<Content>>);

#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Content {
    /// For people whose browser says nothing that is known: a tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    /// Texts by key, by language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<String, BTreeMap<String, String>>,
}

impl Serialize for PoolLanguages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PoolLanguages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Content::deserialize(deserializer).map(|content| Self(Some(Arc::new(content))))
    }
}

impl PoolLanguages {
    /// Whether nothing was ever said about languages.
    pub fn is_unset(&self) -> bool {
        self.0.is_none()
    }

    pub fn default_language(&self) -> Language {
        self.0.as_ref().and_then(|content| content.default.as_deref()).and_then(Language::named).unwrap_or_default()
    }

    /// The pool's own text of a key.
    pub fn text(&self, language: Language, key: &str) -> Option<&str> {
        self.0.as_ref()?.texts.get(language.tag())?.get(key).map(String::as_str)
    }

    /// Refuses what no page could show, naming the place.
    pub fn check(&self) -> Result<(), String> {
        let Some(content) = &self.0 else { return Ok(()) };
        let known = || Language::ALL.map(Language::tag).join(", ");
        for tag in content.default.iter().chain(content.texts.keys()) {
            if Language::named(tag).is_none() {
                return Err(format!("PoolhouseLanguages: {tag:.32} is not one of the languages {}.", known()));
            }
        }
        let texts = content.texts.iter().flat_map(|(tag, texts)| texts.iter().map(move |(key, text)| (tag, key, text)));
        let mut size = 0;
        for (tag, key, text) in texts {
            size += key.len() + text.len();
            check_text(key, text).map_err(|why| format!("PoolhouseLanguages: {key:.64} in {tag} {why}."))?;
        }
        if size > LARGEST { Err(format!("PoolhouseLanguages: the texts are larger than {LARGEST} bytes.")) } else { Ok(()) }
    }
}

fn check_text(key: &str, text: &str) -> Result<(), String> {
    let Some(original) = catalogue::of(Language::English).get(key) else { return Err("is not a known text".to_owned()) };
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    if text.chars().count() > LONGEST {
        return Err(format!("is longer than {LONGEST} characters"));
    }
    if text.chars().any(|c| c.is_control()) {
        return Err("has control characters in it".to_owned());
    }
    let (has, needs) = (blanks(text), blanks(original));
    if has != needs {
        let list = needs.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ");
        return Err(if needs.is_empty() {
            "can have no placeholder".to_owned()
        } else {
            format!("must have each of {list} once, and no other")
        });
    }
    Ok(())
}

/// The placeholders of a text; one that stands there twice counts as another.
pub(super) fn blanks(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for part in parts(text) {
        if let Part::Blank(name) = part
            && !names.insert(name.to_owned())
        {
            names.insert(format!("{name} twice"));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::Words;
    use super::*;
    use serde_json::json;

    fn checked(given: serde_json::Value) -> Result<PoolLanguages, String> {
        let own: PoolLanguages = serde_json::from_value(given).map_err(|e| e.to_string())?;
        own.check().map(|()| own)
    }

    #[test]
    fn a_pools_own_text_stands_in_its_language_alone() {
        let own = checked(json!({ "Default": "de", "Texts": { "fr": { "log_in.lead": "<b>{pool}</b>" } } })).unwrap();
        assert_eq!(own.default_language(), Language::German);
        assert_eq!(Words::new(Language::French, &own).fill("log_in.lead", &[("pool", "Acme")]), "<b>Acme</b>");
        assert_eq!(Words::new(Language::English, &own).fill("log_in.lead", &[("pool", "Acme")]), "Use your Acme account");
        assert_eq!(serde_json::to_value(&own).unwrap(), json!({ "Default": "de", "Texts": { "fr": { "log_in.lead": "<b>{pool}</b>" } } }));
    }

    #[test]
    fn what_no_page_could_show_is_refused() {
        for (given, why) in [
            (json!({ "Default": "tlh" }), "PoolhouseLanguages: tlh is not one of the languages ar, de, en, es"),
            (json!({ "Texts": { "en": { "log_in.nothing": "x" } } }), "PoolhouseLanguages: log_in.nothing in en is not a known text."),
            (json!({ "Texts": { "en": { "log_in.heading": " " } } }), "PoolhouseLanguages: log_in.heading in en is empty."),
            (
                json!({ "Texts": { "en": { "log_in.heading": "{pool}" } } }),
                "PoolhouseLanguages: log_in.heading in en can have no placeholder.",
            ),
            (
                json!({ "Texts": { "en": { "log_in.lead": "{pool} {pool}" } } }),
                "PoolhouseLanguages: log_in.lead in en must have each of {pool} once, and no other.",
            ),
            (json!({ "Texts": { "en": { "log_in.heading": "x".repeat(1001) } } }), "PoolhouseLanguages: log_in.heading in en is longer"),
            (json!({ "Texts": { "en": { "log_in.heading": "a\nb" } } }), "PoolhouseLanguages: log_in.heading in en has control"),
            (json!({ "Text": {} }), "unknown field `Text`"),
        ] {
            let refusal = checked(given).unwrap_err();
            assert!(refusal.starts_with(why), "{refusal}");
        }
    }
}
