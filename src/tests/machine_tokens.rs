//! Machine tokens: `client_credentials` and GetClientToken.

use super::harness::{Answer, START, Site, merged, site_test};
use crate::kit::text;
use crate::tokens::jwt;
use serde_json::{Value, json};

const SECRET: &str = "machine0123456789012345678901";

async fn api(site: &Site) -> String {
    let pool = site.pool(json!({})).await;
    let scopes: Vec<_> = ["read", "write", "admin"].iter().map(|n| json!({ "ScopeName": n, "ScopeDescription": "d" })).collect();
    site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": scopes })).await;
    pool
}

fn by_grant(pool: &str) -> Value {
    json!({ "UserPoolId": pool, "ClientName": "machine", "ClientSecret": SECRET, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["orders/read", "orders/write"] })
}

fn by_api(pool: &str) -> Value {
    json!({ "UserPoolId": pool, "ClientName": "machine", "ClientSecret": SECRET,
        "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthScopes": ["orders/read", "orders/write"] })
}

async fn make(site: &Site, input: Value) -> String {
    site.ok("CreateUserPoolClient", input).await["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned()
}

async fn grant(site: &Site, pool: &str, client: &str, secret: &str, scope: Option<&str>) -> Answer {
    let basic = format!("Basic {}", text::base64(format!("{client}:{secret}").as_bytes()));
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(scope.map(|scope| ("scope", scope)));
    site.form(&format!("/{pool}/oauth2/token"), &fields, &[("authorization", &basic)]).await
}

#[track_caller]
fn is_machine_token(token: &str, client: &str, issuer: &str, scope: &str) {
    let claims = jwt::peek(token).unwrap();
    let names: Vec<_> = claims.keys().map(String::as_str).collect();
    assert_eq!(names, ["sub", "token_use", "scope", "auth_time", "iss", "exp", "iat", "version", "jti", "client_id"]);
    let now = START / 1_000;
    for (name, value) in [
        ("sub", json!(client)),
        ("client_id", json!(client)),
        ("token_use", json!("access")),
        ("scope", json!(scope)),
        ("auth_time", json!(now)),
        ("iat", json!(now)),
        ("exp", json!(now + 3_600)),
        ("iss", json!(issuer)),
        ("version", json!(2)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
}

site_test!(a_client_gets_a_token_for_itself, |site: Site| async move {
    let pool = api(&site).await;
    let issuer = site.app.config.issuer(&pool);
    let before = site.rows().await;
    let (client, other) = (make(&site, by_grant(&pool)).await, make(&site, by_api(&pool)).await);
    for id in [&client, &other] {
        let cases = [
            (None, "orders/read orders/write"),
            (Some("orders/write"), "orders/write"),
            (Some("orders/write  orders/read orders/write"), "orders/write orders/read"),
        ];
        for (asked, granted) in cases {
            let answer = grant(&site, &pool, id, SECRET, asked).await;
            let body = answer.expect(200).json();
            assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "expires_in", "token_type"]);
            assert_eq!((&body["expires_in"], &body["token_type"]), (&json!(3_600), &json!("Bearer")));
            is_machine_token(body["access_token"].as_str().unwrap(), id, &issuer, granted);
        }
        let token = format!("/{pool}/oauth2/token");
        let posted = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", SECRET)];
        site.form(&token, &posted, &[]).await.expect(200);
    }
    for (asked, granted) in [(json!([]), "orders/read orders/write"), (json!(["orders/write"]), "orders/write")] {
        let input = json!({ "ClientId": other, "Secret": SECRET, "Scopes": asked, "ClientMetadata": { "a": "b" } });
        let result = site.ok("GetClientToken", input).await["ClientAuthenticationResult"].clone();
        assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(3_600), &json!("Bearer")));
        is_machine_token(result["AccessToken"].as_str().unwrap(), &other, &issuer, granted);
    }
    assert_eq!(site.rows().await["sessions"], before["sessions"], "nothing to refresh or to revoke");
});

site_test!(a_machine_token_opens_nothing_of_a_users, |site: Site| async move {
    let pool = api(&site).await;
    let client = make(&site, by_grant(&pool)).await;
    let token = grant(&site, &pool, &client, SECRET, None).await.json()["access_token"].as_str().unwrap().to_owned();
    for operation in ["GetUser", "GlobalSignOut", "DeleteUser"] {
        site.refused(operation, json!({ "AccessToken": token }), "NotAuthorizedException", "Invalid Access Token").await;
    }
    let answer = site.get(&format!("/{pool}/oauth2/userInfo"), &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_token")));
});

site_test!(one_scope_too_many_refuses_all, |site: Site| async move {
    let pool = api(&site).await;
    let (client, other) = (make(&site, by_grant(&pool)).await, make(&site, by_api(&pool)).await);
    for (asked, error, exception) in [
        ("orders/admin", "invalid_grant", "NotAuthorizedException"),
        ("orders/read orders/admin", "invalid_grant", "NotAuthorizedException"),
        ("orders/delete", "invalid_scope", "InvalidParameterException"),
        ("orders/admin orders/delete", "invalid_scope", "InvalidParameterException"),
        ("billing/pay", "invalid_scope", "InvalidParameterException"),
        ("openid", "invalid_scope", "InvalidParameterException"),
        ("orders/read aws.cognito.signin.user.admin", "invalid_scope", "InvalidParameterException"),
    ] {
        let answer = grant(&site, &pool, &client, SECRET, Some(asked)).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(error)), "{asked}");
        let scopes: Vec<_> = asked.split(' ').collect();
        let answer = site.api("GetClientToken", json!({ "ClientId": other, "Secret": SECRET, "Scopes": scopes })).await;
        assert_eq!(answer.refusal().0, exception, "{asked}");
    }
    // What is deleted is unknown; where nothing is left, nothing is given.
    site.ok("DeleteResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders" })).await;
    for (asked, error) in [(Some("orders/read"), "invalid_scope"), (None, "invalid_grant")] {
        let answer = grant(&site, &pool, &client, SECRET, asked).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(error)), "{asked:?}");
    }
    let input = json!({ "ClientId": other, "Secret": SECRET });
    site.refused("GetClientToken", input, "InvalidParameterException", "The client has no custom scopes.").await;
});

site_test!(who_is_not_the_client_gets_nothing, |site: Site| async move {
    let pool = api(&site).await;
    let elsewhere = api(&site).await;
    let client = make(&site, by_grant(&pool)).await;
    let theirs = "another0123456789012345678901";
    let other = make(&site, merged(by_api(&pool), json!({ "ClientSecret": theirs }))).await;
    for (pool, client, secret) in [(&pool, &client, "wrong"), (&pool, &client, theirs), (&elsewhere, &client, SECRET), (&pool, &client, "")]
    {
        let answer = grant(&site, pool, client, secret, None).await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_client")));
    }
    let message = format!("Unable to verify the secret of client {other}");
    let wrong = json!({ "ClientId": other, "Secret": SECRET });
    site.refused("GetClientToken", wrong.clone(), "NotAuthorizedException", &message).await;
    // A signature takes the place of no secret.
    let signed = site.call("GetClientToken", wrong.to_string().into_bytes(), Some(("AKIAROOT", "root-secret-for-tests"))).await;
    signed.expect_refusal("NotAuthorizedException", &message);
    // Only who was set up for it.
    let message = "ALLOW_CLIENT_TOKEN_AUTH flow not enabled for this client";
    site.refused("GetClientToken", json!({ "ClientId": client, "Secret": SECRET }), "InvalidParameterException", message).await;
    let people = site.client(&pool, json!({ "ClientSecret": SECRET, "AllowedOAuthScopes": ["openid", "orders/read"] })).await;
    let public = site.client(&pool, json!({ "AllowedOAuthScopes": ["orders/read"] })).await;
    let answer = grant(&site, &pool, &people, SECRET, None).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("unauthorized_client")));
    let fields = [("grant_type", "client_credentials"), ("client_id", public.as_str())];
    let answer = site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("unauthorized_client")));
});

site_test!(machines_and_people_do_not_share_a_client, |site: Site| async move {
    let pool = api(&site).await;
    let secret_missing = "client_credentials flow can not be selected if client does not have a client secret.";
    let beside = "client_credentials flow can not be selected along with code flow or implicit flow.";
    let only = "ALLOW_CLIENT_TOKEN_AUTH must be the only authentication flow of a client.";
    let url = json!(["https://app.example/cb"]);
    let machine_only = [
        (by_grant(&pool), json!({ "ClientSecret": null }), "InvalidOAuthFlowException", secret_missing),
        (
            by_grant(&pool),
            json!({ "AllowedOAuthFlows": ["code", "client_credentials"], "CallbackURLs": url }),
            "InvalidOAuthFlowException",
            beside,
        ),
        (
            by_grant(&pool),
            json!({ "AllowedOAuthScopes": ["orders/read", "openid"] }),
            "InvalidOAuthFlowException",
            "openid is not supported with client_credentials flow",
        ),
        (
            by_api(&pool),
            json!({ "ClientSecret": null }),
            "InvalidParameterException",
            "ALLOW_CLIENT_TOKEN_AUTH can not be enabled for a client without a secret.",
        ),
        (
            by_api(&pool),
            json!({ "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
            "InvalidParameterException",
            only,
        ),
        (
            by_api(&pool),
            json!({ "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"], "CallbackURLs": url }),
            "InvalidParameterException",
            only,
        ),
        (
            by_api(&pool),
            json!({ "AllowedOAuthScopes": ["orders/nothing"] }),
            "ScopeDoesNotExistException",
            "Invalid scope requested: orders/nothing",
        ),
    ];
    for (base, change, exception, message) in machine_only {
        site.refused("CreateUserPoolClient", merged(base, change), exception, message).await;
    }
    let public = site.client(&pool, json!({})).await;
    let update = merged(by_grant(&pool), json!({ "ClientId": public }));
    site.refused("UpdateUserPoolClient", update, "InvalidOAuthFlowException", secret_missing).await;
});

site_test!(clients_are_listed_by_type, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let of = |kind: &str| json!({ "UserPoolId": pool, "ClientType": kind });
    let regular = site.ok("ListUserPoolClients", of("REGULAR")).await;
    assert_eq!(regular["UserPoolClients"], json!([{ "ClientId": client, "UserPoolId": pool, "ClientName": "app" }]));
    assert_eq!(site.ok("ListUserPoolClients", of("DCR")).await, json!({ "UserPoolClients": [] }));
    let described = site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(described["UserPoolClient"]["ClientType"], "REGULAR");
});
