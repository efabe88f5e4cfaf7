//! The words of each language, parsed when they are first asked for.

use super::Language;
use figment::Figment;
use figment::providers::{Format, Toml};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

type Catalogue = HashMap<String, &'static str>;

fn source(language: Language) -> &'static str {
    match language {
        Language::Arabic => include_str!("words/ar.toml"),
        Language::German => include_str!("words/de.toml"),
        Language::English => include_str!("words/en.toml"),
        Language::Spanish => include_str!("words/es.toml"),
        Language::French => include_str!("words/fr.toml"),
        Language::Hebrew => include_str!("words/he.toml"),
        Language::Indonesian => include_str!("words/id.toml"),
        Language::Italian => include_str!("words/it.toml"),
        Language::Japanese => include_str!("words/ja.toml"),
        Language::Korean => include_str!("words/ko.toml"),
        Language::Dutch => include_str!("words/nl.toml"),
        Language::Portuguese => include_str!("words/pt-BR.toml"),
        Language::ChineseSimplified => include_str!("words/zh-CN.toml"),
        Language::ChineseTraditional => include_str!("words/zh-TW.toml"),
    }
}

/// All words of a language.
pub fn of(language: Language) -> &'static Catalogue {
    static CATALOGUES: [OnceLock<Catalogue>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
    CATALOGUES[language as usize].get_or_init(|| parse(source(language)))
}

/// The words are part of the binary and live as long as it does.
fn parse(source: &str) -> Catalogue {
    let sections = Figment::from(Toml::string(source)).extract::<BTreeMap<String, BTreeMap<String, String>>>();
    let sections = sections.expect("the words are TOML, and tested");
    let entries = sections
        .into_iter()
        .flat_map(|(section, entries)| entries.into_iter().map(move |(subject, text)| (format!("{section}.{subject}"), &*text.leak())));
    entries.collect()
}

/// Every key, with its text in English.
pub fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    of(Language::English).iter().map(|(key, text)| (key.as_str(), *text))
}
