//! An identity provider.

use super::details::{Details, Kind, SECRETS};
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::Millis;
use crate::pools::Pool;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// A provider, its secrets open.
#[derive(Clone)]
pub struct Provider {
    pub pool_id: String,
    pub name: String,
    pub settings: Settings,
    /// The values of [`SECRETS`].
    pub secrets: Details,
    pub created_at: Millis,
    pub modified_at: Millis,
}

/// The stored settings document: what is no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Settings {
    pub provider_type: Kind,
    pub provider_details: Details,
    #[serde(default)]
    pub attribute_mapping: BTreeMap<String, String>,
    #[serde(default)]
    pub idp_identifiers: Vec<String>,
    #[serde(default)]
    pub acr_mapping: BTreeMap<String, String>,
}

/// The members that creating and updating share. An update keeps what is omitted.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Changes {
    #[serde(default)]
    pub provider_details: Option<Details>,
    #[serde(default)]
    pub attribute_mapping: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub idp_identifiers: Option<Vec<String>>,
    #[serde(default)]
    pub acr_mapping: Option<BTreeMap<String, String>>,
}

/// The purpose that providers' secrets are sealed for.
pub const PURPOSE: &str = "provider secrets";
/// Providers that a pool may have.
pub const MAX_PROVIDERS: i64 = 300;
/// The name that stands for the pool's own users.
pub const NATIVE: &str = "COGNITO";

impl Provider {
    pub fn kind(&self) -> Kind {
        self.settings.provider_type
    }

    /// A new provider, without settings yet.
    pub fn new(pool: &Pool, name: String, kind: Kind, now: Millis) -> Result<Self> {
        check_name(&name, kind)?;
        let settings = Settings {
            provider_type: kind,
            provider_details: Details::new(),
            attribute_mapping: BTreeMap::new(),
            idp_identifiers: Vec::new(),
            acr_mapping: BTreeMap::new(),
        };
        Ok(Self { pool_id: pool.id.clone(), name, settings, secrets: Details::new(), created_at: now, modified_at: now })
    }

    /// Checks what a caller gave and takes it over.
    pub fn apply(&mut self, pool: &Pool, changes: Changes) -> Result<()> {
        if let Some(mut given) = changes.provider_details {
            // Nobody can give back what describing does not tell.
            if let Some(key) = self.secrets.get("private_key") {
                given.entry("private_key".to_owned()).or_insert_with(|| key.clone());
            }
            let mut details = self.kind().complete(given)?;
            self.secrets = SECRETS.into_iter().filter_map(|name| details.remove_entry(name)).collect();
            self.settings.provider_details = details;
        }
        if let Some(mapping) = changes.attribute_mapping {
            check_mapping(pool, &mapping)?;
            self.settings.attribute_mapping = mapping;
        }
        if let Some(subject) = self.kind().subject() {
            self.settings.attribute_mapping.entry("username".to_owned()).or_insert_with(|| subject.to_owned());
        }
        if let Some(identifiers) = changes.idp_identifiers {
            check_identifiers(&identifiers)?;
            self.settings.idp_identifiers = identifiers;
        }
        if let Some(mapping) = changes.acr_mapping {
            if self.kind() != Kind::Oidc && !mapping.is_empty() {
                return Err(ApiError::invalid_parameter("AcrMapping is only supported for OIDC identity providers."));
            }
            self.settings.acr_mapping = mapping;
        }
        Ok(())
    }

    /// Whether the provider tells this attribute: by the name of the user's attribute, or of the claim that it is filled from.
    pub fn tells(&self, attribute: &str) -> bool {
        self.settings.attribute_mapping.iter().any(|(name, claim)| name == attribute || claim == attribute)
    }
}

/// Names of the providers that the service knows are for those alone, one of each.
fn check_name(name: &str, kind: Kind) -> Result<()> {
    let reserved = Kind::ALL.into_iter().find(|k| k.is_social() && name.eq_ignore_ascii_case(k.as_str()));
    let fits = match reserved {
        Some(social) => social == kind && name == kind.as_str(),
        None => !kind.is_social() && !name.eq_ignore_ascii_case(NATIVE),
    };
    if fits { Ok(()) } else { Err(ApiError::invalid_parameter(format!("Provider {name} cannot be of type {}.", kind.as_str()))) }
}

fn check_mapping(pool: &Pool, mapping: &BTreeMap<String, String>) -> Result<()> {
    for (name, claim) in mapping {
        let bad = |what: &str| Err(ApiError::invalid_parameter(format!("Invalid AttributeMapping: {what}")));
        if claim.is_empty() || claim.len() > 2048 {
            return bad(&format!("the claim for {name} must have 1 to 2048 characters."));
        }
        if name == "username" {
            continue;
        }
        match pool.attribute(name).filter(|_| !matches!(name.as_str(), "sub" | "identities")) {
            None => return bad(&format!("the attribute {name} does not exist in the schema of the user pool.")),
            Some(attribute) if !attribute.mutable => return bad(&format!("the attribute {name} is not mutable.")),
            Some(_) => {}
        }
    }
    Ok(())
}

fn check_identifiers(identifiers: &[String]) -> Result<()> {
    let mut seen = HashSet::new();
    match identifiers.iter().find(|i| !seen.insert(*i)) {
        Some(twice) => Err(taken(twice)),
        None => Ok(()),
    }
}

/// An identifier leads to one provider.
pub fn taken(identifier: &str) -> ApiError {
    ApiError::invalid_parameter(format!("The identifier {identifier} is already in use in the user pool."))
}

pub fn no_such_provider(name: &str) -> ApiError {
    ApiError::resource_not_found(format!("Identity provider {name} does not exist."))
}

pub fn changed_meanwhile() -> ApiError {
    ApiError::concurrent_modification("The identity provider was changed by another request at the same time. Try again.")
}

/// The pool's own users are no provider that could be changed.
pub fn refuse_native(name: &str) -> Result<()> {
    if name.eq_ignore_ascii_case(NATIVE) {
        return Err(ApiError::unsupported_identity_provider(format!("The identity provider {name} cannot be changed.")));
    }
    Ok(())
}

/// The pool's provider of this name.
pub async fn load(cx: &mut Cx, pool: &Pool, name: &str) -> Result<Provider> {
    find(cx, pool, name).await?.ok_or_else(|| no_such_provider(name))
}

/// The pool's provider of this name, if there is one.
pub async fn find(cx: &mut Cx, pool: &Pool, name: &str) -> Result<Option<Provider>> {
    let row = super::store::find(&mut *cx.read().await?, &pool.id, name).await?;
    Ok(row.map(|row| open(cx, row)).transpose()?)
}

/// A provider as it is stored, with its secrets opened.
pub fn open(cx: &Cx, row: super::store::ProviderRow) -> anyhow::Result<Provider> {
    let plain = cx.app.sealer.open(PURPOSE, &row.secrets);
    let plain = plain.ok_or_else(|| anyhow::anyhow!("a provider's secrets do not open with the master key"))?;
    Ok(Provider {
        pool_id: row.pool_id,
        name: row.name,
        settings: row.settings.0,
        secrets: serde_json::from_slice(&plain)?,
        created_at: row.created_at,
        modified_at: row.modified_at,
    })
}

/// The provider as it is stored.
pub fn seal(cx: &Cx, provider: &Provider) -> anyhow::Result<super::store::ProviderRow> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&provider.secrets)?);
    Ok(super::store::ProviderRow {
        pool_id: provider.pool_id.clone(),
        name: provider.name.clone(),
        settings: crate::store::Json(provider.settings.clone()),
        secrets: cx.app.sealer.seal(cx.rng(), PURPOSE, &plain),
        created_at: provider.created_at,
        modified_at: provider.modified_at,
    })
}

/// Refuses a list with a provider that the pool does not have.
pub async fn check_named(cx: &mut Cx, pool: &Pool, names: &[String]) -> Result<()> {
    if names.iter().all(|n| n == NATIVE) {
        return Ok(());
    }
    let known = super::store::names(&mut *cx.read().await?, &pool.id).await?;
    let missing = names.iter().find(|n| *n != NATIVE && !known.contains(*n));
    missing.map_or(Ok(()), |name| Err(not_in_pool(name, &pool.id)))
}

/// A request names a provider that the pool does not have.
pub fn not_in_pool(name: &str, pool_id: &str) -> ApiError {
    ApiError::invalid_parameter(format!("The provider {name} does not exist for User Pool {pool_id}."))
}
