//! Who somebody is to an identity pool: guests, logins of user pools, linking, merging, unlinking.

use super::harness::{Answer, Site, merged, site_test};
use super::identity_fixtures::UNMATCHED;
use crate::kit::clock::{DAY, HOUR, SECOND};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

site_test!(guests_are_new_each_time_and_need_permission, |site: Site| async move {
    let pool = site.identity_pool(json!({})).await;
    let (first, second) = (site.identity(&pool, &json!({})).await, site.identity(&pool, &json!({})).await);
    assert_ne!(first, second);
    let claims = site.open_id_claims(&first, &json!({})).await;
    assert_eq!((&claims["sub"], &claims["aud"], &claims["amr"]), (&json!(first), &json!(pool), &json!(["unauthenticated"])));
    assert_eq!(claims["iss"], "http://localhost:8080/identity");
    let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!((lifetime, claims["iat"].as_i64().unwrap()), (600, site.now() / SECOND));
    let arn = format!("arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{pool}");
    assert_eq!(claims["https://cognito-identity.amazonaws.com/identity-pool-arn"], arn);
    let update = json!({ "IdentityPoolId": pool, "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": false });
    site.ok("UpdateIdentityPool", update).await;
    let message = "Unauthenticated access is not supported for this identity pool.";
    site.refused("GetId", json!({ "IdentityPoolId": pool }), "NotAuthorizedException", message).await;
    for operation in ["GetOpenIdToken", "GetCredentialsForIdentity"] {
        site.refused(operation, json!({ "IdentityId": first }), "NotAuthorizedException", message).await;
    }
    let other = json!({ "IdentityPoolId": pool, "AccountId": "111111111111" });
    site.refused("GetId", other, "ResourceNotFoundException", &format!("IdentityPool '{pool}' not found.")).await;
});

site_test!(a_user_has_one_identity, |site: Site| async move {
    let w = site.identity_world(json!({ "AllowUnauthenticatedIdentities": false })).await;
    let sub = site.user(&w.user_pool, "jane").await;
    let token = site.sign_in(&w.client, "jane").await.id;
    let identity = site.identity(&w.pool, &w.logins(&token)).await;
    // Another token, and the other name of the same provider.
    let again = site.sign_in(&w.client, "jane").await.id;
    assert_eq!(site.identity(&w.pool, &w.logins(&again)).await, identity);
    assert_eq!(site.identity(&w.pool, &json!({ (format!("localhost:8080/{}", w.user_pool)): again })).await, identity);
    assert_eq!((site.count("identities").await, site.count("identity_logins").await), (1, 1));
    let claims = site.open_id_claims(&identity, &w.logins(&token)).await;
    let detail = format!("{}:CognitoSignIn:{sub}", w.provider);
    assert_eq!(claims["amr"], json!(["authenticated", w.provider, detail]));
    let described = site.ok("DescribeIdentity", json!({ "IdentityId": identity })).await;
    assert_eq!(described["Logins"], json!([w.provider]));
    assert_eq!(described["CreationDate"], site.now() as f64 / 1_000.0);
    let message = format!("Access to Identity '{identity}' is forbidden.");
    let update = json!({ "IdentityPoolId": w.pool, "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": true,
        "CognitoIdentityProviders": [{ "ProviderName": w.provider, "ClientId": w.client }] });
    site.ok("UpdateIdentityPool", update).await;
    for operation in ["GetOpenIdToken", "GetCredentialsForIdentity"] {
        site.refused(operation, json!({ "IdentityId": identity }), "NotAuthorizedException", &message).await;
    }
});

site_test!(one_login_makes_one_identity_however_often_it_comes_at_once, |site: Site| async move {
    let w = site.identity_world(json!({})).await;
    site.user(&w.user_pool, "jane").await;
    let logins = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let answers = join_all((0..12).map(|_| site.api("GetId", json!({ "IdentityPoolId": w.pool, "Logins": logins })))).await;
    let ids: BTreeSet<String> = answers.iter().map(|a| a.expect(200).json()["IdentityId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!((site.count("identities").await, site.count("identity_logins").await), (1, 1));
});

site_test!(tokens_that_do_not_hold_are_refused, |site: Site| async move {
    let w = site.identity_world(json!({})).await;
    site.user(&w.user_pool, "jane").await;
    let tokens = site.sign_in(&w.client, "jane").await;
    let (other_pool, other_client) = site.pool_and_client().await;
    site.user(&other_pool, "jane").await;
    let foreign = site.sign_in(&other_client, "jane").await.id;
    let unknown_client = site.client(&w.user_pool, json!({})).await;
    let not_for_us = site.sign_in(&unknown_client, "jane").await.id;
    let (head, tail) = tokens.id.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", tail.chars().rev().collect::<String>());
    let guest = site.identity(&w.pool, &json!({})).await;
    let own = site.ok("GetOpenIdToken", json!({ "IdentityId": guest })).await["Token"].as_str().unwrap().to_owned();
    let malformed = "Invalid login token. Not a valid OpenId Connect identity token.";
    let unsupported = "Token is not from a supported provider of this identity pool.";
    let cases = [
        (w.logins("garbage"), malformed),
        (w.logins(&tokens.access), malformed),
        (w.logins(&tokens.refresh), malformed),
        (w.logins(&forged), "Invalid login token. Couldn't verify signed token."),
        (w.logins(&foreign), "Invalid login token. Issuer doesn't match providerName"),
        (w.logins(&not_for_us), "Invalid login token. Incorrect token audience."),
        (w.logins(&own), "Invalid login token. Can't pass in a Cognito token."),
        (json!({ "cognito-identity.amazonaws.com": own }), "Invalid login token. Can't pass in a Cognito token."),
        (json!({ (format!("cognito-idp.us-east-1.amazonaws.com/{other_pool}")): foreign }), unsupported),
        (json!({ "accounts.google.com": "x" }), unsupported),
        // One that holds does not make up for another that does not.
        (merged(w.logins(&tokens.id), json!({ "accounts.google.com": "x" })), unsupported),
    ];
    for (logins, message) in cases {
        site.refused("GetId", json!({ "IdentityPoolId": w.pool, "Logins": logins }), "NotAuthorizedException", message).await;
        site.refused("GetOpenIdToken", json!({ "IdentityId": guest, "Logins": logins }), "NotAuthorizedException", message).await;
    }
    site.advance(HOUR);
    let now = site.now() / SECOND;
    let message = format!("Invalid login token. Token expired: {now} >= {now}");
    let expired = json!({ "IdentityPoolId": w.pool, "Logins": w.logins(&tokens.id) });
    site.refused("GetId", expired, "NotAuthorizedException", &message).await;
});

site_test!(a_checked_token_ends_with_its_session, |site: Site| async move {
    let w = site.identity_world(json!({})).await;
    site.user(&w.user_pool, "jane").await;
    let tokens = site.sign_in(&w.client, "jane").await;
    site.ok("GlobalSignOut", json!({ "AccessToken": tokens.access })).await;
    let identity = site.identity(&w.pool, &w.logins(&tokens.id)).await;
    let update = |check: bool| {
        json!({ "IdentityPoolId": w.pool, "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": true,
            "CognitoIdentityProviders": [{ "ProviderName": w.provider, "ClientId": w.client, "ServerSideTokenCheck": check }] })
    };
    site.ok("UpdateIdentityPool", update(true)).await;
    let message = "Invalid login token. Token has been revoked.";
    let input = json!({ "IdentityPoolId": w.pool, "Logins": w.logins(&tokens.id) });
    site.refused("GetId", input, "NotAuthorizedException", message).await;
    let fresh = site.sign_in(&w.client, "jane").await;
    assert_eq!(site.identity(&w.pool, &w.logins(&fresh.id)).await, identity);
    site.ok("AdminDeleteUser", json!({ "UserPoolId": w.user_pool, "Username": "jane" })).await;
    let gone = json!({ "IdentityId": identity, "Logins": w.logins(&fresh.id) });
    site.refused("GetOpenIdToken", gone.clone(), "NotAuthorizedException", message).await;
    site.ok("UpdateIdentityPool", update(false)).await;
    site.ok("GetOpenIdToken", gone).await;
});

/// Two user pools that one identity pool takes logins of.
async fn two(site: &Site) -> (super::identity_fixtures::World, String, Value, Value) {
    let w = site.identity_world(json!({})).await;
    let (second, client) = site.pool_and_client().await;
    let provider = format!("cognito-idp.us-east-1.amazonaws.com/{second}");
    let providers = json!([{ "ProviderName": w.provider, "ClientId": w.client }, { "ProviderName": provider, "ClientId": client }]);
    let update = json!({ "IdentityPoolId": w.pool, "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": true, "CognitoIdentityProviders": providers });
    site.ok("UpdateIdentityPool", update).await;
    site.user(&w.user_pool, "jane").await;
    site.user(&second, "jane").await;
    let one = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let two = json!({ (provider.clone()): site.sign_in(&client, "jane").await.id });
    (w, provider, one, two)
}

site_test!(a_guest_becomes_somebody_and_somebody_links_more, |site: Site| async move {
    let (w, provider, one, two) = two(&site).await;
    let guest = site.identity(&w.pool, &json!({})).await;
    let claims = site.open_id_claims(&guest, &one).await;
    assert_eq!(claims["sub"], json!(guest));
    assert_eq!(site.linked(&guest).await, json!([w.provider]));
    // A login that nobody has, without one that this identity has, opens nothing.
    let alone = json!({ "IdentityId": guest, "Logins": two });
    site.refused("GetOpenIdToken", alone, "NotAuthorizedException", UNMATCHED).await;
    let both = merged(one.clone(), two.clone());
    site.open_id_claims(&guest, &both).await;
    let mut names = vec![w.provider.clone(), provider];
    names.sort();
    assert_eq!(site.linked(&guest).await, json!(names));
    assert_eq!(site.identity(&w.pool, &two).await, guest);
    // Somebody else of the same provider is a conflict.
    site.user(&w.user_pool, "john").await;
    let john = w.logins(&site.sign_in(&w.client, "john").await.id);
    let conflict = json!({ "IdentityId": guest, "Logins": merged(two, john) });
    let message = format!("A login of {} is already linked to this identity.", w.provider);
    site.refused("GetOpenIdToken", conflict, "ResourceConflictException", &message).await;
});

site_test!(identities_of_one_person_are_merged, |site: Site| async move {
    let (w, _, one, two) = two(&site).await;
    let guest = site.identity(&w.pool, &json!({})).await;
    let first = site.identity(&w.pool, &one).await;
    site.advance(1);
    let second = site.identity(&w.pool, &two).await;
    assert_ne!(first, second);
    // A guest who turns out to be known.
    assert_eq!(site.open_id_claims(&guest, &one).await["sub"], json!(first));
    let both = merged(one.clone(), two.clone());
    assert_eq!(site.identity(&w.pool, &both).await, first);
    assert_eq!(site.identity(&w.pool, &two).await, first);
    // The merged identity leads to the one that took its logins.
    assert_eq!(site.open_id_claims(&second, &two).await["sub"], json!(first));
    let message = format!("Access to Identity '{guest}' is forbidden.");
    site.refused("GetOpenIdToken", json!({ "IdentityId": guest }), "NotAuthorizedException", &message).await;
    let all = site.ok("ListIdentities", json!({ "IdentityPoolId": w.pool, "MaxResults": 60 })).await;
    assert_eq!(all["Identities"].as_array().unwrap().len(), 3);
    let enabled = site.ok("ListIdentities", json!({ "IdentityPoolId": w.pool, "MaxResults": 60, "HideDisabled": true })).await;
    assert_eq!(enabled["Identities"][0]["IdentityId"], json!(first));
    assert_eq!(enabled["Identities"].as_array().unwrap().len(), 1);
});

site_test!(merging_at_once_ends_with_one_identity, |site: Site| async move {
    let (w, _, one, two) = two(&site).await;
    site.identity(&w.pool, &one).await;
    site.advance(1);
    site.identity(&w.pool, &two).await;
    let both = json!({ "IdentityPoolId": w.pool, "Logins": merged(one, two) });
    let answers: Vec<Answer> = join_all((0..8).map(|_| site.api("GetId", both.clone()))).await;
    let ids: BTreeSet<String> = answers.iter().map(|a| a.expect(200).json()["IdentityId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 1);
});

site_test!(logins_are_unlinked_by_who_has_one, |site: Site| async move {
    let (w, provider, one, two) = two(&site).await;
    let identity = site.identity(&w.pool, &merged(one.clone(), two.clone())).await;
    let stranger = json!({ "IdentityId": identity, "Logins": {}, "LoginsToRemove": [provider] });
    site.refused("UnlinkIdentity", stranger, "NotAuthorizedException", UNMATCHED).await;
    site.ok("UnlinkIdentity", json!({ "IdentityId": identity, "Logins": one, "LoginsToRemove": [provider] })).await;
    assert_eq!(site.linked(&identity).await, json!([w.provider]));
    let other = site.identity(&w.pool, &two).await;
    assert_ne!(other, identity);
    // Without its last login it is nobody's, for good.
    site.ok("UnlinkIdentity", json!({ "IdentityId": identity, "Logins": one, "LoginsToRemove": [w.provider] })).await;
    assert_eq!(site.linked(&identity).await, Value::Null);
    let message = format!("Access to Identity '{identity}' is forbidden.");
    site.refused("GetOpenIdToken", json!({ "IdentityId": identity }), "NotAuthorizedException", &message).await;
    site.refused("GetOpenIdToken", json!({ "IdentityId": identity, "Logins": one }), "NotAuthorizedException", UNMATCHED).await;
});

site_test!(identities_are_listed_in_pages_and_deleted, |site: Site| async move {
    let w = site.identity_world(json!({})).await;
    site.user(&w.user_pool, "jane").await;
    let logins = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let mut ids = vec![site.identity(&w.pool, &logins).await];
    for _ in 0..4 {
        ids.push(site.identity(&w.pool, &json!({})).await);
    }
    let jane = ids[0].clone();
    ids.sort();
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = site.ok("ListIdentities", json!({ "IdentityPoolId": w.pool, "MaxResults": 2, "NextToken": token })).await;
        assert_eq!(page["IdentityPoolId"], json!(w.pool));
        seen.extend(page["Identities"].as_array().unwrap().iter().map(|i| i["IdentityId"].as_str().unwrap().to_owned()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, ids);
    let nobody = "us-east-1:00000000-0000-4000-8000-000000000000";
    let deleted = site.ok("DeleteIdentities", json!({ "IdentityIdsToDelete": [jane, nobody] })).await;
    assert_eq!(deleted, json!({ "UnprocessedIdentityIds": [] }));
    assert_eq!((site.count("identities").await, site.count("identity_logins").await), (4, 0));
    assert_ne!(site.identity(&w.pool, &logins).await, jane);
    site.ok("DeleteIdentityPool", json!({ "IdentityPoolId": w.pool })).await;
    assert_eq!((site.count("identities").await, site.count("identity_logins").await), (0, 0));
});

site_test!(the_classic_flow_can_be_shut, |site: Site| async move {
    let w = site.identity_world(json!({})).await;
    let guest = site.identity(&w.pool, &json!({})).await;
    site.ok("SetIdentityPoolRoles", w.mapped(json!({ "Type": "Token", "AmbiguousRoleResolution": "Deny" }))).await;
    let message = "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.";
    site.refused("GetOpenIdToken", json!({ "IdentityId": guest }), "InvalidParameterException", message).await;
    site.ok("SetIdentityPoolRoles", w.roles(json!({}))).await;
    site.ok("GetOpenIdToken", json!({ "IdentityId": guest })).await;
    let update =
        json!({ "IdentityPoolId": w.pool, "IdentityPoolName": "a", "AllowUnauthenticatedIdentities": true, "AllowClassicFlow": false });
    site.ok("UpdateIdentityPool", update).await;
    let message = "Basic (classic) flow is not enabled, please use enhanced flow.";
    site.refused("GetOpenIdToken", json!({ "IdentityId": guest }), "InvalidParameterException", message).await;
});

site_test!(the_issuer_publishes_its_keys_and_rotates_them, |site: Site| async move {
    let pool = site.identity_pool(json!({})).await;
    let guest = site.identity(&pool, &json!({})).await;
    let token = |answer: Value| answer["Token"].as_str().unwrap().to_owned();
    let old = token(site.ok("GetOpenIdToken", json!({ "IdentityId": guest })).await);
    let header: Value = serde_json::from_slice(&crate::kit::text::from_base64url(old.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(header, json!({ "kid": "us-east-1-1", "typ": "JWS", "alg": "RS512" }));
    let discovery = site.get("/identity/.well-known/openid-configuration", &[]).await.expect(200).json();
    assert_eq!(discovery["issuer"], "http://localhost:8080/identity");
    assert_eq!(discovery["jwks_uri"], "http://localhost:8080/identity/.well-known/jwks_uri");
    let kids = || async {
        let set = site.get("/identity/.well-known/jwks_uri", &[]).await.expect(200).json();
        set["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kids().await, ["us-east-1-1"]);
    let mut cx = crate::api::Cx::internal(site.app.clone());
    crate::identity::keys::rotate(&mut cx).await.unwrap();
    assert_eq!(kids().await, ["us-east-1-2", "us-east-1-1"]);
    assert!(crate::identity::token::verify(&mut cx, &old).await.unwrap().is_ok());
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!(kid(&token(site.ok("GetOpenIdToken", json!({ "IdentityId": guest })).await)), "us-east-1-1");
    site.advance(DAY);
    let new = token(site.ok("GetOpenIdToken", json!({ "IdentityId": guest })).await);
    assert_eq!(kid(&new), "us-east-1-2");
});
