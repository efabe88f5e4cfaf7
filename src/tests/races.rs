//! Two at once: one wins, the other is told, and nothing is there twice.

use super::fixtures::{PASSWORD, Tokens, refresh, sign_in, sign_up};
use super::harness::{Answer, Site, attribute, attributes, site_test};
use super::srp::{challenge, response};
use crate::kit::clock::SECOND;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many answers there were of each kind: `ok`, or the exception.
fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for answer in answers {
        let kind = if answer.status == 200 { "ok".to_owned() } else { answer.refusal().0 };
        assert!(answer.status == 200 || answer.status == 400, "{}", answer.body);
        *out.entry(kind).or_insert(0) += 1;
    }
    out
}

async fn at_once(site: &Site, operation: &str, inputs: Vec<Value>) -> Vec<Answer> {
    join_all(inputs.into_iter().map(|input| site.api(operation, input))).await
}

fn one_of(kinds: &[(&str, usize)]) -> BTreeMap<String, usize> {
    kinds.iter().map(|(kind, n)| ((*kind).to_owned(), *n)).collect()
}

site_test!(one_address_has_one_owner, |site: Site| async move {
    let pool = site.pool(json!({ "UsernameAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    let input = json!({ "ClientId": client, "Username": "jane@example.com", "Password": PASSWORD });
    let answers = at_once(&site, "SignUp", vec![input; 6]).await;
    assert_eq!(tally(&answers), one_of(&[("ok", 1), ("UsernameExistsException", 5)]));
    let lost = answers.iter().find(|a| a.status == 400).unwrap();
    assert_eq!(lost.refusal().1, "An account with the given email already exists.");
    assert_eq!((site.count("users").await, site.count("codes").await, site.outbox().await.len()), (1, 1, 1));
});

site_test!(one_name_has_one_owner, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    let inputs = (0..6).map(|n| sign_up(&client, "jane", &format!("{n}@example.com"))).collect();
    let answers = at_once(&site, "SignUp", inputs).await;
    assert_eq!(tally(&answers), one_of(&[("ok", 1), ("UsernameExistsException", 5)]));
    assert_eq!((site.count("users").await, site.outbox().await.len()), (1, 1));
});

site_test!(one_alias_is_proved_by_one, |site: Site| async move {
    let pool = site.pool(json!({ "AliasAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    let mut inputs = Vec::new();
    for name in ["jane", "john"] {
        site.advance(1);
        site.sign_up(&client, name, "shared@example.com").await;
        let code = site.code("shared@example.com").await;
        inputs.push(json!({ "ClientId": client, "Username": name, "ConfirmationCode": code }));
    }
    let answers = at_once(&site, "ConfirmSignUp", inputs).await;
    assert_eq!(tally(&answers), one_of(&[("ok", 1), ("AliasExistsException", 1)]));
    assert_eq!(site.count("user_aliases").await, 1);
});

site_test!(a_code_confirms_once, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let code = site.code("jane@example.com").await;
    let input = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code });
    let answers = tally(&at_once(&site, "ConfirmSignUp", vec![input; 4]).await);
    assert_eq!(answers["ok"], 1, "{answers:?}");
    let told: Vec<_> = answers.keys().map(String::as_str).filter(|k| *k != "ok").collect();
    assert!(told.iter().all(|k| ["ExpiredCodeException", "NotAuthorizedException"].contains(k)), "{told:?}");
});

site_test!(guesses_at_once_are_counted_one_by_one, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    site.sign_up(&client, "jane", "jane@example.com").await;
    let code = site.code("jane@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let input = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": wrong });
    let answers = at_once(&site, "ConfirmSignUp", vec![input; 40]).await;
    assert_eq!(tally(&answers), one_of(&[("CodeMismatchException", 15), ("LimitExceededException", 25)]));
});

site_test!(wrong_passwords_at_once_lock_all_the_same, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let answers = at_once(&site, "InitiateAuth", vec![sign_in(&client, "jane", "Wr0ng-one!"); 30]).await;
    let told = tally(&answers);
    assert!(told.keys().all(|k| ["NotAuthorizedException", "TooManyRequestsException"].contains(&k.as_str())), "{told:?}");
    let locked = ("NotAuthorizedException", "Password attempts exceeded");
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), locked.0, locked.1).await;
});

site_test!(a_rotating_token_is_used_once_at_once, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    site.user(&pool, "jane").await;
    for (grace, ok) in [(10, 2), (0, 1)] {
        let rotation = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": grace } });
        let client = site.client(&pool, rotation).await;
        let first = site.sign_in(&client, "jane").await;
        let input = json!({ "ClientId": client, "RefreshToken": first.refresh });
        let answers = at_once(&site, "GetTokensFromRefreshToken", vec![input.clone(); 2]).await;
        assert_eq!(answers.iter().filter(|a| a.status == 200).count(), ok, "{answers:?}");
        if grace == 0 {
            let lost = answers.iter().find(|a| a.status == 400).unwrap();
            assert_eq!(lost.refusal().0, "RefreshTokenReuseException");
            let won = Tokens::of(&answers.iter().find(|a| a.status == 200).unwrap().json());
            let input = json!({ "ClientId": client, "RefreshToken": won.refresh });
            site.refused("GetTokensFromRefreshToken", input, "NotAuthorizedException", "Refresh Token has been revoked").await;
        }
    }
});

site_test!(an_authorization_code_is_exchanged_once_at_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let code = site.authorization_code(&pool, &client, "jane", &[("scope", "openid aws.cognito.signin.user.admin")]).await;
    let answers = join_all((0..4).map(|_| site.exchange(&pool, &client, &code, &[]))).await;
    let won: Vec<_> = answers.iter().filter(|a| a.status == 200).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    for lost in answers.iter().filter(|a| a.status != 200) {
        assert_eq!((lost.status, &lost.json()["error"]), (400, &json!("invalid_grant")));
    }
    let message = "Access Token has been revoked";
    site.refused("GetUser", json!({ "AccessToken": won[0].json()["access_token"] }), "NotAuthorizedException", message).await;
    assert_eq!(site.count("sessions").await, 1);
});

site_test!(a_challenge_is_passed_once_at_once, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let asked = challenge(&site, &client, "jane").await;
    let answers = at_once(&site, "RespondToAuthChallenge", vec![response(&pool, &client, &asked, PASSWORD); 3]).await;
    assert_eq!(tally(&answers), one_of(&[("ok", 1), ("NotAuthorizedException", 2)]));
    assert_eq!(site.count("sessions").await, 1);

    let create = json!({ "UserPoolId": pool, "Username": "new", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
    site.ok("AdminCreateUser", create).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "new", PASSWORD)).await;
    let answer = |password: &str| {
        let answers = json!({ "USERNAME": "new", "NEW_PASSWORD": password });
        json!({ "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"], "ChallengeResponses": answers })
    };
    let answers = at_once(&site, "RespondToAuthChallenge", vec![answer("Other0ne!"), answer("Another1!")]).await;
    assert_eq!(tally(&answers), one_of(&[("ok", 1), ("NotAuthorizedException", 1)]));
    assert_eq!(site.count("sessions").await, 2);
});

site_test!(who_is_deleted_while_signing_in_is_not_signed_in, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    for n in 0..8 {
        let name = format!("user-{n}");
        site.user(&pool, &name).await;
        let tokens = site.sign_in(&client, &name).await;
        let delete = json!({ "UserPoolId": pool, "Username": name });
        let (signed_in, refreshed, forgot, updated, deleted) = futures::join!(
            site.api("InitiateAuth", sign_in(&client, &name, PASSWORD)),
            site.api("InitiateAuth", refresh(&client, &tokens.refresh)),
            site.api("ForgotPassword", json!({ "ClientId": client, "Username": name })),
            site.api(
                "UpdateUserAttributes",
                json!({ "AccessToken": tokens.access, "UserAttributes": attributes(&[("email", "x@example.com")]) })
            ),
            site.api("AdminDeleteUser", delete),
        );
        deleted.expect(200);
        for answer in [signed_in, refreshed, forgot, updated] {
            assert!(answer.status == 200 || answer.status == 400, "{}", answer.body);
        }
        assert_eq!((site.count("users").await, site.count("sessions").await, site.count("codes").await), (0, 0, 0));
    }
});

site_test!(changes_at_once_are_all_kept_or_told_to_try_again, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let token = site.sign_in(&client, "jane").await.access;
    let names = ["name", "nickname", "given_name", "family_name", "website", "locale"];
    let inputs: Vec<_> = names.iter().map(|name| json!({ "AccessToken": token, "UserAttributes": attributes(&[(name, "x")]) })).collect();
    let answers = at_once(&site, "UpdateUserAttributes", inputs).await;
    assert!(tally(&answers).keys().all(|k| k == "ok" || k == "TooManyRequestsException"));
    let user = site.admin_get(&pool, "jane").await;
    for (name, answer) in names.iter().zip(&answers) {
        assert_eq!(attribute(&user, name).is_some(), answer.status == 200, "{name}");
    }
    assert!(answers.iter().any(|a| a.status == 200));
});

site_test!(a_pools_changes_at_once_are_not_mixed, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    let inputs =
        (0..4).map(|n| json!({ "UserPoolId": pool, "CustomAttributes": [{ "Name": format!("a{n}"), "AttributeDataType": "String" }] }));
    let answers = at_once(&site, "AddCustomAttributes", inputs.collect()).await;
    let told = tally(&answers);
    let described = site.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
    let custom =
        described["UserPool"]["SchemaAttributes"].as_array().unwrap().iter().filter(|a| a["Name"].as_str().unwrap().starts_with("custom:"));
    assert_eq!(custom.count(), told["ok"], "{told:?}");
});

site_test!(two_hundred_sign_ups_at_once_are_all_there, |site: Site| async move {
    let (_, client) = site.pool_and_client().await;
    let inputs = (0..200).map(|n| sign_up(&client, &format!("user-{n}"), &format!("user-{n}@example.com")));
    let answers = at_once(&site, "SignUp", inputs.collect()).await;
    assert_eq!(tally(&answers), one_of(&[("ok", 200)]));
    let rows = site.rows().await;
    assert_eq!((rows["users"], rows["codes"], rows["outbox"], rows["user_search"]), (200, 200, 200, 400));
    site.advance(SECOND);
});
