//! Logins of providers outside, and credentials of a token service outside.

use super::harness::{Site, merged};
use super::iam_harness::fault;
use super::identity_fixtures::{Asked, ROLE, site_with_providers, stand_in};
use crate::api::Cx;
use crate::iam::entity::{Provider, Tags};
use crate::kit::clock::{HOUR, MINUTE};
use crate::store::Db;
use crate::store::testing::db_test;
use crate::tokens::jwt::Claims;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ARN: &str = "arn:aws:iam::000000000000:oidc-provider/idp.example/realm";
const ISSUER: &str = "https://idp.example/realm";

/// A provider that publishes what is put into the slot.
async fn provider() -> (String, Arc<Mutex<String>>, Asked) {
    let slot = Arc::new(Mutex::new(String::new()));
    let keys = slot.clone();
    let answer = move |path: &str, _: &str, own: &str| match path {
        "/.well-known/openid-configuration" => (200, json!({ "issuer": ISSUER, "jwks_uri": format!("{own}/keys") }).to_string()),
        "/keys" => match keys.lock().unwrap().clone() {
            none if none.is_empty() => (503, String::new()),
            keys => (200, keys),
        },
        _ => (404, String::new()),
    };
    let (address, asked) = stand_in(answer).await;
    (address, slot, asked)
}

/// A token of the provider's: signed with a key of the server's own, which the provider then publishes.
async fn token(site: &Site, slot: &Mutex<String>, change: Value) -> String {
    let mut cx = Cx::internal(site.app.clone());
    let keys = crate::identity::keys::load(&mut cx).await.unwrap();
    *slot.lock().unwrap() = String::from_utf8(keys.jwks.to_vec()).unwrap();
    let now = site.now() / 1_000;
    let claims = json!({ "iss": ISSUER, "sub": "u1", "aud": "app", "iat": now, "exp": now + 3_600, "department": "sales" });
    let claims: Claims = serde_json::from_value(merged(claims, change)).unwrap();
    keys.signer(site.now()).unwrap().sign(&claims).unwrap()
}

async fn register(site: &Site, client_ids: &[&str]) {
    let client_ids = client_ids.iter().map(|c| (*c).to_owned()).collect();
    let provider =
        Provider { url: Some("idp.example/realm".into()), client_ids, thumbprints: Vec::new(), metadata: None, tags: Tags::new() };
    let mut tx = site.app.db.begin().await.unwrap();
    crate::iam::providers::store::insert(&mut tx, "000000000000", ARN, &provider, site.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn logins(token: &str) -> Value {
    json!({ "idp.example/realm": token })
}

db_test!(a_registered_open_id_provider_is_believed, |db: Db| async move {
    let (address, slot, asked) = provider().await;
    let site = site_with_providers(db, &address, &["idp.example/realm"]).await;
    let pool = site.identity_pool(json!({ "OpenIdConnectProviderARNs": [ARN] })).await;
    let good = token(&site, &slot, json!({})).await;
    let get = |token: &str| json!({ "IdentityPoolId": pool, "Logins": logins(token) });
    let audience = "Invalid login token. Incorrect token audience.";
    site.refused("GetId", get(&good), "NotAuthorizedException", audience).await;
    register(&site, &["app", "other"]).await;
    let identity = site.identity(&pool, &logins(&good)).await;
    let map = json!({ "IdentityPoolId": pool, "IdentityProviderName": ARN, "PrincipalTags": { "team": "department" } });
    site.ok("SetPrincipalTagAttributeMap", map).await;
    let claims = site.open_id_claims(&identity, &logins(&good)).await;
    assert_eq!(claims["amr"], json!(["authenticated", "idp.example/realm", format!("{ARN}:OIDC:u1")]));
    assert_eq!(claims["https://aws.amazon.com/tags"], json!({ "principal_tags": { "team": ["sales"] } }));
    // Discovery and keys were asked for once.
    assert_eq!(asked.lock().unwrap().len(), 2);
    let cases = [
        (json!({ "aud": "strange" }), audience),
        (json!({ "aud": ["app", "strange"], "azp": "strange" }), audience),
        (json!({ "iss": "https://evil.example" }), "Invalid login token. Issuer doesn't match providerName"),
        (json!({ "nbf": site.now() / 1_000 + 1_000 }), "Invalid login token. Token is not valid yet."),
        (json!({ "sub": "" }), "Invalid login token. Not a valid OpenId Connect identity token."),
        (json!({ "exp": null }), "Invalid login token. Not a valid OpenId Connect identity token."),
    ];
    for (change, message) in cases {
        let bad = token(&site, &slot, change).await;
        site.refused("GetId", get(&bad), "NotAuthorizedException", message).await;
    }
    let (head, tail) = good.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", tail.chars().rev().collect::<String>());
    site.refused("GetId", get(&forged), "NotAuthorizedException", "Invalid login token. Couldn't verify signed token.").await;
    let payload = good.split('.').nth(1).unwrap();
    for header in [json!({ "alg": "none" }), json!({ "alg": "HS256", "kid": "us-east-1-1" })] {
        let bare = format!("{}.{payload}.AAAA", crate::kit::text::base64url(header.to_string().as_bytes()));
        let message = "Invalid login token. Not a valid OpenId Connect identity token.";
        site.refused("GetId", get(&bare), "NotAuthorizedException", message).await;
    }
    assert_eq!(asked.lock().unwrap().len(), 2);
});

db_test!(a_registered_open_id_provider_opens_a_role, |db: Db| async move {
    let (address, slot, asked) = provider().await;
    let site = site_with_providers(db, &address, &["idp.example/realm"]).await;
    register(&site, &["app"]).await;
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Federated": ARN },
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "StringEquals": { "idp.example/realm:email": "jane@example.com" } } }] });
    site.iam("CreateRole", &[("RoleName", "people"), ("AssumeRolePolicyDocument", &trust.to_string())]).await;
    let ask = |token: String| {
        let site = &site;
        async move {
            let fields = [
                ("Action", "AssumeRoleWithWebIdentity"),
                ("RoleArn", ROLE),
                ("RoleSessionName", "jane"),
                ("WebIdentityToken", token.as_str()),
            ];
            site.query("sts", None, &fields).await
        }
    };
    let own = json!({ "email": "jane@example.com", "email_verified": true });
    ask(token(&site, &slot, own.clone()).await).await.expect(200);
    assert_eq!(asked.lock().unwrap().len(), 2, "discovery and keys");
    // Anybody may claim an address, and anybody may name an issuer.
    let cases = [
        (json!({ "email": "jane@example.com" }), "AccessDenied"),
        (json!({ "email": "jane@example.com", "email_verified": false }), "AccessDenied"),
        (merged(own.clone(), json!({ "aud": "strange" })), "InvalidIdentityToken"),
        (merged(own.clone(), json!({ "iss": "https://evil.example" })), "InvalidIdentityToken"),
        (merged(own.clone(), json!({ "iss": "https://a\u{0}b" })), "InvalidIdentityToken"),
    ];
    for (change, code) in cases {
        let refused = ask(token(&site, &slot, change.clone()).await).await;
        assert_eq!(fault(&refused).0, code, "{change}");
    }
    let mut forged = token(&site, &slot, own).await;
    forged.truncate(forged.len() - 4);
    assert_eq!(fault(&ask(forged).await).0, "InvalidIdentityToken");
    assert_eq!(asked.lock().unwrap().len(), 2, "nobody else was asked");
});

db_test!(keys_are_asked_for_again_but_not_for_every_stranger, |db: Db| async move {
    let (address, slot, asked) = provider().await;
    let site = site_with_providers(db, &address, &["idp.example/realm"]).await;
    let pool = site.identity_pool(json!({ "OpenIdConnectProviderARNs": [ARN] })).await;
    register(&site, &["app"]).await;
    let good = token(&site, &slot, json!({ "exp": site.now() / 1_000 + 200_000 })).await;
    let published = slot.lock().unwrap().clone();
    let get = json!({ "IdentityPoolId": pool, "Logins": logins(&good) });
    let count = || asked.lock().unwrap().len();
    // A provider that does not answer is not asked again at once.
    slot.lock().unwrap().clear();
    let message = "The login provider does not answer as it should. Try again later.";
    for _ in 0..2 {
        site.refused("GetId", get.clone(), "ExternalServiceException", message).await;
    }
    assert_eq!(count(), 2);
    // Keys without the one that signed: asked for again after a minute, not before.
    *slot.lock().unwrap() = published.replace("us-east-1-1", "older");
    site.advance(10_000);
    let unsigned = "Invalid login token. Couldn't verify signed token.";
    for _ in 0..2 {
        site.refused("GetId", get.clone(), "NotAuthorizedException", unsigned).await;
    }
    assert_eq!(count(), 4);
    *slot.lock().unwrap() = published;
    site.advance(MINUTE);
    site.ok("GetId", get.clone()).await;
    assert_eq!(count(), 6);
    // Keys that are known go on where the provider does not answer.
    slot.lock().unwrap().clear();
    site.advance(2 * HOUR);
    site.ok("GetId", get).await;
});

db_test!(google_and_apple_by_their_keys, |db: Db| async move {
    let (address, slot, _) = provider().await;
    let site = site_with_providers(db, &address, &["accounts.google.com", "appleid.apple.com"]).await;
    let apps = json!({ "accounts.google.com": "app;second", "appleid.apple.com": "app" });
    let pool = site.identity_pool(json!({ "SupportedLoginProviders": apps })).await;
    for (provider, issuer) in [
        ("accounts.google.com", "accounts.google.com"),
        ("accounts.google.com", "https://accounts.google.com"),
        ("appleid.apple.com", "https://appleid.apple.com"),
    ] {
        let good = token(&site, &slot, json!({ "iss": issuer, "sub": format!("{provider}-1") })).await;
        let logins = json!({ provider: good });
        let identity = site.identity(&pool, &logins).await;
        let claims = site.open_id_claims(&identity, &logins).await;
        assert_eq!(claims["amr"], json!(["authenticated", provider, format!("{provider}:app:{provider}-1")]));
    }
    assert_eq!(site.count("identities").await, 2);
});

db_test!(facebook_and_amazon_say_whose_a_token_is, |db: Db| async move {
    let answer = |path: &str, sent: &str, _: &str| match (path, sent) {
        ("/app?fields=id", "Bearer good" | "Bearer other") => {
            (200, json!({ "id": if sent.ends_with("good") { "7" } else { "8" } }).to_string())
        }
        ("/me?fields=id", "Bearer good") => (200, json!({ "id": "f1" }).to_string()),
        ("/auth/o2/tokeninfo?access_token=Atza%7Cgood", _) => (
            200,
            json!({ "aud": "amzn1.application-oa2-client.1", "app_id": "amzn1.application.1", "user_id": "amzn1.account.A", "exp": 10 })
                .to_string(),
        ),
        ("/auth/o2/tokeninfo?access_token=trouble", _) => (500, String::new()),
        _ => (400, json!({ "error": "no" }).to_string()),
    };
    let (address, _) = stand_in(answer).await;
    let site = site_with_providers(db, &address, &["graph.facebook.com", "www.amazon.com"]).await;
    let apps = json!({ "graph.facebook.com": "7", "www.amazon.com": "amzn1.application.1" });
    let pool = site.identity_pool(json!({ "SupportedLoginProviders": apps })).await;
    for (provider, token, app, subject) in
        [("graph.facebook.com", "good", "7", "f1"), ("www.amazon.com", "Atza|good", "amzn1.application.1", "amzn1.account.A")]
    {
        let logins = json!({ provider: token });
        let identity = site.identity(&pool, &logins).await;
        let claims = site.open_id_claims(&identity, &logins).await;
        assert_eq!(claims["amr"], json!(["authenticated", provider, format!("{provider}:{app}:{subject}")]));
    }
    let unknown = ("NotAuthorizedException", "Invalid login token. The provider does not know the token.");
    let cases = [
        ("graph.facebook.com", "other", ("NotAuthorizedException", "Invalid login token. Incorrect token audience.")),
        ("graph.facebook.com", "bad", unknown),
        ("www.amazon.com", "bad", unknown),
        ("www.amazon.com", "trouble", ("ExternalServiceException", "The login provider does not answer as it should. Try again later.")),
        ("www.amazon.com", "a b", ("NotAuthorizedException", "Invalid login token. Not a valid OpenId Connect identity token.")),
    ];
    for (provider, token, (exception, message)) in cases {
        let input = json!({ "IdentityPoolId": pool, "Logins": { provider: token } });
        site.refused("GetId", input, exception, message).await;
    }
});

db_test!(credentials_come_from_the_token_service_that_a_pool_names, |db: Db| async move {
    let answer = |_: &str, sent: &str, _: &str| {
        let denied = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>".to_owned();
        let credentials = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAOUTSIDE</AccessKeyId>\
            <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials>\
            </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
        match sent {
            sent if sent.contains("role%2Fpeople") => (200, credentials.to_owned()),
            sent if sent.contains("role%2Fbroken") => (500, String::new()),
            _ => (403, denied),
        }
    };
    let (address, asked) = stand_in(answer).await;
    let site = site_with_providers(db, &address, &[]).await;
    let pool = site.identity_pool(json!({ "PoolhouseSts": { "Endpoint": address } })).await;
    let roles = |role: &str| json!({ "IdentityPoolId": pool, "Roles": { "unauthenticated": role } });
    site.ok("SetIdentityPoolRoles", roles(ROLE)).await;
    let guest = site.identity(&pool, &json!({})).await;
    let got = site.ok("GetCredentialsForIdentity", json!({ "IdentityId": guest })).await;
    let expected = json!({ "AccessKeyId": "ASIAOUTSIDE", "SecretKey": "secret", "SessionToken": "token", "Expiration": 1_767_229_200.0 });
    assert_eq!(got, json!({ "IdentityId": guest, "Credentials": expected }));
    let (path, sent) = asked.lock().unwrap()[0].clone();
    let form: std::collections::BTreeMap<String, String> = form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
    assert_eq!((path.as_str(), form["Action"].as_str(), form["RoleArn"].as_str()), ("/", "AssumeRoleWithWebIdentity", ROLE));
    assert_eq!(form["PolicyArns.member.1.arn"], "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy");
    assert!(form["Policy"].len() < 2_048 && form["Policy"].contains("s3:*"));
    let mut cx = Cx::internal(site.app.clone());
    let subject = crate::identity::token::verify(&mut cx, &form["WebIdentityToken"]).await.unwrap().unwrap();
    assert_eq!((subject.identity_id, subject.pool_id, subject.amr), (guest.clone(), pool.clone(), vec!["unauthenticated".to_owned()]));
    let cases = [
        (
            "denied",
            "InvalidIdentityPoolConfigurationException",
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
        ),
        (
            "broken",
            "ExternalServiceException",
            "The security token service of this identity pool does not answer as it should. Try again later.",
        ),
    ];
    for (role, exception, message) in cases {
        site.ok("SetIdentityPoolRoles", roles(&format!("arn:aws:iam::123456789012:role/{role}"))).await;
        site.refused("GetCredentialsForIdentity", json!({ "IdentityId": guest }), exception, message).await;
    }
});
