//! A new master key seals everything that the old one did.

use super::functions::FUNCTIONS;
use super::harness::{Site, site_test};
use super::identity_providers::{oidc, saml};
use crate::boot::master_key::reseal_all;
use crate::federation::{certificate, provider, store};
use crate::kit::rng::Rng;
use crate::kit::seal::Sealer;
use serde_json::json;

site_test!(providers_open_with_the_new_key_alone, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.ok("CreateIdentityProvider", oidc(&pool, "corp")).await;
    site.ok("CreateIdentityProvider", saml(&pool, "okta")).await;
    let (rng, old) = (Rng::seeded(7), Rng::seeded(2026).bytes());
    let both = Sealer::new(&[[9; 32], old]).unwrap();
    assert!(reseal_all(&site.app.db, &both, &rng).await.unwrap() >= 3);
    let new = Sealer::new(&[[9; 32]]).unwrap();
    let mut tx = site.app.db.read().await.unwrap();
    let secrets = store::sealed(&mut tx).await.unwrap();
    let keys = store::sealed_keys(&mut tx).await.unwrap();
    assert_eq!((secrets.len(), keys.len()), (2, 1));
    assert!(secrets.iter().all(|(_, _, sealed)| new.open(provider::PURPOSE, sealed).is_some()));
    assert!(keys.iter().all(|(_, _, sealed)| new.open(certificate::PURPOSE, sealed).is_some()));
});

site_test!(functions_and_their_calls_open_with_the_new_key_alone, |site: Site| async move {
    use crate::functions::{function, invocation, runner, store};
    site.function("f", "exports.handler = async () => 1", json!({ "Environment": { "Variables": { "A_B": "x" } } })).await;
    let path = format!("{FUNCTIONS}/f/invocations");
    site.lambda(axum::http::Method::POST, &path, &json!({}), &[]).await.expect(200);
    runner::flush(&mut crate::api::Cx::internal(site.app.clone())).await.unwrap();
    let old = Rng::seeded(2026).bytes();
    reseal_all(&site.app.db, &Sealer::new(&[[9; 32], old]).unwrap(), &Rng::seeded(7)).await.unwrap();
    let new = Sealer::new(&[[9; 32]]).unwrap();
    let mut tx = site.app.db.read().await.unwrap();
    let (versions, calls) = (store::sealed(&mut tx).await.unwrap(), store::sealed_invocations(&mut tx).await.unwrap());
    assert_eq!((versions.len(), calls.len()), (1, 1));
    assert!(new.open(function::PURPOSE, &versions[0].2).is_some() && new.open(invocation::PURPOSE, &calls[0].2).is_some());
});
