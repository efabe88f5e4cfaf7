//! What proxies ask before they let a request pass.

use super::fixtures::Tokens;
use super::harness::{Answer, Site, site_test};
use crate::kit::clock::HOUR;
use serde_json::{Value, json};

async fn ask(site: &Site, pool: &str, settings: &str, token: &str) -> Answer {
    site.get(&format!("/{pool}/forward-auth{settings}"), &[("authorization", token)]).await
}

async fn signed_in(site: &Site) -> (String, String, Tokens) {
    let (pool, client) = site.pool_and_client().await;
    site.user_with(&pool, "jane", json!([{ "Name": "email", "Value": "jane@example.com" }, { "Name": "email_verified", "Value": "true" }]))
        .await;
    site.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    site.ok("AdminAddUserToGroup", json!({ "UserPoolId": pool, "GroupName": "staff", "Username": "jane" })).await;
    let tokens = site.sign_in(&client, "jane").await;
    (pool, client, tokens)
}

#[track_caller]
fn refused(answer: &Answer, status: u16, message: &str) {
    assert_eq!((answer.expect(status).json(), answer.header("x-auth-sub")), (json!({ "message": message }), ""));
}

site_test!(a_cognito_authorizer_takes_id_tokens_or_access_tokens_with_a_scope, |site: Site| async move {
    let (pool, client, tokens) = signed_in(&site).await;
    for token in [tokens.id.clone(), format!("Bearer {}", tokens.id), format!("bearer  {}", tokens.id)] {
        let passed = ask(&site, &pool, "", &token).await;
        passed.expect(200);
        let sub = tokens.id_claims()["sub"].clone();
        assert_eq!(json!(passed.header("x-auth-sub")), sub);
        assert_eq!((passed.header("x-auth-username"), passed.header("x-auth-groups")), ("jane", "staff"));
        assert_eq!((passed.header("x-auth-email"), passed.header("x-auth-client")), ("jane@example.com", client.as_str()));
        let claims = crate::kit::text::from_base64url(passed.header("x-auth-claims")).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&claims).unwrap()["sub"], sub);
    }
    refused(&ask(&site, &pool, "", &tokens.access).await, 401, "Unauthorized");
    let scope = "?scope=orders/read%20aws.cognito.signin.user.admin";
    let passed = ask(&site, &pool, scope, &tokens.access).await;
    assert_eq!(passed.expect(200).header("x-auth-scope"), "aws.cognito.signin.user.admin");
    refused(&ask(&site, &pool, scope, &tokens.id).await, 401, "Unauthorized");
    let without = ask(&site, &pool, "?scope=orders/read", &tokens.access).await;
    refused(&without, 401, "Unauthorized");
    assert_eq!(without.header("x-amzn-errortype"), "UnauthorizedException");
    refused(&ask(&site, &pool, "?audience=somebody-else", &tokens.id).await, 401, "Unauthorized");
    ask(&site, &pool, &format!("?audience=somebody-else,{client}"), &tokens.id).await.expect(200);
});

site_test!(a_jwt_authorizer_takes_tokens_of_its_clients, |site: Site| async move {
    let (pool, client, tokens) = signed_in(&site).await;
    let of_client = format!("?mode=jwt&audience={client}");
    ask(&site, &pool, &of_client, &tokens.id).await.expect(200);
    ask(&site, &pool, &of_client, &tokens.access).await.expect(200);
    ask(&site, &pool, &format!("{of_client}&scope=aws.cognito.signin.user.admin"), &tokens.access).await.expect(200);
    for settings in ["?mode=jwt", "?mode=jwt&audience=somebody-else"] {
        let answer = ask(&site, &pool, settings, &tokens.id).await;
        refused(&answer, 401, "Unauthorized");
        let why = r#"Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience""#;
        assert_eq!(answer.header("www-authenticate"), why);
    }
    refused(&ask(&site, &pool, &format!("{of_client}&scope=orders/read"), &tokens.access).await, 403, "Forbidden");
    refused(&ask(&site, &pool, &format!("{of_client}&scope=openid"), &tokens.id).await, 403, "Forbidden");
});

site_test!(what_is_no_good_token_of_the_pool_does_not_pass, |site: Site| async move {
    let (pool, _, tokens) = signed_in(&site).await;
    let (other, _) = site.pool_and_client().await;
    let before = site.rows().await;
    let answer = site.get(&format!("/{pool}/forward-auth"), &[]).await;
    refused(&answer, 401, "Unauthorized");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let mut forged = tokens.id.clone();
    forged.pop();
    for token in ["", "Bearer", "Basic abc", "a.b.c", forged.as_str()] {
        refused(&site.get(&format!("/{pool}/forward-auth"), &[("authorization", token)]).await, 401, "Unauthorized");
    }
    refused(&ask(&site, &other, "", &tokens.id).await, 401, "Unauthorized");
    refused(&ask(&site, "us-east-1_Nothing00", "", &tokens.id).await, 401, "Unauthorized");
    for misspelt in ["?mode=unknown", "?scopes=orders/read", "?audiance=x"] {
        ask(&site, &pool, misspelt, &tokens.id).await.expect(400);
    }
    ask(&site, &pool, "?path=/orders?scopes=1", &tokens.id).await.expect(200);
    assert_eq!(site.rows().await, before);
    site.advance(HOUR + 1);
    refused(&ask(&site, &pool, "", &tokens.id).await, 401, "The incoming token has expired");
});

site_test!(a_token_that_was_revoked_does_not_pass, |site: Site| async move {
    let (pool, _, tokens) = signed_in(&site).await;
    site.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "jane" })).await;
    refused(&ask(&site, &pool, "", &tokens.id).await, 401, "Unauthorized");
});
