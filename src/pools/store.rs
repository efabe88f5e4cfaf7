//! The tables `pools`, `domains` and `pool_replicas`.

use super::domain::{Domain, DomainSettings, Kind};
use super::pool::{Document, Pool};
use super::replica::Replica;
use super::tags::Tags;
use crate::store::{Json, Result, Tx, sql};

#[derive(sqlx::FromRow)]
struct PoolRow {
    id: String,
    name: String,
    settings: Json<Document>,
    created_at: i64,
    modified_at: i64,
}

impl From<PoolRow> for Pool {
    fn from(row: PoolRow) -> Self {
        Self { id: row.id, name: row.name, document: row.settings.0, created_at: row.created_at, modified_at: row.modified_at }
    }
}

#[derive(sqlx::FromRow)]
struct DomainRow {
    domain: String,
    pool_id: String,
    kind: String,
    settings: Json<DomainSettings>,
}

impl From<DomainRow> for Domain {
    fn from(row: DomainRow) -> Self {
        Self { domain: row.domain, pool_id: row.pool_id, kind: Kind::parse(&row.kind), settings: row.settings.0 }
    }
}

pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Pool>> {
    let row = sql!(fetch_optional PoolRow; tx, "SELECT id, name, settings, created_at, modified_at FROM pools WHERE id = $1", id)?;
    Ok(row.map(Pool::from))
}

pub async fn insert(tx: &mut Tx, pool: &Pool) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO pools (id, name, settings, created_at, modified_at) VALUES ($1, $2, $3, $4, $5)",
        &pool.id,
        &pool.name,
        Json(&pool.document),
        pool.created_at,
        pool.modified_at
    )?;
    Ok(())
}

/// Holds a pool's row until the transaction ends, and whether there is one: what counts rows of a pool before it adds one takes turns.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(sql!(tx, "UPDATE pools SET id = id WHERE id = $1", id)? == 1)
}

/// Replaces a pool unless somebody else did so since it was read. Returns whether it was replaced.
pub async fn replace(tx: &mut Tx, pool: &Pool, read_at: i64) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE pools SET name = $1, settings = $2, modified_at = $3 WHERE id = $4 AND modified_at = $5",
        &pool.name,
        Json(&pool.document),
        pool.modified_at,
        &pool.id,
        read_at
    )?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM pools WHERE id = $1", id)? == 1)
}

/// Pools in the order of their ids, after `after`.
pub async fn list(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Pool>> {
    let rows = sql!(
        fetch_all PoolRow; tx,
        "SELECT id, name, settings, created_at, modified_at FROM pools WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Pool::from).collect())
}

pub async fn find_domain(tx: &mut Tx, domain: &str) -> Result<Option<Domain>> {
    let row = sql!(fetch_optional DomainRow; tx, "SELECT domain, pool_id, kind, settings FROM domains WHERE domain = $1", domain)?;
    Ok(row.map(Domain::from))
}

pub async fn domains(tx: &mut Tx, pool_id: &str) -> Result<Vec<Domain>> {
    let rows =
        sql!(fetch_all DomainRow; tx, "SELECT domain, pool_id, kind, settings FROM domains WHERE pool_id = $1 ORDER BY kind", pool_id)?;
    Ok(rows.into_iter().map(Domain::from).collect())
}

/// The domains of every pool.
pub async fn all_domains(tx: &mut Tx) -> Result<Vec<Domain>> {
    let rows = sql!(fetch_all DomainRow; tx, "SELECT domain, pool_id, kind, settings FROM domains ORDER BY domain")?;
    Ok(rows.into_iter().map(Domain::from).collect())
}

pub async fn insert_domain(tx: &mut Tx, domain: &Domain, now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO domains (domain, pool_id, kind, settings, created_at) VALUES ($1, $2, $3, $4, $5)",
        &domain.domain,
        &domain.pool_id,
        domain.kind.as_str(),
        Json(&domain.settings),
        now
    )?;
    Ok(())
}

pub async fn replace_domain(tx: &mut Tx, domain: &Domain) -> Result<bool> {
    let changed = sql!(
        tx,
        "UPDATE domains SET settings = $1 WHERE domain = $2 AND pool_id = $3",
        Json(&domain.settings),
        &domain.domain,
        &domain.pool_id
    )?;
    Ok(changed == 1)
}

pub async fn delete_domain(tx: &mut Tx, pool_id: &str, domain: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM domains WHERE domain = $1 AND pool_id = $2", domain, pool_id)? == 1)
}

#[derive(sqlx::FromRow)]
struct ReplicaRow {
    region: String,
    active: bool,
    tags: Json<Tags>,
}

impl From<ReplicaRow> for Replica {
    fn from(row: ReplicaRow) -> Self {
        Self { region: row.region, active: row.active, tags: row.tags.0 }
    }
}

pub async fn insert_replica(tx: &mut Tx, pool_id: &str, replica: &Replica, now: i64) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO pool_replicas (pool_id, region, active, tags, created_at) VALUES ($1, $2, $3, $4, $5)",
        pool_id,
        &replica.region,
        replica.active,
        Json(&replica.tags),
        now
    )?;
    Ok(())
}

pub async fn find_replica(tx: &mut Tx, pool_id: &str, region: &str) -> Result<Option<Replica>> {
    let row = sql!(
        fetch_optional ReplicaRow; tx,
        "SELECT region, active, tags FROM pool_replicas WHERE pool_id = $1 AND region = $2",
        pool_id,
        region
    )?;
    Ok(row.map(Replica::from))
}

/// Replicas in the order of their regions, after `after`.
pub async fn replicas(tx: &mut Tx, pool_id: &str, after: &str, limit: i64) -> Result<Vec<Replica>> {
    let rows = sql!(
        fetch_all ReplicaRow; tx,
        "SELECT region, active, tags FROM pool_replicas WHERE pool_id = $1 AND region > $2 ORDER BY region LIMIT $3",
        pool_id,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Replica::from).collect())
}

/// The regions of the replicas that pools from the first of these ids to the last have.
pub async fn replica_regions(tx: &mut Tx, first: &str, last: &str) -> Result<Vec<(String, String)>> {
    sql!(
        fetch_all (String, String); tx,
        "SELECT pool_id, region FROM pool_replicas WHERE pool_id >= $1 AND pool_id <= $2 ORDER BY pool_id, region",
        first,
        last
    )
}

/// The replica after the change; `None` where there is no such replica.
pub async fn set_replica_active(tx: &mut Tx, pool_id: &str, region: &str, active: bool) -> Result<Option<Replica>> {
    let row = sql!(
        fetch_optional ReplicaRow; tx,
        "UPDATE pool_replicas SET active = $1 WHERE pool_id = $2 AND region = $3 RETURNING region, active, tags",
        active,
        pool_id,
        region
    )?;
    Ok(row.map(Replica::from))
}

pub async fn delete_inactive_replica(tx: &mut Tx, pool_id: &str, region: &str) -> Result<bool> {
    Ok(sql!(tx, "DELETE FROM pool_replicas WHERE pool_id = $1 AND region = $2 AND active = $3", pool_id, region, false)? == 1)
}
