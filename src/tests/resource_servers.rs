//! Resource servers, and what their scopes are worth to clients and in tokens.

use super::browser::{authorize, parameter};
use super::fixtures::refresh;
use super::harness::{Site, merged, site_test};
use crate::tokens::jwt;
use serde_json::{Value, json};

fn server(pool: &str, identifier: &str, names: &[&str]) -> Value {
    let scopes: Vec<_> = names.iter().map(|name| json!({ "ScopeName": name, "ScopeDescription": format!("To {name}") })).collect();
    json!({ "UserPoolId": pool, "Identifier": identifier, "Name": "An API", "Scopes": scopes })
}

fn named(pool: &str, identifier: &str) -> Value {
    json!({ "UserPoolId": pool, "Identifier": identifier })
}

site_test!(a_resource_server_is_made_described_changed_and_deleted, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let api = "https://api.example/v1";
    let made = site.ok("CreateResourceServer", server(&pool, api, &["read", "write"])).await;
    assert_eq!(made, json!({ "ResourceServer": server(&pool, api, &["read", "write"]) }));
    assert_eq!(site.ok("DescribeResourceServer", named(&pool, api)).await, made);
    let message = format!("{api} already exists in user pool {pool}.");
    site.refused("CreateResourceServer", server(&pool, api, &[]), "InvalidParameterException", &message).await;
    let bare = json!({ "UserPoolId": pool, "Identifier": api, "Name": "Renamed" });
    assert_eq!(site.ok("UpdateResourceServer", bare.clone()).await, json!({ "ResourceServer": bare }), "scopes left out are gone");
    assert_eq!(site.ok("DescribeResourceServer", named(&pool, api)).await, json!({ "ResourceServer": bare }));
    assert_eq!(site.ok("DeleteResourceServer", named(&pool, api)).await, json!({}));
    let missing = "Resource server does not exist.";
    for operation in ["DescribeResourceServer", "UpdateResourceServer", "DeleteResourceServer"] {
        site.refused(operation, bare.clone(), "ResourceNotFoundException", missing).await;
    }
    site.ok("CreateResourceServer", server(&pool, api, &[])).await;
});

site_test!(what_cannot_be_a_resource_server, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    let reserved = "Identifiers that begin with aws.cognito are reserved.";
    for (input, message) in [
        (server(&pool, "api", &["read", "read"]), "The scope read is given more than once."),
        (server(&pool, "aws.cognito", &["x"]), reserved),
        (server(&pool, "aws.cognito/dcr", &["register"]), reserved),
    ] {
        site.refused("CreateResourceServer", input, "InvalidParameterException", message).await;
    }
    for bad in [
        server(&pool, "with space", &[]),
        server(&pool, "quote\"", &[]),
        server(&pool, "back\\slash", &[]),
        server(&pool, "api", &["a/b"]),
        server(&pool, "", &[]),
        server(&pool, "api", &vec!["x"; 101]),
    ] {
        assert_eq!(site.api("CreateResourceServer", bad).await.refusal().0, "InvalidParameterException");
    }
    site.ok("CreateResourceServer", server(&pool, "api", &["read"])).await;
    site.refused("DescribeResourceServer", named(&other, "api"), "ResourceNotFoundException", "Resource server does not exist.").await;
    site.ok("CreateResourceServer", server(&other, "api", &["read"])).await;
    site.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!(site.count("resource_servers").await, 1);
});

site_test!(resource_servers_are_listed_in_pages, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let mut expected = vec!["API", "api", "api-2", "https://a.example", "zoo", "~"];
    for identifier in expected.iter().rev() {
        site.ok("CreateResourceServer", server(&pool, identifier, &["read"])).await;
    }
    expected.sort_unstable();
    let mut found = Vec::new();
    let mut input = json!({ "UserPoolId": pool, "MaxResults": 4 });
    loop {
        let answer = site.ok("ListResourceServers", input.clone()).await;
        let page = answer["ResourceServers"].as_array().unwrap();
        assert!(page.len() <= 4 && page.iter().all(|s| s["Scopes"][0]["ScopeName"] == "read"));
        found.extend(page.iter().map(|s| s["Identifier"].as_str().unwrap().to_owned()));
        match answer.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(found, expected);
    assert!(site.ok("ListResourceServers", json!({ "UserPoolId": pool })).await.get("NextToken").is_none());
    for bad in [json!({ "MaxResults": 0 }), json!({ "MaxResults": 51 }), json!({ "NextToken": "x" })] {
        let input = merged(json!({ "UserPoolId": pool }), bad);
        assert_eq!(site.api("ListResourceServers", input).await.refusal().0, "InvalidParameterException");
    }
});

site_test!(a_pool_has_three_hundred_at_most, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let mut tx = site.app.db.begin().await.unwrap();
    for n in 0..299 {
        let server = crate::clients::resource_server::ResourceServer {
            user_pool_id: pool.clone(),
            identifier: n.to_string(),
            name: "n".into(),
            scopes: Vec::new(),
        };
        crate::clients::store::insert_server(&mut tx, &server).await.unwrap();
    }
    tx.commit().await.unwrap();
    site.ok("CreateResourceServer", server(&pool, "last", &[])).await;
    let message = "A user pool can have at most 300 resource servers.";
    site.refused("CreateResourceServer", server(&pool, "more", &[]), "LimitExceededException", message).await;
});

/// What CreateUserPoolClient gets for these scopes.
fn wanting(pool: &str, scopes: &[&str]) -> Value {
    json!({ "UserPoolId": pool, "ClientName": "app", "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": scopes, "CallbackURLs": ["https://app.example/cb"] })
}

site_test!(a_client_has_scopes_that_exist, |site: Site| async move {
    let (pool, other) = (site.pool(json!({})).await, site.pool(json!({})).await);
    site.ok("CreateResourceServer", server(&pool, "api_1", &["read"])).await;
    site.ok("CreateResourceServer", server(&pool, "https://api.example/v1", &["read"])).await;
    site.ok("CreateResourceServer", server(&other, "elsewhere", &["read"])).await;
    let known = ["openid", "api_1/read", "https://api.example/v1/read"];
    let made = site.ok("CreateUserPoolClient", wanting(&pool, &known)).await["UserPoolClient"].clone();
    assert_eq!(made["AllowedOAuthScopes"], json!(known));
    for unknown in
        ["api_1/write", "API_1/read", "apix1/read", "api_1/", "/read", "elsewhere/read", "https://api.example/read", "read", "%/read"]
    {
        let message = format!("Invalid scope requested: {unknown}");
        let input = wanting(&pool, &["openid", "api_1/read", unknown]);
        site.refused("CreateUserPoolClient", input.clone(), "ScopeDoesNotExistException", &message).await;
        let update = merged(input, json!({ "ClientId": made["ClientId"] }));
        site.refused("UpdateUserPoolClient", update, "ScopeDoesNotExistException", &message).await;
    }
});

site_test!(custom_scopes_are_granted_to_users, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.ok("CreateResourceServer", server(&pool, "orders", &["read", "write"])).await;
    site.ok("CreateResourceServer", server(&pool, "billing", &["pay"])).await;
    let client = site.client(&pool, json!({ "AllowedOAuthScopes": ["openid", "orders/read", "orders/write"] })).await;
    site.user(&pool, "jane").await;
    let scope_of = |tokens: &Value| jwt::peek(tokens["access_token"].as_str().unwrap()).unwrap()["scope"].clone();
    let tokens = site.oauth(&pool, &client, "jane", &[("scope", "orders/read")]).await;
    assert_eq!((scope_of(&tokens), tokens.get("id_token")), (json!("orders/read"), None));
    let all = site.oauth(&pool, &client, "jane", &[]).await;
    assert_eq!(scope_of(&all), "openid orders/read orders/write");
    assert!(all["id_token"].is_string());
    for unallowed in ["billing/pay", "orders/delete", "orders/read billing/pay", "orders"] {
        let query = authorize(&client, &[("scope", unallowed)]);
        let answer = site.get(&format!("/{pool}/oauth2/authorize?{query}"), &[]).await;
        assert_eq!(parameter(answer.location(), "error").as_deref(), Some("invalid_scope"), "{unallowed}");
    }
    // A token with custom scopes alone opens nothing of the user's.
    let message = "Access Token does not have required scopes";
    site.refused("GetUser", json!({ "AccessToken": tokens["access_token"] }), "NotAuthorizedException", message).await;
});

site_test!(a_deleted_scope_is_in_no_token, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.ok("CreateResourceServer", server(&pool, "orders", &["read", "write"])).await;
    let scopes = ["aws.cognito.signin.user.admin", "orders/read", "orders/write"];
    let client = site.client(&pool, json!({ "AllowedOAuthScopes": scopes })).await;
    site.user(&pool, "jane").await;
    let before = site.oauth(&pool, &client, "jane", &[]).await;
    let token = before["refresh_token"].as_str().unwrap();
    site.ok("UpdateResourceServer", server(&pool, "orders", &["read"])).await;
    let described = site.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    assert_eq!(described["UserPoolClient"]["AllowedOAuthScopes"], json!(scopes), "the client keeps it");
    for (change, expected) in [
        (None, "aws.cognito.signin.user.admin orders/read"),
        (Some(("DeleteResourceServer", named(&pool, "orders"))), "aws.cognito.signin.user.admin"),
        (Some(("CreateResourceServer", server(&pool, "orders", &["write"]))), "aws.cognito.signin.user.admin orders/write"),
    ] {
        if let Some((operation, input)) = change {
            site.ok(operation, input).await;
        }
        let tokens = site.oauth(&pool, &client, "jane", &[]).await;
        assert_eq!(jwt::peek(tokens["access_token"].as_str().unwrap()).unwrap()["scope"], expected);
        let refreshed = site.ok("InitiateAuth", refresh(&client, token)).await;
        let access = refreshed["AuthenticationResult"]["AccessToken"].as_str().unwrap();
        assert_eq!(jwt::peek(access).unwrap()["scope"], expected);
    }
});
