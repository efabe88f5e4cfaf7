//! `PoolhouseMigration`: users taken over from another pool, asked over the network as Cognito would be. The other pool is one of the same server.

use super::fixtures::{PASSWORD, Tokens, sign_in};
use super::harness::{Site, attributes, merged, site_test};
use crate::boot::config::Settings;
use crate::boot::serve::router;
use crate::store::Db;
use crate::triggers::{migration, store};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A server that may be asked over the network, and where it listens.
async fn listening(db: Db) -> (Site, String) {
    let site = Site::with(db, Settings { outbound_allow: Some(vec!["localhost".into()]), ..Settings::default() }).await;
    let listener = tokio::net::TcpListener::bind("localhost:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let service = router(site.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    #[expect(clippy::disallowed_methods, reason = "the server of a test")]
    tokio::spawn(async move { axum::serve(listener, service).await });
    (site, format!("http://localhost:{port}"))
}

/// The pool that users leave, with somebody in it, and the setting that names it.
async fn other(site: &Site, endpoint: &str, keys: bool) -> (String, Value) {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({ "ClientSecret": "leaving0123456789012345678901" })).await;
    let given = attributes(&[("email", "jane@example.com"), ("email_verified", "true"), ("name", "Jane")]);
    site.user_with(&pool, "jane@example.com", given).await;
    site.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    site.ok("AdminAddUserToGroup", json!({ "UserPoolId": pool, "Username": "jane@example.com", "GroupName": "staff" })).await;
    let setting = json!({ "Endpoint": endpoint, "Region": "us-east-1", "UserPoolId": pool, "ClientId": client,
        "ClientSecret": "leaving0123456789012345678901" });
    let with_keys = json!({ "AccessKeyId": "AKIAROOT", "SecretAccessKey": "root-secret-for-tests" });
    (pool, if keys { merged(setting, with_keys) } else { setting })
}

async fn here(site: &Site, setting: &Value) -> (String, String) {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"], "PoolhouseMigration": setting })).await;
    site.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    let client = site.client(&pool, json!({})).await;
    (pool, client)
}

crate::store::testing::db_test!(users_come_with_what_they_have, |db: Db| async move {
    for keys in [true, false] {
        let (site, endpoint) = listening(db.clone()).await;
        let (left, setting) = other(&site, &endpoint, keys).await;
        let (pool, client) = here(&site, &setting).await;
        let tokens = Tokens::of(&site.ok("InitiateAuth", sign_in(&client, "jane@example.com", PASSWORD)).await);
        let (before, user) = (site.admin_get(&left, "jane@example.com").await, site.admin_get(&pool, "jane@example.com").await);
        assert_eq!((&user["UserAttributes"], &user["Username"]), (&before["UserAttributes"], &before["Username"]), "the sub is kept");
        let groups = tokens.access_claims().get("cognito:groups").cloned();
        assert_eq!(groups, keys.then(|| json!(["staff"])), "groups are told to those with keys");
        site.ok("AdminDeleteUser", json!({ "UserPoolId": left, "Username": "jane@example.com" })).await;
        site.sign_in(&client, "jane@example.com").await;
        crate::tests::srp::challenge(&site, &client, "jane@example.com").await;
    }
});

crate::store::testing::db_test!(who_is_refused_there_is_refused_here, |db: Db| async move {
    let (site, endpoint) = listening(db).await;
    let (left, setting) = other(&site, &endpoint, true).await;
    let (pool, client) = here(&site, &setting).await;
    let hiding = site.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    let wrong = "Incorrect username or password.";
    let attempt = |client: &str, name: &str| sign_in(client, name, "Wr0ng-one!");
    site.api("InitiateAuth", attempt(&client, "jane@example.com")).await.expect_refusal("NotAuthorizedException", wrong);
    site.api("InitiateAuth", attempt(&client, "joe@example.com")).await.expect_refusal("UserNotFoundException", "User does not exist.");
    site.api("InitiateAuth", attempt(&hiding, "joe@example.com")).await.expect_refusal("NotAuthorizedException", wrong);
    site.ok("AdminDisableUser", json!({ "UserPoolId": left, "Username": "jane@example.com" })).await;
    let right = sign_in(&client, "jane@example.com", PASSWORD);
    site.api("InitiateAuth", right).await.expect_refusal("NotAuthorizedException", wrong);
    let users = site.ok("ListUsers", json!({ "UserPoolId": pool })).await;
    assert_eq!(users["Users"], json!([]));
});

crate::store::testing::db_test!(a_reset_needs_keys, |db: Db| async move {
    let (site, endpoint) = listening(db).await;
    let (_, setting) = other(&site, &endpoint, true).await;
    let (pool, client) = here(&site, &setting).await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane@example.com" })).await;
    assert_eq!(site.admin_get(&pool, "jane@example.com").await["UserStatus"], "RESET_REQUIRED");
    let (_, setting) = other(&site, &endpoint, false).await;
    let (_, client) = here(&site, &setting).await;
    let input = json!({ "ClientId": client, "Username": "jane@example.com" });
    site.api("ForgotPassword", input).await.expect_refusal("UserNotFoundException", "User does not exist.");
});

crate::store::testing::db_test!(a_temporary_password_must_be_replaced_here, |db: Db| async move {
    let (site, endpoint) = listening(db).await;
    let (left, setting) = other(&site, &endpoint, true).await;
    let (_, client) = here(&site, &setting).await;
    let given = attributes(&[("email", "new@example.com")]);
    let input = json!({ "UserPoolId": left, "Username": "new@example.com", "UserAttributes": given, "TemporaryPassword": "Temp-0rary" });
    site.ok("AdminCreateUser", input).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "new@example.com", "Temp-0rary")).await;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
});

site_test!(the_setting_is_told_without_its_secrets, |site: Site| async move {
    let told = json!({ "Region": "eu-west-1", "UserPoolId": "eu-west-1_A", "ClientId": "c", "AccessKeyId": "AKIA" });
    let secrets = json!({ "ClientSecret": "s1", "SecretAccessKey": "s2" });
    let pool = site.pool(json!({ "PoolhouseMigration": merged(told.clone(), secrets) })).await;
    let describe = || async { site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"].clone() };
    assert_eq!(describe().await["PoolhouseMigration"], told);
    let update = |setting: Value| json!({ "UserPoolId": pool, "PoolhouseMigration": setting });
    site.ok("UpdateUserPool", update(told.clone())).await;
    let stored = || async { store::migration(&mut site.app.db.read().await.unwrap(), &pool).await.unwrap() };
    let opened = site.app.sealer.open(migration::PURPOSE, &stored().await.unwrap().1).unwrap();
    assert!(opened.windows(2).any(|w| w == b"s2"), "who sends back what is told keeps the secrets");
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool, "DeletionProtection": "ACTIVE" })).await;
    assert_eq!(describe().await["PoolhouseMigration"], told, "left out, it stays");
    assert_eq!(describe().await["DeletionProtection"], "ACTIVE");
    for (bad, message) in [
        (json!("x"), "PoolhouseMigration: it must be an object."),
        (json!({ "Region": "eu-west-1" }), "PoolhouseMigration: missing field `UserPoolId`"),
        (merged(told.clone(), json!({ "ClientSecret": 7 })), "PoolhouseMigration: ClientSecret must be a text."),
        (merged(told.clone(), json!({ "ClientId": "other" })), "PoolhouseMigration: AccessKeyId and SecretAccessKey go together."),
        (merged(told.clone(), json!({ "Endpoint": "file:///etc" })), "PoolhouseMigration: Endpoint must be an http or https address."),
    ] {
        site.refused("UpdateUserPool", update(bad), "InvalidParameterException", message).await;
    }
    site.ok("UpdateUserPool", update(json!({}))).await;
    assert_eq!((describe().await.get("PoolhouseMigration"), site.count("pool_migrations").await), (None, 0));
    assert_eq!(describe().await["DeletionProtection"], "ACTIVE", "nothing else changed");
});

site_test!(its_secrets_open_with_a_new_master_key, |site: Site| async move {
    use crate::kit::rng::Rng;
    use crate::kit::seal::Sealer;
    let setting = json!({ "Region": "eu-west-1", "UserPoolId": "eu-west-1_A", "ClientId": "c", "ClientSecret": "s1" });
    let pool = site.pool(json!({ "PoolhouseMigration": setting })).await;
    let (rng, old) = (Rng::seeded(7), Rng::seeded(2026).bytes());
    let both = Sealer::new(&[[9; 32], old]).unwrap();
    crate::boot::master_key::reseal_all(&site.app.db, &both, &rng).await.unwrap();
    let (_, sealed) = store::migration(&mut site.app.db.read().await.unwrap(), &pool).await.unwrap().unwrap();
    assert!(Sealer::new(&[[9; 32]]).unwrap().open(migration::PURPOSE, &sealed).is_some());
});
