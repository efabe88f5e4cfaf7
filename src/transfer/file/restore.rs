//! Making a pool and its users from what was written.

use super::sections::{Notes, OF_POOLS, OF_USERS, Owner, Place, SOFTWARE_TOKEN};
use super::{Header, Srp, UserLine, VERSION};
use crate::api::{ApiError, Cx, Result};
use crate::boot::app::App;
use crate::kit::bignum::Group;
use crate::kit::{id, password, text};
use crate::pools::Pool;
use crate::store::Tx;
use crate::tokens::keys;
use crate::users::User;
use crate::users::mfa::{Factor, Mfa};
use crate::users::password::VERIFIER;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The pool that a file's users go to.
pub struct Target {
    pub pool: Pool,
    /// Whether it has the name that the file's SRP verifiers are for.
    pub keeps_verifiers: bool,
    /// What the operator should know.
    pub notes: Notes,
}

/// The pool that was named, or a new one as the file describes it. With `dry_run` the new one is not stored.
pub async fn target(cx: &mut Cx, header: Header, named: Option<&str>, keep_id: bool, dry_run: bool) -> Result<Target> {
    if header.poolhouse != VERSION {
        let version = header.poolhouse;
        return Err(ApiError::invalid_parameter(format!("The file has version {version} of the format; {VERSION} is known here.")));
    }
    let written = header.pool.id.clone();
    let (pool, notes) = match named {
        Some(named) => {
            let mut notes = Notes::default();
            notes.add(format!("The settings of {named} are left as they are."));
            ((*crate::pools::load(cx, named).await?).clone(), notes)
        }
        None => create(cx, header, keep_id, dry_run).await?,
    };
    let keeps_verifiers = pool.id.split_once('_').map(|(_, name)| name) == written.split_once('_').map(|(_, name)| name);
    let mut target = Target { pool, keeps_verifiers, notes };
    if !keeps_verifiers {
        let note = "SRP verifiers hold for the old pool id only: SRP works for a user again after one sign-in that sends the password.";
        target.notes.add(note.into());
    }
    Ok(target)
}

async fn create(cx: &mut Cx, header: Header, keep_id: bool, dry_run: bool) -> Result<(Pool, Notes)> {
    let part = header.pool;
    let id = if keep_id { part.id } else { id::pool(cx.rng(), &cx.app.config.region) };
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if id.len() > 55 || !id.contains('_') || !id.chars().all(named) {
        return Err(ApiError::invalid_parameter("The pool's id is none."));
    }
    if crate::pools::store::find(&mut *cx.read().await?, &id).await?.is_some() {
        return Err(ApiError::invalid_parameter(format!("There is a user pool {id} already. Name it with --pool to add users to it.")));
    }
    let now = cx.now();
    let pool = Pool { id, name: part.name, document: part.document, created_at: part.created_at, modified_at: now };
    let mut notes = unknown(part.sections.keys(), OF_POOLS.iter().map(|s| s.name));
    if dry_run {
        return Ok((pool, notes));
    }
    let keys = keys::make_pair(cx, &pool.id).await?;
    let app = cx.app.clone();
    let mut tx = cx.begin().await?;
    crate::pools::store::insert(&mut tx, &pool).await?;
    keys::insert(&mut tx, &keys).await?;
    let mut sections = part.sections;
    let mut clients = BTreeMap::new();
    for section in OF_POOLS {
        if let Some(value) = sections.remove(section.name) {
            let place = Place { app: &app, tx: &mut tx, pool: &pool, clients: &mut clients, notes: &mut notes };
            (section.import)(place, value).await?;
        }
    }
    tx.commit().await?;
    Ok((pool, notes))
}

fn unknown<'a>(given: impl Iterator<Item = &'a String>, known: impl Iterator<Item = &'a str> + Clone) -> Notes {
    let mut notes = Notes::default();
    for name in given.filter(|name| known.clone().all(|k| k != name.as_str())) {
        notes.add(format!("The section {name} is not known to this version of Poolhouse and is left out."));
    }
    notes
}

/// The user of a line, for a pool.
pub fn user(cx: &Cx, target: &Target, line: UserLine) -> Result<(User, Map<String, Value>)> {
    check(&target.pool, &line)?;
    let verifier = line.srp.as_ref().filter(|_| target.keeps_verifiers).and_then(verifier);
    let has_seed = OF_USERS.iter().any(|s| s.name == SOFTWARE_TOKEN && line.sections.contains_key(s.name));
    let user = User {
        pool_id: target.pool.id.clone(),
        sub: line.sub,
        username: line.username,
        status: line.status,
        enabled: line.enabled,
        attributes: line.attributes,
        password: line.password,
        password_set_at: line.password_set_at,
        verifier: verifier.map(|plain| cx.app.sealer.seal(cx.rng(), VERIFIER, &plain)),
        failed_attempts: 0,
        last_failed_at: 0,
        created_at: line.created_at,
        modified_at: line.modified_at,
        mfa: if has_seed { line.mfa } else { without_software_token(line.mfa) },
        version: 0,
    };
    Ok((user, line.sections))
}

fn check(pool: &Pool, line: &UserLine) -> Result<()> {
    if let Some(stored) = &line.password {
        password::accept(stored).map_err(|refusal| ApiError::invalid_parameter(refusal.to_string()))?;
    }
    let is_name =
        |text: &str| !text.is_empty() && text.chars().count() <= 128 && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if !is_name(&line.username) || !is_sub(&line.sub) {
        return Err(ApiError::invalid_parameter("The user has no name or no sub."));
    }
    for section in OF_USERS {
        line.sections.get(section.name).map_or(Ok(()), section.check)?;
    }
    for (name, value) in &line.attributes {
        let Some(schema) = pool.attribute(name) else {
            let what = "Attribute does not exist in the schema.";
            return Err(ApiError::invalid_parameter(format!("Attributes did not conform to the schema: {name}: {what}")));
        };
        schema.check(value)?;
    }
    Ok(())
}

/// Statements about several users count on the length.
fn is_sub(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Salt and verifier as they are stored, if they are any.
fn verifier(srp: &Srp) -> Option<Vec<u8>> {
    let (salt, v) = (text::from_base64(&srp.salt)?, text::from_base64(&srp.verifier)?);
    (salt.len() == 16 && Group::srp3072().element(&v).is_some()).then(|| [salt, v].concat())
}

/// An authenticator app whose seed did not come along would lock its owner out.
fn without_software_token(mut mfa: Mfa) -> Mfa {
    mfa.has_software_token = false;
    mfa.enabled.retain(|factor| *factor != Factor::SoftwareToken);
    mfa.preferred = mfa.preferred.filter(|factor| *factor != Factor::SoftwareToken);
    mfa
}

/// Writes a user's sections.
pub async fn sections(app: &App, tx: &mut Tx, pool: &Pool, user: &User, mut given: Map<String, Value>, notes: &mut Notes) -> Result<()> {
    for section in OF_USERS {
        if let Some(value) = given.remove(section.name) {
            (section.import)(Owner { app, tx: &mut *tx, pool, user, notes: &mut *notes }, value).await?;
        }
    }
    for name in given.keys() {
        notes.add(format!("The section {name} of users is not known to this version of Poolhouse and is left out."));
    }
    Ok(())
}
