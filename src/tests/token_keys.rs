//! Signing keys are replaced without anybody's verifier noticing.

use super::fixtures::refresh;
use super::harness::{HOST, Site, site_test};
use crate::api::Cx;
use crate::boot::config::Settings;
use crate::kit::clock::{DAY, HOUR};
use crate::store::Db;
use crate::store::testing::db_test;
use crate::tokens::keys::{self, ANNOUNCED, OVERLAP};
use crate::tokens::{jobs, jwt};
use serde_json::json;
use std::collections::BTreeSet;

/// The ids of the keys that are published.
async fn published(site: &Site, pool: &str) -> BTreeSet<String> {
    site.app.caches.keys.invalidate_all();
    let jwks = site.get(&format!("/{pool}/.well-known/jwks.json"), &[]).await.expect(200).json();
    jwks["keys"].as_array().expect("keys").iter().map(|k| k["kid"].as_str().expect("an id").to_owned()).collect()
}

/// The ids of the keys that sign now: of the ID token and of the access token.
async fn signing(site: &Site, client: &str) -> BTreeSet<String> {
    let tokens = site.sign_in(client, "jane").await;
    [tokens.id, tokens.access].iter().map(|t| jwt::kid(t).expect("an id")).collect()
}

site_test!(a_new_key_is_announced_then_signs_then_stands_alone, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let old = published(&site, &pool).await;
    assert_eq!(signing(&site, &client).await, old);

    keys::rotate(&mut Cx::internal(site.app.clone()), &pool, ANNOUNCED).await.unwrap();
    let both = published(&site, &pool).await;
    assert!(both.len() == 4 && both.is_superset(&old));
    let new: BTreeSet<_> = both.difference(&old).cloned().collect();
    assert_eq!(signing(&site, &client).await, old, "an announced key does not sign yet");

    site.advance(ANNOUNCED - 1);
    assert_eq!(signing(&site, &client).await, old);
    let last = site.sign_in(&client, "jane").await;
    site.advance(1);
    assert_eq!(signing(&site, &client).await, new);
    assert_eq!(published(&site, &pool).await, both);
    site.ok("GetUser", json!({ "AccessToken": last.access })).await;

    site.advance(OVERLAP - 1);
    assert_eq!(published(&site, &pool).await, both, "no token of the old key is left out");
    site.advance(1);
    assert_eq!(published(&site, &pool).await, new);
    assert_eq!(signing(&site, &client).await, new);
});

site_test!(a_second_rotation_retires_no_key_early, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let first = published(&site, &pool).await;
    let mut cx = Cx::internal(site.app.clone());
    keys::rotate(&mut cx, &pool, ANNOUNCED).await.unwrap();
    let second: BTreeSet<_> = published(&site, &pool).await.difference(&first).cloned().collect();
    site.advance(HOUR);
    keys::rotate(&mut cx, &pool, ANNOUNCED).await.unwrap();
    assert_eq!(published(&site, &pool).await.len(), 6);
    assert_eq!(signing(&site, &client).await, first);
    site.advance(ANNOUNCED - HOUR);
    assert_eq!(signing(&site, &client).await, second);
    site.advance(HOUR);
    let third: BTreeSet<_> = published(&site, &pool).await.into_iter().filter(|k| !first.contains(k) && !second.contains(k)).collect();
    assert_eq!(signing(&site, &client).await, third);
    site.advance(2 * DAY);
    assert_eq!(published(&site, &pool).await, third);
});

db_test!(a_job_replaces_old_keys_once, |db: Db| async move {
    let site = Site::with(db, Settings { key_rotation_days: Some(30), ..Settings::default() }).await;
    let (pool, _) = site.pool_and_client().await;
    let mut cx = Cx::internal(site.app.clone());
    site.advance(30 * DAY);
    jobs::rotate_old_keys(&mut cx).await.unwrap();
    assert_eq!(published(&site, &pool).await.len(), 2, "not before their time");
    site.advance(1);
    for _ in 0..2 {
        jobs::rotate_old_keys(&mut cx).await.unwrap();
        assert_eq!(published(&site, &pool).await.len(), 4);
    }
    site.advance(ANNOUNCED + OVERLAP + 1);
    jobs::rotate_old_keys(&mut cx).await.unwrap();
    assert_eq!((published(&site, &pool).await.len(), site.count("pool_keys").await), (2, 2), "retired keys are forgotten");
});

db_test!(keys_and_tokens_outlive_a_restart, |db: Db| async move {
    let before = Site::new(db.clone()).await;
    let (pool, client) = before.pool_and_client().await;
    before.user(&pool, "jane").await;
    let (keys, tokens) = (published(&before, &pool).await, before.sign_in(&client, "jane").await);
    let after = Site::new(db).await;
    assert_eq!(published(&after, &pool).await, keys);
    after.ok("GetUser", json!({ "AccessToken": tokens.access })).await;
    after.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
    assert!(tokens.access_claims()["iss"].as_str().is_some_and(|iss| iss.contains(HOST)));
});
