//! Writing a pool and its users.

use super::sections::{OF_POOLS, OF_USERS};
use super::{Footer, Header, PoolPart, Srp, UserLine, VERSION};
use crate::api::{ApiError, Cx, Result};
use crate::kit::text;
use crate::pools::Pool;
use crate::users::{User, store};
use serde::Serialize;
use serde_json::Map;
use std::io::Write;
use zeroize::Zeroizing;

/// Users read at a time.
const PAGE: i64 = 500;

/// Writes the pool of this id. Returns how many users it has.
pub async fn export(cx: &mut Cx, pool_id: &str, out: &mut (dyn Write + Send)) -> Result<u64> {
    let pool = crate::pools::load(cx, pool_id).await?;
    let mut sections = Map::new();
    for section in OF_POOLS {
        sections.insert(section.name.into(), (section.export)(cx, &pool).await?);
    }
    let part =
        PoolPart { id: pool.id.clone(), name: pool.name.clone(), created_at: pool.created_at, document: pool.document.clone(), sections };
    line(out, &Header { poolhouse: VERSION, exported_at: cx.now(), pool: part })?;
    let (mut count, mut after) = (0, (-1, String::new()));
    loop {
        let page = store::list(&mut *cx.read().await?, &pool.id, None, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.created_at, last.sub.clone());
        for user in lines(cx, &pool, &page).await? {
            line(out, &user)?;
            count += 1;
        }
    }
    line(out, &Footer { users: count })?;
    Ok(count)
}

async fn lines(cx: &mut Cx, pool: &Pool, users: &[User]) -> Result<Vec<UserLine>> {
    let subs: Vec<String> = users.iter().map(|user| user.sub.clone()).collect();
    let mut lines: Vec<UserLine> = users.iter().map(|user| of(cx, user)).collect();
    for section in OF_USERS {
        let mut values = (section.export)(cx, pool, &subs).await?;
        for line in &mut lines {
            line.sections.extend(values.remove(&line.sub).map(|value| (section.name.to_owned(), value.into())));
        }
    }
    Ok(lines)
}

fn of(cx: &Cx, user: &User) -> UserLine {
    let srp = user.srp_verifier(cx).map(|v| Srp { salt: text::base64(&v.salt), verifier: text::base64(&v.v) });
    UserLine {
        username: user.username.clone(),
        sub: user.sub.clone(),
        status: user.status,
        enabled: user.enabled,
        attributes: user.attributes.clone(),
        password: user.password.clone(),
        password_set_at: user.password_set_at,
        srp,
        mfa: user.mfa.clone(),
        created_at: user.created_at,
        modified_at: user.modified_at,
        sections: Map::new(),
    }
}

fn line(out: &mut (dyn Write + Send), value: &impl Serialize) -> Result<()> {
    let text = Zeroizing::new(serde_json::to_string(value).map_err(anyhow::Error::from)?);
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
    written.map_err(|error| ApiError::Internal(error.into()))
}
