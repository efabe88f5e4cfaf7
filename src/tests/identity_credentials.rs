//! Temporary credentials of the enhanced flow: which role, for whom, and how far they reach.

use super::harness::{Site, attributes, merged, site_test};
use super::identity_fixtures::{GUEST_ROLE, ROLE, World};
use crate::iam::entity::{Details, Entity, Owner};
use crate::iam::session::Session;
use crate::kit::clock::{HOUR, MINUTE};
use serde_json::{Value, json};

const GOLD: &str = "arn:aws:iam::000000000000:role/gold";
const SILVER: &str = "arn:aws:iam::000000000000:role/silver";
const MISCONFIGURED: &str = "Invalid identity pool configuration. Check assigned IAM roles for this pool.";
const NO_CHOICE: &str = "Access denied: the login does not allow this CustomRoleArn.";

/// A role that an identity pool may give to identities of this kind (`authenticated` or `unauthenticated`).
async fn role(site: &Site, name: &str, pool: &str, kind: &str) {
    let condition = json!({
        "StringEquals": { "cognito-identity.amazonaws.com:aud": pool },
        "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": kind },
    });
    let statement = json!({ "Effect": "Allow", "Principal": { "Federated": "cognito-identity.amazonaws.com" },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], "Condition": condition });
    let trust = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let entity = Entity {
        owner: Owner::Role,
        name: name.to_owned(),
        id: format!("AROA{name:X<17}").to_uppercase(),
        path: "/".to_owned(),
        boundary: None,
        details: Details { trust: Some(trust), longest_session: 3_600, ..Details::default() },
        created_at: site.now(),
    };
    let mut tx = site.app.db.begin().await.unwrap();
    crate::iam::store::insert(&mut tx, "000000000000", &entity).await.unwrap();
    tx.commit().await.unwrap();
}

async fn world(site: &Site) -> World {
    let w = site.identity_world(json!({})).await;
    for name in ["people", "gold", "silver"] {
        role(site, name, &w.pool, "authenticated").await;
    }
    role(site, "guests", &w.pool, "unauthenticated").await;
    site.ok("SetIdentityPoolRoles", w.roles(json!({}))).await;
    w
}

/// The session that an answer's credentials are of.
fn session(site: &Site, answer: &Value) -> Session {
    let credentials = &answer["Credentials"];
    let text = |name: &str| credentials[name].as_str().expect("a text");
    assert!(text("AccessKeyId").starts_with("ASIA"));
    assert_eq!(credentials["Expiration"], (site.now() + HOUR) as f64 / 1_000.0);
    let session = Session::open(&site.app.sealer, text("SessionToken"), text("AccessKeyId")).expect("a session");
    assert_eq!(session.secret_access_key, text("SecretKey"));
    assert_eq!(session.name, "CognitoIdentityCredentials");
    session
}

fn role_of(session: &Session) -> String {
    match &session.holder {
        crate::iam::session::Holder::Role { name, .. } => name.clone(),
        other => panic!("{other:?} is no role"),
    }
}

async fn credentials(site: &Site, identity: &str, logins: &Value, custom: Option<&str>) -> Session {
    let input = json!({ "IdentityId": identity, "Logins": logins, "CustomRoleArn": custom });
    session(site, &site.ok("GetCredentialsForIdentity", input).await)
}

site_test!(guests_get_the_guests_role_and_no_more_than_guests_may, |site: Site| async move {
    let w = world(&site).await;
    let guest = site.identity(&w.pool, &json!({})).await;
    let session = credentials(&site, &guest, &json!({}), None).await;
    assert_eq!(role_of(&session), "guests");
    let policy: Value = serde_json::from_str(session.policy.as_deref().unwrap()).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    assert!(actions.contains(&json!("s3:*")) && !actions.contains(&json!("iam:*")) && actions.len() == 32);
    assert_eq!(session.policy_arns, ["arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"]);
    assert_eq!(session.context["cognito-identity.amazonaws.com:sub"], std::slice::from_ref(&guest));
    assert_eq!(session.context["cognito-identity.amazonaws.com:amr"], ["unauthenticated"]);
    let custom = json!({ "IdentityId": guest, "CustomRoleArn": ROLE });
    site.refused("GetCredentialsForIdentity", custom, "NotAuthorizedException", NO_CHOICE).await;
});

site_test!(a_user_gets_the_role_that_trusts_the_pool, |site: Site| async move {
    let w = world(&site).await;
    let sub = site.user(&w.user_pool, "jane").await;
    let logins = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let identity = site.identity(&w.pool, &logins).await;
    let session = credentials(&site, &identity, &logins, None).await;
    assert_eq!((role_of(&session).as_str(), session.policy), ("people", None));
    let amr = ["authenticated".to_owned(), w.provider.clone(), format!("{}:CognitoSignIn:{sub}", w.provider)];
    assert_eq!(session.context["cognito-identity.amazonaws.com:amr"], amr);
    assert_eq!(role_of(&credentials(&site, &identity, &logins, Some(ROLE)).await), "people");
    let input = |custom: &str| json!({ "IdentityId": identity, "Logins": logins, "CustomRoleArn": custom });
    site.refused("GetCredentialsForIdentity", input(GOLD), "NotAuthorizedException", NO_CHOICE).await;
    // A role that is not there, and one that trusts another pool's or another kind's identities.
    for role in ["arn:aws:iam::000000000000:role/none", GUEST_ROLE] {
        let roles = json!({ "IdentityPoolId": w.pool, "Roles": { "authenticated": role } });
        site.ok("SetIdentityPoolRoles", roles).await;
        let plain = json!({ "IdentityId": identity, "Logins": logins });
        site.refused("GetCredentialsForIdentity", plain, "InvalidIdentityPoolConfigurationException", MISCONFIGURED).await;
    }
    let guest = site.identity(&w.pool, &json!({})).await;
    let input = json!({ "IdentityId": guest });
    site.refused("GetCredentialsForIdentity", input, "InvalidIdentityPoolConfigurationException", MISCONFIGURED).await;
});

site_test!(groups_choose_the_role, |site: Site| async move {
    let w = world(&site).await;
    site.user(&w.user_pool, "jane").await;
    let mapping = |ambiguous: &str| w.mapped(json!({ "Type": "Token", "AmbiguousRoleResolution": ambiguous }));
    site.ok("SetIdentityPoolRoles", mapping("Deny")).await;
    let bare = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let identity = site.identity(&w.pool, &bare).await;
    let message = "Access denied: the login leaves open which role applies.";
    let input = json!({ "IdentityId": identity, "Logins": bare });
    site.refused("GetCredentialsForIdentity", input, "NotAuthorizedException", message).await;
    site.ok("SetIdentityPoolRoles", mapping("AuthenticatedRole")).await;
    assert_eq!(role_of(&credentials(&site, &identity, &bare, None).await), "people");
    for (name, role, precedence) in [("gold", GOLD, 1), ("silver", SILVER, 2)] {
        let group = json!({ "UserPoolId": w.user_pool, "GroupName": name, "RoleArn": role, "Precedence": precedence });
        site.ok("CreateGroup", group).await;
        site.ok("AdminAddUserToGroup", json!({ "UserPoolId": w.user_pool, "Username": "jane", "GroupName": name })).await;
    }
    site.ok("SetIdentityPoolRoles", mapping("Deny")).await;
    let logins = w.logins(&site.sign_in(&w.client, "jane").await.id);
    assert_eq!(role_of(&credentials(&site, &identity, &logins, None).await), "gold");
    assert_eq!(role_of(&credentials(&site, &identity, &logins, Some(SILVER)).await), "silver");
    let input = json!({ "IdentityId": identity, "Logins": logins, "CustomRoleArn": ROLE });
    site.refused("GetCredentialsForIdentity", input, "NotAuthorizedException", NO_CHOICE).await;
});

site_test!(rules_choose_the_role, |site: Site| async move {
    let w = world(&site).await;
    let attributes = attributes(&[("email", "jane@acme.example"), ("email_verified", "true"), ("name", "Jane Doe")]);
    site.user_with(&w.user_pool, "jane", attributes).await;
    let logins = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let identity = site.identity(&w.pool, &logins).await;
    let rule =
        |claim: &str, kind: &str, value: &str, role: &str| json!({ "Claim": claim, "MatchType": kind, "Value": value, "RoleARN": role });
    let rules = |rules: &[Value]| {
        w.mapped(json!({ "Type": "Rules", "AmbiguousRoleResolution": "AuthenticatedRole", "RulesConfiguration": { "Rules": rules } }))
    };
    let cases = [
        (vec![rule("email", "Equals", "jane@acme.example", GOLD)], "gold"),
        (vec![rule("email", "Equals", "jane@acme", GOLD)], "people"),
        (vec![rule("email", "Contains", "@acme", GOLD)], "gold"),
        (vec![rule("name", "StartsWith", "Jane", GOLD)], "gold"),
        (vec![rule("name", "StartsWith", "Doe", GOLD)], "people"),
        (vec![rule("name", "NotEqual", "John", GOLD)], "gold"),
        // A claim that is absent is not compared.
        (vec![rule("custom:tier", "NotEqual", "John", GOLD)], "people"),
        (vec![rule("name", "Equals", "John", GOLD), rule("email_verified", "Equals", "true", SILVER)], "silver"),
        (vec![rule("name", "StartsWith", "J", SILVER), rule("name", "StartsWith", "J", GOLD)], "silver"),
    ];
    for (given, expected) in cases {
        site.ok("SetIdentityPoolRoles", rules(&given)).await;
        assert_eq!(role_of(&credentials(&site, &identity, &logins, None).await), expected, "{given:?}");
    }
    assert_eq!(role_of(&credentials(&site, &identity, &logins, Some(GOLD)).await), "gold", "the later of two rules that match");
    let input = json!({ "IdentityId": identity, "Logins": logins, "CustomRoleArn": ROLE });
    site.refused("GetCredentialsForIdentity", input, "NotAuthorizedException", NO_CHOICE).await;
});

site_test!(claims_become_session_tags, |site: Site| async move {
    let w = world(&site).await;
    let sub = site.user(&w.user_pool, "jane").await;
    let logins = w.logins(&site.sign_in(&w.client, "jane").await.id);
    let map = json!({ "IdentityPoolId": w.pool, "IdentityProviderName": w.provider, "UseDefaults": true });
    site.ok("SetPrincipalTagAttributeMap", map).await;
    let identity = site.identity(&w.pool, &logins).await;
    let session = credentials(&site, &identity, &logins, None).await;
    let tags: Vec<_> = session.tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(tags, [("client", w.client.as_str()), ("username", sub.as_str())]);
    let claims = site.open_id_claims(&identity, &logins).await;
    let expected = json!({ "principal_tags": { "client": [w.client], "username": [sub] } });
    assert_eq!(claims["https://aws.amazon.com/tags"], expected);
});

site_test!(a_developers_token_is_worth_credentials, |site: Site| async move {
    let w = site.identity_world(json!({ "DeveloperProviderName": "login.acme" })).await;
    role(&site, "people", &w.pool, "authenticated").await;
    site.ok("SetIdentityPoolRoles", w.roles(json!({}))).await;
    let input = json!({ "IdentityPoolId": w.pool, "Logins": { "login.acme": "u1" }, "PrincipalTags": { "team": "a" } });
    let got = site.ok("GetOpenIdTokenForDeveloperIdentity", input).await;
    let (identity, token) = (got["IdentityId"].as_str().unwrap(), got["Token"].as_str().unwrap());
    let own = |token: &str| json!({ "cognito-identity.amazonaws.com": token });
    let session = credentials(&site, identity, &own(token), None).await;
    assert_eq!((role_of(&session).as_str(), session.tags["team"].as_str()), ("people", "a"));
    let other = site.identity(&w.pool, &json!({})).await;
    let message = "Invalid login token. The token is not of this identity.";
    let input = json!({ "IdentityId": other, "Logins": own(token) });
    site.refused("GetCredentialsForIdentity", input, "NotAuthorizedException", message).await;
    let more = json!({ "IdentityId": identity, "Logins": merged(own(token), json!({ "accounts.google.com": "x" })) });
    let message = "An OpenID token of this service must be the only login.";
    site.refused("GetCredentialsForIdentity", more, "InvalidParameterException", message).await;
    let forged = format!("{}x", token.split_at(token.len() - 1).0);
    for (token, message) in [("x.y.z", "Not a valid OpenId Connect identity token."), (&forged, "Couldn't verify signed token.")] {
        let input = json!({ "IdentityId": identity, "Logins": own(token) });
        let answer = site.api("GetCredentialsForIdentity", input).await;
        answer.expect_refusal("NotAuthorizedException", &format!("Invalid login token. {message}"));
    }
    site.advance(15 * MINUTE);
    let now = site.now() / 1_000;
    let input = json!({ "IdentityId": identity, "Logins": own(token) });
    let message = format!("Invalid login token. Token expired: {now} >= {now}");
    site.refused("GetCredentialsForIdentity", input, "NotAuthorizedException", &message).await;
});
