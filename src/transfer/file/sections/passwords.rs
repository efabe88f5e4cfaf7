//! The hashes of users' earlier passwords, the oldest first.

use super::Owner;
use crate::api::{Cx, Result};
use crate::kit::password;
use crate::pools::Pool;
use crate::users::store;

pub async fn export(cx: &mut Cx, pool: &Pool, subs: &[String]) -> Result<Vec<(String, String)>> {
    Ok(store::earlier_passwords_of(&mut *cx.read().await?, &pool.id, subs).await?)
}

pub async fn import(owner: Owner<'_>, hashes: Vec<String>) -> Result<()> {
    // Versions before the first that the user will have here.
    for (version, hash) in (1..).map(|n: i64| -n).zip(hashes.iter().rev()) {
        if password::accept(hash).is_err() {
            owner
                .notes
                .add(format!("An earlier password of {} is left out: its hash is of no kind that is known here.", owner.user.username));
            continue;
        }
        store::insert_earlier_password(owner.tx, &owner.pool.id, &owner.user.sub, version, hash).await?;
    }
    Ok(())
}
