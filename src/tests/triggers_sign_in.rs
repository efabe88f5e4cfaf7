//! PreAuthentication and PostAuthentication, and the order in which a sign-in calls functions.

use super::browser::authorize;
use super::fake_functions::{Fakes, Reply, failures};
use super::fixtures::{PASSWORD, Tokens, refresh, sign_in};
use super::harness::{Site, merged, site_test};
use super::pages_journeys::{follow, notice};
use crate::triggers::Failure;
use serde_json::{Value, json};

const BOTH: [&str; 3] = ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"];
const ALL: [&str; 3] = ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication"];

async fn site_with(site: &Site, settings: Value) -> (Fakes, String, String) {
    let fakes = Fakes::install(site);
    let pool = fakes.pool(site, &BOTH, json!({})).await;
    let client = site.client(&pool, settings).await;
    site.user(&pool, "jane").await;
    fakes.take();
    (fakes, pool, client)
}

site_test!(the_events_of_a_sign_in, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({})).await;
    let given = merged(sign_in(&client, "jane", PASSWORD), json!({ "ClientMetadata": { "device": "tv" } }));
    let sub = Tokens::of(&site.ok("InitiateAuth", given).await).access_claims()["sub"].clone();
    let attributes = json!({ "sub": sub, "cognito:user_status": "CONFIRMED", "email": "jane@example.com", "email_verified": "true" });
    let events = fakes.take();
    let envelope = |source: &str, request: Value, response: Value| {
        json!({
            "version": "1", "region": "us-east-1", "userPoolId": pool, "userName": "jane",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "triggerSource": source, "request": request, "response": response,
        })
    };
    let groups = json!({ "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null });
    let expected = [
        envelope(ALL[0], json!({ "userAttributes": attributes, "validationData": { "device": "tv" }, "userNotFound": false }), json!({})),
        envelope(ALL[1], json!({ "userAttributes": attributes, "newDeviceUsed": false }), json!({})),
        envelope(ALL[2], json!({ "userAttributes": attributes, "groupConfiguration": groups }), json!({ "claimsOverrideDetails": null })),
    ];
    assert_eq!(events, expected);
});

site_test!(every_flow_asks_once_and_in_order, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({})).await;
    let admin = json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": PASSWORD } });
    let tokens = Tokens::of(&site.ok("AdminInitiateAuth", admin).await);
    assert_eq!(fakes.sources(), ALL);
    site.ok("InitiateAuth", refresh(&client, &tokens.refresh)).await;
    assert_eq!(fakes.sources(), ["TokenGeneration_RefreshTokens"], "a refresh is no sign-in");
    let challenge = crate::tests::srp::challenge(&site, &client, "jane").await;
    assert_eq!(fakes.sources(), ALL[..1]);
    let mut answer = crate::tests::srp::response(&pool, &client, &challenge, PASSWORD);
    answer["ClientMetadata"] = json!({ "a": "b" });
    site.ok("RespondToAuthChallenge", answer).await;
    let events = fakes.take();
    assert_eq!(events.iter().map(|e| e["triggerSource"].as_str().unwrap()).collect::<Vec<_>>(), ALL[1..]);
    assert!(events.iter().all(|e| e["request"]["clientMetadata"] == json!({ "a": "b" })));
    let choice = json!({ "USERNAME": "jane", "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD });
    site.ok("InitiateAuth", json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": choice })).await;
    assert_eq!(fakes.sources(), ALL);
    let asked =
        site.ok("InitiateAuth", json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": "jane" } })).await;
    assert_eq!(fakes.sources(), ALL[..1]);
    let responses = json!({ "USERNAME": "jane", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer =
        json!({ "ClientId": client, "ChallengeName": "SELECT_CHALLENGE", "Session": asked["Session"], "ChallengeResponses": responses });
    site.ok("RespondToAuthChallenge", answer).await;
    assert_eq!(fakes.sources(), ALL[1..]);
});

site_test!(who_is_turned_away_proves_nothing, |site: Site| async move {
    let (fakes, _, client) = site_with(&site, json!({})).await;
    for (reply, exception, message) in failures("PreAuthentication") {
        fakes.on("PreAuthentication", reply);
        site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), exception, &message).await;
        let srp = crate::auth::srp::client::Client::new(&[9; 32]);
        let parameters = json!({ "USERNAME": "jane", "SRP_A": srp.srp_a() });
        let flow = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
        site.refused("InitiateAuth", flow, exception, &message).await;
    }
    assert!(fakes.sources().iter().all(|source| source == ALL[0]), "nothing follows");
});

site_test!(a_sign_in_that_its_function_refuses_does_not_count, |site: Site| async move {
    let (fakes, _, client) = site_with(&site, json!({})).await;
    for trigger in ["PostAuthentication", "PreTokenGeneration"] {
        for (reply, exception, message) in failures(trigger) {
            fakes.on(trigger, reply);
            site.refused("InitiateAuth", sign_in(&client, "jane", PASSWORD), exception, &message).await;
        }
        fakes.respond(trigger, json!({}));
    }
    assert_eq!(site.count("sessions").await, 0);
});

site_test!(nobody_is_asked_about_where_users_are_hidden_only, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({})).await;
    site.refused("InitiateAuth", sign_in(&client, "nobody", PASSWORD), "UserNotFoundException", "User does not exist.").await;
    assert_eq!(fakes.take().len(), 0);
    let hiding = site.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    site.refused("InitiateAuth", sign_in(&hiding, "nobody", PASSWORD), "NotAuthorizedException", "Incorrect username or password.").await;
    let event = fakes.only();
    assert_eq!(event["request"], json!({ "userAttributes": {}, "validationData": null, "userNotFound": true }));
    assert_eq!(event["userName"], "nobody");
    fakes.throws("PreAuthentication", "closed");
    let closed = "PreAuthentication failed with error closed.";
    site.refused("InitiateAuth", sign_in(&hiding, "nobody", PASSWORD), "UserLambdaValidationException", closed).await;
});

site_test!(a_wrong_password_ends_before_the_second_function, |site: Site| async move {
    let (fakes, _, client) = site_with(&site, json!({})).await;
    site.refused("InitiateAuth", sign_in(&client, "jane", "Wr0ng-one!"), "NotAuthorizedException", "Incorrect username or password.").await;
    assert_eq!(fakes.sources(), ALL[..1]);
});

site_test!(a_new_password_is_its_own_moment, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({})).await;
    let input = json!({ "UserPoolId": pool, "Username": "joe", "TemporaryPassword": "Temp-0rary", "MessageAction": "SUPPRESS" });
    site.ok("AdminCreateUser", input).await;
    let asked = site.ok("InitiateAuth", sign_in(&client, "joe", "Temp-0rary")).await;
    assert_eq!((&asked["ChallengeName"], fakes.sources().as_slice()), (&json!("NEW_PASSWORD_REQUIRED"), [ALL[0].to_owned()].as_slice()));
    let responses = json!({ "USERNAME": "joe", "NEW_PASSWORD": PASSWORD });
    let answer = json!({ "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"], "ChallengeResponses": responses });
    site.ok("RespondToAuthChallenge", answer).await;
    assert_eq!(fakes.sources(), [ALL[1], "TokenGeneration_NewPasswordChallenge"]);
});

site_test!(a_new_device_is_told, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let devices = json!({ "ChallengeRequiredOnNewDevice": false, "DeviceOnlyRememberedOnUserPrompt": false });
    let pool = fakes.pool(&site, &BOTH, json!({ "DeviceConfiguration": devices })).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    site.sign_in(&client, "jane").await;
    assert_eq!(fakes.take()[1]["request"]["newDeviceUsed"], true);
});

site_test!(the_pages_ask_the_same, |site: Site| async move {
    let (fakes, pool, client) = site_with(&site, json!({})).await;
    let code = site.authorization_code(&pool, &client, "jane", &[("scope", "openid")]).await;
    assert_eq!(fakes.sources(), ALL[..2]);
    site.exchange(&pool, &client, &code, &[]).await.expect(200);
    assert_eq!(fakes.sources(), ["TokenGeneration_HostedAuth"]);
    let browser = site.browser();
    let page = format!("/{pool}/login?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let sessions = site.count("browser_sessions").await;
    for (trigger, failure, told) in [
        ("PreAuthentication", Failure::Threw("Come back at nine".into()), "Come back at nine."),
        ("PostAuthentication", Failure::Threw("Too many people!".into()), "Too many people!"),
        (
            "PostAuthentication",
            Failure::Unreachable("AccessDeniedException".into()),
            "Something went wrong at the application. Try again later, or ask the people who run it.",
        ),
    ] {
        fakes.on(trigger, Reply::Fails(failure));
        let (_, shown) = follow(&browser, &page, &[("username", "jane"), ("password", PASSWORD)]).await;
        assert_eq!(notice(&shown), Some(told));
        fakes.respond(trigger, json!({}));
    }
    assert_eq!(site.count("browser_sessions").await, sessions, "nobody was signed in");
});
