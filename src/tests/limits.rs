//! Limits of requests a second: set, told, and kept to.

use super::fixtures::{PASSWORD, sign_in};
use super::harness::{Site, merged, site_test};
use crate::kit::clock::SECOND;
use serde_json::{Value, json};

fn limit(category: &str) -> Value {
    json!({ "LimitDefinition": { "LimitClass": "API_CATEGORY", "Attributes": { "Category": category } } })
}

fn to(category: &str, value: i64) -> Value {
    merged(limit(category), json!({ "RequestedLimitValue": value }))
}

site_test!(a_limit_is_told_and_set, |site: Site| async move {
    let told = |category: &str, set: i64, free: i64| json!({ "Limit": merged(limit(category), json!({ "ProvisionedLimitValue": set, "FreeLimitValue": free })) });
    assert_eq!(site.ok("GetProvisionedLimit", limit("UserCreation")).await, told("UserCreation", 50, 50));
    assert_eq!(site.ok("UpdateProvisionedLimit", to("UserCreation", 80)).await, told("UserCreation", 80, 50));
    assert_eq!(site.ok("GetProvisionedLimit", limit("UserCreation")).await, told("UserCreation", 80, 50));
    assert_eq!(site.ok("GetProvisionedLimit", limit("UserAuthentication")).await, told("UserAuthentication", 120, 120));
    site.ok("UpdateProvisionedLimit", to("UserCreation", 50)).await;
    assert_eq!(site.count("provisioned_limits").await, 0, "the service's own rate is no limit");
    for (input, exception, message) in [
        (to("UserUpdate", 80), "InvalidParameterException", "The limit of the category UserUpdate can not be adjusted."),
        (to("UserRead", 0), "InvalidParameterException", "RequestedLimitValue must be at least 1."),
        (to("UserRead", 100_001), "ServiceQuotaExceededException", "RequestedLimitValue must be at most 100000."),
        (
            json!({ "LimitDefinition": { "LimitClass": "API_CATEGORY", "Attributes": {} }, "RequestedLimitValue": 9 }),
            "InvalidParameterException",
            "Attributes must have the key Category, and no other.",
        ),
    ] {
        site.refused("UpdateProvisionedLimit", input, exception, message).await;
    }
});

site_test!(requests_beyond_a_limit_are_told_to_come_back, |site: Site| async move {
    let (pool, _) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let jane = json!({ "UserPoolId": pool, "Username": "jane" });
    for _ in 0..5 {
        site.ok("AdminGetUser", jane.clone()).await;
    }
    site.ok("UpdateProvisionedLimit", to("UserRead", 2)).await;
    for _ in 0..2 {
        site.ok("AdminGetUser", jane.clone()).await;
    }
    let answer = site.api("AdminGetUser", jane.clone()).await;
    answer.expect_refusal("TooManyRequestsException", "Rate exceeded");
    assert_eq!(answer.header("retry-after"), "1");
    // Strangers use up nobody's share, and other categories have their own.
    site.advance(SECOND);
    for _ in 0..5 {
        let stranger = site.call("AdminGetUser", jane.to_string().into_bytes(), None).await;
        assert_eq!(stranger.refusal().0, "MissingAuthenticationTokenException");
    }
    for _ in 0..2 {
        site.ok("AdminGetUser", jane.clone()).await;
    }
    site.refused("AdminGetUser", jane.clone(), "TooManyRequestsException", "Rate exceeded").await;
    site.ok("ListUsers", json!({ "UserPoolId": pool })).await;
    site.ok("UpdateProvisionedLimit", to("UserRead", 120)).await;
    site.ok("AdminGetUser", jane).await;
});

site_test!(answers_to_challenges_have_room_of_their_own, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    site.ok("UpdateProvisionedLimit", to("UserAuthentication", 1)).await;
    let answer = json!({ "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": {} });
    for _ in 0..4 {
        assert_ne!(site.api("RespondToAuthChallenge", answer.clone()).await.refusal().0, "TooManyRequestsException");
    }
    // The fourth was counted as a sign-in.
    site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), "TooManyRequestsException", "Rate exceeded").await;
    site.advance(SECOND);
    site.ok("InitiateAuth", sign_in(&client, "jane", PASSWORD)).await;
});

site_test!(the_token_endpoint_keeps_to_the_limits_too, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    site.ok("UpdateProvisionedLimit", to("UserAuthentication", 1)).await;
    let fields = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", tokens.refresh.as_str())];
    let path = format!("/{pool}/oauth2/token");
    site.form(&path, &fields, &[]).await.expect(200);
    let answer = site.form(&path, &fields, &[]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
    site.advance(SECOND);
    site.form(&path, &fields, &[]).await.expect(200);
});
