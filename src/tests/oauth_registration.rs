//! Clients that register themselves (RFC 7591) and manage themselves (RFC 7592).

use super::harness::{Answer, Sent, Site, merged, site_test};
use super::signer::TestKey;
use crate::kit::text;
use axum::http::Method;
use serde_json::{Value, json};

const SECRET: &str = "abcdefghijklmnopqrstuvwxyz012345";
const REDIRECT: &str = "https://new.example/cb";

async fn open_pool(site: &Site) -> String {
    site.pool(json!({ "DcrConfiguration": { "OpenDcrEnabled": true } })).await
}

async fn send(site: &Site, method: Method, path: &str, bearer: Option<&str>, body: &Value) -> Answer {
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(bearer.map(|token| ("authorization", format!("Bearer {token}"))));
    site.send(Sent { method, path, headers, body: body.to_string().into_bytes() }).await
}

async fn register(site: &Site, pool: &str, bearer: Option<&str>, body: &Value) -> Answer {
    send(site, Method::POST, &format!("/{pool}/oauth2/register"), bearer, body).await
}

/// The path of a client's own address.
fn own(registered: &Value) -> String {
    registered["registration_client_uri"].as_str().unwrap().replace("http://localhost:8080", "")
}

fn usual() -> Value {
    json!({ "redirect_uris": [REDIRECT], "client_name": "New", "client_uri": "https://new.example/" })
}

site_test!(a_client_registers_and_manages_itself, |site: Site| async move {
    let pool = open_pool(&site).await;
    let made = register(&site, &pool, None, &usual()).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.body);
    let made = made.json();
    for (name, value) in [
        ("redirect_uris", json!([REDIRECT])),
        ("client_name", json!("New")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("response_types", json!(["code"])),
        ("scope", json!("openid email phone profile")),
        ("client_secret_expires_at", json!(0)),
        ("subject_type", json!("public")),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    let (id, token) = (made["client_id"].as_str().unwrap(), made["registration_access_token"].as_str().unwrap());
    let of = json!({ "UserPoolId": pool, "ClientId": id });
    let described = site.ok("DescribeUserPoolClient", of.clone()).await["UserPoolClient"].clone();
    assert_eq!((&described["ClientType"], &described["PoolhouseOAuth"]["RequireConsent"]), (&json!("DCR"), &json!(true)));
    let listed = site.ok("ListUserPoolClients", json!({ "UserPoolId": pool, "ClientType": "DCR" })).await;
    assert_eq!(listed["UserPoolClients"][0]["ClientId"], id);
    let message = "Secrets of dynamically registered clients can not be managed.";
    site.refused("AddUserPoolClientSecret", of.clone(), "UnsupportedOperationException", message).await;

    let path = own(&made);
    assert_eq!(send(&site, Method::GET, &path, Some(token), &json!({})).await.expect(200).json(), made);
    let changed = merged(usual(), json!({ "client_id": id, "client_name": "Newer", "redirect_uris": ["https://new.example/other"] }));
    let changed = send(&site, Method::PUT, &path, Some(token), &changed).await.expect(200).json();
    assert_eq!((&changed["client_name"], &changed["redirect_uris"]), (&json!("Newer"), &json!(["https://new.example/other"])));
    assert_eq!(changed["client_secret"], made["client_secret"]);
    for (body, error) in [
        (usual(), "invalid_request"),
        (merged(usual(), json!({ "client_id": id, "client_secret": "wrong" })), "invalid_request"),
        (merged(usual(), json!({ "client_id": id, "token_endpoint_auth_method": "none" })), "invalid_client_metadata"),
    ] {
        let answer = send(&site, Method::PUT, &path, Some(token), &body).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(error)));
    }
    for (path, token) in [(path.as_str(), None), (&path, Some("wrong")), (&path.replace(id, "nobody"), Some(token))] {
        let answer = send(&site, Method::GET, path, token, &json!({})).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_token")));
        assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
    }
    send(&site, Method::DELETE, &path, Some(token), &json!({})).await.expect(204);
    send(&site, Method::GET, &path, Some(token), &json!({})).await.expect(401);
    assert_eq!((site.count("clients").await, site.count("registrations").await), (0, 0));
});

site_test!(what_can_not_be_registered_is_refused_by_name, |site: Site| async move {
    let pool = open_pool(&site).await;
    let key = TestKey::new("k");
    let before = site.rows().await;
    let (metadata, redirect) = ("invalid_client_metadata", "invalid_redirect_uri");
    for (change, error) in [
        (json!({ "redirect_uris": null }), redirect),
        (json!({ "redirect_uris": ["http://new.example/cb"] }), redirect),
        (json!({ "redirect_uris": ["https://new.example/cb#x"] }), redirect),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), redirect),
        (json!({ "redirect_uris": REDIRECT }), metadata),
        (json!({ "software_statement": "a.b.c" }), "unapproved_software_statement"),
        (json!({ "grant_types": ["client_credentials"] }), metadata),
        (json!({ "grant_types": ["implicit"] }), metadata),
        (json!({ "grant_types": ["authorization_code", "password"] }), metadata),
        (json!({ "grant_types": [] }), metadata),
        (json!({ "response_types": ["token"] }), metadata),
        (json!({ "scope": "openid aws.cognito.signin.user.admin" }), metadata),
        (json!({ "scope": "openid aws.cognito/dcr/register" }), metadata),
        (json!({ "scope": "email" }), metadata),
        (json!({ "subject_type": "pairwise" }), metadata),
        (json!({ "id_token_signed_response_alg": "none" }), metadata),
        (json!({ "userinfo_signed_response_alg": "HS256" }), metadata),
        (json!({ "id_token_encrypted_response_alg": "RSA-OAEP" }), metadata),
        (json!({ "token_endpoint_auth_method": "tls_client_auth" }), metadata),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), metadata),
        (json!({ "jwks": key.jwks(), "jwks_uri": "https://new.example/keys" }), metadata),
        (json!({ "jwks": { "keys": [merged(key.jwk(), json!({ "d": "AAAA" }))] } }), metadata),
        (json!({ "logo_uri": "http://new.example/logo" }), metadata),
        (json!({ "client_name": "x".repeat(129) }), metadata),
        (json!({ "sector_identifier_uri": "http://new.example/sector" }), metadata),
        (json!({ "sector_identifier_uri": "https://127.0.0.1:1/sector" }), metadata),
    ] {
        let answer = register(&site, &pool, None, &merged(usual(), change.clone())).await;
        // One address may try so often only.
        site.advance(3_600_000);
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(error)), "{change}: {}", answer.body);
    }
    let form = site.form(&format!("/{pool}/oauth2/register"), &[("redirect_uris", REDIRECT)], &[]).await;
    assert_eq!(form.json()["error"], "invalid_request");
    assert_eq!(site.rows().await, before);
});

site_test!(registration_is_off_until_it_is_on, |site: Site| async move {
    let off = site.pool(json!({})).await;
    let closed = site.pool(json!({ "DcrConfiguration": {} })).await;
    register(&site, &off, None, &usual()).await.expect(404);
    let answer = register(&site, &closed, None, &usual()).await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_token")));
    for (pool, announced) in [(&off, false), (&closed, true)] {
        for path in ["openid-configuration", "oauth-authorization-server"] {
            let document = site.get(&format!("/{pool}/.well-known/{path}"), &[]).await.expect(200).json();
            assert_eq!(document.get("registration_endpoint").is_some(), announced);
        }
    }
    let document = site.get(&format!("/.well-known/oauth-authorization-server/{off}"), &[]).await.expect(200).json();
    assert_eq!(document["issuer"], format!("http://localhost:8080/{off}"));
    let message = "Invalid scope requested: aws.cognito/dcr/register";
    site.refused("CreateUserPoolClient", registrar(&off), "ScopeDoesNotExistException", message).await;
});

fn registrar(pool: &str) -> Value {
    json!({ "UserPoolId": pool, "ClientName": "registrar", "ClientSecret": SECRET, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["aws.cognito/dcr/register"] })
}

site_test!(a_token_with_the_scope_opens_registration, |site: Site| async move {
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    let pool = site.pool(json!({})).await;
    site.ok("CreateResourceServer", json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "n", "Scopes": scopes })).await;
    let dcr = json!({ "AllowedScopes": ["orders/read", "aws.cognito/dcr/register"] });
    site.ok("UpdateUserPool", json!({ "UserPoolId": pool, "AutoVerifiedAttributes": ["email"], "DcrConfiguration": dcr })).await;
    let id = site.ok("CreateUserPoolClient", registrar(&pool)).await["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    let basic = format!("Basic {}", text::base64(format!("{id}:{SECRET}").as_bytes()));
    let body = site.form(&format!("/{pool}/oauth2/token"), &[("grant_type", "client_credentials")], &[("authorization", &basic)]).await;
    let body = body.expect(200).json();
    let initial = body["access_token"].as_str().unwrap();
    let made = register(&site, &pool, Some(initial), &usual()).await.expect(201).json();
    assert_eq!(made["scope"], "openid email phone profile");
    // Machines register with a token only.
    let machine = json!({ "grant_types": ["client_credentials"], "response_types": [], "client_name": "Machine" });
    let made = register(&site, &pool, Some(initial), &machine).await.expect(201).json();
    assert_eq!((made["scope"].as_str(), &made["grant_types"]), (Some("orders/read"), &json!(["client_credentials"])));
    let basic = format!(
        "Basic {}",
        text::base64(format!("{}:{}", made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap()).as_bytes())
    );
    let fields = [("grant_type", "client_credentials")];
    let body = site.form(&format!("/{pool}/oauth2/token"), &fields, &[("authorization", &basic)]).await.expect(200).json();
    // A token without the scope, and one that is none.
    let answer = register(&site, &pool, body["access_token"].as_str(), &usual()).await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (403, Some("insufficient_scope")));
    register(&site, &pool, Some("garbage"), &usual()).await.expect(401);
    let asking = merged(usual(), json!({ "scope": "openid aws.cognito/dcr/register" }));
    assert_eq!(register(&site, &pool, Some(initial), &asking).await.json()["error"], "invalid_client_metadata");
});

site_test!(strangers_register_so_many_only, |site: Site| async move {
    let pool = open_pool(&site).await;
    for _ in 0..20 {
        register(&site, &pool, None, &usual()).await.expect(201);
    }
    assert_eq!(register(&site, &pool, None, &usual()).await.status, 429);
    assert_eq!(site.count("clients").await, 20);
});

site_test!(a_registered_key_signs_in, |site: Site| async move {
    let pool = open_pool(&site).await;
    let key = TestKey::new("k");
    let keyed = merged(usual(), json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks() }));
    let made = register(&site, &pool, None, &keyed).await.expect(201).json();
    assert_eq!((made.get("client_secret"), &made["jwks"]), (None, &key.jwks()));
    let id = made["client_id"].as_str().unwrap();
    let assertion = key.assertion(&key.assertion_claims(&site, &pool, id));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_assertion_type", kind), ("client_assertion", &assertion)];
    let answer = site.form(&format!("/{pool}/oauth2/token"), &fields, &[]).await;
    assert_eq!(answer.json()["error"], "invalid_grant", "proved, with nothing to refresh");
    let public = register(&site, &pool, None, &merged(usual(), json!({ "token_endpoint_auth_method": "none" }))).await.expect(201).json();
    let of = json!({ "UserPoolId": pool, "ClientId": public["client_id"] });
    let described = site.ok("DescribeUserPoolClient", of).await;
    assert_eq!(described["UserPoolClient"]["PoolhouseOAuth"]["RequirePkce"], true);
});
