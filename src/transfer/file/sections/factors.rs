//! What users prove themselves with besides their password: authenticator apps and passkeys.

use super::{Base64, Owner};
use crate::api::{Cx, Result};
use crate::mfa::software_token::SEED;
use crate::mfa::store as apps;
use crate::passkeys::credential::Passkey;
use crate::passkeys::{LIMIT, store as passkeys};
use crate::pools::Pool;
use serde::{Deserialize, Serialize};

/// A proved authenticator app. The newest step whose code was used comes along: a code is good once, here as there.
#[derive(Serialize, Deserialize)]
pub struct TokenPart {
    seed: Base64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    last_step: i64,
    created_at: i64,
}

pub async fn export_tokens(cx: &mut Cx, pool: &Pool, subs: &[String]) -> Result<Vec<(String, TokenPart)>> {
    let rows = apps::proved_of(&mut *cx.read().await?, &pool.id, subs).await?;
    let mut out = Vec::new();
    for row in rows {
        let seed = Base64(super::open(&cx.app, SEED, &row.secret)?.to_vec());
        out.push((row.sub, TokenPart { seed, name: row.name, last_step: row.last_step, created_at: row.created_at }));
    }
    Ok(out)
}

/// A user has one.
pub async fn import_tokens(owner: Owner<'_>, parts: Vec<TokenPart>) -> Result<()> {
    for part in parts.into_iter().take(1) {
        let row = apps::ProvedRow {
            sub: owner.user.sub.clone(),
            secret: owner.app.sealer.seal(&owner.app.rng, SEED, &part.seed.0),
            name: part.name,
            last_step: part.last_step,
            created_at: part.created_at,
        };
        apps::insert_proved(owner.tx, &owner.pool.id, &row).await?;
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
pub struct PasskeyPart {
    credential_id: String,
    public_key: Base64,
    counter: i64,
    backup_eligible: bool,
    backed_up: bool,
    transports: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attachment: Option<String>,
    aaguid: String,
    name: String,
    rp_id: String,
    created_at: i64,
}

pub async fn export_passkeys(cx: &mut Cx, pool: &Pool, subs: &[String]) -> Result<Vec<(String, PasskeyPart)>> {
    let rows = passkeys::of_users(&mut *cx.read().await?, &pool.id, subs).await?;
    let part = |p: Passkey| PasskeyPart {
        credential_id: p.credential_id,
        public_key: Base64(p.public_key),
        counter: p.counter,
        backup_eligible: p.backup_eligible,
        backed_up: p.backed_up,
        transports: p.transports,
        attachment: p.attachment,
        aaguid: p.aaguid,
        name: p.name,
        rp_id: p.rp_id,
        created_at: p.created_at,
    };
    Ok(rows.into_iter().map(|p| (p.sub.clone(), part(p))).collect())
}

pub async fn import_passkeys(owner: Owner<'_>, parts: Vec<PasskeyPart>) -> Result<()> {
    for (slot, part) in (0..LIMIT).zip(parts) {
        let passkey = Passkey {
            pool_id: owner.pool.id.clone(),
            credential_id: part.credential_id,
            sub: owner.user.sub.clone(),
            public_key: part.public_key.0,
            counter: part.counter,
            backup_eligible: part.backup_eligible,
            backed_up: part.backed_up,
            transports: part.transports,
            attachment: part.attachment,
            aaguid: part.aaguid,
            name: part.name,
            rp_id: part.rp_id,
            created_at: part.created_at,
        };
        if passkeys::find(owner.tx, &passkey.pool_id, &passkey.credential_id).await?.is_some() {
            owner.notes.add(format!("A passkey of {} is left out: it is somebody else's here.", owner.user.username));
            continue;
        }
        passkeys::insert(owner.tx, &passkey, slot).await?;
    }
    Ok(())
}
