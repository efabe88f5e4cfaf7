//! Two secrets at a time: added, used, taken away, and never lost.

use super::fixtures::{PASSWORD, refresh, sign_in, sign_up};
use super::harness::{Answer, Site, merged, site_test};
use crate::kit::{mac, text};
use futures::future::join_all;
use serde_json::{Value, json};

const OLD: &str = "old0123456789012345678901234567";

async fn confidential(site: &Site, pool: &str) -> String {
    site.client(pool, json!({ "ClientSecret": OLD })).await
}

/// Adds a secret and returns its id and value.
async fn add(site: &Site, pool: &str, client: &str) -> (String, String) {
    let answer = site.ok("AddUserPoolClientSecret", json!({ "UserPoolId": pool, "ClientId": client })).await;
    let descriptor = &answer["ClientSecretDescriptor"];
    let text = |name: &str| descriptor[name].as_str().unwrap_or_default().to_owned();
    (text("ClientSecretId"), text("ClientSecretValue"))
}

async fn ids(site: &Site, pool: &str, client: &str) -> Vec<String> {
    let answer = site.ok("ListUserPoolClientSecrets", json!({ "UserPoolId": pool, "ClientId": client })).await;
    let list = answer["ClientSecrets"].as_array().cloned().unwrap_or_default();
    for descriptor in &list {
        assert!(descriptor.get("ClientSecretValue").is_none() && descriptor["ClientSecretCreateDate"].is_number(), "{descriptor}");
    }
    list.iter().map(|d| d["ClientSecretId"].as_str().unwrap().to_owned()).collect()
}

fn hash(secret: &str, name: &str, client: &str) -> String {
    text::base64(&mac::hmac_sha256(secret.as_bytes(), &[name.as_bytes(), client.as_bytes()]))
}

fn hashed(client: &str, name: &str, secret: &str) -> Value {
    let mut input = sign_in(client, name, PASSWORD);
    input["AuthParameters"]["SECRET_HASH"] = hash(secret, name, client).into();
    input
}

/// Whether a secret opens each of the doors that a secret opens: `SECRET_HASH` twice, and the secret itself three times.
async fn opens(site: &Site, pool: &str, client: &str, name: &str, secret: &str) -> Vec<bool> {
    let signed_in = site.api("InitiateAuth", hashed(client, name, secret)).await;
    let signed_up = merged(sign_up(client, name, "x@example.com"), json!({ "SecretHash": hash(secret, name, client) }));
    let signed_up = site.api("SignUp", signed_up).await;
    let refreshed =
        site.api("GetTokensFromRefreshToken", json!({ "ClientId": client, "ClientSecret": secret, "RefreshToken": "x".repeat(40) })).await;
    let token = format!("/{pool}/oauth2/token");
    let basic = format!("Basic {}", text::base64(format!("{client}:{secret}").as_bytes()));
    let by_header = site.form(&token, &[("grant_type", "refresh_token"), ("refresh_token", "x")], &[("authorization", &basic)]).await;
    let fields = [("client_id", client), ("client_secret", secret), ("grant_type", "refresh_token"), ("refresh_token", "x")];
    let by_form = site.form(&token, &fields, &[]).await;
    vec![
        signed_in.status == 200,
        // The name is taken: who gets as far as that has passed.
        signed_up.refusal().0 == "UsernameExistsException",
        refreshed.refusal().1 == "Invalid Refresh Token",
        by_header.json()["error"] == "invalid_grant",
        by_form.json()["error"] == "invalid_grant",
    ]
}

site_test!(a_secret_is_replaced_without_a_gap, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = confidential(&site, &pool).await;
    site.user(&pool, "jane").await;
    let first = ids(&site, &pool, &client).await;
    assert_eq!(first, [format!("{client}--{}", site.now())]);
    assert_eq!(opens(&site, &pool, &client, "jane", OLD).await, [true; 5]);

    let (second, new) = add(&site, &pool, &client).await;
    assert!(new.len() == 52 && new.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{new}");
    assert_eq!(ids(&site, &pool, &client).await, [first[0].clone(), second.clone()]);
    for secret in [OLD, &new] {
        assert_eq!(opens(&site, &pool, &client, "jane", secret).await, [true; 5], "{secret}");
    }
    let described = site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(described["UserPoolClient"]["ClientSecret"], new.as_str());
    let third = json!({ "UserPoolId": pool, "ClientId": client });
    let message = format!("Client {client} has 2 secrets already.");
    site.refused("AddUserPoolClientSecret", third, "LimitExceededException", &message).await;

    let named = |id: &str| json!({ "UserPoolId": pool, "ClientId": client, "ClientSecretId": id });
    site.ok("DeleteUserPoolClientSecret", named(&first[0])).await;
    assert_eq!(opens(&site, &pool, &client, "jane", OLD).await, [false; 5]);
    assert_eq!(opens(&site, &pool, &client, "jane", &new).await, [true; 5]);
    site.refused("DeleteUserPoolClientSecret", named(&first[0]), "ResourceNotFoundException", "Client secret does not exist.").await;
    let last = "The only secret of an app client can not be deleted.";
    site.refused("DeleteUserPoolClientSecret", named(&second), "InvalidParameterException", last).await;
    assert_eq!(opens(&site, &pool, &client, "jane", &new).await, [true; 5]);
});

site_test!(a_refresh_and_a_revocation_take_either_secret, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = confidential(&site, &pool).await;
    site.user(&pool, "jane").await;
    let (_, new) = add(&site, &pool, &client).await;
    for secret in [OLD, &new] {
        let answer = site.ok("InitiateAuth", hashed(&client, "jane", secret)).await;
        let token = answer["AuthenticationResult"]["RefreshToken"].as_str().unwrap().to_owned();
        let mut input = refresh(&client, &token);
        input["AuthParameters"]["SECRET_HASH"] = hash(secret, "jane", &client).into();
        site.ok("InitiateAuth", input).await;
        let plain = json!({ "ClientId": client, "ClientSecret": secret, "RefreshToken": token });
        site.ok("GetTokensFromRefreshToken", plain).await;
        site.ok("RevokeToken", json!({ "ClientId": client, "ClientSecret": secret, "Token": token })).await;
    }
});

site_test!(a_secret_of_ones_own_is_not_told, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = confidential(&site, &pool).await;
    site.user(&pool, "jane").await;
    let own = "own01234567890123456789012345";
    let input = json!({ "UserPoolId": pool, "ClientId": client, "ClientSecret": own });
    let answer = site.ok("AddUserPoolClientSecret", input).await;
    let descriptor = answer["ClientSecretDescriptor"].as_object().unwrap();
    assert_eq!(descriptor.keys().collect::<Vec<_>>(), ["ClientSecretId", "ClientSecretCreateDate"]);
    assert_eq!(opens(&site, &pool, &client, "jane", own).await, [true; 5]);
});

site_test!(secrets_are_one_clients, |site: Site| async move {
    let (pool, public) = site.pool_and_client().await;
    let (other, _) = site.pool_and_client().await;
    let (client, sibling) = (confidential(&site, &pool).await, site.client(&pool, json!({ "GenerateSecret": true })).await);
    site.user(&pool, "jane").await;
    let (_, foreign) = add(&site, &pool, &sibling).await;
    assert_eq!(opens(&site, &pool, &client, "jane", &foreign).await, [false; 5]);
    let foreign_id = ids(&site, &pool, &sibling).await.remove(0);
    add(&site, &pool, &client).await;
    let named = |pool: &str, id: &str| json!({ "UserPoolId": pool, "ClientId": client, "ClientSecretId": id });
    let missing = "Client secret does not exist.";
    for id in [foreign_id.as_str(), "x", &format!("{client}--"), &format!("{client}--1"), &format!("{client}-1")] {
        site.refused("DeleteUserPoolClientSecret", named(&pool, id), "ResourceNotFoundException", missing).await;
    }
    let nowhere = format!("User pool client {client} does not exist.");
    let id = ids(&site, &pool, &client).await.remove(0);
    for operation in ["AddUserPoolClientSecret", "ListUserPoolClientSecrets", "DeleteUserPoolClientSecret"] {
        site.refused(operation, named(&other, &id), "ResourceNotFoundException", &nowhere).await;
    }
    let message = format!("Client {public} is a public client: it has no secret to add to.");
    let input = json!({ "UserPoolId": pool, "ClientId": public });
    site.refused("AddUserPoolClientSecret", input.clone(), "InvalidParameterException", &message).await;
    assert_eq!(site.ok("ListUserPoolClientSecrets", input.clone()).await["ClientSecrets"], json!([]));
    let paged = merged(input, json!({ "NextToken": "x" }));
    site.refused("ListUserPoolClientSecrets", paged, "InvalidParameterException", "Invalid pagination token given.").await;
    for bad in ["x".repeat(23), "x".repeat(65), "$".repeat(32)] {
        let input = json!({ "UserPoolId": pool, "ClientId": client, "ClientSecret": bad });
        assert_eq!(site.api("AddUserPoolClientSecret", input).await.refusal().0, "InvalidParameterException");
    }
});

site_test!(a_confidential_client_stays_one, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let client = confidential(&site, &pool).await;
    let count = |answers: &[Answer]| answers.iter().filter(|a| a.status == 200).count();
    for _ in 0..3 {
        let adding = json!({ "UserPoolId": pool, "ClientId": client });
        let answers = join_all((0..4).map(|_| site.api("AddUserPoolClientSecret", adding.clone()))).await;
        assert_eq!((count(&answers), site.count("client_secrets").await), (1, 2));
        let both = ids(&site, &pool, &client).await;
        let deleting = |id: &String| json!({ "UserPoolId": pool, "ClientId": client, "ClientSecretId": id });
        let answers = join_all(both.iter().map(|id| site.api("DeleteUserPoolClientSecret", deleting(id)))).await;
        assert_eq!((count(&answers), site.count("client_secrets").await), (1, 1));
    }
    let message = format!("Client {client} is configured with secret but SECRET_HASH was not received");
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "NotAuthorizedException", &message).await;
    site.ok("DeleteUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(site.count("client_secrets").await, 0);
});
