//! Users whom the application's own back end vouches for.

use super::harness::{Site, merged, site_test};
use crate::tokens::jwt;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NAME: &str = "login.acme";

async fn pool(site: &Site) -> String {
    site.identity_pool(json!({ "DeveloperProviderName": NAME, "AllowUnauthenticatedIdentities": true })).await
}

fn input(pool: &str, user: &str) -> Value {
    json!({ "IdentityPoolId": pool, "Logins": { NAME: user } })
}

async fn identity(site: &Site, pool: &str, user: &str) -> String {
    let got = site.ok("GetOpenIdTokenForDeveloperIdentity", input(pool, user)).await;
    got["IdentityId"].as_str().unwrap().to_owned()
}

site_test!(a_developer_vouches_for_users, |site: Site| async move {
    let pool = pool(&site).await;
    let more = json!({ "TokenDuration": 3600, "PrincipalTags": { "team": "a" } });
    let got = site.ok("GetOpenIdTokenForDeveloperIdentity", merged(input(&pool, "u1"), more)).await;
    let claims = jwt::peek(got["Token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["amr"], json!(["authenticated", NAME, format!("{NAME}:{pool}:u1")]));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    assert_eq!(claims["https://aws.amazon.com/tags"], json!({ "principal_tags": { "team": ["a"] } }));
    let first = got["IdentityId"].as_str().unwrap();
    assert_eq!(identity(&site, &pool, "u1").await, first);
    let usual = site.ok("GetOpenIdTokenForDeveloperIdentity", input(&pool, "u1")).await;
    let claims = jwt::peek(usual["Token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    // Another user of the same identity, and one who is somebody else already.
    let linked = merged(input(&pool, "u2"), json!({ "IdentityId": first }));
    assert_eq!(site.ok("GetOpenIdTokenForDeveloperIdentity", linked).await["IdentityId"], first);
    identity(&site, &pool, "u3").await;
    let taken = merged(input(&pool, "u3"), json!({ "IdentityId": first }));
    let message = "The developer user identifier is already registered with another identity.";
    site.refused("GetOpenIdTokenForDeveloperIdentity", taken, "DeveloperUserAlreadyRegisteredException", message).await;
    let without = json!({ "IdentityPoolId": pool, "Logins": { "accounts.google.com": "x" } });
    let message = "Please provide a valid developer provider login.";
    site.refused("GetOpenIdTokenForDeveloperIdentity", without, "InvalidParameterException", message).await;
    let plain = site.identity_pool(json!({})).await;
    let message = "The identity pool has no developer provider.";
    site.refused("GetOpenIdTokenForDeveloperIdentity", input(&plain, "u1"), "InvalidParameterException", message).await;
    let foreign = merged(input(&pool, "u9"), json!({ "IdentityId": site.identity(&plain, &json!({})).await }));
    let answer = site.api("GetOpenIdTokenForDeveloperIdentity", foreign).await;
    assert_eq!(answer.refusal().0, "ResourceNotFoundException");
    // Nobody but the developer vouches for these users.
    let public = json!({ "IdentityPoolId": pool, "Logins": { NAME: "u1" } });
    let message = "Token is not from a supported provider of this identity pool.";
    site.refused("GetId", public, "NotAuthorizedException", message).await;
});

site_test!(one_developer_user_makes_one_identity, |site: Site| async move {
    let pool = pool(&site).await;
    let answers = join_all((0..8).map(|_| site.api("GetOpenIdTokenForDeveloperIdentity", input(&pool, "u1")))).await;
    let ids: BTreeSet<String> = answers.iter().map(|a| a.expect(200).json()["IdentityId"].as_str().unwrap().to_owned()).collect();
    assert_eq!((ids.len(), site.count("identities").await), (1, 1));
});

site_test!(users_are_looked_up_both_ways, |site: Site| async move {
    let pool = pool(&site).await;
    let first = identity(&site, &pool, "u1").await;
    for user in ["u2", "u3", "u4"] {
        site.ok("GetOpenIdTokenForDeveloperIdentity", merged(input(&pool, user), json!({ "IdentityId": first }))).await;
    }
    let by_user = json!({ "IdentityPoolId": pool, "DeveloperUserIdentifier": "u2" });
    let found = site.ok("LookupDeveloperIdentity", by_user).await;
    assert_eq!(found, json!({ "IdentityId": first, "DeveloperUserIdentifierList": ["u1", "u2", "u3", "u4"] }));
    let page = |token: Value| json!({ "IdentityPoolId": pool, "IdentityId": first, "MaxResults": 3, "NextToken": token });
    let one = site.ok("LookupDeveloperIdentity", page(Value::Null)).await;
    assert_eq!(one["DeveloperUserIdentifierList"], json!(["u1", "u2", "u3"]));
    let two = site.ok("LookupDeveloperIdentity", page(one["NextToken"].clone())).await;
    assert_eq!((&two["DeveloperUserIdentifierList"], two.get("NextToken")), (&json!(["u4"]), None));
    let other = identity(&site, &pool, "v1").await;
    let conflict = json!({ "IdentityPoolId": pool, "IdentityId": other, "DeveloperUserIdentifier": "u1" });
    let message = "The developer user identifier belongs to another identity.";
    site.refused("LookupDeveloperIdentity", conflict, "ResourceConflictException", message).await;
    let nobody = json!({ "IdentityPoolId": pool, "DeveloperUserIdentifier": "nobody" });
    let message = "Developer user identifier not found.";
    site.refused("LookupDeveloperIdentity", nobody, "ResourceNotFoundException", message).await;
    let message = "Please provide an identity id or a developer user identifier.";
    site.refused("LookupDeveloperIdentity", json!({ "IdentityPoolId": pool }), "InvalidParameterException", message).await;
});

site_test!(users_are_merged_and_unlinked, |site: Site| async move {
    let pool = pool(&site).await;
    let (source, destination) = (identity(&site, &pool, "u1").await, identity(&site, &pool, "u2").await);
    let merge = |from: &str, to: &str| json!({ "IdentityPoolId": pool, "DeveloperProviderName": NAME, "SourceUserIdentifier": from, "DestinationUserIdentifier": to });
    assert_eq!(site.ok("MergeDeveloperIdentities", merge("u1", "u2")).await, json!({ "IdentityId": destination }));
    assert_eq!(site.ok("MergeDeveloperIdentities", merge("u1", "u2")).await, json!({ "IdentityId": destination }));
    assert_eq!(identity(&site, &pool, "u1").await, destination);
    let message = "Developer user identifier not found.";
    site.refused("MergeDeveloperIdentities", merge("nobody", "u2"), "ResourceNotFoundException", message).await;
    let other = merged(merge("u1", "u2"), json!({ "DeveloperProviderName": "else" }));
    let not_its = "The developer provider name is not that of the identity pool.";
    site.refused("MergeDeveloperIdentities", other, "InvalidParameterException", not_its).await;
    let unlink = |identity: &str, user: &str| json!({ "IdentityPoolId": pool, "IdentityId": identity, "DeveloperProviderName": NAME, "DeveloperUserIdentifier": user });
    site.refused("UnlinkDeveloperIdentity", unlink(&source, "u1"), "ResourceNotFoundException", message).await;
    let wrong = merged(unlink(&destination, "u1"), json!({ "DeveloperProviderName": "else" }));
    site.refused("UnlinkDeveloperIdentity", wrong, "InvalidParameterException", not_its).await;
    assert_eq!(site.ok("UnlinkDeveloperIdentity", unlink(&destination, "u1")).await, json!({}));
    assert_ne!(identity(&site, &pool, "u1").await, destination);
    site.ok("UnlinkDeveloperIdentity", unlink(&destination, "u2")).await;
    // Without its last login it is nobody's.
    let again = merged(input(&pool, "u9"), json!({ "IdentityId": destination }));
    let message = format!("Access to Identity '{destination}' is forbidden.");
    site.refused("GetOpenIdTokenForDeveloperIdentity", again, "NotAuthorizedException", &message).await;
});

site_test!(an_identity_has_at_most_twenty_logins, |site: Site| async move {
    let pool = pool(&site).await;
    let first = identity(&site, &pool, "u0").await;
    for n in 1..20 {
        site.ok("GetOpenIdTokenForDeveloperIdentity", merged(input(&pool, &format!("u{n}")), json!({ "IdentityId": first }))).await;
    }
    let more = merged(input(&pool, "u20"), json!({ "IdentityId": first }));
    let message = "An identity can have at most 20 logins.";
    site.refused("GetOpenIdTokenForDeveloperIdentity", more, "ResourceConflictException", message).await;
    site.ok("GetOpenIdTokenForDeveloperIdentity", input(&pool, "u7")).await;
});
