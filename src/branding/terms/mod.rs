//! Terms of use and privacy policy of a client: links that the sign-up page shows once there are both.
//!
//! Owns `terms`. A client has one document of each name, and they end with it.

pub mod store;

use crate::api::{ApiError, Result};
use crate::kit::clock::epoch_seconds;
use crate::languages::Language;
use crate::store::Json;
use serde::Serialize;
use std::collections::BTreeMap;
use store::Document;
use url::Url;

/// The most documents of a pool.
pub const DOCUMENTS: i64 = 40;
pub const TERMS_OF_USE: &str = "terms-of-use";
pub const PRIVACY_POLICY: &str = "privacy-policy";

/// Addresses by language, such as `cognito:default`.
pub type Links = BTreeMap<String, String>;

/// Where the documents of a client are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    terms_of_use: Links,
    privacy_policy: Links,
}

impl Addresses {
    /// The addresses, if there are both documents.
    pub fn of(documents: &[Document]) -> Option<Self> {
        let links = |name: &str| documents.iter().find(|d| d.name == name).map(|d| d.links.0.clone());
        Some(Self { terms_of_use: links(TERMS_OF_USE)?, privacy_policy: links(PRIVACY_POLICY)? })
    }

    /// Terms of use and privacy policy for a reader, if both have an address for them: in their language, the default or English.
    pub fn addresses(&self, language: Language) -> Option<(String, String)> {
        let own = language.terms_id().unwrap_or_default();
        let address = |links: &Links| [own, "cognito:default", "cognito:english"].into_iter().find_map(|id| links.get(id).cloned());
        Some((address(&self.terms_of_use)?, address(&self.privacy_policy)?))
    }
}

/// Links that a page can show.
pub fn check_links(links: Links) -> Result<Json<Links>> {
    match links.iter().find(|(_, address)| !is_web_address(address)) {
        None => Ok(Json(links)),
        Some((language, _)) => Err(ApiError::invalid_parameter(format!("The link for {language} must be an HTTPS URL."))),
    }
}

fn is_web_address(address: &str) -> bool {
    let is_plain = |url: &Url| url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
    address.starts_with("https://") && Url::parse(address).is_ok_and(|url| is_plain(&url))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    pub terms: Terms,
}

/// `TermsType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Terms {
    pub terms_id: String,
    pub user_pool_id: String,
    pub client_id: String,
    pub terms_name: String,
    pub terms_source: String,
    pub enforcement: String,
    pub links: Links,
    pub creation_date: f64,
    pub last_modified_date: f64,
}

impl Answer {
    pub fn of(document: Document) -> Self {
        Self {
            terms: Terms {
                terms_id: document.id,
                user_pool_id: document.pool_id,
                client_id: document.client_id,
                terms_name: document.name,
                terms_source: document.source,
                enforcement: document.enforcement,
                links: document.links.0,
                creation_date: epoch_seconds(document.created_at),
                last_modified_date: epoch_seconds(document.modified_at),
            },
        }
    }
}

/// Where terms are asked for by an id that names none.
pub fn no_such_terms(id: &str) -> ApiError {
    ApiError::resource_not_found(format!("Terms {id} does not exist."))
}

/// Where a client has a document of that name already.
pub fn exists(name: &str, client_id: &str) -> ApiError {
    ApiError::terms_exists(format!("Terms {name} already exists for the app client {client_id}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web() {
        for good in ["https://example.com", "https://example.com/terms?v=2#a", "https://b\u{fc}cher.example/agb"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "http://example.com",
            "javascript:alert(1)",
            "https:example.com",
            "https://",
            "//example.com",
            "https://u:p@example.com",
            "x",
            " https://a.example",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    fn document(name: &str, links: &[(&str, &str)]) -> Document {
        let links = links.iter().map(|(l, a)| ((*l).to_owned(), (*a).to_owned())).collect();
        Document { name: name.to_owned(), links: Json(links), ..Document::default() }
    }

    #[test]
    fn both_documents_are_shown_or_none() {
        let terms = document(TERMS_OF_USE, &[("cognito:default", "https://a.example"), ("cognito:english", "https://en.example")]);
        let policy = document(PRIVACY_POLICY, &[("cognito:english", "https://b.example")]);
        let german = document(PRIVACY_POLICY, &[("cognito:german", "https://c.example")]);
        assert_eq!(Addresses::of(std::slice::from_ref(&terms)), None);
        let addresses = |documents: &[Document], language| Addresses::of(documents).and_then(|a| a.addresses(language));
        let pair = |one: &str, other: &str| Some((one.to_owned(), other.to_owned()));
        let mixed = [terms.clone(), german];
        assert_eq!(addresses(&mixed, Language::English), None);
        assert_eq!(addresses(&mixed, Language::German), pair("https://a.example", "https://c.example"));
        let both = [policy, terms];
        assert_eq!(addresses(&both, Language::English), pair("https://en.example", "https://b.example"));
        assert_eq!(addresses(&both, Language::Arabic), pair("https://a.example", "https://b.example"));
    }
}
