//! The tables `identity_providers`, `identity_provider_identifiers`, `linked_identities` and `signing_certificates`.

use super::provider::Settings;
use crate::store::{Json, Result, Tx, given, sql};

/// A provider as it is stored.
#[derive(sqlx::FromRow)]
pub struct ProviderRow {
    pub pool_id: String,
    pub name: String,
    pub settings: Json<Settings>,
    pub secrets: Vec<u8>,
    pub created_at: i64,
    pub modified_at: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT p.pool_id, p.name, p.settings, p.secrets, p.created_at, p.modified_at FROM identity_providers p ", $rest)
    };
}

pub async fn find(tx: &mut Tx, pool_id: &str, name: &str) -> Result<Option<ProviderRow>> {
    sql!(fetch_optional ProviderRow; tx, select!("WHERE p.pool_id = $1 AND p.name = $2"), pool_id, name)
}

pub async fn find_by_identifier(tx: &mut Tx, pool_id: &str, identifier: &str) -> Result<Option<ProviderRow>> {
    sql!(
        fetch_optional ProviderRow; tx,
        select!(
            "JOIN identity_provider_identifiers i ON i.pool_id = p.pool_id AND i.provider = p.name
             WHERE i.pool_id = $1 AND i.identifier = $2"
        ),
        pool_id,
        identifier
    )
}

/// Providers in the order of their names, after `after`.
pub async fn list(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<ProviderRow>> {
    sql!(
        fetch_all ProviderRow; tx,
        select!("WHERE p.pool_id = $1 AND p.name > $2 ORDER BY p.name LIMIT $3"),
        pool_id,
        after,
        limit
    )
}

/// The names of a pool's providers.
pub async fn names(tx: &mut Tx, pool_id: &str) -> Result<Vec<String>> {
    let rows = sql!(fetch_all (String,); tx, "SELECT name FROM identity_providers WHERE pool_id = $1", pool_id)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

pub async fn count(tx: &mut Tx, pool_id: &str) -> Result<i64> {
    Ok(sql!(fetch_one (i64,); tx, "SELECT COUNT(*) FROM identity_providers WHERE pool_id = $1", pool_id)?.0)
}

pub async fn insert(tx: &mut Tx, row: &ProviderRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO identity_providers (pool_id, name, settings, secrets, created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &row.pool_id,
        &row.name,
        Json(&row.settings.0),
        &row.secrets,
        row.created_at,
        row.modified_at
    )?;
    Ok(())
}

/// Replaces a provider unless somebody else did so since it was read. Returns whether it was replaced.
pub async fn replace(tx: &mut Tx, row: &ProviderRow, read_at: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE identity_providers SET settings = $1, secrets = $2, modified_at = $3 WHERE pool_id = $4 AND name = $5 AND modified_at = $6",
        Json(&row.settings.0),
        &row.secrets,
        row.modified_at,
        &row.pool_id,
        &row.name,
        read_at
    )?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, pool_id: &str, name: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM identity_providers WHERE pool_id = $1 AND name = $2", pool_id, name)? == 1)
}

/// Frees the identifiers of a provider.
pub async fn drop_identifiers(tx: &mut Tx, pool_id: &str, name: &str) -> Result<()> {
    sql!(tx, "DELETE FROM identity_provider_identifiers WHERE pool_id = $1 AND provider = $2", pool_id, name)?;
    Ok(())
}

/// Claims an identifier. `Duplicate` when it has an owner.
pub async fn insert_identifier(tx: &mut Tx, pool_id: &str, name: &str, identifier: &str) -> Result<()> {
    sql!(tx, "INSERT INTO identity_provider_identifiers (pool_id, identifier, provider) VALUES ($1, $2, $3)", pool_id, identifier, name)?;
    Ok(())
}

/// Every provider's sealed secrets, for re-sealing under a new master key.
pub async fn sealed(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT pool_id, name, secrets FROM identity_providers")
}

/// Replaces secrets by the same ones under a new key, unless they were changed meanwhile.
pub async fn reseal(tx: &mut Tx, pool_id: &str, name: &str, old: &[u8], secrets: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE identity_providers SET secrets = $1 WHERE pool_id = $2 AND name = $3 AND secrets = $4", secrets, pool_id, name, old)?;
    Ok(())
}

/// An identity at a provider, and whom it signs in as.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    pub pool_id: String,
    pub provider: String,
    pub attribute: String,
    pub value: String,
    pub sub: String,
    /// The provider may not sign this user in any more.
    pub disabled: bool,
    pub created_at: i64,
}

pub async fn link(tx: &mut Tx, pool_id: &str, provider: &str, attribute: &str, value: &str) -> Result<Option<LinkRow>> {
    sql!(
        fetch_optional LinkRow; tx,
        "SELECT pool_id, provider, attribute, value, sub, disabled, created_at FROM linked_identities
         WHERE pool_id = $1 AND provider = $2 AND attribute = $3 AND value = $4",
        pool_id,
        provider,
        attribute,
        value
    )
}

/// The identities that these users sign in with, or may not any more.
pub async fn links_of(tx: &mut Tx, pool_id: &str, subs: &[String]) -> Result<Vec<LinkRow>> {
    sql!(
        fetch_all LinkRow; tx,
        given!(
            "SELECT l.pool_id, l.provider, l.attribute, l.value, l.sub, l.disabled, l.created_at
             FROM given JOIN linked_identities l ON l.sub = given.sub WHERE l.pool_id = $1 ORDER BY l.created_at, l.provider, l.value"
        ),
        pool_id,
        subs.concat(),
        subs.len() as i64
    )
}

pub async fn count_links(tx: &mut Tx, pool_id: &str, sub: &str) -> Result<i64> {
    let row = sql!(
        fetch_one (i64,); tx,
        "SELECT COUNT(*) FROM linked_identities WHERE pool_id = $1 AND sub = $2 AND disabled = $3",
        pool_id,
        sub,
        false
    )?;
    Ok(row.0)
}

/// A new link. `Duplicate` when the identity signs in as somebody already.
pub async fn insert_link(tx: &mut Tx, link: &LinkRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO linked_identities (pool_id, provider, attribute, value, sub, disabled, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &link.pool_id,
        &link.provider,
        &link.attribute,
        &link.value,
        &link.sub,
        link.disabled,
        link.created_at
    )?;
    Ok(())
}

/// Removes a link; whether it was there decides which of two removals at once counts.
pub async fn delete_link(tx: &mut Tx, link: &LinkRow) -> Result<bool> {
    let deleted = sql!(
        tx,
        "DELETE FROM linked_identities WHERE pool_id = $1 AND provider = $2 AND attribute = $3 AND value = $4 AND sub = $5",
        &link.pool_id,
        &link.provider,
        &link.attribute,
        &link.value,
        &link.sub
    )?;
    Ok(deleted == 1)
}

/// A certificate (DER) and its sealed private key.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CertificateRow {
    pub pool_id: String,
    pub key_use: String,
    pub certificate: Vec<u8>,
    pub private_key: Vec<u8>,
    pub created_at: i64,
}

pub async fn certificate(tx: &mut Tx, pool_id: &str, key_use: &str) -> Result<Option<CertificateRow>> {
    sql!(
        fetch_optional CertificateRow; tx,
        "SELECT pool_id, key_use, certificate, private_key, created_at FROM signing_certificates WHERE pool_id = $1 AND key_use = $2",
        pool_id,
        key_use
    )
}

/// Keeps a certificate unless the pool has one for this use.
pub async fn insert_certificate(tx: &mut Tx, row: &CertificateRow) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO signing_certificates (pool_id, key_use, certificate, private_key, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (pool_id, key_use) DO NOTHING",
        &row.pool_id,
        &row.key_use,
        &row.certificate,
        &row.private_key,
        row.created_at
    )?;
    Ok(())
}

/// Every certificate's sealed private key, for re-sealing under a new master key.
pub async fn sealed_keys(tx: &mut Tx) -> Result<Vec<(String, String, Vec<u8>)>> {
    sql!(fetch_all (String, String, Vec<u8>); tx, "SELECT pool_id, key_use, private_key FROM signing_certificates")
}

pub async fn reseal_key(tx: &mut Tx, pool_id: &str, key_use: &str, private_key: &[u8]) -> Result<()> {
    sql!(tx, "UPDATE signing_certificates SET private_key = $1 WHERE pool_id = $2 AND key_use = $3", private_key, pool_id, key_use)?;
    Ok(())
}
