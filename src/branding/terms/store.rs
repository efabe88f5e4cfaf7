//! The table `terms`.

use super::Links;
use crate::store::{Json, Result, Tx, sql};

#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Document {
    pub pool_id: String,
    pub id: String,
    pub client_id: String,
    pub name: String,
    /// Which of the pool's places for documents it takes.
    pub slot: i64,
    pub source: String,
    pub enforcement: String,
    pub links: Json<Links>,
    pub created_at: i64,
    pub modified_at: i64,
}

pub async fn find(tx: &mut Tx, pool_id: &str, id: &str) -> Result<Option<Document>> {
    sql!(
        fetch_optional Document; tx,
        "SELECT pool_id, id, client_id, name, slot, source, enforcement, links, created_at, modified_at FROM terms
         WHERE pool_id = $1 AND id = $2",
        pool_id,
        id
    )
}

/// The documents of a client.
pub async fn of_client(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Vec<Document>> {
    sql!(
        fetch_all Document; tx,
        "SELECT pool_id, id, client_id, name, slot, source, enforcement, links, created_at, modified_at FROM terms
         WHERE pool_id = $1 AND client_id = $2",
        pool_id,
        client_id
    )
}

/// Documents in the order of their ids, after `after`.
pub async fn list(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<Document>> {
    sql!(
        fetch_all Document; tx,
        "SELECT pool_id, id, client_id, name, slot, source, enforcement, links, created_at, modified_at FROM terms
         WHERE pool_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        pool_id,
        after,
        limit
    )
}

/// The places that a pool's documents take, in order.
pub async fn slots(tx: &mut Tx, pool_id: &str) -> Result<Vec<i64>> {
    let rows = sql!(fetch_all (i64,); tx, "SELECT slot FROM terms WHERE pool_id = $1 ORDER BY slot", pool_id)?;
    Ok(rows.into_iter().map(|(slot,)| slot).collect())
}

/// A name that the client has, or a slot that is taken, is a duplicate.
pub async fn insert(tx: &mut Tx, document: &Document) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO terms (pool_id, id, client_id, name, slot, source, enforcement, links, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &document.pool_id,
        &document.id,
        &document.client_id,
        &document.name,
        document.slot,
        &document.source,
        &document.enforcement,
        &document.links,
        document.created_at,
        document.modified_at
    )?;
    Ok(())
}

/// Replaces the document that was last modified `before`; false if it is that one no more.
pub async fn update(tx: &mut Tx, document: &Document, before: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE terms SET name = $1, source = $2, enforcement = $3, links = $4, modified_at = $5
         WHERE pool_id = $6 AND id = $7 AND modified_at = $8",
        &document.name,
        &document.source,
        &document.enforcement,
        &document.links,
        document.modified_at,
        &document.pool_id,
        &document.id,
        before
    )?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, pool_id: &str, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM terms WHERE pool_id = $1 AND id = $2", pool_id, id)? == 1)
}
