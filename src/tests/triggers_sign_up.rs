//! PreSignUp and PostConfirmation: their events, what their answers do, and what does not happen when they refuse.

use super::browser::authorize;
use super::fake_functions::{Fakes, failures};
use super::fixtures::{CALLBACK, PASSWORD, sign_up};
use super::harness::{Site, attribute, attributes, merged, site_test};
use super::pages_journeys::{follow, notice};
use crate::kit::clock::MINUTE;
use serde_json::json;

site_test!(the_event_of_a_sign_up, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PreSignUp"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let more = json!({ "ClientMetadata": { "from": "app" }, "ValidationData": attributes(&[("invitation", "7")]) });
    site.ok("SignUp", merged(sign_up(&client, "jane", "jane@example.com"), more)).await;
    assert_eq!(
        fakes.only(),
        json!({
            "version": "1", "region": "us-east-1", "userPoolId": pool, "userName": "jane",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "triggerSource": "PreSignUp_SignUp",
            "request": { "userAttributes": { "email": "jane@example.com" }, "validationData": { "invitation": "7" },
                "clientMetadata": { "from": "app" } },
            "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
        })
    );
    assert_eq!(site.outbox().await.len(), 1, "it said nothing: the user confirms as ever");
    site.ok("SignUp", sign_up(&client, "joe", "joe@example.com")).await;
    let bare = fakes.only()["request"].clone();
    assert_eq!(bare, json!({ "userAttributes": { "email": "joe@example.com" }, "validationData": null }));
});

site_test!(a_function_confirms_and_verifies, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PreSignUp", "PostConfirmation"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    fakes.respond("PreSignUp", json!({ "autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": false }));
    let answer = site.ok("SignUp", sign_up(&client, "jane", "jane@example.com")).await;
    assert_eq!((&answer["UserConfirmed"], answer.get("CodeDeliveryDetails")), (&json!(true), None));
    assert_eq!(site.outbox().await.len(), 0, "nothing is left to confirm");
    let events = fakes.take();
    assert_eq!(
        events.iter().map(|e| e["triggerSource"].as_str().unwrap()).collect::<Vec<_>>(),
        ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    );
    let told = &events[1]["request"]["userAttributes"];
    assert_eq!(
        (&told["sub"], &told["email_verified"], &told["cognito:user_status"]),
        (&answer["UserSub"], &json!("true"), &json!("CONFIRMED"))
    );
    site.sign_in(&client, "jane").await;
    let input =
        json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": "jane" }, "Session": answer["Session"] });
    assert!(site.ok("InitiateAuth", input).await["AuthenticationResult"]["AccessToken"].is_string(), "its session signs in");
});

site_test!(a_verified_alias_moves, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PreSignUp"], json!({ "AliasAttributes": ["email"] })).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    fakes.respond("PreSignUp", json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    site.ok("SignUp", sign_up(&client, "joe", "jane@example.com")).await;
    assert_eq!(site.admin_get(&pool, "jane@example.com").await["Username"], "joe");
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), Some("false"));
});

site_test!(who_is_refused_leaves_nothing, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PreSignUp"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let created = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": attributes(&[("email", "jane@example.com")]) });
    for (reply, exception, message) in failures("PreSignUp") {
        fakes.on("PreSignUp", reply);
        site.refused("SignUp", sign_up(&client, "jane", "jane@example.com"), exception, &message).await;
        site.refused("AdminCreateUser", created.clone(), exception, &message).await;
    }
    for response in [json!({ "autoConfirmUser": "yes" }), json!({ "autoVerifyEmail": 1 })] {
        fakes.respond("PreSignUp", response);
        let unrecognizable = "Unrecognizable lambda output";
        site.refused("SignUp", sign_up(&client, "jane", "jane@example.com"), "InvalidLambdaResponseException", unrecognizable).await;
    }
    fakes.respond("PreSignUp", json!({ "autoVerifyPhone": true }));
    let lacking = "PreSignUp verifies phone_number, which the user does not have.";
    site.refused("SignUp", sign_up(&client, "jane", "jane@example.com"), "InvalidLambdaResponseException", lacking).await;
    let weak = merged(sign_up(&client, "jane", "jane@example.com"), json!({ "Password": "weak" }));
    fakes.take();
    site.refused("SignUp", weak, "InvalidPasswordException", "Password did not conform with policy: Password not long enough").await;
    assert_eq!(fakes.take().len(), 0, "what the pool itself refuses asks nobody");
});

site_test!(an_administrator_is_not_overruled, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PreSignUp"], json!({})).await;
    fakes.respond("PreSignUp", json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let input = json!({ "UserPoolId": pool, "Username": "jane", "UserAttributes": attributes(&[("email", "jane@example.com")]),
        "ValidationData": attributes(&[("a", "b")]), "ClientMetadata": { "c": "d" } });
    let made = site.ok("AdminCreateUser", input).await;
    assert_eq!(made["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    assert_eq!(attribute(&site.admin_get(&pool, "jane").await, "email_verified"), None);
    let event = fakes.only();
    assert_eq!(event["triggerSource"], "PreSignUp_AdminCreateUser");
    assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    let request =
        json!({ "userAttributes": { "email": "jane@example.com" }, "validationData": { "a": "b" }, "clientMetadata": { "c": "d" } });
    assert_eq!(event["request"], request);
});

site_test!(a_confirmation_stays_whatever_its_function_says, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PostConfirmation"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    for (n, (reply, exception, message)) in failures("PostConfirmation").into_iter().enumerate() {
        let (name, email) = (format!("jane{n}"), format!("jane{n}@example.com"));
        site.sign_up(&client, &name, &email).await;
        fakes.on("PostConfirmation", reply);
        let input =
            json!({ "ClientId": client, "Username": name, "ConfirmationCode": site.code(&email).await, "ClientMetadata": { "a": "b" } });
        site.api("ConfirmSignUp", input).await.expect_refusal(exception, &message);
        assert_eq!(site.admin_get(&pool, &name).await["UserStatus"], "CONFIRMED");
        let event = fakes.only();
        assert_eq!(
            (&event["triggerSource"], &event["request"]["clientMetadata"]),
            (&json!("PostConfirmation_ConfirmSignUp"), &json!({ "a": "b" }))
        );
    }
    site.sign_up(&client, "joe", "joe@example.com").await;
    let wrong = json!({ "ClientId": client, "Username": "joe", "ConfirmationCode": "000000" });
    assert_eq!(site.api("ConfirmSignUp", wrong).await.status, 400);
    assert_eq!(fakes.take().len(), 0, "nothing was confirmed");
    fakes.throws("PostConfirmation", "no");
    let refused = site.api("AdminConfirmSignUp", json!({ "UserPoolId": pool, "Username": "joe" })).await;
    refused.expect_refusal("UserLambdaValidationException", "PostConfirmation failed with error no.");
    assert_eq!(fakes.only()["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!(site.admin_get(&pool, "joe").await["UserStatus"], "CONFIRMED");
});

site_test!(a_reset_is_told, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PostConfirmation"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    site.user(&pool, "jane").await;
    site.ok("ForgotPassword", json!({ "ClientId": client, "Username": "jane" })).await;
    let code = site.code("jane@example.com").await;
    fakes.throws("PostConfirmation", "no");
    let input = json!({ "ClientId": client, "Username": "jane", "ConfirmationCode": code, "Password": "Another-1!" });
    site.api("ConfirmForgotPassword", input)
        .await
        .expect_refusal("UserLambdaValidationException", "PostConfirmation failed with error no.");
    assert_eq!(fakes.only()["triggerSource"], "PostConfirmation_ConfirmForgotPassword");
    let signed_in = site.api("InitiateAuth", crate::tests::fixtures::sign_in(&client, "jane", "Another-1!")).await;
    assert_eq!(signed_in.status, 200, "the new password is set all the same");
});

site_test!(the_pages_say_what_a_function_says, |site: Site| async move {
    let fakes = Fakes::install(&site);
    let pool = fakes.pool(&site, &["PreSignUp", "PreAuthentication", "PostConfirmation"], json!({})).await;
    let client = site.client(&pool, json!({})).await;
    let browser = site.browser();
    let page = format!("/{pool}/signup?{}", authorize(&client, &[]));
    browser.get(&page).await.expect(200);
    let fields = [("username", "jane"), ("email", "jane@example.com"), ("password", PASSWORD)];
    fakes.throws("PreSignUp", "Members <b>only</b>");
    let (again, told) = follow(&browser, &page, &fields).await;
    assert_eq!(notice(&told), Some("Members &lt;b&gt;only&lt;/b&gt;."), "{}", told.body);
    assert_eq!((site.count("users").await, site.outbox().await.len()), (0, 0));
    fakes.respond("PreSignUp", json!({ "autoConfirmUser": true }));
    fakes.throws("PreAuthentication", "Not today!");
    fakes.take();
    let (login, told) = follow(&browser, &again, &fields).await;
    assert_eq!(notice(&told), Some("Not today!"));
    assert_eq!(fakes.sources(), ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp", "PreAuthentication_Authentication"]);
    assert_eq!(site.count("browser_sessions").await, 0);
    fakes.respond("PreAuthentication", json!({}));
    site.advance(MINUTE);
    let location = browser.post(&login, &[("username", "jane"), ("password", PASSWORD)]).await.location().to_owned();
    assert!(location.starts_with(CALLBACK), "{location}");
});
