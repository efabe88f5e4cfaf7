//! The table `ui_customizations`.

use crate::store::{Result, Tx, sql};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Customization {
    pub pool_id: String,
    /// A client's id, or `ALL`.
    pub client_id: String,
    /// As it was given.
    pub css: Option<String>,
    /// As it is served: only what was understood.
    pub style: Option<String>,
    pub css_version: String,
    pub image: Option<Vec<u8>>,
    pub image_type: Option<String>,
    pub created_at: i64,
    pub modified_at: i64,
}

impl Customization {
    /// Whether there is anything in it. One without remembers its version, so that no later one has an address that was used.
    pub fn is_set(&self) -> bool {
        self.image.is_some() || self.css.as_ref().is_some_and(|css| !css.is_empty())
    }
}

pub async fn find(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<Option<Customization>> {
    sql!(
        fetch_optional Customization; tx,
        "SELECT pool_id, client_id, css, style, css_version, image, image_type, created_at, modified_at
         FROM ui_customizations WHERE pool_id = $1 AND client_id = $2",
        pool_id,
        client_id
    )
}

/// Forgets the customisation of a client that is deleted.
pub async fn delete(tx: &mut Tx, pool_id: &str, client_id: &str) -> Result<()> {
    sql!(tx, "DELETE FROM ui_customizations WHERE pool_id = $1 AND client_id = $2", pool_id, client_id)?;
    Ok(())
}

pub async fn put(tx: &mut Tx, c: &Customization) -> Result<()> {
    sql!(
        tx,
        "INSERT INTO ui_customizations (pool_id, client_id, css, style, css_version, image, image_type, created_at, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (pool_id, client_id) DO UPDATE SET css = excluded.css, style = excluded.style, css_version = excluded.css_version, image = excluded.image,
            image_type = excluded.image_type, modified_at = excluded.modified_at",
        &c.pool_id,
        &c.client_id,
        &c.css,
        &c.style,
        &c.css_version,
        &c.image,
        &c.image_type,
        c.created_at,
        c.modified_at
    )?;
    Ok(())
}

/// A pool's customisations: its own and its clients'.
pub async fn list(tx: &mut Tx, pool_id: &str) -> Result<Vec<Customization>> {
    sql!(
        fetch_all Customization; tx,
        "SELECT pool_id, client_id, css, style, css_version, image, image_type, created_at, modified_at
         FROM ui_customizations WHERE pool_id = $1 ORDER BY client_id",
        pool_id
    )
}
