//! A pool's signing keys: one for ID tokens, one for access tokens, and the ones on their way in or out.

use super::jwt::Signer;
use super::store::{self, KeyRow};
use crate::api::{ApiError, Cx, Result};
use crate::kit::clock::{DAY, Millis};
use crate::kit::{mac, text};
use crate::store::Tx;
use anyhow::Context;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::body::Bytes;
use jsonwebtoken::DecodingKey;
use std::sync::Arc;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Id,
    Access,
}

impl Use {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Access => "access",
        }
    }
}

/// A new key is published this long before it signs, so that verifiers which cache the key set know it in time.
pub const ANNOUNCED: Millis = DAY;
/// A replaced key stays published this long: no token outlives a day.
pub const OVERLAP: Millis = DAY;

/// A pool's keys, parsed.
pub struct PoolKeys {
    keys: Vec<Key>,
    /// The JWKS document.
    pub jwks: Bytes,
    /// The discovery document.
    pub configuration: Bytes,
}

struct Key {
    token_use: &'static str,
    signs_from: Millis,
    signer: Signer,
    verifier: DecodingKey,
}

/// The purpose that private keys are sealed for.
pub const PURPOSE: &str = "signing key";

impl PoolKeys {
    /// The newest key of this use that signs already.
    pub fn signer(&self, token_use: Use, now: Millis) -> anyhow::Result<&Signer> {
        let keys = self.keys.iter().filter(|k| k.token_use == token_use.as_str());
        let newest = keys.clone().filter(|k| k.signs_from <= now).max_by_key(|k| k.signs_from);
        // A clock that went back must not stop sign-ins.
        newest.or_else(|| keys.min_by_key(|k| k.signs_from)).map(|k| &k.signer).context("the pool has no signing key")
    }

    pub fn verifier(&self, kid: &str) -> Option<&DecodingKey> {
        self.keys.iter().find(|k| k.signer.kid == kid).map(|k| &k.verifier)
    }
}

/// The pool's keys, parsed once and kept for a minute: a new key is announced long before it is used.
pub async fn load(cx: &mut Cx, pool_id: &str) -> Result<Arc<PoolKeys>> {
    if let Some(keys) = cx.app.caches.keys.get(pool_id) {
        return Ok(keys);
    }
    if pool_id.contains('\0') {
        return Err(ApiError::no_such_pool("?"));
    }
    let now = cx.now();
    let rows = store::keys(&mut *cx.read().await?, pool_id, now).await?;
    // A pool is made with its keys, so that one without is none.
    if rows.is_empty() {
        return Err(ApiError::no_such_pool(pool_id));
    }
    let keys = Arc::new(parse(cx, pool_id, rows)?);
    cx.app.caches.keys.insert(pool_id.to_owned(), keys.clone());
    Ok(keys)
}

fn parse(cx: &Cx, pool_id: &str, rows: Vec<KeyRow>) -> anyhow::Result<PoolKeys> {
    let (mut keys, mut published) = (Vec::new(), Vec::new());
    for row in rows {
        let der = cx.app.sealer.open(PURPOSE, &row.private_key).context("a signing key does not open with the master key")?;
        let pair = KeyPair::from_pkcs8(&der).map_err(|e| anyhow::anyhow!("a signing key does not parse: {e}"))?;
        let (n, e) = components(&pair);
        published.push(serde_json::json!({ "alg": "RS256", "e": e, "kid": row.kid, "kty": "RSA", "n": n, "use": "sig" }));
        let verifier = DecodingKey::from_rsa_components(&n, &e)?;
        let token_use = if row.token_use == "id" { "id" } else { "access" };
        keys.push(Key { token_use, signs_from: row.signs_from, signer: Signer::new(row.kid, pair), verifier });
    }
    let jwks = Bytes::from(serde_json::json!({ "keys": published }).to_string());
    let configuration = crate::oauth::discovery::document(&cx.app.config.issuer(pool_id)).to_string().into();
    Ok(PoolKeys { keys, jwks, configuration })
}

pub(crate) fn components(pair: &KeyPair) -> (String, String) {
    let public = pair.public_key();
    let strip = |bytes: &[u8]| text::base64url(bytes.strip_prefix(&[0]).unwrap_or(bytes));
    (strip(public.modulus().big_endian_without_leading_zero()), strip(public.exponent().big_endian_without_leading_zero()))
}

/// A new key of each use, for a new pool: they sign at once.
pub async fn make_pair(cx: &Cx, pool_id: &str) -> Result<Vec<KeyRow>> {
    let now = cx.now();
    Ok(vec![make(cx, pool_id, Use::Id, now).await?, make(cx, pool_id, Use::Access, now).await?])
}

async fn make(cx: &Cx, pool_id: &str, token_use: Use, signs_from: Millis) -> Result<KeyRow> {
    let (der, kid) = tokio::task::spawn_blocking(generate).await.map_err(anyhow::Error::from)??;
    let private_key = cx.app.sealer.seal(cx.rng(), PURPOSE, &der);
    Ok(KeyRow { pool_id: pool_id.to_owned(), kid, token_use: token_use.as_str().to_owned(), private_key, signs_from })
}

pub(crate) fn generate() -> anyhow::Result<(zeroize::Zeroizing<Vec<u8>>, String)> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow::anyhow!("no RSA key could be made"))?;
    let der = pair.as_der().map_err(|_| anyhow::anyhow!("the RSA key has no DER form"))?;
    // 32 bytes in standard base64, as Cognito's key ids look.
    let kid = text::base64(&mac::sha256(pair.public_key().as_ref()));
    Ok((zeroize::Zeroizing::new(der.as_ref().to_vec()), kid))
}

pub async fn insert(tx: &mut Tx, keys: &[KeyRow]) -> Result<()> {
    for key in keys {
        store::insert_key(tx, key).await?;
    }
    Ok(())
}

/// Announces a new key of each use, and retires what it will replace once no token of it can be valid.
pub async fn rotate(cx: &mut Cx, pool_id: &str, announced: Millis) -> Result<()> {
    let signs_from = cx.now() + announced;
    let new = [make(cx, pool_id, Use::Id, signs_from).await?, make(cx, pool_id, Use::Access, signs_from).await?];
    let mut tx = cx.begin().await?;
    store::retire_keys(&mut tx, pool_id, signs_from + OVERLAP).await?;
    insert(&mut tx, &new).await?;
    tx.commit().await?;
    cx.app.caches.keys.invalidate(pool_id);
    Ok(())
}
