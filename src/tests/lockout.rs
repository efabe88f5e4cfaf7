//! Wrong passwords lock an account for a while that doubles, however the password is tried.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, site_test};
use crate::kit::clock::{MINUTE, SECOND};
use serde_json::json;

const WRONG: (&str, &str) = ("NotAuthorizedException", "Incorrect username or password.");
const LOCKED: (&str, &str) = ("NotAuthorizedException", "Password attempts exceeded");

async fn fail(site: &Site, client: &str, name: &str) {
    site.refused("InitiateAuth", sign_in(client, name, "Wr0ng-one!"), WRONG.0, WRONG.1).await;
}

async fn locked(site: &Site, client: &str, name: &str) {
    for password in [PASSWORD, "Wr0ng-one!"] {
        site.refused("InitiateAuth", sign_in(client, name, password), LOCKED.0, LOCKED.1).await;
    }
}

site_test!(each_failure_after_the_fifth_doubles_the_lock, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = site.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    site.user(&pool, "jane").await;
    // A name without account is answered like one that has an account.
    for name in ["jane", "nobody"] {
        for _ in 0..5 {
            fail(&site, &client, name).await;
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            locked(&site, &client, name).await;
            site.advance(seconds * SECOND - 1);
            // Attempts during the lock did not count, or it would be longer now.
            locked(&site, &client, name).await;
            site.advance(1);
            fail(&site, &client, name).await;
        }
    }
});

site_test!(a_right_password_after_the_lock_forgets_the_wrong_ones, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for _ in 0..2 {
        for _ in 0..5 {
            fail(&site, &client, "jane").await;
        }
        locked(&site, &client, "jane").await;
        site.advance(SECOND);
        site.sign_in(&client, "jane").await;
    }
    for _ in 0..4 {
        fail(&site, &client, "jane").await;
    }
    site.sign_in(&client, "jane").await;
});

site_test!(a_quarter_of_an_hour_of_rest_starts_anew, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for _ in 0..5 {
        fail(&site, &client, "jane").await;
    }
    site.advance(SECOND + 15 * MINUTE);
    for _ in 0..5 {
        fail(&site, &client, "jane").await;
    }
    site.advance(SECOND);
    site.sign_in(&client, "jane").await;
});

site_test!(every_way_to_try_a_password_counts_and_is_locked, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.user(&pool, "john").await;
    let token = site.sign_in(&client, "jane").await.access;
    let admin = |password: &str| {
        let parameters = json!({ "USERNAME": "jane", "PASSWORD": password });
        json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters })
    };
    let choice = |password: &str| {
        let parameters = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": password });
        json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters })
    };
    let change = |password: &str| json!({ "AccessToken": token, "PreviousPassword": password, "ProposedPassword": "Other0ne!" });
    fail(&site, &client, "jane").await;
    site.refused("AdminInitiateAuth", admin("Wr0ng-one!"), WRONG.0, WRONG.1).await;
    site.refused("InitiateAuth", choice("Wr0ng-one!"), WRONG.0, WRONG.1).await;
    site.refused("ChangePassword", change("Wr0ng-one!"), WRONG.0, WRONG.1).await;
    fail(&site, &client, "jane").await;
    locked(&site, &client, "jane").await;
    site.refused("AdminInitiateAuth", admin(PASSWORD), LOCKED.0, LOCKED.1).await;
    site.refused("InitiateAuth", choice(PASSWORD), LOCKED.0, LOCKED.1).await;
    site.refused("ChangePassword", change(PASSWORD), LOCKED.0, LOCKED.1).await;
    site.sign_in(&client, "john").await;
});

site_test!(an_administrators_new_password_opens_the_lock, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    for _ in 0..5 {
        fail(&site, &client, "jane").await;
    }
    let set = json!({ "UserPoolId": pool, "Username": "jane", "Password": PASSWORD, "Permanent": true });
    site.ok("AdminSetUserPassword", set).await;
    site.sign_in(&client, "jane").await;
});
