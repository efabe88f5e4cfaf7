//! The keys of the issuer of OpenID tokens: made at the first token, published before they sign, and published while what they signed lives.

use super::store::{self, KeyRow};
use crate::api::{Cx, Result};
use crate::kit::clock::Millis;
use crate::kit::text::base64url;
use crate::tokens::jwt::Claims;
use crate::tokens::keys::{ANNOUNCED, OVERLAP, components, generate};
use anyhow::Context;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature;
use axum::body::Bytes;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::json;
use std::sync::Arc;

/// The purpose that private keys are sealed for.
pub const PURPOSE: &str = "identity signing key";

/// The keys, parsed, the newest first.
pub struct IdentityKeys {
    keys: Vec<Key>,
    /// The JWKS document.
    pub jwks: Bytes,
}

/// One key. Its tokens are signed with RS512, as Cognito's are.
pub struct Key {
    kid: String,
    signs_from: Millis,
    header: String,
    pair: KeyPair,
    verifier: DecodingKey,
}

impl IdentityKeys {
    /// The newest key that signs already.
    pub fn signer(&self, now: Millis) -> anyhow::Result<&Key> {
        // A clock that went back must not stop anybody.
        self.keys.iter().find(|k| k.signs_from <= now).or_else(|| self.keys.last()).context("there is no identity signing key")
    }

    /// The claims of a token that one of the keys signed. Times are the caller's to check.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok().filter(|header| header.alg == Algorithm::RS512)?;
        let key = self.keys.iter().find(|k| Some(&k.kid) == header.kid.as_ref())?;
        let mut validation = Validation::new(Algorithm::RS512);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Claims>(token, &key.verifier, &validation).ok().map(|data| data.claims)
    }

    fn parse(cx: &Cx, rows: Vec<KeyRow>) -> anyhow::Result<Self> {
        let (mut keys, mut published) = (Vec::new(), Vec::new());
        for row in rows {
            let der = cx.app.sealer.open(PURPOSE, &row.private_key).context("an identity signing key does not open with the master key")?;
            let pair = KeyPair::from_pkcs8(&der).map_err(|e| anyhow::anyhow!("an identity signing key does not parse: {e}"))?;
            let (n, e) = components(&pair);
            let kid = format!("{}-{}", cx.app.config.region, row.number);
            published.push(json!({ "alg": "RS512", "e": e, "kid": kid, "kty": "RSA", "n": n, "use": "sig" }));
            let header = base64url(json!({ "kid": kid, "typ": "JWS", "alg": "RS512" }).to_string().as_bytes());
            let verifier = DecodingKey::from_rsa_components(&n, &e)?;
            keys.push(Key { kid, signs_from: row.signs_from, header, pair, verifier });
        }
        Ok(Self { keys, jwks: json!({ "keys": published }).to_string().into() })
    }
}

impl Key {
    /// The compact form of a token with these claims.
    pub fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        let mut token = format!("{}.{}", self.header, base64url(&serde_json::to_vec(claims)?));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&signature::RSA_PKCS1_SHA512, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| anyhow::anyhow!("the identity signing key refused to sign"))?;
        token.push('.');
        token.push_str(&base64url(&signature));
        Ok(token)
    }
}

/// The keys, parsed once and kept for a minute: a new key is announced long before it is used.
pub async fn load(cx: &mut Cx) -> Result<Arc<IdentityKeys>> {
    if let Some(keys) = cx.app.caches.identity_keys.get(&()) {
        return Ok(keys);
    }
    let now = cx.now();
    let mut rows = store::keys(&mut *cx.read().await?, now).await?;
    if rows.is_empty() {
        make(cx, now).await?;
        rows = store::keys(&mut *cx.read().await?, now).await?;
    }
    let keys = Arc::new(IdentityKeys::parse(cx, rows)?);
    cx.app.caches.identity_keys.insert((), keys.clone());
    Ok(keys)
}

/// Makes the next key, and retires the others once nothing that they signed can be valid.
async fn make(cx: &mut Cx, signs_from: Millis) -> Result<()> {
    let (der, _) = tokio::task::spawn_blocking(generate).await.map_err(anyhow::Error::from)??;
    let private_key = cx.app.sealer.seal(cx.rng(), PURPOSE, &der);
    let mut tx = cx.begin().await?;
    let number = store::newest_key(&mut tx).await? + 1;
    if store::insert_key(&mut tx, &KeyRow { number, private_key, signs_from }).await? {
        store::retire_keys(&mut tx, number, signs_from + OVERLAP).await?;
    }
    tx.commit().await?;
    cx.app.caches.identity_keys.invalidate(&());
    Ok(())
}

/// Announces a new key.
pub async fn rotate(cx: &mut Cx) -> Result<()> {
    make(cx, cx.now() + ANNOUNCED).await
}
