//! How tokens end before their time.

use super::fixtures::{PASSWORD, refresh};
use super::harness::{Site, site_test};
use serde_json::json;

const REVOKED: &str = "Access Token has been revoked";

site_test!(revoking_ends_one_session_and_no_other, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let (one, other) = (site.sign_in(&client, "jane").await, site.sign_in(&client, "jane").await);
    for _ in 0..2 {
        assert_eq!(site.ok("RevokeToken", json!({ "ClientId": client, "Token": one.refresh })).await, json!({}));
    }
    site.refused("InitiateAuth", refresh(&client, &one.refresh), "NotAuthorizedException", "Refresh Token has been revoked").await;
    site.refused("GetUser", json!({ "AccessToken": one.access }), "NotAuthorizedException", REVOKED).await;
    site.ok("InitiateAuth", refresh(&client, &other.refresh)).await;
    site.ok("GetUser", json!({ "AccessToken": other.access })).await;
    assert_eq!(site.ok("RevokeToken", json!({ "ClientId": client, "Token": "garbage" })).await, json!({}));
});

site_test!(only_its_own_client_revokes_a_token, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    let unrevocable = site.client(&pool, json!({ "EnableTokenRevocation": false })).await;
    let secret = site.client(&pool, json!({ "ClientSecret": "a-secret-of-24-characters".replace('-', "_") })).await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    for (by, token, exception, message) in [
        (&sibling, &tokens.refresh, "UnauthorizedException", "The token was not issued to this client."),
        (&client, &tokens.access, "UnsupportedTokenTypeException", "Only refresh tokens can be revoked."),
        (&client, &tokens.id, "UnsupportedTokenTypeException", "Only refresh tokens can be revoked."),
        (&unrevocable, &tokens.refresh, "UnsupportedOperationException", "Token revocation is not enabled for this client."),
        (&secret, &tokens.refresh, "UnauthorizedException", "Unable to verify the client's secret."),
    ] {
        site.refused("RevokeToken", json!({ "ClientId": by, "Token": token }), exception, message).await;
    }
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
});

site_test!(signing_out_everywhere_ends_every_session, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sibling = site.client(&pool, json!({})).await;
    for name in ["jane", "john"] {
        site.user(&pool, name).await;
    }
    let bystander = site.sign_in(&client, "john").await;
    for admin in [false, true] {
        let (one, two) = (site.sign_in(&client, "jane").await, site.sign_in(&sibling, "jane").await);
        if admin {
            site.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "jane" })).await;
        } else {
            site.ok("GlobalSignOut", json!({ "AccessToken": one.access })).await;
        }
        for (client, tokens) in [(&client, &one), (&sibling, &two)] {
            let message = "Refresh Token has been revoked";
            site.refused("InitiateAuth", refresh(client, &tokens.refresh), "NotAuthorizedException", message).await;
            site.refused("GetUser", json!({ "AccessToken": tokens.access }), "NotAuthorizedException", REVOKED).await;
        }
        // Signing in again works at once.
        let again = site.sign_in(&client, "jane").await;
        site.ok("GetUser", json!({ "AccessToken": again.access })).await;
    }
    site.ok("InitiateAuth", refresh(&client, &bystander.refresh)).await;
});

site_test!(a_token_without_a_session_ends_with_the_sign_out_too, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let client = site.client(&pool, json!({ "EnableTokenRevocation": false })).await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    site.advance(1_000);
    site.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    site.refused("GetUser", json!({ "AccessToken": tokens.access }), "NotAuthorizedException", REVOKED).await;
    let message = "Refresh Token has been revoked";
    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", message).await;
    let again = site.sign_in(&client, "jane").await;
    site.ok("GetUser", json!({ "AccessToken": again.access })).await;
});

site_test!(disabling_and_deleting_end_sessions, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let jane = json!({ "UserPoolId": pool, "Username": "jane" });
    site.ok("AdminDisableUser", jane.clone()).await;
    let revoked = "Refresh Token has been revoked";
    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", revoked).await;
    site.ok("AdminEnableUser", jane.clone()).await;
    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", revoked).await;
    let tokens = site.sign_in(&client, "jane").await;
    site.ok("DeleteUser", json!({ "AccessToken": tokens.access })).await;
    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", "Invalid Refresh Token").await;
    assert_eq!((site.count("users").await, site.count("sessions").await, site.count("user_search").await), (0, 0, 0));
    site.refused("AdminGetUser", jane, "UserNotFoundException", "User does not exist.").await;
});

site_test!(a_new_user_of_an_old_name_inherits_nothing, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let before = site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    site.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    let after = site.user(&pool, "jane").await;
    assert_ne!(before, after);
    site.refused("GetUser", json!({ "AccessToken": tokens.access }), "UserNotFoundException", "User does not exist.").await;
    site.refused("InitiateAuth", refresh(&client, &tokens.refresh), "NotAuthorizedException", "Invalid Refresh Token").await;
});

site_test!(a_changed_password_leaves_sessions_alone, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let change = json!({ "AccessToken": tokens.access, "PreviousPassword": PASSWORD, "ProposedPassword": "Other0ne!" });
    site.ok("ChangePassword", change).await;
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
});

site_test!(sweeping_forgets_what_has_ended_and_nothing_else, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.sign_in(&client, "jane").await;
    site.advance(29 * crate::kit::clock::DAY);
    let young = site.sign_in(&client, "jane").await;
    site.advance(3 * crate::kit::clock::DAY);
    let mut cx = crate::api::Cx::internal(site.app.clone());
    crate::tokens::jobs::sweep(&mut cx).await.unwrap();
    assert_eq!(site.count("sessions").await, 1);
    site.ok("InitiateAuth", refresh(&client, &young.refresh)).await;
});
